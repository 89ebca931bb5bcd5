"""Reads a figure back: the numbers that it shows, to be found in the table beside it, and its words with their places.

Numbers are those of bars, points, lines and texts. What shows no number (grid, zero line, level, lines that join)
carries a gid or belongs to the axis and is left out.
"""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection, QuadMesh
from matplotlib.patches import Rectangle
from matplotlib.text import Text

TOLERANCE = 1e-6


def numbers_of(fig):
    """All drawn numbers of a figure, as (kind, value): bar lengths, points' places, ends of intervals, numbers in texts."""
    found = []
    for ax in fig.axes:
        found += [("bar", bar.get_width()) for bar in _bars(ax)]
        for line in ax.lines:
            if not line.get_gid():
                found += [("point", value) for value in line.get_xdata() if np.isfinite(value)]
        for artist in ax.collections:
            found += _collection(artist)
        found += [("text", text) for words in ax.texts for text in _numbers_in(words.get_text())]
    return found


def _bars(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and not patch.get_gid() and patch.get_width()]


def _collection(artist):
    if artist.get_gid():
        return []
    if isinstance(artist, QuadMesh):
        return [("cell", value) for value in np.ma.compressed(artist.get_array())]
    if isinstance(artist, LineCollection):
        return [("interval", x) for segment in artist.get_segments() for x, _ in segment]
    if isinstance(artist, PathCollection):
        return [("point", x) for x, _ in artist.get_offsets()]
    return [] if isinstance(artist, PolyCollection) else [("unknown", artist)]


def _numbers_in(text):
    return re.findall(r"[−+]?\d[\d,]*(?:\.\d+)?%?", text)


def shown_by(table):
    """Every number of a table, and every form in which people read it."""
    values, texts = set(), set()
    for column in table.columns:
        numbers = pd.to_numeric(table[column], errors="coerce").dropna()
        values |= set(np.round(numbers.astype(float), 9))
        for value in numbers:
            texts |= _forms(float(value))
        texts |= {number for cell in map(str, table[column]) for number in _numbers_in(cell)}
    return np.array(sorted(values)), texts


def _forms(value):
    points = int(np.floor(abs(value) * 100 + 0.5 + 1e-9))
    forms = {f"{points}%", f"{'−' if value < 0 and points else '+' if points else ''}{points}", f"{value:,.0f}"}
    forms |= {f"{value:.2f}", f"{value:.3f}", f"{value:.4f}", str(points)}
    return forms


def missing_from(fig, table):
    """The drawn numbers of a figure that its table does not hold, as (kind, value)."""
    values, texts = shown_by(table)
    return [(kind, number) for kind, number in numbers_of(fig) if not _is_there(kind, number, values, texts)]


def _is_there(kind, number, values, texts):
    if kind == "unknown":
        return False
    if kind == "text":
        return number in texts or number.rstrip("%") in {"0.001"}
    return bool(len(values)) and bool(np.abs(values - float(number)).min() < TOLERANCE)


# --- words -----------------------------------------------------------------------------------------------------------


def bare(words):
    """Words without their white space, and so without the lines they are broken into."""
    return "".join(words.split())


def drawn_texts(fig):
    """Draw a figure; returns the texts that really were drawn, with the boxes they fill (in dots)."""
    drawn = []
    plain_draw = Text.draw

    def noted_draw(artist, renderer, *rest, **style):
        if artist.get_visible() and artist.get_text().strip():
            drawn.append(artist)
        return plain_draw(artist, renderer, *rest, **style)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", noted_draw)
        fig.canvas.draw()
    return [(artist, artist.get_window_extent()) for artist in drawn]


def leaving(fig, texts):
    """Those of the (Text, box) that reach beyond the figure's edges, as (words, box)."""
    width, height = fig.canvas.get_width_height()
    found = [(artist.get_text(), [round(edge) for edge in box.extents]) for artist, box in texts]
    return [(words, box) for words, box in found if min(box) < -1 or box[2] > width + 1 or box[3] > height + 1]


def overlapping(texts):
    """The pairs among (words, box) that lie over each other, by how much."""
    found = []
    for (words, box), (others, other) in itertools.combinations(texts, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        if wide > 2 and high > 2:
            found.append((words, others, f"{wide:.0f} x {high:.0f}"))
    return found
