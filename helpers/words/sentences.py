"""Sentences that several notebooks, or the report itself, say about tables and comparisons.

Each takes `say` (a Language) first and returns a Sentence: text that remembers what it claims, so that it can be judged
against the survey's numbers. Nothing is computed here that is not a choice of words.
"""

import numpy as np

from helpers.survey.rows import is_weighted, top

from .language import ALPHA

ALIKE = 1e-9  # weighted shares that are the same differ in their last digits
ROLES = ("answer", "none", "other", "undisclosed")  # what can be the most frequent; no answer is none


class Sentence(str):
    """A text with its `kind` of claim, the `questions` and `options` that it is about, and the `values` it states."""

    kind, questions, options, values = "", (), (), ()

    @classmethod
    def about(cls, text, kind, rows=(), questions=(), options=(), values=()):
        """A Sentence about rows of a table of shares, or about questions, options and values as given."""
        sentence = cls(text)
        rows = list(rows)
        sentence.kind = kind
        sentence.questions = tuple(questions) or tuple(dict.fromkeys(r["question"] for r in rows if "question" in r))
        sentence.options = tuple(options) or tuple(r["option"] for r in rows)
        sentence.values = tuple(float(v) for v in values) or tuple(float(r["share"]) for r in rows)
        return sentence


# --- answers to one question -----------------------------------------------------------------------------------------


def leaders(table):
    """The rows of the most frequent ordinary answer, several if they tie; and the largest row of another role, or None.

    There are no leaders where nobody gave an ordinary answer. The other row (such as "other" or "unknown") is given only
    if it is at least as frequent as the leaders.
    """
    by = "share" if is_weighted(table) else "count"
    offered = table[(table["role"] == "answer") & (table["count"] > 0)]
    rest = table[table["role"].isin(ROLES[1:])]
    larger = rest[rest[by] > offered[by].max() - ALIKE] if len(offered) else rest
    return _largest(offered, by), (top(larger, roles=ROLES) if len(larger) else None)


def _largest(rows, by):
    """The rows with the largest count or weighted share, all that tie."""
    return rows[rows[by] > rows[by].max() - ALIKE]


def named(say, rows):
    """The labels of rows that tie and the share that each of them has, or that there is none."""
    if not len(rows):
        return say("none was named")
    labels = say.listed(map(say.quoted, rows["label"]))
    return say("{labels} ({share})", labels=labels, share=say.percent(rows["share"].iloc[0]))


def most_frequent(say, table):
    """The most frequent answer and the next, with their evidence: ties named, and a larger answer of another role."""
    first, larger = leaders(table)
    if not len(first):
        return Sentence.about(say("None of the answers offered was given."), "none", questions=_questions(table))
    lead = first.iloc[0]
    values = {
        "first": say.listed(say.quoted(label) for label in first["label"]),
        "share": say.percent(lead["share"]),
        "evidence": say.evidence(lead),
    }
    if len(first) > 1:
        text = say("The most frequent answers are {first}, with {share} each {evidence}", **values)
    else:
        text = say("The most frequent answer is {first}: {share} {evidence}", **values)
    if larger is not None:
        text = _beside_larger(say, values, larger, len(first) > 1)
        return Sentence.about(text, "most_frequent_offered", [*_rows(first), larger])
    after = _runner_up(say, table, first)
    text = (
        say("{sentence}.", sentence=text)
        if after is None
        else say("{sentence}, followed by {after}.", sentence=text, after=after)
    )
    return Sentence.about(text, "most_frequent", _rows(first))


def of_question(say, name, sentence):
    """A sentence after the question that it is about, for where several questions stand together."""
    words = say("{name}: {sentence}", name=name, sentence=sentence)
    told = {key: getattr(sentence, key) for key in ("kind", "questions", "options", "values")}
    return Sentence.about(words, **told)


def leading(say, subject, table):
    """The most frequent of the answers offered to the question `subject`, ties named, with its share: a title."""
    first, _ = leaders(table)
    if not len(first):
        text = say("{subject}: none of the answers offered was given", subject=subject)
        return Sentence.about(text, "none", questions=_questions(table))
    values = {
        "subject": subject,
        "labels": say.listed(say.quoted(label) for label in first["label"]),
        "share": say.percent(first["share"].iloc[0]),
    }
    return Sentence.about(
        say("{subject}: of the answers offered, most often {labels} ({share})", **values),
        "most_frequent_offered",
        _rows(first),
    )


def _questions(table):
    return tuple(table["question"].unique()) if "question" in table else ()


def _rows(table):
    return [row for _, row in table.iterrows()]


