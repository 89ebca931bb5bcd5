"""What a notebook shows and keeps, for totals and for raw and weighted answers: its verbs, its files, its caption."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers import figures
from helpers.report import notebook as module
from helpers.report import start
from helpers.stats.answers import shares
from helpers.stats.comparisons import compare, family
from helpers.stats.tests_of_counts import COLUMNS as TEST_COLUMNS
from helpers.stats.tests_of_counts import homogeneity
from helpers.survey import DATA, SurveyError, load
from helpers.words.sentences import Sentence, overlap_limits

PAIR = ("q2_suppliers", "q2_customers")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Osaka's folder with totals, with synthetic raw answers that have the same totals, and with weights too."""
    made = {"totals": DATA / "osaka-2019"}
    for kind in ("raw", "weighted"):
        made[kind] = shutil.copytree(DATA / "osaka-2019", tmp_path_factory.mktemp(kind) / "osaka-2019")
        answers = synthetic.answers(load())
        if kind == "weighted":
            answers["weight"] = np.random.default_rng(1).uniform(0.2, 4, len(answers))
        answers.to_parquet(made[kind] / "responses.parquet")
    return made


@pytest.fixture(params=["totals", "raw", "weighted"])
def kind(request):
    return request.param


@pytest.fixture
def report(folders, kind, tmp_path, shown):
    return start("03_awareness", str(folders[kind]), "en", str(tmp_path))


def kept(report, name):
    return pd.read_csv(report.folder / "tables" / f"{name}.csv")


def drawn(report, table, **words):
    """A figure shown by a report, and its caption."""
    fig, ax = figures.page("A title", "A subtitle")
    ax.hlines(0, 0, 1)  # an interval
    before = len(fig.texts)
    report.figure(fig, "picture", table, **words)
    return fig, " ".join(" ".join(text.get_text() for text in fig.texts[before:]).split())


# --- start -----------------------------------------------------------------------------------------------------------


def test_a_lone_notebook_writes_beside_the_report_and_reads_it():
    report = start("03_awareness", "osaka-2019", "en")
    assert report.folder.parts[-3:] == ("outputs", "osaka-2019", "en-alone")
    assert report._reads.name == "en"


def test_a_cell_can_be_run_twice(osaka, tmp_path):
    report = start("03_awareness", osaka, "ja", tmp_path.as_posix())
    assert report.survey.lang == "ja"
    assert report.alpha == 0.05


def test_wrong_parameters_stop_at_once():
    with pytest.raises(SurveyError, match="parameter interval: found 'x'"):
        start("03_awareness", "osaka-2019", "en", interval="x")


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_is_shown_in_words_and_saved_in_full(report, shown):
    answers = shares(report.survey, *PAIR)
    report.table(answers, "awareness", "Awareness")
    assert "Largely aware" in shown[-1]
    assert "q2_suppliers" not in shown[-1]
    saved = kept(report, "awareness")
    assert saved["share"].tolist() == answers["share"].tolist()
    assert {"level", "method"} <= set(saved)
    assert kept(report, "captions").to_dict("records") == [
        {"name": "awareness", "caption": "Awareness", "notebook": "03_awareness"}
    ]


def test_a_table_without_a_name_is_not_saved(report):
    report.table(pd.DataFrame({"role": ["its own"]}), "", "Words", as_is=True)
    assert not (report.folder / "tables").exists()


def test_a_table_that_is_not_there_is_named(report):
    for name in ("nothing", "tests"):
        with pytest.raises(SurveyError, match=f"{name}.csv: no such table"):
            report.read(name)


def test_the_summary_reads_what_the_others_kept(report, tmp_path):
    report.finding("It is so.", kind="none")
    summary = start("14_summary", report.survey, "en", str(tmp_path))
    summary.finding("All is so.", kind="none")
    assert list(summary.read("findings")["finding"]) == ["It is so."]
    assert len(summary.read("comparisons")) == 0


