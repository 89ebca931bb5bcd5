"""Qualtrics: CSV, TSV or XLSX, with labels or numbers.

- Three heading lines: names (`Q4_1`), wordings (`Wording - Selected Choice - Answer`), and `{"ImportId": …}`. The wordings
  decide, since the names count through the form.
- Several answers in one cell with commas, or a column per option with its label or 1; `Q4_10_TEXT` holds own words.
- Previews, tests and spam (`Status`, `DistributionChannel`) are no answers; `Finished` and `Progress` tell the unfinished.
  `-99` is a question that was seen and left empty.
- `ResponseId` names the respondent.
"""

import re

from .. import account as outcome
from .known import has, mark, name_by_text

NAME = "Qualtrics"
KNOWN = {"startdate": "", "enddate": "", "recordeddate": "time", "status": "", "ipaddress": "", "progress": ""}
KNOWN |= {"duration (in seconds)": "", "finished": "", "responseid": "respondent", "recipientlastname": ""}
KNOWN |= {"recipientfirstname": "", "recipientemail": "email", "externalreference": "token", "locationlatitude": ""}
KNOWN |= {"locationlongitude": "", "distributionchannel": "", "userlanguage": "", "q_recaptchascore": ""}
KNOWN |= {"q_relevantidduplicate": "", "q_relevantidduplicatescore": "", "q_relevantidfraudscore": ""}
KNOWN |= {"q_relevantidlaststartdate": "", "q_duplicaterespondent": "", "q_ballotboxstuffing": "", "responseset": ""}
KNOWN |= {"externaldatareference": "token", "responsecode": "", "開始日": "", "終了日": "", "記録日": "time"}
TESTS = (
    "1",
    "2",
    "8",
    "9",
    "survey preview",
    "survey test",
    "spam",
    "possible spam",
    "preview",
    "アンケートのプレビュー",
)
LEFT_OUT = {"distributionchannel": dict.fromkeys(("preview", "test"), outcome.PREVIEW)}
NO = ("false", "0", "いいえ", "no", "偽")
IMPORT_ID = re.compile(r'^\s*\{\s*"?ImportId')


def recognises(sheet):
    """Whether one of its first lines holds import ids, or it has a status, a progress and a response id."""
    return _lines(sheet) > 0 or has(sheet, "responseid", "progress", "finished")


def _lines(sheet):
    """How many heading lines follow the first."""
    for line in range(min(3, sheet.rows)):
        if any(IMPORT_ID.match(column.text(line)) for column in sheet.columns):
            return line + 1
    return 0


def read(sheet, names):
    """The sheet headed by the wordings, previews and tests told by its status, which is a number in numeric exports."""
    lines = _lines(sheet)
    for column in sheet.columns:
        name = column.heading.casefold().replace(" ", "")
        if lines > 1 and name not in _ADDED:
            text = re.sub(r"\s+-\s+(Selected Choice|選択された選択肢|選択した選択肢)(?=\s+-|$)", "", column.text(0))
            name_by_text(column, text, names)
    sheet = sheet.without_first_rows(lines) if lines else sheet
    for column in sheet.columns:
        _mark(sheet, column)
    return sheet


_ADDED = {name.replace(" ", "") for name in KNOWN}


def _mark(sheet, column):
    name = column.heading.casefold()
    if name == "status":
        mark(sheet, column, outcome.PREVIEW, TESTS)
    elif name == "finished":
        mark(sheet, column, outcome.UNFINISHED, NO)
