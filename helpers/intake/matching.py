"""Which question a column answers and which option a text is: by id or label, never by likeness.

What matches nothing is drafted into mapping.toml, with the nearest names beside it, for a person to settle.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from .. import LANGUAGES
from ..survey.schemas import KEYS_OF_RESPONDENTS

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("〜∼", "~"))
UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
DELIMITERS = ";,、\n"
ENDS = {"", *DELIMITERS}
RESPONDENT_NAMES = ("respondent", "respondent id", "respondent number", "id", "回答者", "回答者番号", "回答者id")
WEIGHT_NAMES = ("weight", "weights", "重み", "ウエイト", "ウェイト")
STRATUM_NAMES = ("stratum", "strata", "層", "層番号")
CLUSTER_NAMES = ("cluster", "clusters", "psu", "集落", "クラスター")
NO_ANSWER_NAMES = ("no_answer", "No answer", "無回答")
TICKS = (
    "1",
    "x",
    "✓",
    "✔",
    "☑",
    "○",
    "◯",
    "●",
    "レ",
    "yes",
    "true",
    "ticked",
    "checked",
    "selected",
    "はい",
    "選択",
    "該当",
)
NO_TICKS = ("0", "no", "false", "not_ticked", "unchecked", "not selected", "いいえ", "未選択", "非該当")

# What a text of a column turns out to be, where it is no option; places of options are 0 or more.
EMPTY, UNKNOWN, TWO, IGNORED, NO_ANSWER = -1, -2, -3, -4, -5


def plain(text):
    """A text as it is compared: full-width forms, case, white space and the kind of dash make no difference."""
    folded = unicodedata.normalize("NFKC", text).translate(DASHES).casefold()
    return UNSEEN.sub("", folded)


def plain_heading(text):
    """A heading as it is compared: also without the signs by which forms set off an option, as in `Q4 [caution]`."""
    return re.sub(r"[\[\](){}:=_.|/・-]", "", plain(text))


@dataclass(frozen=True)
class Target:
    """What a column holds: `kind` is one of KEYS_OF_RESPONDENTS, question, ignore or blank; `option` if one option's ticks."""

    kind: str
    question: str = ""
    option: str = ""

    def __str__(self):
        return f"{self.question}={self.option}" if self.option else self.question or self.kind


class Names:
    """The ids, wordings and labels of a codebook, as look-ups from plain text; built from text columns."""

    def __init__(self, questions, options):
        self.questions = questions.set_index("question")
        self.options = {
            name: group.sort_values("order", key=lambda order: order.astype(int)).set_index("option")
            for name, group in options.groupby("options")
        }
        self._none = options.iloc[:0].set_index("option")
        self._heads, self._plain = None, {}

    def offered(self, question):
        """The options of a question's set, indexed by id and in order; none of a number."""
        return self.options.get(self.questions.loc[question, "options"], self._none)

    def of_question(self, question):
        q = self.questions.loc[question]
        return [question, *dict.fromkeys(q.get(name, "") for name in ("text_en", "text_ja", "short_en", "short_ja"))]

    def of_option(self, question, option):
        return [option, *_labels_of(self.offered(question).loc[option])]

    def answers(self, question):
        """Plain text to option id, for one question; a text that two options share is in `shared` instead."""
        known, shared = {}, set()
        options = self.offered(question)
        for option in options.index:
            for name in self.of_option(question, option)[1:]:
                if known.setdefault(plain(name), option) != option:
                    shared.add(plain(name))
        known = {text: option for text, option in known.items() if text not in shared}
        ids = {plain(option): option for option in options.index}
        known |= ids
        empty = options.index[options["role"] == "no_answer"]
        for name in NO_ANSWER_NAMES:
            known.setdefault(plain(name), empty[0] if len(empty) else NO_ANSWER)
        return known, shared - set(ids)

    def headings(self):
        """Plain heading to the Targets it may mean, ids apart from wordings: (by id, by wording)."""
        if self._heads is None:
            ids, words = {}, {}
            for question in self.questions.index:
                self._add_heads(question, ids, words)
            for kind, names in zip(
                KEYS_OF_RESPONDENTS, (RESPONDENT_NAMES, WEIGHT_NAMES, STRATUM_NAMES, CLUSTER_NAMES), strict=True
            ):
                for name in names:
                    words.setdefault(plain_heading(name), set()).add(Target(kind))
            self._heads = ids, words
        return self._heads

    def _add_heads(self, question, ids, words):
        keys = [plain_heading(name) for name in self.of_question(question)]
        for place, key in enumerate(keys):
            _add(words if place else ids, key, Target("question", question))
        for option, labels in self._labels(self.questions.loc[question, "options"]).items():
            target = Target("question", question, option)
            _add(ids, keys[0] + labels[0], target)
            for key in filter(None, keys):
                for label in labels:
                    _add(words, key + label, target)

    def _labels(self, options):
        """The plain names of each option of a set."""
        if options not in self._plain:
            rows = self.options.get(options, self._none)
            self._plain[options] = {
                option: [plain_heading(name) for name in (option, *_labels_of(o))]
                for option, o in zip(rows.index, rows.to_dict("records"), strict=True)
            }
        return self._plain[options]


