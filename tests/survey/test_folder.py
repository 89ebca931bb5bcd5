"""A sound folder loads; a bad one ends in one line that names file, row, value and what was expected."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sizes import size

from helpers import survey
from helpers.survey import SurveyError, schemas

REQUIRED = ("survey.toml", "options.csv", "questions.csv", "counts.csv")
OPTIONAL = ("published.csv", "claims.csv")
CSV_FILES = tuple(name for name in schemas.SCHEMAS if name not in ("counts_by.csv", "words.csv"))  # Osaka has neither


def message_of(folder):
    with pytest.raises(SurveyError) as caught:
        survey.load(folder)
    return str(caught.value)


def assert_says(message, name, row, value, expected):
    """The whole message: one line, with the file, the exact row (if any), the value and the expectation."""
    where = f"osaka-2019/{name}: " if row is None else f"osaka-2019/{name}, row {row}: "
    assert message.startswith(where + "found ")
    found, _, wanted = message.removeprefix(where).partition("; expected ")
    assert value in found
    assert expected in wanted
    assert "\n" not in message
    assert "\r" not in message


# --- forms that a spreadsheet makes and that must not matter ---------------------------------------------------------


def with_bom(text):
    return "\ufeff" + text


def with_crlf(text):
    return text.replace("\n", "\r\n")


def with_blank_lines(text):
    return text.replace("\n", "\n\n") + "\n \n"


def without_last_line_end(text):
    return text.rstrip("\n")


FORMS = (with_bom, with_crlf, with_blank_lines, without_last_line_end)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_form_of_the_files_does_not_matter(copy_of_osaka, osaka, form):
    for name in (*CSV_FILES, "survey.toml"):
        path = copy_of_osaka.folder / name
        path.write_bytes(form(path.read_bytes().decode("utf-8")).encode("utf-8"))
    loaded = copy_of_osaka.load()
    assert loaded.about == osaka.about
    for frame in ("questions", "options", "counted", "published", "claims"):
        pd.testing.assert_frame_equal(getattr(loaded, frame), getattr(osaka, frame))


def test_order_of_columns_and_further_columns_do_not_matter(copy_of_osaka, osaka):
    for name in CSV_FILES:
        path = copy_of_osaka.folder / name
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame[frame.columns[::-1]].assign(remark="mine").to_csv(path, index=False)
    loaded = copy_of_osaka.load()
    for question in osaka.questions.index:
        pd.testing.assert_frame_equal(loaded.table(question), osaka.table(question))


def test_spaces_around_cells_do_not_matter(copy_of_osaka, osaka):
    copy_of_osaka.edit("counts.csv", "q4,drill,1", " q4 , drill , 1 ")
    assert copy_of_osaka.load().count("q4", "drill") == osaka.count("q4", "drill")


def test_rows_keep_their_line_numbers_after_blank_lines(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "q4,drill,1", "\n\nq4,drills,1")
    assert_says(message_of(copy_of_osaka.folder), "counts.csv", 119, "'drills'", "one of nothing, caution")


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_survey_of_ones_own_has_nothing_printed_yet(copy_of_osaka, name):
    (copy_of_osaka.folder / name).unlink()
    assert getattr(copy_of_osaka.load(), name.removesuffix(".csv")).empty


# --- one bad cell, row or line ---------------------------------------------------------------------------------------

NUMBER = "a whole number, 0 or more, in plain digits 0-9"
IDS = "an id of small letters, digits and _"
BAD = {
    # case: (file, part of its line, what replaces the part, row, value, expected)
    "count above its base": ("counts.csv", "q4,nothing,66", "q4,nothing,119", 110, "119", "at most its base of 118"),
    "count above its routed base": (
        *("counts.csv", "q7_damage,none,24", "q7_damage,none,31"),
        *(144, "count 31 of q7_damage, none", "at most its base of 30"),
    ),
    "selections above the firms asked": (
        *("counts.csv", "q2_suppliers_why_aware,needed,15", "q2_suppliers_why_aware,needed,35"),
        *(57, "count 35 of q2_suppliers_why_aware, needed", "at most the 34 respondents of q2_suppliers=aware"),
    ),
    "negative": ("counts.csv", "manufacturing,36", "manufacturing,-36", 2, "count '-36'", NUMBER),
    "fractional": ("counts.csv", "manufacturing,36", "manufacturing,36.5", 2, "count '36.5'", NUMBER),
    "whole but with a point": ("counts.csv", "manufacturing,36", "manufacturing,36.0", 2, "count '36.0'", NUMBER),
    "full-width digits": ("counts.csv", "manufacturing,36", "manufacturing,３６", 2, "count '３６'", NUMBER),
    "superscript digit": ("counts.csv", "manufacturing,36", "manufacturing,3²", 2, "count '3²'", NUMBER),
    "percentage": ("counts.csv", "manufacturing,36", "manufacturing,31%", 2, "count '31%'", NUMBER),
    "words": ("counts.csv", "manufacturing,36", "manufacturing,many", 2, "count 'many'", NUMBER),
    "no count": ("counts.csv", "manufacturing,36", "manufacturing,", 2, "count ''", NUMBER),
    "too large a count": ("counts.csv", "manufacturing,36", "manufacturing," + "9" * 10, 2, "'" + "9" * 10, NUMBER),
    "single-choice does not add up": (
        *("counts.csv", "q3,under_way,27", "q3,under_way,26"),
        *(109, "single-choice counts of q3 that add up to 117", "118, its base in questions.csv"),
    ),
    "selections do not add up": (
        *("counts.csv", "q2_suppliers_why_aware,other,1", "q2_suppliers_why_aware,other,2"),
        *(60, "selections of q2_suppliers_why_aware that add up to 39", "38, its base in questions.csv"),
    ),
    "unknown question": ("counts.csv", "q4,drill,1", "q44,drill,1", 117, "'q44'", "a question of questions.csv"),
    "unknown option": ("counts.csv", "q4,drill,1", "q4,drills,1", 117, "option 'drills' of q4", "one of nothing, caut"),
    "question id in capitals": ("counts.csv", "q4,drill,1", "Q4,drill,1", 117, "question 'Q4'", IDS),
    "duplicate row": (
        *("counts.csv", "q4,drill,1", "q4,drill,1\nq4,drill,1"),
        *(118, "again q4, drill", "each question and option once"),
    ),
    "too few cells": ("counts.csv", "q4,drill,1", "q4,drill", 117, "2 cells", "3 cells"),
    "too many cells": ("counts.csv", "q4,drill,1", "q4,drill,1,1", 117, "4 cells", "3 cells"),
    "thousands separator": ("counts.csv", "q4,drill,1", "q4,drill,1,000", 117, "4 cells", "3 cells"),
    "NUL byte": ("counts.csv", "q4,drill,1", "q4,drill,\0", 117, "a NUL byte", "plain text"),
    "missing column": ("counts.csv", "option,count", "option,n", 1, "columns question, option, n", "a column count"),
    "duplicated column": ("counts.csv", "option,count", "option,count,count", 1, "column count twice", "column once"),
    "base above respondents": (
        *("questions.csv", "q4,measures,multiple,measures,118", "q4,measures,multiple,measures,119"),
        *(25, "base 119 of q4", "at most the 118 respondents of survey.toml"),
    ),
    "base of nothing": (
        *("questions.csv", "q4,measures,multiple,measures,118", "q4,measures,multiple,measures,-1"),
        *(25, "base '-1'", "a whole number, in plain digits"),
    ),
    "unknown kind": ("questions.csv", "q4,measures,multiple", "q4,measures,many", 25, "'many'", "single, multiple"),
    "unknown option set": (
        *("questions.csv", "q4,measures,multiple,measures", "q4,measures,multiple,measure"),
        *(25, "options 'measure'", "an option set of options.csv"),
    ),
    "unknown unit": ("questions.csv", "authors,13,respondents", "authors,13,firms", 32, "unit 'firms'", "selections"),
    "selections of a single-choice question": (
        *("questions.csv", "authors,13,respondents", "authors,13,selections"),
        *(32, "unit selections of q9_author", "unit respondents, unless kind is multiple"),
    ),
    "asked_if of an unknown question": (
        *("questions.csv", "q9=dedicated", "q99=dedicated"),
        *(32, "asked_if 'q99=dedicated': question 'q99'", "a question of questions.csv"),
    ),
    "asked_if of an unknown option": (
        *("questions.csv", "q9=dedicated", "q9=dedicatd"),
        *(32, "asked_if 'q9=dedicatd': option 'dedicatd' of q9", "one of dedicated, general_with"),
    ),
    "asked_if without an option": (
        *("questions.csv", "q9=dedicated", "q9"),
        *(32, "asked_if 'q9'", "empty, or question=option"),
    ),
    "no wording": ("questions.csv", ",Why there is none,", ",,", 33, "text_en ''", "some text"),
    "duplicate question": (
        *("questions.csv", "q5,measures,multiple", "q4,measures,multiple"),
        *(26, "again q4", "each question once"),
    ),
    "unknown role": (
        "options.csv",
        "authors,unknown,3,undisclosed",
        "authors,unknown,3,x",
        86,
        "role 'x'",
        "no_answer",
    ),
    "order in words": ("options.csv", "authors,leader,1", "authors,leader,first", 84, "order 'first'", "whole number"),
    "duplicate option": (
        *("options.csv", "authors,unknown,3", "authors,leader,3"),
        *(86, "again authors, leader", "each options and option once"),
    ),
    "no label": ("options.csv", ",The leading firm,", ", ,", 84, "label_en ''", "some text"),
    "published: unknown question": (
        *("published.csv", "q9_author,leader,table", "q9_writer,leader,table"),
        *(None, "question 'q9_writer'", "a question of questions.csv"),
    ),
    "published: unknown option": (
        *("published.csv", "q9_author,leader,table", "q9_author,boss,table"),
        *(None, "option 'boss' of q9_author", "one of leader, association, unknown"),
    ),
    "published: percent sign": (
        "published.csv",
        "leader,table,13,54",
        "leader,table,13,54%",
        None,
        "'54%'",
        "0 to 100",
    ),
    "published: above 100": ("published.csv", "leader,table,13,54", "leader,table,13,540", None, "'540'", "0 to 100"),
    "published: elsewhere": (
        *("published.csv", "q9_author,leader,table", "q9_author,leader,text"),
        *(None, "printed_in 'text'", "one of table, chart"),
    ),
    "claims: unknown question": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q33=done"),
        *(None, "terms 'q33=done': question 'q33'", "a question of questions.csv"),
    ),
    "claims: unknown option": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q3=ready"),
        *(None, "terms 'q3=ready': option 'ready' of q3", "one of not_known, under_way, done"),
    ),
    "claims: second term unknown": (
        *("claims.csv", "percent,q9=dedicated|q9=general_with", "percent,q9=dedicated|q9=general"),
        *(None, "option 'general' of q9", "one of dedicated, general_with"),
    ),
    "claims: malformed terms": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q3 done"),
        *(None, "terms 'q3 done'", "question=option, joined by |"),
    ),
    "claims: unknown kind": ("claims.csv", "q3_done,q3,percent", "q3_done,q3,share", None, "kind 'share'", "percent"),
    "claims: relation without value": (
        *("claims.csv", "q3=done,rounds_to,4,", "q3=done,rounds_to,,"),
        *(None, "relation 'rounds_to' with value ''", "both, or neither"),
    ),
    "claims: relation of another kind": (
        *("claims.csv", "q3_done,q3,percent,q3=done,rounds_to", "q3_done,q3,percent,q3=done,equals"),
        *(None, "relation 'equals' of kind percent", "one of rounds_to, about, at_least"),
    ),
    "claims: a figure where none is stated": (
        *("claims.csv", "q3_done,q3,percent,q3=done,", "q3_done,q3,leading,q3=done,"),
        *(None, "relation 'rounds_to' of kind leading", "one of (empty)"),
    ),
    "claims: unknown relation": (
        *("claims.csv", "q3=done,rounds_to,4", "q3=done,nearly,4"),
        *(None, "relation 'nearly'", "one of rounds_to, about, equals"),
    ),
    "claims: place twice": ("claims.csv", "q3_done,q3,", "q3_done,q3|q3,", None, "place 'q3|q3'", "each once"),
    "claims: place of two words": ("claims.csv", "q3_done,q3,", "q3_done,q3 text,", None, "'q3 text'", "joined by |"),
    "claims: no terms": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,"),
        *(None, "kind percent with terms ''", "1 or more terms"),
    ),
    "claims: too many terms": (
        *(
            "claims.csv",
            "q2_customers=aware|q2_suppliers=aware",
            "q2_customers=aware|q2_suppliers=aware|q2_linked=aware",
        ),
        *(None, "kind less with terms", "2 terms"),
    ),
    "claims: too few terms": (
        *("claims.csv", "same,q2_suppliers=aware|q2_customers=aware", "same,q2_suppliers=aware"),
        *(None, "kind same with terms 'q2_suppliers=aware'", "2 terms"),
    ),
    "claims: a term twice": (
        *("claims.csv", "percent,q9=dedicated|q9=general_with", "percent,q9=dedicated|q9=dedicated"),
        *(None, "kind percent with terms 'q9=dedicated|q9=dedicated'", "each term once"),
    ),
    "claims: a question for an answer": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q3"),
        *(None, "kind percent with terms 'q3'", "question=option in each term"),
    ),
    "claims: an answer for a question": (
        *("claims.csv", "reach_count,industry,", "reach_count,industry=services,"),
        *(None, "kind reach_count with terms 'industry=services'", "a question, without an option"),
    ),
    "claims: ticks added up": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q4=nothing|q4=caution"),
        *(None, "kind percent about 'q4=nothing|q4=caution'", "single-choice where several are added"),
    ),
    "claims: answers of two questions added up": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,percent,q3=done|q9=none"),
        *(None, "kind percent about 'q3=done|q9=none'", "answers of one question"),
    ),
    "claims: both of one single answer": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,both,q3=done|q3=not_done"),
        *(None, "kind both about", "two answers that one respondent can give"),
    ),
    "claims: both of a question put to some": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,both,q3=done|q9_author=leader"),
        *(None, "kind both about", "questions that everybody was asked"),
    ),
    "claims: any of a single answer": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,any,q3=done|q3=not_done"),
        *(None, "kind any about", "answers of one multiple-choice question, or of several"),
    ),
    "claims: only of a single answer": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,only,q3=done"),
        *(None, "kind only about 'q3=done'", "an answer of a multiple-choice question"),
    ),
    "claims: only of ticks": (
        *("claims.csv", "q3_done,q3,percent,q3=done", "q3_done,q3,only,q2_linked_why_aware=needed"),
        *(None, "kind only about", "that counts respondents"),
    ),
    "claims: part without the answer that leads to it": (
        *("claims.csv", "part,q9_author=leader|q9=dedicated|", "part,q9_author=leader|q9=none|"),
        *(None, "kind part about", "answers of the question that leads to it, with that answer"),
    ),
    "claims: part of a question put to all": (
        *("claims.csv", "part,q9_author=leader|q9=dedicated|", "part,q3=done|q9=dedicated|"),
        *(None, "kind part about", "an answer of a question with asked_if"),
    ),
    "claims: same of two kinds": (
        *("claims.csv", "same,q2_suppliers=aware|q2_customers=aware", "same,q2_suppliers=aware|q4=caution"),
        *(None, "kind same about", "two questions of one kind"),
    ),
    "claims: same of one question": (
        *("claims.csv", "same,q2_suppliers=aware|q2_customers=aware", "same,q4=rules|q4=caution"),
        *(None, "kind same about", "two questions of one kind"),
    ),
    "claims: largest twice of one question": (
        *("claims.csv", "largest,q2_suppliers_why_unaware=unclear", "largest,q2_linked_why_unaware=other"),
        *(None, "kind largest about", "one answer of each question"),
    ),
    "claims: a list of two questions": (
        *("claims.csv", "leading,q5=caution|q5=contract|q5=nothing", "leading,q5=caution|q4=contract|q5=nothing"),
        *(None, "kind leading about 'q5=caution|q4=contract|q5=nothing'", "answers of one question"),
    ),
    "claims: duplicate id": ("claims.csv", "q3_done,", "q3_not_known,", None, "again q3_not_known", "each claim once"),
    "no TOML": ("survey.toml", "respondents = 118", "respondents 118", 13, "no TOML", "name = value"),
    "missing key": ("survey.toml", 'publisher_ja = "', '# "', 0, "no publisher_ja", "publisher_ja = a text"),
    "empty text": ("survey.toml", '"大阪商工会議所"', '" "', 0, "publisher_ja = ' '", "publisher_ja = a text"),
    "respondents: none": ("survey.toml", "respondents =", "n =", 0, "no respondents", "a whole number, 1 or more"),
    "respondents: true": ("survey.toml", "= 118", "= true", 0, "respondents = 'True'", "a whole number, 1 or more"),
    "respondents: text": ("survey.toml", "= 118", '= "118"', 0, "respondents = '118'", "a whole number, 1 or more"),
    "respondents: fraction": ("survey.toml", "= 118", "= 118.0", 0, "respondents = '118.0'", "a whole number, 1"),
    "respondent_en: one text": (
        *("survey.toml", '["firm", "firms"]', '["firm"]'),
        *(0, """respondent_en = "['firm']\"""", "respondent_en = two texts, for one respondent and for several"),
    ),
    "respondent_en: no list": ("survey.toml", '["firm", "firms"]', '"firm"', 0, "respondent_en = 'firm'", "two texts"),
    "respondent_ja: empty": ("survey.toml", '["企業", "社"]', '["企業", " "]', 0, "respondent_ja = ", "that counts it"),
    "respondent_ja: numbers": ("survey.toml", '["企業", "社"]', "[1, 2]", 0, "respondent_ja = '[1, 2]'", "two texts"),
    "respondent_ja: control character": (
        *("survey.toml", '["企業", "社"]', '["企業", "\\u0007"]'),
        *(0, "respondent_ja = ", "text without control characters"),
    ),
    "baseline: number": (
        *("survey.toml", "respondents = 118", "respondents = 118\nbaseline = 2018"),
        *(0, "baseline = '2018'", "baseline = a text, the name of a survey folder"),
    ),
    "baseline: empty": (
        *("survey.toml", "respondents = 118", 'respondents = 118\nbaseline = ""'),
        *(0, "baseline = '', still to be filled in", "baseline = a text, the name of a survey folder"),
    ),
    "sample: unknown": (
        *("survey.toml", "respondents = 118", 'respondents = 118\nsample = "panel"'),
        *(0, "sample = 'panel'", "sample = one of self_selected, random, census"),
    ),
    "population_size: text": (
        *("survey.toml", "respondents = 118", 'respondents = 118\npopulation_size = "5000"'),
        *(0, "population_size = '5000'", "population_size = a whole number, 1 or more"),
    ),
    "population_size: fewer than answered": (
        *("survey.toml", "respondents = 118", "respondents = 118\npopulation_size = 117"),
        *(0, "population_size = 117", "at least the 118 respondents of survey.toml"),
    ),
    "invited: true": (
        *("survey.toml", "respondents = 118", "respondents = 118\ninvited = true"),
        *(0, "invited = 'True'", "invited = a whole number, 1 or more"),
    ),
    "invited: fewer than answered": (
        *("survey.toml", "respondents = 118", "respondents = 118\ninvited = 100"),
        *(0, "invited = 100", "at least the 118 respondents of survey.toml"),
    ),
    "census of a larger population": (
        *("survey.toml", "respondents = 118", 'respondents = 118\nsample = "census"\npopulation_size = 119'),
        *(0, "sample = 'census' with 118 respondents of 119", "census only where everyone answered"),
    ),
    "census of more that were asked": (
        *("survey.toml", "respondents = 118", 'respondents = 118\nsample = "census"\ninvited = 500'),
        *(0, "sample = 'census' with 118 respondents of 500", "else self_selected or random"),
    ),
    "report_by_en: empty": (
        *("survey.toml", "respondents = 118", 'respondents = 118\nreport_by_en = ""'),
        *(0, "report_by_en = ''", "report_by_en = a text"),
    ),
    "report_by_ja: number": (
        *("survey.toml", "respondents = 118", "respondents = 118\nreport_by_ja = 5"),
        *(0, "report_by_ja = '5'", "report_by_ja = a text"),
    ),
    "respondents: nobody": ("survey.toml", "= 118", "= 0", 0, "respondents = '0'", "a whole number, 1 or more"),
}


