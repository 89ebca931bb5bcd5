"""What the chapters say of Osaka, sentence by sentence: values that an independent reading of the same tables gave."""

import json

import pandas as pd
import pytest
from inprocess import chapters, execute


def tables():
    return chapters() / "tables"


@pytest.fixture(scope="module")
def findings():
    return pd.read_csv(tables() / "findings.csv").fillna("")


def said(findings, notebook, kind):
    return findings[(findings["notebook"] == notebook) & (findings["kind"] == kind)]


def values(row):
    return json.loads(row["values"])


def test_linked_and_unlinked_partners_are_undecided_in_their_family_of_three(findings):
    rows = findings[(findings["notebook"] == "03_awareness") & findings["kind"].str.startswith("paired_")]
    assert rows["kind"].tolist() == ["paired_undetermined"] * 3
    (linked,) = (row for row in rows.to_dict("records") if row["questions"] == "q2_linked|q2_unlinked")
    assert values(linked)[1] == pytest.approx(0.0576, abs=5e-5)  # three times the largest p, 0.01919
    assert "0.058, Holm-adjusted for 3 comparisons" in linked["finding"]


def test_no_sentence_counts_how_many_may_have_answered_differently(findings):
    # 34 of the 35 significant joint tables of suppliers and customers have more than 6 that answered differently
    assert not findings["finding"].str.contains("answered differently").any()


def test_verdicts_on_measures_are_those_after_adjustment(findings):
    (row,) = said(findings, "06_measures", "verdicts").to_dict("records")
    assert values(row) == [30, 6, 15, 9]
    tests = pd.read_csv(tables() / "tests.csv")
    ranges = tests[(tests["notebook"] == "06_measures") & (tests["test"] == "mcnemar_range")]
    assert ranges["verdict"].value_counts().to_dict() == {"never": 15, "undetermined": 9, "always": 6}
    assert ((ranges["p_high_adjusted"] < 0.05) == (ranges["verdict"] == "always")).all()
    assert ((ranges["p_low_adjusted"] >= 0.05) == (ranges["verdict"] == "never")).all()


def test_the_summary_counts_what_tests_csv_holds(monkeypatch, tmp_path):
    shown = execute("14_summary", monkeypatch, output_dir=str(chapters()))
    tests = pd.read_csv(tables() / "tests.csv")
    often = tests.loc[tests["test"] == "mcnemar_range", "verdict"].value_counts()
    words = f"Of {often.sum()} differences between answers of the same respondents, {often['always']} are significant"
    assert any(words in str(output) for output in shown)
    adjusted = tests["p_adjusted"].dropna()
    below = f"Adjusted p-values: {len(adjusted)}; below the level of 0.05: {(adjusted < 0.05).sum()}."
    assert any(below in str(output) for output in shown)


@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        # Other has 17 of 45, the most frequent reason that was offered 15
        ("09_agreements", "Of the answers offered, “Hard to say which firms belong” was given most, 33% (15 of 45"),
        ("09_agreements", "“Other” stands at 38%"),
        # Unknown has 5 of 13, one answer after the leading firm 1
        ("09_agreements", "followed by “Unknown”: 38% (5 of 13"),
        # two classes have 19 firms
        ("01_respondents", "followed by “500–999” and “1,000–1,999”: 16% (19 of 118"),
        ("06_measures", "56% of the firms do nothing, or hardly anything,"),
        # from now to wanted: caution +17, contract +14, software +8
        (
            "06_measures",
            "Furthest from what is done now to what is wanted: “A caution in speech or writing” (25% do it, 42% want it)",
        ),
        # counts of damage: 5, 3, 3, 0, 0 of 30
        ("08_incidents", "Of 30 firms reached, between 5 and 11 named some damage"),
        ("03_awareness", "“Largely aware”: linked partners 59% (64 of 109), unlinked partners 30% (33 of 110)"),
    ],
)
def test_sentences_that_were_false_once(findings, notebook, words):
    said_there = findings.loc[findings["notebook"] == notebook, "finding"]
    assert said_there.str.contains(words, regex=False).any()


def test_the_bars_of_awareness_and_the_note_beside_them_have_one_base():
    drawn = pd.read_csv(chapters() / "figures" / "awareness.csv")
    linked = drawn[drawn["question"] == "q2_linked"]
    assert set(linked["base"]) == {118}
    assert linked["note"].str.contains(r"\+26 points", regex=True).all()  # 64 / 118 - 33 / 118 = 0.263


def test_power_is_that_of_the_same_firms():
    # exact McNemar, n 118, lower share 28 of 118, power 0.8: an independent calculation
    power = pd.read_csv(tables() / "power_03.csv")
    rows = power[power["second"] == "q2_customers"]
    assert (100 * rows["detectable"]).round(1).tolist() == [17.8, 14.9, 12.6, 9.5, 7.6]
    assert rows["phi"].tolist() == [0, 0.3, 0.5, 0.7, 0.8]


def test_what_totals_prove_together(monkeypatch):
    execute("14_summary", monkeypatch, output_dir=str(chapters()))
    proven = pd.read_csv(tables() / "proven.csv")
    least = dict(zip(proven["label"], proven["least"], strict=True))
    found = {words: number for words, number in least.items() if "nothing" in words.lower() or "known" in words.lower()}
    # 66 - 23; 64 + 66 - 118; 66 + 74 - 118; 78 + 74 - 118
    assert {43, 12, 22, 34} <= set(found.values())
