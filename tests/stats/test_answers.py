"""Tables of shares and answers of the same respondents: against arithmetic on raw answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.stats import answers, proportions, weights

SINGLE, MULTIPLE = ("industry", "q2_linked", "q3", "q9_reason"), ("q4", "q7_damage", "q10")
SELECTIONS = ("q2_suppliers_why_aware", "q2_linked_why_unaware")


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", SINGLE + MULTIPLE)
def test_shares_are_those_of_the_table(osaka, question):
    found, table = answers.shares(osaka, question, confidence=0.9, method="jeffreys"), osaka.table(question)
    expected = proportions.add_shares(table, 0.9, "jeffreys")
    pd.testing.assert_frame_equal(found[proportions.COLUMNS], expected)
    assert set(found["question"]) == {question}
    assert set(found["group"]) == {osaka.short(question)}
    assert (set(found["level"]), set(found["method"])) == ({0.9}, {"jeffreys"})
    assert "n_effective" not in found


def test_several_questions_stand_below_each_other(osaka):
    found = answers.shares(osaka, "q4", "q5")
    parts = [answers.shares(osaka, question) for question in ("q4", "q5")]
    pd.testing.assert_frame_equal(found, pd.concat(parts, ignore_index=True))


def test_simultaneous_intervals_are_said_to_be_so(osaka):
    found = answers.shares(osaka, "q3", method="goodman")
    low, high = proportions.simultaneous(osaka.table("q3")["count"]).T
    assert (found["low"].tolist(), found["high"].tolist()) == (list(low), list(high))
    assert (set(found["level"]), set(found["method"])) == ({0.95}, {"goodman"})


def test_shares_of_part_of_a_question(osaka):
    kept = [option for option in osaka.table("q3")["option"] if option not in ("not_known", "no_answer")]
    found = answers.shares(osaka, "q3", options=kept, method="goodman")
    assert list(found["option"]) == kept
    assert set(found["base"]) == {sum(osaka.count("q3", option) for option in kept)}
    assert found["share"].sum() == pytest.approx(1)
    known = answers.shares(osaka, "q2_linked", no_answer="drop")
    assert list(known["option"]) == ["aware", "unaware"]
    assert list(known["base"]) == [118 - 9] * 2
    some = answers.shares(osaka, "q4", options=["caution", "nothing"])  # who ticked others is still asked
    assert set(some["base"]) == {118}


@pytest.mark.parametrize("question", SELECTIONS)
def test_selections_stand_on_respondents_with_the_printed_share_beside(osaka, question):
    found, printed = answers.shares(osaka, question), osaka.table(question)
    ticks, asked = printed["base"].iloc[0], osaka.routed(question)
    assert ticks == printed["count"].sum() > asked
    assert list(found["count"]) == list(printed["count"])
    assert set(found["base"]) == {asked}
    assert found["share"].tolist() == [count / asked for count in printed["count"]]
    low, high = proportions.interval(printed["count"].to_numpy(), asked)
    assert (found["low"].tolist(), found["high"].tolist()) == (list(low), list(high))
    assert set(found["selections"]) == {ticks}
    assert found["share_selections"].tolist() == [count / ticks for count in printed["count"]]
    in_print = osaka.published[osaka.published["question"] == question]
    shown = found.set_index("option")["share_selections"]
    for row in in_print.itertuples():
        assert proportions.half_up(round(shown[row.option] * ticks), ticks) == row.percent
    assert len(in_print)


@pytest.mark.parametrize("question", ["q7_content", "q7_damage", "q9_reason", *SELECTIONS])
def test_a_routed_question_has_its_share_of_all(osaka, question):
    found = answers.shares(osaka, question)
    if question.startswith("q7"):  # asked of those whom an attack had reached
        assert osaka.routed(question) == 30
    assert osaka.routed(question) < 118
    assert found["share_all"].to_numpy() == pytest.approx(osaka.table(question)["count"].to_numpy() / 118)


def test_a_question_put_to_all_has_no_share_of_all(osaka):
    assert not {"share_all", "selections", "share_selections"} & set(answers.shares(osaka, "q3", "q4"))


def test_asked(osaka):
    (row,) = answers.asked(osaka, "q7_content", 0.9).to_dict("records")
    assert (row["question"], row["option"], row["count"], row["base"]) == ("q7_content", "asked", 30, 118)
    assert (row["share"], row["level"], row["method"]) == (30 / 118, 0.9, "wilson")
    assert (row["low"], row["high"]) == proportions.interval(30, 118, 0.9)


# --- who was asked ----------------------------------------------------------------------------------------------------


def of(survey, **about):
    """The same survey with other entries in survey.toml."""
    return replace(survey, about=survey.about | about)


@pytest.mark.parametrize("question", ["q3", "q4", "q7_damage", "q2_suppliers_why_aware"])
def test_where_everyone_answered_shares_are_facts(osaka, weighted, question):
    for survey in (osaka, weighted):
        plain = answers.shares(survey, question)
        found = answers.shares(of(survey, sample="census"), question)
        assert found[["low", "high", "level"]].isna().all(axis=None)
        assert (found["method"] == "").all()
        assert (found["flag"] == "").all()
        unsaid = ["low", "high", "level", "method", "flag"]
        pd.testing.assert_frame_equal(found.drop(columns=unsaid), plain.drop(columns=unsaid))
        assert answers.asked(of(survey, sample="census"), "q7_content")["low"].isna().all()


def test_intervals_of_a_random_sample_allow_for_how_much_of_the_population_answered(osaka):
    # of 235 drawn 118, each tells as much as (235 - 1) / (235 - 118) = 2 of an endless population
    survey = of(osaka, sample="random", population_size=235)
    for method in ("wilson", "clopper_pearson"):
        found, plain = (answers.shares(s, "q4", method=method) for s in (survey, osaka))
        low, high = proportions.interval(2 * plain["count"].to_numpy(), 2 * 118, 0.95, method)
        assert found["low"].to_numpy() == pytest.approx(low)
        assert found["high"].to_numpy() == pytest.approx(high)
        assert found[["share", "flag", "count", "base"]].equals(plain[["share", "flag", "count", "base"]])
    together = answers.shares(survey, "q3", method="goodman")
    assert together[["low", "high"]].to_numpy() == pytest.approx(
        proportions.simultaneous(2 * osaka.table("q3")["count"])
    )
    (row,) = answers.asked(survey, "q7_content").to_dict("records")
    assert (row["low"], row["high"]) == pytest.approx(proportions.interval(60, 236))


# --- shares with weights ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [*SINGLE, *MULTIPLE, *SELECTIONS])
def test_equal_weights_give_the_plain_shares(ones, osaka, question):
    found, expected = answers.shares(ones, question), answers.shares(osaka, question)
    same = ["question", "group", "option", "count", "base", "role", "level", "method"]
    pd.testing.assert_frame_equal(found[same], expected[same])
    for column in {"share", "share_all", "share_selections", "selections"} & set(expected):
        assert found[column].to_numpy() == pytest.approx(expected[column].to_numpy()), column
    assert found["n_effective"].to_numpy() == pytest.approx(ones.routed(question))


def test_equal_weights_give_nearly_the_plain_intervals(ones, osaka):
    """The design's variance is n / (n - 1) times the binomial one: the interval is that of one respondent fewer."""
    for method, level in (("wilson", 0.95), ("goodman", 0.95), ("wald", 0.95)):
        found, expected = answers.shares(ones, "q3", method=method), answers.shares(osaka, "q3")
        n, k = expected["base"].iloc[0] - 1, len(expected)
        level = 1 - (1 - level) / k if method == "goodman" else level
        low, high = proportions.interval(expected["share"] * n, n, level, "wald" if method == "wald" else "wilson")
        assert found["low"].to_numpy() == pytest.approx(low)
        assert found["high"].to_numpy() == pytest.approx(high)


