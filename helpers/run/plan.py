"""What a run will do: which notebooks fit a survey, with which parameters, and where their outputs go.

Everything is read from the notebooks themselves, without running them: they are the files NN_name.ipynb, and two of
their cells hold plain literals. The cell tagged `parameters` holds the parameters and their defaults. The cell tagged
`needs`, which a notebook may have, says on which surveys it can be used:

    needs = {"q": ("single", ["no"])}  # questions, with their kind and the answers that the notebook names
    needs_files = ["claims.csv|published.csv"]  # files of its folder, of which one is enough; responses.parquet: raw answers
    needs_survey = "baseline"  # the parameter that names a second survey, to compare with
    needs_groups = "by"  # the parameter that names the questions of groups; without it, the codebook must mark some
    runs = "last"  # it reads what the other notebooks wrote: it runs after them, and stands before them in the report
"""

import ast
import hashlib
import re
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path

import nbformat

from ..report.folder import step_name
from ..report.parameters import ParameterError, check_against, check_parameter
from ..said import N_, Said
from ..stats.two_surveys import shared_questions
from ..survey import DATA, RESPONSES, ROOT, SurveyError, load
from ..words.language import GENERAL

NOTEBOOKS = ROOT / "notebooks"
COMMON = ("survey", "lang", "output_dir")  # parameters that have an option of their own
PATHS = ("reference",)  # parameters that name a file: seen from where the user is, not from where the kernel works
NEEDS = ("needs", "needs_files", "needs_survey", "needs_groups", "runs")  # what a cell tagged `needs` may say
SLUG = 60  # the longest name made from parameters, in characters
REASONS = {  # kind of Reason: for the command line, for the report
    "questions": (Said("not asked"), N_("not asked")),
    "files": (Said("not in the survey's folder"), N_("needs data that this survey does not have")),
    "responses": (Said("needs raw answers"), N_("needs raw answers")),
    "groups": (Said("no question has use = break"), N_("no question sets the groups")),
    "no survey": (Said("no other survey to compare with"), N_("no other survey to compare with")),
    "same survey": (Said("a survey is not compared with itself"), N_("no other survey to compare with")),
    "nothing shared": (Said("no question in common"), N_("no question in common with the other survey")),
}


@dataclass(frozen=True)
class Notebook:
    """What a notebook says of itself: its parameters with their defaults, and what it needs."""

    name: str
    parameters: dict
    needs: dict = field(default_factory=dict)
    needs_files: tuple = ()
    needs_survey: str = ""
    needs_groups: str = ""
    runs: str = ""

    @property
    def last(self):
        """Whether it runs after all others."""
        return self.runs == "last"


@dataclass(frozen=True)
class Reason:
    """Why a notebook is left out: `kind` is a key of REASONS, `names` are the ids, files or surveys it is about."""

    kind: str
    names: tuple = ()

    @property
    def said(self):
        """For the command line: a message, with ids."""
        words, _ = REASONS[self.kind]
        return Said("{reason}: {names}", reason=words, names=[*map(_either, self.names)]) if self.names else words

    def __str__(self):
        return str(self.said)

    def in_words(self, say):
        """For the report, in its language: without ids, which its readers do not know."""
        _, words = REASONS[self.kind]
        return say(words)


def _either(names):
    """File names of which one is enough, joined by "|", as a message."""
    first, _, rest = names.partition("|")
    return Said("{first} or {second}", first=first, second=_either(rest)) if rest else first


@dataclass(frozen=True)
class Job:
    """One report: a survey in a language, the notebooks to run, and their parameters.

    `last` are those of the notebooks that run after the others, `left_out` those that were asked for and do not fit the
    survey, with the Reason.
    """

    survey: str
    lang: str
    folder: Path
    notebooks: list[str]
    parameters: dict = field(default_factory=dict)
    kernels: str = "warm"
    left_out: dict = field(default_factory=dict)
    partial: bool = False  # some notebooks only: the others stay as the last run left them
    last: tuple = ()
    general: dict = field(default_factory=dict)  # steps of the general notebook: {name: its parameters}
    titles: dict = field(default_factory=dict)  # and the titles of their topics

    @property
    def name(self):
        """The job in a few words, for progress and the closing table."""
        return f"{Path(self.survey).name} {self.folder.name}"


