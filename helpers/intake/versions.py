"""What an import changes is put in place at once; the folder as it was before each of the last three can be had back.

A folder keeps, in HISTORY, the files that each of these imports replaced, and the hashes of those that it left.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..files import Busy, locked, recover, switch
from ..said import Said, why
from ..survey import RESPONSES, SurveyError
from ..survey.folder import leftovers
from ..survey.responses import RESPONDENT, WEIGHT

HISTORY, MOST = ".imports.zip", 3
LEFT = "left.json"  # in each version: what the import left, file by file, as hashes
PUBLIC = ("survey.toml", "questions.csv", "options.csv", "counts.csv")  # all else is for the owner alone
LOSS, FEW = 0.1, 5  # an import that loses more than this share of respondents, and so many, is refused


# --- in place at once ------------------------------------------------------------------------------------------------


@contextmanager
def held(folder):
    """Hold a survey folder while it is changed, after what a killed import had left to do is done."""
    try:
        with locked(folder):
            recover(folder, leftovers(folder))
            yield
    except Busy:
        raise SurveyError(
            "folder {folder}: found another import that is changing it; expected to wait until it has ended",
            folder=folder.name,
        ) from None
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder, error):
    return SurveyError("folder {folder}: cannot be written ({reason})", folder=folder.name, reason=why(error))


def replace(folder, files, columns=None, keep=False):
    """Put files (bytes by name; None takes one away) and raw answers in place at once, in a folder that is held.

    With `keep`, what they replace becomes the latest version of HISTORY. Does nothing where all is as it was.
    """
    aside = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
    try:
        for name, content in files.items():
            if content is not None:
                write_private(aside / name, content)
        if columns is not None:
            write_answers(aside / RESPONSES, columns)
        names = [*files, *([RESPONSES] if columns is not None else [])]
        names = [name for name in names if not _same(aside / name, folder / name)]
        if names and keep:
            _write_history(aside / HISTORY, folder, versions(folder)[-(MOST - 1) :], names, aside)
            names.append(HISTORY)
        if names:
            _keep_modes(aside, folder, names)
            switch(aside, folder, names)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_private(path, content):
    """Write a file that its owner alone may read, before anything is in it."""
    with open(path, "wb", opener=_private) as file:
        file.write(content)


def write_answers(path, columns):
    """Write columns, by name, as a Parquet file that its owner alone may read."""
    with open(path, "wb", opener=_private) as file:
        pq.write_table(pa.table(columns), file, compression="zstd")


def _private(path, flags):
    return os.open(path, flags, 0o600)


def _keep_modes(aside, folder, names):
    """Files that may be read by others stay as readable as they were."""
    for name in set(names) & set(PUBLIC):
        if (aside / name).exists() and (folder / name).exists():
            shutil.copymode(folder / name, aside / name)


def _same(new, old):
    if old.is_symlink() or new.exists() != old.exists():
        return False
    return not new.exists() or (new.stat().st_size == old.stat().st_size and _hash(new) == _hash(old))


def _hash(path):
    """The SHA-256 of a file, "" where there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- versions --------------------------------------------------------------------------------------------------------


def versions(folder):
    """The numbers of the versions that can be had back, the latest last, as texts."""
    try:
        with zipfile.ZipFile(folder / HISTORY) as history:
            return sorted({name.partition("/")[0] for name in history.namelist()})
    except (OSError, zipfile.BadZipFile):
        return []


def _write_history(path, folder, kept, names=(), aside=None):
    """Write HISTORY anew: the versions of these numbers and, with names, one more of what stands in the folder now."""
    with open(path, "wb", opener=_private) as file, zipfile.ZipFile(file, "w") as new:
        if kept:
            with zipfile.ZipFile(folder / HISTORY) as old:
                for info in old.infolist():
                    if info.filename.partition("/")[0] in kept:
                        new.writestr(info, old.read(info))
        if names:
            number = f"{int(max(versions(folder), default='0')) + 1:06}"
            for name in names:
                if (folder / name).exists():
                    new.writestr(zipfile.ZipInfo(f"{number}/{name}"), (folder / name).read_bytes())
            left = json.dumps({name: _hash(aside / name) for name in names}, indent=1)
            new.writestr(zipfile.ZipInfo(f"{number}/{LEFT}"), left)  # without the time, as ZipInfo is


def _unpacked(folder, number, aside):
    """Unpack a version into a folder aside; what the import after it left, file by file, as hashes."""
    with zipfile.ZipFile(folder / HISTORY) as history:
        left = json.loads(history.read(f"{number}/{LEFT}"))
        there = set(history.namelist())
        for name in left:
            if f"{number}/{name}" in there:
                write_private(aside / name, history.read(f"{number}/{name}"))
    return left


