"""Shapes that seaborn has no call for: 100% bars, and dots joined from one question to the next."""

import numpy as np
import seaborn as sns

from .marks import columns_of, percent_axis
from .page import key
from .style import ASIDE, COLOURS, SMALL, fill_of, fit, ink_on, text_width

GAP = 0.45  # between blocks of rows


def _heights(n, every):
    """Places of n rows with a gap after every few of them."""
    return [i + GAP * (i // every if every else 0) for i in range(n)]


def stacked(ax, table, say, colours, names="key", every=0, width=110):
    """A 100% bar for each `group` of the table, a segment for each option, its number inside where there is room.

    `colours` maps options to colours or their names, in the order of the segments. `names` says where the answers' labels stand: in
    a "key" above, or "above" each segment of the first bar. `every` rows stand together before a gap. The first
    segment's interval is drawn at its edge.
    """
    rank = list(colours).index
    groups = list(dict.fromkeys(table["group"]))
    heights = _heights(len(groups), every)
    room = 440 if names == "above" else 235
    for y, group in zip(heights, groups, strict=True):
        parts = table[table["group"] == group].sort_values("option", key=lambda o: o.map(rank))
        _bar(ax, parts, y, say, colours, room)
        ax.hlines(y + 0.24, *parts[["low", "high"]].iloc[0], color=COLOURS["ink"], lw=1.4, zorder=4)
    ax.set_yticks(heights, [fit(group, width, 2) for group in groups])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(heights[-1] + 0.5, -0.5)
    percent_axis(ax)
    ax.grid(False)
    sns.despine(ax=ax, left=True, bottom=True)
    options = table.drop_duplicates("option").sort_values("option", key=lambda o: o.map(rank))
    if names == "key":
        entries = [(row["label"], colours[row["option"]], "s") for _, row in options.iterrows()]
        key(ax, entries, room=400 if columns_of(ax) > 1 else 560)
    else:
        _names_above(ax, options, room)


def _bar(ax, parts, y, say, colours, room):
    left = 0.0
    for _, row in parts.iterrows():
        fill = fill_of(colours[row["option"]])
        ax.barh(y, row["share"], left=left, height=0.7, color=fill, edgecolor="white", lw=1.2)
        words = [say.share_count(row), say.percent(row["share"]) + say.mark(row), say.percent(row["share"])]
        if fitting := [w for w in words if text_width(w, SMALL) + 1 <= row["share"] * room]:
            ax.text(left + row["share"] / 2, y, fitting[0], va="center", ha="center", color=ink_on(fill))
        left += row["share"]


def _names_above(ax, parts, room):
    """The labels of a bar's segments above it, each as wide as its segment allows."""
    left, last, tallest = 0.0, len(parts) - 1, 1
    for i, (_, row) in enumerate(parts.iterrows()):
        at_end = i == last and row["share"] < 0.12
        lines = fit(row["label"], max(row["share"] * room - 4, 46), 6, even=False)
        x = left + row["share"] if at_end else left
        tallest = max(tallest, lines.count("\n") + 1)
        ax.text(x, -0.42, lines, ha="right" if at_end else "left", va="bottom", linespacing=1.15)
        left += row["share"]
    ax.set_ylim(0.5, -0.5 - 0.38 * tallest)


def _item_order(table, questions):
    """Options as `dots` shows them: those that every question offers by their largest share, set apart, then the rest."""
    wide = table.pivot_table(index="option", columns="question", values="share", sort=False)[questions]
    roles = table.drop_duplicates("option").set_index("option")["role"]
    ranked = wide.max(axis=1).sort_values(ascending=False, kind="stable").index
    aside = [o for o in wide.index if roles[o] in ASIDE]
    everywhere = [o for o in ranked if o not in aside and wide.loc[o].notna().all()]
    return [block for block in (everywhere, aside, [o for o in ranked if o not in aside + everywhere]) if block]


def dots(ax, table, say, colours, side=None, width=190):
    """For each option a dot per question with its interval, joined in the questions' order.

    `colours` are colour names, one per question. `side` are axes to the right for the numbers, one column per question.
    """
    questions, groups = list(dict.fromkeys(table["question"])), list(dict.fromkeys(table["group"]))
    blocks = _item_order(table, questions)
    order = [
        (option, i + 0.5 * b)
        for b, block in enumerate(blocks)
        for i, option in enumerate(block, sum(map(len, blocks[:b])))
    ]
    at = dict(order)
    step = 0.2
    drawn = table.assign(
        y=[
            at[o] + step * (questions.index(q) - (len(questions) - 1) / 2)
            for o, q in zip(table["option"], table["question"], strict=True)
        ]
    )
    for _, rows in drawn.groupby("option", sort=False):
        ax.plot(rows["share"], rows["y"], color=COLOURS["aside"], lw=2, zorder=2, gid="join")
    for name, (_, rows) in zip(colours, drawn.groupby("question", sort=False), strict=True):
        ax.hlines(rows["y"], rows["low"], rows["high"], color=COLOURS[name], alpha=0.5, lw=1.1, zorder=3)
    looks = {"palette": [COLOURS[name] for name in colours], "markers": list("oDs^v"[: len(questions)])}
    sns.scatterplot(drawn, x="share", y="y", hue="group", style="group", s=45, legend=False, zorder=5, ax=ax, **looks)
    labels = table.drop_duplicates("option").set_index("option")["label"]
    ax.set_yticks(list(at.values()), [fit(say.brief(labels[o]), width, 2) for o in at])
    ax.tick_params(axis="y", length=0)
    ax.set(ylim=(max(at.values()) + 0.5, -0.6), ylabel="")
    percent_axis(ax, min(1, np.fmax(table["high"], table["share"]).max() + 0.03))
    sns.despine(ax=ax, bottom=True)
    key(ax, list(zip(groups, colours, "oDs^v", strict=False)), room=330)
    if side is not None:
        _columns_of_numbers(side, ax, table, say, questions, colours, at)


def _columns_of_numbers(side, ax, table, say, questions, colours, at):
    cells = table.set_index(["option", "question"])
    for option, y in at.items():
        for i, question in enumerate(questions):
            there = (option, question) in cells.index
            row = cells.loc[(option, question)] if there else None
            words = say.percent(row["share"]) + say.mark(row) if there else "–"
            fill = COLOURS[colours[i]] if there else COLOURS["quiet"]
            side.text(i, y, words, ha="center", va="center", color=fill if colours[i] != "now" else COLOURS["quiet"])
    side.set(ylim=ax.get_ylim(), xlim=(-0.5, len(questions) - 0.5))
    side.axis("off")
