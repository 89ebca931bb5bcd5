"""How long a run takes beside other ways to run the same notebooks: `make bench` (about half an hour, 2 GB of disk).

Every way runs the project's own notebooks from a fresh clone, in one session, in turn, five rounds; the medians are
shown as ratios to ours, because machines differ. Peers are installed into a throw-away environment. The table goes
into the README between its two marks, and all figures to `results.json` beside this file.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("ROUNDS", 5))
PEERS = ["jupyter-cache", "nbmake", "ploomber-engine"]
MARKS = ("<!-- bench -->", "<!-- /bench -->")

LOOP = """
import sys, papermill
from pathlib import Path
for path in sorted(Path("notebooks").glob("*.ipynb")):
    papermill.execute_notebook(path, Path(sys.argv[1], path.name), {"output_dir": sys.argv[1]}, progress_bar=False)
"""
EMBEDDED = """
import sys
from pathlib import Path
from ploomber_engine import execute_notebook
for path in sorted(Path("notebooks").glob("*.ipynb")):
    target = str(Path(sys.argv[1], path.name))
    execute_notebook(str(path), target, parameters={"output_dir": sys.argv[1]}, progress_bar=False, verbose=False)
"""
PLAIN = """
import json, sys
from pathlib import Path
for path in sorted(Path("notebooks").glob("*.ipynb")):
    names = {"display": lambda *a, **k: None}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names["output_dir"] = sys.argv[1]
"""
OURS_WITHOUT = """
import gc, sys
from helpers.run import kernels
kernels.warm_up()
gc.disable()  # as the command line does
sys.modules["rfc3987_syntax"] = None
from helpers.report import html
from helpers.__main__ import main
html.part = lambda *a: ""
html.write_report = lambda paths, target, *a: target.write_text("")
code = main(["report", "--output-dir", sys.argv[1]])
gc.freeze()
sys.exit(code)
"""
SHELL = """
for nb in notebooks/*.ipynb; do
  papermill --no-progress-bar "$nb" "$1/$(basename "$nb")" -p output_dir "$1"
  jupyter nbconvert --to html "$1/$(basename "$nb")"
done
"""
CACHE = "yes | jcache notebook add notebooks/*.ipynb && jcache project execute --executor local-parallel"

WAYS = {  # letter: (what it is, command; {out} is a new folder)
    "a": ("shell loop of papermill, then nbconvert", ["bash", "-ec", SHELL, "loop", "{out}"]),
    "b": ("papermill's Python API in a loop", ["python", "-c", LOOP, "{out}"]),
    "c": (
        "one call of nbconvert --execute",
        ["bash", "-c", 'jupyter nbconvert --to notebook --execute notebooks/*.ipynb --output-dir "$1"', "all", "{out}"],
    ),
    "d": ("jupyter-cache, local-parallel", ["bash", "-c", CACHE]),
    "e": (
        "pytest --nbmake -n 2",
        ["python", "-m", "pytest", "--nbmake", "-n", "2", "-p", "no:cacheprovider", "notebooks"],
    ),
    "f": ("ploomber-engine, embedded (no isolation, no HTML)", ["python", "-c", EMBEDDED, "{out}"]),
    "g": ("plain scripts in one process (the limit)", ["python", "-c", PLAIN, "{out}"]),
    "h": ("ours, with report.html and workbook", ["python", "-m", "helpers", "report", "--output-dir", "{out}"]),
    "i": ("ours, without HTML", ["python", "-c", OURS_WITHOUT, "{out}"]),
}


def environment(folder):
    """A clone of the project and an environment of its own with the peers in it: variables to run with."""
    subprocess.run(["git", "clone", "-q", ROOT, folder / "project"], check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "peers"], check=True)
    (site,) = (folder / "peers" / "lib").glob("python*/site-packages")
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "project.pth").write_text(ours)  # what the project has installed need not be installed again
    python = folder / "peers" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    path = os.pathsep.join([str(python.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {"PATH": path, "PYTHONPATH": str(folder / "project"), "JUPYTERCACHE": str(folder / "cache")}
    variables["JUPYTER_PATH"] = str(Path(sys.prefix) / "share" / "jupyter")  # nbconvert's templates
    return {**os.environ, **variables}


class Memory(threading.Thread):
    """The peak memory of a process and all its descendants, in MB: shared pages counted once (PSS)."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, False

    def run(self):
        """Look five times a second."""
        while not self.over:
            total = 0
            try:
                root = psutil.Process(self.pid)
                for process in [root, *root.children(recursive=True)]:
                    total += process.memory_full_info().pss
            except psutil.Error:
                pass
            self.peak = max(self.peak, total / 1e6)
            time.sleep(0.2)


def timed(command, folder, env, watch=False):
    """Seconds that a command takes in the clone (and, if watched, the peak memory of its processes in MB)."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    with tempfile.TemporaryDirectory() as out:
        command = [part.replace("{out}", out) for part in command]
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder / "project", env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        memory = Memory(process.pid)
        if watch:
            memory.start()
        said, _ = process.communicate()
        memory.over = True
        seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed:\n{said[-2000:]}")
    return (seconds, memory.peak) if watch else seconds


def growth(folder, env):
    """Seconds and peak memory for 1, 2, 4 and 8 reports in one call: copies of the survey, in two languages."""
    for number in range(1, 5):
        shutil.copytree(ROOT / "data" / "osaka-2019", folder / "project" / "data" / f"copy{number}", dirs_exist_ok=True)
    calls = {1: (["copy1"], ["en"]), 2: (["copy1"], ["en", "ja"])}
    calls |= {n: ([f"copy{i}" for i in range(1, n // 2 + 1)], ["en", "ja"]) for n in (4, 8)}
    base = ["python", "-m", "helpers", "report", "--output-dir", "{out}"]
    return {
        n: timed([*base, "--survey", *surveys, "--lang", *langs], folder, env, watch=True)
        for n, (surveys, langs) in calls.items()
    }


def report(medians, grown):
    """The README's table, as Markdown."""
    ours, limit = medians["h"], medians["g"]
    lines = [
        f"Measured on {psutil.cpu_count()} cores, {'one round' if ROUNDS == 1 else f'median of {ROUNDS} rounds'}, in units of one run of ours with HTML:",
        "",
        "| Way to run all notebooks | Time |",
        "|---|---:|",
        *(f"| {WAYS[way][0]} | {seconds / ours:.1f} |" for way, seconds in sorted(medians.items())),
        "",
        f"That is {ours / limit:.1f} times the plain scripts. Several reports in one call take, in units of one report:",
        ", ".join(f"{n} reports {seconds / grown[1][0]:.1f}" for n, (seconds, _) in grown.items() if n > 1)
        + f"; at most {max(peak for _, peak in grown.values()) / 1000:.1f} GB of memory in all processes together.",
    ]
    return "\n".join(lines)


def main():
    """Measure everything and write it down."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder)
        seconds = {way: [] for way in WAYS}
        for number in range(1, ROUNDS + 1):
            for way, (what, command) in WAYS.items():
                seconds[way].append(timed(command, folder, env))
                print(f"round {number}  {what}: {seconds[way][-1]:.1f} s", flush=True)
        grown = growth(folder, env)
    medians = {way: statistics.median(values) for way, values in seconds.items()}
    found = {"cores": psutil.cpu_count(), "rounds": ROUNDS, "seconds": seconds, "growth": grown}
    Path(__file__).with_name("results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table = report(medians, grown)
    print(table)
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    readme.write_text(f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
