"""One answer in two questions: both readings, the tests of every comparison, and what raw answers add."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.regression.linear_model import WLS

from helpers.stats import comparisons, joint, tests_of_counts
from helpers.stats.joint_tests import joint_tests
from helpers.stats.margins import PairedRange, mcnemar_range, tipping_point
from helpers.stats.mcnemar import mcnemar_p
from helpers.stats.proportions import difference

AWARENESS = ["q2_suppliers", "q2_customers", "q2_linked", "q2_unlinked", "q2_bespoke", "q2_generic"]
PAIRS = [tuple(AWARENESS[i : i + 2]) for i in (0, 2, 4)]
MEASURES = [("q4", "q5"), ("q4", "q8"), ("q5", "q8")]
VERDICTS = ("always", "never", "undetermined")
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
    assert names_of(found) == ["pearson", "mcnemar_range"]  # 9 and 8 gave no answer, so nothing bounds the difference
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


def test_the_exact_test_leads_where_the_table_is_thin(osaka):
    usual = comparisons.compare(osaka, "q4", "q5", "caution")
    assert names_of(usual) == ["pearson", "mcnemar_range", "equivalence"]
    found = comparisons.compare(osaka, "q4", "q5", "drill")
    assert names_of(found) == ["fisher", "pearson", "mcnemar_range", "equivalence"]
    assert found.tests[1]["min_expected"] == pytest.approx(2.5)  # (1 + 4) / 2
    assert found.p == tests_of_counts.fisher(osaka, "q4", "q5", ["drill"])["p"]
    assert found.p_adjusted == found.tests[0]["p_adjusted"] == found.p
    assert np.isnan(found.tests[1]["p_adjusted"])
    kept = comparisons.compare(osaka, "q1_suppliers", "q1_customers", "undisclosed", no_answer="keep")
    assert "fisher" not in names_of(kept)


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
    assert all(c.size == 1 and c.p_adjusted == c.p for c in found)  # each alone, until they make a family


def test_comparisons_as_a_table(osaka):
    made = [comparisons.compare(osaka, *pair, "aware") for pair in PAIRS]
    table = comparisons.as_table(made)
    for c, row in zip(made, table.to_dict("records"), strict=True):
        assert (row["first"], row["second"], row["option"]) == (c.first, c.second, "aware")
        assert (row["pair_first"], row["pair_second"]) == c.names
        assert (row["share_first"], row["share_second"]) == c.shares
        assert (row["difference"], row["low"], row["high"]) == (c.difference.value, c.difference.low, c.difference.high)
        assert (row["p"], row["p_low"], row["p_high"]) == (c.p, c.paired.p_min, c.paired.p_max)
        assert (row["p_adjusted"], row["p_low_adjusted"], row["p_high_adjusted"]) == (c.p_adjusted, *c.paired_adjusted)
        assert (row["verdict"], row["small"], row["level"], row["weighted"]) == (c.verdict, c.small, 0.95, False)


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
    names = ["weighted_difference", "mcnemar", "fisher_where_thin", "pearson", "mcnemar_of_totals", "equivalence"]
    assert [test.__name__ for test in comparisons.TESTS] == names
    assert "smaller_base" not in names_of(comparisons.compare(osaka, *LINKED))


# --- McNemar instead of its range -------------------------------------------------------------------------------------


def test_a_single_choice_answer_is_compared_by_mcnemars_test(raw, osaka):
    found, from_totals = (comparisons.compare(survey, *LINKED) for survey in (raw, osaka))
    given = raw.responses[["q2_linked", "q2_unlinked"]].astype(object)
    known = given[(given != "no_answer").all(axis=1)]
    b = ((known["q2_linked"] == "aware") & (known["q2_unlinked"] == "unaware")).sum()
    c = ((known["q2_linked"] == "unaware") & (known["q2_unlinked"] == "aware")).sum()
    assert (found.joint.b, found.joint.c, found.joint.n) == (b, c, len(known))
    assert names_of(found) == ["mcnemar", "pearson", "equivalence"]
    row = found.tests[0]
    assert (found.p, found.p_adjusted, found.paired_adjusted) == (row["p"],) * 2 + ((row["p"], row["p"]),)
    assert (row["b"], row["c"], row["n"], row["p"]) == (b, c, len(known), found.joint.p)
    assert (row["effect"], row["effect_kind"]) == (b / c if c else np.inf, "odds_ratio")
    assert row["verdict"] == ""
    assert np.isnan([row["p_low"], row["p_high"]]).all()
    assert found.difference == joint.paired_difference(found.joint.both, b, c, found.joint.neither)
    unpaired = tests_of_counts.homogeneity(raw, "q2_linked", "q2_unlinked")
    assert found.tests[1] == unpaired | {"p_adjusted": pytest.approx(np.nan, nan_ok=True)}
    assert found.tests[1]["p"] == from_totals.tests[0]["p"]  # the reading as if independent is the same
    assert from_totals.paired.p_min <= found.joint.p <= from_totals.paired.p_max  # what the margins had promised
    assert (found.raw, found.tipping, from_totals.joint) == (True, None, None)


def test_every_mcnemar_lies_in_the_range_that_the_totals_gave(told, osaka):
    made = [comparisons.compare_items(survey, MEASURES) for survey in (told, osaka)]
    for found, bounds in zip(*made, strict=True):
        assert bounds.paired.p_min <= found.joint.p <= bounds.paired.p_max
        assert found.joint.n == 118
        assert found.paired.p_min == found.paired.p_max == found.joint.p
        assert found.paired.verdict == ("always" if found.joint.p < 0.05 else "never")
        assert bounds.paired.verdict in (found.paired.verdict, "undetermined")


def test_kept_no_answers_are_answers_of_their_own_in_raw_answers(raw):
    dropped, kept = (comparisons.compare(raw, *LINKED, no_answer=how).joint for how in ("drop", "keep"))
    assert dropped.n < kept.n == raw.respondents
    first, second, option = LINKED
    assert kept.both + kept.b == raw.count(first, option)
    assert kept.both + kept.c == raw.count(second, option)


# --- weights ----------------------------------------------------------------------------------------------------------


def design_based(survey, first, second, level=0.95):
    """The weighted difference of two yes/no answers by statsmodels: WLS on a constant with HC1, Student's t."""
    d = (first.astype(float) - second.astype(float)).to_numpy()
    fitted = WLS(d, np.ones(len(d)), weights=survey.responses["weight"]).fit(cov_type="HC1", use_t=True)
    return fitted.params[0], fitted.bse[0], fitted.pvalues[0], fitted.conf_int(1 - level)[0]


