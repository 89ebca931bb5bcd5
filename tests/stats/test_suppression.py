"""What is hidden stays hidden: against an attacker who knows the rule, by enumeration and integer programs."""

import numpy as np
import pytest
from attacker import fiber, limits, random_table
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import size

from helpers.stats import suppression

tables = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 40)),
        min_size=shape[0] * shape[1],
        max_size=shape[0] * shape[1],
    ).map(lambda cells: np.array(cells).reshape(shape))
)


@given(tables, st.integers(3, 8))
@settings(max_examples=size(300, 40), deadline=None)
def test_every_hidden_cell_keeps_the_protection_interval(table, min_cell):
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    hidden = suppression.suppress(table, min_cell)
    assert hidden[(table > 0) & (table < min_cell)].all()
    need = np.minimum(min_cell, suppression.spans_of_totals(table))
    for cell in map(tuple, np.argwhere(hidden)):
        low, high = limits(table, hidden, cell)
        assert high - low >= need[cell]
        assert low <= table[cell] <= high


@pytest.mark.parametrize("seed", range(size(1000, 12)))
def test_one_who_knows_the_rule_finds_no_hidden_cell(seed):
    table = random_table(seed)
    hidden = suppression.suppress(table)
    possible = [t for t in fiber(table, hidden, most=400) if not suppression.thin(t, 5)[~hidden].any()]
    if len(possible) > 400 or not hidden.any():
        pytest.skip("nothing hidden, or too many tables to try the rule on each")
    same = np.array([t for t in possible if (suppression.suppress(t) == hidden).all()])
    open_cells = hidden & (suppression.spans_of_totals(table) > 0)
    assert (same.max(axis=0) > same.min(axis=0))[open_cells].all()


@given(tables, st.integers(3, 8))
@settings(max_examples=size(100, 15), deadline=None)
def test_a_table_without_thin_cells_is_shown(table, min_cell):
    table = table + min_cell
    assert not suppression.suppress(table, min_cell).any()


def test_what_the_totals_tell_is_not_hidden_at_any_price():
    table = np.array([[3], [20], [30]])  # nobody gave another answer
    assert suppression.suppress(table).tolist() == [[True], [False], [False]]


def test_a_small_group_is_hidden_whole_with_its_empty_cells():
    table = np.array([[20, 30, 40], [0, 2, 0], [15, 25, 35]])
    assert suppression.suppress(table)[1].all()


def test_the_cheapest_rectangle_is_hidden_with_a_thin_cell():
    # one cell is thin; by hand: with it go the other cell of its row and the row that loses least by the totals, the third
    table = np.array([[18, 2], [14, 19], [12, 10], [11, 14]])
    assert suppression.suppress(table, 3).tolist() == [[True, True], [False, False], [True, True], [False, False]]


def test_a_published_example_is_protected_cell_by_cell():
    """Fischetti and Salazar (2001), the first example: investments by activity and region, one cell confidential.

    Their table hides the cell with three others, and whoever reads it finds no more than 5 to 30 for its 22.
    """
    table = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    confidential = np.zeros_like(table, dtype=bool)
    confidential[1, 2] = True
    hidden = suppression.suppress(table, 1, confidential)
    assert hidden.tolist() == [[False] * 3, [True, False, True], [True, False, True]]
    assert suppression.limits(table, hidden, (1, 2)) == (5, 30)
    assert limits(table, hidden, (1, 2)) == (5, 30)  # by an attacker of our own
