"""Two surveys side by side: the questions that both asked, the differences of their shares, and the tests.

The two samples are taken as independent: different respondents, perhaps from different populations. What differs may be
the time, the place or who was asked; no test tells these apart.
"""

import numpy as np
import pandas as pd
from scipy import stats

from . import tests_of_counts, weights
from .answers import given, said
from .exact import exact_p
from .proportions import Difference, difference

COLUMNS = [
    *("question", "option", "label", "count", "base", "share", "count_baseline", "base_baseline", "share_baseline"),
    *("difference", "low", "high", "level"),
]


def shared_questions(survey, baseline):
    """Which questions of a survey can be compared with the baseline's: `(shared, left_out)`.

    `shared` maps question ids to the option ids that both offer. `left_out` is a data frame `question, reason, detail`:
    "absent" (the baseline did not ask it), "new" (only the baseline asked it), "kind" (single against multiple choice),
    "options" (the answers of a single-choice question differ, so that its shares mean other things), "none_shared",
    "empty" (nobody answered). No-answers aside: a survey in which everybody answered lists none. In a multiple-choice
    question every item stands for itself; items that only one survey offers are left out by the name of "items".
    """
    shared, left_out = {}, []
    for question in [*survey.questions.index, *(q for q in baseline.questions.index if not survey.has(q))]:
        options, reason, detail = _shared(survey, baseline, question)
        if reason:
            left_out.append({"question": question, "reason": reason, "detail": detail})
        if options:
            shared[question] = options
    return shared, pd.DataFrame(left_out, columns=["question", "reason", "detail"])


def _shared(survey, baseline, question):
    if not survey.has(question):
        return [], "new", ""
    if not baseline.has(question):
        return [], "absent", ""
    kinds = [s.question(question)["kind"] for s in (survey, baseline)]
    if kinds[0] != kinds[1]:
        return [], "kind", " / ".join(kinds)
    tables = [s.table(question) for s in (survey, baseline)]
    if any(_base(s, question) == 0 for s in (survey, baseline)):
        return [], "empty", ""
    first, second = (list(t.loc[t["role"] != "no_answer", "option"]) for t in tables)
    both = [option for option in first if option in second]
    apart = "|".join([*(o for o in first if o not in second), *(o for o in second if o not in first)])
    if kinds[0] == "single":
        return (both, "", "") if not apart and len(both) > 1 else ([], "options", apart)
    if not both:
        return [], "none_shared", apart
    return both, "items" if apart else "", apart


def _base(survey, question):
    """Respondents who answered a single-choice question, or to whom a multiple-choice question was put."""
    if survey.question(question)["kind"] == "multiple":
        return survey.routed(question)
    table = survey.table(question)
    return int(table.loc[table["role"] != "no_answer", "count"].sum())


def compare_surveys(survey, baseline, confidence=0.95):
    """Every shared answer in both surveys: a data frame with COLUMNS; shares are of the firms that answered.

    `difference` is the survey's share minus the baseline's, `low` and `high` Newcombe's interval for independent samples
    (see `proportions.difference`). Counts of no answer are left out of the base of single-choice questions. Where one of
    the two has weights, shares and intervals are weighted, and there is `n_effective` of the survey's share.
    """
    shared, _ = shared_questions(survey, baseline)
    weighted, rows = either_weighted(survey, baseline), []
    for question, options in shared.items():
        labels = survey.table(question).set_index("option")["label"]
        bases = [_base(s, question) for s in (survey, baseline)]
        counts = [s.table(question).set_index("option")["count"] for s in (survey, baseline)]
        for option in options:
            counted = [(int(count[option]), base) for count, base in zip(counts, bases, strict=True)]
            (count, base), (count2, base2) = counted
            one, other, worth = count / base, count2 / base2, ()
            if weighted:
                sides = [_share(s, question, option, *n) for s, n in zip((survey, baseline), counted, strict=True)]
                one, other = (side.value for side in sides)
                d, worth = apart(*sides, confidence), (sides[0].n_effective,)
            else:
                d = difference(*counted, confidence)
            numbers = (count, base, one, count2, base2, other, d.value, d.low, d.high, confidence)
            rows.append((question, option, labels[option], *numbers, *worth))
    return pd.DataFrame(rows, columns=COLUMNS + ["n_effective"] * weighted)


def either_weighted(survey, baseline):
    """Whether one of two surveys has weights, so that the two are compared by the weighted difference."""
    return any(weights.of(s) is not None for s in (survey, baseline))


def _share(survey, question, option, count, base):
    """One side of a weighted comparison: a weights.Share; without weights its error is the binomial one."""
    own = weights.of(survey)
    if own is not None and base > 1:
        return weights.share(said(survey, question, option), own)
    p = count / base
    return weights.Share(p, float(np.sqrt(p * (1 - p) / max(base - 1, 1))), base, base, base - 1)


