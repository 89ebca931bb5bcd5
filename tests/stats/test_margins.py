"""What margins imply about pairs, against every joint table there is."""

import re
from collections import defaultdict
from dataclasses import FrozenInstanceError
from functools import cache
from math import comb, isclose, sqrt

import numpy as np
import pytest
from exact_mcnemar import p_value
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sizes import size

from helpers.stats import margins as paired
from helpers.stats.mcnemar import mcnemar_p
from helpers.survey import SurveyError

METHODS = ("exact", "mid-p", "asymptotic")
MISSING = ("free", "shared")
SUPPLIERS, CUSTOMERS = (34, 78, 6), (28, 82, 8)
LINKED, UNLINKED = (64, 45, 9), (33, 77, 8)
BESPOKE, GENERIC = (28, 82, 8), (22, 88, 8)


# --- oracles that share no code and no formula with the module --------------------------------------------------------


def splits(total, parts):
    """All ways to write `total` as an ordered sum of `parts` whole numbers."""
    if parts == 1:
        yield (total,)
        return
    for head in range(total + 1):
        for tail in splits(total - head, parts - 1):
            yield (head, *tail)


def margins_of(table):
    """First and second margins of a 3 x 3 table, given row by row."""
    return tuple(sum(table[3 * i : 3 * i + 3]) for i in range(3)), tuple(sum(table[i::3]) for i in range(3))


@cache
def all_tables(respondents):
    """Every 3 x 3 table of so many respondents, by its margins."""
    tables = defaultdict(list)
    for table in splits(respondents, 9):
        tables[margins_of(table)].append(table)
    return tables


def tables_with(first, second):
    """Every 3 x 3 table with these margins: rows are filled one after the other."""
    for top in splits(first[0], 3):
        for middle in splits(first[1], 3):
            bottom = tuple(s - t - m for s, t, m in zip(second, top, middle, strict=True))
            if min(bottom) >= 0:
                yield (*top, *middle, *bottom)


def kept(tables, first, second, missing):
    """The tables that a treatment of the no-answers allows."""
    neither = min(first[2], second[2])
    return [table for table in tables if missing == "free" or table[8] == neither]


def discordant(tables):
    return {(table[1], table[3]) for table in tables}


def verdict(significant, total):
    if significant == 0:
        return "never"
    return "always" if significant == total else "undetermined"


def assert_range(result, pairs, method, alpha):
    """A PairedRange says what a list of all feasible (b, c) says."""
    p = {pair: p_value(*pair, method) for pair in pairs}
    significant = sum(value < alpha for value in p.values())
    assert isclose(result.p_min, min(p.values()), rel_tol=1e-12)
    assert isclose(result.p_max, max(p.values()), rel_tol=1e-12)
    assert isclose(p[result.at_min], result.p_min, rel_tol=1e-12)
    assert isclose(p[result.at_max], result.p_max, rel_tol=1e-12)
    assert (result.feasible, result.significant) == (len(p), significant)
    assert result.verdict == verdict(significant, len(p))


@st.composite
def margin_pairs(draw, largest=14):
    """Margins that fit together, since they come from a table."""
    cells = draw(st.lists(st.integers(0, 8), min_size=1, max_size=largest))
    return margins_of([cells.count(cell) for cell in range(9)])


@st.composite
def plain_margins(draw, largest):
    """Margins over the same respondents, drawn apart."""
    n = draw(st.integers(1, largest))
    yes, other = draw(st.integers(0, n)), draw(st.integers(0, n))
    no, other_no = draw(st.integers(0, n - yes)), draw(st.integers(0, n - other))
    return (yes, no, n - yes - no), (other, other_no, n - other - other_no)


# --- the band --------------------------------------------------------------------------------------------------------


