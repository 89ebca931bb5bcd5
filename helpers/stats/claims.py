"""The audit: every claim of the publisher and every printed percentage, recomputed from the counts.

A verdict is one of VERDICTS: the claim holds; it holds only after rounding; it does not hold; it cannot be decided from
what was published, in which case bounds say what is possible; or it is not judged, because no count of the survey bears
on it.

Words that compare are judged by rule, through the kind and the relation of the claim:

- about, nearly, one in four (`about`): the figure rounds to the one named, in tens where that is a multiple of ten, else
  in ones;
- somewhat more than (`just_over`): above the figure named, by less than ten points;
- slightly less (`less`, `less_than`): less, by less than the points named, which are ten;
- few, comparatively few (`any`, `less_than` 50): fewer than half gave at least one of the answers meant;
- what "the firms" are (`more_than` 50): more than half of them are;
- there are, some (`any_count`, `at_least` 1): at least one;
- only, merely, even, as many as: they stress a number, and the number is judged;
- the most frequent (`largest`), a list of leading answers (`leading`), first, then, then (`ranked`): no answer that is
  left out is as frequent as one that is named; ties count against the claim.

data/README.md tells the same to those who write claims.
"""

from dataclasses import dataclass

import pandas as pd

from . import tests_of_counts
from .margins import joint_range, margins, mcnemar_range
from .proportions import half_up

UNITS = {
    **{"same": "p", "less": "points", **dict.fromkeys(("count", "reach_count", "any_count", "largest"), "count")},
    **dict.fromkeys(("leading", "ranked", "outside", "frame", "open"), ""),  # no figure is claimed
}
VERDICTS = ("holds", "rounded", "fails", "undecided", "not_judged")
FIGURES = ("value", "low", "high", "base", "asked", "tied", "verdict", "reason")


def _terms(claim):
    return [tuple(term.split("=")) for term in claim["terms"].split("|") if term]


def _result(verdict="undecided", reason="", **figures):
    """What is known of a claim: its verdict, the reason and the FIGURES; all that is not given is None, or "" in words."""
    return {**dict.fromkeys(FIGURES), "tied": "", **figures, "verdict": verdict, "reason": reason}


# --- figures ---------------------------------------------------------------------------------------------------------


def _against(relation, stated, exact, rounded, tens=None):
    """Verdict on a number that can be computed: `exact` as it is, `rounded` as it would be printed, or in `tens`."""
    if relation in ("rounds_to", "equals", "about"):
        found = tens if relation == "about" and stated % 10 == 0 else rounded
        return "holds" if found == stated else "fails"
    is_so = {
        "at_least": lambda x: x >= stated,
        "more_than": lambda x: x > stated,
        "just_over": lambda x: stated < x < stated + 10,
        "less_than": lambda x: x < stated,
    }[relation]
    return "holds" if is_so(exact) else "rounded" if is_so(rounded) else "fails"


def _judged(count, base, claim):
    """Verdict on so many of the base, or on so many where the base is None."""
    relation, stated = claim["relation"], float(claim["value"])
    if base is None:
        return _against(relation, stated, count, count)
    return _against(relation, stated, 100 * count / base, half_up(count, base), 10 * half_up(count, 10 * base))


def _share(count, base, claim):
    return _result(_judged(count, base, claim), value=100 * count / base, base=base)


def _number(count, claim):
    return _result(_judged(count, None, claim), value=count)


def _bounded(low, high, base, claim, **more):
    """Verdict on a count of which only bounds are known: decided if every possible count gives the same one.

    Without a `base`, the claim is about the count itself.
    """
    found = {_judged(count, base, claim) for count in range(int(low), int(high) + 1)}
    verdict = found.pop() if len(found) == 1 else "undecided"
    unit = 1 if base is None else 100 / base
    return _result(verdict, **{"reason": "bounds", "low": low * unit, "high": high * unit, "base": base, **more})


def _percent(survey, claim):
    terms = _terms(claim)
    base = int(survey.question(terms[0][0])["base"])
    return _share(sum(survey.count(*term) for term in terms), base, claim)


def _count(survey, claim):
    return _number(sum(survey.count(*term) for term in _terms(claim)), claim)


def _reach(survey, claim):
    return _share(survey.routed(_terms(claim)[0][0]), survey.respondents, claim)


def _reach_count(survey, claim):
    return _number(survey.routed(_terms(claim)[0][0]), claim)


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
    return _bounded(*_any_bounds(survey, claim), None, claim)


def _only(survey, claim):
    (term,) = _terms(claim)
    table = survey.table(term[0])
    others = table.loc[table["option"] != term[1], "count"]
    base = int(table["base"].iloc[0])
    chosen = survey.count(*term)
    return _bounded(max(0, chosen - others.sum()), min(chosen, base - others.max()), base, claim)


