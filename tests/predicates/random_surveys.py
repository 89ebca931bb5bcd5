"""Random survey folders with Osaka's questionnaire: answers are drawn first, counts follow from them.

A seed fixes everything: how many answered, whether raw answers and weights are there, how the respondents were found, what
they are called, and how each question was answered (ties, nobody, one answer of all, "other" largest, everything ticked).
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

CODEBOOK = Path(__file__).parents[2] / "data" / "osaka-2019"
SIZES = (3, 4, 5, 6, 8, 12, 20, 29, 30, 45, 80, 118, 118, 250, 600, 1500, 5000)
SHAPES = ("spread", "ties", "nobody", "one", "other", "few")
NOUNS = (["firm", "firms"], ["member", "members"], ["hospital", "hospitals"], None)
SAMPLES = (None, "self_selected", "random", "random", "census")
WEIGHTS = (None, None, "uneven", "equal", "steps")
ASIDE = ("other", "undisclosed", "none", "no_answer")


def write(path, seed):
    """Write the random survey of a seed into the folder `path`, which is made; returns it."""
    path, rng = Path(path), np.random.default_rng(seed)
    n = int(rng.choice(SIZES))
    questions, options = (_read(name) for name in ("questions.csv", "options.csv"))
    answers = Answers(rng, n, questions, options)
    path.mkdir(parents=True)
    shutil.copy(CODEBOOK / "options.csv", path)
    answers.counts().to_csv(path / "counts.csv", index=False)
    questions.assign(base=[answers.base(q) for q in questions.to_dict("records")]).to_csv(
        path / "questions.csv", index=False
    )
    if rng.random() < 0.55:
        weights = _weights(rng, n, rng.choice(WEIGHTS))
        answers.frame(weights).to_parquet(path / "responses.parquet")
    (path / "survey.toml").write_text(_about(rng, n), encoding="utf-8")
    return path


def _read(name):
    return pd.read_csv(CODEBOOK / name, dtype=str, keep_default_na=False)


def _weights(rng, n, kind):
    if kind == "uneven":
        return rng.lognormal(0, 0.6, n).round(4) + 0.01
    if kind == "equal":
        return np.full(n, 0.7)
    return rng.choice([0.3, 1.0, 1.7], n) if kind == "steps" else None


def _about(rng, n):
    """survey.toml, with the keys that say how the respondents were found."""
    lines = {
        f"{key}_{lang}": "Made up" for lang in ("en", "ja") for key in ("title", "publisher", "population", "source")
    }
    lines |= {"fieldwork_en": "May 2026", "fieldwork_ja": "2026年5月", "respondents": n}
    lines |= {"min_cell": 1}  # all is told, so that all can be judged; tests/attacker.py tries what is kept
    noun, sample = NOUNS[rng.integers(len(NOUNS))], SAMPLES[rng.integers(len(SAMPLES))]
    lines |= {"respondent_en": noun} if noun else {}
    lines |= {"sample": sample} if sample else {}
    if sample == "random" and rng.random() < 0.7:
        lines["population_size"] = n + int(rng.integers(0, 10 * n))
    if sample != "census" and rng.random() < 0.4:
        lines["invited"] = n + int(rng.integers(0, 5 * n))
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items())


class Answers:
    """What n invented respondents answered: `given` has ids per single-choice question, ticks per several-answer one."""

    def __init__(self, rng, n, questions, options):
        self.rng, self.n, self.given, self.put = rng, n, {}, {}
        self.questions = questions.set_index("question")
        offered = pd.read_csv(CODEBOOK / "counts.csv", dtype=str).groupby("question", sort=False)["option"].agg(list)
        roles = {(o["options"], o["option"]): o["role"] for o in options.to_dict("records")}
        self.shape, self.stick = rng.choice(SHAPES), rng.choice([0.0, 0.6, 0.95, 1.0])
        self.leading = {} if rng.random() < 0.4 else self._leading()
        self.reached = np.zeros(n, bool)
        self.reached[rng.permutation(n)[: rng.choice([0, 1, n // 4, n // 2, n])]] = True
        for question, q in self.questions.iterrows():
            self.offered = offered[question]
            self.roles = [roles[q["options"], option] for option in self.offered]
            self.put[question] = self._put(q)
            deal = self._single if q["kind"] == "single" else self._multiple
            self.given[question] = deal(question, q["options"], self.put[question])
        self._cover("q7_content", "q7_damage")

    def _leading(self):
        """The answers that lead to other questions, by question; each is then given by somebody."""
        routes = self.questions.loc[self.questions["asked_if"] != "", "asked_if"].str.split("=")
        return pd.DataFrame(routes.tolist()).drop_duplicates().groupby(0)[1].agg(list).to_dict()

    def _put(self, q):
        leading, _, option = q["asked_if"].partition("=")
        if leading:
            return self.given[leading] == option
        return self.reached if q["answered_any"] else np.ones(self.n, bool)

    def _shape(self):
        return self.shape if self.rng.random() < 0.6 else self.rng.choice(SHAPES)

    # --- one answer each

    def _single(self, question, options, put):
        size, ids = int(put.sum()), np.array(self.offered, object)
        given = np.full(self.n, "", object)
        given[put] = ids[self._deal(size, self._shape())]
        before = [q for q in self.given if self.questions.loc[q, "options"] == options]
        if before and put.all() and self.rng.random() < 0.7:  # most stand by what they said of the last such question
            same = self.rng.random(self.n) < self.stick
            given[same] = self.given[before[-1]][same]
        led = self.leading.get(question, [])
        given[: len(led)] = led
        return given

    def _deal(self, size, shape):
        """Places of options, one for each of `size` respondents."""
        k, aside = len(self.offered), [i for i, role in enumerate(self.roles) if role in ASIDE]
        if shape == "one":
            return np.full(size, self.rng.integers(k))
        if shape == "nobody":  # of the ordinary answers none, or hardly any, was given
            return self.rng.choice(aside or [0], size)
        if shape == "ties":
            tied = self.rng.permutation(k)[: self.rng.integers(2, k + 1)]
            each = np.repeat(tied, size // len(tied))
            return self.rng.permutation(np.append(each, self.rng.integers(k, size=size - len(each)).astype(int)))
        chances = self.rng.dirichlet(np.full(k, 0.3 if shape == "few" else 1.5))
        if shape == "other" and aside:
            chances *= 0.4
            chances[self.rng.choice(aside)] += 0.6
        return self.rng.choice(k, size, p=chances / chances.sum())

    # --- several answers

    def _multiple(self, question, options, put):
        size, shape = int(put.sum()), self._shape()
        ticked = np.zeros((self.n, len(self.offered)), bool)
        ticked[put] = np.column_stack([self._ticks(size, shape, role) for role in self.roles])
        if shape == "ties" and size:
            often = self.rng.integers(0, size + 1)
            for item in self.rng.permutation(len(self.offered))[: self.rng.integers(2, len(self.offered) + 1)]:
                ticked[:, item] = False
                ticked[self.rng.permutation(np.flatnonzero(put))[:often], item] = True
        if self.rng.random() < 0.6 and "none" in self.roles:  # "nothing of this" alone
            ticked[ticked[:, self.roles.index("none")]] = np.array(self.roles) == "none"
        before = [
            q
            for q in self.given
            if self.questions.loc[q, "options"] == options and len(self.given[q].columns) == len(self.offered)
        ]
        if before and put.all() and self.rng.random() < 0.5:
            same = self.rng.random(self.n) < self.stick
            ticked[same] = self.given[before[-1]].to_numpy()[same]
        if self.questions.loc[question, "unit"] == "selections" and self.rng.random() < 0.8:  # who was asked ticked one
            bare = np.flatnonzero(put & ~ticked.any(axis=1))
            ticked[bare, self.rng.integers(len(self.offered), size=len(bare))] = True
        return pd.DataFrame(ticked, columns=self.offered)

    def _ticks(self, size, shape, role):
        chance = self.rng.beta(0.8, 1.6)
        if shape == "one":
            chance = self.rng.choice([0.0, 1.0])
        elif shape == "nobody":
            chance = 0.0 if role == "answer" else chance
        elif shape == "few":
            chance *= 0.1
        elif shape == "other" and role == "other":
            chance = 0.9
        return self.rng.random(size) < chance

    def _cover(self, *questions):
        """Whoever an attack reached ticked something in one of these questions."""
        bare = self.reached & ~np.any([self.given[q].any(axis=1) for q in questions], axis=0)
        first = self.given[questions[0]]
        first.loc[bare, first.columns[self.rng.integers(len(first.columns))]] = True

    # --- as files

    def counts(self):
        """The rows of counts.csv."""
        rows = []
        offered = pd.read_csv(CODEBOOK / "counts.csv", dtype=str)
        for question, option in offered[["question", "option"]].itertuples(index=False):
            given = self.given[question]
            ticked = given == option if self.questions.loc[question, "kind"] == "single" else given[option]
            rows.append((question, option, int(ticked.sum())))
        return pd.DataFrame(rows, columns=["question", "option", "count"])

    def base(self, q):
        """The base of a question as its codebook has it; "" where it is nobody."""
        given = self.given[q["question"]]
        base = given.to_numpy().sum() if q["unit"] == "selections" else self.put[q["question"]].sum()
        return str(int(base)) if base else ""

    def frame(self, weights):
        """The raw answers in the shape of responses.parquet."""
        columns = {"respondent": [f"made-up-{number}" for number in range(self.n)]}
        if weights is not None:
            columns["weight"] = weights
        for question, given in self.given.items():
            put = self.put[question]
            if self.questions.loc[question, "kind"] == "single":
                columns[question] = pd.Categorical(pd.Series(given, dtype=object).where(put, None))
                continue
            for option in given:
                columns[f"{question}={option}"] = given[option].astype("boolean").where(pd.Series(put), pd.NA)
        return pd.DataFrame(columns)
