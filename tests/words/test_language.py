"""Words: numbers as people write them, both languages, and every sentence filled in."""

import dataclasses
import inspect
import re

import pandas as pd
import pytest

from helpers.report.notebook import Topic
from helpers.stats import claims, joint
from helpers.stats import tests_of_counts as chisquare
from helpers.stats.margins import PairedRange, joint_range, margins, mcnemar_p
from helpers.stats.shares import COLUMNS, INTERVALS
from helpers.survey import load
from helpers.words import language as text

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
    answer = {"share": 0.5424, "count": 1064}
    assert EN.share_count(answer) == EN.share_count(pd.Series(answer)) == "54% · 1,064"
    assert EN.share_count(answer | {"flag": ""}) == "54% · 1,064"
    assert EN.share_count(answer | {"flag": "small_base"}) == "54% · 1,064†"


def test_mark_of_a_weak_share():
    assert [text.Language.mark(row) for row in ({}, {"flag": ""}, {"flag": "small_base"})] == ["", "", "†"]


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


def settle(comparison, b, c):
    """A comparison as it would be with raw answers."""
    p = mcnemar_p(b, c)
    verdict = "always" if p < 0.05 else "never"
    paired = PairedRange(p, p, (b, c), (b, c), 1, int(p < 0.05), verdict)
    found = joint.McNemar(30, b, c, 40, p, (b - c) ** 2 / (b + c), mcnemar_p(b, c, "asymptotic"), b / c)
    return dataclasses.replace(comparison, paired=paired, joint=found)


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
    changes = topic.compare_items([("q4", "q5")])
    items = chisquare.as_table([test for change in changes for test in change.tests])
    largest = topic.compare("q1_suppliers", "q1_customers", known[-1], among=known)
    bounds = joint_range(*(margins(survey, question, "unaware") for question in GROUPS[:2]))
    audited, printed = claims.audit_claims(survey), claims.audit_percentages(survey)
    each_claim = [[claim] for _, claim in audited.drop_duplicates(["kind", "verdict", "reason"]).iterrows()]
    forest = pd.DataFrame(
        {
            "p_all": [c.p for c in changes],
            "verdict": [c.paired.verdict for c in changes],
            "p_min": [c.paired.p_min for c in changes],
            "p_max": [c.paired.p_max for c in changes],
        }
    )
    settled = [settle(compared, 3, 20) for compared in changes]
    open_ = [settle(compared, 10, 12) for compared in changes]
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
        "finding_difference": [[alike], [unlike], [settled[0]], [open_[0]]],
        "note_difference": [[alike], [unlike]],
        "p_range": [[change.paired] for change in changes],
        "verdict": [[change.paired] for change in changes],
        "finding_paired": [
            [compared, survey.respondents] for compared in (alike, unlike, largest, *changes, settled[0])
        ],
        "title_map": [[[alike, unlike]], [[alike]], [settled]],
        "title_ranges": [[changes], [settled]],
        "finding_ranges": [[changes], [[alike]], [settled], [open_]],
        "finding_joint": [["Suppliers", "Customers", "Unaware", bounds]],
        "finding_joint_known": [["Suppliers", "Customers", "Unaware", 0.5, 0.75]],
        "finding_pooled": [["Unaware", 160, 236]],
        "interval_name": [[method] for method in INTERVALS],
        "claim_words": each_claim,
        "claim_numbers": each_claim,
        "title_audit": [[audited, printed]],
        "finding_audit": [[audited]],
        "finding_charts": [[claims.contradictions(survey), printed]],
        "title_forest": [[forest], [forest.assign(p_min=forest["p_max"])]],
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
        "weighted": [[118, 69.9]],
        "weight_limits": [["Weighted: 118 firms, effective sample size 69.9"]],
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
        if name in ("p_range", "claim_numbers"):  # these may consist of numbers
            assert not re.search("[A-Za-z]{2}", sentence), (name, sentence)
        elif name not in ("sentence_case", "alt_text"):  # these may consist of what they are given
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


# --- the paired reading and the audit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_min", "p_max", "english", "japanese"),
    [
        (0.0342, 0.7, "0.034 to 0.70", "0.034～0.70"),
        (0.0002, 1.0, "< 0.001 to 1.00", "< 0.001～1.00"),
        (0.0002, 0.0004, "< 0.001", "< 0.001"),
        (1.0, 1.0, "1.00", "1.00"),
    ],
)
def test_range_of_p(p_min, p_max, english, japanese):
    paired = PairedRange(**dict.fromkeys(PairedRange.__dataclass_fields__) | {"p_min": p_min, "p_max": p_max})
    assert text.p_range(EN, paired) == english
    assert text.p_range(JA, paired) == japanese


PAIRED = {
    ("q4", "q5", "nothing"): ("always", "significant", ": significant however the answers overlapped (McNemar, p "),
    ("q4", "q5", "other"): ("never", "not significant", ": a difference is not shown however the answers overlapped"),
    # 34 of 112 against 28 of 110: b = 6, c = 0 gives p = 2 / 2^6 = 0.031; b = 7, c = 1 gives 2 * 9 / 2^8 = 0.070
    ("q2_suppliers", "q2_customers", "aware"): (
        *("undetermined", "undecided"),
        ": undecided (McNemar, p < 0.001 to 1.00). The published difference is significant if no more than 6 of the 118 "
        "firms answered the two questions differently",
    ),
}


