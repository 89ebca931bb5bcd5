"""Checks across the files of a survey folder: each may be sound by itself and still contradict another."""

import pandas as pd

from ..said import N_, Said
from .claims import check_claims
from .problems import Problem, flaw, quote
from .schemas import KEYS_OF_RESPONDENTS, answered_any, listed, route


class Codebook:
    """Look-ups that the checks share: questions, the options each offers and, with `about`, what was counted.

    `frames` are text columns by file name. `respondents` and `counts`, by question and option, are there only with
    `about`, the contents of survey.toml: a codebook is checked before anybody has answered, too.
    """

    def __init__(self, frames, about=None):
        self.questions = frames["questions.csv"].set_index("question").to_dict("index")
        self.options = frames["options.csv"]
        self.offered = self.options.groupby("options", sort=False)["option"].agg(list).to_dict()
        if about:
            self.respondents = about["respondents"]
            counts = frames["counts.csv"].astype({"count": int})
            self.counts = counts.set_index(["question", "option"])["count"].to_dict()

    def routed(self, q):
        """The fewest and the most respondents that can have given one of the answers which lead to a question.

        The two differ where several answers of a question with several answers lead to it: one respondent can have given
        more than one of them.
        """
        leading, options = route(q)
        counts = [self.counts.get((leading, option), 0) for option in options]
        most = min(sum(counts), self.respondents)
        return (max(counts) if self.questions[leading]["kind"] == "multiple" else most), most

    def unknown(self, question, option=None):
        """Why a question (and option) is not in the codebook, as (value, expected); None when it is."""
        if question not in self.questions:
            return Said("question {question}", question=quote(question)), Said("a question of questions.csv")
        options = self.offered.get(self.questions[question]["options"], [])
        if option is not None and option not in options:
            expected = Said("a question with options, which no number has")
            expected = Said("one of {options}", options=options) if options else expected
            return Said("option {option} of {question}", option=quote(option), question=question), expected
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
            question, _ = route(self.questions[question])
        return question in seen


# --- questions and options, before anybody has answered --------------------------------------------------------------


def check_codebook(book, questions):
    """Problems of questions and options, whether or not there are counts."""
    yield from _check_scores(book)
    for row, q in questions.to_dict("index").items():
        yield from _check_question(book, row, q)
        yield from _check_route(book, row, q)
        yield from _check_answered_any(book, row, q)


def _check_question(book, row, q):
    if q["question"] in KEYS_OF_RESPONDENTS:
        yield flaw(
            "questions.csv", row, "question {question}", "another id; raw answers use this one", question=q["question"]
        )
    if q["kind"] == "number" and q["options"]:
        yield flaw(
            "questions.csv", row, "options {options} of kind number", "options left empty", options=quote(q["options"])
        )
    elif q["kind"] != "number" and q["options"] not in book.offered:
        yield flaw(
            "questions.csv", row, "options {options}", "an option set of options.csv", options=quote(q["options"])
        )
    if q["unit"] == "selections" and (q["kind"] != "multiple" or not q["asked_if"]):
        expected = Said("unit respondents, unless kind is multiple and asked_if is given")
        yield Problem("questions.csv", row, Said("unit selections of {question}", question=q["question"]), expected)
    if q["unit"] == "selections" and len(listed(q, "asked_if")) > 1:
        yield flaw(
            "questions.csv",
            row,
            "unit selections of {question}",
            "one answer in asked_if, or respondents",
            question=q["question"],
        )
    if "break" in listed(q, "use") and q["kind"] != "single":
        found = Said(
            "use {use} of {question}, of kind {kind}", use=quote(q["use"]), question=q["question"], kind=q["kind"]
        )
        yield Problem("questions.csv", row, found, Said("break only where kind is single: its answers are the groups"))
    elif "break" in listed(q, "use") and len(book.offered.get(q["options"], [])) == 1:
        found = Said("use {use} of {question}, which offers one answer", use=quote(q["use"]), question=q["question"])
        yield Problem("questions.csv", row, found, Said("break only where there are two groups or more"))


