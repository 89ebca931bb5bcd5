"""One workbook for people who live in a spreadsheet: cover, contents, notes, and a sheet per table.

The layout follows the UK Government Analysis Function's guidance on spreadsheets: one table per sheet in cell A1's
column, its title above it, no merged or empty cells in the way, notes on a sheet of their own.
"""

import datetime
import math
import re
from pathlib import Path

import pandas as pd
import xlsxwriter

from .text import Language, sample_limits

WIDEST = 60  # characters; longer cells wrap
PERCENT = ("share", "low", "high", "difference", "detectable")


def write_workbook(target, tables, survey, confidence=0.95):
    """Write tables/*.csv of a run as one workbook; the same tables give the same bytes.

    `target` is the file, `tables` the folder. Text is always written as text, whatever sign it begins with.
    """
    say = Language(survey.lang, confidence)
    paths = sorted(Path(tables).glob("*.csv"))
    book = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    published = survey.about.get("published", datetime.date(2000, 1, 1))
    created = datetime.datetime(
        published.year, published.month, published.day
    )  # fixed: no trace of when it was written
    book.set_properties({"title": survey.info("title"), "subject": survey.info("publisher"), "created": created})
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "number": book.add_format({"num_format": "General", "valign": "top"}),
    }
    names = {path: sheet_name(path.stem) for path in paths}
    _lines(book, say("Cover"), [survey.info("title"), *_cover(survey, say)], styles)
    _contents(book, names, say, styles)
    _lines(book, say("Notes"), [say("Notes"), *_notes(survey, say)], styles)
    for path, name in names.items():
        _table(book, name, pd.read_csv(path), path.stem, survey, say, styles)
    book.close()


def sheet_name(stem):
    """A name that a sheet may have: at most 31 characters, none that spreadsheets forbid."""
    return re.sub(r"[\[\]:*?/\\]", "_", stem)[:31]


def _cover(survey, say):
    return [
        survey.info("publisher"),
        f"{say('Asked')}: {survey.info('population')}",
        f"{say('When')}: {survey.info('fieldwork')}",
        f"{say('Answers')}: {say.firms(survey.respondents)}",
        f"{say('Source')}: {survey.info('source')}",
    ]


def _notes(survey, say):
    return [
        sample_limits(say, survey),
        say(
            "Shares, intervals and differences are fractions shown as percentages; the cells hold them in full precision."
        ),
        say("The column flag names what makes a share weak: few, wide, relative, complement, review, small."),
        say("“Not shown” never means “no difference”: it means that answers as few as these could not show one."),
    ]


def _lines(book, name, lines, styles):
    """A sheet of one column: a title and lines of text."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, lines[0], styles["title"])
    for row, line in enumerate(lines[1:], start=1):
        sheet.write_string(row, 0, line, styles["text"])


def _contents(book, names, say, styles):
    sheet = book.add_worksheet(say("Contents"))
    sheet.set_column(0, 0, 40)
    sheet.write_string(0, 0, say("Contents"), styles["title"])
    for row, name in enumerate(names.values(), start=1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)


def _table(book, name, table, stem, survey, say, styles):
    """A sheet with a title, its base and source, and the table as a spreadsheet's own table with column headings."""
    sheet = book.add_worksheet(name)
    question = survey.wording(stem) if stem in survey.questions.index else stem
    sheet.write_string(0, 0, question, styles["title"])
    base = say("Base: {n}", n=say.firms(int(survey.question(stem)["base"]))) if stem in survey.questions.index else ""
    source = say("Source: {source}", source=survey.info("source"))
    sheet.write_string(1, 0, f"{base}. {source}" if base else source, styles["text"])
    for column, heading in enumerate(table.columns):
        values = table[heading]
        numeric = pd.api.types.is_numeric_dtype(values)
        style = styles["share" if heading.startswith(PERCENT) and numeric else "number" if numeric else "text"]
        longest = max([len(heading), *(len(str(v)) for v in values.dropna())]) if not numeric else max(10, len(heading))
        sheet.set_column(column, column, min(longest + 2, WIDEST))
        for row, value in enumerate(values, start=3):
            if pd.isna(value):
                sheet.write_blank(row, column, None, style)
            elif numeric and math.isinf(value):
                sheet.write_string(row, column, say("no end"), style)
            elif numeric:
                sheet.write_number(row, column, value, style)
            else:
                sheet.write_string(row, column, str(value), style)
    options = {
        "columns": [{"header": heading, "header_format": styles["head"]} for heading in table.columns],
        "name": f"t_{re.sub(r'[^A-Za-z0-9_]', '_', stem)}",
        "autofilter": False,
        "style": None,
    }
    sheet.add_table(2, 0, 2 + max(len(table), 1), len(table.columns) - 1, options)
