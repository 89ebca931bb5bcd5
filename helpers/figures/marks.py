"""What figures with one row per answer are made of: labels, intervals, numbers, axis, key; and bars, which use all.

They work on axes of their own and after seaborn has drawn rows on a categorical axis, e.g.
`sns.barplot(rows, x="share", y="option", ax=ax)`: the first row of the table is the uppermost.
"""

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.transforms import ScaledTranslation

from .page import KEY_STYLE, handles
from .style import ASIDE, COLOURS, DECORATION, ROOM, SMALL, SUBTITLE, fills, fit, text_width

BAR = 0.64  # thickness of a bar where the next row is 1 away
_BACKING = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # lets no grid line run through a number


def in_order(table, sort=True):
    """Rows as figures show them: by size (or as they stand), then nothing, other, unknown and no answer."""
    by = "share" if "n_effective" in table else "count"
    ordered = table.sort_values(by, ascending=False, kind="stable") if sort else table
    rank = ordered["role"].map(lambda role: ASIDE.index(role) + 1 if role in ASIDE else 0)
    return ordered.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def places(ax, table, y=None):
    """The height of each row of a table on an axis: `y`, or that of the categories that seaborn drew there.

    Raises ValueError if seaborn put several rows in one place, of which it draws the average.
    """
    if y is not None:
        return list(y)
    if ax.yaxis.have_units() and len(ax.get_yticks()) != len(table):
        raise ValueError('several rows have the same name: draw them with y="option", then figures.labels(ax, labels)')
    return list(range(len(table)))


def labels(ax, labels, width=210, lines=2, y=None):
    """Name the rows, each in at most `lines` lines of `width` points; the first row is the uppermost."""
    labels = list(labels)
    y = list(range(len(labels))) if y is None else list(y)
    ax.set_yticks(y, [fit(label, width, lines) for label in labels])
    ax.tick_params(axis="y", length=0)
    ax.set_ylabel("")
    ax.set_ylim(max(y) + 0.5, min(y) - 0.5)


def percent_axis(ax, high=None, step=None):
    """An axis of shares from 0% to `high`, or to the end of what is drawn."""
    most = ax.dataLim.x1 if high is None else high
    step = step or next((step for step in (0.05, 0.1, 0.2) if most <= 4.5 * step), 0.25)
    ax.set_xlim(0, min(1, most + 0.01) if high is None else high)
    _scale(ax, np.arange(0, min(most, 1) + 1e-9, step), "{:.0%}".format)


def points_axis(ax, words=""):
    """An axis of differences in percentage points around 0, with its unit or direction as words below."""
    low, high = min(ax.dataLim.x0, -0.02), max(ax.dataLim.x1, 0.02)
    step = next((step for step in (0.05, 0.1, 0.2) if high - low <= 6 * step), 0.5)
    ax.set_xlim(low - 0.01, high + 0.01)
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    _scale(ax, ticks, lambda tick: f"{round(tick * 100):+d}".replace("-", "−").replace("+0", "0"))
    ax.axvline(0, color=COLOURS["quiet"], lw=1, zorder=1, gid=DECORATION)
    ax.set_xlabel(words)


def _scale(ax, ticks, words):
    ax.set_xticks(ticks, [words(tick) for tick in ticks])
    ax.tick_params(axis="x", length=0)
    ax.set_xlabel("")
    ax.grid(axis="x")
    ax.grid(False, axis="y")


def intervals(ax, table, y=None, **style):
    """Thin lines from `low` to `high` of each row."""
    y = places(ax, table, y)
    ax.hlines(y, table["low"], table["high"], **{"color": COLOURS["ink"], "lw": 1.1, "zorder": 4, **style})


def numbers(ax, table, say, y=None):
    """Share and count of each row behind its bar and interval: "54% · 64", with a † if the share is flagged.

    `say` is the Language, or a function that takes a row and returns its words.
    """
    words = getattr(say, "share_count", say)
    for place, (_, row) in zip(places(ax, table, y), table.iterrows(), strict=True):
        end = max(row["share"], row["high"] if pd.notna(row["high"]) else 0)
        _beside(ax, words(row), end, place, 5, bbox=_BACKING)


def _beside(ax, words, x, y, points, **style):
    """Words that begin some points to the right of a place."""
    style = {"textcoords": "offset points", "va": "center", "ha": "left", "zorder": 3.5, **style}
    return ax.annotate(words, (x, y), xytext=(points, 0), **style)


def column(ax, words, y, points, heading="", align="center", **style):
    """A column of words to the right of the axes, their middle (or left end) `points` away from the axes' edge.

    `words` stand at the heights `y`; a heading stands above them. The layout makes room for it.
    """
    right = ax.get_yaxis_transform() + ScaledTranslation(points / 72, 0, ax.figure.dpi_scale_trans)
    for text, place in zip(words, y, strict=True):
        ax.text(1, place, text, transform=right, ha=align, va="center", linespacing=1.3, **style)
    if heading:
        above = ax.transAxes + ScaledTranslation(points / 72, 3 / 72, ax.figure.dpi_scale_trans)
        ax.text(1, 1, heading, transform=above, ha=align, va="bottom", color=COLOURS["quiet"])


