"""Differences of two shares with their intervals, around 0."""

from .marks import column, finish, labels, points_axis
from .style import COLOURS, DECORATION, SUBTITLE, VERDICTS, fit


def differences(ax, table, shown, beside=None, beside_heading="", by="pair", label_width=250, axis="", marker="o"):
    """A point with its interval per comparison, under a heading per pair (or whatever the column `by` says).

    `table` has the columns label, difference, low and high (differences of shares, -1 to 1). The column named `shown`
    colours them: true or false, or a verdict ("always", "undetermined", "never"). `beside` is a function from a row to
    words in a column on the right; `axis` says under the axis what it measures and which way it runs.
    """
    y, place, headed = [], 0.0, by in table
    for _, rows in table.groupby(by, sort=False) if headed else [("", table)]:
        if headed:
            _heading(ax, rows[by].iloc[0], place, label_width)
            place += 0.9
        for _, row in rows.iterrows():
            _difference(ax, row, place, COLOURS[VERDICTS[row[shown]]], marker)
            y.append(place)
            place += 1
        place += 0.25
    rows = _in_groups(table, by)
    labels(ax, rows["label"], label_width, y=y)
    ax.set_ylim(max(y) + 0.6, -0.6)
    points_axis(ax, axis)
    if beside:
        column(ax, [beside(row) for _, row in rows.iterrows()], y, 8, beside_heading, align="left")
    finish(ax, left=True)


def _in_groups(table, by):
    """The rows as they are drawn: together by group, groups in order of appearance."""
    if by not in table:
        return table
    return table.loc[[place for _, rows in table.groupby(by, sort=False) for place in rows.index]]


def _difference(ax, row, y, fill, marker):
    ax.hlines(y, row["low"], row["high"], color=fill, lw=1.8, zorder=4)
    ax.plot([row["difference"]], [y], marker, ms=6.5, color=fill, mec="white", mew=0.6, zorder=5)


def _heading(ax, words, y, width):
    style = {"color": COLOURS["quiet"], "fontsize": SUBTITLE, "ha": "right", "va": "center"}
    ax.text(-0.01, y, fit(words, width + 60, 1, SUBTITLE), transform=ax.get_yaxis_transform(), **style)
    ax.axhline(y, color=COLOURS["grid"], lw=0.8, zorder=0, gid=DECORATION)
