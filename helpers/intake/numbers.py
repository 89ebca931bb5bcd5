"""Cells of a question whose answer is a number."""

import re
import unicodedata

import numpy as np

from .matching import EMPTY, IGNORED, NO_ANSWER, NO_ANSWER_NAMES, SILENT, UNKNOWN, plain

NUMBER = re.compile(r"[+-]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,20})?")


class NumberReader:
    """Reads the cells of one question of kind number; in the place of a Reader, with no options to choose from.

    `settled` are the texts that mapping.toml settles: a number, "no_answer" or "ignore".
    """

    multiple, options, place, double = False, (), {}, frozenset()

    def __init__(self, question, settled=None):
        self.question = question
        self.own = {plain(text): meaning for text, meaning in (settled or {}).items()}
        self.unknown, self.notes = {}, []

    def declare_missing(self, texts):
        """Take texts that a file declares to be no answer as that."""
        self.own = dict.fromkeys(map(plain, texts), "no_answer") | self.own

    def read(self, values):
        """What each text of a column says: `(numbers, state)`, the state 0 where there is a number, else as in a Reader."""
        numbers, state = np.full(len(values), np.nan), np.full(len(values), EMPTY, np.int8)
        for row, cell in enumerate(values):
            if plain(cell) not in ("", *SILENT):
                state[row], numbers[row] = self._meaning(cell)
        return numbers, state

    def _meaning(self, cell):
        text = plain(cell)
        meaning = self.own.get(text, self.own.get("*") if as_number(cell) is None else None)
        if meaning == "ignore":
            return IGNORED, np.nan
        if meaning == "no_answer" or (meaning is None and text in {plain(name) for name in NO_ANSWER_NAMES}):
            return NO_ANSWER, np.nan
        number = as_number(cell if meaning is None else str(meaning))
        if number is None:
            self.unknown.setdefault(cell, text)
            return UNKNOWN, np.nan
        return 0, number


def as_number(text):
    """A text as a float: full-width digits and commas between thousands are read, units and words are not; else None."""
    text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    return float(text.replace(",", "")) if NUMBER.fullmatch(text) else None
