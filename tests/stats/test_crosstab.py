"""Crosstabs: counts, merging, what is hidden of all of them together; arithmetic on raw answers and the attacker's programs."""

from dataclasses import replace

import codebooks
import numpy as np
import pandas as pd
import pytest
from attacker import extremes
from sizes import size

from helpers.stats import crosstab, dependence, groups, weights
from helpers.stats.suppression import spans_of_totals
from helpers.survey import load


def table_of(survey, group, question):
    return crosstab.system(survey)[group, question]


def without_silent(survey, group, question):
    """Counts by pandas, from the raw answers."""
    counts = pd.crosstab(survey.responses[group].astype(object), survey.responses[question].astype(object))
    return counts.drop(columns="no_answer", errors="ignore").drop(index="no_answer", errors="ignore")


# --- counts ----------------------------------------------------------------------------------------------------------


def test_counts_are_those_of_pandas_without_the_silent(told):
    expected = without_silent(told, "industry", "q3")
    table = table_of(told, "industry", "q3")
    assert (table.counts == expected.loc[table.counts.index, table.counts.columns]).all(axis=None)
    assert "no_answer" not in table.counts.columns
    assert list(table.base) == list(table.counts.sum(axis=1))  # of those that answered
    multiple = table_of(told, "industry", "q4")
    own = told.responses
    for option in multiple.counts:
        assert list(multiple.counts[option]) == [
            own.loc[own["industry"] == g, f"q4={option}"].sum() for g in multiple.base.index
        ]


def test_a_routed_question_counts_those_who_were_asked(told):
    table = table_of(told, "industry", "q2_suppliers_why_unaware")
    above = table_of(told, "industry", "q2_suppliers")
    assert (table.base == above.counts["unaware"].reindex(table.base.index)).all()


def test_groups_in_order_are_merged_until_they_hold_enough(raw):
    sizes = raw.table("employees").set_index("option")["count"].drop("no_answer", errors="ignore")
    merged = groups.merges(raw, "employees")
    assert [o for run in merged for o in run] == list(sizes.index)  # neighbours, in order
    assert all(sizes[list(run)].sum() >= groups.ENOUGH for run in merged)
    assert len(merged) < len(sizes)
    assert all(len(run) == 1 for run in groups.merges(raw, "industry"))  # has no order


def test_merge_as_goes_before_the_rule(raw):
    first, *_ = raw.table("employees")["option"]
    own = raw.options.assign(
        merge_as=[
            f"m{o == first}" if s == "employees" else ""
            for s, o in raw.options[["options", "option"]].itertuples(index=False)
        ]
    )
    merged = groups.merges(replace(raw, options=own), "employees")
    assert merged[0] == (first,)
    assert len(merged) == 2
    answers = raw.options.assign(merge_as=["x" if o in ("done", "not_done") else "" for o in raw.options["option"]])
    assert ("done", "not_done") in groups.merges(replace(raw, options=answers), "q3")


# --- what is hidden ----------------------------------------------------------------------------------------------------


def test_no_shown_cell_is_thin_nor_what_is_left_of_a_base(raw):
    for table in crosstab.system(raw).values():
        shown = ~table.hidden.to_numpy()
        assert not (shown & (table.counts.to_numpy() > 0) & (table.counts.to_numpy() < 5)).any()
        if table.multiple:
            left = table.base.to_numpy()[:, None] - table.counts.to_numpy()
            shown = shown & (table.full.sum(axis=0) > 0)  # that nobody ticked it, the totals tell
            assert not (shown & (left > 0) & (left < 5)).any()
        long = table.long()
        assert long["count"].isna().sum() == table.hidden.to_numpy().sum()
        assert (long["share"].isna() >= long["count"].isna()).all()


def test_a_pair_is_one_table_whichever_way_it_is_asked_for(raw):
    (one,), (other,) = (
        crosstab.crosstabs(raw, [a], [b]) for a, b in (("industry", "employees"), ("employees", "industry"))
    )
    assert one is other


def test_parameters_choose_among_what_is_safe(raw):
    everything = {(t.row_question, t.column_question): t for t in crosstab.crosstabs(raw)}
    (few,) = crosstab.crosstabs(raw, ["employees"], ["q9"], 2)  # less than the survey's own: nothing less is hidden
    assert few is everything["employees", "q9"]
    (more,) = crosstab.crosstabs(raw, ["employees"], ["q9"], 9)
    assert (more.hidden >= few.hidden).all(axis=None)
    all_tests = dependence.crosstab_tests(raw, list(everything.values())).set_index(["first", "second"])
    alone = dependence.crosstab_tests(raw, [few]).set_index(["first", "second"])
    assert alone.loc["employees", "q9"].equals(all_tests.loc["employees", "q9"])  # the family is the survey's
    with pytest.raises(ValueError, match="use = break"):
        crosstab.crosstabs(raw, ["q3"], ["q9"])


