"""How the time and the memory of an import and of a report grow with the number of respondents.

Members of the example survey are drawn with replacement, brought in and reported, for each of SIZES. Prints one line per
size, in seconds and as a ratio to the first, because machines differ; nothing is asserted. Run it with
`.venv/bin/python tests/benchmarks/respondents.py [SIZE ...]`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from runs import Memory

ROOT = Path(__file__).resolve().parents[2]
SIZES = (118, 10_000, 100_000, 1_000_000)
SURVEY = "example-2026"


def drawn(size, folder):
    """A survey's folder without counts, and a file of as many answers: `(folder, file)`."""
    target = folder / f"drawn-{size}"
    shutil.copytree(ROOT / "data" / SURVEY, target)
    about = target / "survey.toml"
    lines = [line for line in about.read_text(encoding="utf-8").splitlines() if not line.startswith("baseline")]
    about.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answers = pd.read_parquet(target / "responses.parquet").drop(columns="respondent")
    several = {name.partition("=")[0] for name in answers if "=" in name}
    for question in several:
        ticks = answers.filter(regex=f"^{question}=")
        named = ticks.columns.str.partition("=").get_level_values(2)
        joined = [";".join(named[row]) for row in ticks.fillna(False).to_numpy(dtype=bool)]
        answers = answers.drop(columns=ticks.columns).assign(**{question: joined})
    places = np.random.default_rng(size).integers(len(answers), size=size)
    file = folder / f"drawn-{size}.csv"
    answers.iloc[places].to_csv(file, index=False)
    return target, file


def timed(*arguments):
    """Seconds and peak memory in MB of a command of the project."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "helpers", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    memory = Memory(process.pid)
    memory.start()
    said, _ = process.communicate()
    memory.over = True
    if process.returncode:
        raise SystemExit(said[-2000:])
    return time.perf_counter() - began, memory.peak


def main():
    """Print a line per size."""
    first = None
    print(f"{'respondents':>12}{'import s':>10}{'MB':>7}{'report s':>10}{'MB':>7}{'ratio':>7}")
    for size in map(int, sys.argv[1:] or SIZES):
        with tempfile.TemporaryDirectory() as name:
            folder, file = drawn(size, Path(name))
            brought = timed("import", folder, file, "--replace")
            reported = timed("report", "--survey", folder, "--output-dir", Path(name) / "out")
        first = first or reported[0]
        print(
            f"{size:>12,}{brought[0]:>10.1f}{brought[1]:>7.0f}{reported[0]:>10.1f}{reported[1]:>7.0f}{reported[0] / first:>7.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
