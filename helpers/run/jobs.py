"""Run the notebooks of a report through papermill, aside, and put the result in place only when all went well."""

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat

from ..files import swap
from ..report import html
from ..report.notebook import ParameterError, check_against, check_parameter, gather
from ..report.workbook import write_workbook
from ..survey import ROOT, SurveyError, load
from ..words.language import Language
from . import kernels

NOTEBOOKS = ROOT / "notebooks"
SUMMARY = "12_summary"
AUDIT = "11_published_claims"
QUESTIONNAIRE = "osaka-2019"  # the survey whose questions the notebooks were written for
REPORT = "report.html"  # also the name of a run's last step
OURS = ("figures", "tables", "notebooks", REPORT, "tables.xlsx")  # what a run replaces in its output folder
ENGINE = "survey"  # the name under which papermill knows our engine
COMMON = ("survey", "lang", "output_dir")  # parameters that have an option of their own


class NotebookFailed(Exception):
    """A notebook stopped with an error: where and why, and the path of its copy as far as it was executed, or None."""

    def __init__(self, message, copy=None):
        super().__init__(message, copy)
        self.message, self.copy = message, copy

    def __str__(self):
        return self.message + (f"\n  the copy up to there: {self.copy}" if self.copy else "")


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
    kernels: str = "warm"
    left_out: dict = field(default_factory=dict)  # notebook: what the survey lacks for it
    partial: bool = False  # some notebooks only: the others stay as the last run left them

    @property
    def name(self):
        """The job in a few words, for progress and the closing table."""
        return f"{Path(self.survey).name} {self.lang}"


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


def left_out(survey):
    """Topics that a survey cannot fill, {notebook: what is missing}: a question of the questionnaire was not asked.

    The questionnaire is that of `QUESTIONNAIRE`, whose codebook says to which topic a question belongs. The audit
    of what was published needs something published.
    """
    missing = {}
    for name in notebook_names():
        topics = (name[3:], "awareness") if name == AUDIT else (name[3:],)
        questions = [q for q, topic in _topics().items() if topic in topics and not survey.has(q)]
        if questions:
            missing[name] = ", ".join(questions)
    if AUDIT in notebook_names() and not (len(survey.claims) and len(survey.published)):
        missing[AUDIT] = "claims.csv, published.csv"
    return missing


@cache
def _topics():
    """The topic of each question of the questionnaire."""
    return load(QUESTIONNAIRE).questions["topic"].to_dict()


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


def plan(survey, lang, folder=None, only=(), pairs=(), kind="warm"):
    """A Job, with everything checked that can be before a kernel starts. Raises SurveyError or ParameterError.

    `kind` says how its kernels start: "warm" (forked) or "fresh" (the ordinary way).
    """
    loaded = load(survey, lang)
    chosen, missing = choose_notebooks(only), left_out(loaded)
    notebooks = [notebook for notebook in chosen if notebook not in missing]
    if not notebooks:
        lacking = "; ".join(f"{name} ({missing[name]})" for name in chosen)
        raise SurveyError(f"{loaded.name}: found no answers for {lacking}; expected a topic that the survey asked")
    parameters = read_parameters(pairs, chosen)
    if parameters.get("reference"):
        parameters["reference"] = str(Path(parameters["reference"]).expanduser().resolve())
    if parameters.get("baseline") and not (ROOT / "data" / parameters["baseline"]).is_dir():
        parameters["baseline"] = str(Path(parameters["baseline"]).expanduser().resolve())
    for parameter, value in parameters.items():
        check_against(loaded, parameter, value)
    inside = loaded.folder.parent == (ROOT / "data").resolve()
    base = Path(folder).expanduser().resolve() if folder else ROOT / "outputs"
    name = loaded.name if inside else str(loaded.folder)
    without = {notebook: missing[notebook] for notebook in chosen if notebook in missing}
    return Job(name, lang, base / loaded.name / lang, notebooks, parameters, kind, without, bool(only))


# --- one notebook ----------------------------------------------------------------------------------------------------