def _beside_larger(say, values, larger, tied):
    values = {**values, "other": say.quoted(larger["label"]), "share2": say.percent(larger["share"])}
    if tied:
        return say(
            "Of the answers offered, {first} were given most, {share} each {evidence}; {other} stands at {share2}.",
            **values,
        )
    return say(
        "Of the answers offered, {first} was given most, {share} {evidence}; {other} stands at {share2}.", **values
    )


def _runner_up(say, table, first):
    """The next answer in words, ties named; None where there is none that anybody gave."""
    by = "share" if is_weighted(table) else "count"
    rest = table[table["role"].isin(ROLES) & ~table["option"].isin(first["option"])]
    rest = _largest(rest[rest["count"] > 0], by)
    if not len(rest):
        return None
    return say(
        "{labels}: {share} {evidence}",
        labels=say.listed(say.quoted(label) for label in rest["label"]),
        share=say.percent(rest["share"].iloc[0]),
        evidence=say.evidence(rest.iloc[0]),
    )


# --- two questions compared ------------------------------------------------------------------------------------------


def _about_pair(comparison, text, kind, values):
    pair = {"questions": (comparison.first, comparison.second), "options": (comparison.option,)}
    return Sentence.about(text, kind, values=values, **pair)


def _shares_values(say, comparison):
    first, second = comparison.names
    (count, base), (count2, base2) = comparison.counted
    x, y = map(say.percent, comparison.shares)
    if not comparison.weighted:
        x, y = _of(say, x, count, base), _of(say, y, count2, base2)
    points = say.points(comparison.difference.value)
    names = {
        "label": say.quoted(comparison.label),
        "first": say.sentence_case(first),
        "second": say.sentence_case(second),
    }
    return names | {"x": x, "y": y, "points": points}


def _of(say, share, count, base):
    """A share in words with the numbers behind it: "59% (64 of 109)"."""
    return say("{share} ({count} of {base})", share=share, count=f"{int(count):,}", base=f"{int(base):,}")


def _decimals(value):
    return f"{value:.2f}".replace("-", "−")


def difference(say, comparison):
    """Two shares compared: their difference with its interval, and what the leading test says after adjustment.

    From totals that is the unpaired chi-square (or Fisher's test), called so; from raw answers McNemar's test, or that of
    the weighted difference. Where everyone answered the difference is a fact. Kinds of claim: "difference_fact",
    "difference_shown" and "difference_not_shown", with the shares and the difference as values.
    """
    if comparison.empty:
        return _nothing_to_compare(say, comparison)
    values = _shares_values(say, comparison)
    if not comparison.tests:
        text = say("{label}: {first} {x}, {second} {y}, a difference of {points} percentage points.", **values)
        return _about_pair(comparison, text, "difference_fact", (*comparison.shares, comparison.difference.value))
    shown = comparison.shown
    text = say(
        "{label}: {difference}; {verdict}.",
        label=values["label"],
        difference=_difference_text(say, comparison, values),
        verdict=_test_text(say, comparison, shown),
    )
    kind = "difference_shown" if shown else "difference_not_shown"
    return _about_pair(comparison, text, kind, (*comparison.shares, comparison.difference.value))


def _nothing_to_compare(say, comparison):
    first, second = comparison.names
    text = say(
        "{first} against {second}: nobody answered one of the two questions, so nothing is compared.",
        first=first,
        second=say.sentence_case(second),
    )
    return _about_pair(comparison, text, "none", ())


def _difference_text(say, comparison, values):
    low, high = say.points(comparison.difference.low), say.points(comparison.difference.high)
    values = values | {"interval": say.interval(comparison.level), "low": low, "high": high}
    if not comparison.joint or (comparison.kept and not comparison.weighted):
        return say(
            "{first} {x}, {second} {y}, a difference of {points} percentage points ({interval} {low} to {high})",
            **values,
        )
    values |= {"n": say.respondents(comparison.joint.n)}
    if comparison.weighted:
        return say(
            "{first} {x}, {second} {y}, weighted; among the {n} that answered both, a difference of {points} percentage "
            "points ({interval} {low} to {high})",
            **values,
        )
    return say(
        "{first} {x}, {second} {y}; among the {n} that answered both, a difference of {points} percentage points "
        "({interval} {low} to {high})",
        **values,
    )


def _test_text(say, comparison, shown):
    """What the leading test says: shown, not shown, or shown to be small."""
    values = {"p": _adjusted(say, comparison)}
    if comparison.small and not shown:
        most = say.points(comparison.small).lstrip("+")
        return say(
            "a difference is not shown ({p}), and one of {most} points or more is ruled out", most=most, **values
        )
    if comparison.weighted and comparison.joint:
        known = say("it is significant ({p})", **values) if shown else say("a difference is not shown ({p})", **values)
    elif comparison.joint:
        known = (
            say("it is significant (McNemar, {p})", **values)
            if shown
            else say("a difference is not shown (McNemar, {p})", **values)
        )
    elif shown:
        known = say("read as answers of different {respondents}, it is significant ({p})", **values)
    else:
        known = say("read as answers of different {respondents}, a difference is not shown ({p})", **values)
    return known


