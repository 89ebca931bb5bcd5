"""Checks across the files of a survey folder: each may be sound by itself and still contradict another."""

import pandas as pd

from .problems import Problem, quote
from .schemas import answered_any, listed


class Codebook:
    """Look-ups that the checks share: questions, the options each offers and, with `about`, what was counted.

    `frames` are text columns by file name. `respondents` and `counts`, by question and option, are there only with
    `about`, the contents of survey.toml: a codebook is checked before anybody has answered, too.
    """

    def __init__(self, frames, about=None):
        self.questions = frames["questions.csv"].set_index("question").to_dict("index")
        self.offered = frames["options.csv"].groupby("options", sort=False)["option"].agg(list).to_dict()
        if about:
            self.respondents = about["respondents"]
            counts = frames["counts.csv"].astype({"count": int})
            self.counts = counts.set_index(["question", "option"])["count"].to_dict()

    def count_of(self, asked_if):
        """How many gave the answer that leads to a question, written question=option."""
        return self.counts.get(tuple(asked_if.split("=")), 0)

    def unknown(self, question, option=None):
        """Why a question (and option) is not in the codebook, as (value, expected); None when it is."""
        if question not in self.questions:
            return f"question {quote(question)}", "a question of questions.csv"
        options = self.offered.get(self.questions[question]["options"], [])
        if option is not None and option not in options:
            return f"option {quote(option)} of {question}", "one of " + ", ".join(options)
        return None

    def unknown_term(self, term):
        """The same for a question, or question=option."""
        question, _, option = term.partition("=")
        return self.unknown(question, option or None)

    def leads_back(self, question):
        """Whether following asked_if from a question leads back to a question on the way."""
        seen = set()
        while question in self.questions and question not in seen:
            seen.add(question)
            question = self.questions[question]["asked_if"].partition("=")[0]
        return question in seen


# --- questions and options, before anybody has answered --------------------------------------------------------------


def check_codebook(book, questions):
    """Problems of questions and options, whether or not there are counts."""
    for row, q in questions.to_dict("index").items():
        yield from _check_question(book, row, q)
        yield from _check_route(book, row, q)
        yield from _check_answered_any(book, row, q)


def _check_question(book, row, q):
    if q["question"] in ("respondent", "weight"):
        yield Problem("questions.csv", row, f"question {q['question']}", "another id; raw answers use this one")
    if q["options"] not in book.offered:
        yield Problem("questions.csv", row, f"options {quote(q['options'])}", "an option set of options.csv")
    if q["unit"] == "selections" and (q["kind"] != "multiple" or not q["asked_if"]):
        expected = "unit respondents, unless kind is multiple and asked_if is given"
        yield Problem("questions.csv", row, f"unit selections of {q['question']}", expected)
    if "break" in listed(q, "use") and q["kind"] != "single":
        found = f"use {quote(q['use'])} of {q['question']}, of kind {q['kind']}"
        yield Problem("questions.csv", row, found, "break only where kind is single: its answers are the groups")


def _check_route(book, row, q):
    if q["asked_if"] and (unknown := book.unknown_term(q["asked_if"])):
        yield Problem("questions.csv", row, f"asked_if {quote(q['asked_if'])}: {unknown[0]}", unknown[1])
    elif q["asked_if"] and book.leads_back(q["question"]):
        expected = "routes that begin at a question everybody was asked"
        yield Problem("questions.csv", row, f"asked_if {quote(q['asked_if'])}, which leads in a circle", expected)


def _check_answered_any(book, row, q):
    group = answered_any(q)
    for other in group:
        if unknown := book.unknown(other):
            yield Problem("questions.csv", row, f"answered_any {quote(other)}: {unknown[0]}", unknown[1])
        elif {*answered_any(book.questions[other])} != {*group}:
            found = f"answered_any of {q['question']} that differs from that of {other}"
            yield Problem("questions.csv", row, found, "the same questions in each")
    if group and (q["question"] not in group or q["unit"] == "selections" or q["asked_if"]):
        expected = "a question of unit respondents without asked_if, and itself among those it names"
        yield Problem("questions.csv", row, f"answered_any of {q['question']}", expected)


