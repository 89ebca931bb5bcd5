"""Reports made many at a time: each put together aside, and swapped into its place only when all of it went well."""

import glob
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..files import Busy, locked, recover, switch
from ..report import html, short, word
from ..report.folder import gather_all, title_of
from ..report.workbook import write_workbook
from ..said import why
from ..survey import SurveyError, load
from ..words.language import Language
from . import kernels, plan
from .execute import NotebookFailed, execute
from .plan import Job

REPORT = html.SHORT  # also the name of a run's last step
OURS = (
    "figures",
    "tables",
    "notebooks",
    REPORT,
    html.ANNEX,
    word.FILE,
    "tables.xlsx",
)  # what a run replaces in its output folder


class OutputError(SurveyError):
    """An output folder that cannot be written."""


# --- one report ------------------------------------------------------------------------------------------------------


def finish(job, aside):
    """Join what the notebooks wrote into tables, report.html and tables.xlsx, and put it all in place."""
    gather_all(aside / "tables")
    survey = load(job.survey, job.lang)
    executed = aside / "notebooks"
    paths = [executed / f"{name}.ipynb" for name in plan.in_order(path.stem for path in executed.glob("*.ipynb"))]
    say = Language(job.lang, "", survey.noun)
    titled = html.titles(paths)
    last = plan.last_of(path.stem for path in paths)
    chapters = {path.stem: title for path, title in titled.items() if path.stem not in last}
    composed = short.compose(survey, aside, chapters, missing(job, survey), say)
    html.write_report(composed, aside / REPORT, survey)
    if word.is_available():
        word.write_word(composed, aside / word.FILE, survey, say)
    html.write_annex(titled, aside / html.ANNEX, survey, aside / "parts")
    write_workbook(aside / "tables.xlsx", aside / "tables", survey)
    _install(aside, job.folder)


def missing(job, survey):
    """What the report says of the notebooks that do not fit its survey: the title of each, and why."""
    say = Language(job.lang)
    reasons = plan.left_out(survey, job.parameters)
    # What a survey did not ask is no gap in its report: every question that it asked is there.
    reasons = {name: reason for name, reason in reasons.items() if reason.kind != "questions"}
    titles = {name: title_of(plan.NOTEBOOKS / f"{name}.ipynb", job.lang) for name in reasons}
    return [say("{title} ({reason})", title=titles[name], reason=reasons[name].in_words(say)) for name in reasons]


def leftovers(folder):
    """Where runs that were killed have built the outputs of a folder; whoever holds its lock may remove them."""
    return list(folder.parent.glob(f".{glob.escape(folder.name)}-building-*"))


@contextmanager
def _workshop(folder):
    """A new folder beside the output folder, which is locked; removed however the run ends.

    Yields it, and what a killed run had left to do (see `files.recover`).
    """
    with ExitStack() as opened:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            opened.enter_context(locked(folder))
            opened.callback(_remove_if_empty, folder)
            found = recover(folder, leftovers(folder))
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-building-", dir=folder.parent))
        except Busy:
            raise OutputError(
                "output folder {folder}: found another run that is writing it; expected to wait until it has ended",
                folder=folder,
            ) from None
        except OSError as error:
            raise OutputError(
                "output folder {folder}: cannot be written ({reason})", folder=folder, reason=why(error)
            ) from None
        opened.callback(shutil.rmtree, aside, ignore_errors=True)
        yield aside, found


def _remove_if_empty(folder):
    """Remove an output folder into which nothing has ever come, and likewise the survey's."""
    with suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()


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
    """Switch the new outputs in. Raises OutputError when that fails, and the old ones are back in their place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        switch(
            aside, folder, [name for name in OURS if os.path.lexists(aside / name) or os.path.lexists(folder / name)]
        )
    except OSError as error:
        raise OutputError(
            "output folder {folder}: cannot be written ({reason})", folder=folder, reason=why(error)
        ) from None


# --- many at a time --------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """How a job ended: the report's path, or what went wrong (`failed`) and what was not run; seconds taken.

    `recovered` is what a killed run had left to do: `files.COMPLETED`, CLEARED or "".
    """

    job: Job
    report: Path | None = None
    failed: list[Exception] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0
    recovered: str = ""


class _Build:
    """A job under way: which of its steps wait, which run, and where its outputs are put together."""

    def __init__(self, job):
        self.outcome = Outcome(job, left=[*job.notebooks, REPORT])
        self.running, self.began = set(), time.monotonic()
        self._opened = ExitStack()

    def open(self):
        """Make the folder to build in. Raises OutputError."""
        self.aside, self.outcome.recovered = self._opened.enter_context(_workshop(self.outcome.job.folder))
        if self.outcome.job.partial:
            _copy_last(self.outcome.job.folder, self.aside)

    def ready(self):
        """The steps that may begin now: the notebooks side by side, then those that run last, then the report."""
        last = self.outcome.job.last
        for stage in ([n for n in self.outcome.job.notebooks if n not in last], last, [REPORT]):
            if left := [step for step in stage if step in self.outcome.left]:
                return [step for step in left if step not in self.running] if not self.outcome.failed else []
        return []

    def call(self, step):
        """What a step does, as something that can be sent to an executor."""
        job = self.outcome.job
        return (finish, job, self.aside) if step == REPORT else (execute, job, step, self.aside)

    def close(self):
        """Clear up, however it ended."""
        self._opened.close()
        self.outcome.seconds = time.monotonic() - self.began
        if not self.outcome.left and not self.outcome.failed:
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
    if not isinstance(error, Exception):
        raise error
    if not isinstance(
        error, (NotebookFailed, SurveyError)
    ):  # of no kind that we know: it ends this report, and no other
        why = " ".join(f"{type(error).__name__}: {error}".split())
        error = SurveyError("{step}: {why}", step=step, why=why)
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
        raise SurveyError(
            "--scheduler: found no Dask scheduler at {scheduler!r} ({reason})", scheduler=scheduler, reason=reason
        ) from None
    with client, client.get_executor(pure=False) as executor:
        yield executor


def cores():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