def _adjusted(say, comparison):
    """The adjusted p of the leading test; of answers whose numbers are kept a limit, or that it is not told."""
    p = comparison.p_adjusted
    if not comparison.kept:
        return say.adjusted(p, comparison.size)
    if p != p:
        return say("p withheld")
    return say("p above {p}", p=f"{ALPHA:g}") if p == 1 else say("p at most {p}", p=f"{p:g}")


def verdict(say, comparison):
    """The verdict on a pair of answers of the same respondents, in a word or two."""
    if comparison.raw and comparison.tests:
        return say("significant") if comparison.verdict == "always" else say("not shown")
    return {
        "always": say("significant whatever the overlap"),
        "never": say("not significant whatever the overlap"),
        "undetermined": say("undecided"),
    }.get(comparison.verdict, "")


def paired(say, comparison):
    """What is known of the test of paired answers, in one plain sentence. Its kind of claim is "paired_" and the verdict."""
    if comparison.empty:
        return _nothing_to_compare(say, comparison)
    if not comparison.tests:
        return _about_pair(
            comparison, say("Everyone answered: the difference is a fact, and nothing is tested."), "none", ()
        )
    text = _paired_known(say, comparison) if comparison.raw else _paired_range(say, comparison)
    return _about_pair(comparison, text, f"paired_{comparison.verdict}", comparison.paired_adjusted)


def _paired_values(say, comparison):
    first, second = comparison.names
    return {"label": say.quoted(comparison.label), "first": first, "second": say.sentence_case(second)}


def _paired_known(say, comparison):
    values = _paired_values(say, comparison)
    if not comparison.joint:
        return say("{label}, {first} against {second}: nobody answered both questions.", **values)
    if comparison.kept:
        return say(
            "{label}, {first} against {second}: too few of the {n} that answered both answered them differently to say how "
            "many ({test}, {p}: {verdict}).",
            n=say.respondents(comparison.joint.n),
            test=say("difference weighted") if comparison.weighted else say("McNemar"),
            p=_adjusted(say, comparison),
            verdict=verdict(say, comparison),
            **values,
        )
    return say(
        "{label}, {first} against {second}: {b} gave this answer to the first only, {c} to the second only (of {n} that "
        "answered both; {test}, {p}: {verdict}).",
        b=say.respondents(comparison.joint.b),
        c=say.respondents(comparison.joint.c),
        n=say.respondents(comparison.joint.n),
        test=say("difference weighted") if comparison.weighted else say("McNemar"),
        p=say.adjusted(comparison.paired_adjusted[0], comparison.size),
        verdict=verdict(say, comparison),
        **values,
    )


def _paired_range(say, comparison):
    adjusted = say.p_range(*comparison.paired_adjusted)
    if comparison.size > 1:
        adjusted = say("{range}, Holm-adjusted for {n} comparisons", range=adjusted, n=comparison.size)
    values = _paired_values(say, comparison) | {"range": adjusted}
    if comparison.verdict == "always":
        return say(
            "{label}, {first} against {second}, paired: significant whatever the overlap of the answers (McNemar, p {range}).",
            **values,
        )
    if comparison.verdict == "never":
        return say(
            "{label}, {first} against {second}, paired: not significant whatever the overlap of the answers (McNemar, "
            "p {range}); a difference is not shown.",
            **values,
        )
    undecided = say(
        "{label}, {first} against {second}, paired: undecided (McNemar, p {range}); it depends on how the answers "
        "overlapped, which totals do not tell.",
        **values,
    )
    tipping = comparison.tipping
    if tipping is None or tipping.verdict != "undetermined":
        return undecided
    return say("{words} {more}", words=undecided, more=_by_itself(say, tipping))


def _by_itself(say, tipping):
    """Where the difference of the totals turns significant without adjustment, along the agreement of the two answers."""
    return say(
        "By itself, and with the difference of the totals, it is significant if the two answers agree with phi = {phi} or "
        "more, and not if with {less} or less.",
        phi=_decimals(np.ceil(100 * tipping.phi) / 100),
        less=_decimals(np.floor(100 * tipping.phi_next) / 100),
    )


# --- the sample ------------------------------------------------------------------------------------------------------


