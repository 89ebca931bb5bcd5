"""One question by another, in tables in which no respondent can be recognised, and their tests.

A cell is thin if fewer than `min_cell` respondents stand in it, but not nobody: an empty cell says that nobody gave this
answer, which singles out no one. Thin cells are hidden (primary suppression), and as many others with them that no
hidden cell follows from what is shown (complementary suppression). Whoever tries is taken to know *all* totals, also
those that the table hides, since the other tables of a report print them, and that counts are whole and not negative. What
the totals tell by themselves (where nobody gave an answer, no group did) no table can hide.
Where a group or an answer has fewer respondents than `min_cell` in all, its whole row or column is hidden, empty cells
included: there they would say what its few respondents did not answer.

Hidden cells could also be worked out from a test statistic. Where cells are hidden, a p-value is therefore published
rounded up, to no more digits than some other table shares for each hidden cell, and statistic and effect not at all.
A multiple-choice question is protected item by item (ticked, not ticked); that answers may exclude each other is not
taken into account.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from . import joint
from .tests_of_counts import THIN, independence

SEED = joint.SEED
LEVEL = 0.05  # where nothing finer may be told: p-values up to here, and those above
TABLES = 9999  # drawn for an exact test by simulation


# --- what may be shown -----------------------------------------------------------------------------------------------


def alternatives(table, hidden, cell):
    """Tables with the same totals and the same shown cells, but another count in this cell: one up, one down, if they exist.

    `table` holds counts, `hidden` is a mask of the same shape, `cell` an index pair that is hidden. Counts change by 1
    along a closed path of hidden cells. There is one if and only if the cell is not determined, since two tables with
    the same totals differ by a sum of such paths (Gusfield 1988, SIAM Journal on Computing 17:552-571).
    """
    for up in (True, False):
        if (up or table[cell] > 0) and (steps := _closed_path(table, hidden, cell, up)):
            changed = table.copy()
            for index, change in steps:
                changed[index] += change
            yield changed


def alternative(table, hidden, cell):
    """The first of `alternatives`, or None if the cell is determined."""
    return next(alternatives(table, hidden, cell), None)


def _closed_path(table, hidden, cell, up):
    """Cells and changes (+1, -1) of a closed path through the cell, found breadth first; None if there is none.

    Nodes are rows and columns. A hidden cell leads from its row to its column by growing, and back by shrinking if it is
    not empty; a path that returns to where it began leaves all totals as they are.
    """
    rows = table.shape[0]
    row, column = cell[0], rows + cell[1]
    start, end = (column, row) if up else (row, column)
    came, queue = {start: None}, deque([start])
    while queue and end not in came:
        here = queue.popleft()
        line = hidden[here] if here < rows else hidden[:, here - rows] & (table[:, here - rows] > 0)
        for there in np.flatnonzero(line) + (rows if here < rows else 0):
            taken = (here, there - rows) if here < rows else (there, here - rows)
            if there not in came and taken != tuple(cell):
                came[there] = here
                queue.append(there)
    if end not in came:
        return None
    steps, here = [(tuple(cell), 1 if up else -1)], end
    while came[here] is not None:
        before = came[here]
        steps.append(((before, here - rows), 1) if before < rows else ((here, before - rows), -1))
        here = before
    return steps


def wander(table, hidden, steps=6000, every=10, restart=300, seed=SEED):
    """Tables with the same totals and shown cells, met on random walks of moves around rectangles of hidden cells.

    A walk begins anew at the table after `restart` steps, and every `every`-th table is told.
    """
    rng, now = np.random.default_rng(seed), table.copy()
    r, c = table.shape
    rows, columns = rng.integers(r, size=(steps, 2)), rng.integers(c, size=(steps, 2))
    for step, ((i, k), (j, m)) in enumerate(zip(rows, columns, strict=True), start=1):
        closed = i != k and j != m and hidden[i, j] and hidden[i, m] and hidden[k, j] and hidden[k, m]
        if closed and now[i, j] and now[k, m]:
            now[i, j] -= 1
            now[k, m] -= 1
            now[i, m] += 1
            now[k, j] += 1
        if step % every == 0:
            yield now.copy()
        if step % restart == 0:
            now = table.copy()


def determined(table, hidden):
    """The hidden cells that follow from the totals and the shown cells: a mask."""
    found = np.zeros_like(hidden)
    for cell in map(tuple, np.argwhere(hidden)):
        found[cell] = alternative(table, hidden, cell) is None
    return found


def thin(table, min_cell):
    """Primary suppression: the mask of cells from 1 to min_cell - 1, and of all cells of rows and columns as small."""
    few = (table > 0) & (table < min_cell)
    for axis in (0, 1):
        total = table.sum(axis=axis, keepdims=True)
        few |= (total > 0) & (total < min_cell)
    return few


def suppress(table, min_cell=5, hidden=None):
    """The mask of cells to hide: the thin ones, those of the mask `hidden` if given, and as many others as it takes.

    While a hidden cell is determined, and not by the totals alone, three others that form a rectangle with it are hidden
    too, so that counts can move around it (Cox 1980, JASA 75:377-385): those that lose the least.
    """
    table = np.asarray(table)
    hidden = thin(table, min_cell) | (np.zeros(table.shape, dtype=bool) if hidden is None else hidden)
    if not hidden.any():
        return hidden
    told = determined(table, np.ones_like(hidden))
    while (exposed := np.argwhere(determined(table, hidden) & ~told)).size:
        more = min(_rectangles(table, hidden, tuple(exposed[0])), default=None)
        if more:
            for cell in more[1]:
                hidden[cell] = True
        else:  # no rectangle helps: the smallest cell that is left, empty ones last
            shown = map(tuple, np.argwhere(~hidden))
            hidden[min(shown, key=lambda cell: (table[cell] == 0, table[cell], cell))] = True
    return hidden


def _rectangles(table, hidden, cell):
    """What each rectangle with this cell in a corner costs, if counts can move around it: ((count, number), corners)."""
    row, column = cell
    for other_row in (i for i in range(table.shape[0]) if i != row):
        for other_column in (j for j in range(table.shape[1]) if j != column):
            aside = ((row, other_column), (other_row, column))
            across = (other_row, other_column)
            if (table[cell] and table[across]) or (table[aside[0]] and table[aside[1]]):
                corners = (*aside, across)
                new = [int(table[corner]) for corner in corners if not hidden[corner]]
                yield (sum(new), len(new)), corners


def hidden_totals(totals, min_cell=5):
    """The mask of totals to hide: those from 1 to min_cell - 1, and one more where a single one would follow."""
    totals = np.asarray(totals)
    hidden = (totals > 0) & (totals < min_cell)
    if hidden.sum() == 1 and (~hidden).any():
        rest = np.where(hidden | (totals == 0), np.inf, totals)
        hidden[int(rest.argmin()) if np.isfinite(rest).any() else int((~hidden).argmax())] = True
    return hidden


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
    return CrossTable(
        row_question=row_question,
        column_question=column_question,
        counts=counts,
        base=base,
        hidden=pd.DataFrame(hidden, counts.index, counts.columns),
        hidden_base=pd.Series(hidden_totals(base, min_cell) | base.index.isin(closed), base.index),
        multiple=items is not None,
    )


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


def _filled(table):
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def exact_p(tables, resamples=TABLES, seed=SEED):
    """Fisher's exact test (Freeman and Halton 1951) of tables with the same totals, one p-value each.

    2 x 2 tables exactly; larger ones against `resamples` tables drawn with these totals (Patefield 1981). With k of them
    no more likely than the one observed, p is (k + 1) / (resamples + 1).
    """
    tables = [_filled(np.asarray(table)) for table in tables]
    if tables[0].shape == (2, 2):
        return [float(stats.fisher_exact(table).pvalue) for table in tables]
    totals = tables[0].sum(axis=1), tables[0].sum(axis=0)
    drawn = stats.random_table(*totals, seed=np.random.default_rng(seed)).rvs(resamples)
    # minus the logarithm of the probability, but for a constant
    rarity = np.sort(gammaln(drawn + 1.0).sum(axis=(1, 2)))
    found = gammaln(np.array(tables) + 1.0).sum(axis=(1, 2))
    as_rare = resamples - np.searchsorted(rarity, found - 1e-7)
    return list((1 + as_rare) / (1 + resamples))


def pearson_p(tables):
    """The p-values of Pearson's chi-square of tables with the same totals."""
    tables = np.array([_filled(np.asarray(table)) for table in tables], dtype=float)
    rows, columns = tables[0].sum(axis=1), tables[0].sum(axis=0)
    expected = np.outer(rows, columns) / rows.sum()
    statistics = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
    return list(stats.chi2.sf(statistics, (len(rows) - 1) * (len(columns) - 1)))


