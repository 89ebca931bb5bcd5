"""A notebook is run by the usual programs, from any working directory, and leaves what is committed as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from inprocess import NOTEBOOKS, files, run
from sizes import size

from helpers.survey import ROOT

BIN = Path(sys.executable).parent


def program(*command, cwd, **environment):
    """Run a program of this environment; its exit code must be 0."""
    variables = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | environment
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=variables, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done


# From the root runs the command that README.md gives (tests/docs/test_readme.py) as well.
@pytest.mark.parametrize("place", size([".", "notebooks"], ["notebooks"]))
def test_papermill_from(place, tmp_path):
    cwd = ROOT / place
    source = NOTEBOOKS["10_small_business"].relative_to(cwd)
    program("papermill", source, tmp_path / "copy.ipynb", "-p", "output_dir", tmp_path / "out", cwd=cwd)
    written = files(tmp_path / "out")
    assert written["tables/q10.csv"] == run("10_small_business", tmp_path / "here")[1]["tables/q10.csv"]
    assert {"figures/small_business.png", "figures/small_business.svg"} <= set(written)


def test_nbconvert_leaves_the_committed_outputs_as_they_are(tmp_path):
    checkout = tmp_path / "checkout"
    for part in ("helpers", "data", "notebooks", "outputs/osaka-2019/en"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
    before = files(checkout / "outputs")
    assert before
    program(
        *("jupyter", "nbconvert", "--to", "notebook", "--execute", "notebooks/10_small_business.ipynb"),
        *("--output-dir", tmp_path / "executed"),
        cwd=checkout,
        PYTHONPATH=str(checkout),
    )
    executed = nbformat.read(tmp_path / "executed" / "10_small_business.ipynb", as_version=4)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")
    after = files(checkout / "outputs")
    assert {path: after.get(path) for path in before} == before
    added = set(after) - set(before)
    assert "osaka-2019/en-alone/figures/small_business.png" in added
    assert {path for path in added if not path.startswith("osaka-2019/en-alone/")} == set()
