"""Synthetic raw answers for tests: invented respondents, never real ones, whose totals are those of a survey.

Joint structure. Each respondent has a latent readiness, standard normal. For every question a score is drawn that
correlates with it (LOADING); options are dealt to respondents in the order of their scores, first options to the most
ready, so that the totals come out exactly and answers to different questions go together. A question with a route is
dealt among those who were asked it. An option of role `none` goes to those with the lowest scores and excludes the
others where the totals allow it. Respondents of a question with `answered_any` are those with the lowest readiness,
and each of them ticks at least one of its questions. The industry and the number of employees do not depend on
readiness.
"""

import numpy as np
import pandas as pd

from helpers.survey.schemas import answered_any

LOADING = 0.6
INDEPENDENT = ("industry", "employees")


def answers(survey, n=None, seed=0):
    """Synthetic answers to a survey with counts, in the shape of `Survey.responses`.

    Without `n` (or with the survey's own number) the totals equal the survey's counts exactly; otherwise `n`
    respondents are drawn from those with replacement, so that totals are near the survey's shares.
    """
    generator = np.random.default_rng(seed)
    dealer = _Dealer(survey, generator)
    for question in _in_order(survey):
        dealer.deal(question)
    frame = pd.DataFrame({"respondent": _numbers(survey.respondents), **dealer.columns})
    frame = frame[["respondent", *(c for q in survey.questions.index for c in dealer.names[q])]]
    if n in (None, survey.respondents):
        return frame
    drawn = frame.iloc[generator.integers(survey.respondents, size=n)].reset_index(drop=True)
    return drawn.assign(respondent=_numbers(n))


def _numbers(n):
    return pd.Series([f"synthetic-{number}" for number in range(1, n + 1)], dtype="str")


def _in_order(survey):
    """Question ids, each after the one whose answer leads to it."""
    waiting, done = list(survey.questions.index), []
    while waiting:
        question = next(q for q in waiting if survey.question(q)["asked_if"].partition("=")[0] in ("", *done))
        waiting.remove(question)
        done.append(question)
    return done


class _Dealer:
    def __init__(self, survey, generator):
        self.survey, self.generator = survey, generator
        self.readiness = generator.standard_normal(survey.respondents)
        self.columns, self.names, self.groups = {}, {}, {}

    def deal(self, question):
        q, table = self.survey.question(question), self.survey.table(question)
        put = self._put(question, q)
        (self._deal_single if q["kind"] == "single" else self._deal_multiple)(question, table, put)
        group = answered_any(q)
        if group and all(other in self.names for other in group):
            self._cover([name for other in group for name in self.names[other]], put)

    def _put(self, question, q):
        """Whom a question is put to, as places in the frame."""
        everybody = np.arange(self.survey.respondents)
        if group := tuple(answered_any(q)):
            if group not in self.groups:
                self.groups[group] = np.sort(np.argsort(self._score(everybody, "any"))[: int(q["base"])])
            return self.groups[group]
        if not q["asked_if"]:
            return everybody
        source, _, option = q["asked_if"].partition("=")
        if self.survey.question(source)["kind"] == "single":
            return np.flatnonzero(self.columns[source] == option)
        return np.flatnonzero(self.columns[q["asked_if"]].fillna(False))

    def _score(self, put, question):
        loading = 0 if question in INDEPENDENT else LOADING
        noise = self.generator.standard_normal(len(put))
        return loading * self.readiness[put] + np.sqrt(1 - loading**2) * noise

    def _deal_single(self, question, table, put):
        best_first = put[np.argsort(-self._score(put, question))]
        values = pd.Series(pd.NA, index=range(self.survey.respondents), dtype="object")
        values.iloc[best_first] = np.repeat(table["option"].to_numpy(), table["count"])
        self.columns[question] = pd.Series(pd.Categorical(values, categories=list(table["option"])))
        self.names[question] = [question]

    def _deal_multiple(self, question, table, put):
        self.names[question] = [f"{question}={option}" for option in table["option"]]
        lowest_first = put[np.argsort(self._score(put, question))]
        nothing = int(table.loc[table["role"] == "none", "count"].sum())
        rest = lowest_first[nothing:]
        for option, count, role in zip(table["option"], table["count"], table["role"], strict=True):
            if role == "none":
                chosen = lowest_first[:count]
            else:
                pool = rest if count <= len(rest) else put
                chosen = pool[np.argsort(-self._score(pool, question))][:count]
            ticked = pd.Series(pd.NA, index=range(self.survey.respondents), dtype="boolean")
            ticked.iloc[put] = False
            ticked.iloc[chosen] = True
            self.columns[f"{question}={option}"] = ticked

    def _cover(self, names, put):
        """Move ticks from respondents with several to those with none, option by option, so that totals stay."""
        ticked = np.array([self.columns[name].iloc[put].to_numpy(bool) for name in names])
        while len(bare := np.flatnonzero(~ticked.any(axis=0))):
            giver = int(ticked.sum(axis=0).argmax())
            assert ticked[:, giver].sum() > 1, "fewer ticks than respondents who answered any"
            option = int(np.flatnonzero(ticked[:, giver])[-1])
            ticked[option, giver], ticked[option, bare[0]] = False, True
        for name, row in zip(names, ticked, strict=True):
            self.columns[name].iloc[put] = row