def assert_band(first, second, missing, pairs):
    band = paired.feasible(first, second, missing)
    b, c = paired.points(first, second, missing)
    found = list(zip(b.tolist(), c.tolist(), strict=True))
    assert len(set(found)) == len(found)
    assert set(found) == pairs
    size = sum(first) + 1
    around = np.mgrid[-1 : size + 1, -1 : size + 1].reshape(2, -1)
    inside = band.contains(*around)
    assert set(zip(*around[:, inside].tolist(), strict=True)) == pairs
    tight = [max(b), max(c), min(b - c), max(b - c)]
    assert [band.b_max, band.c_max, band.d_min, band.d_max] == tight


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("respondents", range(1, 9))
def test_band_is_exact_for_every_margin_of_a_few_respondents(respondents, missing):
    everything = all_tables(respondents)
    assert len(everything) == comb(respondents + 2, 2) ** 2  # no pair of margins is left out
    for (first, second), tables in everything.items():
        assert_band(first, second, missing, discordant(kept(tables, first, second, missing)))


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=margin_pairs(), missing=st.sampled_from(MISSING))
def test_band_is_exact_for_more_respondents(pair, missing):
    tables = kept(tables_with(*pair), *pair, missing)
    assert_band(*pair, missing, discordant(tables))


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=plain_margins(40), missing=st.sampled_from(MISSING))
def test_corners_span_the_band(pair, missing):
    band = paired.feasible(*pair, missing)
    corners = np.array(band.corners)
    assert band.contains(*corners.T).all()
    assert len(set(band.corners)) == len(corners)
    everything = np.array(paired.points(*pair, missing))
    # the sides of the band run along b, along c and along the diagonals: nothing may lie outside them
    for side in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1), (1, 1), (-1, -1)]:
        assert (corners @ side).max() == (np.array(side) @ everything).max()
    if len(corners) > 2:  # in order: the outline turns one way only
        steps = np.roll(corners, -1, axis=0) - corners
        turns = steps[:, 0] * np.roll(steps, -1, axis=0)[:, 1] - steps[:, 1] * np.roll(steps, -1, axis=0)[:, 0]
        assert (turns >= 0).all()


def test_band_of_the_published_pair():
    # b <= min(34, 82), c <= min(78, 28), 34 - 28 - 8 <= b - c <= 34 - 28 + 6
    assert paired.feasible(SUPPLIERS, CUSTOMERS) == paired.Band(b_max=34, c_max=28, d_min=-2, d_max=12)
    # six answered neither: 34 - 28 - 2 <= b - c <= 34 - 28 + 0
    assert paired.feasible(SUPPLIERS, CUSTOMERS, "shared") == paired.Band(34, 28, 4, 6)


def test_contains_takes_one_pair_or_many():
    band = paired.feasible((2, 2, 0), (1, 3, 0))  # b - c = 1, c <= 1
    assert band.contains(1, 0) is True
    assert band.contains(1.5, 0.5) is False  # on the line, but no whole respondents
    assert band.contains([1, 2, 3, 0], [0, 1, 2, 0]).tolist() == [True, True, False, False]


# --- the range -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("respondents", range(1, 7))
def test_range_agrees_with_every_table_of_a_few_respondents(respondents, missing, method):
    for (first, second), tables in all_tables(respondents).items():
        pairs = discordant(kept(tables, first, second, missing))
        for alpha in (0.0625, 0.3, 0.8):  # 0.0625 is reached exactly; above 0.75 mid-p calls b = c = 1 significant
            assert_range(paired.mcnemar_range(first, second, method, missing, alpha), pairs, method, alpha)


