"""Answers brought up to date: what is new, changed and gone is said, a large loss refused, the last three imports kept."""

import stat

import pytest
from importing import HEAD, put, snapshot, take

from helpers import __main__ as command
from helpers import survey
from helpers.intake import answers as intake
from helpers.intake import versions
from helpers.survey import SurveyError


def rows(*respondents, ids=True):
    """Answers of respondents, each given as (id, size)."""
    head = HEAD if ids else HEAD.removeprefix("respondent,")
    return head + "".join(f"{f'{name},' if ids else ''}{size},IT,\n" for name, size in respondents)


def people(first, last, size="small"):
    return [(f"p{number}", size) for number in range(first, last + 1)]


@pytest.mark.parametrize("ids", [True, False], ids=["by id", "by their answers"])
def test_what_is_new_changed_and_gone(ids, small):
    """72 answered; of these one answers otherwise and one is gone, and four are new: 72 - 1 + 4 = 75."""
    before = [*people(1, 70), ("p71", "large"), ("p72", "")]
    after = [*people(1, 70), ("p71", ""), *people(73, 76, "large")]
    if not ids:  # the one in place 71 is another, the one in place 72 too, three come behind: none is gone then
        after = [*people(1, 70), ("p71", "large"), *people(73, 76, "large")]
    take(small, rows(*before, ids=ids))
    account = take(small, rows(*after, ids=ids))
    expected = "4 new, 1 changed, 1 gone" if ids else "3 new, 1 changed, 0 gone"
    assert str(account.update) == f"was 72, now 75: {expected}"


def test_the_command_tells_it_and_goes_back(small, capsys):
    take(small, rows(*people(1, 3)))
    before = snapshot(small)
    path = put(small, rows(*people(1, 4)))
    assert command.main(["import", str(small), str(path)]) == 0
    assert "was 3, now 4: 1 new, 0 changed, 0 gone\n" in capsys.readouterr().out
    assert command.main(["import", str(small), "--undo"]) == 0
    assert capsys.readouterr().out == "undone: was 4, now 3: 0 new, 0 changed, 1 gone\n"
    assert snapshot(small) == before


@pytest.mark.parametrize("arguments", [[], ["answers.csv", "--undo"]])
def test_a_file_or_undo(arguments, small, capsys):
    assert command.main(["import", str(small), *arguments]) == 2
    assert "expected one of them" in capsys.readouterr().err


def test_a_large_loss_is_refused(small):
    """LOSS is a tenth, FEW is five: 5 of 40 is more than both, 4 of 40 is no more than a tenth, 2 of 3 fewer than five."""
    take(small, rows(*people(1, 40)))
    before = snapshot(small)
    with pytest.raises(SurveyError, match=r"answers.csv .*: found 5 of 40 respondents gone \(was 40, now 35: 0 new"):
        intake.import_answers(small, put(small, rows(*people(6, 40))))
    with pytest.raises(SurveyError, match=r"found 40 of 40 respondents gone"):  # the file of another survey
        intake.import_answers(small, put(small, rows(*people(101, 150))))
    assert snapshot(small) == before
    take(small, rows(*people(5, 40)))
    intake.import_answers(small, put(small, rows(*people(5, 7))), replace=True)
    take(small, rows(*people(7, 7)))
    assert survey.load(small).respondents == 1


def test_three_imports_are_kept(small):
    states = []
    for last in range(1, 6):
        take(small, rows(*people(1, last)))
        states.append({name: it for name, it in snapshot(small).items() if name.parts[0] != versions.HISTORY})
    for before in (states[3], states[2], states[1]):
        intake.undo(small)
        now = {name: it for name, it in snapshot(small).items() if name.parts[0] != versions.HISTORY}
        assert now == before
    with pytest.raises(SurveyError, match="found no import to undo"):
        intake.undo(small)


def test_what_was_changed_by_hand_is_not_lost(small):
    take(small, rows(*people(1, 2)))
    take(small, rows(*people(1, 3)))
    about = small / "survey.toml"
    about.write_text(about.read_text(encoding="utf-8").replace('"synthetic"', '"mine"'), encoding="utf-8")
    with pytest.raises(SurveyError, match=r"small/survey.toml: found it changed since the last import"):
        intake.undo(small)
    assert '"mine"' in about.read_text(encoding="utf-8")
    intake.undo(small, replace=True)
    assert '"mine"' not in about.read_text(encoding="utf-8")
    assert survey.load(small).respondents == 2


def test_undoing_the_first_import_leaves_no_answers(small):
    before = snapshot(small)
    take(small, rows(*people(1, 2)))
    intake.undo(small)
    assert snapshot(small) == before


def test_the_same_again_is_no_version(small):
    take(small, rows(*people(1, 2)))
    kept = versions.versions(small)
    take(small, rows(*people(1, 2)))
    assert versions.versions(small) == kept


def test_raw_answers_are_for_their_owner_alone(small):
    take(small, rows(*people(1, 2)))
    take(small, rows(*people(1, 3)))
    loose = {path.name for path in small.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert loose == set(versions.PUBLIC)
    assert {path.name for path in small.iterdir()} == {*loose, "import.txt", "responses.parquet", versions.HISTORY}
