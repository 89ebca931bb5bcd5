"""The registry: what each column of an output table is called and how it is shown, and the names of tests and verdicts.

Notebook tables, the HTML report, the workbook and the dictionary in data/README.md read it; nothing else names a column.
A column without an entry stands under its own name. Words are marked by `N_` and translated when they are said; in them
`{respondents}`, `{Respondents}` and `{respondent}` become the survey's noun for those who answered.
"""

import math
from dataclasses import dataclass

import pandas as pd

from ..words.language import N_, Language


@dataclass(frozen=True)
class Column:
    """A column's heading in words, the format of its values (a key of FORMATS), its width, and where it is left out.

    `hidden` columns are for computing: people do not see them in notebooks and reports, but CSV files and the workbook
    have them. `width` is the number of characters at which the workbook wraps the cells, 0 for the format's own.
    """

    words: str
    format: str = "text"
    hidden: bool = False
    width: int = 0


FORMATS = {
    "text": "text",
    "id": "an id, or several joined by “|”",
    "code": "one of the words below, shown in the language of the report",
    "count": "a whole number",
    "number": "a number",
    "number1": "a number, shown with one decimal",
    "number2": "a number, shown with two decimals",
    "printed": "a percentage from 0 to 100, as printed",
    "percent": "a share from 0 to 1, shown in percent",
    "points": "a difference of shares from -1 to 1, shown in percentage points",
    "points1": "a difference of shares from -1 to 1, shown in percentage points with one decimal",
    "limit": "an end of an interval, in the unit of what it is about",
    "p": "a p-value from 0 to 1",
    "p_limit": "the smallest or largest possible p-value",
    "pair": "text",
}
WIDTHS = {"text": 60, "pair": 60, "id": 40, "code": 30}  # characters; columns of numbers are as wide as their numbers
TEXTS = (*WIDTHS, "pair")  # formats of text, whatever it looks like

