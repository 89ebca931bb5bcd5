"""Whether answers depend on groups: the tests of all crosstabs of a survey as one family, decided, then disclosed.

The test of a table is Pearson's chi-square, or the exact test where an expected count is below 5; for a question with
several answers all items are tested at once (Bilder and Loughin), by the second-order correction of Rao and Scott, or by the
bootstrap where it is too coarse. With weights it is Rao and Scott's test; of several answers that of the item with the
smallest p, times their number (Bonferroni). The family are all crosstabs of the survey, whatever is asked for.
"""

import numpy as np
import pandas as pd
from scipy import stats

from . import joint, tests_of_counts, weights
from .crosstab import system
from .disclosure import adjuster, calibrated, min_cell_of, told_p
from .exact import exact_p, filled
from .groups import coded
from .suppression import spans_of_totals
from .tests_of_counts import THIN, holm

FAMILY = "crosstabs"
DRAWS = 200  # for each test of the family, so that the smallest simulated p-value can stand Holm's adjustment
SURE = 0.02  # simulated p-values below this are simulated again with as many draws as the family asks for


def crosstab_tests(survey, crossed):
    """The tests of some crosstabs as a table of tests.csv, adjusted after Holm over all crosstabs of the survey.

    Where cells are hidden, `p` and `statistic` are not told, and `p_adjusted` is rounded up to `decimals`, see `disclosure`.
    """
    asked = {(table.row_question, table.column_question) for table in crossed}
    rows = [row for row in _family(survey) if (row["first"], row["second"]) in asked]
    table = tests_of_counts.as_table(rows)
    return table.assign(family=FAMILY if len(table) else table["family"])


def _family(survey):
    """Rows of tests.csv of all crosstabs that can be tested, as they may be told."""
    if survey.is_census:
        return []
    if "_dependence" not in vars(survey):
        vars(survey)["_dependence"] = _decided(survey)
    return vars(survey)["_dependence"]


def _decided(survey):
    tables = system(survey)
    found = [(table, test) for table in tables.values() if (test := _test(survey, table, len(tables)))]
    p_values = [test["p"] for _, test in found]
    rows = []
    for i, ((table, test), adjusted) in enumerate(zip(found, holm(p_values), strict=True)):
        hidden = table.hidden.to_numpy()
        if hidden.any():
            told, decimals = told_p(
                *(test["p"], adjuster(p_values, i), _others(table, test["p"])),
                *(table.counts.to_numpy(), hidden, np.minimum(min_cell_of(survey), _spans(table))),
            )
            test = {"test": test["test"], "n": test["n"], "p_adjusted": told, "decimals": decimals}
        else:
            test = test | {"p_adjusted": adjusted}
        rows.append(tests_of_counts.row(table.row_question, table.column_question, list(table.counts), **test))
    return rows


# --- one table -------------------------------------------------------------------------------------------------------


def _test(survey, table, size):
    """What the test of a table says, in full: a dictionary of columns of tests.csv, or None where there is none."""
    full = filled(table.counts.to_numpy())
    if min(full.shape, default=0) < (1 if table.multiple else 2):
        return None
    if table.sums is not None:
        found = _weighted_items(survey, table) if table.multiple else _weighted(survey, table)
        if found or table.multiple:
            return found
    if table.multiple and survey.responses is None:
        return None  # totals by group do not tell which answers were ticked together
    return _items(survey, table, size) if table.multiple else _single(full, size)


def _single(full, size):
    statistic, df, p, v, least = tests_of_counts.independence(full)
    numbers = {"effect": v, "effect_kind": "cramers_v", "n": int(full.sum()), "min_expected": least}
    if least >= THIN:
        return {"test": "independence", "statistic": statistic, "df": df, "p": p, **numbers}
    p = exact_p([full])[0]
    if p < SURE and DRAWS * size > joint.RESAMPLES and full.shape != (2, 2):
        p = exact_p([full], DRAWS * size)[0]
    return {"test": "independence_exact", "p": p, **numbers}


