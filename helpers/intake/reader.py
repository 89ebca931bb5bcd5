"""What the cells of one question say: texts cut into answers, and each answer found among the options."""

import re
import unicodedata

import numpy as np

from ..said import Said
from ..survey.problems import quote
from .matching import (
    DELIMITERS,
    EMPTY,
    IGNORED,
    NO_ANSWER,
    NO_TICKS,
    NOT_PUT,
    NOT_TICKED,
    SIGNS,
    SILENT,
    TICKS,
    TWO,
    UNKNOWN,
    UNSEEN,
    plain,
)

COMMAS = ",、"
ENDS = {"", *DELIMITERS}
OTHER_NAMES = ("Other", "その他")
NUMBERS = [
    re.compile(before + r"[.):、-]?") for before in (r"\(?\d", r"\(?\d\d", "[ア-ン]", "[a-z](?=[.)])")
]  # before an answer
OTHER_OPENED = re.compile(r"(?:other|その他)[(:\[-]")  # "Other: our own", "その他（…）"
LOOKED_AT = 2000  # distinct cells that tell how a column is written


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
