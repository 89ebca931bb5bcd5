"""Sentences: what they claim, that they are filled in, and that nothing they say goes beyond the numbers."""

import dataclasses
import inspect
import re

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers.stats import compare, compare_items, family, margins, shares
from helpers.survey import Survey, load
from helpers.words import sentences
from helpers.words.language import Language
from helpers.words.sentences import Sentence

NOUNS = {"en": ("firm", "firms"), "ja": ("企業", "社")}
EN = Language("en", noun=NOUNS["en"])
ALPHA = 0.05
PAIRS = [("q2_suppliers", "q2_customers"), ("q2_linked", "q2_unlinked"), ("q2_bespoke", "q2_generic")]
in_both = pytest.mark.parametrize("lang", ["en", "ja"])


def table_of(counts, roles=None, weighted=None):
    """A table of shares: options a, b, … of one question, 100 respondents; `weighted` are shares instead of counts' own."""
    n = len(counts)
    table = pd.DataFrame({"question": "q", "option": list("abcdef")[:n], "label": list("ABCDEF")[:n], "count": counts})
    table["role"] = roles or ["answer"] * n
    table["share"] = weighted or [count / 100 for count in counts]
    if weighted:
        table["n_effective"] = 80.0
    return table.assign(base=100, low=table["share"] - 0.01, high=table["share"] + 0.01, level=0.95)


def with_answers(monkeypatch, weighted=False, lang="en"):
    """A new survey of Osaka with synthetic raw answers of the same totals, perhaps with weights."""
    survey = load("osaka-2019", lang)
    answers = synthetic.answers(survey)
    if weighted:
        answers["weight"] = np.random.default_rng(1).uniform(0.2, 4, len(answers))
    monkeypatch.setattr(Survey, "responses", property(lambda self: answers))
    return survey


def census(survey):
    """The same survey, of which survey.toml says that everyone answered."""
    return dataclasses.replace(survey, about=survey.about | {"sample": "census"})


@pytest.fixture(params=["totals", "raw", "weighted"])
def comparisons(request, monkeypatch):
    """Comparisons of all kinds of Osaka's questions, from totals and from raw answers."""
    kind = request.param
    survey = load() if kind == "totals" else with_answers(monkeypatch, kind == "weighted")
    return [compare(survey, *pair, "aware") for pair in PAIRS] + compare_items(survey, [("q4", "q5")])


# --- what a sentence remembers ---------------------------------------------------------------------------------------


def test_a_sentence_about_rows():
    rows = [row for _, row in table_of([60, 30]).iterrows()]
    said = Sentence.about("Text.", "share", rows)
    assert said == "Text."
    assert (said.kind, said.questions, said.options, said.values) == ("share", ("q",), ("a", "b"), (0.6, 0.3))
    assert all(type(value) is float for value in said.values)


def test_a_sentence_about_questions_and_values():
    said = Sentence.about("Text.", "both", questions=["q4", "q5"], options=["a"], values=[np.float64(0.5), 1])
    assert (said.kind, said.questions, said.options, said.values) == ("both", ("q4", "q5"), ("a",), (0.5, 1.0))
    assert all(type(value) is float for value in said.values)


def test_a_plain_sentence_claims_nothing():
    said = Sentence("Text.")
    assert (said.kind, said.questions, said.options, said.values) == ("", (), (), ())


def test_comparisons_remember_the_pair(osaka):
    compared = compare(osaka, "q4", "q5", "nothing")
    said, paired = sentences.difference(EN, compared), sentences.paired(EN, compared)
    assert (said.kind, paired.kind) == ("difference_shown", "paired_always")
    for sentence in (said, paired):
        assert (sentence.questions, sentence.options) == (("q4", "q5"), ("nothing",))
    assert said.values == (66 / 118, 23 / 118, compared.difference.value)
    assert paired.values == compared.paired_adjusted == (compared.paired.p_min, compared.paired.p_max)


# --- the most frequent answer ----------------------------------------------------------------------------------------


def test_the_most_frequent_and_the_next():
    said = sentences.most_frequent(EN, table_of([60, 10, 30]))
    assert said == (
        "The most frequent answer is “A”: 60% (60 of 100 firms, 95% interval 59–61%), followed by “C”: 30% (30 of 100 "
        "firms, 95% interval 29–31%)."
    )
    assert (said.kind, said.options, said.values) == ("most_frequent", ("a",), (0.6,))