def test_settings_of_survey_toml_are_optional(copy_of_osaka):
    path = copy_of_osaka.folder / "survey.toml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("respondent_")]
    path.write_text("\n".join([*lines, 'baseline = "osaka-2018"']), encoding="utf-8")
    assert copy_of_osaka.load().about["baseline"] == "osaka-2018"


@pytest.mark.parametrize(
    "about",
    [
        {"sample": "random", "population_size": 5000, "invited": 800},
        {"sample": "random", "population_size": 118},
        {"sample": "census", "population_size": 118, "invited": 118},
        {"sample": "census"},
        {"sample": "self_selected", "population_size": 5000},
        {"report_by_en": "A firm", "report_by_ja": "ある企業"},
    ],
)
def test_what_the_sample_can_be(copy_of_osaka, about):
    lines = "".join(f"\n{name} = {value!r}" for name, value in about.items())
    copy_of_osaka.edit("survey.toml", "respondents = 118", "respondents = 118" + lines)
    loaded = copy_of_osaka.load().about
    assert {name: loaded[name] for name in about} == about


def with_use(folder, **uses):
    """Give questions a use, by id; all others have none."""
    path = folder / "questions.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.assign(use=[uses.get(question, "") for question in frame["question"]]).to_csv(path, index=False)


@pytest.mark.parametrize("use", ["break", "headline", "break|headline", ""])
def test_use_of_a_question(copy_of_osaka, use):
    with_use(copy_of_osaka.folder, q3=use)
    assert copy_of_osaka.load().questions.loc["q3", "use"] == use


