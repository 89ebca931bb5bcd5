"""The account of an import: what became of every row and every cell that was read."""

from dataclasses import dataclass, field

import numpy as np

from ..said import Said, english
from .sheets import first_few

KEPT, EMPTY_ROW, AGAIN = (
    Said("kept"),
    Said("kept out, no answer in it"),
    Said("kept out, another row of the same respondent counts"),
)
PREVIEW, DECLINED, UNFINISHED = (
    Said("kept out, a preview or test"),
    Said("kept out, no consent"),
    Said("kept out, unfinished"),
)
STORED, BLANK, UNANSWERED = Said("stored as answers"), Said("empty or not ticked"), Said("said to be no answer")
DOUBLE = Said("two answers to a single choice, stored as no answer")
OUT = Said("kept out, the question was not put to this respondent")
LEFT = Said("left out, settled as ignore")
KNOWN = Said("in columns that the form adds, not stored")
COMMENT = Said("comments, kept in answers.xlsx")
WORDS, SAID_AGAIN = Said("words of the respondents' own, counted as other"), Said("in columns that say the same again")
ROW_OUT, KEYS, NO_HEADING = (
    Said("in rows kept out"),
    Said("respondent ids and weights"),
    Said("in columns without heading, all empty"),
)


@dataclass
class Account:
    """What became of every row and cell: `rows` and `cells` add up to what was read; `notes` say the rest.

    What it says are messages (helpers/said.py), said by `say`, a language. `stopped` says after which question how many respondents stopped. `update` says what changed since the last import, if
    there was one (`versions.Update`).
    """

    source: str
    say: object = english
    rows: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    update: object = None

    def lines(self):
        """The account as lines of text, in its language."""
        lines = [self.source]
        for read, parts in ((Said("rows read"), self.rows), (Said("cells read"), self.cells)):
            lines.append(Said("{what}: {number:,}", what=read, number=sum(parts.values())))
            lines += [Said("  {what}: {number:,}", what=part, number=n) for part, n in parts.items() if n]
        return [self.say(line) for line in lines + self.notes]

    def add_cells(self, what, number):
        """Count cells under what became of them."""
        self.cells[what] = self.cells.get(what, 0) + int(number)

    def note_rows(self, what, mask, numbers):
        """Note how many rows a mask marks and which, if any; `numbers` are the rows as people count them."""
        if mask.any():
            n, rows = int(np.sum(mask)), first_few(numbers[mask])
            self.notes.append(Said("{what}: {n:,} (row {rows})", what=what, n=n, rows=rows))
