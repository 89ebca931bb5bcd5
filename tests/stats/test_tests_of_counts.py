"""Tests on counts against arithmetic done by hand, closed formulas and textbook examples."""

from itertools import product
from math import comb, erfc, exp, sqrt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import size
from statsmodels.stats.multitest import multipletests

from helpers.stats import tests_of_counts as chisquare
from helpers.survey import Survey

SIZES = ["up_to_50", "51_100", "101_300", "301_500", "501_1000", "over_1000"]


def invented(base, kind="single", **counts):
    """A survey whose questions `first`, `second` ... share the options a, b, c ..."""
    letters = "abcdefgh"[: len(next(iter(counts.values())))]
    options = {"options": "set", "option": list(letters), "order": range(len(letters)), "role": "answer"}
    questions = {"question": list(counts), "kind": kind, "options": "set", "base": base, "asked_if": ""}
    rows = [(name, letter, number) for name, n in counts.items() for letter, number in zip(letters, n, strict=True)]
    return Survey(
        *(None, "en", {"respondents": base}),
        questions=pd.DataFrame(questions).set_index("question"),
        options=pd.DataFrame(options).assign(label_en=list(letters)),
        counted=pd.DataFrame(rows, columns=["question", "option", "count"]),
        **dict.fromkeys(("published", "claims"), pd.DataFrame()),
    )


def named(numbers):
    return SimpleNamespace(**dict(zip(("statistic", "df", "p", "v", "least"), numbers, strict=True)))


def closed_2x2(a, b, c, d):
    return (a + b + c + d) * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))


# --- Pearson ---------------------------------------------------------------------------------------------------------


def test_2x2_by_hand():
    # Rows 20 30 | 30 20: every margin is 50 of 100, every expected count 50 * 50 / 100 = 25.
    # X2 = 4 * (20 - 25)^2 / 25 = 4 * 25 / 25 = 4, df = 1, p = erfc(sqrt(4 / 2)) = 0.0455, V = sqrt(4 / 100) = 0.2.
    found = named(chisquare.independence([[20, 30], [30, 20]]))
    assert (found.statistic, found.df, found.v, found.least) == pytest.approx((4, 1, 0.2, 25))
    assert found.p == pytest.approx(0.0455002639, abs=1e-9)


def test_2x3_by_hand():
    # Rows 10 20 30 | 20 20 20: columns 30 40 50, rows 60 each, so expected 15 20 25 in both rows.
    # X2 = 2 * (5^2 / 15) + 2 * 0 + 2 * (5^2 / 25) = 3.3333 + 0 + 2 = 5.3333, df = 2, p = exp(-5.3333 / 2) = 0.0695,
    # V = sqrt(5.3333 / (120 * 1)) = 0.2108.
    found = named(chisquare.independence([[10, 20, 30], [20, 20, 20]]))
    assert (found.statistic, found.df, found.v, found.least) == pytest.approx((16 / 3, 2, sqrt(2 / 45), 15))
    assert found.p == pytest.approx(exp(-8 / 3))


@pytest.mark.parametrize(
    ("observed", "statistic", "df"),
    [
        ([[189, 10845], [104, 10933]], 25.01, 1),  # Agresti 2007, Introduction to Categorical Data Analysis, 2.3
        ([[762, 327, 468], [484, 239, 477]], 30.07, 2),  # the same, Table 2.5: party by gender, printed as 30.1
    ],
)
def test_textbook_tables(observed, statistic, df):
    found = named(chisquare.independence(observed))
    assert found.statistic == pytest.approx(statistic, abs=5e-3)
    assert found.df == df


@given(*[st.integers(1, 500)] * 4)
def test_2x2_is_the_closed_formula(a, b, c, d):
    found = named(chisquare.independence([[a, b], [c, d]]))
    statistic = closed_2x2(a, b, c, d)
    assert found.statistic == pytest.approx(statistic, abs=1e-9)
    assert found.p == pytest.approx(erfc(sqrt(statistic / 2)), abs=1e-9)
    assert found.v == pytest.approx(abs(a * d - b * c) / sqrt((a + b) * (c + d) * (a + c) * (b + d)), abs=1e-9)
    assert found.least == pytest.approx(min(a + b, c + d) * min(a + c, b + d) / (a + b + c + d))


@pytest.mark.parametrize("observed", [[[0, 0], [3, 4]], [[0, 3], [0, 4]]])
def test_empty_row_or_column_is_refused(observed):
    with pytest.raises(ValueError, match="a row or column of the table holds no answers"):
        chisquare.independence(observed)


# --- comparing two questions -----------------------------------------------------------------------------------------


