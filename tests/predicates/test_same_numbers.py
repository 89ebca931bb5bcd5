"""One report, all of its findings, titles, notes and tables: the same thing has the same number, or says why not.

A thing is an answer to a question. Its share may stand on another base than that of all that were asked only where the
words beside it say so.
"""

import re
from math import floor

import pandas as pd
import pytest
from runs import Told, told_of

ANOTHER_BASE = re.compile(r"\bthat (know|answered|gave)\b|\d of \d|of those|selections|known|reached|tested")
QUOTED = re.compile(r"“([^”]+)”[^“”%;]*?(\d+)%")


def percent(share):
    return floor(100 * share + 0.5 + 1e-9)


@pytest.fixture(scope="module")
def report():
    return told_of("osaka-2019")


def tables(report):
    """Every table and figure with shares of answers, under its words: (words, data frame)."""
    captions = pd.read_csv(report.out / "tables" / "captions.csv").set_index("name")["caption"]
    titles = report.titles.set_index("figure")["title"]
    for words, folder in ((captions, "tables"), (titles, "figures")):
        for name, said in words.items():
            frame = pd.read_csv(report.out / folder / f"{name}.csv")
            if {"question", "option", "share", "base"} <= set(frame):
                yield said, frame
            elif folder == "tables" and {"first", "second", "option", "share_first"} <= set(frame):
                sides = [
                    frame.rename(columns={side: "question", f"share_{side}": "share"}) for side in ("first", "second")
                ]
                yield said, pd.concat(sides, ignore_index=True)


def shares(report):
    """The share of every answer among all that were asked: {(question, option): share}, of the largest base there is."""
    rows = pd.concat([frame for _, frame in tables(report) if "base" in frame], ignore_index=True)
    largest = rows.sort_values("base", ascending=False, kind="stable").drop_duplicates(["question", "option"])
    return largest.set_index(["question", "option"])["share"].to_dict()


def labels(report):
    """What every answer is called, in full and without its explanation: {label: its questions and options}."""
    rows = pd.concat([frame for _, frame in tables(report)], ignore_index=True)
    found = {}
    for question, option, label in rows[["question", "option", "label"]].dropna().itertuples(index=False):
        for words in (label, re.sub(r"\s*\(.*\)\s*$", "", label)):
            found.setdefault(words, set()).add((question, option))
    return found


def differing_tables(report):
    """Rows of tables and figures whose share is another one than elsewhere, and that do not say why."""
    right = shares(report)
    for words, frame in tables(report):
        for row in frame.to_dict("records"):
            apart = abs(row["share"] - right.get((row["question"], row["option"]), row["share"])) > 1e-9
            beside = f"{words} {row.get('group', '')}"
            if apart and not ANOTHER_BASE.search(beside):
                yield f"{words}: {row['question']}, {row['option']}: {row['share']}"


def differing_texts(report):
    """Percentages beside a quoted answer that no table has for it, in a sentence that does not say why."""
    right, called = shares(report), labels(report)
    texts = [(row["finding"], row["questions"].split("|")) for row in report.findings.to_dict("records")]
    texts += [(title, []) for title in report.titles["title"]]
    texts += [(part, []) for parts in report.shown.values() for part in parts if "\n" not in part]
    for text, asked in texts:
        for label, number in QUOTED.findall(text):
            things = [t for t in called.get(label, ()) if not asked or t[0] in asked]
            known = {percent(right[thing]) for thing in things if thing in right}
            if known and int(number) not in known and not ANOTHER_BASE.search(text):
                yield f"{label} has {known}: {text}"


def differing_counts(report):
    """Counts "x of y" in findings and descriptions of which no table has both."""
    rows = pd.concat([frame for _, frame in tables(report) if "count" in frame], ignore_index=True)
    pairs = set(zip(rows["count"].astype(int), rows["base"].astype(int), strict=True))
    told = report.findings[
        report.findings["kind"].isin(["share", "share_sum", "most_frequent", "most_frequent_offered"])
    ]
    for text in [*told["finding"], *report.titles["alt"]]:
        for count, base in re.findall(r"\((\d[\d,]*) of (\d[\d,]*)", text):
            if (int(count.replace(",", "")), int(base.replace(",", ""))) not in pairs:
                yield f"{count} of {base}: {text}"


def test_every_table_and_figure_has_the_same_share_of_an_answer(report):
    assert len(list(tables(report))) > 20
    assert list(differing_tables(report)) == []


def test_every_sentence_has_the_share_of_the_tables(report):
    assert list(differing_texts(report)) == []


def test_every_count_of_a_sentence_stands_in_a_table(report):
    assert list(differing_counts(report)) == []


def test_shares_of_a_question_that_is_told_twice_are_the_same_in_both(report):
    """What the summary's overview repeats is what the chapter says."""
    headlines = pd.concat(
        [pd.read_csv(path) for path in sorted((report.out / "tables" / "headlines").glob("*.csv"))], ignore_index=True
    )
    assert len(headlines) > 10
    assert ((headlines["count"] / headlines["base"] - headlines["share"]).abs() < 1e-9).all()
    told = {(r.label, r.count, r.base) for _, f in tables(report) if "count" in f for r in f.itertuples()}
    groups = {(r.group, r.count, r.base) for _, f in tables(report) if "group" in f for r in f.itertuples()}
    assert {(r.label, r.count, r.base) for r in headlines.itertuples()} <= told | groups


def test_a_number_that_differs_is_found(report):
    row = report.findings[report.findings["kind"] == "most_frequent"].iloc[0]
    label, number = QUOTED.search(row["finding"]).groups()
    findings = pd.DataFrame([row.to_dict() | {"finding": f"“{label}”: {int(number) + 1}%"}])
    assert list(differing_texts(Told(report.folder, report.out, findings, report.titles, {})))
