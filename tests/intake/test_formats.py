"""Files as forms and statistics programs export them are read as people see them, or refused in one sentence."""

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from importing import HEAD, answers_of, assert_adds_up, put, refused, take

from helpers.intake import account as outcome
from helpers.intake import answers as intake
from helpers.intake import formats
from helpers.survey import SurveyError


def test_missing_file(small):
    with pytest.raises(SurveyError, match=r"nothing.csv: found a file that cannot be read \(No such file"):
        intake.import_answers(small, small / "nothing.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "found an empty file; expected a heading line"),
        (HEAD, "found headings only"),
        (HEAD + "a,small,IT\n", "row 2: found 3 cells; expected 4"),
        (HEAD + "a,small,IT,\nb,small,IT,,\nc\n", "row 3: found 5 cells (so are 1 more); expected 4"),
        (HEAD + "a,small,I\0T,\n", "row 2: found a NUL byte; expected plain text"),
        (HEAD + 'a,small,"IT,\n', "answers.csv"),
    ],
)
def test_text_that_is_no_table(small, text, expected):
    assert expected in refused(small, text)


def test_row_numbers_count_records_as_a_spreadsheet_shows_them(small):
    account = take(small, HEAD + 'a,small,"IT\nOther",\n\nb,small,IT,luck\n')
    assert "why: answers of respondents to whom it was not put, kept out: 1 (row 4)" in account.notes


def test_delimiter_is_the_one_that_makes_even_rows(small):
    path = put(small, "id\tsize, how large\ttools\n1\tsmall, we think\tIT, pen\n")
    assert [column.heading for column in formats.read_sheet(path).columns] == ["id", "size, how large", "tools"]


def workbook(path, *rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def test_cells_of_a_workbook_are_read_as_people_see_them(small):
    path = workbook(
        small.parent / "a.xlsx",
        ["id", "size", "tools=none", "tools=pen", "tools=it", "tools=other", "why"],
        [1.0, "small", None, True, 1, False, None],
        [],
        [2.5, "small", 0, "○", None, None, None],
    )
    account = intake.import_answers(small, path)
    assert_adds_up(account)
    assert answers_of(small) == {
        "1": {"size": "small", "tools": {"pen", "it"}, "why": None},
        "2.5": {"size": "small", "tools": {"pen"}, "why": None},
    }
    assert account.rows[outcome.EMPTY_ROW] == 1


def test_formulas_and_merged_cells_are_refused(small):
    head = ["id", "size", "tools", "why"]
    path = workbook(small.parent / "a.xlsx", head, ["a", "small", "=A1", None])
    with pytest.raises(SurveyError, match=r"a.xlsx: found formulas in C2; expected values"):
        intake.import_answers(small, path)
    path = workbook(path, head, ["a", "small", "IT", None], change=lambda book: book.active.merge_cells("B1:C1"))
    with pytest.raises(SurveyError, match=r"a.xlsx: found merged cells B1:C1; expected each cell by itself"):
        intake.import_answers(small, path)


def test_sheets_that_are_not_read_are_named(small):
    path = workbook(
        small.parent / "a.xlsx",
        ["size", "tools", "why"],
        ["small", "IT", None],
        change=lambda b: b.create_sheet("More"),
    )
    assert intake.import_answers(small, path).source == "a.xlsx (XLSX, sheet 'Sheet'; not read: 'More')"


def test_missing_values_of_spss_with_a_label_are_answers(small):
    """A user-defined missing value such as 9 "No answer" says something; a system-missing value does not."""
    data = pd.DataFrame({"size": [1.0, 9.0, float("nan")], "tools": ["IT", "IT", "IT"], "why": ["", "", ""]})
    path = small.parent / "a.sav"
    labels = {"size": {1.0: "small", 9.0: "No answer"}}
    pyreadstat.write_sav(data, str(path), variable_value_labels=labels, missing_ranges={"size": [9.0]})
    account = intake.import_answers(small, path)
    assert account.cells[outcome.UNANSWERED] == 1
    assert [each["size"] for each in answers_of(small).values()] == ["small", "no_answer", "no_answer"]
