"""Words of respondents' own: kept beside the raw answers, coded and quoted by a person, read by the next import."""

import os
import stat

import openpyxl
import pandas as pd
import pytest
from importing import answers_of, mapping_path, put, take

from helpers.intake import answers as intake
from helpers.intake.own_words import HEAD, SHEET, WORDS
from helpers.survey import SurveyError

TEXT = (
    "respondent,size,tools,tools [Other],Anything else?\n"
    "a,small,Pen,,All is well\n"
    "b,small,,An abacus,\n"
    "c,large,Pen,an  ABACUS,All is well\n"
    "d,large,,=1+1,More pens\n"
)
SETTLED = '[columns]\n"Anything else?" = "comment"\n'


def listed(folder):
    """The rows of answers.xlsx as {text: (question, times, code, quote)}."""
    page = openpyxl.load_workbook(folder / SHEET).active
    assert tuple(cell.value for cell in page[2]) == HEAD
    rows = list(page.iter_rows(min_row=3, values_only=True))
    return {text: (question, times, code or "", quoted or "") for question, _, text, times, code, quoted in rows}


def fill_in(folder, **columns):
    """Fill in `code` and `quote` by text: fill_in(folder, code={text: code})."""
    book = openpyxl.load_workbook(folder / SHEET)
    page = book.active
    for name, values in columns.items():
        for row in range(3, page.max_row + 1):
            if (text := page.cell(row, HEAD.index("text") + 1).value) in values:
                page.cell(row, HEAD.index(name) + 1).value = values[text]
    book.save(folder / SHEET)


@pytest.fixture
def imported(small):
    mapping_path(small).write_text(SETTLED, encoding="utf-8")
    take(small, TEXT)
    return small


def test_each_text_is_listed_once_for_its_owner_alone(imported):
    assert listed(imported) == {
        "An abacus": ("tools", 2, "", ""),
        "=1+1": ("tools", 1, "", ""),
        "All is well": ("Anything else?", 2, "", ""),
        "More pens": ("Anything else?", 1, "", ""),
    }
    assert openpyxl.load_workbook(imported / SHEET).active["C4"].data_type == "s"  # no formula
    assert stat.S_IMODE(os.stat(imported / SHEET).st_mode) == 0o600
    assert not (imported / WORDS).exists()
    assert {name: it["tools"] for name, it in answers_of(imported).items()}["c"] == {"pen", "other"}


def test_a_code_puts_words_to_an_answer_or_makes_a_new_one(imported):
    fill_in(imported, code={"An abacus": "Abacus", "=1+1": "it", "All is well": "praise", "More pens": "wish"})
    take(imported, TEXT)
    given = {name: it["tools"] for name, it in answers_of(imported).items()}
    assert given == {"a": {"pen"}, "b": {"abacus"}, "c": {"pen", "abacus"}, "d": {"it"}}
    options = pd.read_csv(imported / "options.csv", dtype=str).query("options == 'tools'").set_index("option")
    assert options.loc["abacus", ["role", "label_en", "label_ja"]].tolist() == ["answer", "Abacus", "Abacus"]
    assert options["order"].astype(int).is_monotonic_increasing
    assert int(options.loc["abacus", "order"]) < int(options.loc["other", "order"])
    counts = pd.read_csv(imported / "counts.csv").set_index(["question", "option"])["count"]
    assert (counts["tools", "abacus"], counts["tools", "it"], counts["tools", "other"]) == (2, 1, 0)
    words = pd.read_csv(imported / WORDS)
    assert words[["question", "code", "count"]].to_numpy().tolist() == [
        ["Anything else?", "praise", 2],
        ["Anything else?", "wish", 1],
    ]
    take(imported, TEXT)  # and once more: what was filled in stays, and nothing is made twice
    assert listed(imported)["An abacus"] == ("tools", 2, "Abacus", "")
    assert {name: it["tools"] for name, it in answers_of(imported).items()} == given


def test_only_chosen_words_are_public(imported):
    fill_in(imported, quote={"More pens": "yes", "An abacus": "はい"})
    take(imported, TEXT)
    words = (imported / WORDS).read_text(encoding="utf-8-sig")
    assert [line.rsplit(",", 1)[1] for line in words.splitlines()] == ["quote", "An abacus", "More pens"]
    assert "All is well" not in words


def test_words_in_the_cell_of_an_answer_are_listed_and_coded_too(small):
    mapping_path(small).write_text('[answers.tools]\n"*" = "other"\n', encoding="utf-8")
    text = "respondent,size,tools\na,small,Pen;an abacus\nb,small,an abacus\nc,large,Other: a slate\n"
    take(small, text)
    assert listed(small) == {"an abacus": ("tools", 2, "", ""), "Other: a slate": ("tools", 1, "", "")}
    fill_in(small, code={"an abacus": "it"})
    take(small, text)
    assert {name: it["tools"] for name, it in answers_of(small).items()} == {
        "a": {"pen", "it"},
        "b": {"it"},
        "c": {"other"},
    }


def test_a_sheet_that_cannot_be_read_is_said_and_changes_nothing(imported):
    before = (imported / "counts.csv").read_bytes()
    fill_in(imported, quote={"More pens": "perhaps"})
    with pytest.raises(SurveyError, match=r"answers\.xlsx, row \d: found quote = 'perhaps'; expected yes, or nothing"):
        intake.import_answers(imported, put(imported, TEXT))
    (imported / SHEET).write_bytes(b"no workbook")
    with pytest.raises(SurveyError, match=r"answers\.xlsx: found a file that cannot be read"):
        intake.import_answers(imported, put(imported, TEXT))
    assert (imported / "counts.csv").read_bytes() == before