def test_the_weighted_difference_leads(weighted):
    found = comparisons.compare(weighted, "q4", "q5", "caution", confidence=0.9)
    ticks = (weighted.responses[f"{question}=caution"] for question in ("q4", "q5"))
    value, error, p, limits = design_based(weighted, *ticks, 0.9)
    assert names_of(found) == ["weighted_difference", "pearson", "equivalence"]
    row = found.tests[0]
    assert (row["statistic"], row["df"], row["n"]) == (pytest.approx(value / error), 117, 118)
    assert found.p == found.p_adjusted == pytest.approx(p)
    assert (found.difference.value, found.difference.low, found.difference.high) == pytest.approx((value, *limits))
    own = weighted.responses["weight"]
    shares = [np.average(weighted.responses[f"{q}=caution"].astype(float), weights=own) for q in ("q4", "q5")]
    assert found.shares == pytest.approx(shares)
    assert found.paired_adjusted == (found.p, found.p)
    assert found.verdict == ("always" if p < 0.1 else "never")
    assert comparisons.as_table([found])["weighted"].tolist() == [True]


def test_with_weights_mcnemars_test_decides_nothing(weighted, raw):
    found, plain = (comparisons.compare(survey, *LINKED) for survey in (weighted, raw))
    assert (found.weighted, plain.weighted) == (True, False)
    assert found.joint == plain.joint  # b and c are counts of respondents
    assert "mcnemar" not in names_of(found)
    assert found.p != plain.p
    assert found.shares != plain.shares
    assert found.counted == plain.counted


# --- adjusted together ------------------------------------------------------------------------------------------------


def made(p, low=None, high=None, alike=None):
    """A comparison with this p-value of its leading test, this range, and this p-value of its equivalence."""
    low, high = (p if end is None else end for end in (low, high))
    rows = [tests_of_counts.row("a", "b", ["x"], "pearson", p=p)]
    rows.append(tests_of_counts.row("a", "b", ["x"], "mcnemar_range", p_low=low, p_high=high))
    rows += [] if alike is None else [tests_of_counts.row("a", "b", ["x"], "equivalence", p=alike)]
    numbers = {"counted": ((1, 2), (1, 2)), "shares": (0.5, 0.5), "difference": difference((1, 2), (1, 2))}
    about = {"margins": ((1, 1, 0), (1, 1, 0)), "tipping": None, "joint": None, "raw": False, "weighted": False}
    paired = PairedRange(low, high, (0, 0), (0, 0), 1, 0, "")
    ids = {"first": "a", "second": "b", "option": "x", "names": ("A", "B"), "label": "X"}
    return comparisons.Comparison(**ids, **numbers, **about, paired=paired, tests=rows, level=0.95)


