"""A loaded survey answers look-ups, hands out tables and knows its languages."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers import survey
from helpers.stats import proportions
from helpers.survey import SurveyError


def test_folder_loads_by_name_and_by_path(osaka):
    by_path = survey.load(survey.DATA / "osaka-2019")
    assert by_path.name == osaka.name == "osaka-2019"
    pd.testing.assert_frame_equal(by_path.counted, osaka.counted)


def test_every_table_has_the_contracts_columns(osaka):
    for question in osaka.questions.index:
        table = osaka.table(question)
        assert list(table.columns) == ["option", "label", "count", "base", "role"]
        assert not table.empty
        shares = proportions.add_shares(table)
        assert list(shares.columns[:7]) == ["option", "label", "count", "base", "share", "low", "high"]


def test_table_follows_the_order_of_the_option_set(osaka):
    expected = ["nothing", "caution", "contract", "standards", "rules", "software", "certification", "drill"]
    assert list(osaka.table("q5")["option"]) == [*expected, "insurance", "other"]
    assert list(osaka.table("q8")["option"]) == [*expected, "insurance", "damages", "stop_trading", "other"]


def test_languages_differ_in_labels_only(osaka):
    japanese = survey.load(lang="ja")
    assert osaka.table("q9_author").loc[0, "label"] == "The leading firm"
    assert japanese.table("q9_author").loc[0, "label"] == "主導的企業が作成"
    assert japanese.info("publisher") == "大阪商工会議所"
    assert japanese.wording("q9_reason") == "無い理由"
    pd.testing.assert_series_equal(osaka.table("q4")["count"], japanese.table("q4")["count"])


def test_look_ups(osaka):
    assert osaka.respondents == 118
    assert osaka.count("q2_linked", "aware") == 64
    assert osaka.routed("q2_linked_why_aware") == 64
    assert osaka.routed("q7_damage") == 30
    assert osaka.table("q2_linked_why_aware")["base"].unique().tolist() == [75]
    assert osaka.has("q1_suppliers", "q10")
    assert not osaka.has("q1_suppliers", "q11")


def test_look_ups_of_unknown_ids_name_the_known_ones(osaka):
    with pytest.raises(SurveyError, match=r"question: found 'q11'; expected one of industry, employees"):
        osaka.table("q11")
    with pytest.raises(SurveyError, match=r"option of q4: found 'damages'; expected one of nothing, caution"):
        osaka.count("q4", "damages")


def test_short_text_falls_back_to_the_wording(copy_of_osaka):
    copy_of_osaka.edit("questions.csv", ",End of support,", ",,")
    loaded = copy_of_osaka.load()
    assert loaded.short("q3") == loaded.wording("q3")
    assert loaded.short("q1_suppliers") == "Suppliers"


@pytest.mark.parametrize("name", ["", " ", ".", "..", "osaka-2018", "osaka-2019/counts.csv", "a\0b", "a\nb"])
def test_unknown_survey_names_the_known_ones(name):
    with pytest.raises(SurveyError) as caught:
        survey.load(name)
    expected = "expected the path of a folder, or a folder name under data/: "
    assert str(caught.value).startswith(f"survey: found {name!r}; {expected}")
    assert "osaka-2019" in str(caught.value).split(expected)[1]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lang", ["fr", "EN", "en\n", None])
def test_unknown_language_names_the_known_ones(lang):
    with pytest.raises(SurveyError, match=rf"^lang: found {re.escape(repr(str(lang)))}; expected one of en, ja$"):
        survey.load(lang=lang)


@pytest.mark.parametrize("name", ["~nobody_of_this_name", "a" * 300, None, 2019])
def test_odd_survey_arguments_end_in_a_message(name):
    with pytest.raises(SurveyError):
        survey.load(name)


# --- counts of several questions -------------------------------------------------------------------------------------


def test_counts_of_one_question_are_all_its_options(osaka):
    counts = osaka.counts("q2_suppliers")
    assert counts["q2_suppliers"].to_dict() == {"aware": 34, "unaware": 78, "no_answer": 6}
    assert counts.index.name == "option"
    assert counts.dtypes.eq("int64").all()


def test_counts_of_several_questions_are_the_options_that_all_of_them_offer(osaka):
    """Q8 also offers two answers that Q5 does not; they have no row, and nothing is missing or a fraction."""
    questions = ["q5", "q8"]
    counts = osaka.counts(*questions)
    shared = [option for option in osaka.table("q5")["option"] if option in set(osaka.table("q8")["option"])]
    assert list(counts.index) == shared
    assert list(osaka.table("q8")["option"]) != shared
    assert list(counts.columns) == questions
    assert counts.dtypes.eq("int64").all()
    assert all(counts.loc[option, q] == osaka.count(q, option) for q in questions for option in shared)


def test_counts_keep_the_order_of_the_options(osaka):
    both = osaka.counts("q8", "q5")
    assert list(both.index) == [o for o in osaka.table("q8")["option"] if o in both.index]


def test_counts_of_an_unknown_question(osaka):
    with pytest.raises(SurveyError, match=r"^question: found 'q11'; expected one of "):
        osaka.counts("q5", "q11")


# --- labels ----------------------------------------------------------------------------------------------------------


def test_a_label_is_that_of_the_question(osaka):
    """Two option sets of Osaka share the id `certification` and call it differently."""
    assert osaka.label("q5", "certification") == "Certification such as ISMS (asked for or required)"
    assert osaka.label("q10", "certification") == "A new, light certification scheme should be created"
    assert survey.load(osaka, "ja").label("q4", "caution") == "口頭や文書での注意喚起"


def test_every_label_is_that_of_the_table(osaka):
    for question in osaka.questions.index:
        table = osaka.table(question)
        assert [osaka.label(question, option) for option in table["option"]] == list(table["label"])


def test_the_label_of_an_option_that_was_not_offered(osaka):
    with pytest.raises(SurveyError, match=r"^option of q4: found 'damages'; expected one of nothing, caution"):
        osaka.label("q4", "damages")


# --- what the survey says of itself ----------------------------------------------------------------------------------


def test_respondents_are_called_what_the_survey_calls_them(osaka):
    assert osaka.noun == ("firm", "firms")
    assert survey.load(osaka, "ja").noun == ("企業", "社")


def test_respondents_without_a_name(copy_of_osaka):
    copy_of_osaka.edit("survey.toml", "respondent_en", "# respondent_en")
    copy_of_osaka.edit("survey.toml", "respondent_ja", "# respondent_ja")
    assert copy_of_osaka.load().noun == ("respondent", "respondents")
    assert copy_of_osaka.load("ja").noun == ("回答者", "人")


def test_breaks_are_the_questions_of_that_use(copy_of_osaka):
    path = copy_of_osaka.folder / "questions.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns="use", errors="ignore")
    frame.to_csv(path, index=False)
    assert copy_of_osaka.load().breaks == []
    uses = {"industry": "break", "employees": "headline|break", "q3": "headline"}
    frame.assign(use=frame["question"].map(uses).fillna("")).to_csv(path, index=False)
    assert copy_of_osaka.load().breaks == ["industry", "employees"]


# --- the sample ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "sample", "population"),
    [
        ({}, "self_selected", None),
        ({"population_size": 5000}, "self_selected", None),
        ({"sample": "random"}, "random", None),
        ({"sample": "random", "population_size": 5000}, "random", 5000),
        ({"sample": "census", "population_size": 118}, "census", None),
    ],
)
def test_how_the_respondents_were_found(osaka, about, sample, population):
    found = replace(osaka, about=osaka.about | about)
    assert (found.sample, found.is_census, found.population) == (sample, sample == "census", population)


# --- weights ---------------------------------------------------------------------------------------------------------


def test_weights_are_those_of_the_raw_answers(copy_of_osaka, osaka):
    assert osaka.weights is None
    frame, path = synthetic.answers(osaka), copy_of_osaka.folder / survey.RESPONSES
    frame.to_parquet(path)
    assert copy_of_osaka.load().weights is None
    frame.assign(weight=np.arange(1, len(frame) + 1) / 2).to_parquet(path)
    weights = copy_of_osaka.load().weights
    assert weights.dtype == float
    assert weights.tolist() == [number / 2 for number in range(1, 119)]


# --- a survey that is loaded already ---------------------------------------------------------------------------------


def test_a_loaded_survey_is_returned_in_the_language_asked_for(osaka, monkeypatch):
    monkeypatch.setattr("helpers.survey.model.read_folder", None)  # no file is read again
    assert survey.load(osaka, "en") is osaka
    japanese = survey.load(osaka, "ja")
    assert japanese.lang == "ja"
    assert japanese.table("q9_author").loc[0, "label"] == "主導的企業が作成"
    assert osaka.table("q9_author").loc[0, "label"] == "The leading firm"
    assert survey.load(japanese).lang == "en"
    with pytest.raises(SurveyError, match=r"^lang: found 'fr'"):
        survey.load(osaka, "fr")
