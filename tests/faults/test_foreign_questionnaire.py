"""A survey of totals that shares no question with the notebooks: a report of its own, and no word of another survey."""

import made_up
import pandas as pd

QUESTIONS = {
    "coffee": {"daily": ("Every day", 30), "never": ("Never", 10)},
    "tea": {"daily": ("Every day", 25), "no_answer": ("No answer", 15)},
}


def test_a_foreign_questionnaire_gets_a_report_of_its_own(tmp_path):
    survey = made_up.folder(tmp_path / "drinks", QUESTIONS)
    run = made_up.report(survey, tmp_path / "out", "--lang", "en")
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    out = tmp_path / "out" / "drinks" / "en"
    findings = pd.read_csv(out / "tables" / "findings.csv").fillna("")
    assert set(QUESTIONS) <= {question for ids in findings["questions"] for question in ids.split("|")}
    assert "Osaka" not in (out / "report.html").read_text(encoding="utf-8")
