"""One topic's notebook: its parameters checked, its survey loaded, its tables, figures, tests and findings kept.

A notebook begins with `topic = start("03_awareness", ...)`. What it shows goes through the topic, so that the same
numbers land in the notebook and in the output folder.
"""

import base64
import html
import re
import warnings
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import display
from statsmodels.stats.multitest import multipletests

from . import charts, chisquare, claims, joint, text, weights
from .files import write_whole
from .joint import McNemar
from .paired import (
    PairedRange,
    check_pair,
    feasible,
    independent,
    joint_range,
    margins,
    mcnemar_range,
    nested,
)
from .proportions import (
    COLUMNS,
    INTERVALS,
    Difference,
    add_shares,
    detectable_share,
    difference,
    needed_base,
    without,
)
from .survey import LANGUAGES, ROOT, Survey, SurveyError, load
from .tables import NO_MATHS, html_table, read_csv, readable, readable_tests


class ParameterError(SurveyError):
    """A parameter that the notebooks do not take, or a value that it may not have."""


def _is_number_between(low, high):
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and low < value < high


def _is_text(value):
    return isinstance(value, str)


def _is_whole_from(least):
    def check(value):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= least and value % 1 == 0

    return check


def _one_of(*values):
    return lambda value: isinstance(value, str) and value in values


RULES = {
    "survey": (lambda value: isinstance(value, str) and value.strip(), "a folder name under data/, or a path"),
    "lang": (_one_of(*LANGUAGES), "one of " + ", ".join(LANGUAGES)),
    "confidence": (_is_number_between(0, 1), "a number above 0 and below 1, such as 0.95"),
    "output_dir": (_is_text, "the path of a folder, or '' for outputs/<survey>/<lang>"),
    "interval": (_one_of(*INTERVALS), "one of " + ", ".join(INTERVALS)),
    "no_answer": (_one_of("drop", "keep"), "one of drop, keep"),
    "reference": (_is_text, "the path of a CSV file with the columns option and share, or ''"),
    "not_knowing": (_is_text, "option ids of the question, separated by commas"),
    "own_side": (_is_text, "option ids of the question, separated by commas"),
    "codified": (_is_text, "option ids of the question, separated by commas"),
    "by": (_is_text, "ids of single-choice questions, separated by commas, or '' for the usual ones"),
    "questions": (_is_text, "question ids, separated by commas, or '' for all"),
    "min_cell": (_is_whole_from(1), "a whole number of 1 or more, such as 5"),
    "baseline": (_is_text, "a folder name under data/, the path of a folder, or '' for none"),
}


OPTIONS_OF = {"own_side": "q6", "not_knowing": "q3", "codified": "q9"}  # parameters that list a question's options


def check_parameter(name, value):
    """The value of a notebook parameter if it may have it; raises ParameterError if not."""
    if name not in RULES:
        raise ParameterError(f"parameter: found {name!r}; expected one of {', '.join(RULES)}")
    allowed, expected = RULES[name]
    if not allowed(value):
        raise ParameterError(f"parameter {name}: found {value!r}; expected {expected}")
    return value


def check_against(survey, name, value):
    """Check a parameter that names options or a file, as far as the survey has its question; raises ParameterError."""
    if name in OPTIONS_OF and survey.has(OPTIONS_OF[name]):
        _check_split(name, survey, chosen_options(survey, OPTIONS_OF[name], value))
    if name == "by" and value.strip():
        chosen_questions(survey, name, value, kind="single")
    if name == "questions" and value.strip():
        chosen_questions(survey, name, value)
    if name == "baseline" and value.strip():
        load(value, survey.lang)
    if name == "reference" and value and survey.has("industry"):
        read_reference(value, survey, "industry")


def _check_split(name, survey, chosen):
    """Options that a parameter sets apart must leave enough answers on either side; raises ParameterError if not."""
    table = survey.table(OPTIONS_OF[name])
    answers = list(table.loc[table["role"].isin(("answer", "undisclosed")), "option"])
    apart = [option for option in answers if option in chosen]
    left = len(answers) - len(apart)
    least = 2 if name == "not_knowing" else 1
    if not apart or left < least:
        expected = f"at least one of {', '.join(answers)}, and at least {least} left over"
        raise ParameterError(f"parameter {name}: found {', '.join(chosen)!r}; expected {expected}")


def chosen_options(survey, question, listed):
    """Option ids given as "a, b", checked against the question; raises ParameterError."""
    offered = list(survey.table(question)["option"])
    options = [option.strip() for option in listed.split(",") if option.strip()]
    unknown = [option for option in options if option not in offered]
    if unknown or not options:
        found = repr(unknown[0]) if unknown else repr(listed)
        raise ParameterError(f"options of {question}: found {found}; expected some of {', '.join(offered)}")
    return options


def chosen_questions(survey, name, listed, kind=""):
    """Question ids given as "a, b" in the parameter `name`, checked against the survey; raises ParameterError."""
    asked = [q for q in survey.questions.index if kind in ("", survey.question(q)["kind"])]
    questions = list(dict.fromkeys(question.strip() for question in listed.split(",") if question.strip()))
    unknown = [question for question in questions if question not in asked]
    if unknown or not questions:
        found = repr(unknown[0]) if unknown else repr(listed)
        raise ParameterError(f"parameter {name}: found {found}; expected some of {', '.join(asked)}")
    return questions


