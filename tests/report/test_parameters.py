"""Parameters: what notebooks share is checked in one place, with one plain line for what is wrong."""

import pytest

from helpers.report.parameters import (
    ParameterError,
    check_against,
    check_parameter,
    chosen,
    chosen_questions,
    read_reference,
)
from helpers.survey import SurveyError

WRONG = [
    ("survey", " "),
    ("lang", "fr"),
    ("confidence", 1),
    ("confidence", "0.9"),
    ("confidence", True),
    ("output_dir", None),
    ("interval", "exact"),
    ("no_answer", "both"),
    ("min_cell", 2.5),
    ("min_cell", 0),
    ("by", 3),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_in_one_line(name, value):
    with pytest.raises(ParameterError, match=f"parameter {name}: found .*; expected ") as caught:
        check_parameter(name, value)
    assert "\n" not in str(caught.value)


def test_right_values_pass(osaka):
    for name, value in (
        ("survey", "osaka-2019"),
        ("survey", osaka),
        ("confidence", 0.9),
        ("min_cell", 5.0),
        ("by", ""),
    ):
        assert check_parameter(name, value) is value


def test_a_notebooks_own_parameters_are_its_own():
    assert check_parameter("whatever", object) is object


def test_options_are_checked_against_their_question(osaka):
    assert chosen(osaka, "asked", "q3", "not_known, done", left=1) == ["not_known", "done"]
    with pytest.raises(ParameterError, match="parameter asked: found 'nope'; expected some of"):
        chosen(osaka, "asked", "q3", "nope")
    with pytest.raises(ParameterError, match="parameter asked: found ''; expected some of"):
        chosen(osaka, "asked", "q3", "")


def test_enough_answers_must_be_left_over(osaka):
    answers = osaka.table("q3").query("role in ('answer', 'undisclosed')")["option"]
    with pytest.raises(ParameterError, match="at least 2 left over"):
        chosen(osaka, "asked", "q3", ", ".join(answers[:-1]), left=2)
    with pytest.raises(ParameterError, match="at least one of"):
        chosen(osaka, "asked", "q3", "no_answer")


def test_questions_are_checked_against_the_survey(osaka):
    assert chosen_questions(osaka, "by", "employees, industry, employees", kind="single") == ["employees", "industry"]
    with pytest.raises(ParameterError, match="parameter by: found 'q4'; expected some of"):
        chosen_questions(osaka, "by", "q4", kind="single")
    with pytest.raises(ParameterError):
        check_against(osaka, "by", "q4")
    check_against(osaka, "by", "")
    check_against(osaka, "questions", "q4")
    with pytest.raises(SurveyError):
        check_against(osaka, "baseline", "no-such-survey")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("option\nconstruction\n", "found columns option; expected option, share"),
        ("option,share\nnope,1\n", "row 2: found 'nope'"),
        ("option,share\nconstruction,1\nconstruction,2\n", "row 3: found 'construction'"),
        ("option,share\nconstruction,-1\n", "row 2: found share '-1'"),
        ("option,share\nconstruction,1\n", "found 1 options; expected two or more"),
    ],
)
def test_a_wrong_reference_is_named_with_its_row(osaka, tmp_path, text, message):
    (tmp_path / "mix.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=message):
        read_reference(tmp_path / "mix.csv", osaka, "industry")


def test_a_reference_that_is_not_there(osaka):
    with pytest.raises(ParameterError, match=r"reference: cannot read nowhere\.csv"):
        read_reference("nowhere.csv", osaka, "industry")