def sample_limits(say, survey):
    """What the way the respondents were found means for every number."""
    n = survey.respondents
    if survey.is_census:
        return say(
            "All {n} answered: the shares are facts, not estimates, and nothing is tested.", n=say.respondents(n)
        )
    known = _how_many(say, survey)
    if survey.sample == "random":
        if survey.population and survey.weights is not None:
            return say(
                "{known} They were drawn at random from {all}; intervals and tests of weighted shares allow for how large a "
                "part of these answered. Neither says who stayed away.",
                known=known,
                all=say.respondents(survey.population),
            )
        if survey.population:
            return say(
                "{known} They were drawn at random from {all}; intervals of shares allow for how large a part of these "
                "answered, tests do not, which makes them cautious. Neither says who stayed away.",
                known=known,
                all=say.respondents(survey.population),
            )
        return say(
            "{known} They were drawn at random, so the intervals describe the chance of the draw, not who stayed away.",
            known=known,
        )
    return say(
        "{known} They chose to answer and are not a random sample, so the intervals describe chance in the counts "
        "only, not who stayed away.",
        known=known,
    )


def _how_many(say, survey):
    invited, n = survey.about.get("invited"), survey.respondents
    if invited:
        words = say(
            "{n} of {invited} that were asked answered ({share}).",
            n=f"{n:,}",
            invited=say.respondents(invited),
            share=say.percent(n / invited),
        )
    else:
        words = say("{n} answered; how many were asked is not known here.", n=say.respondents(n))
    for more in _who_counted(say, survey):
        words = say("{words} {more}", words=words, more=more)
    return words


def _who_counted(say, survey):
    """Sentences on the rows of the answers' file that are no answers, and on those who stopped before the end; often none."""
    rows = survey.about.get("intake", {})
    reasons = {
        "no_answer": say("without any answer"),
        "same_respondent": say("another answer of the same {respondent}"),
        "unfinished": say("not finished"),
        "preview": say("previews and tests"),
        "no_consent": say("no consent"),
    }
    left_out = [
        say("{reason}: {n}", reason=words, n=f"{rows[key]:,}") for key, words in reasons.items() if rows.get(key)
    ]
    if left_out:
        yield say(
            "Of {rows} rows {counted} count; left out: {reasons}.",
            rows=f"{rows['rows']:,}",
            counted=f"{rows['counted']:,}",
            reasons=say("; ").join(left_out),
        )
    stopped = rows.get("stopped_after", {})
    if stopped:
        places = [
            say("after {question} {n}", question=say.quoted(survey.short(question)), n=f"{n:,}")
            for question, n in stopped.items()
            if survey.has(question)
        ]
        yield say(
            "{n} stopped before the end and count up to there: {places}.",
            n=say.respondents(sum(stopped.values())),
            places=say(", ").join(places),
        )


def overlap_limits(say):
    """What totals cannot tell of two questions to the same respondents."""
    return say(
        "The same respondents answered the questions that are compared, and only totals are known: how one respondent’s "
        "answers go together is not. So the paired test is a range."
    )


def weighted(say, n, effective):
    """That shares are weighted, with Kish's effective sample size."""
    return say("Weighted: {n}, effective sample size {size}", n=say.respondents(n), size=f"{effective:.1f}")


def weight_limits(say, size, census=False):
    """What is weighted and what is not; `size` is what `weighted` says. Where everyone answered nothing is tested."""
    if census:
        return say(
            "{size} (Kish). Shares and their differences are weighted, numbers of respondents are not.", size=size
        )
    return say(
        "{size} (Kish). Shares, their intervals and the differences between two questions are weighted, numbers of "
        "respondents are not. Crosstabs show weighted shares and are tested by Rao and Scott’s chi-square, which uses the "
        "weights, and so do differences from another survey. All else counts each respondent once: other tests, what totals "
        "alone imply, and the check of published figures.",
        size=size,
    )


def alt_text(say, title, table, most=12):
    """What a figure shows and its key numbers, for readers who do not see it. `table` holds the plotted numbers."""
    rows = table if {"share", "count", "base"} <= set(table.columns) else table.iloc[0:0]
    parts = [_alt_part(say, row) for _, row in rows.head(most).iterrows()]
    more = say(" and {n} more in the table", n=len(rows) - most) if len(rows) > most else ""
    numbers = say(" Figures: {parts}{more}.", parts=say("; ").join(parts), more=more) if parts else ""
    return say("{title}.", title=title) + numbers


def _alt_part(say, row):
    names = [row[c] for c in ("group", "label") if isinstance(row.get(c), str) and row[c]]
    return say(
        "{name} {share} ({count} of {base})",
        name=say(", ").join(dict.fromkeys(names)),
        share=say.percent(row["share"]),
        count=int(row["count"]),
        base=int(row["base"]),
    )
