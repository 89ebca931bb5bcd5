"""Notebooks executed cell by cell in this process, as papermill would, and what they showed, drew and wrote."""

import ast
import functools
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from sizes import size

from helpers import figures
from helpers.report import notebook as reporting
from helpers.survey import ROOT, load

NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
save_figure = figures.save


@dataclass
class Drawn:
    """A figure of a run: the table handed to `report.figure`, the PNG's bytes, and the warnings of saving it."""

    fig: Figure
    table: pd.DataFrame
    png: bytes
    warned: list


@dataclass
class Run:
    """What all notebooks of a run drew, {name: Drawn}, the warnings they gave, and where Osaka's chapters wrote to."""

    folder: Path
    figures: dict = field(default_factory=dict)
    warned: list = field(default_factory=list)


def read(name):
    return _read(NOTEBOOKS[name])


@functools.cache
def _read(path):
    return nbformat.read(path, as_version=4)


def cells(name, kind):
    return [cell for cell in read(name).cells if cell.cell_type == kind]


def tagged(name, tag):
    """The cells of a notebook that have a tag."""
    return [cell for cell in read(name).cells if tag in cell.metadata.get("tags", [])]


def literals(source):
    """The names and values of lines such as `name = "literal"`."""
    return {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(source).body}


def defaults(name):
    (cell,) = tagged(name, "parameters")
    return literals(cell.source)


def needs(name):
    (cell,) = tagged(name, "needs")
    return literals(cell.source)


def words_instead_of_a_picture(fig, folder, name, alt=""):
    """Stands in for figures.save: the figure's words, in a fraction of the time."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    words = [alt, *(text.get_text() for text in fig.findobj(Text))]
    (folder / f"{name}.txt").write_text("\n".join(words), encoding="utf-8")
    return b""


def execute(name, patch, save=words_instead_of_a_picture, **parameters):
    """Execute a notebook's code as papermill would with these parameters; returns what it showed, without pictures."""
    return execute_path(NOTEBOOKS[name], patch, save, **parameters)


def execute_path(path, patch, save=words_instead_of_a_picture, **parameters):
    """The same for a notebook at a path."""
    shown = []

    def display(data, **_):
        shown.append({kind: value for kind, value in data.items() if kind != "image/png"})

    patch.setattr(reporting, "display", display)
    patch.setattr(figures, "save", save)
    scope = {}
    for number, cell in enumerate((c for c in _read(path).cells if c.cell_type == "code"), start=1):
        exec(compile(cell.source, f"{path.stem}, In [{number}]", "exec"), scope)
        if "parameters" in cell.metadata.get("tags", []):
            scope |= parameters
    return shown


@contextmanager
def noted(drawn):
    """Every figure that is saved meanwhile goes into `drawn`; yields the function that saves."""
    pictures = {}

    def save(fig, folder, name, alt=""):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            png = save_figure(fig, folder, name, alt)
        pictures[name] = png, [str(warning.message) for warning in caught]
        return png

    plain = reporting.Report.figure

    def figure(self, fig, name, table, *rest, **more):
        plain(self, fig, name, table, *rest, **more)
        drawn[name] = Drawn(fig, table, *pictures[name])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting.Report, "figure", figure)
        yield save


@functools.cache
def full_run(lang):
    """Every notebook with its own defaults in a language, in the order of a report; made once."""
    base = Path(tempfile.mkdtemp(prefix=f"run-{lang}-"))
    run = Run(base / "osaka-2019")
    with noted(run.figures) as save, pytest.MonkeyPatch.context() as patch:
        for name in sorted(NOTEBOOKS, key=lambda name: needs(name).get("runs") == "last"):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                execute(name, patch, save, lang=lang, output_dir=str(base / defaults(name)["survey"]))
            run.warned += [(name, str(warning.message)) for warning in caught]
    return run


@functools.cache
def general_run(lang):
    """The general notebook on every topic of the example surveys in a language, {survey and figure: Drawn}; made once."""
    found, path = {}, ROOT / "notebooks" / "any_topic.ipynb"
    for survey in size(("example-2025", "example-2026"), ("example-2026",)):
        drawn = {}
        with noted(drawn) as save, pytest.MonkeyPatch.context() as patch:
            for topic in load(survey).questions["topic"].unique():
                folder = tempfile.mkdtemp(prefix="topic-")
                execute_path(path, patch, save, survey=survey, topic=topic, lang=lang, output_dir=folder)
        found |= {f"{survey} {name}": figure for name, figure in drawn.items()}
    return found


@functools.cache
def chapters():
    """The folder that Osaka's chapters wrote to in English, without pictures, summary or other surveys; made once."""
    folder = Path(tempfile.mkdtemp(prefix="chapters-"))
    with pytest.MonkeyPatch.context() as patch:
        for name in NOTEBOOKS:
            if defaults(name)["survey"] == "osaka-2019" and needs(name).get("runs") != "last":
                execute(name, patch, output_dir=str(folder))
    return folder


def files(folder):
    """The contents of all files in a folder, by relative path."""
    paths = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def new_folder(folder, name):
    """An output folder; for the summary it holds what the other notebooks wrote."""
    folder.mkdir(parents=True)
    if needs(name).get("runs") == "last":
        shutil.copytree(chapters() / "tables", folder / "tables")
    return folder


def run(name, folder, **parameters):
    """What a notebook showed and wrote, in a new output folder."""
    with pytest.MonkeyPatch.context() as patch:
        shown = execute(name, patch, output_dir=str(new_folder(folder, name)), **parameters)
    return shown, files(folder)
