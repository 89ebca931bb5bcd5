"""Which chapters a survey takes: Osaka's those that were written on it, a foreign one none of them."""

import shutil

import pandas as pd
import pytest

from helpers.run import plan as planning
from helpers.survey import DATA, load

OF_OSAKA = [f"{number:02}" for number in range(1, 11)]


def numbers(names):
    return [name[:2] for name in names]


def foreign(folder):
    """A sound survey whose questions are called q1 … q10, of the kinds of Osaka's, with answers of its own."""
    folder.mkdir()
    shutil.copy(DATA / "osaka-2019" / "survey.toml", folder)
    questions = [f"q{number}" for number in range(1, 11)]
    multiple = {"q4", "q5", "q6", "q8", "q10"}
    answers = [("red", "Red", "赤", 60), ("blue", "Blue", "青", 58)]
    tables = {
        "options": [
            {"options": "c", "option": o, "order": i, "role": "answer", "label_en": en, "label_ja": ja}
            for i, (o, en, ja, _) in enumerate(answers, start=1)
        ],
        "questions": [
            {
                "question": q,
                "topic": "paint",
                "kind": "multiple" if q in multiple else "single",
                "options": "c",
                "base": 118,
                "unit": "respondents",
            }
            | {"asked_if": "", "text_en": f"Which colour, {q}?", "text_ja": f"何色？{q}"}
            for q in questions
        ],
        "counts": [{"question": q, "option": o, "count": n} for q in questions for o, _, _, n in answers],
    }
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return folder


def test_a_foreign_survey_takes_none_of_osakas_chapters(tmp_path):
    survey = load(foreign(tmp_path / "foreign"))
    assert list(survey.questions.index) == [f"q{number}" for number in range(1, 11)]
    out = planning.left_out(survey)
    assert numbers(out)[:10] == OF_OSAKA
    assert {out[name].kind for name in list(out)[:10]} == {"questions"}
    job = planning.plan(str(survey.folder), "en")
    assert set(job.notebooks) == {*job.general, *job.last}  # the general notebook takes all that it asked
    topics = {own["topic"]: own["questions"] for own in job.general.values()}
    assert topics == dict.fromkeys(survey.questions["topic"], "")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_osaka_takes_its_chapters_the_claims_and_the_summary(lang):
    job = planning.plan("osaka-2019", lang)
    assert numbers(job.notebooks) == [*OF_OSAKA, "11", "14"]
    assert numbers(job.last) == ["14"]
    assert numbers(job.left_out) == ["12", "13"]
    assert numbers(planning.in_order(job.notebooks))[0] == "14"