@pytest.mark.parametrize("use", ["breaks", "break,headline", "break|", "|", "Break"])
def test_use_that_is_none(copy_of_osaka, use):
    with_use(copy_of_osaka.folder, industry=use)
    expected = "empty, or one or more of break, headline, joined by |"
    assert_says(message_of(copy_of_osaka.folder), "questions.csv", 2, f"use {use!r}", expected)


def test_break_by_a_question_with_several_answers(copy_of_osaka):
    with_use(copy_of_osaka.folder, q4="headline|break")
    found, expected = "use 'headline|break' of q4, of kind multiple", "break only where kind is single"
    assert_says(message_of(copy_of_osaka.folder), "questions.csv", 25, found, expected)


def row_of(path, part):
    """The line number of the only line that starts or holds a part, from 1."""
    return 1 + next(row for row, line in enumerate(path.read_text(encoding="utf-8").split("\n")) if part in line)


@pytest.mark.parametrize("case", BAD)
def test_bad_cell_row_or_line(copy_of_osaka, case):
    name, part, new, row, value, expected = BAD[case]
    if row is None:  # long files: the line is looked up before it is spoilt
        row = row_of(copy_of_osaka.folder / name, part)
    copy_of_osaka.edit(name, part, new)
    assert_says(message_of(copy_of_osaka.folder), name, row or None, value, expected)


