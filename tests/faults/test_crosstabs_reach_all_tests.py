"""The summary runs after the crosstabs, whatever their numbers, and shows their tests among all tests."""

import pandas as pd
from inprocess import execute

from helpers.run import plan
from helpers.survey import load


def test_every_test_of_the_crosstabs_is_among_all_tests(monkeypatch, tmp_path):
    about = {"survey": "example-2026", "output_dir": str(tmp_path)}
    execute("12_crosstabs", monkeypatch, **about)
    shown = execute("14_summary", monkeypatch, **about)
    kept = pd.read_csv(tmp_path / "tables" / "tests" / "12_crosstabs.csv")
    assert len(kept) > 10
    (table,) = (part["text/plain"] for part in shown if part["text/plain"].startswith("All tests of all topics"))
    regions = kept["first"].eq("region").sum()
    assert sum(load("example-2026").short("region") in line for line in table.splitlines()) >= regions > 0
    assert len(table.splitlines()) >= len(kept) + 2  # caption and headings


def test_the_summary_is_the_last_to_run():
    names = plan.plan("example-2026", "en").notebooks
    assert plan.last_of(names) == ("14_summary",)
    assert plan.in_order(names)[0] == "14_summary"
