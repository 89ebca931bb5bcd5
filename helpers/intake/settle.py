"""settle.xlsx: what is open in mapping.toml as a sheet with drop-downs, for those who would rather not edit a text file.

An import writes it beside mapping.toml, and takes what was chosen in it over into mapping.toml, which stays the one record.
"""

import datetime
import io
import json
import re
import tomllib
import unicodedata
from dataclasses import dataclass

import numpy as np
import openpyxl
import xlsxwriter

from .. import LANGUAGES
from ..said import Said
from ..survey import SurveyError
from ..survey.problems import quote
from ..survey.schemas import KEYS_OF_RESPONDENTS
from .mapping import LONGEST_DRAFT, form_error, key, position
from .matching import DELIMITERS, joined, plain, plain_heading
from .nearest import ranking
from .sheets import first_few

SETTLE = "settle.xlsx"
SHEET, MEANING, PLACES = "settle", 6, 7  # where a choice stands, and the hidden note of what it settles (from 0)
HEADS = (
    ("What\n種類", 12),
    ("Question\n設問", 40),
    ("Found in the file\nファイル内の記載", 50),
    ("How often\n件数", 10),
    ("Rows\n行", 22),
    ("Most like it\n近いもの", 34),
    ("Meaning: choose\n意味（選択してください）", 50),
    ("", 0),
)
HOW = (
    (
        "Each line is something in the file that matches nothing. Choose its meaning in the last column, save, and import again.",
        "ファイル内の、対応が分からない記載の一覧です。最後の列で意味を選び、保存してから、もう一度取り込んでください。",
    ),
    (
        "The list begins with what is most like it; nothing is chosen for you. Several answers: ids with ; between them.",
        "一覧は近いものから順に並びます。自動では選ばれません。複数の回答は、IDを ; で区切って入力できます。",
    ),
    ("ignore: left out, and counted as left out.", "ignore：集計から除き、除いた件数を記録します。"),
    ("This file holds answers: do not share it.", "このファイルには回答が含まれます。共有しないでください。"),
)
WORDS = {
    "comment": ("words to keep for reading", "自由記述（読むために保存）"),
    **dict.fromkeys(KEYS_OF_RESPONDENTS, ("about the respondent", "回答者の情報")),
    "ignore": ("leave out", "除く"),
    "no_answer": ("no answer", "無回答"),
    "ticked": ("ticked", "選択あり"),
    "not_ticked": ("not ticked", "選択なし"),
}


@dataclass(frozen=True)
class Open:
    """Something to settle: the places in mapping.toml, (table, text) each, that one choice fills; where it was found."""

    places: tuple
    what: str
    question: str
    found: str
    rows: np.ndarray
    choices: list  # ids and their words, the most like first


def open_entries(sheet, targets, unknown, readers, names):
    """What is open after a look at a file, each distinct text once for all questions that share their options."""
    headings = [_open_heading(sheet, heading, told, names) for heading, told in unknown.items()]
    answers = {}
    for reader in readers:
        columns = [
            c for c, t in zip(sheet.columns, targets, strict=True) if getattr(t, "question", None) == reader.question
        ]
        same = names.questions.loc[reader.question, "options"] or reader.question
        texts = {text: original for original, text in reversed(reader.unknown.items())}
        texts = dict([*reversed(texts.items())][:LONGEST_DRAFT])
        places = _places(columns, texts) if texts else {}
        for text, original in texts.items():
            answers.setdefault((same, len(columns) > 1, text), []).append((reader, original, places[text]))
    return headings + [_open_answer(sheet, text, ticks, found, names) for (_, ticks, text), found in answers.items()]


