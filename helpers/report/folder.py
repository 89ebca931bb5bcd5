"""The files of an output folder: tables as CSV, what each notebook keeps for the others, and the notebooks' titles."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..files import write_whole
from ..stats.comparisons import COLUMNS as COMPARISON_COLUMNS
from ..stats.tests_of_counts import COLUMNS as TEST_COLUMNS
from ..words.language import GENERAL, N_, Language
from .columns import COLUMNS, TEXTS

TEXT_COLUMNS = [name for name, column in COLUMNS.items() if column.format in TEXTS]


@dataclass(frozen=True)
class Kind:
    """Something that several notebooks keep: each in tables/KIND/NOTEBOOK.csv, all together in tables/KIND.csv.

    `key` are the columns by which a row takes the place of an earlier one, so that a cell may be run again. `sheet` says
    whether the workbook shows it.
    """

    caption: str
    columns: tuple
    key: tuple
    sheet: bool = True


KINDS = {
    "tests": Kind(
        N_("Every test of the notebooks"),
        ("notebook", *TEST_COLUMNS),
        ("first", "second", "options", "test", "family", "no_answer"),
    ),
    "comparisons": Kind(
        N_(
            "Every comparison of two questions, in both readings: shares of those that gave one of the answers compared"
        ),
        ("notebook", *COMPARISON_COLUMNS),
        ("first", "second", "option"),
    ),
    "findings": Kind(
        N_("Every finding of the notebooks"),
        ("notebook", "finding", "figure", "kind", "questions", "options", "values"),
        ("finding", "questions"),
    ),
    "figures": Kind(
        N_("The figures and their descriptions"),
        ("notebook", "figure", "title", "alt", "subtitle", "caption", "top", "bottom", "annex"),
        ("figure",),
    ),
    "headlines": Kind(
        N_("What the overview shows"),
        ("notebook", "figure", "heading", "colour", "label", "count", "base", "share", "flag"),
        ("figure",),
        sheet=False,
    ),
    "captions": Kind(N_("What the tables show"), ("name", "caption", "notebook"), ("name",), sheet=False),
}


# --- tables ----------------------------------------------------------------------------------------------------------


def read_csv(path):
    """A table as it was written: an answer that reads "None", "n/a" or "1.50" stays the text that it is."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(TEXT_COLUMNS, str))


def write_csv(table, path):
    """Write a CSV file in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda half: table.to_csv(half, index=False, lineterminator="\n"))


def parts(tables, kind):
    """The files tables/`kind`/*.csv, one per notebook, in the notebooks' order."""
    return sorted((Path(tables) / kind).glob("*.csv"))


def join(paths):
    """CSV files one below the other, empty ones left out."""
    frames = [frame for path in paths if len(frame := read_csv(path))]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def gather(tables, kind):
    """Join tables/`kind`/*.csv into tables/`kind`.csv, and return it."""
    joined = join(parts(tables, kind))
    if len(joined):
        write_csv(joined, Path(tables) / f"{kind}.csv")
    return joined


def gather_all(tables):
    """Join what the notebooks kept, kind by kind."""
    for kind in KINDS:
        gather(tables, kind)


def read_kind(tables, kind, without=""):
    """What the notebooks kept of a kind, but for the notebook `without`; an empty table with its columns if nothing."""
    joined = join(path for path in parts(tables, kind) if path.stem != without)
    return joined if len(joined) else pd.DataFrame(columns=list(KINDS[kind].columns))


def updated(old, new, key):
    """Rows with new ones below them; a new row takes the place of the old ones that agree with it in the key's columns."""
    key = [name for name in key if name in new]
    taken = set(_keys(new, key))
    kept = old[[found not in taken for found in _keys(old, key)]] if len(old) else old
    frames = [frame for frame in (kept, new) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else new


def _keys(table, key):
    return list(table[key].astype(object).fillna("").astype(str).itertuples(index=False, name=None))


# --- notebooks -------------------------------------------------------------------------------------------------------


def step_name(number, topic):
    """The name of the general notebook's step for a topic, of which there are several in one report."""
    return f"{GENERAL}_{number:02d}_{topic}"


def title_of(path, lang):
    """The title of a notebook in a language: the heading of its first prose cell."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "markdown")
    words = Language(lang, Path(path).stem).prose(first["id"], "".join(first["source"]))
    return words.splitlines()[0].lstrip("# ")


def following(notebooks, name):
    """The path of the notebook after this one among NN_name.ipynb in a folder, the first one after the last.

    None if the notebook is none of them, or the only one.
    """
    paths = sorted(Path(notebooks).glob("[0-9][0-9]_*.ipynb"))
    names = [path.stem for path in paths]
    if name not in names or len(names) < 2:
        return None
    return paths[(names.index(name) + 1) % len(names)]