ALPHAS = st.sampled_from([0.001, 0.05, 0.0625, 0.1, 0.125, 0.25, 0.5, 0.625, 0.75, 0.76, 0.9])


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=margin_pairs(), method=st.sampled_from(METHODS), missing=st.sampled_from(MISSING), alpha=ALPHAS)
def test_range_agrees_with_every_table_of_more_respondents(pair, method, missing, alpha):
    pairs = discordant(kept(tables_with(*pair), *pair, missing))
    assert_range(paired.mcnemar_range(*pair, method, missing, alpha), pairs, method, alpha)


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=plain_margins(60), method=st.sampled_from(METHODS), missing=st.sampled_from(MISSING), alpha=ALPHAS)
@example(pair=((5, 5, 0), (5, 5, 0)), method="mid-p", missing="free", alpha=0.8)  # the exception, on one diagonal
def test_range_agrees_with_every_point(pair, method, missing, alpha):
    pairs = zip(*(axis.tolist() for axis in paired.points(*pair, missing)), strict=True)
    assert_range(paired.mcnemar_range(*pair, method, missing, alpha), list(pairs), method, alpha)


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_a_p_equal_to_alpha_is_not_significant(method):
    # computed p-values miss the fraction by a last digit, either way, so bit by bit some would pass as smaller
    for b in range(1, 40):
        for c in range(b):
            alpha = p_value(b, c, method)
            if alpha == 1:
                continue
            # complete answers, one diagonal, which ends at (b, c): all points but the last are significant
            result = paired.mcnemar_range((b, c, 0), (c, b, 0), method, alpha=float(alpha))
            assert (result.feasible, result.significant) == (c + 1, c)


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=plain_margins(3000), method=st.sampled_from(METHODS), missing=st.sampled_from(MISSING))
def test_swapping_the_questions_swaps_b_and_c(pair, method, missing):
    there = paired.mcnemar_range(*pair, method, missing)
    back = paired.mcnemar_range(*pair[::-1], method, missing)
    same = ("p_min", "p_max", "feasible", "significant", "verdict")
    assert [getattr(there, name) for name in same] == [getattr(back, name) for name in same]
    band, mirrored = paired.feasible(*pair, missing), paired.feasible(*pair[::-1], missing)
    assert (band.b_max, band.c_max, band.d_min, band.d_max) == (
        *(mirrored.c_max, mirrored.b_max),
        *(-mirrored.d_max, -mirrored.d_min),
    )
    assert paired.nested(*pair) == paired.nested(*pair[::-1])[::-1]
    assert paired.independent(*pair) == paired.independent(*pair[::-1])[::-1]
    assert paired.joint_range(*pair, missing) == paired.joint_range(*pair[::-1], missing)
    tip, tipped = paired.tipping_point(*pair, method), paired.tipping_point(*pair[::-1], method)
    assert (tip.verdict, tip.discordant, tip.b, tip.c, tip.p) == (
        *(tipped.verdict, tipped.discordant),
        *(tipped.c, tipped.b, tipped.p),
    )


@settings(deadline=None, max_examples=size(40, 10))
@given(pair=plain_margins(200), method=st.sampled_from(METHODS))
def test_shared_no_answers_narrow_the_range(pair, method):
    free, shared = (paired.mcnemar_range(*pair, method, missing) for missing in MISSING)
    assert free.p_min <= shared.p_min <= shared.p_max <= free.p_max
    assert shared.feasible <= free.feasible
    if free.verdict != "undetermined":
        assert shared.verdict == free.verdict


OSAKA = [
    (SUPPLIERS, CUSTOMERS, "undetermined"),
    (LINKED, UNLINKED, "always"),
    (BESPOKE, GENERIC, "undetermined"),
]


def brute_pairs(first, second, missing):
    """Feasible (b, c) without the band: is there a cell yes/yes, yes/missing, ... that completes the table?"""
    (y1, n1, m1), (y2, n2, m2) = first, second
    pairs = set()
    for both in range(min(y1, y2) + 1):
        for yes_lost in range(min(y1 - both, m2) + 1):
            for yes_gained in range(min(y2 - both, m1) + 1):
                b, c = y1 - both - yes_lost, y2 - both - yes_gained
                if b > n2 or c > n1:
                    continue
                for neither in range(min(m1 - yes_gained, m2 - yes_lost) + 1):
                    if missing == "shared" and neither != min(m1, m2):
                        continue
                    no_lost, no_gained = m2 - yes_lost - neither, m1 - yes_gained - neither
                    if n1 - c - no_lost == n2 - b - no_gained >= 0:
                        pairs.add((b, c))
    return pairs


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize(("first", "second", "expected"), OSAKA)
def test_range_of_the_published_pairs(first, second, expected, missing):
    pairs = brute_pairs(first, second, missing)
    b, c = paired.points(first, second, missing)
    assert set(zip(b.tolist(), c.tolist(), strict=True)) == pairs
    for method in METHODS:
        result = paired.mcnemar_range(first, second, method, missing)
        assert_range(result, pairs, method, 0.05)
        assert result.verdict == expected


def test_verdict_can_be_never():
    # nobody differs by more than one either way
    result = paired.mcnemar_range((1, 9, 0), (1, 9, 0))
    assert (result.verdict, result.significant, result.feasible) == ("never", 0, 2)