# --- what the notebooks say of themselves ----------------------------------------------------------------------------


def notebook_names():
    """The names of all notebooks of a report, in order, without their ending."""
    return [path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]


def kept_names():
    """The names of all notebooks in the folder: those of a report, and the general one."""
    return [*notebook_names(), *([GENERAL] if source(GENERAL).exists() else [])]


def source(step):
    """The path of the notebook that a step runs: one of its own, or the general one for a topic without any."""
    return NOTEBOOKS / f"{GENERAL if step.startswith(GENERAL) else step}.ipynb"


def read_notebook(name):
    """What a notebook says of itself, a Notebook. Raises SurveyError if its cells do not say it in plain literals."""
    return _read(source(name))


def covered(survey, notebooks):
    """Which of these notebooks takes each question, {question: notebook}, as far as they take any."""
    return {q: name for name in reversed(notebooks) for q in read_notebook(name).needs if survey.has(q)}


def general_steps(survey, notebooks):
    """A step of the general notebook for each topic with questions that these notebooks do not take: {name: parameters}."""
    steps, taken = {}, covered(survey, notebooks)
    if not source(GENERAL).exists():
        return steps
    for number, topic in enumerate(survey.topics, start=1):
        asked = list(survey.questions.index[survey.questions["topic"] == topic])
        if left := [question for question in asked if question not in taken]:
            chosen = "" if left == asked else ", ".join(left)
            steps[step_name(number, topic)] = {"topic": topic, "questions": chosen}
    return steps


@cache
def _read(path):
    said = {"parameters": {}, "needs": {}}
    for cell in nbformat.read(path, as_version=4).cells:
        for tag in said.keys() & set(cell.metadata.get("tags", [])):
            said[tag] |= assignments(cell.source, f"{path.stem}, cell {tag}")
    return Notebook(path.stem, said["parameters"], **_checked(said["needs"], f"{path.stem}, cell needs"))


def assignments(source, where):
    """The names and values of lines such as `name = "literal"`; nothing is executed.

    `where` names the cell in the message. Raises SurveyError for any other line.
    """
    values = {}
    try:
        for line in ast.parse(source).body:
            (target,) = line.targets
            values[target.id] = ast.literal_eval(line.value)
    except (SyntaxError, AttributeError, ValueError, TypeError):
        raise SurveyError(
            '{where}: expected plain lines such as name = "literal" and nothing else', where=where
        ) from None
    return values


def _checked(needs, where):
    """What a cell `needs` says, in the shape that Notebook has; raises SurveyError if it says anything else."""
    questions, files = needs.get("needs", {}), needs.get("needs_files", [])
    sound = (
        set(needs) <= set(NEEDS)
        and isinstance(questions, dict)
        and all(_is_need(wanted) for wanted in questions.values())
        and _is_list_of_texts(files)
        and all(isinstance(needs.get(name, ""), str) for name in ("needs_survey", "needs_groups"))
        and needs.get("runs", "") in ("", "last")
    )
    if not sound:
        raise SurveyError(
            '{where}: expected needs = {{"question": ("kind", ["option"])}}, needs_files = ["file"], '
            'needs_survey = "parameter", needs_groups = "parameter", runs = "last", or some of them',
            where=where,
        )
    return needs | {"needs_files": tuple(files)}


def _is_need(wanted):
    return (
        isinstance(wanted, tuple) and len(wanted) == 2 and isinstance(wanted[0], str) and _is_list_of_texts(wanted[1])
    )


def _is_list_of_texts(values):
    return isinstance(values, (list, tuple)) and all(isinstance(value, str) for value in values)


def in_order(names):
    """Notebook names in the order of the report: those that run last come first; any that are no more are dropped."""
    there = set(names)
    own = [name for name in notebook_names() if name in there]
    general = sorted(name for name in there if name.startswith(GENERAL))
    after = max((i for i, name in enumerate(own, start=1) if read_notebook(name).needs), default=0)
    known = own[:after] + general + own[after:]  # after the topics, before what is about the survey as a whole
    return sorted(known, key=lambda name: not read_notebook(name).last)


def last_of(names):
    """Those of the notebooks that run after all others."""
    return tuple(name for name in names if read_notebook(name).last)