def _items(survey, table, size):
    """All items of a question with several answers at once; None where nobody or everybody ticked each of them."""
    group, items = (coded(survey, question) for question in (table.row_question, table.column_question))
    known = group.known & items.known
    ticked = pd.DataFrame(items.ticked[:, known].T)
    try:
        found = joint.marginal_independence(group.codes[known], ticked, 0)
    except ValueError:
        return None
    numbers = {"statistic": found.statistic, "n": found.n}
    base, ticks = table.base.to_numpy()[:, None], table.counts.to_numpy().sum(axis=0)[None, :]
    ticks = ticks[(ticks > 0) & (ticks < base.sum())]
    if (base * np.minimum(ticks, base.sum() - ticks) / base.sum()).min() >= THIN:
        order = found.second_order
        numbers |= {"statistic": order.statistic, "df": order.df, "p": order.p}
        return {"test": "multiple_independence_corrected", **numbers}
    found = joint.marginal_independence(group.codes[known], ticked)
    p = found.p_bootstrap
    if p < SURE and DRAWS * size > joint.RESAMPLES:
        p = joint.marginal_independence(group.codes[known], ticked, DRAWS * size).p_bootstrap
    return {"test": "multiple_independence", **numbers, "p": p}


def _weighted(survey, table):
    """Rao and Scott's test; None where it does not exist."""
    first, second = _answers(survey, table.row_question), _answers(survey, table.column_question)
    try:
        found = weights.rao_scott(first, second, weights.of(survey))
    except ValueError:
        return None
    effect = np.sqrt(found.statistic / found.n / (min(filled(table.counts.to_numpy()).shape) - 1))
    numbers = {"statistic": found.f, "df": found.df, "df2": found.df2, "p": found.p, "n": found.n}
    return {"test": "rao_scott", **numbers, "effect": effect, "effect_kind": "cramers_v"}


def _weighted_items(survey, table):
    """The item with the smallest p of Rao and Scott's tests, Bonferroni over the items; None where there is none."""
    group = _answers(survey, table.row_question)
    items = [_answers(survey, table.column_question, i) for i in range(table.counts.shape[1])]
    found = [p for item in items if (p := _rao_scott_p(survey, group, item)) is not None]
    if not found:
        return None
    return {"test": "rao_scott_items", "p": min(1.0, min(found) * len(found)), "n": int(table.base.sum())}


def _answers(survey, question, item=None):
    """Places of answers as floats, NaN for none; of an item of several whether it was ticked, 1 or 0."""
    read = coded(survey, question)
    answers = read.codes if item is None else read.ticked[item]
    return pd.Series(np.where(read.known, answers, np.nan))


def _rao_scott_p(survey, first, second):
    """The p-value of Rao and Scott's test; None where it does not exist."""
    try:
        return weights.rao_scott(first, second, weights.of(survey)).p
    except ValueError:
        return None


# --- other tables with the same totals and shown cells ---------------------------------------------------------------


def _others(table, p):
    """Tables that differ in hidden cells only, near ones and some met on a walk, with their p-values."""
    counts, hidden, base = table.counts.to_numpy(), table.hidden.to_numpy(), table.base.to_numpy()
    near = list(_items_moved(counts, hidden, base) if table.multiple else _moved(counts, hidden))
    tables = np.array([counts, *near, *([] if table.multiple else _walk(counts, hidden))])
    of = _item_chi_square if table.multiple else _chi_square
    statistics = of(tables, base)
    df = max(1, (counts.shape[0] - 1) * (counts.shape[1] - (not table.multiple)))
    return tables[1:], calibrated(statistics[1:], df, statistics[0], p)


FAR = 12  # respondents who are moved at most


def _spans(table):
    """How many counts, less one, the totals leave to each cell."""
    counts, base = table.counts.to_numpy(), table.base.to_numpy()
    if not table.multiple:
        return spans_of_totals(counts)
    return np.column_stack([spans_of_totals(np.column_stack([x, base - x]))[:, 0] for x in counts.T])


def _moved(counts, hidden):
    for i in range(len(counts)):
        for k in range(i + 1, len(counts)):
            both = np.flatnonzero(hidden[i] & hidden[k])
            for a, j in enumerate(both):
                for m in both[a + 1 :]:
                    corners = ((i, j), (k, m), (i, m), (k, j))
                    yield from _around(counts, corners, [1, 1, -1, -1])


def _items_moved(counts, hidden, base):
    """For each hidden cell, one respondent after the other moves to it from the other hidden groups, or from it to them."""
    for i, j in np.argwhere(hidden):
        rest = [k for k in np.flatnonzero(hidden[:, j]) if k != i]
        for way in (1, -1):
            now = counts.copy()
            for _step in range(FAR):
                ready = [k for k in rest if (now[k, j] if way > 0 else base[k] - now[k, j])]
                if not ready or not (base[i] - now[i, j] if way > 0 else now[i, j]):
                    break
                now[[i, ready[0]], j] += (way, -way)
                yield now.copy()


