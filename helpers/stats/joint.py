"""What the joint answers of the same firms say: the tests that margins only bound, where raw answers are at hand.

Answers come as columns of `Survey.responses`: nullable booleans (True said so, False did not, null was not asked), or
option ids. Only respondents whose answers to all compared columns are known count; every result says how many these
are (`n`). What is drawn at random is drawn from SEED, so that the same answers give the same p-value: (k + 1) / (RESAMPLES
+ 1), with k draws as extreme as what was observed. Its standard error is the square root of p (1 - p) / RESAMPLES.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.proportion import proportion_confint

from .margins import mcnemar_p
from .proportions import Difference
from .tests_of_counts import holm

SEED = 20190510
RESAMPLES = 11999  # the standard error of a simulated p-value of 0.05 is then below 0.002
_AT_A_TIME = 250  # resamples that are computed together, so that they fit into memory
_EPS = 1e-10  # what rounding leaves of a zero

# --- two yes/no answers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class McNemar:
    """Two yes/no answers of the same respondents: `both`, `b` (first only), `c` (second only) and `neither` are counts.

    `p` is the exact p-value, `statistic` and `p_asymptotic` the chi-square without continuity correction, `odds_ratio`
    b / c: infinite for c = 0, NaN if nobody answered differently.
    """

    both: int
    b: int
    c: int
    neither: int
    p: float
    statistic: float
    p_asymptotic: float
    odds_ratio: float

    @property
    def n(self):
        """Respondents whose two answers are known."""
        return self.both + self.b + self.c + self.neither


def _complete(*columns):
    """The columns as arrays of booleans, over the respondents for whom all are known; shape (n, k)."""
    frame = pd.concat([pd.Series(column).reset_index(drop=True) for column in columns], axis=1).dropna()
    return frame.to_numpy(dtype=bool)


def mcnemar(first, second):
    """McNemar's test (1947) of two columns of booleans: a McNemar. Respondents with a null in either are left out."""
    first, second = _complete(first, second).T
    both, b = int((first & second).sum()), int((first & ~second).sum())
    c, neither = int((~first & second).sum()), int((~first & ~second).sum())
    statistic = (b - c) ** 2 / (b + c) if b + c else 0.0
    odds = b / c if c else np.inf if b else np.nan
    exact, asymptotic = (mcnemar_p(b, c, method) for method in ("exact", "asymptotic"))
    return McNemar(both, b, c, neither, exact, statistic, asymptotic, odds)


def paired_difference(both, b, c, neither, confidence=0.95):
    """Difference of two shares of the same respondents, (b - c) / n, as a Difference.

    The interval is method 10 of Newcombe (1998), Statistics in Medicine 17:2635-2650: two Wilson intervals joined with
    the correlation phi, whose numerator is moved towards 0 by n / 2 where it is positive.
    """
    n = both + b + c + neither
    if n == 0:
        raise ValueError("paired difference: found no respondent who answered both questions; expected one or more")
    first, second = (both + b) / n, (both + c) / n
    (low1, high1), (low2, high2) = (
        proportion_confint(count, n, alpha=1 - confidence, method="wilson") for count in (both + b, both + c)
    )
    phi = _phi(both, b, c, neither)
    down = _added(first - low1, high2 - second, phi)
    up = _added(high1 - first, second - low2, phi)
    value = first - second
    return Difference(value, max(-1.0, value - down), min(1.0, value + up))


def _added(one, other, phi):
    return float(np.sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2)))


def _phi(both, b, c, neither):
    product = float(both + b) * (c + neither) * (both + c) * (b + neither)
    if product == 0:
        return 0.0
    excess = both * neither - b * c
    if excess > 0:
        excess = max(excess - (both + b + c + neither) / 2, 0)
    return excess / np.sqrt(product)


# --- more than two answers -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Test:
    """A chi-square test: its statistic, degrees of freedom, p-value and the number of respondents behind it."""

    statistic: float
    df: float
    p: float
    n: int


