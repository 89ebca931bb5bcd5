"""Who mends a comma in a prose cell must not lose its translation: it is kept, marked fuzzy, until somebody has read it."""

import nbformat
import pytest

from helpers.words import catalogue, language

BEFORE = "Firms that answered, and those that did not, may differ in many ways that this survey did not ask about."
AFTER = BEFORE.replace(", and", " and")
JAPANESE = "回答した企業と回答しなかった企業とは、この調査が尋ねていない多くの点で異なりうる。"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A project of one prose cell with its translation; a function that rewrites the cell and renews the catalogue."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "helpers").mkdir()
    monkeypatch.setattr(catalogue, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(catalogue, "HELPERS", tmp_path / "helpers")
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.po_file("ja").parent.mkdir(parents=True)

    def write(prose):
        cell = nbformat.v4.new_markdown_cell(prose, id="limits")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / "01_topic.ipynb")
        body, waiting = catalogue.renewed("ja")
        language.po_file("ja").write_bytes(body)
        return waiting

    assert write(BEFORE) == 1
    path = language.po_file("ja")
    before, after = path.read_text(encoding="utf-8").rsplit('msgstr ""', 1)
    path.write_text(f'{before}msgstr "{JAPANESE}"{after}', encoding="utf-8")
    assert write(BEFORE) == 0
    return write


def said(monkeypatch, prose):
    """What a report in Japanese says for the prose cell."""
    monkeypatch.setattr(language, "catalogue", language.catalogue.__wrapped__)  # read anew
    return language.Language("ja", "01_topic").prose("limits", prose)


def test_a_translation_is_used_while_its_text_stays(write, monkeypatch):
    assert catalogue.problems("ja") == []
    assert said(monkeypatch, BEFORE) == JAPANESE


def test_mended_prose_keeps_its_translation_as_fuzzy(write, monkeypatch):
    assert write(AFTER) == 1
    (kept,) = (message for message in catalogue.read("ja") if message.id)
    assert (kept.id, kept.string, kept.fuzzy) == (AFTER, JAPANESE, True)
    assert [line.split(":")[0] for line in catalogue.problems("ja")] == ["fuzzy"]
    assert said(monkeypatch, AFTER) == AFTER  # nothing that nobody has looked at is said


def test_a_fuzzy_translation_counts_once_its_mark_is_gone(write, monkeypatch):
    write(AFTER)
    path = language.po_file("ja")
    path.write_text(path.read_text(encoding="utf-8").replace("#, fuzzy\n", ""), encoding="utf-8")
    assert catalogue.problems("ja") == []
    assert said(monkeypatch, AFTER) == JAPANESE


def test_prose_written_anew_gets_no_translation_of_another(write):
    assert write("Nothing here was known before.") == 1
    (kept,) = (message for message in catalogue.read("ja") if message.id)
    assert (kept.string, kept.fuzzy) == ("", False)
