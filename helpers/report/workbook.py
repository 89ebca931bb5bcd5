"""One workbook for people who live in a spreadsheet: cover, contents, notes, and a sheet per table.

The layout follows the UK Government Analysis Function's guidance on spreadsheets: one marked-up table per sheet that
begins in column A, its title in A1 and its base and source above it, no merged cells, no empty rows or columns, notes
on a sheet of their own. Text is always text: what looks like a formula in someone's label is never calculated.
"""

import datetime
import itertools
import math
import re
from pathlib import Path

import pandas as pd
import xlsxwriter

from ..words.language import Language
from ..words.lines import is_wide
from ..words.sentences import sample_limits
from .columns import METHODS, WIDTHS, entry, in_words, limits_of, said, stored_headings
from .folder import KINDS, read_csv, read_kind

NARROWEST = 9  # the width of a column in characters; longer cells wrap
OF_ALL_ROWS = ("level", "method")  # columns that stand above the table where they say the same of every row


def write_workbook(target, tables, survey):
    """Write tables/*.csv of a run as one workbook; the same tables give the same bytes.

    `target` is the file, `tables` the folder. Text is always written as text, whatever sign it begins with.
    """
    say = Language(survey.lang, "", survey.noun)
    captions = read_kind(tables, "captions").set_index("name")["caption"].to_dict()
    frames = {stem: read_csv(Path(tables) / f"{stem}.csv") for stem in _in_order(tables, captions)}
    titles = {stem: table_title(stem, survey, say, captions) for stem in frames}
    book = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    published = survey.about.get("published", datetime.date(2000, 1, 1))
    # fixed: no trace of when it was written
    created = datetime.datetime(published.year, published.month, published.day)
    book.set_properties({"title": survey.info("title"), "subject": survey.info("publisher"), "created": created})
    styles = _styles(book)
    names = sheet_names(frames, taken=(say("Cover"), say("Contents"), say("Notes")))
    _lines(book, say("Cover"), [survey.info("title"), *_cover(survey, say)], styles)
    _contents(book, names, titles, say, styles)
    used = dict.fromkeys(column for frame in frames.values() for column in frame.columns)
    _lines(book, say("Notes"), [say("Notes"), *_notes(survey, say), *_columns(used, say)], styles)
    for stem, name in names.items():
        _table(book, name, frames[stem], stem, titles[stem], survey, say, styles)
    book.close()


def _in_order(tables, captions):
    """The names of the tables to show: as the notebooks showed them, then the others by name."""
    there = [path.stem for path in sorted(Path(tables).glob("*.csv"))]
    there = [stem for stem in there if stem not in KINDS or KINDS[stem].sheet]
    return sorted(there, key=lambda stem: list(captions).index(stem) if stem in captions else len(captions))


def _styles(book):
    top = {"valign": "top"}
    return {
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


def sheet_names(stems, taken=()):
    """Names that sheets may have, {stem: name}: at most 31 characters, none that spreadsheets forbid, each once.

    Case makes no difference to a spreadsheet; the second of two names that are cut to the same gets a number.
    """
    used, names = {name.casefold() for name in taken}, {}
    for stem in stems:
        whole = re.sub(r"[\[\]:*?/\\]", "_", stem)
        endings = itertools.chain([""], (f"_{number}" for number in itertools.count(2)))
        name = next(n for end in endings if (n := whole[: 31 - len(end)] + end).casefold() not in used)
        used.add(name.casefold())
        names[stem] = name
    return names


def table_title(stem, survey, say, captions):
    """What a table of tables/ shows: the question as it was put, the notebook's caption, or what was kept in it."""
    if stem in survey.questions.index:
        return survey.wording(stem)
    return captions.get(stem) or (say(KINDS[stem].caption) if stem in KINDS else stem)


def _cover(survey, say):
    return [
        survey.info("publisher"),
        say("{name}: {value}", name=say("Asked"), value=survey.info("population")),
        say("{name}: {value}", name=say("When"), value=survey.info("fieldwork")),
        say("{name}: {value}", name=say("Answers"), value=say.respondents(survey.respondents)),
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
            "A share is weak if its base is small, if its interval is wide, wide for its size or for the size of what is "
            "left, if nobody or everybody gave the answer, or if hardly anybody did."
        ),
        say(
            "Ids of questions, answers and notebooks are those of the data folder. The columns are named so in the CSV files:"
        ),
    ]