def test_leading_tests_are_adjusted_after_holm():
    # Sorted 0.01, 0.03, 0.04: 3 * 0.01; 2 * 0.03; 1 * 0.04, but not below the 0.06 before it
    found = comparisons.family([made(0.01), made(0.04), made(0.03)], "three")
    assert [c.p_adjusted for c in found] == pytest.approx([0.03, 0.06, 0.06])
    assert [c.p for c in found] == [0.01, 0.04, 0.03]
    assert [c.tests[0]["p_adjusted"] for c in found] == [c.p_adjusted for c in found]
    assert {c.size for c in found} == {3}
    assert {row["family"] for c in found for row in c.tests} == {"three"}


def test_ranges_are_adjusted_by_both_ends():
    # largest p: 0.001, 0.02, 0.9, 1 become 4 * 0.001 = 0.004, 3 * 0.02 = 0.06, then 1 and 1;
    # smallest p: 0.0001, 0.01, 0.015, 0.5 become 0.0004, 3 * 0.01 = 0.03, 2 * 0.015 = 0.03, 0.5
    given = [made(0.5, 0.0001, 0.001), made(0.5, 0.01, 0.02), made(0.5, 0.015, 1), made(0.5, 0.5, 0.9)]
    found = comparisons.family(given)
    assert [c.paired_adjusted[1] for c in found] == pytest.approx([0.004, 0.06, 1, 1])
    assert [c.paired_adjusted[0] for c in found] == pytest.approx([0.0004, 0.03, 0.03, 0.5])
    assert [c.verdict for c in found] == ["always", "undetermined", "undetermined", "never"]
    assert [c.verdict for given in given for c in comparisons.family([given])][:2] == ["always", "always"]  # alone
    for c in found:
        row = c.tests[1]
        assert (row["p_low_adjusted"], row["p_high_adjusted"], row["verdict"]) == (*c.paired_adjusted, c.verdict)


def test_the_level_itself_is_not_significant():
    found = comparisons.family([made(0.5, 0.05, 0.05)])[0]
    assert (found.verdict, found.alpha) == ("never", 0.05)
    assert comparisons.family([made(0.5, 0.049, 0.05)])[0].verdict == "undetermined"


def test_whatever_the_overlaps_are_the_adjusted_p_lies_between():
    """Holm of p-values chosen anywhere in their ranges: between Holm of the smallest and Holm of the largest."""
    draw = np.random.default_rng(0)
    ends = np.sort(draw.random((6, 2)) ** 3, axis=1)
    found = comparisons.family([made(0.5, *pair) for pair in ends])
    for _ in range(50):
        p = tests_of_counts.holm(draw.uniform(*ends.T))
        assert all(c.paired_adjusted[0] <= value <= c.paired_adjusted[1] for c, value in zip(found, p, strict=True))


def test_small_differences_are_those_that_are_small_after_adjustment():
    found = comparisons.family([made(0.5, alike=0.02), made(0.5, alike=0.03), made(0.5)])
    assert [c.small for c in found] == [0.10, 0.10, 0]  # 2 * 0.02 = 0.04, then 0.04: the third has no such test
    assert comparisons.family([made(0.5, alike=0.026), made(0.5, alike=0.03)])[0].small == 0  # 0.052
    assert found[0].tests[2]["p_adjusted"] == pytest.approx(0.04)


def test_awareness_is_undecided(osaka):
    """The values are those of a reading of the release with other code: Holm over the three pairs."""
    pairs = comparisons.family([comparisons.compare(osaka, *pair, "aware") for pair in PAIRS], "awareness")
    assert [c.verdict for c in pairs] == ["undetermined"] * 3
    assert pairs[1].paired_adjusted[1] == pytest.approx(0.058, abs=5e-4)  # 3 * 0.0192, alone significant
    assert [c.p_adjusted < 0.05 for c in pairs] == [False, True, False]


def test_measures_after_adjustment(osaka):
    """The numbers are those of a reading of the release with other code: Holm over 30 comparisons."""
    alone = comparisons.compare_items(osaka, MEASURES)
    found = comparisons.family(alone, "measures")
    count = [[c.verdict for c in made].count(verdict) for made in (found, alone) for verdict in VERDICTS]
    assert count == [6, 15, 9, 9, 10, 11]
    assert {c.size for c in found} == {30}
    assert [c.p for c in found] == [c.p for c in alone]


