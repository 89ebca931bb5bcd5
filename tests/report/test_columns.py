"""The registry: every column that the project writes has words and a format; its dictionary in data/README.md is up to date."""

import re

import pandas as pd
import pytest

from helpers.report import columns
from helpers.report.folder import KINDS
from helpers.stats import comparisons, proportions, sample_size, tests_of_counts
from helpers.survey import DATA
from helpers.words.language import Language


@pytest.fixture
def say():
    return Language("en", "", ("member", "members"))


@pytest.mark.parametrize("name", columns.COLUMNS)
def test_an_entry_is_sound(name):
    column = columns.COLUMNS[name]
    assert column.words
    assert column.format in columns.FORMATS
    assert column.format != "code" or name in columns.CODES


def test_columns_that_the_statistics_and_the_report_write_are_known():
    written = {
        *proportions.COLUMNS,
        *tests_of_counts.COLUMNS,
        *comparisons.COLUMNS,
        *sample_size.power([]).columns,
        *(name for kind in KINDS.values() for name in kind.columns),
    }
    assert written - set(columns.COLUMNS) == set()


def test_no_word_of_one_survey():
    words = [c.words for c in columns.COLUMNS.values()] + [
        w for codes in columns.CODES.values() for w in codes.values()
    ]
    assert [text for text in words if re.search(r"\b(firm|partner|supplier|customer)", text, re.IGNORECASE)] == []


def test_the_survey_has_its_own_noun(say):
    assert columns.heading(say, "count") == "Members"
    assert columns.heading(say, "share_all") == "Share of all members"
    assert columns.said(say, columns.TESTS["mcnemar"]) == "McNemar, same members (exact)"


def test_an_interval_is_one_column_and_says_its_level(say):
    table = pd.DataFrame({"share": [0.5], "low": [0.4], "high": [0.6], "level": [0.9]})
    assert [name for name in table if columns.shown(name, table)] == ["share", "low"]
    assert columns.heading(say, "low", table) == "90% interval"
    assert columns.formatted(say, "low", table["low"], table) == ["40–60%"]


def test_an_interval_of_a_difference_is_in_points(say):
    table = pd.DataFrame({"share": [0.5], "difference": [0.1], "low": [-0.1], "high": [0.3], "level": [0.95]})
    assert columns.heading(say, "low", table) == "95% interval (points)"
    assert columns.formatted(say, "low", table["low"], table) == ["−10 to +30"]
    assert columns.formatted(say, "difference", table["difference"], table) == ["+10"]


def test_levels_that_differ_are_not_in_the_heading(say):
    table = pd.DataFrame({"share": [0.5, 0.5], "low": 0.4, "high": 0.6, "level": [0.9, 0.95]})
    assert columns.heading(say, "low", table) == "Interval"


def test_a_pair_and_a_range_of_p_are_one_column_each(say):
    table = pd.DataFrame({"pair_first": ["A"], "pair_second": ["B"], "p": [0.3], "p_low": [0.01], "p_high": [0.5]})
    names = [name for name in table if columns.shown(name, table)]
    assert columns.headings(say, names, table) == {
        "pair_first": "Pair",
        "p": "p, unpaired",
        "p_low": "p, same members",
    }
    assert columns.formatted(say, "pair_first", table["pair_first"], table) == [say.pair("A", "B")]
    assert columns.formatted(say, "p_low", table["p_low"], table) == ["0.010 to 0.50"]


def test_an_adjusted_range_is_one_column_too(say):
    table = pd.DataFrame({"p_low_adjusted": [0.03, None], "p_high_adjusted": [1.0, None]})
    assert [name for name in table if columns.shown(name, table)] == ["p_low_adjusted"]
    assert columns.heading(say, "p_low_adjusted", table) == "p, same members (Holm)"
    assert columns.formatted(say, "p_low_adjusted", table["p_low_adjusted"], table) == ["0.030 to 1.00", ""]


def test_weak_shares_are_marked_and_missing_ones_empty(say):
    table = pd.DataFrame({"share": [0.5, 0.1, None], "flag": ["", "few", None]})
    assert columns.formatted(say, "share", table["share"], table) == ["50%", "10%†", ""]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("least", 1234, "1,234"),
        ("detectable", 0.1258, "12.6"),
        ("gap", -0.5, "−0.50"),
        ("percent", 54.0, "54%"),
        ("verdict", "always", "significant whatever the overlap"),
        ("flag", "few|small", "small base, hardly any member"),
        ("reason", "a notebook’s own words", "a notebook’s own words"),
        ("unheard_of", 1.5, "1.5"),
    ],
)
def test_values_in_words(say, name, value, words):
    table = pd.DataFrame({name: [value]})
    assert columns.formatted(say, name, table[name], table) == [words]


def test_two_columns_with_the_same_words_are_told_apart(say):
    table = pd.DataFrame({"short": ["a"], "wording": ["b"]})
    assert list(columns.headings(say, list(table), table).values()) == ["Question (short)", "Question (wording)"]


def test_the_dictionary_in_the_data_readme_is_up_to_date():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert columns.renewed(text) == text
    assert columns.BEGIN in text
