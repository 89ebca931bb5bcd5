"""McNemar's test of two discordant counts: b said yes and then no, c the reverse.

On a diagonal b - c = d every p-value of METHODS rises with b + c: the same difference among more who disagree is less
evidence. With k = min(b, c), n = b + c, X ~ Binomial(n, 1/2), f(k) = P(X = k) and F(k) = P(X <= k), going to
(b + 1, c + 1) adds two trials, and F(k) grows by (f(k + 1) - f(k)) / 4, which is >= 0 as long as 2k + 1 <= n. For
d != 0 exact is 2 F(k), at most 1, and mid-p is F(k - 1) + F(k), so both rise; asymptotic depends on d² / n alone. For
d = 0 exact and asymptotic are 1, and mid-p is 1 - f(k) / 2, which rises too, with one exception: b = c = 0 is no
evidence at all, p = 1, while b = c = 1 has 0.75.
"""

from numbers import Real

import numpy as np
from scipy.special import bdtr, chdtrc


def _tail(k, n):
    """P(X <= k) of X ~ Binomial(n, 1/2); 0 for k < 0."""
    return np.where(k < 0, 0.0, bdtr(np.maximum(k, 0), n, 0.5))


def _exact(b, c):
    # within one of each other the doubled tail is 1 or more; said outright, lest it round to 0.9999
    return np.where(np.abs(b - c) <= 1, 1.0, np.minimum(2 * _tail(np.minimum(b, c), b + c), 1))


def _mid_p(b, c):
    k, n = np.minimum(b, c), b + c
    # F(k - 1) + F(k) is 2 F(k) - P(X = k); for b = c, 1 - P(X = k) / 2 is 1/2 + F(k - 1) by symmetry
    p = _tail(k - 1, n) + np.where(b == c, 0.5, _tail(k, n))
    return np.where(n == 0, 1.0, p)


def _asymptotic(b, c):
    return chdtrc(1, np.square(b - c, dtype=float) / np.maximum(b + c, 1))


METHODS = {"exact": _exact, "mid-p": _mid_p, "asymptotic": _asymptotic}


def mcnemar_p(b, c, method="exact"):
    """Two-sided p-value of McNemar's test from the discordant counts b (yes, no) and c (no, yes).

    `b` and `c` are whole numbers, or arrays of them that broadcast; the result has their shape. Methods:
    "exact", twice the smaller binomial tail, at most 1; "mid-p", exact less the probability of what was observed, and
    1 less half of it where b = c (Fagerland, Lydersen & Laake 2013, https://doi.org/10.1186/1471-2288-13-91);
    "asymptotic", chi-square with 1 degree of freedom and no continuity correction. Without discordant answers p is 1.
    Raises ValueError for an unknown method and for counts that are negative or not whole.
    """
    check_choice("method", method, METHODS)
    p = METHODS[method](_counts("b", b), _counts("c", c))
    return float(p) if np.ndim(p) == 0 else p


# --- checking what comes in ------------------------------------------------------------------------------------------


def show(value, width=60):
    """A value on one line of a message, however long its own form is."""
    text = " ".join(repr(value).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def check_choice(name, value, known):
    """Raise ValueError unless the value is one of those known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name}: found {show(value)}; expected one of {', '.join(known)}")


def check_alpha(alpha):
    """Raise ValueError unless alpha is a number between 0 and 1."""
    if not _is_number(alpha) or not 0 < alpha < 1:
        raise ValueError(f"alpha: found {show(alpha)}; expected a number between 0 and 1, both excluded")


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def is_count(value):
    """Whether a value is a whole number, 0 or more."""
    return _is_number(value) and float(value).is_integer() and value >= 0


def _counts(name, values):
    """Discordant counts as integers, of any shape."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or not np.all((array >= 0) & (array < 2**53) & (array == np.floor(array))):
        raise ValueError(f"{name}: found {show(values)}; expected whole numbers, 0 or more")
    return array.astype(np.int64)
