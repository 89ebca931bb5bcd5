"""Tests on counts: Pearson's chi-square and what belongs beside it, as rows of tests.csv.

Every test reads the two questions as if different firms had answered them; `paired` says what follows from the same
firms having answered both.
"""

import numpy as np
import pandas as pd
from scipy import stats

COLUMNS = [
    *("first", "second", "options", "test", "statistic", "df", "df2", "p", "p_adjusted", "family"),
    *(
        "effect",
        "effect_kind",
        "n",
        "min_expected",
        "b",
        "c",
        "p_low",
        "p_high",
        "p_low_adjusted",
        "p_high_adjusted",
        "verdict",
        "no_answer",
        "decimals",
        "level",
    ),
]
TEXT = ("first", "second", "options", "test", "family", "effect_kind", "verdict", "no_answer")  # columns of words
THIN = 5  # expected counts below this ask for an exact test beside the chi-square


def row(first, second, options, test, **numbers):
    """One row of tests.csv: ids of the questions, a sequence of option ids, the test, and what there is of COLUMNS."""
    if unknown := set(numbers) - set(COLUMNS):
        raise ValueError(f"row of tests.csv: found {sorted(unknown)[0]!r}; expected some of {', '.join(COLUMNS)}")
    empty = {name: "" if name in TEXT else np.nan for name in COLUMNS}
    return {**empty, "first": first, "second": second, "options": "|".join(options), "test": test, **numbers}


def independence(observed):
    """Pearson's chi-square of an r x c table of counts, without Yates' correction.

    Returns `(statistic, df, p, cramers_v, min_expected)`. Raises ValueError if a row or column is empty.
    """
    observed = np.asarray(observed)
    if (observed.sum(axis=0) == 0).any() or (observed.sum(axis=1) == 0).any():
        raise ValueError("chi-square: a row or column of the table holds no answers; leave that option out")
    result = stats.chi2_contingency(observed, correction=False)
    v = stats.contingency.association(observed, method="cramer", correction=False)
    return result.statistic, result.dof, result.pvalue, v, result.expected_freq.min()


def answers(survey, question, no_answer="drop"):
    """The option ids that a comparison of single-choice answers uses, with or without the no-answers."""
    table = survey.table(question)
    kept = table if no_answer == "keep" else table[table["role"] != "no_answer"]
    return list(kept["option"])


def _counts(survey, question, options, among):
    """Counts of the options; of a single option, those who gave it and the others (of `among`, or of all)."""
    counts = [survey.count(question, option) for option in options]
    if len(options) > 1:
        return counts
    if survey.question(question)["kind"] == "multiple":
        return [counts[0], survey.routed(question) - counts[0]]
    return [counts[0], sum(survey.count(question, other) for other in among if other != options[0])]


def contingency(survey, first, second, options=None, no_answer="drop", among=None):
    """The table of counts (2 x k) that compares two questions, and the option ids of its columns.

    Two single-choice questions are compared over `options` (all answers by default), or over one option against the
    others of `among`. Of two multiple-choice questions exactly one option can be compared: chosen, not chosen.
    """
    if first == second:
        raise ValueError(f"a question is compared with another one, not with itself: {first}")
    kinds = {survey.question(question)["kind"] for question in (first, second)}
    if len(kinds) == 2:
        raise ValueError(f"{first} and {second} cannot be compared: one is single-choice, the other multiple-choice")
    if kinds == {"multiple"} and (options is None or len(options) != 1):
        raise ValueError(
            f"{first} and {second} are multiple-choice: one firm may count under several options, so the options do "
            "not exclude each other and one chi-square over all of them has no meaning. Compare them item by item: "
            "give exactly one option"
        )
    among = list(among or answers(survey, first, no_answer))
    options = list(options or among)
    return np.array([_counts(survey, question, options, among) for question in (first, second)]), options


def homogeneity(survey, first, second, options=None, no_answer="drop", among=None):
    """Pearson's chi-square for the same distribution of answers to two questions: one row of tests.csv."""
    observed, options = contingency(survey, first, second, options, no_answer, among)
    filled = observed[:, observed.sum(axis=0) > 0]
    if filled.shape[1] < 2 or not filled.sum(axis=1).all():  # one answer only, or nobody to compare: nothing differs
        statistic, df, p, v, least = 0.0, 1, 1.0, 0.0, 0.0
    else:
        statistic, df, p, v, least = independence(filled)
    numbers = {"statistic": statistic, "df": df, "p": p, "effect": v, "n": int(observed.sum()), "min_expected": least}
    return row(first, second, options, "pearson", **numbers, effect_kind="cramers_v", no_answer=no_answer)


