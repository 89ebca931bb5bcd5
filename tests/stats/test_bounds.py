"""What totals prove: against every set of answers that few respondents can give, and the arithmetic of Osaka's totals."""

from itertools import combinations, combinations_with_replacement, product

import numpy as np
import pandas as pd
import pytest

from helpers.stats.bounds import MOST, Bounds, bounds, gave, proven
from helpers.survey import Survey

# A single-choice question, one whose answer "a" leads to it, one whose answer "p" leads to that, and several answers
# (of one question each, as (kind, options, asked_if)).
QUESTIONS = {
    "s": ("single", "abc", ""),
    "r": ("single", "pq", "s=a"),
    "t": ("multiple", "uv", "r=p"),
    "m": ("multiple", "xy", ""),
}
CONDITIONS = [
    (gave("s", "a"),),
    (gave("s", "a", "b"), gave("m", "x")),
    (gave("s", "b"), ~gave("m", "x", "y")),
    (gave("m", "x"), gave("m", "y")),
    (~gave("m", "x"), ~gave("s", "c")),
    (gave("r", "p"), gave("m", "x")),
    (~gave("r", "p"), gave("m", "y")),  # whom r was not put to did not say p
    (gave("t", "u", "v"), ~gave("m", "x")),
    (~gave("t", "u"), gave("r", "p"), gave("m", "x", "y")),
]


def survey_of(totals, respondents):
    """A survey of QUESTIONS with these totals, {(question, option): count}."""
    rows = [(q, kind, q, respondents, "respondents", route) for q, (kind, _, route) in QUESTIONS.items()]
    offered = [
        (q, option, order, "answer") for q, (_, letters, _) in QUESTIONS.items() for order, option in enumerate(letters)
    ]
    made = Survey(
        *(None, "en", {"respondents": respondents}),
        questions=pd.DataFrame(rows, columns=["question", "kind", "options", "base", "unit", "asked_if"]).set_index(
            "question"
        ),
        options=pd.DataFrame(offered, columns=["options", "option", "order", "role"]),
        counted=pd.DataFrame([(*key, n) for key, n in totals.items()], columns=["question", "option", "count"]),
        **dict.fromkeys(("published", "claims"), pd.DataFrame()),
    )
    made.__dict__["responses"] = None
    return made


def every_answer(questions=tuple(QUESTIONS)):
    """All that one respondent can answer to these questions: sets of (question, option), routes kept by hand."""
    found = [frozenset()]
    for question in questions:
        kind, letters, route = QUESTIONS[question]
        sizes = [1] if kind == "single" else range(len(letters) + 1)
        choices = [{(question, o) for o in part} for size in sizes for part in combinations(letters, size)]
        leads = tuple(route.split("=")) if route else None
        found = [
            answer | choice for answer in found for choice in (choices if leads is None or leads in answer else [set()])
        ]
    return found


def meets(answer, conditions, every):
    said = [any((c.question, o) in answer for o in c.options) != c.not_said for c in conditions]
    return all(said) if every else any(said)


def by_totals(respondents, conditions, every, questions):
    """The numbers of respondents that meet the conditions, for all totals that some set of answers has."""
    keys = [(q, option) for q in questions for option in QUESTIONS[q][1]]
    possible = every_answer(questions)
    given = np.array([[key in answer for key in keys] for answer in possible], dtype=int)
    met = np.array([meets(answer, conditions, every) for answer in possible], dtype=int)
    found = {}
    for who in combinations_with_replacement(range(len(possible)), respondents):
        found.setdefault(tuple(given[list(who)].sum(axis=0)), []).append(met[list(who)].sum())
    return [(dict(zip(keys, map(int, totals), strict=True)), numbers) for totals, numbers in found.items()]


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("conditions", CONDITIONS)
def test_bounds_are_those_of_every_set_of_answers(conditions, every):
    questions = [q for q in QUESTIONS if any(q == c.question for c in conditions) or q in ("s", "r")]
    questions = questions if any(c.question in "rt" for c in conditions) else [q for q in questions if q != "r"]
    for respondents in (3, 4):
        cases = by_totals(respondents, conditions, every, questions)
        chosen = np.random.default_rng(respondents).permutation(len(cases))[:12]
        for totals, numbers in (cases[i] for i in chosen):
            found = bounds(survey_of(totals, respondents), *conditions, every=every)
            assert found == Bounds(min(numbers), max(numbers), respondents), totals