COLUMNS = {
    # what a row is about
    "notebook": Column(N_("Notebook"), "id", hidden=True),
    "question": Column(N_("Question id"), "id", hidden=True),
    "group": Column(N_("Group")),
    "side": Column(N_("Side")),
    "status": Column(N_("Status"), "id", hidden=True),
    "option": Column(N_("Answer id"), "id", hidden=True),
    "label": Column(N_("Answer")),
    "role": Column(N_("Role of the answer"), "code", hidden=True),
    "short": Column(N_("Question")),
    "wording": Column(N_("Question")),
    "row_question": Column(N_("Question of the groups"), "id"),
    "column_question": Column(N_("Question of the answers"), "id"),
    "group_option": Column(N_("Group id"), "id"),
    "group_label": Column(N_("Group")),
    "base_weighted": Column(N_("Base, weighted"), "number1"),
    "share_rest": Column(N_("Share of all others"), "percent"),
    # shares
    "count": Column(N_("{Respondents}"), "count"),
    "base": Column(N_("Base"), "count"),
    "share": Column(N_("Share"), "percent"),
    "low": Column(N_("Interval, lower end"), "limit"),
    "high": Column(N_("Interval, upper end"), "limit"),
    "flag": Column(N_("Weak because"), "code", hidden=True),
    "level": Column(N_("Level"), "percent", hidden=True),
    "method": Column(N_("Method of the interval"), "code", hidden=True),
    "n_effective": Column(N_("Effective sample size"), "number1"),
    "selections": Column(N_("Selections"), "count"),
    "share_selections": Column(N_("Share of selections"), "percent"),
    "score": Column(N_("Mean score"), "number2"),
    "balance": Column(N_("Better minus worse (points)"), "points"),
    "quantile": Column(N_("Quantile"), "percent"),
    "number": Column(N_("Number"), "number"),
    "start": Column(N_("From"), "number", hidden=True),
    "end": Column(N_("Below"), "number", hidden=True),
    "share_all": Column(N_("Share of all {respondents}"), "percent"),
    # comparisons
    "pair": Column(N_("Pair")),
    "pair_first": Column(N_("First of the pair"), "pair"),
    "pair_second": Column(N_("Second of the pair"), "pair"),
    "first": Column(N_("First question"), "id", hidden=True),
    "second": Column(N_("Second question"), "id", hidden=True),
    "share_first": Column(N_("First share"), "percent"),
    "share_second": Column(N_("Second share"), "percent"),
    "difference": Column(N_("Difference (points)"), "points"),
    "detectable": Column(N_("Smallest difference this sample could show (points)"), "points1"),
    "weighted": Column(N_("Survey with weights"), hidden=True),
    "least": Column(N_("At least"), "count"),
    "of": Column(N_("Of those who gave the first"), "count"),
    "phi": Column(N_("Agreement (phi)"), "number2"),
    "p": Column(N_("p"), "p"),
    "p_adjusted": Column(N_("p (Holm)"), "p"),
    "p_low": Column(N_("Smallest p, same {respondents}"), "p_limit"),
    "p_high": Column(N_("Largest p, same {respondents}"), "p_limit"),
    "p_low_adjusted": Column(N_("Smallest p, same {respondents} (Holm)"), "p_limit"),
    "p_high_adjusted": Column(N_("Largest p, same {respondents} (Holm)"), "p_limit"),
    "small": Column(N_("Shown to be smaller than (points)"), "points", hidden=True),
    "p_chi_square": Column(N_("p, chi-square"), "p"),
    "p_kept": Column(N_("p, chi-square with no answer as an answer of its own"), "p"),
    "p_yates": Column(N_("p, chi-square with Yates’ correction"), "p"),
    "p_fisher": Column(N_("p, Fisher’s exact test"), "p"),
    "p_order": Column(N_("p, order of the answers used"), "p"),
    "verdict": Column(N_("Verdict"), "code"),
    "count_baseline": Column(N_("{Respondents}, baseline"), "count"),
    "base_baseline": Column(N_("Base, baseline"), "count"),
    "share_baseline": Column(N_("Share, baseline"), "percent"),
    "wave": Column(N_("Wave"), "number"),
    "adjusted": Column(N_("p (Holm) of its test"), "p"),
    "reason": Column(N_("Reason"), "code"),
    "detail": Column(N_("Detail")),
    # tests
    "options": Column(N_("Answer ids"), "id"),
    "test": Column(N_("Test"), "code", width=40),
    "statistic": Column(N_("Statistic"), "number2"),
    "df": Column(N_("Degrees of freedom"), "number"),
    "df2": Column(N_("Degrees of freedom, second"), "number1"),
    "family": Column(N_("Tests adjusted together"), "id"),
    "effect": Column(N_("Effect"), "number2"),
    "effect_kind": Column(N_("Kind of effect"), "code"),
    "n": Column(N_("Answers counted"), "count"),
    "min_expected": Column(N_("Smallest expected"), "number1"),
    "b": Column(N_("Gave it to the first only"), "count"),
    "c": Column(N_("Gave it to the second only"), "count"),
    "no_answer": Column(N_("No answer"), "code"),
    "decimals": Column(N_("Decimals to which p was rounded up"), "count"),
    # what was published
    "claim": Column(N_("Claim id"), "id"),
    "place": Column(N_("Where"), "code"),
    "kind": Column(N_("Kind of claim"), "id"),
    "text": Column(N_("Claim")),
    "relation": Column(N_("Relation"), "id", hidden=True),
    "stated": Column(N_("Judged as")),
    "computed": Column(N_("From the counts")),
    "value": Column(N_("From the counts"), "number2"),
    "asked": Column(N_("Of these, asked"), "count"),
    "tied": Column(N_("Just as frequent"), "id"),
    "unit": Column(N_("Unit"), "code"),
    "printed_in": Column(N_("Printed in"), "code"),
    "percent": Column(N_("Printed"), "printed"),
    "exact": Column(N_("Exact"), "number2"),
    "rounded": Column(N_("Exact, rounded"), "printed"),
    "gap": Column(N_("Printed minus exact"), "number2"),
    "table": Column(N_("Table"), "printed"),
    "chart": Column(N_("Chart"), "printed"),
    "cause": Column(N_("Likely cause"), "code"),
    "total": Column(N_("Sum of rounded shares"), "printed"),
    # what a report keeps of its notebooks
    "finding": Column(N_("Finding")),
    "figure": Column(N_("Figure"), "id", hidden=True),
    "questions": Column(N_("Question ids"), "id"),
    "values": Column(N_("Values")),
    "title": Column(N_("Title")),
    "alt": Column(N_("Description")),
    "subtitle": Column(N_("Subtitle")),
    "top": Column(N_("Part that words take above"), hidden=True),
    "bottom": Column(N_("Part that words take below"), hidden=True),
    "annex": Column(N_("In the annex only"), hidden=True),
    "heading": Column(N_("Heading")),
    "colour": Column(N_("Colour"), "id", hidden=True),
    "name": Column(N_("Table"), "id"),
    "caption": Column(N_("What it shows")),
}
TOLD_IN = {
    "high": "low",
    "p_high": "p_low",
    "p_high_adjusted": "p_low_adjusted",
    "pair_second": "pair_first",
    "pair_first": "pair",
}
PARTNERS = {
    "low": "high",
    "p_low": "p_high",
    "p_low_adjusted": "p_high_adjusted",
    "pair_first": "pair_second",
}  # shown as one column, under the first
RANGES = {"p_low": N_("p, same {respondents}"), "p_low_adjusted": N_("p, same {respondents} (Holm)")}
UNPAIRED = Column(N_("p, unpaired"), "p")  # `p` of a comparison, which reads paired answers as those of two samples

