"""What totals prove about answers to several questions of the same respondents: sharp bounds of how many gave them.

Every respondent falls into one cell: which of the answers in question he or she gave to each question, or that the
question was not put. The totals fix sums of cells; the smallest and the largest number of respondents for whom something
holds, over all whole numbers in the cells that have these totals, are found by integer programming (HiGHS, through
scipy.optimize.milp). The bounds are sharp: some set of answers with these totals reaches each of them.
"""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds as Limits
from scipy.optimize import LinearConstraint, milp

from ..survey.schemas import answered_any
from .answers import given
from .disclosure import min_cell_of
from .pairs import is_pair_told

MOST = 7  # answers of one several-answer question that are told apart; more make too many cells


@dataclass(frozen=True)
class Bounds:
    """Limits of a number of respondents, out of `base`; the same where the number is known."""

    low: int
    high: int
    base: int

    @property
    def known(self):
        """Whether the number is known: from raw answers, or because the totals leave no choice."""
        return self.low == self.high


@dataclass(frozen=True)
class Gave:
    """That a respondent gave at least one of these `options` (ids) to a `question`; `not_said` for the opposite.

    Whom a question was not put to did not say any of its options.
    """

    question: str
    options: tuple
    not_said: bool = False

    def __invert__(self):
        return Gave(self.question, self.options, not self.not_said)


def gave(question, *options):
    """A condition on a respondent: gave at least one of these options to a question. `~` turns it round."""
    return Gave(question, options)


def bounds(survey, *conditions, every=True):
    """How many of all respondents meet every one of the conditions, or at least one (`every=False`): Bounds.

    Conditions are made by `gave`, on one question or several, routed ones included. From raw answers the number is known
    (without weights). From totals it is bounded sharply. Raises ValueError where a condition names more than MOST answers
    of a several-answer question.
    """
    asked = list(dict.fromkeys(condition.question for condition in conditions))
    if survey.responses is not None:
        met = np.array([_met(survey, condition) for condition in conditions])
        number = int((met.all(axis=0) if every else met.any(axis=0)).sum())
        if _is_told(survey, asked, conditions, met, number):
            return Bounds(number, number, survey.respondents)
        if any(len(condition.options) > MOST for condition in conditions):
            return Bounds(0, survey.respondents, survey.respondents)
    cells, equations = _cells(survey, asked, conditions)
    wanted = [_holds(cell, conditions, every) for cell in cells]
    low, high = _extremes(np.array(wanted, dtype=float), *equations)
    return Bounds(low, high, survey.respondents)


def _is_told(survey, asked, conditions, met, number):
    """Whether a number of respondents may be told: no combination of the conditions is met by too few to tell.

    Of a question that crosstabs break by, what it has to do with others is told by crosstabs alone.
    """
    least = min_cell_of(survey)
    if least <= 1 or (len(asked) == 1 and survey.question(asked[0])["kind"] == "single"):
        return True
    if len(asked) > 1 and {*asked} & {*survey.breaks}:
        return False
    options = {condition.options for condition in conditions}
    if len(asked) == len(conditions) == 2 and len(options) == 1 and len(*options) == 1:
        return is_pair_told(survey, *asked, *options.pop())
    _, often = np.unique(met, axis=1, return_counts=True)
    return min(number, met.shape[1] - number) >= least and (often.min() >= least or len(met) > 2)


def _met(survey, condition):
    """Who meets a condition, by the raw answers."""
    answers = given(survey, condition.question, list(condition.options))
    met = answers.notna() if answers.ndim == 1 else answers.fillna(False).any(axis=1)
    met = met.to_numpy(dtype=bool)
    return ~met if condition.not_said else met


def _holds(cell, conditions, every):
    met = [bool(set(c.options) & set(cell[c.question] or ())) != c.not_said for c in conditions]
    return all(met) if every else any(met)


# --- cells and totals ------------------------------------------------------------------------------------------------


def _cells(survey, questions, conditions):
    """All cells as {question: options given, or None if not put}, and the totals as (matrix, values)."""
    chain = list(dict.fromkeys(q for question in questions for q in _way_to(survey, question)))
    named = {q: _named(survey, q, chain, conditions) for q in chain}
    states = {q: _states(survey, q, named[q]) for q in chain}
    cells = [dict(zip(chain, state, strict=True)) for state in product(*states.values())]
    cells = [cell for cell in cells if all(_is_routed(survey, q, cell) for q in chain)]
    rows, totals = [[True] * len(cells)], [survey.respondents]
    for question, option in ((q, option) for q in chain for option in named[q]):
        rows.append([option in (cell[question] or ()) for cell in cells])
        totals.append(survey.count(question, option))
    for question in (q for q in chain if _of_those_reached(survey, q)):
        rows.append([cell[question] is not None for cell in cells])
        totals.append(survey.routed(question))
    return cells, (np.array(rows, dtype=float), np.array(totals))