def execute(job, name, aside):
    """Execute one notebook through papermill and write its part of the report, all below `aside`.

    Raises NotebookFailed if a cell fails or the kernel dies.
    """
    import papermill  # slow to import, and needed only here

    _register_engine()
    target = aside / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(exist_ok=True)
    own = {key: value for key, value in job.parameters.items() if key in default_parameters(name)}
    try:
        notebook = papermill.execute_notebook(
            NOTEBOOKS / f"{name}.ipynb",
            target,
            {"survey": job.survey, "lang": job.lang, "output_dir": "..", **own},
            engine_name=ENGINE,
            progress_bar=False,
            log_output=False,
            record_timing=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=kernels.manager(job.kernels),
            shutdown_kernel="immediate",
            # Where the kernel works, so that output_dir is the same wherever the copy lies. (papermill's own `cwd`
            # moves this whole process, which runs several notebooks at a time.)
            resources={"metadata": {"path": str(target.parent)}},
        )
    except papermill.PapermillExecutionError as error:
        reason = " ".join(str(error.evalue).split())
        raise NotebookFailed(f"{name}, cell In [{error.exec_count}]: {error.ename}: {reason}", target) from None
    except RuntimeError as error:  # no kernel came up
        raise NotebookFailed(f"{name}: {' '.join(str(error).split())}") from None
    finally:
        _close_loop()
    tidy(notebook, job.lang)
    nbformat.write(notebook, target)
    parts = aside / "parts"
    parts.mkdir(exist_ok=True)
    (parts / f"{name}.html").write_text(html.part(notebook, name, job.lang), encoding="utf-8")


def _close_loop():
    """Close the event loop that Jupyter's client opened for this thread, and does not close."""
    from jupyter_core.utils import ensure_event_loop

    loop = ensure_event_loop()
    if pending := asyncio.all_tasks(loop):
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()


@cache
def _register_engine():
    """papermill's usual engine, except that a kernel's death is an error of the cell it died in; its log is kept quiet."""
    from nbclient.exceptions import DeadKernelError
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **kw):
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **kw)
            except DeadKernelError:
                begun = [c for c in nb_man.nb.cells if c.metadata.papermill["status"] != nb_man.PENDING]
                cell = begun[-1]
                cell.execution_count = sum(c.cell_type == "code" for c in begun)
                why = "the kernel ended before the cell did (killed, out of memory, or its own exit)"
                cell.outputs.append(nbformat.v4.new_output("error", ename="DeadKernel", evalue=why, traceback=[why]))

    papermill_engines.register(ENGINE, Engine)
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what went wrong is said once, by the run


def tidy(notebook, lang="en"):
    """Put an executed notebook's prose into its language, and take out what differs from run to run.

    That is times, random ids and the kernel's version. The notebook is changed in place.
    """
    say = Language(lang)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            cell.source = say.prose(cell.source)
        elif "parameters" in cell.metadata.get("tags", []):
            cell.source = say.comments(cell.source)
        elif "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for key in ("papermill", "execution", "iopub", "shell"):
            cell.metadata.pop(key, None)
        if not cell.get("id"):
            cell.id = f"cell-{number:02d}"
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


# --- one report ------------------------------------------------------------------------------------------------------


def finish(job, aside):
    """Join what the notebooks wrote into tables, report.html and tables.xlsx, and put it all in place."""
    for kind in ("tests", "findings", "comparisons", "figures"):
        gather(aside / "tables", kind)
    survey = load(job.survey, job.lang)
    paths = sorted((aside / "notebooks").glob("*.ipynb"))
    lacking = [html.title_of(NOTEBOOKS / f"{name}.ipynb", job.lang) for name in job.left_out]
    html.write_report(paths, aside / REPORT, survey, aside / "parts", lacking)
    write_workbook(aside / "tables.xlsx", aside / "tables", survey, job.parameters.get("confidence", 0.95))
    _install(aside, job.folder)


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
            folder.parent.rmdir()  # the survey's, likewise


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
    """Swap the new outputs in. Raises OutputError when that fails, and the old ones are back in their place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        swap(aside, folder, OURS)
    except OSError as error:
        raise OutputError(f"output folder {folder}: cannot be written ({error.strerror})") from None


# --- many at a time --------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """How a job ended: the report's path, or what went wrong (`failed`) and what was not run; seconds taken."""

    job: Job
    report: Path | None = None
    failed: list[Exception] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0


class _Build:
    """A job under way: which of its steps wait, which run, and where its outputs are put together."""

    def __init__(self, job):
        self.outcome = Outcome(job, left=[*job.notebooks, REPORT])
        self.running, self.began = set(), time.monotonic()
        self._opened = ExitStack()

    def open(self):
        """Make the folder to build in. Raises OutputError."""
        self.aside = self._opened.enter_context(_workshop(self.outcome.job.folder))
        if self.outcome.job.partial:
            _copy_last(self.outcome.job.folder, self.aside)

    def ready(self):
        """The steps that may begin now: the topics side by side, then the summary of them, then the report."""
        waiting = [step for step in self.outcome.left if step not in self.running]
        topics = [step for step in waiting if step not in (SUMMARY, REPORT)]
        if topics or self.outcome.failed or not waiting:
            return topics if not self.outcome.failed else []
        return waiting[:1] if not self.running else []

    def call(self, step):
        """What a step does, as something that can be sent to an executor."""
        job = self.outcome.job
        return (finish, job, self.aside) if step == REPORT else (execute, job, step, self.aside)

    def close(self):
        """Clear up, however it ended."""
        self._opened.close()
        self.outcome.seconds = time.monotonic() - self.began
        if not self.outcome.left:
            self.outcome.report = self.outcome.job.folder / REPORT


