"""Questions by the groups of those that the codebook breaks by: what may be shown of each table, and its test.

What is hidden, and why, stands in `suppression` and `disclosure`; how answers are merged, in `groups`. Those without an
answer, and those to whom a question was not put, are in no table. Respondents without a group make a row that no table
shows and that is protected like the others, since it follows from the totals.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from . import weights
from .disclosure import min_cell_of
from .groups import coded, label
from .suppression import suppress


@dataclass(frozen=True)
class CrossTable:
    """A question (columns) by the groups of another (rows), as it may be published.

    `counts` has a row per group and a column per answer, `base` the respondents of each group who answered; both hold
    everything and are for computing. `hidden` (like counts) and `hidden_base` say what must not be shown. `multiple` tells
    whether answers may be ticked together. `rest` are (counts, base) of those without a group. `sums` are, with weights,
    sums of weights like `counts` and like `base`, and of their squares like `base`.
    """

    row_question: str
    column_question: str
    counts: pd.DataFrame
    base: pd.Series
    hidden: pd.DataFrame
    hidden_base: pd.Series
    multiple: bool
    rest: tuple
    sums: tuple | None = None

    @property
    def shares(self):
        """Shares of each group's base, from 0 to 1, weighted with weights, NaN where hidden or of nobody: like `counts`."""
        counts, base = (self.counts, self.base) if self.sums is None else self.sums[:2]
        return counts.div(base.where(base > 0), axis=0).mask(self.hidden)

    @property
    def shown(self):
        """Counts with what is hidden as null (Int64): like `counts`."""
        return self.counts.astype("Int64").mask(self.hidden)

    def long(self):
        """One row per group and answer: `row_question, column_question, group_option, option, count, base, share`.

        Null where hidden; with weights, `base_weighted` is the sum of the group's weights, `n_effective` Kish's size.
        """
        cells = self.shown.rename_axis(index="group_option", columns="option").stack(future_stack=True)
        long = cells.rename("count").reset_index()
        base = self.base.astype("Int64").mask(self.hidden_base)
        long["base"] = base.reindex(long["group_option"]).to_numpy()
        long["share"] = self.shares.stack(future_stack=True).to_numpy()
        if self.sums is not None:
            whole = self.sums[1].mask(self.hidden_base)
            for name, numbers in (("base_weighted", whole), ("n_effective", whole**2 / self.sums[2])):
                long[name] = numbers.reindex(long["group_option"]).to_numpy()
        long.insert(0, "column_question", self.column_question)
        long.insert(0, "row_question", self.row_question)
        return long

    @property
    def full(self):
        """Counts with the row of those without a group, if there are any: an array."""
        rest, base = self.rest
        return np.vstack([self.counts.to_numpy(), rest]) if base else self.counts.to_numpy()

    @property
    def full_base(self):
        """Like `full`, the respondents of each row."""
        return np.append(self.base.to_numpy(), self.rest[1]) if self.rest[1] else self.base.to_numpy()


def crosstabs(survey, groups=None, questions=None, min_cell=None):
    """The crosstabs of questions by each of the `groups`, both ids, without them all there are: a list of CrossTables.

    Groups are questions that the codebook marks to break by. Pairs that cannot be crossed are left out: of which nobody
    answered both, or where fewer than two groups or answers are there. Without raw answers they are those of counts_by.csv. A `min_cell`
    above the survey's own hides more, a smaller one nothing less.
    """
    groups = survey.breaks if groups is None else groups
    questions = list(survey.questions.index) if questions is None else questions
    if unknown := [group for group in groups if group not in survey.breaks]:
        raise ValueError(f"crosstabs: found {unknown[0]!r}; expected some of {', '.join(survey.breaks)} (use = break)")
    found = [
        table
        for (group, question), table in system(survey).items()
        if (group in groups and question in questions) or (question in groups and group in questions)
    ]
    if min_cell is None or min_cell <= min_cell_of(survey):
        return found
    return [_hiding_more(table, min_cell) for table in found]