def test_results_are_frozen():
    with pytest.raises(FrozenInstanceError):
        paired.mcnemar_range(SUPPLIERS, CUSTOMERS).p_min = 0


# --- points of reference ---------------------------------------------------------------------------------------------


def on_diagonal(pairs, difference):
    """The pairs of the feasible diagonal that is nearest to a difference."""
    nearest = min((b - c for b, c in pairs), key=lambda d: abs(d - difference))
    return sorted(pair for pair in pairs if pair[0] - pair[1] == nearest)


@settings(deadline=None, max_examples=size(80, 20))
@given(pair=margin_pairs())
@example(pair=((0, 1, 5), (6, 0, 0)))  # nobody has the published difference: only one no, and no yes, to move
def test_nested_is_the_least_discordance(pair):
    pairs = on_diagonal(discordant(tables_with(*pair)), pair[0][0] - pair[1][0])
    assert paired.nested(*pair) == min(pairs, key=sum)
    assert all(type(number) is int for number in paired.nested(*pair))


def test_nested_of_complete_answers_puts_the_smaller_group_inside():
    assert paired.nested((30, 70, 0), (20, 80, 0)) == (10, 0)
    assert paired.nested((20, 80, 0), (30, 70, 0)) == (0, 10)


def test_independent_is_the_product_of_the_margins():
    first, second = (30, 60, 10), (20, 70, 10)
    table = np.outer(first, second) / 100  # the expected table of all nine cells
    assert paired.independent(first, second) == (table[0, 1], table[1, 0]) == (21, 12)
    # among those who answered both, yes and no are independent: odds ratio 1
    assert table[0, 0] * table[1, 1] == pytest.approx(table[0, 1] * table[1, 0])


def phi_of(table):
    """Correlation of two yes/no answers, from the answers themselves."""
    yes_yes, yes_no, no_yes, no_no = table
    first = np.repeat([1, 1, 0, 0], table)
    second = np.repeat([1, 0, 1, 0], [yes_yes, yes_no, no_yes, no_no])
    return np.corrcoef(first, second)[0, 1]


@settings(deadline=None, max_examples=size(150, 37))
@given(pair=plain_margins(60), method=st.sampled_from(METHODS), alpha=ALPHAS)
@example(pair=((9, 11, 0), (9, 11, 0)), method="mid-p", alpha=0.8)
@example(pair=((0, 1, 5), (6, 0, 0)), method="exact", alpha=0.05)
def test_tipping_point_is_where_the_diagonal_flips(pair, method, alpha):
    pairs = zip(*(axis.tolist() for axis in paired.points(*pair)), strict=True)
    diagonal = [at for at in on_diagonal(list(pairs), pair[0][0] - pair[1][0]) if sum(at) > 0]
    below = [p_value(*at, method) < alpha for at in diagonal]
    result = paired.tipping_point(*pair, method, alpha)
    assert result.verdict == verdict(sum(below), len(below))
    if result.verdict != "undetermined":
        rest = (result.discordant, result.b, result.c, result.phi, result.p, result.p_next)
        assert rest == (None,) * 6
        return
    flip = below.index(False)
    assert (result.b, result.c) == diagonal[flip - 1]
    assert result.discordant == result.b + result.c
    assert isclose(result.p, p_value(*diagonal[flip - 1], method), rel_tol=1e-12)
    assert isclose(result.p_next, p_value(*diagonal[flip], method), rel_tol=1e-12)


@settings(deadline=None, max_examples=size(80, 20))
@given(pair=margin_pairs(), alpha=st.sampled_from([0.3, 0.6, 0.7]))
@example(pair=((7, 3, 2), (4, 5, 3)), alpha=0.3)
def test_phi_is_of_the_table_that_shares_the_no_answers(pair, alpha):
    result = paired.tipping_point(*pair, "asymptotic", alpha)
    if result.discordant is None:
        return
    tables = kept(tables_with(*pair), *pair, "shared")
    cells = {(t[0], t[1], t[3], t[4]) for t in tables if (t[1], t[3]) == (result.b, result.c)}
    assert len(cells) == 1  # the reading leaves nothing open
    assert result.phi == pytest.approx(phi_of(cells.pop()))


