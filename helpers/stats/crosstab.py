"""One question by another, with what must not be shown marked, and the tests of such tables.

What is hidden, and why p-values are rounded up where something is, stands in `disclosure`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import joint, tests_of_counts, weights
from .disclosure import gate, hidden_totals, published, suppress, told
from .exact import exact_p, filled, pearson_p

FAMILY = ("independence", "independence_exact", "multiple_independence", "rao_scott")  # tests adjusted together


# --- the table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CrossTable:
    """A question (columns) by a single-choice question (rows), as it may be published.

    `counts` has a row per group and a column per option, `base` the respondents of each group who were asked; both hold
    everything and are for computing. `hidden` (like counts) and `hidden_base` say what must not be shown. `multiple` tells
    whether options may be ticked together.
    """

    row_question: str
    column_question: str
    counts: pd.DataFrame
    base: pd.Series
    hidden: pd.DataFrame
    hidden_base: pd.Series
    multiple: bool

    @property
    def shares(self):
        """Shares of each group's base, from 0 to 1, NaN where hidden or nobody was asked: like `counts`."""
        shares = self.counts.div(self.base.where(self.base > 0), axis=0)
        return shares.mask(self.hidden)

    @property
    def shown(self):
        """Counts with what is hidden as null (Int64): like `counts`."""
        return self.counts.astype("Int64").mask(self.hidden)

    def long(self):
        """One row per group and option: `group_option, option, count, base, share`, null where hidden."""
        base = self.base.astype("Int64").mask(self.hidden_base)
        shown, shares = self.shown, self.shares
        rows = [
            {"group_option": g, "option": o, "count": shown.loc[g, o], "base": base[g], "share": shares.loc[g, o]}
            for g in self.counts.index
            for o in self.counts.columns
        ]
        return pd.DataFrame(rows).astype({"count": "Int64", "base": "Int64"})


def item_columns(responses, question):
    """The columns of a multiple-choice question as a frame of nullable booleans by option id; None for a single one."""
    mark = f"{question}="
    names = [name for name in responses if name.startswith(mark)]
    if not names:
        return None
    return responses[names].rename(columns=lambda name: name[len(mark) :]).astype("boolean")


def _options(column):
    return (
        list(column.cat.categories)
        if isinstance(column.dtype, pd.CategoricalDtype)
        else sorted(column.dropna().unique())
    )


def put_to_both(responses, row_question, column_question):
    """Whether some respondents were put both questions, and raw answers to both are there."""
    items = item_columns(responses, column_question)
    if row_question not in responses or (items is None and column_question not in responses):
        return False
    answers = items.notna().all(axis=1) if items is not None else responses[column_question].notna()
    return bool((responses[row_question].notna() & answers).any())


def crosstab(responses, row_question, column_question, min_cell=5, closed=()):
    """A question by a single-choice question, thin cells hidden (see the module): a CrossTable.

    `responses` has a column `Q` of option ids for a single-choice question Q, or columns `Q=option` of booleans. Only
    respondents to whom both questions were put count. Options stand in the order of the columns' categories. The groups in
    `closed` are hidden whole, with their base: where a question was put to those who gave a certain answer only, the
    base of a group is a cell of another crosstab, which may be hidden there.
    """
    if row_question not in responses:
        raise ValueError(f"crosstab: found {row_question!r}; expected a single-choice question with raw answers")
    items = item_columns(responses, column_question)
    if items is None and column_question not in responses:
        raise ValueError(f"crosstab: found {column_question!r}; expected a question with raw answers")
    group = responses[row_question]
    asked = group.notna() & (items.notna().all(axis=1) if items is not None else responses[column_question].notna())
    rows, group = _options(group), group[asked].astype(object)
    base = group.value_counts().reindex(rows, fill_value=0)
    if items is None:
        answers = responses.loc[asked, column_question].astype(object)
        counts = pd.crosstab(group, answers).reindex(
            index=rows, columns=_options(responses[column_question]), fill_value=0
        )
        hidden = suppress(counts.to_numpy(), min_cell, _rows_of(counts, closed))
    else:
        counts = items[asked].astype(int).groupby(group.to_numpy()).sum().reindex(rows, fill_value=0)
        hidden = _suppress_items(counts.to_numpy(), base.to_numpy(), min_cell, _rows_of(counts, closed))
    counts.index.name, counts.columns.name = row_question, column_question
    table = CrossTable(
        row_question=row_question,
        column_question=column_question,
        counts=counts,
        base=base,
        hidden=pd.DataFrame(hidden, counts.index, counts.columns),
        hidden_base=pd.Series(hidden_totals(base, min_cell) | base.index.isin(closed), base.index),
        multiple=items is not None,
    )
    return gate(table, min_cell)


def _rows_of(counts, closed):
    return np.repeat(counts.index.isin(closed)[:, None], counts.shape[1], axis=1)


def _suppress_items(counts, base, min_cell, closed):
    """Each item against not ticking it: a cell is hidden if either of the two must be."""
    tables = [np.column_stack([ticked, base - ticked]) for ticked in counts.T]
    return np.column_stack([suppress(t, min_cell, np.repeat(closed[:, :1], 2, axis=1))[:, 0] for t in tables])


