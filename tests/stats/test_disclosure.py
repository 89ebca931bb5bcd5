"""What may be told of p-values and of two answers of the same respondents."""

import numpy as np
import pytest
from attacker import extremes
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import size

from helpers.stats import disclosure
from helpers.stats.mcnemar import mcnemar_p
from helpers.stats.suppression import spans_of_totals
from helpers.stats.tests_of_counts import holm


@pytest.mark.parametrize(
    ("p", "decimals", "expected"),
    [
        *((0.0431, 3, 0.044), (0.04, 1, 0.1), (0.05, 0, 0.05), (0.051, 0, 1), (0.3, 1, 0.3), (0.07, 2, 0.07)),
        *((3.4e-9, 2, 0.01), (4e-36, 2, 0.01), (1e-300, 3, 0.001), (0.0, 2, 0.01), (0.9999, 3, 1.0), (0.29, 2, 0.29)),
    ],
)
def test_p_is_told_rounded_up(p, decimals, expected):
    assert disclosure.told(p, decimals) == expected


@given(st.floats(1e-300, 1), st.integers(1, 6))
def test_rounding_up_never_makes_a_finding(p, decimals):
    told = disclosure.told(p, decimals)
    assert told >= p
    assert told <= max(p + 10.0**-decimals, 10.0**-decimals) * (1 + 1e-12)
    assert disclosure.rounded_up(p)[0] >= p


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=8), st.data())
def test_the_adjuster_is_holms(p_values, data):
    place = data.draw(st.integers(0, len(p_values) - 1))
    other = data.draw(st.floats(1e-12, 1))
    changed = [other if i == place else p for i, p in enumerate(p_values)]
    assert disclosure.adjuster(p_values, place)([other])[0] == pytest.approx(holm(changed)[place])


squares = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=k * k, max_size=k * k).map(
        lambda counts: np.array(counts).reshape(k, k)
    )
)


@given(squares, st.integers(3, 7))
@settings(max_examples=size(300, 40), deadline=None)
def test_answers_that_are_told_lead_to_none_that_is_kept(square, min_cell):
    told = disclosure.told_alike(square, min_cell)
    places = np.arange(square.size).reshape(square.shape)
    lines = [*places, *places.T, *([place] for place, shown in zip(np.diag(places), told, strict=True) if shown)]
    equations = [(np.isin(places.ravel(), line).astype(float), square.ravel()[line].sum()) for line in lines]
    need = np.diag(np.minimum(min_cell, spans_of_totals(square)))
    for i, shown in enumerate(told):
        b, c = square[i].sum() - square[i, i], square[:, i].sum() - square[i, i]
        if shown:
            both, neither = square[i, i], square.sum() - square[i, i] - b - c
            assert min(b, c) >= min_cell or min(b, c) + min(both, neither) == 0  # the totals tell it
        elif any(told):
            low, high = extremes((places == places[i, i]).ravel().astype(float), equations)
            assert high - low >= need[i]


@given(*[st.integers(0, 40)] * 4, st.integers(3, 7))
@settings(max_examples=size(300, 60))
def test_a_decision_leaves_b_and_c_open(both, b, c, neither, min_cell):
    told, _ = disclosure.decision(mcnemar_p(b, c), (both, b, c, neither), min_cell, mcnemar_p)
    if not np.isnan(told):
        steps = disclosure.STEPS if told in (0.001, 0.01) else disclosure.STEPS[-1:]
        moves = range(-min(b, c), min(both, neither) + 1)
        same = [t for t in moves if disclosure.rounded_up(mcnemar_p(b + t, c + t), steps)[0] == told]
        assert max(same) - min(same) >= min(min_cell, len(moves) - 1)
        assert told >= mcnemar_p(b, c)