def test_tipping_point_of_a_worked_example():
    # d = 34 - 28 = 6. (6, 0): 2/2^6 = 0.03125 < 0.05; (7, 1): 0.0703. Yes to both 34 - 6 = 28, no to both
    # min(78 - 0, 82 - 6) = 76: phi = (28 * 76 - 6 * 0) / sqrt(34 * 76 * 28 * 82)
    result = paired.tipping_point(SUPPLIERS, CUSTOMERS)
    assert (result.verdict, result.discordant, result.b, result.c) == ("undetermined", 6, 6, 0)
    assert (result.p, result.p_next) == pytest.approx((0.03125, 18 / 256))
    assert result.phi == pytest.approx(28 * 76 / sqrt(34 * 76 * 28 * 82))
    assert paired.tipping_point(LINKED, UNLINKED).verdict == "always"
    assert paired.tipping_point((5, 5, 0), (5, 5, 0)).verdict == "never"


# --- the curve -------------------------------------------------------------------------------------------------------


def assert_curve(pair, method):
    found = paired.curve(*pair, method)
    band = paired.feasible(*pair)
    pairs = set(zip(*(part.tolist() for part in paired.points(*pair)), strict=True))
    difference = band.nearest(pair[0][0] - pair[1][0])
    on_it = sorted((b + c, b, c) for b, c in pairs if b - c == difference)
    assert list(found[["discordant", "b", "c"]].itertuples(index=False, name=None)) == on_it
    assert found["p"].tolist() == [mcnemar_p(b, c, method) for _, b, c in on_it]
    rising = found["p"] if difference else found["p"].iloc[1:]  # b = c = 0 is no evidence: p = 1
    assert (np.diff(rising) >= -1e-15).all()
    return found


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None, max_examples=size(60, 15))
@given(pair=margin_pairs(), alpha=st.sampled_from([0.05, 0.3, 0.6]))
@example(pair=(SUPPLIERS, CUSTOMERS), alpha=0.05)
@example(pair=(LINKED, UNLINKED), alpha=1e-4)
def test_curve_runs_along_the_observed_difference_and_turns_at_the_tipping_point(method, pair, alpha):
    found, turn = assert_curve(pair, method), paired.tipping_point(*pair, method, alpha)
    if turn.verdict != "undetermined":
        tested = found[found["discordant"] > 0] if found["b"].iloc[0] == found["c"].iloc[0] else found
        assert {turn.verdict == "always"} >= set(tested["p"] < alpha)
        return
    here = found.set_index("discordant").loc[turn.discordant]
    assert (here["b"], here["c"], here["p"]) == (turn.b, turn.c, turn.p)
    assert here["phi"] == pytest.approx(turn.phi, nan_ok=True)
    assert found.loc[found["p"] < alpha * (1 - 1e-12), "discordant"].max() == turn.discordant
    assert found.set_index("discordant").loc[turn.discordant + 2, "p"] == turn.p_next


def test_curve_of_a_worked_example():
    # d = 6: (6, 0) has 2 / 2^6, (7, 1) 18 / 2^8; phi as in the tipping point's example, which is (6, 0)
    found = paired.curve(SUPPLIERS, CUSTOMERS)
    assert found["p"].head(2).tolist() == pytest.approx([0.03125, 18 / 256])
    assert found["phi"].iloc[0] == pytest.approx(28 * 76 / sqrt(34 * 76 * 28 * 82))
    assert (found["b"].iloc[-1], found["c"].iloc[-1]) == (34, 28)  # no yes is left that both could share
    assert (np.diff(found["phi"]) < 0).all()


# --- both, and at least one ------------------------------------------------------------------------------------------


def assert_joint(first, second, missing, tables):
    both = {table[0] for table in tables}
    either = {sum(table[:4]) + table[6] for table in tables}
    found = paired.joint_range(first, second, missing)
    assert found == paired.JointCounts(min(both), max(both), min(either), max(either), sum(first))


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("respondents", range(1, 7))
def test_joint_range_agrees_with_every_table_of_a_few_respondents(respondents, missing):
    for (first, second), tables in all_tables(respondents).items():
        assert_joint(first, second, missing, kept(tables, first, second, missing))


