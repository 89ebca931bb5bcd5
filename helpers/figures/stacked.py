"""100% bars: the answers of a single-choice question as parts of a whole."""

import pandas as pd
from matplotlib.patches import ConnectionPatch
from matplotlib.transforms import ScaledTranslation

from .marks import BAR, finish, key, labels, panel_width
from .style import COLOURS, DECORATION, SMALL, fit, ink_on, text_width

_NARROW = 34  # points that a short number such as "7%†" needs
_GAP = 0.45  # between two pairs of bars, in bars


def stacked(ax, table, say, colours, names="key", label_width=110, room=None):
    """A 100% bar per group with a part per answer, and the interval of the first part under its edge.

    `table` has the usual columns; rows with the same `pair` (if there is that column), `question` and `group` make a
    bar. `colours` maps option to colour name, and its order is that of the parts. The parts are named once in a key
    above the bars (`names="key"`) or each above its part ("above"). `room` is the bars' length in points, if notes or
    other panels leave less than the axes' part of the page. Returns the parts: group, option, left, right and y.
    """
    room = room or panel_width(ax) - label_width - 14
    step = 1.0 if names == "key" else 2.0
    parts = _parts(table, list(colours), step)
    for _, bar in parts.groupby("y", sort=False):
        _draw(ax, bar, say, colours, room)
        if names == "above":
            _name_parts(ax, bar, room)
    bars = parts.drop_duplicates("y")
    labels(ax, bars["group"], label_width, y=bars["y"])
    ax.set_ylim(parts["y"].max() + 0.62, -0.62 if names == "key" else -1.25)
    if names == "key":
        shown = [o for o in colours if o in set(parts["option"])]
        words = parts.drop_duplicates("option").set_index("option")["label"]
        key(ax, [(words[option], colours[option], "s") for option in shown], room=room + label_width / 2)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    ax.tick_params(axis="x", length=0)
    finish(ax, left=True)
    return parts[["group", "option", "left", "right", "y"]]


def _parts(table, order, step):
    """The rows of a table as parts of bars: in the order of the answers, with their ends and the bar's height."""
    by = [name for name in ("pair", "question", "group") if name in table]
    rank = {option: place for place, option in enumerate(order)}
    bars, y, last = [], 0.0, None
    for number, (_, bar) in enumerate(table.groupby(by, sort=False)):
        pair = bar["pair"].iloc[0] if "pair" in bar else None
        y += (step + _GAP * (pair != last)) if number else 0
        bar = bar.sort_values("option", key=lambda options: options.map(rank), kind="stable")
        right = bar["share"].cumsum()
        bars.append(bar.assign(left=right - bar["share"], right=right, y=y))
        last = pair
    return pd.concat(bars, ignore_index=True)


def _draw(ax, bar, say, colours, room):
    """One bar with its numbers: inside where they fit, else above their part; the † is never left out."""
    taken = -1.0
    for _, part in bar.iterrows():
        fill, y, middle = COLOURS[colours[part["option"]]], part["y"], (part["left"] + part["right"]) / 2
        ax.barh(y, part["share"], left=part["left"], height=BAR, color=fill, edgecolor="white", lw=1)
        short = say.percent(part["share"]) + say.mark(part)
        fitting = [w for w in (say.share_count(part), short) if text_width(w) + 4 <= part["share"] * room]
        if fitting:
            ax.text(middle, y, fitting[0], va="center", ha="center", color=ink_on(fill))
        elif part["share"]:
            half = text_width(short) / 2 / room
            middle = min(max(middle, taken + half), 1 + 0.01 - half)
            taken = middle + half + 4 / room
            ax.annotate(
                short, (middle, y - BAR / 2), xytext=(0, 1), textcoords="offset points", va="bottom", ha="center"
            )
    first = bar.iloc[0]
    below = first["y"] + BAR / 2 + 0.09
    ax.hlines(below, first["low"], first["high"], color=COLOURS["ink"], lw=1.3, zorder=4)
    ax.plot([first["right"]], [below], "|", color=COLOURS["ink"], ms=5, zorder=4)


def _name_parts(ax, bar, room):
    """The answers above their parts; names of narrow parts make room for each other, with a line down to the part."""
    bar = bar[bar["share"] > 0]
    widths = [max(share * room - 6, 62) for share in bar["share"]]
    texts = [fit(label, width, 4, even=False) for label, width in zip(bar["label"], widths, strict=True)]
    widths = [max(text_width(line) for line in text.split("\n")) for text in texts]
    middles = ((bar["left"] + bar["right"]) / 2 * room).tolist()
    for text, middle, place, (_, part) in zip(
        texts, middles, spread(middles, widths, room), bar.iterrows(), strict=True
    ):
        up = 3 if part["share"] * room > _NARROW else SMALL + 6  # the number of a narrow part stands above it
        at = {"xy": (middle / room, part["y"] - BAR / 2), "textcoords": "offset points"}
        ax.annotate(text, xytext=(place - middle, up), va="bottom", ha="center", linespacing=1.1, **at)


def spread(middles, widths, room, gap=8):
    """Places for texts of these widths on a line of `room` points: as near to their middles as they do not touch."""
    places, edge = [], -gap
    for middle, width in zip(middles, widths, strict=True):
        places.append(max(middle, edge + gap + width / 2))
        edge = places[-1] + width / 2
    edge = room + gap
    for i in reversed(range(len(places))):
        places[i] = min(places[i], edge - gap - widths[i] / 2)
        edge = places[i] - widths[i] / 2
    return places


def hang(ax, below, part, lines=1):
    """Two thin lines from the ends of a part of a bar to the panel `below` that is about it.

    `part` is a row of what `stacked` returned; `lines` is how many lines the panel's heading has.
    """
    top = ScaledTranslation(0, (lines * 13 + 8) / 72, ax.figure.dpi_scale_trans)
    for x, corner in ((part["left"], 0.0), (part["right"], 1.0)):
        line = ConnectionPatch((x, part["y"] + BAR / 2 + 0.16), (corner, 1), ax.transData, below.transAxes + top)
        line.set(color=COLOURS["aside"], lw=1, in_layout=False, gid=DECORATION)
        ax.figure.add_artist(line)