def test_ties_are_named():
    said = sentences.most_frequent(EN, table_of([40, 10, 40, 10]))
    assert said.startswith("The most frequent answers are “A” and “C”, with 40% each (40 of 100 firms")
    assert "followed by “B” and “D”: 10% (" in said
    assert said.options == ("a", "c")


@pytest.mark.parametrize("other", [40, 41])
@pytest.mark.parametrize("role", ["other", "none", "undisclosed"])
def test_a_larger_answer_of_another_role_is_named(role, other):
    said = sentences.most_frequent(EN, table_of([40, other, 10], ["answer", role, "answer"]))
    assert said.startswith("Of the answers offered, “A” was given most, 40% (40 of 100 firms")
    assert said.endswith(f"; “B” stands at {other}%.")
    assert (said.kind, said.options, said.values) == ("most_frequent_offered", ("a", "b"), (0.4, other / 100))


def test_ties_beside_a_larger_answer():
    said = sentences.most_frequent(EN, table_of([20, 50, 20], ["answer", "other", "answer"]))
    assert said.startswith("Of the answers offered, “A” and “C” were given most, 20% each (")
    assert said.endswith("; “B” stands at 50%.")


def test_a_smaller_answer_of_another_role_can_only_follow():
    said = sentences.most_frequent(EN, table_of([40, 39, 10], ["answer", "other", "answer"]))
    assert said.startswith("The most frequent answer is “A”")
    assert ", followed by “B”: 39%" in said


def test_no_answer_is_never_named():
    said = sentences.most_frequent(EN, table_of([30, 60, 10], ["answer", "no_answer", "answer"]))
    assert said.startswith("The most frequent answer is “A”")
    assert "“B”" not in said


@pytest.mark.parametrize("counts", [[100], [100, 0, 0]])
def test_a_single_ordinary_answer_says_only_that_one(counts):
    said = sentences.most_frequent(EN, table_of(counts))
    assert said == "The most frequent answer is “A”: 100% (100 of 100 firms, 95% interval 99–101%)."


@pytest.mark.parametrize(
    ("counts", "roles"),
    [([0, 0], None), ([0, 100], ["answer", "no_answer"]), ([100], ["other"]), ([0, 7], ["answer", "other"])],
)
def test_nobody_gave_an_answer(counts, roles):
    said = sentences.most_frequent(EN, table_of(counts, roles))
    assert said == "None of the answers offered was given."
    assert (said.kind, said.options, said.values) == ("none", (), ())


def test_weighted_answers_are_ranked_by_their_shares():
    table = table_of([50, 30, 20, 20], weighted=[0.2, 0.4, 0.25, 0.15])
    said = sentences.most_frequent(EN, table)
    assert said.startswith("The most frequent answer is “B”: 40% (weighted; 30 of 100 firms")
    assert "followed by “C”: 25% (weighted; 20 of" in said


# --- two questions compared ------------------------------------------------------------------------------------------


def test_no_comparison_says_no_difference(comparisons):
    shown, not_shown = [], []
    for compared in comparisons:
        said, paired = sentences.difference(EN, compared), sentences.paired(EN, compared)
        for sentence in (said, paired):
            assert "no difference" not in sentence.lower()
            assert "do not differ" not in sentence.lower()
        (shown if compared.shown else not_shown).append(said)
    assert shown
    assert not_shown
    assert all("significant" in said and "not shown" not in said for said in shown)
    assert all("a difference is not shown" in said and "significant" not in said for said in not_shown)
    assert {said.kind for said in shown} == {"difference_shown"}
    assert {said.kind for said in not_shown} == {"difference_not_shown"}


def test_the_test_is_named_that_was_made(comparisons):
    for compared in comparisons:
        said = sentences.difference(EN, compared)
        assert (", weighted; among" in said) == compared.weighted
        assert EN.points(compared.difference.value) + " percentage points" in said
        kept = ("p at most 0.", "p above 0.05", "p withheld")
        assert any(words in said for words in (kept if compared.kept else (EN.p(compared.p),)))
        if compared.raw and (compared.weighted or not compared.kept):
            assert f"among the {compared.joint.n} firms that answered both" in said
        if compared.small and compared.p_adjusted >= ALPHA:
            assert said.endswith("and one of 10 points or more is ruled out.")
            continue
        assert ("McNemar" in said) == (compared.raw and not compared.weighted)
        assert ("read as answers of different firms, " in said) == (not compared.raw)