def run(jobs, progress, executor=None):
    """Run jobs side by side on a `concurrent.futures` executor (threads of this machine by default): their Outcomes.

    Old outputs stay as they were until all of a job is done, and one job's failure does not stop the others.
    `progress(job, step)` is called as each step ends. On an executor of several machines they must share the
    file system. Interrupted, it kills the kernels, clears up and raises KeyboardInterrupt.
    """
    if executor is None:
        if any(job.kernels == "warm" for job in jobs):
            kernels.warm_up()
        import papermill  # noqa: F401  (while the warm parent gets ready, and before threads ask for it)

        # One thread more than cores: a kernel and its runner wait for each other at times.
        with ThreadPoolExecutor(cores() + 1) as threads:
            return run(jobs, progress, threads)
    builds, running = [_Build(job) for job in jobs], {}

    def go_on(build):
        for step in build.ready():
            build.running.add(step)
            running[executor.submit(*build.call(step))] = build, step
        if not build.running:
            build.close()

    try:
        for build in builds:
            try:
                build.open()
            except OutputError as error:
                build.outcome.failed.append(error)
            else:
                go_on(build)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                build, step = running.pop(future)
                build.running.discard(step)
                _note(build, step, future, running)
                if not future.cancelled() and not future.exception():
                    progress(build.outcome.job, step)
                go_on(build)
    except BaseException:
        _abandon(running, builds)
        raise
    return [build.outcome for build in builds]


def _note(build, step, future, running):
    """Write down how a step ended; a failure takes the job's waiting steps off the executor."""
    error = None if future.cancelled() else future.exception()
    if error is None:
        if not future.cancelled():
            build.outcome.left.remove(step)
        return
    if not isinstance(error, (NotebookFailed, SurveyError)):
        raise error
    if isinstance(error, NotebookFailed) and error.copy:
        error.copy = _keep_failed(error.copy, build.outcome.job.folder)
    build.outcome.failed.append(error)
    build.outcome.left.remove(step)
    for other, (whose, _) in running.items():
        if whose is build:
            other.cancel()


def _abandon(running, builds):
    """After an interrupt: no new step, no kernel left, no half-built folder."""
    for future in running:
        future.cancel()
    while wait(running, timeout=0.1).not_done:
        kernels.stop_all()
    for build in builds:
        build.close()


def check_folders(jobs):
    """Raise SurveyError if two jobs would write to the same folder."""
    folders = [job.folder for job in jobs]
    for folder in folders:
        if folders.count(folder) > 1:
            raise SurveyError(f"--survey: two surveys would both write to {folder}; expected different names")


@contextmanager
def executor_at(scheduler):
    """The executor of a Dask cluster by its address, None for this machine's own. Raises SurveyError."""
    if not scheduler:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise SurveyError(
            "--scheduler: dask.distributed is not installed; expected: pip install -e '.[cluster]'"
        ) from None
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise SurveyError(f"--scheduler: found no Dask scheduler at {scheduler!r} ({reason})") from None
    with client, client.get_executor(pure=False) as executor:
        yield executor


def cores():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refresh(progress):
    """Re-execute the notebooks in place with their defaults, and renew the committed figures and tables."""
    job = plan("osaka-2019", "en")
    (outcome,) = run([job], progress)
    if not outcome.report:
        return outcome
    for name in job.notebooks:
        _write_back(job.folder / "notebooks" / f"{name}.ipynb", NOTEBOOKS / f"{name}.ipynb")
    return outcome


def _write_back(executed, source):
    """The executed copy without the injected parameters, numbered as if run by itself."""
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
    nbformat.write(notebook, source)


def show_progress(jobs, stream=None):
    """A function to call with job and step as each step ends: a bar, or plain lines when not on a terminal."""
    stream = stream or sys.stderr
    total = sum(len(job.notebooks) + 1 for job in jobs)
    several = len(jobs) > 1
    if not stream.isatty():
        steps = iter(range(1, total + 1))
        return lambda job, step: print(
            f"[{next(steps)}/{total}] {job.name + ' ' if several else ''}{step}", file=stream, flush=True
        )
    from tqdm import tqdm

    bar = tqdm(total=total, file=stream, bar_format="{bar:24} {n_fmt}/{total_fmt} {desc} {elapsed}")

    def step_ended(job, step):
        bar.set_description_str(f"{job.name} {step}" if several else step)
        bar.update(1)
        if bar.n == total:
            bar.close()

    return step_ended
