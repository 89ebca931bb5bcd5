"""What each file of a survey folder must look like by itself: its columns, their values, its key."""

import re
from dataclasses import dataclass

import pandera.pandas as pa

from .. import LANGUAGES
from ..said import Said

RESPONSES = "responses.parquet"  # raw answers, where a survey has them

KEYS_OF_RESPONDENTS = ("respondent", "weight", "stratum", "cluster")  # columns of raw answers that are no question
KINDS = ("single", "multiple", "number")
UNITS = ("respondents", "selections")
USES = ("break", "headline")  # a question that crosstabs break by; one of the report's first page
ROLES = ("answer", "none", "other", "undisclosed", "no_answer")
PRINTED_IN = ("table", "chart")
RELATIONS = ("rounds_to", "about", "equals", "at_least", "more_than", "just_over", "less_than", "")
_SHARE = ("rounds_to", "about", "at_least", "more_than", "just_over", "less_than")
_NUMBER = ("equals", "at_least", "more_than", "less_than")


@dataclass(frozen=True)
class ClaimForm:
    """What a claim of one kind consists of: the relations it may state, and the fewest and most terms it has.

    `whole`: its terms are questions; otherwise they are answers, question=option. None of both: they may be either.
    """

    relations: tuple[str, ...]
    fewest: int
    most: int | None = None
    whole: bool | None = False


CLAIM_FORMS = {
    "percent": ClaimForm(_SHARE, 1),
    "count": ClaimForm(_NUMBER, 1),
    "reach": ClaimForm(_SHARE, 1, 1, whole=True),
    "reach_count": ClaimForm(_NUMBER, 1, 1, whole=True),
    "both": ClaimForm(_SHARE, 2, 2),
    "any": ClaimForm(_SHARE, 1),
    "any_count": ClaimForm(_NUMBER, 1),
    "only": ClaimForm(_SHARE, 1, 1),
    "part": ClaimForm(_SHARE, 2),
    "less": ClaimForm(("less_than", ""), 2, 2),
    "same": ClaimForm(("",), 2, 2),
    "largest": ClaimForm(("",), 1),
    "leading": ClaimForm(("",), 1),
    "ranked": ClaimForm(("",), 2),
    **{kind: ClaimForm(("",), 0, whole=None) for kind in ("outside", "frame", "open")},  # judged by no count
}
CLAIM_KINDS = tuple(CLAIM_FORMS)


def listed(q, column):
    """The values of a cell of questions.csv that holds several joined by |; none where it is empty or left out."""
    return [value for value in (q.get(column) or "").split("|") if value]


def route(q):
    """The question whose answers lead to a question, and these answers, for a row of questions.csv: ("", []) if none."""
    terms = [term.partition("=")[::2] for term in listed(q, "asked_if")]
    return (terms[0][0], [option for _, option in terms]) if terms else ("", [])


def answered_any(q):
    """The questions of which a respondent must have answered at least one, for a row of questions.csv; often none."""
    return listed(q, "answered_any")


# --- columns ---------------------------------------------------------------------------------------------------------


EXPECTED = {}  # what schemas want, by its English text: pandera keeps no more of it than that


def _text(expected, check, required=True):
    EXPECTED[str(expected)] = expected
    return pa.Column(str, pa.Check(check, element_wise=True, error=str(expected)), required=required)


def _one_of(values):
    return _text(
        Said("one of {options}", options=[v or Said("(empty)") for v in values]), lambda value: value in values
    )


def _some_of(values):
    expected = Said("empty, or one or more of {options}, joined by |", options=values)
    return _text(expected, lambda cell: cell == "" or all(one in values for one in cell.split("|")), required=False)


def _matching(pattern, expected, required=True):
    return _text(expected, lambda value: re.fullmatch(pattern, value) is not None, required)


def _filled(required=True):
    return _text(Said("some text"), lambda value: value.strip() != "", required)