def system(survey):
    """Every crosstab of a survey, {(group, question): CrossTable}: all that any parameter can ask for, protected at once.

    A table that is turned around is the same table.
    """
    if "_crosstabs" not in vars(survey):  # once for a survey, as its cached properties are
        vars(survey)["_crosstabs"] = _printed(survey) if survey.responses is None else _system(survey)
    return vars(survey)["_crosstabs"]


def _system(survey):
    read = {question: coded(survey, question) for question in _in_order(survey)}
    tables = {}
    for i, group in enumerate(survey.breaks):
        for question in read:
            if question != group and question not in survey.breaks[:i] and read[group] and read[question]:
                closed = _closed(survey, tables, group, question, read[group])
                table = None if closed is None else _cross(survey, group, question, read, closed)
                if table is not None:
                    tables[group, question] = table
    order = {question: i for i, question in enumerate(survey.questions.index)}
    pairs = sorted(tables, key=lambda pair: (order[pair[0]], order[pair[1]]))
    return {pair: tables[pair] for pair in pairs}


def _printed(survey):
    """The crosstabs whose totals counts_by.csv has: they are published already, so that nothing of them is hidden."""
    tables = {}
    for (group, question), rows in survey.counted_by.groupby(["by", "question"], sort=False):
        counts = rows.pivot(index="group", columns="option", values="count").fillna(0).astype(int)
        shown = survey.table(question).query("role != 'no_answer'")["option"]
        counts = counts.reindex(columns=[option for option in shown if option in counts])
        counts = counts.reindex([option for option in survey.table(group)["option"] if option in counts.index])
        multiple = survey.question(question)["kind"] == "multiple"
        asked = pd.Series([survey.count(group, option) for option in counts.index], counts.index)
        base = asked if multiple else counts.sum(axis=1)
        if group in survey.breaks and len(counts) > 1 and counts.shape[1] > (0 if multiple else 1) and (base > 0).all():
            hidden = (counts < 0, pd.Series(False, counts.index))
            tables[group, question] = CrossTable(group, question, counts, base, *hidden, multiple, (None, 0))
    return tables


def _in_order(survey):
    """Question ids, each after those whose answers lead to it."""
    waiting, done = list(survey.questions.index), []
    while waiting:
        ready = [question for question in waiting if survey.route(question)[0] in ("", *done)] or waiting
        done += ready
        waiting = [question for question in waiting if question not in ready]
    return done


def _closed(survey, tables, group, question, groups):
    """Groups whose number of respondents asked would tell a hidden cell; None where any number would.

    Where an answer leads to the question, that number is a cell of another crosstab.
    """
    source, options = survey.route(question)
    if source in ("", group):
        return set()
    above = tables.get((group, source))
    answers = [] if above is None else [a for a in above.counts if {*a.split("|")} & {*options}]
    if {o for a in answers for o in a.split("|")} != {*options}:
        return None  # no crosstab shows how many were asked
    return set(above.hidden.index[above.hidden[answers].any(axis=1)])


