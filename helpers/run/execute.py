"""One notebook executed through papermill, and its part of the report."""

import asyncio
import logging
from functools import cache

import nbformat

from ..report import html
from ..said import Said
from ..words.language import Language
from . import kernels, plan

ENGINE = "survey"  # the name under which papermill knows our engine


class NotebookFailed(Exception):
    """A notebook stopped with an error: where and why, and the path of its copy as far as it was executed, or None."""

    def __init__(self, message, copy=None):
        super().__init__(message, copy)
        self.message, self.copy = message, copy

    @property
    def said(self):
        """The same as a message; what the cell's own error says is in the kernel's language, English."""
        if not self.copy:
            return self.message
        return Said("{message}\n  the copy up to there: {copy}", message=self.message, copy=self.copy)

    def __str__(self):
        return str(self.said)


def execute(job, name, aside):
    """Execute one notebook of a Job and write its copy and its part of the report, all below `aside`.

    Raises NotebookFailed if a cell fails or the kernel dies.
    """
    target = aside / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(exist_ok=True)
    try:
        notebook = _through_papermill(job, name, target)
    finally:
        _close_loop()
    tidy(notebook, plan.source(name).stem, job.lang)
    if name in job.titles:
        _entitle(notebook, job.titles[name])
    nbformat.write(notebook, target)
    parts = aside / "parts"
    parts.mkdir(exist_ok=True)
    (parts / f"{name}.html").write_text(html.part(notebook, name, job.lang), encoding="utf-8")


def _entitle(notebook, title):
    """Put a topic's own title into the first prose cell of the general notebook."""
    first = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    first.source = "\n".join([f"# {title}", *first.source.splitlines()[1:]])


def _through_papermill(job, name, target):
    """The executed notebook; what went wrong in it becomes one NotebookFailed."""
    import papermill  # slow to import, and needed only here

    _register_engine()
    given = job.parameters | job.general.get(name, {})
    own = {key: value for key, value in given.items() if key in plan.read_notebook(name).parameters}
    try:
        return papermill.execute_notebook(
            plan.source(name),
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
        values = {"notebook": name, "n": error.exec_count, "error": error.ename, "reason": reason}
        raise NotebookFailed(Said("{notebook}, cell In [{n}]: {error}: {reason}", **values), target) from None
    except RuntimeError as error:  # no kernel came up
        raise NotebookFailed(Said("{notebook}: {reason}", notebook=name, reason=" ".join(str(error).split()))) from None


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


def tidy(notebook, name, lang="en"):
    """Put an executed notebook's prose into its language, and take out what differs from run to run.

    That is times, random ids and the kernel's version. The notebook is changed in place.
    """
    say = Language(lang, name)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.source = translated(cell, name, say)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for key in ("papermill", "execution", "iopub", "shell"):
            cell.metadata.pop(key, None)
        if not cell.get("id"):
            cell.id = f"cell-{number:02d}"
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def translated(cell, name, say):
    """A cell's source with its prose, or the comments of its parameters and needs, in the language of `say`."""
    if cell.cell_type == "markdown":
        return say.prose(cell.id, cell.source)
    tags = {"parameters", "needs"} & set(cell.metadata.get("tags", []))
    for tag in sorted(tags):
        return Language(say.lang, name).comments(cell.source, tag)
    return cell.source
