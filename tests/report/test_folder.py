"""The output folder: tables are read as they were written, what notebooks keep is joined in their order."""

import json

import pandas as pd
import pytest

from helpers.report import folder


@pytest.mark.parametrize("label", ["None", "n/a", "1.50", "NA", "日本語", "a, b"])
def test_text_stays_text(tmp_path, label):
    folder.write_csv(pd.DataFrame({"label": [label], "share": [0.1]}), tmp_path / "t.csv")
    found = folder.read_csv(tmp_path / "t.csv")
    assert list(found["label"]) == [label]
    assert found["share"].iloc[0] == 0.1


def test_parts_are_joined_in_the_notebooks_order(tmp_path):
    for name in ("02_b", "01_a"):
        folder.write_csv(pd.DataFrame({"notebook": [name], "finding": ["x"]}), tmp_path / "findings" / f"{name}.csv")
    folder.gather_all(tmp_path)
    assert list(folder.read_csv(tmp_path / "findings.csv")["notebook"]) == ["01_a", "02_b"]
    assert list(folder.read_kind(tmp_path, "findings", without="01_a")["notebook"]) == ["02_b"]
    assert not (tmp_path / "tests.csv").exists()
    assert list(folder.read_kind(tmp_path, "tests")) == list(folder.KINDS["tests"].columns)


def test_a_row_takes_the_place_of_an_earlier_one_with_its_key():
    old = pd.DataFrame({"a": ["x", "y"], "b": [None, "1"], "c": [1, 2]})
    new = pd.DataFrame({"a": ["x"], "b": [float("nan")], "c": [3]})
    assert folder.updated(old, new, ("a", "b"))["c"].tolist() == [2, 3]


@pytest.fixture
def notebooks(tmp_path):
    for name in ("01_a", "02_b", "any_topic"):
        cells = [{"cell_type": "markdown", "id": "title", "source": [f"# About {name}\n", "More."]}]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return tmp_path


def test_the_next_notebook_and_its_title(notebooks):
    assert folder.following(notebooks, "01_a").stem == "02_b"
    assert folder.following(notebooks, "02_b").stem == "01_a"
    assert folder.following(notebooks, "any_topic") is None
    assert folder.title_of(notebooks / "02_b.ipynb", "en") == "About 02_b"
