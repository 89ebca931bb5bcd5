"""Files with raw answers, as forms and statistics programs export them: CSV, XLSX and SAV, read into columns of text."""

import codecs
import csv
import datetime
import io
import re
import zipfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from ..survey import SurveyError

LARGEST = 1 << 30  # bytes that a workbook may unpack to
DENSEST = 200  # times that a large part of a workbook may be packed; true sheets stay far below
WIDEST = 5000  # columns
CHUNK = 1 << 24
FIRST_FEW = 5  # rows that a message names


@dataclass
class Column:
    """A column as its distinct texts and, for each row, the place of its text among them; an empty cell is ""."""

    heading: str
    values: list[str]
    codes: np.ndarray = field(repr=False)
    label: str = ""  # what a statistics program says beside the heading

    def text(self, row):
        return self.values[self.codes[row]]


@dataclass
class Sheet:
    """A file's columns. `rows` does not count the headings; `first` is the number of the first row, as people count."""

    columns: list[Column]
    rows: int
    first: int
    how: str


def read_sheet(path):
    """Read a file of raw answers, by its content and not its name. Raises SurveyError in one message."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no name that a file can have"
        raise SurveyError(
            f"{shown(path)}: found a file that cannot be read ({reason}); expected a file of raw answers"
        ) from None
    if start.startswith(b"PK"):
        sheet = _read_xlsx(path)
    elif start[:4] in (b"$FL2", b"$FL3"):
        sheet = _read_sav(path)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refusal(path, "an Excel file of the old form, or one with a password", "it saved as .xlsx or CSV")
    else:
        sheet = _read_text(path)
    if not sheet.rows:
        raise _refusal(
            path, "headings only" if sheet.columns else "an empty file", "a heading line and at least one row"
        )
    return sheet


def shown(path):
    """A file's name as it may stand in a message."""
    name = Path(path).name
    return name if name.isprintable() and len(name) <= 80 else repr(name[:80])


def _refusal(path, found, expected, row=None):
    where = shown(path) if row is None else f"{shown(path)}, row {row}"
    return SurveyError(f"{where}: found {' '.join(str(found).split())}; expected {expected}")


def first_few(rows):
    """Row numbers for a message: the first few, and how many more."""
    rows = list(rows)
    more = f" and {len(rows) - FIRST_FEW:,} more" if len(rows) > FIRST_FEW else ""
    return ", ".join(str(row) for row in rows[:FIRST_FEW]) + more


def rewrite_csv(path, change):
    """The bytes of a UTF-8 CSV file with its rows changed by a function of (header, rows).

    A byte order mark and the kind of line end stay as they are.
    """
    data = path.read_bytes()
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n")
    writer.writerows(change([name.strip() for name in rows[0]], rows))
    return mark + out.getvalue().encode()


# --- text ------------------------------------------------------------------------------------------------------------


def _read_text(path):
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    heads, columns, rows = _read_delimited(path, encoding, delimiter)
    name = {",": "comma", "\t": "tab", ";": "semicolon"}[delimiter]
    made = [Column(_tidy(head), *column) for head, column in zip(heads, columns, strict=True)]
    return Sheet(made, rows, 2, f"{encoding.removesuffix('-sig')}, {name}")


def _encoding(path):
    """The encoding in which a whole file can be read: UTF-16 if it says so, UTF-8, or cp932 (Shift_JIS)."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    known = [encoding for mark, encoding in marked.items() if start.startswith(mark)]
    failures = []
    for encoding in known or ["utf-8", "cp932"]:
        failure = _failure(path, encoding)
        if failure is None:
            return encoding
        if failure[1] == "a NUL byte":
            raise _refusal(path, "a NUL byte", "plain text", failure[0])
        failures.append(failure)
    row, byte = failures[0]
    raise _refusal(path, byte, "text saved as UTF-8 or Shift_JIS (cp932)", row)


def _failure(path, encoding):
    """Where a file cannot be read in an encoding, as (row, what stands there); None when all of it can be."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n"), f"byte 0x{error.object[error.start]:02x}"
            if "\0" in text:
                return line + text[: text.index("\0")].count("\n"), "a NUL byte"
            if not chunk:
                return None
            line += text.count("\n")


