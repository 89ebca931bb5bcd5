"""Reads a figure back: the numbers that it shows, to be found in the table beside it, and its words with their places.

Numbers are those of bars, points, lines and texts, and how many marks stand for one respondent each. What shows no number (grid, zero line, level, lines that join)
carries a gid or belongs to the axis and is left out.
"""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers.figures.marks import UNITS
from helpers.figures.style import COLOURS, luminance
from helpers.words.lines import is_wide, pieces

TOLERANCE = 1e-6
SMALLEST, PHONE = 9, 360  # pixels of text on a screen of so many
IN_GREY = 1.3  # contrast of two fills side by side


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
    if artist.get_gid() == UNITS:
        return [("units", len(artist.get_offsets()))]
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


def sizes_on_a_phone(fig, texts):
    """The texts that are too small where the figure is shrunk to the width of a phone, as (words, pixels)."""
    scale = PHONE / (fig.get_figwidth() * 72)
    sizes = [(artist.get_text(), artist.get_fontsize() * scale) for artist, _ in texts]
    return [(words, size) for words, size in sizes if size < SMALLEST - 1e-6]


def joined(words, gap=""):
    """A text as it was before it was broken into lines; at a break beside Japanese there may have been a `gap`."""
    text, *lines = words.split("\n")
    for line in lines:
        beside = text and line and (is_wide(text[-1]) or is_wide(line[0]))
        text += gap + line if beside else f" {line}"
    return text


def broken(words):
    """Where a text is broken inside a word, a date, a number or a term: the two halves."""
    lines = words.split("\n")
    ways = (pieces(joined(words, gap)) for gap in ("", " "))
    allowed = {end for way in ways for end in itertools.accumulate(map(bare, way))}
    ends = list(itertools.accumulate(map(bare, lines)))
    return [(lines[i], lines[i + 1]) for i, end in enumerate(ends[:-1]) if end not in allowed]


def marks_of(fig):
    """How many marks of weak shares a figure has in its panels: daggers behind numbers, and hollow dots."""
    daggers = sum(text.get_text().count("†") for ax in fig.axes for text in ax.texts)
    dots = [dot for ax in fig.axes for dot in ax.collections if isinstance(dot, PathCollection) and not dot.get_gid()]
    hollow = sum(to_hex(fill) == "#ffffff" for dot in dots for fill in _fills(dot))
    return daggers + hollow


def _fills(dots):
    fills, places = dots.get_facecolor(), dots.get_offsets()
    return [fills[i % len(fills)] for i in range(len(places))] if len(fills) else []


def crossed(fig, texts):
    """The texts of panels that an interval or a line between dots runs through, as (words, place)."""
    inside = {id(text) for ax in fig.axes for text in ax.texts}
    boxes = [(artist.get_text(), box) for artist, box in texts if id(artist) in inside]
    found = []
    for ax in fig.axes:
        segments = [s for c in ax.collections if isinstance(c, LineCollection) for s in c.get_segments()]
        segments += [line.get_xydata() for line in ax.lines if line.get_gid() == "join"]
        for ends in (ax.transData.transform(segment) for segment in segments):
            found += [(words, ends.round().tolist()) for words, box in boxes if _runs_through(ends, box)]
    return found


def _runs_through(ends, box, edge=3):
    at = np.linspace(0, 1, 60)[:, None]
    points = ends[0] + at * (ends[-1] - ends[0]) if len(ends) > 1 else ends
    x, y = points.T
    return bool(((x > box.x0 + edge) & (x < box.x1 - edge) & (y > box.y0 + edge) & (y < box.y1 - edge)).any())


def alike_in_grey(fig):
    """Pairs of fills that stand side by side in a panel and are nearly the same in grey.

    Bars of one row are neighbours; so are all bars of different rows. Dots of different form are told apart by that.
    """
    return [pair for ax in fig.axes for pair in _neighbours(ax) if 1 < _contrast(*pair) < IN_GREY]


def _neighbours(ax):
    bars = sorted(_bars(ax), key=lambda bar: (round(bar.get_y(), 3), bar.get_x()))
    fills = [to_hex(bar.get_facecolor()) for bar in bars if bar.get_alpha() is None]
    if any(bar.get_x() > 0 for bar in bars):
        pairs = itertools.pairwise(bars)
        return [tuple(to_hex(b.get_facecolor()) for b in pair) for pair in pairs if pair[1].get_x() > 0]
    dots = [to_hex(fill) for dot in ax.collections if isinstance(dot, PathCollection) for fill in _fills(dot)]
    forms = {
        len(path.vertices) for dot in ax.collections if isinstance(dot, PathCollection) for path in dot.get_paths()
    }
    shades = set(fills) | (set(dots) if len(forms) == 1 else set())
    return list(itertools.combinations(sorted(shades), 2))


def _contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def unexplained_verdicts(fig, table):
    """The verdicts of a table whose colours the key of its figure does not tell."""
    key = {COLOURS.get(colour, colour) for _, colour, _ in fig.page_key or []}
    return (
        sorted(_verdicts(table)) if not key else sorted(v for v in _verdicts(table) if COLOURS[COLOUR_OF[v]] not in key)
    )


COLOUR_OF = {"always": "strong", "undetermined": "open", "never": "aside"}


def _verdicts(table):
    return set(table["verdict"].dropna()) & set(COLOUR_OF) if "verdict" in table else set()