def test_suppliers_and_customers(osaka):
    # The press release: no significant difference. 34 of 112 against 28 of 110, no-answers left out.
    test = chisquare.homogeneity(osaka, "q2_suppliers", "q2_customers")
    counts = [osaka.count(q, o) for q, o in product(("q2_suppliers", "q2_customers"), ("aware", "unaware"))]
    assert counts == [34, 78, 28, 82]
    statistic = closed_2x2(*counts)
    assert test["statistic"] == pytest.approx(statistic)
    assert test["p"] == pytest.approx(erfc(sqrt(statistic / 2)))
    assert test["effect"] == pytest.approx(sqrt(statistic / 222))
    assert (test["df"], test["n"], test["options"], test["test"]) == (1, 222, "aware|unaware", "pearson")
    assert (test["effect_kind"], test["no_answer"]) == ("cramers_v", "drop")
    assert np.isnan(test["p_adjusted"])


def test_no_answers_can_be_kept(osaka):
    test = chisquare.homogeneity(osaka, "q2_suppliers", "q2_customers", no_answer="keep")
    observed = np.array([[34, 78, 6], [28, 82, 8]])
    expected = observed.sum(axis=0) / 2
    assert test["statistic"] == pytest.approx(((observed - expected) ** 2 / expected).sum())
    assert (test["df"], test["n"], test["options"]) == (2, 236, "aware|unaware|no_answer")
    assert (test["effect_kind"], test["no_answer"]) == ("cramers_v", "keep")


def test_item_of_a_multiple_choice_question_is_chosen_against_not_chosen(osaka):
    observed, options = chisquare.contingency(osaka, "q4", "q5", ["caution"])
    assert observed.tolist() == [[29, 118 - 29], [49, 118 - 49]]
    assert options == ["caution"]
    test = chisquare.homogeneity(osaka, "q4", "q5", ["caution"])
    assert test["statistic"] == pytest.approx(closed_2x2(29, 89, 49, 69))


def test_items_of_reasons_are_read_on_firms_and_not_on_selections(osaka):
    observed, _ = chisquare.contingency(osaka, "q2_suppliers_why_aware", "q2_linked_why_aware", ["needed"])
    assert observed.tolist() == [[15, 34 - 15], [40, 64 - 40]]


def test_answer_that_nobody_gave_is_left_out_of_the_statistic():
    sample = invented(100, first=[20, 30, 0], second=[30, 20, 0])
    test = chisquare.homogeneity(sample, "first", "second")
    assert (test["statistic"], test["df"], test["options"]) == (pytest.approx(4), 1, "a|b|c")


REFUSED = {
    "a question with itself": (("q3", "q3", None), "is compared with another one, not with itself: q3"),
    "multiple-choice as a whole": (("q4", "q5", None), "are multiple-choice: one firm may count under several options"),
    "two items at once": (("q4", "q5", ["caution", "contract"]), "give exactly one option"),
    "single with multiple": (("q3", "q4", None), "one is single-choice, the other multiple-choice"),
    "multiple with single": (("q4", "q3", ["nothing"]), "one is single-choice, the other multiple-choice"),
    "unknown option": (
        ("q2_suppliers", "q2_customers", ["aware", "maybe"]),
        "found 'maybe'; expected one of aware, un",
    ),
    "option of one question only": (("q4", "q8", ["damages"]), "option of q4: found 'damages'"),
    "unknown question": (
        ("q2_suppliers", "q2_sellers", None),
        "question: found 'q2_sellers'; expected one of industry",
    ),
    "answers of another kind": (("q3", "q9", None), "option of q9: found 'not_known'; expected one of dedicated"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("test", [chisquare.homogeneity, chisquare.fisher, chisquare.ordered])
def test_refusals(osaka, case, test):
    arguments, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        test(osaka, *arguments)


# --- Fisher ----------------------------------------------------------------------------------------------------------


def test_fishers_tea_tasting():
    # Fisher 1935, The Design of Experiments: 3 of 4 cups right. C(4,3) C(4,1) = 16 and C(4,4) C(4,0) = 1 of C(8,4) = 70
    # ways, on both sides: p = 2 * (16 + 1) / 70 = 34 / 70 = 0.4857142857. Odds ratio (3 * 3) / (1 * 1) = 9.
    test = chisquare.fisher(invented(4, first=[3, 1], second=[1, 3]), "first", "second")
    assert test["p"] == pytest.approx(0.4857142857, abs=1e-10)
    assert (test["effect"], test["n"], test["test"]) == (pytest.approx(9), 8, "fisher")
    assert (test["effect_kind"], test["no_answer"]) == ("odds_ratio", "drop")
    assert np.isnan(test["statistic"])


@settings(max_examples=size(40, 10))
@given(*[st.integers(0, 12)] * 4)
def test_fisher_is_the_sum_of_tables_no_likelier_than_the_observed(a, b, c, d):
    sample = invented(24, first=[a, b + 1], second=[c + 1, d])
    row, column, n = a + b + 1, a + c + 1, a + b + c + d + 2
    ways = [comb(column, x) * comb(n - column, row - x) for x in range(max(0, row + column - n), min(row, column) + 1)]
    here = comb(column, a) * comb(n - column, row - a)
    expected = sum(way for way in ways if way <= here) / comb(n, row)
    assert chisquare.fisher(sample, "first", "second")["p"] == pytest.approx(expected, rel=1e-6)


def test_fisher_refuses_more_than_two_answers(osaka):
    with pytest.raises(
        ValueError, match=r"^Fisher's exact test here needs two answers, found 3: aware, unaware, no_ans"
    ):
        chisquare.fisher(osaka, "q2_suppliers", "q2_customers", no_answer="keep")
    with pytest.raises(ValueError, match="needs two answers, found 6: up_to_50"):
        chisquare.fisher(osaka, "q1_suppliers", "q1_customers", SIZES)


# --- order -----------------------------------------------------------------------------------------------------------


def mann_whitney(first, second):
    """U of the second sample (wins over the first, ties half) and its two-sided p, from counts of ordered answers."""
    places = range(len(first))
    u = sum(first[i] * second[j] * ((j > i) + (j == i) / 2) for i in places for j in places)
    n1, n2 = sum(first), sum(second)
    n = n1 + n2
    ties = sum((a + b) ** 3 - (a + b) for a, b in zip(first, second, strict=True))
    variance = n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1)))
    return u, erfc(abs(u - n1 * n2 / 2) / sqrt(variance) / sqrt(2))


