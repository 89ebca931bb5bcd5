"""What a sample can show, against published examples and arithmetic done by hand."""

import math
from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.stats.sample_size import detectable_share, needed_base

POWERS = st.floats(0.5, 0.99)
ALPHAS = st.floats(0.001, 0.2)
PERCENTS = st.integers(1, 99).map(lambda n: n / 100)


def power_of(first, second, base, alpha=0.05):
    """Power of the two-sided test of two shares with this base each: R's power.prop.test, strict = FALSE."""
    normal, mean = NormalDist(), (first + second) / 2
    equal, apart = sqrt(2 * mean * (1 - mean)), sqrt(first * (1 - first) + second * (1 - second))
    return normal.cdf((sqrt(base) * abs(first - second) - normal.inv_cdf(1 - alpha / 2) * equal) / apart)


# --- the base that a difference needs ---------------------------------------------------------------------------------


def test_example_of_rs_manual():
    # R 4.2.2, ?power.prop.test: power.prop.test(p1 = .50, p2 = .75, power = .90) gives n = 76.7 per group,
    # power.prop.test(n = 50, p1 = .50, p2 = .75) gives power = 0.740
    assert needed_base(0.50, 0.75, power=0.90) == pytest.approx(76.7, abs=0.05)
    assert needed_base(0.50, 0.75, power=0.7401659) == pytest.approx(50, abs=1e-4)
    assert power_of(0.50, 0.75, 50) == pytest.approx(0.740, abs=5e-4)
    assert detectable_share(0.50, 50, power=0.7401659) == pytest.approx(0.75, abs=1e-6)


def test_formula_by_hand():
    # p = 0.6 and 0.7, mean 0.65: z = 1.959964 and 0.841621;
    # 1.959964 * sqrt(2 * 0.65 * 0.35) + 0.841621 * sqrt(0.24 + 0.21) = 1.322069 + 0.564573 = 1.886642;
    # (1.886642 / 0.1)^2 = 355.942, so 356 per group
    assert needed_base(0.6, 0.7) == pytest.approx(355.942, abs=2e-3)


def test_a_share_of_none_or_all_by_hand():
    # p = 0 and 1, mean 0.5: only the first root counts, 1.959964 * sqrt(0.5) = 1.385904, squared 1.920729
    assert needed_base(0, 1) == pytest.approx(1.920729, abs=1e-5)


@given(PERCENTS, PERCENTS, POWERS, ALPHAS)
def test_needed_base_gives_the_power(first, second, power, alpha):
    assume(first != second)
    base = needed_base(first, second, power, alpha)
    assert power_of(first, second, base, alpha) == pytest.approx(power, abs=1e-9)


@given(PERCENTS, PERCENTS)
def test_needed_base_knows_no_order_and_no_side(first, second):
    assume(first != second)
    base = needed_base(first, second)
    assert needed_base(second, first) == pytest.approx(base)
    assert needed_base(1 - first, 1 - second) == pytest.approx(base)


@given(PERCENTS, PERCENTS)
def test_more_power_or_a_stricter_level_needs_more(first, second):
    assume(first != second)
    base = needed_base(first, second)
    assert needed_base(first, second, power=0.9) > base
    assert needed_base(first, second, alpha=0.01) > base


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_equal_shares_need_no_end_of_respondents(share):
    assert needed_base(share, share) == math.inf


# --- the smallest difference that a base can show ---------------------------------------------------------------------


@given(st.integers(0, 95), st.integers(10, 5000), POWERS, ALPHAS)
def test_each_is_the_inverse_of_the_other(percent, base, power, alpha):
    share = percent / 100
    found = detectable_share(share, base, power, alpha)
    if math.isnan(found):
        assert needed_base(share, 1, power, alpha) > base
    else:
        assert share < found <= 1
        assert needed_base(share, found, power, alpha) == pytest.approx(base, rel=1e-9)


@given(PERCENTS, PERCENTS)
def test_the_share_that_a_needed_base_can_detect(first, second):
    assume(first != second)
    low, high = sorted((first, second))
    assert detectable_share(low, needed_base(low, high)) == pytest.approx(high, abs=1e-9)


@given(st.integers(0, 60), st.integers(50, 2000))
def test_more_respondents_show_smaller_differences(percent, base):
    assert detectable_share(percent / 100, 2 * base) < detectable_share(percent / 100, base)


def test_nothing_lies_above_all():
    assert math.isnan(detectable_share(1, 100))
    assert math.isnan(detectable_share(1, 10**9))


def test_a_base_too_small_for_any_share_above():
    # from 90% even 100% takes 73.37 respondents per group:
    # 1.959964 * sqrt(2 * 0.95 * 0.05) + 0.841621 * sqrt(0.09) = 0.604101 + 0.252486; squared, over 0.1^2, 73.374
    limit = (0.604101 + 0.252486) ** 2 / 0.01
    assert needed_base(0.9, 1) == pytest.approx(limit, abs=2e-3)
    assert math.isnan(detectable_share(0.9, limit - 0.01))
    assert 0.9999 < detectable_share(0.9, limit + 0.01) <= 1


def test_from_nobody_up():
    # 1.959964 * sqrt(p * (1 - p / 2)) + 0.841621 * sqrt(p * (1 - p)) = p * sqrt(118). At p = 0.064 the left side is
    # 1.959964 * 0.248902 + 0.841621 * 0.244753 = 0.693827, the right side 0.695218; at p = 0.063 0.688620 and 0.684355
    found = detectable_share(0, 118)
    assert 0.063 < found < 0.064
    assert power_of(0, found, 118) == pytest.approx(0.8)