def choose_notebooks(only=()):
    """Notebook names for `only` (numbers such as "03", or names), all by default. Raises ParameterError."""
    names = notebook_names()
    chosen = []
    for wanted in (wanted for wanted in only if wanted != GENERAL):
        found = [name for name in names if wanted in (name, name[:2], name[:2].lstrip("0"))]
        if not found:
            raise ParameterError(
                "--only: found {wanted!r}; expected numbers or names of {names}", wanted=wanted, names=[*names]
            )
        chosen += found
    return [name for name in names if name in chosen] if only else names


# --- which of them fit a survey --------------------------------------------------------------------------------------


def left_out(survey, parameters=None):
    """The notebooks that cannot be used on a survey, {name: Reason}; `parameters` are those of the run."""
    reasons = {name: why_not(read_notebook(name), survey, parameters or {}) for name in notebook_names()}
    return {name: reason for name, reason in reasons.items() if reason}


def why_not(notebook, survey, parameters):
    """The Reason why a Notebook cannot be used on a survey, or None if it can."""
    lacking = [question for question, wanted in notebook.needs.items() if not _agrees(survey, question, *wanted)]
    if lacking:
        return Reason("questions", tuple(lacking))
    files = [names for names in notebook.needs_files if not _any_file(survey.folder, names)]
    if files:
        return Reason("responses") if files[0].startswith(RESPONSES) else Reason("files", tuple(files))
    if notebook.needs_groups and not parameters.get(notebook.needs_groups, "").strip() and not survey.breaks:
        return Reason("groups")
    if notebook.needs_survey:
        return _why_not_beside(survey, parameters.get(notebook.needs_survey, ""))
    return None


def _any_file(folder, names):
    """Whether one of several files, joined by "|", is in a folder."""
    return any((folder / name).is_file() for name in names.split("|"))


def _agrees(survey, question, kind, options):
    """Whether a survey asked a question of this id and kind that offers these options.

    The id alone would take any survey's third question for the one that the notebook is about.
    """
    if not survey.has(question) or survey.question(question)["kind"] != kind:
        return False
    return set(options) <= set(survey.table(question)["option"])


def _why_not_beside(survey, other):
    if not other.strip():
        return Reason("no survey")
    beside = load(other, survey.lang)
    if beside.folder == survey.folder:
        return Reason("same survey")
    shared, _ = shared_questions(survey, beside)
    return None if shared else Reason("nothing shared", (beside.name,))


# --- parameters ------------------------------------------------------------------------------------------------------


def read_parameters(pairs, notebooks):
    """Values of `-p NAME VALUE` pairs, typed like the defaults and checked; raises ParameterError.

    A parameter must be one of a chosen notebook's own; text is turned into a number where the default is one.
    """
    allowed = {}
    for notebook in notebooks:
        own = read_notebook(notebook).parameters
        allowed |= {name: value for name, value in own.items() if name not in COMMON}
    given = {}
    for name, text in pairs:
        if name not in allowed:
            raise ParameterError(
                "-p {name}: no such parameter; expected one of {allowed}", name=name, allowed=[*allowed]
            )
        given[name] = check_parameter(name, _typed(name, text, allowed[name]))
    return given


def _typed(name, text, default):
    """A value given as text: a number where the default is one."""
    if not isinstance(default, (int, float)):
        return text
    try:
        value = float(text)
    except ValueError:
        raise ParameterError("-p {name}: found {text!r}; expected a number", name=name, text=text) from None
    return int(value) if isinstance(default, int) and value.is_integer() else value


def _resolved(name, value):
    """A parameter that names another survey or a file, so that a kernel, which works elsewhere, finds it."""
    if name in _surveys() and value.strip():
        return _name(load(value))
    if name not in PATHS or not value:
        return value
    path = Path(value).expanduser().resolve()
    if not path.is_file():
        raise ParameterError("{name}: cannot read {path}; expected the path of a file", name=name, path=path.name)
    return str(path)


def _surveys():
    """The parameters that name a second survey."""
    return {read_notebook(name).needs_survey for name in notebook_names()} - {""}


