"""README.md: every command in it is run, as it stands, in a copy of the checkout; every link leads somewhere.

README.ja.md has the same commands in the same order, so that they need not be run again.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest
import synthetic

from helpers.survey import ROOT, load

TEXT = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
JAPANESE = (ROOT / "README.ja.md").read_text(encoding="utf-8")
CHECKED_IN = ("helpers", "data", "notebooks", "outputs/osaka-2019/en/figures", "outputs/osaka-2019/en/tables")
ROOMS = (ROOT / "helpers" / "README.md").read_text(encoding="utf-8")

# Files that a command must have written, seen from the checkout; an empty list for those that only print.
RUN = {
    ".venv/bin/python -m helpers report --only 03 06 -p confidence 0.9": [
        "outputs/osaka-2019/en-confidence-0.9/report.html",
        "outputs/osaka-2019/en-confidence-0.9/notebooks/03_awareness.ipynb",
        "outputs/osaka-2019/en-confidence-0.9/notebooks/06_measures.ipynb",
    ],
    ".venv/bin/python -m helpers report --help": [],
    ".venv/bin/papermill notebooks/03_awareness.ipynb awareness-90.ipynb -p confidence 0.9 -p no_answer keep "
    "-p output_dir awareness-90": ["awareness-90.ipynb", "awareness-90/figures/awareness.png"],
    ".venv/bin/python -m helpers check osaka-2019": [],
    ".venv/bin/python -m helpers notebook example-2026 support": ["notebooks/10_support.ipynb"],
    ".venv/bin/python -m helpers html 03 --output-dir pages": ["pages/03_awareness.html"],
    ".venv/bin/jupyter nbconvert --to html --template survey_report "
    "--TemplateExporter.extra_template_basedirs=helpers/report/templates --output-dir pages notebooks/03_awareness.ipynb": [
        "pages/03_awareness.html"
    ],
}
DRAFTED = {
    # From a file of answers to a report, in this order; report: what the test adds to make it shorter.
    ".venv/bin/python -m helpers new shops-2026 --answers answers.csv": "",
    ".venv/bin/python -m helpers import shops-2026 answers.csv": "",
    ".venv/bin/python -m helpers check shops-2026": "",
    ".venv/bin/python -m helpers report --survey shops-2026": "",
}
COPIED = (  # the same with Osaka's questionnaire
    ".venv/bin/python -m helpers new kobe-2026",
    ".venv/bin/python -m helpers import kobe-2026 answers-kobe.csv",
)
WALK = [*DRAFTED, *COPIED]
ELSEWHERE = {
    "make report": "CI runs it on a fresh machine",
    "make test": "this is what runs these tests",
    "make lab": "opens a server and never ends",
    "python3 -m venv .venv": "the Makefile's first step, run by make test",
    ".venv/bin/python -m pip install --require-hashes -r requirements.txt": "in the Makefile too, run by make test",
    ".venv/bin/python -m pip install --no-deps --editable .": "in the Makefile too, run by make test",
    ".venv/bin/python -m helpers report": "test_jobs makes this full run, with an output folder of its own",
    ".venv/bin/python -m helpers report --survey osaka-2019 kobe-2026 --lang en ja": "test_kernels makes several at once",
    ".venv/bin/python -m helpers report --lang ja": "test_jobs makes this full run as well",
}


def commands(text=TEXT):
    """The lines of all fenced bash blocks, without comments."""
    blocks = re.findall(r"(?ms)^ *```(?:bash|sh|shell|console)\n(.*?)^ *```", text)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [" ".join(line.split()) for line in lines if line and not line.startswith("#")]


def test_there_is_a_readme_with_commands():
    assert TEXT
    assert {"make report", "make test"} <= set(commands())


def test_every_command_is_known_here():
    assert [command for command in commands() if command not in {*RUN, *WALK, *ELSEWHERE}] == []


def test_every_command_known_here_is_in_the_readme():
    assert [command for command in RUN if command not in commands()] == []
    assert [command for command in commands() if command in WALK] == WALK


def test_the_japanese_readme_has_the_same_commands():
    assert commands(JAPANESE) == commands()


def test_the_japanese_readme_has_the_same_sections_and_more():
    chapters, own = (re.findall(r"(?m)^## ", text) for text in (TEXT, JAPANESE))
    assert len(own) == len(chapters)
    assert re.findall(r"!\[[^\]]*\]\(outputs/([^/]+)/", JAPANESE) == re.findall(r"!\[[^\]]*\]\(outputs/([^/]+)/", TEXT)


def test_the_readmes_link_each_other():
    assert "(README.ja.md)" in TEXT.split("##")[0]
    assert "(README.md)" in JAPANESE.split("##")[0]


def test_commands_that_the_makefile_runs_are_in_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words in (
        "-m venv .venv",
        "--require-hashes -r requirements.txt",
        "--no-deps --editable .",
        "-m helpers report",
    ):
        assert words in makefile


@pytest.fixture
def checkout(tmp_path):
    """A copy of the checkout, which a command may change."""
    for part in CHECKED_IN:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def run(command, checkout):
    """A command as a user would type it; the kernels, too, import the helpers of the copy."""
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(
        command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True, timeout=200
    )
    assert "Traceback" not in done.stderr
    return done


def fill_in(folder):
    texts = (folder / "survey.toml").read_text(encoding="utf-8")
    (folder / "survey.toml").write_text(texts.replace('= ""', '= "Synthetic survey"'), encoding="utf-8")


def test_walk_through_from_a_file_of_answers(checkout):
    """Every command on the export of a questionnaire that nobody described, with a form's time stamps."""
    new, take, check, report = DRAFTED
    example = load("example-2026")
    form = synthetic.as_form(example, example.responses).drop(columns="respondent")
    form.insert(0, "Timestamp", [f"2026/05/01 10:{minute:02d}" for minute in range(60)] + ["2026/05/02 9:00"] * 21)
    form.to_csv(checkout / "answers.csv", index=False, encoding="utf-8-sig")

    drafted = run(new, checkout)
    assert drafted.returncode == 0, drafted.stderr
    fill_in(checkout / "data" / "shops-2026")
    taken = run(take, checkout)
    assert taken.returncode == 0, taken.stderr
    assert "  kept: 81" in taken.stdout
    checked = run(check, checkout)
    assert checked.returncode == 0, checked.stdout
    assert "nothing wrong" in checked.stdout
    written = run(report, checkout)
    assert written.returncode == 0, written.stderr
    page = (checkout / "outputs/shops-2026/en/report.html").read_text(encoding="utf-8")
    assert "Synthetic survey" in page
    assert "What support does your workshop want from the association?" in page
    assert [word for word in ("Osaka", "trading partners", "suppliers") if word in page] == []