@dataclass(frozen=True)
class Comparison:
    """One answer compared between two questions over the same firms, in both readings.

    `counted` are (count, base) of each question, `margins` (yes, no, missing) of all respondents, `paired` the range of
    McNemar's exact test over every joint table with these margins, `tests` the rows of tests.csv, Pearson's first.
    With raw answers `joint` is McNemar's test itself, `paired` has shrunk to its p-value, and `difference` is that of the
    firms that answered both questions (Newcombe 1998, for pairs). `raw` says whether the survey has raw answers, `weights`
    whether it has weights, which no comparison uses.
    """

    names: tuple[str, str]
    label: str
    counted: tuple[tuple[int, int], tuple[int, int]]
    difference: Difference
    margins: tuple[tuple[int, int, int], tuple[int, int, int]]
    paired: PairedRange
    tests: list[dict]
    joint: McNemar | None = None
    raw: bool = False
    weights: bool = False

    @property
    def shares(self):
        """The two shares of those counted, from 0 to 1."""
        return tuple(count / base for count, base in self.counted)

    @property
    def p(self):
        """Pearson's p-value, as if different firms had answered the two questions."""
        return self.tests[0]["p"]

    @property
    def base(self):
        """Respondents per question: the harmonic mean of the two bases."""
        (_, first), (_, second) = self.counted
        return 2 / (1 / first + 1 / second)


def start(notebook, survey, lang, confidence, output_dir, **own):
    """Check a notebook's parameters, load its survey and make ready its output folder: a Topic.

    `own` are the notebook's own parameters. Raises ParameterError or SurveyError with one plain message.
    """
    parameters = {"survey": survey, "lang": lang, "confidence": confidence, "output_dir": output_dir, **own}
    for name, value in parameters.items():
        check_parameter(name, value)
    loaded = load(survey, lang)
    folder = Path(output_dir).expanduser() if output_dir else ROOT / "outputs" / loaded.name / lang
    return Topic(notebook, loaded, confidence, folder, own.get("interval", "wilson"))


