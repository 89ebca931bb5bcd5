"""What can be wrong with a survey folder, and how it is said."""

import re
from dataclasses import dataclass

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # no XML file may hold these, nor delete


class SurveyError(ValueError):
    """A survey folder that cannot be used; the message is meant for the person who made it."""

    def _render_traceback_(self):
        # Jupyter's hook: a user's mistake shows as its message, without a traceback.
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a survey folder: where it is, what stands there, what was expected."""

    file: str
    row: int | None
    value: str
    expected: str

    def __str__(self):
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{where}: found {self.value}; expected {self.expected}"


def quote(value, width=60):
    """A value in quotation marks for a message, escaped and cut to about `width` characters."""
    text = str(value)
    return repr(text if len(text) <= width else text[: width - 1] + "…")
