"""A survey's answers as tables of shares, and what is known of several answers of the same respondents."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..survey.schemas import answered_any
from . import proportions, weights
from .margins import joint_range, margins
from .pairs import is_pair_told


def shares(survey, *questions, confidence=0.95, method="wilson", options=None, no_answer="keep"):
    """The answers to one or several questions with shares and intervals: one row per answer, in the questionnaire's order.

    Columns: `question`, `group` (the question in short) and those of `proportions.COLUMNS`; with weights, shares and intervals
    are weighted, and `n_effective` is added. `method` is one of `proportions.INTERVALS`, or "goodman" for intervals that hold
    together for a whole single-choice distribution. `options` keeps these answers only, on the base of those who gave
    one of them; `no_answer="drop"` does so with all but the no-answers. A question whose printed base is selections
    stands on respondents, with `selections` and `share_selections` beside it. A question that was put to some only has
    `share_all`, its share of all respondents.
    """
    tables = [_one(survey, question, confidence, method, options, no_answer) for question in questions]
    return pd.concat(tables, ignore_index=True)


def _one(survey, question, confidence, method, options, no_answer):
    q, table = survey.question(question), survey.table(question)
    kept = table if options is None else table[table["option"].isin(options)]
    kept = kept[kept["role"] != "no_answer"] if no_answer == "drop" else kept
    if len(kept) < len(table) and q["kind"] == "single":
        kept = kept.assign(base=kept["count"].sum())
    elif q["unit"] == "selections":
        kept = kept.assign(base=survey.routed(question))
    if not kept["base"].any():  # nobody gave one of these answers: there are no shares
        return pd.DataFrame(columns=["question", "group", *proportions.COLUMNS])
    found = _shares(survey, question, kept.reset_index(drop=True), confidence, method)
    if q["unit"] == "selections":
        found["selections"] = int(q["base"])
        found["share_selections"] = _of_selections(survey, question, kept, confidence)
    if q["asked_if"] or answered_any(q):
        found["share_all"] = found["share"] * _share_asked(survey, question)
    found.insert(0, "question", question)
    found.insert(1, "group", survey.short(question))
    return found


def _shares(survey, question, table, confidence, method):
    answers = None if survey.responses is None else given(survey, question, list(table["option"]))
    return with_shares(survey, table, answers, confidence, method)


def with_shares(survey, table, answers, confidence, method):
    """A table of counts with shares and intervals as they are for this survey; `answers` are the raw ones, if any."""
    own = weights.of(survey)
    if own is None:
        found = proportions.add_shares(table, confidence, method, proportions.worth(survey))
    else:
        found = weights.add_shares(table, answers, own, confidence, method)
    return proportions.of_everyone(found) if survey.is_census else found


def _of_selections(survey, question, table, confidence):
    """The share of all ticks that each option has, as it was printed; weighted with weights."""
    own, ticks = weights.of(survey), int(survey.question(question)["base"])
    if own is None:
        return (table["count"] / ticks).to_numpy()
    answers = given(survey, question, list(table["option"]))
    found = weights.add_shares(table.assign(base=ticks), answers, own, confidence, selections=True)
    return found["share"].to_numpy()


def _share_asked(survey, question):
    """The share of all respondents to whom a question was put."""
    own = weights.of(survey)
    if own is None:
        return survey.routed(question) / survey.respondents
    return float(np.average(_asked(survey, question), weights=own))


def _asked(survey, question):
    return weights.asked(given(survey, question, list(survey.table(question)["option"])))


def given(survey, question, options):
    """The raw answers to a question, as far as they are among these options: a column of ids, or a frame of booleans."""
    if survey.question(question)["kind"] == "single":
        answers = survey.responses[question].astype(object)
        return answers.where(answers.isin(options))
    columns = [f"{question}={option}" for option in options]
    return survey.responses[columns].set_axis(options, axis=1)


def asked(survey, question, confidence=0.95, method="wilson"):
    """How many of all respondents a question was put to: a table of one row, like those of `shares` (option "asked")."""
    row = {"option": "asked", "label": survey.short(question), "count": survey.routed(question)}
    table = pd.DataFrame([{**row, "base": survey.respondents, "role": "answer"}])
    put = None if survey.responses is None else pd.DataFrame({"asked": _asked(survey, question)}, dtype="boolean")
    found = with_shares(survey, table, put, confidence, method)
    found.insert(0, "question", question)
    found.insert(1, "group", survey.short(question))
    return found


# --- several answers of the same respondents -------------------------------------------------------------------------


def said(survey, question, option, rest=None):
    """Who gave an option, as nullable booleans; missing: not asked, no answer, or (with `rest`) another answer."""
    if survey.question(question)["kind"] == "multiple":
        return survey.responses[f"{question}={option}"]
    table, answers = survey.table(question), survey.responses[question].astype(object)
    silent = list(table.loc[table["role"] == "no_answer", "option"])
    counted = [option, *(rest if rest is not None else (o for o in table["option"] if o not in silent))]
    return (answers == option).astype("boolean").mask(~answers.isin(counted))


@dataclass(frozen=True)
class Both:
    """Limits of the shares of all respondents that gave an answer to both questions, and to at least one.

    `known` says whether they come from raw answers; low and high are then the same.
    """

    both_low: float
    both_high: float
    either_low: float
    either_high: float
    respondents: int
    known: bool


def both(survey, first, second, option):
    """Who gave an answer to both of two questions, and to at least one: a Both; weighted with weights.

    Where raw answers know it, but so few that it must not be told, it is what the totals leave open.
    """
    n = survey.respondents
    if survey.responses is not None and is_pair_told(survey, first, second, option):
        one, other = (said(survey, q, option).fillna(False).to_numpy(dtype=bool) for q in (first, second))
        both_, either = (float(np.average(x, weights=weights.of(survey))) for x in (one & other, one | other))
        return Both(both_, both_, either, either, n, known=True)
    found = joint_range(margins(survey, first, option), margins(survey, second, option))
    limits = (found.both_low, found.both_high, found.either_low, found.either_high)
    return Both(*(limit / found.respondents for limit in limits), n, known=False)