TEST_TABLE = {  # the columns of a table of tests for people, each made of several columns of tests.csv
    "compared": N_("Compared"),
    "answers": N_("Answers"),
    "test": N_("Test"),
    "statistic": N_("Statistic (df)"),
    "p": N_("p"),
    "p_adjusted": N_("p (Holm)"),
    "effect": N_("Effect"),
    "n": N_("Answers counted"),
    "min_expected": N_("Smallest expected"),
}

TESTS = {
    "pearson": N_("Pearson’s chi-square"),
    "fisher": N_("Fisher’s exact test"),
    "mann_whitney": N_("Mann–Whitney (uses the order)"),
    "goodness_of_fit": N_("Chi-square goodness of fit"),
    "fisher_simulated": N_("Exact test, simulated"),
    "independence": N_("Pearson’s chi-square"),
    "independence_exact": N_("Exact test"),
    "multiple_independence": N_("Bilder–Loughin, bootstrap (all items)"),
    "multiple_independence_corrected": N_("Bilder–Loughin, second-order Rao–Scott (all items)"),
    "rao_scott": N_("Rao–Scott chi-square, weighted"),
    "rao_scott_items": N_("Rao–Scott chi-square, weighted, smallest of all items (Bonferroni)"),
    "mcnemar": N_("McNemar, same {respondents} (exact)"),
    "weighted_difference": N_("Weighted difference, same {respondents} (t)"),
    "equivalence": N_("Equivalence, same {respondents} (two one-sided tests)"),
    "mcnemar_range": N_("McNemar, same {respondents}: every overlap that the totals allow"),
    "cochran_q": N_("Cochran’s Q, same {respondents}"),
    "stuart_maxwell": N_("Stuart–Maxwell, same {respondents}"),
    "homogeneity_items": N_("McNemar for all items together, same {respondents}"),
}
EFFECTS = {
    "cramers_v": N_("Cramér’s V"),
    "odds_ratio": N_("odds ratio"),
    "probability_higher": N_("chance that the second is higher"),
    "cohens_w": N_("Cohen’s w"),
    "margin": N_("largest difference allowed"),
}
VERDICTS = {
    "holds": N_("holds"),
    "rounded": N_("holds only after rounding"),
    "fails": N_("does not hold"),
    "undecided": N_("cannot be decided from what was published"),
    "not_judged": N_("not judged"),
    "always": N_("significant whatever the overlap"),
    "never": N_("not significant whatever the overlap"),
    "undetermined": N_("undecided"),
}
ROLES = {
    "answer": N_("answer"),
    "none": N_("nothing of this"),
    "other": N_("other"),
    "undisclosed": N_("unknown or not disclosed"),
    "no_answer": N_("no answer"),
}
METHODS = {
    "wilson": N_("Wilson"),
    "agresti_coull": N_("Agresti–Coull"),
    "clopper_pearson": N_("Clopper–Pearson"),
    "jeffreys": N_("Jeffreys"),
    "wald": N_("Wald"),
    "goodman": N_("Goodman, simultaneous"),
    "newcombe": N_("Newcombe"),
}
FLAGS = {
    "few": N_("small base"),
    "wide": N_("wide interval"),
    "relative": N_("interval wide for its size"),
    "complement": N_("interval wide for the size of what is left"),
    "review": N_("nobody or everybody"),
    "small": N_("hardly any {respondent}"),
}
CODES = {  # what the words of a column of format "code" mean; a word without an entry stands for itself
    "test": TESTS,
    "effect_kind": EFFECTS,
    "verdict": VERDICTS,
    "role": ROLES,
    "method": METHODS,
    "flag": FLAGS,
    "no_answer": {"drop": N_("left out"), "keep": N_("an answer of its own")},
    "printed_in": {"table": N_("table"), "chart": N_("chart")},
    "cause": {"sum": N_("made to add up to 100"), "unknown": N_("unknown")},
    "place": {
        "background": N_("background"),
        "outline": N_("outline of the survey"),
        "summary": N_("summary"),
        "table": N_("table"),
        "chart": N_("chart"),
        "note": N_("note"),
    },
    "reason": {
        "outside": N_("needs other data than the survey’s counts"),
        "frame": N_("defines a word, or says how the survey was made"),
        "open": N_("does not say which answers it means"),
        "tie": N_("another answer is just as frequent"),
        "part": N_("only some of them were asked"),
        "paired": N_("depends on how the answers overlapped"),
        "bounds": N_("the counts leave a range"),
    },
    "unit": {"respondents": N_("{respondents}"), "selections": N_("selections")},
}


