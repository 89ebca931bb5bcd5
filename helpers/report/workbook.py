"""One workbook for people who live in a spreadsheet: cover, contents, notes, and a sheet per table.

The layout follows the UK Government Analysis Function's guidance on spreadsheets: one marked-up table per sheet that
begins in column A, its title in A1 and its base and source above it, no merged cells, no empty rows or columns, notes
on a sheet of their own. Text is always text: what looks like a formula in someone's label is never calculated.
"""

import datetime
import math
import re
from pathlib import Path

import pandas as pd
import xlsxwriter

from ..figures.charts import is_wide
from ..words.language import Language, sample_limits
from .tables import heading, read_csv

WIDEST, NARROWEST = 60, 9  # the width of a column in characters; longer cells wrap
PERCENT = ("share", "low", "high", "difference", "detectable")
CODES = ("role", "flag", "verdict", "kind", "status", "relation", "reason", "test", "options")  # ids, never wrapped


def write_workbook(target, tables, survey, confidence=0.95):
    """Write tables/*.csv of a run as one workbook; the same tables give the same bytes.

    `target` is the file, `tables` the folder. Text is always written as text, whatever sign it begins with.
    """
    say = Language(survey.lang, confidence)
    paths = sorted(Path(tables).glob("*.csv"))
    frames = {path.stem: read_csv(path) for path in paths}
    book = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    published = survey.about.get("published", datetime.date(2000, 1, 1))
    created = datetime.datetime(
        published.year, published.month, published.day
    )  # fixed: no trace of when it was written
    book.set_properties({"title": survey.info("title"), "subject": survey.info("publisher"), "created": created})
    top = {"valign": "top"}
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "line": book.add_format({**top, "font_color": "#545d68"}),
        "head": book.add_format({**top, "bold": True, "text_wrap": True, "bottom": 2, "indent": 1, "align": "left"}),
        "text_head": book.add_format({**top, "bold": True, "bottom": 2}),
        "head_number": book.add_format({**top, "bold": True, "text_wrap": True, "bottom": 2, "align": "right"}),
        "text": book.add_format({**top, "text_wrap": True}),
        "words": book.add_format({**top, "text_wrap": True, "indent": 1, "align": "left"}),
        "code": book.add_format({**top, "indent": 1, "align": "left"}),
        "link": book.add_format({**top, "font_color": "#14557b", "underline": 1}),
        "share": book.add_format({**top, "num_format": "0.0%"}),
        "count": book.add_format({**top, "num_format": "#,##0"}),
        "number": book.add_format({**top, "num_format": "0.000"}),
    }
    names = {stem: sheet_name(stem) for stem in frames}
    _lines(book, say("Cover"), [survey.info("title"), *_cover(survey, say)], styles)
    _contents(book, names, survey, say, styles)
    used = dict.fromkeys(column for frame in frames.values() for column in frame.columns)
    _lines(book, say("Notes"), [say("Notes"), *_notes(survey, say), *_columns(used, say)], styles)
    for stem, name in names.items():
        _table(book, name, frames[stem], stem, survey, say, styles)
    book.close()


def sheet_name(stem):
    """A name that a sheet may have: at most 31 characters, none that spreadsheets forbid."""
    return re.sub(r"[\[\]:*?/\\]", "_", stem)[:31]


def table_title(stem, survey, say):
    """What a table of tables/ shows, in words: the question as it was put, or what the notebooks call it."""
    if stem in survey.questions.index:
        return survey.wording(stem)
    kind, _, notebook = stem.rpartition("_")
    titles = {
        "awareness": say("Awareness of the partners’ security"),
        "awareness_reasons": say("Reasons by partner group"),
        "claims": say("The publisher’s claims, audited"),
        "comparisons": say("Every comparison of two questions, in both readings"),
        "contradictions": say("Charts that differ from their table"),
        "figures": say("The figures and their descriptions"),
        "findings": say("Every finding of the notebooks"),
        "measures": say("Measures now, wanted, and after an attack"),
        "power": say("What this sample could have shown"),
        "q3_knowing": say("End of support: firms that know"),
        "reached": say("Firms reached by an attack on a partner"),
        "sensitivity": say("Does the answer move?"),
        "sums": say("Rounded shares that miss 100%"),
        "tests": say("Every test of the notebooks"),
    }
    if kind in titles and notebook.isdigit():
        return say("{title} (notebook {notebook})", title=titles[kind], notebook=notebook)
    return titles.get(stem, stem)


def column_words(columns, say):
    """The headings of columns in words, {name: words}; two columns with the same words get their names behind them."""
    words = {
        "alt": say("Description"),
        "claim": say("Claim id"),
        "df": say("Degrees of freedom"),
        "effect": say("Effect"),
        "figure": say("Figure"),
        "finding": say("Finding"),
        "first": say("First question"),
        "flag": say("Weak because"),
        "high": say("Interval, upper end"),
        "kind": say("Kind of claim"),
        "low": say("Interval, lower end"),
        "min_expected": say("Smallest expected"),
        "n": say("Answers counted"),
        "note": say("Note"),
        "notebook": say("Notebook"),
        "option": say("Answer id"),
        "options": say("Answer ids"),
        "question": say("Question id"),
        "reason": say("Reason"),
        "role": say("Role of the answer"),
        "second": say("Second question"),
        "statistic": say("Statistic"),
        "status": say("Asked those who are"),
        "test": say("Test"),
        "title": say("Title"),
        "unit": say("Unit"),
        "value": say("From the counts"),
    }
    said = {column: words.get(column) or heading(say, column) for column in columns}
    taken = list(said.values())
    return {
        column: text if taken.count(text) == 1 else say("{words} ({column})", words=text, column=column)
        for column, text in said.items()
    }


