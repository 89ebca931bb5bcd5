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

from .style import COLOURS, DPI, MARGIN, SMALL, SUBTITLE, TITLE, WIDTH, fill_of, fit, is_light_face, text_width

KEY_ROOM = 0.26  # inches that a key of the whole page takes


def page(title, subtitle="", height=4.5, **subplots):
    """An empty figure with room for its words: `(figure, axes)`.

    `title` states the finding, `subtitle` the question and the measure; the caption follows with `caption`. `height` is in
    inches (the width is always the same) and grows with the words; `subplots` go to `Figure.subplots`, or to
    `Figure.subplot_mosaic` if they name a `mosaic`.
    """
    fig = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(fig)
    fig.page_title, fig.page_subtitle, fig.page_key = title, subtitle, None
    return fig, fig.subplot_mosaic(**subplots) if "mosaic" in subplots else fig.subplots(**subplots)


def page_key(fig, entries):
    """The key of a whole figure, in a line of its own above the axes; `entries` are (words, colour name, marker)."""
    fig.page_key = entries


def caption(fig, words):
    """Put title, subtitle, key and caption in their places, and the axes between them."""
    space = (WIDTH - 2 * MARGIN) * 72
    weight = "normal" if is_light_face() else "bold"
    heads = [
        (fit(fig.page_title, space, 4, TITLE, weight), TITLE, {"weight": weight, "color": COLOURS["ink"]}),
        (fit(fig.page_subtitle, space, 3, SUBTITLE), SUBTITLE, {"color": COLOURS["quiet"]}),
    ]
    foot = fit(words, space, 6, even=False) if words else ""
    height = fig.get_figheight() + _beyond(heads[0][0], 3) + _beyond(heads[1][0], 2) + _beyond(foot, 3)
    fig.set_figheight(height)
    top = height - MARGIN
    for text, size, style in heads:
        if text:
            _place(fig, text, top, size, "top", **style)
            top -= _height(text, size) + 0.05
    head = height - top
    if fig.page_key:
        spot = {"bbox_to_anchor": (MARGIN / WIDTH, top / height), "loc": "upper left"}
        key(fig, fig.page_key, **spot).set_in_layout(False)
        top -= KEY_ROOM
    bottom = MARGIN
    if foot:
        _place(fig, foot, bottom, SMALL, "bottom", color=COLOURS["quiet"])
        bottom += _height(foot, SMALL) + 0.06
    fig.page_words = (head / height, bottom / height)  # the parts that words take, above and below
    side = MARGIN / WIDTH
    rect = (side, bottom / height, 1 - 2 * side, (top - bottom - 0.05) / height)
    fig.set_layout_engine("constrained", rect=rect, w_pad=0.03, h_pad=0.03)  # not before: seaborn draws on its way


def has_lines(fig):
    """Whether thin lines are drawn in a figure, as those of intervals are."""
    return any(isinstance(drawn, LineCollection) for ax in fig.axes for drawn in ax.collections)


def _place(fig, text, y, size, align, **style):
    height = fig.get_figheight()
    fig.text(MARGIN / WIDTH, y / height, text, fontsize=size, va=align, linespacing=1.25, in_layout=False, **style)


def _beyond(text, lines):
    """Inches that a page grows by for words of more lines than it has room for."""
    return max(0, text.count("\n") + 1 - lines) * 0.25


def _height(text, size):
    return (text.count("\n") + 1) * size * 1.3 / 72


def key(where, entries, columns=None, room=540, **place):
    """A one-line key of axes or a figure: `entries` are (words, colour name, marker); words of more than `room` points
    are cut. Returns the legend.
    """
    marks = [Line2D([], [], color=fill_of(colour), marker=marker, ls="", ms=7) for _, colour, marker in entries]
    columns = columns or len(entries)
    return where.legend(
        marks,
        _key_words([words for words, _, _ in entries], columns, room),
        **{"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": columns, **place},
        **{"frameon": False, "borderaxespad": 0.2, "handletextpad": 0.2, "columnspacing": 1.2, "handlelength": 1.4},
    )


def _key_words(words, columns, room, mark=25):
    """The words of a key, each cut to its part of `room` points if they do not fit side by side, `mark` a mark's part."""
    words = [" ".join(text.split()) for text in words]
    most = room / columns - mark
    if sum(sorted(text_width(w, SMALL) for w in words)[-columns:]) <= columns * most:
        return words
    return [fit(w, most, 1) for w in words]


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
    something stay in it, however few dots have them.
    """
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
        whole.save(small, format="png", dpi=(DPI, DPI), optimize=True)
        if small.tell() < limit:
            break
    return small.getvalue()
