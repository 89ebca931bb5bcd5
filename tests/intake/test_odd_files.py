"""Odd files are read as people see them, or refused in one sentence; always in bounded time and memory."""

import re
import subprocess
import sys
import time
import zipfile

import openpyxl
import pandas as pd
import pytest
from importing import HEAD, answers_of, mapping_path, put, refused, take

from helpers.intake import answers as intake
from helpers.intake import formats, workbooks
from helpers.survey import SurveyError

ROWS = [
    ["id", "size", "tools", "why"],
    ["a", "small", "IT", None],
    ["b", "large", "IT", "luck"],
    ["c", "small", "IT", None],
]


def workbook(path, rows=ROWS, change=None, sheet=None):
    """A workbook; `change` takes its sheet, `sheet` the XML of it as text, and gives it back changed."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    book.save(path)
    if sheet:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = "xl/worksheets/sheet1.xml"
        parts[name] = sheet(parts[name].decode()).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
    return path


def refused_book(folder, path):
    with pytest.raises(SurveyError) as caught:
        intake.import_answers(folder, path)
    return str(caught.value)


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_and_a_zip_are_told_by_content(small):
    book = workbook(small.parent / "export.csv")
    assert intake.import_answers(small, book).source.startswith("export.csv (XLSX, sheet 'Sheet')")
    with zipfile.ZipFile(small.parent / "answers", "w") as archive:
        archive.writestr("日本語.csv", HEAD + "a,small,IT,\n")
    assert "in a zip, utf-8, comma" in intake.import_answers(small, small.parent / "answers").source
    with zipfile.ZipFile(small.parent / "two.zip", "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, HEAD)
    assert "two.zip: found an archive with 2 tables (a.csv, b.csv); expected one" in refused_book(
        small, small.parent / "two.zip"
    )


def test_rows_out_of_order_keep_their_place(small):
    def swapped(xml):
        rows = re.findall(r"<row .*?</row>", xml)
        return xml.replace("".join(rows), "".join([rows[0], rows[3], rows[2], rows[1]]))

    account = intake.import_answers(small, workbook(small.parent / "a.xlsx", sheet=swapped))
    assert list(answers_of(small)) == ["a", "b", "c"]
    assert sum(account.rows.values()) == 3


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('<row r="4"', '<row r="3"', "row 3: found a second row of this number"),
        ('<c r="B3"', '<c r="A3"', "row 3: found cell A3 where it has no place"),
        ('<c r="B3"', '<c r="B4"', "row 3: found cell B4 where it has no place"),
        ('<row r="4"', '<row r="2000000000"', "found a row of number 2,000,000,000; expected at most 1,048,576"),
        ('<row r="4"', '<row r="0"', "found a row of number 0"),
    ],
)
def test_places_claimed_twice_are_refused(small, old, new, expected):
    def changed(xml):
        assert old in xml
        xml = xml.replace(old, new)
        if number := re.fullmatch(r'<row r="(\d+)"', new):  # its cells go with it
            xml = re.sub(r'(?<=<c r="[A-D])4"', f'{number[1]}"', xml)
        return xml

    assert expected in refused_book(small, workbook(small.parent / "a.xlsx", sheet=changed))


def test_a_row_far_below_the_others_is_refused_at_once(small):
    path = workbook(small.parent / "a.xlsx", change=lambda sheet: sheet.cell(1_048_576, 1, "x"))
    start = time.process_time()
    assert "row 1048576: found a filled row after 1,048,571 empty ones" in refused_book(small, path)
    assert time.process_time() - start < 1


def test_hidden_rows_are_read_and_said(small):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    account = intake.import_answers(small, workbook(small.parent / "a.xlsx", change=hide))
    assert "rows hidden in the sheet, read like the others: 1 (row 3)" in account.notes
    assert list(answers_of(small)) == ["a", "b", "c"]


def test_too_many_cells_are_refused_before_they_are_read(small, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 10)
    said = refused_book(small, workbook(small.parent / "a.xlsx"))
    assert said == "a.xlsx: found more than 10 cells; expected fewer; save it as CSV, which is read faster"


def test_no_library_warns_on_the_screen(small):
    """A date that no calendar has and a style that is not there: openpyxl warns of both."""

    def broken(xml):
        return xml.replace('<c r="A2" t="inlineStr"><is><t>a</t></is></c>', '<c r="A2"><v>1</v></c>').replace(
            "</sheetData>", '</sheetData><extLst><ext uri="{x}"/></extLst>'
        )

    path = workbook(small.parent / "a.xlsx", sheet=broken)
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "import", str(small), str(path)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["sep=;\n", '"sep=;"\r\n', "SEP=;\r\n"])
def test_excels_line_about_the_separator_is_no_heading(small, mark):
    account = take(small, mark + "respondent;size;tools;why\na;small;IT, Other;\n;;;\n")
    assert answers_of(small)["a"]["tools"] == {"it", "other"}
    assert "rows kept out, no answer in it: 1 (row 4)" in account.notes


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("<html><body><table>", "a web page with a table (HTML), whatever its name; expected it opened in Excel"),
        ("\ufeff  <!DOCTYPE html>", "a web page with a table (HTML)"),
        ('<?xml version="1.0"?><Workbook>', "an XML table"),
        ("%PDF-1.7", "a PDF document"),
    ],
)
def test_what_only_looks_like_a_table_is_named(small, start, expected):
    assert f"answers.xls: found {expected}" in refused(small, start + HEAD, name="answers.xls")


@pytest.mark.parametrize("end", ['"\n', "\n"])
def test_a_cell_of_many_megabytes_is_refused_in_plain_words(small, end):
    said = refused(small, HEAD + 'a,small,"' + "x" * (40 << 20) + end)
    assert re.fullmatch(
        r"answers.csv: found a row of more than 16 MB, or a quotation mark that is never closed; .*", said
    )


@pytest.mark.parametrize("index", [["1", "2"], ["0", "1"], ["1.0", "2.0"]])
def test_a_column_of_row_numbers_without_heading_is_set_aside(small, index):
    """As `write.csv` of R and `to_csv` of pandas write it; a crash once, then a dead end."""
    for head in ("", '"Unnamed: 0"', "X", "...1"):
        rows = [f"{number},small,IT,NA" for number in index]
        account = take(small, f"{head},size,tools,why\n" + "\n".join(rows) + "\n")
        assert account.rows["kept"] == 2
    assert "column 1, row 2: found an answer under no heading" in refused(
        small, ",size,tools,why\n7,small,IT,\n9,small,IT,\n"
    )


# --- encodings -------------------------------------------------------------------------------------------------------


def relabelled(folder, **labels):
    """Other labels of the option "pen", in English and Japanese."""
    path = folder / "options.csv"
    text = path.read_text(encoding="utf-8").replace('"Pen, pencil (any)",ペン、鉛筆', f"{labels['en']},{labels['ja']}")
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("Crayon préféré à l’école", "cp1252"),
        ("Bâtons", "cp1252"),
        ("Prüfgerät", "mac_roman"),
        ("㈱髙﨑の①～④", "cp932"),
        ("鉛筆とペン", "euc_jp"),
    ],
)
def test_the_encoding_is_the_one_in_which_labels_are_found(small, label, encoding):
    relabelled(small, en=label, ja=label)
    account = take(small, HEAD + f"a,small,{label},\n", encoding=encoding)
    assert account.source == f"answers.csv ({encoding}, comma)"
    assert answers_of(small)["a"]["tools"] == {"pen"}


@pytest.mark.parametrize("dash", ["～", "〜"])
def test_both_wave_dashes_are_one(small, dash):
    take(small, HEAD + f"a,{dash}１０００人,IT,\n")
    assert answers_of(small)["a"]["size"] == "small"


def test_an_xlsform_tells_what_names_mean(small):
    """The names of a form's questions and choices are not those of the codebook; its labels are."""
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (
        ["type", "name", "label::日本語 (ja)"],
        ["select_one s", "v1", "規模"],
        ["select_multiple t", "v2", "ツール"],
    ):
        book.active.append(row)
    choices = book.create_sheet("choices")
    for row in (
        ["list_name", "name", "label::日本語 (ja)"],
        ["s", "k1", "1001人～"],
        ["t", "k1", "ペン、鉛筆"],
        ["t", "k2", "その他"],
    ):
        choices.append(row)
    book.save(small / "form.xlsx")
    text = "_uuid,_id,g/v1,g/v2,g/v2/k1,g/v2/k2,why\nu,7,k1,k2 k1,1,1,luck\n"
    take(small, text)
    assert answers_of(small) == {"7": {"size": "large", "tools": {"pen", "other"}, "why": {"luck"}}}
    said = refused_book(small, small / "form.xlsx")
    assert "form.xlsx: found an XLSForm, the questionnaire itself" in said


