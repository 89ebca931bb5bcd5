"""Weighted shares and tests against R's package survey (tests/reference/weights.R)."""

import json
import shutil
import subprocess
from pathlib import Path

import codebooks
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import WLS

from helpers.stats import proportions, weights
from helpers.stats import tests_of_counts as chisquare
from helpers.survey import load

FOLDER = Path(__file__).parents[1] / "reference"
R = json.loads((FOLDER / "weights.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers():
    return pd.read_csv(FOLDER / "answers.csv")


@pytest.mark.parametrize("name", list(R["shares"]))
def test_shares_agree_with_svymean_and_svyciprop(answers, name):
    found, expected = weights.share(answers[name].astype("boolean"), answers["weight"]), R["shares"][name]
    for field in ("value", "error", "n", "n_effective"):
        assert getattr(found, field) == pytest.approx(expected[field], rel=1e-10)
    for method in weights.METHODS:
        assert weights.interval(found, 0.95, method) == pytest.approx(expected[method], abs=1e-9)
        assert weights.interval(found, 0.90, method) == pytest.approx(expected[f"{method}_90"], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("group_first", "group", "first"), ("first_second", "first", "second"), ("group_a", "group", "now.a")],
)
def test_rao_scott_agrees_with_svychisq(answers, name, first, second):
    found = weights.rao_scott(answers[first], answers[second], answers["weight"])
    for field, value in R["tests"][name].items():
        assert getattr(found, field) == pytest.approx(value, rel=1e-8), field


def test_kish(answers):
    assert weights.effective_size(answers["weight"]) == pytest.approx(R["kish"], rel=1e-12)
    assert weights.effective_size([1, 1, 1, 1]) == 4
    assert weights.effective_size([3, 1]) == 1.6  # (3 + 1)^2 / (9 + 1)


@given(st.integers(1, 49), st.integers(50, 60), st.floats(0.1, 10))
def test_equal_weights_are_no_weights(count, base, weight):
    """Up to n / (n - 1), by which the design's variance exceeds the binomial one, all is as without weights."""
    said = pd.Series([True] * count + [False] * (base - count), dtype="boolean")
    found = weights.share(said, np.full(base, weight))
    assert found.value == pytest.approx(count / base)
    assert found.n_effective == pytest.approx(base - 1)
    expected = proportions.interval(count / base * (base - 1), base - 1)
    assert weights.interval(found) == pytest.approx(expected)


# --- two answers of the same respondents ------------------------------------------------------------------------------


def test_the_paired_difference_is_that_of_a_weighted_mean_with_hc1(answers):
    """statsmodels: the differences on a constant, weighted, with White's variance times n / (n - 1) and Student's t."""
    first, second = (answers[name].astype("boolean").fillna(False) for name in ("now.a", "now.b"))
    d = first.astype(float) - second.astype(float)
    fitted = WLS(d, np.ones(len(d)), weights=answers["weight"]).fit(cov_type="HC1", use_t=True)
    found = weights.paired_difference(first, second, answers["weight"], 0.9)
    assert (found.difference.value, found.error) == pytest.approx((fitted.params.iloc[0], fitted.bse.iloc[0]))
    assert (found.statistic, found.p) == pytest.approx((fitted.tvalues.iloc[0], fitted.pvalues.iloc[0]))
    assert (found.difference.low, found.difference.high) == pytest.approx(fitted.conf_int(0.1).iloc[0])
    assert (found.df, found.n) == (len(d) - 1, len(d))
    assert found.shares == pytest.approx([np.average(ticks, weights=answers["weight"]) for ticks in (first, second)])


def test_who_left_one_out_stays_in_the_design(answers):
    """By hand: the variance of a mean of a part of the sample, in which the others are 0 (Lumley 2004, domains)."""
    first = answers["now.a"].astype("boolean").fillna(False).mask(answers.index % 5 == 0)
    second, own = answers["now.b"].astype("boolean").fillna(False), answers["weight"]
    found = weights.paired_difference(first, second, own)
    known = first.notna().to_numpy()
    d = (first.fillna(False).astype(float) - second.astype(float)).to_numpy()
    mean = np.average(d[known], weights=own[known])
    influence = np.where(known, own * (d - mean) / own[known].sum(), 0)
    n = len(own)
    assert found.difference.value == pytest.approx(mean)
    assert found.error == pytest.approx(np.sqrt(n * influence.var(ddof=1)))
    assert (found.n, found.df) == (known.sum(), n - 1)


def test_a_difference_without_spread():
    alike = pd.Series([True, False, True], dtype="boolean")
    found = weights.paired_difference(alike, alike, [1, 2, 3])
    assert (found.difference.value, found.error, found.statistic, found.p) == (0, 0, 0, 1)
    yes, no = (pd.Series([answer] * 3, dtype="boolean") for answer in (True, False))
    found = weights.paired_difference(yes, no, [1, 2, 3])
    assert (found.difference.value, found.difference.high) == (1, 1)
    assert found.p == pytest.approx(0.25)  # three of three moved the same way: 2 / 2 ** 3


def test_equal_weights_give_pearsons_statistic(answers):
    known = answers.dropna(subset=["first", "second"])
    found = weights.rao_scott(known["first"], known["second"], np.full(len(known), 2.5))
    table = pd.crosstab(known["first"], known["second"]).to_numpy()
    assert found.statistic == pytest.approx(chisquare.independence(table)[0])


@pytest.mark.parametrize("method", weights.METHODS)
def test_a_share_of_nothing_and_of_all_has_an_interval(method):
    for said in (False, True):
        found = weights.share(pd.Series([said] * 9, dtype="boolean"), np.arange(1.0, 10.0))
        low, high = weights.interval(found, 0.95, method)
        assert (low == 0, high == 1) == (not said, said)
        assert 0.2 < high - low < 0.7


# --- samples drawn in strata and clusters, against tests/reference/design.R ------------------------------------------

DESIGN = json.loads((FOLDER / "design.json").read_text(encoding="utf-8"))


def drawn(answers, name):
    order = np.arange(len(answers))
    stratum, cluster = (order + 1) % 3, order // 4
    return {
        "strata": weights.design(answers["weight"], stratum),
        "clusters": weights.design(answers["weight"], cluster=cluster),
        "both": weights.design(answers["weight"], stratum, cluster),
        "population": weights.design(answers["weight"], population=1000),
        "strata_population": weights.design(answers["weight"], stratum, population=1000),
    }[name]


@pytest.mark.parametrize("name", [name for name in DESIGN if name not in ("made_by", "two_samples")])
def test_shares_and_tests_of_a_design_agree_with_r(answers, name):
    made, expected = drawn(answers, name), DESIGN[name]
    assert made.df() == expected["degrees"]
    for column, r in expected["shares"].items():
        found = weights.share(answers[column].astype("boolean"), made)
        assert (found.value, found.error) == pytest.approx((r["value"], r["error"]), rel=1e-9)
        assert weights.interval(found, 0.95, "logit") == pytest.approx(r["logit"], abs=1e-9)
    found = weights.rao_scott(answers["now.b"], answers["second"], made)
    for field, value in expected["chisq"].items():
        assert getattr(found, field) == pytest.approx(value, rel=1e-8), field
    first, second = (
        answers[c].where(answers[c].isna(), answers[c] == "high").astype("boolean") for c in ("first", "second")
    )
    apart = weights.paired_difference(first, second, made)
    assert (apart.difference.value, apart.error) == pytest.approx(tuple(expected["difference"].values()), rel=1e-9)


def test_a_survey_with_strata_or_clusters_is_analysed_by_its_design(tmp_path):
    folder = codebooks.write(tmp_path / "drawn", codebooks.totals_only(), raw=True)
    answers = pd.read_parquet(folder / "responses.parquet")
    assert weights.of(load(folder)) is None
    answers.assign(cluster=[str(i // 6) for i in range(60)]).to_parquet(folder / "responses.parquet")
    design = weights.of(load(folder))
    assert (design.df(), set(design.weights)) == (9, {1.0})  # ten clusters, less one; each answer counts once


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
def test_bad_weights_are_an_error(bad):
    with pytest.raises(ValueError, match="number above 0"):
        weights.effective_size([1, bad])


def test_too_few_are_an_error():
    with pytest.raises(ValueError, match="two or more"):
        weights.share(pd.Series([True, None], dtype="boolean"), [1, 1])
    with pytest.raises(ValueError, match="expected two or more to each question"):
        weights.rao_scott(pd.Series(["a", "a"]), pd.Series(["x", "y"]), [1, 1])
    with pytest.raises(ValueError, match="expected one of"):
        weights.interval(weights.Share(0.5, 0.1, 9, 8.0, 8), method="exact")


def test_r_script_gives_the_committed_values(tmp_path):
    if (
        not shutil.which("Rscript")
        or subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True).returncode
    ):
        pytest.skip("R or its package survey is not installed")
    subprocess.run(["Rscript", str(FOLDER / "weights.R"), str(tmp_path / "weights.json")], check=True)
    assert json.loads((tmp_path / "weights.json").read_text(encoding="utf-8"))["shares"] == R["shares"]


def test_one_respondent_has_a_share():
    table = pd.DataFrame({"option": ["a", "b"], "label": "", "count": [1, 0], "base": 1, "role": "answer"})
    found = weights.add_shares(table, pd.Series(["a", None, None]), [2.0, 1.0, 1.0])
    assert list(found["share"]) == [1, 0]
    assert (found["high"] - found["low"]).min() > 0.7
