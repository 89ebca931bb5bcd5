"""Checks across the files of a survey folder: each may be sound by itself and still contradict another."""

import pandas as pd

from .problems import Problem, quote
from .schemas import CLAIM_FORMS, KEYS_OF_RESPONDENTS, answered_any, listed, route


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
            return f"question {quote(question)}", "a question of questions.csv"
        options = self.offered.get(self.questions[question]["options"], [])
        if option is not None and option not in options:
            expected = "one of " + ", ".join(options) if options else "a question with options, which no number has"
            return f"option {quote(option)} of {question}", expected
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
        yield Problem("questions.csv", row, f"question {q['question']}", "another id; raw answers use this one")
    if q["kind"] == "number" and q["options"]:
        yield Problem("questions.csv", row, f"options {quote(q['options'])} of kind number", "options left empty")
    elif q["kind"] != "number" and q["options"] not in book.offered:
        yield Problem("questions.csv", row, f"options {quote(q['options'])}", "an option set of options.csv")
    if q["unit"] == "selections" and (q["kind"] != "multiple" or not q["asked_if"]):
        expected = "unit respondents, unless kind is multiple and asked_if is given"
        yield Problem("questions.csv", row, f"unit selections of {q['question']}", expected)
    if q["unit"] == "selections" and len(listed(q, "asked_if")) > 1:
        yield Problem(
            "questions.csv", row, f"unit selections of {q['question']}", "one answer in asked_if, or respondents"
        )
    if "break" in listed(q, "use") and q["kind"] != "single":
        found = f"use {quote(q['use'])} of {q['question']}, of kind {q['kind']}"
        yield Problem("questions.csv", row, found, "break only where kind is single: its answers are the groups")
    elif "break" in listed(q, "use") and len(book.offered.get(q["options"], [])) == 1:
        found = f"use {quote(q['use'])} of {q['question']}, which offers one answer"
        yield Problem("questions.csv", row, found, "break only where there are two groups or more")


def _check_scores(book):
    """Problems of scores: they belong to the answers of single-choice questions, and tell at least two answers apart."""
    if "score" not in book.options:
        return
    scored = book.options[book.options["score"] != ""]
    several = {q["options"] for q in book.questions.values() if q["kind"] == "multiple"}
    for name, rows in scored.groupby("options", sort=False):
        row = int(rows.index[0])
        if name in several:
            found = f"score {quote(rows['score'].iloc[0])} of {name}, the answers of a question of kind multiple"
            yield Problem("options.csv", row, found, "scores only where one answer is given")
        elif rows["score"].astype(float).nunique() == 1:
            yield Problem("options.csv", row, f"one score only in {name}", "two scores or more, or none")
    for row, o in scored[scored["role"] == "no_answer"].iterrows():
        yield Problem(
            "options.csv", row, f"score {quote(o['score'])} of {o['option']}", "no score where role is no_answer"
        )


def check_topics(book, topics):
    """Problems of topics.csv: topics that no question is of."""
    known = {q["topic"] for q in book.questions.values()}
    for row, topic in topics.loc[~topics["topic"].isin(known), "topic"].items():
        yield Problem("topics.csv", row, f"topic {quote(topic)}, which no question has", "a topic of questions.csv")


def _check_route(book, row, q):
    unknown = next(filter(None, map(book.unknown_term, listed(q, "asked_if"))), None)
    if unknown:
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
        elif not q["asked_if"]:
            bases[row] = book.respondents
        else:
            fewest, bases[row] = book.routed(q)
            if fewest < bases[row]:
                found, expected = f"no base of {q['question']}", f"how many gave one of the answers {q['asked_if']}"
                problems.append(Problem("questions.csv", row, found, f"{expected}, from {fewest} to {bases.pop(row)}"))
    filled = questions["base"].to_dict() | {row: str(base) for row, base in bases.items()}
    return questions.assign(base=pd.Series(filled, dtype=str)), problems


def check_bases(book, questions):
    """Problems of bases that are larger than the number of respondents."""
    for row, q in questions.to_dict("index").items():
        if q["unit"] == "respondents" and int(q["base"]) > book.respondents:
            expected = f"at most the {book.respondents} respondents of survey.toml"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


# --- counts and print ------------------------------------------------------------------------------------------------


def check_numbers(book, frames):
    """Problems of counts, of bases that differ from the answer that leads to them, of published figures and claims."""
    yield from _check_counts(book, frames["counts.csv"])
    yield from _check_counts_by(book, frames["counts_by.csv"])
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
    for question in (asked for asked, q in book.questions.items() if asked not in counted and q["kind"] != "number"):
        yield Problem("counts.csv", None, f"no row for question {question}", "a count for each of its options")


