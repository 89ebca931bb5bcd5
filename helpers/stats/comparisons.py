"""One answer compared between two questions that the same respondents answered: differences, tests, and what is proven.

The tests that every comparison gets are the functions marked `@for_every_comparison`: a new one needs nothing else but
its name in the registry of `report/columns.py`. The first of them that a comparison has is the one that leads: it decides
what is said, after it was adjusted together with those of the other comparisons (`family`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from . import joint, proportions, tests_of_counts, weights
from .answers import said
from .disclosure import Kept, adjuster, calibrated, decision, is_told, min_cell_of
from .margins import PairedRange, TippingPoint, check_pair, margins, mcnemar_range, tipping_point
from .mcnemar import mcnemar_p
from .pairs import is_pair_told
from .proportions import Difference, alpha_of, difference
from .tests_of_counts import holm

TESTS = []
EQUIVALENT = 0.10  # a difference that is shown to be below ten percentage points is called small


def for_every_comparison(test):
    """Mark a function as a test of every comparison: it takes a Pair and returns rows of tests.csv (perhaps none)."""
    TESTS.append(test)
    return test


@dataclass(frozen=True)
class Pair:
    """What a test of one answer in two questions works on.

    `options` are those that the table of counts has: both answers of a question with two, else None for all of `among`;
    `pearson` is the chi-square of that table, a row of tests.csv, `margins` are (yes, no, missing) of all respondents,
    `found` McNemar's test on raw answers, or None, `weighted` the weighted difference, or None, `paired` the range of
    McNemar's p-value.
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
    weighted: object
    paired: PairedRange

    def counted(self):
        """The arguments of the tests of `tests_of_counts`."""
        return (self.survey, self.first, self.second, self.options, self.no_answer, self.among)


@dataclass(frozen=True)
class Comparison:
    """One answer compared between two questions over the same respondents.

    `counted` are (count, base) of each question, `shares` the two shares, from 0 to 1, weighted where the survey is;
    `margins` (yes, no, missing) of all respondents. `tests` are rows of tests.csv, the leading one first: from totals
    Pearson's chi-square, or Fisher's exact test where that is too coarse; from raw answers McNemar's test; with weights
    the test of the weighted difference, which then decides instead of McNemar's. `paired` is the range of McNemar's exact
    p over every joint table with these margins, `tipping` where it flips on the observed difference (or None). With raw
    answers `joint` is McNemar's test itself, `paired` has shrunk to its p-value, and `difference` is that of the
    respondents that answered both questions (Newcombe 1998, for pairs).

    What is decided: `p_adjusted` of the leading test, `paired_adjusted` (low, high) and the `verdict` on them ("always",
    "never", "undetermined"), each after Holm's adjustment over the `size` comparisons of the family; `small` is EQUIVALENT
    where the difference is shown to be smaller, else 0. Where everyone answered (`level` is NaN) there is nothing to test.
    """

    first: str
    second: str
    option: str
    names: tuple[str, str]
    label: str
    counted: tuple[tuple[int, int], tuple[int, int]]
    shares: tuple[float, float]
    difference: Difference
    margins: tuple[tuple[int, int, int], tuple[int, int, int]]
    paired: PairedRange
    tipping: TippingPoint | None
    tests: list[dict]
    joint: joint.McNemar | Kept | None
    raw: bool
    weighted: bool
    level: float
    p_adjusted: float = np.nan
    paired_adjusted: tuple[float, float] = (np.nan, np.nan)
    verdict: str = ""
    small: float = 0.0
    size: int = 1

    @property
    def p(self):
        """The p-value of the leading test before adjustment; NaN where nothing is tested."""
        return self.tests[0]["p"] if self.tests else np.nan

    @property
    def kept(self):
        """Whether b and c must not be told, and so nothing that would determine them; see `disclosure`."""
        return isinstance(self.joint, Kept)

    @property
    def shown(self):
        """Whether the leading test shows a difference, after adjustment. What is told rounded up is "at most"."""
        return self.p_adjusted < self.alpha or (self.kept and self.p_adjusted <= self.alpha)

    @property
    def rows(self):
        """The tests that tests.csv keeps: all but an equivalence test that shows nothing."""
        return [row for row in self.tests if self.small or row["test"] != "equivalence"]

    @property
    def empty(self):
        """Whether nobody answered one of the two questions, so that there is nothing to compare."""
        return _is_empty(self.counted)

    @property
    def alpha(self):
        """The level of the tests: 0.05 for 0.95."""
        return alpha_of(self.level)

    @property
    def base(self):
        """Respondents per question: the harmonic mean of the two bases."""
        (_, first), (_, second) = self.counted
        return 2 / (1 / first + 1 / second)


