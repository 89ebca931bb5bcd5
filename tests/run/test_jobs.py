"""The command line, run as a user runs it: what it writes, and that it spoils nothing when something goes wrong."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import here
import nbformat
import pandas as pd
import psutil
import pytest
from pandas.testing import assert_frame_equal
from tiny import tiny_notebook

from helpers import __main__ as command_line
from helpers.report import html, short, word
from helpers.report.folder import KINDS, title_of
from helpers.report.workbook import write_workbook
from helpers.run import jobs as pipeline
from helpers.run import plan as planning
from helpers.run.refresh import write_back
from helpers.survey import ROOT, load
from helpers.words.language import Language
from helpers.words.messages import speaker

COMMITTED = ROOT / "outputs" / "osaka-2019"
STEMS = {
    *("respondents", "supply_chain_size", "awareness", "reasons", "end_of_support", "measures", "obstacles"),
    *("incidents", "agreements", "small_business", "overview"),
}
COMMAND = [sys.executable, "-m", "helpers", "report"]


def files(folder):
    """The contents of all files in a folder, by relative path."""
    paths = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def report(*arguments, timeout=300):
    """Run the command line's report from the repository root; the finished process with its output."""
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)


# --- one full run per language ---------------------------------------------------------------------------------------


def full_run(factory, name, *arguments):
    """The exit code, words and output folder of a full run with these arguments, made once for all workers.

    pytest-xdist's groups would be simpler; with pytest 9.2 they are silently ignored (pytest-xdist, issue 1386).
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"full-run-{name}"
    try:
        folder.mkdir()
    except FileExistsError:  # another worker is at it
        for _ in range(300):
            if (folder / "done.json").exists():
                break
            time.sleep(1)
    else:
        done = report("--output-dir", folder / "out", *arguments)
        (folder / "part.json").write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
        (folder / "part.json").rename(folder / "done.json")
    said = json.loads((folder / "done.json").read_text(encoding="utf-8"))
    return SimpleNamespace(**dict(zip(("code", "out", "err"), said, strict=True)), folder=folder / "out")


@pytest.fixture(scope="session")
def english(tmp_path_factory):
    return full_run(tmp_path_factory, "en", "--lang", "en")


@pytest.fixture(scope="session")
def japanese(tmp_path_factory):
    return full_run(tmp_path_factory, "ja", "--lang", "ja")


in_both = pytest.mark.parametrize("lang", ["en", "ja"])


@pytest.fixture
def run(lang, request):
    """A language's full run, and its output folder."""
    done = request.getfixturevalue({"en": "english", "ja": "japanese"}[lang])
    return done, done.folder / "osaka-2019" / lang


def used(lang="en"):
    """The notebooks that fit Osaka's survey, in the order of the report."""
    job = planning.plan("osaka-2019", lang)
    return planning.in_order(job.notebooks)


@in_both
def test_full_run_names_each_step_and_the_report(run):
    done, out = run
    assert done.code == 0, done.err
    steps = [*used(), "report.html"]
    told = [line.split() for line in done.err.splitlines() if line.startswith("[") and "/" in line]
    assert [count for count, _ in told] == [f"[{i}/{len(steps)}]" for i in range(1, len(steps) + 1)]
    assert sorted(name for _, name in told) == sorted(steps)  # topics run side by side
    last = [name for name in used() if planning.read_notebook(name).last]
    assert [name for _, name in told[-len(last) - 1 :]] == [*last, "report.html"]
    seconds = {"en": r" \(\d+ s\)", "ja": r"（\d+秒）"}[out.name]  # what is said is in the report's language, too
    assert re.fullmatch(rf"{re.escape(str(out / 'report.html'))}{seconds}\n", done.out)


