"""The general notebook takes every questionnaire: each question has a figure, a finding and a table in its chapter."""

import codebooks
import nbformat
import pandas as pd
import pytest
from inprocess import ROOT, execute_path

from helpers.run import plan
from helpers.survey import load

GENERAL = ROOT / "notebooks" / "any_topic.ipynb"
OSAKA = ("Osaka", "partner", "supplier", "security", "大阪", "取引先")
CASES = {
    "totals": {"asked": "totals"},
    "single": {"asked": "single", "n": 3},
    "one_answer": {"asked": "one_answer"},
    "raw": {"asked": "totals", "raw": True, "n": 200},
    "weighted": {"asked": "totals", "raw": True, "weights": True, "n": 90},
    "nobody": {"asked": "totals", "no_one": True},
    "rich": {"asked": "rich", "raw": True, "n": 150},
    "rich_weighted": {"asked": "rich", "raw": True, "weights": True, "n": 150},
    "japanese": {"asked": "rich", "raw": True, "n": 80, "lang": "ja"},
    "long": {"asked": "long", "n": 30},
}


@pytest.fixture(scope="module", params=list(CASES))
def chapters(request, tmp_path_factory):
    """A survey, and the tables that the general notebook wrote for all of its topics."""
    base, case = tmp_path_factory.mktemp(request.param), dict(CASES[request.param])
    survey = load(codebooks.write(base / "mine", codebooks.KINDS[case.pop("asked")](), **case))
    steps = plan.plan(str(survey.folder), "", base).general
    kept = dict(list(steps.items())[:1]) if request.param == "long" else steps
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        for parameters in kept.values():
            shown += execute_path(GENERAL, patch, survey=str(survey.folder), output_dir=str(base / "out"), **parameters)
    topics = [parameters["topic"] for parameters in kept.values()]
    return survey, base / "out" / "tables", topics, shown


def test_every_question_has_a_table_a_figure_and_a_finding(chapters):
    survey, tables, topics, _ = chapters
    asked = set(survey.questions.index[survey.questions["topic"].isin(topics)])
    findings = pd.read_csv(tables / "findings.csv").fillna("")
    assert asked <= {question for ids in findings["questions"] for question in ids.split("|")}
    for folder in (tables, tables.parent / "figures"):
        held = [pd.read_csv(path) for path in folder.glob("*.csv")]
        questions = {q for table in held if "label" in table for q in table.get("question", [])}
        assert asked <= questions, folder.name


def test_no_word_of_another_survey_is_said(chapters):
    shown = " ".join(map(str, chapters[3]))
    assert [word for word in OSAKA if word.lower() in shown.lower()] == []


def test_respondents_have_the_name_that_the_survey_gives_them(chapters):
    survey, _, _, shown = chapters
    named = {"en": f"{survey.respondents} students", "ja": f"{survey.respondents}人"}
    assert named[survey.lang] in " ".join(map(str, shown))


def test_a_question_that_no_notebook_takes_gets_a_chapter(osaka, copy_of_osaka):
    questions = copy_of_osaka.folder / "questions.csv"
    row = "extra,extra,single,extra,118,respondents,,,,Something else?,他に？,Extra,追加"
    heads = questions.read_text(encoding="utf-8").splitlines()[0].split(",")
    extra = {"question": "extra", "topic": "extra", "kind": "single", "options": "extra", "base": "118"}
    extra |= {"unit": "respondents", "text_en": "Something else?", "text_ja": "他に？"}
    row = ",".join(extra.get(name, "") for name in heads)
    questions.write_text(questions.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    for name, lines in {
        "options": "extra,yes,1,answer,Yes,はい\nextra,no,2,answer,No,いいえ\n",
        "counts": "extra,yes,50\nextra,no,68\n",
    }.items():
        path = copy_of_osaka.folder / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    steps = plan.plan(str(copy_of_osaka.folder), "en", "/tmp/none").general
    assert [parameters["topic"] for parameters in steps.values()] == ["extra"]
    assert plan.general_steps(osaka, plan.notebook_names()) == {}


def test_its_cells_are_short_and_explained():
    cells = nbformat.read(GENERAL, as_version=4).cells
    code = [sum(1 for line in c.source.splitlines() if line.strip()) for c in cells if c.cell_type == "code"]
    assert max(code) <= 15
    assert sum(c.cell_type == "markdown" for c in cells) >= 0.9 * len(code)
