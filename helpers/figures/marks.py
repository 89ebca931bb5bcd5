"""What stands on and around the bars and points that seaborn draws: intervals, numbers, labels and axes.

All of these take the axes first and the drawn table second; its rows stand on the categorical axis in the order in which
their labels first occur.
"""

import numpy as np
import seaborn as sns

from .style import ASIDE, COLOURS, FOOT, GAP, HEAD, LABELS, LINE, MARGIN, SMALL, SPACE, VERDICTS, WIDTH, fit, text_width

DECORATION = "decoration"  # the gid of artists that show no number: grid, zero, level
THICK = 0.24  # inches of a bar, at most
BRACKET = 22  # points that a bracket takes beside its words
UNITS = "units"  # the gid of marks each of which stands for one respondent
PAPER = {
    "boxstyle": "square,pad=0.08",
    "fc": "white",
    "ec": "none",
}  # behind numbers, so that no grid line crosses them


def in_order(table, sort=True):
    """Rows as figures show them: by size (or as they stand), then nothing, other, unknown and no answer."""
    by = "share" if "n_effective" in table else "count"
    ordered = table.sort_values(by, ascending=False, kind="stable") if sort else table
    rank = ordered["role"].map(lambda role: ASIDE.index(role) + 1 if role in ASIDE else 0)
    return ordered.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def row_height(names, width=LABELS, lines=4, least=1):
    """The inches that a row takes, so that no name of `width` points touches the next; `least` lines, whatever they say."""
    taken = [max(least, fit(name, width, lines).count("\n") + 1) for name in names]
    return LINE * max((a + b) / 2 for a, b in zip([1, *taken], [*taken, 1], strict=True)) + GAP


def tall(names, width=LABELS, lines=4, least=1):
    """The inches that a panel of rows takes, with its heading and the numbers of its axis."""
    return _rows_height(names, width, lines, least) + HEAD + FOOT


def tall_each(panels, width=LABELS, lines=4):
    """The inches of the rows of several panels, given their names: a list for `figures.page`."""
    return [_rows_height(names, width, lines) for names in panels]


def _rows_height(names, width, lines, least=1):
    names = list(dict.fromkeys(names))
    return len(names) * row_height(names, width, lines, least)


def places(table):
    """Where seaborn puts each row of the table on the categorical axis of `label`."""
    names = list(dict.fromkeys(table["label"]))
    return table["label"].map(names.index).astype(float).to_numpy()


def intervals(ax, table, **style):
    """A thin line from `low` to `high` in each row."""
    look = {"color": COLOURS["ink"], "lw": 1.2, "zorder": 4, **style}
    ax.hlines(places(table), table["low"], table["high"], **look)


def numbers(ax, table, say, texts=None):
    """Share and count behind each bar or interval: "54% · 64", with a † if the share is weak; or other `texts`."""
    texts = _numbers_of(table, say) if texts is None else texts
    for y, text, (_, row) in zip(places(table), texts, table.iterrows(), strict=True):
        _number(ax, np.fmax(row["high"], row["share"]), y, text)


def _numbers_of(table, say):
    return [say.share_count(row) for _, row in table.iterrows()]


def _number(ax, x, y, words):
    """A number behind a mark, on paper of its own."""
    look = {"textcoords": "offset points", "va": "center", "bbox": PAPER, "zorder": 3}
    ax.annotate(words, (x, y), (8, 0), **look)


def labels(ax, names, width=LABELS, lines=4):
    """The names of the rows, wrapped to at most `lines` lines of `width` points, as ticks without marks."""
    ax.set_yticks(range(len(names)), [fit(name, width, lines) for name in names], linespacing=1.1)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.set_ylabel("")


def percent_axis(ax, high=1.0, area=250, end=1.0):
    """A horizontal axis of shares from 0 to `high`, `area` points wide, with light grid lines no further than `end`."""
    ax.set_xlim(0, high)
    step = next((step for step in (0.1, 0.2, 0.25, 0.5) if step / high * area > 42), 1.0)
    ticks = np.arange(0, max(min(end, 1), step) + 1e-9, step)
    ax.set_xticks(ticks, [f"{100 * t:.0f}%" for t in ticks])
    plain_axis(ax)