class Topic:
    """What a notebook works with: `survey`, `say` (words in its language) and the ways to show results."""

    def __init__(self, notebook, survey: Survey, confidence=0.95, folder=".", interval="wilson"):
        self.notebook = notebook
        self.survey = survey
        self.confidence = confidence
        self.interval = interval
        self.folder = Path(folder)
        self.say = text.Language(survey.lang, confidence)
        self._tests, self._findings, self._comparisons, self._figures = [], [], [], []

    # --- numbers

    @cached_property
    def weights(self):
        """The respondents' weights as an array, or None where the survey has none."""
        responses = self.survey.responses
        return None if responses is None or "weight" not in responses else weights.check_weights(responses["weight"])

    def table(self, question, method=None):
        """The answers to a question with shares and intervals; `method` "goodman" for a whole distribution.

        With weights, shares and intervals are weighted, counts and bases are not, and the column `n_effective` is added.
        """
        selections = self.survey.question(question)["unit"] == "selections"
        return self._shares(question, self.survey.table(question), method, selections)

    def _shares(self, question, table, method=None, selections=False):
        """Shares of some or all answers to a question, on the base of those who gave one of them or were asked."""
        method = method or self.interval
        if self.weights is None:
            return add_shares(table, self.confidence, method)
        answers = self._answers(question, list(table["option"]))
        return weights.add_shares(table, answers, self.weights, self.confidence, method, selections)

    def _answers(self, question, options):
        """The raw answers to a question, as far as they are among these options."""
        if self.survey.question(question)["kind"] == "single":
            given = self.survey.responses[question].astype(object)
            return given.where(given.isin(options))
        columns = [f"{question}={option}" for option in options]
        return self.survey.responses[columns].set_axis(options, axis=1)

    def stack(self, questions, method=None):
        """The tables of several questions in one, with the columns `question` and `group` (its short name) in front."""
        tables = [
            self.table(question, method).assign(question=question, group=self.survey.short(question))
            for question in questions
        ]
        return _to_front(pd.concat(tables, ignore_index=True), ["question", "group"])

    def pairs(self, pairs):
        """Like `stack` for pairs of questions, with their number in the column `pair`."""
        tables = [self.stack(pair).assign(pair=i) for i, pair in enumerate(pairs)]
        return _to_front(pd.concat(tables, ignore_index=True), ["pair"])

    def reasons(self, groups):
        """Why firms are aware and why not, per partner group, as shares of the firms that were asked for reasons.

        Adds `status` (aware, unaware), `selections` (the printed base) and `share_selections` (the printed share).
        """
        tables = []
        for status in ("aware", "unaware"):
            for group in groups:
                question = f"{group}_why_{status}"
                table = self.survey.table(question)
                firms = table.assign(base=self.survey.routed(question))
                extra = {"status": status, "question": question, "group": self.survey.short(question)}
                shares = self._shares(question, firms).assign(selections=table["base"], **extra)
                printed = table["count"] / table["base"] if self.weights is None else self.table(question)["share"]
                tables.append(shares.assign(share_selections=printed))
        return _to_front(pd.concat(tables, ignore_index=True), ["status", "question", "group"])

    def compare(self, first, second, option, no_answer="drop", among=None):
        """One option of two questions over the same firms, as if independent and as paired: a Comparison.

        With `no_answer` "drop" the base of a single-choice question is the firms that gave an answer; `among` narrows
        it to these options. The paired reading keeps all respondents, those without an answer as missing.
        """
        check_pair(self.survey, first, second)
        single = self.survey.question(first)["kind"] == "single"
        among = list(among or chisquare.answers(self.survey, first, no_answer))
        rest = [o for o in among if o != option] if single and no_answer == "drop" else None
        read = [margins(self.survey, question, option, rest) for question in (first, second)]
        options = [option] if not single or len(among) > 2 + (no_answer == "keep") else None
        tests = chisquare.compare(self.survey, first, second, options, no_answer, among)
        counted = tuple(self._counted(question, option, among) for question in (first, second))
        apart = difference(*counted, self.confidence)
        found = self._mcnemar(first, second, option, rest)
        if found:
            paired = _settled(found, self.say.alpha)
            tests.append(chisquare.mcnemar_row(first, second, option, found))
            apart = joint.paired_difference(found.both, found.b, found.c, found.neither, self.confidence)
        else:
            paired = mcnemar_range(*read, alpha=self.say.alpha)
            tests += chisquare.paired_rows(first, second, option, paired, self.survey.respondents)
        return Comparison(
            names=(self.survey.short(first), self.survey.short(second)),
            label=text.pick(self.survey.table(first), option)["label"],
            counted=counted,
            difference=apart,
            margins=tuple(read),
            paired=paired,
            tests=tests,
            joint=found,
            raw=self.survey.responses is not None,
            weights=self.weights is not None,
        )

    def _mcnemar(self, first, second, option, rest):
        """McNemar's test on the raw answers, or None where there are none, or nobody answered both questions."""
        if self.survey.responses is None:
            return None
        found = joint.mcnemar(*(self._said(question, option, rest) for question in (first, second)))
        return found if found.n else None

    def _said(self, question, option, rest=None):
        """Who gave an option, as nullable booleans; missing: not asked, no answer, or (with `rest`) another answer."""
        if self.survey.question(question)["kind"] == "multiple":
            return self.survey.responses[f"{question}={option}"]
        table, given = self.survey.table(question), self.survey.responses[question].astype(object)
        silent = list(table.loc[table["role"] == "no_answer", "option"])
        counted = [option, *(rest if rest is not None else (o for o in table["option"] if o not in silent))]
        return (given == option).astype("boolean").mask(~given.isin(counted))

    def _joint_rows(self, comparisons):
        """Tests of more than two answers or options at once, where raw answers are there: rows of tests.csv."""
        if self.survey.responses is None or not comparisons:
            return []
        compared = [(c.tests[0]["first"], c.tests[0]["second"], c.tests[-1]["options"]) for c in comparisons]
        pairs = list(dict.fromkeys((first, second) for first, second, _ in compared))
        if self.survey.question(pairs[0][0])["kind"] == "multiple":
            return [self._items_row(*pair) for pair in pairs]
        option, questions = compared[0][2], list(dict.fromkeys(q for pair in pairs for q in pair))
        rows = [self._square_row(*pair) for pair in pairs]
        if len(questions) > 2 and {o for _, _, o in compared} == {option}:
            answers = pd.concat([self._said(question, option).rename(question) for question in questions], axis=1)
            rows.append(chisquare.joint_row("|".join(questions), "", [option], "cochran_q", joint.cochran_q(answers)))
        return rows

    def _square_row(self, first, second):
        options = chisquare.shared_options(self.survey, first, second)
        table = joint.square_table(self.survey.responses[first], self.survey.responses[second], options)
        return chisquare.joint_row(first, second, options, "stuart_maxwell", joint.stuart_maxwell(table))

    def _items_row(self, first, second):
        options = chisquare.shared_options(self.survey, first, second)
        sheets = [self._answers(question, options) for question in (first, second)]
        overall = joint.marginal_homogeneity(*sheets).overall
        return chisquare.joint_row(first, second, options, "homogeneity_items", overall)

    def compare_items(self, pairs):
        """Every option that two multiple-choice questions share, for each pair of questions: a list of Comparisons."""
        return [
            self.compare(first, second, option)
            for first, second in pairs
            for option in chisquare.shared_options(self.survey, first, second)
        ]

    def _counted(self, question, option, among):
        table = self.survey.table(question)
        if self.survey.question(question)["kind"] == "multiple":
            return self.survey.count(question, option), self.survey.routed(question)
        return self.survey.count(question, option), int(table.loc[table["option"].isin(among), "count"].sum())

    def both_readings(self, comparisons, caption, family=("pearson",)):
        """The tests of comparisons, and beside each other their two readings; kept for tests.csv and the summary."""
        rows = [test for c in comparisons for test in c.tests] + self._joint_rows(comparisons)
        tests = self.tests(rows, caption, family)
        adjusted = tests.loc[tests["test"] == "pearson", "p_adjusted"].to_numpy()
        rows = [
            {
                **{"notebook": self.notebook, "first": c.tests[0]["first"], "second": c.tests[0]["second"]},
                **{
                    "option": c.tests[-1]["options"],
                    "label": c.label,
                    "pair": self.say.pair(*c.names),
                },
                **{"share_first": c.shares[0], "share_second": c.shares[1], "difference": c.difference.value},
                **{"low": c.difference.low, "high": c.difference.high, "p": c.p, "p_adjusted": adjusted[i]},
                **{"p_min": c.paired.p_min, "p_max": c.paired.p_max, "verdict": c.paired.verdict},
            }
            for i, c in enumerate(comparisons)
        ]
        self._comparisons.append(pd.DataFrame(rows))
        self._write(pd.concat(self._comparisons, ignore_index=True), "comparisons")
        return tests

    def power(self, comparisons, caption):
        """For every difference that is not shown: what this sample could have shown, and what the difference needs."""
        rows = []
        for c in comparisons:
            if c.p < self.say.alpha:
                continue
            low = min(c.shares)
            found = detectable_share(low, c.base, alpha=self.say.alpha)
            rows.append(
                {
                    "pair": self.say.pair(*c.names),
                    "label": c.label,
                    "difference": c.difference.value,
                    "detectable": found - low,
                    "base": round(c.base),
                    "needed": needed_base(*c.shares, alpha=self.say.alpha),
                }
            )
        if rows:
            self.show(pd.DataFrame(rows), f"power_{self.notebook[:2]}", caption)

    def map_table(self, comparisons):
        """The numbers of the map: per pair the limits of the feasible discordant answers, and the marked points."""
        rows = []
        for c in comparisons:
            band, (b, d) = feasible(*c.margins), independent(*c.margins)
            near, paired = nested(*c.margins), c.paired
            rows.append(
                {
                    "pair": self.say.pair(*c.names),
                    **{
                        "b_max": band.b_max,
                        "c_max": band.c_max,
                        "difference_min": band.d_min,
                        "difference_max": band.d_max,
                    },
                    **{"b_independent": b, "c_independent": d, "b_nested": near[0], "c_nested": near[1]},
                    **{"feasible": paired.feasible, "significant": paired.significant, "verdict": paired.verdict},
                    **{"p_min": paired.p_min, "p_max": paired.p_max, "p_independent": c.p},
                }
            )
        return pd.DataFrame(rows)

    def range_table(self, comparisons):
        """The numbers of the figure of p-ranges, a row per comparison."""
        columns = ["pair", "label", "p", "p_min", "p_max", "verdict"]
        rows = [
            (self.say.pair(*c.names), c.label, c.p, c.paired.p_min, c.paired.p_max, c.paired.verdict)
            for c in comparisons
        ]
        return pd.DataFrame(rows, columns=columns)

    def joint(self, first, second, option):
        """A finding: how many firms gave this answer to both questions, and to at least one, as far as totals tell."""
        label = text.pick(self.survey.table(first), option)["label"]
        if self.survey.responses is not None:
            shares = self._joint_shares(first, second, option)
            return text.finding_joint_known(
                self.say, self.survey.short(first), self.survey.short(second), label, *shares
            )
        bounds = joint_range(margins(self.survey, first, option), margins(self.survey, second, option))
        return text.finding_joint(self.say, self.survey.short(first), self.survey.short(second), label, bounds)

    def _joint_shares(self, first, second, option):
        """The shares of all respondents that gave an answer to both questions, and to at least one; weighted if may be."""
        one, other = (self._said(question, option).fillna(False).to_numpy(dtype=bool) for question in (first, second))
        return [float(np.average(said, weights=self.weights)) for said in (one & other, one | other)]

    def pooled(self, first, second, option):
        """A finding: the share of this answer among all answers to two questions taken together."""
        count = self.survey.count(first, option) + self.survey.count(second, option)
        base = self.survey.routed(first) + self.survey.routed(second)
        return text.finding_pooled(self.say, text.pick(self.survey.table(first), option)["label"], count, base)

    def leader(self, question):
        """The option id of the most frequent answer."""
        return text.top(self.table(question))["option"]

    # --- does the answer move?

    def sensitivity(self, rows):
        """What a main result becomes under choices that could be disputed: rows of (choice, result, conclusion)."""
        table = pd.DataFrame(rows, columns=["choice", "result", "conclusion"])
        self.show(table, f"sensitivity_{self.notebook[:2]}", "Does the answer move?")

    def share_choices(self, question, option):
        """One share under every kind of interval, and on the base of those who answered: rows for `sensitivity`."""
        say, table = self.say, self.survey.table(question)
        label = say.quoted(text.brief(text.pick(table, option)["label"]))
        rows = [
            (
                say("{label}: {method} interval", label=label, method=text.interval_name(say, method)),
                *self._against_half(text.pick(self.table(question, method), option)),
            )
            for method in INTERVALS
        ]
        dropped = without(table)
        if len(dropped) < len(table):
            answer = text.pick(self._shares(question, dropped), option)
            rows.append((say("no answer left out"), *self._against_half(answer)))
        return rows

    def _against_half(self, answer):
        share, low, high = self.say.percent(answer["share"]), answer["low"], answer["high"]
        result = self.say("{share} ({range})", share=share, range=self.say.range(low, high))
        side = self.say("more than half") if low > 0.5 else self.say("less than half") if high < 0.5 else None
        return result, side or self.say("cannot be told from half")

    def pair_choices(self, first, second, option):
        """One comparison with no-answers dropped and kept, corrected, exact and paired: rows for `sensitivity`."""
        say, survey = self.say, self.survey
        single = survey.question(first)["kind"] == "single"
        options = None if single else [option]
        observed, _ = chisquare.contingency(survey, first, second, options)
        rows = [(say("chi-square"), chisquare.homogeneity(survey, first, second, options)["p"])]
        if single:
            kept = chisquare.homogeneity(survey, first, second, options, "keep")
            against_all = chisquare.yes_or_not(survey, first, second, option)
            rows += [
                (say("chi-square, no answer as an answer of its own"), kept["p"]),
                (say("chi-square, no answer counted with the others"), against_all),
            ]
        rows += [
            (say("chi-square with Yates’ correction"), chisquare.yates(observed)),
            (say("Fisher’s exact test"), chisquare.fisher(survey, first, second, options)["p"]),
        ]
        compared = self.compare(first, second, option)
        names = say.pair(*compared.names)
        rows = [(f"{names}: {choice}", say.p(p), self._significance(p)) for choice, p in rows]
        if compared.joint:
            words = say("McNemar, same firms (exact)")
            return [*rows, (f"{names}: {words}", say.p(compared.joint.p), self._significance(compared.joint.p))]
        for missing, words in (
            ("free", say("same firms, any overlap")),
            ("shared", say("same firms, no-answers shared")),
        ):
            paired = mcnemar_range(*compared.margins, missing=missing, alpha=self.say.alpha)
            if missing == "free" or single:
                rows.append(
                    (f"{names}: {words}", say("p {range}", range=text.p_range(say, paired)), text.verdict(say, paired))
                )
        return rows

    def _significance(self, p):
        return self.say("significant") if p < self.say.alpha else self.say("not shown")

    def size_choices(self, first, second):
        """The comparison of two ordered distributions under other classes and tests: rows for `sensitivity`."""
        say, survey = self.say, self.survey
        known = chisquare.known_answers(survey, first)
        stated = list(chisquare.answers(survey, first))
        halves = chisquare.merged(survey, first, second, [known[: len(known) // 2], known[len(known) // 2 :]])
        rows = [
            (say("chi-square, all known classes"), chisquare.homogeneity(survey, first, second, known)["p"]),
            (say("chi-square, classes merged into a lower and an upper half"), halves),
            (say("order of the classes used"), chisquare.ordered(survey, first, second, known)["p"]),
            (
                say("chi-square, unknown as an answer of its own"),
                chisquare.homogeneity(survey, first, second, stated)["p"],
            ),
            (say("chi-square, no answer as well"), chisquare.homogeneity(survey, first, second, no_answer="keep")["p"]),
        ]
        return [(choice, say.p(p), self._significance(p)) for choice, p in rows]

    def only(self, question, options):
        """A single-choice question on the base of those who gave one of these answers, with simultaneous intervals."""
        kept = self.survey.table(question).query("option in @options").reset_index(drop=True)
        return self._shares(question, kept.assign(base=kept["count"].sum()), "goodman")

    def known(self, question, not_knowing):
        """The answers of those that know at all: without the options listed in `not_knowing`, and no answer."""
        unknown = self.choices(question, not_knowing)
        rows = self.survey.table(question)
        answers = rows.loc[~rows["option"].isin(unknown) & (rows["role"] != "no_answer"), "option"]
        return self.only(question, list(answers))

    def with_all(self, question):
        """The table with `share_all`, the share of all respondents, beside the share of the firms asked."""
        if self.weights is None:
            return self.table(question).assign(share_all=lambda t: t["count"] / self.survey.respondents)
        asked = float(np.average(self._asked(question), weights=self.weights))
        return self.table(question).assign(share_all=lambda t: t["share"] * asked)

    def _asked(self, question):
        """Whom a question was put to, as an array of booleans."""
        answers = self._answers(question, list(self.survey.table(question)["option"]))
        return weights.asked(answers)

    def incidents(self, question, *others):
        """The numbers of the figure of incidents: whom they reached, harmed or spared, then the answers to questions."""
        reached = self.reached(question, rest=True).assign(question=question, group=self.say("All firms"))
        numbers = pd.concat([reached, self.stack([question, *others])], ignore_index=True)
        return _to_front(numbers, ["question", "group"])

    def reached(self, question, rest=False):
        """How many respondents an incident reached (the question's base) and, if published, how many it harmed.

        With `rest` also those that it reached and did not harm, and all others.
        """
        say, hit = self.say, self.survey.routed(question)
        harmed = self.survey.claimed("any_count", "q7_damage")
        rows = [("reached", say("Reached by an attack on a partner"), hit)]
        if harmed is not None:
            rows.append(("harmed", say("Harmed by it"), int(harmed)))
        if rest and harmed is not None:
            rows.append(("spared", say("Reached, not harmed"), hit - int(harmed)))
        if rest:
            rows.append(("untouched", say("Not reached, or no answer"), self.survey.respondents - hit))
        table = pd.DataFrame(rows, columns=["option", "label", "count"])
        table = table.assign(base=self.survey.respondents, role="answer")
        if self.weights is None:
            return add_shares(table, self.confidence, self.interval)
        return self._reached_weighted(question, table)

    def _reached_weighted(self, question, table):
        """Like `reached` from raw answers: a firm was harmed if it ticked any damage."""
        said = pd.DataFrame({"reached": self._asked(question)}, dtype="boolean")
        if "harmed" in set(table["option"]):
            damage = self.survey.table("q7_damage").query("role == 'answer'")["option"]
            said["harmed"] = self._answers("q7_damage", list(damage)).fillna(False).any(axis=1).to_numpy()
            said["spared"] = said["reached"] & ~said["harmed"]
        said["untouched"] = ~said["reached"]
        table = table.assign(count=[int(said[option].sum()) for option in table["option"]])
        return weights.add_shares(table, said, self.weights, self.confidence, self.interval)

    def sides(self, table, own):
        """The table with the column `side` in words: own side for the options in `own`, else the partners' side."""
        names = {True: self.say("own side"), False: self.say("partners’ side")}
        side = [
            "" if role == "other" else names[o in own] for o, role in zip(table["option"], table["role"], strict=True)
        ]
        return _to_front(table.assign(side=side), ["side"])

    def hanging(self, *questions):
        """What hangs from the answers that lead to these questions: {question: (option, wording, table)}."""
        parts = {}
        for question in questions:
            asked = self.survey.question(question)
            heading = self.say(
                "{question} (n = {n})", question=self.survey.wording(question), n=self.survey.routed(question)
            )
            parts[question] = (asked["asked_if"].split("=")[1], heading, self.table(question, "goodman"))
        return parts

    def only_offered(self, question, questions):
        """Option ids that this question offers and the others of `questions` do not."""
        others = {o for q in questions if q != question for o in self.survey.table(q)["option"]}
        return [o for o in self.survey.table(question)["option"] if o not in others]

    def read(self, stem):
        """A table that another notebook wrote; raises SurveyError, saying which file is missing."""
        path = self.folder / "tables" / f"{stem}.csv"
        if not path.exists():
            raise SurveyError(
                f"{path.name}: no such table in {path.parent}; expected the topic notebooks to have run first"
            )
        return read_csv(path)

    def overview(self):
        """Headings, tables and colours of the overview, from the tables of the other notebooks."""
        say, awareness, measures = self.say, self._written("awareness"), self._written("measures")
        panels = [
            (say("Largely aware of the security of"), awareness[awareness["option"] == "aware"], "aware"),
            (say("Partners ready for the end of support?"), self._written("q3"), "unaware"),
            (say("Done now about it"), measures[measures["question"] == "q4"], "wanted"),
            (say("What holds firms back"), self._written("q6"), "own"),
            (say("Attacks on partners"), self._attacks(), "reached"),
            (say("Who should act for small firms"), self._written("q10"), "customers"),
        ]
        panels[0] = (panels[0][0], panels[0][1].assign(label=lambda t: t["group"]), panels[0][2])
        ranked = {"by": "share", "ascending": False, "kind": "stable"}
        return [
            (heading, table.sort_values(**ranked).assign(label=lambda t: t["label"].map(text.brief)), color)
            for heading, table, color in panels
            if len(table)
        ]

    def overview_title(self):
        """What the overview says, or the survey's title where awareness or measures were not asked."""
        tables = self._written("awareness"), self._written("measures")
        asked = all(len(table) for table in tables)
        return text.title_overview(self.say, *tables) if asked else self.survey.info("title")

    def _written(self, stem):
        """A table of another notebook, without rows where that topic was not asked and so left out."""
        if not any((self.folder / "tables" / "findings").glob("*.csv")):
            return self.read(stem)  # no topic has run: say so
        path = self.folder / "tables" / f"{stem}.csv"
        return read_csv(path) if path.exists() else pd.DataFrame(columns=["question", "group", *COLUMNS, "share_all"])

    def _attacks(self):
        """Firms reached and harmed, and the kinds of attack, all as shares of all respondents."""
        kinds = self._written("q7_content").assign(base=self.survey.respondents, share=lambda t: t["share_all"])
        if not len(kinds):
            return kinds
        return pd.concat([self.read("reached"), kinds[kinds["role"] == "answer"]], ignore_index=True)

    def overview_figure(self, measure):
        """The figure of the overview; a sentence where the survey asked about none of its topics."""
        panels = self.overview()
        if not panels:
            self._paragraph(self.say("This survey asked about none of the six topics of this picture."), "note")
            return
        settings = {"lines": False, "height": 5.2, "nrows": 2, "ncols": 3}
        fig, axes = self.page(self.overview_title(), subtitle=measure, base="Base: {n}", **settings)
        charts.plot_overview(axes, panels, self.say)
        self.figure(fig, "overview", self.overview_table())

    def overview_table(self):
        """The numbers of the overview in one table, by heading."""
        tables = [table.assign(group=heading) for heading, table, _ in self.overview()]
        return _to_front(pd.concat(tables, ignore_index=True)[["group", *COLUMNS[:5]]], ["group"])

    def choices(self, question, listed):
        """Option ids given as a parameter, "a, b", checked against the question; raises ParameterError."""
        return chosen_options(self.survey, question, listed)

    # --- what the reader sees

    def about(self):
        """Who was asked, when, how many answered, and where the numbers come from."""
        survey, say = self.survey, self.say
        words = say(
            "{publisher}, “{title}”. Asked: {population}, {fieldwork}. Answers: {n}. Source: {source}.",
            publisher=survey.info("publisher"),
            title=survey.info("title"),
            population=survey.info("population"),
            fieldwork=survey.info("fieldwork"),
            n=say.firms(survey.respondents),
            source=survey.info("source"),
        )
        self._paragraph(words, "about")

    def quote(self, *questions):
        """The survey's own wording of the questions, each with its kind and base."""
        for question in questions:
            q = self.survey.question(question)
            note = [self._base(q), self._weighted(question)]
            self._paragraph(self.survey.wording(question), "question", note=self.say(". ").join(filter(None, note)))

    def quote_claims(self, *claims):
        """The publisher's claims with these ids, as far as the survey has them."""
        rows = self.survey.claims[self.survey.claims["claim"].isin(claims)]
        for words in rows[f"text_{self.survey.lang}"]:
            self._paragraph(self.say("Claim under test: {claim}", claim=words), "claim")

    def against_population(self, question, reference):
        """The question against the population shares of a CSV file, or a sentence that there is none."""
        if not reference:
            self.finding(text.no_reference(self.say, self.survey.short(question)))
            return
        shares = read_reference(reference, self.survey, question)
        test = self.tests([chisquare.goodness_of_fit(self.survey, question, shares)], "Against the population", ())
        self.finding(text.finding_fit(self.say, self.survey.short(question), test.iloc[0]))

    def limits(self):
        """What no interval or test can repair: who answered is not a random sample."""
        self._paragraph(text.sample_limits(self.say, self.survey), "limits")
        if self.weights is not None:
            self._paragraph(text.weight_limits(self.say, self._weighted()), "limits")

    def _weighted(self, question=None):
        """That shares are weighted, and what the respondents asked (or all) are worth; "" without weights."""
        if self.weights is None:
            return ""
        own = self.weights if question is None else self.weights[self._asked(question)]
        return text.weighted(self.say, len(own), weights.effective_size(own))

    def show(self, table, stem, caption):
        """A table for the reader, saved in full precision as tables/`stem`.csv."""
        self.save(table, stem)
        self._display_table(readable(self.say, table), self.say(caption))

    def show_words(self, frame, caption):
        """A table that is in words already, for the reader only."""
        self._display_table(frame, caption)

    def readable(self, table):
        """The table in words, as `show` has it."""
        return readable(self.say, table)

    def paragraph(self, words, kind="note"):
        """A paragraph for the reader, which no summary repeats."""
        self._paragraph(words, kind)

    def summary(self, order):
        """The findings of all notebooks: those listed in `order` first, the first finding of each topic only."""
        findings = self.read("findings").drop_duplicates("notebook").set_index("notebook")
        chosen = [name for name in order if name in findings.index]
        if not chosen:
            self._paragraph(self.say("This survey asked about none of the topics listed here: no finding."), "note")
            return
        items = "".join(f"<li>{html.escape(findings.loc[name, 'finding'])}</li>" for name in chosen)
        plain = "\n".join(findings.loc[name, "finding"] for name in chosen)
        display({"text/html": f'<ol class="findings {NO_MATHS}">{items}</ol>', "text/plain": plain}, raw=True)

    def gathered(self, kind):
        """What the notebooks before this one wrote of a kind (tests, findings, comparisons), joined."""
        return join(path for path in parts(self.folder / "tables", kind) if path.stem <= self.notebook)

    def all_comparisons(self):
        """Every comparison of two questions, `p_all` adjusted over all of them (Benjamini, Hochberg 1995)."""
        table = self.gathered("comparisons")
        return table.assign(p_all=multipletests(table["p"], method="fdr_bh")[1]) if len(table) else table

    def forest(self, measure):
        """The figure of all comparisons; a sentence where the topics that compare were not asked."""
        compared = self.all_comparisons()
        if not len(compared):
            self._paragraph(self.say("No topic of this survey compares two questions."), "note")
            return
        title = text.title_forest(self.say, compared)
        fig, axes = self.page(
            title,
            subtitle=measure,
            base="Base: {n}",
            weak=False,
            height=2.6 + len(compared) * 7 / 30,
            key_room=True,
            ncols=2,
            width_ratios=[5, 1],
        )
        charts.plot_forest(axes, compared, self.say)
        self.figure(fig, "all_tests", compared)

    def all_tests(self, caption):
        """Every test of the run, as written to tables/tests.csv."""
        tests = self.gathered("tests")
        if not len(tests):
            self._paragraph(self.say("No topic of this survey makes a test."), "note")
            return tests
        self._display_table(readable_tests(self.say, self.survey, tests), self.say(caption))
        return tests

    def finding(self, sentence, figure=""):
        """A sentence built from a table; kept for the summary, with the stem of the figure that shows it."""
        self._findings.append({"notebook": self.notebook, "finding": sentence, "figure": figure})
        self._write(pd.DataFrame(self._findings), "findings")
        self._paragraph(sentence, "finding")

    def tests(self, rows, caption, family=("pearson",)):
        """Tests as a table (Holm-adjusted within the call), kept for tables/tests.csv; returned as a data frame."""
        table = rows if isinstance(rows, pd.DataFrame) else chisquare.as_table(rows, family)
        table = table.assign(notebook=self.notebook)[["notebook", *chisquare.COLUMNS]]
        self._tests.append(table)
        self._write(pd.concat(self._tests, ignore_index=True), "tests")
        self._display_table(readable_tests(self.say, self.survey, table), self.say(caption))
        return table

    def audit(self):
        """The claims and the printed percentages, audited: two tables, ready for text, figures and `show_audit`."""
        percentages = claims.audit_percentages(self.survey)
        percentages["short"] = [self.survey.short(question) for question in percentages["question"]]
        return claims.audit_claims(self.survey, self.say.alpha), percentages

    def show_claims(self, audited, caption):
        """The audited claims as a table for the reader; all columns go to tables/claims.csv."""
        self.save(audited, "claims")
        words = audited.assign(
            stated=[str(v) for v in audited["stated"]],
            computed=[text.claim_numbers(self.say, claim) for _, claim in audited.iterrows()],
            words=[text.claim_words(self.say, claim) for _, claim in audited.iterrows()],
        )
        self._display_table(
            readable(self.say, words[["text", "place", "stated", "computed", "words"]]), self.say(caption)
        )

    def show_contradictions(self, caption):
        """Charts that print another percentage than their table; returned as a data frame."""
        found = claims.contradictions(self.survey)
        self.save(found, "contradictions")
        causes = {"sum": self.say("made to add up to 100"), "unknown": self.say("unknown")}
        shown = pd.DataFrame(
            {
                "wording": [self.survey.short(q) for q in found["question"]],
                "label": found["label"],
                "exact": found["exact"],
                "table": [f"{x:g}%" for x in found["table"]],
                "chart": [f"{x:g}%" for x in found["chart"]],
                "cause": [causes[cause] for cause in found["cause"]],
            }
        )
        self._display_table(readable(self.say, shown), self.say(caption))
        return found

    def show_sums(self, caption):
        """Questions whose rounded shares miss 100%."""
        found = claims.audit_sums(self.survey)
        self.save(found, "sums")
        shown = pd.DataFrame(
            {"wording": [self.survey.wording(q) for q in found["question"]], "total": [f"{t}%" for t in found["total"]]}
        )
        self._display_table(readable(self.say, shown), self.say(caption))

    def page(self, title, *questions, subtitle="", base="", note="", lines=True, weak=True, height=4.5, **subplots):
        """An empty figure with its words: `(figure, axes)`.

        The subtitle is the wording that the questions share, unless `subtitle` says more; the caption gives base
        (that of the first question unless `base` says otherwise), what thin lines mean, `note` and source. With `weak`
        it shows shares, and weak ones have a mark; with weights, the caption says whether it shows weighted shares. Words
        given here are messages in English, translated on the way.
        """
        say = self.say
        parts = [
            say(base, n=say.firms(self.survey.respondents)) if base else self._base(self.survey.question(questions[0])),
            self._weighted(None if base else questions[0]) if weak or self.weights is None else say("Not weighted"),
            say("Thin lines: {level} intervals", level=say.level()) if lines else "",
            say("† weak: few answers or a wide interval") if weak else "",
            say(note) if note else "",
            say("Source: {source}", source=self.survey.info("source")),
        ]
        caption = say(". ").join(part for part in parts if part) + say(".")
        subtitle = say(subtitle) if subtitle else self._shared_wording(questions)
        return charts.frame(say, title, subtitle, caption, height, **subplots)

    def _shared_wording(self, questions):
        wordings = [self.survey.wording(question) for question in questions]
        shared = "".join(
            signs[0] for signs in takewhile(lambda signs: len(set(signs)) == 1, zip(*wordings, strict=False))
        )
        return shared.rstrip(" :：　(（")

    def figure(self, fig, stem, table):
        """Save a figure with its numbers and show it, with alt text built from the numbers."""
        alt = text.alt_text(self.say, fig.page_title, table)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            png = charts.save_figure(fig, self.folder / "figures", stem, table, alt)
        lacking = self._lacking(caught)
        width = int(fig.get_figwidth() * 100)
        about = {"image/png": {"alt": alt, "width": width, "height": int(fig.get_figheight() * 100)}}
        display({"image/png": base64.b64encode(png).decode(), "text/plain": alt}, metadata=about, raw=True)
        if lacking:
            words = self.say(
                "The font of the figures lacks {signs}: boxes stand for it; the tables show it.", signs=lacking
            )
            self._paragraph(words, "limits")
        self._display_numbers(table, fig.page_title)
        self._figures.append({"notebook": self.notebook, "figure": stem, "title": fig.page_title, "alt": alt})
        self._write(pd.DataFrame(self._figures), "figures")

    def save(self, table, stem):
        """Write tables/`stem`.csv in full precision."""
        write_csv(table, self.folder / "tables" / f"{stem}.csv")

    # --- inside

    @staticmethod
    def _lacking(caught):
        """The signs that the figures' fonts lack, from matplotlib's warnings; other warnings go on their way."""
        found = [(w, charts.GLYPH.match(str(w.message))) for w in caught]
        for warning in (w for w, glyph in found if not glyph):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        return " ".join(dict.fromkeys(chr(int(glyph[1])) for _, glyph in found if glyph))

    def _base(self, q):
        say, base = self.say, int(q["base"])
        if q["unit"] == "selections":
            return say("Base: {n} selections", n=f"{base:,}")
        kind = say("single choice") if q["kind"] == "single" else say("multiple choice")
        return say("Base: {firms}, {kind}", firms=say.firms(base), kind=kind)

    def _paragraph(self, words, kind, note=""):
        small = f" <small>({html.escape(note)})</small>" if note else ""
        tag = "blockquote" if kind in ("question", "claim") else "p"
        plain = f"{words} ({note})" if note else words
        display(
            {"text/html": f'<{tag} class="{kind} {NO_MATHS}">{html.escape(words)}{small}</{tag}>', "text/plain": plain},
            raw=True,
        )

    def _display_table(self, frame, caption):
        display(
            {"text/html": html_table(frame, caption), "text/plain": f"{caption}\n{frame.to_string(index=False)}"},
            raw=True,
        )

    def _display_numbers(self, table, title):
        """The numbers of a figure, folded away under it."""
        summary = html.escape(self.say("The numbers in this figure"))
        inside = html_table(readable(self.say, table), title)
        folded = f'<details class="numbers"><summary>{summary}</summary>{inside}</details>'
        display({"text/html": folded, "text/plain": self.say("The numbers in this figure")}, raw=True)

    def _write(self, table, kind):
        self.save(table, f"{kind}/{self.notebook}")
        gather(self.folder / "tables", kind)


def _to_front(table, columns):
    return table[[*columns, *(name for name in table.columns if name not in columns)]]


def read_reference(path, survey, question):
    """Population shares by option id from a CSV file with the columns `option` and `share`.

    Shares may be fractions, percentages or counts; the test scales them. Raises ParameterError naming row and value.
    """
    name = Path(path).name
    try:
        frame = pd.read_csv(Path(path).expanduser(), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(f"reference: cannot read {name} ({reason}); expected a CSV file, UTF-8") from None
    if not {"option", "share"} <= set(frame.columns):
        found = ", ".join(map(str, frame.columns))
        raise ParameterError(f"reference: {name}, row 1: found columns {found}; expected option, share")
    offered = list(survey.table(question)["option"])
    shares = {}
    for row, (option, share) in enumerate(zip(frame["option"], frame["share"], strict=True), start=2):
        if option not in offered or option in shares:
            raise ParameterError(
                f"reference: {name}, row {row}: found {option!r}; expected once one of {', '.join(offered)}"
            )
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", share) or float(share) == 0:
            raise ParameterError(f"reference: {name}, row {row}: found share {share!r}; expected a number above 0")
        shares[option] = float(share)
    if len(shares) < 2:
        raise ParameterError(f"reference: {name}: found {len(shares)} options; expected two or more")
    return shares


def parts(tables, kind):
    """The files tables/`kind`/*.csv, one per notebook, in the notebooks' order."""
    return sorted((Path(tables) / kind).glob("*.csv"))


def join(paths):
    """CSV files one below the other, empty ones left out."""
    frames = [frame for path in paths if len(frame := read_csv(path))]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def gather(tables, kind):
    """Join tables/`kind`/*.csv into tables/`kind`.csv, and return it."""
    joined = join(parts(tables, kind))
    if len(joined):
        write_csv(joined, Path(tables) / f"{kind}.csv")
    return joined


def _settled(found, alpha):
    """McNemar's test on joint answers in the form of a range that holds one table only."""
    at, shown = (found.b, found.c), found.p < alpha
    return PairedRange(found.p, found.p, at, at, 1, int(shown), "always" if shown else "never")


def write_csv(table, path):
    """Write a CSV file in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda half: table.to_csv(half, index=False, lineterminator="\n"))
