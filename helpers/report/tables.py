"""Tables for people: headings in words, rounded numbers, plain and safe HTML. What is called how stands in `columns`."""

import html

import pandas as pd

from ..stats.disclosure import LEVEL
from .columns import EFFECTS, TEST_TABLE, TESTS, VERDICTS, formatted, headings, said, shown

NO_MATHS = "tex2jax_ignore mathjax_ignore"  # a dollar sign in someone's label is a dollar sign, in JupyterLab too


def readable(say, table):
    """A table as people read it: headings in words, shares in percent, an interval in one column; all texts."""
    names = [name for name in table.columns if shown(name, table)]
    words = headings(say, names, table)
    return pd.DataFrame({words[name]: formatted(say, name, table[name], table) for name in names}, dtype=object)


# --- tests -----------------------------------------------------------------------------------------------------------


def readable_tests(say, survey, tests):
    """Rows of tests.csv as people read them."""
    rows = [_readable_test(say, survey, test) for test in tests.to_dict("records")]
    adjusted = tests[["p_adjusted", "p_low_adjusted"]].notna().any(axis=None)
    names = [name for name in TEST_TABLE if name != "p_adjusted" or adjusted]
    return pd.DataFrame({said(say, TEST_TABLE[name]): [row[name] for row in rows] for name in names}, dtype=object)


def _readable_test(say, survey, test):
    """One row of tests.csv in words: a dictionary with the keys of TEST_TABLE."""
    return {
        "compared": _compared(say, survey, test),
        "answers": _answers(say, survey, test),
        "test": said(say, TESTS.get(test["test"], test["test"])),
        "statistic": _statistic(test),
        "p": _p(say, test),
        "p_adjusted": _adjusted(say, test),
        "effect": _effect(say, test),
        "n": "" if pd.isna(test["n"]) else f"{int(test['n']):,}",
        "min_expected": "" if pd.isna(test["min_expected"]) else f"{test['min_expected']:.1f}",
    }


def _questions(test):
    """The ids of a test's questions: those of `first`, which may be joined by "|", and that of `second`, or ""."""
    second = test["second"]
    return test["first"].split("|"), second if isinstance(second, str) else ""


def _compared(say, survey, test):
    """The questions of a test by their short names."""
    first, second = _questions(test)
    names = say.listed(survey.short(question) for question in first)
    return say.pair(names, survey.short(second)) if second else names


def _answers(say, survey, test):
    """The labels of a test's answers, or how many there are.

    They are answers to its second question: in a crosstab only that one has them, in a comparison both do.
    """
    options = test["options"].split("|")
    if len(options) > 3:
        return say("{n} answers", n=len(options))
    first, second = _questions(test)
    return say(" / ").join(survey.label(second or first[0], option) for option in options)


def _p(say, test):
    """A p-value in words: a range; a limit if it was rounded up to hide small cells; or withheld."""
    if pd.isna(test["p"]):
        if pd.isna(test["p_low"]):
            return say("withheld")
        return say.p_range(test["p_low"], test["p_high"])
    if pd.isna(test["decimals"]):
        return say.p_number(test["p"])
    return _limit(say, test["p"], int(test["decimals"]))


def _adjusted(say, test):
    """An adjusted p-value in words, or the range of it with its verdict; "" where nothing was adjusted."""
    if pd.notna(test["p_low_adjusted"]):
        words = say.p_range(test["p_low_adjusted"], test["p_high_adjusted"])
        return say("{range}: {verdict}", range=words, verdict=said(say, VERDICTS[test["verdict"]]))
    if pd.isna(test["p_adjusted"]):
        return "" if pd.isna(test["decimals"]) or pd.notna(test["p"]) else say("withheld")
    if pd.notna(test["decimals"]) and pd.isna(test["p"]):
        return _limit(say, test["p_adjusted"], int(test["decimals"]))
    return say.p_number(test["p_adjusted"])


def _limit(say, p, decimals):
    """A p-value that was rounded up, as a limit."""
    if decimals == 0 and p == 1:
        return say("above {p}", p=f"{LEVEL:g}")
    return say("at most {p}", p=f"{p:.{max(2, decimals)}f}")


def _statistic(test):
    if pd.isna(test["statistic"]):
        return ""
    if pd.notna(test["df2"]):
        return f"F = {test['statistic']:.2f} ({test['df']:.1f}, {test['df2']:.1f})"
    return f"{test['statistic']:.2f}" + ("" if pd.isna(test["df"]) else f" ({test['df']:.0f})")


def _effect(say, test):
    kind = test["effect_kind"]
    if pd.isna(test["effect"]) or kind not in EFFECTS:
        return ""
    return f"{test['effect']:.2f} ({said(say, EFFECTS[kind])})"


# --- HTML ------------------------------------------------------------------------------------------------------------


def html_table(frame, caption):
    """A plain HTML table: caption, column headings and row headings with their scope, everything else escaped.

    Columns of words have the class "words"; numbers stand to the right.
    """
    kinds = [' class="words"' if _has_words(frame.iloc[:, i]) else "" for i in range(frame.shape[1])]
    heads = zip(kinds, frame.columns, strict=True)
    head = "".join(f'<th scope="col"{kind}>{html.escape(name)}</th>' for kind, name in heads)
    body = "".join(_html_row(row, kinds) for row in frame.itertuples(index=False, name=None))
    name = html.escape(caption)
    table = f"<table><caption>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    # A wide table scrolls by itself on a narrow screen; what scrolls must be reachable by keyboard.
    return f'<div class="scroll {NO_MATHS}" tabindex="0" role="group" aria-label="{name}">{table}</div>'


def _html_row(row, kinds):
    first = f'<th scope="row">{html.escape(str(row[0]))}</th>' if str(row[0]) else "<td></td>"
    rest = zip(kinds[1:], row[1:], strict=True)
    return "<tr>" + first + "".join(f"<td{kind}>{html.escape(str(cell))}</td>" for kind, cell in rest) + "</tr>"


def _has_words(cells):
    return any(sign.isalpha() for cell in cells for sign in str(cell))
