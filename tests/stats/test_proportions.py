"""Intervals against published worked examples, properties that any interval of a share must have, and weak shares."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from math import comb
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats import proportions
from helpers.stats.proportions import add_shares, difference, half_up, interval, reliability, simultaneous, without

TINY = 1e-9
CONFIDENCES = st.floats(0.5, 0.999)


@st.composite
def shares(draw, least=0):
    """A count and its base; `least` keeps the count away from both ends."""
    base = draw(st.integers(max(1, 2 * least), 2000))
    return draw(st.integers(least, base - least)), base


# --- one share -------------------------------------------------------------------------------------------------------

# Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17:857-872, Table I.
NEWCOMBE_SINGLE = {
    "wilson": {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0000, 0.1611),
        (1, 29): (0.0061, 0.1718),
    },
    "wald": {(81, 263): (0.2522, 0.3638), (15, 148): (0.0527, 0.1500), (0, 20): (0.0, 0.0), (1, 29): (0.0, 0.1009)},
    "clopper_pearson": {
        (81, 263): (0.2527, 0.3676),
        (15, 148): (0.0578, 0.1617),
        (0, 20): (0.0000, 0.1684),
        (1, 29): (0.0009, 0.1776),
    },
}


@pytest.mark.parametrize(
    ("method", "share", "limits"),
    [(method, share, limits) for method, cases in NEWCOMBE_SINGLE.items() for share, limits in cases.items()],
)
def test_newcombes_examples_of_one_share(method, share, limits):
    assert interval(*share, method=method) == pytest.approx(limits, abs=5e-5)


@given(shares(), CONFIDENCES)
def test_wilson_is_its_closed_formula(share, confidence):
    count, base = share
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    centre = count + z**2 / 2
    spread = z * (count * (base - count) / base + z**2 / 4) ** 0.5
    expected = ((centre - spread) / (base + z**2), (centre + spread) / (base + z**2))
    assert interval(count, base, confidence) == pytest.approx(expected, abs=TINY)


@pytest.mark.parametrize("method", ["wilson", "agresti_coull", "clopper_pearson", "wald"])
@given(share=shares(), confidence=CONFIDENCES)
def test_interval_holds_the_share_and_stays_between_0_and_1(method, share, confidence):
    low, high = interval(*share, confidence, method)
    assert 0 <= low <= share[0] / share[1] + TINY
    assert share[0] / share[1] - TINY <= high <= 1


@given(shares(least=1), CONFIDENCES)
def test_jeffreys_holds_a_share_that_is_not_0_or_1(share, confidence):
    low, high = interval(*share, confidence, "jeffreys")
    assert 0 <= low <= share[0] / share[1] <= high <= 1


@given(shares(), st.integers(2, 50))
def test_interval_narrows_with_the_base(share, times):
    low, high = interval(*share)
    nearer_low, nearer_high = interval(share[0] * times, share[1] * times)
    assert nearer_high - nearer_low < high - low


@pytest.mark.parametrize("method", ["wilson", "agresti_coull", "clopper_pearson", "jeffreys"])
@given(share=shares(least=1), confidence=st.floats(0.5, 0.95))
def test_interval_widens_with_the_confidence(method, share, confidence):
    low, high = interval(*share, confidence, method)
    wider_low, wider_high = interval(*share, confidence + 0.04, method)
    assert wider_low < low or wider_low == low == 0
    assert high < wider_high or wider_high == high == 1


@pytest.mark.parametrize("method", proportions.INTERVALS)
@given(share=shares(), confidence=CONFIDENCES)
def test_interval_of_the_complement_is_the_mirror_image(method, share, confidence):
    count, base = share
    low, high = interval(count, base, confidence, method)
    mirrored_low, mirrored_high = interval(base - count, base, confidence, method)
    assert (low, high) == pytest.approx((1 - mirrored_high, 1 - mirrored_low), abs=1e-7)


def test_unknown_method_names_the_known_ones(osaka):
    known = "wilson, agresti_coull, clopper_pearson, jeffreys, wald"
    with pytest.raises(ValueError, match=f"^interval: found 'exact'; expected one of {known}$"):
        interval(1, 2, method="exact")
    with pytest.raises(ValueError, match="found 'exact'"):
        add_shares(osaka.table("q4"), method="exact")


# --- a whole distribution --------------------------------------------------------------------------------------------


def goodman(counts, confidence):
    """Goodman (1965), Technometrics 7:247-254, formula 2.5 with A at the level 1 - alpha/k."""
    total, k = sum(counts), len(counts)
    a = NormalDist().inv_cdf(1 - (1 - confidence) / (2 * k)) ** 2
    root = [(a * (a + 4 * n * (total - n) / total)) ** 0.5 for n in counts]
    ends = [(a + 2 * n - r, a + 2 * n + r) for n, r in zip(counts, root, strict=True)]
    return [(low / (2 * (total + a)), high / (2 * (total + a))) for low, high in ends]


@given(st.lists(st.integers(0, 300), min_size=2, max_size=10).filter(any), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_simultaneous_is_goodmans_closed_formula(counts, confidence):
    np.testing.assert_allclose(simultaneous(counts, confidence), goodman(counts, confidence), atol=TINY)


def test_goodman_is_wider_than_wilson(osaka):
    table = osaka.table("q1_suppliers")
    single, joint = add_shares(table), add_shares(table, method="goodman")
    assert (joint["low"] < single["low"]).all()
    assert (joint["high"] > single["high"]).all()


@pytest.mark.parametrize("question", ["q4", "q6", "q7_damage", "q10"])
def test_goodman_refuses_answers_that_do_not_exclude_each_other(osaka, question):
    with pytest.raises(ValueError, match="need answers that exclude each other and add up to the base"):
        add_shares(osaka.table(question), method="goodman")


def test_goodman_refuses_part_of_a_distribution(osaka):
    with pytest.raises(ValueError, match="add up to the base"):
        add_shares(osaka.table("q3").head(3), method="goodman")


# --- tables ----------------------------------------------------------------------------------------------------------


def test_add_shares_fills_every_row(osaka):
    table = add_shares(osaka.table("q2_linked"), confidence=0.9)
    assert list(table.columns) == proportions.COLUMNS
    assert table["share"].tolist() == [64 / 118, 45 / 118, 9 / 118]
    for row in table.itertuples():
        assert (row.low, row.high) == interval(row.count, row.base, 0.9)


def test_add_shares_leaves_its_argument_alone(osaka):
    table = osaka.table("q3")
    before = table.copy()
    add_shares(table)
    assert table.equals(before)


def test_without_no_answers(osaka):
    table = without(osaka.table("q2_suppliers"))
    assert table["option"].tolist() == ["aware", "unaware"]
    assert table["count"].tolist() == [34, 78]
    assert table["base"].tolist() == [112, 112]
    assert add_shares(table)["share"].sum() == pytest.approx(1)


def test_without_further_roles(osaka):
    table = without(osaka.table("q1_customers"), roles=("no_answer", "undisclosed"))
    assert "undisclosed" not in table["option"].values
    assert table["base"].unique().tolist() == [118 - 22 - 5]
    assert without(osaka.table("q1_customers"), roles=()).equals(osaka.table("q1_customers"))


# --- differences -----------------------------------------------------------------------------------------------------

# Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine
# 17:873-890, Table II, method 10.
NEWCOMBE_DIFFERENCE = {
    ((56, 70), (48, 80)): (0.0524, 0.3339),
    ((9, 10), (3, 10)): (0.1705, 0.8090),
    ((6, 7), (2, 7)): (0.0582, 0.8062),
    ((5, 56), (0, 29)): (-0.0381, 0.1926),
    ((0, 10), (0, 20)): (-0.1611, 0.2775),
    ((0, 10), (0, 10)): (-0.2775, 0.2775),
    ((10, 10), (0, 20)): (0.6791, 1.0000),
    ((10, 10), (0, 10)): (0.6075, 1.0000),
}


@pytest.mark.parametrize(("pair", "limits"), NEWCOMBE_DIFFERENCE.items())
def test_newcombes_examples_of_a_difference(pair, limits):
    found = difference(*pair)
    assert found.value == pytest.approx(pair[0][0] / pair[0][1] - pair[1][0] / pair[1][1])
    assert (found.low, found.high) == pytest.approx(limits, abs=5e-5)


@given(shares(), shares(), st.floats(0.5, 0.99))
def test_difference_is_built_from_two_wilson_intervals(first, second, confidence):
    found = difference(first, second, confidence)
    p, q = first[0] / first[1], second[0] / second[1]
    (low_p, high_p), (low_q, high_q) = interval(*first, confidence), interval(*second, confidence)
    assert found.low == pytest.approx(p - q - np.hypot(p - low_p, high_q - q), abs=1e-7)
    assert found.high == pytest.approx(p - q + np.hypot(high_p - p, q - low_q), abs=1e-7)
    assert -1 - TINY <= found.low <= found.value + TINY
    assert found.value - TINY <= found.high <= 1 + TINY


@given(shares(), shares())
def test_difference_changes_sign_with_the_order(first, second):
    there, back = difference(first, second), difference(second, first)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-7)


# --- who was asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "size", "each"),
    [
        *((None, None, 1), ("self_selected", 235, 1), ("random", None, 1), ("census", 118, 1)),
        *(("random", 235, 2), ("random", 1_000_118, 1_000_117 / 1_000_000)),  # (N - 1) / (N - 118)
    ],
)
def test_what_a_respondent_of_a_random_sample_is_worth(osaka, sample, size, each):
    said = {name: value for name, value in (("sample", sample), ("population_size", size)) if value}
    assert proportions.worth(replace(osaka, about=osaka.about | said)) == pytest.approx(each)


def test_the_correction_is_cochrans():
    # 40 of 100 drawn from 500: variance 0.4 * 0.6 / 100 * (500 - 100) / (500 - 1) = 0.00192385, error 0.0438617;
    # Wald's interval 0.4 -+ 1.959964 * 0.0438617 = 0.4 -+ 0.0859673
    low, high = interval(40, 100, method="wald", each=499 / 400)
    assert (low, high) == pytest.approx((0.3140327, 0.4859673), abs=1e-7)
    assert high - low < np.subtract(*interval(40, 100, method="wald")[::-1])


@pytest.mark.parametrize("method", proportions.INTERVALS)
def test_where_nearly_all_answered_intervals_are_narrow(osaka, method):
    nearly = replace(osaka, about=osaka.about | {"sample": "random", "population_size": 119})
    low, high = interval(59, 118, method=method, each=proportions.worth(nearly))
    assert 0 < high - low < 0.02
    everyone = replace(osaka, about=osaka.about | {"sample": "random", "population_size": 118})
    low, high = interval(59, 118, method=method, each=proportions.worth(everyone))
    assert high - low == pytest.approx(0, abs=1e-4)


def test_a_difference_of_corrected_shares():
    doubled = difference((40, 200), (60, 180), 0.9)
    assert difference((20, 100), (30, 90), 0.9, each=2) == doubled


def test_shares_of_everyone_are_facts(osaka):
    table = add_shares(osaka.table("q4"))
    found = proportions.of_everyone(table)
    assert found[["low", "high", "level"]].isna().all(axis=None)
    assert set(found["flag"]) == set(found["method"]) == {""}
    assert found[["count", "base", "share"]].equals(table[["count", "base", "share"]])
    assert list(found) == proportions.COLUMNS


# --- rounding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "base", "percent"),
    [
        *[(1, 200, 1), (3, 200, 2), (5, 200, 3), (1, 8, 13), (3, 8, 38), (5, 8, 63), (7, 8, 88), (1, 40, 3)],
        *[(0, 118, 0), (118, 118, 100), (59, 118, 50), (199, 200, 100), (99, 20000, 0), (100, 20000, 1)],
    ],
)
def test_half_up_at_exact_halves_and_ends(count, base, percent):
    assert half_up(count, base) == percent


@given(shares())
def test_half_up_is_decimal_rounding(share):
    exact = Decimal(100 * share[0]) / Decimal(share[1])
    assert half_up(*share) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


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
