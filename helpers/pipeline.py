"""Run the notebooks of a report through papermill, aside, and put the result in place only when all went well."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat

from . import html
from .survey import ROOT, SurveyError, load
from .text import Language
from .topic import ParameterError, check_against, check_parameter, gather
from .workbook import write_workbook

NOTEBOOKS = ROOT / "notebooks"
SUMMARY = "12_summary"
OURS = ("figures", "tables", "notebooks", "report.html", "tables.xlsx")  # what a run replaces in its output folder
COMMON = ("survey", "lang", "output_dir")  # parameters that have an option of their own


class NotebookFailed(Exception):
    """A notebook stopped with an error; the message says where, and where the partly executed copy lies."""


class OutputError(SurveyError):
    """An output folder that cannot be written."""


@dataclass(frozen=True)
class Job:
    """One report: a survey in a language, the notebooks to run, and their parameters."""

    survey: str
    lang: str
    folder: Path
    notebooks: list[str]
    parameters: dict = field(default_factory=dict)


# --- what may be run -------------------------------------------------------------------------------------------------


def notebook_names():
    """The names of all topic notebooks, in order, without their ending."""
    return [path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]


def choose_notebooks(only=()):
    """Notebook names for `only` (numbers such as "03", or names), all by default. Raises ParameterError."""
    names = notebook_names()
    chosen = []
    for wanted in only:
        found = [name for name in names if wanted in (name, name[:2], name[:2].lstrip("0"))]
        if not found:
            raise ParameterError(f"--only: found {wanted!r}; expected numbers or names of {', '.join(names)}")
        chosen += found
    return [name for name in names if name in chosen] if only else names


@cache
def default_parameters(notebook):
    """The parameters of a notebook with their default values, as its parameters cell says."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    source = next(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))
    values = {}
    exec(source, {}, values)  # our own notebook's literals
    return values


def read_parameters(pairs, notebooks):
    """Values of `-p NAME VALUE` pairs, typed like the defaults and checked; raises ParameterError.

    A parameter must be one of a chosen notebook's own; text is turned into a number where the default is one.
    """
    allowed = {}
    for notebook in notebooks:
        allowed |= {name: value for name, value in default_parameters(notebook).items() if name not in COMMON}
    given = {}
    for name, text in pairs:
        if name not in allowed:
            raise ParameterError(f"-p {name}: no such parameter; expected one of {', '.join(allowed)}")
        value = text
        if isinstance(allowed[name], (int, float)):
            try:
                value = float(text)
            except ValueError:
                raise ParameterError(f"-p {name}: found {text!r}; expected a number") from None
        given[name] = check_parameter(name, value)
    return given


def plan(survey, lang, folder=None, only=(), pairs=()):
    """A Job, with everything checked that can be before a kernel starts. Raises SurveyError or ParameterError."""
    loaded = load(survey, lang)
    notebooks = choose_notebooks(only)
    parameters = read_parameters(pairs, notebooks)
    if parameters.get("reference"):
        parameters["reference"] = str(Path(parameters["reference"]).expanduser().resolve())
    for parameter, value in parameters.items():
        check_against(loaded, parameter, value)
    inside = loaded.folder.parent == (ROOT / "data").resolve()
    base = Path(folder).expanduser().resolve() if folder else ROOT / "outputs"
    name = loaded.name if inside else str(loaded.folder)
    return Job(name, lang, base / loaded.name / lang, notebooks, parameters)


# --- running ---------------------------------------------------------------------------------------------------------


def run(job, progress):
    """Run a job's notebooks in order and write its report; the old outputs stay as they were until all is done.

    `progress(name)` is called as each notebook begins. Raises NotebookFailed or OutputError. Returns the report's path.
    """
    with _workshop(job.folder) as aside:
        if len(job.notebooks) < len(notebook_names()):
            _copy_last(job.folder, aside)
        for name in job.notebooks:
            progress(name)
            execute(job, name, aside)
        for kind in ("tests", "findings", "comparisons", "figures"):
            gather(aside / "tables", kind)
        progress("report.html")
        html.write_report(
            sorted((aside / "notebooks").glob("*.ipynb")), aside / "report.html", load(job.survey, job.lang)
        )
        survey = load(job.survey, job.lang)
        write_workbook(aside / "tables.xlsx", aside / "tables", survey, job.parameters.get("confidence", 0.95))
        _install(aside, job.folder)
    return job.folder / "report.html"


