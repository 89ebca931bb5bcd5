"""The tests of multiple-choice questions against the published analyses of a survey of farmers in Kansas.

The figures: Bilder and Loughin (2004), Biometrics 60:241-248, and (2007), Communications in Statistics - Theory and
Methods 36:433-451; Koziol and Bilder (2014), R Journal 6(1):144-150, as the package MRCV 0.4-0 prints them. The answers
themselves are not kept here. Who has them names their folder, and they are analysed anew; in R:

    for (d in c("farmer1", "farmer2")) write.table(getExportedValue("MRCV", d), paste0(d, ".txt"), row.names = FALSE)

    MRCV_DATA=. python -m pytest tests/stats/test_published.py

Without them, what the figures say of each other is tested, and on made-up answers where a correction of ours differs.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.stats import exact, joint, tests_of_counts

PUBLISHED = {  # `sum`, and the second-order correction: its statistic and degrees of freedom
    "farmer2": {"sum": 64.03, "second": 36.17, "df": 6.78, "bonferroni": 0.0019, "bootstrap": 0.0005, "draws": 1999},
    "farmer1": {"second": 28.68, "df": 18.6, "p": 0.0632},
}
PLAIN = {"sum": 64.83, "second": 36.62}  # of farmer2 without the 0.5 that MRCV adds to an empty cell
MULTINOMIAL = {"second": 27.34, "df": 17.73, "p": 0.0672}  # of farmer1, respondents and groups drawn together


# --- what needs no answers -------------------------------------------------------------------------------------------


def corrected(statistic, df, df_second):
    """The second-order correction of `joint` for a statistic whose eigenvalues have the squares that give `df_second`."""
    eigenvalues = np.full(df, np.sqrt(df / df_second))
    return joint._multiple(np.full(df, statistic / df), 1, eigenvalues, np.zeros(1), 0).second_order


@pytest.mark.parametrize("figures", [PUBLISHED["farmer2"], {**PUBLISHED["farmer2"], **PLAIN}])
def test_sum_and_degrees_of_freedom_give_the_published_correction(figures):
    found = corrected(figures["sum"], 12, figures["df"])
    assert found.statistic == pytest.approx(figures["second"], abs=figures["sum"] / 12 * 0.005 + 0.01)  # df is rounded
    assert found.df == pytest.approx(figures["df"])
    assert found.p < 0.0001


@pytest.mark.parametrize("figures", [PUBLISHED["farmer1"], MULTINOMIAL])
def test_the_corrected_statistic_has_the_published_p(figures):
    found = corrected(figures["second"] * 20 / figures["df"], 20, figures["df"])
    assert found.p == pytest.approx(figures["p"], abs=0.0006)  # what 0.05 degrees of freedom make


def given_groups(group, ticked):
    """The published second-order correction for a single-choice question, (statistic, df, p), as MRCV computes it.

    The groups' sizes are fixed, and the covariance of their shares is the one within each group.
    """
    names, of = np.unique(group, return_inverse=True)
    (n, c), r = ticked.shape, len(names)
    size, share = np.bincount(of) / n, ticked.mean(axis=0)
    within = np.zeros((r * c, r * c))
    for i in range(r):
        own = slice(i * c, (i + 1) * c)
        within[own, own] = np.cov(ticked[of == i], rowvar=False, bias=True) / size[i]
    from_all = np.eye(r * c) - np.kron(np.outer(np.ones(r), size), np.eye(c))
    scale = np.kron(1 / size, share * (1 - share))
    squares = (np.linalg.eigvals((from_all @ within @ from_all.T) / scale[:, None]).real ** 2).sum()
    df, statistic = (r - 1) * c, sum(tests_of_counts.independence(pd.crosstab(of, tick))[0] for tick in ticked.T)
    return df * statistic / squares, df**2 / squares, stats.chi2.sf(df * statistic / squares, df**2 / squares)


def made_up(n, leaning):
    """Three groups and four items that hang together, and with the group where `leaning` is not 0."""
    rng = np.random.default_rng(5)
    group, taste = rng.integers(3, size=n), rng.normal(size=(n, 1))
    return group, (rng.normal(size=(n, 4)) + taste + leaning * group[:, None] > 0.5).astype(float)


def second_order(group, ticked):
    return joint.marginal_independence(group, pd.DataFrame(ticked > 0), resamples=1).second_order


def test_both_corrections_are_one_where_nothing_depends_on_the_group():
    """With many respondents: what tells them apart is only how the covariance is estimated."""
    sample = made_up(40_000, leaning=0)
    found = second_order(*sample)
    assert (found.statistic, found.df) == pytest.approx(given_groups(*sample)[:2], rel=0.01)


def test_the_corrections_part_where_something_does():
    sample = made_up(40_000, leaning=1)
    assert abs(second_order(*sample).df / given_groups(*sample)[1] - 1) > 0.02


# --- what is simulated -----------------------------------------------------------------------------------------------


def test_enough_is_drawn_for_the_stated_error():
    """At p = 0.05 the standard error of every simulated p-value is below 0.002."""
    assert np.sqrt(0.05 * 0.95 / joint.RESAMPLES) < 0.002
    for function in (joint.marginal_independence, joint.pairwise_independence, joint.marginal_homogeneity):
        assert joint.RESAMPLES in function.__defaults__
    assert joint.RESAMPLES in exact.exact_p.__defaults__


def test_the_stated_error_is_that_of_other_seeds():
    """p-values of 30 seeds scatter as stated: their variance over the stated one is chi-square / 29, 0.38 to 2.01 (99.8%)."""
    table = np.array([[9, 3, 2], [3, 6, 5]])
    found = np.array([exact.exact_p([table], resamples=999, seed=seed)[0] for seed in range(30)])
    p = exact.exact_p([table], resamples=100_000)[0]
    assert 0.38 < found.var(ddof=1) / (p * (1 - p) / 999) < 2.01


# --- the farmers themselves ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def farmers():
    """A function that reads farmer1 or farmer2: the first column(s), and the other items."""
    folder = os.environ.get("MRCV_DATA")
    if not folder:
        pytest.skip("the farmers' answers are not here: MRCV_DATA names their folder (see above)")
    return lambda name: pd.read_csv(Path(folder) / f"{name}.txt", sep=r"\s+")


@pytest.fixture(scope="module")
def tested(farmers):
    """`pairwise_independence` of what farmers test for and how they store waste, with as many draws as were published."""
    ticked = farmers("farmer2").astype(bool)
    return joint.pairwise_independence(ticked.iloc[:, :3], ticked.iloc[:, 3:], PUBLISHED["farmer2"]["draws"])


def with_constant(found, table):
    """The sum of statistics when 0.5 is added to the empty cells of the last pair's 2 x 2 table, as MRCV does."""
    filled = stats.chi2_contingency(np.where(table == 0, 0.5, table), correction=False)
    return found.statistic - found.items[-1, -1] + filled.statistic


