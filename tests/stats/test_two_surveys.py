"""Two surveys side by side: against themselves, and with questions that do not match."""

import json
from pathlib import Path

import codebooks
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import survey as surveys
from helpers.stats import two_surveys as comparison
from helpers.stats import weights
from helpers.stats.proportions import difference


@pytest.fixture
def other(copy_of_osaka):
    """Osaka's folder with counts moved and options renamed, and without what was printed and claimed."""
    for name in ("published.csv", "claims.csv"):
        (copy_of_osaka.folder / name).unlink()
    copy_of_osaka.edit("counts.csv", "q4,nothing,66", "q4,nothing,46")
    copy_of_osaka.edit("counts.csv", "q3,not_known,74", "q3,not_known,54")
    copy_of_osaka.edit("counts.csv", "q3,done,5", "q3,done,25")
    copy_of_osaka.edit("options.csv", "industry,utilities", "industry,power")
    copy_of_osaka.edit("counts.csv", "industry,utilities", "industry,power")
    copy_of_osaka.edit("counts.csv", "q10,themselves", "q10,everybody")
    copy_of_osaka.edit("options.csv", "small_business,themselves", "small_business,everybody")
    return copy_of_osaka.load()


def test_a_survey_against_itself_differs_nowhere(osaka):
    shared, left_out = comparison.shared_questions(osaka, osaka)
    assert list(shared) == list(osaka.questions.index)
    assert left_out.empty
    table = comparison.compare_surveys(osaka, osaka)
    assert (table["difference"] == 0).all()
    assert (table["low"] <= 0).all()
    assert (table["high"] >= 0).all()
    tests = comparison.survey_tests(table, osaka, osaka)
    assert (tests["p"] == 1).all()
    assert (tests["p_adjusted"] == 1).all()
    assert np.nan_to_num(tests["statistic"]).max() == 0


def test_shared_answers_are_compared_with_newcombes_interval(osaka, other):
    table = comparison.compare_surveys(other, osaka).set_index(["question", "option"])
    row = table.loc[("q4", "nothing")]
    expected = difference((46, 118), (66, 118))
    assert (row["difference"], row["low"], row["high"]) == (expected.value, expected.low, expected.high)
    row = table.loc[("q3", "done")]
    assert (row["count"], row["base"], row["count_baseline"], row["base_baseline"]) == (25, 109, 5, 109)


def test_tests_are_one_per_single_and_one_per_item(osaka, other):
    table = comparison.compare_surveys(other, osaka)
    tests = comparison.survey_tests(table, other, osaka)
    assert (tests["first"] == "q3").sum() == 1
    assert (tests["first"] == "q4").sum() == 10
    nothing = tests[(tests["first"] == "q4") & (tests["options"] == "nothing")].iloc[0]
    # R: chisq.test(matrix(c(46, 72, 66, 52), 2), correct = FALSE)
    assert nothing["statistic"] == pytest.approx(6.7972350230414751)
    assert nothing["p"] == pytest.approx(0.009129915564936553)
    assert (tests["p_adjusted"] >= tests["p"]).all()
    thin = tests[(tests["first"] == "q4") & (tests["options"] == "drill")].iloc[0]
    assert (thin["test"], thin["p"]) == ("fisher", 1)
    assert set(tests.loc[tests["test"] == "fisher_simulated", "first"]) >= {"q3", "employees"}


def test_what_does_not_match_is_left_out_with_a_reason(osaka, other):
    shared, left_out = comparison.shared_questions(other, osaka)
    reasons = {r["question"]: (r["reason"], r["detail"]) for _, r in left_out.iterrows()}
    assert reasons == {"industry": ("options", "power|utilities"), "q10": ("items", "everybody|themselves")}
    assert "industry" not in shared
    assert "themselves" not in shared["q10"]
    assert "government" in shared["q10"]


def test_questions_of_one_survey_only(osaka, copy_of_osaka):
    path = copy_of_osaka.folder
    for name in ("questions.csv", "topics.csv", "counts.csv", "published.csv", "claims.csv"):
        lines = (path / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if "q6" not in line and not line.startswith("obstacles,")]
        (path / name).write_text("".join(kept), encoding="utf-8")
    fewer = copy_of_osaka.load()
    _, left_out = comparison.shared_questions(fewer, osaka)
    assert left_out[["question", "reason"]].values.tolist() == [["q6", "new"]]
    _, left_out = comparison.shared_questions(osaka, fewer)
    assert left_out[["question", "reason"]].values.tolist() == [["q6", "absent"]]


