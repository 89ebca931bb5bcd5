"""Read a file of raw answers in whatever format it has: the one place that knows all formats."""

import tempfile
import zipfile
from pathlib import Path

from ..said import Said, why
from . import spss, text_files, workbooks
from .sheets import CHUNK, LARGEST, one_line, refusal, shown

FORMATS = {b"$FL2": spss.read, b"$FL3": spss.read}  # by the bytes that a file begins with; also zip archives, and text
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".sav")  # what an archive may hold


def read_sheet(path, names=None):
    """Read a file of raw answers, by its content and not its name. Raises SurveyError in one message.

    The Names of a codebook, where they are given, tell in which encoding a text file makes sense.
    """
    path = Path(path)
    start = _start(path)
    if start.startswith(b"PK"):
        return _read_archive(path, names)
    sheet = _reader(path, start, names)(path)
    if not sheet.rows:
        found = Said("headings only") if sheet.columns else Said("an empty file")
        raise refusal(path, found, Said("a heading line and at least one row"))
    return sheet


def _start(path):
    """The first bytes of a file. Raises SurveyError where there is none that can be read."""
    try:
        with path.open("rb") as file:
            return file.read(512)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else Said("no name that a file can have")
        raise refusal(path, "a file that cannot be read ({reason})", "a file of raw answers", reason=reason) from None


def _reader(path, start, names):
    """The function that reads a file, by the bytes it begins with; text where nothing else is known."""
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(path, "an Excel file of the old form, or one with a password", "it saved as .xlsx or CSV")
    opening = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<div", b"<?xml")):
        what = Said("an XML table") if opening.startswith(b"<?xml") else Said("a web page with a table (HTML)")
        raise refusal(path, "{what}, whatever its name", "it opened in Excel and saved as .xlsx or CSV", what=what)
    if start.startswith(b"%PDF"):
        raise refusal(path, "a PDF document", "the answers as CSV, .xlsx or .sav")
    return next((read for mark, read in FORMATS.items() if start.startswith(mark)), lambda p: text_files.read(p, names))


# --- zip archives: a workbook is one, and forms pack their tables into one -------------------------------------------


def _read_archive(path, names):
    """The Sheet of a workbook, or of the one table that a zip archive holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part.filename for part in archive.infolist() if not part.is_dir()]
            if not any(name.startswith("xl/") for name in parts):
                return _read_packed(path, archive, parts, names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        found = Said(
            "an archive or workbook that cannot be read ({kind}: {error})",
            kind=type(error).__name__,
            error=one_line(error)[:100],
        )
        raise refusal(path, found, Said("an Excel workbook (.xlsx), or a zip with one table")) from None
    if "xl/workbook.bin" in parts:
        raise refusal(path, "a binary workbook (.xlsb)", "it saved as .xlsx or CSV")
    sheet = workbooks.read(path)
    if not sheet.rows:
        raise refusal(
            path,
            Said("headings only") if sheet.columns else Said("an empty sheet"),
            Said("headings and at least one row"),
        )
    return sheet


def _read_packed(path, archive, parts, names):
    """The Sheet of the one table in an archive, which is unpacked aside."""
    if "mimetype" in parts and "content.xml" in parts:
        raise refusal(path, "an OpenDocument spreadsheet", "it saved as .xlsx or CSV")
    tables = [
        name
        for name in parts
        if Path(name).suffix.casefold() in TABLES and not Path(name).name.startswith(".") and "__MACOSX" not in name
    ]
    if len(tables) != 1:
        inside = [*map(shown, tables[:5])] or Said("none")
        raise refusal(
            path,
            "an archive with {tables} tables ({inside})",
            "one; unpack it and name the right one",
            tables=len(tables),
            inside=inside,
        )
    if archive.getinfo(tables[0]).file_size > LARGEST:
        raise refusal(path, "a table of more than 1 GiB in an archive", "it unpacked first")
    with tempfile.TemporaryDirectory() as aside:
        unpacked = Path(aside) / f"table{Path(tables[0]).suffix}"
        with archive.open(tables[0]) as packed, unpacked.open("wb") as out:
            size = 0
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    raise refusal(path, "a table of more than 1 GiB in an archive", "it unpacked first")
                out.write(chunk)
        sheet = read_sheet(unpacked, names)
    sheet.how = Said("{file} in a zip, {how}", file=shown(tables[0]), how=sheet.how)
    return sheet