# --- shown to be small ------------------------------------------------------------------------------------------------


def test_equivalence_from_totals_by_hand(osaka):
    # q4 and q5, other: 10 and 8 of 118; at most 18 answered differently, d = 2 / 118 = 0.016949,
    # variance (18 / 118 - d^2) / 118 = (0.152542 - 0.000287) / 118 = 0.00129030, error 0.035921,
    # z = (0.1 - 0.016949) / 0.035921 = 2.31206, p = 0.010387
    row = comparisons.compare(osaka, "q4", "q5", "other").tests[-1]
    assert row["p"] == pytest.approx(0.010387, abs=2e-6)
    assert (row["test"], row["effect"], row["effect_kind"], row["level"]) == ("equivalence", 0.10, "margin", 0.95)


def test_equivalence_from_raw_answers_is_that_of_two_one_sided_tests(told):
    found = comparisons.compare(told, "q4", "q5", "other")
    b, c, n = found.joint.b, found.joint.c, found.joint.n
    d, error = (b - c) / n, np.sqrt(((b + c) / n - ((b - c) / n) ** 2) / n)
    sides = norm.cdf((d - 0.1) / error), norm.sf((d + 0.1) / error)
    assert found.tests[-1]["p"] == pytest.approx(max(sides))
    assert found.small == (0.10 if max(sides) < 0.05 else 0)


def test_equivalence_with_weights_uses_the_designs_error(weighted):
    weighted = of(weighted, min_cell=1)
    found = comparisons.compare(weighted, "q4", "q5", "other")
    value, error, *_ = design_based(weighted, *(weighted.responses[f"{q}=other"] for q in ("q4", "q5")))
    assert found.tests[-1]["p"] == pytest.approx(norm.sf((0.1 - abs(value)) / error))


# --- who was asked ----------------------------------------------------------------------------------------------------


def of(survey, **about):
    """The same survey with other entries in survey.toml."""
    return replace(survey, about=survey.about | about)


def test_where_everyone_answered_nothing_is_tested(osaka, raw, weighted):
    for survey in (osaka, raw, weighted):
        plain, found = (comparisons.compare(s, *LINKED) for s in (survey, of(survey, sample="census")))
        assert found.tests == []
        assert (found.shares, found.difference.value) == (plain.shares, plain.difference.value)
        assert np.isnan([found.difference.low, found.difference.high, found.p, found.p_adjusted, found.level]).all()
        assert np.isnan(found.paired_adjusted).all()
        assert (found.verdict, found.small) == ("", 0)
        together = comparisons.family([found, found], "two")
        assert [c.size for c in together] == [0, 0]
        assert comparisons.as_table(together)[["p", "p_low", "p_high", "p_adjusted"]].isna().all(axis=None)
    assert joint_tests(of(raw, sample="census"), PAIRS, "aware") == []


def test_a_random_sample_of_a_known_population_tells_more(osaka):
    # of 235 drawn 118, each tells as much as (235 - 1) / (235 - 118) = 2 of an endless population
    found = comparisons.compare(of(osaka, sample="random", population_size=235), *LINKED)
    doubled = difference((2 * 64, 2 * 109), (2 * 33, 2 * 110))
    assert (found.difference.low, found.difference.high) == pytest.approx((doubled.low, doubled.high))
    assert found.difference.value == doubled.value
    assert found.p == comparisons.compare(osaka, *LINKED).p  # tests are those of an endless population: cautious
    chosen = comparisons.compare(of(osaka, population_size=235), *LINKED)  # nobody drew these
    assert chosen.difference == difference((64, 109), (33, 110))


# --- several answers at once ------------------------------------------------------------------------------------------


def test_awareness_adds_cochran_and_stuart_maxwell(told):
    rows = joint_tests(told, PAIRS, "aware")
    assert [row["test"] for row in rows] == ["stuart_maxwell"] * 3 + ["cochran_q"]
    cochran = rows[-1]
    known = told.responses[AWARENESS].astype(object)
    known = known[(known != "no_answer").all(axis=1)]
    assert (cochran["n"], cochran["df"]) == (len(known), 5)
    assert cochran["p"] == joint.cochran_q((known == "aware").astype("boolean")).p
    assert (cochran["first"], cochran["second"], cochran["options"]) == ("|".join(AWARENESS), "", "aware")
    both = told.responses[["q2_linked", "q2_unlinked"]].astype(object)
    both = both[(both != "no_answer").all(axis=1)]  # no answer is no category
    table = pd.crosstab(both["q2_linked"], both["q2_unlinked"])
    assert rows[1]["statistic"] == pytest.approx(joint.stuart_maxwell(table.to_numpy()).statistic)
    assert (rows[1]["options"], rows[1]["n"], rows[1]["df"]) == ("aware|unaware", len(both), 1)
    assert (rows[1]["first"], rows[1]["second"]) == ("q2_linked", "q2_unlinked")


