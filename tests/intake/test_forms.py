"""Every tool's export of the same 60 made-up firms gives the same counts: those found by counting them one by one."""

import re
from functools import partial

import exports
import pandas as pd
import pytest
from sizes import size

from helpers import survey
from helpers.intake import account as outcome
from helpers.intake import answers as intake
from helpers.intake.start import start_from_answers
from helpers.survey import folder as folders

# What a person settles: words typed beside "Other" in a cell; and which of two orders the codes of a list follow, where
# nobody chose the last answer.
SETTLED = {
    "Google": '[answers.q6]\n"*" = "other"\n',
    "LimeSurvey, codes": '[answers.industry]\n"A10" = "real_estate"\n',
}

WRITTEN = {
    "Google": exports.google,
    "Google, grids, ;": partial(exports.google, join=";", grid=True, time="2026/05/{day:02} {hour}:05:09 PM GMT+9"),
    "Google, zip": partial(exports.google, packed=True),
    "Google, grids, ja": partial(exports.google, grid=True, stamp="タイムスタンプ"),
    "Microsoft": exports.microsoft,
    "Microsoft, ja": partial(exports.microsoft, heads=("ID", "開始時刻", "完了時刻", "メール", "名前")),
    "SurveyMonkey": exports.surveymonkey,
    "SurveyMonkey, numbers": partial(exports.surveymonkey, numeric=True),
    "SurveyMonkey, workbook, ja": partial(exports.surveymonkey, book=True, japanese=True),
    "Qualtrics": exports.qualtrics,
    "Qualtrics, numbers": partial(exports.qualtrics, numeric=True),
    "Qualtrics, one cell": partial(exports.qualtrics, split=False, encoding="utf-16", separator="\t"),
    "Qualtrics, one cell, numbers": partial(exports.qualtrics, split=False, numeric=True),
    "LimeSurvey": exports.limesurvey,
    "LimeSurvey, ja": partial(exports.limesurvey, yes="はい", no="いいえ", unasked=""),
    "LimeSurvey, codes and texts": partial(exports.limesurvey, form="both"),
    "LimeSurvey, codes": partial(exports.limesurvey, form="codes"),
    "LimeSurvey, codes without a gap": partial(exports.limesurvey, form="codes", skipping=False),
    "REDCap": exports.redcap,
    "REDCap, ids": partial(exports.redcap, form="ids"),
    "REDCap, labels": partial(exports.redcap, form="labels"),
    "Kobo, both": exports.kobo,
    "Kobo, one cell": partial(exports.kobo, split=False, separator=","),
    "Kobo, a column per option": partial(exports.kobo, whole=False, ticks=("TRUE", "FALSE")),
    "Kobo, labels": partial(exports.kobo, split=False, by_label=True, group=""),
    "Kobo, labels, both": partial(exports.kobo, by_label=True, group="Firm/"),
    "ODK": partial(exports.kobo, group="g1-", separator=","),
    "SPSS": exports.spss,
    "SPSS, dichotomies": partial(exports.spss, sets="D"),
    "SPSS, categories": partial(exports.spss, sets="C"),
    "R": exports.programs,
    "pandas": partial(exports.programs, form="pandas"),
    "Japanese": exports.japanese,
    "Japanese, numbers": partial(exports.japanese, form="numbers"),
    "Japanese, columns": partial(exports.japanese, form="columns", encoding="utf-8"),
    "Japanese, own numbers": partial(exports.japanese, form="own numbers"),
}
IN_JAPANESE = re.compile("ja$|^Japanese")


@pytest.fixture(scope="module")
def firms(osaka):
    return {"en": exports.Firms(osaka), "ja": exports.Firms(survey.load(lang="ja"))}


def counted(folder):
    """The counts of a folder, {(question, option): count}, but for what says that there was no answer."""
    loaded = survey.load(folder)
    rows = zip(loaded.counted["question"], loaded.counted["option"], loaded.counted["count"], strict=True)
    return {(question, option): count for question, option, count in rows if option != "no_answer"}


# One of each tool in `make test`: those that lean on the most rules.
SOME = ("Google, grids, ja", "Microsoft", "SurveyMonkey", "Qualtrics, numbers", "LimeSurvey", "LimeSurvey, codes")
SOME += ("REDCap", "Kobo, labels, both", "SPSS, dichotomies", "SPSS, categories", "R", "Japanese, columns")


@pytest.mark.parametrize("tool", size(list(WRITTEN), SOME))
def test_an_export_gives_the_counts_of_the_firms(kobe, firms, tool):
    them = firms["ja" if IN_JAPANESE.search(tool) else "en"]
    path = WRITTEN[tool](them, kobe.parent)
    if settled := SETTLED.get(tool) or SETTLED.get(tool.partition(",")[0]):
        (kobe / "mapping.toml").write_text(settled)
    account = intake.import_answers(kobe, path)
    assert counted(kobe) == them.counts()
    assert account.rows[outcome.KEPT] == them.number
    left_out = {"Qualtrics": 6, "LimeSurvey": 2, "REDCap": 1}
    assert sum(account.rows.values()) == them.number + left_out.get(tool.partition(",")[0], 0)


# --- a codebook drafted from a form's export -------------------------------------------------------------------------

DRAFTED = (
    "SurveyMonkey",
    "Qualtrics",
    "LimeSurvey, ja",
    "LimeSurvey, codes",
    "REDCap",
    "REDCap, ids",
    "REDCap, labels",
)
DRAFTED += ("Kobo, a column per option",)


def sizes(counts):
    """How often each answer to a question was given, largest first, for each question: what needs no names."""
    by_question = {}
    for (question, _), count in counts.items():
        if count:
            by_question.setdefault(question, []).append(count)
    return sorted(sorted(found) for found in by_question.values())


@pytest.mark.parametrize("tool", size(DRAFTED, DRAFTED[:4]))
def test_a_codebook_drafted_from_an_export_counts_the_same(tool, firms, tmp_path, monkeypatch):
    them = firms["ja" if IN_JAPANESE.search(tool) else "en"]
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(folders, "DATA", tmp_path / "data")
    path = WRITTEN[tool](them, tmp_path)
    folder, _, _ = start_from_answers("drafted", path)
    intake.import_answers(folder, path)
    read = {
        name: pd.read_csv(folder / f"{name}.csv", encoding="utf-8-sig") for name in ("counts", "options", "questions")
    }
    roles = read["options"].merge(read["questions"][["question", "options"]])[["question", "option", "role"]]
    counted_here = read["counts"].merge(roles).query("role != 'no_answer'")
    numbers = zip(
        zip(counted_here["question"], counted_here["option"], strict=True), counted_here["count"], strict=True
    )
    assert sizes(dict(numbers)) == sizes(them.counts())