def execute(job, name, aside):
    """Execute one notebook through papermill; its copy goes to `aside`/notebooks, its outputs beside that."""
    import papermill  # slow to import, and needed only here

    target = aside / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(exist_ok=True)
    own = {key: value for key, value in job.parameters.items() if key in default_parameters(name)}
    parameters = {"survey": job.survey, "lang": job.lang, "output_dir": "..", **own}
    try:
        papermill.execute_notebook(
            NOTEBOOKS / f"{name}.ipynb",
            target,
            parameters,
            cwd=target.parent,  # so that output_dir is the same wherever the copy lies
            progress_bar=False,
            log_output=False,
            record_timing=False,
            **_quiet_kernel(),
        )
    except papermill.PapermillExecutionError as error:
        kept = _keep_failed(target, job.folder)
        reason = " ".join(str(error.evalue).split())
        raise NotebookFailed(
            f"{name}, cell In [{error.exec_count}]: {error.ename}: {reason}\n  the copy up to there: {kept}"
        ) from None
    tidy(target, job.lang)


def _quiet_kernel():
    """Sockets in the file system where there are such: private to the user, and no kernel warns about open ports."""
    if sys.platform == "win32":
        return {}
    from jupyter_client import AsyncKernelManager

    class LocalKernel(AsyncKernelManager):
        transport = "ipc"

        async def _async_launch_kernel(self, kernel_cmd, **kw):
            # What a kernel has to say comes back through its messages; its own log is noise on the user's screen.
            await super()._async_launch_kernel(kernel_cmd, **{**kw, "stderr": subprocess.DEVNULL})

    return {"kernel_manager_class": LocalKernel}


def tidy(path, lang="en"):
    """Put an executed notebook's prose into its language, and take out what differs from run to run.

    That is times, random ids and the kernel's version.
    """
    notebook = nbformat.read(path, as_version=4)
    say = Language(lang)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = say.prose(cell.source)
        elif "parameters" in cell.metadata.get("tags", []):
            cell.source = say.comments(cell.source)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = cell.id if "injected-parameters" not in cell.metadata.get("tags", []) else "injected-parameters"
        for key in ("papermill", "execution", "iopub", "shell"):
            cell.metadata.pop(key, None)
        if not cell.get("id"):
            cell.id = f"cell-{number:02d}"
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


@contextmanager
def _workshop(folder):
    """A new folder beside the output folder, removed however the run ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-building-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"output folder {folder}: cannot be written ({error.strerror})") from None
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()  # if nothing has ever come into it


def _copy_last(folder, aside):
    for name in OURS[:3]:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, aside / name)


def _keep_failed(target, folder):
    kept = folder.parent / "failed" / f"{folder.name}-{target.name}"
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(target, kept)
    return kept


def _install(aside, folder):
    """Swap the new outputs in; should one move fail, the old ones go back to their place."""
    replaced = aside / "replaced"
    replaced.mkdir()
    moves = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in OURS:
            if (folder / name).exists():
                (folder / name).rename(replaced / name)
                moves.append((replaced / name, folder / name))
            if (aside / name).exists():
                (aside / name).rename(folder / name)
                moves.append((folder / name, aside / name))
    except BaseException as error:
        for there, back in reversed(moves):
            there.rename(back)
        if isinstance(error, OSError):
            raise OutputError(f"output folder {folder}: cannot be written ({error.strerror})") from None
        raise


def refresh(progress):
    """Re-execute the notebooks in place with their defaults, and renew the committed figures and tables."""
    job = plan("osaka-2019", "en")
    with _workshop(job.folder) as aside:
        for name in job.notebooks:
            progress(name)
            execute(job, name, aside)
            _write_back(aside / "notebooks" / f"{name}.ipynb", NOTEBOOKS / f"{name}.ipynb")
        shutil.rmtree(aside / "notebooks")
        _install(aside, job.folder)


def _write_back(executed, source):
    """The executed copy without the injected parameters, numbered as if run by itself."""
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
    nbformat.write(notebook, source)


def show_progress(total, stream=None):
    """A function to call with the name of each step: a bar that names it, or plain lines when not on a terminal."""
    stream = stream or sys.stderr
    if not stream.isatty():
        steps = iter(range(1, total + 1))
        return lambda name: print(f"[{next(steps)}/{total}] {name}", file=stream, flush=True)
    from tqdm import tqdm

    bar = tqdm(total=total, file=stream, bar_format="{bar:24} {n_fmt}/{total_fmt} {desc} {elapsed}")

    def step(name):
        bar.set_description_str(name)
        bar.update(1)
        if bar.n == total:
            bar.close()

    return step
