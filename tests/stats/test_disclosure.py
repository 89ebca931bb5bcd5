"""What is hidden stays hidden: against linear programs that try to work it out, and by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sizes import size

from helpers.stats import disclosure
from helpers.stats.exact import pearson_p
from helpers.stats.tests_of_counts import independence


def feasible(table, hidden, cell):
    """The least and the greatest count that totals and shown cells allow for a cell: two linear programs."""
    r, c = table.shape
    cells = np.arange(r * c).reshape(r, c)
    rows = [(cells == k).ravel() for k in cells[~hidden]]
    rows += [np.isin(cells, cells[i]).ravel() for i in range(r)] + [
        np.isin(cells, cells[:, j]).ravel() for j in range(c)
    ]
    a = np.array(rows, dtype=float)
    b = a @ table.ravel()
    aim = (cells == cells[cell]).ravel().astype(float)
    return [round(sign * linprog(sign * aim, A_eq=a, b_eq=b).fun) for sign in (1, -1)]


tables = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 40)),
        min_size=shape[0] * shape[1],
        max_size=shape[0] * shape[1],
    ).map(lambda cells: np.array(cells).reshape(shape))
)


@given(tables, st.integers(2, 10))
def test_no_hidden_cell_follows_from_what_is_shown(table, min_cell):
    hidden = disclosure.suppress(table, min_cell)
    everything = np.ones_like(hidden)
    assert hidden[(table > 0) & (table < min_cell)].all()
    for cell in map(tuple, np.argwhere(hidden)):
        low, high = feasible(table, hidden, cell)
        others = list(disclosure.alternatives(table, hidden, cell))
        assert (others == []) == (low == high)
        for other in others:
            assert other[cell] != table[cell]
            assert (other >= 0).all()
            assert (other[~hidden] == table[~hidden]).all()
            assert (other.sum(axis=0) == table.sum(axis=0)).all()
            assert (other.sum(axis=1) == table.sum(axis=1)).all()
        if low == high:  # only where the totals by themselves say as much
            assert feasible(table, everything, cell) == [low, high]
        else:
            assert hidden[cell[0]].sum() >= 2
            assert hidden[:, cell[1]].sum() >= 2


@given(tables)
def test_a_walk_leaves_totals_and_shown_cells_as_they_are(table):
    hidden = disclosure.suppress(table, 6)
    for other in disclosure.wander(table, hidden, steps=200):
        assert (other >= 0).all()
        assert (other[~hidden] == table[~hidden]).all()
        assert (other.sum(axis=0) == table.sum(axis=0)).all()
        assert (other.sum(axis=1) == table.sum(axis=1)).all()


def test_what_the_totals_tell_is_not_hidden_at_any_price():
    table = np.array([[3, 0], [20, 0], [30, 0]])  # nobody gave the second answer
    assert disclosure.suppress(table).tolist() == [[True, True], [False, False], [False, False]]


def test_nothing_is_hidden_without_need():
    table = np.array([[10, 0, 7], [8, 9, 30]])
    assert not disclosure.suppress(table).any()


def test_a_small_group_is_hidden_whole_with_its_empty_cells():
    table = np.array([[20, 30, 40], [0, 2, 0], [15, 25, 35]])
    assert disclosure.suppress(table)[1].all()


@pytest.mark.parametrize(
    ("totals", "expected"),
    [([10, 20, 30], []), ([2, 20, 30], [0, 1]), ([2, 3, 30], [0, 1]), ([0, 9, 8], []), ([0, 2, 8], [1, 2])],
)
def test_hidden_totals(totals, expected):
    assert list(np.flatnonzero(disclosure.hidden_totals(np.array(totals)))) == expected


# --- p-values of tables in which cells are hidden ---


@given(tables.filter(lambda t: (t.sum(axis=0) > 0).all() and (t.sum(axis=1) > 0).all()), st.integers(3, 8))
@settings(max_examples=size(25, 10))
def test_the_published_p_is_shared_by_another_table_for_every_hidden_cell(table, min_cell):
    hidden = disclosure.suppress(table, min_cell)

    p, decimals = disclosure.published(table, hidden, pearson_p)
    exact = independence(table)[2]
    pool = [t for cell in np.argwhere(hidden) for t in disclosure.alternatives(table, hidden, tuple(cell))]
    pool += disclosure.wander(table, hidden) if pool else []
    p_values = pearson_p(pool) if pool else []
    if not hidden.any():
        assert (p, decimals) == (pytest.approx(exact), None)
    for cell in map(tuple, np.argwhere(hidden) if decimals is not None and not np.isnan(p) else []):
        assert exact - 1e-9 <= p
        assert p == disclosure.told(exact, decimals)
        if disclosure.alternative(table, hidden, cell) is None:
            continue
        same = [t for t, other in zip(pool, p_values, strict=True) if disclosure.told(other, decimals) == p]
        assert any(t[cell] != table[cell] for t in same)


@pytest.mark.parametrize(
    ("p", "decimals", "expected"), [(0.0431, 3, 0.044), (0.04, 1, 0.1), (0.05, 0, 0.05), (0.051, 0, 1), (0.3, 1, 0.3)]
)
def test_p_is_told_rounded_up(p, decimals, expected):
    assert disclosure.told(p, decimals) == expected