def undo(folder, replace_changed=False):
    """Put back the files that the last import replaced, in a folder that is held; the Update that this is.

    Raises SurveyError where there is no import to go back behind or, unless `replace_changed`, where a file has been changed
    by hand since.
    """
    kept = versions(folder)
    if not kept:
        raise SurveyError(
            "folder {folder}: found no import to undo; expected one of the last {most}", folder=folder.name, most=MOST
        )
    aside = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
    try:
        left = _unpacked(folder, kept[-1], aside)
        changed = [name for name, mark in left.items() if _hash(folder / name) != mark]
        if changed and not replace_changed:
            raise SurveyError(
                "{folder}/{file}: found it changed since the last import; expected it as that left it, or "
                "--replace to lose what was changed",
                folder=folder.name,
                file=changed[0],
            )
        was, now = _stored(folder / RESPONSES), _stored(aside / RESPONSES)
        if kept[:-1]:
            _write_history(aside / HISTORY, folder, kept[:-1])
        _keep_modes(aside, folder, left)
        switch(aside, folder, [*left, HISTORY])
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return compared(was, now)


# --- what an update brings -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Update:
    """Respondents before and after, and of these how many are new, changed and gone."""

    was: int
    now: int
    new: int
    changed: int
    gone: int

    def is_large_loss(self):
        """Whether so many are gone that it may be the wrong file."""
        return self.gone >= FEW and self.gone > LOSS * self.was

    @property
    def said(self):
        """The same as a message."""
        return Said(
            "was {was:,}, now {now:,}: {new:,} new, {changed:,} changed, {gone:,} gone",
            **{name: getattr(self, name) for name in ("was", "now", "new", "changed", "gone")},
        )

    def __str__(self):
        return str(self.said)


def update(folder, columns):
    """What new raw answers, Arrow columns by name, change in a folder; None where it has none yet."""
    was = _stored(folder / RESPONSES)
    return None if was is None else compared(was, pa.table(columns))


def _stored(path):
    """Stored answers as an Arrow table; None where there are none that can be read."""
    try:
        return pq.read_table(path) if path.exists() else None
    except (pa.ArrowException, OSError, ValueError, TypeError):
        return None


def compared(was, now):
    """The Update from one table of answers to another, either of which may be None.

    Respondents are known by their ids; where these are running numbers, by their answers, and those whose answers are found no
    more by their place.
    """
    if was is None or now is None:
        before, after = (0 if table is None else table.num_rows for table in (was, now))
        return Update(before, after, after, 0, before)
    names = sorted({*was.column_names, *now.column_names} - {RESPONDENT, WEIGHT})
    before, after = (pd.Series(_prints(table, names), index=_ids(table)) for table in (was, now))
    if not (_is_running(before.index) or _is_running(after.index)):
        shared = before.index.intersection(after.index)
        changed = int((before[shared] != after[shared]).sum())
        return Update(len(before), len(after), len(after) - len(shared), changed, len(before) - len(shared))
    old, new = (_places_left(ours, theirs) for ours, theirs in ((before, after), (after, before)))
    changed = len(np.intersect1d(old, new))
    return Update(len(before), len(after), len(new) - changed, changed, len(old) - changed)


def _ids(table):
    return pd.Index(table.column(RESPONDENT).to_pandas().astype(str))


def _is_running(ids):
    return list(ids) == [str(place) for place in range(1, len(ids) + 1)]


def _prints(table, names):
    """A number for what each respondent answered, the same for the same answers; a tick that is not there is none."""
    prints = np.zeros(table.num_rows, np.uint64)
    for name in names:
        if name in table.column_names:
            column = table.column(name).to_pandas()
            column = column.astype("boolean").fillna(False).astype(bool) if "=" in name else column
            prints += np.uint64(_odd(name)) * _numbers(column)
    return prints


def _numbers(column):
    """A number per cell; 0 where nothing was said or ticked."""
    there = column.to_numpy() if column.dtype == bool else column.notna().to_numpy()
    return np.where(there, pd.util.hash_pandas_object(column, index=False).to_numpy(), np.uint64(0))


def _odd(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1


def _places_left(ours, theirs):
    """The places of our respondents after each that answered the same as one of theirs has been paired with it."""
    number = ours.groupby(ours.to_numpy()).cumcount().to_numpy()
    there = theirs.groupby(theirs.to_numpy()).size().reindex(ours.to_numpy(), fill_value=0).to_numpy()
    return np.flatnonzero(number >= there)
