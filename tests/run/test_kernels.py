"""Kernels forked from a warm parent: the same results as ordinary ones, isolated, and gone when they should be."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys

import here
import nbformat
import psutil
import pytest
import test_jobs as test_pipeline
from sizes import size
from test_jobs import ROOT, command_on, files, old_outputs, slow_notebooks
from tiny import tiny_notebook

from helpers import __main__ as command_line
from helpers.run import kernels
from helpers.run import plan as planning

english = test_pipeline.english
pytestmark = pytest.mark.skipif(not kernels.can_fork(), reason="no fork server on this system")
both_kinds = pytest.mark.parametrize("kind", kernels.KINDS)


def ask(kind, *sources):
    """What a new kernel of a kind prints for each source, in one kernel."""

    async def talk():
        manager = kernels.manager(kind)(kernel_name="python3")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        printed = []
        try:
            await client.wait_for_ready(60)
            for source in sources:
                said = []
                await client.execute_interactive(
                    source, output_hook=lambda m, said=said: said.append(m["content"].get("text", "")), timeout=60
                )
                printed.append("".join(said).strip())
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return printed

    return asyncio.run(talk())


def test_ordinary_kernels_give_the_same_bytes(english, tmp_path):
    # Tables, both readings, many figures, and a summary of all; the sample has a topic and the summary.
    chosen = size(["01", "03", "06", "09", "14"], ["03", "14"])
    for kind in ("figures", "tables", "notebooks"):
        shutil.copytree(
            english.folder / "osaka-2019" / "en" / kind,
            tmp_path / "osaka-2019" / "en" / kind,
            ignore=lambda _, names: [name for name in names if name[:2] in chosen],
        )
    done = here.report("--output-dir", tmp_path, "--kernels", "fresh", "--only", *chosen)
    assert done.returncode == 0, done.stderr
    warm, fresh = files(english.folder), files(tmp_path)
    assert len(warm) > 100
    assert [name for name in sorted(warm.keys() | fresh.keys()) if warm.get(name) != fresh.get(name)] == []


def test_a_warm_kernel_has_the_libraries_and_an_ordinary_one_has_not():
    loaded = "import sys; print('helpers.figures' in sys.modules, 'scipy.stats' in sys.modules)"
    assert [ask(kind, loaded) for kind in kernels.KINDS] == [["True True"], ["False False"]]


def test_warm_kernels_are_isolated():
    leave = "import helpers, numpy as np, os, random; helpers.left = 1; os.environ['LEFT'] = '1'; np.random.seed(0)"
    look = "print(hasattr(__import__('helpers'), 'left'), 'LEFT' in __import__('os').environ)"
    assert ask("warm", leave, look)[1] == "True True"
    assert ask("warm", look) == ["False False"]


def test_warm_kernels_draw_different_random_numbers():
    draw = "import numpy as np, random; print(np.random.random(), random.random())"
    assert len({number for _ in range(3) for number in ask("warm", draw)[0].split()}) == 6


@both_kinds
def test_a_kernel_is_a_process_of_its_own_with_one_thread_for_sums(kind):
    own = "import os; print(os.getpid() == os.getpgid(0), os.getpgid(0), os.environ['OMP_NUM_THREADS'])"
    answer, group, threads = ask(kind, own)[0].split()
    assert (answer, threads) == ("True", "1")
    assert int(group) != os.getpgid(0)


@both_kinds
def test_a_kernel_clears_away_its_garbage(kind):
    assert ask(kind, "import gc; print(gc.isenabled())") == ["True"]


@both_kinds
def test_a_kernel_shows_figures_of_pyplot(kind):
    backend = "import matplotlib.pyplot as plt; plt.figure(); print(plt.get_backend())"
    assert ask(kind, backend)[0].splitlines()[0] in ("inline", "module://matplotlib_inline.backend_inline")


def test_an_ordinary_kernel_stands_in_where_forking_fails(monkeypatch):
    def no_fork(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(kernels, "Fork", no_fork)
    assert ask("warm", "print('here')") == ["here"]


def test_without_a_fork_server_kernels_are_ordinary(monkeypatch):
    monkeypatch.setattr(kernels.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    kernels.warm_up()
    assert kernels.manager("warm") is kernels.FreshManager


@both_kinds
@pytest.mark.parametrize("death", ["os._exit(3)", "os.kill(os.getpid(), 9)"], ids=["exit", "kill"])
def test_a_kernel_that_dies_is_its_notebooks_failure(kind, death, tmp_path, monkeypatch, capsys):
    notebooks, out = tmp_path / "notebooks", tmp_path / "out" / "osaka-2019" / "en"
    notebooks.mkdir()
    tiny_notebook(notebooks / "02_dying.ipynb", f"import os\n{death}")
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)
    before = old_outputs(out)
    assert command_line.main(["report", "--kernels", kind, "--output-dir", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "failed: 02_dying, cell In [3]: DeadKernel: the kernel ended before the cell did" in said
    assert files(out) == before
    copy = nbformat.read(said.split("up to there: ")[1].splitlines()[0], as_version=4)
    assert copy.cells[-1].outputs[-1].ename == "DeadKernel"


def under_way(tmp_path):
    """A report of slow notebooks as soon as a first one is done, and all its processes."""
    command = command_on(slow_notebooks(tmp_path / "notebooks"), tmp_path / "out")
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not process.stderr.readline().startswith("[1/"):
        assert process.poll() is None
    return process, psutil.Process(process.pid).children(recursive=True)


def test_no_process_outlives_a_killed_runner(tmp_path):
    process, children = under_way(tmp_path)
    assert len(children) >= 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=10)
    for child in alive:
        child.kill()
    assert alive == []


def test_no_process_outlives_a_finished_run(tmp_path):
    (tmp_path / "notebooks").mkdir()
    tiny_notebook(tmp_path / "notebooks" / "01_tiny.ipynb", "print(1)")
    code = (
        "import sys\nfrom pathlib import Path\nfrom helpers import __main__ as m\nfrom helpers.run import plan\n"
        f"plan.NOTEBOOKS = Path({str(tmp_path / 'notebooks')!r})\n"
        f"print(m.main(['report', '--output-dir', {str(tmp_path / 'out')!r}]))\n"
        "import psutil\nprint([p.pid for p in psutil.Process().children(recursive=True)])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    exit_code, pids = done.stdout.splitlines()[-2:]
    assert exit_code == "0", done.stderr
    watched = [psutil.Process(pid) for pid in eval(pids) if psutil.pid_exists(pid)]
    assert psutil.wait_procs(watched, timeout=10)[1] == []


def test_a_terminated_runner_takes_its_kernels_along(tmp_path):
    process, children = under_way(tmp_path)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert psutil.wait_procs(children, timeout=10)[1] == []


# --- many reports at once --------------------------------------------------------------------------------------------


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A notebook that fails for Japanese readers only, and a run of it; returns the function that runs it."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    tiny_notebook(notebooks / "01_tiny.ipynb", "assert lang == 'en', 'not in Japanese'")
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)
    return lambda *arguments: command_line.main(["report", "--output-dir", str(tmp_path / "out"), *arguments])


def test_a_failing_report_does_not_stop_the_others(tiny, tmp_path, capsys):
    assert tiny("--lang", "ja", "en") == 1
    said = capsys.readouterr()
    ja, en = said.out.splitlines()
    assert ja.split()[:3] == ["failed", "osaka-2019", "ja"]
    assert en.split()[:3] == ["done", "osaka-2019", "en"]
    assert en.endswith("report.html")
    assert "failed: 01_tiny, cell In [3]: AssertionError: not in Japanese" in said.err
    out = tmp_path / "out" / "osaka-2019"
    assert (out / "en" / "report.html").is_file()
    assert not (out / "ja").exists()


def test_a_survey_that_cannot_be_read_does_not_stop_the_others(tiny, tmp_path, capsys):
    assert tiny("--survey", "osaka-2019", "nowhere") == 2
    said = capsys.readouterr()
    assert [line.split()[:2] for line in said.out.splitlines()] == [["failed", "nowhere"], ["done", "osaka-2019"]]
    assert "survey: found 'nowhere'; expected" in said.err


def test_the_same_report_asked_for_twice_is_made_once(tiny, capsys):
    assert tiny("--lang", "en", "en", "--survey", "osaka-2019", "osaka-2019") == 0
    assert capsys.readouterr().out.count("report.html") == 1


def test_two_surveys_of_one_name_are_refused(tiny, copy_of_osaka, tmp_path, capsys):
    namesake = tmp_path / "elsewhere" / "osaka-2019"
    namesake.parent.mkdir()
    copy_of_osaka.folder.rename(namesake)
    assert tiny("--survey", "osaka-2019", str(namesake)) == 2
    assert "two surveys would both write to" in capsys.readouterr().err


# --- a cluster -------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster():
    """A Dask cluster of two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


def test_a_cluster_gives_the_same_bytes(cluster, english, tmp_path):
    arguments = ["report", "--only", "01", "10", "--output-dir", str(tmp_path)]
    assert command_line.main([*arguments, "--scheduler", cluster.scheduler_address]) == 0
    here, there = files(tmp_path / "osaka-2019" / "en"), files(english.folder / "osaka-2019" / "en")
    same = [name for name in here if name.startswith(("figures", "notebooks"))]
    assert len(same) > 4
    assert [name for name in same if here[name] != there[name]] == []


def test_no_cluster_at_an_address_is_said_in_one_line(tmp_path, capsys):
    pytest.importorskip("distributed")
    arguments = ["report", "--output-dir", str(tmp_path), "--scheduler", "nowhere:1"]
    assert command_line.main(arguments) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "is left out" not in line]
    assert len(said) == 1
    assert said[0].startswith("--scheduler: found no Dask scheduler at 'nowhere:1'")
