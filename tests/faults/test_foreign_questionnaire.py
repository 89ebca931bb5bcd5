"""A survey of totals that shares no question with the notebooks: one plain line, and no traceback."""

import made_up

QUESTIONS = {
    "coffee": {"daily": ("Every day", 30), "never": ("Never", 10)},
    "tea": {"daily": ("Every day", 25), "no_answer": ("No answer", 15)},
}


def test_a_foreign_questionnaire_is_told_so_in_one_line(tmp_path):
    survey = made_up.folder(tmp_path / "drinks", QUESTIONS)
    run = made_up.report(survey, tmp_path / "out", "--lang", "en")
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("drinks: ")
    assert not (tmp_path / "out").exists()