def compare(survey, first, second, option, *, confidence=0.95, no_answer="drop", among=None):
    """One option of two questions over the same respondents: a Comparison, adjusted as if it were the only one.

    With `no_answer` "drop" the base of a single-choice question is those that gave an answer; `among` narrows it to these
    options. From totals the paired reading keeps all respondents, those without an answer as missing; in raw answers they
    are as for the base. Raises ValueError for questions that cannot be paired.
    """
    check_pair(survey, first, second)
    pair = _pair(survey, first, second, option, confidence, no_answer, among)
    counted = tuple(_counted(survey, question, option, pair.among) for question in (first, second))
    compared = Comparison(
        first=first,
        second=second,
        option=option,
        names=(survey.short(first), survey.short(second)),
        label=survey.table(first).set_index("option")["label"][option],
        counted=counted,
        shares=pair.weighted.shares if pair.weighted else tuple(n / base if base else np.nan for n, base in counted),
        difference=_difference(pair, counted),
        margins=pair.margins,
        paired=pair.paired,
        tipping=None if survey.responses is not None else tipping_point(*pair.margins, alpha=alpha_of(confidence)),
        tests=[] if survey.is_census or _is_empty(counted) else [row for test in TESTS for row in test(pair)],
        joint=pair.found,
        raw=survey.responses is not None,
        weighted=weights.of(survey) is not None,
        level=np.nan if survey.is_census else confidence,
    )
    return family([compared])[0]


def _pair(survey, first, second, option, confidence, no_answer, among):
    single = survey.question(first)["kind"] == "single"
    among = list(among or tests_of_counts.answers(survey, first, no_answer))
    others = [o for o in among if o != option] if single else None
    rest = others if no_answer == "drop" else None  # no answer cannot be a no and be missing, too
    options = [option] if not single or len(among) > 2 + (no_answer == "keep") else None
    read = tuple(margins(survey, question, option, rest) for question in (first, second))
    found, weighted = _joint(survey, first, second, option, others, confidence)
    alpha = alpha_of(confidence)
    paired = mcnemar_range(*read, alpha=alpha) if survey.responses is None else _settled(found, alpha)
    unpaired = tests_of_counts.homogeneity(survey, first, second, options, no_answer, among)
    ids = (survey, first, second, option, options, among, no_answer, confidence)
    return Pair(*ids, unpaired, read, found, weighted, paired)


def _joint(survey, first, second, option, rest, confidence):
    """McNemar's test on the raw answers and the weighted difference, each None where it cannot be had."""
    if survey.responses is None:
        return None, None
    answers = [said(survey, question, option, rest) for question in (first, second)]
    found, own = joint.mcnemar(*answers), weights.of(survey)
    if not found.n:
        return None, None
    weighted = None if own is None else weights.paired_difference(*answers, own, confidence)
    four = (found.both, found.b, found.c, found.neither)
    if is_told(*four, min_cell_of(survey)) and is_pair_told(survey, first, second, option):
        return found, weighted
    if weighted is None:
        return Kept(found.n, found.p, four, min_cell_of(survey)), None
    apart = weights.unpaired_difference(*answers, own, confidence)
    numbers = {"difference": apart, "error": np.nan, "statistic": np.nan, "p": np.nan}
    return Kept(found.n, weighted.p, four, min_cell_of(survey)), replace(weighted, **numbers)


def _settled(found, alpha):
    """McNemar's test on joint answers in the form of a range that holds one table only; without any answers p is 1."""
    if found is None:
        return PairedRange(1.0, 1.0, (0, 0), (0, 0), 1, 0, "never")
    if isinstance(found, Kept):
        return PairedRange(np.nan, np.nan, (0, 0), (0, 0), 1, 0, "undetermined")
    at, shown = (found.b, found.c), found.p < alpha
    return PairedRange(found.p, found.p, at, at, 1, int(shown), "always" if shown else "never")


def _counted(survey, question, option, among):
    if survey.question(question)["kind"] == "multiple":
        return survey.count(question, option), survey.routed(question)
    return survey.count(question, option), sum(survey.count(question, other) for other in among)


def _is_empty(counted):
    return any(base == 0 for _, base in counted)