# --- in words --------------------------------------------------------------------------------------------------------


def said(say, words):
    """Words of the registry in the reader's language, with the survey's noun for those who answered."""
    return say(words)


def entry(name, table=()):
    """The registry's Column of a name; `table` holds the columns beside it."""
    if name == "p" and "p_low" in table and "test" not in table:
        return UNPAIRED
    return COLUMNS.get(name, Column(name))


def shown(name, table):
    """Whether people see a column of a table: not if it is for computing, told in another column, or one group only."""
    if name == "group" and "label" in table and table[name].nunique() == 1:
        return False
    return not entry(name, table).hidden and TOLD_IN.get(name) not in table


def heading(say, name, table=()):
    """A column's heading for people; `table` is the table it stands in."""
    if name == "low":
        return _interval_heading(say, table)
    if name == "pair_first":
        name = "pair"
    if name in RANGES and PARTNERS[name] in table:
        return said(say, RANGES[name])
    column = entry(name, table)
    return said(say, column.words) if name in COLUMNS else name


def _interval_heading(say, table):
    levels = set(table["level"].dropna()) if "level" in table else set()
    words = say.interval(levels.pop()) if len(levels) == 1 else say("Interval")
    return say("{words} (points)", words=words) if limits_of(table) == "points" else words


def limits_of(table):
    """What `low` and `high` of a table are: "points" of its difference or balance, "percent" of its share, or a "number"."""
    if "difference" in table or "balance" in table:
        return "points"
    return "percent" if "share" in table else "number"


def headings(say, names, table):
    """The headings of several columns, {name: words}; two with the same words get their names behind them."""
    words = {name: heading(say, name, table) for name in names}
    return _apart(say, words)


