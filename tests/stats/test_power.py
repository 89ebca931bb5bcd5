"""What a sample can show, against published examples and arithmetic done by hand; and the marks of weak shares."""

import math
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.stats.proportions import add_shares, detectable_share, interval, needed_base, reliability

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


# --- weak shares ------------------------------------------------------------------------------------------------------

# Parker et al. (2017), National Center for Health Statistics Data Presentation Standards for Proportions, on
# Clopper-Pearson 95% intervals. Of none and all the intervals are closed: 0 to 1 - 0.025^(1/n), and its mirror image.
FLAGS = {
    # few: base below 30. 0 of 29: high 1 - 0.025^(1/29) = 0.119, so neither wide nor more than its complement
    "few": {(0, 29): "few|review", (0, 30): "review", (29, 29): "few|review", (30, 30): "review"},
    # wide: 0.30 or more. 0 of 10: 1 - 0.025^(1/10) = 0.3085; 0 of 11: 1 - 0.025^(1/11) = 0.2849.
    # 23 of 46: 0.349 to 0.651, width 0.302; 24 of 48: 0.352 to 0.648, width 0.295
    "wide": {(0, 10): "few|wide|review", (0, 11): "few|review", (23, 46): "wide", (24, 48): "", (15, 30): "wide"},
    # relative: width over 130% of the share. 9 of 118: 0.0355 to 0.1399, width 0.1044, 1.3 * 9 / 118 = 0.0992;
    # 10 of 118: 0.0414 to 0.1503, width 0.1089, 1.3 * 10 / 118 = 0.1102.
    # Not for intervals of 0.05 or less: 1 of 108: 0.0002 to 0.0505, width 0.0503; 1 of 109: 0.0002 to 0.0501,
    # width 0.0498; nor for 0.30 or more, which are wide: 1 of 13: 0.0019 to 0.3603
    "relative": {
        (9, 118): "relative",
        (10, 118): "",
        (1, 108): "relative|small",
        (1, 109): "small",
        (1, 13): "few|wide|small",
    },
    # complement: the same for the share that is left: 109 of 118 leaves 9, 108 of 118 leaves 10, 107 of 108 leaves 1
    "complement": {(109, 118): "complement", (108, 118): "", (107, 108): "complement", (108, 109): ""},
    # review: none or all
    "review": {(0, 118): "review", (118, 118): "review", (117, 118): ""},
    # small: 1 to 4 firms. 4 and 5 of 118 are relative besides: widths 0.0752 and 0.0822 over 0.0441 and 0.0551
    "small": {
        (1, 118): "small",
        (4, 118): "relative|small",
        (5, 118): "relative",
        (4, 1000): "small",
        (5, 1000): "",
    },
}


@pytest.mark.parametrize(
    ("rule", "share", "flags"), [(rule, *case) for rule, cases in FLAGS.items() for case in cases.items()]
)
def test_reliability_by_hand(rule, share, flags):
    assert reliability(*share) == flags


@pytest.mark.parametrize("rule", FLAGS)
def test_each_rule_has_cases_on_both_sides(rule):
    assert {rule in flags.split("|") for flags in FLAGS[rule].values()} == {True, False}


def tail(count, base, share):
    """P(X <= count) of a binomial variable."""
    return sum(comb(base, i) * share**i * (1 - share) ** (base - i) for i in range(count + 1))


@pytest.mark.parametrize("share", [share for cases in FLAGS.values() for share in cases if share[1] < 1000])
def test_the_intervals_in_the_comments(share):
    """Clopper and Pearson's limits are where one tail of the binomial distribution is 2.5%."""
    count, base = share
    low, high = interval(count, base, 0.95, "clopper_pearson")
    assert low == 0 if count == 0 else 1 - tail(count - 1, base, low) == pytest.approx(0.025)
    assert high == 1 if count == base else tail(count, base, high) == pytest.approx(0.025)


def flags_by_definition(count, base):
    low, high = interval(count, base, 0.95, "clopper_pearson")
    width, share = high - low, count / base
    flags = ["few"] if base < 30 else []
    flags += ["wide"] if width >= 0.30 else []
    if 0.05 < width < 0.30:
        flags += ["relative"] if 0 < share < width / 1.3 else []
        flags += ["complement"] if 0 < 1 - share < width / 1.3 else []
    flags += ["review"] if count in (0, base) else []
    return "|".join(flags + (["small"] if count in (1, 2, 3, 4) else []))


@given(st.integers(1, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_reliability_by_definition(share):
    assert reliability(*share) == flags_by_definition(*share)


@given(st.integers(5, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_the_rest_is_as_weak_as_the_share(share):
    count, base = share
    mirror = {"relative": "complement", "complement": "relative"}
    there, back = (set(reliability(x, base).split("|")) - {"small", ""} for x in (count, base - count))
    assert {mirror.get(flag, flag) for flag in there} == back


def test_flags_do_not_depend_on_the_interval_shown(osaka):
    wilson, wald = (add_shares(osaka.table("q7_content"), method=method)["flag"] for method in ("wilson", "wald"))
    assert wilson.tolist() == wald.tolist() == ["wide"] * 4 + ["relative|small"] * 2


def test_flags_of_the_columns_of_a_table_are_words(osaka):
    table = add_shares(osaka.table("q9_author"))
    assert table["flag"].tolist() == ["few|wide", "few|wide|small", "few|wide"]
    assert isinstance(reliability(np.int64(3), np.int64(30)), str)
