"""A survey's folder read anew, with plain pandas and scipy: shares, pairs, ranges and Holm's adjustment for the judge.

Nothing of helpers/ is used here. What the folder says is all there is: survey.toml, questions.csv, options.csv,
counts.csv, and responses.parquet where raw answers are there.
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

ALPHA = 0.05
MARGIN = 0.10  # a difference that is shown to be smaller may be said to be ruled out


class Facts:
    """What the folder of a survey says."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.about = tomllib.loads((self.folder / "survey.toml").read_text(encoding="utf-8"))
        self.questions = {q["question"]: q for q in self._read("questions.csv").to_dict("records")}
        self.option = {(o["options"], o["option"]): o for o in self._read("options.csv").to_dict("records")}
        counts = self._read("counts.csv")
        self.counted = {(q, o): int(n) for q, o, n in counts[["question", "option", "count"]].itertuples(index=False)}
        self.n = self.about["respondents"]
        self.families = {}
        self.census = self.about.get("sample") == "census"

    def _read(self, name):
        return pd.read_csv(self.folder / name, dtype=str, keep_default_na=False)

    @cached_property
    def responses(self):
        """The raw answers, or None."""
        path = self.folder / "responses.parquet"
        return pd.read_parquet(path) if path.exists() else None

    @property
    def raw(self):
        """Whether raw answers are there."""
        return self.responses is not None

    @cached_property
    def is_part_of_known(self):
        """Whether the respondents are a random sample of a population of known size: what was not drawn can err."""
        return self.about.get("sample") == "random" and "population_size" in self.about

    @cached_property
    def weights(self):
        """The respondents' weights, or None."""
        return self.responses["weight"].to_numpy(float) if self.raw and "weight" in self.responses else None

    @property
    def noun(self):
        """What one respondent is called, and several."""
        return self.about.get("respondent_en", ["respondent", "respondents"])

    def kind(self, question):
        """Whether a question takes one answer or several."""
        return self.questions[question]["kind"]

    def offered(self, question, *roles):
        """The options that a question offered, of these roles only, in the questionnaire's order."""
        here = [o for q, o in self.counted if q == question and (not roles or self.role(q, o) in roles)]
        return sorted(here, key=lambda o: int(self._of(question, o)["order"]))

    def role(self, question, option):
        """What kind of answer an option is."""
        return self._of(question, option)["role"]

    def label(self, question, option):
        """What an option is called, as sentences quote it."""
        label = self._of(question, option)["label_en"]
        return label if len(label) <= 120 else label[:119].rstrip() + "…"

    def short(self, question):
        """A few words for a question."""
        return self.questions[question].get("short_en") or self.questions[question]["text_en"]

    def _of(self, question, option):
        return self.option[self.questions[question]["options"], option]

    # --- shares

    def count(self, question, option):
        """How many gave an answer; of the option "asked", how many were put the question."""
        return self.put(question) if option == "asked" else self.counted[question, option]

    def put(self, question):
        """To how many a question was put."""
        q = self.questions[question]
        if q["asked_if"]:
            return self.counted[tuple(q["asked_if"].split("="))]
        if q.get("answered_any"):
            return int(q["base"] or 0)
        return self.n

    def base(self, question, among=None):
        """Respondents that a share divides by: those asked, or those that gave one of the answers `among`."""
        return self.put(question) if among is None else sum(self.counted[question, o] for o in among)

    def share(self, question, option, among=None):
        """The share of an answer, weighted where the survey is, among those asked (or that gave one of `among`)."""
        if option == "asked":
            mask = self.asked(question)
            return self.put(question) / self.n if mask is None else float(np.average(mask, weights=self.weights))
        if self.weights is None:
            return self.count(question, option) / self.base(question, among)
        mask = self.asked(question)
        if among is not None:
            mask = mask & self.responses[question].isin(among).to_numpy()
        return float(np.average(self.said(question, option)[mask], weights=self.weights[mask]))

    def said(self, question, option):
        """Who gave an answer, by the raw answers."""
        if self.kind(question) == "single":
            return (self.responses[question] == option).fillna(False).to_numpy(bool)
        return self.responses[f"{question}={option}"].fillna(False).to_numpy(bool)

    def asked(self, question):
        """Whom a question was put to, by the raw answers; None without."""
        if not self.raw:
            return None
        single = self.kind(question) == "single"
        name = question if single else f"{question}={self.offered(question)[0]}"
        return self.responses[name].notna().to_numpy()

    def leaders(self, question, among=None, roles=("answer",)):
        """The options of these roles with the largest share, all that tie; [] where nobody gave any."""
        rows = {o: self.share(question, o, among) for o in self.offered(question, *roles) if not among or o in among}
        most = max(rows.values(), default=0)
        return [o for o, share in rows.items() if most > 0 and abs(share - most) < 1e-9]

    # --- pairs

    def answers(self, question):
        """The answers of a question with one answer that a comparison counts: all but no answer."""
        return [o for o in self.offered(question) if self.role(question, o) != "no_answer"]

    def pair(self, first, second, option, among=None):
        """One answer compared between two questions: a Pair."""
        single = self.kind(first) == "single"
        among = (among or self.answers(first)) if single else None
        return Pair(self, first, second, option, among)

    def family(self, triples, among=None):
        """Pairs with their p-values adjusted together: a list of Judged."""
        pairs = [self.pair(*triple, among=among) for triple in triples]
        leading, small = (holm([getattr(p, name) for p in pairs]) for name in ("p", "p_small"))
        low, high = (holm([p.range[end] for p in pairs]) for end in (0, 1))
        return [Judged(*each) for each in zip(pairs, leading, low, high, small, strict=True)]


