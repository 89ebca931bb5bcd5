"""One notebook executed: what it is told, what is left of it, and how it fails."""

import nbformat
import pytest
from tiny import tiny_notebook

from helpers.run import plan as planning
from helpers.run.execute import NotebookFailed, execute, tidy, translated
from helpers.run.plan import Job
from helpers.words.language import Language


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """A function that executes a notebook of these cells in an ordinary kernel; it returns the copy and its folder."""
    notebooks, aside = tmp_path / "notebooks", tmp_path / "aside"
    notebooks.mkdir()
    aside.mkdir()
    monkeypatch.setattr(planning, "NOTEBOOKS", notebooks)

    def run(*sources, parameters=None, **cells):
        tiny_notebook(notebooks / "01_tiny.ipynb", *sources, **cells)
        job = Job("osaka-2019", "ja", tmp_path / "out", ["01_tiny"], parameters or {}, "fresh")
        execute(job, "01_tiny", aside)
        return nbformat.read(aside / "notebooks" / "01_tiny.ipynb", as_version=4), aside

    return run


def test_a_notebook_gets_its_survey_language_folder_and_own_parameters(executed):
    show = "print(survey, lang, output_dir, level)\nopen(output_dir + '/here', 'w').close()"
    copy, aside = executed(show, own="level = 1  # a level\n", parameters={"level": 2, "of_another": 3})
    assert copy.cells[-1].outputs[0].text == "osaka-2019 ja .. 2\n"
    assert "of_another" not in copy.cells[2].source
    assert sorted(path.name for path in aside.iterdir()) == ["here", "notebooks", "parts"]
    assert "osaka-2019 ja .. 2" in (aside / "parts" / "01_tiny.html").read_text(encoding="utf-8")


def test_an_executed_copy_holds_nothing_of_when_and_where(executed):
    copies = [executed("print(1)")[0] for _ in range(2)]
    assert copies[0] == copies[1]
    assert [cell.id for cell in copies[0].cells] == ["title", "parameters", "injected-parameters", "code-1"]
    assert all(set(cell.metadata) <= {"tags"} for cell in copies[0].cells)


def test_a_cell_that_fails_is_named_and_the_copy_up_to_there_kept(executed, tmp_path):
    with pytest.raises(NotebookFailed, match=r"^01_tiny, cell In \[4\]: ValueError: two lines") as caught:
        executed("print(1)", "raise ValueError('two\\n lines')", "print(2)")
    assert caught.value.copy == tmp_path / "aside" / "notebooks" / "01_tiny.ipynb"
    cells = nbformat.read(caught.value.copy, as_version=4).cells
    assert [output.output_type for cell in cells for output in cell.get("outputs", [])][-1] == "error"
    assert not (tmp_path / "aside" / "parts").exists()


class Marking(Language):
    """A language that says by what key it was asked."""

    def prose(self, cell_id, source):
        return f"{cell_id}: {source}"


def test_prose_is_translated_by_cell_and_code_is_not():
    v4 = nbformat.v4
    say = Marking("ja", "01_tiny")
    assert translated(v4.new_markdown_cell("words", id="one"), "01_tiny", say) == "one: words"
    assert translated(v4.new_code_cell("x = 1  # words", id="two"), "01_tiny", say) == "x = 1  # words"


def test_comments_of_parameters_and_needs_are_in_the_language():
    path = planning.NOTEBOOKS / f"{planning.notebook_names()[0]}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    before = [cell.source for cell in notebook.cells if {"parameters", "needs"} & set(cell.metadata.get("tags", []))]
    tidy(notebook, path.stem, "ja")
    after = [cell.source for cell in notebook.cells if {"parameters", "needs"} & set(cell.metadata.get("tags", []))]
    for old, new in zip(before, after, strict=True):
        assert planning.assignments(new, "") == planning.assignments(old, "")
        assert ("  # " in old) == (new != old)