def _delimiter(path, encoding):
    """The sign that splits the first rows into the most columns, with as many in each row as there are headings."""
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(1 << 20)
    best = (0, 0, ",")
    for delimiter in "\t;,":
        try:
            rows = [row for row in islice(csv.reader(io.StringIO(start), delimiter=delimiter), 50) if row]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        even = width > 1 and all(len(row) == width for row in rows[:-1])  # the last one may be cut off
        best = max(best, (even, width, delimiter), key=lambda found: found[:2])
    return best[2]


def _read_delimited(path, encoding, delimiter):
    """Headings, (values, codes) of each column, and the number of rows."""
    import pyarrow as pa
    import pyarrow.csv as pc

    bad = []

    def uneven(row):
        bad.append((row.number, row.actual_columns))
        return "skip"

    head = _first_record(path, encoding, delimiter)
    if len(head) > WIDEST:
        raise _refusal(path, f"{len(head)} columns", f"at most {WIDEST}")
    names = [str(place) for place in range(len(head))]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        reader = pc.open_csv(
            path,
            pc.ReadOptions(
                column_names=names, use_threads=False, block_size=CHUNK, encoding=encoding.removesuffix("-sig")
            ),
            pc.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=uneven
            ),
            pc.ConvertOptions(column_types=dict.fromkeys(names, text), strings_can_be_null=False),
        )
        table = pa.Table.from_batches(list(reader), reader.schema)
    except (pa.ArrowException, UnicodeError, csv.Error) as error:
        raise _refusal(
            path, f"a file that cannot be read ({str(error)[:120]})", "rows of cells, quotes closed"
        ) from None
    if bad:
        more = f" (so are {len(bad) - 1:,} more)" if len(bad) > 1 else ""
        raise _refusal(path, f"{bad[0][1]} cells{more}", f"{len(head)}, as many as there are headings", bad[0][0])
    table = table.unify_dictionaries().combine_chunks()
    columns = []
    for place in names:
        chunks = table.column(place).chunks
        values = chunks[0].dictionary.to_pylist() if chunks else []
        codes = chunks[0].indices.to_numpy(zero_copy_only=False)[1:] if chunks else np.zeros(0, np.int32)
        columns.append(_stripped(values, codes))
    return head, columns, len(columns[0][1]) if columns else 0


def _first_record(path, encoding, delimiter):
    with path.open(encoding=encoding, newline="") as file:
        try:
            head = next(csv.reader(file, delimiter=delimiter), [])
        except csv.Error as error:
            raise _refusal(
                path, f"a heading line that cannot be read ({error})", "headings, quotes closed", 1
            ) from None
    if not any(cell.strip() for cell in head):
        raise _refusal(path, "an empty first row" if head else "an empty file", "a heading line and at least one row")
    return head


def _stripped(values, codes):
    """The texts that occur, without white space around them, each once; and their places by row."""
    used = np.zeros(len(values), bool)
    used[codes] = True
    places = {}
    new = np.array(
        [
            places.setdefault(value.strip(), len(places)) if there else 0
            for value, there in zip(values, used, strict=True)
        ],
        np.int32,
    )
    return list(places), new[codes] if len(new) else np.zeros(len(codes), np.int32)


def _tidy(heading):
    return " ".join(heading.split())


# --- workbooks -------------------------------------------------------------------------------------------------------


def _read_xlsx(path):
    _check_size(path)
    import openpyxl  # read cell by cell: it alone tells a formula from its last known result

    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Exception as error:  # a foreign file can fail in any way: broken zip, XML, references, numbers
        raise _unreadable(path, error) from None
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise _refusal(path, "no visible sheet", "the answers on the first sheet")
        _refuse_merged(path, sheets[0])
        heads, columns, rows = _read_cells(path, sheets[0])
        others = [sheet.title for sheet in book.worksheets if sheet is not sheets[0]]
    except SurveyError:
        raise
    except Exception as error:  # as above
        raise _unreadable(path, error) from None
    finally:
        book.close()
    how = f"XLSX, sheet {sheets[0].title!r}" + (f"; not read: {', '.join(map(repr, others))}" if others else "")
    made = [Column(_tidy(head), *_stripped(*column)) for head, column in zip(heads, columns, strict=True)]
    return Sheet(made, rows, 2, how)


