"""A checked survey in one language: its questions, its tables, and its raw answers where there are any."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from pathlib import Path

import pandas as pd

from .. import LANGUAGES
from ..said import Said
from .folder import find_folder, languages, read_folder
from .problems import SurveyError, quote
from .schemas import RESPONDENT, RESPONSES, SAMPLES, listed, route


@dataclass(frozen=True)
class Survey:
    """A checked survey in one language. `questions` is indexed by question id; the other tables are as in the folder.

    `titles` are the rows of topics.csv, `counted` those of counts.csv, with the range `low` to `high` of a count that
    follows from a printed percentage, `counted_by` those of counts_by.csv, `own_words` those of
    words.csv. `unasked` names the questions of the codebook that were put to nobody, such as
    the follow-up of an answer that nobody gave; they are in no other part.
    """

    folder: Path
    lang: str
    about: dict
    questions: pd.DataFrame = field(repr=False)
    options: pd.DataFrame = field(repr=False)
    counted: pd.DataFrame = field(repr=False)
    published: pd.DataFrame = field(repr=False)
    claims: pd.DataFrame = field(repr=False)
    titles: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    counted_by: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    own_words: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    unasked: tuple = ()

    # --- the survey as a whole

    @property
    def languages(self):
        """The languages that the survey has, a tuple; the first is that of a report which is asked for in none."""
        return languages({"options.csv": self.options, "questions.csv": self.questions}, self.about)

    @property
    def name(self):
        """The folder's name, which names the survey in outputs/."""
        return self.folder.name

    @property
    def respondents(self):
        """How many respondents answered the survey."""
        return self.about["respondents"]

    @property
    def noun(self):
        """What a respondent is called, in two forms: one and several in English, name and counter in Japanese."""
        key = f"respondent_{self.lang}"
        return tuple(self.about.get(key, RESPONDENT[key]))

    @property
    def sample(self):
        """How the respondents were found: "self_selected" (also where nothing is said), "random" or "census"."""
        return self.about.get("sample", SAMPLES[0])

    @property
    def is_census(self):
        """Whether everyone answered, so that there is no chance of a sample to allow for."""
        return self.sample == "census"

    @property
    def population(self):
        """The size of the population that a random sample was drawn from, or None: for the correction of intervals."""
        return self.about.get("population_size") if self.sample == "random" else None

    @property
    def breaks(self):
        """The ids of the questions that crosstabs break by: those with `use = break`."""
        return [question for question, q in self.questions.iterrows() if "break" in listed(q, "use")]

    def info(self, key):
        """An entry of survey.toml in the survey's language, such as `info("title")`."""
        return self.about[f"{key}_{self.lang}"]

    @property
    def topics(self):
        """The topics in order, {id: title}: as topics.csv has them, or as they come in questions.csv, by their ids."""
        if len(self.titles):
            known = self.titles.sort_values("order").set_index("topic")[f"title_{self.lang}"].to_dict()
        else:
            known = {}
        asked = dict.fromkeys(self.questions["topic"])
        order = [topic for topic in known if topic in asked] + [topic for topic in asked if topic not in known]
        return {topic: known.get(topic, topic.replace("_", " ").capitalize()) for topic in order}

    # --- questions

    def has(self, *questions):
        """Whether the survey asked all of these questions."""
        return all(question in self.questions.index for question in questions)

    def question(self, question):
        """The row of questions.csv. Raises SurveyError for an unknown id."""
        if question not in self.questions.index:
            known = ", ".join(self.questions.index)
            raise SurveyError(
                "question: found {question}; expected one of {known}", question=quote(question), known=known
            )
        if question not in self._rows:
            self._rows[question] = self.questions.loc[question]
        return self._rows[question]

    def wording(self, *questions):
        """The question as it was put, in the survey's language; of several questions the words that they share."""
        texts = [self.question(question)[f"text_{self.lang}"] for question in questions]
        shared = takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
        return texts[0] if len(texts) == 1 else "".join(signs[0] for signs in shared).rstrip(" :：　(（")

    def short(self, question):
        """A few words for a question, for axes and keys; its wording where the codebook has none."""
        return self.question(question).get(f"short_{self.lang}") or self.wording(question)

    def named(self, question):
        """Like `short`, with the answer that leads to the question, or its id, where several share these words."""
        short = self.short(question)
        if sum(self.short(other) == short for other in self.questions.index) == 1:
            return short
        leading, options = self.route(question)
        return f"{short} ({', '.join(self.label(leading, o) for o in options) if leading else question})"

    def route(self, question):
        """The question whose answers lead to this one, and the ids of these answers; ("", []) if everybody was asked."""
        return route(self.question(question))

    def routed(self, question):
        """The number of respondents to whom a question was put."""
        q = self.question(question)
        if q["unit"] == "respondents":
            return int(q["base"])
        leading, options = self.route(question)
        return sum(self.count(leading, option) for option in options)

    def claimed(self, kind, question):
        """The figure of the publisher's first exact claim of a kind about a question, or None."""
        exact = self.claims[(self.claims["kind"] == kind) & self.claims["relation"].isin(("equals", "rounds_to"))]
        rows = exact[exact["terms"].str.match(rf"{question}(=|$)")]
        return float(rows["value"].iloc[0]) if len(rows) else None

    # --- answers

    def table(self, question):
        """The answers to a question in the option set's order.

        Columns: `option`, `label` (in the survey's language), `count`, `base` (as printed: respondents, or
        selections where the codebook says so) and `role`. Options that counts.csv does not list were not offered.
        """
        if question not in self._tables:
            self._tables[question] = self._make_table(question)
        return self._tables[question].copy()

    def counts(self, *questions):
        """The counts of one or more questions, as whole numbers: options by question, in the first one's order.

        Only options that all of these questions offer have a row.
        """
        columns = {question: self.table(question).set_index("option")["count"] for question in questions}
        return pd.concat(columns, axis="columns", join="inner").rename_axis("option")

    def count(self, question, option):
        """The count of one option. Raises SurveyError if the question does not offer it."""
        try:
            return self._count_of[question, option]
        except KeyError:
            known = ", ".join(self.table(question)["option"])
            raise SurveyError(
                "option of {question}: found {option}; expected one of {known}",
                question=question,
                option=quote(option),
                known=known,
            ) from None

    def label(self, question, option):
        """What an option of a question is called, in the survey's language. Raises SurveyError as `count` does."""
        self.count(question, option)
        return self._label_of[self.questions.loc[question, "options"], option]

    @cached_property
    def responses(self):
        """The raw answers, one row per respondent, or None where the survey has counts only.

        Columns: `respondent` (text) and, if the survey has weights, `weight` (float, above 0). A single-choice question
        is a categorical column named after it, whose categories are its option ids; a multiple-choice question is one
        nullable boolean column `question=option` per option; a number is a column of floats, missing where none was
        given. Missing means that the question was not put to this
        respondent; `no_answer` and a row of False mean that it was, and left empty.
        """
        if not (self.folder / RESPONSES).exists():
            return None
        from . import responses  # only where there are raw answers: pyarrow takes its time to import

        offered = {question: list(self.table(question)["option"]) for question in self.questions.index}
        return responses.read(self.folder / RESPONSES, self.questions["kind"].to_dict(), offered)

    @cached_property
    def weights(self):
        """The respondents' weights as an array of floats, in the order of `responses`; None where there are none."""
        if self.responses is None or "weight" not in self.responses:
            return None
        return self.responses["weight"].to_numpy(float)

    @cached_property
    def _count_of(self):
        asked = zip(self.counted["question"], self.counted["option"], strict=True)
        return dict(zip(asked, self.counted["count"].tolist(), strict=True))

    @cached_property
    def _label_of(self):
        return self.options.set_index(["options", "option"])[f"label_{self.lang}"].to_dict()

    @cached_property
    def _tables(self):
        return {}

    @cached_property
    def _rows(self):
        return {}

    def _make_table(self, question):
        q = self.question(question)
        chosen = self.options[self.options["options"] == q["options"]].sort_values("order")
        counts = self.counted[self.counted["question"] == question]
        table = chosen.merge(counts, on="option").assign(base=int(q["base"]))
        table = table.rename(columns={f"label_{self.lang}": "label"})
        return table[["option", "label", "count", "base", "role"]].reset_index(drop=True)


