"""Who counts as an answer: one rule for all forms.

1. A row that the form marks as a preview or test is left out; so is one without consent, where consent was asked; so is
   one without any answer.
2. A row that the form itself calls unfinished is left out, unless `[rows] unfinished = "count"` in mapping.toml.
3. Of rows of the same respondent (by id, else by token, else by e-mail address) the last complete one counts, the last
   if none is; with `same_respondent = "first"` the first, with "all" each of them. Later is what the form's time says
   where it has one, else the order of the rows.
4. Who gave no answer from some point on, with two or more questions for everybody behind it, stopped there: such a row
   counts in the questions up to there (and those that follow from an answer), and in no other. One empty question at the
   end was left empty and not missed. A column of ticks in which every row has a yes or a no cannot tell.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..said import Said
from ..survey import SurveyError
from ..survey.schemas import answered_any
from . import account as outcome
from .columns import columns_of
from .matching import NOT_TICKED, Target, plain

ALWAYS = (outcome.KEPT, outcome.EMPTY_ROW, outcome.AGAIN)  # said of every import
WHICH = {"first": Said("first"), "last": Said("last")}
SAME = ("token", "email")  # of the form's own columns, those that tell a respondent, the surer first
NOBODY = {"", "anonymous", "匿名", "na", "n/a", "nan", "none", "null"}


@dataclass
class Reach:
    """How far each respondent came: `order` are the questions as the file has them, `last` the place of the last seen.

    Who did not stop has reached the last question, whatever was answered.
    """

    order: list
    last: np.ndarray

    @property
    def stopped(self):
        """Whether each respondent stopped before the end."""
        return self.last < len(self.order) - 1

    def seen(self, question):
        """Whether each respondent came as far as a question."""
        return self.last >= self.order.index(question) if question in self.order else np.zeros(len(self.last), bool)


def reach(sheet, targets, answers, names):
    """How far each row of a file came, as a Reach."""
    order = list(dict.fromkeys(t.question for t in targets if isinstance(t, Target) and t.kind == "question"))
    last = np.full(sheet.rows, -1)
    for place, question in enumerate(order):
        last[answers[question].said() | _saw(answers[question])] = place
    for_all = [
        not names.questions.loc[question, "asked_if"] and not answered_any(names.questions.loc[question])
        for question in order
    ]
    behind = np.append(np.cumsum(for_all[::-1])[::-1], 0)[last + 1] if order else np.zeros(sheet.rows)
    return Reach(order, np.where(behind >= 2, last, len(order) - 1))


def _saw(answers):
    """Who said no to an option, which tells that the question was seen: if some rows say neither yes nor no."""
    some = any((states != 0).any() and not np.isin(states, (0, NOT_TICKED)).all() for states in answers.cells)
    return (answers.state == NOT_TICKED) & some


def keep_rows(sheet, targets, answers, reach, choices, account):
    """The rows that count, as a mask; what became of the others, and where respondents stopped, goes into the Account."""
    said = np.any([each.said() for each in answers.values()], axis=0)
    out = dict(sheet.out)
    if choices["unfinished"] == "count":
        out.pop(outcome.UNFINISHED, None)
    reasons = [outcome.PREVIEW, outcome.DECLINED, outcome.EMPTY_ROW, outcome.UNFINISHED]
    out[outcome.EMPTY_ROW] = ~said
    left, masks = np.ones(sheet.rows, bool), {}
    for reason in reasons:
        masks[reason] = left & out.get(reason, np.zeros(sheet.rows, bool))
        left &= ~masks[reason]
    masks[outcome.AGAIN] = _again(sheet, targets, left, ~reach.stopped, choices["same_respondent"], account)
    kept = left & ~masks[outcome.AGAIN]
    rows = {outcome.KEPT: int(kept.sum())} | {what: int(mask.sum()) for what, mask in masks.items()}
    account.rows = {what: rows[what] for what in rows if rows[what] or what in ALWAYS}
    account.add_cells(outcome.ROW_OUT, (~kept).sum() * len(sheet.columns))
    numbers = np.arange(sheet.rows) + sheet.first
    for reason, mask in masks.items():
        account.note_rows(Said("rows {reason}", reason=reason), mask, numbers)
    if not kept.any():
        raise SurveyError(
            "{source}: found no row with an answer that counts; expected at least one", source=account.source
        )
    _note_stops(reach, kept, account)
    return kept


def _note_stops(reach, kept, account):
    """Note where respondents stopped, and keep it with the Account."""
    stops = reach.last[kept & reach.stopped]
    account.stopped = {
        reach.order[place]: int(n) for place, n in zip(*np.unique(stops, return_counts=True), strict=True)
    }
    if account.stopped:
        where = [Said("after {question}: {n:,}", question=question, n=n) for question, n in account.stopped.items()]
        total = sum(account.stopped.values())
        account.notes.append(
            Said(
                "respondents who stopped before the end, counted as far as they came: {total:,} ({where})",
                total=total,
                where=where,
            )
        )


# --- the same respondent twice ---------------------------------------------------------------------------------------


def _again(sheet, targets, left, complete, which, account):
    """The rows of respondents of whom another row counts, as a mask."""
    again = np.zeros(sheet.rows, bool)
    if which == "all":
        return again
    for column, what in _telling(sheet, targets):
        ids = np.array([plain(value) for value in column.values], dtype=object)[column.codes]
        known = np.array([plain(value) not in NOBODY and ("@" in value or what != "email") for value in column.values])
        rows = np.flatnonzero(left & ~again & known[column.codes])
        rows = rows[pd.Series(ids[rows]).duplicated(keep=False).to_numpy()] if len(rows) else rows
        if not len(rows):
            continue
        times = _times(sheet, targets, rows)
        table = pd.DataFrame({"id": ids[rows], "complete": complete[rows], "time": times, "row": rows})
        table = table.sort_values((["complete"] if which == "last" else []) + ["time", "row"])
        dropped = table["id"].duplicated(keep=which)
        again[table.loc[dropped, "row"]] = True
        account.notes.append(
            Said(
                "rows of the same respondent, told by the {what}: the {which} one counts", what=what, which=WHICH[which]
            )
        )
    return again


def _telling(sheet, targets):
    """The columns that tell a respondent: ids, tokens, e-mail addresses, in this order, with what they are called."""
    yield from ((column, Said("respondent id")) for column in columns_of(sheet, targets, "respondent"))
    known = list(zip(sheet.columns, targets, strict=True))
    for what in SAME:
        yield from ((column, what) for column, target in known if target == Target("known", what))


def _times(sheet, targets, rows):
    """When these rows were sent, as something that sorts; their order in the file where no column tells it."""
    for column, target in zip(sheet.columns, targets, strict=True):
        if target == Target("known", "time"):
            day_first = any(
                re.match(r"\s*(1[3-9]|2\d|3[01])\b\D\d{1,2}\D\d{4}|\s*\d{1,2}\.", text) for text in column.values
            )
            times = [moment(column.text(row), day_first) for row in rows]
            if all(times) and len({len(time) for time in times}) == 1:
                return times
    return [(int(row),) for row in rows]


def moment(text, day_first=False):
    """A date and time as a tuple that sorts, or None; 午後 and PM are known.

    The year is first, or else third, after month and day, or day and month where `day_first`.
    """
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) < 3:
        return None
    year, month, day, *rest = numbers
    if year < 1000 <= day:
        year, month, day = (day, month, year) if day_first else (day, year, month)
    hour, minute, second = (*rest, 0, 0, 0)[:3]
    late = bool(re.search(r"午後|p\.?m", text, re.IGNORECASE))
    early = bool(re.search(r"午前|a\.?m", text, re.IGNORECASE))
    hour = hour % 12 + 12 * late if late or early else hour
    return year, month, day, hour, minute, second
