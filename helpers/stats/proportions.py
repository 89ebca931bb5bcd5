"""Shares of a base with their intervals, and differences between shares."""

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    multinomial_proportions_confint,
    proportion_confint,
)

INTERVALS = {
    "wilson": "wilson",
    "agresti_coull": "agresti_coull",
    "clopper_pearson": "beta",
    "jeffreys": "jeffreys",
    "wald": "normal",
}
COLUMNS = ["option", "label", "count", "base", "share", "low", "high", "role", "flag", "level", "method"]


def alpha_of(confidence):
    """The level of tests that goes with a confidence, without the last digits of a subtraction: 0.05 for 0.95."""
    return round(1 - confidence, 12)


def worth(survey):
    """How many respondents of an endless population each respondent tells as much as: 1, or more in a random sample of a
    population whose size is known.

    (N - 1) / (N - n), the inverse of the finite population correction of a variance (Cochran 1977, section 2.6), for n
    of N; those that a question was routed to are a part of the same sample.
    """
    if survey.population is None:
        return 1.0
    return (survey.population - 1) / max(survey.population - survey.respondents, 1e-9)


def interval(count, base, confidence=0.95, method="wilson", each=1.0):
    """Confidence interval of a share, as two numbers (or arrays) from 0 to 1.

    `method` is one of INTERVALS; Wilson (1927) holds its level well for small bases and shares near 0 or 1. `each` is
    what `worth` says of a respondent.
    """
    if method not in INTERVALS:
        raise ValueError(f"interval: found {method!r}; expected one of {', '.join(INTERVALS)}")
    count, base = np.asarray(count) * each, np.asarray(base) * each
    low, high = proportion_confint(count, base, alpha=1 - confidence, method=INTERVALS[method])
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def simultaneous(counts, confidence=0.95):
    """Intervals that hold together for all shares of one distribution (Goodman 1965): array of shape (k, 2).

    `counts` are the counts of all k answers to a single-choice question.
    """
    return multinomial_proportions_confint(np.asarray(counts), alpha=1 - confidence, method="goodman")


def add_shares(table, confidence=0.95, method="wilson", each=1.0):
    """The table with `share`, `low`, `high` (from 0 to 1), `flag` (see `reliability`), `level` and `method`.

    `method` is one of INTERVALS, or "goodman" for simultaneous intervals of a whole single-choice distribution; `each`
    as in `interval`.
    """
    counts, bases = table["count"], table["base"]
    if method == "goodman":
        if counts.sum() != bases.iloc[0]:
            raise ValueError("simultaneous intervals need answers that exclude each other and add up to the base")
        low, high = simultaneous(counts * each, confidence).T
    else:
        low, high = interval(counts.to_numpy(), bases.to_numpy(), confidence, method, each)
    flags = [reliability(count, base) for count, base in zip(counts, bases, strict=True)]
    numbers = {"share": counts / bases, "low": low, "high": high, "flag": flags}
    return table.assign(**numbers, level=confidence, method=method)[COLUMNS]


def of_everyone(shares):
    """A table of shares where everyone answered: they are facts, without interval, level, method or flag."""
    return shares.assign(low=np.nan, high=np.nan, flag="", level=np.nan, method="")


def reliability(count, base, given=None):
    """What makes a share weak, as words joined by "|"; "" if nothing does.

    The presentation standards for proportions of the US National Center for Health Statistics (Parker et al. 2017),
    on Clopper-Pearson 95% intervals: "few" (base below 30), "wide" (interval of 30 points or more), "relative"
    (interval over 5 points wide and over 130% of the share), "complement" (the same for the share that is left);
    besides, "review" (a share of 0 or 100%) and "small" (1 to 4 firms). Of a weighted share, `base` is its effective sample size,
    `count` the share of it, and `given` the number of firms that gave the answer.
    """
    given = count if given is None else given
    share = count / base
    low, high = interval(count, base, 0.95, "clopper_pearson")
    width = high - low
    middling = 0.05 < width < 0.30
    rules = {
        "few": base < 30,
        "wide": width >= 0.30,
        "relative": middling and share > 0 and width > 1.3 * share,
        "complement": middling and share < 1 and width > 1.3 * (1 - share),
        "review": share in (0, 1),
        "small": 1 <= given <= 4,
    }
    return "|".join(name for name, broken in rules.items() if broken)


def without(table, roles=("no_answer",)):
    """A single-choice table without the answers of these roles, on the base that is left."""
    kept = table[~table["role"].isin(roles)].reset_index(drop=True)
    return kept.assign(base=kept["count"].sum())


@dataclass(frozen=True)
class Difference:
    """First share minus second share, with its interval; all from -1 to 1."""

    value: float
    low: float
    high: float


def difference(first, second, confidence=0.95, each=1.0):
    """Difference of two shares, each given as (count, base), as if the two samples were independent.

    The interval is Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10); `each` as in `interval`.
    """
    sizes = [each * number for number in (*first, *second)]
    low, high = confint_proportions_2indep(*sizes, method="newcomb", compare="diff", alpha=1 - confidence)
    return Difference(first[0] / first[1] - second[0] / second[1], float(low), float(high))


def half_up(count, base):
    """The share in whole percent, halves rounded up, in exact integer arithmetic."""
    return (200 * count + base) // (2 * base)
