"""What stands on and around the bars and points that seaborn draws: intervals, numbers, labels and axes.

All of these take the axes first and the drawn table second; its rows stand on the categorical axis in the order in which
their labels first occur.
"""

import numpy as np
import seaborn as sns

from .style import ASIDE, COLOURS, SMALL, SUBTITLE, VERDICTS, fit, text_width

DECORATION = "decoration"  # the gid of artists that show no number: grid, zero, level


def in_order(table, sort=True):
    """Rows as figures show them: by size (or as they stand), then nothing, other, unknown and no answer."""
    by = "share" if "n_effective" in table else "count"
    ordered = table.sort_values(by, ascending=False, kind="stable") if sort else table
    rank = ordered["role"].map(lambda role: ASIDE.index(role) + 1 if role in ASIDE else 0)
    return ordered.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def places(table, by=None, width=0.8):
    """Where seaborn puts each row of the table on the categorical axis of `label`, `by` being its hue (dodged)."""
    names = list(dict.fromkeys(table["label"]))
    at = table["label"].map(names.index).astype(float)
    if by is None:
        return at.to_numpy()
    levels = list(dict.fromkeys(table[by]))
    return (at + (table[by].map(levels.index) - (len(levels) - 1) / 2) * width / len(levels)).to_numpy()


def intervals(ax, table, by=None, **style):
    """A thin line from `low` to `high` in each row."""
    look = {"color": COLOURS["ink"], "lw": 1.1, "zorder": 4, **style}
    ax.hlines(places(table, by), table["low"], table["high"], **look)


def numbers(ax, table, say, by=None):
    """Share and count behind each bar or interval: "54% · 64", with a † if the share is weak."""
    for y, (_, row) in zip(places(table, by), table.iterrows(), strict=True):
        ax.text(np.fmax(row["high"], row["share"]), y, "  " + say.share_count(row), va="center")


def labels(ax, names, width=210, lines=2):
    """The names of the rows, wrapped to at most `lines` lines of `width` points, as ticks without marks."""
    ax.set_yticks(range(len(names)), [fit(name, width, lines) for name in names])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.set_ylabel("")


def percent_axis(ax, high=1.0, step=0.2):
    """A horizontal axis of shares from 0 to `high` (a little more than 1 leaves room for numbers), light grid lines."""
    ax.set_xlim(0, high)
    ticks = np.arange(0, min(high, 1) + 1e-9, step)
    ax.set_xticks(ticks, [f"{100 * t:.0f}%" for t in ticks])
    _plain_axis(ax)


def _plain_axis(ax):
    """A horizontal axis of light grid lines only."""
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x")
    ax.set_xlabel("")


def finish(ax, table, say, width=210, panel="", by=None):
    """All that a panel of bars of shares needs once seaborn has drawn it: intervals, numbers, labels, axis, heading.

    Bars of nothing, other, unknown and no answer turn grey. `width` is that of the labels in points, `by` the column that
    seaborn had as a dodged hue; a legend that it drew moves above the bars.
    """
    _grey_aside(ax, table, by)
    intervals(ax, table, by)
    numbers(ax, table, say, by)
    labels(ax, list(dict.fromkeys(table["label"])), width)
    longest = max(text_width(say.share_count(row), SMALL) for _, row in table.iterrows())
    high = min(1.45, max(_furthest(table), 0.1) * (1 + longest / 150))
    percent_axis(ax, high, 0.5 if columns_of(ax) > 1 and high > 0.8 else 0.2)
    sns.despine(ax=ax, bottom=True)
    if panel and table["base"].nunique() == 1:
        panel = say("{name} (n = {n})", name=panel, n=f"{table['base'].iloc[0]:,}")
    heading(ax, panel, 560 / columns_of(ax) - width)
    if ax.get_legend():
        sns.move_legend(ax, "lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, title="", columnspacing=1.2)


def _furthest(table):
    """Where the longest bar or interval ends."""
    return np.fmax(table["high"], table["share"]).max()


def columns_of(ax):
    """How many axes stand side by side on the page."""
    return ax.get_subplotspec().get_gridspec().ncols // len(ax.get_subplotspec().colspan)


def heading(ax, words, width=300):
    """A quiet heading of a panel, at most two lines."""
    if words:
        ax.set_title(fit(words, width, 2, SUBTITLE), loc="left", fontsize=SUBTITLE, color=COLOURS["quiet"])


def _grey_aside(ax, table, by):
    bars = {round(bar.get_y() + bar.get_height() / 2, 3): bar for bar in ax.patches if bar.get_height()}
    for y, role in zip(places(table, by), table["role"], strict=True):
        if role in ASIDE and (bar := bars.get(round(y, 3))):
            bar.set_facecolor(COLOURS["aside"])


def value_axis(ax, table, texts):
    """What points of means need: the `texts` of their values behind the intervals, and a plain axis in their unit."""
    for y, (_, row), words in zip(places(table), table.iterrows(), texts, strict=True):
        at = np.nanmax([row["high"], *row[[name for name in ("score", "balance") if name in row]]])
        ax.text(at, y, f"  {words}", va="center")
    ax.margins(x=0.12)
    _plain_axis(ax)
    sns.despine(ax=ax, left=True, bottom=True)


def around_zero(ax, table, say, width=250, panel=""):
    """What points of differences need: their intervals in the colour of the verdict, a line at zero, an axis of points."""
    for y, (_, row) in zip(places(table), table.iterrows(), strict=True):
        ax.hlines(y, row["low"], row["high"], color=VERDICTS[row["verdict"]], lw=1.8, zorder=2)
    ax.axvline(0, color=COLOURS["quiet"], lw=1, zorder=1, gid=DECORATION)
    labels(ax, list(dict.fromkeys(table["label"])), width)
    low = min(np.fmin(table["low"], table["difference"]).min(), -0.05) - 0.03
    high = max(np.fmax(table["high"], table["difference"]).max(), 0.05) + 0.03
    ax.set_xlim(low, high)
    step = next(step for step in (0.1, 0.2, 0.4, 1) if (high - low) / step < 7 / columns_of(ax) + 1)
    ticks = np.arange(-10, 11) * step
    ticks = ticks[(ticks > low) & (ticks < high)]
    ax.set_xticks(ticks, [say.points(t) for t in ticks])
    _plain_axis(ax)
    sns.despine(ax=ax, left=True, bottom=True)
    heading(ax, panel, 170 if columns_of(ax) == 1 else 330 / columns_of(ax))
