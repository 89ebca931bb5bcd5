"""What notebook 13 does: any question by industry, size or any other single-choice question, from raw answers."""

import numpy as np
import pandas as pd

from . import chisquare, crosstab, weights
from .topic import chosen_questions

FAMILY = ("independence", "independence_exact", "multiple_independence", "rao_scott")


def asked(topic, *questions):
    """The ids of those of these questions that the survey asked, separated by commas."""
    return ", ".join(question for question in questions if topic.survey.has(question))


def crosstabs(topic, by, questions="", min_cell=5):
    """The crosstabs of all (or these) questions by each question in `by`: a list of CrossTables, empty without raw answers.

    `by` and `questions` list question ids, separated by commas. Raises ParameterError for an id that does not fit.
    An empty `by` gives no crosstab.
    """
    survey = topic.survey
    groups = chosen_questions(survey, "by", by, kind="single") if by.strip() else []
    wanted = chosen_questions(survey, "questions", questions) if questions.strip() else list(survey.questions.index)
    if survey.responses is None:
        return []
    pairs = [(g, q) for i, g in enumerate(groups) for q in wanted if q not in groups[: i + 1]]
    return [
        crosstab.crosstab(survey.responses, *pair, int(min_cell), closed=_closed(survey, *pair, int(min_cell)))
        for pair in pairs
        if crosstab.put_to_both(survey.responses, *pair)
    ]


def _closed(survey, group, question, min_cell):
    """Groups whose number of respondents asked is hidden in the crosstab of the answer that leads to the question."""
    source, _, option = survey.question(question)["asked_if"].partition("=")
    if not option or source == group:
        return []
    hidden = crosstab.crosstab(
        survey.responses, group, source, min_cell, _closed(survey, group, source, min_cell)
    ).hidden
    return list(hidden.index[hidden[option]])


def show(topic, crossed):
    """Each crosstab as a table for the reader; all of them, without what is hidden, go to tables/crosstabs.csv."""
    if not crossed:
        return
    topic.save(pd.concat([_saved(table) for table in crossed], ignore_index=True), "crosstabs")
    for table in crossed:
        topic.show_words(_readable(topic, table), caption(topic, table))


def _saved(table):
    return table.long().assign(row_question=table.row_question, column_question=table.column_question)[
        ["row_question", "column_question", "group_option", "option", "count", "base", "share"]
    ]


def caption(topic, table):
    """What a crosstab shows: the question by the group, and whether answers exclude each other."""
    names = {
        "question": topic.survey.wording(table.column_question),
        "group": topic.survey.short(table.row_question),
    }
    if table.multiple:
        return topic.say("{question}, by “{group}”: several answers possible", **names)
    return topic.say("{question}, by “{group}”", **names)


def _readable(topic, table):
    say = topic.say
    groups, labels = (
        topic.survey.table(question).set_index("option")["label"]
        for question in (table.row_question, table.column_question)
    )
    shown, shares = table.shown, table.shares
    columns = {topic.survey.short(table.row_question): [groups[g] for g in table.counts.index]}
    columns[say("Base")] = [
        "…" if hidden else f"{base:,}" for base, hidden in zip(table.base, table.hidden_base, strict=True)
    ]
    for option in table.counts.columns:
        columns[labels[option]] = [_cell(say, shown.loc[g, option], shares.loc[g, option]) for g in table.counts.index]
    return pd.DataFrame(columns)


def _cell(say, count, share):
    if pd.isna(count):
        return "…"
    return say("{share} · {count}", share=say.percent(share), count=f"{count:,}") if pd.notna(share) else "–"


def tests(topic, crossed):
    """One test per crosstab, adjusted together after Holm: rows of tests.csv, or None without crosstabs."""
    rows = [row for table in crossed if (row := _row(topic, table))]
    return topic.tests(rows, "Does the answer depend on the group?", FAMILY) if rows else None


