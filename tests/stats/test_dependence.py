"""Decide, then disclose: planted dependences are found and named, nothing else is, and no p-value tells a hidden cell."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sizes import size

from helpers.stats import crosstab, dependence
from helpers.survey import Survey

OPTIONS = 4


def made(seed, n=300, planted=(), groups=3, questions=12, strength=0.9):
    """A survey of one break and single-choice questions, of which the `planted` depend on the group."""
    rng = np.random.default_rng(seed)
    ids = ["g", *(f"q{i}" for i in range(questions))]
    answers = {"g": rng.choice(groups, n, p=rng.dirichlet(np.full(groups, 8)))}
    for i, q in enumerate(ids[1:]):
        chances = rng.dirichlet(np.full(OPTIONS, 3))
        drawn = rng.choice(OPTIONS, n, p=chances)
        moved = (rng.random(n) < strength) & (i in planted)
        answers[q] = np.where(moved, answers["g"] % OPTIONS, drawn)
        answers[q] = np.where(rng.random(n) < 0.03, OPTIONS, answers[q])  # some give no answer
    sizes = {q: groups if q == "g" else OPTIONS + 1 for q in ids}
    names = {q: [f"o{k}" for k in range(sizes[q])] for q in ids}
    responses = pd.DataFrame({q: pd.Categorical.from_codes(answers[q], names[q]) for q in ids})
    about = {
        "kind": "single",
        "asked_if": "",
        "unit": "respondents",
        "base": n,
        "answered_any": "",
        "short_en": "",
        "text_en": "",
    }
    table = pd.DataFrame([about | {"options": q, "use": "break" if q == "g" else ""} for q in ids], index=ids)
    options = pd.DataFrame(
        [(q, o, k + 1, "no_answer" if k == OPTIONS else "answer", o, o) for q in ids for k, o in enumerate(names[q])],
        columns=["options", "option", "order", "role", "label_en", "label_ja"],
    )
    counted = pd.DataFrame(
        [(q, o, int((responses[q] == o).sum())) for q in ids for o in names[q]], columns=["question", "option", "count"]
    )
    none = pd.DataFrame()
    survey = Survey("made", "en", {"respondents": n}, table, options, counted, none, none)
    vars(survey)["responses"] = responses
    return survey


def found(survey):
    tests = dependence.crosstab_tests(survey, crosstab.crosstabs(survey))
    return {row["second"] for row in tests.to_dict("records") if row["p_adjusted"] <= 0.05}


def test_nothing_is_found_where_nothing_is_there():
    surveys = size(400, 8)
    false = sum(bool(found(made(seed, n=80 + 5 * seed % 400))) for seed in range(surveys))
    # at a true rate of 5% more than this are found once in a thousand times
    assert false <= stats.binom.ppf(0.999, surveys, 0.05)


def test_what_is_planted_is_found_and_nothing_else():
    surveys, planted = size(200, 4), (2, 7)
    named = [found(made(1000 + seed, planted=planted)) for seed in range(surveys)]
    power = np.mean([len(names & {"q2", "q7"}) / 2 for names in named])
    false = sum(bool(names - {"q2", "q7"}) for names in named)
    assert power > 0.9
    assert false <= stats.binom.ppf(0.999, surveys, 0.05)


def test_nobody_against_everybody_is_found_however_much_is_hidden():
    survey = made(5, n=400, planted=(0, 1, 2), strength=1.0, questions=60)
    assert {"q0", "q1", "q2"} <= found(survey)


def test_p_is_told_only_rounded_up_where_cells_are_hidden():
    survey = made(3, n=120, planted=(0,))
    crossed = crosstab.crosstabs(survey)
    tests = dependence.crosstab_tests(survey, crossed)
    hides = [bool(t.hidden.to_numpy().any()) for t in crossed]
    assert any(hides)
    for row, hidden in zip(tests.to_dict("records"), hides, strict=True):
        if hidden:
            assert np.isnan([row[c] for c in ("p", "statistic", "df", "effect", "min_expected")]).all()
            assert np.isnan(row["p_adjusted"]) or row["p_adjusted"] in (0.001, 0.01, 0.05, 1)
        else:
            assert row["p"] <= row["p_adjusted"] <= 1


def test_differing_cells_are_named_from_what_is_shown():
    survey = made(8, n=600, planted=(4,))
    crossed = crosstab.crosstabs(survey)
    cells = dependence.differing(survey, crossed, dependence.crosstab_tests(survey, crossed))
    assert set(cells["column_question"]) == {"q4"}
    top = cells.loc[cells["difference"].idxmax()]
    table = next(t for t in crossed if t.column_question == "q4")
    counts, base = table.counts[top["option"]], table.base
    x, n = counts[top["group_option"]], base[top["group_option"]]
    pair = [[x, n - x], [counts.sum() - x, base.sum() - n - counts.sum() + x]]
    assert top["difference"] == pytest.approx(x / n - (counts.sum() - x) / (base.sum() - n))
    assert top["adjusted"] >= min(
        stats.chi2_contingency(pair, correction=False).pvalue, stats.fisher_exact(pair).pvalue
    )
    assert top["adjusted"] < 0.05
