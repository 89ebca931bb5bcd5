"""Raw answers in, the survey's tables out: every form that answers come in, every rule, and an account that adds up."""

import json
import tomllib

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
import synthetic

from helpers import __main__ as command
from helpers import survey
from helpers.intake import account as outcome
from helpers.intake import answers as intake
from helpers.intake import mapping, matching, sheets, store
from helpers.survey import SurveyError, schemas


@pytest.fixture(scope="session")
def invented(osaka):
    return synthetic.answers(osaka)


@pytest.fixture
def kobe(copy_of_osaka):
    """A survey with Osaka's questionnaire that nobody has answered yet."""
    for name in ("published.csv", "claims.csv"):
        (copy_of_osaka.folder / name).unlink()
    synthetic.uncounted(copy_of_osaka.folder)
    return copy_of_osaka.folder


@pytest.fixture
def small(tmp_path):
    """A survey of three questions: one answer, several answers, and a follow-up; labels hold commas and brackets."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "survey.toml").write_text(
        "\n".join(
            [*(f'{key} = "synthetic"' for key in schemas.ABOUT if key != "respondents"), "respondents = 0  # mine"]
        )
    )
    (folder / "questions.csv").write_text(
        "question,topic,kind,options,base,unit,asked_if,text_en,text_ja,remark\n"
        "size,t,single,sizes,,respondents,,How large is your firm?,規模,kept\n"
        'tools,t,multiple,tools,,respondents,,"Tools, if any",ツール,\n'
        "why,t,multiple,reasons,,selections,size=large,Why so large?,理由,\n",
        encoding="utf-8",
    )
    (folder / "options.csv").write_text(
        "options,option,order,role,label_en,label_ja\n"
        'sizes,small,1,answer,"1–1,000",～１０００人\n'
        'sizes,large,2,answer,"1,001 or more",１００１人～\n'
        "tools,none,1,none,Nothing,なし\n"
        'tools,pen,2,answer,"Pen, pencil (any)",ペン、鉛筆\n'
        "tools,it,3,answer,IT,ＩＴ\n"
        "tools,other,4,other,Other,その他\n"
        "reasons,growth,1,answer,Growth,成長\n"
        "reasons,luck,2,answer,Luck,運\n",
        encoding="utf-8",
    )
    rows = [
        "size,small",
        "size,large",
        *(f"tools,{o}" for o in ("none", "pen", "it", "other")),
        "why,growth",
        "why,luck",
    ]
    (folder / "counts.csv").write_text("question,option,count\n" + "".join(f"{row},\n" for row in rows))
    return folder


HEAD = "respondent,size,tools,why\n"


def put(folder, text, encoding="utf-8", name="answers.csv"):
    path = folder.parent / name
    path.write_bytes(text.encode(encoding))
    return path


def take(folder, text, **how):
    """Import CSV text; the account."""
    account = intake.import_answers(folder, put(folder, text, **how))
    assert_adds_up(account)
    return account


def assert_adds_up(account):
    kept_out = account.rows[outcome.EMPTY_ROW] + account.rows[outcome.AGAIN]
    rows = sum(account.rows.values())
    cells = sum(account.cells.values())
    assert cells % rows == 0  # all columns of all rows
    assert account.cells[outcome.ROW_OUT] == kept_out * cells // rows


def answers_of(folder):
    """Stored answers by respondent: question to option, or to the set of ticks, or None where it was not put."""
    frame = survey.load(folder).responses
    found = {}
    for _, row in frame.iterrows():
        found[row["respondent"]] = {
            "size": row["size"],
            "tools": {c.removeprefix("tools=") for c in frame if c.startswith("tools=") and row[c]},
            "why": None
            if pd.isna(row["why=luck"])
            else {c.removeprefix("why=") for c in frame if c.startswith("why=") and row[c]},
        }
    return found


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder, text, **how):
    """The message of an import that is refused and changes nothing."""
    before = snapshot(folder)
    with pytest.raises(SurveyError) as caught:
        intake.import_answers(folder, put(folder, text, **how))
    assert snapshot(folder) == before
    return str(caught.value)


def unsettled(folder, text, **how):
    """The message of an import that waits for mapping.toml, and changes nothing else."""
    before = snapshot(folder)
    with pytest.raises(intake.Unsettled) as caught:
        intake.import_answers(folder, put(folder, text, **how))
    after = snapshot(folder)
    assert {name for name in after if before.get(name) != after[name]} == {mapping_path(folder).relative_to(folder)}
    return str(caught.value)


def mapping_path(folder):
    return folder / mapping.MAPPING


# --- every form gives the same tables --------------------------------------------------------------------------------


def as_csv(encoding, separator, delimiter, lang):
    def write(loaded, frame, folder):
        path = folder / "answers.csv"
        form = synthetic.as_form(loaded[lang], frame, delimiter)
        path.write_bytes(form.to_csv(index=False, sep=separator, lineterminator="\r\n").encode(encoding))
        return path

    return write


def columns_of(**how):
    def write(loaded, frame, folder):
        path = folder / "answers.csv"
        synthetic.as_columns(loaded["ja"], frame, **how).to_csv(path, index=False)
        return path

    return write


def as_workbook(loaded, frame, folder):
    path = folder / "answers.xlsx"
    synthetic.as_form(loaded["ja"], frame, ";").to_excel(path, index=False, engine="xlsxwriter")
    return path


def as_spss(loaded, frame, folder):
    """Codes with value labels, and ticks as 0 and 1; the wordings as variable labels."""
    data, heads, labels = {"respondent": frame["respondent"].astype(object)}, ["respondent"], {}
    for question, q in loaded["en"].questions.iterrows():
        table = loaded["en"].table(question)
        if q["kind"] == "single":
            data[f"v{len(data)}"] = frame[question].cat.codes.replace(-1, float("nan")).astype(float)
            labels[f"v{len(data) - 1}"] = dict(enumerate(table["label"]))
            heads.append(q["text_en"])
            continue
        for option in table["option"]:
            data[f"{question}_{option}"] = frame[f"{question}={option}"].astype("Float64").astype(float)
            heads.append("")
    path = folder / "answers.sav"
    pyreadstat.write_sav(pd.DataFrame(data), str(path), column_labels=heads, variable_value_labels=labels)
    return path


FORMS = {
    "semicolons in cells": as_csv("utf-8", ",", ";", "en"),
    "commas in cells, byte order mark": as_csv("utf-8-sig", ",", ", ", "en"),
    "Japanese commas, Shift_JIS": as_csv("cp932", ",", "、", "ja"),
    "tabs, UTF-16": as_csv("utf-16", "\t", ";", "ja"),
    "semicolons between cells": as_csv("utf-8", ";", ",", "en"),
    "line breaks in cells": as_csv("utf-8", ",", "\n", "ja"),
    "Question [Option]": columns_of(),
    "Question: Option": columns_of(heading="{question}: {option}"),
    "question=option": columns_of(heading="{question}={option}", by_label=False),
    "question[option], TRUE": columns_of(heading="{question}[{option}]", by_label=False, tick="TRUE"),
    "full-width question［option］": columns_of(heading="{question}［{option}］", tick="○"),
    "workbook": as_workbook,
    "SPSS": as_spss,
}


@pytest.mark.parametrize("form", FORMS)
def test_synthetic_answers_with_osakas_totals_reproduce_every_table(kobe, osaka, invented, form):
    """The margins of the synthetic answers are Osaka's, so that every table of the import is Osaka's."""
    loaded = {"en": osaka, "ja": survey.load(lang="ja")}
    account = intake.import_answers(kobe, FORMS[form](loaded, invented, kobe.parent))
    assert_adds_up(account)
    assert account.rows == {outcome.KEPT: osaka.respondents, outcome.EMPTY_ROW: 0, outcome.AGAIN: 0}
    imported = survey.load(kobe)
    for question in osaka.questions.index:
        pd.testing.assert_frame_equal(imported.table(question), osaka.table(question))
    pd.testing.assert_series_equal(imported.questions["base"], osaka.questions["base"])
    pd.testing.assert_frame_equal(imported.responses, invented)
    assert not mapping_path(kobe).exists()


def test_synthetic_answers_of_500_are_counted_as_brute_force_counts_them(kobe, osaka):
    frame = synthetic.answers(osaka, 500, seed=7)
    path = kobe.parent / "answers.csv"
    synthetic.as_form(osaka, frame).to_csv(path, index=False)
    intake.import_answers(kobe, path)
    imported = survey.load(kobe)
    assert imported.respondents == 500
    for question, q in osaka.questions.iterrows():
        for option in osaka.table(question)["option"]:
            ticked = frame[question] == option if q["kind"] == "single" else frame[f"{question}={option}"]
            assert imported.count(question, option) == sum(bool(t) for t in ticked if pd.notna(t))


def test_no_responses_where_there_are_counts_only(osaka):
    assert osaka.responses is None


# --- normalisation and delimiters ------------------------------------------------------------------------------------


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


# --- what matches nothing --------------------------------------------------------------------------------------------


def test_unknown_heading_and_answer_are_listed_drafted_and_settled(small, capsys):
    text = "Timestamp,respondent,Size of firm,tools,why\n2026,a,larg,IT;We use abacuses,luck\n"
    said = unsettled(small, text)
    assert "heading 'Timestamp' matches no question" in said
    assert "heading 'Size of firm' matches no question" in said
    assert "answer 'We use abacuses' of tools matches no option" in said
    assert "no column for size; expected one (an unsettled one may be it), or size taken out of questions.csv" in said
    assert command.main(["check", str(small)]) == 2
    assert "mapping.toml: found 'timestamp', still to be settled" in capsys.readouterr().out

    draft = mapping_path(small).read_text(encoding="utf-8")
    assert tomllib.loads(draft)["columns"] == {"Timestamp": "", "Size of firm": ""}
    draft = draft.replace('"Timestamp" = ""', '"Timestamp" = "ignore"').replace('firm" = ""', 'firm" = "size"')
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
    mapping_path(small).write_text('[columns]\n"Timestamp" = "ignore"\n[answers.tools]\n"abacus" = "other"\n')
    unsettled(small, "Timestamp,Mail," + HEAD + "1,2,a,small,abacus;slate,\n")
    drafted = tomllib.loads(mapping_path(small).read_text(encoding="utf-8"))
    assert drafted["columns"] == {"Timestamp": "ignore", "Mail": ""}
    assert drafted["answers"] == {"tools": {"abacus": "other", "slate": ""}}


def test_everything_else_can_be_settled_at_once(small):
    mapping_path(small).write_text('[answers.tools]\n"*" = "other"\n')
    take(small, HEAD + "a,small,abacus,\nb,small,slide rule;IT,\n")
    assert {name: each["tools"] for name, each in answers_of(small).items()} == {"a": {"other"}, "b": {"other", "it"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[columns]\n"x" = "sise"\n', "question, question=option, respondent, weight or ignore"),
        ('[columns]\n"x" = "size=tiny"\n', "question, question=option, respondent, weight or ignore"),
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
    assert "nothing can be added" in refused(small, "Timestamp," + HEAD + "1,a,small,IT,\n")


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


def test_option_that_counts_csv_does_not_list(small):
    path = small / "counts.csv"
    path.write_text(path.read_text().replace("tools,it,\n", ""))
    account = take(small, HEAD + "a,small,IT,\n")
    assert "tools: it was chosen; counts.csv now lists it" in account.notes
    assert survey.load(small).count("tools", "it") == 1


# --- rules -----------------------------------------------------------------------------------------------------------


def test_every_rule_is_applied_counted_and_named_by_row(small):
    text = (
        (
            HEAD + "a,large,IT,luck\n"  # row 2
            "a,small,IT,\n"  # again
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
    } | {outcome.LEFT: 0, outcome.NO_HEADING: 0, outcome.UNANSWERED: 0}
    assert account.notes == [
        "rows without any answer: 2 (row 4, 5)",
        "rows with a respondent id given before: 1 (row 3)",
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


def test_ticks_that_are_unknown_are_settled(small):
    text = "id,size,tools=none,tools=pen,tools=it,tools=other,why\na,small,non,oui,1,,\n"
    assert "answer 'oui' of tools matches no option" in unsettled(small, text)
    mapping_path(small).write_text('[answers.tools]\n"oui" = "ticked"\n"non" = "not_ticked"\n')
    take(small, text)
    assert answers_of(small)["a"]["tools"] == {"pen", "it"}


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


def test_a_question_put_to_nobody_is_left_out(small):
    account = take(small, HEAD + "a,small,IT,\n")
    assert "why: put to nobody, so the report leaves it out" in account.notes
    loaded = survey.load(small)
    assert loaded.unasked == ("why",)
    assert loaded.responses["why=luck"].isna().all()


# --- weights ---------------------------------------------------------------------------------------------------------


def test_weights_are_stored(small):
    take(small, "size,tools,why,重み\nsmall,IT,,0.5\nlarge,IT,luck,2\n")
    stored = survey.load(small).responses
    assert stored["weight"].dtype == "float64"
    assert list(stored["weight"]) == [0.5, 2.0]


@pytest.mark.parametrize("weight", ["", "0", "-1", "nan", "inf", "heavy", "1,5", "1_0", "１"])
def test_weights_that_are_none(small, weight):
    said = refused(small, f'size,tools,why,weight\nsmall,IT,,1\nlarge,IT,luck,"{weight}"\n')
    assert said.startswith(f"column 'weight': found weight {weight!r} (row 3); expected a number above 0")


# --- what stays as it is ---------------------------------------------------------------------------------------------


def test_only_one_line_of_survey_toml_changes(small):
    before = (small / "survey.toml").read_bytes()
    take(small, HEAD + "a,small,IT,\n")
    assert (small / "survey.toml").read_bytes() == before.replace(
        b"respondents = 0  # mine", b"respondents = 1  # mine"
    )


def test_columns_marks_and_line_ends_of_the_codebook_stay(small):
    path = small / "questions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    take(small, HEAD + "a,large,IT,luck\n")
    expected = (
        before.replace(b"sizes,,", b"sizes,1,").replace(b"tools,,", b"tools,1,").replace(b"reasons,,", b"reasons,1,")
    )
    assert path.read_bytes() == expected


def test_importing_again_replaces_the_answers(small):
    take(small, HEAD + "a,small,IT,\n")
    take(small, HEAD + "b,large,Other,luck\nc,small,,\n")
    assert survey.load(small).respondents == 2
    once = snapshot(small)
    take(small, HEAD + "b,large,Other,luck\nc,small,,\n")
    assert snapshot(small) == once


def test_counts_that_came_from_no_import_are_not_overwritten(copy_of_osaka):
    said = refused(copy_of_osaka.folder, HEAD + "a,small,IT,\n")
    assert "found counts that came from no import; expected no counts yet, or --replace" in said


def test_failure_half_way_through_the_replacement_is_undone(small, monkeypatch):
    take(small, HEAD + "a,small,IT,\n")
    before = snapshot(small)
    rename, done = type(small).rename, []

    def fail_at_the_last(self, target):
        if self.name == "survey.toml" and self.parent.name.startswith(".import-"):
            raise OSError(28, "No space left on device")
        done.append(target)
        return rename(self, target)

    monkeypatch.setattr(type(small), "rename", fail_at_the_last)
    with pytest.raises(SurveyError, match=r"cannot be written \(No space left"):
        intake.import_answers(small, put(small, HEAD + "b,large,IT,luck\n"))
    assert len(done) > 4
    assert snapshot(small) == before


def test_survey_toml_without_the_line(small):
    (small / "survey.toml").write_text('title_en = "x"\n')
    assert "found no line for the number of respondents" in refused(small, HEAD + "a,small,IT,\n")


# --- stored answers against the counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "counts.csv",
            "tools,it,2",
            "tools,it,1",
            "counts.csv, row 6: found count 1 of tools, it; expected 2, as in resp",
        ),
        ("counts.csv", "tools,it,2", "", "found no row for tools, it; expected 2"),
        ("questions.csv", "reasons,1", "reasons,2", "selections of why that add up to 1"),
        ("questions.csv", "tools,3", "tools,2", "found base 2 of tools; expected 3, as in responses.parquet"),
        (
            "survey.toml",
            "respondents = 3",
            "respondents = 4",
            "found respondents = 4; expected 3, the rows of responses.parq",
        ),
    ],
)
def test_numbers_edited_by_hand_are_found(small, name, old, new, expected):
    take(small, HEAD + "a,small,IT,\nb,small,IT,\nc,large,Other,luck\n")
    path = small / name
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        survey.load(small)
    assert expected in str(caught.value)


def test_stale_or_damaged_responses(small):
    take(small, HEAD + "a,small,IT,\nb,small,IT,\nc,large,Other,luck\n")
    path = small / survey.RESPONSES
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        SurveyError, match=r"responses.parquet: found a file that cannot be read .*import the raw answers"
    ):
        survey.load(small)
    path.write_bytes(whole)
    table = pq.read_table(path).slice(0, 2)  # without the last respondent
    store.write(path, dict(zip(table.column_names, table.columns, strict=True)))
    with pytest.raises(
        SurveyError, match=r"expected 2, the rows of responses.parquet; or import the raw answers again"
    ):
        survey.load(small)


def test_categories_are_the_options_that_were_offered(small):
    take(small, HEAD + "a,small,IT,\n")
    assert list(survey.load(small).responses["size"].cat.categories) == ["small", "large"]


# --- files that are none ---------------------------------------------------------------------------------------------


def test_missing_file(small):
    with pytest.raises(SurveyError, match=r"nothing.csv: found a file that cannot be read \(No such file"):
        intake.import_answers(small, small / "nothing.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "found an empty file; expected a heading line"),
        (HEAD, "found headings only"),
        (HEAD + "a,small,IT\n", "row 2: found 3 cells; expected 4"),
        (HEAD + "a,small,IT,\nb,small,IT,,\nc\n", "row 3: found 5 cells (so are 1 more); expected 4"),
        (HEAD + "a,small,I\0T,\n", "row 2: found a NUL byte; expected plain text"),
        (HEAD + 'a,small,"IT,\n', "answers.csv"),
    ],
)
def test_text_that_is_no_table(small, text, expected):
    assert expected in refused(small, text)


def test_row_numbers_count_records_as_a_spreadsheet_shows_them(small):
    account = take(small, HEAD + 'a,small,"IT\nOther",\n\nb,small,IT,luck\n')
    assert "why: answers of respondents to whom it was not put, kept out: 1 (row 4)" in account.notes


def workbook(path, *rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def test_cells_of_a_workbook_are_read_as_people_see_them(small):
    path = workbook(
        small.parent / "a.xlsx",
        ["id", "size", "tools=none", "tools=pen", "tools=it", "tools=other", "why"],
        [1.0, "small", None, True, 1, False, None],
        [],
        [2.5, "small", 0, "○", None, None, None],
    )
    account = intake.import_answers(small, path)
    assert_adds_up(account)
    assert answers_of(small) == {
        "1": {"size": "small", "tools": {"pen", "it"}, "why": None},
        "2.5": {"size": "small", "tools": {"pen"}, "why": None},
    }
    assert account.rows[outcome.EMPTY_ROW] == 1


def test_formulas_and_merged_cells_are_refused(small):
    head = ["id", "size", "tools", "why"]
    path = workbook(small.parent / "a.xlsx", head, ["a", "small", "=A1", None])
    with pytest.raises(SurveyError, match=r"a.xlsx: found formulas in C2; expected values"):
        intake.import_answers(small, path)
    path = workbook(path, head, ["a", "small", "IT", None], change=lambda book: book.active.merge_cells("B1:C1"))
    with pytest.raises(SurveyError, match=r"a.xlsx: found merged cells B1:C1; expected each cell by itself"):
        intake.import_answers(small, path)


def test_sheets_that_are_not_read_are_named(small):
    path = workbook(
        small.parent / "a.xlsx",
        ["size", "tools", "why"],
        ["small", "IT", None],
        change=lambda b: b.create_sheet("More"),
    )
    assert intake.import_answers(small, path).source == "a.xlsx (XLSX, sheet 'Sheet'; not read: 'More')"


def test_missing_values_of_spss_with_a_label_are_answers(small):
    """A user-defined missing value such as 9 "No answer" says something; a system-missing value does not."""
    data = pd.DataFrame({"size": [1.0, 9.0, float("nan")], "tools": ["IT", "IT", "IT"], "why": ["", "", ""]})
    path = small.parent / "a.sav"
    labels = {"size": {1.0: "small", 9.0: "No answer"}}
    pyreadstat.write_sav(data, str(path), variable_value_labels=labels, missing_ranges={"size": [9.0]})
    account = intake.import_answers(small, path)
    assert account.cells[outcome.UNANSWERED] == 1
    assert [each["size"] for each in answers_of(small).values()] == ["small", "no_answer", "no_answer"]


# --- the command -----------------------------------------------------------------------------------------------------


def test_command_accounts_for_the_import_and_says_what_is_next(small, capsys):
    assert command.main(["import", str(small), str(put(small, HEAD + "a,small,IT,\n"))]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[:3] == ["answers.csv (utf-8, comma)", "rows read: 1", "  kept: 1"]
    assert out.splitlines()[-1] == f"next: python -m helpers check {small}"
    assert err == ""


def test_command_ends_in_2_without_a_traceback(small, capsys):
    assert command.main(["import", str(small), str(put(small, "Timestamp," + HEAD + "1,a,small,IT,\n"))]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing was imported; settle what is open in small/mapping.toml" in err


def test_codebook_problems_are_all_listed(small):
    path = small / "questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("size=large", "size=huge").replace("sizes", "sises"))
    said = refused(small, HEAD + "a,small,IT,\n")
    assert len(said.splitlines()) == 2
    assert json.dumps("sises").replace('"', "'") in said


def test_nearest_names_are_only_named(small):
    names = matching.Names(*(survey.read_codebook(small)[0][name] for name in ("questions.csv", "options.csv")))
    assert matching.match_heading(names, "toolz") == set()
    assert matching.nearest_headings(names, "toolz")[0].startswith("tools")


def test_delimiter_is_the_one_that_makes_even_rows(small):
    path = put(small, "id\tsize, how large\ttools\n1\tsmall, we think\tIT, pen\n")
    assert [column.heading for column in sheets.read_sheet(path).columns] == ["id", "size, how large", "tools"]
