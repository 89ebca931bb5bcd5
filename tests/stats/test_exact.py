"""p-values of tables with the same totals: against R (tests/reference/joint.R) and enumeration."""

import json
from math import comb, prod
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.stats import exact, joint, tests_of_counts

R = json.loads((Path(__file__).parents[1] / "reference" / "joint.json").read_text(encoding="utf-8"))


def test_exact_p_agrees_with_r(answers):
    p = exact.exact_p([pd.crosstab(answers["group"], answers["first"]).to_numpy()])[0]
    assert p == pytest.approx(R["fisher"], abs=4 * np.sqrt(R["fisher"] * (1 - R["fisher"]) / joint.RESAMPLES))
    assert exact.exact_p([np.array([[8, 2], [1, 5]])])[0] == pytest.approx(0.03496503496503497)  # R: fisher.test


def tables_with(rows, columns):
    """Every table of whole numbers with these totals: columns are filled one after the other."""
    if len(columns) == 1:
        yield np.array(rows)[:, None]
        return
    for column in parts(columns[0], rows):
        left = [row - cell for row, cell in zip(rows, column, strict=True)]
        for rest in tables_with(left, columns[1:]):
            yield np.column_stack([column, rest])


def parts(total, most):
    """All ways to write `total` as an ordered sum of whole numbers up to `most`."""
    if len(most) == 1:
        if total <= most[0]:
            yield (total,)
        return
    for head in range(min(total, most[0]) + 1):
        yield from ((head, *tail) for tail in parts(total - head, most[1:]))


def ways(table):
    """In how many ways respondents can be dealt to this table: what its probability is proportional to."""
    return prod(comb(int(column[: i + 1].sum()), int(column[i])) for column in table.T for i in range(len(column)))


def test_simulation_comes_near_the_sum_over_all_tables():
    table = np.array([[5, 1, 0], [1, 3, 2], [0, 2, 4]])
    every = [ways(t) for t in tables_with(list(table.sum(axis=1)), list(table.sum(axis=0)))]
    p = sum(way for way in every if way <= ways(table)) / sum(every)
    assert exact.exact_p([table])[0] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / joint.RESAMPLES))


def test_empty_rows_and_columns_change_nothing():
    table = np.array([[8, 0, 2], [0, 0, 0], [1, 0, 5]])
    full = np.array([[8, 2], [1, 5]])
    assert exact.filled(table).tolist() == full.tolist()
    assert exact.exact_p([table]) == exact.exact_p([full])
    assert exact.pearson_p([table]) == exact.pearson_p([full])


def test_pearson_p_of_many_tables_is_that_of_each():
    tables = [np.array([[8, 2], [1, 5]]), np.array([[7, 3], [2, 4]]), np.array([[9, 1], [0, 6]])]
    expected = [tests_of_counts.independence(table)[2] for table in tables]
    assert exact.pearson_p(tables) == pytest.approx(expected)
