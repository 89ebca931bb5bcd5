"""Means of scores and quantiles of numbers: by hand, against R's package survey, and against the orders of a textbook."""

import json
from pathlib import Path

import codebooks
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.stats import numbers as scoring
from helpers.stats import weights
from helpers.survey import load

FOLDER = Path(__file__).parents[1] / "reference"
DESIGN = json.loads((FOLDER / "design.json").read_text(encoding="utf-8"))


def with_scores(folder, values=("2", "1", "-1", "-2", ""), **how):
    codebooks.write(folder, codebooks.totals_only(), **how)
    options = pd.read_csv(folder / "options.csv", dtype=str, keep_default_na=False)
    given = dict(zip(options.index[options["options"] == "scale"], values, strict=True))
    options.assign(score=[given.get(row, "") for row in options.index]).to_csv(folder / "options.csv", index=False)
    return folder


def about(folder, **entries):
    path = folder / "survey.toml"
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in entries.items())
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")


def test_a_score_is_the_mean_of_the_answers_given_with_students_interval(tmp_path):
    survey = load(with_scores(tmp_path / "s"))
    counts = survey.counts("like_maths")["like_maths"]
    own = np.repeat([2, 1, -1, -2], counts[["o1", "o2", "o3", "o4"]])  # those without an answer have no score
    found = scoring.scores(survey, "like_maths", "club").iloc[0]
    assert len(scoring.scores(survey, "club", "spare_week")) == 0
    assert found["base"] == len(own)
    expected = stats.ttest_1samp(own, 0).confidence_interval(0.95)
    assert (found["score"], found["low"], found["high"]) == pytest.approx((own.mean(), expected.low, expected.high))


def test_an_index_is_the_share_better_minus_the_share_worse(tmp_path):
    survey = load(with_scores(tmp_path / "s", ("1", "1", "0", "-1", "")))
    counts = survey.counts("like_music")["like_music"]
    found = scoring.scores(survey, "like_music").iloc[0]
    assert found["balance"] == pytest.approx(
        (counts["o1"] + counts["o2"] - counts["o4"]) / counts.drop("no_answer").sum()
    )


def test_what_a_part_of_the_population_or_all_of_it_answers(tmp_path):
    folder = with_scores(tmp_path / "s")
    plain = scoring.scores(load(folder), "like_maths").iloc[0]
    about(folder, sample="random", population_size=120)
    part = scoring.scores(load(folder), "like_maths").iloc[0]
    # half of 120 answered: (N - n) / (N - 1) = 60 / 119 of the variance is left
    assert (part["high"] - part["low"]) == pytest.approx((plain["high"] - plain["low"]) * np.sqrt(60 / 119))
    census = with_scores(tmp_path / "c")
    about(census, sample="census")
    assert scoring.scores(load(census), "like_maths")[["low", "high", "level"]].isna().all(axis=None)


@pytest.mark.parametrize("name", [name for name in DESIGN if name not in ("made_by", "two_samples")])
def test_a_weighted_mean_agrees_with_svymean(name):
    answers = pd.read_csv(FOLDER / "answers.csv")
    order = np.arange(len(answers))
    how = {
        "strata": {"stratum": (order + 1) % 3},
        "clusters": {"cluster": order // 4},
        "both": {"stratum": (order + 1) % 3, "cluster": order // 4},
        "population": {"population": 1000},
        "strata_population": {"stratum": (order + 1) % 3, "population": 1000},
    }[name]
    points = answers["first"].map({"low": 1, "middle": 2, "high": 3}).to_numpy(float)
    value, variance, _ = scoring._mean(points, weights.design(answers["weight"], **how))
    assert (value, np.sqrt(variance)) == pytest.approx(tuple(DESIGN[name]["score"].values()), rel=1e-9)


# --- numbers ---------------------------------------------------------------------------------------------------------


def with_numbers(folder, numbers, weighted=False):
    codebooks.write(folder, codebooks.single_only(), n=len(numbers), raw=True, weights=weighted)
    row = {"question": "hours", "topic": "one", "kind": "number", "unit": "respondents", "text_en": "Hours?"}
    row |= {"text_ja": "時間", "short_en": "Hours", "short_ja": "時間", "base": str(int(np.isfinite(numbers).sum()))}
    questions = pd.read_csv(folder / "questions.csv", dtype=str, keep_default_na=False)
    pd.concat([questions, pd.DataFrame([row])]).fillna("").to_csv(folder / "questions.csv", index=False)
    answers = pd.read_parquet(folder / "responses.parquet")
    answers.assign(hours=np.asarray(numbers, float)).to_parquet(folder / "responses.parquet")
    return load(folder)


def test_the_interval_of_a_median_is_between_the_orders_of_a_textbook(tmp_path):
    """Of 100 numbers the 40th and the 61st hold the median with 95% (Conover 1999, table of the binomial distribution)."""
    numbers = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    found = scoring.quantiles(with_numbers(tmp_path / "s", numbers), "hours").set_index("quantile")
    assert found.loc[0.5, ["number", "low", "high"]].tolist() == [50.5, 40, 61]
    assert found.loc[0.25, "number"] == np.quantile(numbers, 0.25)


def test_few_numbers_have_no_quartiles_and_fewer_no_median(tmp_path):
    for n, expected in ((19, [0.5]), (20, [0.25, 0.5, 0.75]), (9, []), (10, [0.5])):
        survey = with_numbers(tmp_path / f"s{n}", [*range(n), np.nan])
        assert scoring.quantiles(survey, "hours")["quantile"].tolist() == expected
        assert scoring.quantiles(survey, "hours")["base"].isin([n]).all()


def test_weighted_quantiles_reach_their_share_of_the_weights(tmp_path):
    survey = with_numbers(tmp_path / "s", np.random.default_rng(2).normal(50, 10, 400).round(1), weighted=True)
    own, numbers = survey.weights, survey.responses["hours"].to_numpy()
    for row in scoring.quantiles(survey, "hours").itertuples():
        assert own[numbers < row.number].sum() < row.quantile * own.sum() <= own[numbers <= row.number].sum()
        assert row.low < row.number < row.high


@pytest.mark.parametrize("seed", range(6))
def test_every_class_has_enough_and_the_ends_are_not_told(tmp_path, seed):
    rng = np.random.default_rng(seed)
    draw = [
        rng.poisson(3, 40),
        rng.lognormal(8, 2, 300),
        rng.normal(0, 1, 25),
        np.zeros(30),
        rng.integers(0, 2, 50),
        [7] * 9,
    ]
    numbers = np.array(draw[seed], float)
    found = scoring.classes(with_numbers(tmp_path / "s", numbers), "hours")
    assert (found["count"] >= scoring.FEWEST).all()
    if len(found):
        assert found["count"].sum() == len(numbers)
        assert found[["start", "end"]].isna().sum().tolist() == [1, 1]
        inside = [(numbers >= r.start) & (numbers < r.end) for r in found.iloc[1:-1].itertuples()]
        assert [int(mask.sum()) for mask in inside] == found["count"].iloc[1:-1].tolist()
    assert len(found) <= 13
