"""Words: numbers as people write them, findings built from tables, and the message catalogues of other languages."""

import gettext
import io
import math
import re
import unicodedata
from functools import cache
from pathlib import Path

import pandas as pd
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .paired import tipping_point

TURNING = ("R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI")  # signs that set or turn the direction of writing
LONGEST = 120  # characters of a label that a sentence quotes
LOCALE = Path(__file__).parent / "locale"


@cache
def catalogue(lang):
    """The messages of a language, compiled from its PO file on first use. English is the source and has none."""
    path = LOCALE / lang / "LC_MESSAGES" / "helpers.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def isolated(value):
    """A value for a sentence: text that runs from right to left keeps its direction to itself.

    Unicode's first-strong isolate (Unicode Standard Annex 9) also ends every override that the text left open, so that
    no label can turn the numbers behind it around.
    """
    turning = isinstance(value, str) and any(unicodedata.bidirectional(sign) in TURNING for sign in value)
    return f"\u2068{value}\u2069" if turning else value


class Language:
    """Says things in one language. `say = Language("ja"); say("{n} rows", n=3)` looks the message up and fills it."""

    def __init__(self, lang, confidence=0.95):
        self.lang = lang
        self.confidence = confidence
        self._messages = catalogue(lang)

    @property
    def alpha(self):
        """The level of tests that goes with the confidence, without the last digits of a subtraction: 0.05 for 0.95."""
        return round(1 - self.confidence, 12)

    def __call__(self, message, **values):
        """The message in this language with its values filled in."""
        return self._messages.gettext(message).format(**{name: isolated(value) for name, value in values.items()})

    def plural(self, one, many, n, **values):
        """The message in the form that goes with the number n, which it may use as {n}."""
        return self._messages.ngettext(one, many, n).format(n=f"{n:,}", **values)

    def prose(self, source):
        """A prose cell of a notebook in this language."""
        return self._messages.gettext(source.strip())

    def comments(self, source):
        """The code of a parameters cell with its comments in this language."""
        lines = [line.partition("  # ") for line in source.splitlines()]
        return "\n".join(code + mark + (self._messages.gettext(words) if words else "") for code, mark, words in lines)

    def percent(self, share):
        """A share (0 to 1) in whole percent, halves rounded up: "54%"."""
        return f"{math.floor(share * 100 + 0.5 + 1e-9)}%"

    def points(self, difference):
        """A signed difference of shares in percentage points: "+5", "−12"."""
        value = math.floor(abs(difference) * 100 + 0.5 + 1e-9)
        return f"{'−' if difference < 0 and value else '+' if value else ''}{value}"

    def firms(self, n):
        """A number of firms with its noun or counter."""
        return self.plural("{n} firm", "{n} firms", int(n))

    def share_count(self, answer):
        """Share and count of a table's row for a mark in a figure: "54% · 64", with a † if the share is weak."""
        words = self("{share} · {count}", share=self.percent(answer["share"]), count=f"{int(answer['count']):,}")
        return words + self.mark(answer)

    @staticmethod
    def mark(answer):
        """The quiet mark of a weak share."""
        return "†" if answer.get("flag") else ""

    def range(self, low, high):
        """An interval of shares in whole percent: "45–63%"."""
        return self("{low}–{high}%", low=self.percent(low)[:-1], high=self.percent(high)[:-1])

    def level(self):
        """The confidence level: "95%"."""
        return f"{self.confidence * 100:g}%"

    def p(self, p):
        """A p-value with its sign, in three decimals below 0.1 and two above: "p = 0.042", "p = 0.42", "p < 0.001"."""
        return "p < 0.001" if p < 0.001 else f"p = {self.p_number(p)}"

    def p_number(self, p):
        """A p-value without its sign."""
        if p < 0.001:
            return "< 0.001"
        return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"

    def evidence(self, answer):
        """What stands behind a share: count, base and interval of one row of a table, in brackets."""
        values = {
            "count": f"{answer['count']:,}",
            "base": f"{answer['base']:,}",
            "level": self.level(),
            "interval": self.range(answer["low"], answer["high"]),
        }
        if is_weighted(answer):
            return self("(weighted; {count} of {base} firms, {level} interval {interval})", **values)
        return self("({count} of {base} firms, {level} interval {interval})", **values)

    def pair(self, first, second):
        """The names of two things that are compared."""
        return self("{first} – {second}", first=first, second=second)

    def quoted(self, label):
        """A label of the survey between quotation marks; of a very long one its beginning, the tables have the rest."""
        return self("“{label}”", label=label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…")

    def listed(self, items):
        """Items joined as a list in a sentence."""
        items = list(items)
        if len(items) < 2:
            return "".join(items)
        return self("{items} and {last}", items=self(", ").join(items[:-1]), last=items[-1])


def is_weighted(table):
    """Whether the shares of a table, or of one of its rows, are weighted."""
    return "n_effective" in table


def top(table, n=0, roles=("answer",)):
    """The n-th most frequent row (0 is the first) among the answers of these roles; ties keep the table's order."""
    by = "share" if is_weighted(table) else "count"
    ranked = table[table["role"].isin(roles)].sort_values(by, ascending=False, kind="stable")
    return ranked.iloc[n]


def has_single_answer(table):
    """Whether a question has one ordinary answer only, so that none can come second."""
    return (table["role"] == "answer").sum() == 1


def pick(table, option):
    """The row of one option."""
    return table.set_index("option").loc[option]


# --- findings and titles: each builds a sentence from tables ---------------------------------------------------------


def most_frequent(say, table):
    """The most frequent answer and the runner-up, with their evidence; of a single answer that alone."""
    if has_single_answer(table):
        return one_share(say, top(table))
    first, second = top(table), top(table, 1)
    return say(
        "The most frequent answer is {first}: {share} {evidence}, followed by {second}: {share2} {evidence2}.",
        first=say.quoted(first["label"]),
        share=say.percent(first["share"]),
        evidence=say.evidence(first),
        second=say.quoted(second["label"]),
        share2=say.percent(second["share"]),
        evidence2=say.evidence(second),
    )


def one_share(say, answer):
    """One answer with its evidence."""
    return say(
        "{label}: {share} {evidence}.",
        label=say.quoted(answer["label"]),
        share=say.percent(answer["share"]),
        evidence=say.evidence(answer),
    )


def title_ranking(say, table):
    """Title for bars: the two most frequent answers; of a single answer its share."""
    if has_single_answer(table):
        only = top(table)
        return say("{name}: {value}", name=say.quoted(only["label"]), value=say.percent(only["share"]))
    first, second = top(table), top(table, 1)
    return say(
        "{first} is named most ({share}), then {second} ({share2})",
        first=say.quoted(first["label"]),
        share=say.percent(first["share"]),
        second=say.quoted(second["label"]),
        share2=say.percent(second["share"]),
    )


def title_respondents(say, industry, employees):
    """Title: the largest industry and the most frequent size."""
    first, size = top(industry), top(employees)
    return say(
        "{industry} is the largest industry ({share}); the most frequent size is {size} employees ({share2})",
        industry=first["label"],
        share=say.percent(first["share"]),
        size=size["label"],
        share2=say.percent(size["share"]),
    )


def title_sizes(say, first, second):
    """Title: the most frequent size of the supply chain on each side."""
    a, b = top(first), top(second)
    values = {"a": say.quoted(a["label"]), "x": say.percent(a["share"]), "y": say.percent(b["share"])}
    if a["option"] == b["option"]:
        return say("{a} is the most frequent answer on both sides: suppliers {x}, customers {y}", **values)
    return say(
        "The most frequent answer is {a} for suppliers ({x}) and {b} for customers ({y})",
        b=say.quoted(b["label"]),
        **values,
    )


def title_awareness(say, groups):
    """Title: the partner groups known best and least. `groups` has a row per group: short, share."""
    ranked = groups.sort_values("share", ascending=False, kind="stable")
    best, least = ranked.iloc[0], ranked.iloc[-1]
    return say(
        "{best} are known best: {x} of the firms are largely aware of their security; {least} are known least ({y})",
        best=best["group"],
        x=say.percent(best["share"]),
        least=sentence_case(say, least["group"]),
        y=say.percent(least["share"]),
    )


def sentence_case(say, label):
    """A label as it stands inside a sentence: its first letter small, unless it is an acronym."""
    return label if say.lang != "en" or label[:2].isupper() else label[:1].lower() + label[1:]


def finding_awareness(say, groups):
    """Awareness of every partner group, best known first, with evidence."""
    ranked = groups.sort_values("share", ascending=False, kind="stable")
    parts = [
        say(
            "{group} {share} {evidence}",
            group=sentence_case(say, g["group"]),
            share=say.percent(g["share"]),
            evidence=say.evidence(g),
        )
        for _, g in ranked.iterrows()
    ]
    return say("Firms that are largely aware, by partner group: {parts}.", parts=say("; ").join(parts))


def _difference_values(say, comparison):
    first, second = comparison.names
    return {
        "first": first,
        "second": sentence_case(say, second),
        "x": say.percent(comparison.shares[0]),
        "y": say.percent(comparison.shares[1]),
        "points": say.points(comparison.difference.value),
        "low": say.points(comparison.difference.low),
        "high": say.points(comparison.difference.high),
        "level": say.level(),
        "p": say.p(comparison.tests[0]["p"]),
    }


def finding_difference(say, comparison):
    """Two shares compared: their difference with its interval, and what the as-if-independent test says.

    With raw answers it is the difference among the firms that answered both questions, and McNemar's test.
    """
    sentence = _difference_sentence(say, comparison)
    return say("Without weights: {sentence}", sentence=sentence) if comparison.weights else sentence


def _difference_sentence(say, comparison):
    values = _difference_values(say, comparison)
    if comparison.joint:
        values |= {"p": say.p(comparison.joint.p), "n": say.firms(comparison.joint.n)}
        if comparison.joint.p < say.alpha:
            return say(
                "{first} {x}, {second} {y}: among the {n} that answered both, a difference of {points} percentage points "
                "({level} interval {low} to {high}), which is significant (McNemar, {p}).",
                **values,
            )
        return say(
            "{first} {x}, {second} {y}: among the {n} that answered both, a difference of {points} percentage points "
            "({level} interval {low} to {high}); a difference is not shown (McNemar, {p}).",
            **values,
        )
    if comparison.tests[0]["p"] < say.alpha:
        return say(
            "{first} {x}, {second} {y}: a difference of {points} percentage points ({level} interval {low} to {high}); "
            "read as if different firms had answered, it is significant ({p}).",
            **values,
        )
    return say(
        "{first} {x}, {second} {y}: a difference of {points} percentage points ({level} interval {low} to {high}); "
        "read as if different firms had answered, a difference is not shown ({p}).",
        **values,
    )


def note_difference(say, comparison):
    """Lines that stand beside a pair in a figure: the difference, and both readings."""
    values = _difference_values(say, comparison)
    apart = say("{points} points ({low} to {high})", **values)
    return [
        say("without weights: {sentence}", sentence=apart) if comparison.weights else apart,
        say("as if independent: {p}", **values),
        say(
            "same firms: p {range}, {verdict}",
            range=p_range(say, comparison.paired),
            verdict=verdict(say, comparison.paired),
        ),
    ]


def p_range(say, paired):
    """The range of a paired p-value: "0.02–0.70"."""
    low, high = say.p_number(paired.p_min), say.p_number(paired.p_max)
    return low if low == high else say("{low} to {high}", low=low, high=high)


def verdict(say, paired):
    """The verdict of a paired range in a word or two."""
    return {
        "always": say("significant"),
        "never": say("not significant"),
        "undetermined": say("undecided"),
    }[paired.verdict]


def finding_paired(say, comparison, firms):
    """What the margins prove about the paired test, in one plain sentence; `firms` is the number of respondents."""
    first, second = comparison.names
    paired = comparison.paired
    values = {
        "label": say.quoted(comparison.label),
        "first": first,
        "second": sentence_case(say, second),
        "range": p_range(say, paired),
        "n": f"{firms:,}",
    }
    if comparison.joint:
        return say(
            "{label}, {first} against {second}: {b} gave this answer to the first only, {c} to the second only (of {n} that "
            "answered both; McNemar, {p}: {verdict}).",
            b=say.firms(comparison.joint.b),
            c=say.firms(comparison.joint.c),
            p=say.p(comparison.joint.p),
            verdict=verdict(say, paired) if paired.verdict == "always" else say("not shown"),
            **(values | {"n": say.firms(comparison.joint.n)}),
        )
    if comparison.raw:
        return say("{label}, {first} against {second}: no firm answered both questions.", **values)
    if paired.verdict == "always":
        return say(
            "{label}, {first} against {second}, read as answers of the same firms: significant however the answers "
            "overlapped (McNemar, p {range}).",
            **values,
        )
    if paired.verdict == "never":
        return say(
            "{label}, {first} against {second}, read as answers of the same firms: a difference is not shown however the "
            "answers overlapped (McNemar, p {range}).",
            **values,
        )
    tipping = tipping_point(*comparison.margins, alpha=say.alpha)
    if tipping.verdict != "undetermined":
        return say(
            "{label}, {first} against {second}, read as answers of the same firms: undecided (McNemar, p {range}); it "
            "depends on how the answers overlapped, which was not published.",
            **values,
        )
    return say(
        "{label}, {first} against {second}, read as answers of the same firms: undecided (McNemar, p {range}). The "
        "published difference is significant if no more than {k} of the {n} firms answered the two questions differently "
        "(an agreement of phi = {phi} or more), and not if more did; how many did was not published.",
        k=tipping.discordant,
        phi=f"{tipping.phi:.2f}".replace("-", "−"),
        **values,
    )


def title_map(say, comparisons):
    """Title of the map: for how many pairs the paired test is undecided, and which are certain."""
    open_ = [c for c in comparisons if c.paired.verdict == "undetermined"]
    certain = [c for c in comparisons if c.paired.verdict == "always"]
    values = {"open": len(open_), "all": len(comparisons)}
    if all(c.joint for c in comparisons):
        return say(
            "The same firms differ significantly in {certain} of {all} pairs (McNemar)", certain=len(certain), **values
        )
    if not certain:
        return say("Whether the same firms differ is undecided for {open} of {all} pairs", **values)
    named = say.listed(
        say(
            "{first} against {second}",
            first=sentence_case(say, c.names[0]),
            second=sentence_case(say, c.names[1]),
        )
        for c in certain
    )
    return say(
        "Whether the same firms differ: undecided for {open} of {all} pairs, certain for {named}", named=named, **values
    )


def title_ranges(say, comparisons):
    """Title of the figure of p-ranges: how many comparisons are certain, and how many the overlap decides."""
    verdicts = [c.paired.verdict for c in comparisons]
    if all(c.joint for c in comparisons):
        return say(
            "Answers of the same firms: {always} of {all} changes are significant (McNemar)",
            always=verdicts.count("always"),
            all=len(verdicts),
        )
    return say(
        "Same firms, unknown overlap: {always} of {all} changes are significant for certain, {never} are not, "
        "{open} are undecided",
        always=verdicts.count("always"),
        never=verdicts.count("never"),
        open=verdicts.count("undetermined"),
        all=len(verdicts),
    )


def finding_ranges(say, comparisons):
    """Which of many comparisons are significant whatever the overlap of the answers."""
    certain = [c for c in comparisons if c.paired.verdict == "always"]
    settled = all(c.joint for c in comparisons)
    if not certain and settled:
        return say("Among answers of the same firms, no change is shown (McNemar, before adjustment).")
    if not certain:
        return say("Read as answers of the same firms, no change is significant whatever the overlap.")
    named = [
        say("{label} ({first} – {second})", label=say.quoted(c.label), first=c.names[0], second=c.names[1])
        for c in certain
    ]
    if settled:
        return say(
            "Among answers of the same firms, these changes are significant (McNemar, before adjustment): {named}.",
            named=say.listed(named),
        )
    return say(
        "Read as answers of the same firms, these changes are significant whatever the overlap of the answers: {named}.",
        named=say.listed(named),
    )


def finding_joint(say, first, second, label, joint):
    """What share of firms gave an answer to both questions, or to at least one, as far as the margins tell."""

    def span(low, high):
        return say.range(low / joint.respondents, high / joint.respondents)

    return say(
        "Share of firms that are {label} for both {first} and {second}: somewhere in {both}. For at least one of the two: "
        "somewhere in {either}.",
        label=say.quoted(label),
        first=sentence_case(say, first),
        second=sentence_case(say, second),
        both=span(joint.both_low, joint.both_high),
        either=span(joint.either_low, joint.either_high),
    )


def finding_joint_known(say, first, second, label, both, either):
    """The shares of firms that gave an answer to both questions, and to at least one."""
    return say(
        "Share of firms that are {label} for both {first} and {second}: {both}. For at least one of the two: {either}.",
        label=say.quoted(label),
        first=sentence_case(say, first),
        second=sentence_case(say, second),
        both=say.percent(both),
        either=say.percent(either),
    )


def finding_pooled(say, label, count, base):
    """The share of an answer among the answers to two questions pooled."""
    return say(
        "Of all {base} answers about either group, {count} say {label}: {share}. It is a share of answers, not of firms.",
        base=f"{base:,}",
        count=f"{count:,}",
        label=say.quoted(label),
        share=say.percent(count / base),
    )


def interval_name(say, method):
    """The name of an interval method."""
    return {
        "wilson": say("Wilson"),
        "agresti_coull": say("Agresti–Coull"),
        "clopper_pearson": say("Clopper–Pearson"),
        "jeffreys": say("Jeffreys"),
        "wald": say("Wald"),
    }[method]


def claim_words(say, claim):
    """A claim's verdict in words, with the reason where it is not a plain yes."""
    words = {
        "holds": say("holds"),
        "rounded": say("holds only after rounding"),
        "fails": say("does not hold"),
        "undecided": say("cannot be decided from what was published"),
    }[claim["verdict"]]
    reasons = {
        "outside": say("needs data that were not published"),
        "paired": say("depends on how the answers overlapped"),
    }
    reason = reasons.get(claim["reason"])
    return (
        say("{verdict}: {reason}", verdict=words, reason=reason)
        if reason and claim["verdict"] == "undecided"
        else words
    )


def claim_numbers(say, claim):
    """What the counts say about a claim: a number, or bounds."""
    share = claim["kind"] in ("percent", "reach", "both", "any", "only", "less")
    if claim["kind"] == "same":
        return say(
            "p = {p} as if independent; {low} to {high} for the same firms",
            **{name: say.p_number(claim[key]) for name, key in (("p", "value"), ("low", "low"), ("high", "high"))},
        )
    if pd.notna(claim["low"]):
        numbers = {key: f"{claim[key]:.1f}%" if share else f"{claim[key]:.0f}" for key in ("low", "high")}
        return say("between {low} and {high}", **numbers)
    if pd.isna(claim["value"]):
        return ""
    if claim["kind"] == "less":
        return say("{points} points", points=say.points(claim["value"] / 100))
    return f"{claim['value']:.1f}%" if share else f"{claim['value']:.0f}"


def title_audit(say, claims, percentages):
    """Title of the audit: how many claims hold, and how many printed figures are right."""
    return say(
        "{holds} of {claims} claims hold; {right} of {figures} printed percentages are right",
        holds=int((claims["verdict"] == "holds").sum()),
        claims=len(claims),
        right=int((percentages["verdict"] == "holds").sum()),
        figures=len(percentages),
    )


def finding_audit(say, claims):
    """How many claims fall under each verdict."""
    counts = claims["verdict"].value_counts()
    return say(
        "Of {all} claims {holds} hold, {rounded} hold only after rounding, {fails} do not hold, and {undecided} cannot be "
        "decided from what was published. Claims about differences are judged at the {alpha} level.",
        alpha=f"{100 * say.alpha:g}%",
        all=len(claims),
        **{name: int(counts.get(name, 0)) for name in ("holds", "rounded", "fails", "undecided")},
    )


def finding_charts(say, differing, audited):
    """How many charts contradict their table, and the likely cause."""
    forced = int((differing["cause"] == "sum").sum())
    return say(
        "{wrong} of the {charts} percentages that survive from charts differ from their table; for {forced} of them the "
        "change is just what makes the chart add up to 100%, so the labels were probably adjusted.",
        wrong=len(differing),
        charts=int((audited["printed_in"] == "chart").sum()),
        forced=forced,
    )


def title_forest(say, tests):
    """Title of the forest plot: what stays significant when all tests are adjusted together."""
    if (tests["p_min"] == tests["p_max"]).all():
        return say(
            "{shown} of {all} differences stay significant as if independent (Benjamini–Hochberg); {certain} by McNemar’s test",
            shown=int((tests["p_all"] < say.alpha).sum()),
            all=len(tests),
            certain=int((tests["verdict"] == "always").sum()),
        )
    return say(
        "{shown} of {all} differences stay significant as if independent (Benjamini–Hochberg); {certain} whatever the overlap",
        shown=int((tests["p_all"] < say.alpha).sum()),
        all=len(tests),
        certain=int((tests["verdict"] == "always").sum()),
    )


def finding_distribution(say, first, second, pearson, ordered):
    """Two distributions compared by Pearson's chi-square and by a test that uses the order of the answers."""
    shown = min(pearson["p"], ordered["p"]) < say.alpha
    values = {
        "first": sentence_case(say, first),
        "second": sentence_case(say, second),
        "p": say.p(pearson["p"]),
        "p2": say.p(ordered["p"]),
        "chance": say.percent(ordered["effect"]),
    }
    if shown:
        return say(
            "The sizes of {first} and {second} differ, read as if different firms had answered (chi-square {p}; using the "
            "order of the sizes {p2}; chance that the second is the larger {chance}).",
            **values,
        )
    return say(
        "A difference in size between {first} and {second} is not shown, read as if different firms had answered "
        "(chi-square {p}; using the order of the sizes {p2}; chance that the second is the larger {chance}).",
        **values,
    )


def finding_unknown(say, first, second, tables):
    """How many answers of each side are unknown, undisclosed or missing."""
    out = [t[t["role"].isin(("undisclosed", "no_answer"))] for t in tables]
    counts, shares = [t["count"].sum() for t in out], [t["share"].sum() for t in out]
    return say(
        "The comparison leaves out those who do not know, do not say or did not answer: {x} for {first} and {y} for "
        "{second}. Were they all large, or all small, the comparison could look different.",
        first=sentence_case(say, first),
        second=sentence_case(say, second),
        x=f"{say.firms(counts[0])} ({say.percent(shares[0])})",
        y=f"{say.firms(counts[1])} ({say.percent(shares[1])})",
    )


def title_reasons(say, reasons):
    """Title: the most frequent reason for not being aware, and in how many groups it comes first."""
    why_not = reasons[reasons["status"] == "unaware"]
    firsts = [top(group) for _, group in why_not.groupby("question", sort=False)]
    label, wins = max(((f["label"], sum(g["label"] == f["label"] for g in firsts)) for f in firsts), key=lambda x: x[1])
    return say(
        "Why firms are hardly aware: {label} comes first in {wins} of {groups} partner groups",
        label=say.quoted(label),
        wins=wins,
        groups=len(firsts),
    )


def _leading_reason(say, reasons, status):
    block = reasons[(reasons["status"] == status) & (reasons["role"] == "answer")]
    often = block["share"] * block["base"] if is_weighted(block) else block["count"]
    option = often.groupby(block["option"], sort=False).sum().idxmax()
    rows = block[block["option"] == option]
    return {"label": say.quoted(rows["label"].iloc[0]), "range": say.range(rows["share"].min(), rows["share"].max())}


def finding_reasons(say, reasons):
    """The most frequent reason of each block, with the range of its share of firms over the partner groups."""
    aware = say(
        "Of the firms that are largely aware, {range} name {label}, depending on the partner group.",
        **_leading_reason(say, reasons, "aware"),
    )
    unaware = say(
        "Of those that are hardly aware, {range} name {label}.",
        **_leading_reason(say, reasons, "unaware"),
    )
    return say("{first} {second}", first=aware, second=unaware)


def title_support(say, everyone, knowing, unknown):
    """Title: how many do not know (the options in `unknown`), and what those say who know."""
    missing, first = everyone[everyone["option"].isin(unknown)]["share"].sum(), top(knowing)
    return say(
        "{x} of the firms do not know whether their partners are ready; {y} of the {n} that know say {label}",
        x=say.percent(missing),
        y=say.percent(first["share"]),
        n=f"{first['base']:,}",
        label=say.quoted(first["label"]),
    )


def title_measures(say, measures):
    """Title: the measure that grows most from the first question to the last."""
    wide = measures.pivot_table(index=["option", "label", "role"], columns="question", values="share", sort=False)
    wide = wide.dropna().reset_index()
    first, middle, last = wide.columns[3:]
    grown = wide[wide["role"] == "answer"].assign(rise=lambda w: w[last] - w[first]).nlargest(1, "rise").iloc[0]
    return say(
        "{label} grows most: {x} now, {y} wanted, {z} after an attack",
        label=say.quoted(brief(grown["label"])),
        x=say.percent(grown[first]),
        y=say.percent(grown[middle]),
        z=say.percent(grown[last]),
    )


def finding_nothing(say, measures):
    """What becomes of doing nothing, from the first question to the last."""
    rows = measures[measures["role"] == "none"]
    return say(
        "{label}: {shares}.",
        label=say.quoted(rows["label"].iloc[0]),
        shares=say.listed(
            say("{group} {share}", group=r["group"], share=say.percent(r["share"])) for _, r in rows.iterrows()
        ),
    )


def finding_movement(say, survey, tests, first, second):
    """Which items differ between two multiple-choice questions, after Holm's adjustment over all tests given."""
    pair = tests[(tests["first"] == first) & (tests["second"] == second) & (tests["test"] == "pearson")]
    shown = pair[pair["p_adjusted"] < say.alpha]
    values = {
        "first": survey.short(first),
        "second": sentence_case(say, survey.short(second)),
        "count": len(pair),
        "shown": len(shown),
    }
    if shown.empty:
        return say(
            "{first} against {second}: none of {count} items is shown to differ after Holm’s adjustment.", **values
        )
    labels = survey.table(first).set_index("option")["label"]
    named = [
        say("{label} ({p})", label=say.quoted(labels[t["options"]]), p=say.p(t["p_adjusted"]))
        for _, t in shown.iterrows()
    ]
    return say(
        "{first} against {second}: {shown} of {count} items differ significantly after Holm’s adjustment, read as if "
        "different firms had answered: {named}.",
        named=say.listed(named),
        **values,
    )


def title_obstacles(say, table, own):
    """Title: the most frequent obstacle on either side; `own` are the option ids of the firms' own side."""
    a, b = top(table[table["option"].isin(own)]), top(table[~table["option"].isin(own)])
    return say(
        "Most named on the firms’ own side: {a} ({x}); on the partners’ side: {b} ({y})",
        a=say.quoted(brief(a["label"])),
        x=say.percent(a["share"]),
        b=say.quoted(brief(b["label"])),
        y=say.percent(b["share"]),
    )


def brief(label):
    """A label without its explanation in brackets."""
    return re.sub(r"\s*[(（].*[)）]\s*$", "", label) or label


def title_incidents(say, reached):
    """Title: how many firms were reached and, where it was published, how many were harmed."""
    first = reached.iloc[0]
    share = say.percent(first["share"])
    share = say("{share} weighted", share=share) if is_weighted(first) else share
    values = {"reached": f"{first['count']:,}", "all": f"{first['base']:,}", "share": share}
    if len(reached) == 1:
        return say("An attack on a partner has reached {reached} of {all} firms ({share})", **values)
    return say(
        "An attack on a partner has reached {reached} of {all} firms ({share}); {harmed} of them were harmed",
        harmed=reached.iloc[1]["count"],
        **values,
    )


def finding_reached(say, reached):
    """The share of all firms that was reached, and harmed, with evidence."""
    first = reached.iloc[0]
    sentence = say(
        "An attack on a partner has reached {share} of the firms {evidence}.",
        share=say.percent(first["share"]),
        evidence=say.evidence(first),
    )
    if len(reached) == 1:
        return sentence
    second = reached.iloc[1]
    harmed = say("{share} were harmed {evidence}.", share=say.percent(second["share"]), evidence=say.evidence(second))
    return say("{first} {second}", first=sentence, second=harmed)


def finding_overlap(say, damage, harmed):
    """What the counts of damage say about the number of firms harmed, beside the number published."""
    hurt, base = damage[damage["role"] == "answer"]["count"], damage["base"].iloc[0]
    unharmed = damage[damage["role"] == "none"]["count"].sum()
    values = {"low": hurt.max(), "high": say.firms(min(hurt.sum(), base)), "none": say.firms(unharmed)}
    bounds = say("The counts of damage put the number of firms harmed between {low} and {high}.", **values)
    if harmed is None:
        return bounds
    over = max(0, unharmed + int(harmed) - base)
    return say(
        "{bounds} The publisher’s note says {harmed}; with the {none} that report hardly any damage at least {over} "
        "must have given both answers.",
        bounds=bounds,
        harmed=int(harmed),
        over=over,
        none=say.firms(unharmed),
    )


def title_agreements(say, table, codified):
    """Title: the share that has cyber security in writing, and the shares it is made of."""
    parts = table[table["option"].isin(codified)]
    total = parts["share"].sum() if is_weighted(table) else parts["count"].sum() / table["base"].iloc[0]
    return say(
        "{total} of the firms have cyber security in writing ({parts})",
        total=say.percent(total),
        parts=" + ".join(say.percent(share) for share in parts["share"]),
    )


def finding_agreements(say, table, codified):
    """The share that has cyber security in writing, with its parts by name."""
    parts = table[table["option"].isin(codified)]
    return say(
        "{title}: {parts}.",
        title=title_agreements(say, table, codified),
        parts=say.listed(one_part(say, part) for _, part in parts.iterrows()),
    )


def one_part(say, answer):
    """A label with its share and evidence, for lists."""
    return say(
        "{label} {share} {evidence}",
        label=say.quoted(answer["label"]),
        share=say.percent(answer["share"]),
        evidence=say.evidence(answer),
    )


def title_overview(say, awareness, measures):
    """Title of the overview: awareness of the group known best and of the others, and the share that does nothing."""
    nothing = measures[measures["role"] == "none"].iloc[0]
    ranked = awareness[awareness["option"] == "aware"].sort_values("share", ascending=False, kind="stable")
    best, rest = ranked.iloc[0], ranked.iloc[1:]
    return say(
        "{x} of the firms know the security of {best}, {range} that of the others; {nothing} do nothing about it",
        x=say.percent(best["share"]),
        best=sentence_case(say, best["group"]),
        range=say.range(rest["share"].min(), rest["share"].max()),
        nothing=say.percent(nothing["share"]),
    )


def no_reference(say, question):
    """That a comparison with the population needs a population table."""
    return say(
        "Whether the mix of “{question}” is near the national one cannot be checked from here: no population table was "
        "published with the survey. Give one in the parameter reference, and the test runs.",
        question=question,
    )


def finding_fit(say, question, test):
    """Goodness of fit against population shares."""
    values = {"question": say.quoted(question), "p": say.p(test["p"]), "n": say.firms(test["n"])}
    if test["p"] < say.alpha:
        return say("The mix of {question} differs from the population given ({p}, {n}).", **values)
    return say("A difference between the mix of {question} and the population given is not shown ({p}, {n}).", **values)


def sample_limits(say, survey):
    """What the way the firms were found means for every number."""
    invited = survey.about.get("invited")
    known = (
        say("{n} of {invited} firms that were asked answered.", n=f"{survey.respondents:,}", invited=f"{invited:,}")
        if invited
        else say("{n} answered; how many were asked is not published.", n=say.firms(survey.respondents))
    )
    return say(
        "{known} They chose to answer and are not a random sample, so the intervals describe chance in the counts "
        "only, not who stayed away.",
        known=known,
    )


def weighted(say, n, effective):
    """That shares are weighted, with Kish's effective sample size."""
    return say("Weighted: {firms}, effective sample size {n}", firms=say.firms(n), n=f"{effective:.1f}")


def weight_limits(say, size):
    """What is weighted and what is not; `size` says what the respondents are worth."""
    return say(
        "{size} (Kish). Shares and their intervals are weighted, numbers of firms are not. A crosstab of two single-choice "
        "questions is tested by Rao and Scott’s chi-square, which uses the weights. All else counts each firm once, "
        "without weights: other tests, the shares inside crosstabs, comparisons of two questions (McNemar’s test among "
        "them) or of two surveys with the shares that they name, what totals alone imply, and the check of published "
        "figures.",
        size=size,
    )


def alt_text(say, title, table, most=12):
    """What a figure shows and its key numbers, for readers who do not see it. `table` holds the plotted numbers."""
    rows = table if "share" in table else table.iloc[0:0]
    parts = []
    for _, r in rows.head(most).iterrows():
        name = say(", ").join(str(r[column]) for column in ("group", "label") if r.get(column))
        parts.append(
            say(
                "{name} {share} ({count} of {base})",
                name=name,
                share=say.percent(r["share"]),
                count=int(r["count"]),
                base=int(r["base"]),
            )
        )
    more = say(" and {n} more in the table", n=len(rows) - most) if len(rows) > most else ""
    numbers = say(" Figures: {parts}{more}.", parts=say("; ").join(parts), more=more) if parts else ""
    return say("{title}.", title=title) + numbers