def test_another_kind_is_a_reason(osaka, copy_of_osaka):
    copy_of_osaka.edit("questions.csv", "q9,agreements,single", "q9,agreements,multiple")
    (copy_of_osaka.folder / "claims.csv").unlink()  # claims about a question of another kind are refused
    shared, left_out = comparison.shared_questions(copy_of_osaka.load(), osaka)
    assert "q9" not in shared
    assert ["q9", "kind", "multiple / single"] in left_out.values.tolist()


def test_each_answer_has_the_adjusted_p_of_its_test(osaka, other):
    table = comparison.compare_surveys(other, osaka)
    tests = comparison.survey_tests(table, other, osaka)
    assert set(tests["family"]) == {"baseline"}
    tests = tests.assign(p_adjusted=np.linspace(0, 1, len(tests)))  # so that no two are the same
    found = comparison.with_adjusted(table, tests)
    assert found.drop(columns="adjusted").equals(table)
    p = {(row.first, row.options): row.p_adjusted for row in tests.itertuples()}
    for row in found.itertuples():
        whole = "|".join(table.loc[table["question"] == row.question, "option"])
        single = other.question(row.question)["kind"] == "single"
        assert row.adjusted == p[row.question, whole if single else row.option]
    assert found.loc[found["question"] == "q3", "adjusted"].nunique() == 1
    assert found.loc[found["question"] == "q4", "adjusted"].is_unique


def test_one_question_moved_is_one_question_found(osaka, copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "q3,not_known,74", "q3,not_known,44")
    copy_of_osaka.edit("counts.csv", "q3,done,5", "q3,done,35")
    moved = copy_of_osaka.load()
    table = comparison.compare_surveys(moved, osaka)
    done = table[(table["question"] == "q3") & (table["option"] == "done")].iloc[0]
    assert done["difference"] == difference((35, 109), (5, 109)).value
    found = comparison.with_adjusted(table, comparison.survey_tests(table, moved, osaka))
    assert set(found.loc[found["adjusted"] < 0.05, "question"]) == {"q3"}


# --- with weights ----------------------------------------------------------------------------------------------------

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize("column", ["now.a", "wanted.b", "first_high"])
def test_two_weighted_samples_are_compared_as_r_does(column):
    """svyttest with the sample as a stratum, in tests/reference/design.R."""
    r = json.loads((REFERENCE / "design.json").read_text(encoding="utf-8"))["two_samples"][column]
    answers = pd.read_csv(REFERENCE / "answers.csv")
    answers["first_high"] = (answers["first"] == "high").mask(answers["first"].isna())
    halves = [answers[:100], answers[100:]]
    one, other = (weights.share(half[column].astype("boolean"), half["weight"]) for half in halves)
    apart = comparison.apart(one, other, 0.95)
    assert apart.value == pytest.approx(r["difference"], rel=1e-9)
    assert (apart.high - apart.low) / 2 == pytest.approx(
        stats.t.ppf(0.975, r["df"] + 1) * r["difference"] / r["statistic"]
    )
    both = weights.stacked(*(weights.design(half["weight"]) for half in halves))
    found = weights.rao_scott(pd.Series(np.arange(len(answers)) < 100), answers[column].astype(object), both)
    assert (found.f, found.df, found.p) == pytest.approx((r["f"], r["df1"], r["p_f"]), rel=1e-8)


def test_a_survey_with_weights_is_compared_by_weighted_shares_and_never_by_counts():
    later, earlier = (surveys.load(f"example-{year}") for year in (2026, 2025))
    assert [weights.of(s) is None for s in (later, earlier)] == [True, False]
    for survey, baseline in ((later, earlier), (earlier, later)):
        table, tests = comparison.beside(survey, baseline)
        assert set(tests["test"]) == {"rao_scott"}
        kinds = table["question"].map(survey.questions["kind"])
        assert len(tests) == table.loc[kinds == "single", "question"].nunique() + (kinds == "multiple").sum()
        assert tests["p"].notna().all()
    plain = table["count"] / table["base"]
    assert (table["share"] - plain).abs().max() > 0.02
    assert table["share_baseline"].tolist() == (table["count_baseline"] / table["base_baseline"]).tolist()
    size = table[table["question"] == "size"].set_index("option")["share"]
    worth = earlier.responses.groupby("size")["weight"].sum()
    assert size.to_dict() == pytest.approx((worth / worth.sum()).to_dict())


def test_an_answer_that_nobody_gave_in_either_survey_does_not_differ(tmp_path):
    folder = codebooks.write(tmp_path / "drawn", codebooks.totals_only(), raw=True)
    answers = pd.read_parquet(folder / "responses.parquet").assign(weight=1.5)
    answers.to_parquet(folder / "responses.parquet")
    drawn = surveys.load(folder)
    table, tests = comparison.beside(drawn, drawn)
    assert (table["difference"] == 0).all()
    assert (tests["p"] == 1).all()
