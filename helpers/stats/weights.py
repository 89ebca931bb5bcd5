"""Weighted shares: each answer counts as many times as its respondent's weight says.

Unless a Design says more, respondents are taken as drawn one by one with replacement, each with its own weight, which is
`svydesign(ids = ~1, weights = ~w)` of R's package survey (Lumley 2004); variances are by linearization. A respondent to
whom a question was not put stays in the design with nothing to add, as `subset` of a design has it there. Everywhere here
`weights` is an array, or a Design.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from .mcnemar import mcnemar_p
from .proportions import COLUMNS, INTERVALS, Difference, reliability
from .proportions import interval as binomial_interval

METHODS = ("wilson", "logit", "beta")


@dataclass(frozen=True)
class Design:
    """How the respondents were drawn, as arrays in their order: `weights`, the code of each one's `stratum` and of the
    `unit` that was drawn in it (the cluster, or the respondent), and which part of each stratum was drawn (`drawn`, from 0
    to 1; 0 is drawing with replacement).

    R's `svydesign(ids = ~cluster, strata = ~stratum, weights = ~weight, fpc = ~size)`; clusters of one name in two strata
    are two (`nest = TRUE`).
    """

    weights: np.ndarray
    stratum: np.ndarray
    unit: np.ndarray
    drawn: np.ndarray

    def __array__(self, dtype=None, copy=None):
        return np.array(self.weights, dtype=dtype)

    def covariance(self, influence, where):
        """Covariance of a sum of influences (rows by quantities) of the respondents in the mask `where`; others have none."""
        full = np.zeros((len(self.weights), influence.shape[1]))
        full[where] = influence
        totals = np.zeros((self.unit.max() + 1, influence.shape[1]))
        np.add.at(totals, self.unit, full)
        of_unit = np.zeros(len(totals), dtype=int)
        of_unit[self.unit] = self.stratum
        found = np.zeros((influence.shape[1],) * 2)
        for code, drawn in enumerate(self.drawn):
            own = totals[of_unit == code]
            apart = own - own.mean(axis=0)
            found += (1 - drawn) * len(own) / max(len(own) - 1, 1) * apart.T @ apart
        return found

    def df(self, where=slice(None)):
        """Degrees of freedom: how many units, less how many strata, have respondents in the mask `where`."""
        return len(np.unique(self.unit[where])) - len(np.unique(self.stratum[where]))


def design(weights, stratum=None, cluster=None, population=None):
    """The Design of these columns. `population` is its size if a random sample was drawn from it without clusters: each
    stratum then is as large a part of it as its weights are of all.
    """
    weights = check_weights(weights)
    strata = np.zeros(len(weights), int) if stratum is None else pd.factorize(np.asarray(stratum, dtype=object))[0]
    if cluster is None:
        unit, sizes = np.arange(len(weights)), np.bincount(strata, weights)
        drawn = np.zeros(len(sizes)) if population is None else np.bincount(strata) / (sizes / sizes.sum() * population)
    else:
        unit = pd.MultiIndex.from_arrays([strata, np.asarray(cluster, dtype=object)]).factorize()[0]
        drawn = np.zeros(strata.max() + 1)
    return Design(weights, strata, unit, np.clip(drawn, 0, 1))


def stacked(one, other):
    """Two Designs of different respondents as one: each survey's weights have a mean of 1, its strata stay its own."""
    return Design(
        np.concatenate([d.weights / d.weights.mean() for d in (one, other)]),
        np.concatenate([one.stratum, other.stratum + len(one.drawn)]),
        np.concatenate([one.unit, other.unit + one.unit.max() + 1]),
        np.concatenate([one.drawn, other.drawn]),
    )


def as_design(weights):
    """Weights as a Design, if they are none yet."""
    return weights if isinstance(weights, Design) else design(weights)


def check_weights(weights):
    """Weights as an array of numbers above 0; raises ValueError for others."""
    weights = np.asarray(weights, dtype=float)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ValueError("weights: found one that is no number above 0; expected a number above 0 for every respondent")
    return weights


def of(survey):
    """The Design of a survey's respondents, or None where each stands for itself: without weights, strata and clusters."""
    responses = survey.responses
    if responses is None or not {"weight", "stratum", "cluster"} & {*responses.columns}:
        return None
    weights = responses.get("weight", np.ones(len(responses)))
    return design(weights, responses.get("stratum"), responses.get("cluster"), survey.population)


def effective_size(weights):
    """Kish's effective sample size (1965): (sum of weights)^2 / sum of squared weights; at most their number."""
    weights = check_weights(weights)
    return float(weights.sum() ** 2 / (weights**2).sum())


@dataclass(frozen=True)
class Share:
    """A weighted share: `value` from 0 to 1 with its standard error, on `n` respondents, who are worth `n_effective`.

    `n_effective` = share (1 - share) / variance is the size of a simple random sample with the same variance (Korn and
    Graubard 1998); where the share is 0 or 1, Kish's. `df` are the degrees of freedom of its error.
    """

    value: float
    error: float
    n: int
    n_effective: float
    df: int