def test_option_numbers_are_read_in_the_order_of_counts_csv_and_said(small):
    path = small / "counts.csv"
    path.write_text(path.read_text().replace("size,small,\nsize,large,\n", "size,large,\nsize,small,\n"))
    account = take(small, HEAD + 'a,1,"2,3",\nb,02,4,\n')
    assert {name: each["size"] for name, each in answers_of(small).items()} == {"a": "large", "b": "small"}
    assert answers_of(small)["a"]["tools"] == {"pen", "it"}
    assert any(note.startswith("tools: option numbers read in the order of counts.csv: ") for note in account.notes)
    mapping_path(small).unlink(missing_ok=True)
    with pytest.raises(intake.Unsettled, match="answer '3' of size matches no option"):
        intake.import_answers(small, put(small, HEAD + "a,1,IT,\nb,3,IT,\n"))


def test_hostile_zip_names_stay_in_the_temporary_folder(small, tmp_path):
    with zipfile.ZipFile(small.parent / "x.zip", "w") as archive:
        archive.writestr("../../outside.csv", HEAD + "a,small,IT,\n")
    formats.read_sheet(small.parent / "x.zip")
    assert not list(small.parent.rglob("outside.csv"))


def test_frames_of_pandas_come_back(small):
    frame = pd.DataFrame(
        {"size": ["small", "large"], "tools=it": [True, False], "tools=pen": [False, True], "why": [None, "luck"]}
    )
    path = small.parent / "frame.csv"
    frame.to_csv(path)
    intake.import_answers(small, path)
    assert [each["tools"] for each in answers_of(small).values()] == [{"it"}, {"pen"}]
