"""Crosstabs are by industry and number of employees unless told otherwise; a survey need not have asked either."""

import made_up
import pandas as pd
import pytest
import synthetic

from helpers.survey import load


def with_raw_answers(path, *without):
    made_up.osaka_without(path, *without)
    synthetic.answers(load(path)).to_parquet(path / "responses.parquet", index=False)
    return path


@pytest.mark.parametrize(
    ("without", "groups"),
    [(["employees"], {"industry"}), (["industry"], {"employees"}), (["industry", "employees"], set())],
)
def test_the_usual_groups_are_those_that_were_asked(tmp_path, without, groups):
    run = made_up.report(with_raw_answers(tmp_path / "mine", *without), tmp_path / "out", "--only", "13")
    assert run.returncode == 0, run.stderr
    written = tmp_path / "out" / "mine" / "en" / "tables" / "crosstabs.csv"
    found = set(pd.read_csv(written)["row_question"]) if written.exists() else set()
    assert found == groups


def test_totals_without_the_usual_groups_get_a_report(tmp_path):
    survey = made_up.osaka_without(tmp_path / "mine", "industry", "employees")
    run = made_up.report(survey, tmp_path / "out", "--only", "13")
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "out" / "mine" / "en" / "report.html").read_text(encoding="utf-8")
    assert "Crosstabs need raw answers" in page


def test_groups_that_the_user_names_are_checked(tmp_path):
    survey = made_up.osaka_without(tmp_path / "mine", "employees")
    run = made_up.report(survey, tmp_path / "out", "--only", "13", "-p", "by", "industry, employees")
    assert run.returncode == 2
    assert "parameter by: found 'employees'; expected some of industry" in run.stderr
