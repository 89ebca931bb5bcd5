"""Sentences that several notebooks, or the report itself, say about tables and comparisons.

Each takes `say` (a Language) first and returns a Sentence: text that remembers what it claims, so that it can be judged
against the survey's numbers. Nothing is computed here that is not a choice of words.
"""

from helpers.survey.rows import is_weighted, top

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

    The other row (such as "other" or "unknown") is given only if it is at least as frequent as the leaders.
    """
    by = "share" if is_weighted(table) else "count"
    offered = table[table["role"] == "answer"]
    first = offered[offered[by] == offered[by].max()]
    rest = table[table["role"].isin(ROLES[1:])]
    larger = rest[rest[by] >= offered[by].max()] if len(offered) else rest
    return first, (top(larger, roles=ROLES) if len(larger) else None)


def most_frequent(say, table):
    """The most frequent answer and the next, with their evidence: ties named, and a larger answer of another role."""
    first, larger = leaders(table)
    if not len(first) or first["count"].iloc[0] == 0:
        return Sentence.about(say("None of the answers offered was given."), "none", [])
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
    rest = rest[(rest[by] == rest[by].max()) & (rest["count"] > 0)]
    if not len(rest):
        return None
    return say(
        "{labels}: {share} {evidence}",
        labels=say.listed(say.quoted(label) for label in rest["label"]),
        share=say.percent(rest["share"].iloc[0]),
        evidence=say.evidence(rest.iloc[0]),
    )


# --- two questions compared ------------------------------------------------------------------------------------------


def _difference_values(say, comparison):
    first, second = comparison.names
    return {
        "first": first,
        "second": say.sentence_case(second),
        "x": say.percent(comparison.shares[0]),
        "y": say.percent(comparison.shares[1]),
        "points": say.points(comparison.difference.value),
        "low": say.points(comparison.difference.low),
        "high": say.points(comparison.difference.high),
        "interval": say.interval(comparison.level),
        "p": say.p(comparison.p),
    }


def difference(say, comparison):
    """Two shares compared: their difference with its interval, and what the test says that fits the data best.

    From totals that is the unpaired chi-square, called so; from raw answers McNemar's test.
    """
    text = _difference_text(say, comparison)
    if comparison.weighted:
        text = say("Without weights: {sentence}", sentence=text)
    return _about_pair(comparison, text, "difference", (*comparison.shares, comparison.difference.value))


def _about_pair(comparison, text, kind, values):
    pair = {"questions": (comparison.first, comparison.second), "options": (comparison.option,)}
    return Sentence.about(text, kind, values=values, **pair)


def _difference_text(say, comparison):
    values = _difference_values(say, comparison)
    alpha = round(1 - comparison.level, 12)
    if comparison.joint:
        values |= {"p": say.p(comparison.joint.p), "n": say.respondents(comparison.joint.n)}
        if comparison.joint.p < alpha:
            return say(
                "{first} {x}, {second} {y}: among the {n} that answered both, a difference of {points} percentage points "
                "({interval} {low} to {high}), which is significant (McNemar, {p}).",
                **values,
            )
        return say(
            "{first} {x}, {second} {y}: among the {n} that answered both, a difference of {points} percentage points "
            "({interval} {low} to {high}); a difference is not shown (McNemar, {p}).",
            **values,
        )
    if comparison.p < alpha:
        return say(
            "{first} {x}, {second} {y}: a difference of {points} percentage points ({interval} {low} to {high}); "
            "treating the two samples as separate, it is significant ({p}).",
            **values,
        )
    return say(
        "{first} {x}, {second} {y}: a difference of {points} percentage points ({interval} {low} to {high}); "
        "treating the two samples as separate, a difference is not shown ({p}).",
        **values,
    )


def p_range(say, paired):
    """The range of a paired p-value: "0.02 to 0.70", or the one value."""
    low, high = say.p_number(paired.p_min), say.p_number(paired.p_max)
    return low if low == high else say("{low} to {high}", low=low, high=high)


def verdict(say, paired):
    """The verdict of a paired range in a word or two."""
    return {
        "always": say("significant"),
        "never": say("not significant"),
        "undetermined": say("undecided"),
    }[paired.verdict]


def paired(say, comparison):
    """What is known of the paired test, in one plain sentence."""
    text = _paired_known(say, comparison) if comparison.joint or comparison.raw else _paired_range(say, comparison)
    return _about_pair(comparison, text, "paired", (comparison.paired.p_min, comparison.paired.p_max))


def _paired_values(say, comparison):
    first, second = comparison.names
    return {"label": say.quoted(comparison.label), "first": first, "second": say.sentence_case(second)}


def _paired_known(say, comparison):
    values = _paired_values(say, comparison)
    if not comparison.joint:
        return say("{label}, {first} against {second}: nobody answered both questions.", **values)
    return say(
        "{label}, {first} against {second}: {b} gave this answer to the first only, {c} to the second only (of {n} that "
        "answered both; McNemar, {p}: {verdict}).",
        b=say.respondents(comparison.joint.b),
        c=say.respondents(comparison.joint.c),
        n=say.respondents(comparison.joint.n),
        p=say.p(comparison.joint.p),
        verdict=say("significant") if comparison.paired.verdict == "always" else say("not shown"),
        **values,
    )


def _paired_range(say, comparison):
    values = _paired_values(say, comparison) | {"range": p_range(say, comparison.paired)}
    if comparison.paired.verdict == "always":
        return say(
            "{label}, {first} against {second}, paired: significant whatever the overlap of the answers (McNemar, p {range}).",
            **values,
        )
    if comparison.paired.verdict == "never":
        return say(
            "{label}, {first} against {second}, paired: not significant whatever the overlap of the answers (McNemar, "
            "p {range}); a difference is not shown.",
            **values,
        )
    if comparison.tipping is None or comparison.tipping.verdict != "undetermined":
        return say(
            "{label}, {first} against {second}, paired: undecided (McNemar, p {range}); it depends on how the answers "
            "overlapped, which totals do not tell.",
            **values,
        )
    return say(
        "{label}, {first} against {second}, paired: undecided (McNemar, p {range}). If the difference among those that "
        "answered both is that of the totals, it is significant where the two answers agree with phi = {phi} or more, and "
        "not where they agree less.",
        phi=f"{comparison.tipping.phi:.2f}".replace("-", "−"),
        **values,
    )


# --- the sample ------------------------------------------------------------------------------------------------------


def sample_limits(say, survey):
    """What the way the respondents were found means for every number."""
    invited = survey.about.get("invited")
    if invited:
        known = say(
            "{n} of {invited} that were asked answered.", n=f"{survey.respondents:,}", invited=say.respondents(invited)
        )
    else:
        known = say("{n} answered; how many were asked is not known here.", n=say.respondents(survey.respondents))
    return say(
        "{known} They chose to answer and are not a random sample, so the intervals describe chance in the counts "
        "only, not who stayed away.",
        known=known,
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


def weight_limits(say, size):
    """What is weighted and what is not; `size` is what `weighted` says."""
    return say(
        "{size} (Kish). Shares and their intervals are weighted, numbers of respondents are not. A crosstab of two "
        "single-choice questions is tested by Rao and Scott’s chi-square, which uses the weights. All else counts each "
        "respondent once: other tests, the shares inside crosstabs, comparisons of two questions or of two surveys with "
        "the shares that they name, what totals alone imply, and the check of published figures.",
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