def cochran_q(frame):
    """Cochran's Q (1950): have k yes/no answers of the same respondents the same share of yes? A Test, df = k - 1.

    `frame` has a column of booleans per answer; respondents with a null are left out. Whoever gave k times the same
    answer says nothing about a difference; where all did, Q is 0 and p is 1.
    """
    if frame.shape[1] < 2:
        raise ValueError(f"Cochran's Q: found {frame.shape[1]} column; expected two or more")
    answers = _complete(*(frame[name] for name in frame))
    given = answers.sum(axis=1)
    if not ((given > 0) & (given < answers.shape[1])).any():
        return Test(0.0, answers.shape[1] - 1, 1.0, len(answers))
    found = cochrans_q(answers.astype(int))
    return Test(float(found.statistic), int(found.df), float(found.pvalue), len(answers))


def square_table(first, second, options):
    """The k x k table of two single-choice answers of the same respondents, over `options`; others are left out."""
    table = pd.crosstab(pd.Series(first).astype(object).to_numpy(), pd.Series(second).astype(object).to_numpy())
    return table.reindex(index=options, columns=options, fill_value=0).to_numpy()


def stuart_maxwell(table):
    """Test of Stuart (1955) and Maxwell (1970): have two answers with k options the same distribution? A Test.

    `table` is k x k, counts of respondents by their first and second answer. df is k - 1, or less where options take
    no part: the covariance of the differences between the margins is inverted on the space that it spans.
    """
    table = np.asarray(table, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"Stuart-Maxwell: found a table of shape {table.shape}; expected as many rows as columns")
    moved = table + table.T
    np.fill_diagonal(moved, 0)
    difference = table.sum(axis=1) - table.sum(axis=0)
    return _quadratic(difference, np.diag(moved.sum(axis=1)) - moved, int(table.sum()))


def _quadratic(difference, covariance, n):
    """d' V^- d with as many degrees of freedom as V has dimensions."""
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if rank == 0:
        return Test(0.0, 0, 1.0, n)
    statistic = float(difference @ np.linalg.pinv(covariance, rcond=_EPS, hermitian=True) @ difference)
    return Test(statistic, rank, float(stats.chi2.sf(statistic, rank)), n)


# --- multiple-choice questions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MultipleTest:
    """A test with a multiple-choice question: several 2 x k tables taken together.

    `statistic` is the modified Pearson statistic, the sum of `items` (one chi-square for each table, each with `item_p`);
    `df` would be its degrees of freedom if items were independent. `first_order` and `second_order` are the Rao-Scott
    corrections, `p_bootstrap` comes from resampling under the null, `p_bonferroni` is the smallest item's, multiplied.
    """

    statistic: float
    df: int
    items: np.ndarray
    item_p: np.ndarray
    first_order: Test
    second_order: Test
    p_bootstrap: float
    p_bonferroni: float
    n: int


def marginal_independence(group, items, resamples=RESAMPLES, seed=SEED):
    """Is every item of a multiple-choice question independent of a single-choice one? A MultipleTest.

    Multiple marginal independence: Bilder, Loughin and Nettleton (2000), Communications in Statistics - Simulation and
    Computation 29:1285-1309; Bilder and Loughin (2001), Biometrics 57:1253-1255. `group` holds option ids, `items` a column of booleans per item; respondents with a null are left out, and so are items that
    nobody or everybody ticked, and groups without respondents. The bootstrap draws groups and whole vectors of items
    independently of each other, which keeps the dependence among items; a group or item that a resample misses adds
    nothing to its statistic.

    `second_order` is not quite the published one (Bilder and Loughin's R package MRCV). Both estimate one covariance,
    which they share where no item depends on the group. Here respondents are drawn with their group (multinomial) and
    ticks deviate from the share of all; MRCV takes the groups' sizes as fixed and deviations from the share of the own group.
    On the farmers of tests/stats/test_published.py, 27.34 on 17.73 degrees of freedom (p = 0.0672) against 28.68 on
    18.60 (p = 0.0632). The statistic itself, Bonferroni's p and the bootstrap do not depend on it.
    """
    group, ticked = _known(group, items)
    codes, _ = pd.factorize(group, sort=True)
    member = codes[:, None] == np.arange(codes.max(initial=-1) + 1)
    ticked = ticked[:, _varies(ticked)]
    n, (r, c) = len(member), (member.shape[1], ticked.shape[1])
    if r < 2 or c < 1:
        raise ValueError(
            f"marginal independence: found {r} groups and {c} items that differ; expected two groups and one item or more"
        )
    item_sums = _item_statistics(member.T.astype(float) @ ticked, member.sum(axis=0), ticked.sum(axis=0), n)
    scale = np.kron(member.mean(axis=0), ticked.mean(axis=0) * (1 - ticked.mean(axis=0)))
    eigenvalues = _eigenvalues(member, ticked, scale)
    drawn = _resampled_groups(member, ticked, resamples, np.random.default_rng(seed))
    return _multiple(item_sums, r - 1, eigenvalues, drawn, n)


