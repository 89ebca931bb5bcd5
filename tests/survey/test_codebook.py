"""What a codebook of any questionnaire can say, and the one message for each thing that it cannot."""

import codebooks
import pandas as pd
import pytest

from helpers import survey
from helpers.survey import SurveyError

JOBS = codebooks.options("Full time", "Part time", "None", no_answer=1)


def edited(folder, name, **cells):
    """Change columns of a CSV file: {column: value for all rows, or function of the table}."""
    path = folder / f"{name}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column, value in cells.items():
        table[column] = value(table) if callable(value) else value
    table.to_csv(path, index=False)


@pytest.fixture
def school(tmp_path):
    """Questions of every shape, with raw answers of 60."""
    return codebooks.write(tmp_path / "school", codebooks.totals_only(), raw=True)


def message(folder):
    with pytest.raises(SurveyError) as caught:
        survey.load(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder.name}/").partition(" (")[0]


# --- routes by several answers ---------------------------------------------------------------------------------------


def routed(folder, kind="single", base=""):
    asked = [codebooks.question("job", "work", kind, JOBS, "jobs")]
    asked.append(codebooks.question("hours", "work", "single", codebooks.SCALE, "scale", "job=o1|job=o2"))
    codebooks.write(folder, asked, raw=kind == "single")
    if base:
        edited(folder, "questions", base=lambda q: q["base"].where(q["question"] != "hours", base))
    return folder


def test_the_base_of_a_question_put_after_one_of_two_answers_is_their_sum(tmp_path):
    loaded = survey.load(routed(tmp_path / "work"))
    jobs = loaded.counts("job")["job"]
    assert loaded.routed("hours") == jobs["o1"] + jobs["o2"] == loaded.table("hours")["count"].sum()
    assert loaded.responses["hours"].notna().sum() == loaded.routed("hours")


def test_where_several_answers_were_possible_the_base_must_be_given(tmp_path):
    said = message(routed(tmp_path / "work", "multiple"))
    assert "found no base of hours; expected how many gave one of the answers job=o1|job=o2, from " in said


@pytest.mark.parametrize("route", ["job=o1|trade=o2", "job=o1|job=o1", "job=o1|", "job"])
def test_a_route_that_is_none(tmp_path, route):
    folder = routed(tmp_path / "work")
    edited(folder, "questions", asked_if=lambda q: q["asked_if"].where(q["question"] != "hours", route))
    assert message(folder).startswith(
        f"questions.csv, row 3: found asked_if {route!r}; expected empty, or question=option"
    )


# --- languages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gone", "left"), [("en", "ja"), ("ja", "en")])
def test_one_language_is_enough_and_the_one_that_is_taken(school, gone, left):
    loaded = survey.load(codebooks.in_one_language(school, left))
    assert (loaded.languages, loaded.lang) == ((left,), left)
    with pytest.raises(SurveyError, match=f"lang: found '{gone}'; expected one of {left}, the languages of school"):
        survey.load(school, gone)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: edited(f, "options", label_ja=""), "options.csv, row 2: found label_ja ''; expected some text"),
        (lambda f: in_columns(f, "questions", "text_ja"), "questions.csv, row 1: found columns "),
        (lambda f: in_columns(f, "options", "label_en"), "options.csv, row 1: found columns "),
        (lambda f: without_line(f, "title_ja"), "survey.toml: found no title_ja; expected title_ja = a text"),
    ],
)
def test_two_languages_half_filled(school, spoil, said):
    spoil(school)
    assert message(school).startswith(said)


def in_columns(folder, name, column):
    path = folder / f"{name}.csv"
    pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=column).to_csv(path, index=False)


def without_line(folder, key):
    path = folder / "survey.toml"
    path.write_text("\n".join(line for line in path.read_text("utf-8").splitlines() if key not in line), "utf-8")


# --- scores, topics, groups, numbers ---------------------------------------------------------------------------------


def scored(table, options="scale", scores=("2", "1", "-1", "-2", "")):
    given = dict(zip(table.index[table["options"] == options], scores, strict=False))
    return [given.get(row, "") for row in table.index]


def test_scores_are_numbers_of_the_answers(school):
    edited(school, "options", score=scored)
    options = survey.load(school).options
    assert options.loc[options["options"] == "scale", "score"].tolist()[:4] == [2, 1, -1, -2]
    assert options.loc[options["options"] == "list", "score"].isna().all()


@pytest.mark.parametrize(
    ("scores", "options", "said"),
    [
        (("1", "2"), "list", "options.csv, row 7: found score '1' of list, the answers of a question of kind multiple"),
        (("1", "1"), "scale", "options.csv, row 2: found one score only in scale; expected two scores or more"),
        (("1", "2", "3", "4", "5"), "scale", "options.csv, row 6: found score '5' of no_answer; expected no score"),
        (("1", "many"), "scale", "options.csv, row 3: found score 'many'; expected empty, or a number"),
    ],
)
def test_scores_that_are_none(school, scores, options, said):
    edited(school, "options", score=lambda table: scored(table, options, scores))
    assert message(school).startswith(said)


