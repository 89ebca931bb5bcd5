"""A survey of one's own: a new folder is made whole or not at all, and says what is still missing."""

import shutil
import tomllib

import openpyxl
import pandas as pd
import pytest
import synthetic

from helpers import LANGUAGES, survey
from helpers import __main__ as command
from helpers.intake import answers as intake
from helpers.intake import start as questionnaire
from helpers.survey import SurveyError, schemas
from helpers.survey.encodings import MARK

NEEDED = schemas.about_needed(LANGUAGES)

BASES = ("q7_content", "q7_damage")  # of whom answered any of these, which no counts tell


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data/ folder of its own, with the Osaka survey in it."""
    folder = tmp_path / "data"
    shutil.copytree(survey.DATA / "osaka-2019", folder / "osaka-2019")
    monkeypatch.setattr("helpers.survey.folder.DATA", folder)
    return folder


@pytest.fixture
def kobe(data):
    return questionnaire.start("kobe-2026")


def fill_in_texts(folder):
    path = folder / "survey.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('= ""', '= "synthetic"'), encoding="utf-8")


def set_cells(path, column, value):
    """Set a column of a CSV file, to one value or by a function of its row."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame[column] = [value(row) for _, row in frame.iterrows()] if callable(value) else value
    frame.to_csv(path, index=False)


def drop_rows(path, column, value):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame[frame[column] != value].to_csv(path, index=False)


def said_by(arguments, capsys):
    code = command.main(arguments)
    out, err = capsys.readouterr()
    return code, out + err


def test_codebook_is_copied_and_numbers_are_not(kobe, data):
    original = data / "osaka-2019"
    assert (kobe / "options.csv").read_bytes() == MARK + (original / "options.csv").read_bytes()
    for name, column in (("questions.csv", "base"), ("counts.csv", "count")):
        new, old = (pd.read_csv(f / name, dtype=str, keep_default_na=False) for f in (kobe, original))
        assert (new[column] == "").all()
        assert (kobe / name).read_bytes().startswith(MARK)  # by which Excel knows it for UTF-8
        pd.testing.assert_frame_equal(new.drop(columns=column), old.drop(columns=column))
    names = {path.name for path in kobe.iterdir()}
    assert names == {"README.md", "counts.csv", "options.csv", "questions.csv", "responses.xlsx", "survey.toml"}


def test_nothing_of_the_source_is_said_about_the_new_survey(kobe):
    about = tomllib.loads((kobe / "survey.toml").read_text(encoding="utf-8"))
    assert set(about) == {*NEEDED, *schemas.RESPONDENT}
    assert {about[key] for key in NEEDED} == {"", 0}
    assert {key: tuple(about[key]) for key in schemas.RESPONDENT} == schemas.RESPONDENT


def test_check_lists_everything_that_is_missing_at_once(kobe, capsys):
    code, said = said_by(["check", "kobe-2026"], capsys)
    assert code == 2
    for key in NEEDED:
        assert f"kobe-2026/survey.toml: found {key} = " in said
    assert said.count("still to be filled in") == len(NEEDED)
    assert "kobe-2026/counts.csv: found no count yet; expected a count in every row, or an import" in said
    assert len(said.splitlines()) == len(NEEDED) + 1


def test_check_lists_problems_of_the_codebook_beside_what_is_missing(kobe, capsys):
    set_cells(kobe / "questions.csv", "asked_if", lambda q: q["asked_if"].replace("q9=none", "q9=no"))
    _, said = said_by(["check", "kobe-2026"], capsys)
    assert "asked_if 'q9=no': option 'no' of q9" in said
    assert "no count yet" in said


def test_report_on_an_empty_survey_says_in_one_message_what_to_do(kobe, capsys):
    code, said = said_by(["report", "--survey", "kobe-2026"], capsys)
    assert code == 2
    assert len(said.splitlines()) == 1
    assert "nobody has answered yet" in said
    assert "python -m helpers import kobe-2026 FILE" in said


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/abs", "Kobe", "kobe 2026", "神戸", "-x", "con", "a" * 61, "a\0b", "a\n", "~"],
)
def test_names_that_cannot_be_used(data, name, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SurveyError, match=r"^name: found "):
        questionnaire.start(name)
    assert sorted(tmp_path.rglob("*")) == before