def _open_heading(sheet, heading, told, names):
    column = next((c for c in sheet.columns if c.heading == heading.rpartition(" #")[0] or c.heading == heading), None)
    rows = (
        np.flatnonzero(np.array([bool(text) for text in column.values])[column.codes]) if column else np.zeros(0, int)
    )
    known = [(plain_heading(name), q) for q in names.questions.index for name in names.of_question(q) if name]
    ids = [*map(str, told), *(q for q in ranking(plain_heading(heading), known) if q not in map(str, told))]
    choices = [(one, _wording(one, names)) for one in [*ids, "ignore", "comment", *KEYS_OF_RESPONDENTS]]
    return Open((("columns", heading),), "heading / 見出し", "", heading, rows + sheet.first, choices)


def _open_answer(sheet, text, ticks, found, names):
    reader, original, _ = found[0]
    rows = np.unique(np.concatenate([places for _, _, places in found])) + sheet.first
    known = [(plain(name), option) for option in reader.options for name in names.of_option(reader.question, option)]
    choices = [(option, names.of_option(reader.question, option)[-1]) for option in ranking(text, known)]
    choices += [(word, _word(word)) for word in ("no_answer", "ignore") if word not in reader.options]
    if ticks:
        choices += [(word, _word(word)) for word in ("ticked", "not_ticked")]
    places = tuple((f"answers.{each.question}", own) for each, own, _ in found)
    asked = (
        [reader.question, _wording(reader.question, names)] if len(found) == 1 else [r.question for r, _, _ in found]
    )
    return Open(places, "answer / 回答", " ".join(asked), original, rows, choices)


def _places(columns, texts):
    """The places of the rows whose cells hold each of these plain texts, as a whole or as one of several answers."""
    found = {text: [np.zeros(0, int)] for text in texts}
    for column in columns:
        cells = {}
        for place, cell in enumerate(column.values):
            parts = re.split(f"[{DELIMITERS}]", unicodedata.normalize("NFKC", cell))
            for text in {plain(cell), *map(plain, parts)} & texts.keys():
                cells.setdefault(text, []).append(place)
        for text, places in cells.items():
            found[text].append(np.flatnonzero(np.isin(column.codes, places)))
    return {text: np.unique(np.concatenate(rows)) for text, rows in found.items()}


def _wording(one, names):
    question, _, option = one.partition("=")
    if question not in names.questions.index:
        return _word(one)
    q = names.questions.loc[question]
    words = joined(q[f"text_{lang}"] for lang in reversed(LANGUAGES) if q.get(f"text_{lang}"))
    return f"{words}: {names.of_option(question, option)[-1]}" if option else words


def _word(word):
    english, japanese = WORDS[word]
    return f"{japanese} / {english}"


# --- the sheet -------------------------------------------------------------------------------------------------------


def workbook(entries):
    """The bytes of settle.xlsx for what is open."""
    content = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(content, texts) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same bytes whenever it is made
        page, how, lists = (book.add_worksheet(title) for title in (SHEET, "instructions", "lists"))
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        choice = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF6D6", "border": 1})
        lists.hide()
        page.freeze_panes(1, 0)
        for place, (title, width) in enumerate(HEADS):
            page.write_string(0, place, title, head)
            page.set_column(place, place, width, None, {"hidden": not width})
        for row, entry in enumerate(entries, start=1):
            offered = [f"{words[:180]} [{one}]" for one, words in entry.choices]
            cells = (entry.what, entry.question, entry.found, str(len(entry.rows)), first_few(entry.rows), offered[0])
            for place, text in enumerate(cells):
                page.write_string(row, place, text[:32000], wrap)
            page.write_blank(row, MEANING, None, choice)
            page.write_string(row, PLACES, json.dumps(entry.places, ensure_ascii=False)[:32000])
            for place, text in enumerate(offered):
                lists.write_string(row, place, text)
            last = xlsxwriter.utility.xl_col_to_name(max(len(offered) - 1, 0))
            rule = {"validate": "list", "source": f"=lists!$A${row + 1}:${last}${row + 1}", "error_type": "warning"}
            page.data_validation(row, MEANING, row, MEANING, rule)
        how.set_column(0, 1, 70)
        for row, pair in enumerate(HOW):
            for place, text in enumerate(pair):
                how.write_string(row, place, text, wrap)
    return content.getvalue()