# --- tests -----------------------------------------------------------------------------------------------------------


def test_comparisons_are_kept_twice(report, shown):
    pairs = [PAIR, ("q2_linked", "q2_unlinked")]
    made = family([compare(report.survey, *pair, "aware") for pair in pairs], "pairs")
    found = report.tests(made, "Pairs")
    leading = found[found["p_adjusted"].notna() & (found["test"] != "equivalence")]
    assert leading["p_adjusted"].tolist() == [c.p_adjusted for c in made]
    assert set(leading["family"]) == {"pairs"}
    assert (found["level"] == 0.95).all()
    comparisons = kept(report, "comparisons")
    assert comparisons["p_adjusted"].tolist() == pytest.approx([c.p_adjusted for c in made])
    assert comparisons["verdict"].tolist() == [c.verdict for c in made]
    assert comparisons[["p_low_adjusted", "p_high_adjusted"]].to_numpy() == pytest.approx(
        np.array([c.paired_adjusted for c in made])
    )
    assert len(kept(report, "tests")) == len(found)
    assert "Pearson" in shown[-1]


def test_the_same_call_again_changes_nothing(report):
    rows = compare(report.survey, *PAIR, "aware").tests
    first = report.tests(rows, "Pair")
    report.tests(rows, "Pair")
    assert len(kept(report, "tests")) == len(first)


def test_where_everyone_answered_no_test_is_shown_or_kept(osaka, folders, tmp_path, shown):
    for survey in (osaka, load(folders["raw"])):
        survey = replace(survey, about=survey.about | {"sample": "census"})
        report = start("03_awareness", survey, "en", str(tmp_path))
        compared = compare(survey, *PAIR, "aware")
        for rows in ([compared], [homogeneity(survey, *PAIR)], pd.DataFrame([homogeneity(survey, *PAIR)])):
            found = report.tests(rows, "Pair")
            assert (len(found), list(found)) == (0, ["notebook", *TEST_COLUMNS])
        assert shown == []
        assert not (tmp_path / "tables" / "tests").exists()
        (row,) = kept(report, "comparisons").to_dict("records")
        assert (row["difference"], row["verdict"]) == (compared.difference.value, pytest.approx(np.nan, nan_ok=True))
        report.limits()
        assert shown.pop().startswith("All 118 firms answered")
        assert shown == []


def test_tests_that_were_kept_are_only_shown(report, tmp_path, shown):
    report.finding("It is so.", kind="none")
    report.tests([compare(report.survey, *PAIR, "aware")], "Pair")
    summary = start("14_summary", report.survey, "en", str(tmp_path))
    summary.tests(summary.read("tests"), "All")
    assert shown[-1].startswith("All\n")
    assert not (tmp_path / "tables" / "tests" / "14_summary.csv").exists()


# --- figures ---------------------------------------------------------------------------------------------------------


def test_a_figure_goes_with_its_numbers(report, shown):
    answers = shares(report.survey, "q4")
    fig, caption = drawn(report, answers, note="A note", headline=("Heading", answers, "first"))
    for ending in ("png", "svg", "csv"):
        assert (report.folder / "figures" / f"picture.{ending}").exists()
    assert "Base: 118 firms, multiple choice" in caption
    assert "Thin lines: 95% intervals" in caption
    assert "A note. Source: " in caption
    headlines = kept(report, "headlines")
    assert list(headlines["share"]) == sorted(answers["share"], reverse=True)[:3]
    assert headlines["colour"].unique() == ["first"]
    assert kept(report, "figures")["title"].tolist() == [fig.page_title]


def test_signs_that_the_font_lacks_are_named_under_the_figure(report, shown):
    fig, ax = figures.page("A title")
    ax.set_title("Shop of क")  # neither of the fonts has the last sign
    report.figure(fig, "picture", pd.DataFrame({"label": ["x"], "p": [0.5]}))
    assert "The font of the figures lacks क:" in " ".join(map(str, shown))