def _difference(pair, counted):
    """The difference of the two shares; its interval is the best that the answers allow, NaN where everyone answered."""
    if _is_empty(counted):
        return Difference(np.nan, np.nan, np.nan)
    if pair.weighted:
        apart = pair.weighted.difference
    elif pair.found and not isinstance(pair.found, Kept):
        f = pair.found
        apart = joint.paired_difference(f.both, f.b, f.c, f.neither, pair.confidence)
    else:
        apart = difference(*counted, pair.confidence, proportions.worth(pair.survey))
    return Difference(apart.value, np.nan, np.nan) if pair.survey.is_census else apart


# --- what is decided -------------------------------------------------------------------------------------------------


def family(comparisons, name=""):
    """The same Comparisons, in order, adjusted together after Holm (1979); `name` is the family's id in tests.csv.

    The p-values of the leading tests are adjusted, and those of the equivalence tests. Of McNemar's ranges all largest
    p-values are adjusted, and all smallest. Holm's adjusted values rise with every p-value that goes in, so whatever the
    overlaps are, the adjusted p lies between these two: below the level at its largest, the difference is significant
    whatever the overlap ("always"); at the level or above at its smallest, never.
    """
    comparisons = list(comparisons)
    exact = [c.joint.p if c.kept and c.tests else c.p for c in comparisons]
    leading = holm(exact)
    low, high = (
        holm([getattr(c.paired, end) if c.tests else np.nan for c in comparisons]) for end in ("p_min", "p_max")
    )
    alike = holm([_p_of(c, "equivalence") for c in comparisons])
    numbers = zip(comparisons, leading, low, high, alike, strict=True)
    size = sum(bool(c.tests) for c in comparisons)
    decided = [_decided(*values, size, name) for values in numbers]
    return [_disclosed(c, exact, i) if c.kept and c.tests else c for i, c in enumerate(decided)]


def _disclosed(comparison, exact, place):
    """A Comparison of which b and c must be kept, with what may be told of its adjusted p."""
    adjust = adjuster(exact, place)
    found = comparison.joint

    _, b0, c0, _ = found.four

    def p_of(b, c):
        if not comparison.weighted:
            return float(adjust([mcnemar_p(b, c)])[0])
        # the totals fix b - c; with fewer or more who disagree the statistic changes as McNemar's does
        statistic, own = ((b0 - c0) ** 2 / max(n, 1) for n in (b + c, b0 + c0))
        return float(adjust(calibrated([statistic], 1, own, found.p))[0])

    told, decimals = decision(comparison.p_adjusted, found.four, found.min_cell, p_of)
    lead = comparison.tests[0] | {"p_adjusted": told, "decimals": decimals}
    verdict = "always" if told <= comparison.alpha else "undetermined" if np.isnan(told) else "never"
    numbers = {"p_adjusted": told, "paired_adjusted": (told, told), "verdict": verdict}
    return replace(comparison, tests=[lead, *comparison.tests[1:]], **numbers)


def _p_of(comparison, test):
    return next((row["p"] for row in comparison.tests if row["test"] == test), np.nan)


def _decided(comparison, leading, low, high, alike, size, name):
    if not comparison.tests:
        return replace(comparison, size=size)
    if (comparison.weighted and comparison.joint) or comparison.kept:
        low = high = leading
    verdict = "always" if high < comparison.alpha else "never" if low >= comparison.alpha else "undetermined"
    adjusted = {
        comparison.tests[0]["test"]: {"p_adjusted": leading},
        "equivalence": {"p_adjusted": alike},
        "mcnemar_range": {"p_low_adjusted": low, "p_high_adjusted": high, "verdict": verdict},
    }
    tests = [
        row | ({"family": name} | adjusted[row["test"]] if row["test"] in adjusted else {}) for row in comparison.tests
    ]
    small = bool(alike < comparison.alpha)
    numbers = {"p_adjusted": leading, "paired_adjusted": (low, high), "verdict": verdict, "size": size}
    return replace(comparison, tests=tests, **numbers, small=EQUIVALENT if small else 0.0)


def compare_items(survey, pairs, **how):
    """Every option that two questions share, for each pair of questions: a list of Comparisons; `how` as in `compare`."""
    return [
        compare(survey, first, second, option, **how)
        for first, second in pairs
        for option in tests_of_counts.shared_options(survey, first, second)
    ]


