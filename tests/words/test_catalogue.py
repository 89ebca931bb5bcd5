"""The catalogue: what is found by its mark, what a change keeps, and that nothing of the repository is left untranslated."""

import json

import pytest

from helpers.words import catalogue, language
from helpers.words.language import Language

JAPANESE = {"Base": "母数", "Yes": "はい", "Some prose, with a comma.": "読点のある、文章。"}


class Sources:
    """A small tree of helpers and notebooks with a catalogue of its own."""

    def __init__(self, folder):
        self.helpers, self.notebooks, self.locale = (folder / n for n in ("helpers", "notebooks", "locale"))
        for path in (self.helpers, self.notebooks):
            path.mkdir()

    def code(self, text, name="some.py"):
        (self.helpers / name).write_text(text, encoding="utf-8")

    def notebook(self, name, *cells):
        """Write a notebook; cells are (id, source) of prose, or (id, source, tag) of code; a tag may be ""."""
        made = [
            {
                "cell_type": "code" if tag else "markdown",
                "id": key,
                "source": source.splitlines(keepends=True),
                "metadata": {"tags": [t for t in tag if t]},
            }
            for key, source, *tag in cells
        ]
        path = self.notebooks / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": made}), encoding="utf-8")

    def renew(self):
        """Bring the catalogue up to date, as a translator does before work."""
        path = language.po_file("ja")
        path.parent.mkdir(parents=True, exist_ok=True)
        written, waiting = catalogue.renewed("ja")
        path.write_bytes(written)
        language.catalogue.cache_clear()
        return waiting

    def translate(self, words):
        """Put translations to messages, as a translator does."""
        path = language.po_file("ja")
        text = path.read_text(encoding="utf-8")
        for message, japanese in words.items():
            empty = f'msgid "{message}"\nmsgstr ""'
            assert empty in text, message
            text = text.replace(empty, f'msgid "{message}"\nmsgstr "{japanese}"')
        path.write_text(text, encoding="utf-8")
        language.catalogue.cache_clear()


@pytest.fixture
def sources(tmp_path, monkeypatch):
    made = Sources(tmp_path)
    monkeypatch.setattr(catalogue, "HELPERS", made.helpers)
    monkeypatch.setattr(catalogue, "NOTEBOOKS", made.notebooks)
    monkeypatch.setattr(language, "LOCALE", made.locale)
    language.catalogue.cache_clear()
    yield made
    language.catalogue.cache_clear()


def kept(message, context=None):
    """(translation, whether fuzzy) of a message in the catalogue as it lies on the disk."""
    found = catalogue.read("ja").get(message, context)
    return found and (found.string, found.fuzzy)


# --- what is found ---------------------------------------------------------------------------------------------------


def test_marked_words_are_found_in_order():
    code = 'say("Base")\nreport.say("Two words")\nself("Own")\nx = N_("Later")\nsay.plural("{n} row", "{n} rows", 3)'
    assert catalogue.marked(code) == [("Base",), ("Two words",), ("Own",), ("Later",), ("{n} row", "{n} rows")]


def test_a_one_word_message_is_found(sources):
    sources.code('say("Base")')
    sources.notebook("one", ("c", '_("Yes")', ""))
    found = catalogue.gather()
    assert "Base" in found
    assert found.get("Yes", "one")
    assert not found.get("Yes")


@pytest.mark.parametrize(
    "code", ['print("Base")', "say(base)", 'say(f"{base} x")', 'say("")', "say()", '"say(Base)"', '# say("Base")']
)
def test_other_code_is_not_a_message(code):
    assert catalogue.marked(code) == []


def test_neighbouring_strings_are_one_message():
    assert catalogue.marked('say(\n    "One "\n    "two",\n    n=1,\n)') == [("One two",)]


def test_a_notebook_keeps_its_messages_to_itself(sources):
    sources.notebook(
        "one",
        ("intro", "# Title\n\nProse.\n"),
        ("p", "n = 5  # a number\nm = 6", "parameters"),
        ("needs", 'questions = "q3"  # a question', "needs"),
        ("c", '_("Yes")\n_.plural("{n} row", "{n} rows", 2)\nsay("No mark here")', ""),
    )
    found = [(message.context, message.id) for message in catalogue.gather() if message.id]
    assert found == [
        ("one intro", "# Title\n\nProse."),
        ("one parameters", "a number"),
        ("one needs", "a question"),
        ("one", "Yes"),
        ("one", ("{n} row", "{n} rows")),
    ]


def test_the_same_words_in_two_notebooks_are_two_messages(sources):
    for name in ("one", "two"):
        sources.notebook(name, ("c", '_("Base")', ""))
    sources.code('say("Base")')
    assert [m.context for m in catalogue.gather() if m.id == "Base"] == [None, "one", "two"]


# --- what a change keeps ---------------------------------------------------------------------------------------------


def test_a_changed_comma_in_prose_keeps_the_old_japanese_as_fuzzy(sources):
    old, new = "Some prose, with a comma.", "Some prose with a comma."
    sources.notebook("one", ("intro", old))
    sources.renew()
    sources.translate({old: JAPANESE[old]})
    assert catalogue.problems("ja") == []
    sources.notebook("one", ("intro", new))
    assert catalogue.problems("ja") == [
        f"untranslated: {('one intro', new)}",
        f"stale: {('one intro', old)}",
    ]
    assert sources.renew() == 1
    assert kept(new, "one intro") == (JAPANESE[old], True)
    assert kept(old, "one intro") is None
    assert catalogue.problems("ja") == [f"fuzzy: {('one intro', new)}"]


