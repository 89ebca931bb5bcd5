"""Words: numbers as people write them, both languages, and every sentence filled in."""

import inspect

import pandas as pd
import pytest

from helpers import chisquare, text
from helpers.proportions import COLUMNS
from helpers.survey import load
from helpers.topic import Topic

in_both = pytest.mark.parametrize("lang", ["en", "ja"])
EN, JA = text.Language("en"), text.Language("ja")


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


@pytest.mark.parametrize(("level", "words"), [(0.95, "95%"), (0.9, "90%"), (0.999, "99.9%")])
def test_level(level, words):
    assert text.Language("en", level).level() == words


def test_share_and_count():
    assert EN.share_count(0.5424, 1064) == "54% · 1,064"


def test_listed():
    assert [EN.listed("ABC"[:n]) for n in range(4)] == ["", "A", "A and B", "A, B and C"]
    assert [JA.listed("ABC"[:n]) for n in range(4)] == ["", "A", "A、B", "A、B、C"]
    assert EN.listed(letter for letter in "AB") == "A and B"


@pytest.mark.parametrize(
    ("n", "english", "japanese"),
    [(0, "0 firms", "0社"), (1, "1 firm", "1社"), (2, "2 firms", "2社"), (1234, "1,234 firms", "1,234社")],
)
def test_plural(n, english, japanese):
    assert EN.firms(n) == english
    assert JA.firms(n) == japanese


# --- languages -------------------------------------------------------------------------------------------------------


def test_catalogue_speaks_japanese_and_falls_back_to_english():
    assert JA("Why largely aware") == "概ね把握している理由"
    assert EN("Why largely aware") == "Why largely aware"
    assert text.Language("xx")("All {n}", n=3) == "All 3"
    assert JA("A message that nobody has translated: {n}", n=3) == "A message that nobody has translated: 3"
    assert text.Language("xx").firms(2) == "2 firms"


def test_values_may_hold_braces():
    assert EN("{label}", label="{x}") == "{x}"


# --- picking from tables ---------------------------------------------------------------------------------------------


def table_of(counts, roles):
    return pd.DataFrame({"option": list("abcd")[: len(counts)], "count": counts, "role": roles})


def test_top_keeps_the_tables_order_among_equals():
    table = table_of([3, 5, 5, 5], ["answer"] * 4)
    assert [text.top(table, n)["option"] for n in range(4)] == ["b", "c", "d", "a"]


def test_top_looks_at_answers_only():
    table = table_of([9, 1, 8, 2], ["no_answer", "answer", "other", "answer"])
    assert [text.top(table, n)["option"] for n in range(2)] == ["d", "b"]
    assert text.top(table, roles=("other", "answer"))["option"] == "c"


def test_brief_label_is_without_its_brackets():
    assert text.brief("No standing (weak, or distant)") == "No standing"
    assert text.brief("取引先に求めていく立場にない（力関係が弱い等）") == "取引先に求めていく立場にない"
    assert text.brief("(all of it)") == "(all of it)"
    assert text.brief("IT (systems) and more") == "IT (systems) and more"


# --- every sentence --------------------------------------------------------------------------------------------------

GROUPS = ["q2_suppliers", "q2_customers", "q2_linked", "q2_unlinked", "q2_bespoke", "q2_generic"]


