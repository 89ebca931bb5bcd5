"""A caption of one word is a message like any other: it is gathered for the translators and missed when it lacks."""

import nbformat
import pytest

from helpers import messages

CODE = {
    'topic.show(table, "q3", "Wreckage")': "Wreckage",
    'topic.show(table, "q3", "wreckage")': "wreckage",
    'topic.tests(rows, "Pairs")': "Pairs",
    'topic.both_readings(rows, "Changes")': "Changes",
    'topic.finding(topic.say("Nothing"))': "Nothing",
    'topic.page(title, "q3", subtitle="share")': "share",
    'caption = "Wreckage"': "Wreckage",
}


@pytest.mark.parametrize("code", CODE)
def test_a_caption_of_one_word_waits_for_its_translation(code, tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, tmp_path / "notebooks" / "01_topic.ipynb")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    assert CODE[code] in messages.untranslated("ja")[0]
    assert "q3" not in messages.gather()
