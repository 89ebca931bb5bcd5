"""Answers and names are matched by id or label, whatever their width, case and dashes, and never by likeness."""

import pytest
from importing import HEAD, answers_of, mapping_path, take, unsettled

from helpers import survey
from helpers.intake import headings, matching
from helpers.intake.nearest import nearest_headings, nearest_options, told_apart
from helpers.intake.reader import Reader


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("it", {"it"}),
        ("ＩＴ", {"it"}),
        (" I T ", {"it"}),
        ("Pen, pencil (any)", {"pen"}),
        ("IT,Pen, pencil (any),Other", {"it", "pen", "other"}),
        ("IT; Pen, pencil (any)", {"it", "pen"}),
        ("ペン、鉛筆、ＩＴ、その他", {"it", "pen", "other"}),
        ("ﾍﾟﾝ､鉛筆", {"pen"}),
        ("PEN,　PENCIL（ANY）；it", {"pen", "it"}),
        ("IT;", {"it"}),
        ("IT;IT", {"it"}),
        ("no answer", set()),
    ],
)
def test_several_answers_in_a_cell(small, cell, expected):
    take(small, f'{HEAD}a,small,"{cell}",\n')
    assert answers_of(small)["a"]["tools"] == expected


@pytest.mark.parametrize("cell", ["1–1,000", "1-1,000", "1—1,000", "～1000人", "〜１０００ 人", "~1000人", "SMALL"])
def test_kinds_of_dash_and_width_do_not_matter(small, cell):
    take(small, f'{HEAD}a,"{cell}",IT,\n')
    assert answers_of(small)["a"]["size"] == "small"


def test_a_cell_that_could_be_one_answer_or_two_is_not_guessed(small):
    with (small / "options.csv").open("a", encoding="utf-8") as file:
        file.write("tools,pencil,5,answer,pencil (any),鉛筆\ntools,just_pen,6,answer,Pen,ペン\n")
    said = unsettled(small, f'{HEAD}a,small,"Pen, pencil (any)",\n')
    assert "answer 'Pen, pencil (any)' of tools could be one answer or several" in said
    text = mapping_path(small).read_text(encoding="utf-8")
    mapping_path(small).write_text(text.replace('(any)" = ""', '(any)" = ["just_pen", "pencil"]'), encoding="utf-8")
    take(small, f'{HEAD}a,small,"Pen, pencil (any)",\n')
    assert answers_of(small)["a"]["tools"] == {"just_pen", "pencil"}


def test_labels_that_look_the_same_are_not_guessed(small):
    with (small / "options.csv").open("a", encoding="utf-8") as file:
        file.write("tools,it_2,5,answer,i t,Ｉ Ｔ２\n")
    assert "answer 'I.T' of tools" in unsettled(small, f"{HEAD}a,small,I.T,\n")
    mapping_path(small).unlink()
    take(small, f"{HEAD}a,small,it,\n")  # an id decides
    assert answers_of(small)["a"]["tools"] == {"it"}


def test_nearest_names_are_only_named(small):
    names = matching.Names(*(survey.read_codebook(small)[0][name] for name in ("questions.csv", "options.csv")))
    assert matching.match_heading(names, "toolz") == set()
    assert nearest_headings(names, "toolz")[0].startswith("tools")


def test_something_is_always_nearest_and_it_is_the_nearest(small):
    names = matching.Names(*(survey.read_codebook(small)[0][name] for name in ("questions.csv", "options.csv")))
    assert nearest_headings(names, "回答日") == ["size", "tools", "why"]  # like none: all that there are
    long = "Please answer for your firm as a whole, and for the last financial year that has been closed. " * 3
    assert nearest_headings(names, long + "How large is your firm?")[0] == "size"
    reader = Reader(names, "tools")
    assert nearest_options(names, reader, "Pens and pencils")[0] == "pen"
    assert nearest_options(names, reader, "zzz") == ["none", "pen", "it"]


def test_long_headings_are_cut_where_they_differ():
    common = "How well do you know the measures of your trading partners against attacks, as far as you are told"
    ends = told_apart([f"{common} [{group}]" for group in ("suppliers", "customers")])
    assert ["suppliers" in ends[0], "customers" in ends[1]] == [True, True]
    middles = told_apart([f"{common} by {group}, {common}" for group in ("suppliers", "customers")])
    assert ["suppliers" in middles[0], "customers" in middles[1]] == [True, True]
    assert max(map(len, ends + middles)) <= 64
    assert told_apart(["short"]) == ["'short'"]


def test_what_other_forms_call_a_question_or_an_answer_is_read(small):
    """The column `also`: other wordings, such as those of an earlier form."""
    frames, _ = survey.read_codebook(small)
    options = frames["options.csv"].assign(also="")
    options.loc[options["option"] == "small", "also"] = "Tiny|A handful"
    questions = frames["questions.csv"].assign(also=["How big?", *[""] * (len(frames["questions.csv"]) - 1)])
    names = matching.Names(questions, options)
    known, _ = names.answers("size")
    assert (known["tiny"], known["ahandful"]) == ("small", "small")
    assert headings.find(names, "How big?")[0] == {matching.Target("question", "size")}