def _labels_of(o):
    """The labels of an option in the languages there are, and as drop-downs show them."""
    labels = [o[f"label_{lang}"] for lang in LANGUAGES if f"label_{lang}" in o]
    return [*labels, joined(reversed(labels))]


def joined(labels):
    """A text in several languages as one, as the drop-downs of the blank response sheet show it."""
    return " / ".join(dict.fromkeys(labels))


def _add(known, key, target):
    if key:
        known.setdefault(key, set()).add(target)


# --- headings --------------------------------------------------------------------------------------------------------


def match_heading(names, heading, label=""):
    """The Targets that a heading may mean: one when it is clear, several when it is not, none when unknown.

    An id in brackets at the end, as the blank response sheet writes it, decides; then ids; then wordings and labels.
    """
    ids, words = names.headings()
    if tail := re.search(r"\[([^\[\]]+)\]$", unicodedata.normalize("NFKC", heading)):
        found = ids.get(plain_heading(tail[1]), set())
        if len(found) == 1:
            return found
        if plain(tail[1]) in KEYS_OF_RESPONDENTS:
            return {Target(plain(tail[1]))}
    for text in (heading, label):
        key = plain_heading(text)
        if found := ids.get(key) or words.get(key):
            return found
    return set()


# --- answers ---------------------------------------------------------------------------------------------------------


