"""Files as spreadsheets save them: read in the encoding they have, and known where they were spoilt by a wrong one."""

import re

import pytest
from importing import HEAD, small_survey, take

from helpers import survey
from helpers.survey.encodings import decoded, garbled

WORDS = "q1,取引先のサイバーセキュリティ,どの程度把握していますか"


@pytest.fixture
def small(tmp_path):
    return small_survey(tmp_path / "small")


def wrongly(text, saved, opened):
    """A text saved in one encoding, and opened in another, as a program does it that shows what it cannot read as ?."""
    return text.encode(saved).decode(opened, errors="replace")


@pytest.mark.parametrize(
    ("saved", "opened"),
    [
        ("utf-8", "cp932"),
        ("utf-8", "cp1252"),
        ("utf-8", "latin-1"),
        ("cp932", "cp1252"),
        ("cp932", "latin-1"),
        ("cp932", "utf-8"),
    ],
)
def test_the_look_of_a_wrong_encoding(saved, opened):
    row, _ = garbled("id,a,b\n" + wrongly(WORDS, saved, opened))
    assert row == 2
    no_mark = wrongly(WORDS, saved, opened).replace("\ufffd", "")  # some programs leave out what they cannot read
    assert opened == "utf-8" or garbled(no_mark)


@pytest.mark.parametrize("text", ["Société générale", "Größe über 5 €", "naïve café"])
def test_accents_of_a_wrong_encoding(text):
    assert garbled(wrongly(text, "utf-8", "cp1252"))
    assert garbled(text) is None


def test_letters_that_became_question_marks():
    assert garbled('q1,text\nq2,"????????"\n') == (2, "'\"????????\"'")
    assert garbled("q1,Why????,Really?\n") is None


def test_no_word_of_the_surveys_looks_spoilt():
    for path in survey.DATA.glob("*/*.csv"):
        assert garbled(path.read_text(encoding="utf-8")) is None
    assert garbled("縺れに縺れた関係、①㈱髙﨑、ﾊﾝｶｸ、～〜－―・… “quoted” – € ™") is None


def test_encodings_are_told_by_their_bytes():
    assert decoded(WORDS.encode("cp932")) == (WORDS, "cp932")
    assert decoded(WORDS.encode()) == (WORDS, "utf-8")
    assert decoded(WORDS.encode("utf-8-sig")) == (WORDS, "utf-8-sig")
    with pytest.raises(UnicodeDecodeError):
        decoded("Société générale".encode("latin-1"))  # in Shift_JIS it would be two rare signs and no kana


def test_a_codebook_saved_by_excel_in_japan(small):
    """All in Shift_JIS: read, and rewritten by an import as it was."""
    for name in ("questions.csv", "options.csv", "survey.toml"):
        path = small / name
        path.write_bytes(
            path.read_text(encoding="utf-8").replace("–", "-").replace("synthetic", "架空の調査です").encode("cp932")
        )
    take(small, HEAD + "a,,IT,\n")
    loaded = survey.load(small, "ja")
    assert loaded.wording("tools") == "ツール"
    assert loaded.label("size", "no_answer") == "無回答"
    assert "無回答".encode("cp932") in (small / "options.csv").read_bytes()


def test_a_spoilt_codebook_is_named(small):
    path = small / "options.csv"
    path.write_bytes(wrongly(path.read_text(encoding="utf-8"), "utf-8", "cp932").encode())
    _, _, problems = survey.read_folder(small)
    said = [str(problem) for problem in problems if problem.file == "options.csv"]
    assert len(said) == 1
    assert re.fullmatch(
        r"options.csv, row 2: found '�1', as of a file opened in a wrong encoding and saved; .*", said[0]
    )
