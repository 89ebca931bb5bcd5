"""The rules of an import: whose answers the rows are, and to whom each question was put (which rows count: `who`).

Answers to a question that was not put to a respondent are kept out; a single choice with two answers counts as no
answer. A question was put to those whose answer leads to it, else to those who came as far as that, unless the form
says that it was not.
"""

import re

import numpy as np

from ..said import Said
from ..survey import SurveyError, responses
from ..survey.problems import quote
from ..survey.schemas import KEYS_OF_RESPONDENTS, answered_any
from ..survey.schemas import route as route_of
from . import account as outcome
from .columns import columns_of
from .matching import EMPTY, IGNORED, NO_ANSWER, NOT_PUT, NOT_TICKED, TWO
from .sheets import first_few

# --- respondent ids and weights --------------------------------------------------------------------------------------


def keys(sheet, targets, kept, account):
    """Respondent ids and weights of the kept rows, by the names of their columns."""
    rows = np.flatnonzero(kept)
    for what, kinds in (
        (outcome.KEYS, KEYS_OF_RESPONDENTS),
        (outcome.LEFT, ("ignore",)),
        (outcome.NO_HEADING, ("blank",)),
        (outcome.KNOWN, ("known",)),
        (outcome.WORDS, ("words",)),
        (outcome.COMMENT, ("comment",)),
        (outcome.SAID_AGAIN, ("again",)),
    ):
        account.add_cells(what, len(columns_of(sheet, targets, *kinds)) * len(rows))
    found = {responses.RESPONDENT: np.array([str(place) for place in range(1, len(rows) + 1)], dtype=object)}
    for column in columns_of(sheet, targets, "respondent"):
        found[responses.RESPONDENT] = _ids(column, rows, sheet, account)
    for column in columns_of(sheet, targets, "weight"):
        found[responses.WEIGHT] = _weights(column, rows, sheet)
    for part in ("stratum", "cluster"):
        for column in columns_of(sheet, targets, part):
            found[part] = _parts_of_design(column, rows, sheet)
    return found


def _parts_of_design(column, rows, sheet):
    """The strata or clusters that a column gives to rows. Raises SurveyError where one is missing."""
    given = np.array(column.values, dtype=object)[column.codes[rows]]
    if (empty := rows[given == ""]).size:
        found = Said("an empty cell (row {rows})", rows=first_few(empty + sheet.first))
        raise SurveyError(
            "column {heading}: found {found}; expected a name or number in every row",
            heading=quote(column.heading),
            found=found,
        )
    return given


def _ids(column, rows, sheet, account):
    """The ids that a column gives to rows; a row without one is named after its number."""
    given = np.array(column.values, dtype=object)[column.codes[rows]]
    bare = given == ""
    if bare.any():
        account.notes.append(Said("rows without respondent id, named after their row: {n:,}", n=int(bare.sum())))
    return np.where(bare, np.array([f"row {row}" for row in rows + sheet.first], dtype=object), given)


def _weights(column, rows, sheet):
    """The weights that a column gives to rows. Raises SurveyError if one is not a number above 0."""
    numbers = np.array([_weight(value) for value in column.values])[column.codes[rows]]
    wrong = rows[np.isnan(numbers)]
    if wrong.size:
        found = Said(
            "weight {weight} (row {rows})", weight=quote(column.text(wrong[0])), rows=first_few(wrong + sheet.first)
        )
        raise SurveyError(
            "column {heading}: found {found}; expected a number above 0 in every row",
            heading=quote(column.heading),
            found=found,
        )
    return numbers


def _weight(text):
    """A text as a number above 0, or NaN."""
    number = float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", text) else 0.0
    return number if number > 0 else float("nan")


# --- to whom a question was put --------------------------------------------------------------------------------------


def route(names, answers, kept, reach, sheet, account):
    """The Answers of the kept rows with the mask of those to whom the question was put: question to (Answers, mask).

    `reach` says how far the rows of the file came.
    """
    seen = {question: reach.seen(question)[kept] for question in answers}
    answers = {question: each.keep(kept) for question, each in answers.items()}
    numbers, routed, waiting = np.flatnonzero(kept) + sheet.first, {}, list(answers)
    while waiting:  # a question follows the one whose answer leads to it
        question = next(q for q in waiting if route_of(names.questions.loc[q])[0] in ("", *routed))
        waiting.remove(question)
        each, put = answers[question], _put(question, names, answers, routed, seen[question])
        routed[question] = each, put
        _account_for(question, each, put, numbers, account)
    return {question: routed[question] for question in answers}


def _put(question, names, answers, routed, seen):
    """To whom a question was put, as a mask over the kept rows; `seen` are those who came as far as that."""
    q = names.questions.loc[question]
    if not answers[question].cells:
        return np.zeros(len(seen), bool)
    if group := answered_any(q):
        return np.any([np.isin(answers[other].state, (0, TWO)) for other in group], axis=0)
    if not q["asked_if"]:
        return seen & (answers[question].state != NOT_PUT)
    source, options = route_of(q)
    each, asked = routed[source]
    places = [each.reader.place[option] for option in options]
    if each.reader.multiple:
        return asked & each.choice[:, places].any(axis=1)
    by_silence = (names.offered(source).loc[options, "role"] == "no_answer").any()
    return asked & np.where(each.state == 0, np.isin(each.choice, places), by_silence)


def _account_for(question, each, put, numbers, account):
    """Count the cells of a question under what becomes of them, and note the rows that a rule touches."""
    meanings = {0: outcome.STORED, NO_ANSWER: outcome.UNANSWERED, TWO: outcome.DOUBLE}
    for cells in each.cells:
        for state, what in meanings.items():
            account.add_cells(what, ((cells == state) & put).sum())
            account.add_cells(outcome.OUT, ((cells == state) & ~put).sum())
        account.add_cells(outcome.BLANK, np.isin(cells, (EMPTY, NOT_TICKED, NOT_PUT)).sum())
        account.add_cells(outcome.LEFT, (cells == IGNORED).sum())
    out = Said("{question}: answers of respondents to whom it was not put, kept out", question=question)
    account.note_rows(out, each.said() & ~put, numbers)
    account.note_rows(
        Said("{question}: {what}", question=question, what=outcome.DOUBLE), (each.state == TWO) & put, numbers
    )
