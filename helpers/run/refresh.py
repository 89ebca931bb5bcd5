"""What git keeps of a run, made anew: the executed notebooks, a survey's figures and tables, and lists in the READMEs.

For developers, and run from the checkout only.
"""

import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat

from .. import LANGUAGES
from ..files import write_whole
from ..report import columns
from ..report.folder import title_of
from ..survey import DATA, ROOT
from . import jobs, plan

KEPT = "osaka-2019"  # the survey whose figures and tables git keeps
READMES = {"en": "README.md", "ja": "README.ja.md"}
MARKS = ("<!-- notebooks -->", "<!-- /notebooks -->")  # around the README's list of notebooks


def refresh(progress_of, kind="warm"):
    """Renew everything that git keeps; the Outcomes of the runs that took.

    `progress_of(jobs)` makes the function that is told of each step, as in `jobs.show_progress`. If a run fails, all
    files are as they were, but for the figures and tables of the runs that went well.
    """
    with beside_the_outputs() as aside:
        kept = [plan.plan(KEPT, lang, kind=kind) for lang in LANGUAGES]
        runs = [*kept, *own_default_jobs(aside, kept[0], kind)]
        outcomes = jobs.run(runs, progress_of(runs))
        if all(outcome.report for outcome in outcomes):
            for name in plan.kept_names():
                write_back(_executed(name, runs), plan.NOTEBOOKS / f"{name}.ipynb")
            renew_pictures(runs[len(kept) :])
            renew_lists()
    return outcomes


@contextmanager
def beside_the_outputs():
    """A folder for the runs of which only the notebooks are kept, removed at the end."""
    (ROOT / "outputs").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".refresh-", dir=ROOT / "outputs") as folder:
        yield Path(folder)


def own_default_jobs(folder, kept, kind="warm"):
    """Jobs for the notebooks that `kept`, a Job, does not run with their own defaults: one Job per survey of theirs."""
    surveys = {}
    for name in plan.kept_names():
        survey = plan.read_notebook(name).parameters["survey"]
        if survey != kept.survey or name not in kept.notebooks:
            surveys.setdefault(survey, []).append(name)
    lang = kept.lang
    return [
        plan.Job(survey, lang, folder / survey / lang, names, {}, kind, last=plan.last_of(names))
        for survey, names in surveys.items()
    ]


def _executed(name, runs):
    """Where the runs left a notebook that was executed with its own defaults."""
    survey = plan.read_notebook(name).parameters["survey"]
    (folder, *_) = [job.folder for job in runs if job.survey == survey and name in job.notebooks]
    return folder / "notebooks" / f"{name}.ipynb"


def write_back(executed, source):
    """Write the executed copy of a notebook without the injected parameters, numbered as if run by itself."""
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
    write_whole(source, lambda half: nbformat.write(notebook, half))


def renew_pictures(runs):
    """Renew the pictures of other surveys that lie in outputs/, such as those that the README shows."""
    for job in runs:
        for picture in (ROOT / "outputs" / job.survey / job.lang / "figures").glob("*.png"):
            if (made := job.folder / "figures" / picture.name).exists():
                write_whole(picture, lambda half, made=made: shutil.copyfile(made, half))


# --- what the READMEs list -------------------------------------------------------------------------------------------


def renew_lists():
    """Renew the lists of notebooks in the README of each language, and the dictionary's list of columns."""
    for lang, name in READMES.items():
        renew(ROOT / name, partial(with_notebooks, lang=lang))
    renew(DATA / "README.md", columns.renewed)


def renew(path, renewed):
    """Put the text that `renewed` makes of a file's text into its place."""
    text = renewed(path.read_text(encoding="utf-8"))
    write_whole(path, lambda half: half.write_text(text, encoding="utf-8"))


def notebook_list(lang=LANGUAGES[0]):
    """The notebooks as Markdown: a line with title and link for each, in the order of the report."""
    names = plan.in_order(plan.kept_names())
    titles = {name: title_of(plan.NOTEBOOKS / f"{name}.ipynb", lang) for name in names}
    return "\n".join(f"- [{titles[name]}](notebooks/{name}.ipynb)" for name in names)


def with_notebooks(text, lang=LANGUAGES[0]):
    """A README's text with the list of notebooks between its marks; raises ValueError if it has no marks."""
    before, begin, rest = text.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not (begin and end):
        raise ValueError(f"found no lines {MARKS[0]} and {MARKS[1]}")
    return f"{before}{begin}\n{notebook_list(lang)}\n{end}{after}"