def test_routed_base_that_differs_from_its_routing_answer(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "q9,dedicated,13", "q9,dedicated,12")
    copy_of_osaka.edit("counts.csv", "q9,none,45", "q9,none,46")
    message = message_of(copy_of_osaka.folder)
    assert_says(message, "questions.csv", 32, "base 13 of q9_author", "12, the count of q9=dedicated in counts.csv")
    assert message.endswith(f"(1 more: python -m helpers check {copy_of_osaka.folder})")


def test_question_without_any_count(copy_of_osaka):
    for line in ("q9_author,leader,7", "q9_author,association,1", "q9_author,unknown,5"):
        copy_of_osaka.edit("counts.csv", line, "")
    message = message_of(copy_of_osaka.folder)
    assert_says(message, "counts.csv", None, "no row for question q9_author", "a count for each of its options")


def test_first_of_several_problems_is_the_first_row(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "q10,other,6", "q10,other,six")
    copy_of_osaka.edit("counts.csv", "q4,drill,1", "q4,drill,one")
    message = message_of(copy_of_osaka.folder)
    assert_says(message, "counts.csv", 117, "count 'one'", NUMBER)
    assert "(1 more: python -m helpers check " in message


def test_long_values_are_cut_and_line_breaks_in_a_cell_do_not_break_the_message(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "industry,manufacturing,36", 'industry,manufacturing,"3\n6' + "x" * 500 + '"')
    message = message_of(copy_of_osaka.folder)
    assert "count '3\\n6xxx" in message
    assert "\n" not in message
    assert len(message) < 250


