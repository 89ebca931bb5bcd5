"""Weighted shares and tests against R's package survey (tests/reference/weights.R)."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats import proportions, weights
from helpers.stats import tests_of_counts as chisquare

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


def test_a_weighted_table_adds_up(answers):
    options = ["low", "middle", "high"]
    table = pd.DataFrame({"option": options, "label": options, "count": 0, "base": 0, "role": "answer"})
    found = weights.weighted_table(table, answers["first"], answers["weight"])
    known = answers.dropna(subset=["first"])
    assert found["share"].sum() == pytest.approx(1)
    assert found["count"].sum() == pytest.approx(known["weight"].sum())
    assert found["base"].to_numpy() == pytest.approx(known["weight"].sum())
    assert list(found["answered"]) == [int((known["first"] == o).sum()) for o in options]
    assert set(found["n"]) == {len(known)}
    frame = answers[["now.a", "now.b"]].rename(columns={"now.a": "a", "now.b": "b"}).astype("boolean")
    items = weights.weighted_table(table.head(2).assign(option=["a", "b"]), frame, answers["weight"], method="logit")
    assert items.loc[0, "share"] == pytest.approx(R["shares"]["now.a"]["value"])
    assert items.loc[0, "low"] == pytest.approx(R["shares"]["now.a"]["logit"][0])


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
        weights.interval(weights.Share(0.5, 0.1, 9, 8.0), method="exact")


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