def told(p, decimals):
    """A p-value rounded up to decimals, so that rounding never makes a finding; 0 decimals: LEVEL or, above it, 1."""
    if decimals == 0:
        return LEVEL if p <= LEVEL else 1.0
    return min(1.0, math.ceil(p * 10**decimals - 1e-9) / 10**decimals)


def published(table, hidden, p_values):
    """The p-value of a table as far as it tells no hidden cell: `(p, decimals)`; NaN if even `told(p, 0)` would.

    `p_values` gives the p-values of a list of tables. For each hidden cell there must be another table with the same
    totals, shown cells and published p-value, but another count there (unless the totals tell the cell by themselves).
    """
    cells = list(map(tuple, np.argwhere(hidden)))
    others = [other for cell in cells for other in alternatives(table, hidden, cell)]
    if not others:
        return p_values([table])[0], None
    others += wander(table, hidden)
    p, *rest = p_values([table, *others])
    differs = np.array([other != table for other in others])
    needed = differs.any(axis=0)  # all hidden cells but those that the totals tell
    for decimals in (3, 2, 1, 0):
        as_told = told(p, decimals)
        same = np.array([told(other, decimals) == as_told for other in rest])
        if (differs[same].any(axis=0) | ~needed).all():
            return as_told, decimals
    return np.nan, 0


def association(crossed):
    """Whether the answers of a crosstab depend on the group, single-choice question by single-choice question.

    Pearson's chi-square, or the exact test where an expected count is below 5: an Association, or None where fewer than
    two groups or answers are there.
    """
    table = crossed.counts.to_numpy()
    filled = _filled(table)
    if min(filled.shape, default=0) < 2:
        return None
    statistic, df, p, v, least = independence(filled)
    exact = least < THIN
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
