"""The CSV, the folded table and the description of a figure hold all the numbers that it draws."""

import html

import made_up
import pandas as pd
import pytest

COLUMNS = ["option", "count", "base"]
DRAWN = {
    "end_of_support": {
        *(("not_known", 74, 118), ("under_way", 27, 118), ("done", 5, 118), ("not_done", 3, 118)),
        *(("no_answer", 9, 118), ("under_way", 27, 35), ("done", 5, 35), ("not_done", 3, 35)),
    },
    "incidents": {("asked", 30, 118), ("rest", 88, 118), ("none", 24, 30), ("leak", 5, 30)},
}
DESCRIBED = {
    "end_of_support": ["Those that know, Under way, as far as known 77% (27 of 35)"],
    "incidents": ["Reached by an attack on a partner 25% (30 of 118)"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a report of the two topics is."""
    out = tmp_path_factory.mktemp("drawn")
    run = made_up.report("osaka-2019", out, "--only", "05", "08")
    assert run.returncode == 0, run.stderr
    return out / "osaka-2019" / "en"


def test_figures_hold_what_they_draw(folder):
    described = pd.read_csv(folder / "tables" / "figures.csv").set_index("figure")["alt"]
    page = html.unescape((folder / "annex.html").read_text(encoding="utf-8"))
    folded = [part.split("</details>")[0] for part in page.split('<details class="numbers">')[1:]]
    for name, numbers in DRAWN.items():
        table = pd.read_csv(folder / "figures" / f"{name}.csv")
        assert numbers <= set(table[COLUMNS].itertuples(index=False, name=None))
        assert list(table["share"]) == list(table["count"] / table["base"])
        assert [words for words in DESCRIBED[name] if words not in described[name]] == []
        assert any(all(f">{label}<" in part for label in table["label"]) for part in folded)


def test_the_questions_of_the_incidents_stay_in_their_figure(folder):
    drawn = pd.read_csv(folder / "figures" / "incidents.csv")
    for question in ("q7_content", "q7_damage"):
        told = pd.read_csv(folder / "tables" / f"{question}.csv")
        here = drawn[(drawn["question"] == question) & (drawn["base"] == 30)]
        assert list(here["option"]) == list(told["option"])
        assert list(here["share"]) == list(told["share"])
