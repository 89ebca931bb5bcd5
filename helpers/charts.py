"""Figures: one theme, one colour per meaning, and for each kind of picture a function `plot_x(ax, table, **style)`.

`frame` makes the page (title, subtitle, caption) and its axes; `save_figure` writes it. Titles and words come from
`text`, numbers from tables.
"""

import importlib.util
import io
import re
import unicodedata
import warnings
from bisect import bisect_left
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import budoux
import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch, Rectangle
from PIL import Image

from .paired import feasible, independent, mcnemar_p, nested
from .proportions import interval, reliability
from .text import brief, is_weighted, sentence_case

COLORS = {
    "aware": "#1f6fa8",
    "unaware": "#e39a4b",
    "suppliers": "#0b7a75",
    "customers": "#8a4f9e",
    "now": "#66758a",
    "wanted": "#2a74b0",
    "after": "#a8322a",
    "own": "#4a5fa5",
    "partner": "#ad5a1c",
    "reached": "#efa14f",
    "harmed": "#a8322a",
    "untouched": "#dde4ea",
    "neutral": "#3f7f93",
    "hanging": "#5b7f95",
    "certain": "#14557b",
    "undecided": "#d98a2b",
    "aside": "#c3c8ce",
    "ink": "#22272e",
    "quiet": "#5c6570",
    "grid": "#e3e6ea",
}
ASIDE = ("none", "other", "undisclosed", "no_answer")  # roles drawn last and in grey
WIDTH, DPI, MARGIN = 8.0, 200, 0.18  # inches, dots per inch, inches
SMALL, TITLE, SUBTITLE = 9.0, 14.0, 10.0  # points; nothing is smaller than SMALL
GLYPH = re.compile(r"Glyph (\d+) .* missing from font")  # matplotlib's warning of a sign that its fonts lack
FONTS = {"en": ["DejaVu Sans", "IPAexGothic"], "ja": ["IPAexGothic", "DejaVu Sans"]}


# --- theme and words -------------------------------------------------------------------------------------------------


@cache
def _add_japanese_font():
    # The package's own import would change matplotlib's settings, so only its font file is used.
    package = importlib.util.find_spec("matplotlib_fontja").submodule_search_locations[0]
    font_manager.fontManager.addfont(str(Path(package) / "fonts" / "ipaexg.ttf"))
    entry = font_manager.fontManager.ttflist[-1]
    font_manager.fontManager.ttflist.append(replace(entry, weight=700))  # it has one weight: bold is the same file


def use_theme(lang):
    """Set matplotlib's defaults to the project's look in a language ("en" or "ja")."""
    _add_japanese_font()
    sns.set_theme(style="white", palette="colorblind")
    mpl.rcParams.update(
        {
            "font.family": FONTS[lang],  # after seaborn, which resets it
            "font.size": SMALL,
            "axes.labelsize": SMALL,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "text.color": COLORS["ink"],
            "axes.labelcolor": COLORS["quiet"],
            "xtick.color": COLORS["quiet"],
            "ytick.color": COLORS["ink"],
            "axes.edgecolor": COLORS["aside"],
            "legend.fontsize": SMALL,
            "axes.titlesize": SMALL,
            "axes.grid.axis": "x",
            "axes.axisbelow": True,
            "grid.color": COLORS["grid"],
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.bottom": False,
            "axes.unicode_minus": False,
            "text.parse_math": False,  # a dollar sign in someone's label is a dollar sign
            "svg.fonttype": "path",
            "svg.hashsalt": "survey",
        }
    )


@cache
def _renderer():
    return RendererAgg(1, 1, 720)  # fine enough that rounding to whole dots does not add up


@cache
def _sign_width(sign, family, size, weight):
    font = font_manager.FontProperties(family=family, size=size, weight=weight)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", GLYPH.pattern)  # said once, when the figure is drawn
        return _renderer().get_text_width_height_descent(sign, font, False)[0] / 10


def text_width(text, size, weight="normal"):
    """The width of a line of text in points, in the current theme's font.

    It is the sum of its signs' widths: kerning moves a line by less than a point, and a long label is measured at
    hundreds of places on its way to a good line break.
    """
    family = tuple(mpl.rcParams["font.family"])
    return sum(_sign_width(sign, family, size, weight) for sign in text)


@cache
def _japanese_parser():
    return budoux.load_default_japanese_parser()