@dataclass
class Judged:
    """A Pair with what its family makes of it: the adjusted leading p, smallest and largest paired p, and equivalence p."""

    pair: object
    p: float
    low: float
    high: float
    small: float

    def __post_init__(self):
        if self.pair.weighted:
            self.low = self.high = self.p

    @property
    def empty(self):
        """Whether nobody answered one of the two questions."""
        return not (self.pair.n1 and self.pair.n2)

    @property
    def shown(self):
        """Whether the leading test is significant."""
        return self.p < ALPHA

    @property
    def verdict(self):
        """What is decided of the paired answers."""
        return "always" if self.high < ALPHA else "never" if self.low >= ALPHA else "undetermined"


class Pair:
    """One answer in two questions of the same respondents, from raw answers where they are there."""

    def __init__(self, facts, first, second, option, among):
        self.facts, self.first, self.second, self.option, self.among = facts, first, second, option, among
        self.x, self.y = facts.count(first, option), facts.count(second, option)
        self.n1, self.n2 = facts.base(first, among), facts.base(second, among)
        if facts.raw:
            one, other = (self._known(question) for question in (first, second))
            self.both = one & other
            self.a, self.z = facts.said(first, option)[self.both], facts.said(second, option)[self.both]
            self.b, self.c, self.n = int((self.a & ~self.z).sum()), int((~self.a & self.z).sum()), int(self.both.sum())

    def _known(self, question):
        if self.among is None:
            return self.facts.asked(question)
        return self.facts.responses[question].isin(self.among).to_numpy()

    @property
    def joint(self):
        """Whether raw answers of some respondents to both questions are there."""
        return self.facts.raw and self.n > 0

    @property
    def weighted(self):
        """Whether the weighted difference decides."""
        return self.joint and self.facts.weights is not None

    @property
    def shares(self):
        """The two shares as they are said."""
        if self.weighted:
            own = self.facts.weights[self.both]
            return float(np.average(self.a, weights=own)), float(np.average(self.z, weights=own))
        return tuple(k / n if n else np.nan for k, n in ((self.x, self.n1), (self.y, self.n2)))

    @property
    def difference(self):
        """First share minus second, of those that answered both where that is known."""
        if self.joint and not self.weighted:
            return (self.b - self.c) / self.n
        return self.shares[0] - self.shares[1]

    @cached_property
    def _weighted(self):
        """Linearized: the difference, its standard error, and p by Student's t with n - 1 degrees of freedom."""
        own, all_ = self.facts.weights[self.both], len(self.facts.weights)
        apart = self.a.astype(float) - self.z
        mean = float(own @ apart / own.sum())
        left = 1 - all_ / self.facts.about["population_size"] if self.facts.is_part_of_known else 1.0
        error = float(np.sqrt(left * all_ / (all_ - 1) * (((apart - mean) * own / own.sum()) ** 2).sum()))
        if error < 1e-12:  # all moved the same way, or none: nothing but the sign test can be had
            return mean, 0.0, exact_mcnemar(self.b, self.c)
        return mean, error, float(2 * stats.t.sf(abs(mean / error), all_ - 1))

    @cached_property
    def p(self):
        """The p-value of the test that leads, before adjustment; NaN where nobody answered one of the questions."""
        if not (self.n1 and self.n2):
            return np.nan
        if self.weighted:
            return self._weighted[2]
        if self.joint:
            return exact_mcnemar(self.b, self.c)
        return unpaired_p([[self.x, self.n1 - self.x], [self.y, self.n2 - self.y]])

    @cached_property
    def range(self):
        """The smallest and the largest p-value of McNemar's test that the answers, or the totals, allow."""
        if not (self.n1 and self.n2):
            return np.nan, np.nan
        if self.facts.raw:
            return (exact_mcnemar(self.b, self.c),) * 2
        n = self.facts.n
        first, second = (self.x, self.n1 - self.x, n - self.n1), (self.y, self.n2 - self.y, n - self.n2)
        return paired_range(first, second)

    @cached_property
    def p_small(self):
        """The p-value of two one-sided tests that the difference is below MARGIN; NaN where there is none."""
        if not (self.n1 and self.n2):
            return np.nan
        n = self.n if self.joint else self.n1
        if self.weighted:
            d, error, _ = self._weighted
        elif not self.joint and (self.n1 < self.facts.n or self.n2 < self.facts.n):
            return np.nan
        else:
            both = max(0, self.x + self.y - n)  # the least that can have given it twice
            b, c = (self.b, self.c) if self.joint else (self.x - both, self.y - both)
            d = (b - c) / n
            error = np.sqrt(max((b + c) / n - d**2, 0) / n)
        return float(stats.norm.sf((MARGIN - abs(d)) / error)) if error > 1e-12 else np.nan


