"""Whole reports on questionnaires that no notebook was written for, and notebooks of one's own that take their place."""

import shutil

import codebooks
import here
import nbformat
import pandas as pd
import pytest
from inprocess import execute_path
from sizes import size

from helpers.run import essay, plan
from helpers.survey import SurveyError, load

FOREIGN = ("Osaka", "trading partner", "supplier", "大阪", "取引先", "買い先")
KINDS = {  # six kinds of codebook; in `make test` the one in a single language, the others in tests/notebooks
    "totals": {"asked": "totals"},
    "single": {"asked": "single"},
    "scores": {"asked": "rich", "raw": True, "n": 150},
    "weights": {"asked": "rich", "raw": True, "weights": True, "n": 150},
    "japanese": {"asked": "rich", "raw": True, "n": 80, "lang": "ja"},
    "long": {"asked": "long", "n": 30},
}


@pytest.mark.parametrize("kind", size(list(KINDS), ["japanese"]))
def test_every_question_is_in_table_figure_and_finding(kind, tmp_path):
    case = dict(KINDS[kind])
    folder = codebooks.write(tmp_path / "mine", codebooks.KINDS[case.pop("asked")](), **case)
    done = here.report("--survey", folder, "--output-dir", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    survey = load(folder)
    out = tmp_path / "out" / "mine" / survey.lang
    findings = pd.read_csv(out / "tables" / "findings.csv").fillna("")
    asked = {*survey.questions.index}
    assert asked <= {question for ids in findings["questions"] for question in ids.split("|")}
    for part in ("tables", "figures"):
        held = [pd.read_csv(path) for path in (out / part).glob("*.csv")]
        assert asked <= {q for table in held if "label" in table for q in table.get("question", [])}, part
    page = (out / "report.html").read_text(encoding="utf-8")
    assert [word for word in FOREIGN if word.lower() in page.lower()] == []
    assert f'lang="{survey.lang}"' in page
    assert (out / "tables.xlsx").exists()


# --- a notebook of one's own -----------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder with the general notebook only, where a new one may be written."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(plan.source("any_topic"), tmp_path / "notebooks")
    monkeypatch.setattr(plan, "NOTEBOOKS", tmp_path / "notebooks")
    return tmp_path


def test_a_notebook_begun_for_a_topic_takes_its_questions(room, monkeypatch):
    path = essay.begin("example-2026", "support")
    assert (path.parent, path.name) == (room / "notebooks", "10_support.ipynb")
    nbformat.validate(nbformat.read(path, as_version=4))
    said = plan.read_notebook("10_support")
    assert {question: kind for question, (kind, _) in said.needs.items()} == {
        "budget": "single",
        "support_wanted": "multiple",
    }
    assert not {"topic", "questions"} & {*said.parameters}
    job = plan.plan("example-2026", "en", room / "out")
    assert "10_support" in job.notebooks
    assert "support" not in [own["topic"] for own in job.general.values()]
    with pytest.MonkeyPatch.context() as patch:
        execute_path(path, patch, survey="example-2026", output_dir=str(room / "out"))
    findings = pd.read_csv(room / "out" / "tables" / "findings.csv").fillna("")
    assert set(said.needs) <= {question for ids in findings["questions"] for question in ids.split("|")}


def test_it_speaks_japanese_in_the_words_of_the_general_notebook(room):
    path = essay.begin("example-2026", "support")
    with pytest.MonkeyPatch.context() as patch:
        shown = execute_path(path, patch, survey="example-2026", lang="ja", output_dir=str(room / "out"))
    assert "挙げられた回答で最多は" in " ".join(part["text/plain"] for part in shown)


def test_a_notebook_is_neither_overwritten_nor_begun_for_an_unknown_topic(room):
    essay.begin("example-2026", "support")
    with pytest.raises(SurveyError, match=r"10_support.ipynb: found a notebook of this name"):
        essay.begin("example-2026", "support")
    with pytest.raises(SurveyError, match="topic: found 'suport'; expected one of members, digital_work"):
        essay.begin("example-2026", "suport")
