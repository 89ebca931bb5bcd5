"""What git keeps, made anew: notebooks with their own defaults, and the list of them in the README."""

from functools import partial

import nbformat
import pytest
from tiny import PARAMETERS, tiny_notebook

from helpers.run import jobs, refresh
from helpers.run import plan as planning
from helpers.survey import DATA, ROOT


@pytest.fixture
def checkout(tmp_path, monkeypatch, copy_of_osaka):
    """A place with three notebooks, one of them for another survey, and a README, in which to refresh."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)
    monkeypatch.setattr(planning, "ROOT", tmp_path)
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    monkeypatch.setattr(refresh, "DATA", tmp_path)
    (tmp_path / "README.md").write_text("Before\n<!-- notebooks -->\nold\n<!-- /notebooks -->\nAfter\n")
    say = "print(survey.rsplit('/')[-1], lang)"
    tiny_notebook(notebooks / "01_any.ipynb", say)
    elsewhere = PARAMETERS.replace('"osaka-2019"', f'"{copy_of_osaka.folder}"')
    needs = 'needs_survey = "baseline"'
    own = 'baseline = "osaka-2019"  # with\n'
    tiny_notebook(notebooks / "02_two.ipynb", say + "\nprint(baseline)", parameters=elsewhere, own=own, needs=needs)
    tiny_notebook(notebooks / "03_sum.ipynb", say, needs='runs = "last"')
    return tmp_path


def test_each_notebook_is_executed_in_place_with_its_own_defaults(checkout, monkeypatch):
    monkeypatch.setattr(refresh, "renew", lambda *_: None)
    outcomes = refresh.refresh(lambda _: lambda *_: None)
    assert [outcome.failed for outcome in outcomes] == [[], [], []]
    printed = {}
    for path in sorted((checkout / "notebooks").iterdir()):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        printed[path.stem] = code[-1].outputs[0].text
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
        assert "injected-parameters" not in [cell.id for cell in notebook.cells]
    assert printed == {
        "01_any": "osaka-2019 en\n",
        "02_two": "osaka-2019 en\nosaka-2019\n",
        "03_sum": "osaka-2019 en\n",
    }
    assert sorted(str(path.relative_to(checkout)) for path in (checkout / "outputs").glob("*/*")) == [
        "outputs/osaka-2019/en",
        "outputs/osaka-2019/ja",
    ]


def test_a_notebook_that_fails_leaves_all_as_they_were(checkout):
    tiny_notebook(checkout / "notebooks" / "02_two.ipynb", "raise ValueError")
    before = {path.name: path.read_bytes() for path in (checkout / "notebooks").iterdir()}
    outcomes = refresh.refresh(lambda _: lambda *_: None)
    assert any(outcome.failed for outcome in outcomes)
    assert {path.name: path.read_bytes() for path in (checkout / "notebooks").iterdir()} == before
    assert "old" in (checkout / "README.md").read_text()


def test_the_list_of_notebooks_is_computed(checkout):
    assert refresh.with_notebooks((checkout / "README.md").read_text()) == (
        "Before\n<!-- notebooks -->\n- [Title of 03_sum](notebooks/03_sum.ipynb)\n"
        "- [Title of 01_any](notebooks/01_any.ipynb)\n- [Title of 02_two](notebooks/02_two.ipynb)\n"
        "<!-- /notebooks -->\nAfter\n"
    )


def test_a_readme_without_marks_is_said_so():
    with pytest.raises(ValueError, match="found no lines <!-- notebooks -->"):
        refresh.with_notebooks("no marks")


def test_generated_sections_are_up_to_date():
    readmes = [(ROOT / name, partial(refresh.with_notebooks, lang=lang)) for lang, name in refresh.READMES.items()]
    for path, renewed in (*readmes, (DATA / "README.md", refresh.columns.renewed)):
        text = path.read_text(encoding="utf-8")
        assert renewed(text) == text, f"{path.name}: run make refresh"


def test_every_language_has_a_readme():
    assert [*refresh.READMES] == [*refresh.LANGUAGES]


def test_what_is_kept_is_what_git_does_not_ignore():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for lang in refresh.LANGUAGES:
        for kind in ("figures", "tables"):
            assert f"!outputs/{refresh.KEPT}/{lang}/{kind}/" in ignored
            assert kind in jobs.OURS
