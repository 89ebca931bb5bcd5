"""Crosstabs without raw answers: totals by group, as agencies deliver them, are shown as they are and tested."""

import codebooks
import pandas as pd
import pytest
from inprocess import execute
from scipy.stats import chi2_contingency

from helpers.run.plan import read_notebook, why_not
from helpers.stats import crosstab_tests, crosstabs
from helpers.survey import load


@pytest.fixture
def printed(tmp_path):
    """A survey that printed its totals by age group, and the answers that they come from."""
    folder = codebooks.write(tmp_path / "printed", codebooks.rich(), raw=True, n=1500)
    answers = pd.read_parquet(folder / "responses.parquet").drop(columns=["age", "hours"])
    (folder / "responses.parquet").unlink()
    questions = pd.read_csv(folder / "questions.csv", dtype=str, keep_default_na=False)
    questions[questions["kind"] != "number"].to_csv(folder / "questions.csv", index=False)
    rows = []
    for question, option in (("outlook", "o1"), ("outlook", "o2"), ("outlook", "o3"), ("use_now", "o1")):
        given = answers[question] == option if question == "outlook" else answers[f"{question}={option}"].astype(bool)
        for group, count in given.groupby(answers["age_group"], observed=True).sum().items():
            rows.append({"question": question, "option": option, "by": "age_group", "group": group, "count": count})
    pd.DataFrame(rows).to_csv(folder / "counts_by.csv", index=False)
    return load(folder), answers


def test_printed_totals_by_group_are_crosstabs_of_which_nothing_is_hidden(printed):
    survey, answers = printed
    tables = {(t.row_question, t.column_question): t for t in crosstabs(survey, min_cell=5)}
    assert list(tables) == [("age_group", "outlook"), ("age_group", "use_now")]
    single, several = tables.values()
    expected = pd.crosstab(answers["age_group"], answers["outlook"].astype(str))
    assert single.shown.to_numpy().tolist() == expected.to_numpy().tolist()
    assert several.base.tolist() == answers["age_group"].value_counts().sort_index().tolist()
    (row,) = crosstab_tests(survey, [single, several]).to_dict("records")  # ticks together are not known
    assert row["statistic"] == pytest.approx(chi2_contingency(expected, correction=False).statistic)


def test_the_chapter_takes_totals_by_group(printed, monkeypatch, tmp_path):
    survey, _ = printed
    assert why_not(read_notebook("12_crosstabs"), survey, {}) is None
    shown = execute("12_crosstabs", monkeypatch, survey=str(survey.folder), output_dir=str(tmp_path / "out"))
    assert any("Of 1 crosstabs" in part["text/plain"] for part in shown)
    assert len(pd.read_csv(tmp_path / "out" / "tables" / "crosstabs.csv")) == 3 * 3 + 3
