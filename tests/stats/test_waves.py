"""Waves of a survey: who returned and changed, against plain pandas and scipy; shares from wave to wave."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from helpers import survey as surveys
from helpers.stats import proportions, waves


@pytest.fixture(scope="module")
def pair():
    return surveys.load("example-2026"), surveys.load("example-2025")


def joined(pair, question, option):
    """The answers of those who returned, now and then, as two columns of booleans, by pandas alone."""
    now, then = (wave.responses.set_index("respondent") for wave in pair)
    kind = pair[0].question(question)["kind"]
    columns = [wave[question] == option if kind == "single" else wave[f"{question}={option}"] for wave in (now, then)]
    if kind == "single":
        silent = [wave[question].isna() | (wave[question].astype(object) == "no_answer") for wave in (now, then)]
        columns = [c.astype("boolean").mask(s) for c, s in zip(columns, silent, strict=True)]
    return pd.concat(columns, axis=1, join="inner", keys=["now", "then"]).dropna().astype(bool)


def test_who_returned_is_known_by_ids_and_by_nothing_else(pair):
    now, then = pair
    assert waves.returning(now, then) == 50  # tests/examples.py: BOTH
    numbered = now.responses.assign(respondent=[str(i) for i in range(1, len(now.responses) + 1)])
    without = replace(now)
    without.__dict__["responses"] = numbered
    assert waves.returning(without, then) is None
    assert waves.returning(now, surveys.load("osaka-2019")) is None


@pytest.fixture(scope="module")
def large(pair):
    """Both waves six times over: enough that much may be told."""
    grown = []
    for wave in pair:
        parts = [wave.responses.assign(respondent=wave.responses["respondent"].astype(str) + f"-{i}") for i in range(6)]
        grown.append(replace(wave))
        grown[-1].__dict__["responses"] = pd.concat(parts, ignore_index=True)
    return grown


def test_changes_are_those_of_the_same_respondents(large):
    pair, table = large, waves.changes(*large)
    told = table.dropna(subset="p")
    assert 15 <= len(told) < len(table)
    for row in told.to_dict("records"):
        both = joined(pair, row["question"], row["option"])
        assert row["n"] == len(both)
        assert (row["share"], row["share_baseline"]) == pytest.approx(tuple(both.mean()))
        b, c = int((both["now"] & ~both["then"]).sum()), int((~both["now"] & both["then"]).sum())
        assert row["p"] == pytest.approx(scipy_stats.binomtest(b, b + c).pvalue)
        assert min(b, c) >= 5
        assert row["low"] < row["difference"] < row["high"]
    assert (told["p_adjusted"] >= told["p"]).all()


def test_nothing_thin_is_told(pair):
    table = waves.changes(*pair)
    for row in table[table["p"].isna()].to_dict("records"):
        assert np.isnan([row["n"], row["share"], row["difference"], row["low"], row["p_adjusted"]]).all()
    for _, rows in table.groupby("question"):
        if pair[0].question(rows["question"].iloc[0])["kind"] == "single":
            assert rows["p"].isna().nunique() == 1  # all or nothing: the last one follows from the others


def test_earlier_waves_follow_from_baseline_to_baseline(pair):
    now, then = pair
    assert [wave.name for wave in waves.earlier(now)] == ["example-2025"]
    assert waves.earlier(then) == []
    circle = replace(now, about={**now.about, "baseline": "example-2026"})
    assert waves.earlier(circle) == []


def test_a_trend_has_each_wave_s_own_shares(pair):
    now, then = pair
    table = waves.trend([then, now])
    assert set(table["wave"]) == {1, 2}
    row = table[(table["wave"] == 2) & (table["question"] == "training_now") & (table["option"] == "online")].iloc[0]
    assert row["share"] == now.count("training_now", "online") / now.respondents
    interval = proportions.interval(int(row["count"]), int(row["base"]))
    assert (row["low"], row["high"]) == pytest.approx(interval)
    assert "fax_orders" not in set(table["question"])  # the later wave did not ask it