def _row(topic, table):
    responses = topic.survey.responses
    if topic.weights is not None and not table.multiple and (row := _weighted_row(topic, table)):
        return row
    found = crosstab.multiple_association(table, responses) if table.multiple else crosstab.association(table)
    if found is None:
        return None
    effect = "effect=cramers_v; " if found.test != "multiple_independence" else ""
    rounded = f"rounded={found.decimals}" if found.decimals is not None else ""
    numbers = {"statistic": found.statistic, "df": found.df, "p": found.p, "effect": found.effect, "n": found.n}
    return chisquare.row(
        table.row_question,
        table.column_question,
        list(table.counts.columns),
        found.test,
        **numbers,
        min_expected=found.min_expected,
        note=effect + rounded,
    )


def _weighted_row(topic, table):
    """Rao and Scott's test of a crosstab; None where it does not exist.

    As in `crosstab.association`, neither statistic nor effect is told where cells are hidden, and p is rounded up.
    """
    pair = table.row_question, table.column_question
    try:
        found = weights.rao_scott(*(topic.survey.responses[question] for question in pair), topic.weights)
    except ValueError:
        return None
    options, filled = list(table.counts.columns), table.counts.to_numpy()
    if table.hidden.to_numpy().any():
        p = crosstab.told(found.p, 2)
        return chisquare.row(*pair, options, "rao_scott", p=p, effect=np.nan, n=found.n, note="rounded=2")
    least = min((filled.sum(axis=0) > 0).sum(), (filled.sum(axis=1) > 0).sum()) - 1
    effect, note = np.sqrt(found.statistic / found.n / least), f"effect=cramers_v; df2={found.df2:.1f}"
    numbers = {"statistic": found.f, "df": found.df, "p": found.p, "effect": effect, "n": found.n}
    return chisquare.row(*pair, options, "rao_scott", **numbers, note=note)


def findings(topic, tested):
    """A finding: what the tests show, or that crosstabs need raw answers."""
    say, survey = topic.say, topic.survey
    if survey.responses is None:
        topic.finding(
            say(
                "Crosstabs need raw answers, one row per firm. This survey holds totals only, and totals do not tell "
                "which firms gave which answers."
            )
        )
        return
    topic.finding(_dependences(topic, tested))


def _dependences(topic, tested):
    say = topic.say
    if tested is None:
        return say("No crosstab has two groups and two answers to compare.")
    shown = tested[tested["p_adjusted"] < say.alpha]
    alpha = f"{100 * say.alpha:g}%"
    if withheld := int(tested["p"].isna().sum()):
        note = say("P-values not told, because they would give a hidden number away: {n}.", n=withheld)
    else:
        note = ""
    if shown.empty:
        sentence = say(
            "In {n} crosstabs, no dependence of an answer on its group is shown at the {alpha} level, after Holm’s adjustment.",
            alpha=alpha,
            n=len(tested),
        )
    else:
        sentence = say(
            "Of {n} crosstabs, these show at the {alpha} level, after Holm’s adjustment, that the answer depends on the group: {named}.",
            alpha=alpha,
            n=len(tested),
            named=say.listed(
                say(
                    "{question} by {group}",
                    question=topic.survey.named(t["second"]),
                    group=topic.survey.short(t["first"]),
                )
                for _, t in shown.iterrows()
            ),
        )
    return say("{first} {second}", first=sentence, second=note) if note else sentence


def about_hidden(topic, crossed, min_cell):
    """A paragraph: what is hidden in the tables, and why."""
    if crossed:
        topic.paragraph(
            topic.say(
                "“…” stands for a number that is not shown: cells and totals of fewer than {min_cell} firms, and as many "
                "others as it takes that none of these can be worked out.",
                min_cell=int(min_cell),
            )
        )
    if crossed and topic.weights is not None:
        topic.paragraph(
            topic.say(
                "Weighted shares are not hidden elsewhere in this report. Where all firms of a group have the same weight, "
                "and the weights can be found out, weighted and plain totals together may lead back to a hidden number."
            )
        )
