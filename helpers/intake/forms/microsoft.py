"""Microsoft Forms: XLSX.

- The first columns are `ID`, `Start time`, `Completion time`, `Email`, `Name` (開始時刻, 完了時刻, メール, 名前); `Last modified
  time`, `Language`, `Total points`, `Points - …`, `Feedback - …` may follow. `ID` names the respondent.
- Several answers stand in one cell, each with `;` after it, also the last. Spaces may be no-break spaces.
- "anonymous" as e-mail address tells nobody apart.
"""

from ..matching import Target
from .known import has

NAME = "Microsoft Forms"
KNOWN = {"id": "respondent", "start time": "", "completion time": "time", "email": "email", "name": ""}
KNOWN |= {
    "開始時刻": "",
    "完了時刻": "time",
    "メール": "email",
    "名前": "",
    "最終変更時刻": "",
    "last modified time": "",
}
KNOWN |= {
    "total points": "",
    "quiz feedback": "",
    "合計点": "",
    "クイズのフィードバック": "",
    "言語": "",
    "language": "",
}
KNOWN |= {"電子メール": "email", "grade posted time": "", "開始日時": "", "完了日時": "time"}
LEFT_OUT = {}
MARKS = ("points - ", "feedback - ", "ポイント - ", "フィードバック - ", "点数 - ")


def recognises(sheet):
    """Whether it has an ID, a start and a completion."""
    return has(sheet, "id", "start time", "completion time") or has(sheet, "id", "開始時刻", "完了時刻")


def read(sheet, names):
    """The sheet as it is, the marks of a quiz set aside."""
    for column in sheet.columns:
        if column.heading.casefold().replace("\xa0", " ").startswith(MARKS):
            column.target = Target("known", "")
    return sheet
