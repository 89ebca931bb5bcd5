"""Fixtures of the statistics: answers that R knows, and Osaka with synthetic raw answers, plain and weighted."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import synthetic

from helpers import survey

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def answers():
    """The raw answers of tests/reference, as `Survey.responses` has them."""
    table = pd.read_csv(REFERENCE / "answers.csv")
    ticks = [name for name in table if name.startswith(("now.", "wanted."))]
    return table.astype(dict.fromkeys(ticks, "boolean")).rename(columns=lambda name: name.replace(".", "="))


def loaded_with(path, of=None):
    """Osaka with synthetic raw answers that have the same totals, and the weights that `of` gives them."""
    shutil.copytree(survey.DATA / "osaka-2019", path)
    found = synthetic.answers(survey.load())
    found = found if of is None else found.assign(weight=of(found))
    found.to_parquet(path / "responses.parquet")
    return survey.load(path)


def uneven(answers):
    """Weights from 0.2 to 4 that go with size and are no whole numbers."""
    size = answers["employees"].cat.codes.to_numpy() + 1
    return size * np.random.default_rng(1).uniform(0.2, 0.8, len(answers))


@pytest.fixture(scope="session")
def raw(tmp_path_factory):
    return loaded_with(tmp_path_factory.mktemp("raw") / "osaka-2019")


@pytest.fixture(scope="session")
def told(raw):
    """The same survey, whose folder says that nothing is hidden."""
    return replace(raw, about=raw.about | {"min_cell": 1})


@pytest.fixture(scope="session")
def weighted(tmp_path_factory):
    return loaded_with(tmp_path_factory.mktemp("weighted") / "osaka-2019", uneven)


@pytest.fixture(scope="session")
def ones(tmp_path_factory):
    """Every weight is 1."""
    return loaded_with(tmp_path_factory.mktemp("ones") / "osaka-2019", lambda answers: np.ones(len(answers)))


@pytest.fixture(scope="session")
def weighted_towards(tmp_path_factory):
    """A function that loads Osaka with raw answers and the weights that its argument gives them."""
    return lambda of: loaded_with(tmp_path_factory.mktemp("towards") / "osaka-2019", of)
