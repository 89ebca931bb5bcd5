"""Every finding, title and note of reports on random surveys is true, judged from outside; and the judges see what is false."""

import functools
import json
import re
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from facts import Facts, every_table, limits, paired_range
from judge import JUDGES, judge, judge_notes, judge_title, said
from random_surveys import write
from runs import tell, told_of
from sizes import size

from helpers.survey import DATA

SURVEYS = size(2000, 10)
CHAPTERS = [f"{number:02}" for number in range(1, 11)] + ["14"]
FOLDER = Path(tempfile.mkdtemp(prefix="predicates-"))


@functools.cache
def told(seed):
    """What the report on a random survey says; every eighth is drawn as well."""
    folder = write(FOLDER / f"random-{seed}", seed)
    return tell(folder, FOLDER / f"out-{seed}", drawn=seed % 8 == 0, notebooks=CHAPTERS)


def complaints(report):
    """All that is false in a report."""
    facts, ran = Facts(report.folder), list(report.shown)
    found = [words for row in report.findings.to_dict("records") for words in judge(facts, row, ran)]
    texts = set(report.findings["finding"])
    for figure, title, alt in report.titles[["figure", "title", "alt"]].itertuples(index=False):
        found += judge_title(facts, figure, title, texts, ran)
        found += [f"description of {figure}: {words}" for words in said(facts, alt)]
    for notebook, parts in report.shown.items():
        sentences = (part for part in parts if "\n" not in part)  # tables have lines
        found += [f"{notebook}: {words}: {part}" for part in sentences for words in said(facts, part)]
    drawn = report.out / "figures" / "awareness.csv"
    return [*found, *judge_notes(facts, pd.read_csv(drawn))] if drawn.exists() else found


@pytest.mark.parametrize("seed", range(SURVEYS))
def test_what_a_report_says_of_a_random_survey_is_true(seed):
    assert complaints(told(seed)) == []


@pytest.mark.parametrize("name", ["osaka-2019", "example-2026"])
def test_what_a_report_says_of_a_survey_of_the_project_is_true(name):
    assert complaints(told_of(name)) == []


def test_nothing_random_is_left_out():
    """The first surveys are of every kind that a folder can say."""
    facts = [Facts(write(FOLDER / f"written-{seed}", seed)) for seed in range(24)]
    kinds = {(f.raw, f.weights is not None, f.about.get("sample", "")) for f in facts}
    assert {kind[:2] for kind in kinds} == {(False, False), (True, False), (True, True)}
    assert {sample for *_, sample in kinds} == {"", "self_selected", "random", "census"}
    assert (min(f.n for f in facts), max(f.n for f in facts)) == (3, 5000)


# --- the judges judged -----------------------------------------------------------------------------------------------


@functools.cache
def samples():
    """One true finding of every kind: {kind: (Facts, row, notebooks)}."""
    reports = [told_of("osaka-2019"), told_of("example-2026"), *map(told, range(10))]
    found = {"fit": (Facts(DATA / "osaka-2019"), FIT, [])}
    for report in reports:
        for row in report.findings.to_dict("records"):
            found.setdefault(row["kind"], (Facts(report.folder), row, list(report.shown)))
    return found


FIT = {
    "notebook": "01_respondents",
    "finding": "The mix of industries differs from the population given (p = 0.012).",
    "kind": "fit",
    "questions": "industry",
    "options": "",
    "values": "[0.0123]",
}
KINDS = sorted(JUDGES)
OPPOSITE = {
    "difference_shown": "difference_not_shown",
    "difference_not_shown": "difference_shown",
    "difference_fact": "difference_shown",
    "paired_always": "paired_never",
    "paired_never": "paired_undetermined",
    "paired_undetermined": "paired_always",
    "test_shown": "test_not_shown",
    "test_not_shown": "test_shown",
}


def one_more(text):
    """Every number outside of quoted labels is one more; a text without numbers claims one."""
    parts = re.split("(“[^”]*”)", text)
    changed = [part if part.startswith("“") else re.sub(r"\d+", lambda d: str(int(d[0]) + 1), part) for part in parts]
    return "".join(changed) if "".join(changed) != text else f"{text} 12% differ significantly."


@pytest.mark.parametrize("kind", KINDS)
def test_a_true_finding_passes_and_a_spoilt_one_does_not(kind):
    facts, row, ran = samples()[kind]
    assert judge(facts, row, ran) == []
    values = json.loads(row["values"] or "[]")
    assert judge(facts, row | {"values": json.dumps([*values, 0.123])}, ran)
    assert judge(facts, row | {"finding": one_more(row["finding"])}, ran)
    if kind in OPPOSITE:
        assert judge(facts, row | {"kind": OPPOSITE[kind]}, ran)


def test_a_kind_that_nobody_judges_is_a_complaint():
    facts, row, ran = samples()["share"]
    assert judge(facts, row | {"kind": "trend"}, ran) == [f"no judge for the kind 'trend': {row['finding']}"]


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ({"raw": True}, "Somewhere else only totals are known."),
        ({"raw": True}, "significant whatever the overlap"),
        ({"raw": False}, "among the 118 firms that answered both"),
        ({"census": True}, "16% (19 of 118 firms, 95% interval 10–24%)"),
        ({"sample": "random"}, "They chose to answer and are not a random sample"),
        ({"sample": "self_selected"}, "They were drawn at random"),
        ({}, "a difference of nan points"),
    ],
)
def test_words_that_do_not_go_with_the_data_are_complaints(seen, text):
    class Seen:
        raw, census, about = seen.get("raw", False), seen.get("census", False), {"sample": seen.get("sample", "")}

    assert list(said(Seen, text))


def test_the_band_of_discordant_answers_is_that_of_every_table():
    margins = [(y, n, 4 - y - n) for y, n in product(range(5), repeat=2) if y + n <= 4]
    for first, second in product(margins, repeat=2):
        b = np.arange(min(first[0], second[1]) + 1)
        low, high = limits(first, second, b)
        band = {(i, c) for i, least, most in zip(b, low, high, strict=True) for c in range(least, most + 1)}
        assert band == every_table(first, second), (first, second)


@pytest.mark.parametrize("margins", [((3, 2, 1), (1, 4, 1)), ((6, 0, 0), (0, 6, 0)), ((4, 2, 0), (2, 3, 1))])
def test_the_range_is_that_of_every_table(margins):
    from scipy.stats import binomtest

    found = [binomtest(b, b + c).pvalue if b + c else 1.0 for b, c in every_table(*margins)]
    assert paired_range(*margins) == pytest.approx((min(found), max(found)))
