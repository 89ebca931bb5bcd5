"""Who mends a comma in a prose cell must not lose its translation: it is kept, marked fuzzy, until somebody has read it."""

import nbformat
import pytest

from helpers import messages, text

BEFORE = "Firms that answered, and those that did not, may differ in many ways that this survey did not ask about."
AFTER = BEFORE.replace(", and", " and")
JAPANESE = "回答した企業と回答しなかった企業とは、この調査が尋ねていない多くの点で異なりうる。"


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A project of one prose cell with its translation; returns a function that rewrites the cell."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(text, "LOCALE", tmp_path)

    def write(prose):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)])
        nbformat.write(notebook, tmp_path / "notebooks" / "01_topic.ipynb")
        return messages.renew("ja")

    assert write(BEFORE) == 1
    path = messages.po_file("ja")
    before, after = path.read_text(encoding="utf-8").rsplit('msgstr ""', 1)
    path.write_text(f'{before}msgstr "{JAPANESE}"{after}', encoding="utf-8")
    assert write(BEFORE) == 0
    return write


def said(monkeypatch, prose):
    """What a report in Japanese says for a prose cell."""
    monkeypatch.setattr(text, "catalogue", text.catalogue.__wrapped__)  # read anew
    return text.Language("ja").prose(prose)


def test_a_translation_is_used_while_its_text_stays(catalogue, monkeypatch):
    assert messages.untranslated("ja") == ([], [])
    assert said(monkeypatch, BEFORE) == JAPANESE


def test_mended_prose_keeps_its_translation_as_fuzzy(catalogue, monkeypatch):
    assert catalogue(AFTER) == 1
    (kept,) = (message for message in messages.read("ja") if message.id)
    assert (kept.id, kept.string, kept.fuzzy) == (AFTER, JAPANESE, True)
    assert messages.untranslated("ja") == ([AFTER], [])  # so that the test of the catalogues fails
    assert said(monkeypatch, AFTER) == AFTER  # nothing that nobody has looked at is said


def test_a_fuzzy_translation_counts_once_its_mark_is_gone(catalogue, monkeypatch):
    catalogue(AFTER)
    path = messages.po_file("ja")
    path.write_text(path.read_text(encoding="utf-8").replace("#, fuzzy\n", ""), encoding="utf-8")
    assert messages.untranslated("ja") == ([], [])
    assert said(monkeypatch, AFTER) == JAPANESE


def test_prose_written_anew_gets_no_translation_of_another(catalogue):
    assert catalogue("Nothing here was known before.") == 1
    (kept,) = (message for message in messages.read("ja") if message.id)
    assert (kept.string, kept.fuzzy) == ("", False)