def test_mann_whitney_with_ties_by_hand():
    # First 2 1 0, second 0 1 2 (of answers 1 < 2 < 3). U = 2 * 1 + 2 * 2 + 1 * 1 / 2 + 1 * 2 = 8.5 of 9 pairs.
    # Ties of 2, 2, 2: sum(t^3 - t) = 18; variance = 9 / 12 * (7 - 18 / 30) = 4.8; z = (8.5 - 4.5) / sqrt(4.8).
    test = chisquare.ordered(invented(3, first=[2, 1, 0], second=[0, 1, 2]), "first", "second", ["a", "b", "c"])
    assert (test["statistic"], test["effect"], test["n"]) == (8.5, pytest.approx(8.5 / 9), 6)
    assert test["p"] == pytest.approx(erfc(4 / sqrt(4.8) / sqrt(2)))
    assert (test["test"], test["effect_kind"]) == ("mann_whitney", "probability_higher")


def test_mann_whitney_of_supply_chain_sizes(osaka):
    test = chisquare.ordered(osaka, "q1_suppliers", "q1_customers", SIZES)
    u, p = mann_whitney(*([osaka.count(q, size) for size in SIZES] for q in ("q1_suppliers", "q1_customers")))
    assert (test["statistic"], test["p"]) == (pytest.approx(u), pytest.approx(p))
    assert test["n"] == 100 + 91
    assert test["options"] == "|".join(SIZES)


@settings(max_examples=size(40, 10))
@given(st.lists(st.integers(1, 40), min_size=3, max_size=3), st.lists(st.integers(1, 40), min_size=3, max_size=3))
def test_mann_whitney_is_the_tie_formula(first, second):
    sample = invented(200, first=first, second=second)
    test = chisquare.ordered(sample, "first", "second", ["a", "b", "c"])
    assert (test["statistic"], test["p"]) == pytest.approx(mann_whitney(first, second))


# --- goodness of fit -------------------------------------------------------------------------------------------------


def test_goodness_of_fit_by_hand():
    # Observed 30 50 20 against 25%, 50%, 25% of 100: X2 = 25 / 25 + 0 + 25 / 25 = 2, p = exp(-1), w = sqrt(.02).
    sample = invented(100, first=[30, 50, 20])
    test = chisquare.goodness_of_fit(sample, "first", {"a": 0.25, "b": 0.5, "c": 0.25})
    assert (test["statistic"], test["df"], test["n"], test["min_expected"]) == (pytest.approx(2), 2, 100, 25)
    assert test["p"] == pytest.approx(exp(-1))
    assert test["effect"] == pytest.approx(sqrt(0.02))
    assert (test["second"], test["options"], test["effect_kind"]) == ("", "a|b|c", "cohens_w")


