"""Read a file of raw answers in whatever format it has: the one place that knows all formats."""

from pathlib import Path

from . import spss, text_files, workbooks
from .sheets import refusal

FORMATS = {b"PK": workbooks.read, b"$FL2": spss.read, b"$FL3": spss.read}  # by the bytes that a file begins with


def read_sheet(path):
    """Read a file of raw answers, by its content and not its name. Raises SurveyError in one message."""
    path = Path(path)
    read = _reader(path)
    sheet = read(path)
    if not sheet.rows:
        found = "headings only" if sheet.columns else "an empty file"
        raise refusal(path, found, "a heading line and at least one row")
    return sheet


def _reader(path):
    """The function that reads a file, by the bytes it begins with; text where nothing else is known."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no name that a file can have"
        raise refusal(path, f"a file that cannot be read ({reason})", "a file of raw answers") from None
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(path, "an Excel file of the old form, or one with a password", "it saved as .xlsx or CSV")
    return next((read for mark, read in FORMATS.items() if start.startswith(mark)), text_files.read)