# --- loading ---------------------------------------------------------------------------------------------------------


def load(survey="osaka-2019", lang=""):
    """Load and check a survey: a folder name under data/, the path of such a folder, or a Survey already loaded.

    Without `lang` it is in its first language. A Survey is returned in the language that is asked for, without reading its folder again. Raises SurveyError, in one
    message, for the first thing that is wrong, saying how many more there are.
    """
    if lang != "" and lang not in LANGUAGES:
        raise SurveyError("lang: found {lang}; expected one of {languages}", lang=quote(lang), languages=[*LANGUAGES])
    if isinstance(survey, Survey):
        lang = _spoken(lang, survey.name, survey.languages)
        return survey if survey.lang == lang else replace(survey, lang=lang)
    folder = find_folder(survey)
    about, frames, problems = read_folder(folder)
    if problems:
        raise SurveyError(_first_of(problems, folder, survey))
    return _made(folder, _spoken(lang, folder.name, languages(frames, about)), about, frames)


def _spoken(lang, name, there):
    """The language asked for, or the survey's first. Raises SurveyError for one that the survey does not have."""
    if lang and lang not in there:
        raise SurveyError(
            "lang: found {lang}; expected one of {there}, the languages of {name}",
            lang=quote(lang),
            there=[*there],
            name=name,
        )
    return lang or there[0]