def share(said, weights, of=None):
    """The weighted share of True in a nullable column of booleans (null: not asked): a Share.

    With `of`, how many options each respondent ticked, it is the share of these selections, a ratio of two weighted
    sums.
    """
    drawn = as_design(weights)
    weights = drawn.weights
    said = pd.Series(said).astype("boolean")
    asked = said.notna().to_numpy()
    n = int(asked.sum())
    if n < 2:
        raise ValueError(f"weighted share: found {n} respondents; expected two or more")
    yes, own = said[asked].to_numpy(dtype=float), weights[asked]
    whole = np.ones(n) if of is None else np.asarray(of, dtype=float)[asked]
    value = float(own @ yes / (own @ whole))
    if value * (1 - value) < 1e-12:
        return Share(float(round(value)), 0.0, n, effective_size(own), drawn.df(asked))
    variance = drawn.covariance(((yes - value * whole) * own / (own @ whole))[:, None], asked)[0, 0]
    size = value * (1 - value) / variance if variance > 1e-15 else effective_size(own)  # all ticked alike
    return Share(value, float(np.sqrt(variance)), n, float(size), drawn.df(asked))


def interval(found, confidence=0.95, method="wilson"):
    """The design-adjusted interval of a Share, as two numbers from 0 to 1.

    "wilson": Wilson's (1927) on the effective sample size (Kott and Carr 1997). "logit": on the log-odds, with Student's
    t on the design's degrees of freedom, R's `svyciprop(method = "logit")`. "beta": Clopper-Pearson's on the effective sample size
    (Korn and Graubard 1998), `svyciprop(method = "beta")`. Where the share is 0 or 1, "logit" gives way to "beta". The
    methods of `proportions.INTERVALS` stand for themselves, on the effective sample size ("clopper_pearson" is "beta").
    """
    if method not in (*METHODS, *INTERVALS):
        raise ValueError(f"interval: found {method!r}; expected one of {', '.join(METHODS)}")
    alpha, p, size = 1 - confidence, found.value, found.n_effective
    edge = found.error == 0 or p <= 0 or p >= 1
    if method in INTERVALS:
        low, high = binomial_interval(p * size, size, confidence, method)
    elif method == "logit" and not edge:
        reach = stats.t.ppf(1 - alpha / 2, found.df) * found.error / (p * (1 - p))
        low, high = (1 / (1 + np.exp(-(np.log(p / (1 - p)) + side * reach))) for side in (-1, 1))
    else:
        low, high = proportion_confint(p * size, size, alpha=alpha, method="beta")
    return float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))


def asked(answers):
    """Whom a question was put to, from its raw answers, as an array of booleans."""
    return (answers.notna() if isinstance(answers, pd.Series) else answers.notna().all(axis=1)).to_numpy()


def _said(answers, option, put):
    given = answers.astype(object) == option if isinstance(answers, pd.Series) else answers[option]
    return given.astype("boolean").mask(~put)


def add_shares(table, answers, weights, confidence=0.95, method="wilson", selections=False):
    """Like `proportions.add_shares` with weighted shares; `count` and `base` stay the numbers of respondents.

    `answers` are the question's raw answers: a column of option ids, or a frame of booleans by option. `method` is one of `interval`, or "goodman": Goodman's (1965)
    simultaneous intervals are Wilson's at level 1 - (1 - confidence) / k for each of k answers, here on effective sample
    sizes. With `selections` shares are of all options ticked. `n_effective` is Kish's, of the respondents asked.
    """
    stated = confidence, method
    if method == "goodman":
        confidence, method = 1 - (1 - confidence) / len(table), "wilson"
    drawn, put = as_design(weights), asked(answers)
    size = effective_size(drawn.weights[put])
    of = answers.fillna(False).to_numpy(dtype=float).sum(axis=1) if selections else None
    rows = []
    for option, count in zip(table["option"], table["count"], strict=True):
        said = _said(answers, option, put)
        # of one respondent there is no variance
        found = share(said, drawn, of) if put.sum() > 1 else Share(count / table["base"].max(), 0.0, 1, 1.0, 0)
        flag = reliability(found.value * found.n_effective, found.n_effective, count)
        rows.append((found.value, *interval(found, confidence, method), flag))
    numbers = pd.DataFrame(rows, columns=["share", "low", "high", "flag"], index=table.index)
    level, method = stated
    return table.assign(**numbers, level=level, method=method)[COLUMNS].assign(n_effective=size)


@dataclass(frozen=True)
class PairedDifference:
    """Two weighted shares of the same `n` respondents, their `difference` with its interval and standard `error`, and
    Student's t with `df` degrees of freedom and `p` for no difference.
    """

    shares: tuple[float, float]
    difference: Difference
    error: float
    statistic: float
    df: int
    p: float
    n: int


