"""What the notebooks do with raw answers: McNemar's test itself, crosstabs that give nobody away, a second survey."""

import shutil

import pandas as pd
import pytest
import synthetic

from helpers import breakdown, joint, proportions, sides, survey, topic

AWARENESS = ["q2_suppliers", "q2_customers", "q2_linked", "q2_unlinked", "q2_bespoke", "q2_generic"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Osaka's folder with synthetic raw answers that have the same totals."""
    path = tmp_path_factory.mktemp("raw") / "osaka-2019"
    shutil.copytree(survey.DATA / "osaka-2019", path)
    synthetic.answers(survey.load()).to_parquet(path / "responses.parquet")
    return path


@pytest.fixture
def raw(folder, tmp_path, shown):
    return topic.Topic("03_awareness", survey.load(folder), folder=tmp_path)


@pytest.fixture
def totals(osaka, tmp_path, shown):
    return topic.Topic("03_awareness", osaka, folder=tmp_path)


# --- McNemar instead of its range -------------------------------------------------------------------------------------


def test_a_single_choice_answer_is_compared_by_mcnemars_test(raw, totals):
    found, from_totals = (t.compare("q2_linked", "q2_unlinked", "aware") for t in (raw, totals))
    answers = raw.survey.responses[["q2_linked", "q2_unlinked"]].astype(object)
    known = answers[(answers != "no_answer").all(axis=1)]
    b = ((known["q2_linked"] == "aware") & (known["q2_unlinked"] == "unaware")).sum()
    c = ((known["q2_linked"] == "unaware") & (known["q2_unlinked"] == "aware")).sum()
    assert (found.joint.b, found.joint.c, found.joint.n) == (b, c, len(known))
    assert [test["test"] for test in found.tests] == ["pearson", "mcnemar"]
    assert found.difference == joint.paired_difference(found.joint.both, b, c, found.joint.neither)
    assert found.tests[0] == from_totals.tests[0]  # the reading as if independent is the same
    assert from_totals.paired.p_min <= found.joint.p <= from_totals.paired.p_max  # what the margins had promised
    assert from_totals.joint is None


def test_every_mcnemar_lies_in_the_range_that_the_totals_gave(raw, totals):
    pairs = [("q4", "q5"), ("q4", "q8"), ("q5", "q8")]
    for found, bounds in zip(raw.compare_items(pairs), totals.compare_items(pairs), strict=True):
        assert bounds.paired.p_min <= found.joint.p <= bounds.paired.p_max
        assert found.joint.n == 118
        assert found.paired.p_min == found.paired.p_max == found.joint.p


def test_kept_no_answers_are_missing_in_the_joint_table(raw):
    dropped, kept = (
        raw.compare("q2_linked", "q2_unlinked", "aware", no_answer).joint for no_answer in ("drop", "keep")
    )
    assert dropped == kept


def test_awareness_adds_cochran_and_stuart_maxwell(raw):
    pairs = [tuple(AWARENESS[i : i + 2]) for i in (0, 2, 4)]
    tests = raw.both_readings([raw.compare(*pair, "aware") for pair in pairs], "Pairs")
    assert list(tests["test"]) == ["pearson", "mcnemar"] * 3 + ["stuart_maxwell"] * 3 + ["cochran_q"]
    cochran = tests.iloc[-1]
    known = raw.survey.responses[AWARENESS].astype(object)
    known = known[(known != "no_answer").all(axis=1)]
    assert (cochran["n"], cochran["df"]) == (len(known), 5)
    assert cochran["p"] == joint.cochran_q((known == "aware").astype("boolean")).p
    table = pd.crosstab(raw.survey.responses["q2_linked"], raw.survey.responses["q2_unlinked"])
    stuart = tests[(tests["test"] == "stuart_maxwell") & (tests["first"] == "q2_linked")].iloc[0]
    assert stuart["statistic"] == pytest.approx(joint.stuart_maxwell(table.to_numpy()).statistic)


def test_measures_add_a_test_of_all_items(raw):
    tests = raw.both_readings(raw.compare_items([("q4", "q5")]), "Items")
    last = tests.iloc[-1]
    assert (last["test"], last["n"], last["df"]) == ("homogeneity_items", 118, 10)
    assert last["p"] < 0.001


def test_totals_only_keep_their_range(totals):
    tests = totals.both_readings([totals.compare("q2_linked", "q2_unlinked", "aware")], "Pairs")
    assert list(tests["test"]) == ["pearson", "mcnemar_min", "mcnemar_max"]


# --- crosstabs --------------------------------------------------------------------------------------------------------


def test_crosstabs_hold_each_pair_of_questions_once(raw):
    crossed = breakdown.crosstabs(raw, "industry, employees")
    pairs = [frozenset((t.row_question, t.column_question)) for t in crossed]
    assert len(set(pairs)) == len(pairs)
    assert frozenset(("industry", "employees")) in pairs
    for table in crossed:
        assert not table.shown[(table.counts > 0) & (table.counts < 5)].notna().to_numpy().any()


def test_crosstab_totals_are_those_of_the_survey(raw):
    (table,) = breakdown.crosstabs(raw, "employees", "q9")
    assert list(table.counts.sum()) == list(raw.survey.table("q9")["count"])
    assert list(table.base) == list(raw.survey.table("employees")["count"])
    (multiple,) = breakdown.crosstabs(raw, "employees", "q4")
    assert list(multiple.counts.sum()) == list(raw.survey.table("q4")["count"])


def test_the_base_of_a_routed_question_tells_no_hidden_cell(raw):
    source, routed = breakdown.crosstabs(raw, "industry", "q2_suppliers, q2_suppliers_why_unaware")
    hidden = source.hidden["unaware"]
    assert hidden.any()
    assert routed.hidden_base[hidden].all()
    assert routed.hidden[hidden].to_numpy().all()


def test_saved_crosstabs_hold_nothing_that_is_hidden(raw, tmp_path):
    crossed = breakdown.crosstabs(raw, "industry", "q3, q4")
    breakdown.show(raw, crossed)
    saved = pd.read_csv(tmp_path / "tables" / "crosstabs.csv")
    assert not saved["count"].between(1, 4).any()
    assert not saved["base"].between(1, 4).any()
    assert saved["count"].isna().sum() == sum(t.hidden.to_numpy().sum() for t in crossed)


def test_crosstab_tests_are_one_family(raw):
    crossed = breakdown.crosstabs(raw, "employees", "q3, q4, q9")
    tests = breakdown.tests(raw, crossed)
    assert list(tests["second"]) == ["q3", "q4", "q9"]
    assert list(tests["test"]) == ["independence_exact", "multiple_independence", "independence_exact"]
    assert tests["p_adjusted"].notna().all()
    assert tests["statistic"].isna().all()  # something is hidden in each


def test_a_dependence_is_found(folder, tmp_path, shown):
    answers = pd.read_parquet(folder / "responses.parquet")
    loaded = survey.load(folder)
    topic_ = topic.Topic("13_crosstabs", loaded, folder=tmp_path)
    tests = breakdown.tests(topic_, breakdown.crosstabs(topic_, "q2_linked", "q2_unlinked, q3", 1))
    breakdown.findings(topic_, tests)
    assert len(answers) == 118
    assert ("depends on the group" in shown[-1]) == (tests["p_adjusted"] < 0.05).any()
    assert (tests["p_adjusted"] < 0.05).any()


def test_totals_only_say_that_raw_answers_are_needed(totals, shown):
    crossed = breakdown.crosstabs(totals, "industry, employees")
    tests = breakdown.tests(totals, crossed)
    breakdown.findings(totals, tests)
    breakdown.about_hidden(totals, crossed, 5)
    breakdown.show(totals, crossed)
    assert crossed == []
    assert tests is None
    assert len(shown) == 1
    assert "need raw answers" in shown[0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("by", "q4", "found 'q4'"),
        ("by", ",", "found ','"),
        ("by", "industry, nothing", "found 'nothing'"),
        ("questions", "q99", "found 'q99'"),
        ("baseline", "atlantis", "found 'atlantis'"),
    ],
)
def test_wrong_parameters_against_the_survey(osaka, name, value, words):
    with pytest.raises(survey.SurveyError, match=words):
        topic.check_against(osaka, name, value)