def _first_of(problems, folder, survey):
    """The message about the first problem; about all of them where nobody has answered yet."""
    if any(problem.file == "counts.csv" and problem.value == "no count yet" for problem in problems):
        return Said(
            "{folder}: nobody has answered yet; fill in counts.csv and survey.toml, or import raw answers with "
            "python -m helpers import {survey} FILE (python -m helpers check {survey} lists what is missing)",
            folder=folder.name,
            survey=survey,
        )
    first = problems[0].within(folder)
    if len(problems) == 1:
        return first
    return Said("{first} ({n} more: python -m helpers check {survey})", first=first, n=len(problems) - 1, survey=survey)


def _made(folder, lang, about, frames):
    """The Survey of sound files, without the questions that were put to nobody."""
    questions = frames["questions.csv"].astype({"base": int}).set_index("question")
    unasked = tuple(questions.index[questions["base"] == 0])
    counts = frames["counts.csv"].astype({"count": int, "low": int, "high": int})
    return Survey(
        folder=folder,
        lang=lang,
        about=about,
        questions=questions.drop(index=list(unasked)),
        options=_typed_options(frames["options.csv"]),
        counted=counts[~counts["question"].isin(unasked)].reset_index(drop=True),
        published=frames["published.csv"].astype({"base": int, "percent": float}).reset_index(drop=True),
        claims=frames["claims.csv"].reset_index(drop=True),
        titles=frames["topics.csv"].astype({"order": int}).reset_index(drop=True),
        counted_by=frames["counts_by.csv"].astype({"count": int}).reset_index(drop=True),
        own_words=frames["words.csv"].reset_index(drop=True),
        unasked=unasked,
    )


def _typed_options(options):
    """options.csv with its numbers as numbers; scores are missing where there are none."""
    scores = pd.to_numeric(options["score"]) if "score" in options else float("nan")
    return options.astype({"order": int}).assign(score=scores).reset_index(drop=True)