def fisher(survey, first, second, options=None, no_answer="drop", among=None):
    """Fisher's exact test of the same 2 x 2 comparison: one row of tests.csv, the sample odds ratio as effect."""
    observed, options = contingency(survey, first, second, options, no_answer, among)
    if observed.shape != (2, 2):
        raise ValueError(f"Fisher's exact test here needs two answers, found {observed.shape[1]}: {', '.join(options)}")
    p = stats.fisher_exact(observed).pvalue
    odds = stats.contingency.odds_ratio(observed, kind="sample").statistic
    numbers = {"p": p, "effect": odds, "n": int(observed.sum())}
    return row(first, second, options, "fisher", **numbers, effect_kind="odds_ratio", no_answer=no_answer)


def ordered(survey, first, second, options):
    """Mann-Whitney test that uses the order of the options: one row of tests.csv.

    Normal approximation with the correction for ties, no continuity correction. The effect is the probability that
    a firm drawn from the second question's answers stands higher than one from the first's, ties counted half.
    """
    observed, options = contingency(survey, first, second, options)
    if survey.question(first)["kind"] == "multiple":
        raise ValueError(f"{first} is multiple-choice: its options have no order that one answer could stand in")
    low, high = (np.repeat(np.arange(len(options)), counts) for counts in observed)
    numbers = {"p": 1.0, "effect": 0.5, "n": int(observed.sum())}  # nobody to compare, or all alike
    if observed.sum(axis=1).all() and np.count_nonzero(observed.sum(axis=0)) > 1:
        result = stats.mannwhitneyu(high, low, use_continuity=False, method="asymptotic")
        effect = result.statistic / (len(low) * len(high))
        numbers |= {"statistic": result.statistic, "p": result.pvalue, "effect": effect}
    return row(first, second, options, "mann_whitney", **numbers, effect_kind="probability_higher")


def goodness_of_fit(survey, question, reference):
    """Chi-square of a single-choice question against population shares: one row of tests.csv, Cohen's w as effect.

    `reference` maps option ids to shares that add up to 1; options that it leaves out are left out of the test.
    """
    if survey.question(question)["kind"] == "multiple":
        raise ValueError(f"{question} is multiple-choice: its shares do not add up to a population's")
    table = survey.table(question).set_index("option")
    unknown = sorted(set(reference) - set(table.index))
    if unknown:
        raise ValueError(
            f"reference: found option {unknown[0]!r}; expected options of {question}: {', '.join(table.index)}"
        )
    observed = table.loc[list(reference), "count"].to_numpy()
    expected = np.array(list(reference.values())) / sum(reference.values()) * observed.sum()
    result = stats.chisquare(observed, expected)
    n, least = int(observed.sum()), expected.min()
    numbers = {
        "statistic": result.statistic,
        "df": len(observed) - 1,
        "p": result.pvalue,
        "n": n,
        "min_expected": least,
    }
    effect = {"effect": np.sqrt(result.statistic / n), "effect_kind": "cohens_w"}
    return row(question, "", list(reference), "goodness_of_fit", **numbers, **effect)


def shared_options(survey, first, second):
    """The ids of the options that both questions offer, in order."""
    offered = set(survey.table(second)["option"])
    return [option for option in survey.table(first)["option"] if option in offered]


def holm(p_values):
    """Holm's (1979) adjusted p-values as a list; NaN stays NaN and counts for nothing.

    The smallest of k is multiplied by k, the next by k - 1 and so on; none falls below one before it, or goes above 1.
    (statsmodels' multipletests gives the same, but collects garbage on every call, which takes longer than all else.)
    """
    adjusted = np.array(p_values, dtype=float)
    rising = np.argsort(adjusted, kind="stable")[: np.count_nonzero(~np.isnan(adjusted))]
    times = np.arange(len(rising), 0, -1)
    adjusted[rising] = np.minimum(np.maximum.accumulate(adjusted[rising] * times), 1)
    return adjusted.tolist()


def as_table(rows, family="", members=("pearson",)):
    """Rows as a data frame; the `members` of a family, by the names of their tests, are adjusted together.

    `family` is its id; without one nothing is adjusted. The adjustment is Holm's (1979).
    """
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = [name for name in COLUMNS if name not in TEXT]
    table[numbers] = table[numbers].astype(float)
    chosen = table["test"].isin(members) & table["p"].notna()
    if family and chosen.any():
        table.loc[chosen, "p_adjusted"] = holm(table.loc[chosen, "p"])
        table.loc[chosen, "family"] = family
    return table