# --- as a form exports them ------------------------------------------------------------------------------------------


def as_form(survey, frame, delimiter=";"):
    """The answers as a form exports them, in the survey's language: wordings as headings, labels in the cells.

    A multiple-choice question is one cell with its labels joined by `delimiter`. Left out and not asked are both "".
    """
    columns = {"respondent": frame["respondent"].astype(object)}
    for question, q in survey.questions.iterrows():
        labels = survey.table(question).set_index("option")["label"]
        if q["kind"] == "single":
            columns[survey.wording(question)] = frame[question].astype(object).map(labels).fillna("")
        elif q["kind"] == "number":
            columns[survey.wording(question)] = frame[question].map("{:g}".format).replace("nan", "")
        else:
            columns[survey.wording(question)] = _joined(frame, question, labels, delimiter)
    return pd.DataFrame(columns)


def _joined(frame, question, labels, delimiter):
    ticked = frame[[f"{question}={option}" for option in labels.index]].fillna(False).to_numpy(bool)
    patterns, place = np.unique(ticked, axis=0, return_inverse=True)
    texts = [delimiter.join(labels.to_numpy()[pattern]) for pattern in patterns]
    return pd.Series(np.array(texts, dtype=object)[place.ravel()], index=frame.index)


def as_columns(survey, frame, heading="{question} [{option}]", by_label=True, tick="1"):
    """The answers with one column per option of a multiple-choice question; `heading` names them.

    With `by_label`, headings and answers are in the survey's language; otherwise they are ids.
    """
    columns = {"respondent": frame["respondent"].astype(object)}
    for question, q in survey.questions.iterrows():
        name = survey.wording(question) if by_label else question
        labels = survey.table(question).set_index("option")["label"]
        shown = labels if by_label else pd.Series(labels.index, index=labels.index)
        if q["kind"] == "single":
            columns[name] = frame[question].astype(object).map(shown).fillna("")
            continue
        for option in labels.index:
            ticked = frame[f"{question}={option}"].fillna(False).to_numpy(bool)
            columns[heading.format(question=name, option=shown[option])] = np.where(ticked, tick, "")
    return pd.DataFrame(columns)


def uncounted(folder):
    """Take the counts and bases out of a survey folder, as `python -m helpers new` leaves them."""
    for name, column in (("counts.csv", "count"), ("questions.csv", "base")):
        path = folder / name
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame.assign(**{column: ""}).to_csv(path, index=False)