def is_wide(text):
    """Whether a text holds signs of full width, as Japanese has them."""
    return any(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def pieces(text):
    """Where a line may break: after spaces, and between the phrases of Japanese text."""
    words = re.findall(r"[^\s-]*-(?=\w)|\S+\s*", text)
    return [piece for word in words for piece in (_japanese_parser().parse(word) if is_wide(word) else [word])]


def wrap(text, width, size=SMALL, weight="normal"):
    """Text broken into lines of at most `width` points at words or Japanese phrases; overlong pieces break anywhere."""
    lines = [""]
    for piece in pieces(" ".join(text.split())):
        if not lines[-1] or text_width((lines[-1] + piece).rstrip(), size, weight) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
        while text_width(lines[-1].rstrip(), size, weight) > width and len(lines[-1]) > 1:
            line = lines[-1]
            # A little narrower: over a hundred like signs, rounding to whole dots adds up.
            too_wide = partial(lambda line, n: text_width(line[:n], size, weight) > 0.95 * width, line)
            cut = max(1, bisect_left(range(1, len(line)), True, key=too_wide))
            lines[-1:] = [line[:cut], line[cut:]]
    return "\n".join(line.rstrip() for line in lines)


def wrap_even(text, width, size=SMALL, weight="normal"):
    """Like `wrap`, with lines of about the same length: a last line of one word reads badly."""
    wrapped = wrap(text, width, size, weight)
    lines = wrapped.count("\n")
    narrower = width
    longest = max((text_width(piece.rstrip(), size, weight) for piece in pieces(text)), default=0)
    while lines and narrower > max(width / 2, longest + width / 40):
        narrower -= width / 40
        trial = wrap(text, narrower, size, weight)
        if trial.count("\n") > lines:
            break
        wrapped = trial
    return wrapped


def fit(text, width, lines, size=SMALL, weight="normal", even=True):
    """Like `wrap_even`, but of at most `lines` lines: what is left out of an overlong text ends in "…".

    The tables have such a text in full; in a figure it would cover its neighbours.
    """
    wrapped = (wrap_even if even else wrap)(text, width, size, weight)
    if wrapped.count("\n") < lines:
        return wrapped
    *kept, last = wrap(text, width, size, weight).split("\n")[:lines]
    while last and text_width(f"{last}…", size, weight) > width:
        last = last[:-1].rstrip()
    return "\n".join([*kept, f"{last}…"])


# --- the page --------------------------------------------------------------------------------------------------------


def frame(say, title, subtitle="", caption="", height=4.5, key_room=False, **subplots):
    """A page with its words in place and empty axes between them: `(figure, axes)`.

    `title` states the finding, `subtitle` the question and the measure, `caption` base and source. `height` is in
    inches (the width is always the same), more if the words need it; `key_room` keeps a line free above the axes for `page_key`; `subplots` go to `Figure.subplots`,
    or to `Figure.subplot_mosaic` if they name a `mosaic`.
    """
    use_theme(say.lang)
    space = (WIDTH - 2 * MARGIN) * 72
    bold = "normal" if say.lang == "ja" else "bold"  # the Japanese font has one weight
    heads = [
        (fit(title, space, 4, TITLE, bold), TITLE, {"weight": bold, "color": COLORS["ink"]}),
        (fit(subtitle, space, 3, SUBTITLE), SUBTITLE, {"color": COLORS["quiet"]}),
    ]
    foot = fit(caption, space, 6, even=False)
    height += sum(_beyond(words, usual) for words, usual in ((heads[0][0], 3), (heads[1][0], 2), (foot, 3)))
    fig = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    top = height - MARGIN
    for words, size, style in heads:
        if words:
            _place(fig, words, top, size, "top", **style)
            top -= _height(words, size) + 0.05
    fig.key_top = top / height
    top -= 0.26 if key_room else 0
    bottom = MARGIN
    if foot:
        _place(fig, foot, bottom, SMALL, "bottom", color=COLORS["quiet"])
        bottom += _height(foot, SMALL) + 0.06
    fig.page_title = title
    side = MARGIN / WIDTH
    fig.get_layout_engine().set(
        rect=(side, bottom / height, 1 - 2 * side, (top - bottom - 0.05) / height), w_pad=0.03, h_pad=0.03
    )
    return fig, fig.subplot_mosaic(**subplots) if "mosaic" in subplots else fig.subplots(**subplots)


def _place(fig, text, y, size, align, **style):
    height = fig.get_figheight()
    fig.text(MARGIN / WIDTH, y / height, text, fontsize=size, va=align, linespacing=1.25, in_layout=False, **style)


def _beyond(text, lines):
    """Inches that a page grows by for words of more lines than it has room for."""
    return max(0, text.count("\n") + 1 - lines) * 0.25


def _height(text, size):
    return (text.count("\n") + 1) * size * 1.3 / 72


def _percent_axis(ax, say, high, step=0.2):
    ax.set_xlim(0, high)
    ticks = np.arange(0, min(high, 1) + 1e-9, step)
    ax.set_xticks(ticks, [say.percent(t) for t in ticks])
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x")


def _label_rows(ax, labels, width, lines):
    ax.set_yticks(range(len(labels)), [fit(label, width, lines) for label in labels])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(labels) - 0.45, -0.55)


def _interval_line(ax, low, high, y, **style):
    ax.hlines(y, low, high, **{"color": COLORS["ink"], "lw": 1.1, "zorder": 4, **style})


def in_order(table, sort=True):
    """Rows as figures show them: by size (or as they stand), then nothing, other, unknown and no answer."""
    by = "share" if is_weighted(table) else "count"
    ordered = table.sort_values(by, ascending=False, kind="stable") if sort else table
    rank = ordered["role"].map(lambda role: ASIDE.index(role) + 1 if role in ASIDE else 0)
    return ordered.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


# --- the pictures ----------------------------------------------------------------------------------------------------


def plot_bars(ax, table, say, color="neutral", sort=True, label_width=210, high=None, panel=""):
    """Horizontal bars with intervals and "share · count"; `color` is a colour name, or one name per option id."""
    rows = in_order(table, sort)
    names = color if isinstance(color, dict) else dict.fromkeys(rows["option"], color)
    for y, r in rows.iterrows():
        name = "aside" if r["role"] in ASIDE else names[r["option"]]
        ax.barh(y, r["share"], height=0.62, color=COLORS[name])
        _interval_line(ax, r["low"], r["high"], y)
        ax.text(max(r["high"], r["share"]), y, "  " + say.share_count(r), va="center")
    _label_rows(ax, rows["label"], label_width, lines=2)
    longest = max(text_width(say.share_count(r), SMALL) for _, r in rows.iterrows())
    _percent_axis(ax, say, high or min(1.35, rows["high"].max() * (1 + longest / 150)))
    sns.despine(ax=ax, bottom=True)
    if panel:
        ax.set_title(panel, loc="left", fontsize=SUBTITLE, color=COLORS["quiet"])