def test_a_topic_without_questions(school):
    (school / "topics.csv").write_text("topic,order,title_en,title_ja\nliking,1,Likes,好み\nfood,2,Food,食\n", "utf-8")
    expected = "topics.csv, row 3: found topic 'food', which no question has; expected a topic of questions.csv"
    assert message(school) == expected


def test_groups_of_one_answer_are_no_groups(tmp_path):
    one = {"o1": ("Yes", "answer")}
    folder = codebooks.write(tmp_path / "one", [codebooks.question("only", "t", "single", one, "only")])
    edited(folder, "questions", use="break")
    assert message(folder).startswith("questions.csv, row 2: found use 'break' of only, which offers one answer")


def test_a_number_needs_raw_answers(school):
    row = pd.DataFrame([{"question": "age", "topic": "liking", "kind": "number", "unit": "respondents"}])
    questions = pd.read_csv(school / "questions.csv", dtype=str, keep_default_na=False)
    new = pd.concat([questions, row.assign(text_en="Age?", text_ja="年齢", short_en="Age", short_ja="年齢", base="60")])
    new.fillna("").to_csv(school / "questions.csv", index=False)
    answers = pd.read_parquet(school / "responses.parquet")
    answers.assign(age=[float(n) for n in range(60)]).to_parquet(school / "responses.parquet")
    assert survey.load(school).responses["age"].sum() == 59 * 60 / 2
    answers.assign(age=["x"] * 60).to_parquet(school / "responses.parquet")
    assert message(school).startswith("responses.parquet: found no answers to age as questions.csv has it")
    (school / "responses.parquet").unlink()
    assert message(school).startswith("questions.csv, row 9: found kind number of age; expected raw answers")


# --- percentages without counts, totals by group ---------------------------------------------------------------------


def printed(folder, percents, base, counts=("", "", "")):
    asked = [codebooks.question("q", "t", "single", codebooks.options("A", "B", "C"), "abc")]
    codebooks.write(folder, asked, n=base)
    edited(folder, "questions", base=str(base))
    edited(folder, "counts", count=list(counts), percent=list(percents))
    return folder


@pytest.mark.parametrize(
    ("percents", "base", "counts", "low", "high"),
    [
        (("33", "33", "33"), 3, [1, 1, 1], [1, 1, 1], [1, 1, 1]),  # one of three is 33.3%
        (("17", "33", "50"), 118, [20, 39, 59], [20, 39, 59], [20, 39, 59]),  # 16.9, 33.1, 50.0: nothing else fits 118
        (("17", "33", "50"), 1000, [170, 330, 500], [165, 325, 495], [175, 335, 505]),
        (("12.5", "37.5", "50"), 8, [1, 3, 4], [1, 3, 4], [1, 3, 4]),
        (("34", "34", "34"), 1000, [330, 335, 335], [335, 335, 335], [345, 345, 345]),
    ],
)
def test_counts_follow_from_percentages_with_their_range(tmp_path, percents, base, counts, low, high):
    folder = printed(tmp_path / "p", percents, base)
    if percents == ("34", "34", "34"):  # 335 thrice is more than 1000: nothing fits
        said = "counts.csv, row 4: found percentages of q, of which no counts add up to its base; expected 1000"
        assert message(folder).startswith(said)
        return
    found = survey.load(folder).counted
    assert (found["count"].tolist(), found["low"].tolist(), found["high"].tolist()) == (counts, low, high)


@pytest.mark.parametrize(
    ("percents", "counts", "said"),
    [
        (("17", "", "50"), ("", "", ""), "counts.csv, row 3: found count ''; expected a whole number"),
        (("17", "5o", "50"), ("", "", ""), "counts.csv, row 3: found percent '5o'; expected empty, or a percentage"),
        (("44", "33", "33"), ("", "1", "1"), "counts.csv, row 2: found percent '44' of q; expected a percentage that"),
    ],
)
def test_percentages_that_cannot_be(tmp_path, percents, counts, said):
    assert message(printed(tmp_path / "p", percents, 3, counts)).startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q,o1,size,o9,1", "counts_by.csv, row 2: found question 'size'"),
        ("q,o1,q,o9,1", "counts_by.csv, row 2: found option 'o9' of q"),
        (
            "q,o1,q,o1,99999",
            "counts_by.csv, row 2: found counts of q, o1 by group that add up to 99999; expected at most ",
        ),
    ],
)
def test_totals_by_group_that_cannot_be(tmp_path, line, said):
    folder = codebooks.write(
        tmp_path / "g", [codebooks.question("q", "t", "single", codebooks.options("A", "B"), "ab")]
    )
    (folder / "counts_by.csv").write_text(f"question,option,by,group,count\n{line}\n", encoding="utf-8")
    assert message(folder).startswith(said)
