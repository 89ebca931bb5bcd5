"""tables.xlsx: every table on a sheet, text stays text, numbers keep their precision, the same bytes each time."""

import re
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from helpers.report.folder import write_csv
from helpers.report.workbook import _style, sheet_names, write_workbook
from helpers.stats import tests_of_counts
from helpers.survey import load

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read(path):
    """Cells of every sheet, {sheet: {cell: (type, value)}}, read from the XML itself."""
    with zipfile.ZipFile(path) as book:
        strings = [
            "".join(t.text or "" for t in si.iter(f"{{{NAMES['m']}}}t"))
            for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = [s.get("name") for s in ElementTree.fromstring(book.read("xl/workbook.xml")).find("m:sheets", NAMES)]
        sheets = {}
        for number, name in enumerate(names, start=1):
            root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert root.find(".//m:f", NAMES) is None, f"{name} holds a formula"
            cells = {}
            for cell in root.iter(f"{{{NAMES['m']}}}c"):
                value = cell.find("m:v", NAMES)
                if value is not None:
                    text = cell.get("t") == "s"
                    cells[cell.get("r")] = ("s", strings[int(value.text)]) if text else ("n", float(value.text))
            sheets[name] = cells
    return sheets


def cell(cells, column, row):
    """The cell of a sheet in a column (0 is A) and row."""
    return cells[f"{chr(65 + column)}{row}"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Tables as notebooks write them: a question, one with a caption, tests, and what is for the project alone."""
    folder = tmp_path_factory.mktemp("tables")
    answers = load().table("q10").assign(share=lambda t: t["count"] / t["base"], low=0.1, high=0.2, flag="few|wide")
    answers = answers.assign(level=0.95, method="wilson")
    write_csv(answers, folder / "q10.csv")
    write_csv(answers.assign(level=[0.9, *answers["level"][1:]]), folder / "zoo.csv")
    rows = [tests_of_counts.row("q4", "q5", ["caution"], "pearson", p=0.1, n=236, effect=0.2, effect_kind="cramers_v")]
    tests = pd.DataFrame(rows, columns=tests_of_counts.COLUMNS).assign(notebook="06_x")
    write_csv(tests, folder / "tests.csv")
    captions = {"name": ["zoo"], "caption": ["All animals"], "notebook": ["01_x"]}
    write_csv(pd.DataFrame(captions), folder / "captions" / "01_x.csv")
    write_csv(pd.DataFrame(captions), folder / "captions.csv")
    return folder


@pytest.fixture(scope="module", params=["en", "ja"])
def book(request, tables, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    write_workbook(path, tables, load(lang=request.param))
    return path


def test_a_sheet_for_every_table_as_the_notebooks_showed_them(book):
    assert list(read(book))[3:] == ["zoo", "q10", "tests"]


def test_numbers_in_full_precision(book, tables):
    cells = read(book)["q10"]
    table = pd.read_csv(tables / "q10.csv")
    column = chr(65 + list(table.columns).index("share"))
    assert [cells[f"{column}{row + 4}"] for row in range(len(table))] == [("n", share) for share in table["share"]]


@pytest.mark.parametrize("stem", ["q10", "tests"])
def test_headings_are_words_and_the_notes_say_which_column_they_are(stem, book, tables):
    sheets = read(book)
    notes = {words for _, words in list(sheets.values())[2].values()}
    columns = [name for name in pd.read_csv(tables / f"{stem}.csv").columns if name not in ("level", "method")]
    if stem == "tests":
        columns = list(pd.read_csv(tables / "tests.csv").columns)
    headings = [cell(sheets[stem], i, 3)[1] for i in range(len(columns))]
    assert len(set(headings)) == len(headings)
    between = "：" if "注" in sheets else ": "
    for words, column in zip(headings, columns, strict=True):
        assert any(note.startswith(words) and note.endswith(f"{between}{column}") for note in notes)


def test_words_of_the_project_are_in_the_readers_language(book):
    sheets = read(book)
    if "注" not in sheets:
        assert "small base, wide interval" in {value for _, value in sheets["q10"].values()}
        assert "Pearson’s chi-square" in {value for _, value in sheets["tests"].values()}


def test_every_sheet_has_a_title_in_words(book):
    sheets = read(book)
    assert sheets["zoo"]["A1"][1] == "All animals"
    contents = list(sheets.values())[1]
    for row, (name, cells) in enumerate(list(sheets.items())[3:], start=3):
        title = cells["A1"][1]
        assert title not in (name, "")
        assert (contents[f"A{row}"], contents[f"B{row}"]) == (("s", name), ("s", title))


def test_level_and_method_of_all_rows_stand_above_the_table(book):
    sheets = read(book)
    assert "95%" in sheets["q10"]["A2"][1]
    assert "Wilson" in sheets["q10"]["A2"][1] or "注" in sheets
    assert "95%" not in sheets["zoo"]["A2"][1]  # not the level of all its rows
    assert 0.9 in {value for _, value in sheets["zoo"].values()}


def test_only_fractions_are_shown_as_percentages():
    claims = pd.DataFrame({"value": [54.2], "low": [40.5], "high": [60.5]})
    ranges = pd.DataFrame({"count": [3], "share": [0.5], "low": [0.4], "high": [0.6]})
    assert _style(claims, "low") == "number"  # the audit's values are percentages already
    assert _style(ranges, "low") == "share"
    assert _style(ranges, "count") == "count"


@pytest.mark.parametrize("path", ["worksheets/sheet5.xml"])
def test_table_is_marked_up_and_stays_readable(path, book):
    with zipfile.ZipFile(book) as parts:
        sheet = ElementTree.fromstring(parts.read(f"xl/{path}"))
        tables = [name for name in parts.namelist() if name.startswith("xl/tables/")]
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(tables) == len(sheets) - 2  # all but the cover and the notes
    assert sheet.find(".//m:pane", NAMES).attrib["ySplit"] == "3"
    assert sheet.find("m:mergeCells", NAMES) is None
    assert sheet.find("m:pageSetup", NAMES).attrib["orientation"] == "landscape"


def test_base_and_source_stand_above_the_table(book):
    cells = read(book)["q10"]
    assert re.search("118", cells["A2"][1])
    assert "2019" in cells["A2"][1]


def test_same_tables_same_bytes(book, tables, tmp_path):
    lang = "ja" if "表紙" in read(book) else "en"
    write_workbook(tmp_path / "again.xlsx", tables, load(lang=lang))
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


@pytest.mark.parametrize(
    "words", ['=HYPERLINK("x")', "+1", "-1+1", "@SUM(1)", "https://example.invalid", "1.5", "日本語"]
)
def test_text_stays_text(words, tmp_path, osaka):
    pd.DataFrame({"label": [words], "count": [1]}).to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "t.csv").write_text(f'label,count\n"{words.replace(chr(34), chr(34) * 2)}x",1\n', encoding="utf-8")
    write_workbook(tmp_path / "tables.xlsx", tmp_path, osaka)
    cells = read(tmp_path / "tables.xlsx")["t"]
    assert cells["A4"] == ("s", words + "x")
    assert cells["B4"] == ("n", 1)


def test_sheet_names_fit():
    assert sheet_names(["a/b:c[d]", "Notes"], taken=["Notes"]) == {"a/b:c[d]": "a_b_c_d_", "Notes": "Notes_2"}
    assert list(sheet_names(["a" * 40, "A" * 41, "a" * 42]).values()) == ["a" * 31, "A" * 29 + "_2", "a" * 29 + "_3"]
