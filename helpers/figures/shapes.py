"""Shapes that seaborn has no call for: 100% bars, and dots joined from one question to the next."""

import numpy as np
import seaborn as sns

from .marks import PAPER, percent_axis
from .page import page_key
from .style import ASIDE, COLOURS, FOOT, LINE, SMALL, SPACE, fill_of, fit, ink_on, text_width

BAR = 4.4 * LINE  # inches that a bar of a hundred percent takes, with its name above and what does not fit below
DOTS = 0.2  # inches from a dot to the next of an item
COLUMN = 42  # points of a column of numbers
ITEMS = 155  # points that the names of items take
MARKERS = "oDs^v"


def tall_stacked(groups):
    """The inches that bars of a hundred percent take."""
    return BAR * len(dict.fromkeys(groups)) + 0.05


def stacked(ax, table, say, colours):
    """A 100% bar for each `group` of the table, its name above it, a segment for each option with its number.

    `colours` maps options to colours or their names, in the order of the segments. A number that does not fit into its
    segment stands below it. The first segment's interval is drawn above its edge.
    """
    rank = list(colours).index
    groups = list(dict.fromkeys(table["group"]))
    several = table.groupby("group")["base"].first().nunique() > 1
    for y, group in enumerate(groups):
        parts = table[table["group"] == group].sort_values("option", key=lambda o: o.map(rank))
        base = say("{name} (n = {n})", name=group, n=f"{parts['base'].iloc[0]:,}") if several else group
        ax.text(0, y - 0.27, fit(base, SPACE - 8, 1), va="bottom")
        _bar(ax, parts, y, say, colours)
        ax.hlines(y - 0.22, *parts[["low", "high"]].iloc[0], color=COLOURS["ink"], lw=1.4, zorder=4)
    ax.set(xlim=(0, 1), ylim=(len(groups) - 0.52, -0.56), xticks=[], yticks=[])
    sns.despine(ax=ax, left=True, bottom=True)
    options = table.drop_duplicates("option").sort_values("option", key=lambda o: o.map(rank))
    page_key(ax.figure, [(row["label"], colours[row["option"]], "s") for _, row in options.iterrows()])


def _bar(ax, parts, y, say, colours, room=SPACE - 8):
    left, below = 0.0, []
    for _, row in parts.iterrows():
        fill = fill_of(colours[row["option"]])
        ax.barh(y, row["share"], left=left, height=0.36, color=fill, edgecolor="white", lw=1.2)
        words = [say.share_count(row), say.percent(row["share"]) + say.mark(row)]
        fitting = [w for w in words if text_width(w, SMALL) + 4 <= row["share"] * room]
        middle = left + row["share"] / 2
        if fitting:
            ax.text(middle, y, fitting[0], va="center", ha="center", color=ink_on(fill))
        else:
            below.append((middle, words[1]))
        left += row["share"]
    for x, words in zip(_apart(below, room), (words for _, words in below), strict=True):
        ax.text(x, y + 0.2, words, va="top", ha="center")


def _apart(texts, room):
    """Where (x, words) stand, as near to x as their neighbours and the edges allow; x from 0 to 1."""
    halves = [(text_width(words, SMALL) + 6) / room / 2 for _, words in texts]
    found = [x for x, _ in texts]
    for i, half in enumerate(halves):
        found[i] = max(found[i], half if not i else found[i - 1] + halves[i - 1] + half)
    end = 1.0
    for i in reversed(range(len(found))):
        found[i] = min(found[i], end - halves[i])
        end = found[i] - halves[i]
    return found


def _item_order(table, questions, sort):
    """Options as `dots` shows them: those that every question offers by their largest share, set apart, then the rest."""
    wide = table.pivot_table(index="option", columns="question", values="share", sort=False)[questions]
    roles = table.drop_duplicates("option").set_index("option")["role"]
    ranked = wide.max(axis=1).sort_values(ascending=False, kind="stable").index if sort else wide.index
    aside = [o for o in wide.index if roles[o] in ASIDE]
    everywhere = [o for o in ranked if o not in aside and wide.loc[o].notna().all()]
    return [block for block in (everywhere, aside, [o for o in ranked if o not in aside + everywhere]) if block]


def tall_dots(table, say, width=ITEMS):
    """The inches that joined dots take: a row for each option, of as many lines as it has dots or its name has lines."""
    names = [say.brief(label) for label in dict.fromkeys(table["label"])]
    return len(names) * _item_height(table, names, width) + 2 * FOOT + LINE


def _item_height(table, names, width):
    lines = max(fit(name, width, 4).count("\n") + 1 for name in names)
    return max(DOTS * table["question"].nunique(), LINE * lines) + 0.1


def dots(ax, table, say, colours, sort=True, width=ITEMS):
    """For each option a dot per question with its interval, joined in the questions' order, and their numbers beside.

    `colours` are colour names, one per question. With `sort`, options stand by size, else as they do in the table.
    """
    questions, groups = list(dict.fromkeys(table["question"])), list(dict.fromkeys(table["group"]))
    blocks = _item_order(table, questions, sort)
    flat = [(option, b) for b, block in enumerate(blocks) for option in block]
    at = {option: i + 0.3 * b for i, (option, b) in enumerate(flat)}
    labels = table.drop_duplicates("option").set_index("option")["label"].map(say.brief)
    step = DOTS / _item_height(table, labels, width)
    shift = step * (table["question"].map(questions.index) - (len(questions) - 1) / 2)
    drawn = table.assign(y=table["option"].map(at) + shift)
    for _, rows in drawn.groupby("option", sort=False):
        ax.plot(rows["share"], rows["y"], color=COLOURS["aside"], lw=2, zorder=2, gid="join")
    for name, (_, rows) in zip(colours, drawn.groupby("question", sort=False), strict=True):
        ax.hlines(rows["y"], rows["low"], rows["high"], color=COLOURS[name], lw=1.2, zorder=3)
    looks = {"palette": [COLOURS[name] for name in colours], "markers": list(MARKERS[: len(questions)])}
    sns.scatterplot(drawn, x="share", y="y", hue="group", style="group", s=55, legend=False, zorder=5, ax=ax, **looks)
    ax.set_yticks(list(at.values()), [fit(labels[o], width, 4) for o in at], linespacing=1.1)
    ax.tick_params(axis="y", length=0)
    ax.set(ylim=(max(at.values()) + 0.5, -1.0), ylabel="")
    page_key(ax.figure, list(zip(groups, colours, MARKERS, strict=False)))
    wide = max(text_width(line, SMALL) for o in at for line in fit(labels[o], width, 4).split("\n"))
    area = SPACE - 14 - wide
    furthest = np.fmax(table["high"], table["share"]).max()
    high = furthest / max(1 - (COLUMN * len(questions) + 8) / area, 0.2)
    percent_axis(ax, high, area, furthest)
    columns = [high - (len(questions) - i - 0.5) * COLUMN / area * high for i in range(len(questions))]
    _columns_of_numbers(ax, table, say, dict(zip(questions, columns, strict=True)), colours, at)


def _columns_of_numbers(ax, table, say, columns, colours, at):
    cells = table.set_index(["option", "question"])
    for (question, x), name, marker in zip(columns.items(), colours, MARKERS, strict=False):
        ax.plot([x], [-0.72], marker=marker, ms=7, color=COLOURS[name], gid="column")
        for option, y in at.items():
            there = (option, question) in cells.index
            row = cells.loc[(option, question)] if there else None
            words = say.percent(row["share"]) + say.mark(row) if there else "–"
            ax.text(x, y, words, ha="center", va="center", bbox=PAPER)
