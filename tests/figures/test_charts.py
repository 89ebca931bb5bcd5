"""Figures: words that are wrapped but never lost, cut or laid over each other, and files that do not change."""

import functools
import html
import io
import itertools
import tempfile

import budoux
import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image
from test_notebooks import NOTEBOOKS, execute

from helpers import survey
from helpers.figures import charts
from helpers.report.notebook import Topic
from helpers.words import language as text

in_both = pytest.mark.parametrize("lang", ["en", "ja"])


def bare(words):
    return "".join(words.split())


def widths(wrapped, size=charts.SMALL):
    return [charts.text_width(line, size) for line in wrapped.split("\n")]


# --- wrapping --------------------------------------------------------------------------------------------------------

LETTERS = "abcWi.,;:()“”–- \n　0123456789あいうのはを把握協定取引先業企、。（）・ー"
wrappers = pytest.mark.parametrize("wrapper", [charts.wrap, charts.wrap_even])


@wrappers
@given(words=st.text(LETTERS, max_size=60), width=st.floats(5, 300))
def test_wrapping_loses_nothing_and_stays_within_the_width(wrapper, words, width):
    charts.use_theme("ja")
    wrapped = wrapper(words, width)
    assert bare(wrapped) == bare(words)
    lines = wrapped.split("\n")
    assert all(w <= width or len(line) == 1 for line, w in zip(lines, widths(wrapped), strict=True))
    assert all(line == line.strip() for line in lines)
    pieces = charts.pieces(words)
    if max(widths("\n".join(piece.rstrip() for piece in pieces))) <= width:
        assert set(itertools.accumulate(map(bare, lines))) <= {"", *itertools.accumulate(map(bare, pieces))}


@wrappers
def test_text_that_fits_stays_on_one_line(wrapper):
    charts.use_theme("en")
    assert wrapper("one  short\nline", 500) == "one short line"
    assert wrapper("", 500) == ""


@wrappers
def test_lines_break_at_spaces(wrapper):
    charts.use_theme("en")
    words = "State and local government should support them with money"
    lines = wrapper(words, 100).split("\n")
    assert len(lines) > 2
    assert " ".join(lines) == words


@wrappers
def test_lines_break_after_hyphens(wrapper):
    charts.use_theme("en")
    wrapped = wrapper("medium-sized", charts.text_width("medium-", charts.SMALL) + 1)
    assert wrapped == "medium-\nsized"


def test_japanese_breaks_between_phrases():
    charts.use_theme("ja")
    words = "取引先に求めていくべき事項・基準が分からない"
    phrases = budoux.load_default_japanese_parser().parse(words)
    assert 3 < len(phrases) < len(words) / 2
    breaks = set(itertools.accumulate(phrases))
    longest = max(charts.text_width(phrase, charts.SMALL) for phrase in phrases)
    for width in (longest + 1, 1.5 * longest, 2 * longest):
        lines = charts.wrap(words, width).split("\n")
        assert len(lines) > 1
        assert set(itertools.accumulate(lines)) <= breaks


@wrappers
def test_overlong_words_break_anywhere(wrapper):
    charts.use_theme("en")
    wrapped = wrapper("Donaudampfschifffahrtsgesellschaft", 60)
    assert bare(wrapped) == "Donaudampfschifffahrtsgesellschaft"
    assert wrapped.count("\n") >= 2
    assert max(widths(wrapped)) <= 60


@wrappers
def test_a_width_below_one_letter_ends(wrapper):
    charts.use_theme("en")
    assert wrapper("WWW", 1) == "W\nW\nW"


def test_even_lines_have_no_short_last_line():
    charts.use_theme("en")
    words = "Most named on the partners’ side is that they are not able to do it"
    greedy, even = (f(words, 200) for f in (charts.wrap, charts.wrap_even))
    assert even.count("\n") == greedy.count("\n")
    assert max(widths(even)) <= max(widths(greedy))
    assert min(widths(even)) >= min(widths(greedy))


# --- the figures of all notebooks ------------------------------------------------------------------------------------


def draw(fig):
    """Draw a figure; returns the texts that really were drawn, with the boxes they fill (in dots)."""
    drawn = []
    plain_draw = Text.draw

    def noted_draw(artist, renderer, *rest, **style):
        if artist.get_visible() and artist.get_text().strip():
            drawn.append(artist)
        return plain_draw(artist, renderer, *rest, **style)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", noted_draw)
        fig.canvas.draw()
    return [(artist, artist.get_window_extent()) for artist in drawn]


@functools.cache
def figures(lang):
    """Every figure of every notebook in a language: {stem: figure}, with the stems' tables."""
    kept = {}

    def keep(fig, folder, stem, table, alt=""):
        kept[stem] = fig, table, alt
        return b""

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name in NOTEBOOKS:
            execute(name, patch, keep, lang=lang, output_dir=folder)
    return kept


@functools.cache
def drawings(lang):
    """The texts of every figure in a language, with their boxes: {stem: (figure, [(text, box)])}."""
    charts.use_theme(lang)
    return {stem: (fig, draw(fig)) for stem, (fig, _, _) in figures(lang).items()}


@in_both
def test_figures_are_drawn_without_a_warning(lang):
    # A missing glyph is a warning, and warnings are errors here.
    assert len(drawings(lang)) >= 11
    assert all(texts for _, texts in drawings(lang).values())