def _of_those_reached(survey, question):
    """Whether a question counts as put to some only, without an answer that leads to it."""
    return bool(answered_any(survey.question(question)))


def _way_to(survey, question):
    """A question after those whose answers lead to it."""
    leading, _ = survey.route(question)
    return [*(_way_to(survey, leading) if leading else []), question]


def _named(survey, question, chain, conditions):
    """The options of a question that conditions name, or that lead to another question of the chain."""
    options = [o for c in conditions if c.question == question for o in c.options]
    routes = [survey.route(q) for q in chain]
    options = list(dict.fromkeys([*options, *(o for leading, led in routes if leading == question for o in led)]))
    if survey.question(question)["kind"] == "multiple" and len(options) > MOST:
        raise ValueError(f"bounds: found {len(options)} answers of {question}; expected at most {MOST}")
    return options


def _states(survey, question, options):
    """What a respondent can have answered, as far as these options go: tuples of options, and None if not put."""
    if survey.question(question)["kind"] == "single":
        found = [(option,) for option in options] + [()]
    else:
        found = [chosen for k in range(len(options) + 1) for chosen in combinations(options, k)]
    for_some = survey.question(question)["asked_if"] or _of_those_reached(survey, question)
    return [*found, None] if for_some else found


def _is_routed(survey, question, cell):
    """Whether a question was put in a cell if, and only if, the answer was given that leads to it."""
    leading, options = survey.route(question)
    return not leading or (cell[question] is not None) == any(option in (cell[leading] or ()) for option in options)


# --- extremes --------------------------------------------------------------------------------------------------------


def _extremes(wanted, matrix, values):
    """The smallest and the largest sum of the wanted cells."""
    totals = LinearConstraint(matrix, values, values)
    room = {"integrality": np.ones(len(wanted)), "bounds": Limits(0, np.inf)}
    found = [milp(sign * wanted, constraints=totals, **room) for sign in (1, -1)]
    if not all(result.success for result in found):
        raise ValueError("bounds: no answers have these totals")
    return tuple(round(abs(float(result.fun))) for result in found)


# --- what nobody printed ---------------------------------------------------------------------------------------------


def proven(survey, least=0.1):
    """Pairs of answers to two questions for which totals prove how many respondents gave both, or one and not the other.

    A data frame, the best row of each pair of questions that were put to everyone: first, option, second, other, negated
    (whether the other answer was *not* given), count (at least so many), of (how many gave the first answer) and share
    (count / of). Questions of one topic are paired only for what was given to the first and not to the second. Rows with
    fewer than `least` of all respondents are left out. With closed forms: at least a + b - n gave both, at least a - b one
    and not the other. Empty with raw answers, which tell more, and where nothing is proven.
    """
    columns = ["first", "option", "second", "other", "negated", "count", "of", "share"]
    if survey.responses is not None:
        return pd.DataFrame(columns=columns)
    everyone = [q for q in survey.questions.index if not survey.question(q)["asked_if"]]
    best = (_best(survey, *pair, least) for pair in combinations(everyone, 2))
    found = pd.DataFrame([row for row in best if row], columns=columns)
    return found.sort_values(["share", "count"], ascending=False, kind="stable").reset_index(drop=True)


def _best(survey, first, second, least):
    """The row of `proven` for two questions that says most, or None."""
    n, same_topic = survey.respondents, survey.question(first)["topic"] == survey.question(second)["topic"]
    rows = []
    for a, b in product(_ordinary(survey, first), _ordinary(survey, second)):
        x, y = survey.count(first, a), survey.count(second, b)
        if not same_topic:
            rows.append((first, a, second, b, False, x + y - n, x))
        elif a == b:
            rows.append((first, a, second, b, True, x - y, x))
            rows.append((second, b, first, a, True, y - x, y))
    rows = [(*row, row[5] / row[6]) for row in rows if row[5] >= least * n]
    return max(rows, key=lambda row: row[-1], default=None)


def _ordinary(survey, question):
    table = survey.table(question)
    return list(table.loc[table["role"].isin(("answer", "none")), "option"])