def _columns(columns, say):
    words = stored_headings(say, columns)
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


def _contents(book, names, titles, say, styles):
    sheet = book.add_worksheet(say("Contents"))
    _page(sheet)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, say("Contents"), styles["title"])
    for row, (name, title) in enumerate(zip(names.values(), titles.values(), strict=True), start=2):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", styles["link"], string=name)
        sheet.write_string(row, 1, title, styles["text"])
        sheet.set_row(row, 16 * _rows_of(title, 90))
    _mark_up(sheet, 1, len(names), {say("Sheet"): "text_head", say("What it shows"): "text_head"}, "t_contents", styles)


def _table(book, name, table, stem, title, survey, say, styles):
    """A sheet with a title, its base, level and source, and the table as a spreadsheet's own table with headings."""
    sheet = book.add_worksheet(name)
    _page(sheet)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, say(". ").join(_about(table, survey, say)), styles["line"])
    table = table[[column for column in table if not (column in OF_ALL_ROWS and _the_one(table, column) is not None)]]
    words = stored_headings(say, table.columns)
    heights = [1] * len(table)
    for column, key in enumerate(table.columns):
        rows = _column(sheet, column, table, words[key], say, styles)
        heights = [max(pair) for pair in zip(heights, rows, strict=True)]
    sheet.set_row(2, 16 * max((_rows_of(text, 15) for text in words.values()), default=1))
    for row, lines in enumerate(heights, start=3):
        sheet.set_row(row, 16 * min(lines, 20))
    heads = {
        text: "head_number" if pd.api.types.is_numeric_dtype(table[key]) else "head" for key, text in words.items()
    }
    mark = f"t_{re.sub(r'[^A-Za-z0-9_]', '_', stem)}"
    _mark_up(sheet, 2, max(len(table), 1), heads, mark, styles)


def _about(table, survey, say):
    """What stands above a table: its base, level and method if they are those of all rows, and the source."""
    base = _the_one(table, "base")
    if base is not None and "share" in table:
        yield say("Base: {n}", n=say.respondents(int(base)))
    level, method = _the_one(table, "level"), _the_one(table, "method")
    if level is not None and "low" in table:
        words, method = say.interval(level, many=True), said(say, METHODS[method]) if method in METHODS else ""
        yield say("{words} ({method})", words=words, method=method) if method else words
    elif level is not None:
        yield say("Level: {level}", level=say.level(level))
    yield say("Source: {source}", source=survey.info("source"))


def _the_one(table, column):
    """The value that a column has in every row, or None if there is no such value."""
    values = table[column].dropna().unique() if column in table else []
    return values[0] if len(values) == 1 and table[column].notna().all() else None


def _column(sheet, column, table, heading, say, styles):
    """Write one column's cells, and return how many lines each takes."""
    key = table.columns[column]
    numeric = pd.api.types.is_numeric_dtype(table[key])
    values = table[key] if numeric else [v if pd.isna(v) else _words(say, key, v, table) for v in table[key]]
    style = _style(table, key)
    longest = 0 if numeric else max((_width(v) for v in values if not pd.isna(v)), default=0)
    width = max(longest + 2, NARROWEST, min(_width(heading) + 2, 16))
    width = min(width, entry(key).width or WIDTHS.get(entry(key).format, 60))
    sheet.set_column(column, column, width)
    for row, value in enumerate(values, start=3):
        _cell(sheet, row, column, value, numeric, styles[style], say)
    return [_rows_of(v, width) if style == "words" and not pd.isna(v) else 1 for v in values]


def _words(say, column, value, table):
    """A text as the workbook has it: a word of the registry in the reader's language, anything else as it is."""
    return in_words(say, column, value) if entry(column, table).format == "code" else str(value)


def _style(table, column):
    """How a column's cells look: shares as percentages, counts as whole numbers, words wrapped."""
    form = entry(column, table).format
    if not pd.api.types.is_numeric_dtype(table[column]):
        return "code" if form == "id" else "words"
    if form in ("percent", "points") or (form == "limit" and limits_of(table) != "number"):
        return "share"
    finite = table[column][table[column].abs() < math.inf]
    return "count" if (finite == finite.round()).all() else "number"


def _cell(sheet, row, column, value, numeric, style, say):
    if pd.isna(value):
        sheet.write_blank(row, column, None, style)
    elif numeric and math.isinf(value):
        sheet.write_string(row, column, say("no end"), style)
    elif numeric:
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, value, style)


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