# --- whole files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_file(copy_of_osaka, name):
    (copy_of_osaka.folder / name).unlink()
    assert_says(message_of(copy_of_osaka.folder), name, None, "no such file", f"a file {name} in osaka-2019/")


@pytest.mark.parametrize("name", REQUIRED)
def test_folder_in_the_place_of_a_file(copy_of_osaka, name):
    (copy_of_osaka.folder / name).unlink()
    (copy_of_osaka.folder / name).mkdir()
    assert_says(message_of(copy_of_osaka.folder), name, None, "a file that cannot be read", "a readable file")


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"], ids=["nothing", "white space", "byte order mark"])
@pytest.mark.parametrize("name", [*REQUIRED, *OPTIONAL])
def test_empty_file(copy_of_osaka, name, content):
    (copy_of_osaka.folder / name).write_text(content, encoding="utf-8")
    assert_says(message_of(copy_of_osaka.folder), name, None, "an empty file", "a header line and at least one row")


@pytest.mark.parametrize("name", CSV_FILES)
def test_header_only(copy_of_osaka, name):
    path = copy_of_osaka.folder / name
    path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    assert_says(message_of(copy_of_osaka.folder), name, 1, "a header line only", "at least one row")


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name in CSV_FILES for column in schemas.required_columns(name)]
)
def test_each_column_is_needed(copy_of_osaka, name, column):
    path = copy_of_osaka.folder / name
    pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=column).to_csv(path, index=False)
    assert_says(message_of(copy_of_osaka.folder), name, 1, "columns ", f"a column {column}")