def plot_back_to_back(axes, first, second, say, names, colors=("suppliers", "customers")):
    """Two distributions over the same options, back to back; `axes` are the left and the right one."""
    rows, others = in_order(first, sort=False), in_order(second, sort=False)
    apart = [y + (0.5 if role in ASIDE else 0) for y, role in enumerate(rows["role"])]
    high = max(rows["high"].max(), others["high"].max()) * 1.3
    for ax, table, name, color, sign in zip(axes, (rows, others), names, colors, (-1, 1), strict=True):
        for y, (_, r) in zip(apart, table.iterrows(), strict=True):
            fill = "aside" if r["role"] in ASIDE else color
            ax.barh(y, sign * r["share"], height=0.66, color=COLORS[fill])
            _interval_line(ax, sign * r["low"], sign * r["high"], y)
            ax.text(
                sign * (r["high"] + high * 0.02),
                y,
                say.share_count(r),
                va="center",
                ha="left" if sign > 0 else "right",
            )
        _percent_axis(ax, say, high)
        ax.set_xlim(*sorted((0, sign * high)))
        ticks = np.arange(0, high, 0.2)
        ax.set_xticks(sign * ticks, [say.percent(t) for t in ticks])
        ax.set_ylim(apart[-1] + 0.55, -0.55)
        ax.set_title(
            fit(name, 190, 1, SUBTITLE + 1),
            loc="right" if sign < 0 else "left",
            fontsize=SUBTITLE + 1,
            color=COLORS[color],
        )
        sns.despine(ax=ax, left=True, bottom=True)
    axes[0].set_yticks([])
    axes[1].set_yticks(apart, [fit(label, 130, 2) for label in rows["label"]], ha="center")
    axes[1].tick_params(axis="y", length=0, pad=72)


def key(ax, entries, columns=None, hollow=(), room=540, **place):
    """A one-line key above the axes: `entries` are (words, colour name, marker); those in `hollow` are only
    outlined. Words that need more than `room` points are cut.

    Returns the legend.
    """
    marks = [
        Line2D(
            [], [], color=COLORS[color], marker=marker, ls="", ms=7, mfc="white" if words in hollow else COLORS[color]
        )
        for words, color, marker in entries
    ]
    return ax.legend(
        marks,
        _key_words([words for words, _, _ in entries], columns or len(entries), room),
        **{"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": columns or len(entries), **place},
        **{"frameon": False, "borderaxespad": 0.2, "handletextpad": 0.2, "columnspacing": 1.2, "handlelength": 1.4},
    )


def _key_words(words, columns, room, mark=25):
    """The words of a key, each cut to its part of `room` points if they do not fit side by side, `mark` a mark's part."""
    words = [" ".join(text.split()) for text in words]
    most = room / columns - mark
    if sum(sorted(text_width(w, SMALL) for w in words)[-columns:]) <= columns * most:
        return words
    return [fit(w, most, 1) for w in words]


def page_key(fig, entries, hollow=()):
    """The key of a whole figure, in the line that `frame(key_room=True)` kept free; entries as in `key`."""
    place = {"bbox_to_anchor": (MARGIN / WIDTH, fig.key_top), "loc": "upper left"}
    key(fig, entries, hollow=hollow, **place).set_in_layout(False)


