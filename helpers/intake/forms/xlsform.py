"""XLSForm: the questionnaire of KoboToolbox and ODK, kept as `form.xlsx` in the survey's folder.

Where the names of its questions and choices are not the ids of the codebook, its labels say which they are: the sheet
`survey` holds `type`, `name` and `label`, the sheet `choices` `list_name`, `name` and `label`, in any number of languages.
"""

import re
import warnings
from dataclasses import dataclass

import openpyxl

from ...said import Said
from ..headings import find, question_of
from ..matching import plain
from ..sheets import as_text, one_line, refusal

FORM = "form.xlsx"
LONGEST = 100_000  # rows of a sheet


@dataclass
class Asked:
    """A question of an XLSForm: its labels, and for each choice, by name, the labels of that."""

    labels: list
    choices: dict


def read_form_file(path):
    """The questions of an XLSForm, by name. Raises SurveyError for a file that is none."""
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            sheets = {sheet.title.casefold(): list(_rows(sheet)) for sheet in book.worksheets[:10]}
            questions, choices = sheets["survey"], sheets.get("choices", [])
    except Exception as error:  # a foreign file can fail in any way
        found = Said(
            "a file that cannot be read ({kind}: {error})", kind=type(error).__name__, error=one_line(error)[:100]
        )
        raise refusal(path, found, Said("an XLSForm, with a sheet named survey")) from None
    lists = {}
    for row in choices:
        name = row.get("list_name") or row.get("list name") or ""
        lists.setdefault(name, {})[row.get("name", "")] = _labels(row)
    asked = {}
    for row in questions:
        kind = row.get("type", "").split()
        asked[row.get("name", "")] = Asked(_labels(row), lists.get(kind[1], {}) if len(kind) > 1 else {})
    return asked


def _rows(sheet):
    """The rows of a sheet as dicts of texts, by its headings."""
    heads = None
    for row in sheet.iter_rows(values_only=True, max_row=LONGEST):
        texts = [as_text(value).strip() for value in row]
        if heads is None:
            heads = [text.casefold() for text in texts]
        elif any(texts):
            yield dict(zip(heads, texts, strict=False))


def _labels(row):
    return [text for head, text in row.items() if text and re.match(r"label(::.*|:.*)?$", head)]


def translate(sheet, asked, names):
    """Give the columns of a sheet the labels of an XLSForm, and put labels that the codebook knows for names in cells."""
    for column in sheet.columns:
        parts = re.split(r"[/]", column.heading) if "/" in column.heading else column.heading.split("-")
        name, choice = parts[-1], None
        if name not in asked and len(parts) > 1:
            name, choice = parts[-2:]
        if name not in asked:
            continue
        form = asked[name]
        question = next(filter(None, (question_of(names, text) for text in (*form.labels, name))), None)
        if question is None:
            continue
        if choice is None and not find(names, column.heading)[0]:
            column.label = question
        elif choice is not None:
            label = _known(names, question, choice, form)
            column.label = f"{question} [{label}]"
        if choice is None and form.choices:
            column.values = [_translated(text, names, question, form) for text in column.values]
    return sheet


def _known(names, question, choice, form):
    """Of a choice's name and labels the first that the codebook knows as an answer, or its name."""
    known, _ = names.answers(question)
    texts = (choice, *form.choices.get(choice, ()))
    return next((text for text in texts if plain(text) in known), choice)


def _translated(cell, names, question, form):
    words = cell.split()
    if not words or not all(word in form.choices for word in words):
        return cell
    return ";".join(_known(names, question, word, form) for word in words)