# --- bases -----------------------------------------------------------------------------------------------------------


def fill_bases(book, questions):
    """The codebook with its empty bases as they follow from the counts, and a Problem for each that does not."""
    problems, bases = [], {}
    for row, q in questions[questions["base"] == ""].iterrows():
        total = sum(count for (question, _), count in book.counts.items() if question == q["question"])
        if answered_any(q) and total:
            expected = "how many respondents answered one of " + ", ".join(answered_any(q))
            problems.append(Problem("questions.csv", row, f"no base of {q['question']}", expected))
        elif q["unit"] == "selections" or answered_any(q):
            bases[row] = total
        else:
            bases[row] = book.count_of(q["asked_if"]) if q["asked_if"] else book.respondents
    filled = questions["base"].to_dict() | {row: str(base) for row, base in bases.items()}
    return questions.assign(base=pd.Series(filled, dtype=str)), problems


def check_bases(book, questions):
    """Problems of bases that are larger than the number of respondents."""
    for row, q in questions.to_dict("index").items():
        if q["unit"] == "respondents" and int(q["base"]) > book.respondents:
            expected = f"at most the {book.respondents} respondents of survey.toml"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


# --- counts, print and claims ----------------------------------------------------------------------------------------


def check_numbers(book, frames):
    """Problems of counts, of bases that differ from the answer that leads to them, of published figures and claims."""
    yield from _check_counts(book, frames["counts.csv"])
    yield from _check_routed_bases(book, frames["questions.csv"])
    yield from _check_published(book, frames["published.csv"])
    yield from _check_claims(book, frames["claims.csv"])


def _check_counts(book, counts):
    known = []
    for row, question, option in counts[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("counts.csv", row, *unknown)
        else:
            known.append(row)
    for question, group in counts.loc[known].groupby("question", sort=False):
        yield from _check_ceiling(book, question, group)
        yield from _check_sum(book.questions[question], question, group)
    counted = set(counts["question"])
    for question in (asked for asked in book.questions if asked not in counted):
        yield Problem("counts.csv", None, f"no row for question {question}", "a count for each of its options")


def _check_ceiling(book, question, group):
    """Problems of counts of one question that are larger than the number of respondents who were asked it."""
    q = book.questions[question]
    ceiling, meaning = int(q["base"]), f"its base of {int(q['base'])}"
    if q["unit"] == "selections":
        ceiling = book.count_of(q["asked_if"])
        meaning = f"the {ceiling} respondents of {q['asked_if']}"
    for row, option, count in zip(group.index, group["option"], group["count"].astype(int), strict=True):
        if count > ceiling:
            yield Problem("counts.csv", row, f"count {count} of {question}, {option}", f"at most {meaning}")


def _check_sum(q, question, group):
    """The Problem of counts that must add up to the base and do not."""
    total = group["count"].astype(int).sum()
    if (q["kind"] == "single" or q["unit"] == "selections") and total != int(q["base"]):
        kind = "single-choice counts" if q["kind"] == "single" else "selections"
        found = f"{kind} of {question} that add up to {total}"
        yield Problem("counts.csv", int(group.index[-1]), found, f"{int(q['base'])}, its base in questions.csv")


def _check_routed_bases(book, questions):
    for row, q in questions.to_dict("index").items():
        if not q["asked_if"] or q["unit"] != "respondents":
            continue
        if int(q["base"]) != (routed := book.count_of(q["asked_if"])):
            expected = f"{routed}, the count of {q['asked_if']} in counts.csv"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


def _check_published(book, published):
    for row, question, option in published[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("published.csv", row, *unknown)


def _check_claims(book, claims):
    for row, c in claims.iterrows():
        for term in c["terms"].split("|"):
            if unknown := book.unknown_term(term):
                yield Problem("claims.csv", row, f"terms {quote(c['terms'])}: {unknown[0]}", unknown[1])
        if (c["relation"] == "") != (c["value"] == ""):
            found = f"relation {quote(c['relation'])} with value {quote(c['value'])}"
            yield Problem("claims.csv", row, found, "both, or neither")
