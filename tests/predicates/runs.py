"""A report's notebooks executed in this process over one survey, and all that they told: findings, titles and words."""

import functools
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import MagicMock

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from inprocess import NOTEBOOKS, execute, words_instead_of_a_picture

from helpers import figures, survey
from helpers.report import notebook as reporting
from helpers.report.folder import gather_all, read_kind
from helpers.run.plan import read_notebook, why_not

DRAWING = (
    *("finish", "stacked", "dots", "squares", "around_zero", "around", "numbers", "labels", "percent_axis"),
    *("value_axis", "page_key", "heading", "caption"),
)
SEABORN = ("barplot", "despine", "lineplot", "scatterplot", "heatmap", "swarmplot")


@dataclass
class Told:
    """What a run said: rows of findings.csv and figures.csv, and the plain words shown, by notebook.

    `folder` is the survey's, `out` where the run wrote.
    """

    folder: Path
    out: Path
    findings: pd.DataFrame
    titles: pd.DataFrame
    shown: dict


class Page:
    """Stands in for a figure that nobody looks at."""

    def __init__(self, title, subtitle=""):
        self.page_title, self.page_subtitle, self.page_words = title, subtitle, (0.0, 0.0)

    def get_figwidth(self):
        return 1

    get_figheight = get_figwidth


def _page(title, subtitle="", height=3.0, nrows=1, ncols=1, squeeze=True, **_):
    """Stands in for figures.page: axes in the shape that was asked for, on which everything may be called."""
    fig = Page(title, subtitle)
    axes = np.empty((len(height), 1) if isinstance(height, list) else (nrows, ncols), dtype=object)
    for place in np.ndindex(axes.shape):
        axes[place] = MagicMock()
    if isinstance(height, list) or not squeeze:
        return fig, axes.ravel() if isinstance(height, list) else axes
    return fig, axes.item() if axes.size == 1 else axes.squeeze()


def _not_drawn(patch):
    """Let nothing be drawn: pictures are judged elsewhere, and take most of the time."""
    patch.setattr(figures, "page", _page)
    patch.setattr(figures, "has_lines", lambda fig: False)
    patch.setattr(figures, "fit", lambda text, *_, **__: text)
    patch.setattr(figures, "scope", lambda *_, **__: (1, 1, 1))
    for module, names in ((figures, DRAWING), (sns, SEABORN)):
        for name in names:
            patch.setattr(module, name, lambda *_, **__: None)


def tell(folder, out, drawn=False, notebooks=None, **parameters):
    """Execute the notebooks that fit a survey's folder, writing into `out`: a Told. Pictures are `drawn` or left out."""
    loaded, shown = survey.load(str(folder)), {}
    wanted = [name for name in sorted(NOTEBOOKS) if not notebooks or name[:2] in notebooks]
    names = [name for name in wanted if not why_not(read_notebook(name), loaded, parameters)]
    with pytest.MonkeyPatch.context() as patch, quick(patch):
        save = words_instead_of_a_picture if drawn else lambda *_: b""
        if not drawn:
            _not_drawn(patch)
        for name in names:
            parts = execute(name, patch, save, survey=loaded, output_dir=str(out), **parameters)
            shown[name] = [part["text/plain"] for part in parts]
    plt.close("all")
    findings, titles = (read_kind(out / "tables", kind).fillna("") for kind in ("findings", "figures"))
    return Told(Path(folder), Path(out), findings, titles, shown)


@functools.cache
def told_of(name):
    """What the report on a survey of the project says; made once."""
    folder = Path(tempfile.mkdtemp(prefix=f"told-{name}-"))
    told = tell(survey.DATA / name, folder, baseline="example-2025" if name == "example-2026" else "")
    gather_all(folder / "tables")
    return told


@contextmanager
def quick(patch):
    """What a run need not do here: join files that nobody reads, and write tables as HTML."""
    patch.setattr(reporting, "gather", lambda *_: None)
    patch.setattr(reporting, "html_table", lambda *_: "")
    yield