def _in_each_language(name):
    """A column for each language that a survey may have; which of them it needs, folder.py says."""
    return {f"{name}_{lang}": _filled(required=False) for lang in LANGUAGES}


def _optional():
    return pa.Column(str, required=False)


def _once_each(cell):
    return len(set(cell.split("|"))) == len(cell.split("|"))


_ID_OR_EMPTY = _matching(r"[a-z0-9_]*", Said("empty, or an id of small letters, digits and _"), required=False)
_SCORE = _matching(r"(-?[0-9]{1,6}(\.[0-9]{1,6})?)?", Said("empty, or a number in plain digits 0-9"), required=False)
_ID = _matching(r"[a-z0-9_]+", Said("an id of small letters, digits and _"))
_COUNT = _matching(r"[0-9]{1,9}", Said("a whole number, 0 or more, in plain digits 0-9"))
_COUNT_OR_EMPTY = _matching(
    r"([0-9]{1,9})?", Said("a whole number, 0 or more, in plain digits 0-9 (or empty: it follows from percent)")
)
_PRINTED = _matching(
    r"(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)?",
    Said("empty, or a percentage from 0 to 100 in plain digits 0-9"),
    required=False,
)
_BASE = _matching(r"0*[1-9][0-9]{0,8}", Said("a whole number, 1 or more, in plain digits 0-9"))
_BASE_OR_EMPTY = _matching(
    r"(0|0*[1-9][0-9]{0,8})?",
    Said("a whole number, in plain digits 0-9 (0: put to nobody; empty: it follows from the counts)"),
)
_ANSWERED_ANY = _matching(r"([a-z0-9_]+(\|[a-z0-9_]+)*)?", Said("empty, or question ids joined by |"), required=False)
_ROUTE = _text(
    Said(
        "empty, or question=option; of several answers of one question that lead here, question=option|question=option"
    ),
    lambda cell: (
        cell == ""
        or (re.fullmatch(r"([a-z0-9_]+)=[a-z0-9_]+(\|\1=[a-z0-9_]+)*", cell) is not None and _once_each(cell))
    ),
)
_PERCENT = _text(
    Said("a percentage from 0 to 100 in plain digits 0-9"),
    lambda value: re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value) is not None and float(value) <= 100,
)
_TERMS = _matching(r"([a-z0-9_]+(=[a-z0-9_]+)?(\|[a-z0-9_]+(=[a-z0-9_]+)?)*)?", Said("question=option, joined by |"))
_PLACES = _text(
    Said("ids of small letters, digits and _, each once, joined by |"),
    lambda cell: re.fullmatch(r"[a-z0-9_]+(\|[a-z0-9_]+)*", cell) is not None and _once_each(cell),
)


# --- files -----------------------------------------------------------------------------------------------------------