class Reader:
    """Reads the cells of one question; `settled` are the texts that mapping.toml settles, with their meanings."""

    def __init__(self, names, question, settled=None):
        self.question = question
        self.multiple = names.questions.loc[question, "kind"] == "multiple"
        self.options = list(names.offered(question).index)
        self.place = {option: place for place, option in enumerate(self.options)}
        known, shared = names.answers(question)
        settled = dict(settled or {})
        self.otherwise = settled.pop("*", None)
        self.own = {plain(text): meaning for text, meaning in settled.items()}
        self.known = {text: option for text, option in known.items() if text} | self.own
        self.shared = {text for text in shared if text not in self.own}
        self.texts = sorted({*self.known, *self.shared}, key=len, reverse=True)
        # A label such as "A, B" beside labels "A" and "B": a cell "A, B" could be either.
        self.double = {text for text in self.known if text not in self.own and self._falls_apart(text)}
        self.unknown = {}

    def _falls_apart(self, text):
        parts = [part for part in re.split(f"[{DELIMITERS}]", text) if part]
        return len(parts) > 1 and all(part in self.known for part in parts)

    def _meaning(self, text, original):
        """The places of a text's options; or EMPTY, IGNORED, NO_ANSWER, UNKNOWN."""
        option = self.known.get(text, self.otherwise if text not in self.shared else None)
        if option is None or option == "" or (self.multiple and text in self.double):
            self.unknown.setdefault(original, text)
            return UNKNOWN
        if option == "ignore":
            return IGNORED
        if isinstance(option, list):
            return [self.place[one] for one in option]
        if option in self.place:
            return [self.place[option]]
        if option in (NO_ANSWER, "no_answer"):
            return NO_ANSWER
        self.unknown.setdefault(original, text)  # settled for a column of ticks, which this is not
        return UNKNOWN

    def _pieces(self, cell):
        """The answers in a cell, as (plain, original) texts: the longest known text first, else up to a delimiter."""
        if (whole := plain(cell)) in self.known:
            return [(whole, cell)]
        text, where = _folded(cell)
        ends = ";\n" if ";" in text or "\n" in text else DELIMITERS
        pieces, at = [], 0
        while at < len(text):
            if text[at] in DELIMITERS:
                at += 1
                continue
            end = next(
                (
                    at + len(known)
                    for known in self.texts
                    if text.startswith(known, at) and text[at + len(known) : at + len(known) + 1] in ENDS
                ),
                None,
            )
            if end is None:
                end = next((place for place in range(at, len(text)) if text[place] in ends), len(text))
            original = cell_part(cell, where, at, end)
            pieces.append((text[at:end], original))
            at = end
        return pieces

    def read_cells(self, values):
        """What each text of a column says.

        Returns `(ticked, state)`: a boolean matrix, texts by options, and for each text 0 where an option is ticked, or
        EMPTY, UNKNOWN, TWO (a single choice with two answers), IGNORED or NO_ANSWER.
        """
        ticked = np.zeros((len(values), len(self.options)), bool)
        state = np.full(len(values), EMPTY, np.int8)
        for row, cell in enumerate(values):
            if not cell:
                continue
            meanings = [self._meaning(text, original) for text, original in self._pieces_of(cell)]
            for meaning in meanings:
                if isinstance(meaning, list):
                    ticked[row, meaning] = True
            state[row] = self._state(meanings, ticked[row].sum())
        return ticked, state

    def read(self, values):
        """Like `read_cells`, but of a single choice the places of the options."""
        ticked, state = self.read_cells(values)
        return (ticked if self.multiple else ticked.argmax(axis=1).astype(np.int16)), state

    def _pieces_of(self, cell):
        pieces = self._pieces(cell)
        if not self.multiple and any(text not in self.known for text, _ in pieces):
            return [(plain(cell), cell)]  # one answer that is not known, and not several
        return pieces

    def _state(self, meanings, number):
        if UNKNOWN in meanings:
            return UNKNOWN
        if number > 1 and not self.multiple:
            return TWO
        if number:
            return 0
        return NO_ANSWER if NO_ANSWER in meanings else IGNORED if IGNORED in meanings else EMPTY

    def read_ticks(self, values, option):
        """What each text of one option's own column says: 0 ticked, or EMPTY, UNKNOWN or IGNORED."""
        yes, no = {plain(text) for text in TICKS}, {plain(text) for text in NO_TICKS}
        state = np.full(len(values), EMPTY, np.int8)
        for row, cell in enumerate(values):
            text = plain(cell)
            if not text:
                continue
            known = text in yes or text in no or self.known.get(text) == option
            meaning = self.own.get(text, None if known else self.otherwise)
            if meaning in ("ticked", "not_ticked", "ignore"):
                state[row] = {"ticked": 0, "not_ticked": EMPTY, "ignore": IGNORED}[meaning]
            elif option in (self.known.get(text), meaning) or (text in yes and text not in self.own):
                state[row] = 0
            elif not (text in no and text not in self.own):
                self.unknown.setdefault(cell, text)
                state[row] = UNKNOWN
        return state


def _folded(cell):
    """A cell's text as `plain` gives it but with its line breaks, and where in the NFKC form each sign stands."""
    text = unicodedata.normalize("NFKC", cell)
    signs, where = [], []
    for place, sign in enumerate(text):
        for folded in sign.translate(DASHES).casefold():
            if folded in "\r\n" or not UNSEEN.match(folded):
                signs.append("\n" if folded == "\r" else folded)
                where.append(place)
    return "".join(signs), where


def cell_part(cell, where, start, end):
    """The part of a cell, in its NFKC form, that signs `start` to `end` of its folded text stand for."""
    return unicodedata.normalize("NFKC", cell)[where[start] : where[end - 1] + 1].strip()
