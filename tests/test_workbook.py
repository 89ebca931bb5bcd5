"""tables.xlsx: every table on a sheet, text stays text, numbers keep their precision, the same bytes each time."""

import re
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from helpers import survey
from helpers.survey import ROOT
from helpers.workbook import sheet_name, write_workbook

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
    headings = [cells[f"{chr(65 + i)}3"][1] for i in range(len(table.columns))]
    assert headings == list(table.columns)
    column = chr(65 + headings.index("share"))
    assert [cells[f"{column}{row + 4}"] for row in range(len(table))] == [("n", share) for share in table["share"]]


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