def pairwise_independence(first, second, resamples=RESAMPLES, seed=SEED):
    """Is every item of one multiple-choice question independent of every item of another? A MultipleTest.

    Simultaneous pairwise marginal independence, Bilder and Loughin (2004), Biometrics 60:241-248. `first` and `second`
    have a column of booleans per item; `items` of the result is a matrix. The bootstrap is that of
    `marginal_independence`. The covariance is the published one; MRCV adds 0.5 to empty cells of the 2 x 2 tables first,
    which is not done here: it is no count, and for the farmers it makes 64.03 of a statistic of 64.83.
    """
    width = first.shape[1]
    together = pd.concat([first, second], axis=1).dropna().to_numpy(dtype=bool)
    one, other = together[:, :width], together[:, width:]
    one, other = one[:, _varies(one)], other[:, _varies(other)]
    n = len(together)
    if not one.shape[1] or not other.shape[1]:
        raise ValueError("pairwise independence: found a question all of whose items are ticked by nobody or everybody")

    def statistics(a, b):
        share_a, share_b = a.mean(axis=0), b.mean(axis=0)
        covariance = a.T.astype(float) @ b / n - np.outer(share_a, share_b)
        variance = np.outer(share_a * (1 - share_a), share_b * (1 - share_b))
        return n * _ratio(covariance**2, variance)

    scale = np.kron(one.mean(axis=0) * (1 - one.mean(axis=0)), other.mean(axis=0) * (1 - other.mean(axis=0)))
    rng = np.random.default_rng(seed)
    drawn = [statistics(one[rng.integers(n, size=n)], other[rng.integers(n, size=n)]).sum() for _ in range(resamples)]
    return _multiple(statistics(one, other), 1, _eigenvalues(one, other, scale), np.array(drawn), n)


def _known(group, items):
    frame = items.reset_index(drop=True).assign(**{"": pd.Series(group).astype(object).to_numpy()}).dropna()
    return frame[""].to_numpy(), frame.drop(columns="").to_numpy(dtype=bool)


def _varies(ticked):
    return ticked.any(axis=0) & ~ticked.all(axis=0)


def _patterns(rows):
    """The distinct rows of whole numbers, in order, and how often each occurs: `np.unique` by rows, many times as fast.

    A row is read as the digits of one number, where that is small enough.
    """
    least = int(rows.min(initial=0))
    base, digits = int(rows.max(initial=0)) - least + 1, rows.shape[1]
    if base**digits >= 2**63:
        return np.unique(rows, axis=0, return_counts=True)
    numbers = (rows.astype(np.int64) - least) @ base ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    _, places, often = np.unique(numbers, return_index=True, return_counts=True)
    return rows[places], often


def _ratio(above, below):
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > _EPS)


def _item_statistics(counts, groups, ticks, n):
    """Pearson's chi-square of each item's 2 x r table, from counts (..., r, c), group sizes (..., r) and ticks (..., c)."""
    expected = groups[..., :, None] * ticks[..., None, :] / n
    return _ratio((counts - expected) ** 2, expected * (1 - ticks[..., None, :] / n)).sum(axis=-2)


def _eigenvalues(one, other, scale):
    """Weights of the chi-squares whose sum the modified statistic is, in large samples (Bilder, Loughin 2004, app. A).

    The covariance is that of the products of deviations from the margins, estimated from the answers as they are.
    """
    patterns, often = _patterns(np.hstack([one, other]))
    left, right = patterns[:, : one.shape[1]] - one.mean(axis=0), patterns[:, one.shape[1] :] - other.mean(axis=0)
    products = (left[:, :, None] * right[:, None, :]).reshape(len(patterns), -1)
    covariance = np.cov(products, rowvar=False, bias=True, fweights=often).reshape(products.shape[1], -1)
    root = np.sqrt(scale)
    return np.linalg.eigvalsh(covariance / np.outer(root, root))