def _walk(counts, hidden, steps=6000, every=5, restart=100):
    """Tables met on walks of moves of one around rectangles of hidden cells; each walk begins at the table itself."""
    rng, (r, c) = np.random.default_rng(joint.SEED), counts.shape
    start, free = counts.tolist(), hidden.tolist()
    moves = zip(*(rng.integers(most, size=steps).tolist() for most in (r, r, c, c)), strict=True)
    for step, (i, k, j, m) in enumerate(moves):
        if step % restart == 0:
            now = [list(row) for row in start]
        closed = i != k and j != m and free[i][j] and free[i][m] and free[k][j] and free[k][m]
        if closed and now[i][j] and now[k][m]:
            now[i][j], now[k][m], now[i][m], now[k][j] = now[i][j] - 1, now[k][m] - 1, now[i][m] + 1, now[k][j] + 1
        if step % every == 0:
            yield np.array(now)


def _around(counts, corners, signs):
    where, signs = tuple(np.array(corners).T), np.array(signs)
    for way in (1, -1):
        most = counts[where][signs * way < 0].min()
        for step in range(1, min(most, FAR) + 1):
            other = counts.copy()
            other[where] += way * step * signs
            yield other


def _chi_square(tables, _base):
    expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True) / tables[0].sum()
    return np.divide((tables - expected) ** 2, expected, out=np.zeros(tables.shape), where=expected > 0).sum(
        axis=(1, 2)
    )


def _item_chi_square(tables, base):
    share = tables.sum(axis=1, keepdims=True) / base.sum()
    expected = base[:, None] * share
    spread = expected * (1 - share)
    return np.divide((tables - expected) ** 2, spread, out=np.zeros(tables.shape), where=spread > 0).sum(axis=(1, 2))


# --- which cells differ ----------------------------------------------------------------------------------------------


def differing(survey, crossed, tests, alpha=0.05):
    """Which shown cells of some crosstabs differ from the rest: rows `row_question, column_question, group_option, option,
    share_rest, difference, adjusted`.

    Each group is tested against all other respondents (Rao and Scott with weights, else Fisher's exact test or Pearson's),
    in the tables whose test shows a dependence; adjusted after Holm over all of their shown cells. What is told here
    follows from the cell and the totals.
    """
    shown = {(row["first"], row["second"]) for row in tests.to_dict("records") if row["p_adjusted"] <= alpha}
    rows = [
        row
        for table in crossed
        if (table.row_question, table.column_question) in shown
        for row in _against_rest(survey, table)
    ]
    columns = ["row_question", "column_question", "group_option", "option", "share_rest", "difference", "adjusted"]
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(adjusted=holm(found["adjusted"])) if len(found) else found


def _against_rest(survey, table):
    counts, base = table.full, table.full_base
    own = weights.of(survey)
    read = own and [coded(survey, question) for question in (table.row_question, table.column_question)]
    for i, j in np.argwhere(~table.hidden.to_numpy()):
        x, n, rest, of_rest = counts[i, j], base[i], counts[:, j].sum() - counts[i, j], base.sum() - base[i]
        if not n or not of_rest:
            continue
        share, other, p = x / n, rest / of_rest, None
        ids = table.row_question, table.column_question, table.counts.index[i], table.counts.columns[j]
        if own is None:
            p = _two_by_two(np.array([[x, n - x], [rest, of_rest - rest]]))
        else:
            inside, said, known = _sides(*read, *ids[2:])
            mine, others = (known & side for side in (inside, ~inside))
            share, other = (float(np.average(said[side], weights=own.weights[side])) for side in (mine, others))
            asked = pd.Series(np.where(known, 1.0, np.nan))
            p = _rao_scott_p(survey, asked * inside, asked * said)
        yield (*ids, other, share - other, 1.0 if p is None else p)


def _sides(rows, columns, group, answer):
    """Who is in a group, who gave an answer, and who answered: three masks."""
    inside = rows.codes == list(rows.answers).index(group)
    at = list(columns.answers).index(answer)
    said = columns.codes == at if columns.ticked is None else columns.ticked[at]
    return inside, said, columns.known


def _two_by_two(pair):
    if not pair.sum(axis=0).all():
        return 1.0
    expected = np.outer(pair.sum(axis=1), pair.sum(axis=0)) / pair.sum()
    if expected.min() < THIN:
        return float(stats.fisher_exact(pair).pvalue)
    return float(stats.chi2.sf(((pair - expected) ** 2 / expected).sum(), 1))
