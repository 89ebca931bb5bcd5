"""The notebooks as documents (their form), and as programs (every parameter does something; any folder will do)."""

import ast
import re
import shutil
import statistics
import tempfile
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from inprocess import NOTEBOOKS, cells, defaults, execute, files, literals, new_folder, read, run, tagged
from sizes import size

from helpers.report import notebook as reporting
from helpers.report.folder import KINDS
from helpers.survey import DATA, ROOT
from helpers.words import catalogue

COMMON = ["survey", "lang", "confidence", "output_dir"]
OWN_SURVEYS = {"12_crosstabs": "example-2026", "13_comparison": "example-2026"}  # all others: Osaka's
WITHOUT_FIGURES = ("12_crosstabs",)
TESTING = ("02_supply_chain_size", "03_awareness", "06_measures")  # those that test call scipy
LINES, MEDIAN = 15, 3  # of a code cell, empty ones not counted, as ruff wraps them
every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def code(name):
    return "\n".join(cell.source for cell in cells(name, "code"))


def lines(cell):
    return sum(1 for line in cell.source.splitlines() if line.strip())


# --- form ------------------------------------------------------------------------------------------------------------


def test_there_are_notebooks():
    assert (len(NOTEBOOKS), min(NOTEBOOKS), max(NOTEBOOKS)) == (14, "01_respondents", "14_summary")


@every_notebook
def test_valid(name):
    nbformat.validate(read(name))
    assert read(name).nbformat == 4


@every_notebook
def test_executed_from_top_to_bottom_without_an_error(name):
    counts = [cell.execution_count for cell in cells(name, "code")]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in cells(name, "code") for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


@every_notebook
def test_parameters_are_plain_literals_with_a_comment_each(name):
    (cell,) = tagged(name, "parameters")
    written = cell.source.splitlines()
    # papermill's inspection loses a line with two equals signs, even in its comment.
    assert [line for line in written if not re.fullmatch(r"[a-z_]+ = [^=#]+  # [^=]*\w[^=]*", line)] == []
    assert list(defaults(name))[:4] == COMMON
    assert len(written) == len(defaults(name))


@every_notebook
def test_parameters_are_the_same_everywhere_but_for_the_survey(name):
    def written(notebook):
        (cell,) = tagged(notebook, "parameters")
        return {line.split(" = ")[0]: line for line in cell.source.splitlines()}

    survey = OWN_SURVEYS.get(name, "osaka-2019")
    assert defaults(name)["survey"] == survey
    ours = written(name) | {"survey": written(name)["survey"].replace(survey, "osaka-2019")}
    for other in set(NOTEBOOKS) - set(OWN_SURVEYS):
        theirs = written(other)
        assert {key: line for key, line in ours.items() if key in theirs and theirs[key] != line} == {}, other


@every_notebook
def test_what_it_needs_stands_after_the_parameters_in_plain_literals(name):
    sources = [cell for cell in cells(name, "code") if {"parameters", "needs"} & set(cell.metadata.get("tags", []))]
    assert [cell.metadata["tags"] for cell in sources] == [["parameters"], ["needs"]]
    assert cells(name, "code")[:2] == sources
    assert "needs" in literals(sources[1].source)


