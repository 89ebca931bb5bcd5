"""The audit: every claim of the publisher and every printed percentage, recomputed from the counts.

A verdict is one of VERDICTS: it holds; it holds only after rounding; it does not hold; or it cannot be decided from
what was published, in which case bounds say what is possible.
"""

from dataclasses import dataclass

import pandas as pd

from . import tests_of_counts
from .margins import joint_range, margins, mcnemar_range
from .proportions import half_up

UNITS = {"same": "p", "less": "points", **dict.fromkeys(("count", "reach_count", "any_count", "largest"), "count")}
VERDICTS = ("holds", "rounded", "fails", "undecided")


def _terms(claim):
    return [tuple(term.split("=")) if "=" in term else (term,) for term in claim["terms"].split("|")]


def _result(value=None, low=None, high=None, verdict="undecided", reason=""):
    return {"value": value, "low": low, "high": high, "verdict": verdict, "reason": reason}


def _against(relation, stated, exact, rounded):
    """Verdict on a number that can be computed: `exact` as it is, `rounded` as it would be printed."""
    if relation in ("rounds_to", "equals"):
        return "holds" if rounded == stated else "fails"
    more = {"at_least": lambda x: x >= stated, "more_than": lambda x: x > stated}[relation]
    return "holds" if more(exact) else "rounded" if more(rounded) else "fails"


def _share(count, base, claim):
    stated = float(claim["value"])
    exact = 100 * count / base
    return _result(exact, verdict=_against(claim["relation"], stated, exact, half_up(count, base)))


def _bounded(low, high, base, claim, per=100):
    """Verdict on a count of which only bounds are known: decided if every possible count gives the same one.

    `per` is 100 for a claim in percent of `base`, 1 for a claim in counts.
    """
    stated, relation = float(claim["value"]), claim["relation"]
    printed = {k: half_up(k, base) if per == 100 else k for k in range(int(low), int(high) + 1)}
    found = {_against(relation, stated, per * k / base, value) for k, value in printed.items()}
    verdict = found.pop() if len(found) == 1 else "undecided"
    return _result(low=per * low / base, high=per * high / base, verdict=verdict, reason="bounds")


def _percent(survey, claim):
    terms = _terms(claim)
    base = int(survey.question(terms[0][0])["base"])
    return _share(sum(survey.count(*term) for term in terms), base, claim)


def _count(survey, claim):
    count = sum(survey.count(*term) for term in _terms(claim))
    return _result(count, verdict=_against(claim["relation"], float(claim["value"]), count, count))


def _reach(survey, claim):
    return _share(survey.routed(_terms(claim)[0][0]), survey.respondents, claim)


def _reach_count(survey, claim):
    count = survey.routed(_terms(claim)[0][0])
    return _result(count, verdict=_against(claim["relation"], float(claim["value"]), count, count))


def _both(survey, claim):
    first, second = (margins(survey, *term) for term in _terms(claim))
    joint = joint_range(first, second)
    return _bounded(joint.both_low, joint.both_high, joint.respondents, claim)


def _any_bounds(survey, claim):
    counts = [survey.count(*term) for term in _terms(claim)]
    return max(counts), min(sum(counts), survey.routed(_terms(claim)[0][0]))


def _any(survey, claim):
    return _bounded(*_any_bounds(survey, claim), survey.respondents, claim)


def _any_count(survey, claim):
    return _bounded(*_any_bounds(survey, claim), 1, claim, per=1)


def _only(survey, claim):
    (term,) = _terms(claim)
    table = survey.table(term[0])
    others = table.loc[table["option"] != term[1], "count"]
    base = int(table["base"].iloc[0])
    chosen = survey.count(*term)
    return _bounded(max(0, chosen - others.sum()), min(chosen, base - others.max()), base, claim)


def _less(survey, claim):
    small, large = (survey.count(*term) / survey.table(term[0])["base"].iloc[0] for term in _terms(claim))
    return _result(100 * (small - large), verdict="holds" if small < large else "fails")


def _same(survey, claim, alpha):
    first, second = _terms(claim)
    paired = mcnemar_range(margins(survey, *first), margins(survey, *second), alpha=alpha)
    verdict = {"never": "holds", "always": "fails", "undetermined": "undecided"}[paired.verdict]
    item = [first[1]] if survey.question(first[0])["kind"] == "multiple" else None
    apart = tests_of_counts.homogeneity(survey, first[0], second[0], item)
    return _result(apart["p"], paired.p_min, paired.p_max, verdict, "paired")


def _is_leading(survey, terms):
    table = survey.table(terms[0][0])
    named = table["option"].isin([option for _, option in terms])
    return table.loc[named, "count"].min() >= table.loc[~named, "count"].max()


