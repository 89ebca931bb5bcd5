"""What respondents wrote in their own words: kept beside the raw answers, read by a person, coded and quoted from there.

answers.xlsx lists the texts beside "other" answers and in columns settled as `comment`, each distinct text once, with how
often it was written. A person may fill in two columns, which the next import reads:

- `code`: the id or label of an answer of the question puts the text there; any other code makes a new answer, called so.
  Codes of comments are counted.
- `quote`: `yes` for words that the report may show.

words.csv, which is public, holds the quotes and the counted codes of comments; no other text leaves answers.xlsx.
"""

import io
import re
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
import openpyxl
import pandas as pd
import xlsxwriter

from ..survey import SurveyError
from ..survey.problems import quote
from .cells import NO_WORDS
from .matching import plain

SHEET, WORDS = "answers.xlsx", "words.csv"
HEAD = ("question", "wording", "text", "times", "code", "quote")
NOTE = (
    "設問、自由記述、回数。codeに既存の選択肢（IDかラベル）又は新しい選択肢の名前を、引用してよい文はquoteにyesを記入し、再び取り込む。"
    " / Fill in `code` with an answer there is, or the name of a new one, and `quote` with yes for words that may be shown."
)
YES, NO = {"yes", "はい", "1", "true"}, {"", "no", "いいえ", "0", "false"}
WIDTHS = (18, 40, 60, 8, 24, 8)


@dataclass(frozen=True)
class Chosen:
    """What a person filled in for a text: the `code`, and whether it may be quoted; "" and False where nothing."""

    code: str = ""
    quoted: bool = False


def read_sheet(folder):
    """What answers.xlsx of a folder says: {(question, plain text): (text, Chosen)}; empty where there is none."""
    path = folder / SHEET
    if not path.exists():
        return {}
    try:
        page = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True).worksheets[0]
        rows = [[str(cell or "").strip() for cell in row] for row in page.iter_rows(min_row=2, values_only=True)]
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        EOFError,
        BadZipFile,
        openpyxl.utils.exceptions.InvalidFileException,
    ):
        raise SurveyError(
            "{file}: found a file that cannot be read; expected a workbook, as the import made it", file=SHEET
        ) from None
    if not rows or tuple(cell.lower() for cell in rows[0][: len(HEAD)]) != HEAD:
        raise SurveyError("{file}, row 2: found other headings; expected {head}", file=SHEET, head=", ".join(HEAD))
    chosen = {}
    for number, row in enumerate(rows[1:], start=3):
        question, _, text, _, code, quoted = (*row, *[""] * len(HEAD))[: len(HEAD)]
        if quoted.lower() not in YES | NO:
            raise SurveyError(
                "{file}, row {row}: found quote = {found}; expected yes, or nothing",
                file=SHEET,
                row=number,
                found=quote(quoted),
            )
        if text:
            chosen[question, plain(text)] = text, Chosen(code, quoted.lower() in YES)
    return chosen


# --- codes -----------------------------------------------------------------------------------------------------------


def codes_of(chosen, names):
    """The options that coded texts stand for, {question: {text: option}}, and the new ones, {(set, option): (label, question)}."""
    codes, new = {}, {}
    for (question, _), (text, filled) in chosen.items():
        if not filled.code or question not in names.questions.index:
            continue
        known, _ = names.answers(question)
        option = known.get(plain(filled.code))
        if option not in names.offered(question).index:
            of_set = names.questions.loc[question, "options"]
            taken = {*names.offered(question).index, *(o for s, o in new if s == of_set)}
            same = [o for (s, o), (label, _) in new.items() if s == of_set and plain(label) == plain(filled.code)]
            option = same[0] if same else _free_id(filled.code, taken)
            new.setdefault((of_set, option), (filled.code, question))
        codes.setdefault(question, {})[text] = option
    return codes, new


def _free_id(label, taken):
    base = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")[:24]
    places = (f"own_{number}" for number in range(1, len(taken) + 2))
    return base if base and base not in taken else next(name for name in places if name not in taken)


