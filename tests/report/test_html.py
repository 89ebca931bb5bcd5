"""The short report and the annex: what each holds, and what it leaves out."""

import base64
import io
import re
from collections import Counter
from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from PIL import Image

from helpers import figures
from helpers.report import html, short, word
from helpers.report.folder import write_csv
from helpers.words.language import Language


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


def annex(paths, tmp_path, survey):
    html.write_annex(html.titles(paths), tmp_path / "annex.html", survey)
    return (tmp_path / "annex.html").read_text(encoding="utf-8")


def test_cells_for_the_notebook_only_are_left_out(notebook, tmp_path, osaka):
    page = annex([notebook], tmp_path, osaka)
    assert "<p>2</p>" in page
    assert "Next: nothing" not in page
    assert "report.next" not in page


def test_links_to_notebooks_that_are_not_in_the_report_become_words(notebook, tmp_path, osaka):
    other = tmp_path / "02_b.ipynb"
    other.write_bytes(notebook.read_bytes())
    page = annex([notebook, other], tmp_path, osaka)
    assert '<a href="#02_b">here</a>' in page
    assert "#03_c" not in page
    assert "there" in page


def test_the_code_of_the_annex_has_one_switch(notebook, tmp_path, osaka):
    page = annex([notebook], tmp_path, osaka)
    assert page.count('type="checkbox"') == 1
    assert page.count('class="code"') == 1
    assert page.count("<details") == 1  # the contents


# --- the short report ------------------------------------------------------------------------------------------------


@pytest.fixture
def outputs(tmp_path, osaka):
    """An output folder with seven figures in three chapters, each with two findings."""
    (tmp_path / "figures").mkdir()
    rows, headlines, findings = [], [], []
    for number in range(7):
        name, chapter = f"f{number}", f"0{1 + number // 3}_a"
        fig, _ = figures.page(f"Title {number}", "The question?")
        figures.caption(fig, "Base: 118 firms.")
        figures.save(fig, tmp_path / "figures", name, "A description")
        table = pd.DataFrame({"label": ["Yes"], "count": [59], "base": [118], "share": [0.5]})
        write_csv(table, tmp_path / "figures" / f"{name}.csv")
        top, bottom = fig.page_words
        words = {"title": f"Title {number}", "subtitle": "The question?", "caption": "Base: 118 firms.", "alt": "Alt"}
        rows.append({"notebook": chapter, "figure": name, **words, "top": top, "bottom": bottom, "annex": number == 6})
        headlines.append({"notebook": chapter, "figure": name, "heading": "x", "share": 0.5, "flag": ""})
        for kind, said in (
            ("share", f"Finding {number}: 50% (59 of 118 firms)."),
            ("paired_never", f"Paired {number}."),
        ):
            told = {"notebook": chapter, "finding": said, "figure": name, "kind": kind}
            findings.append({**told, "questions": "q4", "options": "", "values": "[]"})
    for kind, table in (("figures", rows), ("headlines", headlines), ("findings", findings)):
        for chapter, own in pd.DataFrame(table).groupby("notebook"):
            write_csv(own, tmp_path / "tables" / kind / f"{chapter}.csv")
    return tmp_path


TITLES = {"01_a": "One", "02_a": "Two", "03_a": "Three"}


def composed(folder, survey, left_out=()):
    return short.compose(survey, folder, TITLES, left_out, Language("en", "", survey.noun))


def page_of(folder, survey, **words):
    html.write_report(composed(folder, survey, **words), folder / "report.html", survey)
    return (folder / "report.html").read_text(encoding="utf-8").replace("<wbr>", "").replace("<wbr/>", "")


