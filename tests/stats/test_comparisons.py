"""One answer in two questions: both readings, the tests of every comparison, and what raw answers add."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import comparisons, joint, tests_of_counts
from helpers.stats.margins import mcnemar_range, tipping_point
from helpers.stats.proportions import difference

AWARENESS = ["q2_suppliers", "q2_customers", "q2_linked", "q2_unlinked", "q2_bespoke", "q2_generic"]
PAIRS = [tuple(AWARENESS[i : i + 2]) for i in (0, 2, 4)]
MEASURES = [("q4", "q5"), ("q4", "q8"), ("q5", "q8")]
LINKED = ("q2_linked", "q2_unlinked", "aware")


def names_of(comparison):
    return [row["test"] for row in comparison.tests]


# --- from totals ------------------------------------------------------------------------------------------------------


def test_both_readings_of_totals(osaka):
    found = comparisons.compare(osaka, *LINKED, confidence=0.9)
    assert found.counted == ((64, 109), (33, 110))
    assert found.shares == (64 / 109, 33 / 110)
    assert found.base == pytest.approx(2 * 109 * 110 / (109 + 110))
    assert found.difference == difference((64, 109), (33, 110), 0.9)
    assert found.margins == ((64, 45, 9), (33, 77, 8))
    assert found.paired == mcnemar_range(*found.margins, alpha=0.1)
    assert found.tipping == tipping_point(*found.margins, alpha=0.1)
    assert found.p == tests_of_counts.homogeneity(osaka, "q2_linked", "q2_unlinked")["p"]
    assert (found.names, found.label) == (("Linked partners", "Unlinked partners"), osaka.label("q2_linked", "aware"))
    assert (found.joint, found.raw, found.weighted, found.level) == (None, False, False, 0.9)


def test_mcnemars_range_is_one_row(osaka):
    found = comparisons.compare(osaka, *LINKED)
    assert names_of(found) == ["pearson", "mcnemar_range"]
    row = found.tests[1]
    expected = mcnemar_range((64, 45, 9), (33, 77, 8))
    assert (row["p_low"], row["p_high"], row["verdict"]) == (expected.p_min, expected.p_max, "always")
    assert row["p_low"] < row["p_high"]
    assert np.isnan([row["p"], row["effect"], row["b"], row["c"], row["statistic"], row["df"]]).all()
    assert (row["first"], row["second"], row["options"], row["n"], row["level"]) == (*LINKED, 118, 0.95)
    loose = comparisons.compare(osaka, "q2_suppliers", "q2_customers", "aware").tests[1]
    assert loose["verdict"] == "undetermined"


def test_the_confidence_level_moves_the_verdict(osaka):
    strict, usual = (comparisons.compare(osaka, *LINKED, confidence=level) for level in (1 - 1e-6, 0.95))
    assert (usual.tests[1]["verdict"], strict.tests[1]["verdict"]) == ("always", "undetermined")


def test_no_answers_kept_count_among_the_others(osaka):
    dropped, kept = (comparisons.compare(osaka, *LINKED, no_answer=how) for how in ("drop", "keep"))
    assert kept.counted == ((64, 118), (33, 118))
    assert kept.margins == dropped.margins == ((64, 45, 9), (33, 77, 8))
    assert (kept.tests[0]["options"], kept.tests[0]["no_answer"]) == ("aware|unaware|no_answer", "keep")


def test_among_narrows_the_base_and_the_table(osaka):
    known = list(osaka.table("q1_suppliers").query("role == 'answer'")["option"])
    found = comparisons.compare(osaka, "q1_suppliers", "q1_customers", "over_1000", among=known)
    assert found.counted == ((35, 100), (37, 91))
    assert found.margins == ((35, 65, 18), (37, 54, 27))
    row = tests_of_counts.homogeneity(osaka, "q1_suppliers", "q1_customers", ["over_1000"], among=known)
    assert found.p == row["p"]


def test_thin_tables_get_the_exact_test_beside(osaka):
    assert names_of(comparisons.compare(osaka, "q4", "q5", "caution")) == ["pearson", "mcnemar_range"]
    found = comparisons.compare(osaka, "q4", "q5", "drill")
    assert names_of(found) == ["pearson", "fisher", "mcnemar_range"]
    assert found.tests[0]["min_expected"] == pytest.approx(2.5)
    assert found.tests[1] == tests_of_counts.fisher(osaka, "q4", "q5", ["drill"])
    kept = comparisons.compare(osaka, "q1_suppliers", "q1_customers", "undisclosed", no_answer="keep")
    assert "fisher" not in names_of(kept) or kept.tests[0]["min_expected"] < tests_of_counts.THIN


@pytest.mark.parametrize(("pair", "message"), [(("q4", "q4"), "not with itself: q4"), (("q4", "q9"), "single-choice")])
def test_what_cannot_be_paired_is_refused(osaka, pair, message):
    with pytest.raises(ValueError, match=message):
        comparisons.compare(osaka, *pair, "nothing")


def test_items_are_what_the_questions_share(osaka):
    found = comparisons.compare_items(osaka, [("q4", "q5"), ("q5", "q8")], confidence=0.9)
    shared = ["nothing", "caution", "contract", "standards", "rules", "software", "certification", "drill", "insurance"]
    expected = [(*pair, option) for pair in (("q4", "q5"), ("q5", "q8")) for option in [*shared, "other"]]
    assert [(c.first, c.second, c.option) for c in found] == expected
    assert {c.level for c in found} == {0.9}
    rows = tests_of_counts.as_table([row for c in found for row in c.tests], "items")
    pearson = rows[rows["test"] == "pearson"]
    assert list(pearson["options"]) == [*shared, "other"] * 2
    assert (pearson["p_adjusted"] >= pearson["p"]).all()
    assert rows.loc[rows["test"] != "pearson", "p_adjusted"].isna().all()


def test_comparisons_as_a_table(osaka):
    made = [comparisons.compare(osaka, *pair, "aware") for pair in PAIRS]
    table = comparisons.as_table(made)
    for c, row in zip(made, table.to_dict("records"), strict=True):
        assert (row["first"], row["second"], row["option"]) == (c.first, c.second, "aware")
        assert (row["pair_first"], row["pair_second"]) == c.names
        assert (row["share_first"], row["share_second"]) == c.shares
        assert (row["difference"], row["low"], row["high"]) == (c.difference.value, c.difference.low, c.difference.high)
        assert (row["p"], row["p_low"], row["p_high"]) == (c.p, c.paired.p_min, c.paired.p_max)
        assert (row["verdict"], row["level"], row["weighted"]) == (c.paired.verdict, 0.95, False)


# --- the tests of every comparison ------------------------------------------------------------------------------------


@pytest.fixture
def registered():
    """A test that says the smaller base of each pair, a test of every comparison as long as this one runs."""

    def smaller_base(pair):
        base = min(sum(margins[:2]) for margins in pair.margins)
        return [tests_of_counts.row(pair.first, pair.second, [pair.option], "smaller_base", n=base)]

    assert comparisons.for_every_comparison(smaller_base) is smaller_base
    yield smaller_base
    comparisons.TESTS.remove(smaller_base)


def test_a_marked_function_is_a_test_of_every_comparison(osaka, raw, registered):
    for survey in (osaka, raw):
        made = [comparisons.compare(survey, *pair, "aware") for pair in PAIRS]
        made += comparisons.compare_items(survey, MEASURES)
        for c in made:
            assert names_of(c).count("smaller_base") == 1
            (row,) = [row for row in c.tests if row["test"] == "smaller_base"]
            assert (row["first"], row["second"], row["options"]) == (c.first, c.second, c.option)
            assert row["n"] == min(sum(margins[:2]) for margins in c.margins)


def test_no_test_is_left_behind(osaka):
    assert [test.__name__ for test in comparisons.TESTS] == ["pearson", "fisher_where_thin", "mcnemar"]
    assert "smaller_base" not in names_of(comparisons.compare(osaka, *LINKED))


# --- McNemar instead of its range -------------------------------------------------------------------------------------


def test_a_single_choice_answer_is_compared_by_mcnemars_test(raw, osaka):
    found, from_totals = (comparisons.compare(survey, *LINKED) for survey in (raw, osaka))
    given = raw.responses[["q2_linked", "q2_unlinked"]].astype(object)
    known = given[(given != "no_answer").all(axis=1)]
    b = ((known["q2_linked"] == "aware") & (known["q2_unlinked"] == "unaware")).sum()
    c = ((known["q2_linked"] == "unaware") & (known["q2_unlinked"] == "aware")).sum()
    assert (found.joint.b, found.joint.c, found.joint.n) == (b, c, len(known))
    assert names_of(found) == ["pearson", "mcnemar"]
    row = found.tests[1]
    assert (row["b"], row["c"], row["n"], row["p"]) == (b, c, len(known), found.joint.p)
    assert (row["effect"], row["effect_kind"]) == (b / c if c else np.inf, "odds_ratio")
    assert row["verdict"] == ""
    assert np.isnan([row["p_low"], row["p_high"]]).all()
    assert found.difference == joint.paired_difference(found.joint.both, b, c, found.joint.neither)
    assert found.tests[0] == from_totals.tests[0]  # the reading as if independent is the same
    assert from_totals.paired.p_min <= found.joint.p <= from_totals.paired.p_max  # what the margins had promised
    assert (found.raw, found.tipping, from_totals.joint) == (True, None, None)


def test_every_mcnemar_lies_in_the_range_that_the_totals_gave(raw, osaka):
    made = [comparisons.compare_items(survey, MEASURES) for survey in (raw, osaka)]
    for found, bounds in zip(*made, strict=True):
        assert bounds.paired.p_min <= found.joint.p <= bounds.paired.p_max
        assert found.joint.n == 118
        assert found.paired.p_min == found.paired.p_max == found.joint.p
        assert found.paired.verdict == ("always" if found.joint.p < 0.05 else "never")
        assert bounds.paired.verdict in (found.paired.verdict, "undetermined")


def test_kept_no_answers_are_missing_in_the_joint_table(raw):
    dropped, kept = (comparisons.compare(raw, *LINKED, no_answer=how).joint for how in ("drop", "keep"))
    assert dropped == kept


def test_weights_are_said_and_not_used(weighted, raw):
    found, plain = (comparisons.compare(survey, *LINKED) for survey in (weighted, raw))
    assert (found.weighted, plain.weighted) == (True, False)
    assert found.tests == plain.tests or pd.DataFrame(found.tests).equals(pd.DataFrame(plain.tests))
    assert (found.difference, found.joint) == (plain.difference, plain.joint)
    assert comparisons.as_table([found])["weighted"].tolist() == [True]


# --- several answers at once ------------------------------------------------------------------------------------------


def test_awareness_adds_cochran_and_stuart_maxwell(raw):
    rows = comparisons.joint_tests(raw, PAIRS, "aware")
    assert [row["test"] for row in rows] == ["stuart_maxwell"] * 3 + ["cochran_q"]
    cochran = rows[-1]
    known = raw.responses[AWARENESS].astype(object)
    known = known[(known != "no_answer").all(axis=1)]
    assert (cochran["n"], cochran["df"]) == (len(known), 5)
    assert cochran["p"] == joint.cochran_q((known == "aware").astype("boolean")).p
    assert (cochran["first"], cochran["second"], cochran["options"]) == ("|".join(AWARENESS), "", "aware")
    table = pd.crosstab(raw.responses["q2_linked"], raw.responses["q2_unlinked"])
    assert rows[1]["statistic"] == pytest.approx(joint.stuart_maxwell(table.to_numpy()).statistic)
    assert (rows[1]["first"], rows[1]["second"]) == ("q2_linked", "q2_unlinked")


def test_cochran_needs_one_answer_and_more_than_two_questions(raw):
    assert [row["test"] for row in comparisons.joint_tests(raw, PAIRS)] == ["stuart_maxwell"] * 3
    assert [row["test"] for row in comparisons.joint_tests(raw, PAIRS[:1], "aware")] == ["stuart_maxwell"]


def test_measures_add_a_test_of_all_items(raw):
    (row,) = comparisons.joint_tests(raw, [("q4", "q5")])
    assert (row["test"], row["n"], row["df"]) == ("homogeneity_items", 118, 10)
    assert row["p"] < 0.001
    shared = tests_of_counts.shared_options(raw, "q4", "q5")
    sheets = [
        raw.responses[[f"{question}={option}" for option in shared]].set_axis(shared, axis=1)
        for question in ("q4", "q5")
    ]
    expected = joint.marginal_homogeneity(*sheets).overall
    assert (row["statistic"], row["p"], row["options"]) == (expected.statistic, expected.p, "|".join(shared))


def test_totals_only_have_no_joint_tests(osaka, raw):
    assert comparisons.joint_tests(osaka, PAIRS, "aware") == []
    assert comparisons.joint_tests(raw, []) == []


# --- nothing leaves but through the gate ------------------------------------------------------------------------------


class Shut(Exception):
    """Raised by a gate that lets nothing through."""


def test_joint_answers_pass_the_gate_and_totals_need_not(raw, weighted, osaka, monkeypatch):
    def shut(*_):
        raise Shut

    monkeypatch.setattr(comparisons, "gate", shut)
    for survey in (raw, weighted):
        for call in (
            lambda survey=survey: comparisons.compare(survey, *LINKED),
            lambda survey=survey: comparisons.compare(survey, "q4", "q5", "caution"),
            lambda survey=survey: comparisons.joint_tests(survey, PAIRS[:1]),
            lambda survey=survey: comparisons.joint_tests(survey, [("q4", "q5")]),
        ):
            with pytest.raises(Shut):
                call()
    assert comparisons.compare(osaka, *LINKED).joint is None
    assert comparisons.compare(osaka, "q4", "q5", "caution").joint is None
    assert comparisons.joint_tests(osaka, PAIRS, "aware") == []


def test_every_test_of_several_answers_passes_the_gate(raw, monkeypatch):
    seen = []
    monkeypatch.setattr(comparisons, "gate", lambda found: seen.append(found) or found)
    rows = comparisons.joint_tests(raw, PAIRS, "aware")
    assert [found.p for found in seen] == [row["p"] for row in rows]
