"""The figures of all notebooks: every drawn number is in the table beside it; words are whole, legible and apart."""

import io

import pytest
from drawn import bare, drawn_texts, leaving, missing_from, overlapping
from inprocess import full_run
from PIL import Image

from helpers import figures as helpers_figures

SMALLEST = 9  # points
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
    found = full_run(lang).figures
    helpers_figures.use_theme(lang)
    return found, {name: drawn_texts(figure.fig) for name, figure in found.items()}


def test_every_figure_is_here(drawn):
    found, texts = drawn
    assert set(found) >= STEMS
    assert all(texts.values())


def test_every_drawn_number_is_in_the_table(drawn):
    missing = {name: missing_from(figure.fig, figure.table) for name, figure in drawn[0].items()}
    assert {name: numbers for name, numbers in missing.items() if numbers} == {}


def test_no_text_is_smaller_than_nine_points(drawn):
    sizes = [(name, text.get_text(), text.get_fontsize()) for name, texts in drawn[1].items() for text, _ in texts]
    assert [found for found in sizes if found[2] < SMALLEST] == []


def test_no_text_leaves_its_figure(drawn):
    found, texts = drawn
    outside = {name: leaving(found[name].fig, texts[name]) for name in found}
    assert {name: words for name, words in outside.items() if words} == {}


def test_no_text_lies_over_another(drawn):
    pairs = {name: overlapping([(text.get_text(), box) for text, box in texts]) for name, texts in drawn[1].items()}
    assert {name: words for name, words in pairs.items() if words} == {}


def test_titles_and_subtitles_are_whole(drawn):
    found, texts = drawn
    for name, figure in found.items():
        words = [bare(text.get_text()) for text, _ in texts[name]]
        assert bare(figure.fig.page_title) in words, name
        assert bare(figure.fig.page_subtitle) in words, name


def test_no_text_is_cut(drawn):
    cut = [(name, text.get_text()) for name, texts in drawn[1].items() for text, _ in texts if "…" in text.get_text()]
    assert cut == []


def test_drawn_without_a_warning(drawn, lang):
    assert full_run(lang).warned == []
    # A sign that a font lacks is a warning of saving, which the report turns into words.
    assert {name: figure.warned for name, figure in drawn[0].items() if figure.warned} == {}


def test_pictures_are_small_and_1600_wide(drawn):
    sizes = {name: (Image.open(io.BytesIO(figure.png)).width, len(figure.png)) for name, figure in drawn[0].items()}
    assert {name: size for name, size in sizes.items() if size[0] != 1600 or size[1] >= 120_000} == {}