# --- tests -----------------------------------------------------------------------------------------------------------


def holm(p_values):
    """Holm's adjusted p-values; NaN stays NaN and counts for nothing."""
    known = sorted((p, i) for i, p in enumerate(p_values) if not np.isnan(p))
    adjusted, least = [np.nan] * len(p_values), 0.0
    for rank, (p, i) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - rank)))
        adjusted[i] = least
    return adjusted


def exact_mcnemar(b, c):
    """McNemar's exact test of two discordant counts."""
    return float(stats.binomtest(b, b + c).pvalue) if b + c else 1.0


def unpaired_p(table):
    """Pearson's chi-square of two rows of counts, or Fisher's test of a 2 x 2 table with an expected count below 5."""
    table = np.array(table)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    found = stats.chi2_contingency(table, correction=False)
    thin = table.shape == (2, 2) and found.expected_freq.min() < 5
    return float(stats.fisher_exact(table).pvalue if thin else found.pvalue)


def limits(first, second, b):
    """The smallest and largest c that some 3 x 3 table (yes, no, missing) with these margins has beside a number b.

    With b and c fixed, at most min(y1 - b, y2 - c) said yes twice and min(n1 - c, n2 - b) no twice; whoever is left must
    have left a question out, and the margin of the missing must have room: that bounds c from both sides.
    """
    (y1, n1, m1), (y2, n2, _) = first, second
    return np.maximum(0, b + y2 - y1 - m1), np.minimum(np.minimum(n1, y2), b + n1 + m1 - n2)


def paired_range(first, second):
    """The smallest and largest exact p of McNemar's test over every table with these margins.

    For one b the p-value rises towards c = b from both sides: its smallest is at an end, its largest nearest to b.
    """
    b = np.arange(min(first[0], second[1]) + 1)
    low, high = limits(first, second, b)
    b, low, high = b[low <= high], low[low <= high], high[low <= high]
    nearest = np.clip(b, low, high)
    least = np.minimum(_exact(b, low), _exact(b, high)).min()
    return float(least), float(_exact(b, nearest).max())


def _exact(b, c):
    """McNemar's exact p of arrays."""
    p = 2 * stats.binom.cdf(np.minimum(b, c), b + c, 0.5)
    return np.where(np.abs(b - c) <= 1, 1.0, np.minimum(p, 1.0))


def every_table(first, second):
    """All (b, c) of 3 x 3 tables with these margins, by going through all tables: for tiny margins."""
    (y1, n1, m1), (y2, n2, m2) = first, second
    found = set()
    for yy, b, c, nn in product(range(y1 + 1), range(y1 + 1), range(n1 + 1), range(n1 + 1)):
        ym, nm, my, mn = y1 - yy - b, n1 - c - nn, y2 - yy - c, n2 - b - nn
        if min(ym, nm, my, mn) >= 0 and m1 - my - mn >= 0 and ym + nm + (m1 - my - mn) == m2:
            found.add((b, c))
    return found


def stuart_maxwell(first, second, options):
    """Stuart's and Maxwell's test of two columns of answers with the same options."""
    known = np.array([(a, z) for a, z in zip(first, second, strict=True) if a in options and z in options])
    moves = [[(a == o) * 1.0 - (z == o) for o in options] for a, z in known]
    moves = np.array(moves).reshape(len(moves), len(options))
    covariance = moves.T @ moves
    rank = np.linalg.matrix_rank(covariance)
    if not rank:
        return 1.0
    d = moves.sum(axis=0)
    return float(stats.chi2.sf(d @ np.linalg.pinv(covariance, rcond=1e-10, hermitian=True) @ d, rank))