def with_new_options(frames, new):
    """The frames of a codebook with new options: before the answers of other roles, and listed for their question."""
    options, counts = frames["options.csv"], frames["counts.csv"]
    for (of_set, option), (label, question) in new.items():
        row = _row(options.columns, of_set, option, label)
        at = _place(options, of_set)
        row["order"] = str(options.iloc[at]["order"] if at < len(options) else len(options) + 1)
        later = (options["options"] == of_set) & (np.arange(len(options)) >= at)
        options.loc[later, "order"] = (options.loc[later, "order"].astype(int) + 1).astype(str)
        options = pd.concat([options.iloc[:at], pd.DataFrame([row]), options.iloc[at:]], ignore_index=True)
        listed = dict.fromkeys(counts.columns, "") | {"question": question, "option": option, "count": "0"}
        counts = pd.concat([counts, pd.DataFrame([listed])], ignore_index=True)
    return {**frames, "options.csv": options, "counts.csv": counts}


def _row(columns, of_set, option, label):
    row = dict.fromkeys(columns, "") | {"options": of_set, "option": option, "role": "answer"}
    return row | {name: label for name in columns if name.startswith("label_")}


def _place(options, of_set):
    """Where a new option of a set goes: before its first option that is no answer of its own."""
    own = options[options["options"] == of_set]
    others = own[own["role"] != "answer"]
    return int(others.index[0]) if len(others) else int(own.index[-1]) + 1


# --- texts -----------------------------------------------------------------------------------------------------------


def collected(sheet, targets, answers, kept):
    """All texts of respondents' own that count, as a data frame `question, text, times`: most frequent first.

    `question` is the id of a question, or the heading of a column settled as comment; `kept` marks the rows that count.
    """
    rows = []
    for column, target in zip(sheet.columns, targets, strict=True):
        kind = getattr(target, "kind", "")
        if kind in ("words", "comment"):
            found = zip(column.values, _often(column, kept), strict=True)
            rows += [(target.question or column.heading, text, n) for text, n in found if plain(text) not in NO_WORDS]
    for question, each in answers.items():
        for column, found in each.typed:
            often = _often(column, kept)
            rows += [(question, words, often[place]) for place, words in found]
    table = pd.DataFrame(rows, columns=["question", "text", "times"]).astype({"times": int})
    table = table[table["times"] > 0].assign(key=lambda t: t["text"].map(plain))
    together = table.groupby(["question", "key"], sort=False).agg(text=("text", "first"), times=("times", "sum"))
    return together.reset_index().sort_values(["times"], ascending=False, kind="stable").drop(columns="key")


def _often(column, kept):
    """How often each text of a column stands in the rows that count."""
    return np.bincount(column.codes[kept], minlength=len(column.values))


def workbook(texts, chosen, names):
    """answers.xlsx as bytes: the texts with what was filled in for them; questions in the questionnaire's order."""
    order = {question: place for place, question in enumerate(names.questions.index)}
    texts = texts.sort_values("question", key=lambda q: q.map(order).fillna(len(order)), kind="stable")
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        page, bold = book.add_worksheet("answers"), book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        page.write_string(0, 0, NOTE)
        for place, (name, width) in enumerate(zip(HEAD, WIDTHS, strict=True)):
            page.set_column(place, place, width)
            page.write_string(1, place, name, bold)
        for number, row in enumerate(texts.itertuples(index=False), start=2):
            _, filled = chosen.get((row.question, plain(row.text)), ("", Chosen()))
            wording = names.of_question(row.question)[1:] if row.question in order else []
            cells = (row.question, next(filter(None, wording), ""), row.text, row.times, filled.code)
            for place, cell in enumerate((*cells, "yes" if filled.quoted else "")):
                write = page.write_number if place == 3 else page.write_string
                write(number, place, cell, wrapped)
        page.data_validation(2, 5, len(texts) + 2, 5, {"validate": "list", "source": ["yes", "no"]})
        page.freeze_panes(2, 0)
    return held.getvalue()


def public(texts, chosen, names):
    """words.csv as bytes: quotes, and counted codes of comments; None where there are neither."""
    rows = []
    filled = {key: one for key, (_, one) in chosen.items()}
    texts = texts.assign(
        chosen=[filled.get((q, plain(t)), Chosen()) for q, t in zip(texts["question"], texts["text"], strict=True)]
    )
    coded = texts[~texts["question"].isin(names.questions.index)].assign(code=lambda t: [c.code for c in t["chosen"]])
    for (question, code), own in coded[coded["code"] != ""].groupby(["question", "code"], sort=False):
        rows.append((question, code, str(own["times"].sum()), ""))
    quoted = texts[[c.quoted for c in texts["chosen"]]]
    rows += [(row.question, row.chosen.code, "", " ".join(row.text.split())) for row in quoted.itertuples()]
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=["question", "code", "count", "quote"])
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
