"""The rules of an import: what is kept, whose it is, to whom a question was put, each counted in the account."""

import pytest
import synthetic
from importing import HEAD, answers_of, refused, take

from helpers import survey
from helpers.intake import account as outcome
from helpers.intake import answers as intake
from helpers.intake import store


def test_every_rule_is_applied_counted_and_named_by_row(small):
    text = (
        (
            HEAD + "a,small,IT,\n"  # row 2
            "a,large,IT,luck\n"  # again
            "c,,,\n"  # without any answer
            "\n"
            "d,small;large,Nothing,\n"  # two answers
            "e,small,Pen\u3001 pencil (any),growth\n"  # out of route
            ",large,,Growth;Luck\n"
            "g,,IT,\n"
        )
        .replace("Pen\u3001", '"Pen,')
        .replace("(any)", '(any)"')
    )
    account = take(small, text)
    assert account.rows == {outcome.KEPT: 5, outcome.EMPTY_ROW: 2, outcome.AGAIN: 1}
    assert account.cells == {
        outcome.ROW_OUT: 12,
        outcome.KEYS: 5,
        outcome.STORED: 9,
        outcome.BLANK: 4,
        outcome.DOUBLE: 1,
        outcome.OUT: 1,
    } | dict.fromkeys(
        (
            outcome.LEFT,
            outcome.NO_HEADING,
            outcome.UNANSWERED,
            outcome.KNOWN,
            outcome.COMMENT,
            outcome.WORDS,
            outcome.SAID_AGAIN,
        ),
        0,
    )
    assert account.notes == [
        "rows of the same respondent, told by the respondent id: the last one counts",
        "rows kept out, no answer in it: 2 (row 4, 5)",
        "rows kept out, another row of the same respondent counts: 1 (row 2)",
        "rows without respondent id, named after their row: 1",
        "size: two answers to a single choice, stored as no answer: 1 (row 6)",
        "why: answers of respondents to whom it was not put, kept out: 1 (row 7)",
        "options.csv: no_answer added to sizes",
    ]
    assert answers_of(small) == {
        "a": {"size": "large", "tools": {"it"}, "why": {"luck"}},
        "d": {"size": "no_answer", "tools": {"none"}, "why": None},
        "e": {"size": "small", "tools": {"pen"}, "why": None},
        "row 8": {"size": "large", "tools": set(), "why": {"growth", "luck"}},
        "g": {"size": "no_answer", "tools": {"it"}, "why": None},
    }
    loaded = survey.load(small)
    assert loaded.respondents == 5
    assert list(loaded.table("size")["count"]) == [1, 2, 2]
    assert loaded.table("size")["label"].iloc[-1] == "No answer"
    assert loaded.question("why")["base"] == 3  # ticks of two firms
    assert (small / store.RECORD).read_text(encoding="utf-8").splitlines() == account.lines()


def test_one_column_per_option_of_a_single_choice(small):
    take(small, "id,size=small,size=large,tools,why\na,1,0,IT,\nb,1,1,IT,luck\nc,0,yes,IT,luck\n")
    assert [each["size"] for each in answers_of(small).values()] == ["small", "no_answer", "large"]


def test_answered_any(kobe, osaka):
    """Who answered one of the two questions was asked both; the others were asked neither."""
    frame = synthetic.answers(osaka)
    path = kobe.parent / "answers.csv"
    form = synthetic.as_form(osaka, frame)
    damage, content = osaka.wording("q7_damage"), osaka.wording("q7_content")
    form.loc[form[damage].ne("").idxmax(), content] = ""
    form.to_csv(path, index=False)
    intake.import_answers(kobe, path)
    stored = survey.load(kobe).responses
    asked = form[damage].ne("") | form[content].ne("")
    for column in ("q7_damage=leak", "q7_content=other"):
        assert (stored[column].notna() == asked).all()


def test_weights_are_stored(small):
    take(small, "size,tools,why,重み\nsmall,IT,,0.5\nlarge,IT,luck,2\n")
    stored = survey.load(small).responses
    assert stored["weight"].dtype == "float64"
    assert list(stored["weight"]) == [0.5, 2.0]


@pytest.mark.parametrize("weight", ["", "0", "-1", "nan", "inf", "heavy", "1,5", "1_0", "１"])
def test_weights_that_are_none(small, weight):
    said = refused(small, f'size,tools,why,weight\nsmall,IT,,1\nlarge,IT,luck,"{weight}"\n')
    assert said.startswith(f"column 'weight': found weight {weight!r} (row 3); expected a number above 0")
