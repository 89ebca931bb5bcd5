"""Every column of a file holds one thing, and every question has its column."""

import pytest
from importing import answers_of, mapping_path, put, refused, take

from helpers import survey
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


def test_questions_and_options_without_a_column_are_named(small):
    """Forms leave out the column of an option that nobody chose, and an export may hold a part of the questions."""
    account = take(small, "why,size\n,small\n")
    assert "no column for tools: taken as put to nobody" in account.notes
    assert survey.load(small).unasked == ("tools", "why")
    account = take(small, "size,why,tools=pen,tools=it,tools=other\nsmall,,1,,\n")
    assert "no column for tools=none: taken as chosen by nobody" in account.notes
    assert survey.load(small).count("tools", "none") == 0
    assert refused(small, "weight,id\n1,2\n").startswith("answers.csv: found no column of any question")


def test_columns_that_say_the_same_must_agree(small):
    head = "size,tools,tools=none,tools=pen,tools=it,tools=other,why\n"
    account = take(small, head + "small,IT,0,0,1,0,\nsmall,IT;Other,,,1,1,\n")
    assert account.cells[outcome.SAID_AGAIN] == 8
    assert [each["tools"] for each in answers_of(small).values()] == [{"it"}, {"it", "other"}]
    said = refused(small, head + "small,IT,0,0,1,0,\nsmall,IT,0,1,1,0,\n")
    assert said == "tools=pen: found columns that disagree (row 3); expected one settled as ignore"