def test_the_caption_says_what_is_weighted(report, kind):
    weighted = drawn(report, shares(report.survey, "q4"))[1]
    plain = drawn(report, pd.DataFrame({"label": ["x"], "p": [0.5]}))[1]
    assert ("effective sample size" in weighted) == (kind == "weighted")
    assert ("Not weighted" in plain) == (kind == "weighted")


def test_a_table_with_several_bases_has_none_in_its_caption(report):
    assert "Base" not in drawn(report, shares(report.survey, "q9_author", "q9_reason"))[1]


# --- sentences -------------------------------------------------------------------------------------------------------


def test_a_finding_keeps_what_it_rests_on(report):
    compared = compare(report.survey, *PAIR, "aware")
    answers = shares(report.survey, "q3")
    report.finding("Shares.", "picture", about=answers.head(2), kind="share")
    report.finding("Row.", about=answers.iloc[0], kind="share")
    report.finding("Compared.", about=compared, kind="difference")
    report.finding("Plain.", kind="none")
    report.finding("Stated.", about=answers.head(2), kind="share", values=[0.25, np.nan])
    report.finding("Told.", values=(3,), kind="none")
    shares_, row, difference, plain, stated, told = kept(report, "findings").fillna("").to_dict("records")
    assert (shares_["questions"], shares_["figure"]) == ("q3", "picture")
    assert shares_["options"] == "|".join(answers["option"][:2])
    assert json.loads(shares_["values"]) == answers["share"][:2].tolist()
    assert json.loads(row["values"]) == [answers["share"].iloc[0]]
    assert (difference["questions"], difference["options"]) == ("|".join(PAIR), "aware")
    assert json.loads(difference["values"])[2] == compared.difference.value
    assert (plain["kind"], plain["values"]) == ("none", "[]")
    assert (stated["options"], stated["values"]) == (shares_["options"], "[0.25]")  # not those of the rows
    assert (told["questions"], told["values"]) == ("", "[3.0]")


def test_a_sentence_says_itself_what_it_claims(report, monkeypatch):
    said = Sentence("Said.")
    for name, value in {"kind": "share", "questions": ("q3",), "options": ("a", "b"), "values": (0.5,)}.items():
        object.__setattr__(said, name, value)
    report.finding(said)
    (found,) = kept(report, "findings").to_dict("records")
    assert (found["kind"], found["questions"], found["options"], found["values"]) == ("share", "q3", "a|b", "[0.5]")


def test_words_of_the_survey_and_limits(report, kind, shown):
    report.about()
    report.quote("q4", "q9_author")
    report.quote_claims("q2_customers_same", "no_such_claim")
    report.note("Mind.")
    assert "118 firms" in shown[0]
    assert "(Base: 13 firms, single choice)" in shown[2]
    assert len(shown) == 5
    report.limits()
    assert len(shown) == (7 if kind == "weighted" else 6)


def test_limits_speak_of_overlaps_only_where_totals_were_compared(report, kind, shown):
    words = overlap_limits(report.words)
    report.tests([homogeneity(report.survey, *PAIR)], "Answers")  # a row by itself is no comparison
    report.limits()
    assert words not in shown
    report.tests([compare(report.survey, *PAIR, "aware")], "Pair")
    report.limits()
    assert (words in shown) == (kind == "totals")


def test_the_link_to_the_next_notebook(osaka, tmp_path, shown):
    names = [path.stem for path in sorted(module.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]
    start(names[0], osaka, "en", str(tmp_path)).next()
    start(names[-1], osaka, "en", str(tmp_path)).next()
    assert shown[0].startswith("Next: [")
    assert f"({names[1]}.ipynb)" in shown[0]
    assert shown[1].startswith("Back to the beginning: [")
    assert f"({names[0]}.ipynb)" in shown[1]
