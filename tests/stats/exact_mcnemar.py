"""McNemar's p in exact fractions: what the tests of `mcnemar` and `margins` compare with."""

from fractions import Fraction
from functools import cache
from math import comb, erfc, sqrt


@cache
def p_value(b, c, method):
    """McNemar's p, exact as a fraction for the binomial methods, from the definitions in Fagerland et al. (2013)."""
    n, k = b + c, min(b, c)
    if n == 0:
        return Fraction(1)
    if method == "asymptotic":
        return erfc(sqrt((b - c) ** 2 / n / 2))  # P(Z² > x) of a standard normal Z
    point = Fraction(comb(n, k), 2**n)
    exact = min(Fraction(1), 2 * sum(Fraction(comb(n, i), 2**n) for i in range(k + 1)))
    if method == "exact":
        return exact
    return 1 - point / 2 if b == c else exact - point