@pytest.mark.parametrize("question", SINGLE + MULTIPLE)
def test_shares_are_those_of_each_answer_by_itself(weighted, question):
    """Which test_weights.py checks against R."""
    table, own = weighted.table(question), weighted.responses
    said = own[question] if question in SINGLE else own[[f"{question}={o}" for o in table["option"]]]
    if question in MULTIPLE:
        said = said.set_axis(table["option"], axis=1)
    found, put = answers.shares(weighted, question), weights.asked(said)
    for row in found.to_dict("records"):
        given = (said == row["option"] if question in SINGLE else said[row["option"]]).astype("boolean").mask(~put)
        expected = weights.share(given, own["weight"])
        assert (row["low"], row["high"]) == pytest.approx(weights.interval(expected)), row["option"]
        assert (row["share"], row["n_effective"]) == pytest.approx(
            (expected.value, weights.effective_size(own["weight"][put]))
        )
    assert (found["share"] - found["count"] / found["base"]).abs().max() > 0.01  # the weights matter
    assert found[["count", "base"]].equals(table[["count", "base"]])
    assert found["count"].dtype.kind == "i"
    assert (set(found["level"]), set(found["method"])) == ({0.95}, {"wilson"})


@pytest.mark.parametrize("question", SELECTIONS)
def test_reasons_and_selections_are_sums_of_weights(weighted, question):
    own, found = weighted.responses, answers.shares(weighted, question)
    columns = [name for name in own if name.startswith(f"{question}=")]
    ticks = own[columns].fillna(False).to_numpy(dtype=float) * own[["weight"]].to_numpy()
    asked = own.loc[own[columns[0]].notna(), "weight"].sum()
    mine = ticks.sum(axis=0)
    assert list(found["option"]) == [name.partition("=")[2] for name in columns]
    assert found["share"].to_numpy() == pytest.approx(mine / asked)
    assert found["share_selections"].to_numpy() == pytest.approx(mine / ticks.sum())
    assert found["share_all"].to_numpy() == pytest.approx(mine / own["weight"].sum())
    assert set(found["base"]) == {weighted.routed(question)}


