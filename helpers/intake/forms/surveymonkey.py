"""SurveyMonkey: CSV or XLSX, "all responses".

- Two heading lines: questions, and below them the answers, or the rows of a grid; `Response`, `Open-Ended Response` where
  a question has one column. A question's further columns have no heading of their own.
- A column per option, with the label in the cell (or its number, in numeric exports); options that nobody chose may have
  no column. `Other (please specify)` holds own words.
- `Respondent ID` names the respondent; `Collector ID`, dates, `IP Address`, names, `Custom Data 1` tell nothing.
"""

from ..headings import letters
from .known import has

NAME = "SurveyMonkey"
KNOWN = {"respondent id": "respondent", "respondent_id": "respondent", "collector id": "", "collector_id": ""}
KNOWN |= {"start date": "", "end date": "time", "date_created": "", "date_modified": "time", "ip address": ""}
KNOWN |= {"email address": "email", "first name": "", "last name": "", "回答者id": "respondent", "コレクターid": ""}
KNOWN |= {"開始日": "", "終了日": "time", "ip アドレス": "", "メールアドレス": "email", "名": "", "姓": ""}
KNOWN |= {f"custom data {n}": "" for n in range(1, 11)} | {f"custom_{n}": "" for n in range(1, 11)}
KNOWN |= {f"カスタムデータ {n}": "" for n in range(1, 11)} | {"custom data": "", "カスタムデータ": ""}
LEFT_OUT = {}
ONE_COLUMN = {letters(text) for text in ("Response", "Open-Ended Response", "回答", "自由回答", "自由回答形式の回答")}


def recognises(sheet):
    """Whether it has a respondent and a collector, or a second line that says "Response"."""
    if has(sheet, "respondent id", "collector id") or has(sheet, "回答者ID", "コレクターID"):
        return True
    return sheet.rows > 1 and any(letters(column.text(0)) in ONE_COLUMN for column in sheet.columns)


def read(sheet, names):
    """The sheet with one heading a column: the question, and in brackets the answer or row below it."""
    if sheet.columns[0].text(0) and letters(sheet.columns[0].heading) in map(letters, KNOWN):
        return sheet  # a respondent stands in the second line already
    question = ""
    for column in sheet.columns:
        question = column.heading or question
        below = column.text(0)
        one = not below or letters(below) in ONE_COLUMN
        column.heading = question if one else " ".join(f"{question} [{below}]".split())
    return sheet.without_first_rows(1)
