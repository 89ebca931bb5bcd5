"""Lines of text that fit, colours that can be told apart, and the theme of each language."""

import io
import itertools

import budoux
import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from PIL import Image, ImageColor

from helpers import figures
from helpers.figures import style
from helpers.words.lines import pieces


def bare(words):
    return "".join(words.split())


def widths(wrapped, size=style.SMALL):
    return [style.text_width(line, size) for line in wrapped.split("\n")]


# --- wrapping --------------------------------------------------------------------------------------------------------

LETTERS = "abcWi.,;:()“”–- \n　0123456789あいうのはを把握協定取引先業企、。（）・ー"
wrappers = pytest.mark.parametrize("wrapper", [style.wrap, style.wrap_even])


@wrappers
@given(words=st.text(LETTERS, max_size=60), width=st.floats(5, 300))
def test_wrapping_loses_nothing_and_stays_within_the_width(wrapper, words, width):
    style.use_theme("ja")
    wrapped = wrapper(words, width)
    assert bare(wrapped) == bare(words)
    lines = wrapped.split("\n")
    assert all(w <= width or len(line) == 1 for line, w in zip(lines, widths(wrapped), strict=True))
    assert all(line == line.strip() for line in lines)
    parts = pieces(words)
    if max(widths("\n".join(piece.rstrip() for piece in parts))) <= width:
        assert set(itertools.accumulate(map(bare, lines))) <= {"", *itertools.accumulate(map(bare, parts))}


@wrappers
def test_text_that_fits_stays_on_one_line(wrapper):
    style.use_theme("en")
    assert wrapper("one  short\nline", 500) == "one short line"
    assert wrapper("", 500) == ""


@wrappers
def test_lines_break_at_spaces(wrapper):
    style.use_theme("en")
    words = "State and local government should support them with money"
    lines = wrapper(words, 100).split("\n")
    assert len(lines) > 2
    assert " ".join(lines) == words


@wrappers
def test_lines_break_after_hyphens(wrapper):
    style.use_theme("en")
    wrapped = wrapper("medium-sized", style.text_width("medium-", style.SMALL) + 1)
    assert wrapped == "medium-\nsized"


def test_japanese_breaks_between_phrases():
    style.use_theme("ja")
    words = "取引先に求めていくべき事項・基準が分からない"
    phrases = pieces(words)
    assert set(itertools.accumulate(budoux.load_default_japanese_parser().parse(words))) <= {
        *itertools.accumulate(phrases)
    }
    assert 3 < len(phrases) < len(words) / 2
    breaks = set(itertools.accumulate(phrases))
    longest = max(style.text_width(phrase, style.SMALL) for phrase in phrases)
    for width in (longest + 1, 1.5 * longest, 2 * longest):
        lines = style.wrap(words, width).split("\n")
        assert len(lines) > 1
        assert set(itertools.accumulate(lines)) <= breaks


@wrappers
def test_overlong_words_break_anywhere(wrapper):
    style.use_theme("en")
    wrapped = wrapper("Donaudampfschifffahrtsgesellschaft", 60)
    assert bare(wrapped) == "Donaudampfschifffahrtsgesellschaft"
    assert wrapped.count("\n") >= 2
    assert max(widths(wrapped)) <= 60


@wrappers
def test_a_width_below_one_letter_ends(wrapper):
    style.use_theme("en")
    assert wrapper("WWW", 1) == "W\nW\nW"


def test_even_lines_have_no_short_last_line():
    style.use_theme("en")
    words = "Most named on the partners’ side is that they are not able to do it"
    greedy, even = (f(words, 200) for f in (style.wrap, style.wrap_even))
    assert even.count("\n") == greedy.count("\n")
    assert max(widths(even)) <= max(widths(greedy))
    assert min(widths(even)) >= min(widths(greedy))


@pytest.mark.parametrize(
    "words", ["on 10 May 2019", "発表は2019年5月10日", "p = 0.04", "取引先のセキュリティ", "118社"]
)
def test_dates_terms_and_words_stay_whole(words):
    style.use_theme("ja")
    whole = {"on 10 May 2019": "10 May 2019", "発表は2019年5月10日": "2019年5月10日"}.get(words, words[-6:])
    assert any(whole in piece for piece in pieces(words))


# --- colours ---------------------------------------------------------------------------------------------------------


def contrast(first, second):
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(color):
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOGETHER = [
    *[("yes", "no"), ("yes", "aside"), ("first", "second"), ("second", "third"), ("first", "third")],
    *[("now", "wanted"), ("wanted", "hypothetical"), ("now", "hypothetical"), ("neutral", "aside"), ("neutral", "no")],
    *[("strong", "open"), ("strong", "aside"), ("strong", "yes"), ("open", "aside"), ("holds", "fails")],
]


@pytest.mark.parametrize("pair", TOGETHER)
def test_colours_used_together_differ_in_grey(pair):
    shades = [style.VERDICTS.get(name) or style.colour(name) for name in pair]
    assert contrast(*shades) >= 1.3


@pytest.mark.parametrize("fill", sorted(set(style.COLOURS.values())))
def test_numbers_on_bars_can_be_read(fill):
    assert contrast(style.ink_on(fill), fill) >= 4.5


@pytest.mark.parametrize("name", ["ink", "quiet"])
def test_words_on_paper_can_be_read(name):
    assert contrast(style.COLOURS[name], "white") >= 4.5


def test_one_typeface_with_two_weights_in_both_scripts():
    for lang in ("en", "ja"):
        style.use_theme(lang)
        assert mpl.rcParams["font.family"] == style.FONTS
    for words in ("Title", "表題"):
        assert style.text_width(words, 12, "bold") >= style.text_width(words, 12)
    files = {
        font_manager.findfont(font_manager.FontProperties(family=style.FONTS[:1], weight=w)) for w in ("normal", "bold")
    }
    assert len(files) == 2


def test_a_picture_keeps_the_colours_that_mean_something(tmp_path):
    fig, ax = figures.page("Three verdicts")
    for y in range(300):  # lines of words fill a palette with greys
        ax.text(0, y / 300, "many words in many sizes " * 4, fontsize=4 + y % 9)
    names = ("strong", "open", "aside")
    for y, name in enumerate(names):
        ax.hlines(y / 3, 0, 1, color=figures.colour(name), lw=1.8, zorder=9)
    figures.caption(fig, "")
    picture = Image.open(io.BytesIO(figures.save(fig, tmp_path, "verdicts"))).convert("RGB")
    counted = {shade: dots for dots, shade in picture.getcolors(picture.width * picture.height)}
    assert [name for name in names if counted.get(ImageColor.getrgb(figures.colour(name)), 0) < 30] == []