@every_notebook
def test_parameters_reach_the_report(name):
    calls = [
        call
        for call in ast.walk(ast.parse(code(name)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "start"
    ]
    assert len(calls) == 1
    assert [ast.unparse(word) for word in calls[0].args] == [repr(name), "survey", "lang", "output_dir", "confidence"]
    named = {word.arg for word in calls[0].keywords} | set(re.findall(r'"(\w+)": \1\b', code(name)))
    assert set(defaults(name)) - set(COMMON) <= named


@every_notebook
def test_cells_are_short(name):
    assert {cell.id: lines(cell) for cell in cells(name, "code") if lines(cell) > LINES} == {}


def test_most_cells_are_very_short():
    assert statistics.median(lines(cell) for name in NOTEBOOKS for cell in cells(name, "code")) <= MEDIAN


@every_notebook
def test_cells_are_explained(name):
    assert len(cells(name, "markdown")) >= 0.6 * len(cells(name, "code"))


@every_notebook
def test_no_computed_number_is_typed_into_prose(name):
    typed = re.compile(r"\d\s*[%％]|\d[\d,]*\s+(of\s+\d+\s+)?(firms|respondents|companies)|\bp\s*[=<>]\s*0?\.|\d+\.\d+")
    found = [typed.search(cell.source) for cell in cells(name, "markdown")]
    assert [match[0] for match in found if match] == []


@every_notebook
def test_last_cell_links_to_the_next_notebook(name):
    last = read(name).cells[-1]
    assert (last.cell_type, last.source) == ("code", "report.next()")
    assert "notebook-only" in last.metadata["tags"]


@every_notebook
def test_links_in_prose_lead_somewhere(name):
    links = [link for cell in cells(name, "markdown") for link in re.findall(r"\]\(([^)#]+)\)", cell.source)]
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (NOTEBOOKS[name].parent / link).exists()] == []


def called_of(name, module):
    """The names that a notebook imports from a module and calls."""
    tree = list(ast.walk(ast.parse(code(name))))
    imported = {
        alias.name for it in tree if isinstance(it, ast.ImportFrom) and it.module == module for alias in it.names
    }
    called = {ast.unparse(it.func) for it in tree if isinstance(it, ast.Call)}
    return imported & called


@pytest.mark.parametrize("name", sorted(NOTEBOOKS)[:10])
def test_topics_draw_with_seaborn(name):
    calls = [ast.unparse(it.func) for it in ast.walk(ast.parse(code(name))) if isinstance(it, ast.Call)]
    shapes = ("figures.dots", "figures.stacked")  # that seaborn has no call for
    assert [call for call in calls if call.startswith("sns.") or call in shapes]


@pytest.mark.parametrize("name", TESTING)
def test_topics_that_test_call_scipy(name):
    assert called_of(name, "scipy.stats")


def texts_of_code(path):
    """The texts in a module, but for those that explain it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(it.value) for it in ast.walk(tree) if isinstance(it, ast.Expr)}
    return [
        it.value
        for it in ast.walk(tree)
        if isinstance(it, ast.Constant) and isinstance(it.value, str) and id(it) not in bare
    ]


def test_no_notebook_is_named_in_another_list():
    modules = {path: "\n".join(texts_of_code(path)) for path in (ROOT / "helpers").rglob("*.py")}
    others = {ROOT / name: (ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "pyproject.toml")}
    named = [(path.name, name) for path, text in (modules | others).items() for name in NOTEBOOKS if name in text]
    assert named == []


@every_notebook
def test_every_figure_has_alternative_text(name):
    pictures = [o for cell in cells(name, "code") for o in cell.outputs if "image/png" in o.get("data", {})]
    assert pictures or name in WITHOUT_FIGURES
    for picture in pictures:
        alt = picture.metadata["image/png"]["alt"]
        assert len(alt) > 20
        assert alt == picture.data["text/plain"]


def test_the_catalogue_is_complete_and_up_to_date():
    assert catalogue.problems("ja") == []


# --- every parameter does something ----------------------------------------------------------------------------------

# A question of each topic, one answer of which moves from its first option to its second; both surveys of examples
# have the same regions.
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
    "12": "region",
    "13": "region",
}


def with_one_answer_moved(folder, survey, question):
    """A copy of a survey's folder in which one respondent gave the second answer to a question, not the first."""
    shutil.copytree(DATA / survey, folder)
    counts = pd.read_csv(folder / "counts.csv")
    rows = counts.index[counts["question"] == question][:2]
    counts.loc[rows, "count"] += [-1, 1]
    counts.to_csv(folder / "counts.csv", index=False, lineterminator="\n")
    if (raw := folder / "responses.parquet").exists():
        frame = pd.read_parquet(raw)
        first, second = counts.loc[rows, "option"]
        frame.loc[frame.index[frame[question] == first][0], question] = second
        frame.to_parquet(raw)
    return str(folder)


def with_another_title(folder):
    """A copy of Osaka's folder with another title: the summary counts nothing itself."""
    shutil.copytree(DATA / "osaka-2019", folder)
    about = (folder / "survey.toml").read_text(encoding="utf-8")
    changed = re.sub(r'(?m)^title_en = ".*"$', 'title_en = "Another title"', about)
    assert changed != about
    (folder / "survey.toml").write_text(changed, encoding="utf-8")
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
    "by": "size",
    "questions": "ai_tools, budget",
    "min_cell": 3,
}


# Crosstabs of two questions, not of all: the longest notebook by far, which test_figures runs whole.
SHORTER = size({}, {"12_crosstabs": {"questions": "ai_tools, training_now"}})


def another(parameter, name, folder):
    """A value of a parameter that is not its default."""
    survey = defaults(name)["survey"]
    if parameter == "survey" and name == "14_summary":
        return with_another_title(folder / survey)
    if parameter == "survey":
        return with_one_answer_moved(folder / survey, survey, QUESTIONS[name[:2]])
    if parameter == "baseline":
        return with_one_answer_moved(folder / "example-2025", "example-2025", "region")
    if parameter == "confidence" and name == "11_published_claims":
        return 0.99999  # the claim of no difference fails by far
    return population(folder) if parameter == "reference" else OTHER[parameter]


@cache
def usual_run(name):
    """What a notebook shows and writes with its defaults, or for fewer questions."""
    with tempfile.TemporaryDirectory() as folder:
        return run(name, Path(folder) / "usual", **SHORTER.get(name, {}))


def tried(name):
    """The parameters of a notebook to be tried. Osaka's chapters in Japanese are looked at in other places, too."""
    elsewhere = {"output_dir"} | size(set(), set() if name in OWN_SURVEYS else {"lang"})
    return [parameter for parameter in defaults(name) if parameter not in elsewhere]


@pytest.mark.parametrize(("name", "parameter"), [(name, parameter) for name in NOTEBOOKS for parameter in tried(name)])
def test_every_parameter_changes_something(name, parameter, tmp_path):
    parameters = SHORTER.get(name, {}) | {parameter: another(parameter, name, tmp_path)}
    assert run(name, tmp_path / "changed", **parameters) != usual_run(name)


@every_notebook
def test_output_dir_is_where_everything_goes(name, tmp_path, monkeypatch):
    # The usual run had its output_dir; without one, the same goes to a folder beside the report's, which stays as it
    # was, and nothing to the working directory.
    monkeypatch.setattr(reporting, "ROOT", tmp_path / "checkout")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = new_folder(tmp_path / "checkout" / "outputs" / defaults(name)["survey"] / "en", name)
    before = files(report)
    shown = execute(name, monkeypatch, **SHORTER.get(name, {}))
    usual, written = usual_run(name)
    alone = files(report.with_name("en-alone"))
    assert shown == usual
    gathered = {f"tables/{kind}.csv" for kind in KINDS}  # with what the other notebooks kept in the same folder
    own = {path for path, body in written.items() if before.get(path) != body} - gathered
    assert {path: written[path] for path in own} == {path: alone[path] for path in set(alone) - gathered}
    assert any(path.startswith("figures") for path in alone) or name in WITHOUT_FIGURES
    assert files(report) == before
    assert files(tmp_path / "elsewhere") == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "elsewhere"]
    assert sorted(path.name for path in report.parent.iterdir()) == ["en", "en-alone"]
