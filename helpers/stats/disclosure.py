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

import numpy as np

from .joint import SEED

LEVEL = 0.05  # where nothing finer may be told: p-values up to here, and those above


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


# --- p-values of tables in which cells are hidden --------------------------------------------------------------------


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


def gate(found, min_cell=5):
    """What may be told of something that was computed from joint answers; all of it passes here before it leaves `stats`.

    Crosstabs come in with their thin cells marked by `suppress` for their own `min_cell`; all else (McNemar's counts,
    bounds, tests of several answers at once) is let through as it is.
    """
    return found
