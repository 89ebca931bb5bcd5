"""What matches nothing is listed, drafted into mapping.toml, settled there, and never guessed."""

import tomllib

import pandas as pd
import pytest
from importing import HEAD, answers_of, mapping_path, refused, take, unsettled

from helpers import __main__ as command
from helpers.intake import account as outcome
from helpers.intake import answers as intake


def test_unknown_heading_and_answer_are_listed_drafted_and_settled(small, capsys):
    text = "Weather,respondent,Size of firm,tools,why\n2026,a,larg,IT;We use abacuses,luck\n"
    said = unsettled(small, text)
    assert "heading 'Weather' matches no question" in said
    assert "heading 'Size of firm' matches no question" in said
    assert "answer 'We use abacuses' of tools matches no option" in said
    assert "no column for size: taken as put to nobody (an unsettled heading may be it)" in said
    assert command.main(["check", str(small)]) == 2
    assert "mapping.toml: found 'weather', still to be settled" in capsys.readouterr().out

    draft = mapping_path(small).read_text(encoding="utf-8")
    assert tomllib.loads(draft)["columns"] == {"Weather": "", "Size of firm": ""}
    draft = draft.replace('"Weather" = ""', '"Weather" = "ignore"').replace('firm" = ""', 'firm" = "size"')
    draft = draft.replace('abacuses" = ""', 'abacuses" = "other"').replace("\n[columns]", "\n# mine\n[columns]")
    mapping_path(small).write_text(draft, encoding="utf-8")
    said = unsettled(small, text)  # the answers of the column that is settled now
    assert said.startswith("answer 'larg' of size matches no option (nearest: large")
    draft = mapping_path(small).read_text(encoding="utf-8")
    assert "# mine" in draft
    assert '"larg" = ""  # nearest: large' in draft
    mapping_path(small).write_text(draft.replace('"larg" = ""', '"larg" = "large"'), encoding="utf-8")
    account = take(small, text)
    assert account.cells[outcome.LEFT] == 1
    assert answers_of(small) == {"a": {"size": "large", "tools": {"it", "other"}, "why": {"luck"}}}


def test_new_entries_go_into_their_table(small):
    """A second file with another heading: the table that is there grows, and what was settled stays."""
    mapping_path(small).write_text('[columns]\n"Weather" = "ignore"\n[answers.tools]\n"abacus" = "other"\n')
    unsettled(small, "Weather,Moon," + HEAD + "1,2,a,small,abacus;slate,\n")
    drafted = tomllib.loads(mapping_path(small).read_text(encoding="utf-8"))
    assert drafted["columns"] == {"Weather": "ignore", "Moon": ""}
    assert drafted["answers"] == {"tools": {"abacus": "other", "slate": ""}}


def test_everything_else_can_be_settled_at_once(small):
    mapping_path(small).write_text('[answers.tools]\n"*" = "other"\n')
    take(small, HEAD + "a,small,abacus,\nb,small,slide rule;IT,\n")
    assert {name: each["tools"] for name, each in answers_of(small).items()} == {"a": {"other"}, "b": {"other", "it"}}


def test_ticks_that_are_unknown_are_settled(small):
    text = "id,size,tools=none,tools=pen,tools=it,tools=other,why\na,small,non,oui,1,,\n"
    assert "answer 'oui' of tools matches no option" in unsettled(small, text)
    mapping_path(small).write_text('[answers.tools]\n"oui" = "ticked"\n"non" = "not_ticked"\n')
    take(small, text)
    assert answers_of(small)["a"]["tools"] == {"pen", "it"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[columns]\n"x" = "sise"\n',
            "question, question=option, respondent, weight, stratum, cluster, comment or ignore",
        ),
        (
            '[columns]\n"x" = "size=tiny"\n',
            "question, question=option, respondent, weight, stratum, cluster, comment or ignore",
        ),
        ('[columns]\n"x" = ["size"]\n', "question, question=option"),
        ('[answers.size]\n"x" = "tiny"\n', "one of small, large, no_answer, ignore, ticked, not_ticked"),
        ('[answers.size]\n"x" = ["small", "large"]\n', "one of small"),
        ('[answers.tools]\n"x" = ["pen", "tiny"]\n', "one of none"),
        ('[answers.tools]\n"x" = 1\n', "one of none"),
        ('[answers.sise]\n"x" = "tiny"\n', "a question of questions.csv"),
        ('[column]\n"x" = "size"\n', "[columns] and [answers.QUESTION] only"),
        ("columns = 1\n", "[columns] and [answers.QUESTION] only"),
        ("[columns\n", "lines of the form"),
    ],
)
def test_mapping_that_is_wrong(small, text, expected):
    mapping_path(small).write_text(text)
    said = refused(small, HEAD + "a,small,IT,\n")
    assert said.startswith("small/mapping.toml")
    assert expected in said


@pytest.mark.parametrize("old", ["columns = {}\n", '["columns"]\n'])
def test_mapping_that_nothing_can_be_added_to_is_left_alone(small, old):
    mapping_path(small).write_text(old)
    assert "nothing can be added" in refused(small, "Weather," + HEAD + "1,a,small,IT,\n")


@pytest.mark.parametrize(
    "text", ['quo"te', "back\\slash", "tab\tin", "line\nbreak", "del\x7f", "=cmd()", "#", "[x]", "x" * 10_000]
)
def test_any_text_can_be_drafted(small, text):
    path = small.parent / "answers.csv"
    pd.DataFrame({"size": ["small"], "tools": ["IT"], "why": [""], text: ["x"]}).to_csv(path, index=False)
    with pytest.raises(intake.Unsettled):
        intake.import_answers(small, path)
    drafted = tomllib.loads(mapping_path(small).read_text(encoding="utf-8"))
    assert drafted["columns"] == {" ".join(text.split()): ""}
