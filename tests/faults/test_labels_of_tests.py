"""Two option sets may use the same option id; a table of tests has to name the answer by the question it belongs to."""

import pandas as pd
import pytest

from helpers.report.tables import readable_tests
from helpers.stats import compare
from helpers.survey import load
from helpers.words.language import Language

WORDS = {
    "en": ("Certification such as ISMS (asked for or required)", "A new, light certification scheme should be created"),
    "ja": ("認証（ISMS等）取得の依頼/要件化", "負担の少ない新たな認証制度を創設すべき"),
}


@pytest.mark.parametrize("lang", WORDS)
def test_a_test_names_its_answer_by_question_and_option(lang):
    survey = load("osaka-2019", lang)
    tests = pd.DataFrame(compare(survey, "q4", "q5", "certification").tests).assign(notebook="06_measures")
    shown = readable_tests(Language(lang, noun=survey.noun), survey, tests).to_string()
    own, of_another_question = WORDS[lang]
    assert own in shown
    assert of_another_question not in shown
