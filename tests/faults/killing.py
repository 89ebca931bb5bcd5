"""Kill an action at each of its changes of the disk; a script, since it forks, which the process of the tests should not.

`python killing.py ACTION FOLDER EVERY` prints what was found as JSON. The action is done in forked processes on copies of the
folder, and each is killed at another change: a rename, a new file (of which half is written), a removal. After each the next
look at the folder must find it wholly old or wholly new.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from helpers.files import JOURNAL, recover
from helpers.intake import answers as intake
from helpers.run import jobs
from helpers.survey import find_folder
from helpers.survey.folder import recovered

CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate", "open")
KILLED = 9


def hook(root, at, seen):
    """An audit hook (PEP 578) that ends the process at the `at`-th change below `root`; it is called before each change."""

    def look(event, arguments):
        if event not in CHANGES or not str(arguments[0]).startswith(root):
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        seen.append(event)
        if len(seen) == at:
            if event == "open":
                seen.append("half")  # this file is opened by the hook itself
                os.write(os.open(arguments[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), b"half")
            os._exit(KILLED)

    return look


def killed(act, root, at):
    """Do something in a forked process that is killed at its `at`-th change below `root`; False if it had fewer."""
    child = os.fork()
    if child == 0:
        try:
            sys.addaudithook(hook(str(root), at, []))
            act()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED


def snapshot(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the actions: each leaves `folder` changed -----------------------------------------------------------------------


def bring_in(folder):
    intake.import_answers(folder, folder.parent / "second.csv")


def go_back(folder):
    intake.undo(folder)


def put_in_place(folder):
    """What a report does at its end, its new outputs made aside beforehand."""
    with jobs._workshop(folder) as (aside, _):
        for name in ("figures/a.png", "tables/a.csv", "notebooks/a.ipynb", "report.html"):
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_text(f"new {name}")
        jobs._install(aside, folder)


def look_at_survey(folder):
    find_folder(folder)  # what every notebook and command does first
    done = snapshot(folder)
    recovered(folder)
    return {name: content for name, content in done.items() if not name.startswith(".import-")}


def look_at_outputs(folder):
    recover(folder, jobs.leftovers(folder))
    return snapshot(folder)


ACTIONS = {"import": (bring_in, look_at_survey), "undo": (go_back, look_at_survey)}
ACTIONS |= {"report": (put_in_place, look_at_outputs)}


def main(action, folder, every):
    act, look = ACTIONS[action]
    old = Path(folder)
    found, at, root = {"old": 0, "new": 0, "completed": 0}, 1, old.parent / "killed"
    (root / "new").mkdir(parents=True)
    new = make(old, root / "new" / old.name)
    act(new)
    before, after = snapshot(old), snapshot(new)
    assert before != after
    while True:
        (root / str(at)).mkdir()
        copy = make(old, root / str(at) / old.name)
        if not killed(lambda copy=copy: act(copy), copy.parent, at):
            break
        found["completed"] += (copy / JOURNAL).exists()
        state = look(copy)
        found["old" if state == before else "new" if state == after else f"between, killed at change {at}"] = (
            found.get("old" if state == before else "new", 0) + 1 if state in (before, after) else sorted(state)
        )
        left = [path.name for path in copy.parent.iterdir() if path.name not in (copy.name, "second.csv")]
        left += [path.name for path in copy.iterdir() if path.name == JOURNAL or path.name.startswith(".import-")]
        if left:
            found[f"left, killed at change {at}"] = left
        at += every
    print(json.dumps({**found, "changes": at}))


def make(old, copy):
    second = old.parent / "second.csv"
    if second.exists():
        shutil.copy(second, copy.parent)
    return Path(shutil.copytree(old, copy))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