def apart(one, other, confidence):
    """The difference of two independent weighted shares, with its interval: a Difference.

    Student's t on the root of the sum of both variances, with the degrees of freedom of both. In R: `svyttest` with the
    survey as a stratum, whose degrees of freedom are one fewer. NaN where neither share varies.
    """
    value, error, df = one.value - other.value, float(np.hypot(one.error, other.error)), one.df + other.df
    reach = stats.t.ppf((1 + confidence) / 2, df) * error if error and df > 0 else np.nan
    return Difference(value, max(-1.0, value - reach), min(1.0, value + reach))


def survey_tests(table, survey, baseline):
    """Tests of what `compare_surveys` found, as rows of tests.csv, `p_adjusted` after Holm over all of them.

    A single-choice question gets one test over its answers, a multiple-choice question one for each item. The test is
    Pearson's chi-square, or the exact test where an expected count is below 5 (Fisher; by simulation if the table is
    larger than 2 x 2); with weights it is Rao and Scott's chi-square, with the two surveys as strata. `first` is the
    question.
    """
    rows, weighted = [], either_weighted(survey, baseline)
    for question, answers in table.groupby("question", sort=False):
        single = survey.question(question)["kind"] == "single"
        for _, part in [("", answers)] if single else answers.groupby("option", sort=False):
            if weighted:
                rows.append(_weighted_test(survey, baseline, question, list(part["option"])))
            else:
                observed = part[["count", "count_baseline"]].to_numpy().T
                if not single:
                    left = part[["base", "base_baseline"]].to_numpy().T - observed
                    observed = np.hstack([observed, left])
                rows.append(_test(question, list(part["option"]), observed))
    return tests_of_counts.as_table(rows, "baseline", ("pearson", "fisher", "fisher_simulated", "rao_scott"))


def _weighted_test(survey, baseline, question, options):
    """Rao and Scott's test of a single-choice question, or of one item; without a p where too few answers vary for it."""
    answers, designs = zip(*(_answers(s, question, options) for s in (survey, baseline)), strict=True)
    both, said = weights.stacked(*designs), pd.concat(answers, ignore_index=True)
    which = np.repeat(["survey", "baseline"], [len(each) for each in answers])
    n = int(said.notna().sum())
    if said.nunique() < 2:  # everybody gave the same answer, in both surveys
        return tests_of_counts.row(question, "", options, "rao_scott", statistic=0.0, df=1, p=1.0, n=n)
    try:
        found = weights.rao_scott(pd.Series(which), said, both)
    except ValueError:
        return tests_of_counts.row(question, "", options, "rao_scott", n=n)
    numbers = {"statistic": found.f, "df": found.df, "p": found.p, "n": n}
    return tests_of_counts.row(question, "", options, "rao_scott", **numbers)


def _answers(survey, question, options):
    """What respondents said, one entry each (null: not asked or no answer), and the Design; from totals where need be."""
    single, own = survey.question(question)["kind"] == "single", weights.of(survey)
    if own is not None:
        return given(survey, question, options) if single else said(survey, question, options[0]).astype(object), own
    counts = [survey.count(question, option) for option in options]
    names = options if single else [True, False]
    told = np.repeat(names, counts if single else [counts[0], survey.routed(question) - counts[0]])
    return pd.Series(told, dtype=object), weights.design(np.ones(len(told)))


def _test(question, options, observed):
    observed = np.asarray(observed, dtype=int)
    filled = observed[:, observed.sum(axis=0) > 0]
    n = int(observed.sum())
    if filled.shape[1] < 2:  # everybody gave the same answer, in both surveys
        return tests_of_counts.row(
            question, "", options, "pearson", statistic=0.0, df=1, p=1.0, effect=0.0, n=n, min_expected=0.0
        )
    statistic, df, p, v, least = tests_of_counts.independence(filled)
    if least >= tests_of_counts.THIN:
        numbers = {"statistic": statistic, "df": df, "p": p, "effect": v, "n": n, "min_expected": least}
        return tests_of_counts.row(question, "", options, "pearson", **numbers, effect_kind="cramers_v")
    if filled.shape == (2, 2):
        odds = stats.contingency.odds_ratio(filled, kind="sample").statistic
        numbers = {"p": exact_p([filled])[0], "effect": odds, "n": n, "min_expected": least}
        return tests_of_counts.row(question, "", options, "fisher", **numbers, effect_kind="odds_ratio")
    numbers = {"p": exact_p([filled])[0], "effect": v, "n": n, "min_expected": least}
    return tests_of_counts.row(question, "", options, "fisher_simulated", **numbers, effect_kind="cramers_v")


def with_adjusted(table, tests):
    """The table of `compare_surveys` with `adjusted`, the adjusted p-value of the test to which each answer belongs."""
    by_question = dict(zip(tests["first"], tests["p_adjusted"], strict=True))
    by_item = dict(zip(zip(tests["first"], tests["options"], strict=True), tests["p_adjusted"], strict=True))
    pairs = zip(table["question"], table["option"], strict=True)
    return table.assign(adjusted=[by_item.get(pair, by_question[pair[0]]) for pair in pairs])


def beside(survey, baseline, confidence=0.95):
    """Two surveys side by side: (`compare_surveys` with the column `adjusted`, `survey_tests`)."""
    table = compare_surveys(survey, baseline, confidence)
    tests = survey_tests(table, survey, baseline)
    return with_adjusted(table, tests), tests
