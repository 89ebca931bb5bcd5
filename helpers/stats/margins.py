"""What the margins of two yes/no questions imply about paired answers, when only the margins are published.

The same N respondents answered both questions, so a 3 x 3 table (yes, no, missing) exists, of which only the row
totals (y1, n1, m1) and the column totals (y2, n2, m2) are known. McNemar's test needs two of its cells: b, who said yes
to the first question and no to the second, and c, the reverse. The pairs (b, c) that occur in some table are exactly
the whole numbers of the band

    0 <= b <= min(y1, n2),   0 <= c <= min(n1, y2),   y1 - y2 - m2 <= b - c <= y1 - y2 + m1.

Proof. Fix b and c. What is left of the rows (y1 - b, n1 - c, m1) has to be shipped to what is left of the columns
(y2 - c, n2 - b, m2) without the two fixed cells. By Gale's theorem (1957) that is possible, in whole numbers, if and
only if no set of rows holds more than the columns open to it can take. Row yes alone may use columns yes and missing:
y1 - b <= y2 - c + m2, the lower limit of b - c. Row no alone may use columns no and missing: n1 - c <= n2 - b + m2, the
upper limit, since n2 + m2 - n1 = y1 - y2 + m1. Any other set of rows may use every column.

If the no-answers overlap as far as the margins allow (`missing="shared"`), min(m1, m2) respondents answered neither
question. Taking them out leaves the same problem with m1 and m2 smaller by that number, one of them 0, so the cell
missing/missing stays empty by itself: the band of the smaller margins is exact again.

Along a diagonal b - c = d p rises (see `mcnemar`), so that its first points are the significant ones.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .mcnemar import METHODS, check_alpha, check_choice, is_count, mcnemar_p, show

# p within rounding of alpha counts as equal to it: exact p-values are fractions of powers of 2, and can hit 0.0625
_BELOW = 1 - 1e-12


MISSING = ("free", "shared")

# --- checking what comes in ------------------------------------------------------------------------------------------


def _margin(name, margin):
    """The margins of one question as three integers."""
    try:
        numbers = tuple(margin)
    except TypeError:
        numbers = ()
    if len(numbers) != 3 or not all(is_count(number) for number in numbers):
        expected = "three whole numbers, 0 or more: yes, no, missing"
        raise ValueError(f"{name}: found {show(margin)}; expected {expected}")
    return tuple(int(number) for number in numbers)


def _read(first, second, missing="free"):
    """Both margins, checked; under missing="shared", without those who answered neither question."""
    check_choice("missing", missing, MISSING)
    first, second = _margin("first", first), _margin("second", second)
    if sum(first) != sum(second) or sum(first) == 0:
        found = f"{sum(first)} respondents in {first} and {sum(second)} in {second}"
        raise ValueError(f"margins: found {found}; expected the same number, 1 or more")
    neither = min(first[2], second[2]) if missing == "shared" else 0
    return (*first[:2], first[2] - neither), (*second[:2], second[2] - neither)


# --- the feasible discordant counts ----------------------------------------------------------------------------------


def _place(d, least):
    """The point (b, c) on the diagonal b - c = d whose smaller count is `least`."""
    return least + np.maximum(d, 0), least + np.maximum(-d, 0)


def _pair(d, least):
    b, c = _place(d, least)
    return int(b), int(c)


@dataclass(frozen=True)
class Band:
    """The feasible discordant counts: whole numbers with 0 <= b <= b_max, 0 <= c <= c_max, d_min <= b - c <= d_max.

    All in respondents. Each of the four limits is reached by a feasible point.
    """

    b_max: int
    c_max: int
    d_min: int
    d_max: int

    def contains(self, b, c):
        """Whether (b, c) is feasible: a bool, or an array of bools for arrays."""
        b, c = np.asarray(b), np.asarray(c)
        inside = (b >= 0) & (b <= self.b_max) & (c >= 0) & (c <= self.c_max)
        inside = inside & (b == np.floor(b)) & (c == np.floor(c)) & (b - c >= self.d_min) & (b - c <= self.d_max)
        return bool(inside) if inside.ndim == 0 else inside

    @property
    def diagonals(self):
        """Every feasible difference b - c, ascending."""
        return np.arange(self.d_min, self.d_max + 1)

    def reach(self, d):
        """The largest min(b, c) on the diagonal b - c = d (from d_min to d_max); the smallest is 0."""
        return np.minimum(self.b_max - np.maximum(d, 0), self.c_max - np.maximum(-d, 0))

    def nearest(self, d):
        """The feasible difference b - c that is nearest to d."""
        return min(max(d, self.d_min), self.d_max)

    @property
    def corners(self):
        """The corners (b, c) of the band in the order in which an outline is drawn, starting on the side of c."""
        inner = sorted({self.d_min, self.nearest(0), self.d_max})
        outer = sorted({self.d_min, self.nearest(self.b_max - self.c_max), self.d_max}, reverse=True)
        around = [_pair(d, 0) for d in inner] + [_pair(d, self.reach(d)) for d in outer]
        return list(dict.fromkeys(around))


def feasible(first, second, missing="free"):
    """The band of discordant counts that some table with these margins has (exact; proof in the module's docstring).

    `first` and `second` are (yes, no, missing) in respondents. `missing` says what is supposed of the no-answers:
    "free", nothing; "shared", as many respondents as the margins allow answered neither question. Raises ValueError for
    margins that are not three whole numbers of 0 or more, or that do not add up to the same number of respondents.
    """
    (y1, n1, m1), (y2, n2, m2) = _read(first, second, missing)
    b_max, c_max, d = min(y1, n2), min(n1, y2), y1 - y2
    return Band(b_max, c_max, max(d - m2, -c_max), min(d + m1, b_max))


def points(first, second, missing="free"):
    """All feasible (b, c) as two arrays of equal length, diagonal by diagonal; arguments and errors as in `feasible`.

    Meant for drawing small margins: the number of points can grow with the square of the number of respondents.
    """
    band = feasible(first, second, missing)
    lengths = band.reach(band.diagonals) + 1
    starts = np.cumsum(lengths) - lengths
    least = np.arange(lengths.sum()) - np.repeat(starts, lengths)
    return _place(np.repeat(band.diagonals, lengths), least)


# --- McNemar's test over all of them ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PairedRange:
    """What McNemar's test can say about two questions of which only the margins are known.

    `p_min` and `p_max` are reached at the discordant counts `at_min` and `at_max`, pairs (b, c). Of `feasible` pairs,
    `significant` have p < alpha. `verdict` is "always" if all do, "never" if none does, "undetermined" otherwise.
    The pairs are not equally likely: significant / feasible is no probability.
    """

    p_min: float
    p_max: float
    at_min: tuple[int, int]
    at_max: tuple[int, int]
    feasible: int
    significant: int
    verdict: str


def _verdict(significant, total):
    if significant == 0:
        return "never"
    return "always" if significant == total else "undetermined"


def _significant(band, d, method, alpha):
    """How many points of each diagonal of the array d have p < alpha: the first ones, since p rises along it."""

    def below(d, least):
        return METHODS[method](*_place(d, least)) < alpha * _BELOW

    start = np.where(d == 0, 1, 0)  # b = c = 0 has p = 1 by any method, and is the one exception to the rise
    end = band.reach(d) + 1
    # most diagonals of large margins are significant to their end, which spares the bisection
    count = np.where(below(d, end - 1), end, start)
    unsure = np.flatnonzero(count < end)
    while unsure.size:
        middle = (count[unsure] + end[unsure]) // 2
        holds = below(d[unsure], middle)
        count[unsure[holds]] = middle[holds] + 1
        end[unsure[~holds]] = middle[~holds]
        unsure = unsure[count[unsure] < end[unsure]]
    return count - start


def _lowest(band, method):
    """Where p is smallest: nobody disagrees the other way, and as many as possible the one way.

    With min(b, c) = 0, p falls with |b - c| by every method. Of two equals, the one with the larger b.
    """
    d = max(band.d_max, band.d_min, key=abs)
    escape = method == "mid-p" and d == 0 and band.reach(0) > 0
    return _pair(d, 1 if escape else 0)


def _highest(band):
    """Where p is largest: at b = c = 0 if feasible, else at the end of the diagonal nearest to b = c.

    Along the ends of the diagonals, either b or c is at its maximum and stays, and p falls as the other moves away.
    """
    d = band.nearest(0)
    return _pair(d, band.reach(d) if d else 0)


def mcnemar_range(first, second, method="exact", missing="free", alpha=0.05):
    """McNemar's test over every joint table with these margins: a PairedRange.

    `first` and `second` are (yes, no, missing) in respondents; `method` is one of METHODS, `missing` one of MISSING
    (see `feasible`), `alpha` the level. The work is one pass over the diagonals b - c, each bisected where p crosses
    alpha. Raises ValueError for bad margins, an unknown method or missing, or alpha outside (0, 1).
    """
    check_choice("method", method, METHODS)
    check_alpha(alpha)
    band = feasible(first, second, missing)
    total = int((band.reach(band.diagonals) + 1).sum())
    significant = int(_significant(band, band.diagonals, method, alpha).sum())
    at_min, at_max = _lowest(band, method), _highest(band)
    p_min, p_max = mcnemar_p(*at_min, method), mcnemar_p(*at_max, method)
    return PairedRange(p_min, p_max, at_min, at_max, total, significant, _verdict(significant, total))


# --- points of reference ---------------------------------------------------------------------------------------------


def nested(first, second):
    """The (b, c) of closest agreement on the published difference b - c = y1 - y2: nobody moves against it.

    On complete answers the smaller group of yes then lies within the larger one. With missing answers, b - c = y1 - y2
    means that as many yes to the first question met no answer to the second as the reverse; where no table has that
    difference, the nearest feasible one is taken.
    """
    (y1, _, _), (y2, _, _) = _read(first, second)
    return _pair(feasible(first, second).nearest(y1 - y2), 0)


def independent(first, second):
    """The expected (b, c), not whole, if the answer to one question said nothing about the answer to the other.

    No-answer is taken as a third answer, independent like the others: (y1 n2 / N, n1 y2 / N) with N respondents. So
    (y1 + n1)(y2 + n2) / N are expected to have answered both, and among them yes and no are independent.
    """
    (y1, n1, m1), (y2, n2, _) = _read(first, second)
    respondents = y1 + n1 + m1
    return y1 * n2 / respondents, n1 * y2 / respondents


@dataclass(frozen=True)
class TippingPoint:
    """How many may have answered the two questions differently for the difference to remain significant.

    `verdict` is that of the whole diagonal: "always", "never" or "undetermined". If undetermined, the difference is
    significant as long as no more than `discordant` = b + c respondents answered differently. There the p-value is `p`
    and the phi coefficient of the 2 x 2 table `phi` (from -1 to 1), the agreement that significance takes; with two
    more they are `p_next` and `phi_next`. Otherwise nothing flips, and all of these are None.
    """

    verdict: str
    discordant: int | None = None
    b: int | None = None
    c: int | None = None
    phi: float | None = None
    p: float | None = None
    p_next: float | None = None
    phi_next: float | None = None


def phi_of(yes, b, c, no):
    """The phi coefficient of a 2 x 2 table of counts (or arrays of them): yes to both, to one only twice, to neither."""
    return (yes * no - b * c) / np.sqrt((yes + b) * (c + no) * 1.0 * (yes + c) * (b + no))


def tipping_point(first, second, method="exact", alpha=0.05):
    """The discordance b + c at which the test of the published difference flips: a TippingPoint.

    On this one diagonal the difference is significant as long as no more than `discordant` respondents answered differently.
    The published difference b - c = y1 - y2 is held fixed (with missing answers: see `nested`), and b + c moves. For
    `phi`, the no-answers are shared as far as the margins allow; on this difference, whoever then answered one question
    only said no to it, so that y1 - b said yes to both and min(n1 - c, n2 - b) no to both. Arguments and errors as in
    `mcnemar_range`.
    """
    check_choice("method", method, METHODS)
    check_alpha(alpha)
    (y1, n1, _), (y2, n2, _) = _read(first, second)
    band = feasible(first, second)
    d = band.nearest(y1 - y2)
    start = 1 if d == 0 else 0  # equal shares are not tested on nobody
    total = int(band.reach(d)) + 1 - start
    significant = int(_significant(band, np.array([d]), method, alpha)[0])
    verdict = _verdict(significant, total)
    if verdict != "undetermined":
        return TippingPoint(verdict)
    b, c = _pair(d, start + significant - 1)
    phi, phi_next = (float(phi_of(y1 - b - k, b + k, c + k, min(n1 - c, n2 - b) - k)) for k in (0, 1))
    p, p_next = mcnemar_p(b, c, method), mcnemar_p(b + 1, c + 1, method)
    return TippingPoint(verdict, b + c, b, c, phi, p, p_next, phi_next)


def curve(first, second, method="exact"):
    """McNemar's p on the observed difference, from the closest agreement of the two answers to the least.

    A data frame, one row for each number that may have answered differently: discordant (b + c), b, c, phi (from -1 to 1,
    as in `tipping_point`) and p. `first` and `second` are (yes, no, missing) in respondents.
    """
    (y1, n1, _), (y2, n2, _) = _read(first, second)
    band = feasible(first, second)
    d = band.nearest(y1 - y2)
    b, c = _place(d, np.arange(band.reach(d) + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = phi_of(y1 - b, b, c, np.minimum(n1 - c, n2 - b))
    return pd.DataFrame({"discordant": b + c, "b": b, "c": c, "phi": phi, "p": mcnemar_p(b, c, method)})


@dataclass(frozen=True)
class JointCounts:
    """Limits of how many of the `respondents` said yes to both questions, and to at least one of them."""

    both_low: int
    both_high: int
    either_low: int
    either_high: int
    respondents: int


def joint_range(first, second, missing="free"):
    """The Fréchet bounds of "yes to both" and "yes to at least one", as counts; each is reached by some table.

    A missing answer is never a yes, so only yes and not-yes matter, out of all N respondents. Under missing="shared"
    those who answered neither question are not among "at least one".
    """
    (y1, n1, m1), (y2, _, _) = _read(first, second, missing)
    room = y1 + n1 + m1
    both_low, both_high = max(0, y1 + y2 - room), min(y1, y2)
    return JointCounts(both_low, both_high, y1 + y2 - both_high, y1 + y2 - both_low, sum(_margin("first", first)))


# --- margins of a survey ---------------------------------------------------------------------------------------------


def check_pair(survey, first, second):
    """Raise ValueError unless the two questions can be paired: two different ones, of the same kind."""
    if first == second:
        raise ValueError(f"a question is paired with another one, not with itself: {first}")
    if survey.question(first)["kind"] != survey.question(second)["kind"]:
        raise ValueError(f"{first} and {second} cannot be paired: one is single-choice, the other multiple-choice")


def _named(options):
    return [options] if isinstance(options, str) else list(options)


def margins(survey, question, yes, no=None):
    """The margins (yes, no, missing) of a question put to all respondents, read as yes or no.

    `yes` is an option id. In a single-choice question `yes` and `no` may be lists of them; no-answers are missing, `no`
    is every other answer by default, and answers named by neither are missing too. In a multiple-choice question,
    who did not choose the option said no, and nobody is missing. Raises ValueError for a question that was put to
    some only or counted in selections, and for options that are not offered, overlap, or are several of many choices.
    """
    q = survey.question(question)
    if q["unit"] == "selections":
        raise ValueError(f"{question} has no margins of respondents: its counts are selections")
    if q["asked_if"]:
        raise ValueError(f"{question} has no margins over all respondents: it was put to those of {q['asked_if']} only")
    yes, no = _named(yes), None if no is None else _named(no)
    if not yes:
        raise ValueError(f"{question}: found no option as yes; expected at least one")
    said_yes = sum(survey.count(question, option) for option in yes)
    if q["kind"] == "multiple":
        if len(yes) != 1 or no is not None:
            raise ValueError(f"{question} is multiple-choice: expected one option as yes and none as no")
        return said_yes, int(q["base"]) - said_yes, 0
    table = survey.table(question)
    silent = list(table.loc[table["role"] == "no_answer", "option"])
    no = [option for option in table["option"] if option not in yes + silent] if no is None else no
    named = yes + no + silent
    if twice := [option for option in named if named.count(option) > 1]:
        raise ValueError(f"{question}: found {twice[0]!r} twice; expected each option as yes, no or no-answer once")
    said_no = sum(survey.count(question, option) for option in no)
    return said_yes, said_no, int(q["base"]) - said_yes - said_no