def _ink_on(color):
    """White on dark colours, ink on light ones (contrast of at least 4.5 to 1 in both cases)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(color)]
    luminance = np.dot(channels, (0.2126, 0.7152, 0.0722))
    return "white" if 1.05 / (luminance + 0.05) >= 4.5 else COLORS["ink"]


def _stack(ax, parts, y, say, colors, height=0.62, room=190, above=0.0):
    """One 100% bar at height y; numbers stand inside where they fit in `room` points per 100%, or `above` it."""
    left = 0.0
    for _, r in parts.iterrows():
        color = COLORS.get(colors[r["option"]], colors[r["option"]])
        ax.barh(y, r["share"], left=left, height=height, color=color, edgecolor="white", lw=1.2)
        words = [say.share_count(r), say.percent(r["share"]) + say.mark(r), say.percent(r["share"])]
        fitting = [w for w in words if text_width(w, SMALL) + 1 <= r["share"] * room]
        if fitting:
            ax.text(left + r["share"] / 2, y, fitting[0], va="center", ha="center", color=_ink_on(color))
        elif above:
            ax.text(left + r["share"] / 2, y - above, words[1], va="bottom", ha="center")
        left += r["share"]


AWARENESS = {"aware": "aware", "no_answer": "aside", "unaware": "unaware"}  # from left to right


def plot_awareness(axes, table, notes, say, colors=AWARENESS):
    """Pairs of 100% bars; each pair's comparison stands to the right.

    `axes` are the bars and the column of words; `table` has the columns `pair` and `group` besides the usual ones,
    and its first option carries its interval; `notes` maps a pair to lines of text.
    """
    ax, side = axes
    labels, places = [], []
    rank = {option: i for i, option in enumerate(colors)}
    table = table.sort_values("option", key=lambda options: options.map(rank), kind="stable")
    table = table.sort_values(["pair", "group"], key=_appearance, kind="stable")
    for i, (pair, rows) in enumerate(table.groupby("pair", sort=False)):
        for j, (group, parts) in enumerate(rows.groupby("group", sort=False)):
            y = 2.45 * i + j
            _stack(ax, parts, y, say, colors, height=0.7, room=305)
            first = parts.iloc[0]
            _interval_line(ax, first["low"], first["high"], y + 0.27, lw=1.6)
            labels.append(group)
            places.append(y)
        lines = notes[pair]
        side.text(
            0, 2.45 * i + 0.5, "\n".join(fit(line, 178, 3, even=False) for line in lines), va="center", linespacing=1.35
        )
    ax.set_yticks(places, [fit(label, 110, 2) for label in labels])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(places[-1] + 0.5, -0.5)
    side.set_ylim(ax.get_ylim())
    side.axis("off")
    _percent_axis(ax, say, 1)
    ax.grid(False)
    options = table.drop_duplicates("option")
    key(ax, [(r["label"], colors[r["option"]], "s") for _, r in options.iterrows()], room=340)
    sns.despine(ax=ax, left=True, bottom=True)


def plot_reasons(axes, table, say):
    """Dots with intervals: reasons in rows, partner groups in columns, why aware above, why not below.

    `axes` has a row per status and a column per group; filled dots are shares of firms, hollow ones the printed
    shares of selections (column `share_selections`).
    """
    high = min(1, np.ceil(table["high"].max() * 10) / 10)
    heads = {"aware": say("Why largely aware"), "unaware": say("Why hardly aware")}
    for i, (block, (status, rows)) in enumerate(zip(axes, table.groupby("status", sort=False), strict=True)):
        head = {"fontsize": SUBTITLE, "color": COLORS["quiet"], "ha": "right", "va": "bottom"}
        block[0].text(-0.06, 1.03, heads[status], transform=block[0].transAxes, **head)
        for ax, (group, cells) in zip(block, rows.groupby("group", sort=False), strict=True):
            cells = in_order(cells, sort=False)
            for y, r in cells.iterrows():
                color = COLORS["aside"] if r["role"] in ASIDE else COLORS[status]
                _interval_line(ax, r["low"], r["high"], y, color=color, lw=1.4)
                ax.plot(r["share_selections"], y, "o", ms=5, mfc="white", mec=COLORS["quiet"], mew=0.9, zorder=5)
                ax.plot(r["share"], y, "o", ms=6.5, color=color, zorder=6)
                align = "center" if r["share"] > 0.1 else "left"
                ax.text(r["share"], y - 0.23, say.percent(r["share"]) + say.mark(r), ha=align, va="bottom")
            first = ax is block[0]
            _label_rows(ax, cells["label"] if first else [""] * len(cells), 172, lines=3)
            ax.set_ylim(len(cells) - 0.55, -0.75)
            base = cells["base"].iloc[0]
            name = fit(group, 56, 3) if i == 0 else ""
            ax.set_title(f"{name}\n{say('n = {n}', n=base)}".strip(), fontsize=SMALL, color=COLORS["quiet"])
            ax.set_xlim(0, high)
            ax.set_xticks([0, 0.5], [say.percent(t) for t in (0, 0.5)] if i else [])
            ax.tick_params(length=0)
            ax.grid(axis="x")
            sns.despine(ax=ax, left=not first, bottom=True)


def _appearance(values):
    """A sort key that keeps values in the order in which they first stand in the table."""
    return values.map({value: i for i, value in enumerate(dict.fromkeys(values.sort_index()))})


def _name_segments(ax, parts, y, width, start=0.0):
    """The labels of a 100% bar's parts above it, each as wide as its part allows.

    `width` is the bar's in points; parts that begin at a `start` above 0 have their names in the middle.
    """
    left = start
    last = len(parts) - 1
    for i, (_, r) in enumerate(parts.iterrows()):
        right = left + r["share"]
        at_end = i == last and r["share"] < 0.12
        lines = fit(r["label"], max(r["share"] * width - 4, 46), 6, even=False)
        align, x = ("right", right) if at_end else ("center", (left + right) / 2) if start else ("left", left)
        ax.text(x, y, lines, ha=align, va="bottom", linespacing=1.15)
        left = right


SUPPORT = ("#9cc4dd", "#1f6fa8", "#ad5a1c", "#8a4f9e")  # in the order of the answers of those that know


def support_table(everyone, knowing, say):
    """All numbers that `plot_support` draws: the answers of both bars by `group`, and how many of all know at all."""
    weighted, known = is_weighted(everyone), everyone["option"].isin(knowing["option"])
    share, size = everyone.loc[known, "share"].sum(), everyone["n_effective" if weighted else "base"].iloc[0]
    low, high = interval(share * size if weighted else knowing["count"].sum(), size, say.confidence)
    count, named = int(knowing["count"].sum()), {"option": "known", "label": say("Those that know"), "role": "answer"}
    flag = reliability(share * size, size, count)
    those = everyone.head(1).assign(**named, count=count, share=share, low=low, high=high, flag=flag)
    parts = [(say("All firms"), everyone), (say("All firms"), those), (say("Those that know"), knowing)]
    table = pd.concat([part.assign(group=name) for name, part in parts], ignore_index=True)
    return table[["group", *everyone.columns]]


def plot_support(ax, everyone, knowing, say):
    """A 100% bar of all respondents and below it, joined, one of those among them that know at all."""
    width = 440
    is_known = everyone["option"].isin(knowing["option"])
    everyone = pd.concat([everyone[is_known], everyone[~is_known]])
    known = everyone.loc[is_known, "share"].sum()
    colors = dict(zip(knowing["option"], SUPPORT * len(knowing), strict=False))
    for _, r in everyone.iloc[len(knowing) :].iterrows():
        colors[r["option"]] = "aside" if r["role"] == "no_answer" else "unaware"
    names = [say("All firms"), say("Those that know")]
    below = 2.3
    for y, parts in ((0, everyone), (below, knowing)):
        _stack(ax, parts, y, say, colors, room=width, above=0.4)
    first = knowing.iloc[0]
    _interval_line(ax, first["low"], first["high"], below + 0.24)
    numbers = support_table(everyone, knowing, say).set_index("option")
    _interval_line(ax, *numbers.loc["known", ["low", "high"]], 0.24)
    rest = everyone.iloc[len(knowing) :]
    _name_segments(ax, rest, -0.42, width, start=known)
    _name_segments(ax, knowing, below - 0.4, width)
    for top_x, bottom_x in ((0, 0), (known, 1)):
        ax.plot([top_x, bottom_x], [0.34, below - 1.05], color=COLORS["aside"], lw=1, zorder=0)
    corners = [0.34, 0.34, below - 1.05, below - 1.05]
    ax.fill([0, known, 1, 0], corners, color=COLORS["grid"], alpha=0.45, zorder=-1, lw=0)
    ax.set_yticks([0, below], [wrap_even(name, 92) for name in names])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(below + 0.4, -0.95)
    _percent_axis(ax, say, 1)
    ax.grid(False)
    sns.despine(ax=ax, left=True, bottom=True)


def plot_measures(axes, table, say, colors=("now", "wanted", "after")):
    """Three dots per measure with intervals, joined in order; the numbers stand to the right under coloured names.

    `axes` are one for the dots and one for the numbers; `table` holds the rows of three questions.
    """
    ax, side = axes
    questions, names = list(dict.fromkeys(table["question"])), list(dict.fromkeys(table["group"]))
    wide = table.pivot_table(index="option", columns="question", values="share", sort=False)
    rows = table.drop_duplicates("option").set_index("option")
    score = wide[questions].max(axis=1)
    groups = [
        [
            o
            for o in score.sort_values(ascending=False).index
            if rows.loc[o, "role"] == "answer" and wide.loc[o].notna().all()
        ],
        [o for o in score.index if rows.loc[o, "role"] in ASIDE],
        [o for o in score.sort_values(ascending=False).index if wide.loc[o].isna().any()],
    ]
    places, order = [], []
    for group in groups:
        for option in group:
            places.append((places[-1] + 1 if places else 0) + (0.5 if order and option == group[0] else 0))
            order.append(option)
    for y, option in zip(places, order, strict=True):
        cells = table[table["option"] == option].set_index("question")
        asked = [q for q in questions if q in cells.index]
        heights = {q: y + 0.2 * (i - 1) for i, q in enumerate(questions)}
        ax.plot(
            [cells.loc[q, "share"] for q in asked], [heights[q] for q in asked], color=COLORS["aside"], lw=2, zorder=2
        )
        for i, q in enumerate(questions):
            color = COLORS[colors[i]]
            if q not in asked:
                side.text(i, y, "–", ha="center", va="center", color=COLORS["quiet"])
                continue
            r = cells.loc[q]
            _interval_line(ax, r["low"], r["high"], heights[q], color=color, alpha=0.45)
            ax.plot(r["share"], heights[q], "oDs"[i], ms=6, color=color, zorder=5)
            side.text(i, y, say.percent(r["share"]) + say.mark(r), ha="center", va="center", color=color)
    ax.set_yticks(places, [fit(brief(rows.loc[o, "label"]), 190, 2) for o in order])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(places[-1] + 0.5, -0.6)
    side.set(ylim=ax.get_ylim(), xlim=(-0.5, len(questions) - 0.5))
    side.axis("off")
    key(ax, list(zip(names, colors, "oDs", strict=True)), room=330)
    _percent_axis(ax, say, min(1, table["high"].max() + 0.03))
    sns.despine(ax=ax, bottom=True)


def plot_squares(ax, parts, say, columns=10):
    """One small square per respondent: `parts` are (words, number, colour name), filled from the top left."""
    total = sum(number for _, number, _ in parts)
    fills = [color for _, number, color in parts for _ in range(number)]
    for i, color in enumerate(fills):
        ax.add_patch(Rectangle((i % columns, i // columns), 0.86, 0.86, color=COLORS[color], lw=0))
    ax.set(xlim=(-0.1, columns), ylim=(-(-total // columns) + 0.1, -0.1), aspect="equal")
    ax.axis("off")
    key(ax, [(words, color, "s") for words, _, color in parts], columns=1)


AGREEMENTS = ("#1f6fa8", "#6aa5cf", "#b9d3e6", "#e39a4b")  # the more in writing, the bluer


def plot_agreements(axes, table, parts, say):
    """One 100% bar split into its answers; below it what hangs from two of them.

    `axes` maps "all" and question ids to axes; `parts` maps question ids to (option, title, table).
    """
    ax, room = axes["all"], 455
    ax.figure.get_layout_engine().set(hspace=0.2)
    answered = table.loc[table["role"] != "no_answer", "option"]
    colors = dict.fromkeys(table["option"], "aside") | dict(zip(answered, AGREEMENTS, strict=False))
    _stack(ax, table, 0, say, colors, room=room)
    _name_segments(ax, table, -0.36, room)
    ax.set(xlim=(0, 1), ylim=(0.36, -1.6))
    ax.axis("off")
    ends = table.set_index("option")["share"].cumsum()
    for question, (option, title, rows) in parts.items():
        below = axes[question]
        colored = dict.fromkeys(rows["option"], "hanging")
        plot_bars(below, rows, say, color=colored, label_width=92, high=1.3, panel=fit(title, 205, 2, even=False))
        below.set_xticks([0, 0.5, 1], [say.percent(t) for t in (0, 0.5, 1)])
        right = ends[option]
        left = right - table.set_index("option")["share"][option]
        for x, corner in ((left, 0.0), (right, 1.0)):
            line = ConnectionPatch((x, 0.32), (corner, 1.26), "data", "axes fraction", axesA=ax, axesB=below)
            line.set(color=COLORS["aside"], lw=1, in_layout=False)
            ax.figure.add_artist(line)


def plot_incidents(axes, reached, tables, say):
    """A square per respondent, shaded where reached and dark where harmed; beside them bars about the firms reached.

    `axes` maps "squares" and the keys of `tables` to axes; `reached` has the firms reached first, then those harmed.
    """
    counts = dict(zip(reached["option"], reached["count"], strict=True))
    hit, hurt = counts["reached"], counts.get("harmed", 0)
    parts = [
        (say("harmed: {n}", n=hurt), hurt, "harmed"),
        (say("reached, not harmed: {n}", n=hit - hurt), hit - hurt, "reached"),
        (
            say("not reached, or no answer: {n}", n=reached["base"].iloc[0] - hit),
            reached["base"].iloc[0] - hit,
            "untouched",
        ),
    ]
    plot_squares(axes["squares"], [part for part in parts if part[1]], say)
    names = {"kinds": say("Kinds of attack"), "damage": say("Damage")}
    for (name, table), color in zip(tables.items(), ("reached", "harmed"), strict=True):
        panel = say("{name}, firms reached (n = {n})", name=names[name], n=table["base"].iloc[0])
        plot_bars(axes[name], table, say, color=color, label_width=140, high=1.25, panel=panel)


def plot_sides(ax, table, own, say):
    """Bars in two colours: the options in `own` first, then the others, each sorted; a key names the sides."""
    sides = [("own", table["option"].isin(own)), ("partner", ~table["option"].isin(own))]
    rows = pd.concat([in_order(table[chosen]) for _, chosen in sides], ignore_index=True)
    colors = {o: name for name, chosen in sides for o in table.loc[chosen, "option"]}
    plot_bars(ax, rows, say, color=colors, sort=False, label_width=230)
    key(ax, [(say("own side"), "own", "s"), (say("partners’ side"), "partner", "s")])


VERDICTS = {"always": "certain", "undetermined": "undecided", "never": "aside"}


def plot_map(ax, comparison, say, alpha=0.05):
    """Every way in which the published totals can come about, and in which of them the difference is significant.

    To the right, how many gave the answer to the first question only; upwards, to the second only. The outline is what
    the totals allow, the dark part is where McNemar's exact test is significant; marked are the independent reading and
    the closest agreement.
    """
    first, second = comparison.margins
    band = feasible(first, second)
    step = max(1, max(band.b_max, band.c_max) // 150)
    b, c = np.meshgrid(np.arange(0, band.b_max + 1, step), np.arange(0, band.c_max + 1, step))
    inside = band.contains(b, c)
    shown = inside & (mcnemar_p(b, c) < alpha)
    for where, color in ((inside & ~shown, COLORS["grid"]), (shown, COLORS["certain"])):
        for x, y in zip(b[where], c[where], strict=True):
            ax.add_patch(Rectangle((x - step / 2, y - step / 2), step, step, color=color, lw=0))
    corners = np.array([*band.corners, band.corners[0]])
    ax.plot(*corners.T, color=COLORS["ink"], lw=1, zorder=3)
    ax.plot(*independent(first, second), "X", color=COLORS["ink"], ms=8, mec="white", zorder=5, clip_on=False)
    ax.plot(*nested(first, second), "o", mfc="white", mec=COLORS["ink"], ms=7, mew=1.4, zorder=5, clip_on=False)
    high = max(band.b_max, band.c_max) + 2
    ax.set(xlim=(-1.5, high), ylim=(-1.5, high), aspect="equal")
    names = [
        fit(say("firms aware only of {group}", group=sentence_case(say, name)), 150, 2) for name in comparison.names
    ]
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    ax.tick_params(length=0)
    ax.set_title(fit(say.pair(*comparison.names), 150, 2), fontsize=SMALL + 0.5, loc="left")
    sns.despine(ax=ax)


def map_key(fig, say):
    """The key of the map, above its panels."""
    entries = [
        (say("significant"), "certain", "s"),
        (say("not significant"), "grid", "s"),
        (say("as if the answers were independent"), "ink", "X"),
        (say("closest agreement"), "ink", "o"),
    ]
    page_key(fig, entries, hollow=(entries[3][0],))


def plot_p_ranges(axes, comparisons, say, alpha=0.05, least=1e-4):
    """For each comparison the range of the paired p-value, on a logarithmic axis: a column per pair of questions.

    Colour and line say whether the whole range lies below `alpha` (certain), above it, or on both sides; the dot is the
    p-value as if independent. Values below `least` stand at the edge.
    """
    names = list(dict.fromkeys(c.names for c in comparisons))
    for ax, pair in zip(axes, names, strict=True):
        rows = [c for c in comparisons if c.names == pair]
        for y, c in enumerate(rows):
            color = COLORS[VERDICTS[c.paired.verdict]]
            low, high = max(c.paired.p_min, least), max(c.paired.p_max, least)
            ax.plot([low, high * 1.02], [y, y], color=color, lw=4, solid_capstyle="round", zorder=3)
            ax.plot(max(c.p, least), y, "o", color=COLORS["ink"], ms=4.5, zorder=4, clip_on=False)
        ax.axvline(alpha, color=COLORS["quiet"], lw=1, ls=(0, (3, 2)), zorder=1)
        ax.set_xscale("log")
        ax.set_xlim(least / 2, 2)
        ax.set_xticks([least, alpha, 1], [f"≤ {least:.4f}", f"{alpha:.2g}", "1"])
        ax.minorticks_off()
        first = ax is axes[0]
        _label_rows(ax, [brief(c.label) if first else "" for c in rows], 165, lines=3)
        ax.set_title(fit(say.pair(*pair), 125, 2), loc="left", fontsize=SMALL + 0.5)
        sns.despine(ax=ax, left=True, bottom=True)
    page_key(axes[0].figure, verdict_entries(say))


def verdict_entries(say):
    """The key of the paired verdicts and of the independent reading."""
    return [
        (say("significant for certain"), "certain", "s"),
        (say("undecided"), "undecided", "s"),
        (say("not significant for certain"), "aside", "s"),
        (say("as if independent"), "ink", "o"),
    ]


def plot_audit(ax, percentages, say, bin_width=0.1):
    """One dot per printed percentage: printed minus exact, tables above and charts below; those that fail are named."""
    kinds = {"table": say("tables"), "chart": say("charts")}
    dot, floor = 0.031, -1.0
    for base, kind in zip((0.0, floor), kinds, strict=True):
        part = percentages[percentages["printed_in"] == kind]
        part = part.assign(bin=(part["gap"] / bin_width).round().astype(int))
        part = part.assign(level=part.groupby("bin").cumcount(), base=base)
        for _, r in part.iterrows():
            good = r["verdict"] == "holds"
            color = COLORS["aware" if good else "harmed"]
            ax.plot(r["bin"] * bin_width, base + r["level"] * dot, "o", ms=3.4 if good else 6, color=color, zorder=3)
        _name_failures(ax, part[part["verdict"] != "holds"], say, bin_width, dot)
    ax.axvspan(-0.5, 0.5, color=COLORS["grid"], alpha=0.6, zorder=0, lw=0)
    ax.set_yticks([0, floor], list(kinds.values()))
    ax.tick_params(axis="both", length=0)
    edge = max(1.0, np.abs(percentages["gap"]).max() * 1.2)
    ax.set_xlim(-edge, edge)
    ax.set_xlabel(say("printed minus exact, percentage points; within the band rounding explains it"))
    sns.despine(ax=ax, left=True, bottom=True)


def _name_failures(ax, failures, say, bin_width, dot):
    """Names below the dots, each on its own line so that none covers another, with a thin line up to its dot."""
    depth = 0.1
    for _, r in failures.sort_values("gap", kind="stable").iterrows():
        x = r["bin"] * bin_width
        words = fit(say("{question}: {label}", question=r["short"], label=brief(r["label"])), 265, 2)
        y = r["base"] - depth
        depth += 0.03 + 0.085 * (words.count("\n") + 1)
        ax.plot([x, x], [y, r["base"] + r["level"] * dot], color=COLORS["harmed"], lw=0.8, zorder=2)
        left = x > 0
        ax.text(x + (-0.03 if left else 0.03), y, words, ha="right" if left else "left", va="top", linespacing=1.1)


def plot_forest(axes, tests, say, alpha=0.05):
    """Differences with intervals, the paired verdict as a colour, and the adjusted p beside them.

    `axes` are the differences and the column of words; `tests` has a row per comparison with `pair` and `label`.
    """
    ax, side = axes
    y, places, labels = 0.0, [], []
    for pair, rows in tests.groupby("pair", sort=False):
        ax.text(
            -0.02,
            y,
            fit(pair, 300, 1, SUBTITLE),
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
            color=COLORS["quiet"],
            fontsize=SUBTITLE,
        )
        y += 0.95
        for _, r in rows.iterrows():
            color = COLORS[VERDICTS[r["verdict"]]]
            _interval_line(ax, r["low"], r["high"], y, color=color, lw=1.8)
            ax.plot(r["difference"], y, "s", ms=5.5, color=color, zorder=5)
            side.text(0.98, y, say.p_number(r["p_all"]), va="center", ha="right")
            places.append(y)
            labels.append(brief(r["label"]))
            y += 0.85
        y += 0.35
    ax.axvline(0, color=COLORS["quiet"], lw=1, zorder=1)
    ax.set_yticks(places, [fit(label, 290, 1, even=False) for label in labels])
    ax.tick_params(axis="both", length=0)
    ax.set_ylim(y - 0.4, -0.7)
    ticks = np.arange(-0.6, 0.61, 0.2)
    ticks = ticks[(ticks > tests["low"].min() - 0.1) & (ticks < tests["high"].max() + 0.1)]
    ax.set_xticks(ticks, [say.points(t) for t in ticks])
    ax.grid(axis="x")
    side.set(ylim=ax.get_ylim(), xlim=(-0.3, 1))
    side.axis("off")
    side.text(0.98, -0.7, say("p adjusted"), ha="right", va="bottom", color=COLORS["quiet"])
    page_key(ax.figure, verdict_entries(say)[:3])
    sns.despine(ax=ax, left=True, bottom=True)


def plot_differences(ax, table, say):
    """Differences with intervals, named after question and answer; dark where their test is significant.

    That is the test of the whole single-choice question, or of the item, with its p in the column `adjusted`.
    """
    labels = [say("{group}: {label}", group=r["group"], label=brief(r["label"])) for _, r in table.iterrows()]
    for y, (_, r) in enumerate(table.iterrows()):
        shown = r["adjusted"] < say.alpha
        color = COLORS["certain" if shown else "aside"]
        _interval_line(ax, r["low"], r["high"], y, color=color, lw=1.8)
        ax.plot(r["difference"], y, "o", ms=6.5, color=color, zorder=5)
        words = say("{x} · {y}", x=say.percent(r["share"]), y=say.percent(r["share_baseline"]))
        ax.text(max(r["high"], 0), y, "  " + words, va="center")
    ax.axvline(0, color=COLORS["quiet"], lw=1, zorder=1)
    _label_rows(ax, labels, 250, lines=2)
    low, high = min(table["low"].min(), -0.05), max(table["high"].max(), 0.05)
    ax.set_xlim(low - 0.02, high + 0.25 * (high - low))
    ticks = np.arange(-1, 1.01, 0.1)
    ticks = ticks[(ticks >= low - 0.02) & (ticks <= high + 0.02)]
    ax.set_xticks(ticks, [say.points(t) for t in ticks])
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x")
    entries = [(say("test significant"), "certain", "o"), (say("not shown"), "aside", "o")]
    key(ax, entries)
    sns.despine(ax=ax, left=True, bottom=True)


def plot_mini(ax, table, say, title, color="neutral", n=3):
    """The n most frequent answers as thin bars under their labels: a picture that reads at the size of a stamp."""
    for y, (_, r) in enumerate(table.head(n).iterrows()):
        fill = "aside" if r["role"] in ASIDE else color
        ax.barh(y, 1, height=0.16, color=COLORS["grid"])
        ax.barh(y, r["share"], height=0.16, color=COLORS[fill])
        ax.text(0, y - 0.12, say.percent(r["share"]), va="bottom")
        ax.text(0.17, y - 0.12, fit(r["label"], 150, 2), va="bottom", linespacing=1.1)
    ax.set(xlim=(0, 1), ylim=(n - 0.85, -0.72))
    ax.axis("off")
    ax.set_title(fit(title, 172, 2, even=False), loc="left", fontsize=SUBTITLE, color=COLORS["quiet"])


def plot_overview(axes, panels, say, n=3):
    """Small bars for several topics: `panels` are (heading, table, colour name); axes left over stay empty."""
    axes[0, 0].figure.get_layout_engine().set(hspace=0.12)
    for ax, (heading, table, color) in zip(np.ravel(axes), panels, strict=False):
        plot_mini(ax, table, say, heading, color, n)
    for ax in np.ravel(axes)[len(panels) :]:
        ax.set_axis_off()


def save_figure(fig, folder, stem, table, alt=""):
    """Write `stem`.png, .svg and the plotted numbers as .csv into a folder; the same figure gives the same bytes.

    `alt` goes into the files as their description. Returns the PNG's bytes.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (engine := fig.get_layout_engine()) is not None:
        # Laying out again what was laid out already moves things by a hair: do it once, for both files. (A figure
        # that keeps an engine, even one that does nothing, is drawn twice for every file.)
        engine.execute(fig)
        fig.set_layout_engine(None)
        for ax in fig.axes:  # the solver's last digits vary from run to run
            ax.set_position([round(value, 4) for value in ax.get_position().bounds])
    png = _png(fig)
    (folder / f"{stem}.png").write_bytes(png)
    described = {"Date": None, "Creator": None, "Title": fig.page_title, "Description": alt}
    fig.savefig(folder / f"{stem}.svg", format="svg", metadata=described)
    table.to_csv(folder / f"{stem}.csv", index=False, lineterminator="\n")
    return png


def _whitened(shades):
    """A palette (red, green, blue, red, …) in which the averages of white and nearly white are white."""
    colors = zip(*[iter(shades)] * 3, strict=True)
    return [shade for color in colors for shade in ((255, 255, 255) if min(color) > 240 else color)]


def _png(fig, limit=118_000):
    """The figure as PNG bytes on a palette: to the eye no different, and small enough for a notebook.

    The palette is read off every third dot, and shrinks for pictures that would pass `limit` bytes.
    """
    fig.set_dpi(DPI)
    fig.canvas.draw()
    picture = Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
    sample = picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.NEAREST)
    for colors in (64, 32, 16):
        palette = sample.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.putpalette(_whitened(palette.getpalette()))
        small = io.BytesIO()
        picture.quantize(palette=palette, dither=Image.Dither.NONE).save(small, format="png", dpi=(DPI, DPI))
        if small.tell() < limit:
            break
    return small.getvalue()
