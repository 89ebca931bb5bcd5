"""The notebooks as documents (their form), and as programs (every parameter does something; any folder will do)."""

import ast
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import synthetic
from matplotlib.text import Text

from helpers.figures import charts
from helpers.report import notebook as topic
from helpers.survey import DATA, ROOT, load
from helpers.words import messages

NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
COMMITTED = ROOT / "outputs" / "osaka-2019" / "en"
COMMON = ["survey", "lang", "confidence", "output_dir"]
BIN = Path(sys.executable).parent
WITHOUT_FIGURES = ("13_crosstabs", "14_comparison")  # Osaka has no raw answers, and is the baseline itself
every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


@functools.cache
def read(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def cells(name, kind):
    return [cell for cell in read(name).cells if cell.cell_type == kind]


def parameters_cell(name):
    tagged = [cell for cell in read(name).cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    return tagged[0]


def defaults(name):
    return {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(parameters_cell(name).source).body}


# --- form ------------------------------------------------------------------------------------------------------------


def test_there_are_notebooks():
    names = list(NOTEBOOKS)
    assert (names[0], names[-1]) == ("01_respondents", "14_comparison")


@every_notebook
def test_valid(name):
    nbformat.validate(read(name))
    assert read(name).nbformat == 4


@every_notebook
def test_executed_from_top_to_bottom_without_an_error(name):
    code = cells(name, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


@every_notebook
def test_parameters_are_plain_literals_with_a_comment_each(name):
    # papermill's inspection loses a line with two equals signs, even in its comment.
    lines = parameters_cell(name).source.splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z_]+ = [^=#]+  # [^=]*\w[^=]*", line)] == []
    assert list(defaults(name))[:4] == COMMON
    assert len(lines) == len(defaults(name))


@every_notebook
def test_parameters_are_the_same_everywhere(name):
    comments = {line.split(" = ")[0]: line for line in parameters_cell(name).source.splitlines()}
    for other in NOTEBOOKS:
        for line in parameters_cell(other).source.splitlines():
            assert comments.get(line.split(" = ")[0], line) == line


@every_notebook
def test_parameters_reach_the_topic(name):
    starts = [cell.source for cell in cells(name, "code") if "start(" in cell.source]
    assert len(starts) == 1
    assert f'start("{name}", survey, lang, confidence, output_dir' in starts[0]
    own = [parameter for parameter in defaults(name) if parameter not in COMMON]
    assert [parameter for parameter in own if f"{parameter}={parameter}" not in starts[0]] == []


@every_notebook
def test_cells_are_short_and_explained(name):
    code, prose = cells(name, "code"), cells(name, "markdown")
    assert max(len(cell.source.splitlines()) for cell in code) <= 12
    assert len(prose) >= 0.6 * len(code)


@every_notebook
def test_no_computed_number_is_typed_into_prose(name):
    typed = re.compile(r"\d\s*[%％]|\d[\d,]*\s+(of\s+\d+\s+)?(firms|respondents|companies)|\bp\s*[=<>]\s*0?\.|\d+\.\d+")
    found = [typed.search(cell.source) for cell in cells(name, "markdown")]
    assert [match[0] for match in found if match] == []


@every_notebook
def test_last_cell_links_to_the_next_notebook(name):
    names = list(NOTEBOOKS)
    following = names[(names.index(name) + 1) % len(names)]
    last = read(name).cells[-1]
    assert last.cell_type == "markdown"
    assert re.findall(r"\]\(([^)]+)\)", last.source) == [f"{following}.ipynb"]


@every_notebook
def test_links_in_prose_lead_somewhere(name):
    links = [link for cell in cells(name, "markdown") for link in re.findall(r"\]\(([^)#]+)\)", cell.source)]
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (NOTEBOOKS[name].parent / link).exists()] == []


@every_notebook
def test_every_figure_has_alternative_text(name):
    pictures = [o for cell in cells(name, "code") for o in cell.outputs if "image/png" in o.get("data", {})]
    assert pictures or name in WITHOUT_FIGURES
    for picture in pictures:
        alt = picture.metadata["image/png"]["alt"]
        assert len(alt) > 20
        assert alt == picture.data["text/plain"]


def test_no_message_in_the_catalogue_is_stale():
    assert messages.untranslated("ja")[1] == []


def test_every_message_is_translated():
    assert messages.untranslated("ja")[0] == []


# --- every parameter does something ----------------------------------------------------------------------------------


def words_instead_of_a_picture(fig, folder, stem, table, alt=""):
    """Stands in for charts.save_figure: the figure's words and numbers, in a fraction of the time."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    words = [alt, *(text.get_text() for text in fig.findobj(Text))]
    (folder / f"{stem}.txt").write_text("\n".join(words), encoding="utf-8")
    table.to_csv(folder / f"{stem}.csv", index=False)
    return b""


def execute(name, patch, save=words_instead_of_a_picture, **parameters):
    """Execute a notebook's code in this process, as papermill would with these parameters; returns what it showed."""
    shown = []
    patch.setattr(topic, "display", lambda data, **_: shown.append({k: v for k, v in data.items() if k != "image/png"}))
    patch.setattr(charts, "save_figure", save)
    scope = {}
    for cell in cells(name, "code"):
        exec(compile(cell.source, f"{name}, In [{cell.execution_count}]", "exec"), scope)
        if cell is parameters_cell(name):
            scope |= parameters
    return shown


def files(folder):
    """The contents of all files in a folder, by relative path."""
    paths = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@functools.cache
def raw_answers():
    """A copy of the Osaka folder with synthetic raw answers of the same totals."""
    folder = Path(tempfile.mkdtemp()) / "osaka-2019"
    shutil.copytree(DATA / "osaka-2019", folder)
    synthetic.answers(load()).to_parquet(folder / "responses.parquet")
    return str(folder)


@functools.cache
def another_survey():
    """A copy of the Osaka folder with one answer moved."""
    return changed_survey(Path(tempfile.mkdtemp()) / "osaka-2019", "06")


def usual(name):
    """The parameters of a notebook's usual run, where the default survey would not show what it does."""
    surveys = {"13_crosstabs": raw_answers, "14_comparison": another_survey}
    return {"survey": surveys[name]()} if name in surveys else {}


def new_folder(folder, name):
    """An output folder; for the summary it holds what the other notebooks wrote."""
    folder.mkdir(parents=True)
    if name == "12_summary":
        shutil.copytree(COMMITTED / "tables", folder / "tables")
    return folder


def run(name, folder, **parameters):
    """What a notebook showed and wrote, in a new output folder."""
    with pytest.MonkeyPatch.context() as patch:
        shown = execute(name, patch, output_dir=str(new_folder(folder, name)), **parameters)
    return shown, files(folder)


@functools.cache
def usual_run(name):
    """What a notebook shows and writes with its defaults."""
    with tempfile.TemporaryDirectory() as folder:
        return run(name, Path(folder) / "usual", **usual(name))


# A question of each topic, one answer of which moves from its first option to its second.
QUESTIONS = {
    "01": "industry",
    "02": "q1_suppliers",
    "03": "q2_suppliers",
    "04": "q2_suppliers_why_aware",
    "05": "q3",
    "06": "q4",
    "07": "q6",
    "08": "q7_content",
    "09": "q9_reason",
    "10": "q10",
    "11": "q4",
    "13": "industry",
    "14": "q10",
}


def changed_survey(folder, name):
    """A copy of the Osaka folder with one answer moved; for the summary, which counts nothing itself, another title."""
    shutil.copytree(DATA / "osaka-2019", folder)
    if name == "12_summary":
        about = (folder / "survey.toml").read_text(encoding="utf-8")
        changed = re.sub(r'(?m)^title_en = ".*"$', 'title_en = "Another title"', about)
        assert changed != about
        (folder / "survey.toml").write_text(changed, encoding="utf-8")
        return str(folder)
    counts = pd.read_csv(folder / "counts.csv")
    first, second = counts.index[counts["question"] == QUESTIONS[name[:2]]][:2]
    counts.loc[first, "count"] -= 1
    counts.loc[second, "count"] += 1
    counts.to_csv(folder / "counts.csv", index=False, lineterminator="\n")
    return str(folder)


def population(folder):
    """A table of population shares."""
    path = folder / "population.csv"
    path.write_text("option,share\nmanufacturing,40\nwholesale_retail,35\nservices,25\n", encoding="utf-8")
    return str(path)


OTHER = {
    "confidence": 0.8,
    "lang": "ja",
    "interval": "agresti_coull",
    "no_answer": "keep",
    "not_knowing": "not_known, under_way",
    "own_side": "no_standing",
    "codified": "dedicated",
    "by": "employees",
    "questions": "q3, q4",
    "min_cell": 3,
    "baseline": "",
}
every_parameter = pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, parameter) for name in NOTEBOOKS for parameter in defaults(name) if parameter != "output_dir"],
)