def notes(ax, lines, y, width=178):
    """Notes to the right of the axes: `lines` has for each height in `y` a list of texts, each at most three lines."""
    words = ["\n".join(fit(line, width, 3, even=False) for line in texts) for texts in lines]
    column(ax, words, y, 14, align="left")


def heading(ax, words, width=None, lines=2):
    """A heading above the left end of the axes, such as the name and the base of a panel."""
    ax.set_title(fit(words, width or panel_width(ax), lines, SUBTITLE), loc="left")


def panel_width(ax):
    """About how many points wide the axes with their labels are: their part of the page."""
    cells = ax.get_subplotspec()
    if cells is None:
        return ROOM
    ratios = cells.get_gridspec().get_width_ratios() or [1] * cells.get_gridspec().ncols
    return ROOM * sum(ratios[cells.colspan.start : cells.colspan.stop]) / sum(ratios) - 14


def key(ax, entries, columns=None, hollow=(), room=540, **place):
    """A key above the axes: `entries` are (words, colour name, marker); those in `hollow` are only outlined.

    Words that need more than `room` points are cut. Returns the legend.
    """
    columns = columns or len(entries)
    where = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": columns, **place}
    return ax.legend(*handles(entries, hollow, columns, room), **where, **KEY_STYLE)


def bars(ax, table, say, colour="neutral", sort=True, label_width=210, high=None, panel=""):
    """Horizontal bars with intervals and "share · count".

    `table` has the columns option, label, count, share, low, high, role and flag; `colour` is a colour name, or a name
    per option; answers such as other and unknown are grey. `high` ends the axis (panels that are compared share it),
    `panel` is a heading.
    """
    rows = in_order(table, sort)
    y = rows.index.astype(str)
    shades = [COLOURS[name] for name in fills(rows, colour)]
    sns.barplot(
        x=rows["share"], y=y, hue=y, palette=shades, saturation=1, width=BAR, errorbar=None, legend=False, ax=ax
    )
    for bar in ax.patches:
        bar.set_linewidth(0)
    intervals(ax, rows)
    numbers(ax, rows, say)
    labels(ax, rows["label"], label_width)
    percent_axis(ax, high)
    finish(ax)
    if panel:
        heading(ax, panel)


def finish(ax, left=False):
    """Take away the frame of the axes, but for the line at 0 unless `left`."""
    sns.despine(ax=ax, left=left, bottom=True)


def small_bars(ax, table, say, panel, colour="neutral", n=3):
    """The first n rows as thin bars under their labels: a picture that reads at the size of a stamp.

    Axes of the same figure line up, whether their headings have one line or two.
    """
    rows = table.head(n).reset_index(drop=True)
    y, room = rows.index.astype(str), panel_width(ax)
    shades = [COLOURS[name] for name in fills(rows, colour)]
    sns.barplot(
        x=rows["share"], y=y, hue=y, palette=shades, saturation=1, width=0.16, errorbar=None, legend=False, ax=ax
    )
    for place, row in rows.iterrows():
        words = say.share_count(row)
        ax.add_patch(
            mpl.patches.Rectangle((0, place - 0.08), 1, 0.16, color=COLOURS["grid"], zorder=0, lw=0, gid=DECORATION)
        )
        label = fit(row["label"], room - text_width(words) - 10, 2)
        ax.text(0, place - 0.13, label, va="bottom", linespacing=1.1)
        ax.text(1, place - 0.13, words, va="bottom", ha="right")
    ax.set(xlim=(0, 1), ylim=(n - 0.85, -0.75))
    ax.axis("off")
    lines = fit(panel, room, 2, SUBTITLE, even=False)
    ax.set_title("\n" * (1 - lines.count("\n")) + lines, loc="left")


def name_points(ax, points, width=150, colour="harmed"):
    """Name some points below them, so that no name lies over another or over another's line.

    `points` has the columns x, y (in the axes' coordinates) and words. The left half is named to the left and the
    right half to the right, outer ones first: whatever lies further in goes further down.
    """
    points = points.sort_values("x", kind="stable")
    half = len(points) // 2
    for part, side in ((points.iloc[:half], -1), (points.iloc[half:].iloc[::-1], 1)):
        depth = 12.0
        for _, point in part.iterrows():
            lines = fit(point["words"], width, 2)
            _name_point(ax, point, lines, side, depth, colour)
            depth += (lines.count("\n") + 1) * SMALL * 1.25 + 4


def _name_point(ax, point, lines, side, depth, colour):
    at = {"xy": (point["x"], point["y"]), "textcoords": "offset points"}
    line = {"arrowstyle": "-", "color": COLOURS[colour], "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xytext=(0, -depth - SMALL), arrowprops=line, **at)
    align = "left" if side > 0 else "right"
    ax.annotate(lines, xytext=(4 * side, -depth), ha=align, va="top", linespacing=1.15, **at)
