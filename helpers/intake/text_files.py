"""CSV files as forms export them: UTF-8, UTF-16 or Shift_JIS, with commas, semicolons or tabs."""

import codecs
import csv
import io
import re
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from ..said import Said
from .matching import plain
from .sheets import CHUNK, WIDEST, Column, Sheet, one_line, refusal, stripped, tidy

NUL = Said("a NUL byte")
OLDER = ("cp932", "cp1252", "euc_jp", "mac_roman")  # encodings of an older time, the likeliest first
SIGNS = {",": Said("comma"), "\t": Said("tab"), ";": Said("semicolon"), "|": Said("bar")}
LOOKED_AT = 1 << 18  # bytes that tell an encoding


def read(path, names=None):
    """The Sheet of a text file. Raises SurveyError for one that is no table.

    Where several encodings could be meant, it is the one in which most names of the codebook are found.
    """
    encoding = _encoding(path, names)
    delimiter, skipped = _delimiter(path, encoding)
    heads, columns, rows = _read_delimited(path, encoding, delimiter, skipped)
    name = SIGNS[delimiter]
    made = [Column(tidy(head), *column) for head, column in zip(heads, columns, strict=True)]
    return Sheet(made, rows, 2 + skipped, Said("{encoding}, {sign}", encoding=encoding.removesuffix("-sig"), sign=name))


def _encoding(path, names):
    """The encoding in which a whole file can be read: what its first bytes say, UTF-8, or one of an older time."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    known = [encoding for mark, encoding in marked.items() if start.startswith(mark)]
    failures, possible = [], []
    for encoding in known or ["utf-8", *OLDER]:
        failure = _failure(path, encoding)
        if failure is None:
            possible.append(encoding)
            if encoding not in OLDER:
                break
        elif failure[1] == NUL:
            raise refusal(path, "a NUL byte", "plain text", failure[0])
        else:
            failures.append(failure)
    if not possible:
        row, byte = failures[0]
        raise refusal(path, byte, Said("text saved as UTF-8 or Shift_JIS (cp932)"), row)
    return possible[0] if len(possible) == 1 else _most_at_home(path, possible, names)


def _most_at_home(path, possible, names):
    """Of the encodings in which a file can be read, the one in which most names of the codebook are found."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    found = {encoding: known_in(start.decode(encoding, "ignore"), names) for encoding in possible}
    best = max(found.values())
    if best == 0 and possible[0] != OLDER[0]:
        row, byte = _failure(path, "utf-8")
        raise refusal(path, byte, Said("text saved as UTF-8 or Shift_JIS (cp932)"), row)
    return next(encoding for encoding in possible if found[encoding] == best)


def known_in(text, names):
    """How many wordings and labels of a codebook a text holds."""
    if names is None:
        return 0
    text = plain(text)
    return sum(name in text for name in {plain(name) for name in names.all()} if len(name) > 1)


def _failure(path, encoding):
    """Where a file cannot be read in an encoding, as (row, what stands there); None when all of it can be."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n"), Said(
                    "byte 0x{byte:02x}", byte=error.object[error.start]
                )
            if "\0" in text:
                return line + text[: text.index("\0")].count("\n"), NUL
            if not chunk:
                return None
            line += text.count("\n")


def _delimiter(path, encoding):
    """The sign between columns, and how many lines stand before the headings.

    A first line `sep=;`, which Excel reads and hides, says it; else it is the sign that splits the first rows into the
    most columns, with as many in each row as there are headings.
    """
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(1 << 20)
    if said := re.match(r'"?sep=(\t|[,;|])"?[ \t]*\r?\n', start, re.IGNORECASE):
        return said[1], 1
    best = (0, 0, ",")
    for delimiter in "\t;,":
        try:
            rows = [row for row in islice(csv.reader(io.StringIO(start), delimiter=delimiter), 50) if row]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        even = width > 1 and all(len(row) == width for row in rows[:-1])  # the last one may be cut off
        best = max(best, (even, width, delimiter), key=lambda found: found[:2])
    return best[2], 0


def _read_delimited(path, encoding, delimiter, skipped):
    """Headings, (values, codes) of each column, and the number of rows."""
    head = _first_record(path, encoding, delimiter, skipped)
    if len(head) > WIDEST:
        raise refusal(path, "{n} columns", "at most {most}", n=len(head), most=WIDEST)
    table = _read_table(path, encoding, delimiter, len(head), skipped)
    columns = [stripped(*_without_heading(column)) for column in table.columns]
    return head, columns, len(columns[0][1]) if columns else 0


def _read_table(path, encoding, delimiter, width, skipped):
    """An Arrow table of `width` columns of texts, the headings in its first row."""
    uneven, names = [], [str(place) for place in range(width)]
    as_read = pc.ReadOptions(
        column_names=names,
        use_threads=False,
        block_size=CHUNK,
        skip_rows=skipped,
        encoding=encoding.removesuffix("-sig"),
    )
    as_parsed = pc.ParseOptions(
        delimiter=delimiter,
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=lambda row: uneven.append((row.number, row.actual_columns)) or "skip",
    )
    text = pa.dictionary(pa.int32(), pa.string())
    as_texts = pc.ConvertOptions(column_types=dict.fromkeys(names, text), strings_can_be_null=False)
    try:
        reader = pc.open_csv(path, as_read, as_parsed, as_texts)
        table = pa.Table.from_batches(list(reader), reader.schema)
    except (pa.ArrowException, UnicodeError, csv.Error) as error:
        found = Said("a file that cannot be read ({error})", error=one_line(error)[:120])
        if "straddl" in str(error):
            found = Said("a row of more than {chunk} MB, or a quotation mark that is never closed", chunk=CHUNK >> 20)
        raise refusal(path, found, Said("rows of cells, quotes closed")) from None
    if uneven:
        more = Said(" (so are {n:,} more)", n=len(uneven) - 1) if len(uneven) > 1 else ""
        row, cells = uneven[0]
        raise refusal(
            path,
            "{cells} cells{more}",
            "{width}, as many as there are headings",
            row,
            cells=cells,
            more=more,
            width=width,
        )
    return table.unify_dictionaries().combine_chunks()


def _without_heading(column):
    """The distinct texts of an Arrow column, and the places of its rows among them, without the first row."""
    if not column.chunks:
        return [], np.zeros(0, np.int32)
    return column.chunks[0].dictionary.to_pylist(), column.chunks[0].indices.to_numpy(zero_copy_only=False)[1:]


def _first_record(path, encoding, delimiter, skipped):
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(skipped):
            file.readline()
        try:
            head = next(csv.reader(file, delimiter=delimiter), [])
        except csv.Error as error:
            raise refusal(
                path, "a heading line that cannot be read ({error})", "headings, quotes closed", 1, error=error
            ) from None
    if not any(cell.strip() for cell in head):
        raise refusal(
            path,
            Said("an empty first row") if head else Said("an empty file"),
            Said("a heading line and at least one row"),
        )
    return head