@pytest.mark.parametrize("value", [0, -1, 2.5, "5", True])
def test_min_cell_is_a_whole_number(value):
    with pytest.raises(topic.ParameterError, match="min_cell"):
        topic.check_parameter("min_cell", value)


# --- a second survey --------------------------------------------------------------------------------------------------


@pytest.fixture
def other(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "q3,not_known,74", "q3,not_known,44")
    copy_of_osaka.edit("counts.csv", "q3,done,5", "q3,done,35")
    return copy_of_osaka.folder


def compared(topic_, baseline):
    other = sides.read_baseline(topic_, baseline)
    sides.caution(topic_, other)
    table, tests = sides.compare(topic_, other)
    sides.figure(topic_, other, table, tests)
    sides.show(topic_, other, table, tests)
    return table, tests


def test_the_baseline_itself_is_said_to_be_so(totals, shown, tmp_path):
    table, tests = compared(totals, "osaka-2019")
    assert tests is None
    assert (table["difference"] == 0).all()
    assert "is the baseline itself" in shown[-1]
    assert not (tmp_path / "tables" / "tests").exists()


def test_no_baseline(totals, shown):
    assert compared(totals, "") == (None, None)
    assert "No baseline" in shown[-1]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_another_survey_is_set_beside_the_baseline(other, tmp_path, shown, lang):
    topic_ = topic.Topic("14_comparison", survey.load(other, lang), folder=tmp_path)
    table, tests = compared(topic_, "osaka-2019")
    done = table[(table["question"] == "q3") & (table["option"] == "done")].iloc[0]
    assert done["difference"] == proportions.difference((35, 109), (5, 109)).value
    assert (tests["p_adjusted"] < 0.05).sum() == 1
    figure = pd.read_csv(tmp_path / "figures" / "baseline.csv")
    assert set(figure["question"]) == {"q3"}  # nothing else differs
    assert len(pd.read_csv(tmp_path / "tables" / "tests.csv")) == len(tests)


def test_a_summary_reads_the_notebooks_before_it_only(osaka, tmp_path, shown):
    """So that it says the same whether or not later notebooks have run already."""
    for name in ("03_awareness", "12_summary", "14_comparison"):
        topic.Topic(name, osaka, folder=tmp_path).finding(name)
    found = topic.Topic("12_summary", osaka, folder=tmp_path).gathered("findings")
    assert list(found["notebook"]) == ["03_awareness", "12_summary"]
