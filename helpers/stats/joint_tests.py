"""Tests of more than two answers of the same respondents at once, from raw answers, as rows of tests.csv."""

from itertools import combinations

import numpy as np
import pandas as pd

from . import joint, tests_of_counts
from .answers import given, said
from .disclosure import min_cell_of, rounded_up
from .pairs import is_pair_told


def joint_tests(survey, pairs, option=None, among=None):
    """Tests of several answers or questions at once, where raw answers are there: rows of tests.csv, else none.

    For questions with several answers, McNemar's test for all items of a pair together; for single-choice ones
    Stuart-Maxwell's for each pair, and with an `option` and more than two questions Cochran's Q of who gave it. Answers
    are those of `among`, or all but the no-answers.
    """
    if survey.responses is None or survey.is_census or not pairs:
        return []
    if survey.question(pairs[0][0])["kind"] == "multiple":
        return [_items(survey, *pair) for pair in pairs]
    rows = [_square(survey, *pair, among) for pair in pairs]
    questions = list(dict.fromkeys(question for pair in pairs for question in pair))
    if option and len(questions) > 2:
        answers = pd.concat([said(survey, question, option).rename(question) for question in questions], axis=1)
        told = all(is_pair_told(survey, *two, option) for two in combinations(questions, 2))
        rows.append(_row("|".join(questions), "", [option], "cochran_q", joint.cochran_q(answers), told))
    return rows


def _square(survey, first, second, among):
    shared = tests_of_counts.shared_options(survey, first, second)
    options = [option for option in among or tests_of_counts.answers(survey, first) if option in shared]
    table = joint.square_table(survey.responses[first], survey.responses[second], options)
    return _row(first, second, options, "stuart_maxwell", joint.stuart_maxwell(table), _is_square_told(survey, table))


def _items(survey, first, second):
    options = tests_of_counts.shared_options(survey, first, second)
    sheets = [given(survey, question, options) for question in (first, second)]
    told = all(is_pair_told(survey, first, second, option) for option in options)
    return _row(first, second, options, "homogeneity_items", joint.marginal_homogeneity(*sheets).overall, told)


def _is_square_told(survey, table):
    """Whether no answer changed for another one by so few that a statistic of them all may lead to these."""
    moved = table[~np.eye(len(table), dtype=bool)]
    return min_cell_of(survey) <= 1 or not ((moved > 0) & (moved < min_cell_of(survey))).any()


def _row(first, second, options, test, found, told):
    """A row of tests.csv; without statistic, and p rounded up, where these could lead to numbers that must be kept."""
    numbers = {"statistic": found.statistic, "df": found.df, "p": found.p, "n": found.n}
    if not told:
        p, decimals = rounded_up(found.p)
        numbers = {"p": p, "n": found.n, "decimals": decimals}
    return tests_of_counts.row(first, second, options, test, **numbers)
