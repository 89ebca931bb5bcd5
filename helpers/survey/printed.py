"""Counts where a publisher printed percentages of a base only: the whole numbers that round to what was printed."""

import math

import pandas as pd

from ..said import Said
from .problems import Problem, flaw, quote


def derive_counts(counts, questions):
    """counts.csv, as text columns, with a count in every row; and a Problem for each row where none can be.

    A row without `count` needs a `percent`, and its question a `base`. Of the counts that round to the printed figure
    (halves up or down), that nearest to it is taken; those of a single-choice question are moved within their ranges until
    they add up to the base. Columns `low` and `high` hold the range; where a count was given, both are the count.
    """
    if "percent" not in counts:
        counts = counts.assign(percent="")
    if (counts["count"] != "").all():
        return counts.assign(low=counts["count"], high=counts["count"]), []
    problems, found = [], {}
    known = questions.set_index("question")[["kind", "unit", "base"]].to_dict("index")
    for question, rows in counts.groupby("question", sort=False):
        open_rows = rows[rows["count"] == ""]
        wrong = list(_underivable(open_rows, question, known.get(question)))
        problems += wrong
        if len(open_rows) and not wrong:
            derived, problem = _derived(rows, question, known[question])
            problems += problem
            found |= derived
    whole = {row: (count, count, count) for row, count in counts["count"].items()} | found
    count, low, high = (
        pd.Series([str(whole[row][i]) for row in counts.index], counts.index, dtype=str) for i in range(3)
    )
    return counts.assign(count=count, low=low, high=high), sorted(problems, key=lambda problem: problem.row)


def _underivable(rows, question, q):
    """The Problems of rows without a count from which none follows."""
    for row, percent in rows["percent"].items():
        if percent == "":
            yield flaw(
                "counts.csv",
                row,
                "count ''",
                "a whole number, 0 or more, in plain digits 0-9, or a percentage in the column percent",
            )
        elif q and q["base"] == "":
            found = Said(
                "percent {percent} of {question}, which has no base", percent=quote(percent), question=question
            )
            yield Problem("counts.csv", row, found, Said("the base of these percentages in questions.csv"))


def _derived(rows, question, q):
    """Counts of a question with their ranges, {row: (count, low, high)}, and the Problem of printed shares that cannot be."""
    base, limits = int(q["base"]), {}
    for row, count, percent in rows[["count", "percent"]].itertuples():
        low, high = (int(count),) * 2 if count else _range(percent, base)
        if low > high:
            found = Said("percent {percent} of {question}", percent=quote(percent), question=question)
            return {}, [
                Problem("counts.csv", row, found, Said("a percentage that some number of {base} rounds to", base=base))
            ]
        nearest = int(count) if count else min(max(math.floor(float(percent) * base / 100 + 0.5), low), high)
        limits[row] = [nearest, low, high]
    if q["kind"] == "single" or q["unit"] == "selections":
        short = base - sum(nearest for nearest, _, _ in limits.values())
        if _moved(limits, short):
            found = Said("percentages of {question}, of which no counts add up to its base", question=question)
            return {}, [
                Problem("counts.csv", int(rows.index[-1]), found, Said("{base}, its base in questions.csv", base=base))
            ]
    return {row: tuple(limit) for row, limit in limits.items()}, []


def _range(percent, base):
    """The smallest and the largest count that round to a printed percentage, whichever way halves go."""
    half = 0.5 * 10 ** -len(percent.partition(".")[2])
    low, high = ((float(percent) + side * half) * base / 100 for side in (-1, 1))
    return max(0, math.ceil(low - 1e-9)), min(base, math.floor(high + 1e-9))


def _moved(limits, short):
    """Move counts within their ranges by `short` in all, the largest first; what cannot be moved is returned."""
    step = 1 if short > 0 else -1
    for _ in range(abs(short)):
        free = [each for each in limits.values() if (each[0] < each[2] if step > 0 else each[0] > each[1])]
        if not free:
            return short
        max(free, key=lambda each: each[0])[0] += step
        short -= step
    return short
