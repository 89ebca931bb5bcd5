"""The command line in this process: no interpreter to start, and one warm parent for the kernels of all reports."""

import io
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

from helpers.__main__ import main


def report(*arguments):
    """Run the command line's report with these arguments; its exit code and words, named as those of a process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["report", *map(str, arguments)])
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())
