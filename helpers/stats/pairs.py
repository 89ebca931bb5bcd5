"""Which numbers may be told of two answers of the same respondents; the rule stands in `disclosure`."""

import pandas as pd

from .crosstab import system
from .disclosure import is_told, min_cell_of, told_alike


def is_pair_told(survey, first, second, option):
    """Whether it may be told how many gave an answer to both of two questions, to one of them only, or to neither."""
    if min_cell_of(survey) <= 1:
        return True
    if survey.question(first)["kind"] == "multiple":
        return is_told(*_four(survey, first, second, option), min_cell_of(survey))
    if not _crosstab_tells(survey, first, second, option):
        return False
    square = _square(survey, first, second)
    return option in square and dict(zip(square, told_alike(square, min_cell_of(survey)), strict=True))[option]


def _four(survey, first, second, option):
    """Respondents who ticked an option of both questions, of one only, or of neither: (both, b, c, neither)."""
    known = survey.responses[[f"{first}={option}", f"{second}={option}"]].dropna().to_numpy(dtype=bool)
    one, other = known.T
    return tuple(int(met.sum()) for met in (one & other, one & ~other, ~one & other, ~one & ~other))


def _square(survey, first, second):
    """Respondents by their answers to two single-choice questions, no-answers left out: a square table."""
    answers = survey.responses[[first, second]].astype(object)
    tables = [survey.table(question) for question in (first, second)]
    options = pd.unique(pd.concat([table.loc[table["role"] != "no_answer", "option"] for table in tables]))
    return pd.crosstab(answers[first], answers[second]).reindex(index=options, columns=options, fill_value=0)


def _crosstab_tells(survey, first, second, option):
    """Whether the crosstab of two questions shows who gave an answer to both; True where there is no such crosstab."""
    if first not in survey.breaks and second not in survey.breaks:
        return True
    table = system(survey).get((first, second)) or system(survey).get((second, first))
    if table is None or option not in table.counts.index or option not in table.counts.columns:
        return False
    return not table.hidden.loc[option, option]
