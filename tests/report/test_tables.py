"""Tables for people: tests in words, with the right labels, ranges and limits; HTML that is escaped and has headings."""

import pandas as pd
import pytest

from helpers.report.tables import html_table, readable, readable_tests
from helpers.stats import tests_of_counts
from helpers.words.language import Language


@pytest.fixture
def say(osaka):
    return Language(osaka.lang, "", osaka.noun)


def row_of(first, second, options, test, **numbers):
    numbers = {"p": float("nan"), "n": 118, "effect": float("nan")} | numbers
    return tests_of_counts.row(first, second, options, test, **numbers)


def in_words(say, survey, *rows):
    return readable_tests(say, survey, pd.DataFrame(rows, columns=tests_of_counts.COLUMNS)).to_dict("records")


def test_labels_are_those_of_the_question(say, osaka):
    """The same option id means another thing in another option set."""
    sets = osaka.options.groupby("option")["options"].nunique()
    shared = [option for option in osaka.table("q4")["option"] if sets[option] > 1]
    assert shared
    for option in shared:
        (row,) = in_words(say, osaka, row_of("q4", "q5", [option], "pearson", p=0.5))
        assert row["Answers"] == osaka.table("q5").set_index("option").loc[option, "label"]


def test_a_crosstab_names_the_answers_of_its_second_question(say, osaka):
    (row,) = in_words(say, osaka, row_of("industry", "q2_suppliers", ["aware", "unaware"], "independence", p=0.5))
    assert row["Answers"] == "Largely aware / Hardly aware"


def test_a_range_is_one_row_with_its_verdict(say, osaka):
    numbers = {"p_low": 0.02, "p_high": 0.7, "p_low_adjusted": 0.06, "p_high_adjusted": 1.0, "verdict": "never"}
    (row,) = in_words(say, osaka, row_of("q2_linked", "q2_unlinked", ["aware"], "mcnemar_range", **numbers))
    assert row["p"] == "0.020 to 0.70"
    assert row["p (Holm)"] == "0.060 to 1.00: not significant whatever the overlap"
    assert row["Test"].startswith("McNemar, same firms")


def test_what_is_not_adjusted_has_no_adjusted_p(say, osaka):
    plain, adjusted = row_of("q4", "q5", ["drill"], "pearson", p=0.2), row_of("q4", "q5", ["drill"], "fisher", p=0.4)
    assert "p (Holm)" not in in_words(say, osaka, plain)[0]
    rows = in_words(say, osaka, adjusted | {"p_adjusted": 0.8}, plain)
    assert [row["p (Holm)"] for row in rows] == ["0.80", ""]


def test_equivalence_says_its_margin(say, osaka):
    (row,) = in_words(
        say, osaka, row_of("q4", "q5", ["drill"], "equivalence", p=0.01, effect=0.1, effect_kind="margin")
    )
    assert row["Test"] == "Equivalence, same firms (two one-sided tests)"
    assert row["Effect"] == "0.10 (largest difference allowed)"


@pytest.mark.parametrize(
    ("p", "decimals", "words"),
    [
        (0.31, float("nan"), "0.31"),
        (0.05, 0, "at most 0.05"),
        (1.0, 0, "above 0.05"),
        (0.4, 1, "at most 0.40"),
        (0.123, 3, "at most 0.123"),
        (float("nan"), 0, "withheld"),
    ],
)
def test_a_p_value_that_was_rounded_up_is_a_limit(say, osaka, p, decimals, words):
    (row,) = in_words(say, osaka, row_of("industry", "q3", ["done"], "independence", p=p, decimals=decimals))
    assert row["p"] == words


def test_statistic_and_effect(say, osaka):
    numbers = {"statistic": 3.214, "df": 1.9, "df2": 230.14, "p": 0.2, "effect": 0.123, "effect_kind": "cramers_v"}
    (row,) = in_words(say, osaka, row_of("industry", "q3", ["done"], "rao_scott", **numbers))
    assert row["Statistic (df)"] == "F = 3.21 (1.9, 230.1)"
    assert row["Effect"] == "0.12 (Cramér’s V)"


def test_people_see_no_ids(say, osaka):
    table = osaka.table("q3").assign(question="q3", share=0.5, low=0.4, high=0.6, flag="", level=0.95, method="wilson")
    assert list(readable(say, table)) == ["Answer", "Firms", "Base", "Share", "95% interval"]


def test_html_is_escaped_and_has_headings():
    made = html_table(pd.DataFrame({"<b>": ["x & y", ""], "n": ["1", "2"]}), 'a "caption"')
    assert "<b>" not in made
    assert "x &amp; y" in made
    assert made.count('scope="col"') == 2
    assert '<th scope="col" class="words">' in made
    assert "<td>2</td>" in made
