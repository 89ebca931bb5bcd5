"""Dots with intervals: several groups on the same answers."""

from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from .marks import column, finish, in_order, intervals, key, labels, panel_width, percent_axis
from .style import ASIDE, COLOURS, DECORATION, SMALL, fit, text_width

_SPREAD = 0.24  # between the dots of one answer, in rows


def dots(ax, table, say, colours, markers="oDs", join=False, counts=False, sort=True, label_width=190):
    """A row per answer with a dot and an interval per group; the shares stand in columns to the right.

    `table` has the rows of several groups; `colours` maps group to colour name, in the groups' order. `join` links a
    row's dots in that order. `counts` adds the number of answers to the shares. Answers such as other, and those that
    not every group was offered, stand apart below; with `sort`, the others are by their largest share.
    """
    groups, blocks = list(colours), _blocks(table, list(colours), sort)
    y, place = {}, 0.0
    for block in blocks:
        for option in block:
            y[option] = place
            place += 1
        place += 0.4 if block else 0
    for option, middle in y.items():
        _row(ax, table[table["option"] == option], groups, colours, middle, markers, join)
    _columns(ax, table, say, groups, colours, y, markers, counts)
    words = table.drop_duplicates("option").set_index("option")["label"]
    labels(ax, [words[option] for option in y], label_width, y=y.values())
    ax.set_ylim(max(y.values()) + 0.55, -0.55)
    percent_axis(ax)
    key(ax, [(group, colours[group], marker) for group, marker in zip(groups, markers, strict=False)])
    finish(ax)


def _blocks(table, groups, sort):
    """Three lists of options: ordinary answers that all groups have, then other and the like, then those of some."""
    options = table.drop_duplicates("option").set_index("option")
    everywhere = table.groupby("option", sort=False)["group"].nunique() == len(groups)
    largest = table.groupby("option", sort=False)["share"].max()
    order = largest.sort_values(ascending=False, kind="stable").index if sort else options.index
    aside = [o for o in options.index if options.loc[o, "role"] in ASIDE and everywhere[o]]
    some = [o for o in order if not everywhere[o]]
    return [o for o in order if o not in aside and o not in some], aside, some


def _row(ax, rows, groups, colours, middle, markers, join):
    """The dots of one answer, one below the other so that their intervals do not cover each other."""
    rows = rows.set_index("group").reindex([g for g in groups if g in set(rows["group"])])
    heights = [middle + _SPREAD * (groups.index(group) - (len(groups) - 1) / 2) for group in rows.index]
    if join:
        ax.plot(rows["share"], heights, color=COLOURS["aside"], lw=2, zorder=2)
    for height, (group, row) in zip(heights, rows.iterrows(), strict=True):
        fill = COLOURS[colours[group]]
        ax.hlines(height, row["low"], row["high"], color=fill, alpha=0.55, lw=1.3, zorder=3)
        ax.plot(
            [row["share"]], [height], markers[groups.index(group)], ms=6, color=fill, mec="white", mew=0.6, zorder=5
        )


def _columns(ax, table, say, groups, colours, y, markers, counts):
    """The shares as columns right of the axes, a column per group under its mark."""
    write = say.share_count if counts else lambda row: say.percent(row["share"]) + say.mark(row)
    cells = {(row["group"], row["option"]): write(row) for _, row in table.iterrows()}
    right = 6.0
    for group, marker in zip(groups, markers, strict=False):
        words = [cells.get((group, option), "–") for option in y]
        half = max(text_width(text) for text in words) / 2 + 5
        column(ax, words, y.values(), right + half)
        _column_mark(ax, right + half, marker, COLOURS[colours[group]])
        right += 2 * half


def _column_mark(ax, points, marker, fill):
    """The mark of a group above its column of numbers."""
    above = ax.transAxes + ScaledTranslation(points / 72, 8 / 72, ax.figure.dpi_scale_trans)
    mark = Line2D([1], [1], marker=marker, ms=6, color=fill, transform=above, clip_on=False, gid=DECORATION)
    ax.add_artist(mark)


def dot_columns(axes, table, say, colour, panel="", label_width=130, high=None):
    """Small panels beside each other, one per answer: in each a row per group with its dot, interval and share.

    `axes` are a row of axes, as many as there are answers; `panel` is a heading above the groups' names. The base
    stands behind a group's name if the table's `group` says it. `colour` is a colour name; other answers are grey.
    """
    answers = in_order(table.drop_duplicates("option"), sort=False)
    high = high or min(1.0, table["high"].max() + 0.02)
    for ax, (_, answer) in zip(axes, answers.iterrows(), strict=True):
        rows = table[table["option"] == answer["option"]].reset_index(drop=True)
        fill = COLOURS["quiet" if answer["role"] in ASIDE else colour]
        intervals(ax, rows, color=fill, lw=1.3)
        ax.plot(rows["share"], range(len(rows)), "o", ms=6, color=fill, zorder=5)
        column(
            ax,
            [say.percent(row["share"]) + say.mark(row) for _, row in rows.iterrows()],
            range(len(rows)),
            3,
            align="left",
        )
        labels(ax, rows["group"] if ax is axes[0] else [""] * len(rows), label_width)
        percent_axis(ax, high, step=0.5)
        ax.set_title(fit(answer["label"], panel_width(ax), 5, even=False), fontsize=SMALL, color=COLOURS["ink"])
        finish(ax)