def test_shares_stand_with_their_numbers_unless_weighted(comparisons):
    for compared in comparisons:
        said = sentences.difference(EN, compared)
        for share, (count, base) in zip(compared.shares, compared.counted, strict=True):
            words = EN.percent(share) if compared.weighted else f"{EN.percent(share)} ({count} of {base})"
            assert words in said
            assert (f"({count} of {base})" in said) == (not compared.weighted)


def test_what_was_adjusted_together_is_said(osaka):
    made = family([compare(osaka, *pair, "aware") for pair in PAIRS])
    for compared in made:
        words = f"{EN.p(compared.p_adjusted)}, Holm-adjusted for 3 comparisons"
        assert words in sentences.difference(EN, compared)
    linked = sentences.paired(EN, made[1])  # alone significant whatever the overlap, not with the others
    assert "paired: undecided (McNemar, p < 0.001 to 0.058, Holm-adjusted for 3 comparisons)" in linked
    assert (linked.kind, linked.values) == ("paired_undetermined", made[1].paired_adjusted)
    assert "Holm" not in sentences.difference(EN, compare(osaka, *PAIRS[1], "aware"))


def test_what_is_shown_is_decided_after_adjustment(osaka):
    alone = compare(osaka, "q4", "q5", "rules")
    assert alone.p < ALPHA
    adjusted = dataclasses.replace(alone, p_adjusted=ALPHA, size=30)
    assert sentences.difference(EN, alone).kind == "difference_shown"
    said = sentences.difference(EN, adjusted)
    assert said.kind == "difference_not_shown"
    assert said.endswith("a difference is not shown (p = 0.050, Holm-adjusted for 30 comparisons).")


def test_where_everyone_answered_a_difference_is_a_fact(osaka, monkeypatch):
    totals = census(osaka)
    raw = census(with_answers(monkeypatch))
    for survey in (totals, raw):
        compared = compare(survey, "q4", "q5", "nothing")
        said, paired = sentences.difference(EN, compared), sentences.paired(EN, compared)
        assert "56% (66 of 118)" in said
        assert said.endswith("19% (23 of 118), a difference of +36 percentage points.")
        assert (said.kind, paired.kind, paired.values) == ("difference_fact", "none", ())
        assert said.values == pytest.approx((66 / 118, 23 / 118, 43 / 118))
        assert paired.startswith("Everyone answered")
        assert sentences.verdict(EN, compared) == ""
        for word in ("significant", "interval", "p ="):
            assert word not in said + paired


def test_no_japanese_comparison_denies_a_difference(monkeypatch):
    say = Language("ja", noun=NOUNS["ja"])
    totals = load("osaka-2019", "ja")
    compared = [compare(totals, *pair, "aware") for pair in PAIRS]
    survey = with_answers(monkeypatch, lang="ja")
    compared += [compare(survey, *pair, "aware") for pair in PAIRS]
    for one in compared:
        for sentence in (sentences.difference(say, one), sentences.paired(say, one)):
            told = sentence.replace("差がないことを意味しない", "")
            assert not any(words in told for words in ("差はない", "差がない", "差はなかった", "違いはない"))


def test_paired_sentence_from_raw_answers_counts_both_ways(monkeypatch):
    survey = with_answers(monkeypatch)
    compared = compare(survey, *PAIRS[1], "aware")
    answers = survey.responses[[*PAIRS[1]]].astype(object)
    known = answers[(answers != "no_answer").all(axis=1)] == "aware"
    b, c = (known[PAIRS[1][0]] & ~known[PAIRS[1][1]]).sum(), (~known[PAIRS[1][0]] & known[PAIRS[1][1]]).sum()
    said = sentences.paired(EN, compared)
    assert (
        f": {b} firms gave this answer to the first only, {c} firms to the second only (of {len(known)} firms" in said
    )
    assert said.endswith(": significant).")
    assert sentences.paired(EN, compare(survey, *PAIRS[0], "aware")).endswith(": not shown).")


def test_raw_answers_of_nobody(monkeypatch):
    compared = compare(with_answers(monkeypatch), *PAIRS[0], "aware")
    said = sentences.paired(EN, dataclasses.replace(compared, joint=None))
    assert said.endswith(": nobody answered both questions.")


