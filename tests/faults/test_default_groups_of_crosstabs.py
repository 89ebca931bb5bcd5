"""Crosstabs are by the questions that the codebook marks; a survey need not have asked any of them."""

import made_up
import pandas as pd
import pytest
import synthetic

from helpers.run import plan
from helpers.survey import load


def with_raw_answers(path, *without):
    made_up.osaka_without(path, *without)
    synthetic.answers(load(path)).to_parquet(path / "responses.parquet", index=False)
    return path


@pytest.mark.parametrize(
    ("without", "groups"),
    [(["employees"], ["industry"]), (["industry"], ["employees"]), ([], ["industry", "employees"])],
)
def test_the_groups_are_those_that_were_asked(tmp_path, without, groups):
    survey = with_raw_answers(tmp_path / "mine", *without)
    assert list(load(survey).breaks) == groups
    assert "12_crosstabs" in plan.plan(str(survey), "en").notebooks


def test_without_groups_the_other_chapters_get_their_report(tmp_path):
    survey = with_raw_answers(tmp_path / "mine", "industry", "employees")
    job = plan.plan(str(survey), "en")
    assert "03_awareness" in job.notebooks
    assert "12_crosstabs" not in job.notebooks
    assert str(job.left_out["12_crosstabs"]) == "no question has use = break"


def test_groups_that_the_user_names_are_checked(tmp_path):
    survey = with_raw_answers(tmp_path / "mine", "employees")
    run = made_up.report(survey, tmp_path / "out", "--only", "12", "-p", "by", "industry, employees")
    assert run.returncode == 2
    assert "parameter by: found 'employees'; expected some of industry" in run.stderr


def test_crosstabs_by_one_group_are_written(tmp_path):
    survey = with_raw_answers(tmp_path / "mine", "employees")
    run = made_up.report(survey, tmp_path / "out", "--only", "12")
    assert run.returncode == 0, run.stderr
    written = pd.read_csv(tmp_path / "out" / "mine" / "en" / "tables" / "crosstabs.csv")
    assert set(written["row_question"]) == {"industry"}