def test_parts_of_a_question_and_of_all_respondents(weighted):
    own = weighted.responses
    kept = [option for option in weighted.table("q3")["option"] if option not in ("not_known", "no_answer")]
    known = answers.shares(weighted, "q3", options=kept)
    assert known["share"].sum() == pytest.approx(1)
    chosen = own["q3"].isin(kept)
    mine = own.loc[own["q3"] == kept[0], "weight"].sum()
    assert known["share"].iloc[0] == pytest.approx(mine / own.loc[chosen, "weight"].sum())
    assert known["base"].iloc[0] == chosen.sum()
    damage = answers.shares(weighted, "q7_damage").set_index("option")
    ticked = own["q7_damage=none"].fillna(False)
    assert damage.loc["none", "share_all"] == pytest.approx(np.average(ticked, weights=own["weight"]))
    (reached,) = answers.asked(weighted, "q7_content").to_dict("records")
    put = own["q7_damage=none"].notna()
    assert reached["share"] == pytest.approx(np.average(put, weights=own["weight"]))
    assert (reached["count"], reached["base"]) == (weighted.routed("q7_content"), 118)
    assert reached["n_effective"] == pytest.approx(weights.effective_size(own["weight"]))


def test_the_most_frequent_answer_is_the_one_with_most_weight(osaka, weighted_towards):
    """Those who gave the answer named least count a hundred times."""
    table = osaka.table("q10").query("role == 'answer'").sort_values("count")
    rare = table.iloc[0]["option"]
    found = weighted_towards(lambda given: np.where(given[f"q10={rare}"].fillna(False), 100.0, 1.0))
    shares = answers.shares(found, "q10")
    assert shares.loc[shares["share"].idxmax(), "option"] == rare
    assert shares.loc[shares["count"].idxmax(), "option"] != rare


# --- who gave an answer -----------------------------------------------------------------------------------------------


def test_given_are_the_raw_answers_to_these_options(raw):
    found, own = answers.given(raw, "q2_linked", ["aware"]), raw.responses["q2_linked"]
    assert (found == "aware").sum() == raw.count("q2_linked", "aware")
    assert found.isna().sum() == (own != "aware").sum()
    frame = answers.given(raw, "q4", ["caution", "nothing"])
    assert list(frame) == ["caution", "nothing"]
    assert frame.sum().tolist() == [raw.count("q4", "caution"), raw.count("q4", "nothing")]


def test_said_leaves_out_who_gave_no_answer_or_another_one(raw):
    own = raw.responses["q1_suppliers"].astype(object)
    found = answers.said(raw, "q1_suppliers", "over_1000")
    assert found.sum() == raw.count("q1_suppliers", "over_1000")
    assert found.isna().sum() == (own == "no_answer").sum() > 0
    narrow = answers.said(raw, "q1_suppliers", "over_1000", ["up_to_50"])
    assert (narrow == False).sum() == raw.count("q1_suppliers", "up_to_50")  # noqa: E712 (null is neither)
    assert narrow.notna().sum() == own.isin(["over_1000", "up_to_50"]).sum()
    assert answers.said(raw, "q4", "caution").equals(raw.responses["q4=caution"])


# --- the same answer to both ------------------------------------------------------------------------------------------

PAIR = ("q2_suppliers", "q2_customers")


def test_both_from_totals_are_bounds(osaka):
    # 78 and 82 of 118: at least 78 + 82 - 118 = 42 said both, at most 78; at least one 82, at most all
    found = answers.both(osaka, *PAIR, "unaware")
    assert found == answers.Both(42 / 118, 78 / 118, 82 / 118, 118 / 118, 118, known=False)


def test_both_is_counted_in_raw_answers(raw, osaka):
    unaware = raw.responses[list(PAIR)].astype(object) == "unaware"
    found, bounds = (answers.both(survey, *PAIR, "unaware") for survey in (raw, osaka))
    assert found.both_low == found.both_high == unaware.all(axis=1).mean()
    assert found.either_low == found.either_high == unaware.any(axis=1).mean()
    assert (found.respondents, found.known) == (118, True)
    assert bounds.both_low <= found.both_low <= bounds.both_high
    assert bounds.either_low <= found.either_low <= bounds.either_high


def test_both_is_weighted(weighted):
    own = weighted.responses
    unaware = own[list(PAIR)].astype(object) == "unaware"
    expected = [np.average(said, weights=own["weight"]) for said in (unaware.all(axis=1), unaware.any(axis=1))]
    found = answers.both(weighted, *PAIR, "unaware")
    assert [found.both_low, found.either_low] == pytest.approx(expected)
    assert (found.both_high, found.either_high) == (found.both_low, found.either_low)
    assert abs(found.both_low - unaware.all(axis=1).mean()) > 0.005  # the weights matter


# --- what must not be told ---------------------------------------------------------------------------------------------


def test_too_few_who_gave_both_leave_what_the_totals_say(raw, osaka):
    few = [o for o in raw.table("q4")["option"] if 0 < (raw.responses[f"q4={o}"] & ~raw.responses[f"q5={o}"]).sum() < 5]
    assert few
    for option in few:
        found, totals = (answers.both(survey, "q4", "q5", option) for survey in (raw, osaka))
        assert found == totals
        assert not found.known