def changed(given, survey, notebooks):
    """Those of the given parameters that make a run of these notebooks differ from the usual one."""
    taken = {name: [p[name] for n in notebooks if name in (p := read_notebook(n).parameters)] for name in given}
    usual = {name: set(values) for name, values in taken.items()}
    usual |= {name: {survey.about.get(name, "")} for name in _surveys()}
    return {name: value for name, value in given.items() if taken[name] and usual[name] != {value}}


def slug(parameters):
    """A name for a folder, made from parameters: "confidence-0.9+no_answer-keep"; "" without any.

    Any file system can hold it. A hash tells apart what the name cannot: a path, a long list, other signs.
    """
    texts = {name: str(value).removesuffix(".0") for name, value in sorted(parameters.items())}
    plain = {name: re.sub(r"[^a-z0-9._-]+", "-", Path(text).name.lower()).strip(".-") for name, text in texts.items()}
    readable = "+".join(f"{name}-{text}".rstrip("-") for name, text in plain.items())
    if plain == texts and len(readable) <= SLUG:
        return readable
    exact = hashlib.sha256(repr(texts).encode()).hexdigest()[:8]
    return f"{readable[: SLUG - len(exact) - 1].rstrip('.-+')}-{exact}"


# --- a job -----------------------------------------------------------------------------------------------------------


def plan(survey, lang, folder=None, only=(), pairs=(), kind="warm"):
    """A Job, with everything checked that can be before a kernel starts. Raises SurveyError or ParameterError.

    Without `lang` it is in the survey's first language. `kind` says how its kernels start: "warm" (forked) or "fresh" (the ordinary way). `folder` takes the place of
    outputs/; parameters other than the usual ones lead to a folder named after them.
    """
    loaded = load(survey, lang)
    lang = loaded.lang
    chosen = choose_notebooks(only)
    given = {name: _resolved(name, value) for name, value in read_parameters(pairs, chosen).items()}
    for name, value in given.items():
        check_against(loaded, name, value)
    parameters = {name: loaded.about[name] for name in _surveys() if loaded.about.get(name)} | given
    missing = left_out(loaded, parameters)
    notebooks = [name for name in chosen if name not in missing]
    general = general_steps(loaded, [name for name in notebook_names() if name not in missing])
    general = general if not only or GENERAL in only else {}
    _check_choice(loaded, chosen, [*notebooks, *general], missing)
    without = {name: missing[name] for name in chosen if name in missing}
    place = output_folder(loaded, lang, folder, changed(given, loaded, notebooks))
    titles = {step: loaded.topics[own["topic"]] for step, own in general.items()}
    steps = [*notebooks, *general]
    return Job(
        _name(loaded), lang, place, steps, parameters, kind, without, bool(only), last_of(steps), general, titles
    )


def _name(survey):
    """By what name a notebook's kernel finds a survey: its folder's, or the path of one elsewhere."""
    return survey.name if survey.folder.parent == DATA.resolve() else str(survey.folder)


def _check_choice(survey, chosen, notebooks, missing):
    """Raise SurveyError if a survey fits none of the chosen notebooks, or only such as read what others write."""
    others = [name for name in notebook_names() if name not in missing and not read_notebook(name).last]
    if notebooks and (others or any(name.startswith(GENERAL) for name in notebooks)):
        return
    reasons = (Said("{notebook} ({reason})", notebook=n, reason=missing[n].said) for n in chosen if n in missing)
    lacking = reduce(lambda first, second: Said("{first}; {second}", first=first, second=second), reasons)
    raise SurveyError(
        "{survey}: no notebook fits this survey: {lacking}; expected one whose questions it asked",
        survey=survey.name,
        lacking=lacking,
    )


def output_folder(survey, lang, base=None, parameters=None):
    """Where a report goes: base/survey/lang, or base/survey/lang-slug for other parameters than the usual ones."""
    base = Path(base).expanduser().resolve() if base else ROOT / "outputs"
    return base / survey.name / "-".join(filter(None, (lang, slug(parameters or {}))))


def check_folders(jobs):
    """Raise SurveyError if two jobs would write to the same folder."""
    folders = [job.folder for job in jobs]
    for folder in folders:
        if folders.count(folder) > 1:
            raise SurveyError(
                "--survey: two surveys would both write to {folder}; expected different names", folder=folder
            )