@pytest.mark.parametrize(
    ("name", "encoding", "row", "byte"),
    [
        ("claims.csv", "euc_jp", 2, "0xb9"),
        *[("counts.csv", "utf-16", 1, "0xff"), ("questions.csv", "utf-16", 1, "0xff")],
    ],
)
def test_file_that_is_not_utf_8(copy_of_osaka, name, encoding, row, byte):
    path = copy_of_osaka.folder / name
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert_says(message_of(copy_of_osaka.folder), name, row, f"byte {byte}", "text saved as UTF-8")


# --- any single bad cell of counts.csv -------------------------------------------------------------------------------

COUNT_ROWS = (survey.DATA / "osaka-2019" / "counts.csv").read_text(encoding="utf-8").splitlines()
TEXT = st.one_of(
    st.integers(-10, 400).map(str),
    st.sampled_from(
        ["nothing", "caution", "damages", "q4", "q5", "q2_suppliers", "other", "１２", "٣", "NaN", "", "1e1"]
    ),
    st.text(st.characters(categories=["Nd", "No", "Nl"]), max_size=4),
    st.text(st.characters(exclude_characters=",", exclude_categories=["Cs"]), max_size=12),
)


def fixed_totals(loaded):
    """The sums that the codebook fixes: those of single-choice questions and of selections."""
    fixed = (loaded.questions["kind"] == "single") | (loaded.questions["unit"] == "selections")
    return loaded.counted.groupby("question")["count"].sum()[loaded.questions.index[fixed]]


