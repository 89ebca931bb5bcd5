"""Tables for people: headings in words, rounded numbers, plain and safe HTML."""

import html
import re

import numpy as np
import pandas as pd

from .crosstab import LEVEL

NO_MATHS = "tex2jax_ignore mathjax_ignore"  # a dollar sign in someone's label is a dollar sign, in JupyterLab too

HIDDEN = (
    "option",
    "role",
    "flag",
    "high",
    "question",
    "status",
    "notebook",
    "first",
    "second",
)  # columns for computing, not for reading


WORDS = (
    *("label", "group", "pair", "side", "short", "wording", "text", "finding", "figure", "title", "alt", "note"),
    *("notebook", "question", "option", "options", "role", "first", "second", "verdict", "test", "flag", "status"),
)  # columns of text, whatever it looks like


def read_csv(path):
    """A table as it was written: an answer that reads "None", "n/a" or "1.50" stays the text that it is."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(WORDS, str))


def readable(say, table):
    """A table as people read it: headings in words, shares in percent, the interval in one column, text elsewhere."""
    columns = {}
    for name in table.columns:
        values = table[name]
        if name in HIDDEN:
            continue
        if name == "low":
            columns[say("{level} interval", level=say.level())] = [
                say.range(a, b) for a, b in zip(table["low"], table["high"], strict=True)
            ]
        elif name == "share" and "flag" in table:
            columns[heading(say, name)] = [say.percent(r["share"]) + say.mark(r) for _, r in table.iterrows()]
        elif name.startswith("share"):
            columns[heading(say, name)] = [say.percent(v) for v in values]
        elif name == "n_effective":
            columns[heading(say, name)] = [f"{v:,.1f}" for v in values]
        elif name in ("exact", "gap", "b_independent", "c_independent"):
            columns[heading(say, name)] = [f"{v:.2f}" for v in values]
        elif name in ("p", "p_min", "p_max", "p_adjusted", "p_all", "p_independent"):
            columns[heading(say, name)] = [say.p_number(v) for v in values]
        elif name == "verdict":
            columns[heading(say, name)] = [verdict_words(say, v) for v in values]
        elif name == "printed_in":
            columns[heading(say, name)] = [{"table": say("table"), "chart": say("chart")}[v] for v in values]
        elif name in ("points_low", "points_high"):
            if name == "points_low":
                columns[say("{level} interval (points)", level=say.level())] = [
                    say("{low} to {high}", low=say.points(a), high=say.points(b))
                    for a, b in zip(values, table["points_high"], strict=True)
                ]
        elif name in ("difference", "detectable"):
            columns[heading(say, name)] = [say.points(v) for v in values]
        elif name == "needed":
            columns[heading(say, name)] = [say("no end") if np.isinf(v) else f"{int(np.ceil(v)):,}" for v in values]
        elif pd.api.types.is_integer_dtype(values):
            columns[heading(say, name)] = [f"{v:,}" for v in values]
        else:
            columns[heading(say, name)] = values.astype(str).tolist()
    return pd.DataFrame(columns)


def heading(say, column):
    """A column's name in words; a name without an entry stands for itself."""
    words = {
        "label": say("Answer"),
        "group": say("Group"),
        "pair": say("Pair"),
        "side": say("Side"),
        "count": say("Firms"),
        "base": say("Base"),
        "share": say("Share"),
        "share_selections": say("Share of selections (as printed)"),
        "n_effective": say("Effective sample size"),
        "selections": say("Selections"),
        "share_all": say("Share of all firms"),
        "difference": say("Difference (points)"),
        "detectable": say("Smallest difference this sample could show (points)"),
        "needed": say("Firms per group that this difference needs"),
        "choice": say("Choice"),
        "result": say("Result"),
        "conclusion": say("Conclusion"),
        "place": say("Where"),
        "text": say("Claim"),
        "stated": say("As published"),
        "computed": say("From the counts"),
        "words": say("Verdict"),
        "printed_in": say("Printed in"),
        "percent": say("Printed"),
        "exact": say("Exact"),
        "table": say("Table"),
        "chart": say("Chart"),
        "cause": say("Likely cause"),
        "total": say("Sum of rounded shares"),
        "wording": say("Question"),
        "short": say("Question"),
        "rounded": say("Exact, rounded"),
        "gap": say("Printed minus exact"),
        "verdict": say("Verdict"),
        "p": say("p as if independent"),
        "p_independent": say("p as if independent"),
        "p_min": say("smallest p, same firms"),
        "p_max": say("largest p, same firms"),
        "p_adjusted": say("p (Holm)"),
        "p_all": say("p (Benjamini–Hochberg)"),
        "count_baseline": say("Firms, baseline"),
        "base_baseline": say("Base, baseline"),
        "share_baseline": say("Share, baseline"),
        "reason": say("Reason"),
        "share_first": say("First share"),
        "share_second": say("Second share"),
        "feasible": say("Possible cases"),
        "significant": say("Significant among them"),
        "b_max": say("Most that gave it to the first only"),
        "c_max": say("Most that gave it to the second only"),
        "difference_min": say("Smallest difference"),
        "difference_max": say("Largest difference"),
        "b_independent": say("First only, as if independent"),
        "c_independent": say("Second only, as if independent"),
        "b_nested": say("First only, closest agreement"),
        "c_nested": say("Second only, closest agreement"),
    }
    return words.get(column, column)


def verdict_words(say, verdict):
    """A verdict of the audit or of a paired range in words."""
    return {
        "holds": say("holds"),
        "fails": say("does not hold"),
        "always": say("significant for certain"),
        "never": say("not significant for certain"),
        "undetermined": say("undecided"),
    }[verdict]


