"""What the totals of two questions allow, when the same respondents answered both."""

import numpy as np
from matplotlib.colors import ListedColormap

from .marks import finish, labels, panel_width
from .style import COLOURS, DECORATION, SMALL, SUBTITLE, VERDICTS, fit

POINTS = {"independent": "X", "closest": "o"}  # readings that have a mark of their own


def joint_map(ax, table, names=("", ""), panel="", high=None, corner=""):
    """Every pair (b, c) that the totals allow: dark where the difference is significant, light where it is not.

    b is how many gave the answer to the first question only, c to the second only. `table` has a row per pair with the
    columns b, c, shown (true or false) and reading: empty, or "independent" or "closest" for the pair that such a reading
    stands for (it need not be whole). `names` are the words under the two axes, `corner` those at the line of equal
    numbers; panels that are compared share `high`. A table of too many pairs may hold every n-th only.
    """
    cells = table[table["reading"] == ""]
    grid = cells.pivot(index="c", columns="b", values="shown").astype(float)
    colours = ListedColormap([COLOURS["aside"], COLOURS["strong"]])
    ax.pcolormesh(grid.columns, grid.index, np.ma.masked_invalid(grid), cmap=colours, vmin=0, vmax=1, zorder=2, lw=0)
    for reading, rows in table[table["reading"] != ""].groupby("reading", sort=False):
        ax.plot(
            rows["b"],
            rows["c"],
            POINTS[reading],
            ms=8,
            mfc="white",
            mec=COLOURS["ink"],
            mew=1.3,
            ls="",
            zorder=5,
            clip_on=False,
        )
    high = high or table[["b", "c"]].max().max() + 2
    ax.plot([0, high], [0, high], color=COLOURS["quiet"], lw=0.9, ls=(0, (3, 2)), zorder=3, gid=DECORATION)
    if corner:
        ax.text(high, high, corner, ha="right", va="bottom", color=COLOURS["quiet"])
    ax.set(xlim=(-1, high), ylim=(-1, high), aspect="equal")
    width = panel_width(ax) - 30
    ax.set_xlabel(fit(names[0], width, 3))
    ax.set_ylabel(fit(names[1], width, 3))
    ax.tick_params(length=0)
    ax.set_title(fit(panel, width, 2, SUBTITLE))
    finish(ax)


def p_ranges(axes, table, alpha=0.05, least=1e-4, label_width=165):
    """The range of the paired p-value of each comparison on a logarithmic axis: a column per pair of questions.

    `table` has the columns pair, label, p_low, p_high, verdict and p, which is drawn as a dot (the reading as if
    different respondents had answered). The dashed line is `alpha`; what lies below `least` stands at the left edge.
    """
    pairs = list(dict.fromkeys(table["pair"]))
    options = list(dict.fromkeys(table["label"]))
    for ax, pair in zip(axes, pairs, strict=True):
        for _, row in table[table["pair"] == pair].iterrows():
            _range(ax, row, options.index(row["label"]))
        _p_axis(ax, alpha, least)
        labels(ax, options if ax is axes[0] else [""] * len(options), label_width, lines=2)
        ax.set_title(fit(pair, panel_width(ax) - 20, 2, SMALL + 0.5), fontsize=SMALL + 0.5, color=COLOURS["ink"])
        finish(ax, left=True)


def _range(ax, row, y):
    fill = COLOURS[VERDICTS[row["verdict"]]]
    ax.plot([row["p_low"], row["p_high"]], [y, y], "o-", color=fill, lw=5, ms=5, mew=0, zorder=3, clip_on=False)
    ax.plot([row["p"]], [y], "o", color="white", mec=COLOURS["ink"], mew=1.2, ms=5, zorder=4, clip_on=False)


def _p_axis(ax, alpha, least):
    """A logarithmic axis that ends at `least`: smaller values stand there, and keep their value for who reads it back."""
    ax.set_xscale("function", functions=(lambda p: np.log10(np.maximum(p, least)), lambda power: 10.0**power))
    ax.set_xlim(least * 0.8, 1.3)
    ticks = [least, alpha, 1]
    ax.set_xticks(ticks, [f"≤ {least:.4f}", f"{alpha:.2g}", "1"])
    ax.minorticks_off()
    ax.tick_params(axis="x", length=0)
    ax.axvline(alpha, color=COLOURS["quiet"], lw=1, ls=(0, (3, 2)), zorder=1, gid=DECORATION)
