"""The account of an import: what became of every row and every cell that was read."""

from dataclasses import dataclass, field

import numpy as np

from .sheets import first_few

KEPT, EMPTY_ROW, AGAIN = "kept", "kept out, no answer in it", "kept out, another row of the same respondent counts"
PREVIEW, DECLINED, UNFINISHED = "kept out, a preview or test", "kept out, no consent", "kept out, unfinished"
STORED, BLANK, UNANSWERED = "stored as answers", "empty or not ticked", "said to be no answer"
DOUBLE = "two answers to a single choice, stored as no answer"
OUT = "kept out, the question was not put to this respondent"
LEFT = "left out, settled as ignore"
KNOWN = "in columns that the form adds, not stored"
COMMENT = "comments, kept in answers.xlsx"
WORDS, SAID_AGAIN = "words of the respondents' own, counted as other", "in columns that say the same again"
ROW_OUT, KEYS, NO_HEADING = "in rows kept out", "respondent ids and weights", "in columns without heading, all empty"


@dataclass
class Account:
    """What became of every row and cell: `rows` and `cells` add up to what was read; `notes` say the rest.

    `stopped` says after which question how many respondents stopped. `update` says what changed since the last import, if
    there was one (`versions.Update`).
    """

    source: str
    rows: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    update: object = None

    def lines(self):
        """The account as lines of text."""
        lines = [self.source]
        for what, parts in (("rows", self.rows), ("cells", self.cells)):
            lines.append(f"{what} read: {sum(parts.values()):,}")
            lines += [f"  {part}: {number:,}" for part, number in parts.items() if number]
        return lines + self.notes

    def add_cells(self, what, number):
        """Count cells under what became of them."""
        self.cells[what] = self.cells.get(what, 0) + int(number)

    def note_rows(self, what, mask, numbers):
        """Note how many rows a mask marks and which, if any; `numbers` are the rows as people count them."""
        if mask.any():
            self.notes.append(f"{what}: {int(np.sum(mask)):,} (row {first_few(numbers[mask])})")
