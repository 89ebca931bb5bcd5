"""Fixtures that all tests share: the Osaka survey, and a copy of its folder that a test may spoil."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from sizes import size

from helpers import survey
from helpers.report import notebook

# The same examples on every run, and no time limit for a single one: slow machines must not fail.
settings.register_profile("project", deadline=None, derandomize=True, max_examples=size(100, 25))
settings.load_profile("project")


class FolderCopy:
    """A copy of a survey folder, with edits of one line at a time."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def edit(self, name, part, new):
        """Replace `part`, which only one line of the file holds, by `new`."""
        path = self.folder / name
        lines = path.read_bytes().decode("utf-8").split("\n")
        rows = [row for row, line in enumerate(lines) if part in line]
        assert len(rows) == 1, f"{part!r} stands on {len(rows)} lines of {name}"
        lines[rows[0]] = lines[rows[0]].replace(part, new)
        path.write_bytes("\n".join(lines).encode("utf-8"))

    def load(self, lang="en"):
        return survey.load(self.folder, lang)


@pytest.fixture(scope="session")
def osaka():
    return survey.load()


@pytest.fixture
def copy_of_osaka(tmp_path):
    return FolderCopy(shutil.copytree(survey.DATA / "osaka-2019", tmp_path / "osaka-2019"))


@pytest.fixture
def shown(monkeypatch):
    """What a report shows, as plain text."""
    words = []
    monkeypatch.setattr(notebook, "display", lambda data, **_: words.append(data["text/plain"]))
    return words
