"""Who counts as an answer: one rule, in the account and in survey.toml."""

import tomllib

import pytest
from importing import HEAD, answers_of, mapping_path, refused, take

from helpers import survey
from helpers.intake import account as outcome
from helpers.intake import who


def kept_in(folder):
    """The table [intake] of survey.toml."""
    return tomllib.loads((folder / "survey.toml").read_text(encoding="utf-8"))["intake"]


# --- drop-outs -------------------------------------------------------------------------------------------------------


def longer(folder):
    """The small survey with three more questions behind its own, the last two for everybody."""
    with (folder / "questions.csv").open("a", encoding="utf-8") as file:
        file.write("plans,t,multiple,tools,,respondents,,Plans,予定,\nagain,t,single,sizes,,respondents,,Again,再,\n")
    with (folder / "counts.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"plans,{o},\n" for o in ("none", "pen", "it", "other")) + "again,small,\nagain,large,\n")
    return folder


def test_who_stopped_counts_as_far_as_they_came(small):
    """Shares of a several-answer question are on those who saw it: 1 of 2 in "plans", not 1 of 5."""
    rows = ["a,small,IT,,IT,small", "b,large,IT,luck,,small", "c,small,IT,,,", "d,small,,,,", "e,large,,,,"]
    account = take(longer(small), "respondent,size,tools,why,plans,again\n" + "\n".join(rows) + "\n")
    loaded = survey.load(small)
    assert {q: loaded.question(q)["base"] for q in ("size", "tools", "plans", "again")} == {
        "size": 5,
        "tools": 3,
        "plans": 2,
        "again": 2,
    }
    assert loaded.count("plans", "it") == 1
    said = "respondents who stopped before the end, counted as far as they came: 3 (after size: 2, after tools: 1)"
    assert said in account.notes
    assert kept_in(small) == {"rows": 5, "counted": 5, "stopped_after": {"size": 2, "tools": 1}}


def test_one_empty_question_at_the_end_is_left_empty_and_not_missed(small):
    take(longer(small), "respondent,size,tools,why,plans,again\na,small,IT,,IT,\nb,small,IT,,IT,small\n")
    assert survey.load(small).question("again")["base"] == 2
    assert "stopped_after" not in kept_in(small)


@pytest.mark.parametrize(("unseen", "base"), [("", 1), ("0", 2)])
def test_a_no_tells_that_a_question_was_seen_if_others_have_neither_yes_nor_no(small, unseen, base):
    """With a 0 in every row, as REDCap and data frames have it, a 0 tells nothing: the last answer does."""
    ticks = ",".join(f"plans={o}" for o in ("none", "pen", "it", "other"))
    rows = [
        f"small,IT,,0,0,0,0,{'small' if unseen else ''}",
        f"small,,,{','.join([unseen] * 4)},{'large' if unseen else ''}",
    ]
    take(longer(small), f"size,tools,why,{ticks},again\n" + "\n".join(rows) + "\n")
    assert survey.load(small).question("plans")["base"] == base


# --- rows that are no answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "values", "reason", "name"),
    [
        ("Finished", ("True", "True", "False"), outcome.UNFINISHED, "unfinished"),
        ("Progress", ("100", "100%", "40"), outcome.UNFINISHED, "unfinished"),
        ("回答状況", ("完了", "完了", "途中離脱"), outcome.UNFINISHED, "unfinished"),
        ("Response Status", ("Complete", "completed", "Partial"), outcome.UNFINISHED, "unfinished"),
        ("Status", ("IP Address", "IP Address", "Survey Preview"), outcome.PREVIEW, "preview"),
        ("_validation_status", ("", "Approved", "Not approved"), outcome.PREVIEW, "preview"),
        ("Do you agree to take part?", ("Yes", "yes", "No"), outcome.DECLINED, "no_consent"),
        ("調査への同意", ("同意する", "同意する", "同意しない"), outcome.DECLINED, "no_consent"),
        ("Informed consent (choice=I agree)", ("Checked", "Checked", "Unchecked"), outcome.DECLINED, "no_consent"),
    ],
)
def test_a_column_of_the_form_says_that_a_row_is_no_answer(small, heading, values, reason, name):
    rows = [f"{value},{who},small,IT," for value, who in zip(values, "abc", strict=True)]
    account = take(small, f"{heading},{HEAD}" + "\n".join(rows) + "\n")
    assert account.rows == {outcome.KEPT: 2, outcome.EMPTY_ROW: 0, outcome.AGAIN: 0, reason: 1}
    assert f"rows {reason}: 1 (row 4)" in account.notes
    assert list(answers_of(small)) == ["a", "b"]
    assert kept_in(small) == {"rows": 3, "counted": 2, name: 1}