def _cover(survey, say):
    return [
        survey.info("publisher"),
        say("{name}: {value}", name=say("Asked"), value=survey.info("population")),
        say("{name}: {value}", name=say("When"), value=survey.info("fieldwork")),
        say("{name}: {value}", name=say("Answers"), value=say.firms(survey.respondents)),
        say("{name}: {value}", name=say("Source"), value=survey.info("source")),
    ]


def _notes(survey, say):
    return [
        sample_limits(say, survey),
        say(
            "Shares, intervals and differences are fractions shown as percentages; the cells hold them in full precision."
        ),
        say("“Not shown” never means “no difference”: it means that answers as few as these could not show one."),
        say(
            "A share is weak if its base is small (few), if its interval is wide (wide), wide for its size (relative) or "
            "for the size of what is left (complement), if nobody or everybody gave the answer (review), or if hardly "
            "any firm did (small)."
        ),
        say(
            "Ids of questions, answers and notebooks are those of the data folder. The columns are named so in the CSV files:"
        ),
    ]


def _columns(columns, say):
    words = column_words(columns, say)
    return [say("{name}: {value}", name=words[column], value=column) for column in columns]


def _page(sheet):
    """On paper: across, as wide as the page, with the number of the page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _lines(book, name, lines, styles):
    """A sheet of one column: a title and lines of text."""
    sheet = book.add_worksheet(name)
    _page(sheet)
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, lines[0], styles["title"])
    for row, line in enumerate(lines[1:], start=1):
        sheet.write_string(row, 0, line, styles["text"])
        sheet.set_row(row, 16 * _rows_of(line, 100))


def _contents(book, names, survey, say, styles):
    sheet = book.add_worksheet(say("Contents"))
    _page(sheet)
    titles = [table_title(stem, survey, say) for stem in names]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, say("Contents"), styles["title"])
    for row, (name, title) in enumerate(zip(names.values(), titles, strict=True), start=2):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", styles["link"], string=name)
        sheet.write_string(row, 1, title, styles["text"])
        sheet.set_row(row, 16 * _rows_of(title, 90))
    _mark_up(sheet, 1, len(names), {say("Sheet"): "text_head", say("What it shows"): "text_head"}, "t_contents", styles)


def _table(book, name, table, stem, survey, say, styles):
    """A sheet with a title, its base and source, and the table as a spreadsheet's own table with column headings."""
    sheet = book.add_worksheet(name)
    _page(sheet)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.write_string(0, 0, table_title(stem, survey, say), styles["title"])
    base = say("Base: {n}", n=say.firms(int(survey.question(stem)["base"]))) if stem in survey.questions.index else ""
    source = say("Source: {source}", source=survey.info("source"))
    sheet.write_string(1, 0, say(". ").join(part for part in (base, source) if part), styles["line"])
    headings = column_words(table.columns, say)
    heights = [1] * len(table)
    for column, key in enumerate(table.columns):
        values = table[key]
        style = _style(table, key)
        numeric = pd.api.types.is_numeric_dtype(values)
        longest = 0 if numeric else max((_width(v) for v in values.dropna()), default=0)
        width = min(max(longest + 2, NARROWEST, min(_width(headings[key]) + 2, 16)), WIDEST)
        sheet.set_column(column, column, width)
        for row, value in enumerate(values, start=3):
            _cell(sheet, row, column, value, numeric, styles[style], say)
            if style == "words" and not pd.isna(value):
                heights[row - 3] = max(heights[row - 3], _rows_of(str(value), width))
    sheet.set_row(2, 16 * max(_rows_of(text, 15) for text in headings.values()))
    for row, lines in enumerate(heights, start=3):
        sheet.set_row(row, 16 * min(lines, 20))
    name = f"t_{re.sub(r'[^A-Za-z0-9_]', '_', stem)}"
    heads = {
        text: "head_number" if pd.api.types.is_numeric_dtype(table[key]) else "head" for key, text in headings.items()
    }
    _mark_up(sheet, 2, max(len(table), 1), heads, name, styles)


def _style(table, column):
    """How a column's cells look: shares as percentages, counts as whole numbers, codes on one line, words wrapped."""
    values = table[column]
    if not pd.api.types.is_numeric_dtype(values):
        return "code" if column in CODES else "words"
    # Beside shares, these are fractions; the audit's values are in the units of the claims.
    if column.startswith(PERCENT) and any(name.startswith(("share", "difference")) for name in table.columns):
        return "share"
    finite = values[values.abs() < math.inf]
    return "count" if (finite == finite.round()).all() else "number"


def _cell(sheet, row, column, value, numeric, style, say):
    if pd.isna(value):
        sheet.write_blank(row, column, None, style)
    elif numeric and math.isinf(value):
        sheet.write_string(row, column, say("no end"), style)
    elif numeric:
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _mark_up(sheet, top, rows, headings, name, styles):
    """Tell the spreadsheet that this is a table: its name, and its headings, {words: style}, in the row `top`."""
    options = {
        "columns": [{"header": text, "header_format": styles[style]} for text, style in headings.items()],
        "name": name,
        "autofilter": False,
        "style": None,
    }
    if not rows:  # a spreadsheet has no table without rows; its headings stand there as text
        for column, (text, style) in enumerate(headings.items()):
            sheet.write_string(top, column, text, styles[style])
        return
    sheet.add_table(top, 0, top + rows, len(headings) - 1, options)


def _width(value):
    """The width of a text in characters, of which Japanese ones count twice."""
    return sum(2 if is_wide(sign) else 1 for sign in str(value))


def _rows_of(text, width):
    """How many lines a text takes in a column of this width."""
    return sum(max(1, math.ceil(_width(line) / (width - 1))) for line in str(text).split("\n"))