def _part(survey, claim):
    """A share of a group of which only some were asked: what the others would have said is open.

    A figure between the bounds is undecided even where no whole number of the group rounds to it: it was counted on
    those who were asked.
    """
    term, *group = _terms(claim)
    base, asked, count = sum(survey.count(*part) for part in group), survey.routed(term[0]), survey.count(*term)
    most = count + base - asked
    found = _bounded(count, most, base, claim, value=100 * count / asked, asked=asked, reason="part")
    exact = claim["relation"] in ("rounds_to", "about")
    if exact and asked < base and half_up(count, base) <= float(claim["value"]) <= half_up(most, base):
        found["verdict"] = "undecided"
    return found


# --- comparisons -----------------------------------------------------------------------------------------------------


def _less(survey, claim):
    """Exactly, in points: the first share is below the second, by less than the points named if there are any."""
    (small, of), (large, among) = (
        (survey.count(*term), int(survey.question(term[0])["base"])) for term in _terms(claim)
    )
    gap, whole = 100 * (large * of - small * among), of * among
    within = claim["relation"] == "" or gap < float(claim["value"]) * whole
    return _result("holds" if gap > 0 and within else "fails", value=-gap / whole)


def _same(survey, claim, alpha):
    first, second = _terms(claim)
    paired = mcnemar_range(margins(survey, *first), margins(survey, *second), alpha=alpha)
    verdict = {"never": "holds", "always": "fails", "undetermined": "undecided"}[paired.verdict]
    item = [first[1]] if survey.question(first[0])["kind"] == "multiple" else None
    apart = tests_of_counts.homogeneity(survey, first[0], second[0], item)
    return _result(verdict, "paired", value=apart["p"], low=paired.p_min, high=paired.p_max)


def _ahead(survey, terms):
    """Whether each of these answers is more frequent than all others of its question, and those that tie with the last."""
    question = terms[0][0]
    table = survey.table(question)
    named = table["option"].isin([option for _, option in terms])
    least, rest = table.loc[named, "count"].min(), table[~named]
    ahead = bool((rest["count"] < least).all())
    level = bool((rest["count"] <= least).all())
    tied = [f"{question}={option}" for option in rest.loc[rest["count"] == least, "option"]]
    return ahead, tied if level else []


def _placed(places, **figures):
    """Verdict on answers that are to be ahead, from a list of what `_ahead` says."""
    tied = [term for _, level in places for term in level]
    only_ties = all(ahead or level for ahead, level in places)
    verdict = "holds" if all(ahead for ahead, _ in places) else "fails"
    tie = {"reason": "tie", "tied": "|".join(tied)} if tied and only_ties else {}
    return _result(verdict, **tie, **figures)


def _largest(survey, claim):
    places = [_ahead(survey, [term]) for term in _terms(claim)]
    return _placed(places, value=sum(ahead for ahead, _ in places))


def _leading(survey, claim):
    return _placed([_ahead(survey, _terms(claim))])


def _ranked(survey, claim):
    terms = _terms(claim)
    return _placed([_ahead(survey, terms[: n + 1]) for n in range(len(terms))])


# --- all claims ------------------------------------------------------------------------------------------------------

_KINDS = {
    "percent": _percent,
    "count": _count,
    "reach": _reach,
    "reach_count": _reach_count,
    "both": _both,
    "any": _any,
    "any_count": _any_count,
    "only": _only,
    "part": _part,
    "less": _less,
    "largest": _largest,
    "leading": _leading,
    "ranked": _ranked,
}


def _found(survey, claim, alpha):
    kind = claim["kind"]
    if kind == "same":
        return _same(survey, claim, alpha)
    return _KINDS[kind](survey, claim) if kind in _KINDS else _result("not_judged", kind)


def audit_claims(survey, alpha=0.05):
    """Every claim with its verdict: claim, place (joined by |), kind, text, relation, stated, unit (of value, low and
    high: percent, count, points, p, or "" for none), value, low, high, base, asked, tied, verdict, reason.

    `value` is what the counts give (a percentage, a count, or for "same" the p-value as if independent); `low` and
    `high` are bounds where only bounds follow. `base` is what a percentage is a share of, `asked` how many of them
    were asked, where that is only a part. `tied` are answers left out that are as frequent as the last that was named.
    Claims of no difference are judged at the level `alpha`. data/README.md defines the kinds.
    """
    rows = []
    for _, claim in survey.claims.iterrows():
        about = {"claim": claim["claim"], "place": claim["place"], "kind": claim["kind"]}
        about |= {"text": claim[f"text_{survey.lang}"], "relation": claim["relation"], "stated": claim["value"]}
        about |= {"unit": UNITS.get(claim["kind"], "percent")}
        rows.append({**about, **_found(survey, claim, alpha)})
    columns = ["claim", "place", "kind", "text", "relation", "stated", "unit", *FIGURES]
    return pd.DataFrame(rows, columns=columns).astype({"base": "Int64", "asked": "Int64"})


def audit_percentages(survey):
    """Every printed percentage beside the exact one: question, option, label, printed_in, base, percent, count, exact,
    rounded, gap (printed minus exact, in points) and verdict. Halves round up."""
    labels = pd.concat([survey.table(q).assign(question=q) for q in survey.questions.index])
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
