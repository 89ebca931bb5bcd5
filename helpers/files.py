"""Files that are never seen half done: written whole, or put in place together or not at all, also by who is killed.

What was put together aside is put in place by `switch`. One rename decides: it moves the folder aside into the folder to be
changed, as JOURNAL. From then on the new version is the one that counts, and is carried out by whoever decided it or, should
that process be killed, by the next one that calls `recover`. Whoever changes a folder holds its lock, which the system gives
back when the process ends, however it ends.
"""

import json
import os
import shutil
import time
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:  # Windows has another call, and no locks of folders
    fcntl = None
    import msvcrt

JOURNAL = ".switch"  # in the folder that is changed: the new version, decided on and not yet all in place
PLAN, OLD, LOCK = ".plan.json", ".old", ".lock"
COMPLETED, CLEARED = "completed", "cleared"  # what a recovery did
PATIENCE = 30.0  # seconds to wait for a switch that another process is carrying out


class Busy(OSError):
    """A folder whose lock another process holds."""

    def __init__(self):
        super().__init__(None, "another run is writing it")


def write_whole(path, write):
    """Write a file in one step: `write(half)` makes it beside its place, then it is moved there."""
    half = path.with_suffix(f".{os.getpid()}.tmp")
    write(half)
    half.replace(path)


# --- the lock --------------------------------------------------------------------------------------------------------


@contextmanager
def locked(folder, wait=0.0):
    """Hold the lock of a folder that is there. Raises Busy if another process does and keeps it for `wait` seconds."""
    until = time.monotonic() + wait
    while (held := _try_lock(folder)) is None:
        if time.monotonic() >= until:
            raise Busy
        time.sleep(0.05)
    try:
        yield
    finally:
        os.close(held)


def _try_lock(folder):
    """The lock of a folder as an open file, None where another process has it."""
    if fcntl is None:
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT)
        take, refused = lambda: msvcrt.locking(held, msvcrt.LK_NBLCK, 1), OSError
    else:
        held = os.open(folder, os.O_RDONLY)  # the folder itself: no file is left behind
        take, refused = lambda: fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB), BlockingIOError
    try:
        take()
    except refused:
        os.close(held)
        return None
    except OSError:
        return held  # some network file systems know no locks: better none than no work
    if fcntl is not None and not _is_still(folder, held):
        os.close(held)  # its last holder has removed the folder, and it was made again
        return None
    return held


def _is_still(folder, held):
    with suppress(OSError):
        return os.path.samestat(os.stat(folder), os.fstat(held))
    return False


# --- the switch ------------------------------------------------------------------------------------------------------


def switch(aside, folder, names):
    """Put what the folder `aside` holds of these names into `folder`, and take away what is there of the others of them.

    The lock of `folder` is held by the caller; `aside` is on the same file system, and gone when this returns. Should a move
    fail, or an interrupt come, everything goes back to its place and the error is raised again; whoever is killed leaves the
    old version, or the new one for `recover` to put in place.
    """
    (aside / OLD).mkdir()
    (aside / PLAN).write_text(json.dumps({name: os.path.lexists(aside / name) for name in names}), encoding="utf-8")
    for where, _, files in os.walk(aside):
        for path in (*(os.path.join(where, name) for name in files), where):
            _sync(path)
    journal, moves = folder / JOURNAL, []
    try:
        _move(aside, journal, moves)
        _sync(folder)
        _carry_out(journal, folder, moves)
    except BaseException:
        for there, back in reversed(moves):
            if os.path.lexists(there) and not os.path.lexists(back):
                there.rename(back)
        for name in (PLAN, OLD):
            _remove(aside / name)
        raise
    _clear(journal)


def recover(folder, leftovers=()):
    """Finish what a killed process has left in a folder whose lock is held, and remove its leftovers.

    Returns COMPLETED where a new version was decided on and is now in place, CLEARED where there was only rubbish, else "".
    Raises OSError where the new version cannot be put in place.
    """
    journal, leftovers = folder / JOURNAL, list(leftovers)
    decided = (journal / PLAN).exists()
    if decided:
        _carry_out(journal, folder, [])
    if journal.exists():
        _clear(journal)
    for path in leftovers:
        _remove(path)
    return COMPLETED if decided else CLEARED if leftovers else ""


def is_between(folder):
    """Whether a folder waits for `recover`, or for the process that is just changing it."""
    return (folder / JOURNAL / PLAN).exists()


def _carry_out(journal, folder, moves):
    """Put the version of a journal in place, or what is left to do of it; every move is noted before it is made."""
    for name, there in json.loads((journal / PLAN).read_text(encoding="utf-8")).items():
        new, place = journal / name, folder / name
        if there and not os.path.lexists(new):
            continue  # it was moved before the kill
        if os.path.lexists(place):
            _move(place, journal / OLD / f"{name}.{len(os.listdir(journal / OLD))}", moves)
        if there:
            _move(new, place, moves)
    _sync(folder)


def _move(path, target, moves):
    moves.append((target, path))
    path.rename(target)


def _clear(journal):
    """Remove a journal that has been carried out, its plan first: without it there is nothing to carry out again."""
    with suppress(FileNotFoundError):
        (journal / PLAN).unlink()
    _remove(journal)


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _sync(path):
    """Have the system write a file, or a folder's list of names, to the disk."""
    is_folder = os.path.isdir(path)
    try:
        opened = os.open(path, os.O_RDONLY if is_folder or fcntl else os.O_RDWR)
    except OSError:
        if is_folder:
            return  # Windows opens none
        raise
    try:
        os.fsync(opened)
    except OSError:
        if not is_folder:  # not every file system knows how to write a folder's names at once
            raise
    finally:
        os.close(opened)
