"""Answers as numbers: the mean of scores that the codebook gives to answers, and numbers that respondents gave themselves."""

import numpy as np
import pandas as pd
from scipy import stats

from . import weights
from .answers import given, with_shares
from .proportions import worth

INDEX = {-1.0, 0.0, 1.0}  # scores of a diffusion index: better, as before, worse
MEANS = ("score", "balance")  # what the mean of scores is called; the second if they are those of an index
QUARTILES = (0.25, 0.5, 0.75)
FEWEST = 5  # respondents of a class of numbers; a quarter of all must have as many before quartiles are told


def scores(survey, *questions, confidence=0.95):
    """The mean score of each question whose answers have scores: one row per question, none for the others.

    Columns: `question`, `group` (the question in short), `score` or `balance`, `low`, `high`, `base` (those who gave an answer
    with a score), `level`. Where the scores are -1, 0 and 1 the mean is a diffusion index, in the column `balance`: the
    share of the better answers minus that of the worse. Student's interval of a mean, narrower by the finite population correction of a
    random sample; with weights or a design, linearized as `svymean` of R's package survey has it. A census has no interval.
    """
    rows = [row for question in questions if (row := _score(survey, question, confidence))]
    names = [name for name in MEANS if any(name in row for row in rows)] or ["score"]
    return pd.DataFrame(rows, columns=["question", "group", *names, "low", "high", "base", "level"])


def _score(survey, question, confidence):
    table = survey.table(question).merge(_scored(survey, question), on="option")
    n, drawn = int(table["count"].sum()), weights.of(survey)
    if not n:
        return None
    if drawn is None:
        value = float(table["count"] @ table["score"] / n)
        variance = float(table["count"] @ (table["score"] - value) ** 2) / max(n - 1, 1) / n / worth(survey)
        df = n - 1
    else:
        points = dict(zip(table["option"], table["score"], strict=True))
        value, variance, df = _mean(given(survey, question, list(points)).map(points).to_numpy(float), drawn)
    level = np.nan if survey.is_census or df < 1 else confidence
    low, high = _student(value, variance, df, level)
    mean = MEANS[{*table["score"]} <= INDEX]
    about = {"question": question, "group": survey.short(question), "base": n, "level": level}
    return {**about, mean: value, "low": low, "high": high}


def _scored(survey, question):
    """The answers to a question that have a score."""
    options = survey.options[survey.options["options"] == survey.question(question)["options"]]
    return options.loc[options["score"].notna(), ["option", "score"]]


def _mean(values, drawn):
    """The weighted mean of numbers (NaN: none), the variance of that mean, and its degrees of freedom."""
    there = np.isfinite(values)
    own, known = drawn.weights[there] / drawn.weights[there].sum(), values[there]
    value = float(own @ known)
    return value, float(drawn.covariance(((known - value) * own)[:, None], there)[0, 0]), drawn.df(there)


def _student(value, variance, df, level):
    if level != level:
        return np.nan, np.nan
    reach = stats.t.ppf((1 + level) / 2, df) * np.sqrt(variance)
    return value - reach, value + reach


# --- numbers that respondents gave -----------------------------------------------------------------------------------


def quantiles(survey, question, confidence=0.95):
    """The quartiles of the numbers given to a question: one row each for 0.25, 0.5 (the median) and 0.75.

    Columns: `question`, `group`, `quantile`, `number`, `low`, `high`, `base` (those who gave a number), `level`. Intervals are those
    of order statistics (scipy's `quantile_test`); with weights or a design Woodruff's (1952), the numbers at the ends of
    the interval of the share below. Only the median where fewer than 4 x FEWEST gave a number, none for fewer than
    2 x FEWEST: so few numbers would be those of single respondents.
    """
    numbers, drawn = survey.responses[question].to_numpy(float), weights.of(survey)
    n = int(np.isfinite(numbers).sum())
    wanted = QUARTILES if n >= 4 * FEWEST else (0.5,) if n >= 2 * FEWEST else ()
    level = np.nan if survey.is_census else confidence
    about = {"question": question, "group": survey.short(question), "base": n, "level": level}
    rows = []
    for at in wanted:
        value, low, high = (
            _plain_quantile(numbers, at, level) if drawn is None else _woodruff(numbers, drawn, at, level)
        )
        rows.append({**about, "quantile": at, "number": value, "low": low, "high": high})
    return pd.DataFrame(rows, columns=["question", "group", "quantile", "number", "low", "high", "base", "level"])


def _plain_quantile(numbers, at, level):
    known = numbers[np.isfinite(numbers)]
    value = float(np.quantile(known, at))
    if level != level:
        return value, np.nan, np.nan
    found = stats.quantile_test(known, q=value, p=at).confidence_interval(level)
    return value, float(found.low), float(found.high)


def _woodruff(numbers, drawn, at, level):
    there = np.isfinite(numbers)
    value = _inverse(numbers[there], drawn.weights[there], at)
    if level != level:
        return value, np.nan, np.nan
    below = pd.Series(numbers <= value, dtype="boolean").mask(~there)
    low, high = weights.interval(weights.share(below, drawn), level)
    apart = at - float(drawn.weights[there] @ (numbers[there] <= value) / drawn.weights[there].sum())
    ends = (_inverse(numbers[there], drawn.weights[there], np.clip(end + apart, 0, 1)) for end in (low, high))
    return value, *ends


def _inverse(values, own, at):
    """The smallest value at which the weighted share of those up to it reaches `at`."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(own[order]) / own.sum()
    return float(values[order][min(np.searchsorted(reached, at - 1e-12), len(values) - 1)])


def classes(survey, question, confidence=0.95, method="wilson", most=10):
    """The numbers given to a question in classes, as a table like that of `answers.shares`; empty for fewer than 2 x FEWEST.

    `start` and `end` are the limits of a class (the end belongs to the next one), missing at the outer ends, so that the
    smallest and the largest number are not told; `label` waits to be filled in. Classes are about equally wide, and
    joined until each has at least FEWEST respondents.
    """
    numbers = survey.responses[question].to_numpy(float)
    there = np.isfinite(numbers)
    n = int(there.sum())
    inner = _limits(numbers[there], most) if n >= 2 * FEWEST else []
    rows, frame = [], {}
    for place, (start, end) in enumerate(zip([-np.inf, *inner], [*inner, np.inf], strict=True)):
        inside = (numbers >= start) & (numbers < end)
        option = f"class_{place}"
        rows.append({"option": option, "label": "", "count": int(inside[there].sum()), "base": n, "role": "answer"})
        frame[option] = pd.Series(inside, dtype="boolean").mask(~there)
    table = pd.DataFrame(rows if inner else rows[:0], columns=["option", "label", "count", "base", "role"])
    if not inner:
        return table.assign(question=[], group=[], start=[], end=[])
    found = with_shares(survey, table, pd.DataFrame(frame), confidence, method)
    found.insert(0, "question", question)
    found.insert(1, "group", survey.short(question))
    return found.assign(start=[np.nan, *inner], end=[*inner, np.nan])


def _limits(known, most):
    """The inner limits of classes: round numbers, with FEWEST numbers or more in every class."""
    low, high = np.quantile(known, (0.02, 0.98))
    rough = max((high - low) / most, 1e-9)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    step = max(step, 1.0) if (known == np.round(known)).all() else step
    candidates = np.round(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step, 10)
    kept, last = [], -np.inf
    for limit in candidates:
        inside = ((known >= last) & (known < limit)).sum()
        if inside >= FEWEST and (known >= limit).sum() >= FEWEST:
            kept.append(float(limit))
            last = limit
    return kept
