"""A question may offer a single ordinary answer (yes, or nothing): its sentences say that one and name no runner-up."""

import made_up
import pandas as pd

KEPT = {  # the answers that a questionnaire cut short offers
    "employees": ["100_299"],
    "q3": ["not_known", "under_way", "no_answer"],
    "q7_content": ["phishing_mail", "other"],
    "q9_author": ["leader", "unknown"],
}


def cut_short(path):
    """The Osaka survey with the answers in KEPT only; firms that gave another single answer gave the first of these."""
    made_up.osaka_without(path)
    counts = pd.read_csv(path / "counts.csv")
    kinds = pd.read_csv(path / "questions.csv").set_index("question")["kind"]
    for question, kept in KEPT.items():
        rows = counts["question"] == question
        lost = rows & ~counts["option"].isin(kept)
        if kinds[question] == "single":
            counts.loc[rows & (counts["option"] == kept[0]), "count"] += counts.loc[lost, "count"].sum()
        counts = counts[~lost]
    counts.to_csv(path / "counts.csv", index=False)
    return path


def test_a_single_answer_is_said_alone(tmp_path):
    survey = cut_short(tmp_path / "mine")
    run = made_up.report(survey, tmp_path / "out", "--only", "01", "05", "08", "09")
    assert run.returncode == 0, run.stderr
    tables = tmp_path / "out" / "mine" / "en" / "tables"
    findings = pd.read_csv(tables / "findings.csv")
    for notebook, label in labels(tables).items():
        said = [s for s in findings.loc[findings["notebook"] == notebook, "finding"] if f"“{label}”" in s]
        assert any(s.startswith(("The most frequent answer is", "Of the answers offered")) for s in said), notebook


def labels(tables):
    """The label of the single answer of some topics, by notebook."""
    stems = {"01_respondents": "employees", "05_end_of_support": "q3_knowing", "08_incidents": "q7_content"}
    stems |= {"09_agreements": "q9_author"}
    read = {notebook: pd.read_csv(tables / f"{stem}.csv") for notebook, stem in stems.items()}
    found = {notebook: table.loc[table["role"] == "answer", "label"] for notebook, table in read.items()}
    return {notebook: answers.item() for notebook, answers in found.items()}
