"""Excel workbooks: the first visible sheet, as people see it."""

import re
import zipfile

import numpy as np

from ..survey import SurveyError
from .sheets import CHUNK, LARGEST, WIDEST, Column, Sheet, as_text, first_few, refusal, stripped, tidy

DENSEST = 200  # times that a large part of a workbook may be packed; true sheets stay far below


def read(path):
    """The Sheet of a workbook. Raises SurveyError for one that is damaged, too large, or not values only."""
    import openpyxl  # takes its time; it alone, cell by cell, tells a formula from its last known result

    _check_size(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Exception as error:  # a foreign file can fail in any way: broken zip, XML, references, numbers
        raise _unreadable(path, error) from None
    try:
        return _first_visible(path, book)
    except SurveyError:
        raise
    except Exception as error:  # as above
        raise _unreadable(path, error) from None
    finally:
        book.close()


def _first_visible(path, book):
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise refusal(path, "no visible sheet", "the answers on the first sheet")
    _refuse_merged(path, visible[0])
    heads, columns, rows = _read_cells(path, visible[0])
    others = [sheet.title for sheet in book.worksheets if sheet is not visible[0]]
    how = f"XLSX, sheet {visible[0].title!r}" + (f"; not read: {', '.join(map(repr, others))}" if others else "")
    made = [Column(tidy(head), *stripped(*column)) for head, column in zip(heads, columns, strict=True)]
    return Sheet(made, rows, 2, how)


def _unreadable(path, error):
    reason = f"{type(error).__name__}: {error}"[:120]
    return refusal(path, f"a workbook that cannot be read ({reason})", "an Excel workbook (.xlsx)")


def _check_size(path):
    """Refuse a workbook that would unpack to more than LARGEST bytes, or is packed more densely than sheets are."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from None
    size = sum(part.file_size for part in parts)
    if size > LARGEST:
        raise refusal(path, f"a workbook that unpacks to {size:,} bytes", f"at most {LARGEST:,}; save it as CSV")
    for part in parts:
        if part.file_size > 10 * max(CHUNK // 16, 1) and part.file_size > DENSEST * part.compress_size:
            found = f"a workbook with a part packed {part.file_size // max(part.compress_size, 1)} times"
            raise refusal(path, found, f"at most {DENSEST} times; save it as CSV")


def _refuse_merged(path, sheet):
    """Merged cells keep the text of one cell only, so that the others would count as left empty."""
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as xml:
        kept = b""
        while chunk := xml.read(CHUNK):
            if found := re.search(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:$]+)"', kept + chunk):
                raise refusal(path, f"merged cells {found[1].decode()}", "each cell by itself (unmerge them)")
            kept = chunk[-200:]


def _read_cells(path, sheet):
    """Headings, (values, codes) of each column, and the number of rows."""
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    heads, columns, formulas, last = [], [], [], 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if len(row) > WIDEST:
            raise refusal(path, f"{len(row)} columns", f"at most {WIDEST}", number)
        formulas += [f"{cell.column_letter}{number}" for cell in row if cell.data_type == "f"]
        texts = [as_text(cell.value) for cell in row]
        if number == 1:
            heads = texts
        elif any(texts):
            _add_row(columns, number - 2, texts)
            last = number
    if formulas:
        raise refusal(path, f"formulas in {first_few(formulas)}", "values (copy, then paste as values)")
    rows, width = max(last - 1, 0), max(len(heads), len(columns))
    heads += [""] * (width - len(heads))
    _widen(columns, width)
    return heads, [_filled(places, found, rows) for places, found in columns], rows


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