def plain_axis(ax):
    """A horizontal axis of light grid lines only."""
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x")
    ax.set_xlabel("")
    sns.despine(ax=ax, bottom=True)


def area_of(ax, names, width=LABELS):
    """The points that are left for marks and numbers beside the names of the rows."""
    return _beside(names, width, SPACE / columns_of(ax))


def _beside(names, width, room=SPACE):
    return room - 14 - max(text_width(line, SMALL) for name in names for line in fit(name, width, 4).split("\n"))


def finish(ax, table, say, width=LABELS, panel="", high=None, together=None):
    """All that a panel of bars or points of shares needs once seaborn has drawn it: intervals, numbers, labels, axis.

    Bars of nothing, other, unknown and no answer turn grey. `width` is that of the labels in points, `panel` the heading,
    `high` the `scope` where panels share one. `together` is (first, last, words): a bracket at the right of these rows,
    by their places, with what they are together.
    """
    names = list(dict.fromkeys(table["label"]))
    _grey_aside(ax, table)
    _slim(ax, min(0.8, THICK / row_height(names, width)))
    intervals(ax, table)
    numbers(ax, table, say)
    labels(ax, names, width)
    beside = text_width(together[2], SMALL, "bold") + BRACKET if together else 0
    percent_axis(ax, *(high or scope(ax, table, say, width, beside)))
    ax.tick_params(labelbottom=high is None or ax.get_subplotspec().is_last_row())
    if together:
        _bracket(ax, *together, 1 - beside / area_of(ax, names, width))
    if panel and table["base"].nunique() == 1:
        panel = say("{name} (n = {n})", name=panel, n=f"{table['base'].iloc[0]:,}")
    heading(ax, panel)


def scope(ax, table, say, width=LABELS, beside=0, texts=None):
    """The end of an axis on which marks and numbers of a table have room, its width in points, and where the marks end.

    So many points `beside` the numbers stay empty; `texts` are other numbers than those of `numbers`.
    """
    area = area_of(ax, list(dict.fromkeys(table["label"])), width)
    ends = np.fmax(table["high"], table["share"]).fillna(0).clip(lower=0.02)
    longest = max(text_width(text, SMALL) for text in (_numbers_of(table, say) if texts is None else texts))
    return ends.max() / max(1 - (longest + 16 + beside) / area, 0.15), area, ends.max()


def columns_of(ax):
    """How many axes stand side by side on the page."""
    return ax.get_subplotspec().get_gridspec().ncols // len(ax.get_subplotspec().colspan)


def heading(ax, words, lines=2, width=0):
    """The heading of a panel, at the left edge of the page, or above it where panels stand side by side.

    Panels side by side leave their headings `width` points.
    """
    if words:
        several = columns_of(ax) > 1
        fits = fit(words, width or SPACE / columns_of(ax) - 8, lines, SMALL, "bold")
        corner = (
            (0 if several else MARGIN / WIDTH, 1),
            ("axes fraction" if several else "figure fraction", "axes fraction"),
        )
        look = {"textcoords": "offset points", "va": "bottom", "weight": "bold", "linespacing": 1.1}
        ax.annotate(fits, corner[0], (0, 5), xycoords=corner[1], **look)


def _grey_aside(ax, table):
    bars = {round(bar.get_y() + bar.get_height() / 2, 3): bar for bar in ax.patches if bar.get_height()}
    for y, role in zip(places(table), table["role"], strict=True):
        if role in ASIDE and (bar := bars.get(round(y, 3))):
            bar.set_facecolor(COLOURS["aside"])


def _slim(ax, part):
    """Let bars fill this part of their row: beside names of several lines they would be blocks."""
    for bar in ax.patches:
        middle = bar.get_y() + bar.get_height() / 2
        bar.set(y=middle - part / 2, height=part)


