"""Crosstabs: counts, what is hidden, and their tests; against R (tests/reference/joint.R) and arithmetic on raw answers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.stats import crosstab, disclosure, weights

R = json.loads((Path(__file__).parents[1] / "reference" / "joint.json").read_text(encoding="utf-8"))


# --- counts and tests ------------------------------------------------------------------------------------------------


def test_crosstab_counts_those_who_were_asked_both(answers):
    found = crosstab.crosstab(answers, "group", "first", min_cell=2)
    known = answers.dropna(subset=["group", "first"])
    assert found.counts.to_numpy().sum() == len(known)
    assert found.counts.loc["west", "high"] == ((known["group"] == "west") & (known["first"] == "high")).sum()
    multiple = crosstab.crosstab(answers, "group", "now")
    asked = answers.dropna(subset=["group", "now=a"])
    assert multiple.base["east"] == (asked["group"] == "east").sum()
    assert multiple.counts.loc["east", "b"] == asked.loc[asked["group"] == "east", "now=b"].sum()
    assert multiple.multiple


def test_shown_is_null_where_hidden(answers):
    found = crosstab.crosstab(answers, "group", "first", min_cell=8)
    assert found.hidden.to_numpy().any()
    assert (found.shown.isna() == found.hidden).to_numpy().all()
    assert (found.shares.isna() == found.hidden).to_numpy().all()
    long = found.long()
    assert list(long["count"].isna()) == list(found.hidden.to_numpy().ravel())


def test_a_thinly_ticked_and_a_thinly_unticked_item_are_hidden():
    group = ["x"] * 40 + ["y"] * 40 + ["z"] * 40
    everybody = [True] * 39 + [False] + [True] * 20 + [False] * 20 + [True] * 18 + [False] * 22
    responses = pd.DataFrame({"g": group, "q=a": pd.array(everybody, dtype="boolean")})
    hidden = crosstab.crosstab(responses, "g", "q").hidden["a"]
    assert hidden["x"]  # all but one ticked it
    assert hidden.sum() == 2


def test_options_keep_the_order_of_their_categories(answers):
    order = ["middle", "low", "high", "never"]
    answers = answers.assign(first=pd.Categorical(answers["first"], order))
    found = crosstab.crosstab(answers, "group", "first")
    assert list(found.counts.columns) == order
    assert found.counts["never"].sum() == 0


def test_unknown_questions_are_an_error(answers):
    for pair in (("now", "first"), ("group", "nothing")):
        with pytest.raises(ValueError, match="crosstab: found"):
            crosstab.crosstab(answers, *pair)


def test_association_agrees_with_r_where_nothing_is_hidden(answers):
    answers = answers.assign(first=answers["first"], second=answers["second"])
    found = crosstab.association(crosstab.crosstab(answers, "first", "second", min_cell=1))
    assert found.test == "independence"
    assert found.p == pytest.approx(R["chisq"], rel=1e-10)
    assert found.decimals is None


def test_a_closed_group_is_hidden_whole(answers):
    found = crosstab.crosstab(answers, "group", "first", min_cell=1, closed=["west"])
    assert found.hidden.loc["west"].all()
    assert found.hidden_base["west"]
    assert not found.hidden.drop("west").to_numpy().all()


def test_statistics_that_would_tell_a_hidden_cell_are_withheld(answers):
    found = crosstab.association(crosstab.crosstab(answers, "group", "first", min_cell=8))
    assert np.isnan([found.statistic, found.effect, found.min_expected]).all()


# --- all crosstabs of a survey ---------------------------------------------------------------------------------------


def test_crosstabs_hold_each_pair_of_questions_once(raw):
    groups = ["industry", "employees"]
    crossed = crosstab.crosstabs(raw, groups, [*groups, "q3", "q9", "q4"])
    pairs = [frozenset((t.row_question, t.column_question)) for t in crossed]
    assert len(set(pairs)) == len(pairs) == 7
    assert frozenset(groups) in pairs
    for table in crossed:
        assert not table.shown[(table.counts > 0) & (table.counts < 5)].notna().to_numpy().any()


def test_crosstab_totals_are_those_of_the_survey(raw):
    (table,) = crosstab.crosstabs(raw, ["employees"], ["q9"])
    assert list(table.counts.sum()) == list(raw.table("q9")["count"])
    assert list(table.base) == list(raw.table("employees")["count"])
    (multiple,) = crosstab.crosstabs(raw, ["employees"], ["q4"])
    assert list(multiple.counts.sum()) == list(raw.table("q4")["count"])


def test_the_base_of_a_routed_question_tells_no_hidden_cell(raw):
    source, routed = crosstab.crosstabs(raw, ["industry"], ["q2_suppliers", "q2_suppliers_why_unaware"])
    hidden = source.hidden["unaware"]
    assert hidden.any()
    assert routed.hidden_base[hidden].all()
    assert routed.hidden[hidden].to_numpy().all()


def test_long_tables_hold_nothing_that_is_hidden(raw):
    crossed = crosstab.crosstabs(raw, ["industry"], ["q3", "q4"])
    long = pd.concat([table.long() for table in crossed])
    assert not long["count"].between(1, 4).any()
    assert not long["base"].between(1, 4).any()
    assert long["count"].isna().sum() == sum(t.hidden.to_numpy().sum() for t in crossed) > 0
    assert (long["share"].isna() >= long["count"].isna()).all()


def test_pairs_that_nobody_was_put_are_left_out(raw):
    assert crosstab.crosstabs(raw, ["q9_author"], ["q9_reason"]) == []


def test_totals_only_have_no_crosstabs(osaka):
    assert crosstab.crosstabs(osaka, ["industry"], ["employees"]) == []
    assert crosstab.crosstab_tests(osaka, []).empty


def test_crosstab_tests_are_one_family(raw):
    tests = crosstab.crosstab_tests(raw, crosstab.crosstabs(raw, ["employees"], ["q3", "q4", "q9"]))
    assert list(tests["second"]) == ["q3", "q4", "q9"]
    assert list(tests["test"]) == ["independence_exact", "multiple_independence", "independence_exact"]
    assert set(tests["family"]) == {"crosstabs"}
    assert (tests["p_adjusted"] >= tests["p"]).all()
    assert tests["p_adjusted"].min() == min(1, 3 * tests["p"].min())  # Holm
    assert tests["statistic"].isna().all()  # something is hidden in each
    assert list(tests["effect_kind"]) == ["cramers_v", "", "cramers_v"]
    for row in tests.itertuples():
        assert row.p == round(row.p, int(row.decimals))


def test_a_dependence_is_found(raw):
    tests = crosstab.crosstab_tests(raw, crosstab.crosstabs(raw, ["q2_linked"], ["q2_unlinked", "q3"], 1))
    assert (tests["p_adjusted"] < 0.05).any()
    assert tests["decimals"].isna().all()  # nothing is hidden: p in full


# --- with weights ----------------------------------------------------------------------------------------------------


def test_crosstabs_are_tested_by_rao_scott(weighted):
    own = weighted.responses
    crossed = crosstab.crosstabs(weighted, ["q2_linked"], ["q2_unlinked", "q4"], 1)
    tests = crosstab.crosstab_tests(weighted, crossed)
    assert list(tests["test"]) == ["rao_scott", "multiple_independence"]
    expected = weights.rao_scott(own["q2_linked"], own["q2_unlinked"], own["weight"])
    first = tests.iloc[0]
    assert (first["statistic"], first["df"], first["df2"], first["p"]) == (
        *(expected.f, expected.df, expected.df2),
        expected.p,
    )
    assert first["effect"] == pytest.approx(np.sqrt(expected.statistic / expected.n / 2))  # both have three answers
    assert tests["p_adjusted"].notna().all()


def test_hidden_cells_hide_the_statistic_with_weights_too(weighted):
    (table,) = crosstab.crosstabs(weighted, ["employees"], ["q2_linked"])
    assert table.hidden.to_numpy().any()
    first = crosstab.crosstab_tests(weighted, [table]).iloc[0]
    own = weighted.responses
    exact = weights.rao_scott(own["employees"], own["q2_linked"], own["weight"]).p
    assert first["test"] == "rao_scott"
    assert np.isnan([first["statistic"], first["effect"], first["df"], first["df2"]]).all()
    assert exact <= first["p"] < exact + 0.01
    assert (first["p"], first["decimals"]) == (round(first["p"], 2), 2)


def test_a_table_too_thin_for_rao_scott_gets_the_test_without_weights(weighted_towards):
    first, second = pd.Series(list("aabbccdd") * 2), pd.Series(list("pqrstuvw") * 2)
    with pytest.raises(ValueError, match="too many combinations"):
        weights.rao_scott(first, second, np.ones(16))
    thin = weighted_towards(lambda answers: np.linspace(1, 2, len(answers)))
    crossed = crosstab.crosstabs(thin, ["industry"], ["employees"], 1)
    with pytest.raises(ValueError, match="Rao-Scott"):
        weights.rao_scott(thin.responses["industry"], thin.responses["employees"], thin.responses["weight"])
    assert list(crosstab.crosstab_tests(thin, crossed)["test"]) == ["independence_exact"]


# --- nothing leaves but through the gate -----------------------------------------------------------------------------


class Shut(Exception):
    """Raised by a gate that lets nothing through."""


def shut(*_):
    raise Shut


def test_crosstabs_pass_the_gate(raw, osaka, monkeypatch):
    monkeypatch.setattr(crosstab, "gate", shut)
    with pytest.raises(Shut):
        crosstab.crosstabs(raw, ["industry"], ["q3"])
    with pytest.raises(Shut):
        crosstab.crosstabs(raw, ["industry"], ["q4"])
    assert crosstab.crosstabs(osaka, ["industry"], ["q3"]) == []


def test_the_gate_is_told_how_small_a_cell_may_be(raw, monkeypatch):
    seen = []
    monkeypatch.setattr(crosstab, "gate", lambda found, min_cell: seen.append((found, min_cell)) or found)
    (table,) = crosstab.crosstabs(raw, ["industry"], ["q3"], 7)
    assert seen == [(table, 7)]
    assert disclosure.gate(table, 7) is table
