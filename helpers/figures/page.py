"""The page around a picture: title, subtitle, caption and key, laid out in inches, and saved to files."""

import io
import warnings
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image, ImageColor

from .style import COLOURS, DPI, FOOT, HEAD, MARGIN, SMALL, SPACE, TITLE, WIDTH, fill_of, fit, text_width

KEY_LINE = 0.25  # inches that a line of a key takes
MARK = 16  # points that the mark of a key takes, with the gaps around it


def page(title, subtitle="", height=3.0, shared=False, **subplots):
    """An empty figure with room for its words: `(figure, axes)`.

    `title` states the finding, `subtitle` the question and the measure; the caption follows with `caption`. `height` is
    that of the drawing in inches (the width is always the same, the words come on top). A list of heights makes as many
    panels below each other, each with room for its heading and for the numbers of its axis; panels that are `shared` have
    these only under the last. `subplots` go to `Figure.subplots`.
    """
    panels = isinstance(height, list)
    if panels:
        subplots |= {"nrows": len(height), "height_ratios": height}
        height = sum(height) + HEAD * len(height) + FOOT * (1 if shared else len(height))
    fig = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(fig)
    fig.page_title, fig.page_subtitle, fig.page_key = title, subtitle, None
    axes = fig.subplots(**subplots)
    return fig, np.ravel(axes) if panels else axes


def page_key(fig, entries):
    """The key of a whole figure, in lines of their own above the axes; `entries` are (words, colour name, marker).

    A marker that ends in "o" for open, as "oo", is drawn hollow.
    """
    fig.page_key = entries


def caption(fig, words):
    """Put title, subtitle, key and caption in their places, and the axes between them."""
    heads = [
        (fit(fig.page_title, SPACE, 5, TITLE, "bold"), TITLE, {"weight": "bold", "color": COLOURS["ink"]}),
        (fit(fig.page_subtitle, SPACE, 4), SMALL, {"color": COLOURS["quiet"]}),
    ]
    keys = _lines_of_key(fig.page_key or [])
    foot = fit(words, SPACE, 9, even=False) if words else ""
    above = sum(_height(text, size) + 0.05 for text, size, _ in heads if text) + KEY_LINE * len(keys) + MARGIN + 0.05
    below = MARGIN + (_height(foot, SMALL) + 0.06 if foot else 0)
    height = fig.get_figheight() + above + below
    fig.set_figheight(height)
    top = height - MARGIN
    for text, size, style in heads:
        if text:
            _place(fig, text, top, size, "top", **style)
            top -= _height(text, size) + 0.05
    head = height - top
    for entries in keys:
        spot = {"bbox_to_anchor": (MARGIN / WIDTH, top / height), "loc": "upper left"}
        line = key(fig, entries, **spot)
        line.set_in_layout(False)
        top -= KEY_LINE
    if foot:
        _place(fig, foot, MARGIN, SMALL, "bottom", color=COLOURS["quiet"])
    side = MARGIN / WIDTH
    fig.page_words = (head / height, below / height)  # the parts that words take, above and below
    rect = (side, below / height, 1 - 2 * side, (height - above - below) / height)
    fig.set_layout_engine("constrained", rect=rect, w_pad=0.03, h_pad=0.03)  # not before: seaborn draws on its way


def _lines_of_key(entries):
    """The entries of a key, as many on a line as fit; words that are longer than a line are cut."""
    lines, left = [], 0
    for words, *look in entries:
        words = fit(words, SPACE - MARK, 1)
        wide = text_width(words, SMALL) + MARK + 14
        if not lines or wide > left:
            lines.append([])
            left = SPACE
        lines[-1].append((words, *look))
        left -= wide
    return lines


def has_lines(fig):
    """Whether thin lines are drawn in a figure, as those of intervals are."""
    return any(isinstance(drawn, LineCollection) for ax in fig.axes for drawn in ax.collections)


def _place(fig, text, y, size, align, **style):
    height = fig.get_figheight()
    fig.text(MARGIN / WIDTH, y / height, text, fontsize=size, va=align, linespacing=1.2, in_layout=False, **style)


def _height(text, size):
    return (text.count("\n") + 1) * size * 1.32 / 72


def key(where, entries, **place):
    """A one-line key of axes or a figure: `entries` are (words, colour name, marker). Returns the legend."""
    marks = []
    for _, colour, marker in entries:
        fill = "white" if marker.endswith("oo") else fill_of(colour)
        marks.append(Line2D([], [], marker=marker[0], ls="", ms=7, mfc=fill, mec=fill_of(colour)))
    return where.legend(
        marks,
        [words for words, _, _ in entries],
        **{"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": len(entries), **place},
        **{"frameon": False, "borderaxespad": 0.1, "borderpad": 0, "handletextpad": 0.2},
        **{"columnspacing": 1.0, "handlelength": 1.0},
    )


def save(fig, folder, name, alt=""):
    """Write `name`.png and `name`.svg into a folder, the same bytes for the same figure; returns the PNG's bytes.

    `alt` goes into the SVG as its description.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (engine := fig.get_layout_engine()) is not None:
        # Laying out again what was laid out already moves things by a hair: do it once, for both files. (A figure
        # that keeps an engine, even one that does nothing, is drawn twice for every file.)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "constrained_layout not applied")  # labels too long: drawn as they are
            engine.execute(fig)
        fig.set_layout_engine(None)
        for ax in fig.axes:  # the solver's last digits vary from run to run
            ax.set_position([round(value, 4) for value in ax.get_position().bounds])
    png = _png(fig)
    (folder / f"{name}.png").write_bytes(png)
    described = {"Date": None, "Creator": None, "Title": fig.page_title, "Description": alt}
    fig.savefig(folder / f"{name}.svg", format="svg", metadata=described)
    return png


def _whitened(shades):
    """A palette (red, green, blue, red, …) in which the averages of white and nearly white are white."""
    colours = zip(*[iter(shades)] * 3, strict=True)
    return [shade for colour in colours for shade in ((255, 255, 255) if min(colour) > 240 else colour)]


def _meanings_in(picture, least=30):
    """The colours of meanings that at least so many dots of a picture have, as a palette."""
    counted = {shade: dots for dots, shade in picture.getcolors(picture.width * picture.height)}
    meant = (ImageColor.getrgb(shade) for shade in COLOURS.values())
    return [part for shade in meant if counted.get(shade, 0) >= least for part in shade]


def _png(fig, limit=118_000):
    """The figure as PNG bytes on a palette: to the eye no different, and small enough for a notebook.

    The palette is read off every third dot, and shrinks for pictures that would pass `limit` bytes; the colours that mean
    something stay in it, however few dots have them. A figure more than twice as tall as wide may take more.
    """
    limit *= max(1, fig.get_figheight() / (2 * fig.get_figwidth()))
    fig.set_dpi(DPI)
    fig.canvas.draw()
    picture = Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
    sample = picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.NEAREST)
    drawn = _meanings_in(picture)
    for colours in (64, 32, 16, 8, 3, 2):
        palette = sample.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        shades = [*_whitened(palette.getpalette()[: 3 * colours]), *drawn]
        palette.putpalette(shades + shades[-3:] * (256 - len(shades) // 3))  # what is not filled would be black
        small = io.BytesIO()
        whole = picture.quantize(palette=palette, dither=Image.Dither.NONE)
        whole.save(
            small, format="png", dpi=(DPI, DPI), compress_level=6
        )  # 9 takes seven times as long for a tenth less
        if small.tell() < limit:
            break
    return small.getvalue()
