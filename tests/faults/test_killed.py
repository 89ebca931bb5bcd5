"""Killed at any change of the disk, a folder is found wholly old or wholly new, and nothing of the attempt stays."""

import json
import subprocess
import sys
from pathlib import Path

import importing
import pytest
from sizes import size

from helpers import __main__ as command
from helpers.files import CLEARED, JOURNAL, PLAN, Busy, locked
from helpers.run import jobs

FIRST = importing.HEAD + "a,small,IT,\nb,large,Other,luck\n"
SECOND = importing.HEAD + "a,large,IT,growth\nb,large,Other,luck\nc,,Nothing,\n"


@pytest.fixture
def twice(tmp_path):
    """A survey with answers, and a file beside it that has more."""
    small = importing.small_survey(tmp_path / "small")
    importing.take(small, FIRST)
    importing.put(small, SECOND, name="second.csv")
    return small


def kill(action, folder, every):
    """What was found when the action was killed at each `every`-th of its changes."""
    script = Path(__file__).with_name("killing.py")
    arguments = [sys.executable, "-W", "ignore", script, action, folder, str(every)]
    done = subprocess.run(arguments, capture_output=True, text=True, env=importing.environment(), check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("action", ["import", "undo", "report"])
def test_killed_at_any_change_the_folder_is_old_or_new(action, twice, tmp_path):
    folder = twice
    if action == "undo":
        importing.take(twice, SECOND)
    if action == "report":
        folder = tmp_path / "out" / "en"
        for name in ("figures/old.png", "tables/old.csv", "tables.xlsx", "mine.txt"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"old {name}")
    found = kill(action, folder, size(1, 5))
    assert set(found) == {"old", "new", "completed", "changes"}, found
    assert found["old"] > 2
    assert found["completed"] > 1  # some were killed after the decision, and were carried out by the next look
    assert found["new"] >= found["completed"]


def decided(folder, **files):
    """A new version as a killed process leaves it: decided on, and nothing of it in its place."""
    (folder / JOURNAL / ".old").mkdir(parents=True)
    (folder / JOURNAL / PLAN).write_text(json.dumps(dict.fromkeys(files, True)))
    for name, content in files.items():
        (folder / JOURNAL / name).write_text(content)


def test_the_next_command_finishes_what_was_decided_and_tells(twice, capsys):
    about = (twice / "survey.toml").read_text(encoding="utf-8").replace('"synthetic"', '"later"')
    decided(twice, **{"survey.toml": about})
    (twice / ".import-killed").mkdir()
    assert command.main(["check", str(twice)]) == 0
    said = capsys.readouterr().err
    assert said == "small: the last run was cut off while it put its results in place; that has been finished\n"
    assert (twice / "survey.toml").read_text(encoding="utf-8") == about
    assert not list(twice.glob(".import-*"))
    command.main(["check", str(twice)])
    assert capsys.readouterr().err == ""


def test_leftovers_are_removed_and_told(twice, capsys):
    (twice / ".import-killed").mkdir()
    command.main(["check", str(twice)])
    assert "small: the last run was cut off before it changed anything" in capsys.readouterr().err
    assert not list(twice.glob(".import-*"))


def test_one_import_at_a_time(twice):
    before = importing.snapshot(twice)
    with locked(twice):
        assert "found another import that is changing it" in importing.refused(twice, SECOND)
    assert importing.snapshot(twice) == before
    importing.take(twice, SECOND)


def test_one_report_at_a_time_and_leftovers_of_a_killed_one(tmp_path):
    folder = tmp_path / "out" / "en"
    (tmp_path / "out" / ".en-building-killed").mkdir(parents=True)
    (tmp_path / "out" / ".ja-building-alive").mkdir()
    with jobs._workshop(folder) as (aside, found):
        assert found == CLEARED
        assert sorted(tmp_path.glob("out/.*")) == sorted([aside, tmp_path / "out" / ".ja-building-alive"])
        with pytest.raises(jobs.OutputError, match="another run that is writing it"), jobs._workshop(folder):
            pass
        with pytest.raises(Busy), locked(folder):
            pass
    with jobs._workshop(folder) as (_, found):
        assert found == ""