def _check_scores(book):
    """Problems of scores: they belong to the answers of single-choice questions, and tell at least two answers apart."""
    if "score" not in book.options:
        return
    scored = book.options[book.options["score"] != ""]
    several = {q["options"] for q in book.questions.values() if q["kind"] == "multiple"}
    for name, rows in scored.groupby("options", sort=False):
        row = int(rows.index[0])
        if name in several:
            found = Said(
                "score {score} of {name}, the answers of a question of kind multiple",
                score=quote(rows["score"].iloc[0]),
                name=name,
            )
            yield Problem("options.csv", row, found, Said("scores only where one answer is given"))
        elif rows["score"].astype(float).nunique() == 1:
            yield flaw("options.csv", row, "one score only in {name}", "two scores or more, or none", name=name)
    for row, o in scored[scored["role"] == "no_answer"].iterrows():
        yield flaw(
            "options.csv",
            row,
            "score {score} of {option}",
            "no score where role is no_answer",
            score=quote(o["score"]),
            option=o["option"],
        )


def check_topics(book, topics):
    """Problems of topics.csv: topics that no question is of."""
    known = {q["topic"] for q in book.questions.values()}
    for row, topic in topics.loc[~topics["topic"].isin(known), "topic"].items():
        yield flaw(
            "topics.csv", row, "topic {topic}, which no question has", "a topic of questions.csv", topic=quote(topic)
        )


def _check_route(book, row, q):
    unknown = next(filter(None, map(book.unknown_term, listed(q, "asked_if"))), None)
    if unknown:
        yield Problem(
            "questions.csv",
            row,
            Said("asked_if {asked_if}: {unknown}", asked_if=quote(q["asked_if"]), unknown=unknown[0]),
            unknown[1],
        )
    elif q["asked_if"] and book.leads_back(q["question"]):
        expected = Said("routes that begin at a question everybody was asked")
        yield Problem(
            "questions.csv",
            row,
            Said("asked_if {asked_if}, which leads in a circle", asked_if=quote(q["asked_if"])),
            expected,
        )


def _check_answered_any(book, row, q):
    group = answered_any(q)
    for other in group:
        if unknown := book.unknown(other):
            yield Problem(
                "questions.csv",
                row,
                Said("answered_any {other}: {unknown}", other=quote(other), unknown=unknown[0]),
                unknown[1],
            )
        elif {*answered_any(book.questions[other])} != {*group}:
            found = Said(
                "answered_any of {question} that differs from that of {other}", question=q["question"], other=other
            )
            yield Problem("questions.csv", row, found, Said("the same questions in each"))
    if group and (q["question"] not in group or q["unit"] == "selections" or q["asked_if"]):
        expected = Said("a question of unit respondents without asked_if, and itself among those it names")
        yield Problem("questions.csv", row, Said("answered_any of {question}", question=q["question"]), expected)


# --- bases -----------------------------------------------------------------------------------------------------------


def fill_bases(book, questions):
    """The codebook with its empty bases as they follow from the counts, and a Problem for each that does not."""
    problems, bases = [], {}
    for row, q in questions[questions["base"] == ""].iterrows():
        total = sum(count for (question, _), count in book.counts.items() if question == q["question"])
        if answered_any(q) and total:
            expected = Said("how many respondents answered one of {questions}", questions=answered_any(q))
            problems.append(
                Problem("questions.csv", row, Said("no base of {question}", question=q["question"]), expected)
            )
        elif q["unit"] == "selections" or answered_any(q):
            bases[row] = total
        elif not q["asked_if"]:
            bases[row] = book.respondents
        else:
            fewest, bases[row] = book.routed(q)
            if fewest < bases[row]:
                expected = N_("how many gave one of the answers {asked_if}, from {fewest} to {most}")
                values = {
                    "question": q["question"],
                    "asked_if": q["asked_if"],
                    "fewest": fewest,
                    "most": bases.pop(row),
                }
                problems.append(flaw("questions.csv", row, N_("no base of {question}"), expected, **values))
    filled = questions["base"].to_dict() | {row: str(base) for row, base in bases.items()}
    return questions.assign(base=pd.Series(filled, dtype=str)), problems


def check_bases(book, questions):
    """Problems of bases that are larger than the number of respondents."""
    for row, q in questions.to_dict("index").items():
        if q["unit"] == "respondents" and int(q["base"]) > book.respondents:
            expected = Said("at most the {respondents} respondents of survey.toml", respondents=book.respondents)
            yield Problem(
                "questions.csv",
                row,
                Said("base {base} of {question}", base=q["base"], question=q["question"]),
                expected,
            )


