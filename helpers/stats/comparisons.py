"""One answer compared between two questions that the same respondents answered: differences, tests, and what is proven.

The tests that every comparison gets are the functions marked `@for_every_comparison`: a new one needs nothing else but
its name in the registry of `report/columns.py`.
"""

from dataclasses import dataclass

import pandas as pd

from . import joint, tests_of_counts, weights
from .answers import given, said
from .disclosure import gate
from .margins import PairedRange, TippingPoint, check_pair, margins, mcnemar_range, tipping_point
from .proportions import Difference, difference

TESTS = []


def for_every_comparison(test):
    """Mark a function as a test of every comparison: it takes a Pair and returns rows of tests.csv (perhaps none)."""
    TESTS.append(test)
    return test


@dataclass(frozen=True)
class Pair:
    """What a test of one answer in two questions works on.

    `options` are those that the table of counts has: both answers of a question with two, else None for all of `among`;
    `pearson` is the chi-square of that table, a row of tests.csv, `margins` are (yes, no, missing) of all respondents,
    `found` McNemar's test on raw answers, or None, `paired` the range of its p-value.
    """

    survey: object
    first: str
    second: str
    option: str
    options: list | None
    among: list
    no_answer: str
    confidence: float
    pearson: dict
    margins: tuple
    found: object
    paired: PairedRange

    def counted(self):
        """The arguments of the tests of `tests_of_counts`."""
        return (self.survey, self.first, self.second, self.options, self.no_answer, self.among)


@dataclass(frozen=True)
class Comparison:
    """One answer compared between two questions over the same respondents, in both readings.

    `counted` are (count, base) of each question, `margins` (yes, no, missing) of all respondents, `paired` the range of
    McNemar's exact test over every joint table with these margins, `tipping` where it flips on the observed difference
    (or None), `tests` rows of tests.csv. With raw answers `joint` is McNemar's test itself, `paired` has shrunk to its
    p-value, and `difference` is that of the respondents that answered both questions (Newcombe 1998, for pairs). `raw`
    says whether the survey has raw answers, `weighted` whether it has weights, which no comparison uses.
    """

    first: str
    second: str
    option: str
    names: tuple[str, str]
    label: str
    counted: tuple[tuple[int, int], tuple[int, int]]
    difference: Difference
    margins: tuple[tuple[int, int, int], tuple[int, int, int]]
    paired: PairedRange
    tipping: TippingPoint | None
    p: float
    tests: list[dict]
    joint: joint.McNemar | None
    raw: bool
    weighted: bool
    level: float

    @property
    def shares(self):
        """The two shares of those counted, from 0 to 1."""
        return tuple(count / base for count, base in self.counted)

    @property
    def base(self):
        """Respondents per question: the harmonic mean of the two bases."""
        (_, first), (_, second) = self.counted
        return 2 / (1 / first + 1 / second)


def compare(survey, first, second, option, *, confidence=0.95, no_answer="drop", among=None):
    """One option of two questions over the same respondents, unpaired and paired: a Comparison.

    With `no_answer` "drop" the base of a single-choice question is those that gave an answer; `among` narrows it to these
    options. The paired reading keeps all respondents, those without an answer as missing. Raises ValueError for questions
    that cannot be paired.
    """
    check_pair(survey, first, second)
    pair = _pair(survey, first, second, option, confidence, no_answer, among)
    counted = tuple(_counted(survey, question, option, pair.among) for question in (first, second))
    found, alpha = pair.found, round(1 - confidence, 12)
    apart = difference(*counted, confidence)
    if found:
        apart = joint.paired_difference(found.both, found.b, found.c, found.neither, confidence)
    tests = [row for test in TESTS for row in test(pair)]
    return Comparison(
        first=first,
        second=second,
        option=option,
        names=(survey.short(first), survey.short(second)),
        label=survey.table(first).set_index("option")["label"][option],
        counted=counted,
        difference=apart,
        margins=pair.margins,
        paired=pair.paired,
        tipping=None if survey.responses is not None else tipping_point(*pair.margins, alpha=alpha),
        p=pair.pearson["p"],
        tests=tests,
        joint=found,
        raw=survey.responses is not None,
        weighted=weights.of(survey) is not None,
        level=confidence,
    )


def _pair(survey, first, second, option, confidence, no_answer, among):
    single = survey.question(first)["kind"] == "single"
    among = list(among or tests_of_counts.answers(survey, first, no_answer))
    rest = [o for o in among if o != option] if single and no_answer == "drop" else None
    options = [option] if not single or len(among) > 2 + (no_answer == "keep") else None
    read = tuple(margins(survey, question, option, rest) for question in (first, second))
    found, alpha = _mcnemar(survey, first, second, option, rest), round(1 - confidence, 12)
    paired = _settled(found, alpha) if found else mcnemar_range(*read, alpha=alpha)
    unpaired = tests_of_counts.homogeneity(survey, first, second, options, no_answer, among)
    return Pair(survey, first, second, option, options, among, no_answer, confidence, unpaired, read, found, paired)


