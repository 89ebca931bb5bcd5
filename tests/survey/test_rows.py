"""Rows of a table: the most frequent ones."""

import pandas as pd
import pytest

from helpers.survey.rows import is_weighted, top

TABLE = pd.DataFrame(
    {
        "option": ["a", "b", "c", "other"],
        "count": [5, 9, 9, 20],
        "share": [0.6, 0.2, 0.1, 0.1],
        "role": ["answer", "answer", "answer", "other"],
    }
)


def test_the_most_frequent_answers_in_order_ties_as_they_stand():
    assert [top(TABLE, n)["option"] for n in range(3)] == ["b", "c", "a"]
    with pytest.raises(IndexError):
        top(TABLE, 3)


def test_other_roles_count_where_they_are_asked_for():
    assert top(TABLE, roles=("answer", "other"))["option"] == "other"


def test_weighted_answers_are_ranked_by_share():
    weighted = TABLE.assign(n_effective=30.0)
    assert is_weighted(weighted)
    assert is_weighted(weighted.iloc[0])
    assert not is_weighted(TABLE)
    assert top(weighted)["option"] == "a"