def chosen(path):
    """What was chosen in a settle.xlsx, as (row, places, meaning) each. Raises SurveyError where it cannot be read."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = [list(row) for row in book[SHEET].iter_rows(min_row=2, max_col=PLACES + 1, values_only=True)]
        book.close()
        found = [(n, row[PLACES], row[MEANING]) for n, row in enumerate(rows, start=2) if _filled(row)]
        return [(n, [tuple(place) for place in json.loads(places)], str(words)) for n, places, words in found]
    except Exception as error:  # whatever a spoilt workbook makes its reader raise
        reason = " ".join(str(error).split())[:80]
        raise SurveyError(
            "{settle}: found a file that cannot be read ({reason}); expected it as the import wrote it, or none",
            settle=SETTLE,
            reason=reason,
        ) from None


def _filled(row):
    return len(row) > PLACES and row[PLACES] and row[MEANING] is not None and str(row[MEANING]).strip()


# --- into mapping.toml -----------------------------------------------------------------------------------------------


def merged(text, path, names):
    """mapping.toml's text with what was chosen in a settle.xlsx. Raises SurveyError where the two disagree."""
    for row, places, words in chosen(path):
        for table, found in places:
            text = _settled(text, table, found, _meaning(table, words, names, row), row)
    return text


def _meaning(table, words, names, row):
    """What a chosen text means: the id in brackets at its end, or an id or label that was typed; a list for several."""
    question = table.partition(".")[2]
    parts = [part.strip() for part in re.split(r"[;；\n]", words) if part.strip()] if question else [words.strip()]
    meanings = [_one(part, question, names) for part in parts]
    if None in meanings:
        expected = Said("an entry of its list")
        raise SurveyError(
            "{settle}, row {row}: found {words}; expected {expected}",
            settle=SETTLE,
            row=row,
            words=quote(words),
            expected=expected,
        )
    return meanings[0] if len(meanings) == 1 else meanings


def _one(text, question, names):
    tail = re.search(r"\[([^\[\]]+)\]$", text)
    word = tail[1] if tail else text
    if not question:
        return word if tail or word in (*names.questions.index, *KEYS_OF_RESPONDENTS, "comment", "ignore") else None
    if question in names.questions.index and names.questions.loc[question, "kind"] == "number":
        return word
    known = {option: option for option in names.offered(question).index} | dict.fromkeys(WORDS)
    if word in known:
        return word
    found = names.answers(question)[0].get(plain(text))
    return found if isinstance(found, str) else None


def _settled(text, table, found, meaning, row):
    """mapping.toml's text with one entry filled in. Raises SurveyError where it is filled in otherwise already."""
    there = tomllib.loads(text) if text else {}
    for part in table.split("."):
        there = there.get(part, {})
    if (old := there.get(found, "")) not in ("", meaning):
        expected = Said(
            "{old} as in mapping.toml, or the line taken out in one of the two", old=json.dumps(old, ensure_ascii=False)
        )
        said = json.dumps(meaning, ensure_ascii=False)
        raise SurveyError(
            "{settle}, row {row}: found {said} for {found} of {table}; expected {expected}",
            settle=SETTLE,
            row=row,
            said=said,
            found=quote(found),
            table=table,
            expected=expected,
        )
    if old == meaning:
        return text
    line = f"{key(found)} = {json.dumps(meaning, ensure_ascii=False)}"
    start, end = position(text, table)
    empty = re.compile(rf'(?m)^[ \t]*{re.escape(key(found))}[ \t]*=[ \t]*""[^\n]*$')
    if start is None:
        new = f"{text.rstrip()}\n\n[{table}]\n{line}\n"
    elif empty.search(text[start:end]):
        new = text[:start] + empty.sub(lambda _: line, text[start:end], count=1) + text[end:]
    else:
        new = f"{text[:start]}\n{line}{text[start:]}"
    try:
        tomllib.loads(new)
    except ValueError:
        raise form_error() from None
    return new
