"""The two example surveys: sound, marked as made up, kept in git as the one exception, and made anew to the same bytes."""

import shutil
import subprocess

import examples
import pandas as pd
import pytest
from scipy import stats

from helpers import LANGUAGES, survey
from helpers.__main__ import main

NAMES = ("example-2025", "example-2026")
MADE_UP = {"en": "made up", "ja": "架空"}


@pytest.fixture(scope="module")
def waves():
    return [survey.load(name) for name in NAMES]


def by_respondent(wave):
    return wave.responses.set_index("respondent")


# --- the folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_check_finds_nothing_wrong(name, capsys):
    assert main(["check", name]) == 0
    assert "nothing wrong" in capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_whatever_names_the_survey_says_that_it_is_made_up(name, lang):
    wave = survey.load(name, lang)
    for key in ("title", "publisher", "source"):
        assert MADE_UP[lang] in wave.info(key).replace("-", " "), key


def test_no_question_or_topic_is_osakas(waves, osaka):
    for wave in waves:
        assert not {*wave.questions.index} & {*osaka.questions.index}
        assert not {*wave.questions["topic"]} & {*osaka.questions["topic"]}


def test_background_questions_are_marked(waves, osaka):
    for wave, expected in ((osaka, ["industry", "employees"]), *((wave, ["region", "size"]) for wave in waves)):
        assert list(wave.questions.index[wave.questions["use"] == "break"]) == expected
        assert {*wave.questions["use"]} - {"headline"} == {"", "break"}


def test_the_later_wave_names_the_earlier_one(waves):
    assert [wave.about.get("baseline") for wave in waves] == [None, "example-2025"]


def test_the_script_makes_both_folders_anew_to_the_same_bytes(tmp_path):
    for name in NAMES:
        (tmp_path / name).mkdir()
        for file in ("survey.toml", "topics.csv", "questions.csv", "options.csv", "counts.csv"):
            shutil.copyfile(survey.DATA / name / file, tmp_path / name / file)
    examples.write(tmp_path)
    for name in NAMES:
        kept = {path.name: path.read_bytes() for path in (survey.DATA / name).iterdir()}
        assert {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} == kept


def test_what_a_codebook_can_say_occurs(waves):
    for wave in waves:
        assert {*wave.questions["kind"]} == {"single", "multiple", "number"}
        assert wave.route("training_hours") == ("training_plan", ["written", "in_preparation"])
        asked = wave.count("training_plan", "written") + wave.count("training_plan", "in_preparation")
        assert wave.table("training_hours").empty
        assert wave.routed("training_hours") == asked - examples.HOURS["unknown"]
        scored = wave.options.dropna(subset="score").groupby("options")["score"].agg(set)
        assert scored.to_dict() == {"extent": {0, 1, 2, 3, 4}, "budget": {-1, 0, 1}}
        assert wave.noun == ("owner", "owners")


# --- what git keeps --------------------------------------------------------------------------------------------------


def ignored(*paths):
    """Those of the paths that git would ignore, whether or not they are there."""
    command = ["git", "check-ignore", "--no-index", *paths]
    run = subprocess.run(command, cwd=survey.ROOT, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        pytest.skip("not a git checkout")
    return run.stdout.split()


def test_git_keeps_the_raw_answers_of_the_examples_only():
    kept = [f"data/{name}/responses.parquet" for name in NAMES]
    out = [
        *("data/osaka-2019/responses.parquet", "data/kobe-2026/responses.parquet", "data/kobe-2026/responses.xlsx"),
        *("data/example-2027/responses.parquet", "data/example-2025/responses.xlsx", "data/example-2026/responses.csv"),
        *("outputs/example-2025/en/report.html", "outputs/example-2026/ja/tables/tests.csv"),
    ]
    assert ignored(*kept, *out) == out


# --- what data/README.md says was put in -----------------------------------------------------------------------------


def test_fifty_members_answered_both_waves(waves):
    first, second = (by_respondent(wave) for wave in waves)
    assert (len(first), len(second), len(first.index.intersection(second.index))) == (79, 81, 50)
    assert first.index.is_unique
    assert second.index.is_unique


def test_members_who_answered_both_stand_by_most_of_what_they_said(waves):
    first, second = (by_respondent(wave) for wave in waves)
    both = first.index.intersection(second.index)
    for question in ("region", "size"):
        assert (first.loc[both, question].astype(str) == second.loc[both, question].astype(str)).all()
    for question in ("digital_accounts", "digital_orders", "digital_stock", "digital_enquiries", "training_plan"):
        codes = [frame.loc[both, question].cat.codes for frame in (first, second)]
        assert stats.spearmanr(*codes).statistic > 0.5, question


def test_answers_about_digital_work_go_together(waves):
    for wave in waves:
        battery = [question for question in wave.questions.index if wave.question(question)["options"] == "extent"]
        codes = wave.responses[battery].apply(lambda column: column.cat.codes)
        assert len(battery) == 4
        assert codes.corr("spearman").to_numpy().min() > 0.15


@pytest.mark.parametrize(
    ("group", "question"), [("size", "digital_orders"), ("size", "training_plan"), ("region", "budget")]
)
def test_some_answers_depend_on_size_or_region(waves, group, question):
    for wave in waves:
        counts = pd.crosstab(wave.responses[group], wave.responses[question].astype(str)).drop(columns="no_answer")
        assert stats.chi2_contingency(counts).pvalue < 0.0005  # 0.05 over more tables than a report has
        assert ((counts > 0) & (counts < 5)).to_numpy().any()  # something to hide


def test_enquiries_and_online_courses_change_and_stock_does_not(waves):
    def p(question):
        counts = [wave.table(question).query("role == 'answer'")["count"] for wave in waves]
        return stats.chi2_contingency(counts).pvalue

    online = [[wave.count("training_now", "online"), wave.respondents] for wave in waves]
    assert p("digital_enquiries") < 0.001
    assert stats.fisher_exact([[ticked, all_ - ticked] for ticked, all_ in online]).pvalue < 0.001
    assert p("digital_stock") > 0.9


def test_waves_differ_in_a_question_each_and_one_answer(waves):
    first, second = ({*wave.questions.index} for wave in waves)
    assert (first - second, second - first) == ({"fax_orders"}, {"ai_tools"})
    listed = [{*zip(wave.counted["question"], wave.counted["option"], strict=True)} for wave in waves]
    shared = {(question, option) for question, option in listed[0] ^ listed[1] if question in first & second}
    assert shared == {("support_wanted", "check_up")}


def test_no_answer_and_not_asked_both_occur(waves):
    for wave in waves:
        assert wave.count("digital_stock", "no_answer") == 3
        reasons = wave.responses.filter(like="training_plan_why_none=")
        assert reasons.isna().all(axis=1).sum() == wave.respondents - wave.count("training_plan", "no_plan")
        asked = reasons.dropna()
        assert (~asked.any(axis=1)).sum() == examples.EMPTY  # asked, and left empty
