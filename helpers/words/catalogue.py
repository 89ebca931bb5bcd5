"""The messages that a translator works on, gathered by their marks into PO files; nothing here writes a file.

Marked are: in helpers, `say("…")`, `say.plural("…", "…", n)`, `N_("…")`, `Said("…")` and what makes one of its arguments
(errors, `flaw`, `refusal`); in notebooks, `_("…")` and `_.plural(…)`, every
prose cell, and the comments of the cells tagged parameters and needs. A message of a notebook is kept under the
notebook's name, a prose cell under the notebook's name and the cell's id, so that a change of its text is seen as one:
the old translation stays as fuzzy until a translator has looked at it. Fuzzy translations are never used.
"""

import ast
import io
import json
from difflib import SequenceMatcher

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from helpers.survey import ROOT

from .language import po_file

HELPERS, NOTEBOOKS = ROOT / "helpers", ROOT / "notebooks"
MARKS = {"say": 1, "self": 1, "N_": 1, "plural": 2, "Said": 1}  # calls, and how many of their arguments are a message
MARKS |= dict.fromkeys(("SurveyError", "ParameterError", "OutputError", "Unsettled"), 1)
PARTS = {"flaw": (2, 3), "refusal": (1, 2)}  # calls, and which of their arguments are a message each
NEAR = 0.6  # how like its old text a changed message must be to keep its translation as fuzzy

HEADER = """\
msgid ""
msgstr ""
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


# --- extraction ------------------------------------------------------------------------------------------------------


def marked(source, marks=MARKS):
    """The messages marked in Python code, in order: tuples of one text, or of two for a plural."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        parts = [node.args[place : place + 1] for place in PARTS.get(name, ())] if marks is MARKS else []
        for words in (node.args[: marks.get(name, 0)], *parts):
            if words and all(isinstance(w, ast.Constant) and isinstance(w.value, str) and w.value for w in words):
                found.append((words[0].lineno, words[0].col_offset, tuple(w.value for w in words)))
    return [words for _, _, words in sorted(found)]


def _notebook_messages(path):
    """Of a notebook: (context, message) for its prose, its parameters' comments and its marked words."""
    name, marks = path.stem, {"_": 1, "plural": 2}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            yield f"{name} {cell['id']}", (source.strip(),)
        elif kind := next((tag for tag in ("parameters", "needs") if tag in tags), None):
            for line in source.splitlines():
                yield f"{name} {kind}", (line.partition("  # ")[2],)
        else:
            for words in marked(source, marks):
                yield name, words


def gather():
    """A catalogue of all messages in the order of helpers and notebooks, without translations."""
    catalog = Catalog(charset="utf-8")
    for path in sorted(HELPERS.rglob("*.py")):
        for words in marked(path.read_text(encoding="utf-8")):
            _add(catalog, words, None, path.name)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for context, words in _notebook_messages(path):
            if words[0]:
                _add(catalog, words, context, path.name)
    return catalog


def _add(catalog, words, context, where):
    catalog.add(words if len(words) > 1 else words[0], context=context, locations=[(where, None)])


# --- the catalogues of languages -------------------------------------------------------------------------------------


def read(lang):
    """A language's catalogue as it is; an empty one where there is none yet."""
    path = po_file(lang)
    if not path.exists():
        return Catalog(locale=lang, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=lang, charset="utf-8")


def merged(lang, template, old):
    """The template with the translations of an old catalogue; near matches are kept as fuzzy, what is gone is dropped."""
    new = Catalog(locale=lang, charset="utf-8")
    there = {_key(message): message for message in old if message.id}
    wanted = {_key(message) for message in template if message.id}
    gone = [message for key, message in there.items() if key not in wanted and _translated(message)]
    for message in (message for message in template if message.id):
        before, fuzzy = there.get(_key(message)), False
        if before is None or not _translated(before):
            before = _nearest(message, gone)
            fuzzy = before is not None
        flags = {"fuzzy"} if fuzzy or (before is not None and before.fuzzy) else set()
        string = before.string if before is not None else ""
        new.add(message.id, string, locations=message.locations, flags=message.flags | flags, context=message.context)
    return new


def _key(message):
    first = message.id[0] if isinstance(message.id, tuple) else message.id
    return message.context or "", first


def _nearest(message, gone):
    """The translated message that this one replaces: the most alike in the same place, if it is like enough."""
    context, text = _key(message)
    same = [other for other in gone if (other.context or "") == context and isinstance(other.id, type(message.id))]
    likeness = [SequenceMatcher(None, text, _key(other)[1]).ratio() for other in same]
    best = max(likeness, default=0)
    return same[likeness.index(best)] if best > NEAR else None


def _translated(message):
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(strings) and all(strings)


def renewed(lang):
    """A language's catalogue brought up to date with the sources: (bytes of its PO file, messages that wait for words)."""
    new = merged(lang, gather(), read(lang))
    body = io.BytesIO()
    write_po(body, new, width=110, ignore_obsolete=True, omit_header=True)
    header = HEADER.format(lang=lang, plural=new.plural_forms)  # without dates: the same messages give the same file
    return header.encode() + body.getvalue(), sum(1 for m in new if m.id and (m.fuzzy or not _translated(m)))


def problems(lang):
    """What is wrong with a language's catalogue: lines "untranslated: …", "fuzzy: …", "stale: …"."""
    there = {_key(message): message for message in read(lang) if message.id}
    wanted = {_key(message) for message in gather() if message.id}
    lines = [f"untranslated: {key}" for key in sorted(wanted) if key not in there or not _translated(there[key])]
    lines += [f"fuzzy: {key}" for key, message in sorted(there.items()) if message.fuzzy]
    return lines + [f"stale: {key}" for key in sorted(there) if key not in wanted]
