"""The tests on joint answers: against R (tests/reference/joint.R), published examples, statsmodels and brute force."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable

from helpers.stats import joint, tests_of_counts

FOLDER = Path(__file__).parents[1] / "reference"
R = json.loads((FOLDER / "joint.json").read_text(encoding="utf-8"))
ITEMS = ["a", "b", "c", "d"]


def items(answers, question):
    mark = f"{question}="
    names = [name for name in answers if name.startswith(mark)]
    return answers[names].rename(columns=lambda name: name[len(mark) :])


# --- two answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ITEMS)
def test_mcnemar_and_newcombe_agree_with_r(answers, item):
    found, expected = joint.mcnemar(answers[f"now={item}"], answers[f"wanted={item}"]), R["paired"][item]
    for name in ("both", "b", "c", "neither", "p", "statistic", "p_asymptotic", "odds_ratio"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=1e-12)
    difference = joint.paired_difference(found.both, found.b, found.c, found.neither)
    assert difference.value == pytest.approx(expected["difference"], rel=1e-12)
    assert (difference.low, difference.high) == pytest.approx((expected["low"], expected["high"]), rel=1e-9)


def test_newcombe_gives_the_published_interval():
    """Airway hyper-responsiveness before and after transplantation, 1, 1, 7, 12: Fagerland, Lydersen and Laake (2014)."""
    found = joint.paired_difference(1, 1, 7, 12)
    assert (round(found.low, 3), round(found.high, 3)) == (-0.507, -0.026)


@given(st.tuples(*[st.integers(0, 30)] * 4).filter(any), st.sampled_from([0.8, 0.95, 0.99]))
def test_paired_difference_is_antisymmetric_and_within_bounds(cells, confidence):
    both, b, c, neither = cells
    one = joint.paired_difference(both, b, c, neither, confidence)
    other = joint.paired_difference(both, c, b, neither, confidence)
    turned = joint.paired_difference(neither, c, b, both, confidence)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)
    assert (other.low, other.high) == pytest.approx((turned.low, turned.high), abs=1e-12)  # no for yes turns the sign


def test_nulls_are_left_out():
    first = pd.Series([True, True, None, False, True], dtype="boolean")
    second = pd.Series([True, False, True, None, False], dtype="boolean")
    found = joint.mcnemar(first, second)
    assert (found.both, found.b, found.c, found.neither, found.n) == (1, 2, 0, 0, 3)
    assert found.odds_ratio == np.inf


def test_nobody_who_answered_both_is_an_error():
    with pytest.raises(ValueError, match="no respondent who answered both"):
        joint.paired_difference(0, 0, 0, 0)


# --- more than two answers --------------------------------------------------------------------------------------------


def test_cochran_agrees_with_r(answers):
    found, expected = joint.cochran_q(items(answers, "now")), R["cochran"]
    for name in ("statistic", "df", "p", "n"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=1e-10)


def test_cochran_of_two_columns_is_mcnemars_statistic(answers):
    pair = items(answers, "now")[["a", "b"]]
    assert joint.cochran_q(pair).statistic == pytest.approx(joint.mcnemar(pair["a"], pair["b"]).statistic)


def test_cochran_without_any_difference():
    frame = pd.DataFrame({"x": [True, False], "y": [True, False], "z": [True, False]}, dtype="boolean")
    assert joint.cochran_q(frame) == joint.Test(0.0, 2, 1.0, 2)
    with pytest.raises(ValueError, match="two or more"):
        joint.cochran_q(frame[["x"]])


def test_stuart_maxwell_agrees_with_r_and_statsmodels(answers):
    table = joint.square_table(answers["first"], answers["second"], ["low", "middle", "high"])
    found, expected = joint.stuart_maxwell(table), R["stuart"]
    for name in ("statistic", "df", "p", "n"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=1e-10)
    library = SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell")
    assert found.statistic == pytest.approx(library.statistic, rel=1e-10)


def test_stuart_maxwell_leaves_out_options_that_take_no_part():
    table = np.array([[5, 9, 0], [2, 7, 0], [0, 0, 4]])
    found = joint.stuart_maxwell(table)
    assert (found.df, found.statistic) == (1, pytest.approx(7**2 / 11))  # McNemar's of the first two
    assert joint.stuart_maxwell(np.diag([3, 4, 5])) == joint.Test(0.0, 0, 1.0, 12)


# --- multiple-choice questions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("question", "section"), [("now", "mmi"), ("wanted", "mmi_weak")])
def test_marginal_independence_agrees_with_r(answers, question, section):
    found, expected = joint.marginal_independence(answers["group"], items(answers, question)), R[section]
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-10)
    assert list(found.items) == pytest.approx(expected["items"], rel=1e-10)
    assert list(found.item_p) == pytest.approx(expected["item_p"], rel=1e-10)
    for test, name in ((found.first_order, "first"), (found.second_order, "second")):
        assert (test.statistic, test.p) == pytest.approx((expected[name], expected[f"p_{name}"]), rel=1e-8)
    assert found.second_order.df == pytest.approx(expected["df_second"], rel=1e-8)
    assert found.p_bonferroni == pytest.approx(expected["bonferroni"], rel=1e-10)
    # two simulations of the same p-value, R's of 4000 resamples
    p = expected_p = R[f"{section}_bootstrap"]
    error = np.sqrt(max(p * (1 - p), 0.002) * (1 / joint.RESAMPLES + 1 / 4000))
    assert found.p_bootstrap == pytest.approx(expected_p, abs=4 * error)


def test_pairwise_independence_agrees_with_r(answers):
    found = joint.pairwise_independence(items(answers, "now"), items(answers, "wanted"), resamples=99)
    expected = R["spmi"]
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-10)
    assert list(found.items.ravel()) == pytest.approx(expected["items"], rel=1e-10)
    for test, name in ((found.first_order, "first"), (found.second_order, "second")):
        assert (test.statistic, test.p) == pytest.approx((expected[name], expected[f"p_{name}"]), rel=1e-7)
    assert found.p_bootstrap == 0.01  # nothing of 99 comes near


def test_one_item_is_pearsons_test(answers):
    known = answers[["group", "now=a"]].dropna()
    one = joint.marginal_independence(known["group"], known[["now=a"]], resamples=19)
    table = pd.crosstab(known["group"], known["now=a"].astype(int)).to_numpy()
    assert one.statistic == pytest.approx(tests_of_counts.independence(table)[0])
    assert one.p_bonferroni == pytest.approx(tests_of_counts.independence(table)[2])


def test_the_bootstrap_holds_its_level():
    """Items that hang together but not with the group: of 60 tests at 10%, 0 to 13 reject (binomial, 99.7%)."""
    rng = np.random.default_rng(3)
    rejected = 0
    for _ in range(60):
        lean = rng.normal(size=80)
        ticked = pd.DataFrame(rng.normal(size=(80, 4)) + lean[:, None] > 0.5).astype("boolean")
        rejected += joint.marginal_independence(rng.choice(list("xyz"), 80), ticked, 99).p_bootstrap <= 0.1
    assert 0 < rejected <= 13


def test_marginal_independence_needs_groups_and_items():
    ticked = pd.DataFrame({"a": [True, False, True]}, dtype="boolean")
    with pytest.raises(ValueError, match="found 1 groups"):
        joint.marginal_independence(pd.Series(["x"] * 3), ticked)
    with pytest.raises(ValueError, match="0 items"):
        joint.marginal_independence(pd.Series(["x", "y", "y"]), ticked | True)


def test_marginal_homogeneity_agrees_with_r(answers):
    found, expected = joint.marginal_homogeneity(items(answers, "now"), items(answers, "wanted")), R["homogeneity"]
    assert (found.overall.statistic, found.overall.df) == pytest.approx((expected["statistic"], expected["df"]))
    assert found.overall.p == pytest.approx(expected["p"], rel=1e-9)
    assert list(found.items["p"]) == pytest.approx(expected["item_p"], rel=1e-10)
    assert list(found.items["p_adjusted"]) == pytest.approx(expected["adjusted"], rel=1e-10)
    assert found.p_permutation == 1 / (joint.RESAMPLES + 1)  # R: none of 4000


def test_permutation_p_is_that_of_all_permutations():
    """Six respondents: all 64 ways to swap their sheets, counted."""
    first = pd.DataFrame({"a": [1, 1, 1, 1, 0, 1], "b": [1, 0, 1, 0, 1, 1]}).astype("boolean")
    second = pd.DataFrame({"a": [0, 0, 0, 0, 1, 1], "b": [0, 0, 1, 1, 0, 0]}).astype("boolean")
    moves = first.to_numpy(dtype=int) - second.to_numpy(dtype=int)
    inverse = np.linalg.inv(moves.T @ moves)
    values = [s @ inverse @ s for s in (np.array(signs) @ moves for signs in itertools.product((-1, 1), repeat=6))]
    exact = np.mean([v >= values[-1] - 1e-9 for v in values])
    found = joint.marginal_homogeneity(first, second)
    assert found.p_permutation == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / joint.RESAMPLES))


def test_r_script_gives_the_committed_values(tmp_path):
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    subprocess.run(["Rscript", str(FOLDER / "joint.R"), str(tmp_path / "joint.json")], check=True)
    assert json.loads((tmp_path / "joint.json").read_text(encoding="utf-8")) == R


@pytest.mark.parametrize(("low", "high", "columns"), [(0, 2, 6), (-1, 2, 5), (0, 2, 70), (3, 4, 4)])
def test_patterns_are_the_distinct_rows_and_how_often_they_occur(low, high, columns):
    rows = np.random.default_rng(1).integers(low, high, size=(300, columns))
    found, often = joint._patterns(rows)
    expected, counts = np.unique(rows, axis=0, return_counts=True)
    assert (found == expected).all()
    assert (often == counts).all()