def test_folder_that_is_there_stays_as_it_is(kobe, capsys):
    before = (kobe / "survey.toml").read_bytes()
    (kobe / "survey.toml").write_bytes(before + b"# mine\n")
    code, said = said_by(["new", "kobe-2026"], capsys)
    assert code == 2
    assert said.startswith("data/kobe-2026: found a folder of this name")
    assert (kobe / "survey.toml").read_bytes() == before + b"# mine\n"


def test_nothing_is_left_behind_when_it_fails(data, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(questionnaire, "_write_sheet", fail)
    with pytest.raises(SurveyError, match=r"data/kobe-2026: cannot be written \(No space left"):
        questionnaire.start("kobe-2026")
    assert [path.name for path in data.iterdir()] == ["osaka-2019"]


def test_from_another_survey(kobe, data):
    drop_rows(kobe / "questions.csv", "question", "q10")
    assert not pd.read_csv(questionnaire.start("nara", "kobe-2026") / "questions.csv")["question"].eq("q10").any()


def test_the_next_wave_is_compared_with_the_one_before(kobe, data):
    """Codebook and mapping come along; the wave before is the baseline once it has counts."""
    shutil.copytree(kobe, data / "kobe-2027")
    (data / "kobe-2027" / "mapping.toml").write_text('[columns]\n"Timestamp" = "ignore"\n', encoding="utf-8")
    assert "baseline" not in tomllib.loads(
        (questionnaire.start("nara", "kobe-2027") / "survey.toml").read_text("utf-8")
    )
    set_cells(data / "kobe-2027" / "counts.csv", "count", "1")
    new = questionnaire.start("kobe-2028", "kobe-2027")
    assert tomllib.loads((new / "survey.toml").read_text(encoding="utf-8"))["baseline"] == "kobe-2027"
    assert (new / "mapping.toml").read_bytes() == (data / "kobe-2027" / "mapping.toml").read_bytes()
    assert (new / "mapping.toml").stat().st_mode & 0o077 == 0


def test_from_a_survey_that_is_unsound(kobe, data):
    set_cells(kobe / "questions.csv", "kind", "many")
    with pytest.raises(SurveyError, match=r"^kobe-2026/questions.csv, row 2: "):
        questionnaire.start("nara", "kobe-2026")


# --- questions of one's own ------------------------------------------------------------------------------------------


def problems_beside_what_is_missing(folder):
    _, _, problems = survey.read_folder(folder)
    return [str(p) for p in problems if "still to be filled in" not in p.value and p.value != "no count yet"]


def test_questions_may_be_dropped(kobe):
    drop_rows(kobe / "questions.csv", "question", "q10")  # its empty rows of counts.csv do no harm
    assert problems_beside_what_is_missing(kobe) == []


def test_questions_and_options_may_be_added(kobe):
    questions, options = kobe / "questions.csv", kobe / "options.csv"
    new = {"question": "q11", "topic": "insurance", "kind": "single", "options": "insured", "unit": "respondents"}
    new |= {"text_en": "Are you insured?", "text_ja": "保険に加入していますか"}
    frame = pd.read_csv(questions, dtype=str, keep_default_na=False)
    pd.concat([frame, pd.DataFrame([new])]).fillna("").to_csv(questions, index=False)
    with options.open("a", encoding="utf-8") as file:
        file.write("insured,yes,1,answer,Yes,はい\ninsured,no,2,answer,No,いいえ\n")
    assert problems_beside_what_is_missing(kobe) == []


@pytest.mark.parametrize(
    ("column", "question", "value", "expected"),
    [
        ("asked_if", "q9", "q9_author=leader", "which leads in a circle"),
        ("answered_any", "q7_damage", "", "the same questions in each"),
        ("answered_any", "q7_damage", "q77|q7_content", "a question of questions.csv"),
        ("answered_any", "q7_damage", "q7_damage;q7_content", "question ids joined by |"),
        ("answered_any", "q9_author", "q9_author", "without asked_if"),
        ("question", "q10", "weight", "raw answers use this one"),
    ],
)
def test_routes_that_cannot_be(kobe, column, question, value, expected):
    set_cells(kobe / "questions.csv", column, lambda q: value if q["question"] == question else q[column])
    found = problems_beside_what_is_missing(kobe)
    assert any(expected in problem for problem in found), found


# --- totals only -----------------------------------------------------------------------------------------------------


def test_bases_follow_from_the_counts(kobe, osaka):
    """Osaka's counts typed into the new folder give Osaka's tables; only two bases have to be typed."""
    counts = {(c["question"], c["option"]): c["count"] for _, c in osaka.counted.iterrows()}
    set_cells(kobe / "counts.csv", "count", lambda c: counts[c["question"], c["option"]])
    path = kobe / "survey.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("respondents = 0", "respondents = 118"), encoding="utf-8")
    fill_in_texts(kobe)
    with pytest.raises(
        SurveyError, match=r"no base of q7_content; expected how many respondents answered one of q7_con"
    ):
        survey.load("kobe-2026")
    set_cells(kobe / "questions.csv", "base", lambda q: "30" if q["question"] in BASES else "")
    loaded = survey.load("kobe-2026")
    for question in osaka.questions.index:
        pd.testing.assert_frame_equal(loaded.table(question), osaka.table(question))
    assert loaded.responses is None


def test_a_follow_up_of_an_answer_that_nobody_gave_is_unasked(copy_of_osaka, osaka):
    copy_of_osaka.edit("counts.csv", "q9,dedicated,13", "q9,dedicated,0")
    copy_of_osaka.edit("counts.csv", "q9,none,45", "q9,none,58")
    for line in ("leader,7", "association,1", "unknown,5"):
        copy_of_osaka.edit("counts.csv", f"q9_author,{line}", f"q9_author,{line.split(',')[0]},0")
    for line in ("hard_to_delimit,15",):
        copy_of_osaka.edit("counts.csv", f"q9_reason,{line}", "q9_reason,hard_to_delimit,28")
    copy_of_osaka.edit("questions.csv", "authors,13,respondents", "authors,,respondents")
    copy_of_osaka.edit("questions.csv", "reasons,45,respondents", "reasons,58,respondents")
    loaded = copy_of_osaka.load()
    assert loaded.unasked == ("q9_author",)
    assert not loaded.has("q9_author")
    assert osaka.unasked == ()


# --- the blank sheet -------------------------------------------------------------------------------------------------


def test_blank_sheet_has_a_drop_down_for_every_question(kobe):
    book = openpyxl.load_workbook(kobe / "responses.xlsx")
    assert book.sheetnames == ["responses", "instructions", "lists"]
    sheet = book["responses"]
    validated = {str(rule.sqref).split(":")[0].rstrip("0123456789") for rule in sheet.data_validations.dataValidation}
    columns = {cell.column_letter for cell in sheet[1]}
    assert columns - validated == {"A"}  # the respondent
    assert all(rule.type == "list" for rule in sheet.data_validations.dataValidation)


def test_filled_in_sheet_imports_without_any_mapping(kobe, osaka):
    """Answers chosen from the drop-downs, written by another program than the one that made the sheet."""
    frame = synthetic.answers(osaka)
    book = openpyxl.load_workbook(kobe / "responses.xlsx")
    sheet = book["responses"]
    lists = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["lists"].columns}
    order = osaka.options.sort_values("order").groupby("options")["option"].agg(list)
    for place, heading in enumerate(sheet[1], start=1):
        name = heading.value.rpartition("[")[2].rstrip("]")
        values = frame[name]
        if name in osaka.questions.index:
            options = osaka.questions.loc[name, "options"]
            values = values.astype(object).map(dict(zip(order[options], lists[options], strict=True)))
        for row, value in enumerate(values, start=2):
            if pd.notna(value) and value is not False:
                sheet.cell(row, place, 1 if value is True else value)
    book.save(kobe / "responses.xlsx")
    account = intake.import_answers("kobe-2026", kobe / "responses.xlsx")
    assert account.rows["kept"] == len(frame)
    fill_in_texts(kobe)
    loaded = survey.load("kobe-2026")
    for question in osaka.questions.index:
        pd.testing.assert_frame_equal(loaded.table(question), osaka.table(question))
    pd.testing.assert_frame_equal(loaded.responses, frame)


def test_the_same_folder_is_made_each_time(kobe, data):
    again = questionnaire.start("nara")
    for path in kobe.iterdir():
        expected = path.read_bytes().replace(b"kobe-2026", b"nara")
        assert (again / path.name).read_bytes() == expected