@pytest.mark.parametrize("respondents", [5, 6])
@pytest.mark.parametrize("every", [True, False])
def test_bounds_of_more_respondents(respondents, every):
    conditions = (gave("s", "a", "b"), gave("m", "x"), ~gave("m", "y"))
    cases = by_totals(respondents, conditions, every, ["s", "m"])
    chosen = np.random.default_rng(respondents).permutation(len(cases))[:30]
    for totals, numbers in (cases[i] for i in chosen):
        found = bounds(survey_of(totals, respondents), *conditions, every=every)
        assert found == Bounds(min(numbers), max(numbers), respondents), totals


def test_the_number_of_many_respondents_is_exact():
    # of 1,000,003 respondents 600,001 said a and 700,004 ticked x: at least 600,001 + 700,004 - 1,000,003 did both
    totals = dict.fromkeys(product("s", "abc"), 0) | dict.fromkeys(product("m", "xy"), 0)
    totals |= {("s", "a"): 600_001, ("s", "b"): 400_002, ("m", "x"): 700_004}
    found = bounds(survey_of(totals, 1_000_003), gave("s", "a"), gave("m", "x"))
    assert found == Bounds(300_002, 600_001, 1_000_003)


def test_totals_that_no_answers_have_are_refused():
    with pytest.raises(ValueError, match="no answers have these totals"):
        bounds(survey_of({("s", "a"): 2, ("s", "b"): 2, ("m", "x"): 0}, 3), gave("s", "a", "b"))


def test_too_many_answers_are_refused(osaka):
    named = list(osaka.table("q8")["option"])[: MOST + 1]
    with pytest.raises(ValueError, match="found 8 answers of q8; expected at most 7"):
        bounds(osaka, gave("q8", *named))
    assert bounds(osaka, gave("industry", *osaka.table("industry")["option"])) == Bounds(118, 118, 118)  # one each


# --- Osaka ------------------------------------------------------------------------------------------------------------

AWARE, UNAWARE = "aware", "unaware"


@pytest.mark.parametrize(
    ("conditions", "low"),
    [
        # counts.csv: q4 nothing 66, q5 nothing 23, q2_linked aware 64, q2_suppliers unaware 78, q3 not_known 74, of 118
        ((gave("q4", "nothing"), ~gave("q5", "nothing")), 66 - 23),
        ((gave("q2_linked", AWARE), gave("q4", "nothing")), 64 + 66 - 118),
        ((gave("q4", "nothing"), gave("q3", "not_known")), 66 + 74 - 118),
        ((gave("q2_suppliers", UNAWARE), gave("q3", "not_known")), 78 + 74 - 118),
    ],
)
def test_what_osakas_totals_prove(osaka, conditions, low):
    assert low in (43, 12, 22, 34)
    assert bounds(osaka, *conditions).low == low


def test_firms_that_were_harmed(osaka):
    # of 30 that an attack had reached, 5 had a leak, 3 an outage, 3 lost data: one of them at least 5, at most 11
    table = osaka.table("q7_damage")
    harm = list(table.loc[table["role"] == "answer", "option"])
    assert bounds(osaka, gave("q7_damage", *harm)) == Bounds(5, 11, 118)