PAIRED = {
    ("q4", "q5", "nothing"): (
        "always",
        "significant whatever the overlap",
        "paired: significant whatever the overlap of the answers (McNemar, p ",
    ),
    ("q4", "q5", "other"): (
        "never",
        "not significant whatever the overlap",
        "paired: not significant whatever the overlap of the answers",
    ),
    (*PAIRS[0], "aware"): (
        "undetermined",
        "undecided",
        "paired: undecided (McNemar, p < 0.001 to 1.00); it depends on how the answers overlapped",
    ),
}


@pytest.mark.parametrize("asked", PAIRED)
def test_paired_sentence_of_each_verdict(osaka, asked):
    compared = compare(osaka, *asked)
    verdict, words, said = PAIRED[asked]
    assert compared.verdict == verdict
    assert sentences.verdict(EN, compared) == words
    assert said in sentences.paired(EN, compared)
    assert ("a difference is not shown" in sentences.paired(EN, compared)) == (verdict == "never")
    assert sentences.paired(EN, compared).kind == f"paired_{verdict}"


AGREEMENT = re.compile(r"agree with phi = (−?[0-9.]+) or more, and not if with (−?[0-9.]+) or less\.$")


def test_undecided_sentences_name_agreements_that_decide(osaka):
    """Checked on every overlap with the difference observed: never the wrong side of the flip."""
    made = [compare(osaka, *pair, "aware") for pair in PAIRS] + compare_items(osaka, [("q4", "q5"), ("q5", "q8")])
    undecided = [one for one in made if one.tipping.verdict == "undetermined"]
    assert len(undecided) > 3
    for compared in undecided:
        found = AGREEMENT.search(sentences.paired(EN, compared))
        more, less = (float(number.replace("−", "-")) for number in found.groups())
        curve = margins.curve(*compared.margins)
        assert (curve.loc[curve["phi"] >= more, "p"] < ALPHA).all()
        assert (curve.loc[curve["phi"] <= less, "p"] >= ALPHA).all()
        assert ((curve["phi"] > less + 0.01) & (curve["phi"] < more - 0.01)).sum() == 0  # no rounder than that


def test_agreements_are_rounded_outward(osaka):
    compared = compare(osaka, *PAIRS[0], "aware")
    for phi, phi_next, said in ((0.251, 0.249, ("0.26", "0.24")), (-0.241, -0.259, ("−0.24", "−0.26"))):
        tipping = dataclasses.replace(compared.tipping, phi=phi, phi_next=phi_next)
        words = sentences.paired(EN, dataclasses.replace(compared, tipping=tipping))
        assert AGREEMENT.search(words).groups() == said
    unknown = sentences.paired(EN, dataclasses.replace(compared, tipping=None))
    assert unknown.endswith("it depends on how the answers overlapped, which totals do not tell.")
    assert "phi" not in unknown


# --- the sample and the figures --------------------------------------------------------------------------------------


def test_sample_limits_say_how_many_were_asked_if_it_is_known(osaka):
    assert "how many were asked is not known" in sentences.sample_limits(EN, osaka)
    invited = dataclasses.replace(osaka, about=osaka.about | {"invited": 5000})
    assert sentences.sample_limits(EN, invited).startswith("118 of 5,000 firms that were asked answered (2%).")


def test_sample_limits_are_those_of_the_sample(osaka, monkeypatch):
    chose, said = sentences.sample_limits(EN, osaka), {}
    for name, about in {
        "self_selected": {"sample": "self_selected", "population_size": 5000},
        "random": {"sample": "random"},
        "known": {"sample": "random", "population_size": 5000},
        "census": {"sample": "census", "population_size": 118},
    }.items():
        said[name] = sentences.sample_limits(EN, dataclasses.replace(osaka, about=osaka.about | about))
    assert said["self_selected"] == chose
    assert "chose to answer and are not a random sample" in chose
    assert "drawn at random, so the intervals describe the chance of the draw" in said["random"]
    assert "drawn at random from 5,000 firms; intervals of shares allow for" in said["known"]
    assert said["census"] == "All 118 firms answered: the shares are facts, not estimates, and nothing is tested."
    weighted = with_answers(monkeypatch, weighted=True)
    drawn = dataclasses.replace(weighted, about=weighted.about | {"sample": "random", "population_size": 5000})
    assert "intervals and tests of weighted shares allow for" in sentences.sample_limits(
        EN, drawn
    )  # test_weights: R does


