"""Every column of a file holds one thing, and every question has its column."""

import pytest
from importing import answers_of, mapping_path, put, refused, take

from helpers.intake import account as outcome
from helpers.intake import answers as intake


def test_a_short_name_of_several_questions_is_not_guessed(kobe):
    """Osaka's questions on suppliers share the short name "Suppliers"."""
    with pytest.raises(intake.Unsettled) as caught:
        intake.import_answers(kobe, put(kobe, "Suppliers\nx\n"))
    assert "heading 'Suppliers' matches several: q1_suppliers, q2_suppliers, " in str(caught.value)


def test_two_columns_for_one_question_are_settled_by_a_person(small):
    text = "size,size,tools,why\nsmall,large,IT,\n"
    assert "columns 1 and 2 for size; expected one of them settled as \"ignore\": 'size #2'" in refused(small, text)
    mapping_path(small).write_text('[columns]\n"size #2" = "ignore"\n')
    take(small, text)
    assert answers_of(small)["1"]["size"] == "small"


def test_answers_under_no_heading_are_refused_and_empty_columns_counted(small):
    said = refused(small, "size,tools,why,,\nsmall,IT,,,\nsmall,IT,,lost,\n")
    assert said == "column 4, row 3: found an answer under no heading; expected a heading"
    account = take(small, "size,tools,why,,\nsmall,IT,,,\nsmall,IT,,,\n")
    assert account.cells[outcome.NO_HEADING] == 4


def test_missing_questions_and_options_are_named(small):
    assert "no column for tools" in refused(small, "size,why\nsmall,\n")
    said = refused(small, "size,why,tools=pen,tools=it,tools=other\nsmall,,1,,\n")
    assert said == "no column for tools=none; expected one, or no such row in counts.csv"
