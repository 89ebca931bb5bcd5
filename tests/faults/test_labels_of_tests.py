"""Two option sets may use the same option id; a table of tests has to name the answer by the question it belongs to."""

import made_up

WORDS = {
    "en": ("Certification such as ISMS (asked for or required)", "A new, light certification scheme should be created"),
    "ja": ("認証（ISMS等）取得の依頼/要件化", "負担の少ない新たな認証制度を創設すべき"),
}


def test_a_test_names_its_answer_by_question_and_option(tmp_path):
    run = made_up.report("osaka-2019", tmp_path, "--only", "06", "--lang", *WORDS)
    assert run.returncode == 0, run.stderr
    for lang, (own, of_another_question) in WORDS.items():
        page = (tmp_path / "osaka-2019" / lang / "report.html").read_text(encoding="utf-8")
        assert own in page
        assert of_another_question not in page
