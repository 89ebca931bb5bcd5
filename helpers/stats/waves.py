"""A survey and its earlier waves: who answered again and changed, and how shares went from wave to wave."""

import numpy as np
import pandas as pd

from ..survey import load
from ..survey.responses import RESPONDENT
from . import joint
from .answers import said, shares
from .disclosure import min_cell_of
from .tests_of_counts import holm
from .two_surveys import shared_questions

CHANGES = [
    *("question", "option", "label", "n", "share", "share_baseline", "difference", "low", "high", "level", "p"),
    "p_adjusted",
]


def _ids(survey):
    """The ids of a survey's respondents, or None where they are just running numbers or there are no raw answers."""
    if survey.responses is None:
        return None
    ids = survey.responses[RESPONDENT].astype(str)
    return None if ids.tolist() == [str(place) for place in range(1, len(ids) + 1)] else ids


def returning(survey, baseline):
    """How many respondents answered both surveys, by their ids; None where it cannot be known."""
    now, then = _ids(survey), _ids(baseline)
    return None if now is None or then is None else int(now.isin(then).sum())


def changes(survey, baseline, confidence=0.95):
    """What those changed who answered both surveys: a data frame with CHANGES, one row for each shared answer.

    Shares are of the `n` who answered the question both times, each counted once; the difference is the survey's minus
    the baseline's with Newcombe's interval for pairs, `p` McNemar's exact one, adjusted after Holm over all rows. Where fewer
    than `min_cell` changed one way, or stayed, or are left among those who answered one survey only, all numbers of the row
    are missing, and those of the other answers to a single choice with them; see `disclosure`.
    """
    shared, _ = shared_questions(survey, baseline)
    keys = [s.responses[RESPONDENT].astype(str) for s in (survey, baseline)]
    both = keys[0][keys[0].isin(keys[1])]
    places = [pd.Index(key).get_indexer(both) for key in keys]
    least = max(min_cell_of(survey), min_cell_of(baseline))
    rows, told = [], []
    for question, options in shared.items():
        labels = survey.table(question).set_index("option")["label"]
        for option in options:
            answers = [said(s, question, option) for s in (survey, baseline)]
            pair = [answer.iloc[at] for answer, at in zip(answers, places, strict=True)]
            found = joint.mcnemar(*(answer.reset_index(drop=True) for answer in pair))
            if not found.n:
                continue
            four = (found.both, found.b, found.c, found.neither)
            apart = joint.paired_difference(*four, confidence)
            numbers = ((found.both + found.b) / found.n, (found.both + found.c) / found.n)
            row = (found.n, *numbers, apart.value, apart.low, apart.high, confidence, found.p)
            rows.append((question, option, labels[option], *row))
            told.append(least <= 1 or _is_told(pair, answers, four, least))
    table = pd.DataFrame(rows, columns=CHANGES[:-1])
    table["p_adjusted"] = holm(table["p"])
    single = table["question"].map(survey.questions["kind"]) == "single"
    whole = pd.Series(told, dtype=bool).groupby(table["question"]).transform("all") | ~single
    numbers = CHANGES[3:9] + CHANGES[10:]
    table[numbers] = table[numbers].astype(float)
    table.loc[~(np.array(told, dtype=bool) & whole.to_numpy(dtype=bool)), numbers] = np.nan
    return table


def _is_told(pair, answers, four, least):
    """Whether enough changed each way, nobody or enough stayed, and nobody or enough answered one of the surveys only.

    Nothing here follows from published totals, which are of all respondents: a zero is a number like others.
    """
    both, b, c, neither = four
    if min(b, c) < least or any(0 < count < least for count in (both, neither)):
        return False
    known = (pair[0].notna().to_numpy() & pair[1].notna().to_numpy()).sum()
    for answer, yes in zip(answers, (both + b, both + c), strict=True):
        others = int(answer.sum()) - yes, int((~answer).sum()) - (known - yes)
        if any(0 < count < least for count in others):
            return False
    return True


def earlier(survey):
    """The waves before a survey, the latest first: the baseline that its survey.toml names, that one's, and so on."""
    waves, seen = [], {survey.folder}
    while name := (waves[-1] if waves else survey).about.get("baseline"):
        wave = load(name, survey.lang)
        if wave.folder in seen:
            break
        waves.append(wave)
        seen.add(wave.folder)
    return waves


def trend(waves, confidence=0.95):
    """The shares of the answers that all waves asked alike: like `answers.shares`, with `wave`, the number of the wave.

    `waves` are Surveys, the first in time first. Shares are of those who gave an answer, weighted where a wave is.
    """
    last = waves[-1]
    shared = {question: set(options) for question, options in shared_questions(last, last)[0].items()}
    for wave in waves[:-1]:
        also = shared_questions(last, wave)[0]
        shared = {q: options & set(also[q]) for q, options in shared.items() if q in also}
    parts = []
    for number, wave in enumerate(waves, start=1):
        for question, options in shared.items():
            answers = shares(wave, question, confidence=confidence, no_answer="drop")
            parts.append(answers[answers["option"].isin(options)].assign(wave=number))
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["question", "option", "wave", "share"])
    )
