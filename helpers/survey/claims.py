"""Checks of claims.csv: what a publisher said must be about questions and answers that there are, in a form of its kind."""

from ..said import Said
from .problems import Problem, quote
from .schemas import CLAIM_FORMS, listed, route


def check_claims(book, claims):
    """Problems of claims, rows of claims.csv as text columns."""
    for row, c in claims.iterrows():
        terms = [term.partition("=")[::2] for term in listed(c, "terms")]
        problems = [*_unknown_terms(book, c), *_misstated(c)]
        if not problems:
            problems = [*_misshapen(c, terms)] or [*_unfit(book, c["kind"], terms)]
        for found, expected in problems:
            yield Problem("claims.csv", row, found, expected)


def _unknown_terms(book, c):
    """Terms that the codebook does not know, as (value, expected)."""
    for term in listed(c, "terms"):
        if unknown := book.unknown_term(term):
            yield Said("terms {terms}: {unknown}", terms=quote(c["terms"]), unknown=unknown[0]), unknown[1]


def _misstated(c):
    """A relation that lacks its value, or that the kind does not know, as (value, expected)."""
    if (c["relation"] == "") != (c["value"] == ""):
        yield (
            Said("relation {relation} with value {value}", relation=quote(c["relation"]), value=quote(c["value"])),
            Said("both, or neither"),
        )
    elif c["relation"] not in (known := CLAIM_FORMS[c["kind"]].relations):
        expected = Said("one of {options}", options=[relation or Said("(empty)") for relation in known])
        yield Said("relation {relation} of kind {kind}", relation=quote(c["relation"]), kind=c["kind"]), expected


def _misshapen(c, terms):
    """Terms that are too few, too many, named twice or of the wrong form, as (value, expected)."""
    form, kind = CLAIM_FORMS[c["kind"]], Said("kind {kind} with terms {terms}", kind=c["kind"], terms=quote(c["terms"]))
    if len(terms) < form.fewest or len(terms) > (form.most or len(terms)):
        exact, more = Said("{n} terms", n=form.fewest), Said("{n} or more terms", n=form.fewest)
        yield kind, exact if form.fewest == form.most else more
    elif len(set(terms)) < len(terms):
        yield kind, Said("each term once")
    elif form.whole and any(option for _, option in terms):
        yield kind, Said("a question, without an option")
    elif form.whole is False and not all(option for _, option in terms):
        yield kind, Said("question=option in each term")


def _unfit(book, kind, terms):
    """Terms whose questions a claim of this kind cannot be about, as (value, expected)."""
    expected, fits = _FITTING.get(kind, ("", None))
    if fits and not fits(book, [question for question, _ in terms], terms):
        yield (
            Said("kind {kind} about {terms}", kind=kind, terms=quote("|".join(f"{q}={o}" for q, o in terms))),
            expected,
        )


def _to_everybody(book, questions):
    """Whether every respondent was asked each of these questions, and respondents were counted."""
    asked = (book.questions[q] for q in questions)
    return all(q["unit"] == "respondents" and not q["asked_if"] and int(q["base"]) == book.respondents for q in asked)


def _one_question(book, questions, terms):
    return len(set(questions)) == 1


def _one_sum(book, questions, terms):
    return len(set(questions)) == 1 and (len(terms) == 1 or book.questions[questions[0]]["kind"] == "single")


def _one_choice_of_many(book, questions, terms):
    q = book.questions[questions[0]]
    return q["kind"] == "multiple" and q["unit"] == "respondents"


def _different(book, questions, terms):
    return len(set(questions)) == len(questions)


def _different_to_everybody(book, questions, terms):
    return _different(book, questions, terms) and _to_everybody(book, questions)


def _comparable(book, questions, terms):
    same_kind = len({book.questions[q]["kind"] for q in questions}) == 1
    return same_kind and _different_to_everybody(book, questions, terms)


def _together(book, questions, terms):
    several = _different(book, questions, terms) or book.questions[questions[0]]["kind"] == "multiple"
    return several and _to_everybody(book, questions)


def _at_least_one(book, questions, terms):
    several = _one_question(book, questions, terms) and book.questions[questions[0]]["kind"] == "multiple"
    return several or _different_to_everybody(book, questions, terms)


def _wider_group(book, questions, terms):
    first, *group = questions
    q = book.questions[first]
    leading, options = route(q)
    leads = {(leading, option) for option in options}
    return q["unit"] == "respondents" and leads and leads <= {*terms[1:]} and _one_sum(book, group, terms[1:])


_FITTING = {  # for each kind, what its terms must be, in words and as a test of them; any answers will do for the rest
    **dict.fromkeys(
        ("percent", "count"),
        (Said("answers of one question, which is single-choice where several are added"), _one_sum),
    ),
    "both": (Said("two answers that one respondent can give, to questions that everybody was asked"), _together),
    **dict.fromkeys(
        ("any", "any_count"),
        (Said("answers of one multiple-choice question, or of several that everybody was asked"), _at_least_one),
    ),
    "only": (Said("an answer of a multiple-choice question that counts respondents"), _one_choice_of_many),
    "part": (
        Said("an answer of a question with asked_if, then answers of the question that leads to it, with that answer"),
        _wider_group,
    ),
    "same": (Said("answers to two questions of one kind that everybody was asked"), _comparable),
    "largest": (Said("one answer of each question"), _different),
    **dict.fromkeys(("leading", "ranked"), (Said("answers of one question"), _one_question)),
}