def _cross(survey, group, question, read, closed):
    """The crosstab of two questions, or None where there is nothing to cross."""
    rows, columns = read[group], read[question]
    known, place = columns.known, np.where(rows.known, rows.codes, len(rows.answers))[columns.known]
    own = weights.of(survey)
    count = _counter(place, columns, known, len(rows.answers) + 1)
    counts, base = count(None)
    here = base[:-1] > 0
    if here.sum() < 2 or (counts[:-1].sum(axis=0) > 0).sum() < (1 if columns.ticked is not None else 2):
        return None
    names = [answer for answer, some in zip(rows.answers, here, strict=True) if some]
    frame = pd.DataFrame(counts[:-1][here].astype(int), names, list(columns.answers))
    frame.index.name, frame.columns.name = group, question
    sums = None
    if own is not None:
        (cells, w), (_, w2) = (count(x[known]) for x in (own.weights, own.weights**2))
        sums = (
            pd.DataFrame(cells[:-1][here], frame.index, frame.columns),
            *(pd.Series(x[:-1][here], frame.index) for x in (w, w2)),
        )
    table = CrossTable(
        row_question=group,
        column_question=question,
        counts=frame,
        base=pd.Series(base[:-1][here].astype(int), frame.index),
        hidden=frame > -1,
        hidden_base=pd.Series(frame.index.isin(closed), frame.index),
        multiple=columns.ticked is not None,
        rest=(counts[-1].astype(int), int(base[-1])),
        sums=sums,
    )
    return _hiding(table, min_cell_of(survey), np.repeat(frame.index.isin(closed)[:, None], frame.shape[1], axis=1))


def _counter(place, columns, known, rows):
    """A function that counts respondents, or adds up numbers of theirs, by group and answer, and by group."""
    answers = len(columns.answers)

    def count(numbers):
        base = np.bincount(place, numbers, rows)
        if columns.ticked is None:
            cells = np.bincount(place * answers + columns.codes[known], numbers, rows * answers)
            return cells.reshape(rows, answers), base
        ticked = columns.ticked[:, known]
        each = [np.bincount(place[yes], None if numbers is None else numbers[yes], rows) for yes in ticked]
        return np.column_stack(each), base

    return count


# --- what is hidden --------------------------------------------------------------------------------------------------


def _hiding(table, min_cell, given):
    """The table with its cells hidden: those of the mask `given`, and what the rule asks for."""
    extra = np.zeros((1 if table.rest[1] else 0, given.shape[1]), dtype=bool)
    given, counts, base = np.vstack([given, extra]), table.full, table.full_base
    if not table.multiple:
        hidden = _suppressed(counts, min_cell, given)
    else:  # each item against not ticking it: a cell is hidden if either of the two must be
        items = zip(counts.T, given.T, strict=True)
        hidden = np.column_stack(
            [_suppressed(np.column_stack([x, base - x]), min_cell, np.column_stack([g, g]))[:, 0] for x, g in items]
        )
    kept = hidden[: len(table.counts)]
    return CrossTable(**{**vars(table), "hidden": pd.DataFrame(kept, table.counts.index, table.counts.columns)})


def _hiding_more(table, min_cell):
    return _hiding(table, min_cell, table.hidden.to_numpy())


def _suppressed(counts, min_cell, given):
    filled = np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)
    if min_cell <= 1 or 0 in counts[filled].shape:
        return given.copy()
    hidden = given.copy()
    small, mask = np.ascontiguousarray(counts[filled]), np.ascontiguousarray(given[filled])
    hidden[filled] = _remembered(small.tobytes(), small.shape, min_cell, mask.tobytes())
    return hidden


@lru_cache(maxsize=20000)
def _remembered(counts, shape, min_cell, given):
    table = np.frombuffer(counts, dtype=np.int64).reshape(shape)
    return suppress(table, min_cell, np.frombuffer(given, dtype=bool).reshape(shape))


# --- for people ------------------------------------------------------------------------------------------------------


CELLS = ["row_question", "column_question", "group_option", "option", "count", "base", "share"]


def cells(survey, crossed):
    """All cells of some crosstabs, one row each, as `CrossTable.long` has them, with labels: `group_label`, `label`."""
    if not crossed:
        return pd.DataFrame(columns=[*CELLS, "group_label", "label"])
    long = pd.concat([table.long() for table in crossed], ignore_index=True)
    for asked, answer, name in (
        ("row_question", "group_option", "group_label"),
        ("column_question", "option", "label"),
    ):
        words = {pair: label(survey, *pair) for pair in set(zip(long[asked], long[answer], strict=True))}
        long[name] = [words[pair] for pair in zip(long[asked], long[answer], strict=True)]
    return long
