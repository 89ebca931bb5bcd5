"""What the report says before its parts, and what it leaves out of them."""

import nbformat
import pandas as pd
import pytest

from helpers import figures
from helpers.report import html
from helpers.report.folder import write_csv


@pytest.fixture
def notebook(tmp_path):
    """An executed notebook with a link to another one and cells that are for the notebook only."""
    code = nbformat.v4.new_code_cell("report.next()", id="next", metadata={"tags": ["notebook-only"]})
    shown = nbformat.v4.new_code_cell("1 + 1", id="sum")
    for cell, words in ((code, "Next: nothing"), (shown, "2")):
        cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": f"<p>{words}</p>"})]
    title = nbformat.v4.new_markdown_cell("# A title\n\nSee [here](02_b.ipynb) and [there](03_c.ipynb).", id="title")
    path = tmp_path / "01_a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[title, shown, code]), path)
    return path


def written(paths, tmp_path, survey, **words):
    html.write_report(paths, tmp_path / "report.html", survey, **words)
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_cells_for_the_notebook_only_are_left_out(notebook, tmp_path, osaka):
    page = written([notebook], tmp_path, osaka)
    assert "<p>2</p>" in page
    assert "Next: nothing" not in page
    assert "report.next" not in page


def test_links_to_notebooks_that_are_not_in_the_report_become_words(notebook, tmp_path, osaka):
    other = tmp_path / "02_b.ipynb"
    other.write_bytes(notebook.read_bytes())
    page = written([notebook, other], tmp_path, osaka)
    assert '<a href="#02_b">here</a>' in page
    assert "#03_c" not in page
    assert "there" in page


def test_what_is_left_out_is_said_in_one_line_with_the_reason(notebook, tmp_path, osaka):
    page = written([notebook], tmp_path, osaka, left_out=["One (not asked)", "Two (needs raw answers)"])
    assert "Not in this report: One (not asked); Two (needs raw answers)." in page
    assert "Not in this report" not in written([notebook], tmp_path, osaka)


def test_the_first_page_shows_the_figures_that_the_notebooks_named(notebook, tmp_path, osaka):
    names = [f"f{number}" for number in range(7)]
    (tmp_path / "figures").mkdir()
    for name in names:
        figures.save(figures.page("A title")[0], tmp_path / "figures", name, "A description")
    rows = pd.DataFrame({"notebook": "01_a", "figure": names, "title": [f"Title{n}" for n in names], "alt": "Alt"})
    write_csv(rows, tmp_path / "tables" / "figures" / "01_a.csv")
    named = pd.DataFrame({"notebook": "01_a", "figure": [n for n in names[1:] for _ in range(2)], "heading": "x"})
    named = named.assign(share=0.5, flag="")
    write_csv(named, tmp_path / "tables" / "headlines" / "01_a.csv")
    page = written([notebook], tmp_path, osaka)
    assert [f">Title{name}<" in page for name in names] == [False, True, True, True, True, True, False]