def _mcnemar(survey, first, second, option, rest):
    """McNemar's test on the raw answers, or None where there are none, or nobody answered both questions."""
    if survey.responses is None:
        return None
    found = gate(joint.mcnemar(*(said(survey, question, option, rest) for question in (first, second))))
    return found if found.n else None


def _settled(found, alpha):
    """McNemar's test on joint answers in the form of a range that holds one table only."""
    at, shown = (found.b, found.c), found.p < alpha
    return PairedRange(found.p, found.p, at, at, 1, int(shown), "always" if shown else "never")


def _counted(survey, question, option, among):
    if survey.question(question)["kind"] == "multiple":
        return survey.count(question, option), survey.routed(question)
    return survey.count(question, option), sum(survey.count(question, other) for other in among)


def compare_items(survey, pairs, **how):
    """Every option that two questions share, for each pair of questions: a list of Comparisons; `how` as in `compare`."""
    return [
        compare(survey, first, second, option, **how)
        for first, second in pairs
        for option in tests_of_counts.shared_options(survey, first, second)
    ]


def as_table(comparisons):
    """Comparisons as a data frame, one row each, with the ids, shares, difference, interval and both readings."""
    rows = [
        {
            "first": c.first,
            "second": c.second,
            "option": c.option,
            "label": c.label,
            "pair_first": c.names[0],
            "pair_second": c.names[1],
            "share_first": c.shares[0],
            "share_second": c.shares[1],
            "difference": c.difference.value,
            "low": c.difference.low,
            "high": c.difference.high,
            "level": c.level,
            "p": c.p,
            "p_low": c.paired.p_min,
            "p_high": c.paired.p_max,
            "verdict": c.paired.verdict,
            "weighted": c.weighted,
        }
        for c in comparisons
    ]
    return pd.DataFrame(rows)


# --- the tests of every comparison -----------------------------------------------------------------------------------


@for_every_comparison
def pearson(pair):
    """Pearson's chi-square, as if different respondents had answered."""
    return [pair.pearson]


@for_every_comparison
def fisher_where_thin(pair):
    """Fisher's exact test beside it, where an expected count of a 2 x 2 table is below 5."""
    observed, _ = tests_of_counts.contingency(*pair.counted())
    if pair.pearson["min_expected"] >= tests_of_counts.THIN or observed.shape != (2, 2):
        return []
    return [tests_of_counts.fisher(*pair.counted())]


@for_every_comparison
def mcnemar(pair):
    """McNemar's exact test: on raw answers itself, from totals the range over all joint tables."""
    ids = (pair.first, pair.second, [pair.option])
    if pair.found:
        f = pair.found
        numbers = {"p": f.p, "effect": f.odds_ratio, "effect_kind": "odds_ratio", "n": f.n, "b": f.b, "c": f.c}
        return [tests_of_counts.row(*ids, "mcnemar", **numbers, level=pair.confidence)]
    r = pair.paired
    numbers = {"p_low": r.p_min, "p_high": r.p_max, "verdict": r.verdict, "n": pair.survey.respondents}
    return [tests_of_counts.row(*ids, "mcnemar_range", **numbers, level=pair.confidence)]


# --- tests of more than two answers at once, from raw answers --------------------------------------------------------


def joint_tests(survey, pairs, option=None):
    """Tests of several answers or questions at once, where raw answers are there: rows of tests.csv, else none.

    For questions with several answers, McNemar's test for all items of a pair together; for single-choice ones
    Stuart-Maxwell's for each pair, and with an `option` and more than two questions Cochran's Q of who gave it.
    """
    if survey.responses is None or not pairs:
        return []
    if survey.question(pairs[0][0])["kind"] == "multiple":
        return [_items(survey, *pair) for pair in pairs]
    rows = [_square(survey, *pair) for pair in pairs]
    questions = list(dict.fromkeys(question for pair in pairs for question in pair))
    if option and len(questions) > 2:
        answers = pd.concat([said(survey, question, option).rename(question) for question in questions], axis=1)
        rows.append(_row("|".join(questions), "", [option], "cochran_q", gate(joint.cochran_q(answers))))
    return rows


def _square(survey, first, second):
    options = tests_of_counts.shared_options(survey, first, second)
    table = joint.square_table(survey.responses[first], survey.responses[second], options)
    return _row(first, second, options, "stuart_maxwell", gate(joint.stuart_maxwell(table)))


def _items(survey, first, second):
    options = tests_of_counts.shared_options(survey, first, second)
    sheets = [given(survey, question, options) for question in (first, second)]
    return _row(first, second, options, "homogeneity_items", gate(joint.marginal_homogeneity(*sheets).overall))


def _row(first, second, options, test, found):
    numbers = {"statistic": found.statistic, "df": found.df, "p": found.p, "n": found.n}
    return tests_of_counts.row(first, second, options, test, **numbers)
