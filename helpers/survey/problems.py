"""What can be wrong with a survey folder, and how it is said."""

import re
from dataclasses import dataclass

from ..said import Said

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # no XML file may hold these, nor delete


class SurveyError(ValueError):
    """A survey folder that cannot be used; the message is meant for the person who made it.

    It is given as a template with its values, or as a Said; `said` is what the command line translates.
    """

    def __init__(self, message, **values):
        super().__init__(Said(message, **values) if values else message)

    @property
    def said(self):
        return self.args[0]

    def _render_traceback_(self):
        # Jupyter's hook: a user's mistake shows as its message, without a traceback.
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a survey folder: where it is, what stands there, what was expected (see helpers/said.py)."""

    file: str
    row: int | None
    value: str
    expected: str

    @property
    def said(self):
        where = self.file if self.row is None else Said("{file}, row {row}", file=self.file, row=self.row)
        return Said(
            "{where}: found {found}; expected {expected}", where=where, found=self.value, expected=self.expected
        )

    def __str__(self):
        return str(self.said)

    def within(self, folder):
        """The same as a message about a file of a folder."""
        return Said("{folder}/{problem}", folder=folder.name, problem=self.said)


def flaw(file, row, found, expected, /, **values):
    """The Problem whose parts are templates, filled with the same values."""
    return Problem(file, row, Said(found, **values), Said(expected, **values))


def quote(value, width=60):
    """A value in quotation marks for a message, escaped and cut to about `width` characters."""
    text = str(value)
    return repr(text if len(text) <= width else text[: width - 1] + "…")