def test_walk_through_with_the_questionnaire_of_another_survey(checkout, osaka):
    """What Osaka asked, answered by 500 others with a text that matches nothing."""
    new, take = COPIED
    folder = checkout / "data" / "kobe-2026"
    form = synthetic.as_form(osaka, synthetic.answers(osaka, 500, seed=11))
    form[osaka.wording("q3")] = form[osaka.wording("q3")].replace({osaka.label("q3", "done"): "Sure"})
    form.to_csv(checkout / "answers-kobe.csv", index=False, encoding="utf-8-sig")
    assert run(new, checkout).returncode == 0
    fill_in(folder)
    first = run(take, checkout)
    assert first.returncode == 2
    assert "answer 'Sure' of q3 matches no option" in first.stderr
    settled = (folder / "mapping.toml").read_text(encoding="utf-8")
    (folder / "mapping.toml").write_text(settled.replace('"Sure" = ""', '"Sure" = "done"'), encoding="utf-8")
    second = run(take, checkout)
    assert second.returncode == 0, second.stderr
    assert "  kept: 500" in second.stdout


@pytest.mark.parametrize("command", RUN)
def test_command_runs(command, checkout):
    done = run(command, checkout)
    assert done.returncode == 0, done.stderr
    assert done.stdout or RUN[command]
    assert [path for path in RUN[command] if not (checkout / path).exists()] == []


def links(text=TEXT):
    """The targets of links and pictures that are no web addresses, without the part after #."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return sorted({target.split("#")[0] for target in targets if "://" not in target} - {""})


def test_every_link_leads_somewhere():
    assert links()
    assert [link for link in links() + links(JAPANESE) if not (ROOT / link).exists()] == []


def test_every_notebook_is_linked():
    names = [f"notebooks/{path.name}" for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
    assert [name for name in names if name not in links()] == []
    assert [name for name in names if name not in links(JAPANESE)] == []


def test_a_lone_notebook_writes_where_the_readme_says(checkout):
    committed = {path: path.read_bytes() for path in (checkout / "outputs").rglob("*.*")}
    command = ".venv/bin/papermill notebooks/03_awareness.ipynb alone.ipynb"
    assert run(command, checkout).returncode == 0
    assert "`outputs/osaka-2019/en-alone/`" in TEXT
    assert (checkout / "outputs/osaka-2019/en-alone/figures/awareness.png").exists()
    assert {path: path.read_bytes() for path in committed} == committed


def test_rooms_and_recipes_name_what_there_is():
    helpers = ROOT / "helpers"
    packages = {path.parent.name for path in helpers.glob("*/__init__.py")}
    floors = re.findall(r"(?m)^\| \d \| `(\w+)/` \|", ROOMS)
    assert sorted(floors) == sorted(packages)
    recipes = re.findall(r"(?m)^\*\*(.+?)\.\*\*", ROOMS)
    assert recipes == ["A topic", "A test", "A format", "A language", "A colour"]
    modules = set(re.findall(r"`(?:helpers/)?(\w+/\w+\.py)`", ROOMS))
    assert len(modules) > 8
    assert [name for name in sorted(modules) if not ((helpers / name).exists() or (ROOT / name).exists())] == []


def test_files_of_the_layout_exist():
    named = re.findall(r"(?m)^(\w+/) +\S", TEXT)
    assert set(named) >= {"notebooks/", "data/", "helpers/", "outputs/", "tests/"}
    assert [folder for folder in named if not (ROOT / folder).is_dir()] == []