@settings(deadline=None, max_examples=size(60, 15))
@given(pair=margin_pairs(), missing=st.sampled_from(MISSING))
def test_joint_range_agrees_with_every_table_of_more_respondents(pair, missing):
    assert_joint(*pair, missing, kept(tables_with(*pair), *pair, missing))


def test_joint_range_of_a_worked_example():
    # 70 + 60 of 100: at least 30 said both, at most 60; at least one: 70 to 100
    assert paired.joint_range((70, 30, 0), (60, 40, 0)) == paired.JointCounts(30, 60, 70, 100, 100)
    # ten answered neither question: 70 + 60 of the 90 others
    assert paired.joint_range((70, 20, 10), (60, 30, 10), "shared") == paired.JointCounts(40, 60, 70, 90, 100)


# --- margins of a survey ---------------------------------------------------------------------------------------------


def test_margins_of_a_single_choice_question(osaka):
    assert paired.margins(osaka, "q2_suppliers", "aware") == SUPPLIERS
    assert paired.margins(osaka, "q2_suppliers", ["aware"], ["unaware"]) == SUPPLIERS
    yes, no, missing = paired.margins(osaka, "q9", ["dedicated", "general_with"])
    count = {option: osaka.count("q9", option) for option in osaka.table("q9")["option"]}
    assert yes == count["dedicated"] + count["general_with"]
    assert (no, missing) == (count["general_without"] + count["none"], count["no_answer"])
    # an answer that is named neither yes nor no is neither
    assert paired.margins(osaka, "q9", "dedicated", "none") == (
        *(count["dedicated"], count["none"]),
        count["no_answer"] + count["general_with"] + count["general_without"],
    )


def test_margins_of_a_multiple_choice_question(osaka):
    chosen = osaka.count("q4", "contract")
    assert paired.margins(osaka, "q4", "contract") == (chosen, osaka.respondents - chosen, 0)


REFUSED = [
    ("q2_suppliers_why_aware", "needed", None, "has no margins of respondents: its counts are selections"),
    ("q9_author", None, None, "was put to those of q9=dedicated only"),
    ("q4", ["contract", "rules"], None, "q4 is multiple-choice: expected one option as yes and none as no"),
    ("q4", "contract", "nothing", "q4 is multiple-choice: expected one option as yes and none as no"),
    ("q2_suppliers", "aware", "aware", "q2_suppliers: found 'aware' twice"),
    ("q2_suppliers", ["aware", "aware"], None, "q2_suppliers: found 'aware' twice"),
    ("q2_suppliers", "no_answer", None, "q2_suppliers: found 'no_answer' twice"),
    ("q2_suppliers", "aware", ["unaware", "no_answer"], "q2_suppliers: found 'no_answer' twice"),
    ("q2_suppliers", [], None, "q2_suppliers: found no option as yes; expected at least one"),
]


def assert_one_line(caught, part):
    message = str(caught.value)
    assert part in message
    assert "\n" not in message


@pytest.mark.parametrize(("question", "yes", "no", "part"), REFUSED)
def test_margins_refuse(osaka, question, yes, no, part):
    yes = osaka.table(question)["option"].iloc[0] if yes is None else yes
    with pytest.raises(ValueError, match=re.escape(part)) as caught:
        paired.margins(osaka, question, yes, no)
    assert_one_line(caught, part)


def test_margins_refuse_what_the_survey_did_not_ask(osaka):
    with pytest.raises(SurveyError, match="'q99'"):
        paired.margins(osaka, "q99", "aware")
    with pytest.raises(SurveyError, match="option of q2_suppliers: found 'maybe'"):
        paired.margins(osaka, "q2_suppliers", "aware", "maybe")


def test_check_pair(osaka):
    assert paired.check_pair(osaka, "q2_suppliers", "q2_customers") is None
    assert paired.check_pair(osaka, "q4", "q5") is None
    with pytest.raises(ValueError, match="not with itself: q4") as caught:
        paired.check_pair(osaka, "q4", "q4")
    assert_one_line(caught, "a question is paired with another one")
    with pytest.raises(ValueError, match="q4 and q9 cannot be paired: one is single-choice") as caught:
        paired.check_pair(osaka, "q4", "q9")
    assert_one_line(caught, "the other multiple-choice")


