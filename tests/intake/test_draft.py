"""A questionnaire drafted from answers: what each column is taken for, what is marked as guessed, and that answers then match."""

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers import __main__ as command
from helpers import survey
from helpers.intake import answers as intake
from helpers.intake import draft
from helpers.intake import start as questionnaire
from helpers.intake.formats import read_sheet
from helpers.survey import folder as surveys

N = 60
SHOPS = {  # a form's export: each kind of question, and what is none
    "Timestamp": [f"2026/05/{1 + i % 28:02d} 10:{i % 60:02d}" for i in range(N)],
    "Which region are you in?": [("North", "South", "East")[i % 3] for i in range(N)],
    "How satisfied are you? (1 to 5)": [str(1 + i % 5) for i in range(N)],
    "How many hours a week?": [str(10 + (i * 7) % 31) for i in range(N)],
    "Do you have a plan?": [("Yes", "No", "In preparation")[i % 3] for i in range(N)],
    "Why not?": ["" if i % 3 != 1 else ("No time", "No need")[i % 2] for i in range(N)],
    "What do you sell?": [
        ("Books;Films", "Books", "Games;Books", "Films", "Games;Films;Books")[i % 5] for i in range(N)
    ],
    "Rate [Price]": [("Good", "Fair", "Poor")[i % 3] for i in range(N)],
    "Rate [Service]": [("Fair", "Good", "Poor")[i % 3] for i in range(N)],
    "Tools (tick all) [Phone]": ["x" if i % 2 else "" for i in range(N)],
    "Tools (tick all) [Other]": ["x" if i % 7 == 0 else "" for i in range(N)],
    "Anything else?": [f"Comment {i}" for i in range(N)],
}
KINDS = [("single", "break"), ("single", ""), ("number", ""), ("single", ""), ("single", ""), ("multiple", "")]
KINDS += [("single", ""), ("single", ""), ("multiple", "")]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shops.csv"
    pd.DataFrame(SHOPS).to_csv(path, index=False)
    return path


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(surveys, "DATA", tmp_path / "data")
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_each_column_is_taken_for_what_it_is(file):
    drafts, left_out = draft.questions(read_sheet(file))
    assert [(each.kind, each.use) for each in drafts] == KINDS
    assert list(left_out) == ["Timestamp", "Anything else?"]
    region, satisfied, hours, plan, why, sold, price, service, tools = drafts
    assert why.asked_if == f"{plan.question}=no"
    assert "asked_if" in why.guessed
    assert [label for label, _, _ in satisfied.options.values()] == list("12345")
    assert [score for _, _, score in satisfied.options.values()] == list("12345")
    assert {label for label, _, _ in sold.options.values()} == {"Books", "Films", "Games"}
    assert price.set_name == service.set_name != region.set_name
    assert [(label, role) for label, role, _ in tools.options.values()] == [("Phone", "answer"), ("Other", "other")]
    assert hours.options == {}


def test_the_file_then_imports_at_once_and_counts_what_it_holds(file, data, capsys):
    assert command.main(["new", "shops", "--answers", str(file)]) == 0
    assert "left out: 'Anything else?' (free text, dates or names)" in capsys.readouterr().out
    about = data / "shops" / "survey.toml"
    about.write_text(about.read_text("utf-8").replace('= ""', '= "made up"'), "utf-8")
    intake.import_answers("shops", file)
    loaded = survey.load("shops")
    assert loaded.languages == ("en",)
    region, _, _, _, why, sold, *_ = loaded.questions.index
    assert loaded.counts(region)[region].tolist() == [20, 20, 20]
    assert loaded.routed(why) == 20
    assert loaded.counts(sold)[sold].to_dict() == {"books": 48, "films": 36, "games": 24}
    assert command.main(["check", "shops"]) == 0
    said = capsys.readouterr().out
    assert said.count("still to be read: questions.csv, row ") == len(KINDS)
    assert "kind, order of answers, use of which_region_are_you_in guessed" in said


def test_a_form_of_the_example_survey_gives_its_counts_back(tmp_path, data):
    """Drafted without its codebook: every question that the draft takes has the counts of the survey it came from."""
    source = survey.load(surveys.ROOT / "data" / "example-2026")
    form = synthetic.as_form(source, source.responses)
    form.to_csv(tmp_path / "form.csv", index=False)
    questionnaire.start_from_answers("again", tmp_path / "form.csv")
    about = data / "again" / "survey.toml"
    about.write_text(about.read_text("utf-8").replace('= ""', '= "made up"'), "utf-8")
    intake.import_answers("again", tmp_path / "form.csv")
    again = survey.load("again")
    taken = 0
    for question in source.questions.index:
        if source.question(question)["kind"] == "number":
            numbers = source.responses[question].sum()
            taken += any(
                again.responses[q].sum() == numbers for q in again.questions.index[again.questions["kind"] == "number"]
            )
            continue
        wanted = source.table(question).query("count > 0 and role != 'no_answer'")["count"].sort_values().tolist()
        found = [
            again.table(q).query("count > 0 and role != 'no_answer'")["count"].sort_values().tolist()
            for q in again.questions.index
        ]
        taken += wanted in found
    assert taken == len(source.questions)


def test_a_japanese_file_gives_a_japanese_codebook(tmp_path, data):
    rng = np.random.default_rng(1)
    frame = {"性別": rng.choice(["男性", "女性"], 40), "満足度": rng.choice(["満足", "普通", "不満", "無回答"], 40)}
    pd.DataFrame(frame).to_csv(tmp_path / "f.csv", index=False)
    folder, drafts, _ = questionnaire.start_from_answers("ja", tmp_path / "f.csv")
    assert [each.question for each in drafts] == ["q1", "q2"]
    assert pd.read_csv(folder / "options.csv").columns.tolist()[-1] == "label_ja"
    assert ("無回答", "no_answer", "") in drafts[1].options.values()


def test_a_file_without_a_question_leaves_nothing_behind(tmp_path, data):
    (tmp_path / "f.csv").write_text("name\n" + "".join(f"Person {i}\n" for i in range(30)), "utf-8")
    with pytest.raises(survey.SurveyError, match="found no column that could be a question"):
        questionnaire.start_from_answers("none", tmp_path / "f.csv")
    assert list(data.iterdir()) == []