@settings(max_examples=size(200, 25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(1, len(COUNT_ROWS) - 1), column=st.integers(0, 2), text=TEXT)
@example(row=1, column=2, text="-36")
@example(row=1, column=2, text='"36')
@example(row=1, column=2, text=" 036 ")
@example(row=1, column=2, text="36\r")
@example(row=109, column=2, text="119")
@example(row=109, column=2, text="118")
def test_any_spoilt_cell_keeps_the_totals_or_is_refused(copy_of_osaka, osaka, row, column, text):
    cells = COUNT_ROWS[row].split(",")
    question = cells[0]
    cells[column] = text
    lines = [*COUNT_ROWS[:row], ",".join(cells), *COUNT_ROWS[row + 1 :]]
    (copy_of_osaka.folder / "counts.csv").write_bytes("\n".join(lines).encode("utf-8"))
    try:
        loaded = copy_of_osaka.load()
    except SurveyError:
        return
    pd.testing.assert_series_equal(fixed_totals(loaded), fixed_totals(osaka))
    # Only the one thing that nothing contradicts may pass: another count or option of a multiple-choice question.
    changed = loaded.counted.compare(osaka.counted) if len(loaded.counted) == len(osaka.counted) else None
    assert changed is not None
    assert changed.empty or (osaka.questions.loc[question, "kind"] == "multiple" and list(changed.index) == [row - 1])
    assert (loaded.counted["count"] <= osaka.respondents).all()


# --- what went wrong once -------------------------------------------------------------------------------


def test_quotation_mark_left_open_names_the_line_it_opens_on(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "industry,manufacturing,36", 'industry,manufacturing,"36')
    assert message_of(copy_of_osaka.folder).startswith("osaka-2019/counts.csv, row 2: ")


def test_line_break_in_the_header_does_not_break_the_message(copy_of_osaka):
    copy_of_osaka.edit("counts.csv", "option,count", 'option,"cou\nnt"')
    assert "\n" not in message_of(copy_of_osaka.folder)


def test_endless_number_of_respondents(copy_of_osaka):
    copy_of_osaka.edit("survey.toml", "= 118", "= " + "9" * 5000)
    assert "survey.toml" in message_of(copy_of_osaka.folder)