def test_goodness_of_fit_leaves_out_what_the_reference_leaves_out():
    # Observed 30 20 against 1 : 1 of 50: X2 = 2 * 25 / 25 = 2, df = 1. Written in the reference's order.
    test = chisquare.goodness_of_fit(invented(100, first=[30, 50, 20]), "first", {"c": 0.4, "a": 0.4})
    assert (test["statistic"], test["df"], test["n"], test["options"]) == (pytest.approx(2), 1, 50, "c|a")


def test_goodness_of_fit_refuses_unknown_options(osaka):
    with pytest.raises(
        ValueError, match=r"reference: found option 'mining'; expected options of industry: manufacturing"
    ):
        chisquare.goodness_of_fit(osaka, "industry", {"manufacturing": 0.9, "mining": 0.1})


# --- many tests ------------------------------------------------------------------------------------------------------


def rows_with(*p, test="pearson"):
    return [chisquare.row("first", "second", ["a"], test, p=value, effect=0, n=1) for value in p]


def test_holm_by_hand():
    # Sorted 0.01, 0.03, 0.04: 3 * 0.01 = 0.03; 2 * 0.03 = 0.06; 1 * 0.04 = 0.04, but not below the 0.06 before it.
    table = chisquare.as_table(rows_with(0.01, 0.04, 0.03), "three")
    assert table["p_adjusted"].tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert table["family"].tolist() == ["three"] * 3
    assert list(table.columns) == chisquare.COLUMNS


@pytest.mark.parametrize("n", [0, 1, 2, 7, 40])
def test_holm_is_that_of_statsmodels(n):
    p = np.random.default_rng(n).random(n).round(2)  # some are equal
    assert chisquare.holm(p) == pytest.approx(multipletests(p, method="holm")[1] if n else [])


def test_what_has_no_p_value_counts_for_nothing_in_holm():
    found = chisquare.holm([np.nan, 0.01, 0.04, np.nan, 0.03])
    assert found == pytest.approx([np.nan, 0.03, 0.06, np.nan, 0.06], nan_ok=True)
    assert np.isnan(chisquare.holm([np.nan])).all()


def test_tests_outside_the_family_are_not_adjusted():
    rows = [*rows_with(0.01, 0.04), *rows_with(0.001, test="fisher"), *rows_with(np.nan)]
    table = chisquare.as_table(rows, "two")
    assert table["p_adjusted"].tolist() == pytest.approx([0.02, 0.04, np.nan, np.nan], nan_ok=True)
    assert table["family"].tolist() == ["two", "two", "", ""]
    table = chisquare.as_table(rows, "three", ("pearson", "fisher"))
    assert table["p_adjusted"].tolist() == pytest.approx([0.02, 0.04, 0.003, np.nan], nan_ok=True)
    assert table["family"].tolist() == ["three", "three", "three", ""]


def test_without_a_family_nothing_is_adjusted():
    table = chisquare.as_table(rows_with(0.01, 0.04))
    assert table["p_adjusted"].isna().all()
    assert (table["family"] == "").all()


def test_a_row_takes_known_columns_only():
    with pytest.raises(ValueError, match=r"^row of tests\.csv: found 'note'; expected some of first, second"):
        chisquare.row("first", "second", ["a"], "pearson", p=0.5, note="effect=none")


def test_columns_of_numbers_hold_numbers_and_those_of_words_words():
    table = chisquare.as_table([chisquare.row("first", "second", ["a"], "pearson", p=1, n=3)])
    for name in chisquare.COLUMNS:
        assert isinstance(table[name][0], str) == (name in chisquare.TEXT), name


def test_no_tests_make_an_empty_table():
    assert list(chisquare.as_table([]).columns) == chisquare.COLUMNS
    assert chisquare.as_table([]).empty


# --- what went wrong once -------------------------------------------------------------------------------


def test_one_answer_of_a_single_choice_question_is_compared_with_the_rest_or_refused(osaka):
    try:
        test = chisquare.homogeneity(osaka, "q2_suppliers", "q2_customers", ["aware"])
    except ValueError:
        return
    assert test["df"] == 1


def test_goodness_of_fit_refuses_a_multiple_choice_question(osaka):
    with pytest.raises(ValueError, match="multiple-choice"):
        chisquare.goodness_of_fit(osaka, "q4", {"nothing": 0.5, "caution": 0.5})


def test_ordered_refuses_a_multiple_choice_question(osaka):
    with pytest.raises(ValueError, match="multiple-choice"):
        chisquare.ordered(osaka, "q4", "q5", ["caution"])