def test_two_multiple_choice_questions(farmers, tested):
    answers, published = farmers("farmer2"), PUBLISHED["farmer2"]
    last = pd.crosstab(answers["w3"], answers["y4"]).to_numpy()
    total = with_constant(tested, last)
    second = tested.second_order
    assert tested.n == 279
    assert round(total, 2) == published["sum"]
    assert round(tested.statistic, 2) == PLAIN["sum"]
    assert round(tested.p_bonferroni, 4) == published["bonferroni"]
    assert round(tested.p_bootstrap, 4) == published["bootstrap"]
    assert round(second.df, 2) == published["df"]
    assert round(second.statistic, 2) == PLAIN["second"]
    assert round(second.statistic * total / tested.statistic, 2) == published["second"]


def test_one_multiple_choice_question_by_a_single_choice_one(farmers):
    answers = farmers("farmer1")
    group, ticked = answers.iloc[:, 0].to_numpy(), answers.iloc[:, 1:].to_numpy(dtype=float)
    statistic, df, p = given_groups(group, ticked)
    found, published = second_order(group, ticked), PUBLISHED["farmer1"]
    assert (round(statistic, 2), round(df, 1), round(p, 4)) == (published["second"], published["df"], published["p"])
    ours = (round(found.statistic, 2), round(found.df, 2), round(found.p, 4))
    assert ours == (MULTINOMIAL["second"], MULTINOMIAL["df"], MULTINOMIAL["p"])
