"""The look of every figure: one theme, one colour per meaning, and lines of text that fit."""

import importlib.util
import re
import warnings
from bisect import bisect_left
from functools import cache, partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg

from helpers.words.lines import pieces

# The one place of colours. A hue has one meaning, and those used together also differ in grey
# (tests/figures/test_style.py): blue for yes and shown, amber for no and open, teal for groups that are compared, plum for
# questions put one after the other about the same things, red for errors, slate where there is nothing to tell apart.
COLOURS = {
    "strong": "#123c61",
    "yes": "#2f77b3",
    "no": "#e0a044",
    "open": "#e0a044",
    "aside": "#c3c8ce",  # other, nothing, unknown, no answer
    "first": "#0b4f4b",
    "second": "#3f9c92",
    "third": "#95cfc5",
    "now": "#4b2352",
    "wanted": "#b581c0",
    "hypothetical": "#e2b6e6",
    "neutral": "#4a6179",
    "wrong": "#a8322a",
    "ink": "#22272e",
    "quiet": "#5c6570",
    "grid": "#e3e6ea",
}
VERDICTS = {  # of a paired test, or of an audited figure
    **{"always": COLOURS["strong"], "undetermined": COLOURS["open"], "never": COLOURS["aside"]},
    **{"holds": COLOURS["yes"], "fails": COLOURS["wrong"], "": COLOURS["neutral"]},  # "": nothing was judged
}
ASIDE = ("none", "other", "undisclosed", "no_answer")  # roles drawn last and in grey
# One form for desk, phone and paper: 640 pixels of a page wide (100 to the inch) with text of 16 pixels, so that the
# smallest text has 9 pixels where the figure is shrunk to the 360 of a phone.
WIDTH, DPI, MARGIN = 6.4, 200, 0.14  # inches, dots per inch, inches
SMALL, TITLE = 11.52, 15.5  # points; nothing is smaller than SMALL
SPACE = (WIDTH - 2 * MARGIN) * 72  # points between the margins
LABELS = 180  # points that the names of rows take
LINE, GAP, HEAD, FOOT = (
    0.2,
    0.09,
    0.32,
    0.3,
)  # inches of a line of text, between rows, of a heading, of the numbers of an axis
GLYPH = re.compile(r"Glyph (\d+) .* missing from font")  # matplotlib's warning of a sign that its fonts lack
FONTS = ["Noto Sans CJK JP", "DejaVu Sans"]  # one family in two weights for both scripts; then for rare scripts


def colour(name):
    """The colour of a meaning, as matplotlib takes it."""
    return COLOURS[name]


def fill_of(name):
    """The colour of a meaning, or a colour as it is: a scale has more of them than there are meanings."""
    return COLOURS.get(name, name)


def scale(table):
    """Colours of the answers to a question, {option: colour}: along a scale in their order, other roles in grey."""
    options = table.drop_duplicates("option")
    plain = options.loc[~options["role"].isin(ASIDE), "option"]
    shades = sns.blend_palette([COLOURS["yes"], "#eceff2", COLOURS["no"]], max(len(plain), 2)).as_hex()
    ends = {0: COLOURS["yes"], len(plain) - 1: COLOURS["no"]} if len(plain) > 1 else {}
    found = {option: ends.get(i, shades[i]) for i, option in enumerate(plain)}
    return found | {option: COLOURS["aside"] for option in options["option"] if option not in found}


def palette(*names):
    """Colours of several meanings, for seaborn's `palette`."""
    return [COLOURS[name] for name in names]


def ink_on(fill):
    """White on dark colours, ink on light ones (contrast of at least 4.5 to 1 in both cases)."""
    return "white" if 1.05 / (luminance(fill) + 0.05) >= 4.5 else COLOURS["ink"]


def luminance(fill):
    """Relative luminance of a colour, from 0 (black) to 1 (white), as WCAG 2 defines it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(fill)]
    return float(np.dot(channels, (0.2126, 0.7152, 0.0722)))


# --- theme -----------------------------------------------------------------------------------------------------------


@cache
def _add_fonts():
    for weight in ("regular", "bold"):
        package = importlib.util.find_spec(f"noto_cjk_sans_jp_{weight}").submodule_search_locations[0]
        font_manager.fontManager.addfont(next(Path(package).glob("*.otf")))


def use_theme(lang):
    """Set matplotlib's defaults to the project's look, which is the same in every language."""
    _add_fonts()
    warnings.filterwarnings("ignore", GLYPH.pattern)  # said once, in words, when a figure is saved
    warnings.filterwarnings("ignore", "constrained_layout not applied")  # labels too long to lay out: drawn as they are
    sns.set_theme(style="white", palette="colorblind")
    mpl.rcParams.update(
        {
            "font.family": FONTS,  # after seaborn, which resets it
            "font.size": SMALL,
            "axes.labelsize": SMALL,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "text.color": COLOURS["ink"],
            "axes.labelcolor": COLOURS["quiet"],
            "axes.titleweight": "bold",
            "xtick.color": COLOURS["quiet"],
            "ytick.color": COLOURS["ink"],
            "axes.edgecolor": COLOURS["aside"],
            "legend.fontsize": SMALL,
            "axes.titlesize": SMALL,
            "axes.grid.axis": "x",
            "axes.axisbelow": True,
            "grid.color": COLOURS["grid"],
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.bottom": False,
            "axes.unicode_minus": True,
            "text.parse_math": False,  # a dollar sign in someone's label is a dollar sign
            "svg.fonttype": "path",
            "svg.hashsalt": "survey",
        }
    )


# --- lines of text ---------------------------------------------------------------------------------------------------


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
