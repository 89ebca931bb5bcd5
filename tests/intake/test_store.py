"""What an import changes in a survey folder, and what stays as it is, also when it fails."""

import tomllib

import pytest
from importing import HEAD, put, refused, snapshot, take

from helpers import survey
from helpers.files import JOURNAL
from helpers.intake import answers as intake
from helpers.survey import SurveyError


def test_option_that_counts_csv_does_not_list(small):
    path = small / "counts.csv"
    path.write_text(path.read_text().replace("tools,it,\n", ""))
    account = take(small, HEAD + "a,small,IT,\n")
    assert "tools: it was chosen; counts.csv now lists it" in account.notes
    assert survey.load(small).count("tools", "it") == 1


def test_a_question_put_to_nobody_is_left_out(small):
    account = take(small, HEAD + "a,small,IT,\n")
    assert "why: put to nobody, so the report leaves it out" in account.notes
    loaded = survey.load(small)
    assert loaded.unasked == ("why",)
    assert loaded.responses["why=luck"].isna().all()


def test_only_one_line_and_one_table_of_survey_toml_change(small):
    before = (small / "survey.toml").read_bytes()
    (small / "survey.toml").write_bytes(before + b"\n[mine]\nx = 1\n")
    for text, rows in ((HEAD + "a,small,IT,\n", (1, 1)), (HEAD + "a,small,IT,\nb,small,IT,\n,,,\n", (3, 2))):
        take(small, text)
        read, counted = rows
        expected = before.replace(b"respondents = 0  # mine", b"respondents = %d  # mine" % counted)
        start, end = (small / "survey.toml").read_bytes().split(b"[intake]")
        assert start == expected + b"\n[mine]\nx = 1\n\n"
        assert tomllib.loads("[intake]" + end.decode())["intake"] == {"rows": read, "counted": counted} | (
            {"no_answer": 1} if read == 3 else {}
        )


def test_columns_marks_and_line_ends_of_the_codebook_stay(small):
    path = small / "questions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    take(small, HEAD + "a,large,IT,luck\n")
    expected = (
        before.replace(b"sizes,,", b"sizes,1,").replace(b"tools,,", b"tools,1,").replace(b"reasons,,", b"reasons,1,")
    )
    assert path.read_bytes() == expected


def test_importing_again_replaces_the_answers(small):
    take(small, HEAD + "a,small,IT,\n")
    take(small, HEAD + "b,large,Other,luck\nc,small,,\n")
    assert survey.load(small).respondents == 2
    once = snapshot(small)
    take(small, HEAD + "b,large,Other,luck\nc,small,,\n")
    assert snapshot(small) == once


def test_failure_half_way_through_the_replacement_is_undone(small, monkeypatch):
    take(small, HEAD + "a,small,IT,\n")
    before = snapshot(small)
    rename, done = type(small).rename, []

    def fail_at_the_last(self, target):
        if self.name == "survey.toml" and self.parent.name == JOURNAL:
            raise OSError(28, "No space left on device")
        done.append(target)
        return rename(self, target)

    monkeypatch.setattr(type(small), "rename", fail_at_the_last)
    with pytest.raises(SurveyError, match=r"cannot be written \(No space left"):
        intake.import_answers(small, put(small, HEAD + "b,large,IT,luck\nc,small,,\n"))
    assert len(done) > 4
    assert snapshot(small) == before


def test_survey_toml_without_the_line(small):
    (small / "survey.toml").write_text('title_en = "x"\n')
    assert "found no line for the number of respondents" in refused(small, HEAD + "a,small,IT,\n")
