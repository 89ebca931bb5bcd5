"""Weights in the report: shares are weighted, numbers of firms are not, and every page says which is which."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers import survey
from helpers.report import crosstabs as breakdown
from helpers.report import notebook as topic
from helpers.run import jobs as pipeline
from helpers.stats import shares as proportions
from helpers.stats import weights
from helpers.words import language as text

SINGLE, MULTIPLE = ("industry", "q2_linked", "q3", "q9_reason"), ("q4", "q7_damage", "q10")


def folder_with(path, of):
    """Osaka's folder with synthetic raw answers that have the same totals, and these weights."""
    shutil.copytree(survey.DATA / "osaka-2019", path)
    answers = synthetic.answers(survey.load())
    answers.assign(weight=of(answers)).to_parquet(path / "responses.parquet")
    return path


def uneven(answers):
    """Weights from 0.2 to 4 that go with size and are no whole numbers."""
    size = answers["employees"].cat.codes.to_numpy() + 1
    return size * np.random.default_rng(1).uniform(0.2, 0.8, len(answers))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return folder_with(tmp_path_factory.mktemp("weighted") / "osaka-2019", uneven)


@pytest.fixture
def weighted(folder, tmp_path, shown):
    return topic.Topic("03_awareness", survey.load(folder), folder=tmp_path)


@pytest.fixture(scope="module")
def ones(tmp_path_factory):
    folder = folder_with(tmp_path_factory.mktemp("ones") / "osaka-2019", lambda answers: np.ones(len(answers)))
    return topic.Topic("03_awareness", survey.load(folder))


@pytest.fixture
def plain(osaka):
    return topic.Topic("03_awareness", osaka)


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [*SINGLE, *MULTIPLE, "q2_suppliers_why_aware"])
def test_equal_weights_give_the_plain_shares(ones, plain, question):
    found, expected = ones.table(question), plain.table(question)
    pd.testing.assert_frame_equal(found[["option", "count", "base"]], expected[["option", "count", "base"]])
    assert found["share"].to_numpy() == pytest.approx(expected["share"].to_numpy())
    assert found["n_effective"].to_numpy() == pytest.approx(ones.survey.routed(question))


def test_equal_weights_give_nearly_the_plain_intervals(ones, plain):
    """The design's variance is n / (n - 1) times the binomial one: the interval is that of one firm fewer."""
    for method, level in (("wilson", 0.95), ("goodman", 0.95), ("wald", 0.95)):
        found, expected = ones.table("q3", method), plain.table("q3")
        n, k = expected["base"].iloc[0] - 1, len(expected)
        level = 1 - (1 - level) / k if method == "goodman" else level
        low, high = proportions.interval(expected["share"] * n, n, level, "wald" if method == "wald" else "wilson")
        assert found["low"].to_numpy() == pytest.approx(low)
        assert found["high"].to_numpy() == pytest.approx(high)


@pytest.mark.parametrize("question", SINGLE + MULTIPLE)
def test_shares_are_those_of_weighted_table(weighted, question):
    """Which test_weights.py checks against R."""
    table, answers = weighted.survey.table(question), weighted.survey.responses
    given = answers[question] if question in SINGLE else answers[[f"{question}={o}" for o in table["option"]]]
    if question in MULTIPLE:
        given = given.set_axis(table["option"], axis=1)
    expected, found = weights.weighted_table(table, given, answers["weight"]), weighted.table(question)
    for column in ("share", "low", "high", "n_effective"):
        assert found[column].to_numpy() == pytest.approx(expected[column].to_numpy()), column
    assert (found["share"] - found["count"] / found["base"]).abs().max() > 0.01  # the weights matter
    assert found[["count", "base"]].equals(table[["count", "base"]])
    assert found["count"].dtype.kind == "i"


def test_reasons_and_selections_are_sums_of_weights(weighted):
    reasons = weighted.reasons(["q2_suppliers"])
    answers = weighted.survey.responses
    for _, r in reasons.iterrows():
        columns = [name for name in answers if name.startswith(f"{r['question']}=")]
        ticks = answers[columns].fillna(False).to_numpy(dtype=float) * answers[["weight"]].to_numpy()
        asked = answers.loc[answers[columns[0]].notna(), "weight"].sum()
        own = ticks[:, columns.index(f"{r['question']}={r['option']}")].sum()
        assert r["share"] == pytest.approx(own / asked)
        assert r["share_selections"] == pytest.approx(own / ticks.sum())
        assert r["base"] == weighted.survey.routed(r["question"])


