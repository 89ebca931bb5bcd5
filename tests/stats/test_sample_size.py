"""What a sample can show: McNemar's power against every outcome, a simulation, and numbers of an independent reading."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.comparisons import compare, compare_items, family
from helpers.stats.mcnemar import mcnemar_p
from helpers.stats.sample_size import PHIS, detectable, paired_power, power

SHARES = st.integers(1, 99).map(lambda n: n / 100)
AGREEMENTS = st.floats(-0.5, 0.95)


def cells_of(first, second, phi):
    """The joint probabilities (both, first only, second only, neither) of two answers that agree with phi."""
    both = first * second + phi * math.sqrt(first * (1 - first) * second * (1 - second))
    return both, first - both, second - both, 1 - first - second + both


def power_by_enumeration(first, second, phi, n, alpha):
    """Over every (b, c) of n respondents, of the trinomial distribution."""
    _, b, c, _ = cells_of(first, second, phi)
    total = 0
    for i, j in product(range(n + 1), repeat=2):
        if i + j <= n and mcnemar_p(i, j) < alpha:
            ways = math.factorial(n) // (math.factorial(i) * math.factorial(j) * math.factorial(n - i - j))
            total += ways * b**i * c**j * (1 - b - c) ** (n - i - j)
    return total


# --- the power of a test of paired answers ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 6, 9, 14])
@pytest.mark.parametrize(
    ("first", "second", "phi"), [(0.2, 0.6, 0), (0.5, 0.5, 0.3), (0.1, 0.8, -0.1), (0.3, 0.9, 0.2), (0.4, 0.6, -0.5)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_power_is_that_of_every_outcome(first, second, phi, n, alpha):
    expected = power_by_enumeration(first, second, phi, n, alpha)
    assert paired_power(first, second, phi, n, alpha) == pytest.approx(expected, abs=1e-12)


def test_power_of_a_simulation():
    first, second, phi, n, runs = 0.24, 0.38, 0.5, 118, 40_000
    drawn = np.random.default_rng(0).multinomial(n, cells_of(first, second, phi), size=runs)
    shown = (mcnemar_p(drawn[:, 1], drawn[:, 2]) < 0.05).mean()
    expected = paired_power(first, second, phi, n)
    assert 0.5 < expected < 0.9
    assert shown == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / runs))


def test_six_that_changed_their_mind_are_the_fewest_that_show():
    # 2 / 2^5 = 0.0625 is no evidence at 5%, 2 / 2^6 = 0.03125 is: if all six go from no to yes, power is 1
    assert paired_power(0, 1, 0, 5) == 0
    assert paired_power(0, 1, 0, 6) == pytest.approx(1)


@given(SHARES, SHARES, AGREEMENTS, st.integers(2, 60))
def test_power_knows_no_order_and_no_side(first, second, phi, n):
    found = paired_power(first, second, phi, n)
    assert paired_power(second, first, phi, n) == pytest.approx(found, abs=1e-9, nan_ok=True)
    assert paired_power(1 - first, 1 - second, phi, n) == pytest.approx(found, abs=1e-9, nan_ok=True)


@given(SHARES, st.integers(2, 200), st.floats(0, 0.99))
def test_equal_shares_are_shown_no_more_often_than_the_level(share, n, phi):
    assert paired_power(share, share, phi, n) <= 0.05


def test_answers_that_cannot_be_so_have_no_power():
    assert math.isnan(paired_power(0.1, 0.9, 0.5, 100))  # so far apart they agree with phi = 1/9 at most
    assert not math.isnan(paired_power(0.1, 0.9, 1 / 9, 100))
    assert math.isnan(paired_power(0.1, 0.2, -0.5, 100))  # so rare they hardly disagree
    assert paired_power(0.3, 0.3, 1, 100) == 0  # everybody answers the same to both


# --- the smallest difference that shows -------------------------------------------------------------------------------


@pytest.mark.parametrize(("phi", "points"), [(0, 17.8), (0.3, 14.9), (0.5, 12.6), (0.7, 9.5), (0.8, 7.6)])
def test_points_of_an_independent_calculation(phi, points):
    """Of 28 of 118 (largely aware of customers, and of makers of bespoke goods) with a power of 80%, exact McNemar.

    The points were computed by the reviewer who asked for these numbers, with other code.
    """
    assert 100 * detectable(28 / 118, phi, 118) == pytest.approx(points, abs=0.05)


@settings(max_examples=40)
@given(st.integers(1, 80).map(lambda n: n / 100), st.sampled_from(PHIS), st.integers(20, 300))
def test_what_is_detectable_has_just_that_power(share, phi, n):
    found = detectable(share, phi, n)
    if math.isnan(found):
        largest = share / (share + phi**2 * (1 - share)) if phi else 1
        assert share == largest or paired_power(share, largest - 1e-9, phi, n) < 0.8
    else:
        assert 0 < found <= 1 - share
        assert paired_power(share, share + found, phi, n) == pytest.approx(0.8, abs=1e-3)
        assert paired_power(share, share + 0.98 * found, phi, n) < 0.8


def test_more_respondents_and_closer_agreement_show_smaller_differences():
    by_n = [detectable(0.3, 0.3, n) for n in (40, 80, 160, 320)]
    by_phi = [detectable(0.3, phi, 118) for phi in PHIS]
    for found in (by_n, by_phi):
        assert found == sorted(found, reverse=True)
    assert detectable(0.3, 0.3, 118, power=0.9) > detectable(0.3, 0.3, 118)
    assert detectable(0.3, 0.3, 118, alpha=0.01) > detectable(0.3, 0.3, 118)


@pytest.mark.parametrize(
    ("share", "phi", "n"),
    [
        (1, 0, 118),  # nothing lies above all
        (0, 0.3, 118),  # what nobody says agrees with nothing
        (0.3, 1, 118),  # answers that always agree have the same share
        (0.3, 0, 5),  # of five nothing shows
        (0.95, 0.5, 20),  # too few to show even 100%
    ],
)
def test_nothing_can_be_detected(share, phi, n):
    assert math.isnan(detectable(share, phi, n))


# --- comparisons that did not show ------------------------------------------------------------------------------------

AWARENESS = [("q2_suppliers", "q2_customers"), ("q2_linked", "q2_unlinked"), ("q2_bespoke", "q2_generic")]


def test_power_of_totals_goes_through_agreements(osaka):
    compared = family([compare(osaka, *pair, "aware") for pair in AWARENESS])
    found = power(compared)
    assert list(found) == [
        "first",
        "second",
        "option",
        "label",
        "pair_first",
        "pair_second",
        "phi",
        "detectable",
        "base",
    ]
    assert set(zip(found["first"], found["second"], strict=True)) == {AWARENESS[0], AWARENESS[2]}  # linked is shown
    assert list(found["phi"]) == [*PHIS] * 2
    assert set(found["base"]) == {118}
    customers = found[found["first"] == "q2_suppliers"]  # 28 of all 118 stand below 34
    assert list(customers["detectable"]) == [detectable(28 / 118, phi, 118) for phi in PHIS]
    assert set(customers["pair_first"]) == {compared[0].names[0]}


def test_power_of_raw_answers_is_for_the_agreement_observed(told):
    (c,) = [found for found in family(compare_items(told, [("q4", "q5")])) if found.option == "other"]
    (row,) = power([c]).to_dict("records")
    ticks = told.responses[["q4=other", "q5=other"]].astype(float)
    assert row["phi"] == pytest.approx(np.corrcoef(ticks.to_numpy().T)[0, 1])
    assert row["detectable"] == pytest.approx(detectable(8 / 118, row["phi"], 118), nan_ok=True)
    assert row["base"] == 118


def test_power_is_told_of_what_is_not_shown_after_adjustment(osaka):
    alone = compare(osaka, "q4", "q5", "standards")
    adjusted = replace(alone, p_adjusted=0.05)
    shown = replace(alone, p_adjusted=0.0499)
    assert len(power([adjusted])) == len(PHIS)
    assert power([shown]).empty
    assert len(power([shown], alpha=0.01)) == len(PHIS)
    assert list(power([])) == list(power([adjusted]))