@every_parameter
def test_every_parameter_changes_something(name, parameter, tmp_path):
    if parameter == "survey":
        value = changed_survey(tmp_path / "osaka-2019", name)
    elif parameter == "reference":
        value = population(tmp_path)
    else:
        value = OTHER[parameter]
    assert run(name, tmp_path / "changed", **usual(name) | {parameter: value}) != usual_run(name)


@every_notebook
def test_output_dir_is_where_everything_goes(name, tmp_path, monkeypatch):
    # The usual run had its output_dir; without one, the same goes to outputs/, and nothing to the working directory.
    monkeypatch.setattr(topic, "ROOT", tmp_path / "checkout")
    monkeypatch.chdir(new_folder(tmp_path / "elsewhere", ""))
    folder = new_folder(tmp_path / "checkout" / "outputs" / "osaka-2019" / "en", name)
    assert (execute(name, monkeypatch, **usual(name)), files(folder)) == usual_run(name)
    assert any(file.startswith("figures") for file in files(folder)) or name == "13_crosstabs"
    assert files(tmp_path / "elsewhere") == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "elsewhere"]


# --- run from anywhere -----------------------------------------------------------------------------------------------


def program(*command, cwd, **environment):
    """Run a program of this environment; its exit code must be 0."""
    variables = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | environment
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=variables, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("cwd", [ROOT, ROOT / "notebooks"], ids=["root", "notebooks"])
def test_papermill_from(cwd, tmp_path):
    source = NOTEBOOKS["10_small_business"].relative_to(cwd)
    program("papermill", source, tmp_path / "copy.ipynb", "-p", "output_dir", tmp_path / "out", cwd=cwd)
    written = files(tmp_path / "out")
    assert written["tables/q10.csv"] == (COMMITTED / "tables" / "q10.csv").read_bytes()
    assert {"figures/small_business.png", "figures/small_business.svg"} <= set(written)


def test_nbconvert_leaves_the_committed_outputs_as_they_are(tmp_path):
    checkout = tmp_path / "checkout"
    for part in ("helpers", "data", "notebooks", "outputs/osaka-2019/en"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
    before = files(checkout / "outputs")
    picture = checkout / "outputs" / "osaka-2019" / "en" / "figures" / "small_business.png"
    picture.unlink()
    program(
        *("jupyter", "nbconvert", "--to", "notebook", "--execute", "notebooks/10_small_business.ipynb"),
        *("--output-dir", tmp_path / "executed"),
        cwd=checkout,
        PYTHONPATH=str(checkout),
    )
    executed = nbformat.read(tmp_path / "executed" / "10_small_business.ipynb", as_version=4)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")
    after = files(checkout / "outputs")
    assert set(after) == set(before)
    assert [path for path in after if after[path] != before[path]] == []