def readable_tests(say, survey, tests):
    """Rows of tests.csv as people read them."""
    columns = {
        say("Compared"): [_compared(say, survey, t) for _, t in tests.iterrows()],
        say("Answers"): [_options_in_words(say, survey, t) for _, t in tests.iterrows()],
        say("Test"): [test_name(say, t["test"]) for _, t in tests.iterrows()],
        say("Statistic (df)"): [_statistic(t) for _, t in tests.iterrows()],
        say("p"): [_p(say, t) for _, t in tests.iterrows()],
    }
    if tests["p_adjusted"].notna().any():
        columns[say("p (Holm)")] = ["" if pd.isna(p) else say.p_number(p) for p in tests["p_adjusted"]]
    columns[say("Effect")] = [_effect(say, t) for _, t in tests.iterrows()]
    columns[say("Answers counted")] = [f"{n:,}" for n in tests["n"]]
    columns[say("Smallest expected")] = ["" if pd.isna(m) else f"{m:.1f}" for m in tests["min_expected"]]
    return pd.DataFrame(columns)


def _compared(say, survey, test):
    """The questions of a test by their short names; several in `first` are joined by "|"."""
    first = say.listed(survey.short(question) for question in test["first"].split("|"))
    if not isinstance(test["second"], str) or not test["second"]:
        return first
    return say.pair(first, survey.short(test["second"]))


def _options_in_words(say, survey, test):
    """The answers of a test by their labels, or how many there are if they are many."""
    options = test["options"].split("|")
    if len(options) > 3:
        return say("{n} answers", n=len(options))
    labels = _labels_of(survey, test, options)
    return say(" / ").join(labels[option] for option in options)


def _labels_of(survey, test, options):
    """The labels of the first of a test's questions that offers all these options: another may use the same ids."""
    second = test["second"] if isinstance(test["second"], str) else ""
    questions = filter(None, [*test["first"].split("|"), second])
    tables = (survey.table(question).set_index("option")["label"] for question in questions)
    return next(labels for labels in tables if set(options) <= set(labels.index))


def _p(say, test):
    """A p-value in words; one that was rounded up, lest it tell a hidden cell, as a limit."""
    if pd.isna(test["p"]):
        return say("withheld")
    rounded = re.search(r"rounded=(\d)", str(test["note"]))
    if not rounded:
        return say.p_number(test["p"])
    if rounded[1] == "0" and test["p"] == 1:
        return say("above {p}", p=f"{LEVEL:g}")
    return say("at most {p}", p=f"{test['p']:.{max(2, int(rounded[1]))}f}")


def _statistic(test):
    if pd.isna(test["statistic"]):
        return ""
    if second := re.search(r"df2=([0-9.]+)", str(test["note"])):
        return f"F = {test['statistic']:.2f} ({test['df']:.1f}, {float(second[1]):.1f})"
    return f"{test['statistic']:.2f}" + ("" if pd.isna(test["df"]) else f" ({test['df']:.0f})")


def test_name(say, test):
    """The name of a test of tests.csv in words."""
    return {
        "pearson": say("Pearson’s chi-square"),
        "fisher": say("Fisher’s exact test"),
        "mann_whitney": say("Mann–Whitney (uses the order)"),
        "goodness_of_fit": say("Chi-square goodness of fit"),
        "fisher_simulated": say("Exact test, simulated"),
        "independence": say("Pearson’s chi-square"),
        "independence_exact": say("Exact test"),
        "multiple_independence": say("Bilder–Loughin, bootstrap (all items)"),
        "rao_scott": say("Rao–Scott chi-square, weighted"),
        "mcnemar": say("McNemar, same firms (exact)"),
        "cochran_q": say("Cochran’s Q, same firms"),
        "stuart_maxwell": say("Stuart–Maxwell, same firms"),
        "homogeneity_items": say("McNemar for all items together, same firms"),
        "mcnemar_min": say("McNemar, same firms: smallest p possible"),
        "mcnemar_max": say("McNemar, same firms: largest p possible"),
    }[test]


def _effect(say, test):
    measure = re.search(r"effect=(\w+)", str(test["note"]))
    names = {
        "cramers_v": say("Cramér’s V"),
        "odds_ratio": say("odds ratio"),
        "probability_higher": say("chance that the second is higher"),
        "cohens_w": say("Cohen’s w"),
    }
    return f"{test['effect']:.2f} ({names[measure[1]]})" if measure and pd.notna(test["effect"]) else ""


def html_table(frame, caption):
    """A plain HTML table: caption, column headings and row headings with their scope, everything else escaped.

    Columns of words have the class "words"; numbers stand to the right.
    """
    kinds = [' class="words"' if _has_words(frame.iloc[:, i]) else "" for i in range(frame.shape[1])]
    heads = zip(kinds, frame.columns, strict=True)
    head = "".join(f'<th scope="col"{kind}>{html.escape(name)}</th>' for kind, name in heads)
    body = "".join(
        "<tr>"
        + (f'<th scope="row">{html.escape(str(row[0]))}</th>' if str(row[0]) else "<td></td>")
        + "".join(f"<td{kind}>{html.escape(str(cell))}</td>" for kind, cell in zip(kinds[1:], row[1:], strict=True))
        + "</tr>"
        for row in frame.itertuples(index=False)
    )
    name = html.escape(caption)
    table = f"<table><caption>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    # A wide table scrolls by itself on a narrow screen; what scrolls must be reachable by keyboard.
    return f'<div class="scroll {NO_MATHS}" tabindex="0" role="group" aria-label="{name}">{table}</div>'


def _has_words(cells):
    return any(sign.isalpha() for cell in cells for sign in str(cell))