@in_both
def test_no_text_is_smaller_than_nine_points(lang):
    small = [
        (stem, artist.get_text(), artist.get_fontsize())
        for stem, (fig, _) in drawings(lang).items()
        for artist in fig.findobj(Text)
        if artist.get_fontsize() < charts.SMALL
    ]
    assert small == []


@in_both
def test_no_text_leaves_its_figure(lang):
    outside = []
    for stem, (fig, texts) in drawings(lang).items():
        width, height = fig.canvas.get_width_height()
        for artist, box in texts:
            if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1:
                outside.append((stem, artist.get_text(), [round(v) for v in box.extents]))
    assert outside == []


def overlapping(texts):
    """The pairs among (words, box) that lie over each other, by how much."""
    found = []
    for (words, box), (others, other) in itertools.combinations(texts, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        if wide > 2 and high > 2:
            found.append((words, others, f"{wide:.0f} x {high:.0f}"))
    return found


@in_both
def test_no_text_lies_over_another(lang):
    overlaps = [
        (stem, *pair)
        for stem, (_, texts) in drawings(lang).items()
        for pair in overlapping([(artist.get_text(), box) for artist, box in texts])
    ]
    assert overlaps == []


@in_both
def test_titles_and_captions_are_whole(lang):
    for stem, (fig, texts) in drawings(lang).items():
        assert bare(fig.page_title) in [bare(artist.get_text()) for artist, _ in texts], stem


# --- files -----------------------------------------------------------------------------------------------------------


@in_both
@pytest.mark.parametrize("stem", ["respondents", "supply_chain_size", "overview"])
def test_saving_twice_gives_the_same_bytes(stem, lang, tmp_path):
    charts.use_theme(lang)
    fig, table, alt = figures(lang)[stem]
    png = charts.save_figure(fig, tmp_path / "first", stem, table, alt)
    charts.save_figure(fig, tmp_path / "second", stem, table, alt)
    for ending in ("png", "svg", "csv"):
        first, second = ((tmp_path / n / f"{stem}.{ending}").read_bytes() for n in ("first", "second"))
        assert first == second, ending
    assert (tmp_path / "first" / f"{stem}.png").read_bytes() == png
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == [
        f"{stem}.{e}" for e in ("csv", "png", "svg")
    ]


def test_svg_carries_title_and_description_and_no_date(tmp_path):
    fig, table, alt = figures("en")["awareness"]
    charts.save_figure(fig, tmp_path, "awareness", table, alt)
    svg = (tmp_path / "awareness.svg").read_text(encoding="utf-8")
    assert html.escape(alt, quote=False) in html.unescape(svg) or alt in html.unescape(svg)
    assert fig.page_title in html.unescape(svg)
    assert "<dc:date>" not in svg


@in_both
def test_pictures_are_small_and_1600_wide(lang):
    charts.use_theme(lang)
    for stem, (fig, _, _) in figures(lang).items():
        png = charts._png(fig)
        assert len(png) < 120_000, stem
        assert Image.open(io.BytesIO(png)).width == 1600, stem


# --- words that other people bring ------------------------------------------------------------------------------------


def bars_with(label, lang="en"):
    """A figure of bars, one of which has this label, as have all the page's words."""
    say = text.Language(lang)
    table = Topic("01", survey.load("osaka-2019", lang)).table("q10")
    table.loc[0, "label"] = label
    fig, ax = charts.frame(say, label, label, label)
    charts.plot_bars(ax, table, say)
    return fig


def test_a_rare_sign_warns_and_does_not_fail():
    with pytest.warns(UserWarning, match=r"Glyph .* missing from font"):
        texts = draw(bars_with("𠮷田商店", "ja"))
    assert "𠮷田商店" in [artist.get_text() for artist, _ in texts]


@pytest.mark.parametrize("label", [r"US$ 5 to US$ 9", r"$\nocommand$", "100 % \\ {a}_b^c"])
def test_dollars_and_backslashes_are_text(label):
    drawn = [artist.get_text().replace("\n", " ") for artist, _ in draw(bars_with(label))]
    assert drawn.count(label) >= 4  # title, subtitle, caption and axis
    plain = charts.text_width(label, charts.SMALL)
    assert plain == pytest.approx(sum(charts.text_width(sign, charts.SMALL) for sign in label), rel=0.1)


# --- colours ---------------------------------------------------------------------------------------------------------


def contrast(first, second):
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(color):
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


FILLS = {*charts.SUPPORT, *charts.AGREEMENTS, *(charts.COLORS[name] for name in ("aware", "unaware", "aside"))}


@pytest.mark.parametrize("fill", sorted(FILLS))
def test_numbers_on_bars_can_be_read(fill):
    assert contrast(charts._ink_on(fill), fill) >= 4.5


@pytest.mark.parametrize("color", ["ink", "quiet"])
def test_words_on_paper_can_be_read(color):
    assert contrast(charts.COLORS[color], "white") >= 4.5


@in_both
def test_coloured_words_on_paper_can_be_read(lang):
    faint = {
        (stem, artist.get_text(), artist.get_color())
        for stem, (_, texts) in drawings(lang).items()
        for artist, _ in texts
        if artist.get_color() != "white" and contrast(artist.get_color(), "white") < 4.5
    }
    assert faint == set()


def test_theme_is_that_of_the_language():
    for lang, fonts in charts.FONTS.items():
        charts.use_theme(lang)
        assert mpl.rcParams["font.family"] == fonts
