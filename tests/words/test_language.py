"""One language: translations by notebook, numbers as people write them, and words around labels."""

import gettext
import io

import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from helpers.words import language
from helpers.words.language import ALPHA, LONGEST, N_, Language, isolated

EN = Language("en", noun=("firm", "firms"))
JA = Language("ja", noun=("企業", "社"))

RIGHT_TO_LEFT = "\u05e9\u05dc\u05d5\u05dd"  # Hebrew
OVERRIDE = "\u202e54%"  # text that turns what follows around
AROUND = "\u2068{}\u2069"


@pytest.fixture
def spoken(monkeypatch):
    """Put a small catalogue in the place of all others: (context, message, translation)."""

    def put(*messages, plural=None):
        catalog = Catalog(locale="en" if plural else "ja")
        for context, message, words in messages:
            catalog.add(message, words, context=context)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        monkeypatch.setattr("helpers.words.language.catalogue", lambda lang: translations)

    return put


# --- translations ----------------------------------------------------------------------------------------------------


def test_a_notebooks_own_words_come_before_those_of_all(spoken):
    spoken(("one", "Base", "母数"), ("two", "Base", "土台"), (None, "Base", "基数"), (None, "Share", "割合"))
    assert [Language("ja", name)("Base") for name in ("one", "two", "three", "")] == ["母数", "土台", "基数", "基数"]
    assert Language("ja", "one")("Share") == "割合"
    assert Language("ja", "one")("Nothing of the kind") == "Nothing of the kind"


def test_no_notebook_hears_the_words_of_another(spoken):
    spoken(("one", "Base", "母数"))
    assert [Language("ja", name)("Base") for name in ("two", "")] == ["Base", "Base"]


def test_prose_is_found_by_its_cell(spoken):
    spoken(("one intro", "Some text.", "本文。"), ("one other", "Some text.", "別の本文。"))
    say = Language("ja", "one")
    assert [say.prose(cell, "Some text.\n") for cell in ("intro", "other")] == ["本文。", "別の本文。"]
    assert say.prose("third", " Some text.\n") == "Some text."
    assert Language("ja", "two").prose("intro", "Some text.") == "Some text."


def test_comments_change_and_code_does_not(spoken):
    spoken(("one parameters", "a number", "数"), ("one needs", "a number", "必要な数"))
    say = Language("ja", "one")
    code = 'n = 5  # a number\nname = "# a number"\nm = 6  # another'
    assert say.comments(code) == 'n = 5  # 数\nname = "# a number"\nm = 6  # another'
    assert say.comments("n = 5  # a number", "needs") == "n = 5  # 必要な数"


def test_an_unknown_language_is_english():
    say = Language("xx")
    assert say("All {n}", n=3) == "All 3"
    assert say.respondents(2) == "2 respondents"


def test_japanese_has_its_catalogue_and_english_none():
    assert JA.listed("ABC") == "A、B、C"
    assert isinstance(language.catalogue("ja"), gettext.GNUTranslations)
    assert not isinstance(language.catalogue("en"), gettext.GNUTranslations)


def test_a_mark_alone_translates_nothing():
    assert N_("Base") == "Base"


def test_values_may_hold_braces():
    assert EN("{label}", label="{x}") == "{x}"
    assert EN.quoted("{x} {") == "“{x} {”"


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "words"),
    [
        *((0, "0%"), (1, "100%"), (0.004, "0%"), (0.005, "1%"), (0.125, "13%"), (0.135, "14%"), (0.145, "15%")),
        *((0.285, "29%"), (0.575, "58%"), (0.995, "100%"), (0.9949, "99%"), (0.3050847, "31%")),
    ],
)
def test_percent_rounds_half_up(share, words):
    assert EN.percent(share) == JA.percent(share) == words


@pytest.mark.parametrize("count", range(201))
def test_percent_rounds_every_half_of_two_hundred_up(count):
    assert EN.percent(count / 200) == f"{(count + 1) // 2}%"