def stored_headings(say, names):
    """The headings of columns as they are stored, one by one, for the workbook: {name: words}."""
    words = {name: said(say, entry(name, names).words) if name in COLUMNS else name for name in names}
    return _apart(say, words)


def _apart(say, words):
    taken = list(words.values())
    return {
        name: text if taken.count(text) == 1 else say("{words} ({column})", words=text, column=name)
        for name, text in words.items()
    }


# --- values ----------------------------------------------------------------------------------------------------------


def formatted(say, name, values, table):
    """A column's values as people read them: a list of texts, "" where there is no value.

    `table` is the table they stand in: the second end of an interval, a mark or the second of a pair are taken from it.
    """
    if name in PARTNERS and PARTNERS[name] in table:
        return _two_in_one(say, name, values, table[PARTNERS[name]], limits_of(table))
    if name == "share" and "flag" in table:
        rows = zip(values, table["flag"].fillna(""), strict=True)
        return ["" if pd.isna(v) else say.percent(v) + say.mark({"flag": flag}) for v, flag in rows]
    form = entry(name, table).format if name in COLUMNS else _usual(values)
    if form == "code":
        return ["" if pd.isna(v) else in_words(say, name, v) for v in values]
    write = _WRITERS.get(form, lambda say, value: str(value))
    return ["" if pd.isna(v) else write(say, v) for v in values]


def _usual(values):
    """The format of a column that the registry does not know."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return "text"
    return "count" if pd.api.types.is_integer_dtype(values) else "number"


def _two_in_one(say, name, values, others, limits):
    """Both ends of an interval or of a range of p, or both names of a pair, as one text each."""
    write = {"low": _LIMITS[limits], "pair_first": Language.pair}.get(name, Language.p_range)
    return ["" if pd.isna(a) else write(say, a, b) for a, b in zip(values, others, strict=True)]


def in_words(say, name, value):
    """A word of the registry, or several joined by "|", in the reader's language; "" stays empty."""
    known = CODES.get(name, {})
    return say(", ").join(said(say, known[word]) if word in known else word for word in str(value).split("|"))


def _count(say, value):
    return f"{math.ceil(value):,}"


def _number(digits):
    return lambda say, value: f"{value:,.{digits}f}".replace("-", "−")


def _either(say, low, high):
    return say("{low} to {high}", low=f"{low:g}", high=f"{high:g}")


_LIMITS = {
    "percent": lambda say, low, high: say.range(low, high),
    "points": lambda say, low, high: say("{low} to {high}", low=say.points(low), high=say.points(high)),
    "number": _either,
}
_WRITERS = {
    "count": _count,
    "number": lambda say, value: f"{value:g}",
    "number1": _number(1),
    "number2": _number(2),
    "printed": lambda say, value: f"{value:g}%",
    "percent": lambda say, value: say.percent(value),
    "points": lambda say, value: say.points(value),
    "points1": lambda say, value: f"{100 * value:.1f}".replace("-", "−"),
    "limit": lambda say, value: f"{value:g}",
    "p": lambda say, value: say.p_number(value),
    "p_limit": lambda say, value: say.p_number(value),
}


# --- the dictionary --------------------------------------------------------------------------------------------------

BEGIN, END = "<!-- columns -->", "<!-- /columns -->"


def dictionary():
    """The section of data/README.md on the columns of output tables, as Markdown between its marks."""
    nouns = {"respondent": "respondent", "respondents": "respondents", "Respondents": "Respondents"}
    columns = [f"| `{name}` | {c.words.format(**nouns)} | {FORMATS[c.format]} |" for name, c in COLUMNS.items()]
    words = [
        f"| `{column}` | {', '.join(f'`{code}` {text.format(**nouns)}' for code, text in codes.items())} |"
        for column, codes in CODES.items()
    ]
    lines = [
        *(BEGIN, "| column | heading | holds |", "|---|---|---|", *columns, ""),
        *("The words in them:", "", "| column | words |", "|---|---|", *words, END),
    ]
    return "\n".join(lines)


def renewed(text):
    """A text with the section between its marks brought up to date."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + dictionary() + after