COLUMNS = [
    *("first", "second", "option", "label", "pair_first", "pair_second", "share_first", "share_second"),
    *("difference", "low", "high", "level", "p", "p_adjusted", "p_low", "p_high", "p_low_adjusted", "p_high_adjusted"),
    *("verdict", "small", "weighted"),
]


def as_table(comparisons):
    """Comparisons as a data frame with COLUMNS, one row each: ids, shares, difference, interval and what is decided."""
    return pd.DataFrame([_as_row(c) for c in comparisons], columns=COLUMNS)


def _as_row(c):
    ids = (c.first, c.second, c.option, c.label, *c.names)
    numbers = (*c.shares, c.difference.value, c.difference.low, c.difference.high, c.level, c.p, c.p_adjusted)
    paired = (c.paired.p_min, c.paired.p_max, *c.paired_adjusted) if c.tests else (np.nan,) * 4
    return (*ids, *numbers, *paired, c.verdict, c.small, c.weighted)


# --- the tests of every comparison -----------------------------------------------------------------------------------


@for_every_comparison
def weighted_difference(pair):
    """The test of the weighted difference of the same respondents, with weights."""
    if not pair.weighted:
        return []
    w = pair.weighted
    numbers = {"statistic": w.statistic, "df": w.df, "p": w.p, "n": w.n}
    return [tests_of_counts.row(pair.first, pair.second, [pair.option], "weighted_difference", **numbers)]


@for_every_comparison
def mcnemar(pair):
    """McNemar's exact test on raw answers without weights."""
    if not pair.found or pair.weighted:
        return []
    f = pair.found
    if isinstance(f, Kept):
        return [tests_of_counts.row(pair.first, pair.second, [pair.option], "mcnemar", n=f.n, level=pair.confidence)]
    numbers = {"p": f.p, "effect": f.odds_ratio, "effect_kind": "odds_ratio", "n": f.n, "b": f.b, "c": f.c}
    return [tests_of_counts.row(pair.first, pair.second, [pair.option], "mcnemar", **numbers, level=pair.confidence)]


@for_every_comparison
def fisher_where_thin(pair):
    """Fisher's exact test where an expected count of a 2 x 2 table is below 5: it goes before the chi-square."""
    observed, _ = tests_of_counts.contingency(*pair.counted())
    if pair.pearson["min_expected"] >= tests_of_counts.THIN or observed.shape != (2, 2):
        return []
    return [tests_of_counts.fisher(*pair.counted())]


@for_every_comparison
def pearson(pair):
    """Pearson's chi-square, as if different respondents had answered."""
    return [pair.pearson]


@for_every_comparison
def mcnemar_of_totals(pair):
    """McNemar's exact test from totals: the range over all joint tables."""
    if pair.survey.responses is not None:
        return []
    r = pair.paired
    numbers = {"p_low": r.p_min, "p_high": r.p_max, "n": pair.survey.respondents, "level": pair.confidence}
    return [tests_of_counts.row(pair.first, pair.second, [pair.option], "mcnemar_range", **numbers)]


@for_every_comparison
def equivalence(pair):
    """Two one-sided tests (Schuirmann 1987) that the difference is below EQUIVALENT in size, by the normal distribution.

    From raw answers with the variance of a paired difference, from totals with the largest that any overlap allows, if
    nobody left a question out.
    """
    if isinstance(pair.found, Kept):
        return []
    if pair.weighted:
        d, error = pair.weighted.difference.value, pair.weighted.error
    else:
        d, error = _paired_error(pair)
    if not error > 0:
        return []
    p = float(norm.sf((EQUIVALENT - abs(d)) / error))
    numbers = {"p": p, "effect": EQUIVALENT, "effect_kind": "margin", "level": pair.confidence}
    return [tests_of_counts.row(pair.first, pair.second, [pair.option], "equivalence", **numbers)]


def _paired_error(pair):
    """The difference of two answers of the same respondents and its standard error, at its largest from totals."""
    if pair.found:
        n, b, c = pair.found.n, pair.found.b, pair.found.c
    else:
        (y1, n1, missing), (y2, _, also) = pair.margins
        n = 0 if missing or also else y1 + n1
        both = max(0, y1 + y2 - (y1 + n1))  # the least agreement that the totals allow: most answered differently
        b, c = y1 - both, y2 - both
    if not n:
        return np.nan, np.nan
    return (b - c) / n, float(np.sqrt(max((b + c) / n - ((b - c) / n) ** 2, 0) / n))