def cases(topic):
    """Arguments for every function of `text` that makes a sentence: {function's name: [arguments, ...]}."""
    survey = topic.survey
    awareness, measures, obstacles = topic.stack(GROUPS), topic.stack(["q4", "q5", "q8"]), topic.table("q6")
    aware = awareness[awareness["option"] == "aware"]
    alike, unlike = (topic.compare(*pair, "aware") for pair in (GROUPS[:2], GROUPS[2:4]))
    sides = [topic.table(question, "goodman") for question in ("q1_suppliers", "q1_customers")]
    known = chisquare.known_answers(survey, "q1_suppliers")
    pearson = chisquare.homogeneity(survey, "q1_suppliers", "q1_customers", known)
    ordered = chisquare.ordered(survey, "q1_suppliers", "q1_customers", known)
    items = chisquare.as_table(chisquare.item_by_item(survey, [("q4", "q5")]))
    reached = topic.reached("q7_content")
    knowing = topic.known("q3", "not_known")
    fit = {"p": 0.2, "n": 118}
    return {
        "most_frequent": [[topic.table(question)] for question in ("industry", "q6", "q10")],
        "one_share": [[text.pick(topic.table("q8"), "damages")]],
        "one_part": [[text.pick(topic.table("q8"), "damages")]],
        "title_ranking": [[topic.table("q10")]],
        "title_respondents": [[topic.table("industry"), topic.table("employees")]],
        "title_sizes": [sides, [sides[0], topic.table("employees")]],
        "title_awareness": [[aware]],
        "sentence_case": [["Suppliers"], ["IT firms"], [""]],
        "finding_awareness": [[aware]],
        "finding_difference": [[alike], [unlike]],
        "note_difference": [[alike], [unlike]],
        "finding_distribution": [["A", "B", pearson, ordered], ["A", "B", pearson | {"p": 0.01}, ordered]],
        "finding_unknown": [["A", "B", sides]],
        "title_reasons": [[topic.reasons(GROUPS)]],
        "finding_reasons": [[topic.reasons(GROUPS)]],
        "title_support": [[topic.table("q3"), knowing, ["not_known"]]],
        "title_measures": [[measures]],
        "finding_nothing": [[measures]],
        "finding_movement": [[survey, items.assign(p_adjusted=p), "q4", "q5"] for p in (0.001, 0.5)],
        "title_obstacles": [[obstacles, ["no_standing", "no_criteria"]]],
        "title_incidents": [[reached], [reached.head(1)]],
        "finding_reached": [[reached], [reached.head(1)]],
        "finding_overlap": [[topic.table("q7_damage"), harmed] for harmed in (8.0, None)],
        "title_agreements": [[topic.table("q9"), ["dedicated", "general_with"]]],
        "finding_agreements": [[topic.table("q9"), ["dedicated", "general_with"]]],
        "title_overview": [[awareness, measures]],
        "no_reference": [["Industry"]],
        "finding_fit": [["Industry", fit], ["Industry", fit | {"p": 0.001}]],
        "sample_limits": [[survey]],
        "alt_text": [["Title", awareness], ["Title", awareness.head(2)], ["Title", pd.DataFrame({"x": [1]})]],
    }


def sentences(lang):
    topic = Topic("test", load("osaka-2019", lang))
    for name, calls in cases(topic).items():
        for arguments in calls:
            said = getattr(text, name)(topic.say, *arguments)
            for sentence in said if isinstance(said, list) else [said]:
                yield name, sentence


def test_the_cases_are_all_functions_that_say_something():
    speaking = {
        name
        for name, function in inspect.getmembers(text, inspect.isfunction)
        if not name.startswith("_") and next(iter(inspect.signature(function).parameters), "") == "say"
    }
    assert set(cases(Topic("test", load()))) == speaking


@in_both
def test_every_sentence_is_filled_in(lang):
    for name, sentence in sentences(lang):
        assert isinstance(sentence, str), name
        assert not set("{}") & set(sentence), (name, sentence)
        assert "nan" not in sentence.lower().split(), (name, sentence)
        assert "  " not in sentence, (name, sentence)


def test_every_sentence_is_in_japanese():
    for name, sentence in sentences("ja"):
        if name not in ("sentence_case", "alt_text"):  # these may consist of what they are given
            assert any("\u3041" <= sign <= "\u9fff" for sign in sentence), (name, sentence)


def test_findings_end_like_sentences():
    for lang, stop in (("en", "."), ("ja", "。")):
        for name, sentence in sentences(lang):
            if name.startswith(("finding", "no_reference", "sample_limits", "most_frequent", "one_share")):
                assert sentence.endswith(stop), (name, sentence)
                assert not sentence.endswith(stop * 2), (name, sentence)


def test_titles_have_no_full_stop():
    for lang in ("en", "ja"):
        for name, sentence in sentences(lang):
            if name.startswith("title"):
                assert not sentence.endswith((".", "。")), (name, sentence)


def test_no_sentence_says_no_difference():
    for name, sentence in sentences("en"):
        assert "no difference" not in sentence.lower(), (name, sentence)


def test_names_inside_a_sentence_begin_small():
    topic = Topic("test", load())
    pearson, ordered = {"p": 0.5}, {"p": 0.5, "effect": 0.5}
    said = text.finding_distribution(topic.say, "Suppliers", "Customers", pearson, ordered)
    assert "between suppliers and customers is not shown" in said


def test_tables_of_a_topic_have_the_agreed_columns():
    assert set(COLUMNS) <= set(Topic("test", load()).table("q6").columns)
