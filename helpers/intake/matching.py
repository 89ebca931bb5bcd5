"""Which question a column answers and which option a text is: by id or label, never by likeness.

What matches nothing is drafted into mapping.toml, with the nearest names beside it, for a person to settle.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from .. import LANGUAGES
from ..said import Said
from ..survey.problems import quote
from ..survey.schemas import KEYS_OF_RESPONDENTS

SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("〜∼", "~") | dict.fromkeys("‘’‛`´′", "'"))
UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
DELIMITERS = ";,、|\n"
COMMAS = ",、"
ENDS = {"", *DELIMITERS}
KEY_NAMES = {  # what columns that are no question are called; the keys are KEYS_OF_RESPONDENTS
    "respondent": ("respondent", "respondent id", "respondent number", "id", "回答者", "回答者番号", "回答者id"),
    "weight": ("weight", "weights", "重み", "ウエイト", "ウェイト"),
    "stratum": ("stratum", "strata", "層", "層番号"),
    "cluster": ("cluster", "clusters", "psu", "集落", "クラスター"),
}
OTHER_NAMES = ("Other", "その他")
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
    "y",
    "yes",
    "true",
    "ticked",
    "checked",
    "selected",
    "はい",
    "選択",
    "該当",
)
NO_TICKS = ("0", "n", "no", "false", "not_ticked", "unchecked", "not selected", "いいえ", "未選択", "非該当")

# What programs write into a cell where nothing was said; "n/a" says that nothing was asked.
SILENT = ("na", "nan", "<na>", "n/a", "null", "#n/a", "-99", "#null!", "seenbutunanswered")
NUMBERS = [
    re.compile(before + r"[.):、-]?") for before in (r"\(?\d", r"\(?\d\d", "[ア-ン]", "[a-z](?=[.)])")
]  # before an answer
OTHER_OPENED = re.compile(r"(?:other|その他)[(:\[-]")  # "Other: our own", "その他（…）"
LOOKED_AT = 2000  # distinct cells that tell how a column is written

# What a text of a column turns out to be, where it is no option; places of options are 0 or more.
EMPTY, UNKNOWN, TWO, IGNORED, NO_ANSWER, NOT_PUT, NOT_TICKED = -1, -2, -3, -4, -5, -6, -7


def plain(text):
    """A text as it is compared: full-width forms, case, white space, kinds of dash and apostrophe make no difference."""
    folded = unicodedata.normalize("NFKC", text).translate(SIGNS).casefold()
    return UNSEEN.sub("", folded)


def plain_heading(text):
    """A heading as it is compared: also without the signs by which forms set off an option, as in `Q4 [caution]`."""
    return re.sub(r"[\[\](){}:=_.|/・-]", "", plain(text))


@dataclass(frozen=True)
class Target:
    """What a column holds; `option` if one option's ticks.

    `kind` is one of KEYS_OF_RESPONDENTS, question, ignore or blank; words (a respondent's own, to this option or
    question), again (what other columns of the question say, too), or known (the form's own, such as a time stamp), with
    what it is in `question`.
    """

    kind: str
    question: str = ""
    option: str = ""

    def __str__(self):
        return f"{self.question}={self.option}" if self.option else self.question or self.kind


class Names:
    """The ids, wordings and labels of a codebook, as look-ups from plain text; built from text columns."""

    def __init__(self, questions, options, counts=None):
        self.questions = questions.set_index("question")
        self.options = {
            name: group.sort_values("order", key=lambda order: order.astype(int)).set_index("option")
            for name, group in options.groupby("options")
        }
        self._none = options.iloc[:0].set_index("option")
        self._set_of = self.questions["options"].to_dict()
        self._names_of = {
            name: {o: [o, *_labels_of(row)] for o, row in rows.to_dict("index").items()}
            for name, rows in self.options.items()
        }
        listed = {} if counts is None else counts.groupby("question")["option"].agg(list).to_dict()
        self._listed = {question: listed.get(question, []) for question in self.questions.index}
        self._heads, self._plain, self._loose, self._other = None, {}, None, {}

    def offered(self, question):
        """The options of a question's set, indexed by id and in order; none of a number."""
        return self.options.get(self._set_of[question], self._none)

    def listed(self, question):
        """The options that counts.csv lists for a question, in its order; all of its set where it lists none."""
        known = list(self.offered(question).index)
        return [option for option in self._listed[question] if option in known] or known

    def other(self, question):
        """The one option of a question that stands for all other answers, or None."""
        if question not in self._other:
            roles = self.offered(question)["role"].to_dict()
            found = [option for option in self.listed(question) if roles[option] == "other"]
            self._other[question] = found[0] if len(found) == 1 else None
        return self._other[question]

    def all(self):
        """Every wording and label, in whatever language."""
        for question in self.questions.index:
            yield from filter(None, self.of_question(question)[1:])
        for options in self._names_of.values():
            yield from (label for names in options.values() for label in names[1:])

    def of_question(self, question):
        q = self.questions.loc[question]
        texts = dict.fromkeys(q.get(name, "") for name in ("text_en", "text_ja", "short_en", "short_ja"))
        return [question, *texts, *_also(q)]

    def of_option(self, question, option):
        return self._names_of[self._set_of[question]][option]

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
            for kind, names in KEY_NAMES.items():
                for name in names:
                    words.setdefault(plain_heading(name), set()).add(Target(kind))
            self._heads = ids, words
        return self._heads

    def loose(self):
        """Like `headings`, ids and wordings together, by their letters and digits alone."""
        if self._loose is None:
            self._loose = {}
            for known in self.headings():
                for text, targets in known.items():
                    self._loose.setdefault("".join(filter(str.isalnum, text)), set()).update(targets)
        return self._loose

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
    """The labels of an option in the languages there are, as drop-downs show them, and as other forms word them."""
    labels = [o[f"label_{lang}"] for lang in LANGUAGES if f"label_{lang}" in o]
    return [*labels, *_also(o), joined(reversed(labels))]


def _also(row):
    """Other wordings that forms use for a question or an option: the column `also`."""
    return [text.strip() for text in row.get("also", "").split("|") if text.strip()]


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
    """Reads the cells of one question; `settled` are the texts that mapping.toml settles, with their meanings, and `coded`
    those of respondents' own words that a person has put to an option.
    """

    def __init__(self, names, question, settled=None, coded=None):
        self.question = question
        self.multiple = names.questions.loc[question, "kind"] == "multiple"
        self.options = list(names.offered(question).index)
        self.place = {option: place for place, option in enumerate(self.options)}
        known, shared = names.answers(question)
        self.other = names.other(question)
        if self.other:
            known = dict.fromkeys(map(plain, OTHER_NAMES), self.other) | known
        settled = dict(settled or {})
        self.otherwise = settled.pop("*", None)
        self.coded = {plain(text): option for text, option in (coded or {}).items()}
        self.own = {plain(text): meaning for text, meaning in settled.items()} | self.coded
        self.typed = []  # respondents' own words, as (place of the cell's text, words)
        self.known = {text: option for text, option in known.items() if text} | self.own
        self.shared = {text for text in shared if text not in self.own}
        self.texts = sorted({*self.known, *self.shared}, key=len, reverse=True)
        # A label such as "A, B" beside labels "A" and "B": a cell "A, B" could be either.
        self.double = {text for text in self.known if text not in self.own and self._falls_apart(text)}
        self.unknown = {}
        self.numbers = set()  # what is known as the number of an option
        self.waiting = set()  # option numbers that follow from another one, which is asked for
        self.notes = []
        self.ends = None  # the signs at which an unknown answer ends, where the column shows them

    def learn(self, numbers):
        """Add what the option numbers of a column stand for, plain text to option, and note them."""
        self.known |= numbers
        self.numbers |= {*numbers}
        if told := [f"{text} = {option}" for text, option in numbers.items() if text.strip("-") != "oth"]:
            order = ", ".join(sorted(told, key=lambda each: self.options.index(each.partition(" = ")[2])))
            self.notes.append(
                Said(
                    "{question}: option numbers read in the order of counts.csv: {order}",
                    question=self.question,
                    order=order,
                )
            )
        self.texts = sorted({*self.known, *self.shared}, key=len, reverse=True)

    def declare_missing(self, texts):
        """Take texts that a file declares to be no answer as that, where they are no option, and note them."""
        new = sorted(text for text in texts if plain(text) not in self.known and plain(text) not in self.shared)
        self.known |= dict.fromkeys(map(plain, new), NO_ANSWER)
        if new:
            shown = ", ".join(map(quote, new))
            self.notes.append(
                Said(
                    "{question}: declared missing in the file, taken as no answer: {shown}",
                    question=self.question,
                    shown=shown,
                )
            )

    def is_known(self, text):
        """Whether a plain text is an id, a label, settled, or what programs write where nothing was said."""
        return text in self.known or text in self.shared or text in SILENT

    def _falls_apart(self, text):
        parts = [part for part in re.split(f"[{DELIMITERS}]", text) if part]
        return len(parts) > 1 and all(part in self.known for part in parts)

    def _meaning(self, text, original):
        """The places of a text's options; or EMPTY, IGNORED, NO_ANSWER, UNKNOWN."""
        if text in self.waiting:
            return UNKNOWN
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
        cell = self._parted(cell)
        if (whole := _without_point(plain(cell), self.known)) in self.known:
            return [(whole, cell)]
        text, where = _folded(cell, self.ends is None or "\n" in self.ends)
        ends = self.ends or ("".join(sign for sign in ";|\n" if sign in text) or DELIMITERS)
        pieces, at = [], 0
        while at < len(text):
            if text[at] in DELIMITERS:
                at += 1
                continue
            piece, end = self._piece(text, at, ends)
            pieces.append((piece, cell_part(cell, where, at, end)))
            at = end
        return pieces

    def _parted(self, cell):
        """A cell with `;` between its words, where each of several words is an answer by itself, such as `1 3 5`."""
        words = [plain(word) for word in cell.split()]
        apart = len(words) > 1 and self.numbers.issuperset(words)
        if len(words) > 1 and self.multiple and plain(cell) not in self.known:
            apart = apart or all(word in self.known for word in words)
        return ";".join(words) if apart else cell

    def _piece(self, text, at, ends):
        """The answer that begins at a place of a folded text, as it is looked up, and where it ends."""
        for start in (at, *self._after_numbers(text, at)):
            if (end := self._known_end(text, start)) is not None:
                return text[start:end], end
        end = next((place for place in range(at, len(text)) if self._ends_at(text, place, ends)), len(text))
        opened = OTHER_OPENED.match(text, at, end)
        if opened and self.other:
            return plain(self.other), end
        return text[at:end], end

    def _known_end(self, text, at):
        """Where a known answer that begins here ends, the longest first, or None."""
        for known in self.texts:
            end = at + len(known)
            if text.startswith(known, at) and text[end : end + 1] in ENDS:
                return end
        return None

    def _after_numbers(self, text, at):
        """The places at which an answer may begin behind a number such as ① or (1) or 1. before it."""
        return [found.end() for pattern in NUMBERS if (found := pattern.match(text, at))]

    def _ends_at(self, text, place, ends):
        """Whether an unknown answer ends here: at one of `ends`; at a comma only before an answer that is known."""
        if self.ends is None or ends not in COMMAS:
            return text[place] in ends
        return text[place] in ends and self._piece_begins(text, place + 1)

    def _piece_begins(self, text, at):
        return any(self._known_end(text, start) is not None for start in (at, *self._after_numbers(text, at)))

    def look_at(self, values):
        """Tell from a column's cells which sign stands between answers, where a known answer opens a longer cell."""
        found = dict.fromkeys(DELIMITERS, 0)
        for cell in values[:LOOKED_AT] if self.multiple else []:
            text, _ = _folded(cell)
            end = self._known_end(text, 0)
            if end is not None and end < len(text):
                found[text[end]] += 1
        most = max(found, key=found.get)
        self.ends = None if not found[most] else COMMAS if most in COMMAS else most

    def read_cells(self, values):
        """What each text of a column says.

        Returns `(ticked, state)`: a boolean matrix, texts by options, and for each text 0 where an option is ticked, or
        EMPTY, UNKNOWN, TWO (a single choice with two answers), IGNORED or NO_ANSWER.
        """
        ticked = np.zeros((len(values), len(self.options)), bool)
        state = np.full(len(values), EMPTY, np.int8)
        self.look_at(values)
        for row, cell in enumerate(values):
            if (silent := self._silent(plain(cell))) is not None:
                state[row] = silent
                continue
            pieces = self._pieces_of(cell)
            self.typed += [(row, original) for text, original in pieces if self._is_typed(text, original)]
            meanings = [self._meaning(text, original) for text, original in pieces]
            for meaning in meanings:
                if isinstance(meaning, list):
                    ticked[row, meaning] = True
            state[row] = self._state(meanings, ticked[row].sum())
        return ticked, state

    def _is_typed(self, text, original):
        """Whether a text is a respondent's own words, and no answer that was offered."""
        if text in self.coded:
            return True
        opened = OTHER_OPENED.match(plain(original))
        if not self.other or (opened and opened.end() < len(plain(original))):
            return bool(self.other)
        meant = self.own.get(text, None if text in self.known or text in self.shared else self.otherwise)
        return meant == self.other

    def coded_places(self, values):
        """The place of the option to which each text of a column is put as somebody's own words; -1 for all others."""
        return np.array([self.place.get(self.coded.get(plain(text)), -1) for text in values], dtype=np.int64)

    def read(self, values):
        """Like `read_cells`, but of a single choice the places of the options."""
        ticked, state = self.read_cells(values)
        return (ticked if self.multiple else ticked.argmax(axis=1).astype(np.int16)), state

    def _silent(self, text):
        """EMPTY or NOT_PUT for a text that programs write where nothing was said; None for any other, or a known one."""
        if text in self.known or (text and text not in SILENT):
            return None
        return NOT_PUT if text == "n/a" else EMPTY

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

    def _meant(self, text):
        """The options that a text may name, with a number before it or without."""
        return [self.known.get(text[start:]) for start in (0, *self._after_numbers(text, 0))]

    def read_ticks(self, values, option, number=None):
        """What each text of one option's own column says: 0 ticked, NOT_TICKED, EMPTY, UNKNOWN, NOT_PUT or IGNORED.

        `number` is the one that the option itself has, where a form writes it in place of a tick. In the column of
        "other" any text is a tick: the respondent's own words.
        """
        yes, no = {plain(text) for text in TICKS}, {plain(text) for text in NO_TICKS}
        texts = {plain(cell) for cell in values} - {""}
        if number and texts == {str(number)}:
            yes = yes | texts
        state = np.full(len(values), EMPTY, np.int8)
        for row, cell in enumerate(values):
            text = _without_point(plain(cell), self.own)
            known = text in yes or text in no or option in self._meant(text)
            meaning = self.own.get(text, None if known or not text else self.otherwise)
            if (silent := self._silent(text)) is not None and meaning is None:
                state[row] = silent
                continue
            if meaning in ("ticked", "not_ticked", "ignore"):
                state[row] = {"ticked": 0, "not_ticked": NOT_TICKED, "ignore": IGNORED}[meaning]
            elif self.known.get(text) == NO_ANSWER:
                state[row] = EMPTY
            elif option in (*self._meant(text), meaning) or (text in yes and text not in self.own):
                state[row] = 0
            elif text in no and text not in self.own:
                state[row] = NOT_TICKED
            elif option == self.other:
                self.typed.append((row, cell))
                state[row] = 0
            else:
                self.unknown.setdefault(cell, text)
                state[row] = UNKNOWN
        return state


def _without_point(text, known):
    """A number such as 1.0 as 1, where it is not known as it is."""
    return text if text in known else re.sub(r"^(\d+)\.0+$", r"\1", text)


def _folded(cell, breaks=True):
    """A cell's text as `plain` gives it, with its line breaks or without, and where in the NFKC form each sign stands."""
    text = unicodedata.normalize("NFKC", cell)
    signs, where = [], []
    for place, sign in enumerate(text):
        for folded in sign.translate(SIGNS).casefold():
            if (breaks and folded in "\r\n") or not UNSEEN.match(folded):
                signs.append("\n" if folded == "\r" else folded)
                where.append(place)
    return "".join(signs), where


def cell_part(cell, where, start, end):
    """The part of a cell, in its NFKC form, that signs `start` to `end` of its folded text stand for."""
    return unicodedata.normalize("NFKC", cell)[where[start] : where[end - 1] + 1].strip()