def test_a_figure_stands_under_its_finding_with_its_words_as_text(outputs, osaka):
    page = page_of(outputs, osaka)
    assert page.count("<h3 id=") == 6  # the seventh is for the annex
    assert '<h3 id="f0">Title 0</h3><p class="question">The question?</p>' in page
    assert "<b>Figure 1</b> Base: 118 firms." in page
    assert '<li>Finding 0: 50% <span class="quiet">(59 of 118 firms)</span>.</li>' in page
    assert "Paired" not in page  # how answers of the same firms overlap is for the annex
    assert "Finding 6" in page  # what only an annexed figure shows is said all the same
    numbers = re.search(r'download="f0.csv" href="data:text/csv;base64,([^"]+)"', page)[1]
    assert base64.b64decode(numbers) == (outputs / "figures" / "f0.csv").read_bytes()


def test_the_words_that_are_drawn_in_a_picture_are_cut_from_it(outputs, osaka):
    exhibit = composed(outputs, osaka).chapters[0].exhibits[0]
    whole, cut = Image.open(exhibit.picture), Image.open(io.BytesIO(exhibit.png))
    assert cut.width == whole.width
    assert 0.4 * whole.height < cut.height < 0.9 * whole.height
    above = whole.convert("L").crop((0, 0, whole.width, round(exhibit.crop[0] * whole.height)))
    assert above.getextrema()[0] < 100  # the title was there


def test_what_is_left_out_is_said_once_with_the_reason(outputs, osaka):
    page = page_of(outputs, osaka, left_out=["One (not asked)", "Two (needs raw answers)"])
    assert page.count("Not in this report: One (not asked); Two (needs raw answers).") == 1
    assert "Not in this report" not in page_of(outputs, osaka)


def test_the_summary_has_the_first_finding_of_the_chapters_of_the_first_page(outputs, osaka):
    told = composed(outputs, osaka).summary
    assert told == [("Finding 0: 50% (59 of 118 firms).", "01_a")]  # q4 is one of Osaka's headlines


def test_who_speaks_follows_from_the_survey(outputs, osaka):
    assert (
        composed(outputs, osaka).by
        == "An independent re-analysis of a survey by Osaka Chamber of Commerce and Industry"
    )
    own = replace(osaka, claims=osaka.claims[:0], published=osaka.published[:0])
    assert composed(outputs, own).by == "Osaka Chamber of Commerce and Industry"
    named = replace(osaka, about={**osaka.about, "report_by_en": "The Institute"})
    assert composed(outputs, named).by == "Report by The Institute"


def test_a_survey_s_own_notes_stand_under_their_topics(outputs, osaka, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "notes_en.md").write_text("# Two\n\nWe asked in a hard <year>.\n", encoding="utf-8")
    page = page_of(outputs, replace(osaka, folder=folder))
    assert "Two</h2><p>We asked in a hard &lt;year&gt;.</p>" in page


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A (1 of 2), b (c).", [("A ", False), ("(1 of 2)", True), (", b (c).", False)]),
        ("甲（118社中36）。", [("甲", False), ("（118社中36）", True), ("。", False)]),
    ],
)
def test_evidence_in_brackets_is_quiet(words, expected):
    assert short.quiet(words) == expected


def test_a_long_description_ends_between_two_numbers():
    alt = "Title. Figures: " + "; ".join(f"answer {n} {n}%" for n in range(60)) + "."
    cut = short.shortened(alt)
    assert len(cut) <= short.LONGEST_ALT
    assert re.search(r"answer \d+ \d+%…$", cut)
    assert short.shortened("Short.") == "Short."


# --- the same as a Word file -----------------------------------------------------------------------------------------


def test_the_word_file_has_headings_captions_descriptions_and_tables(outputs, osaka):
    docx = pytest.importorskip("docx")
    path = outputs / "report.docx"
    word.write_word(composed(outputs, osaka), path, osaka, Language("en", "", osaka.noun))
    document = docx.Document(path)
    styles = Counter(paragraph.style.name for paragraph in document.paragraphs)
    assert (styles["Title"], styles["Heading 2"], styles["Caption"]) == (1, 6, 6)
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["Alt"] * 6
    table = document.tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["Yes", "59", "118", "50%"]
    assert document.core_properties.title == osaka.info("title")
    before = path.read_bytes()
    word.write_word(composed(outputs, osaka), path, osaka, Language("en", "", osaka.noun))
    assert path.read_bytes() == before
