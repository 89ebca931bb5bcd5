"""Small made-up survey folders for the tests of faults, and a run of the command line over them."""

import here
import pandas as pd

from helpers.survey import DATA

ABOUT = """\
title_en = "Made up"
title_ja = "架空の調査"
publisher_en = "Nobody"
publisher_ja = "架空の団体"
published = 2020-01-01
fieldwork_en = "never"
fieldwork_ja = "なし"
population_en = "made-up firms"
population_ja = "架空の企業"
method_en = "made up"
method_ja = "架空"
respondents = {respondents}
source_en = "made up"
source_ja = "架空"
"""


def folder(path, questions, respondents=40):
    """Write a survey of totals: `questions` is {id: {option id: (label, count)}}, each with one answer per firm."""
    path.mkdir(parents=True)
    (path / "survey.toml").write_text(ABOUT.format(respondents=respondents), encoding="utf-8")
    asked, offered, counted = [], [], []
    for question, options in questions.items():
        words = {f"{kind}_{lang}": f"Question {question}" for kind in ("text", "short") for lang in ("en", "ja")}
        kept = {"topic": "a_topic", "kind": "single", "options": question, "base": respondents, "unit": "respondents"}
        asked.append({"question": question, **kept, "asked_if": "", "answered_any": "", **words})
        for order, (option, (label, count)) in enumerate(options.items(), start=1):
            role = "no_answer" if option == "no_answer" else "answer"
            row = {"options": question, "option": option, "order": order, "role": role}
            offered.append({**row, "label_en": label, "label_ja": label})
            counted.append({"question": question, "option": option, "count": count})
    for name, rows in (("questions", asked), ("options", offered), ("counts", counted)):
        pd.DataFrame(rows).to_csv(path / f"{name}.csv", index=False)
    return path


def osaka_without(path, *questions):
    """A copy of the Osaka survey of totals that did not ask these questions; nothing was published about it."""
    path.mkdir(parents=True)
    (path / "survey.toml").write_bytes((DATA / "osaka-2019" / "survey.toml").read_bytes())
    for name in ("questions.csv", "counts.csv", "options.csv"):
        table = pd.read_csv(DATA / "osaka-2019" / name, dtype=str, keep_default_na=False)
        if name != "options.csv":
            table = table[~table["question"].isin(questions)]
        table.to_csv(path / name, index=False)
    return path


def report(survey, output, *arguments):
    """Run the command line's report over a survey: its exit code and words. The report is at `output`/NAME/LANG."""
    return here.report("--survey", survey, "--output-dir", output, *arguments)
