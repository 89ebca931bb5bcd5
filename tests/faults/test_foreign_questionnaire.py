"""A survey that shares no question with the notebooks still gets a report, whose summary says that there is nothing."""

import made_up

QUESTIONS = {
    "coffee": {"daily": ("Every day", 30), "never": ("Never", 10)},
    "tea": {"daily": ("Every day", 25), "no_answer": ("No answer", 15)},
}
NOTHING = {
    "en": "This survey asked about none of the six topics of this picture.",
    "ja": "この調査では、この図の六つのトピックについては何も尋ねていません。",
}


def test_a_foreign_questionnaire_gets_a_report_that_says_so(tmp_path):
    survey = made_up.folder(tmp_path / "drinks", QUESTIONS)
    run = made_up.report(survey, tmp_path / "out", "--lang", *NOTHING)
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    for lang, words in NOTHING.items():
        folder = tmp_path / "out" / "drinks" / lang
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert words in page
        assert '<ul class="cards"></ul>' not in page  # no heading over nothing
        assert not (folder / "tables" / "figures.csv").exists()
