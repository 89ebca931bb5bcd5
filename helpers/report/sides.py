"""What notebook 14 does: the survey beside a baseline, every shared question."""

import pandas as pd

from ..figures import charts
from ..stats import two_surveys as comparison
from ..survey import load

MOST = 16  # differences in the figure


def read_baseline(topic, baseline):
    """The baseline survey, in the topic's language; None where the parameter is empty. Raises SurveyError."""
    return load(baseline, topic.survey.lang) if baseline.strip() else None


def compare(topic, baseline):
    """`comparison.compare_surveys` with the columns `group` (the question in short) and `adjusted`, and its tests.

    Both are None where there is no baseline or nothing is shared; against itself, tests are None.
    """
    if baseline is None:
        topic.finding(topic.say("No baseline was named, so there is nothing to compare with."))
        return None, None
    table = comparison.compare_surveys(topic.survey, baseline, topic.confidence)
    if table.empty:
        topic.finding(topic.say("The two surveys share no question that can be compared."))
        return None, None
    names = {question: topic.survey.named(question) for question in table["question"].unique()}
    table = table.assign(group=[names[question] for question in table["question"]])
    if baseline.folder == topic.survey.folder:
        topic.finding(_itself(topic, table))
        return table, None
    tests = comparison.survey_tests(table, topic.survey)
    return _with_adjusted(table, tests), tests


def _itself(topic, table):
    words = {"answers": len(table), "questions": table["question"].nunique()}
    if (table["difference"] == 0).all():
        return topic.say(
            "This survey is the baseline itself: {answers} answers to {questions} questions compared, and every difference "
            "is zero. Name another survey, and this page sets the two side by side.",
            **words,
        )
    raise AssertionError("a survey differs from itself")


def _with_adjusted(table, tests):
    """The adjusted p-value of the test to which each answer belongs."""
    whole = tests.assign(n_options=tests["options"].str.count(r"\|"))
    by_question = dict(zip(whole["first"], whole["p_adjusted"], strict=True))
    by_item = dict(zip(zip(tests["first"], tests["options"], strict=True), tests["p_adjusted"], strict=True))
    return table.assign(
        adjusted=[by_item.get((r["question"], r["option"]), by_question[r["question"]]) for _, r in table.iterrows()]
    )


def show(topic, baseline, table, tests):
    """Both surveys' shares side by side, the tests, and the questions that could not be compared."""
    if tests is None:
        return
    topic.save(table, "baseline")
    names = [
        "group",
        "label",
        "count",
        "base",
        "share",
        "count_baseline",
        "base_baseline",
        "share_baseline",
        "difference",
    ]
    shown = table[names].assign(points_low=table["low"], points_high=table["high"])
    topic.show_words(topic.readable(shown), topic.say("Every shared answer, the survey and the baseline"))
    topic.tests(tests, "Does the survey differ from the baseline?")
    _, left_out = comparison.shared_questions(topic.survey, baseline)
    if len(left_out):
        topic.save(left_out, "baseline_left_out")
        topic.show_words(_reasons(topic, baseline, left_out), topic.say("What could not be compared, and why"))


def _reasons(topic, baseline, left_out):
    say = topic.say
    words = {
        "absent": say("the baseline did not ask it"),
        "new": say("only the baseline asked it"),
        "kind": say("single choice in one survey, multiple choice in the other"),
        "options": say("the answers to choose from differ"),
        "none_shared": say("no answer is offered in both"),
        "items": say("compared but for answers that one survey alone offers"),
        "empty": say("nobody answered it"),
    }
    asked = [topic.survey if topic.survey.has(question) else baseline for question in left_out["question"]]
    return pd.DataFrame(
        {
            say("Question"): [s.wording(q) for s, q in zip(asked, left_out["question"], strict=True)],
            say("Reason"): [words[reason] for reason in left_out["reason"]],
        }
    )


def figure(topic, baseline, table, tests):
    """The largest differences as dots with intervals, saved as the figure `baseline`; and the findings."""
    if tests is None:
        return
    say = topic.say
    moved = table[table["difference"] != 0]
    if moved.empty:
        topic.finding(say("Every shared answer has the same share in both surveys."))
        return
    largest = moved.loc[moved["difference"].abs().sort_values(ascending=False, kind="stable").index].head(MOST)
    largest = largest.sort_values("difference", ascending=False, kind="stable")
    title = title_sides(say, tests)
    name = baseline.info("title")
    note = say(
        "Numbers: share here · in the baseline, which is {title} ({n})", title=name, n=say.firms(baseline.respondents)
    )
    measure = "Share in the survey minus share in the baseline, in percentage points; the largest differences"
    fig, ax = topic.page(
        title, subtitle=measure, base="Base: {n}", note=note, weak=False, height=0.34 * len(largest) + 2
    )
    charts.plot_differences(ax, largest, say)
    topic.figure(fig, "baseline", largest)
    for sentence in findings(say, table, tests):
        topic.finding(sentence, "baseline")


def title_sides(say, tests):
    """Title: how many of the tests show a difference."""
    return say(
        "{shown} of {all} comparisons with the baseline differ significantly after Holm’s adjustment",
        shown=int((tests["p_adjusted"] < say.alpha).sum()),
        all=len(tests),
    )


def findings(say, table, tests):
    """How many tests show a difference, and the largest difference with its interval."""
    yield title_sides(say, tests) + say(".")
    r = table.loc[table["difference"].abs().idxmax()]
    values = {
        "group": r["group"],
        "label": say.quoted(r["label"]),
        "x": say.percent(r["share"]),
        "y": say.percent(r["share_baseline"]),
        "points": say.points(r["difference"]),
        "low": say.points(r["low"]),
        "high": say.points(r["high"]),
        "level": say.level(),
        "p": say.p(r["adjusted"]),
    }
    yield say(
        "The largest difference: {group}, {label}: {x} here, {y} in the baseline, {points} percentage points ({level} "
        "interval {low} to {high}; Holm-adjusted {p}).",
        **values,
    )


def caution(topic, baseline):
    """That two surveys differ in more than their answers: a paragraph with both samples."""
    if baseline is None:
        return
    say = topic.say
    one, other = (
        say(
            "{population}, {fieldwork}, {n}",
            population=s.info("population"),
            fieldwork=s.info("fieldwork"),
            n=say.firms(s.respondents),
        )
        for s in (topic.survey, baseline)
    )
    topic.paragraph(
        say(
            "Here: {one}. Baseline: {other}. Neither is a random sample. Who was asked, how and when differs between two "
            "surveys, so a difference of shares is not a change over time, nor the effect of a place.",
            one=one,
            other=other,
        ),
        "limits",
    )
