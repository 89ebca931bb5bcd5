"""tables.xlsx: every table on a sheet, text stays text, numbers keep their precision, the same bytes each time."""

import re
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from helpers import survey
from helpers.report.workbook import _style, sheet_name, write_workbook
from helpers.survey import ROOT

TABLES = ROOT / "outputs" / "osaka-2019" / "en" / "tables"
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


@pytest.fixture(scope="module", params=["en", "ja"])
def book(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    write_workbook(path, TABLES, survey.load(lang=request.param))
    return path


def test_a_sheet_for_every_table(book):
    sheets = list(read(book))
    assert sheets[3:] == [sheet_name(path.stem) for path in sorted(TABLES.glob("*.csv"))]
    assert len(set(sheets)) == len(sheets)


def test_numbers_in_full_precision(book):
    cells = read(book)["q10"]
    table = pd.read_csv(TABLES / "q10.csv")
    column = chr(65 + list(table.columns).index("share"))
    assert [cells[f"{column}{row + 4}"] for row in range(len(table))] == [("n", share) for share in table["share"]]


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.csv")), ids=lambda path: path.stem)
def test_headings_are_words_and_the_notes_say_which_column_they_are(path, book):
    sheets = read(book)
    notes = {words for _, words in list(sheets.values())[2].values()}
    columns = pd.read_csv(path).columns
    headings = [cell(sheets[sheet_name(path.stem)], i, 3)[1] for i in range(len(columns))]
    assert len(set(headings)) == len(headings)
    between = "：" if "注" in sheets else ": "
    for words, column in zip(headings, columns, strict=True):
        name = words.split(" (")[0].split("（")[0]
        assert any(note.startswith(name) and note.endswith(f"{between}{column}") for note in notes)
    if "注" in sheets:
        assert [words for words in headings if not re.search("[\u3041-\u9fff]", words)] == []


def test_every_sheet_has_a_title_in_words(book):
    sheets = read(book)
    contents = list(sheets.values())[1]
    for row, (name, cells) in enumerate(list(sheets.items())[3:], start=3):
        title = cells["A1"][1]
        assert title not in (name, "")
        assert (contents[f"A{row}"], contents[f"B{row}"]) == (("s", name), ("s", title))


def test_only_fractions_are_shown_as_percentages():
    claims, ranges = pd.read_csv(TABLES / "claims.csv"), pd.read_csv(TABLES / "q10.csv")
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


def test_same_tables_same_bytes(book, tmp_path):
    lang = "ja" if "表紙" in read(book) else "en"
    write_workbook(tmp_path / "again.xlsx", TABLES, survey.load(lang=lang))
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
    assert sheet_name("a" * 40) == "a" * 31
    assert sheet_name("a/b:c[d]") == "a_b_c_d_"