def test_cochran_needs_one_answer_and_more_than_two_questions(raw):
    assert [row["test"] for row in joint_tests(raw, PAIRS)] == ["stuart_maxwell"] * 3
    assert [row["test"] for row in joint_tests(raw, PAIRS[:1], "aware")] == ["stuart_maxwell"]


def test_measures_add_a_test_of_all_items(told):
    (row,) = joint_tests(told, [("q4", "q5")])
    assert (row["test"], row["n"], row["df"]) == ("homogeneity_items", 118, 10)
    assert row["p"] < 0.001
    shared = tests_of_counts.shared_options(told, "q4", "q5")
    sheets = [
        told.responses[[f"{question}={option}" for option in shared]].set_axis(shared, axis=1)
        for question in ("q4", "q5")
    ]
    expected = joint.marginal_homogeneity(*sheets).overall
    assert (row["statistic"], row["p"], row["options"]) == (expected.statistic, expected.p, "|".join(shared))


def test_totals_only_have_no_joint_tests(osaka, raw):
    assert joint_tests(osaka, PAIRS, "aware") == []
    assert joint_tests(raw, []) == []


# --- what must not be told ---------------------------------------------------------------------------------------------


def leaning(told, both, b, c, neither):
    """The survey with answers to q4=other and q5=other that have these numbers, and totals to match."""
    said = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, b, c, neither], axis=0).astype(bool)
    own = told.responses.assign(
        **{f"{q}=other": pd.array(x, dtype="boolean") for q, x in zip(("q4", "q5"), said.T, strict=True)}
    )
    counted = told.counted.copy()
    for question, count in (("q4", both + b), ("q5", both + c)):
        counted.loc[(counted["question"] == question) & (counted["option"] == "other"), "count"] = count
    found = replace(told, counted=counted, about=told.about | {"min_cell": 5})
    vars(found)["responses"] = own
    return found


@pytest.mark.parametrize(("b", "c"), [(1, 30), (30, 1), (0, 30), (4, 4), (4, 60)])
def test_nothing_that_determines_b_and_c_is_told_where_one_is_small(told, b, c):
    found = comparisons.compare(leaning(told, 40, b, c, 118 - 40 - b - c), "q4", "q5", "other")
    assert found.kept
    assert (found.joint.both, found.joint.b, found.joint.c, found.joint.neither) == (None,) * 4
    assert "mcnemar" in [row["test"] for row in found.rows]
    for row in found.rows:
        if row["test"] in ("mcnemar", "equivalence", "weighted_difference"):
            assert np.isnan([row[name] for name in ("p", "statistic", "effect", "b", "c")]).all()
    assert np.isnan([found.paired.p_min, found.paired.p_max, found.p]).all()
    assert mcnemar_p(b, c) == 1 or str(mcnemar_p(b, c)) not in repr(found)
    assert found.p_adjusted in (0.001, 0.01, 0.05, 1)
    assert found.difference == difference(*found.counted, 0.95)  # as from totals


def test_it_is_decided_on_the_exact_p_and_then_told_rounded_up(told):
    found = comparisons.compare(leaning(told, 40, 2, 30, 46), "q4", "q5", "other")
    assert mcnemar_p(2, 30) < 0.001  # 2.5e-7
    assert (found.p_adjusted, found.shown, found.verdict) == (0.001, True, "always")
    again = comparisons.compare(leaning(told, 40, 30, 12, 36), "q4", "q5", "other")
    assert (again.kept, again.joint.b, again.joint.c) == (False, 30, 12)
    family = comparisons.family([found, again])
    assert family[0].p_adjusted == 0.001
    assert family[1].p_adjusted == pytest.approx(mcnemar_p(30, 12))  # Holm: the larger of two is multiplied by 1


def test_statistics_of_several_answers_are_kept_with_them(raw):
    rows = [*joint_tests(raw, PAIRS, "aware"), *joint_tests(raw, [("q4", "q5")])]
    kept = [row for row in rows if row["decimals"] == row["decimals"]]
    assert "homogeneity_items" in [row["test"] for row in kept]  # some measures were changed by one to four firms
    for row in kept:
        assert np.isnan(row["statistic"])
        assert row["p"] in (0.001, 0.01, 0.05, 1)