# --- counts and print ------------------------------------------------------------------------------------------------


def check_numbers(book, frames):
    """Problems of counts, of bases that differ from the answer that leads to them, of published figures and claims."""
    yield from _check_counts(book, frames["counts.csv"])
    yield from _check_counts_by(book, frames["counts_by.csv"])
    yield from _check_routed_bases(book, frames["questions.csv"])
    yield from _check_published(book, frames["published.csv"])
    yield from check_claims(book, frames["claims.csv"])


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
    for question in (asked for asked, q in book.questions.items() if asked not in counted and q["kind"] != "number"):
        yield flaw(
            "counts.csv", None, "no row for question {question}", "a count for each of its options", question=question
        )


def _check_ceiling(book, question, group):
    """Problems of counts of one question that are larger than the number of respondents who were asked it."""
    q = book.questions[question]
    ceiling, meaning = int(q["base"]), Said("its base of {base}", base=int(q["base"]))
    if q["unit"] == "selections":
        _, ceiling = book.routed(q)
        meaning = Said("the {ceiling} respondents of {asked_if}", ceiling=ceiling, asked_if=q["asked_if"])
    for row, option, count in zip(group.index, group["option"], group["count"].astype(int), strict=True):
        if count > ceiling:
            yield flaw(
                "counts.csv",
                row,
                "count {count} of {question}, {option}",
                "at most {meaning}",
                count=count,
                question=question,
                option=option,
                meaning=meaning,
            )


def _check_sum(q, question, group):
    """The Problem of counts that must add up to the base and do not."""
    total = group["count"].astype(int).sum()
    if (q["kind"] == "single" or q["unit"] == "selections") and total != int(q["base"]):
        kind = Said("single-choice counts") if q["kind"] == "single" else Said("selections")
        found = Said("{kind} of {question} that add up to {total}", kind=kind, question=question, total=total)
        yield Problem(
            "counts.csv", int(group.index[-1]), found, Said("{base}, its base in questions.csv", base=int(q["base"]))
        )


def _check_counts_by(book, counts_by):
    """Problems of totals by group: unknown ids, and groups that add up to more than the question's own count."""
    known = []
    for row, question, option, by, group in counts_by[["question", "option", "by", "group"]].itertuples():
        unknown = book.unknown(question, option) or book.unknown(by, group)
        if unknown:
            yield Problem("counts_by.csv", row, *unknown)
        elif book.questions[by]["kind"] != "single":
            yield flaw(
                "counts_by.csv",
                row,
                "by {by}, of kind {kind}",
                "kind single",
                by=quote(by),
                kind=book.questions[by]["kind"],
            )
        else:
            known.append(row)
    sums = counts_by.loc[known].assign(count=counts_by.loc[known, "count"].astype(int))
    for (question, option, _), rows in sums.groupby(["question", "option", "by"], sort=False):
        if rows["count"].sum() > (total := book.counts.get((question, option), 0)):
            found = Said(
                "counts of {question}, {option} by group that add up to {count}",
                question=question,
                option=option,
                count=rows["count"].sum(),
            )
            yield Problem(
                "counts_by.csv",
                int(rows.index[-1]),
                found,
                Said("at most {total}, its count in counts.csv", total=total),
            )


def _check_routed_bases(book, questions):
    for row, q in questions.to_dict("index").items():
        if not q["asked_if"] or q["unit"] != "respondents":
            continue
        fewest, most = book.routed(q)
        fewest = 0 if q["kind"] == "number" else fewest  # its base are those that gave a number
        if not fewest <= int(q["base"]) <= most:
            number = most if fewest == most else Said("{fewest} to {most}", fewest=fewest, most=most)
            expected = Said("{number}, the count of {asked_if} in counts.csv", number=number, asked_if=q["asked_if"])
            yield Problem(
                "questions.csv",
                row,
                Said("base {base} of {question}", base=q["base"], question=q["question"]),
                expected,
            )


def _check_published(book, published):
    for row, question, option in published[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("published.csv", row, *unknown)