def _largest(survey, claim):
    leads = [_is_leading(survey, [term]) for term in _terms(claim)]
    return _result(sum(leads), verdict="holds" if all(leads) else "fails")


def _leading(survey, claim):
    return _result(verdict="holds" if _is_leading(survey, _terms(claim)) else "fails")


def _outside(survey, claim):
    return _result(reason="outside")


_KINDS = {
    "percent": _percent,
    "count": _count,
    "reach": _reach,
    "reach_count": _reach_count,
    "both": _both,
    "any": _any,
    "any_count": _any_count,
    "only": _only,
    "less": _less,
    "largest": _largest,
    "leading": _leading,
    "outside": _outside,
}


def audit_claims(survey, alpha=0.05):
    """Every claim with its verdict: claim, place, kind, text, stated, unit (of
    value, low and high: percent, count, points or p), value, low, high, verdict, reason.

    `value` is what the counts give (a percentage, a count, or for "same" the p-value as if independent); `low` and
    `high` are bounds where only bounds follow. Claims of no difference are judged at the level `alpha`.
    data/README.md defines the kinds.
    """
    rows = []
    for _, claim in survey.claims.iterrows():
        kind = claim["kind"]
        result = _same(survey, claim, alpha) if kind == "same" else _KINDS[kind](survey, claim)
        about = {"claim": claim["claim"], "place": claim["place"], "kind": claim["kind"]}
        about |= {"text": claim[f"text_{survey.lang}"], "stated": claim["value"], "unit": UNITS.get(kind, "percent")}
        rows.append({**about, **result})
    columns = ["claim", "place", "kind", "text", "stated", "unit", "value", "low", "high", "verdict", "reason"]
    return pd.DataFrame(rows, columns=columns)


def audit_percentages(survey):
    """Every printed percentage beside the exact one: question, option, label, printed_in, base, percent, count, exact,
    rounded, gap (printed minus exact, in points) and verdict. Halves round up."""
    labels = pd.concat([survey.table(q).assign(question=q) for q in survey.published["question"].unique()])
    table = survey.published.merge(labels[["question", "option", "label", "count"]], on=["question", "option"])
    table = table.assign(
        exact=100 * table["count"] / table["base"],
        rounded=[half_up(count, base) for count, base in zip(table["count"], table["base"], strict=True)],
    )
    table["gap"] = table["percent"] - table["exact"]
    table["verdict"] = ["holds" if p == r else "fails" for p, r in zip(table["percent"], table["rounded"], strict=True)]
    return table


def audit_sums(survey):
    """Questions whose rounded shares exclude each other and still miss 100: question, unit, total."""
    rows = []
    for question, q in survey.questions.iterrows():
        table = survey.table(question)
        total = sum(half_up(count, int(q["base"])) for count in table["count"])
        if table["count"].sum() == q["base"] and total != 100:
            rows.append({"question": question, "unit": q["unit"], "total": total})
    return pd.DataFrame(rows, columns=["question", "unit", "total"])


def contradictions(survey):
    """Charts that print another percentage than their table: question, option, label, count, exact, table, chart, cause.

    `cause` is "sum" where the changes make up for what the question's rounded shares miss of 100, so that the chart's
    labels were probably made to add up; otherwise "unknown".
    """
    audit = audit_percentages(survey)
    keys = ["question", "option", "label", "base", "count", "exact"]
    wide = audit.pivot_table(index=keys, columns="printed_in", values="percent", sort=False).reset_index()
    if not {"table", "chart"} <= set(wide.columns):
        return pd.DataFrame(columns=[*keys, "table", "chart", "cause"])
    differ = wide[wide["chart"].notna() & wide["table"].notna() & (wide["chart"] != wide["table"])].copy()
    missed = audit_sums(survey).set_index("question")["total"].rsub(100)
    moved = (differ["chart"] - differ["table"]).groupby(differ["question"]).transform("sum")
    differ["cause"] = [
        "sum" if m == missed.get(q) else "unknown" for q, m in zip(differ["question"], moved, strict=True)
    ]
    return differ[[*keys, "table", "chart", "cause"]].reset_index(drop=True)


@dataclass(frozen=True)
class Audit:
    """What was published, recomputed: four data frames, as the functions of this module describe them."""

    claims: pd.DataFrame
    percentages: pd.DataFrame
    contradictions: pd.DataFrame
    sums: pd.DataFrame


def audit(survey, alpha=0.05):
    """Every claim, every printed percentage, charts against tables, and sums that miss 100: an Audit."""
    return Audit(audit_claims(survey, alpha), audit_percentages(survey), contradictions(survey), audit_sums(survey))
