"""What a sample of this size can show: the base that a difference needs, and the smallest difference that shows."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm


def _deviations(first, second):
    """Standard deviations of the difference per respondent and group: if the shares were equal, and as they are."""
    mean = (first + second) / 2
    return np.sqrt(2 * mean * (1 - mean)), np.sqrt(first * (1 - first) + second * (1 - second))


def needed_base(first, second, power=0.8, alpha=0.05):
    """Respondents per group that a two-sided test of two independent shares needs to show this difference.

    Normal approximation (Fleiss, Levin & Paik 2003, formula 4.14; R's power.prop.test). Infinite for equal shares.
    """
    if first == second:
        return np.inf
    equal, apart = _deviations(first, second)
    wanted = norm.isf(alpha / 2) * equal + norm.ppf(power) * apart
    return (wanted / (first - second)) ** 2


def detectable_share(share, base, power=0.8, alpha=0.05):
    """The smallest share above `share` that a two-sided test would tell from it with the given power.

    `base` is the number of respondents per group (the harmonic mean of two unequal ones). NaN if even 1 is too near.
    """
    if share >= 1 or needed_base(share, 1, power, alpha) > base:
        return np.nan
    return brentq(lambda other: needed_base(share, other, power, alpha) - base, share + 1e-9, 1, xtol=1e-14, rtol=1e-14)


def power(comparisons, alpha=0.05):
    """For each difference that an unpaired test does not show: the smallest that it could have shown, and what it needs.

    `comparisons` are Comparisons. A data frame: first, second, option, label, pair, difference, detectable (a difference,
    with power 0.8), base and needed (respondents per question).
    """
    rows = []
    for c in (c for c in comparisons if c.p >= alpha):
        low = min(c.shares)
        rows.append(
            {
                **{"first": c.first, "second": c.second, "option": c.option, "label": c.label},
                **{"pair_first": c.names[0], "pair_second": c.names[1], "difference": c.difference.value},
                "detectable": detectable_share(low, c.base, alpha=alpha) - low,
                "base": round(c.base),
                "needed": needed_base(*c.shares, alpha=alpha),
            }
        )
    return pd.DataFrame(rows)
