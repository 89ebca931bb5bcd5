"""The figures of all notebooks, Osaka's and those of the example surveys, in both languages: no kind of fault occurs.

Every drawn number is in the table beside it; words are whole, legible on a phone, and apart; every weak share is marked,
and the mark explained where it is; what stands side by side differs in grey.
"""

import io
import re

import pytest
from drawn import (
    alike_in_grey,
    bare,
    broken,
    crossed,
    drawn_texts,
    leaving,
    marks_of,
    missing_from,
    overlapping,
    sizes_on_a_phone,
    unexplained_verdicts,
)
from inprocess import full_run, general_run
from PIL import Image

from helpers import figures as helpers_figures

STEMS = {
    *("respondents", "supply_chain_size", "awareness", "reasons", "end_of_support", "measures"),
    *("measures_paired", "obstacles", "incidents", "agreements", "small_business", "claims", "baseline", "overview"),
    *("all_tests", "awareness_overlap"),
}


@pytest.fixture(scope="module", params=["en", "ja"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def drawn(lang):
    """Every figure in a language, {name: Drawn}, and the texts that are seen, {name: [(Text, box)]}; drawn once."""
    found = full_run(lang).figures | general_run(lang)
    helpers_figures.use_theme(lang)
    return found, {name: drawn_texts(figure.fig) for name, figure in found.items()}


def faults(drawn, found_in):
    """What `found_in(figure, texts)` finds wrong, by the figures' names; those without a fault are left out."""
    found = {name: found_in(figure, drawn[1][name]) for name, figure in drawn[0].items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_figure_is_here(drawn):
    found, texts = drawn
    assert set(found) >= STEMS
    assert len(found) > len(STEMS) + 10
    assert all(texts.values())


def test_every_drawn_number_is_in_the_table(drawn):
    assert faults(drawn, lambda figure, texts: missing_from(figure.fig, figure.table)) == {}


def test_no_text_is_too_small_on_a_phone(drawn):
    assert faults(drawn, lambda figure, texts: sizes_on_a_phone(figure.fig, texts)) == {}


def test_no_text_leaves_its_figure(drawn):
    assert faults(drawn, lambda figure, texts: leaving(figure.fig, texts)) == {}


def test_no_text_lies_over_another(drawn):
    assert faults(drawn, lambda figure, texts: overlapping([(text.get_text(), box) for text, box in texts])) == {}


def test_no_line_runs_through_a_text(drawn):
    assert faults(drawn, lambda figure, texts: crossed(figure.fig, texts)) == {}


def test_titles_and_subtitles_are_whole(drawn):
    found, texts = drawn
    for name, figure in found.items():
        words = ["", *(bare(text.get_text()) for text, _ in texts[name])]
        assert bare(figure.fig.page_title) in words, name
        assert bare(figure.fig.page_subtitle) in words, name


def test_no_text_is_cut(drawn):
    assert faults(drawn, lambda figure, texts: [t.get_text() for t, _ in texts if "…" in t.get_text()]) == {}


def test_no_line_breaks_inside_a_word_a_date_or_a_number(drawn):
    assert faults(drawn, lambda figure, texts: [b for text, _ in texts for b in broken(text.get_text())]) == {}


def test_no_title_ends_in_a_line_of_a_bracket_alone(drawn):
    alone = re.compile(r"\n[（(][^（(]*[)）][。.]?$")
    assert faults(drawn, lambda figure, texts: alone.findall(figure.fig.texts[0].get_text())) == {}


def test_every_weak_share_is_marked(drawn):
    def unmarked(figure, texts):
        flagged = int(
            figure.table.get("flag", figure.table.index.to_series().map(lambda _: "")).fillna("").ne("").sum()
        )
        return [flagged, marks_of(figure.fig)] if flagged != marks_of(figure.fig) else []

    assert faults(drawn, unmarked) == {}


def test_the_mark_is_explained_where_it_is_and_only_there(drawn):
    def amiss(figure, texts):
        (*_, caption) = [text.get_text() for text in figure.fig.texts]
        return (
            ["explained" if "†" in caption else "not explained"]
            if ("†" in caption) != bool(marks_of(figure.fig))
            else []
        )

    assert faults(drawn, amiss) == {}


def test_what_stands_side_by_side_differs_in_grey(drawn):
    assert faults(drawn, lambda figure, texts: alike_in_grey(figure.fig)) == {}


def test_the_key_tells_every_verdict(drawn):
    assert faults(drawn, lambda figure, texts: unexplained_verdicts(figure.fig, figure.table)) == {}


def test_one_typeface_and_bold_titles(drawn):
    first = helpers_figures.style.FONTS[0]
    assert faults(drawn, lambda figure, texts: [t.get_text() for t, _ in texts if t.get_fontfamily()[0] != first]) == {}
    title = {name: figure.fig.texts[0].get_fontweight() for name, figure in drawn[0].items()}
    assert set(title.values()) == {"bold"}


def test_signs_are_those_of_print(drawn):
    straight = re.compile(r"['\"]|(?<![\w])-\d")
    assert faults(drawn, lambda figure, texts: [t.get_text() for t, _ in texts if straight.search(t.get_text())]) == {}


def test_drawn_without_a_warning(drawn, lang):
    assert full_run(lang).warned == []
    # A sign that a font lacks is a warning of saving, which the report turns into words.
    assert {name: figure.warned for name, figure in drawn[0].items() if figure.warned} == {}


def test_pictures_are_small_and_as_wide_as_a_page_needs(drawn):
    def amiss(figure, texts):
        picture = Image.open(io.BytesIO(figure.png))
        most = 120_000 * max(1, picture.height / (2 * picture.width))
        return [picture.width, len(figure.png)] if picture.width != 1280 or len(figure.png) >= most else []

    assert faults(drawn, amiss) == {}