def test_a_routed_question_is_bounded_by_its_route(osaka):
    # 34 were largely aware of suppliers; 15 of them named a need, 13 the relationship, 9 criteria, 1 another reason
    reasons = ("needed", "relationship")
    assert bounds(osaka, gave("q2_suppliers_why_aware", *reasons)) == Bounds(15, 28, 118)
    assert bounds(osaka, gave("q2_suppliers_why_aware", *reasons), ~gave("q2_suppliers", AWARE)).known
    assert bounds(osaka, gave("q2_suppliers", AWARE), ~gave("q2_suppliers_why_aware", *reasons)) == Bounds(6, 19, 118)
    assert bounds(osaka, gave("q9", "none"), gave("q9_reason", "other")) == Bounds(17, 17, 118)


# --- raw answers ------------------------------------------------------------------------------------------------------


def test_raw_answers_settle_the_number(told, osaka):
    own = told.responses
    nothing, unknown = own["q4=nothing"].to_numpy(dtype=bool), (own["q3"] == "not_known").to_numpy()
    leak = own["q7_damage=leak"].fillna(False).to_numpy(dtype=bool)
    for conditions, every, met in (
        ((gave("q4", "nothing"), gave("q3", "not_known")), True, nothing & unknown),
        ((gave("q4", "nothing"), ~gave("q3", "not_known")), False, nothing | ~unknown),
        ((~gave("q7_damage", "leak"), gave("q3", "not_known")), True, ~leak & unknown),
        ((gave("q4", "caution", "contract"),), True, (own["q4=caution"] | own["q4=contract"]).to_numpy(dtype=bool)),
    ):
        found, limits = (bounds(survey, *conditions, every=every) for survey in (told, osaka))
        assert found == Bounds(met.sum(), met.sum(), 118)
        assert found.known
        assert limits.low <= met.sum() <= limits.high


def test_a_number_that_must_not_be_told_is_bounded_by_the_totals(raw, osaka):
    own = raw.responses
    condition = gave("q7_damage", "leak"), gave("q3", "not_known")
    assert 0 < (own["q7_damage=leak"].fillna(False) & (own["q3"] == "not_known")).sum() < 5
    assert bounds(raw, *condition) == bounds(osaka, *condition)
    assert not bounds(raw, *condition).known
    group = (
        gave("employees", raw.table("employees")["option"][0]),
        gave("q4", "caution"),
    )  # that is for crosstabs to tell
    assert bounds(raw, *group) == bounds(osaka, *group)


# --- what nobody printed ----------------------------------------------------------------------------------------------


def test_proven_are_the_lower_bounds(osaka):
    table = proven(osaka)
    assert len(table)
    for row in table.to_dict("records"):
        other = gave(row["second"], row["other"])
        found = bounds(osaka, gave(row["first"], row["option"]), ~other if row["negated"] else other)
        assert found.low == row["count"]
        assert row["of"] == osaka.count(row["first"], row["option"])
        assert row["share"] == row["count"] / row["of"]
        assert row["count"] >= 0.1 * 118
        if osaka.question(row["first"])["topic"] == osaka.question(row["second"])["topic"]:
            assert (row["negated"], row["option"]) == (True, row["other"])
    assert not table.duplicated(["first", "second"]).any()
    assert table["share"].is_monotonic_decreasing


def test_the_best_of_each_pair_is_proven(osaka):
    found = proven(osaka).set_index(["first", "second"])
    measures = found.loc[("q4", "q5")]  # 66 did nothing, 23 mean to do nothing
    assert (measures["option"], measures["other"], measures["negated"]) == ("nothing", "nothing", True)
    assert (measures["count"], measures["of"]) == (43, 66)
    support = found.loc[("q2_suppliers", "q3")]  # 78 + 74 - 118 = 34 of 78
    assert (support["option"], support["other"], support["count"], support["of"]) == (UNAWARE, "not_known", 34, 78)
    assert len(proven(osaka, least=0.3)) < len(found)
    assert (proven(osaka, least=0.3)["count"] >= 0.3 * 118).all()


def test_raw_answers_tell_more_than_what_is_proven(raw):
    assert proven(raw).empty
    assert list(proven(raw)) == ["first", "option", "second", "other", "negated", "count", "of", "share"]