def test_a_status_that_is_not_known_counts_and_is_said(small):
    account = take(small, f"Status,{HEAD}complete,a,small,IT,\nsleeping,b,small,IT,\n")
    assert account.rows[outcome.KEPT] == 2
    assert "Status: 'sleeping' is no status that is known; such rows count" in account.notes


def test_unfinished_rows_count_by_choice(small):
    text = f"Finished,{HEAD}True,a,small,IT,\nFalse,b,small,IT,\nFalse,c,,,\n"
    assert take(small, text).rows[outcome.KEPT] == 1
    mapping_path(small).write_text('[rows]\nunfinished = "count"\n')
    account = take(small, text)
    assert account.rows == {outcome.KEPT: 2, outcome.EMPTY_ROW: 1, outcome.AGAIN: 0}


def test_a_question_that_is_called_as_a_column_of_forms_is_a_question(small):
    """A survey that asks for the "Status" of its respondents: the codebook goes before what tools are known to add."""
    path = small / "questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("How large is your firm?", "Status"), encoding="utf-8")
    assert take(small, "respondent,Status,tools,why\na,small,IT,\nb,small,IT,\n").rows[outcome.KEPT] == 2


# --- the same respondent twice ---------------------------------------------------------------------------------------

TWICE = "Timestamp,Email Address,size,tools,why\n2026/05/02 1:00:00 PM,A@example.jp,small,IT,\n"
TWICE += "2026/05/02 9:00:00 AM,a@example.jp ,large,IT,luck\n2026/05/01 9:00:00 PM,b@example.jp,large,IT,\n"


@pytest.mark.parametrize(
    ("choice", "sizes"),
    [("", ["small", "large"]), ("first", ["large", "large"]), ("all", ["small", "large", "large"])],
)
def test_the_last_answer_of_a_respondent_counts_unless_chosen_otherwise(small, choice, sizes):
    """Later is by the time of the form, not by the order of the rows: 1 p.m. is after 9 a.m. of the row below."""
    if choice:
        mapping_path(small).write_text(f'[rows]\nsame_respondent = "{choice}"\n')
    account = take(small, TWICE)
    assert [each["size"] for each in answers_of(small).values()] == sizes
    if choice != "all":
        which = choice or "last"
        assert f"rows of the same respondent, told by the email: the {which} one counts" in account.notes


def test_the_last_complete_answer_counts(small):
    rows = ["a,small,IT,,IT,small", "a,large,,,,", "b,small,IT,,IT,small", "b,large,IT,luck,IT,small"]
    take(longer(small), "id,size,tools,why,plans,again\n" + "\n".join(rows) + "\n")
    assert {name: each["size"] for name, each in answers_of(small).items()} == {"a": "small", "b": "large"}


def test_respondents_who_are_not_told_apart_are_not_taken_for_one(small):
    rows = "".join(f"{n},anonymous,small,IT,\n" for n in range(3)) + "3,,small,IT,\n4,,small,IT,\n"
    assert take(small, "ID,Email,size,tools,why\n" + rows).rows[outcome.KEPT] == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[rows]\nsame_respondent = "best"\n', "same_respondent = 'best' in [rows]; expected one of last, first, all"),
        ("[rows]\nx = 1\n", "'x' in [rows]; expected one of same_respondent, unfinished"),
    ],
)
def test_choices_that_there_are_not(small, text, expected):
    mapping_path(small).write_text(text)
    assert expected in refused(small, HEAD + "a,small,IT,\n")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026/05/01 午前 11:05:09 GMT+9", "2026/05/01 午後 1:05:09 GMT+9"),
        ("05/31/2026 10:00:00 AM", "06/01/2026 9:00:00 AM"),
        ("31.05.2026 10:00", "01.06.2026 09:00"),
        ("2026-05-01T10:00:00.000+09:00", "2026-05-01T10:00:01.000+09:00"),
        ("2026年5月9日 9:00", "2026年5月10日 9:00"),
        ("5/1/2026 12:30:00 AM", "5/1/2026 12:30:00 PM"),
    ],
)
def test_moments_sort_as_time_passes(earlier, later):
    day_first = earlier.startswith("31")
    assert who.moment(earlier, day_first) < who.moment(later, day_first)
