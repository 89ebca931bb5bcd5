"""The gate: what may be told of joint answers. All of it passes here before it leaves `stats`.

It depends on the survey's folder alone. It protects every crosstab that can be asked for at once, and parameters choose
among what is safe; so a second report with other parameters adds nothing. Which cells of a crosstab are hidden stands in
`suppression`; here is what else could lead back to them.

- **Decide, then disclose.** Tests are decided on exact p-values, adjusted over their whole family. Where something is
  hidden, only the adjusted p is told, rounded up to one of STEPS, so that rounding never makes a finding; and only if for
  each hidden cell tables with other counts, as many as the protection interval asks for, would have the same told. Else
  the decision at LEVEL alone is tried, else nothing is told. Statistic and effect are not told.
- **Two answers of the same respondents** (McNemar's b and c, both, neither) are one table of two by two, of which one
  number tells all others. It is told if neither b nor c is below `min_cell` and no other cell is thin, if a crosstab of
  the two questions shows the cell, and if what is told of other answers to the same questions does not determine it.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

import numpy as np
from scipy import stats
from scipy.optimize import linprog

from .suppression import spans_of_totals

MIN_CELL = 5  # where survey.toml says nothing
LEVEL = 0.05  # where nothing finer may be told: p-values up to here, and those above
STEPS = (3, 2, 0)  # decimals to which p may be rounded up: to 0.001, to 0.01, to LEVEL; or it is above that


def min_cell_of(survey):
    """Fewer respondents than this are not told: `min_cell` of survey.toml, else MIN_CELL; 1 hides nothing."""
    return int(survey.about.get("min_cell", MIN_CELL))


# --- p-values --------------------------------------------------------------------------------------------------------


def told(p, decimals):
    """A p-value rounded up to decimals, never to 0; 0 decimals: LEVEL or, above it, 1."""
    if decimals == 0:
        return LEVEL if p <= LEVEL else 1.0
    least = Decimal(1).scaleb(-decimals)
    return min(1.0, float(max(Decimal(repr(float(p))).quantize(least, ROUND_CEILING), least)))


def rounded_up(p, steps=STEPS):
    """The smallest of 0.001, 0.01, LEVEL and 1 that p does not exceed, and its decimals; `steps` as in STEPS."""
    for decimals in steps[:-1]:
        if p <= 10.0**-decimals:
            return told(p, decimals), decimals
    return told(p, steps[-1]), steps[-1]


def told_p(p, adjust, others, table, hidden, need):
    """What is told of an adjusted p: `(p, decimals)`; NaN where even the decision at LEVEL would tell a hidden cell.

    `p` is exact, `adjust` makes adjusted p-values of exact ones, `others` are tables that are the same but for hidden
    cells, and their exact p-values; `need` is the protection interval of each cell.
    """
    tables, p_values = others
    for steps in (STEPS, STEPS[-1:]):
        as_told, decimals = rounded_up(adjust([p])[0], steps)
        same = [rounded_up(other, steps)[0] == as_told for other in adjust(p_values)]
        among = np.concatenate([table[None], tables[np.array(same, dtype=bool)]])
        if ((among.max(axis=0) - among.min(axis=0) >= need) | ~hidden).all():
            return as_told, decimals
    return np.nan, 0


def adjuster(p_values, place):
    """What Holm's adjustment would make of other p-values in one place of a family: a function of a sequence of them."""
    rest = np.sort(np.delete(np.asarray(p_values, dtype=float), place))
    size = len(rest) + 1
    before = np.concatenate([[0.0], np.maximum.accumulate(rest * (size - np.arange(len(rest))))])

    def adjust(values):
        values = np.asarray(values, dtype=float)
        rank = np.searchsorted(rest, values)
        return np.minimum(np.maximum(before[rank], (size - rank) * values), 1)

    return adjust


def calibrated(statistics, df, statistic, p):
    """p-values of other tables from their chi-square, on the scale on which this table's `statistic` has the p-value `p`."""
    reach = stats.chi2.isf(p, df)
    scale = reach / statistic if statistic > 0 and np.isfinite(reach) and reach > 0 else 1.0
    return stats.chi2.sf(np.asarray(statistics) * scale, df)


# --- two answers of the same respondents -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """What is told of two yes/no answers of the same respondents where the numbers must not be: `n` answered both.

    `p` is the exact p-value and `four` are the numbers, for deciding only. `both`, `b`, `c` and `neither` are None.
    """

    n: int
    p: float = field(repr=False)
    four: tuple = field(repr=False)
    min_cell: int
    both: None = None
    b: None = None
    c: None = None
    neither: None = None


def is_told(both, b, c, neither, min_cell):
    """Whether a table of two answers can be told by itself: b and c not below `min_cell`, the others not thin.

    What the totals leave no choice of is told by them, whatever is kept here.
    """
    if min_cell <= 1 or min(b, c) + min(both, neither) == 0:
        return True
    return min(b, c) >= min_cell and not any(0 < count < min_cell for count in (both, neither))


def told_alike(square, min_cell):
    """For which answers to two questions with the same k answers, asked of the same respondents, the numbers may be told.

    `square` is their k x k table. Each answer must be told by itself, and those told together must leave every other one
    the protection interval; if they do not, none is told. Returns a list of booleans.
    """
    square = np.asarray(square)
    n, same = square.sum(), np.diag(square)
    first, second = square.sum(axis=1) - same, square.sum(axis=0) - same
    alone = [is_told(*four, min_cell) for four in zip(same, first, second, n - same - first - second, strict=True)]
    if all(alone) or not any(alone):
        return alone
    k = len(square)
    places = np.arange(k * k).reshape(k, k)
    lines = [*places, *places.T, *([place] for place in np.diag(places)[np.array(alone)])]
    equations = np.array([np.isin(places.ravel(), line) for line in lines], dtype=float)
    need = np.diag(np.minimum(min_cell, spans_of_totals(square)))
    for i in np.flatnonzero(~np.array(alone)):
        aim = (places.ravel() == places[i, i]).astype(float)
        low, high = (s * linprog(s * aim, A_eq=equations, b_eq=equations @ square.ravel()).fun for s in (1, -1))
        if high - low < need[i] - 1e-6:
            return [False] * k
    return alone


def decision(p, found, min_cell, p_of):
    """What is told of the adjusted p of two answers of which the numbers are kept: `(p, decimals)`, or NaN.

    `found` is (both, b, c, neither), `p` the adjusted p, `p_of(b, c)` what it would be for other b and c with the same
    totals. The decision must leave b and c as many values as the protection interval asks for.
    """
    both, b, c, neither = found
    low, high = -min(b, c), min(both, neither)  # how far respondents can move from both and neither to b and c
    need = min(min_cell, high - low)
    for steps in (STEPS, STEPS[-1:]):
        as_told, decimals = rounded_up(p, steps)
        if sum(rounded_up(p_of(b + t, c + t), steps)[0] == as_told for t in range(low, high + 1)) > need:
            return as_told, decimals
    return np.nan, 0