SCHEMAS = {
    "options.csv": pa.DataFrameSchema(
        {
            "options": _ID,
            "option": _ID,
            "order": _BASE,
            "role": _one_of(ROLES),
            "score": _SCORE,
            "merge_as": _ID_OR_EMPTY,
            "also": _optional(),
            **_in_each_language("label"),
        }
    ),
    "questions.csv": pa.DataFrameSchema(
        {
            "question": _ID,
            "topic": _ID,
            "kind": _one_of(KINDS),
            "options": _matching(r"[a-z0-9_]*", Said("the id of an option set (empty where kind is number)")),
            "base": _BASE_OR_EMPTY,
            "unit": _one_of(UNITS),
            "asked_if": _ROUTE,
            "answered_any": _ANSWERED_ANY,
            "use": _some_of(USES),
            **_in_each_language("text"),
            **{f"short_{lang}": _optional() for lang in LANGUAGES},
            "also": _optional(),
            "guessed": _optional(),
        }
    ),
    "topics.csv": pa.DataFrameSchema({"topic": _ID, "order": _BASE, **_in_each_language("title")}),
    "counts.csv": pa.DataFrameSchema({"question": _ID, "option": _ID, "count": _COUNT_OR_EMPTY, "percent": _PRINTED}),
    "counts_by.csv": pa.DataFrameSchema({"question": _ID, "option": _ID, "by": _ID, "group": _ID, "count": _COUNT}),
    "words.csv": pa.DataFrameSchema(
        {
            "question": _filled(),
            "code": _optional(),
            "count": _matching(r"[0-9]*", "a whole number, or empty"),
            "quote": _optional(),
        }
    ),
    "published.csv": pa.DataFrameSchema(
        {"question": _ID, "option": _ID, "printed_in": _one_of(PRINTED_IN), "base": _BASE, "percent": _PERCENT}
    ),
    "claims.csv": pa.DataFrameSchema(
        {
            "claim": _ID,
            "place": _PLACES,
            "kind": _one_of(CLAIM_KINDS),
            "terms": _TERMS,
            "relation": _one_of(RELATIONS),
            "value": _matching(r"([0-9]+(\.[0-9]+)?)?", Said("empty, or a number in plain digits 0-9")),
            **_in_each_language("text"),
        }
    ),
}
KEYS = {
    "options.csv": ["options", "option"],
    "questions.csv": ["question"],
    "topics.csv": ["topic"],
    "counts.csv": ["question", "option"],
    "counts_by.csv": ["question", "option", "by", "group"],
    "words.csv": ["question", "code", "quote"],
    "published.csv": ["question", "option", "printed_in", "base"],
    "claims.csv": ["claim"],
}
OPTIONAL_FILES = (
    "topics.csv",
    "counts_by.csv",
    "words.csv",
    "published.csv",
    "claims.csv",
)  # a survey of one's own has nothing printed yet


TEXTS = {"options.csv": "label", "questions.csv": "text", "topics.csv": "title", "claims.csv": "text"}


def required_columns(name, languages=()):
    """The columns that a file must have, in the order in which the dictionary lists them."""
    texts = {f"{TEXTS[name]}_{lang}" for lang in languages} if name in TEXTS else set()
    return [column for column, form in SCHEMAS[name].columns.items() if form.required or column in texts]


# --- survey.toml -----------------------------------------------------------------------------------------------------

ABOUT_TEXTS = ("title", "publisher", "population", "fieldwork", "source")  # in each language that the survey has
ABOUT = {"respondents": Said("a whole number, 1 or more")}
ABOUT_OPTIONAL = {
    "respondent_en": Said('two texts, for one respondent and for several, as in ["respondent", "respondents"]'),
    "respondent_ja": Said('two texts, a name and the word that counts it, as in ["回答者", "人"]'),
    "baseline": Said("a text, the name of a survey folder"),
    "sample": Said("one of self_selected, random, census"),
    "population_size": Said("a whole number, 1 or more"),
    "invited": Said("a whole number, 1 or more"),
    "report_by_en": Said("a text"),
    "report_by_ja": Said("a text"),
}
SAMPLES = ("self_selected", "random", "census")  # how the respondents were found; the first where nothing is said
WHOLE = ("respondents", "population_size", "invited")  # entries that are numbers of respondents
RESPONDENT = {"respondent_en": ("respondent", "respondents"), "respondent_ja": ("回答者", "人")}  # where none is given


def about_needed(languages):
    """The entries that survey.toml must have, with what each must be."""
    return {f"{name}_{lang}": Said("a text") for name in ABOUT_TEXTS for lang in languages} | ABOUT


def _is_text(value):
    return isinstance(value, str) and value.strip() != ""


def is_right(key, value):
    """Whether an entry of survey.toml has the form that ABOUT or ABOUT_OPTIONAL describes."""
    if key in WHOLE:
        return type(value) is int and value > 0
    if key == "sample":
        return value in SAMPLES
    if key in RESPONDENT:
        return isinstance(value, list) and len(value) == 2 and all(map(_is_text, value))
    return _is_text(value)