def linked(survey, group):
    """The published system of a group: {(question, group, answer): place}, equations, upper limits; single-choice only."""
    tables = {q: t for (g, q), t in crosstab.system(survey).items() if g == group and not t.multiple}
    place = {(q, g, a): 0 for q, t in tables.items() for g in t.counts.index for a in t.counts}
    place |= {(q, g, None): 0 for q, t in tables.items() for g in t.counts.index}  # those without an answer
    place = {key: i for i, key in enumerate(place)}
    equations = []

    def equation(value, *keys, minus=()):
        line = np.zeros(len(place))
        line[[place[k] for k in keys]] = 1
        line[[place[k] for k in minus]] = -1
        equations.append((line, value))

    for q, t in tables.items():
        for a in t.counts:
            equation(t.counts[a].sum(), *((q, g, a) for g in t.counts.index))
        for g in t.counts.index:
            row = [(q, g, a) for a in t.counts]
            if not t.hidden_base[g]:
                equation(t.base[g], *row)
            source, options = survey.route(q)
            if source in tables:
                equation(0, *row, (q, g, None), minus=[(source, g, o) for o in options])
            for a in t.counts:
                if not t.hidden.loc[g, a]:
                    equation(t.counts.loc[g, a], (q, g, a))
    return tables, place, equations


@pytest.mark.parametrize("group", ["employees", "industry"][: size(2, 1)])
def test_the_attacker_who_joins_all_tables_finds_no_hidden_cell(raw, group):
    tables, place, equations = linked(raw, group)
    asked = [q for q in tables if raw.route(q)[1]]
    assert asked
    sources = [raw.route(q)[0] for q in asked if raw.route(q)[0] in tables]
    for q in [*asked, *sources]:
        t = tables[q]
        need = np.minimum(5, spans_of_totals(t.counts.to_numpy()))
        for i, j in np.argwhere(t.hidden.to_numpy()):
            aim = np.zeros(len(place))
            aim[place[q, t.counts.index[i], t.counts.columns[j]]] = 1
            low, high = extremes(aim, equations)
            assert high - low >= need[i, j], (q, t.counts.index[i])


def test_the_base_of_a_routed_question_tells_no_hidden_cell(raw):
    above, routed = (table_of(raw, "industry", q) for q in ("q2_suppliers", "q2_suppliers_why_unaware"))
    hidden = above.hidden["unaware"].reindex(routed.base.index)
    assert hidden.any()
    assert routed.hidden_base[hidden].all()
    assert routed.hidden[hidden].to_numpy().all()


def test_those_without_a_group_are_protected_by_what_is_left_of_the_totals(raw):
    own = raw.responses.copy()
    own.loc[own.index[:2], "employees"] = np.nan  # two firms named no size
    survey = replace(raw)
    vars(survey)["responses"] = own
    table = table_of(survey, "employees", "q3")
    assert table.rest[1] == 2
    for j, few in enumerate(table.rest[0]):
        if few:  # the total less what is shown would be their answers
            assert table.hidden.iloc[:, j].any()


def test_totals_only_have_no_crosstabs(osaka):
    assert crosstab.crosstabs(osaka, ["industry"], ["employees"]) == []
    assert dependence.crosstab_tests(osaka, []).empty


# --- with weights ----------------------------------------------------------------------------------------------------


def test_shares_are_weighted_on_weighted_bases(weighted):
    table = table_of(replace(weighted, about=weighted.about | {"min_cell": 1}), "employees", "q3")
    own = weighted.responses
    for group, answer in (("employees", "q3"),):
        for name in table.counts.index:
            mine = own[own[group].isin(name.split("|")) & (own[answer] != "no_answer")]
            for option in table.counts:
                expected = mine.loc[mine[answer] == option, "weight"].sum() / mine["weight"].sum()
                assert table.shares.loc[name, option] == pytest.approx(expected)


def test_crosstabs_are_tested_by_rao_scott(weighted):
    survey = replace(weighted, about=weighted.about | {"min_cell": 1})
    tests = dependence.crosstab_tests(survey, crosstab.crosstabs(survey, ["employees"], ["q2_linked", "q4"]))
    assert list(tests["test"]) == ["rao_scott", "rao_scott_items"]
    own = weighted.responses
    run = {o: "|".join(same) for same in groups.merges(survey, "employees") for o in same}
    answered = own["q2_linked"].astype(object).where(own["q2_linked"] != "no_answer")
    expected = weights.rao_scott(own["employees"].astype(object).map(run), answered, own["weight"])
    first = tests.iloc[0]
    assert first[["statistic", "df", "df2", "p"]].tolist() == pytest.approx(
        [expected.f, expected.df, expected.df2, expected.p]
    )


def test_groups_too_small_for_any_table_leave_no_cells(tmp_path):
    survey = load(codebooks.write(tmp_path / "mine", codebooks.KINDS["rich"](), raw=True, n=20))
    assert crosstab.crosstabs(survey, list(survey.breaks), list(survey.questions.index), 5) == []
    assert {"label", "group_label", "share"} <= {*crosstab.cells(survey, [])}