# --- bad input -------------------------------------------------------------------------------------------------------

TAKES_MARGINS = [
    *(paired.feasible, paired.points, paired.mcnemar_range, paired.nested),
    *(paired.independent, paired.tipping_point, paired.joint_range, paired.curve),
]
BAD_MARGINS = [
    (34, 78),
    (34, 78, 6, 0),
    (34, 78, -6),
    (34, 78, 6.5),
    (34, 78, True),
    (34, 78, np.True_),
    (34, 78, float("nan")),
    (34, 78, float("inf")),
    (34, 78, None),
    (34, 78, "6"),
    "346",
    118,
    None,
]


@pytest.mark.parametrize("function", TAKES_MARGINS)
@pytest.mark.parametrize("margin", BAD_MARGINS)
def test_bad_margins_are_named(function, margin):
    expected = f"found {margin!r}; expected three whole numbers, 0 or more: yes, no, missing"
    with pytest.raises(ValueError, match=r"^first: found") as caught:
        function(margin, CUSTOMERS)
    assert_one_line(caught, expected)
    with pytest.raises(ValueError, match=r"^second: found") as caught:
        function(SUPPLIERS, margin)
    assert_one_line(caught, expected)


@pytest.mark.parametrize("function", TAKES_MARGINS)
def test_margins_of_different_respondents_are_refused(function):
    with pytest.raises(ValueError, match=r"^margins: found 118 respondents in") as caught:
        function(SUPPLIERS, (28, 82, 9))
    assert_one_line(caught, "and 119 in (28, 82, 9); expected the same number, 1 or more")
    with pytest.raises(ValueError, match=r"^margins: found 0 respondents in"):
        function((0, 0, 0), (0, 0, 0))


def test_whole_numbers_of_any_type_are_taken():
    expected = paired.mcnemar_range(SUPPLIERS, CUSTOMERS)
    assert paired.mcnemar_range(np.array(SUPPLIERS), list(CUSTOMERS)) == expected
    assert paired.mcnemar_range((np.int32(34), np.uint8(78), 6.0), np.array(CUSTOMERS, dtype=float)) == expected
    assert all(type(number) is int for number in (*expected.at_min, *expected.at_max, expected.feasible))


@pytest.mark.parametrize("method", ["fisher", "", None, ["exact"]])
def test_an_unknown_method_is_named(method):
    calls = [
        lambda: paired.mcnemar_range(SUPPLIERS, CUSTOMERS, method),
        lambda: paired.tipping_point(SUPPLIERS, CUSTOMERS, method),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^method: found") as caught:
            call()
        assert_one_line(caught, f"found {method!r}; expected one of exact, mid-p, asymptotic")


@pytest.mark.parametrize("missing", ["drop", None, ("free",)])
def test_an_unknown_treatment_of_no_answers_is_named(missing):
    for function in (paired.feasible, paired.points, paired.joint_range):
        with pytest.raises(ValueError, match=r"^missing: found") as caught:
            function(SUPPLIERS, CUSTOMERS, missing)
        assert_one_line(caught, f"found {missing!r}; expected one of free, shared")
    with pytest.raises(ValueError, match=r"^missing: found"):
        paired.mcnemar_range(SUPPLIERS, CUSTOMERS, missing=missing)


@pytest.mark.parametrize("alpha", [0, 1, -0.05, 5, float("nan"), True, "0.05", None])
def test_a_bad_alpha_is_named(alpha):
    for function in (paired.mcnemar_range, paired.tipping_point):
        with pytest.raises(ValueError, match=r"^alpha: found") as caught:
            function(SUPPLIERS, CUSTOMERS, alpha=alpha)
        assert_one_line(caught, f"found {alpha!r}; expected a number between 0 and 1, both excluded")


def test_long_values_do_not_break_the_message():
    with pytest.raises(ValueError, match=r"^first: found array") as caught:
        paired.feasible(np.full((40, 3), 0.5), CUSTOMERS)
    assert_one_line(caught, "…; expected three whole numbers")
