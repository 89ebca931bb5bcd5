"""A caption of one word is a message like any other: it is gathered for the translators and missed when it lacks."""

import nbformat
import pytest

from helpers.words import catalogue

CODE = {
    'report.table(table, "q3", _("Wreckage"))': "Wreckage",
    'report.tests(rows, _("Pairs"), "pairs")': "Pairs",
    'report.finding(_("Nothing"))': "Nothing",
    'caption = _("wreckage")': "wreckage",
}


@pytest.mark.parametrize("code", CODE)
def test_a_caption_of_one_word_waits_for_its_translation(code, tmp_path, monkeypatch):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, tmp_path / "01_topic.ipynb")
    monkeypatch.setattr(catalogue, "NOTEBOOKS", tmp_path)
    assert f"untranslated: ('01_topic', '{CODE[code]}')" in catalogue.problems("ja")
    assert "q3" not in [message.id for message in catalogue.gather()]
