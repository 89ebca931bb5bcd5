"""McNemar's p-values against published ones, fractions, statsmodels and scipy."""

import numpy as np
import pytest
from exact_mcnemar import p_value
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from helpers.stats.mcnemar import METHODS, mcnemar_p

PUBLISHED = [
    # Airway hyper-responsiveness in 21 children (Bentur et al.; table 1 of Fagerland et al. 2013): printed values.
    # By hand: P(X <= 1) = 9/256, doubled 0.0703; less P(X = 1) = 8/256 gives 0.0391; 6²/8 = 4.5, z = 2.1213
    (1, 7, 0.0703, 0.0391, 0.0339),
    # by hand: P(X <= 6) of n = 22 is 110056/2^22; P(X = 6) = 74613/2^22; 10²/22 = 4.545, z = 2.132
    (6, 16, 0.0525, 0.0347, 0.0330),
    # by hand: P(X = 0) of n = 5 is 1/32, doubled 1/16, less 1/32; 5²/5 = 5, z = 2.236
    (0, 5, 0.0625, 0.0313, 0.0253),
    # by hand, b = c: the doubled tail is over 1, hence 1; P(X = 2) of n = 4 is 6/16, 1 - 3/16; 0²/4 = 0
    (2, 2, 1, 0.8125, 1),
    (1, 1, 1, 0.75, 1),
    # by hand, next to each other: 2 (1 + 3)/8 = 1; less 3/8; 1²/3, z = 0.5774
    (2, 1, 1, 0.625, 0.5637),
    (0, 0, 1, 1, 1),
]


@pytest.mark.parametrize(("b", "c", "exact", "mid_p", "asymptotic"), PUBLISHED)
def test_p_values_that_are_published_or_found_by_hand(b, c, exact, mid_p, asymptotic):
    found = [mcnemar_p(b, c, method) for method in METHODS]
    assert found == pytest.approx([exact, mid_p, asymptotic], abs=5.1e-5)  # as printed: half of the last digit
    assert all(type(p) is float for p in found)


def test_p_values_of_statsmodels():
    for b in range(25):
        for c in range(25):
            if b + c == 0:
                continue
            table = [[3, b], [c, 4]]
            assert mcnemar_p(b, c) == pytest.approx(mcnemar(table, exact=True).pvalue, rel=1e-12)
            other = mcnemar(table, exact=False, correction=False).pvalue
            assert mcnemar_p(b, c, "asymptotic") == pytest.approx(other, rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_p_values_of_fractions(method):
    b, c = np.mgrid[:40, :40]
    expected = [[float(p_value(i, j, method)) for j in range(40)] for i in range(40)]
    np.testing.assert_allclose(mcnemar_p(b, c, method), expected, rtol=1e-12)


def test_p_values_of_many_respondents():
    for b, c in [(50_400, 49_600), (51_000, 49_000), (700, 100_000)]:
        exact = stats.binomtest(min(b, c), b + c).pvalue
        assert mcnemar_p(b, c) == pytest.approx(exact, rel=1e-8)
        mid = exact - stats.binom.pmf(min(b, c), b + c, 0.5)
        assert mcnemar_p(b, c, "mid-p") == pytest.approx(mid, rel=1e-6)
    assert mcnemar_p(0, 100_000) == 0  # too small for a float


def test_p_values_broadcast():
    p = mcnemar_p(np.array([1, 2, 3], dtype=np.uint8), 7)
    assert p.shape == (3,)
    assert p[0] == mcnemar_p(1, 7) == mcnemar_p(1.0, np.int64(7))
    assert mcnemar_p([], []).shape == (0,)


@pytest.mark.parametrize("method", METHODS)
def test_p_rises_along_every_diagonal(method):
    for d in range(-30, 31):
        least = np.arange(1 if d == 0 else 0, 400)
        p = mcnemar_p(least + max(d, 0), least + max(-d, 0), method)
        assert (np.diff(p) >= -1e-15).all()
    assert mcnemar_p(0, 0, method) == 1  # the one exception, for mid-p


# --- bad input -------------------------------------------------------------------------------------------------------


def assert_one_line(caught, part):
    message = str(caught.value)
    assert part in message
    assert "\n" not in message


@pytest.mark.parametrize("method", ["fisher", "", None, ["exact"]])
def test_an_unknown_method_is_named(method):
    with pytest.raises(ValueError, match=r"^method: found") as caught:
        mcnemar_p(1, 7, method)
    assert_one_line(caught, f"found {method!r}; expected one of exact, mid-p, asymptotic")


@pytest.mark.parametrize("count", [-1, 1.5, float("nan"), float("inf"), True, "1", None, [1, -1], [[1, 2], [3, 0.5]]])
def test_bad_discordant_counts_are_named(count):
    with pytest.raises(ValueError, match=r"^b: found") as caught:
        mcnemar_p(count, 7)
    assert_one_line(caught, "expected whole numbers, 0 or more")
    with pytest.raises(ValueError, match=r"^c: found"):
        mcnemar_p(7, count)


def test_long_values_do_not_break_the_message():
    with pytest.raises(ValueError, match=r"^b: found array") as caught:
        mcnemar_p(np.arange(-500, 500), 7)
    assert_one_line(caught, "…; expected whole numbers, 0 or more")