def test_parts_of_a_question_and_of_all_firms(weighted):
    answers = weighted.survey.responses
    known = weighted.known("q3", "not_known")
    assert known["share"].sum() == pytest.approx(1)
    chosen = answers["q3"].isin(list(known["option"]))
    first = known.iloc[0]
    own = answers.loc[answers["q3"] == first["option"], "weight"].sum()
    assert first["share"] == pytest.approx(own / answers.loc[chosen, "weight"].sum())
    assert first["base"] == chosen.sum()
    damage = weighted.with_all("q7_damage").set_index("option")
    ticked = answers["q7_damage=none"].fillna(False)
    assert damage.loc["none", "share_all"] == pytest.approx(np.average(ticked, weights=answers["weight"]))
    reached = weighted.reached("q7_content").set_index("option")
    asked = answers["q7_damage=none"].notna()
    assert reached.loc["reached", "share"] == pytest.approx(np.average(asked, weights=answers["weight"]))
    assert reached.loc["reached", "count"] == weighted.survey.routed("q7_content")


def test_one_respondent_has_a_share():
    table = pd.DataFrame({"option": ["a", "b"], "label": "", "count": [1, 0], "base": 1, "role": "answer"})
    found = weights.add_shares(table, pd.Series(["a", None, None]), [2.0, 1.0, 1.0])
    assert list(found["share"]) == [1, 0]
    assert (found["high"] - found["low"]).min() > 0.7


def test_the_most_frequent_answer_is_the_one_with_most_weight(tmp_path, shown):
    """Those who gave the answer named least count a hundred times."""
    table = survey.load().table("q10").query("role == 'answer'").sort_values("count")
    rare = table.iloc[0]["option"]
    folder = folder_with(tmp_path / "s", lambda answers: np.where(answers[f"q10={rare}"].fillna(False), 100.0, 1.0))
    found = topic.Topic("10_small_business", survey.load(folder), folder=tmp_path)
    assert found.leader("q10") == rare
    assert text.most_frequent(found.say, found.table("q10")).startswith("The most frequent answer is")
    assert "(weighted; " in text.most_frequent(found.say, found.table("q10"))


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("en", "effective sample size"), ("ja", "有効サンプルサイズ")])
def test_captions_and_limits_name_the_effective_sample_size(folder, tmp_path, shown, lang, words):
    found = topic.Topic("10_small_business", survey.load(folder, lang), folder=tmp_path)
    size = f"{weights.effective_size(found.survey.responses['weight']):.1f}"
    fig, _ = found.page("Title", "q10")
    caption = "".join(t.get_text() for t in fig.texts).replace("\n", " ")
    assert size in caption
    found.quote("q10")
    found.limits()
    assert [size in said for said in shown] == [True, False, True]
    assert words.replace(" ", "") in caption.replace(" ", "")
    assert all(words in said for said in (shown[0], shown[2]))


def test_pages_without_shares_are_said_to_be_unweighted(weighted):
    fig, _ = weighted.page("Title", "q4", weak=False)
    caption = "".join(t.get_text() for t in fig.texts)
    assert "Not weighted" in caption
    assert "effective" not in caption


def test_without_weights_nothing_is_said(plain, shown):
    plain.quote("q10")
    plain.limits()
    fig, _ = plain.page("Title", "q10")
    assert len(shown) == 2
    assert not any("eighted" in said for said in [*shown, *(t.get_text() for t in fig.texts)])
    assert "n_effective" not in plain.table("q10")


