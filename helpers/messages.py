"""The messages that a translator works on: everything the helpers and notebooks say, gathered into PO files.

`python -m helpers messages` renews the catalogues: what is new comes without translation, what is gone is dropped, and
what was mended keeps its old translation, marked fuzzy. Nothing fuzzy is ever said; whoever has put it right removes the mark.
"""

import ast
import io
import json
import re

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from .survey import ROOT
from .text import LOCALE

SPEAKERS = {
    **{"say": (0,), "self": (0,), "plural": (0, 1), "tests": (1,), "show": (2,), "both_readings": (1,), "power": (1,)},
    **{"show_claims": (1,), "show_contradictions": (0,), "show_sums": (0,), "all_tests": (0,), "forest": (0,)},
}  # calls that say something, and which of their arguments
SPOKEN = ("subtitle", "base", "note")  # arguments by name whose value is a message

HEADER = """\
msgid ""
msgstr ""
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def prose(cell):
    """The text of a Markdown cell as one message."""
    return "".join(cell["source"]).strip()


def _strings(source):
    """The words in a notebook's code, in order: what a call says, and every other string that cannot be an id."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if _is_text(node) and not re.fullmatch("[a-z0-9_]*", node.value)]
    found += [node for call in ast.walk(tree) if isinstance(call, ast.Call) for node in _said(call) if _is_text(node)]
    found = {(node.lineno, node.col_offset): node.value for node in found if node.value}
    return [found[place] for place in sorted(found)]


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _said(call):
    """The arguments of a call that are messages, if it is one that says something."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = [keyword.value for keyword in call.keywords if keyword.arg in SPOKEN]
    return [call.args[i] for i in SPEAKERS.get(name, ()) if i < len(call.args)] + named


def _spoken(source):
    """The messages in a module's code: literal arguments of the calls that say something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = [node.args[i] for i in SPEAKERS.get(name, ()) if i < len(node.args)]
            if words and all(isinstance(w, ast.Constant) and isinstance(w.value, str) and w.value for w in words):
                yield node.lineno, tuple(w.value for w in words)


def _notebook_messages(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield prose(cell), "prose"
        elif "parameters" in cell["metadata"].get("tags", []):
            for line in "".join(cell["source"]).splitlines():
                yield line.partition("  # ")[2], "comment of a parameter"
        else:
            for words in _strings("".join(cell["source"])):
                yield words, "figure or table"


def gather():
    """A catalogue of all messages in the order of helpers and notebooks, without translations."""
    catalog = Catalog(charset="utf-8")
    for path in sorted((ROOT / "helpers").glob("*.py")):
        for _, words in sorted(_spoken(path.read_text(encoding="utf-8"))):
            catalog.add(words if len(words) > 1 else words[0], locations=[(path.name, None)])
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for message, kind in _notebook_messages(path):
            catalog.add(message, locations=[(path.name, None)], auto_comments=[kind])
    return catalog


def po_file(lang):
    """Where a language's catalogue lies."""
    return LOCALE / lang / "LC_MESSAGES" / "helpers.po"


def read(lang):
    """A language's catalogue as it is."""
    with po_file(lang).open("rb") as file:
        return read_po(file, locale=lang, charset="utf-8")


def renew(lang):
    """Bring a language's catalogue up to date with the sources; returns how many messages wait for a translation."""
    template = gather()
    old = read(lang) if po_file(lang).exists() else Catalog(locale=lang, charset="utf-8")
    old.update(template)
    po_file(lang).parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    write_po(body, old, width=110, ignore_obsolete=True, omit_header=True)
    header = HEADER.format(lang=lang, plural=old.plural_forms)  # without dates: the same messages give the same file
    po_file(lang).write_bytes(header.encode() + body.getvalue())
    return sum(1 for message in old if message.id and not _translated(message))


def _translated(message):
    """Whether a message has a translation that somebody has looked at since its text changed."""
    if message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


def untranslated(lang):
    """The messages of the sources that the catalogue lacks or has fuzzy, and those of its own that no source has."""
    wanted = {message.id for message in gather() if message.id}
    there = {message.id: message for message in read(lang) if message.id}
    missing = [i for i in wanted if i not in there or not _translated(there[i])]
    return sorted(map(str, missing)), sorted(str(i) for i in there if i not in wanted)