@pytest.mark.parametrize("asked", PAIRED)
def test_finding_of_each_paired_verdict(asked):
    topic = Topic("test", load())
    compared = topic.compare(*asked)
    verdict, words, said = PAIRED[asked]
    assert compared.paired.verdict == verdict
    assert text.verdict(EN, compared.paired) == words
    assert said in text.finding_paired(EN, compared, topic.survey.respondents)


def test_paired_finding_names_no_tipping_point_where_the_published_difference_has_none():
    topic = Topic("test", load())
    known = chisquare.known_answers(topic.survey, "q1_suppliers")
    largest = topic.compare("q1_suppliers", "q1_customers", known[-1], among=known)
    assert largest.paired.verdict == "undetermined"
    assert text.finding_paired(EN, largest, 118).endswith(
        "; it depends on how the answers overlapped, which was not published."
    )


def test_titles_count_the_paired_verdicts():
    topic = Topic("test", load())
    pairs = [topic.compare(*GROUPS[i : i + 2], "aware") for i in (0, 2, 4)]
    assert [pair.paired.verdict for pair in pairs] == ["undetermined", "always", "undetermined"]
    assert text.title_map(EN, pairs) == (
        "Whether the same firms differ: undecided for 2 of 3 pairs, certain for linked partners against unlinked partners"
    )
    assert text.title_map(EN, pairs[:1]) == "Whether the same firms differ is undecided for 1 of 1 pairs"
    assert text.title_ranges(EN, pairs).endswith(
        ": 1 of 3 changes are significant for certain, 0 are not, 2 are undecided"
    )
    assert text.finding_ranges(EN, pairs).endswith(": “Largely aware” (Linked partners – Unlinked partners).")
    forest = pd.DataFrame({"p_all": [0.01, 0.049, 0.051], "verdict": ["always", "undetermined", "never"]})
    forest = forest.assign(p_min=[0.001, 0.01, 0.2], p_max=[0.01, 0.2, 0.9])
    assert text.title_forest(EN, forest).startswith("2 of 3 differences stay significant")
    assert text.title_forest(EN, forest).endswith("; 1 whatever the overlap")
    assert text.title_forest(EN, forest.assign(p_min=forest["p_max"])).endswith("; 1 by McNemar’s test")


def test_answers_to_both_questions():
    # 78 and 82 of 118 firms said unaware, 6 and 8 did not answer: both between 78 + 82 - 118 = 42 (36%) and 78 (66%),
    # at least one between 82 (69%) and all 118. Pooled: 160 of 236, 68%.
    topic = Topic("test", load())
    assert topic.joint(*GROUPS[:2], "unaware") == (
        "Share of firms that are “Hardly aware” for both suppliers and customers: somewhere in 36–66%. For at least one "
        "of the two: somewhere in 69–100%."
    )
    assert topic.pooled(*GROUPS[:2], "unaware") == (
        "Of all 236 answers about either group, 160 say “Hardly aware”: 68%. It is a share of answers, not of firms."
    )


def claim(kind, verdict="holds", reason="", value=None, low=None, high=None):
    return {"kind": kind, "verdict": verdict, "reason": reason, "value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("audited", "words", "numbers"),
    [
        (claim("percent", value=55.93), "holds", "55.9%"),
        (claim("percent", "rounded", value=29.66), "holds only after rounding", "29.7%"),
        (claim("count", "fails", value=15), "does not hold", "15"),
        (claim("both", "fails", "bounds", None, 35.59, 66.1), "does not hold", "between 35.6% and 66.1%"),
        (
            claim("any_count", "undecided", "bounds", None, 5, 11),
            "cannot be decided from what was published",
            "between 5 and 11",
        ),
        (
            claim("outside", "undecided", "outside"),
            "cannot be decided from what was published: needs data that were not published",
            "",
        ),
        (
            claim("same", "undecided", "paired", 0.416, 0.0001, 1.0),
            "cannot be decided from what was published: depends on how the answers overlapped",
            "p = 0.42 as if independent; < 0.001 to 1.00 for the same firms",
        ),
        (
            claim("same", "holds", "paired", 0.416, 0.2, 0.7),
            "holds",
            "p = 0.42 as if independent; 0.20 to 0.70 for the same firms",
        ),
        (claim("leading"), "holds", ""),
    ],
)
def test_claims_in_words_and_numbers(audited, words, numbers):
    assert text.claim_words(EN, audited) == words
    assert text.claim_numbers(EN, audited) == numbers


def test_audit_counts_the_verdicts():
    audited = pd.DataFrame({"verdict": ["holds"] * 4 + ["rounded"] * 3 + ["undecided"] * 2})
    printed = pd.DataFrame({"verdict": ["holds"] * 6 + ["fails"], "printed_in": ["table"] * 2 + ["chart"] * 5})
    assert text.title_audit(EN, audited, printed) == "4 of 9 claims hold; 6 of 7 printed percentages are right"
    assert text.finding_audit(text.Language("en", 0.9), audited) == (
        "Of 9 claims 4 hold, 3 hold only after rounding, 0 do not hold, and 2 cannot be decided from what was published. "
        "Claims about differences are judged at the 10% level."
    )
    differing = pd.DataFrame({"cause": ["sum", "sum", "unknown"]})
    assert text.finding_charts(EN, differing, printed).startswith(
        "3 of the 5 percentages that survive from charts differ from their table; for 2 of them"
    )