def test_raw_answers_are_not_said_to_be_unpublished(weighted):
    compared = weighted.compare("q2_linked", "q2_unlinked", "aware")
    for sentence in (
        text.finding_paired(weighted.say, compared, 118),
        *text.note_difference(weighted.say, compared),
        weighted.joint("q2_suppliers", "q2_customers", "unaware"),
        *(" ".join(row) for row in weighted.pair_choices("q2_linked", "q2_unlinked", "aware")),
    ):
        assert "not published" not in sentence
        assert "somewhere in" not in sentence
        assert "any overlap" not in sentence
    assert text.note_difference(weighted.say, compared)[0].startswith("without weights: ")
    assert text.finding_difference(weighted.say, compared).startswith("Without weights: ")
    nobody = dataclasses.replace(compared, joint=None)
    assert "no firm answered both questions" in text.finding_paired(weighted.say, nobody, 118)


def test_the_joint_share_is_counted(weighted):
    answers = weighted.survey.responses
    unaware = answers[["q2_suppliers", "q2_customers"]].astype(object) == "unaware"
    both, either = (np.average(said, weights=answers["weight"]) for said in (unaware.all(axis=1), unaware.any(axis=1)))
    sentence = weighted.joint("q2_suppliers", "q2_customers", "unaware")
    assert f"{weighted.say.percent(both)}. For at least one of the two: {weighted.say.percent(either)}." in sentence


# --- crosstabs --------------------------------------------------------------------------------------------------------


def test_crosstabs_are_tested_by_rao_scott(weighted):
    answers = weighted.survey.responses
    crossed = breakdown.crosstabs(weighted, "q2_linked", "q2_unlinked, q4", 1)
    tests = breakdown.tests(weighted, crossed)
    assert list(tests["test"]) == ["rao_scott", "multiple_independence"]
    expected = weights.rao_scott(answers["q2_linked"], answers["q2_unlinked"], answers["weight"])
    first = tests.iloc[0]
    assert (first["statistic"], first["df"], first["p"]) == (expected.f, expected.df, expected.p)
    assert tests["p_adjusted"].notna().all()


def test_hidden_cells_hide_the_statistic(weighted):
    (table,) = breakdown.crosstabs(weighted, "employees", "q2_linked")
    assert table.hidden.to_numpy().any()
    first = breakdown.tests(weighted, [table]).iloc[0]
    answers = weighted.survey.responses
    exact = weights.rao_scott(answers["employees"], answers["q2_linked"], answers["weight"]).p
    assert first["test"] == "rao_scott"
    assert np.isnan(first["statistic"])
    assert np.isnan(first["effect"])
    assert exact <= first["p"] < exact + 0.01
    assert first["p"] == round(first["p"], 2)


def test_a_table_too_thin_for_rao_scott_gets_the_test_without_weights(weighted):
    first, second = pd.Series(list("aabbccdd") * 2), pd.Series(list("pqrstuvw") * 2)
    with pytest.raises(ValueError, match="too many combinations"):
        weights.rao_scott(first, second, np.ones(16))
    (table,) = breakdown.crosstabs(weighted, "industry", "employees", 1)
    weighted.survey.responses["employees"] = table.counts.columns[0]  # everybody: nothing to compare
    assert breakdown._weighted_row(weighted, table) is None


# --- stored weights, and a report -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
def test_a_stored_weight_that_is_none_is_a_mistake(copy_of_osaka, bad):
    answers = synthetic.answers(survey.load()).assign(weight=1.0)
    answers.loc[4, "weight"] = bad
    answers.to_parquet(copy_of_osaka.folder / "responses.parquet")
    with pytest.raises(
        survey.SurveyError, match=r"responses.parquet, row 5: found weight .* expected a number above 0"
    ):
        copy_of_osaka.load()


def test_a_weighted_report_runs_and_says_so(folder, tmp_path):
    job = pipeline.plan(folder, "en", tmp_path, only=("03", "10"))
    (outcome,) = pipeline.run([job], lambda *_: None)
    assert outcome.failed == []
    page = outcome.report.read_text(encoding="utf-8")
    size = f"{weights.effective_size(survey.load(folder).responses['weight']):.1f}"
    assert page.count(f"Weighted: 118 firms, effective sample size {size}") > 4
    (table,) = tmp_path.rglob("tables/q10.csv")
    assert pd.read_csv(table)["n_effective"].iloc[0] == pytest.approx(float(size), abs=0.05)