def squares(ax, table, say, width=LABELS, panel="", colour="neutral"):
    """A square for each respondent: what shares of a small base are drawn as, since a percentage would promise more.

    Rows of nothing, other, unknown and no answer are grey; the count stands behind, with a † if the share is weak.
    """
    names = list(dict.fromkeys(table["label"]))
    texts = [f"{int(row['count']):,}{say.mark(row)}" for _, row in table.iterrows()]
    area = area_of(ax, names, width) - max(text_width(text, SMALL) for text in texts) - 14
    side = min(15, area / max(table["count"].max(), 1))
    for y, text, (_, row) in zip(places(table), texts, table.iterrows(), strict=True):
        n = int(row["count"])
        fill = COLOURS["aside" if row["role"] in ASIDE else colour]
        ax.scatter(np.arange(n) + 0.5, np.full(n, y), s=(0.82 * side) ** 2, marker="s", color=fill, lw=0, gid=UNITS)
        _number(ax, n, y, text)
    labels(ax, names, width)
    ax.set(xlim=(0, area_of(ax, names, width) / side), xticks=[])
    sns.despine(ax=ax, bottom=True)
    heading(ax, say("{name} (n = {n})", name=panel, n=f"{table['base'].iloc[0]:,}") if panel else "")


def _bracket(ax, first, last, words, x):
    """A bracket at the right of neighbouring rows, at a part of the axis, with what they are together."""
    inside = ax.get_xlim()[1]
    ends = [inside * part for part in (x, x + 0.012, x + 0.012, x)]
    ax.plot(ends, [first - 0.3, first - 0.3, last + 0.3, last + 0.3], color=COLOURS["ink"], lw=1.4, gid=DECORATION)
    look = {"textcoords": "offset points", "va": "center", "weight": "bold"}
    ax.annotate(words, (ends[1], (first + last) / 2), (6, 0), **look)


def value_axis(ax, table, texts):
    """What points of means need: the `texts` of their values behind the intervals, and a plain axis in their unit."""
    for y, (_, row), words in zip(places(table), table.iterrows(), texts, strict=True):
        at = np.nanmax([row["high"], *row[[name for name in ("score", "balance") if name in row]]])
        _number(ax, at, y, words)
    low, high = ax.get_xlim()
    area = area_of(ax, list(table["label"]))
    longest = max(text_width(words, SMALL) for words in texts) + 14
    ax.set_xlim(low, low + (high - low) / max(1 - longest / area, 0.3))
    ax.locator_params(axis="x", nbins=4)
    plain_axis(ax)
    sns.despine(ax=ax, left=True, bottom=True)


def around_zero(ax, table, say, width=LABELS, panel="", limits=None):
    """What points of differences need: intervals in the colour of the verdict, numbers, a line at zero, an axis of points.

    `limits` are those of the axis where panels share one. Panels side by side are too narrow for numbers.
    """
    for y, (_, row) in zip(places(table), table.iterrows(), strict=True):
        ax.hlines(y, row["low"], row["high"], color=VERDICTS[row["verdict"]], lw=2.2, zorder=2)
        if columns_of(ax) == 1:
            _number(ax, np.fmax(row["high"], row["difference"]), y, say.points(row["difference"]))
    ax.axvline(0, color=COLOURS["quiet"], lw=1, zorder=1, gid=DECORATION)
    names = list(dict.fromkeys(table["label"]))
    labels(ax, names, width)
    low, high, area = limits or around(table, width)
    if columns_of(ax) > 1:
        area = (SPACE - width) / columns_of(ax) - 10
    room = 1 - 40 / area if columns_of(ax) == 1 else 1
    ax.set_xlim(low, low + (high - low) / room)
    step = next((step for step in (0.1, 0.2, 0.4, 1) if step / (high - low) * area > 30), 1)
    ticks = np.arange(-10, 11) * step
    ticks = ticks[(ticks > low) & (ticks < high)]
    ax.set_xticks(ticks, [say.points(t) for t in ticks])
    plain_axis(ax)
    sns.despine(ax=ax, left=True, bottom=True)
    ax.tick_params(labelbottom=limits is None or ax.get_subplotspec().is_last_row())
    heading(ax, panel, 3, 0 if columns_of(ax) == 1 else area)


def around(table, width=LABELS):
    """The limits of an axis that holds the differences of a table and zero, and its width in points beside all labels."""
    low = min(np.fmin(table["low"], table["difference"]).min(), -0.05) - 0.03
    high = max(np.fmax(table["high"], table["difference"]).max(), 0.05) + 0.03
    return low, high, _beside(table["label"], width)
