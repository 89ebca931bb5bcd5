"""The parameters that notebooks share, what they may be, and how lists of ids in them are read."""

import re
from pathlib import Path

import pandas as pd

from .. import LANGUAGES
from ..said import Said
from ..stats.proportions import INTERVALS
from ..survey import Survey, SurveyError, load


class ParameterError(SurveyError):
    """A parameter that the notebooks do not take, or a value that it may not have."""


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_text(value):
    return isinstance(value, str)


def _one_of(*values):
    return lambda value: isinstance(value, str) and value in values


RULES = {
    "survey": (
        lambda value: isinstance(value, Survey) or (isinstance(value, str) and value.strip()),
        Said("a folder name under data/, or a path"),
    ),
    "lang": (_one_of("", *LANGUAGES), Said("one of {options}, or '' for the survey's first", options=LANGUAGES)),
    "confidence": (
        lambda value: _is_number(value) and 0 < value < 1,
        Said("a number above 0 and below 1, such as 0.95"),
    ),
    "output_dir": (_is_text, Said("the path of a folder, or '' for outputs/<survey>/<lang>-alone")),
    "interval": (_one_of(*INTERVALS), Said("one of {options}", options=[*INTERVALS])),
    "no_answer": (_one_of("drop", "keep"), Said("one of drop, keep")),
    "reference": (_is_text, Said("the path of a CSV file with the columns option and share, or ''")),
    "by": (
        _is_text,
        Said("ids of questions that the codebook marks with use = break, separated by commas, or '' for all of them"),
    ),
    "questions": (_is_text, Said("question ids, separated by commas, or '' for all")),
    "min_cell": (
        lambda value: _is_number(value) and value >= 1 and value % 1 == 0,
        Said("a whole number of 1 or more, such as 5"),
    ),
    "baseline": (_is_text, Said("a folder name under data/, the path of a folder, or '' for none")),
}


def check_parameter(name, value):
    """The value of a notebook parameter if it may have it; raises ParameterError if not.

    A parameter that is not common may have any value here.
    """
    if name not in RULES:
        return value
    allowed, expected = RULES[name]
    if not allowed(value):
        raise ParameterError(
            "parameter {name}: found {value}; expected {expected}", name=name, value=_short(value), expected=expected
        )
    return value


def _short(value):
    """A value on one line of a message."""
    words = " ".join(repr(value).split())
    return words if len(words) <= 60 else words[:59] + "…"


def check_against(survey, name, value):
    """Check a common parameter that names questions or another survey; raises ParameterError or SurveyError."""
    if name in ("by", "questions") and value.strip():
        chosen_questions(survey, name, value, kind="break" if name == "by" else "")
    if name == "baseline" and value.strip():
        load(value, survey.lang)


def chosen(survey, name, question, listed, left=1):
    """Option ids given as "a, b" in the parameter `name`, checked against the question; raises ParameterError.

    At least one of them must be an answer (role answer or undisclosed), and at least `left` answers be left over.
    """
    table = survey.table(question)
    answers = list(table.loc[table["role"].isin(("answer", "undisclosed")), "option"])
    options = _listed(name, listed, list(table["option"]))
    apart = [option for option in answers if option in options]
    if not apart or len(answers) - len(apart) < left:
        expected = Said("at least one of {answers}, and at least {left} left over", answers=[*answers], left=left)
        raise ParameterError(
            "parameter {name}: found {options!r}; expected {expected}", name=name, options=[*options], expected=expected
        )
    return options


def chosen_questions(survey, name, listed, kind=""):
    """Question ids given as "a, b" in the parameter `name`, checked against the survey; raises ParameterError.

    `kind` is that of the questions allowed, or "break": those that the codebook marks to break others by.
    """
    known = survey.breaks if kind == "break" else survey.questions.index
    return _listed(name, listed, [q for q in known if kind in ("", "break", survey.question(q)["kind"])])


def _listed(name, listed, known):
    """The ids in "a, b", each once, in order; raises ParameterError if one is not known or there are none."""
    ids = list(dict.fromkeys(part.strip() for part in listed.split(",") if part.strip()))
    unknown = [found for found in ids if found not in known]
    if unknown or not ids:
        found = _short(unknown[0] if unknown else listed)
        raise ParameterError(
            "parameter {name}: found {found}; expected some of {known}", name=name, found=found, known=[*known]
        )
    return ids


def read_reference(path, survey, question):
    """Population shares by option id from a CSV file with the columns `option` and `share`.

    Shares may be fractions, percentages or counts; the test scales them. Raises ParameterError naming row and value.
    """
    name = Path(path).name
    frame = _read_table(path, name)
    if not {"option", "share"} <= set(frame.columns):
        found = ", ".join(map(str, frame.columns))
        raise ParameterError(
            "reference: {name}, row 1: found columns {found}; expected option, share", name=name, found=found
        )
    offered, shares = list(survey.table(question)["option"]), {}
    for row, (option, share) in enumerate(zip(frame["option"], frame["share"], strict=True), start=2):
        if option not in offered or option in shares:
            expected = Said("once one of {offered}", offered=[*offered])
            raise ParameterError(
                "reference: {name}, row {row}: found {option!r}; expected {expected}",
                name=name,
                row=row,
                option=option,
                expected=expected,
            )
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", share) or float(share) == 0:
            raise ParameterError(
                "reference: {name}, row {row}: found share {share!r}; expected a number above 0",
                name=name,
                row=row,
                share=share,
            )
        shares[option] = float(share)
    if len(shares) < 2:
        raise ParameterError(
            "reference: {name}: found {shares} options; expected two or more", name=name, shares=len(shares)
        )
    return shares


def _read_table(path, name):
    try:
        return pd.read_csv(Path(path).expanduser(), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(
            "reference: cannot read {name} ({reason}); expected a CSV file, UTF-8", name=name, reason=reason
        ) from None
