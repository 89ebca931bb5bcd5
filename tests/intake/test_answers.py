"""Raw answers in, the survey's tables out: every form that answers come in gives the same tables."""

import json

import pandas as pd
import pyreadstat
import pytest
import synthetic
from importing import HEAD, assert_adds_up, mapping_path, put, refused

from helpers import __main__ as command
from helpers import survey
from helpers.intake import account as outcome
from helpers.intake import answers as intake


@pytest.fixture(scope="session")
def invented(osaka):
    return synthetic.answers(osaka)


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


def test_counts_that_came_from_no_import_are_not_overwritten(copy_of_osaka):
    said = refused(copy_of_osaka.folder, HEAD + "a,small,IT,\n")
    assert "found counts that came from no import; expected no counts yet, or --replace" in said


def test_codebook_problems_are_all_listed(small):
    path = small / "questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("size=large", "size=huge").replace("sizes", "sises"))
    said = refused(small, HEAD + "a,small,IT,\n")
    assert len(said.splitlines()) == 2
    assert json.dumps("sises").replace('"', "'") in said


def test_command_accounts_for_the_import_and_says_what_is_next(small, capsys):
    assert command.main(["import", str(small), str(put(small, HEAD + "a,small,IT,\n"))]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[:3] == ["answers.csv (utf-8, comma)", "rows read: 1", "  kept: 1"]
    assert out.splitlines()[-1] == f"next: python -m helpers check {small}"
    assert err == ""


def test_command_ends_in_2_without_a_traceback(small, capsys):
    assert command.main(["import", str(small), str(put(small, "Weather," + HEAD + "1,a,small,IT,\n"))]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing was imported; settle what is open in small/mapping.toml" in err
