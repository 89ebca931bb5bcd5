"""The look of every figure: its colours, fonts and sizes, and how words are broken into lines that fit."""

import importlib.util
import re
import warnings
from bisect import bisect_left
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate
from pathlib import Path

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager, patheffects
from matplotlib.backends.backend_agg import RendererAgg

from ..words.lines import pieces

# One colour per meaning, the only place for colours. Colours that meet in a figure differ in lightness, so that they
# stay apart in grey: see TOGETHER.
COLOURS = {
    # how far something holds
    "yes": "#1f6fa8",
    "partly": "#66a6d6",
    "barely": "#c6d9e8",
    "no": "#dc8a3c",
    "unknown": "#6a7683",
    "aside": "#c3c8ce",  # other, undisclosed, no answer
    # series that are compared
    "first": "#0b5f5b",
    "second": "#b58bc9",
    "third": "#6d7a2f",
    # what is done now, wanted for the future, or imagined
    "now": "#66758a",
    "wanted": "#1d5a91",
    "hypothetical": "#721c1c",
    # on whose side something lies
    "own": "#33418a",
    "other_side": "#b59a45",
    # what happened
    "reached": "#e08468",
    "harmed": "#8c2a24",
    "rest": "#e3e8ed",
    # answers without a meaning of their own
    "neutral": "#3f7f93",
    # what a test says
    "strong": "#123f60",
    "open": "#c99418",
    # paper and print
    "ink": "#22272e",
    "quiet": "#5c6570",
    "grid": "#e3e6ea",
    "paper": "#ffffff",
}
# Sets of colours that share a picture: any two of a set have a contrast of at least 1.5 to 1 in grey. In SCALES, which
# are the parts of a 100% bar with their names above it, neighbours have.
TOGETHER = (
    ("yes", "no", "aside"),
    ("first", "second", "third", "aside"),
    ("now", "wanted", "hypothetical", "aside"),
    ("own", "other_side", "aside"),
    ("reached", "harmed", "rest"),
    ("reached", "harmed", "aside"),
    ("strong", "open", "aside"),
    ("neutral", "aside"),
)
SCALES = (("yes", "partly", "barely", "no", "aside"), ("partly", "yes", "no", "unknown", "aside"))
VERDICTS = {"always": "strong", "undetermined": "open", "never": "aside", True: "strong", False: "aside"}
ASIDE = ("none", "other", "undisclosed", "no_answer")  # roles drawn last and in grey

WIDTH, DPI, MARGIN = 8.0, 200, 0.18  # inches, dots per inch, inches
SMALL, TITLE, SUBTITLE = 9.0, 14.0, 10.0  # points; nothing is smaller than SMALL
ROOM = (WIDTH - 2 * MARGIN) * 72  # points from margin to margin
DECORATION = "decoration"  # the gid of what shows no number of a table: grid-like lines, connectors, outlines
GLYPH = re.compile(r"Glyph (\d+) .* missing from font")  # matplotlib's warning of a sign that its fonts lack
FONTS = {"en": ["DejaVu Sans", "IPAexGothic"], "ja": ["IPAexGothic", "DejaVu Sans"]}


# --- theme and colours -----------------------------------------------------------------------------------------------


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
            "text.color": COLOURS["ink"],
            "axes.labelcolor": COLOURS["quiet"],
            "xtick.color": COLOURS["quiet"],
            "ytick.color": COLOURS["ink"],
            "axes.edgecolor": COLOURS["aside"],
            "legend.fontsize": SMALL,
            "axes.titlesize": SUBTITLE,
            "axes.titlecolor": COLOURS["quiet"],
            "axes.titlelocation": "left",
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


def colour(name):
    """The colour that stands for a meaning, as seaborn and matplotlib take it."""
    return COLOURS[name]


def palette(*names):
    """The colours of several meanings, as seaborn's `palette` takes them."""
    return [COLOURS[name] for name in names]


def fills(table, colours):
    """The colour name of each row: `colours` is one name, or a name per option; other, unknown and the like are grey."""
    names = colours if isinstance(colours, dict) else dict.fromkeys(table["option"], colours)
    return [
        "aside" if role in ASIDE and not (isinstance(colours, dict) and option in colours) else names[option]
        for option, role in zip(table["option"], table["role"], strict=True)
    ]


def luminance(name):
    """How light a colour is, from 0 to 1, as the Web Content Accessibility Guidelines define it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(name)]
    return float(np.dot(channels, (0.2126, 0.7152, 0.0722)))


def contrast(one, other):
    """The contrast of two colours in grey, from 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill):
    """The colour of words on a fill: white where that has a contrast of 4.5 to 1, else ink."""
    return COLOURS["paper"] if contrast(fill, "white") >= 4.5 else COLOURS["ink"]


def heavy():
    """The style of a heading: bold, or an outline where the language's font has only one weight."""
    if mpl.rcParams["font.family"][0] == FONTS["ja"][0]:
        return {"path_effects": [patheffects.withStroke(linewidth=0.6, foreground=COLOURS["ink"])]}
    return {"weight": "bold"}


# --- words that fit --------------------------------------------------------------------------------------------------


@cache
def _renderer():
    return RendererAgg(1, 1, 720)  # fine enough that rounding to whole dots does not add up


@cache
def _sign_width(sign, family, size, weight):
    font = font_manager.FontProperties(family=family, size=size, weight=weight)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", GLYPH.pattern)  # said once, when the figure is drawn
        return _renderer().get_text_width_height_descent(sign, font, False)[0] / 10


def text_width(text, size=SMALL, weight="normal"):
    """The width of a line of text in points, in the current theme's font.

    It is the sum of its signs' widths: kerning moves a line by less than a point, and a long label is measured at
    hundreds of places on its way to a good line break.
    """
    family = tuple(mpl.rcParams["font.family"])
    return sum(_sign_width(sign, family, size, weight) for sign in text)


# What reads badly when a line ends inside it: a date, a number with its unit, a word in katakana, a short bracket
# behind its word, この and its noun.
_WHOLE = re.compile(
    r"\d[\d,.]*年(?:\d+月)?(?:\d+日)?|[-+−]?\d[\d,.]*(?:[%％]|[^\W\d_a-zA-Z])?|[ァ-ヺー]{2,12}|(?:\w{1,3}|[%％」”])（[^（）]{1,9}）"
    r"|[こそあど]の\w"
)
_LEAD = "、。，．・：；）」』】／％%"  # signs that do not begin a line


def phrases(text):
    """Where a line may break well: as `pieces`, but not inside a date, a number, a word in katakana, a short bracket."""
    text = " ".join(text.split())
    found = pieces(text)
    inside = {place for match in _WHOLE.finditer(text) for place in range(match.start() + 1, match.end())}
    joined = [""]
    for piece, start in zip(found, accumulate(map(len, found), initial=0), strict=False):
        if start in inside or piece[0] in _LEAD or not joined[-1]:
            joined[-1] += piece
        else:
            joined.append(piece)
    return [piece for piece in joined if piece]


def wrap(text, width, size=SMALL, weight="normal"):
    """Text broken into lines of at most `width` points at words or Japanese phrases; overlong pieces break anywhere."""
    lines = [""]
    for piece in phrases(text):
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
    longest = max((text_width(piece.rstrip(), size, weight) for piece in phrases(text)), default=0)
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
