"""What a sample of this size can show: the smallest difference between two answers of the same respondents that shows."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import binom

from .margins import phi_of

PHIS = (0.0, 0.3, 0.5, 0.7, 0.8)  # agreements of two answers that a table of power goes through


@cache
def _critical(n, alpha):
    """For 0 to n discordant respondents: the largest smaller count at which McNemar's exact p is below alpha, or -1."""
    discordant = np.arange(n + 1)
    found = binom.ppf(alpha / 2, discordant, 0.5)
    found = np.where(2 * binom.cdf(found, discordant, 0.5) < alpha, found, found - 1)
    return np.where(discordant > 0, found, -1)


def paired_power(first, second, phi, n, alpha=0.05):
    """The power of McNemar's exact test of two shares of the same n respondents whose answers agree with `phi`.

    Exact, over all numbers of respondents that may answer differently (binomial) and how these divide (binomial). `phi` is
    the phi coefficient in the population. NaN if no answers have these shares and this agreement.
    """
    both = first * second + phi * np.sqrt(first * (1 - first) * second * (1 - second))
    b, c = first - both, second - both
    if min(both, b, c, 1 - first - second + both) < -1e-12:
        return np.nan
    if b + c <= 0:
        return 0.0
    discordant, critical = np.arange(n + 1), _critical(n, alpha)
    part = np.clip(b / (b + c), 0, 1)
    rejected = binom.cdf(critical, discordant, part) + binom.sf(discordant - critical - 1, discordant, part)
    return float(binom.pmf(discordant, n, min(b + c, 1)) @ np.where(critical >= 0, rejected, 0))


def detectable(share, phi, n, power=0.8, alpha=0.05):
    """The smallest difference from a lower share that McNemar's exact test shows with this power: a number from 0 to 1.

    NaN if no difference that goes with this agreement shows.
    """

    def beyond(d):
        return np.nan_to_num(paired_power(share, share + d, phi, n, alpha)) - power

    tied = share if phi > 0 else 1 - share  # two answers agree (or disagree) no closer than their shares allow
    largest = (tied / (tied + phi**2 * (1 - tied)) if tied + phi**2 else 1.0) - share - 1e-9
    if largest <= 0 or beyond(largest) < 0:
        return np.nan
    return float(brentq(beyond, 0, largest, xtol=1e-6))


def power(comparisons, alpha=0.05):
    """For each difference that is not shown: the smallest that this sample shows in four cases of five, by agreement.

    `comparisons` are Comparisons. A data frame, a row for each of them and each phi: first, second, option, label,
    pair_first, pair_second, phi, detectable (a difference of shares of all that were asked), base. From totals phi goes
    through PHIS, from raw answers it is the one observed, if it may be told. Weights do not enter. Empty where everyone answered.
    """
    rows = []
    for c in (c for c in comparisons if c.tests and c.p_adjusted >= alpha):
        share, base, phis = _design(c)
        ids = {"first": c.first, "second": c.second, "option": c.option, "label": c.label}
        ids |= {"pair_first": c.names[0], "pair_second": c.names[1]}
        rows += [
            {**ids, "phi": phi, "detectable": detectable(share, phi, base, alpha=alpha), "base": base} for phi in phis
        ]
    columns = ["first", "second", "option", "label", "pair_first", "pair_second", "phi", "detectable", "base"]
    return pd.DataFrame(rows, columns=columns)


def _design(c):
    """The lower share, the respondents and the agreements that a comparison's power is told for."""
    if c.joint is None or c.kept:
        base = sum(c.margins[0])
        return min(yes for yes, *_ in c.margins) / base, base, PHIS
    n, j = c.joint.n, c.joint
    with np.errstate(invalid="ignore"):
        phi = float(
            np.nan_to_num(phi_of(j.both, j.b, j.c, j.neither))
        )  # all gave the same answer: no agreement to tell
    return min(j.both + j.b, j.both + j.c) / n, n, (phi,)