def _check_ceiling(book, question, group):
    """Problems of counts of one question that are larger than the number of respondents who were asked it."""
    q = book.questions[question]
    ceiling, meaning = int(q["base"]), f"its base of {int(q['base'])}"
    if q["unit"] == "selections":
        _, ceiling = book.routed(q)
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


def _check_counts_by(book, counts_by):
    """Problems of totals by group: unknown ids, and groups that add up to more than the question's own count."""
    known = []
    for row, question, option, by, group in counts_by[["question", "option", "by", "group"]].itertuples():
        unknown = book.unknown(question, option) or book.unknown(by, group)
        if unknown:
            yield Problem("counts_by.csv", row, *unknown)
        elif book.questions[by]["kind"] != "single":
            yield Problem("counts_by.csv", row, f"by {quote(by)}, of kind {book.questions[by]['kind']}", "kind single")
        else:
            known.append(row)
    sums = counts_by.loc[known].assign(count=counts_by.loc[known, "count"].astype(int))
    for (question, option, _), rows in sums.groupby(["question", "option", "by"], sort=False):
        if rows["count"].sum() > (total := book.counts.get((question, option), 0)):
            found = f"counts of {question}, {option} by group that add up to {rows['count'].sum()}"
            yield Problem("counts_by.csv", int(rows.index[-1]), found, f"at most {total}, its count in counts.csv")


def _check_routed_bases(book, questions):
    for row, q in questions.to_dict("index").items():
        if not q["asked_if"] or q["unit"] != "respondents":
            continue
        fewest, most = book.routed(q)
        fewest = 0 if q["kind"] == "number" else fewest  # its base are those that gave a number
        if not fewest <= int(q["base"]) <= most:
            number = most if fewest == most else f"{fewest} to {most}"
            expected = f"{number}, the count of {q['asked_if']} in counts.csv"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


def _check_published(book, published):
    for row, question, option in published[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("published.csv", row, *unknown)


# --- claims ----------------------------------------------------------------------------------------------------------


def _check_claims(book, claims):
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
            yield f"terms {quote(c['terms'])}: {unknown[0]}", unknown[1]


def _misstated(c):
    """A relation that lacks its value, or that the kind does not know, as (value, expected)."""
    if (c["relation"] == "") != (c["value"] == ""):
        yield f"relation {quote(c['relation'])} with value {quote(c['value'])}", "both, or neither"
    elif c["relation"] not in (known := CLAIM_FORMS[c["kind"]].relations):
        expected = "one of " + ", ".join(relation or "(empty)" for relation in known)
        yield f"relation {quote(c['relation'])} of kind {c['kind']}", expected


def _misshapen(c, terms):
    """Terms that are too few, too many, named twice or of the wrong form, as (value, expected)."""
    form, kind = CLAIM_FORMS[c["kind"]], f"kind {c['kind']} with terms {quote(c['terms'])}"
    if len(terms) < form.fewest or len(terms) > (form.most or len(terms)):
        yield kind, f"{form.fewest} terms" if form.fewest == form.most else f"{form.fewest} or more terms"
    elif len(set(terms)) < len(terms):
        yield kind, "each term once"
    elif form.whole and any(option for _, option in terms):
        yield kind, "a question, without an option"
    elif form.whole is False and not all(option for _, option in terms):
        yield kind, "question=option in each term"


def _unfit(book, kind, terms):
    """Terms whose questions a claim of this kind cannot be about, as (value, expected)."""
    expected, fits = _FITTING.get(kind, ("", None))
    if fits and not fits(book, [question for question, _ in terms], terms):
        yield f"kind {kind} about {quote('|'.join(f'{q}={o}' for q, o in terms))}", expected


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
        ("percent", "count"), ("answers of one question, which is single-choice where several are added", _one_sum)
    ),
    "both": ("two answers that one respondent can give, to questions that everybody was asked", _together),
    **dict.fromkeys(
        ("any", "any_count"),
        ("answers of one multiple-choice question, or of several that everybody was asked", _at_least_one),
    ),
    "only": ("an answer of a multiple-choice question that counts respondents", _one_choice_of_many),
    "part": (
        "an answer of a question with asked_if, then answers of the question that leads to it, with that answer",
        _wider_group,
    ),
    "same": ("answers to two questions of one kind that everybody was asked", _comparable),
    "largest": ("one answer of each question", _different),
    **dict.fromkeys(("leading", "ranked"), ("answers of one question", _one_question)),
}