@pytest.mark.parametrize(
    ("difference", "words"),
    [(0.05, "+5"), (-0.12, "−12"), (0, "0"), (0.004, "0"), (-0.004, "0"), (0.005, "+1"), (-0.005, "−1"), (1, "+100")],
)
def test_points_have_a_sign_and_a_proper_minus(difference, words):
    assert EN.points(difference) == words
    assert "-" not in EN.points(difference)


def test_range():
    assert EN.range(0.451, 0.629) == "45–63%"
    assert JA.range(0.451, 0.629) == "45～63%"
    assert EN.range(0, 1) == "0–100%"


@pytest.mark.parametrize(
    ("p", "words"),
    [
        *((0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.0342, "p = 0.034")),
        *((0.05, "p = 0.050"), (0.0994, "p = 0.099"), (0.0996, "p = 0.10"), (0.424, "p = 0.42"), (1.0, "p = 1.00")),
    ],
)
def test_p_values(p, words):
    assert EN.p(p) == JA.p(p) == words
    assert EN.p_number(p) == words.removeprefix("p ").removeprefix("= ")


@pytest.mark.parametrize(
    ("p", "words"),
    [
        *((0.0501, "0.0501"), (0.0499, "0.0499"), (0.0496, "0.0496"), (0.0494, "0.049"), (0.0505001, "0.051")),
        *((0.05004, "0.05004"), (0.049996, "0.049996")),
    ],
)
def test_a_p_value_near_the_level_keeps_its_side(p, words):
    assert EN.p_number(p) == words


@given(st.one_of(st.floats(0.001, 1), st.floats(0.0485, 0.0515)))
def test_no_p_value_is_read_on_the_other_side_of_the_level(p):
    if abs(p - ALPHA) > 1e-9:
        read = float(EN.p_number(p))
        assert (read < ALPHA, read > ALPHA) == (p < ALPHA, p > ALPHA)


@pytest.mark.parametrize(
    ("low", "high", "english", "japanese"),
    [
        (0.0342, 0.7, "0.034 to 0.70", "0.034～0.70"),
        (0.0002, 1.0, "< 0.001 to 1.00", "< 0.001～1.00"),
        (0.0002, 0.0004, "< 0.001", "< 0.001"),
        (1.0, 1.0, "1.00", "1.00"),
    ],
)
def test_range_of_p(low, high, english, japanese):
    assert EN.p_range(low, high) == english
    assert JA.p_range(low, high) == japanese


def test_an_adjusted_p_says_for_how_many_tests():
    assert EN.adjusted(0.0576, 3) == "p = 0.058, Holm-adjusted for 3 comparisons"
    assert EN.adjusted(0.0002, 30) == "p < 0.001, Holm-adjusted for 30 comparisons"
    assert EN.adjusted(0.0576, 1) == EN.p(0.0576)


@pytest.mark.parametrize(("level", "words"), [(0.95, "95%"), (0.9, "90%"), (0.999, "99.9%")])
def test_level(level, words):
    assert EN.level(level) == words


@pytest.mark.parametrize(
    ("n", "english", "japanese"),
    [(0, "0 firms", "0社"), (1, "1 firm", "1社"), (118, "118 firms", "118社"), (1234, "1,234 firms", "1,234社")],
)
def test_respondents_have_the_surveys_noun(n, english, japanese):
    assert EN.respondents(n) == EN.respondents(float(n)) == english
    assert JA.respondents(n) == japanese


def test_respondents_of_a_survey_without_a_noun():
    assert [Language("en").respondents(n) for n in (1, 2)] == ["1 respondent", "2 respondents"]
    assert Language("ja").respondents(2) == "2人"


@pytest.mark.parametrize("flag", [None, float("nan"), pd.NA, ""])
def test_no_mark_without_a_flag(flag):
    assert Language.mark({"flag": flag}) == ""