def _resampled_groups(member, ticked, resamples, rng):
    """The modified statistic of resamples in which groups and item vectors are drawn independently of each other.

    That is one multinomial draw over all pairs of a group and a pattern of ticks.
    """
    patterns, often = _patterns(ticked)
    n, r = len(ticked), member.shape[1]
    chances = np.outer(member.mean(axis=0), often / n).ravel()
    drawn = np.empty(resamples)
    for start in range(0, resamples, _AT_A_TIME):
        part = drawn[start : start + _AT_A_TIME]  # a view
        counts = rng.multinomial(n, chances, size=len(part)).reshape(len(part), r, -1)
        ticks = counts @ patterns
        part[:] = _item_statistics(ticks, counts.sum(axis=-1), ticks.sum(axis=-2), n).sum(axis=-1)
    return drawn


def _multiple(items, df_item, eigenvalues, drawn, n):
    """The corrections, the bootstrap and Bonferroni's p-value of one modified Pearson statistic."""
    statistic, df = float(items.sum()), items.size * df_item
    item_p = stats.chi2.sf(items, df_item)
    first = statistic / (eigenvalues.sum() / df)
    squares = (eigenvalues**2).sum()
    second, df_second = df * statistic / squares, df**2 / squares
    return MultipleTest(
        statistic=statistic,
        df=df,
        items=items,
        item_p=item_p,
        first_order=Test(float(first), df, float(stats.chi2.sf(first, df)), n),
        second_order=Test(float(second), float(df_second), float(stats.chi2.sf(second, df_second)), n),
        p_bootstrap=float((1 + (drawn >= statistic * (1 - 1e-12)).sum()) / (1 + len(drawn))),
        p_bonferroni=float(min(1.0, item_p.min() * item_p.size)),
        n=n,
    )


@dataclass(frozen=True)
class Homogeneity:
    """The same items in two multiple-choice questions: `overall` test, its permutation p-value, and one test per item.

    `items` is a data frame: option, b, c, p (McNemar, exact) and p_adjusted (Holm 1979).
    """

    overall: Test
    p_permutation: float
    items: pd.DataFrame


def marginal_homogeneity(first, second, resamples=RESAMPLES, seed=SEED):
    """Are the same items ticked as often in two multiple-choice questions that the same respondents answered?

    McNemar's test for many items at once (Klingenberg and Agresti 2006, Biometrics 62:921-928): the score statistic
    d' (D'D)^- d of the differences D between a respondent's two answers, d their sums over respondents; its permutation p-value
    swaps the two answer sheets of each respondent at random. `first` and `second` have the same columns, option ids.
    """
    if list(first.columns) != list(second.columns):
        raise ValueError("marginal homogeneity: found different items; expected the same columns in both questions")
    pairs = [mcnemar(first[option], second[option]) for option in first]
    items = pd.DataFrame(
        {"option": list(first.columns), **{k: [getattr(m, k) for m in pairs] for k in ("b", "c", "p")}}
    )
    items["p_adjusted"] = holm(items["p"])
    known = (first.notna().all(axis=1) & second.notna().all(axis=1)).to_numpy()
    moves = first[known].to_numpy(dtype=int) - second[known].to_numpy(dtype=int)
    covariance = (moves.T @ moves).astype(float)
    overall = _quadratic(moves.sum(axis=0).astype(float), covariance, len(moves))
    rng = np.random.default_rng(seed)
    # of the respondents who moved alike, a binomial number keeps its order: few numbers to draw, however many answered
    patterns, often = _patterns(moves)
    kept = rng.binomial(often, 0.5, size=(resamples, len(often)))
    sums = ((2 * kept - often) @ patterns).astype(float)
    inverse = np.linalg.pinv(covariance, rcond=_EPS, hermitian=True)
    drawn = np.einsum("ij,jk,ik->i", sums, inverse, sums)
    p = (1 + (drawn >= overall.statistic - 1e-9).sum()) / (1 + resamples)
    return Homogeneity(overall, float(p), items)
