"""Where lines may break."""

import pytest

from helpers.survey import load
from helpers.words.lines import is_wide, pieces


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        *(("取引先", True), ("IT部門", True), ("ｱ", False), ("Ａ", True), ("、", True)),
        ("Supplier’s “IT”", False),
        ("", False),
    ],
)
def test_wide_signs(text, wide):
    assert is_wide(text) is wide


def test_english_breaks_after_spaces_and_hyphens():
    assert pieces("one two-three four") == ["one ", "two-", "three ", "four"]
    assert pieces("a - b") == ["a ", "- ", "b"]
    assert pieces("") == []


def test_japanese_breaks_between_phrases():
    assert pieces("取引先は回答した") == ["取引先は", "回答した"]
    assert pieces("a 日本語の文章です b") == ["a ", "日本語の", "文章です ", "b"]


@pytest.mark.parametrize("date", ["2019年5月10日", "2019年5月", "118社"])
def test_a_date_stays_whole(date):
    assert [date in piece for piece in pieces(f"取引先は{date}に回答した")].count(True) == 1


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_pieces_of_every_label_make_the_label(lang):
    survey = load("osaka-2019", lang)
    for question in survey.questions.index:
        for text in (survey.wording(question), *survey.table(question)["label"]):
            found = pieces(text)
            assert "".join(found) == text.strip()
            assert all(found)
    assert any(len(pieces(survey.wording(q))) > 1 for q in survey.questions.index)
