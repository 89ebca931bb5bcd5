"""A file of raw answers as columns of text, and what the readers of all formats share."""

import csv
import datetime
import io
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..said import Said
from ..survey import SurveyError
from ..survey.encodings import decoded

LARGEST = 1 << 30  # bytes that a workbook may unpack to
WIDEST = 5000  # columns
CHUNK = 1 << 24  # bytes that are read at a time
FIRST_FEW = 5  # rows that a message names


@dataclass
class Column:
    """A column as its distinct texts and, for each row, the place of its text among them; an empty cell is ""."""

    heading: str
    values: list[str]
    codes: np.ndarray = field(repr=False)
    label: str = ""  # what a statistics program says beside the heading
    missing: frozenset = frozenset()  # texts that the file itself declares to be no answer
    target: object = None  # what the rules of a form say that it holds, where the codebook is silent: a Target

    def texts(self):
        """The texts that stand in its cells, without the empty one."""
        return [value for value in self.values if value]

    def text(self, row):
        return self.values[self.codes[row]]


@dataclass
class Sheet:
    """A file's columns. `rows` does not count the headings; `first` is the number of the first row, as people count.

    `notes` are what a reader of the account should know; `out` are rows that are no answers, masks by what became of
    them; `sets` gives, by heading, the names of the question that several columns stand for.
    """

    columns: list[Column]
    rows: int
    first: int
    how: str
    tool: str = ""  # the form or program that wrote it, where it is known
    notes: list[str] = field(default_factory=list)
    out: dict = field(default_factory=dict)
    sets: dict = field(default_factory=dict)

    def without_first_rows(self, number):
        """The same without its first rows, which were more headings or notes to them."""
        columns = [
            replace(
                column, **dict(zip(("values", "codes"), stripped(column.values, column.codes[number:]), strict=True))
            )
            for column in self.columns
        ]
        return replace(self, columns=columns, rows=self.rows - number, first=self.first + number)


def shown(path):
    """A file's name as it may stand in a message."""
    name = Path(path).name
    return name if name.isprintable() and len(name) <= 80 else repr(name[:80])


def one_line(text):
    """A text, such as an error of another library, on one line."""
    return " ".join(str(text).split())


def refusal(path, found, expected, row=None, /, **values):
    """The SurveyError about a file of raw answers, to be raised: messages, or templates with the same values."""
    where = shown(path) if row is None else Said("{file}, row {row}", file=shown(path), row=row)
    found, expected = (text if isinstance(text, Said) else Said(text, **values) for text in (found, expected))
    return SurveyError(
        "{where}: found {found}; expected {expected}",
        where=where,
        found=found,
        expected=expected,
    )


def first_few(rows):
    """Row numbers for a message: the first few, and how many more."""
    rows = list(rows)
    few = ", ".join(str(row) for row in rows[:FIRST_FEW])
    return Said("{few} and {n:,} more", few=few, n=len(rows) - FIRST_FEW) if len(rows) > FIRST_FEW else few


def rewrite_csv(path, change, mark=False):
    """The bytes of a CSV file with its rows changed by a function of (header, rows).

    Its encoding, a byte order mark and the kind of line end stay as they are; with `mark` it is UTF-8 with such a mark, which
    is what spreadsheets open right.
    """
    text, encoding = decoded(path.read_bytes())
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n")
    header = [name.strip() for name in rows[0]]
    full = [row + [""] * (len(header) - len(row)) if any(row) else row for row in rows]
    writer.writerows(change(header, full))
    return out.getvalue().encode("utf-8-sig" if mark else encoding)


def stripped(values, codes):
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


def tidy(heading):
    """A heading on one line, without white space around it."""
    return " ".join(heading.split())


def as_text(value):
    """A cell's value as a person reads it: no decimal point for whole numbers, dates as year-month-day."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)
