"""Excel workbooks: the first visible sheet, as people see it."""

import re
import warnings
import zipfile
from itertools import pairwise

import numpy as np
import openpyxl  # it alone, cell by cell, tells a formula from its last known result
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import WorkSheetParser

from ..said import N_, Said
from ..survey import SurveyError
from .sheets import CHUNK, LARGEST, WIDEST, Column, Sheet, as_text, first_few, one_line, refusal, stripped, tidy

MOST_CELLS = 3_000_000  # of a worksheet; they take less than a minute
MOST_TEXTS = 1_000_000  # that differ from each other
HIDDEN = N_("rows hidden in the sheet, read like the others: {n:,} (row {rows})")
LAST_ROW = 1_048_576  # of Excel
LONGEST_GAP = 10_000  # empty rows before a filled one
DENSEST = 200  # times that a large part of a workbook may be packed; true sheets stay far below


def read(path):
    """The Sheet of a workbook. Raises SurveyError for one that is damaged, too large, or not values only."""
    _check_size(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are none of the answers' business
        try:
            with open(path, "rb") as file:  # by content: openpyxl asks for a name that ends in .xlsx
                return _first_visible(path, openpyxl.load_workbook(file, read_only=True, keep_links=False))
        except SurveyError:
            raise
        except Exception as error:  # a foreign file can fail in any way: broken zip, XML, references, numbers
            raise _unreadable(path, error) from None


def _first_visible(path, book):
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise refusal(path, "no visible sheet", "the answers on the first sheet")
    if {"survey", "choices"} <= {sheet.title.casefold() for sheet in book.worksheets}:
        raise refusal(path, "an XLSForm, the questionnaire itself", "the answers; keep it as form.xlsx in the folder")
    others = [sheet.title for sheet in book.worksheets if sheet is not visible[0]]
    how = Said("XLSX, sheet {sheet}", sheet=repr(visible[0].title))
    if others:
        how = Said("{how}; not read: {others}", how=how, others=[*map(repr, others)])
    _look_through(path, book, visible[0])
    return _read_cells(path, book, visible[0], how)


def _unreadable(path, error):
    reason = one_line(f"{type(error).__name__}: {error}")[:120]
    return refusal(path, "a workbook that cannot be read ({reason})", "an Excel workbook (.xlsx)", reason=reason)


def _check_size(path):
    """Refuse a workbook that would unpack to more than LARGEST bytes, or is packed more densely than sheets are."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from None
    size = sum(part.file_size for part in parts)
    if size > LARGEST:
        raise refusal(
            path,
            "a workbook that unpacks to {size:,} bytes",
            "at most {most:,}; save it as CSV",
            size=size,
            most=LARGEST,
        )
    for part in parts:
        if part.file_size > 10 * max(CHUNK // 16, 1) and part.file_size > DENSEST * part.compress_size:
            found = Said(
                "a workbook with a part packed {file_size} times",
                file_size=part.file_size // max(part.compress_size, 1),
            )
            raise refusal(path, found, Said("at most {most} times; save it as CSV", most=DENSEST))
    _refuse_many_texts(path)


def _refuse_many_texts(path):
    """Refuse a workbook with more texts than can be read in a minute: they are read before the cells."""
    with zipfile.ZipFile(path) as archive:
        if "xl/sharedStrings.xml" not in archive.namelist():
            return
        with archive.open("xl/sharedStrings.xml") as xml:
            texts = 0
            while chunk := xml.read(CHUNK):
                texts += len(re.findall(rb"<(?:\w+:)?si[ />]", chunk))
                if texts > MOST_TEXTS:
                    expected = Said("at most {most:,}; save it as CSV, which is read faster", most=MOST_TEXTS)
                    raise refusal(path, Said("more than {most:,} different texts", most=MOST_TEXTS), expected)


def _look_through(path, book, sheet):
    """Refuse a sheet with more cells than can be read in a minute, or with merged cells.

    Merged cells keep the text of one cell only, so that the others would count as left empty.
    """
    with book._archive.open(sheet._worksheet_path) as xml:
        kept, cells = b"", 0
        while chunk := xml.read(CHUNK):
            if found := re.search(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:$]+)"', kept + chunk):
                raise refusal(
                    path, "merged cells {found}", "each cell by itself (unmerge them)", found=found[1].decode()
                )
            cells += len(re.findall(rb"<(?:\w+:)?c[ />]", chunk))
            if cells > MOST_CELLS:
                raise refusal(
                    path,
                    "more than {most:,} cells",
                    "fewer; save it as CSV, which is read faster",
                    most=MOST_CELLS,
                )
            kept = chunk[-200:]


def _read_cells(path, book, sheet, how):
    """The Sheet of a worksheet: headings from its first row, the others by the numbers that the file gives them.

    Rows may come in any order. Raises SurveyError where two rows, or two cells of a row, claim the same place.
    """
    heads, columns, formulas, seen, hidden = [], [], [], set(), []
    for number, cells, is_hidden in _rows(path, book, sheet):
        texts = _texts(path, number, cells)
        formulas += [f"{get_column_letter(cell['column'])}{number}" for cell in cells if cell["data_type"] == "f"]
        if number in seen:
            raise refusal(path, "a second row of this number", "each once (open it in Excel and save it again)", number)
        seen.add(number)
        if number == 1:
            heads = [tidy(text) for text in texts]
        elif any(texts):
            _add_row(columns, number - 2, texts)
            hidden += [number] * is_hidden
    if formulas:
        raise refusal(path, "formulas in {rows}", "values (copy, then paste as values)", rows=first_few(formulas))
    filled = sorted({row for _, found in columns for row in found})
    _refuse_gap(path, filled)
    rows, width = filled[-1] + 1 if filled else 0, max(len(heads), len(columns))
    heads += [""] * (width - len(heads))
    _widen(columns, width)
    made = [
        Column(head, *stripped(*_filled(places, found, rows)))
        for head, (places, found) in zip(heads, columns, strict=True)
    ]
    notes = [Said(HIDDEN, n=len(hidden), rows=first_few(hidden))]
    return Sheet(made, rows, 2, how, notes=notes if hidden else [])


def _rows(path, book, sheet):
    """The rows that a worksheet holds, as (number, cells, whether it is hidden), in the order of the file."""
    with book._archive.open(sheet._worksheet_path) as xml:
        parser = WorkSheetParser(
            xml,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            if not 1 <= number <= LAST_ROW:
                raise refusal(
                    path,
                    "a row of number {number:,}",
                    "at most {most:,}, the last row of Excel",
                    number=number,
                    most=LAST_ROW,
                )
            yield number, cells, parser.row_dimensions.pop(str(number), {}).get("hidden") in ("1", "true")


def _texts(path, number, cells):
    """The texts of a row by column. Raises SurveyError where two cells claim one place, or one stands too far right."""
    width = max((cell["column"] for cell in cells), default=0)
    if width > WIDEST:
        raise refusal(path, "{n} columns", "at most {most}", number, n=width, most=WIDEST)
    texts, taken = [""] * width, set()
    for cell in cells:
        place = cell["column"]
        if cell["row"] != number or place in taken:
            name = f"{get_column_letter(place)}{cell['row']}"
            expected = Said("each cell once, in its own row (open it in Excel and save it again)")
            raise refusal(path, Said("cell {name} where it has no place", name=name), expected, number)
        taken.add(place)
        texts[place - 1] = as_text(cell["value"])
    return texts


def _refuse_gap(path, filled):
    """Refuse a row that stands alone far below the others: most often a slip of the hand, and never an answer."""
    for before, after in pairwise(filled):
        if after - before > LONGEST_GAP:
            found = Said("a filled row after {after:,} empty ones", after=after - before - 1)
            raise refusal(path, found, Said("the answers in one block (delete what stands below them)"), after + 2)


def _add_row(columns, row, texts):
    """Add the texts of a row to columns, each of which is (text to place, row to place) of what is not empty."""
    _widen(columns, len(texts))
    for (places, found), text in zip(columns, texts, strict=False):
        if text:
            found[row] = places.setdefault(text, len(places))


def _widen(columns, width):
    while len(columns) < width:
        columns.append(({"": 0}, {}))


def _filled(places, found, rows):
    """The distinct texts of a column, and the place of each row's text among them: 0, the empty text, if none is found."""
    codes = np.zeros(rows, np.int32)
    codes[list(found)] = list(found.values())
    return list(places), codes