# --- tests -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Association:
    """A test of a crosstab: `test` is independence, independence_exact or multiple_independence.

    `statistic`, `df`, `effect` (Cramér's V) and `min_expected` are NaN where they do not exist or would tell a hidden
    cell; `p` is rounded up where cells are hidden, see `told` (decimals None: in full), and NaN if even that would tell.
    """

    test: str
    statistic: float
    df: float
    p: float
    effect: float
    n: int
    min_expected: float
    decimals: int | None


def association(crossed):
    """Whether the answers of a crosstab depend on the group, single-choice question by single-choice question.

    Pearson's chi-square, or the exact test where an expected count is below 5: an Association, or None where fewer than
    two groups or answers are there.
    """
    table = crossed.counts.to_numpy()
    full = filled(table)
    if min(full.shape, default=0) < 2:
        return None
    statistic, df, p, v, least = tests_of_counts.independence(full)
    exact = least < tests_of_counts.THIN
    hidden = crossed.hidden.to_numpy()
    p, decimals = published(table, hidden, exact_p if exact else pearson_p)
    if exact:
        statistic, df = np.nan, np.nan
    if hidden.any():
        statistic, v, least = np.nan, np.nan, np.nan
    test = "independence_exact" if exact else "independence"
    return Association(test, statistic, df, p, v, int(table.sum()), least, decimals)


def multiple_association(crossed, responses, resamples=joint.RESAMPLES):
    """Whether any item of a multiple-choice question depends on the group: an Association by the bootstrap, or None.

    See `joint.marginal_independence`. Where cells are hidden the p-value is rounded up to two decimals.
    """
    items = item_columns(responses, crossed.column_question)
    try:
        found = joint.marginal_independence(responses[crossed.row_question], items, resamples)
    except ValueError:
        return None
    hides = bool(crossed.hidden.to_numpy().any())
    p = told(found.p_bootstrap, 2) if hides else found.p_bootstrap
    statistic = np.nan if hides else found.statistic
    return Association("multiple_independence", statistic, np.nan, p, np.nan, found.n, np.nan, 2 if hides else None)


# --- all crosstabs of a survey ---------------------------------------------------------------------------------------


def crosstabs(survey, groups, questions, min_cell=5):
    """The crosstabs of questions by each of the single-choice questions in `groups`: a list of CrossTables.

    Both are ids; numbers have no crosstab. Pairs of which nobody was put both questions are left out; without raw answers there are none.
    """
    if survey.responses is None:
        return []
    questions = [q for q in questions if survey.question(q)["kind"] != "number"]
    pairs = [(g, q) for i, g in enumerate(groups) for q in questions if q not in groups[: i + 1]]
    return [
        crosstab(survey.responses, *pair, min_cell, _closed(survey, *pair, min_cell))
        for pair in pairs
        if put_to_both(survey.responses, *pair)
    ]


def _closed(survey, group, question, min_cell):
    """Groups whose number of respondents asked is hidden in the crosstab of the answer that leads to the question."""
    source, options = survey.route(question)
    if not options or source == group:
        return []
    above = _closed(survey, group, source, min_cell)
    hidden = crosstab(survey.responses, group, source, min_cell, above).hidden
    return list(hidden.index[hidden[[o for o in options if o in hidden]].any(axis=1)])


def crosstab_tests(survey, crossed):
    """One test for each crosstab that has two groups and two answers, as a table of tests.csv, Holm over all of them."""
    rows = [row for table in crossed if (row := _test(survey, table))]
    return tests_of_counts.as_table(rows, "crosstabs", FAMILY)


def _test(survey, table):
    own = weights.of(survey)
    if own is not None and not table.multiple and (row := _weighted_test(survey.responses, table, own)):
        return row
    found = multiple_association(table, survey.responses) if table.multiple else association(table)
    if found is None:
        return None
    names = ("statistic", "df", "p", "effect", "n", "min_expected")
    numbers = {name: getattr(found, name) for name in names}
    kind = "" if table.multiple else "cramers_v"
    decimals = np.nan if found.decimals is None else found.decimals
    return _row(table, found.test, **numbers, effect_kind=kind, decimals=decimals)


def _row(table, test, **numbers):
    return tests_of_counts.row(table.row_question, table.column_question, list(table.counts.columns), test, **numbers)


def _weighted_test(responses, table, own):
    """Rao and Scott's test of a crosstab; None where it does not exist.

    As in `association`, neither statistic nor effect is told where cells are hidden, and p is rounded up.
    """
    try:
        found = weights.rao_scott(responses[table.row_question], responses[table.column_question], own)
    except ValueError:
        return None
    if table.hidden.to_numpy().any():
        return _row(table, "rao_scott", p=told(found.p, 2), n=found.n, decimals=2)
    full = filled(table.counts.to_numpy())
    effect = np.sqrt(found.statistic / found.n / (min(full.shape) - 1))
    numbers = {"statistic": found.f, "df": found.df, "df2": found.df2, "p": found.p, "n": found.n}
    return _row(table, "rao_scott", **numbers, effect=effect, effect_kind="cramers_v")