@in_both
def test_full_run_makes_no_noise(run):
    done, out = run
    assert not re.search("Traceback|Warning|Exception", done.err)
    outputs = [
        output
        for path in sorted((out / "notebooks").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    assert outputs
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


@in_both
def test_full_run_writes_every_figure_table_and_notebook(run):
    _, out = run
    assert sorted(path.name for path in out.iterdir()) == [
        "annex.html",
        "figures",
        "notebooks",
        "report.docx",
        "report.html",
        "tables",
        "tables.xlsx",
    ]
    endings = {}
    for path in (out / "figures").iterdir():
        endings.setdefault(path.stem, set()).add(path.suffix)
    assert set(endings) >= STEMS
    assert [stem for stem, found in endings.items() if found != {".png", ".svg", ".csv"}] == []
    assert [path.stem for path in sorted((out / "notebooks").iterdir())] == sorted(used())
    assert all(path.stat().st_size > 0 for path in out.rglob("*"))
    page = (out / "annex.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/png') >= len(STEMS)


@in_both
def test_full_run_says_which_notebooks_it_left_out_and_why(run, lang):
    done, out = run
    line = {
        "en": r"(?m)^osaka-2019 en: (\w+) is left out \((.+)\)$",
        "ja": r"(?m)^osaka-2019 ja：(\w+?)は含めない（(.+)）$",
    }[out.name]
    said = dict(re.findall(line, done.err))
    say = speaker(lang)
    assert said == {
        "12_crosstabs": say("needs raw answers"),
        "13_comparison": say("no other survey to compare with"),
    }
    page = (out / "report.html").read_text(encoding="utf-8")
    for name in said:
        assert f'id="{name}"' not in page
        assert html.phrases(title_of(planning.NOTEBOOKS / f"{name}.ipynb", lang)).split("<wbr>")[0] in page


@in_both
def test_the_report_is_in_order_with_what_runs_last_in_front(run):
    page = (run[1] / "annex.html").read_text(encoding="utf-8")
    places = [page.index(f'<h2 id="{name}">') for name in used()]
    assert used()[0] == "14_summary"
    assert places == sorted(places)


@in_both
@pytest.mark.parametrize("kind", ["tests", "findings", "comparisons"])
def test_full_run_gathers_what_notebooks_wrote_as_agreed(kind, run):
    _, out = run
    gathered = pd.read_csv(out / "tables" / f"{kind}.csv")
    assert list(gathered.columns)[: len(KINDS[kind].columns)] == list(KINDS[kind].columns)
    assert set(gathered["notebook"]) <= set(used())
    if kind == "tests":
        assert gathered["p"].dropna().between(0, 1).all()
    if kind == "findings":
        assert set(gathered["figure"].dropna()) <= {path.stem for path in (out / "figures").iterdir()}


@in_both
def test_full_run_leaves_nothing_beside_its_output(run):
    _, out = run
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert [path.name for path in out.parents[1].iterdir()] == ["osaka-2019"]


kinds = pytest.mark.parametrize("kind", ["tables", "figures"])


@in_both
@kinds
def test_committed_numbers_are_those_of_a_fresh_run(kind, run, lang):
    fresh, committed = run[1] / kind, COMMITTED / lang / kind
    names = {str(path.relative_to(committed)) for path in committed.rglob("*.csv")}
    assert names
    assert names == {str(path.relative_to(fresh)) for path in fresh.rglob("*.csv")}
    for name in sorted(names):
        assert_frame_equal(pd.read_csv(fresh / name), pd.read_csv(committed / name), rtol=1e-9, obj=name)


# --- the same run gives the same bytes -------------------------------------------------------------------------------


@in_both
@kinds
def test_rerun_leaves_the_committed_outputs_as_they_are(kind, run, lang):
    # They were made at another time and in another folder. `git status` stays clean if no byte differs.
    fresh, committed = files(run[1] / kind), files(COMMITTED / lang / kind)
    assert set(fresh) == set(committed)
    assert [name for name in committed if fresh[name] != committed[name]] == []


def test_executed_notebooks_are_those_committed(english, tmp_path):
    executed = english.folder / "osaka-2019" / "en" / "notebooks"
    for name in used():
        write_back(executed / f"{name}.ipynb", tmp_path / f"{name}.ipynb")
        ours = (planning.NOTEBOOKS / f"{name}.ipynb").read_bytes()
        assert (tmp_path / f"{name}.ipynb").read_bytes() == ours, name


@in_both
def test_report_and_workbook_are_the_same_elsewhere_and_later(run, lang, tmp_path):
    _, out = run
    for kind in ("tables", "figures", "notebooks"):
        shutil.copytree(out / kind, tmp_path / kind)
    survey, job = load(lang=lang), planning.plan("osaka-2019", lang)
    paths = [tmp_path / "notebooks" / f"{name}.ipynb" for name in used()]
    say, titled = Language(lang, "", survey.noun), html.titles(paths)
    titles = {path.stem: title for path, title in titled.items() if path.stem != "14_summary"}
    composed = short.compose(survey, tmp_path, titles, pipeline.missing(job, survey), say)
    html.write_report(composed, tmp_path / "report.html", survey)
    html.write_annex(titled, tmp_path / "annex.html", survey)
    word.write_word(composed, tmp_path / "report.docx", survey, say)
    write_workbook(tmp_path / "tables.xlsx", tmp_path / "tables", survey)
    for name in ("report.html", "annex.html", "report.docx", "tables.xlsx"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


@in_both
def test_outputs_do_not_say_where_they_were_made(run):
    _, out = run
    places = [str(out).encode(), str(ROOT).encode(), str(Path.home()).encode() + b"/", b"/tmp/"]
    told = {name for name, content in files(out).items() if any(place in content for place in places)}
    assert told == set()


# Latin words that stand in the Japanese wording itself: names of standards, abbreviations, signs of statistics.
LATIN = {"IT", "ISMS", "ISO", "Windows", "OS", "P", "p", "reference"}
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


def latin_words(text):
    return set(re.findall(r"[A-Za-z]+", text)) - LATIN


def test_japanese_figures_have_japanese_labels(japanese):
    for path in sorted((japanese.folder / "osaka-2019" / "ja" / "figures").glob("*.csv")):
        table = pd.read_csv(path, keep_default_na=False)
        words = [column for column in ("label", "group", "side", "pair") if column in table]
        assert words, path.name
        texts = [text for column in words for text in table[column].astype(str).unique()]
        assert {text for text in texts if latin_words(text)} == set(), path.name
        assert any(JAPANESE.search(text) for text in texts), path.name


def test_japanese_findings_are_japanese(japanese):
    findings = pd.read_csv(japanese.folder / "osaka-2019" / "ja" / "tables" / "findings.csv")["finding"]
    assert [text for text in findings if latin_words(text) or not JAPANESE.search(text)] == []


def test_japanese_outputs_have_japanese_words(japanese):
    # What the notebooks display; their prose is the business of test_every_message_is_translated.
    for path in sorted((japanese.folder / "osaka-2019" / "ja" / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if output.output_type == "display_data":
                    assert JAPANESE.search(output.data["text/plain"]), f"{path.stem}, In [{cell.execution_count}]"


# --- a part of it ----------------------------------------------------------------------------------------------------


def test_only_one_topic_keeps_the_others(english, tmp_path):
    out = tmp_path / "osaka-2019" / "en"
    shutil.copytree(english.folder / "osaka-2019" / "en", out)
    shutil.copy(out / "notebooks" / "01_respondents.ipynb", out / "notebooks" / "03_awareness.ipynb")
    (out / "figures" / "awareness.svg").write_text("old")
    before = files(out)
    done = here.report("--output-dir", tmp_path, "--only", "03")
    assert done.returncode == 0, done.stderr
    after = files(out)
    changed = {name for name in after if after[name] != before[name]}
    assert set(after) == set(before)
    assert changed == {"notebooks/03_awareness.ipynb", "figures/awareness.svg"}
    assert after == files(english.folder / "osaka-2019" / "en")


def test_other_parameters_leave_the_usual_report_alone(english, tmp_path):
    out = tmp_path / "osaka-2019" / "en"
    shutil.copytree(english.folder / "osaka-2019" / "en", out)
    before = files(out)
    done = here.report("--output-dir", tmp_path, "--only", "10", "-p", "confidence", "0.8")
    assert done.returncode == 0, done.stderr
    other = tmp_path / "osaka-2019" / "en-confidence-0.8"
    assert done.stdout.startswith(str(other / "report.html"))
    assert files(out) == before
    assert [path.stem for path in (other / "notebooks").iterdir()] == ["10_small_business"]
    tables = [pd.read_csv(folder / "tables" / "q10.csv") for folder in (out, other)]
    assert [set(table["level"]) for table in tables] == [{0.95}, {0.8}]


# --- mistakes of the user --------------------------------------------------------------------------------------------


@pytest.fixture
def mistake(tmp_path, monkeypatch, capsys):
    """Runs a report that must end with exit code 2 and one line before any kernel starts; returns the line."""

    def no_kernel(*arguments):
        raise AssertionError("a notebook was executed")

    monkeypatch.setattr(pipeline, "execute", no_kernel)

    def run(*arguments):
        assert command_line.main(["report", "--output-dir", str(tmp_path / "out"), *map(str, arguments)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert said.err.endswith("\n")
        assert "Traceback" not in said.err
        assert not (tmp_path / "out").exists()
        return said.err

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param("-p confidenze 0.9", "-p confidenze: no such parameter; expected one of", id="unknown parameter"),
        pytest.param("-p survey other", "-p survey: no such parameter", id="parameter with an option of its own"),
        pytest.param("--only 01 -p interval wald", "-p interval: no such parameter", id="parameter of another"),
        pytest.param("-p confidence high", "-p confidence: found 'high'; expected a number", id="no number"),
        pytest.param("-p confidence 95", "parameter confidence: found 95.0; expected a number above 0", id="percent"),
        pytest.param("-p confidence nan", "parameter confidence: found nan; expected", id="nan"),
        pytest.param("-p interval normal", "parameter interval: found 'normal'; expected one of", id="interval"),
        pytest.param("-p no_answer false", "parameter no_answer: found 'false'; expected one of drop", id="flag"),
        pytest.param("-p baseline nowhere", "survey: found 'nowhere'; expected", id="unknown baseline"),
        pytest.param("-p by nothing", "parameter by: found 'nothing'; expected some of", id="unknown question"),
        pytest.param("--survey nowhere", "survey: found 'nowhere'; expected", id="unknown survey"),
        pytest.param("--survey .", "survey: found '.'; expected", id="no survey"),
        pytest.param("--only 03 99", "--only: found '99'; expected numbers or names of 01_respondents", id="only"),
        pytest.param("-p reference nowhere.csv", "reference: cannot read nowhere.csv", id="reference missing"),
    ],
)
def test_mistake_in_an_argument(arguments, words, mistake):
    assert words in mistake(*arguments.split())


def test_reference_that_is_a_folder(mistake, tmp_path):
    assert f"cannot read {tmp_path.name}" in mistake("-p", "reference", tmp_path)


def test_mistake_in_a_survey_folder(mistake, copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "industry,manufacturing,", "industry,manufacturing,x")
    said = mistake("--survey", copy_of_osaka.folder)
    assert "osaka-2019/counts.csv, row 2: found count 'x36'; expected" in said


def test_mistake_ends_a_real_process_with_one_line(tmp_path):
    done = report("--output-dir", tmp_path / "out", "-p", "confidence", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_impossible_output_folder(place, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(pipeline, "execute", lambda *_: pytest.fail("a notebook was executed"))
    assert command_line.main(["report", "--output-dir", str(tmp_path / place)]) == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"output folder .*: cannot be written \(.+\)", said.err.splitlines()[-1])
    assert files(tmp_path) == {"file": b"in the way"}


def test_output_folder_that_is_a_file(tmp_path, capsys, monkeypatch):
    (tmp_path / "osaka-2019").mkdir()
    (tmp_path / "osaka-2019" / "en").write_text("in the way")
    monkeypatch.setattr(pipeline, "execute", lambda *_: pytest.fail("a notebook was executed"))
    assert command_line.main(["report", "--output-dir", str(tmp_path)]) == 2
    assert re.search(r"(?m)^output folder .*: cannot be written \(.+\)$", capsys.readouterr().err)
    assert files(tmp_path) == {"osaka-2019/en": b"in the way"}


# --- what nobody foresaw ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyError("OPENBLAS"), RuntimeError("a\nb")])
def test_an_error_of_no_known_kind_ends_one_report_in_one_line_and_no_other(error, tmp_path, monkeypatch, capsys):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    tiny_notebook(notebooks / "01_fine.ipynb", "1 + 1")
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)
    finished = pipeline.finish

    def finish(job, aside):
        if job.lang == "en":
            raise error
        finished(job, aside)

    monkeypatch.setattr(pipeline, "finish", finish)
    before = old_outputs(tmp_path / "out" / "osaka-2019" / "en")
    assert command_line.main(["report", "--lang", "en", "ja", "--output-dir", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert len([line for line in said.err.splitlines() if type(error).__name__ in line]) == 1
    assert re.search(r"(?m)^done +osaka-2019 ja", said.out)
    assert re.search(r"(?m)^failed +osaka-2019 en", said.out)
    assert files(tmp_path / "out" / "osaka-2019" / "en") == before


# --- a notebook that fails -------------------------------------------------------------------------------------------


def old_outputs(folder):
    """An output folder as an earlier run may have left it."""
    for name in ("figures/old.png", "tables/old.csv", "notebooks/old.ipynb", "report.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"good {name}", encoding="utf-8")
    return files(folder)


def test_failing_notebook(tmp_path, monkeypatch, capsys):
    notebooks, out = tmp_path / "notebooks", tmp_path / "out" / "osaka-2019" / "en"
    notebooks.mkdir()
    tiny_notebook(notebooks / "01_fine.ipynb", "from pathlib import Path\nPath(output_dir, 'new.txt').touch()")
    tiny_notebook(notebooks / "02_broken.ipynb", "raise ValueError('no such thing')")
    tiny_notebook(notebooks / "03_last.ipynb", "raise AssertionError('this must not run')", needs='runs = "last"')
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)
    before = old_outputs(out)

    assert command_line.main(["report", "--output-dir", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    steps, failure = said.err.split("failed: ")
    assert [line for line in steps.splitlines() if line.startswith("[")] in (["[1/4] 01_fine"], [])
    where, kept, later, comfort = failure.splitlines()
    assert re.fullmatch(r"02_broken, cell In \[\d+\]: ValueError: no such thing", where)
    assert re.fullmatch("not run: (01_fine, )?03_last", later)
    assert comfort == "The outputs of the last good run are as they were."
    assert "Traceback" not in said.err

    assert files(out) == before
    copy = Path(kept.split(": ", 1)[1])
    assert sorted(path.name for path in out.parent.iterdir()) == sorted(["en", copy.parent.name])
    partly = nbformat.read(copy, as_version=4)
    errors = [
        (i, output.ename)
        for i, cell in enumerate(partly.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert [name for _, name in errors] == ["ValueError"]


# --- interrupted -----------------------------------------------------------------------------------------------------


def slow_notebooks(folder):
    """A notebook that is soon done and three that are not."""
    folder.mkdir()
    tiny_notebook(folder / "01_quick.ipynb", "print(1)")
    for number in (2, 3, 4):
        tiny_notebook(folder / f"0{number}_slow.ipynb", "import time", "time.sleep(60)")
    return folder


def command_on(notebooks, out):
    """The command line's report, in a process of its own, of the notebooks in a folder."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom helpers.__main__ import main\nfrom helpers.run import plan\n"
        f"plan.NOTEBOOKS = Path({str(notebooks)!r})\nsys.exit(main(['report', '--output-dir', {str(out)!r}]))"
    )
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("moment", [0.0, 0.7], ids=["as a kernel starts", "while it runs"])
def test_interrupted_run_leaves_nothing_behind(moment, tmp_path):
    out = tmp_path / "out" / "osaka-2019" / "en"
    before = old_outputs(out)
    command = command_on(slow_notebooks(tmp_path / "notebooks"), tmp_path / "out")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's "&" sets it to ignore
    ) as process:
        try:
            while not process.stderr.readline().startswith("[1/"):
                assert process.poll() is None
            time.sleep(moment)
            children = psutil.Process(process.pid).children(recursive=True)
            assert len(children) >= 2  # the warm parent and the kernels forked from it, whichever live
            os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does: every process of the terminal's group gets it
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    _, alive = psutil.wait_procs(children, timeout=5)
    for child in alive:
        child.kill()
    assert alive == []
    assert process.returncode == 130, said
    assert "Traceback" not in said
    said = [line for line in said.splitlines() if line and not line.startswith("[")]
    assert said == ["interrupted; the outputs of the last good run are as they were"]
    assert files(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["en"]


def test_a_first_run_that_is_interrupted_leaves_no_empty_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt), pipeline._workshop(tmp_path / "osaka-2019" / "en"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


# --- putting the outputs in place ------------------------------------------------------------------------------------


@pytest.fixture
def new_and_old(tmp_path):
    """The folder of a finished run, the output folder of an earlier one, and the latter's contents."""
    aside, out = tmp_path / "aside", tmp_path / "out"
    old = old_outputs(out)
    (out / "notes.txt").write_text("mine")
    old_outputs(aside)
    for path in (path for path in aside.rglob("*") if path.is_file()):
        path.write_text(f"new {path.name}", encoding="utf-8")
    return aside, out, {**old, "notes.txt": b"mine"}


def fail_at(monkeypatch, call, error):
    """Makes the n-th renaming of a path fail; returns a list of all that were tried."""
    rename, tried = Path.rename, []

    def renamed(path, target):
        tried.append((path, target))
        if len(tried) == call:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    return tried


def test_install_replaces_what_a_run_writes_and_nothing_else(new_and_old):
    aside, out, old = new_and_old
    new = files(aside)
    pipeline._install(aside, out)
    assert files(out) == {**new, "notes.txt": b"mine"}
    assert set(old) == set(files(out))


@pytest.mark.parametrize("call", range(1, 10))
def test_install_puts_everything_back_when_a_move_fails(call, new_and_old, monkeypatch):
    aside, out, old = new_and_old
    new = files(aside)
    tried = fail_at(monkeypatch, call, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(pipeline.OutputError, match=r"out: cannot be written \(No space left on device\)"):
        pipeline._install(aside, out)
    assert len(tried) == call + call - 1
    assert files(out) == old
    assert files(aside) == new


def test_install_has_nine_moves(new_and_old, monkeypatch):
    tried = fail_at(monkeypatch, 0, None)  # the one that decides, and two for each of four names
    pipeline._install(*new_and_old[:2])
    assert len(tried) == 9


def test_install_puts_everything_back_when_interrupted(new_and_old, monkeypatch):
    aside, out, old = new_and_old
    fail_at(monkeypatch, 4, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        pipeline._install(aside, out)
    assert files(out) == old
