"""Google Forms: CSV, or a zip with one.

- The first column is `Timestamp` (タイムスタンプ); `Email Address`, `Username`, `Score` may follow.
- Several answers stand in one cell, in the order of the form, with `;` (download) or `, ` (from Sheets) between them; words
  typed beside "Other" come last, as they were typed, with whatever signs: they run to the next answer that is known.
- A grid has a column per row: `Wording [row]`; a checkbox grid has several answers in each.
"""

from ..headings import letters

NAME = "Google Forms"
KNOWN = {"timestamp": "time", "タイムスタンプ": "time", "email address": "email", "メールアドレス": "email"}
KNOWN |= {"username": "email", "ユーザー名": "email", "score": "", "スコア": "", "メール アドレス": "email"}
LEFT_OUT = {}


def recognises(sheet):
    """Whether a time stamp heads the first column."""
    return bool(sheet.columns) and letters(sheet.columns[0].heading) in ("timestamp", "タイムスタンプ")


def read(sheet, names):
    """The sheet as it is: one heading a column, one row a respondent."""
    return sheet
