"""How crosstabs read a survey's answers: as small whole numbers, some answers merged, those without an answer apart.

Answers are merged as `merge_as` in options.csv says. Where it says nothing, the groups of a question that crosstabs break
by are merged with their neighbours until each holds ENOUGH respondents, if they have an order: a `score`, or labels whose
numbers rise ("1-4 people", "5-19 people"). All of this depends on the survey's folder alone.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

ENOUGH = 20  # respondents of a group, so that its cells are seldom thin


@dataclass(frozen=True)
class Coded:
    """The answers to a question as crosstabs read them.

    `answers` maps the ids of answers to the option ids that were merged into each; a merged answer's id joins these by "|".
    `codes` has for each respondent the place of the answer, -1 for none. Of a question with several answers `ticked` has a
    row of booleans per answer instead, and `codes` is 0 for those who were asked, else -1.
    """

    answers: dict
    codes: np.ndarray
    ticked: np.ndarray | None = None

    @property
    def known(self):
        """Who gave an answer; of a question with several answers, whom it was put to."""
        return self.codes >= 0


def merges(survey, question):
    """Which options of a question are told together in crosstabs: tuples of option ids, no-answers left out."""
    table = survey.table(question)
    options = list(table.loc[table["role"] != "no_answer", "option"])
    together = _said_together(survey, question)
    if any(together.get(option) for option in options):
        found = {}
        for option in options:
            found.setdefault(together.get(option) or ("", option), []).append(option)
        return [tuple(same) for same in found.values()]
    if question in survey.breaks and _is_ordered(survey, question, options):
        counts = table.set_index("option")["count"]
        return _neighbours(options, [int(counts[option]) for option in options])
    return [(option,) for option in options]


def _said_together(survey, question):
    """What `merge_as` says of each option; nothing where the survey has no such column."""
    if "merge_as" not in survey.options:
        return {}
    own = survey.options[survey.options["options"] == survey.question(question)["options"]]
    return dict(zip(own["option"], own["merge_as"].fillna("").astype(str), strict=True))


def _is_ordered(survey, question, options):
    """Whether the options have an order, by their scores or by the numbers in their labels."""
    own = survey.options[survey.options["options"] == survey.question(question)["options"]].set_index("option")
    own = own.loc[options]
    if "score" in own and pd.to_numeric(own["score"], errors="coerce").notna().all():
        return True
    if not (own["role"] == "answer").all():
        return False
    return any(_rises(own[name]) for name in own if name.startswith("label_"))


def _rises(labels):
    numbers = [
        tuple(int(digits) for digits in re.findall(r"\d+", unicodedata.normalize("NFKC", label).replace(",", "")))
        for label in labels.fillna("")
    ]
    return len(numbers) > 1 and all(numbers) and all(a < b for a, b in pairwise(numbers))


def _neighbours(options, counts):
    """Runs of neighbours, from the first on, that hold ENOUGH each; what is left at the end joins the last."""
    runs, held = [[]], 0
    for option, count in zip(options, counts, strict=True):
        if held >= ENOUGH:
            runs, held = [*runs, []], 0
        runs[-1].append(option)
        held += count
    if held < ENOUGH and len(runs) > 1:
        runs[-2:] = [runs[-2] + runs[-1]]
    return [tuple(run) for run in runs]


def coded(survey, question):
    """The raw answers to a question: a Coded, or None where it has none that crosstabs can use."""
    together, responses = merges(survey, question), survey.responses
    answers = {"|".join(same): same for same in together}
    if survey.question(question)["kind"] == "single" and question in responses:
        column = responses[question].astype("category")
        place = {option: i for i, same in enumerate(together) for option in same}
        of_category = np.array([place.get(option, -1) for option in column.cat.categories] + [-1], dtype=np.int16)
        return Coded(answers, of_category[column.cat.codes.to_numpy()])
    names = [f"{question}={option}" for same in together for option in same]
    if survey.question(question)["kind"] != "multiple" or not names or not set(names) <= set(responses):
        return None
    asked = responses[names].notna().all(axis=1).to_numpy()
    items = {name: responses[name].fillna(False).to_numpy(dtype=bool) & asked for name in names}
    ticked = np.array([np.any([items[f"{question}={option}"] for option in same], axis=0) for same in together])
    return Coded(answers, np.where(asked, 0, -1).astype(np.int16), ticked)


def label(survey, question, answer):
    """What a group or an answer is called, in the survey's language; of merged ones the first and the last."""
    labels = [survey.label(question, option) for option in answer.split("|")]
    return labels[0] if len(labels) == 1 else " / ".join(labels) if len(labels) == 2 else f"{labels[0]} … {labels[-1]}"