def test_weight_limits_do_not_deny_that_differences_are_weighted():
    said = sentences.weight_limits(EN, "Weighted")
    assert "the differences between two questions are weighted" in said
    assert "comparisons of two questions" not in said


def test_alternative_text_names_so_many_and_counts_the_rest():
    table = table_of([40, 30, 20])
    said = sentences.alt_text(EN, "Title", table, most=2)
    assert said == "Title. Figures: A 40% (40 of 100); B 30% (30 of 100) and 1 more in the table."
    assert sentences.alt_text(EN, "Title", table, most=3).endswith("; C 20% (20 of 100).")
    assert sentences.alt_text(EN, "Title", table.assign(group="A")).startswith(
        "Title. Figures: A 40% (40 of 100); A, B 30%"
    )
    assert sentences.alt_text(EN, "Title", pd.DataFrame({"x": [1]})) == "Title."


# --- every sentence --------------------------------------------------------------------------------------------------


def cases(say, survey):
    """Arguments for every function that makes a sentence: {its name: [arguments, …]}."""
    compared = [compare(survey, *asked) for asked in PAIRED]
    compared += family(compared)
    table = shares(survey, "q8")
    counts = ([60, 40], [50, 50], [0, 0], [100])
    tables = [*map(table_of, counts), table_of([40, 50], ["answer", "other"]), table]
    return {
        "most_frequent": [[one] for one in tables],
        "named": [[sentences.leaders(one)[0]] for one in tables],
        "leading": [["Name", one] for one in tables],
        "of_question": [["Name", sentences.most_frequent(say, one)] for one in tables],
        "difference": [[one] for one in compared],
        "paired": [[one] for one in compared],
        "verdict": [[one] for one in compared],
        "sample_limits": [[survey]],
        "overlap_limits": [[]],
        "weighted": [[118, 69.9]],
        "weight_limits": [[sentences.weighted(say, 118, 69.9)], [sentences.weighted(say, 118, 69.9), True]],
        "alt_text": [["Title", table, 2], ["Title", table]],
    }


def said_in(lang, survey):
    say = Language(lang, noun=NOUNS[lang])
    for name, calls in cases(say, survey).items():
        for arguments in calls:
            said = getattr(sentences, name)(say, *arguments)
            for sentence in said if isinstance(said, list) else [said]:
                yield name, sentence


def test_the_cases_are_all_functions_that_say_something(osaka):
    speaking = {
        name
        for name, function in inspect.getmembers(sentences, inspect.isfunction)
        if not name.startswith("_") and next(iter(inspect.signature(function).parameters), "") == "say"
    }
    assert set(cases(EN, osaka)) == speaking


@pytest.mark.parametrize("kind", ["totals", "raw", "census", "raw census"])
@in_both
def test_every_sentence_is_filled_in(lang, kind, monkeypatch):
    survey = with_answers(monkeypatch, lang=lang) if "raw" in kind else load("osaka-2019", lang)
    survey = census(survey) if "census" in kind else survey
    for name, sentence in said_in(lang, survey):
        assert isinstance(sentence, str), name
        assert not set("{}") & set(sentence), (name, sentence)
        assert "nan" not in sentence.lower().split(), (name, sentence)
        assert "  " not in sentence, (name, sentence)


def test_sentences_end_like_sentences_and_titles_do_not(osaka):
    for name, sentence in said_in("en", osaka):
        whole = name not in ("verdict", "weighted", "named", "leading")
        assert sentence.endswith(".") == whole, (name, sentence)
        assert not sentence.endswith(".."), (name, sentence)


def test_claims_are_sentences(osaka):
    for name, sentence in said_in("en", osaka):
        if name in ("most_frequent", "difference", "paired"):
            assert isinstance(sentence, Sentence)
            assert sentence.kind, name


def test_who_counts_and_who_stopped_is_said(osaka):
    rows = {"rows": 130, "counted": 118, "unfinished": 7, "preview": 5, "stopped_after": {"q3": 2, "q4": 1}}
    survey = dataclasses.replace(osaka, about={**osaka.about, "invited": 500, "intake": rows})
    said = sentences.sample_limits(EN, survey)
    assert "118 of 500 firms that were asked answered (24%)." in said
    assert "Of 130 rows 118 count; left out: not finished: 7; previews and tests: 5." in said
    assert "3 firms stopped before the end and count up to there: after “" in said
    assert "rows" not in sentences.sample_limits(EN, osaka)