def paired_difference(first, second, weights, confidence=0.95):
    """The weighted difference of two yes/no answers of the same respondents: a PairedDifference.

    `first` and `second` are nullable booleans (null: not asked, or no answer); respondents with a null in either stay in
    the design with nothing to add. The mean of the differences and its linearized variance are those of R's `svyttest` of
    the difference; df are those of the design. Where all moved the same way, or nobody did,
    there is no variance to go by, and p is that of McNemar's exact test.
    """
    drawn = as_design(weights)
    weights = drawn.weights
    known = (first.notna() & second.notna()).to_numpy()
    x, y = (answer[known].to_numpy(dtype=float) for answer in (first, second))
    own, df = weights[known] / weights[known].sum(), drawn.df()
    shares = (float(own @ x), float(own @ y))
    value = shares[0] - shares[1]
    error = float(np.sqrt(drawn.covariance(((x - y - value) * own)[:, None], known)[0, 0])) if df else 0.0
    error = error if error > 1e-12 else 0.0  # what rounding leaves of a zero
    t = value / error if error else 0.0
    reach = stats.t.ppf((1 + confidence) / 2, df) * error if df else np.nan
    apart = Difference(value, max(-1.0, value - reach), min(1.0, value + reach))
    p = float(2 * stats.t.sf(abs(t), df)) if error else _sign_test(x, y)
    return PairedDifference(shares, apart, error, t, df, p, int(known.sum()))


def unpaired_difference(first, second, weights, confidence=0.95):
    """The same difference with the interval that it would have among different respondents: a Difference."""
    known = (first.notna() & second.notna()).to_numpy()
    one, other = (share(answer.astype("boolean").mask(~known), weights) for answer in (first, second))
    value = one.value - other.value
    reach = stats.norm.ppf((1 + confidence) / 2) * np.hypot(one.error, other.error)
    return Difference(value, max(-1.0, value - reach), min(1.0, value + reach))


def _sign_test(x, y):
    return mcnemar_p(int((x > y).sum()), int((x < y).sum()))


@dataclass(frozen=True)
class RaoScott:
    """Independence of two weighted single-choice questions (Rao and Scott 1981, 1984).

    `statistic` is Pearson's on weighted counts scaled to n respondents. Second order (Thomas and Rao 1987): `f` with
    `df` and `df2` degrees of freedom and `p`. First order: `p_first` from the statistic over the mean `design_effect`.
    """

    statistic: float
    f: float
    df: float
    df2: float
    p: float
    p_first: float
    design_effect: float
    n: int


def rao_scott(first, second, weights):
    """Rao-Scott chi-square of two columns of option ids (null: not asked): a RaoScott.

    The same as R's `svychisq` on the respondents to whom both questions were put, statistic "F" and "Chisq".
    """
    drawn = as_design(weights)
    weights = drawn.weights
    asked = (pd.Series(first).notna().to_numpy()) & (pd.Series(second).notna().to_numpy())
    rows, row_names = pd.factorize(pd.Series(first)[asked].astype(object).to_numpy(), sort=True)
    columns, column_names = pd.factorize(pd.Series(second)[asked].astype(object).to_numpy(), sort=True)
    r, c, own, n = len(row_names), len(column_names), weights[asked], int(asked.sum())
    if r < 2 or c < 2:
        raise ValueError(f"Rao-Scott: found {r} and {c} different answers; expected two or more to each question")
    cell = (rows * c + columns)[:, None] == np.arange(r * c)
    shares = own @ cell / own.sum()
    v = drawn.covariance((cell - shares) * (own / own.sum())[:, None], asked)
    table = shares.reshape(r, c)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    statistic = n * ((table - expected) ** 2 / expected).sum()
    # contrasts of the log-linear model: interactions, less what the margins explain
    row, column = np.divmod(np.arange(r * c), c)
    main = np.column_stack([np.ones(r * c), row[:, None] == np.arange(1, r), column[:, None] == np.arange(1, c)])
    pairs = [(row == i) & (column == j) for i in range(1, r) for j in range(1, c)]
    crossed = np.column_stack(pairs).astype(float)
    contrasts = crossed - main @ np.linalg.lstsq(main.astype(float), crossed, rcond=None)[0]
    inverse = np.diag(np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0))
    simple = contrasts.T @ (inverse / n) @ contrasts
    if np.linalg.matrix_rank(simple, hermitian=True) < len(simple):
        raise ValueError("Rao-Scott: found too many combinations of answers that nobody gave; merge some answers")
    delta = np.linalg.solve(simple, contrasts.T @ inverse @ v @ inverse @ contrasts)
    trace, k = np.trace(delta), len(delta)
    df = trace**2 / np.trace(delta @ delta)
    f, df2 = statistic / trace, df * drawn.df(asked)
    return RaoScott(
        statistic=float(statistic),
        f=float(f),
        df=float(df),
        df2=float(df2),
        p=float(stats.f.sf(f, df, df2)),
        p_first=float(stats.chi2.sf(statistic / (trace / k), k)),
        design_effect=float(trace / k),
        n=n,
    )