def test_prose_rewritten_beyond_likeness_starts_anew(sources):
    sources.notebook("one", ("intro", "Alpha."))
    sources.renew()
    sources.translate({"Alpha.": "甲。"})
    sources.notebook("one", ("intro", "Quite other words now"), ("more", "Alpha, again."))
    sources.renew()
    assert kept("Quite other words now", "one intro") == ("", False)
    assert kept("Alpha, again.", "one more") == ("", False)


OLD, NEAR, FAR = "The share of firms that said so", "The share of the firms that said so", "Nothing of the kind at all"


@pytest.mark.parametrize(("changed", "found"), [(NEAR, ("割合", True)), (FAR, ("", False))])
def test_a_near_message_of_the_same_notebook_is_fuzzy(sources, changed, found):
    sources.notebook("one", ("c", f'_("{OLD}")', ""))
    sources.renew()
    sources.translate({OLD: "割合"})
    sources.notebook("one", ("c", f'_("{changed}")', ""))
    sources.renew()
    assert kept(changed, "one") == found
    name = "fuzzy" if found[1] else "untranslated"
    assert catalogue.problems("ja") == [f"{name}: {('one', changed)}"]


def test_a_near_message_of_the_helpers_is_fuzzy(sources):
    sources.code(f'say("{OLD}")')
    sources.renew()
    sources.translate({OLD: "割合"})
    sources.code(f'say("{NEAR}")')
    sources.renew()
    assert kept(NEAR) == ("割合", True)


def test_the_nearest_of_several_is_kept(sources):
    other = OLD.replace("said", "denied")
    sources.code(f'say("{other}")\nsay("{OLD}")')
    sources.renew()
    sources.translate({OLD: "割合", other: "否定"})
    sources.code(f'say("{NEAR}")')
    sources.renew()
    assert kept(NEAR) == ("割合", True)


def test_a_near_message_of_another_notebook_keeps_nothing(sources):
    sources.notebook("one", ("c", f'_("{OLD}")', ""), ("intro", "Prose."))
    sources.renew()
    sources.translate({OLD: "割合", "Prose.": "文章。"})
    (sources.notebooks / "one.ipynb").unlink()
    sources.notebook("two", ("c", f'_("{NEAR}")', ""), ("intro", "Prose!"))
    sources.code(f'say("{NEAR}")')
    assert sources.renew() == 3
    assert kept(NEAR, "two") == kept(NEAR) == kept("Prose!", "two intro") == ("", False)


def test_a_message_that_is_still_there_lends_its_words_to_none(sources):
    sources.code(f'say("{OLD}")')
    sources.renew()
    sources.translate({OLD: "割合"})
    sources.code(f'say("{OLD}")\nsay("{NEAR}")')
    sources.renew()
    assert kept(OLD) == ("割合", False)
    assert kept(NEAR) == ("", False)


def test_stale_messages_are_named_and_then_dropped(sources):
    sources.code('say("Base")\nsay("Yes")')
    sources.renew()
    sources.translate({"Base": "母数", "Yes": "はい"})
    sources.code('say("Base")')
    assert catalogue.problems("ja") == [f"stale: {('', 'Yes')}"]
    assert sources.renew() == 0
    assert kept("Yes") is None
    assert catalogue.problems("ja") == []


def test_untranslated_messages_are_named(sources):
    sources.code('say("Base")\nsay.plural("{n} row", "{n} rows", 1)')
    assert sources.renew() == 2
    assert catalogue.problems("ja") == [f"untranslated: {('', 'Base')}", f"untranslated: {('', '{n} row')}"]


# --- at run time and on the disk -------------------------------------------------------------------------------------


def test_fuzzy_words_are_not_spoken(sources):
    sources.code(f'say("{OLD}")\nsay("Base")')
    sources.notebook("one", ("intro", "Some prose, with a comma."))
    sources.renew()
    sources.translate({OLD: "割合", **{m: JAPANESE[m] for m in ("Base", "Some prose, with a comma.")}})
    say = Language("ja", "one")
    assert [say(OLD), say("Base"), say.prose("intro", "Some prose, with a comma.")] == [
        "割合",
        "母数",
        "読点のある、文章。",
    ]
    sources.code(f'say("{NEAR}")\nsay("Base")')
    sources.notebook("one", ("intro", "Some prose with a comma."))
    sources.renew()
    say = Language("ja", "one")
    assert [say(NEAR), say("Base")] == [NEAR, "母数"]
    assert say.prose("intro", "Some prose with a comma.") == "Some prose with a comma."


def test_renewing_is_stable(sources):
    sources.code(f'say("{OLD}")\nsay("Base")\nsay.plural("{{n}} row", "{{n}} rows", 1)\nsay("{"long words " * 20}")')
    sources.notebook("one", ("intro", 'A "quoted" line,\n\nand \\ another.'), ("p", "n = 5  # a number", "parameters"))
    sources.renew()
    sources.translate({OLD: "割合"})
    sources.code((sources.helpers / "some.py").read_text().replace(OLD, NEAR))
    first = catalogue.renewed("ja")
    assert catalogue.renewed("ja") == first
    for _ in range(2):
        sources.renew()
        assert catalogue.renewed("ja") == first
    assert kept(NEAR) == ("割合", True)  # for as long as nobody has looked at it


# --- the repository --------------------------------------------------------------------------------------------------


def test_the_repositorys_own_catalogue_has_no_problems():
    assert catalogue.problems("ja") == []


def test_renewing_the_repositorys_own_catalogue_is_stable():
    assert catalogue.renewed("ja") == catalogue.renewed("ja")