def _unreadable(path, error):
    reason = f"{type(error).__name__}: {error}"[:120]
    return _refusal(path, f"a workbook that cannot be read ({reason})", "an Excel workbook (.xlsx)")


def _check_size(path):
    """Refuse a workbook that would unpack to more than LARGEST bytes, or is packed more densely than sheets are."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from None
    size = sum(part.file_size for part in parts)
    if size > LARGEST:
        raise _refusal(path, f"a workbook that unpacks to {size:,} bytes", f"at most {LARGEST:,}; save it as CSV")
    for part in parts:
        if part.file_size > 10 * max(CHUNK // 16, 1) and part.file_size > DENSEST * part.compress_size:
            found = f"a workbook with a part packed {part.file_size // max(part.compress_size, 1)} times"
            raise _refusal(path, found, f"at most {DENSEST} times; save it as CSV")


def _refuse_merged(path, sheet):
    """Merged cells keep the text of one cell only, so that the others would count as left empty."""
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as xml:
        kept = b""
        while chunk := xml.read(CHUNK):
            if found := re.search(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:$]+)"', kept + chunk):
                raise _refusal(path, f"merged cells {found[1].decode()}", "each cell by itself (unmerge them)")
            kept = chunk[-200:]


def _read_cells(path, sheet):
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    heads, places, codes, last = [], [], [], 0
    formulas = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if len(row) > WIDEST:
            raise _refusal(path, f"{len(row)} columns", f"at most {WIDEST}", number)
        texts = []
        for cell in row:
            if cell.data_type == "f":
                formulas.append(f"{cell.column_letter}{number}")
            texts.append(_text(cell.value))
        if number == 1:
            heads = texts
            continue
        if not any(texts):
            continue
        while len(places) < len(texts):
            places.append({"": 0})
            codes.append({})
        for column, text in enumerate(texts):
            if text:
                known = places[column]
                codes[column][number - 2] = known.setdefault(text, len(known))
        last = number
    if formulas:
        expected = "values (copy, then paste as values)"
        raise _refusal(path, f"formulas in {first_few(formulas)}", expected)
    rows = max(last - 1, 0)
    width = max(len(heads), len(places))
    heads += [""] * (width - len(heads))
    places += [{"": 0} for _ in range(width - len(places))]
    codes += [{} for _ in range(width - len(codes))]
    columns = []
    for known, found in zip(places, codes, strict=True):
        column = np.zeros(rows, np.int32)
        column[list(found)] = list(found.values())
        columns.append((list(known), column))
    return heads, columns, rows


def _text(value):
    """A cell's value as a person reads it: no decimal point for whole numbers, dates as year-month-day."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


# --- statistics programs ---------------------------------------------------------------------------------------------


def _read_sav(path):
    import pyreadstat

    try:
        _, about = pyreadstat.read_sav(str(path), metadataonly=True)
        cells = (about.number_rows or 0) * max(about.number_columns or 0, 1)
        if cells * 8 > 4 * LARGEST or (about.number_columns or 0) > WIDEST:
            raise _refusal(
                path, f"{about.number_rows:,} rows of {about.number_columns:,} variables", "fewer; save it as CSV"
            )
        # User-defined missing values are answers with a label of their own, such as "no answer".
        data, about = pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")
    except SurveyError:
        raise
    except Exception as error:  # a foreign file can fail in any way
        found = f"a file that cannot be read ({type(error).__name__}: {str(error)[:120]})"
        raise _refusal(path, found, "an SPSS file (.sav)") from None
    columns, rows = [], 0
    for name, values in data.items():
        labels = about.variable_value_labels.get(name, {})
        made, codes = _labelled(values, labels)
        label = about.column_names_to_labels.get(name) or ""
        columns.append(Column(_tidy(name), *_stripped(made, codes), label=_tidy(label)))
        rows = len(codes)
    return Sheet(columns, rows, 1, "SPSS")


def _labelled(values, labels):
    """Distinct texts and codes of a variable: its value labels where it has them, its values elsewhere."""
    places, codes = {}, np.zeros(len(values), np.int32)
    for row, value in enumerate(values):
        if value is None or value != value:  # missing
            value = ""
        codes[row] = places.setdefault(value, len(places))
    texts = [str(labels[value]) if value in labels else _text(value) for value in places]
    return texts, codes
