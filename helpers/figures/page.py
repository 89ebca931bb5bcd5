"""The page of a figure: title and subtitle above, axes in the middle, caption below; and its files."""

import io
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from PIL import Image

from .style import COLOURS, DPI, MARGIN, ROOM, SMALL, SUBTITLE, TITLE, WIDTH, fit, heavy, text_width


def page(title, subtitle="", height=4.3, **subplots):
    """A page with its head in place and empty axes under it: `(figure, axes)`.

    `title` states the finding, `subtitle` the question and the measure. `height` is in inches (the width is always the
    same), more if the head needs it; `caption` adds to it. `subplots` go to `Figure.subplots`, or to
    `Figure.subplot_mosaic` if they name a `mosaic`.
    """
    weight = heavy().get("weight", "normal")
    title_lines = fit(title, ROOM, 4, TITLE, weight)
    subtitle_lines = fit(subtitle, ROOM, 3, SUBTITLE)
    height += 0.25 * (max(0, title_lines.count("\n") - 1) + max(0, subtitle_lines.count("\n")))
    fig = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    fig.page_title, fig.page_subtitle = title, subtitle
    fig.page_head, fig.page_foot = MARGIN, MARGIN  # inches that words take above and below the axes
    _head(fig, title_lines, TITLE, color=COLOURS["ink"], **heavy())
    if subtitle:
        _head(fig, subtitle_lines, SUBTITLE, color=COLOURS["quiet"])
    _arrange(fig)
    return fig, fig.subplot_mosaic(**subplots) if "mosaic" in subplots else fig.subplots(**subplots)


def height_of(rows, row=0.36, other=1.35):
    """The page height in inches for so many rows, with `other` inches for the head and the axis."""
    return max(2.6, other + row * rows)


def caption(fig, words):
    """Put words (base, source, marks) below the axes; the page grows at its foot to make room."""
    lines = fit(words, ROOM, 8, even=False)
    fig.text(
        MARGIN,
        fig.page_foot,
        lines,
        transform=fig.dpi_scale_trans,
        va="bottom",
        linespacing=1.25,
        in_layout=False,
        color=COLOURS["quiet"],
    )
    taken = _height(lines, SMALL) + 0.08
    fig.page_foot += taken
    fig.set_figheight(fig.get_figheight() + taken)
    _arrange(fig)


def page_key(fig, entries, hollow=()):
    """The key of a whole figure, between its head and its axes; entries as in `marks.key`. The page grows by a line."""
    legend = fig.legend(
        *handles(entries, hollow),
        loc="upper left",
        bbox_to_anchor=(MARGIN, -fig.page_head - 0.02),
        bbox_transform=_from_top(fig),
        ncols=len(entries),
        **KEY_STYLE,
    )
    legend.set_in_layout(False)
    fig.page_head += 0.28
    fig.set_figheight(fig.get_figheight() + 0.28)
    _arrange(fig)
    return legend


KEY_STYLE = {
    "frameon": False,
    "borderaxespad": 0.2,
    "borderpad": 0.1,
    "handletextpad": 0.2,
    "columnspacing": 1.2,
    "handlelength": 1.4,
}


def handles(entries, hollow=(), columns=None, room=ROOM):
    """The marks and the words of a key; words that do not fit side by side in `room` points are cut."""
    marks = [
        Line2D([], [], color=fill, marker=marker, ls="", ms=7, mfc="white" if words in hollow else fill)
        for words, fill, marker in ((words, COLOURS[name], marker) for words, name, marker in entries)
    ]
    return marks, _key_words([words for words, _, _ in entries], columns or len(entries), room)


def _key_words(words, columns, room, mark=25):
    words = [" ".join(text.split()) for text in words]
    most = room / columns - mark
    widths = sorted((text_width(text) for text in words), reverse=True)
    return words if sum(widths[:columns]) <= columns * most else [fit(text, most, 1) for text in words]


def _from_top(fig):
    """Coordinates in inches from the upper left corner, whatever the page's height."""
    return fig.dpi_scale_trans + ScaledTranslation(0, 1, fig.transFigure)


def _head(fig, lines, size, **style):
    at = {"transform": _from_top(fig), "va": "top", "in_layout": False, "linespacing": 1.25}
    fig.text(MARGIN, -fig.page_head, lines, fontsize=size, **at, **style)
    fig.page_head += _height(lines, size) + 0.05


def _height(lines, size):
    return (lines.count("\n") + 1) * size * 1.3 / 72


def _arrange(fig):
    """Tell the layout which part of the page is left to the axes."""
    height, side = fig.get_figheight(), MARGIN / WIDTH
    free = height - fig.page_head - fig.page_foot - 0.08
    fig.get_layout_engine().set(
        rect=(side, fig.page_foot / height, 1 - 2 * side, free / height), w_pad=0.03, h_pad=0.03
    )


# --- files -----------------------------------------------------------------------------------------------------------


def save(fig, folder, name, alt=""):
    """Write `name`.png and `name`.svg into a folder; the same figure gives the same bytes.

    `alt` goes into the SVG as its description. Returns the PNG's bytes.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lay_out(fig)
    png = as_png(fig)
    (folder / f"{name}.png").write_bytes(png)
    described = {"Date": None, "Creator": None, "Title": fig.page_title, "Description": alt}
    fig.savefig(folder / f"{name}.svg", format="svg", metadata=described)
    return png


def lay_out(fig):
    """Place the axes for good, on positions that are the same in every run."""
    if (engine := fig.get_layout_engine()) is None:
        return
    # Laying out again what was laid out already moves things by a hair: do it once, for both files. (A figure that
    # keeps an engine, even one that does nothing, is drawn twice for every file.)
    engine.execute(fig)
    fig.set_layout_engine(None)
    for ax in fig.axes:  # the solver's last digits vary from run to run
        ax.set_position([round(value, 4) for value in ax.get_position().bounds])


def as_png(fig, limit=118_000):
    """The figure as PNG bytes on a palette: to the eye no different, and small enough for a notebook.

    The palette is read off every third dot, and shrinks for pictures that would pass `limit` bytes.
    """
    fig.set_dpi(DPI)
    fig.canvas.draw()
    picture = Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
    sample = picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.NEAREST)
    for colours in (64, 32, 16):
        palette = sample.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.putpalette(_whitened(palette.getpalette()))
        small = io.BytesIO()
        picture.quantize(palette=palette, dither=Image.Dither.NONE).save(small, format="png", dpi=(DPI, DPI))
        if small.tell() < limit:
            break
    return small.getvalue()


def _whitened(shades):
    """A palette (red, green, blue, red, …) in which the averages of white and nearly white are white."""
    colours = zip(*[iter(shades)] * 3, strict=True)
    return [shade for shade_of in colours for shade in ((255, 255, 255) if min(shade_of) > 240 else shade_of)]