def test_mark_of_a_weak_share():
    assert Language.mark({}) == ""
    assert Language.mark({"flag": "small_base"}) == Language.mark(pd.Series({"flag": "wide"})) == "†"


def test_share_and_count():
    answer = {"share": 0.5424, "count": 1064}
    assert EN.share_count(answer) == EN.share_count(pd.Series(answer)) == "54% · 1,064"
    assert EN.share_count(answer | {"flag": float("nan")}) == "54% · 1,064"
    assert EN.share_count(answer | {"flag": "small_base"}) == "54% · 1,064†"


def test_share_and_count_in_japanese_have_the_counter_once():
    assert JA.share_count({"share": 0.5424, "count": 1064, "flag": "wide"}).count("社") == 1


def test_evidence_of_a_share():
    answer = {"count": 1064, "base": 2000, "level": 0.9, "low": 0.51, "high": 0.55}
    assert EN.evidence(answer) == "(1,064 of 2,000 firms, 90% interval 51–55%)"
    assert EN.evidence(answer | {"n_effective": float("nan")}) == EN.evidence(answer)
    everyone = answer | {"low": float("nan"), "high": float("nan"), "level": float("nan")}
    assert EN.evidence(everyone) == "(1,064 of 2,000 firms)"
    assert EN.evidence(everyone | {"n_effective": 1500.0}) == "(weighted; 1,064 of 2,000 firms)"
    assert EN.evidence(answer | {"n_effective": 1500.0}) == "(weighted; 1,064 of 2,000 firms, 90% interval 51–55%)"


# --- words -----------------------------------------------------------------------------------------------------------


def test_listed():
    assert [EN.listed("ABC"[:n]) for n in range(4)] == ["", "A", "A and B", "A, B and C"]
    assert [JA.listed("ABC"[:n]) for n in range(4)] == ["", "A", "A、B", "A、B、C"]
    assert EN.listed(letter for letter in "AB") == "A and B"


def test_quoted():
    assert EN.quoted("Other") == "“Other”"
    assert JA.quoted("その他") == "「その他」"


def test_a_very_long_label_is_quoted_by_its_beginning():
    just, over = "x" * LONGEST, "x" * (LONGEST - 2) + " yz"
    assert EN.quoted(just) == f"“{just}”"
    assert EN.quoted(over) == f"“{'x' * (LONGEST - 2)}…”"


def test_pair_names_both_in_order():
    assert EN.pair("Suppliers", "Customers") == "Suppliers – Customers"
    assert JA.pair("買い先", "売り先").startswith("買い先")


def test_sentence_case():
    assert [EN.sentence_case(label) for label in ("Suppliers", "IT firms", "", "a")] == [
        "suppliers",
        "IT firms",
        "",
        "a",
    ]
    assert JA.sentence_case("Suppliers") == "Suppliers"


def test_brief_label_is_without_its_brackets():
    assert EN.brief("No standing (weak, or distant)") == "No standing"
    assert EN.brief("取引先に求めていく立場にない（力関係が弱い等）") == "取引先に求めていく立場にない"
    assert EN.brief("(all of it)") == "(all of it)"
    assert EN.brief("IT (systems) and more") == "IT (systems) and more"


@pytest.mark.parametrize("turning", [RIGHT_TO_LEFT, OVERRIDE, f"IT {RIGHT_TO_LEFT}", "\u2067x", "\u0627"])
def test_text_from_right_to_left_keeps_its_direction_to_itself(turning):
    assert isolated(turning) == AROUND.format(turning)
    assert EN("{label}: {n}", label=turning, n=5) == AROUND.format(turning) + ": 5"
    assert AROUND.format(turning) in EN.quoted(turning)


@pytest.mark.parametrize("plain", ["Suppliers", "取引先", "54%", "", "naïve – “x”", 5, 0.5, None])
def test_other_values_are_left_alone(plain):
    assert isolated(plain) is plain
