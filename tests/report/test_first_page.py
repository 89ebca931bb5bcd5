"""Which figures the first page shows: those that the codebook marks, or those that a rule takes."""

import json

import pandas as pd
import pytest

from helpers.report.first_page import chosen


def headline(notebook, figure, share, flag=""):
    return {"notebook": notebook, "figure": figure, "share": share, "flag": flag}


HEADLINES = pd.DataFrame(
    [
        headline("01", "a", 0.9),
        headline("02", "b", 0.5),
        headline("02", "c", 0.7),
        headline("03", "d", 0.99, "few"),
        headline("04", "e", 0.2),
        headline("05", "f", 0.3),
        headline("06", "g", 0.1),
    ]
)


def finding(figure, question, kind="share", difference=0.0):
    values = json.dumps([0.5, 0.5, difference, 0, 0])
    return {"figure": figure, "questions": question, "kind": kind, "values": values}


FINDINGS = pd.DataFrame(
    [
        finding("b", "q1", "difference_shown", 0.1),
        finding("e", "q2", "paired_always", -0.3),
        finding("g", "q3", "difference_not_shown", 0.9),
        finding("a", "q4|q5"),
    ]
)


def test_marked_questions_come_in_the_reports_order(osaka):
    marked = osaka.questions.assign(use="").rename(index={"industry": "q2", "employees": "q5"})
    marked.loc["q2", "use"], marked.loc["q5", "use"] = "headline", "break|headline"

    class Marked:
        questions = marked

    assert chosen(Marked, FINDINGS, HEADLINES) == ["a", "e"]


def test_else_the_largest_differences_that_stand_and_the_largest_shares_of_other_chapters(osaka):
    class Plain:
        questions = osaka.questions.assign(use="")

    # e and b differ most; then the largest share that is not weak of each chapter: a, f, g; d is weak, and comes after
    assert chosen(Plain, FINDINGS, HEADLINES) == ["a", "b", "e", "f", "g"]


def test_osakas_are_the_five_that_its_codebook_marks(osaka):
    assert [q for q, row in osaka.questions.iterrows() if "headline" in row["use"]] == [
        "q2_suppliers",
        "q4",
        "q6",
        "q7_content",
    ]


@pytest.mark.parametrize("use", ["", "headline"])
def test_a_report_without_figures_has_none(osaka, use):
    class Plain:
        questions = osaka.questions.assign(use=use)

    assert chosen(Plain, FINDINGS.iloc[:0], HEADLINES.iloc[:0]) == []
