"""LimeSurvey: CSV or XLSX, with codes or full texts.

- `Response ID` (`id`) names the respondent; `Date submitted` (`submitdate`) is empty where the answers were not sent: such a
  row is unfinished. `Last page`, `Start language`, `Seed`, `IP address`, `Referrer URL` tell nothing; `token` tells twice.
- Codes: question codes have no `_`; `q4[SQ001]` is the first answer, with `Y`; `A1` the first answer of a list, `-oth-` "other",
  which stands outside the numbers; `q4[other]` holds own words.
- Full texts: `Wording [Answer]` with Yes/No (はい/いいえ), `Wording [Other]` with own words; also `code. Wording`.
- `N/A` was not asked; an empty cell was left empty, or not seen.
"""

import re

from .. import account as outcome
from ..headings import letters
from ..matching import Target
from .known import has, mark, name_by_text

NAME = "LimeSurvey"
KNOWN = {"id": "respondent", "response id": "respondent", "回答id": "respondent", "submitdate": "time"}
KNOWN |= {
    "date submitted": "time",
    "送信日": "time",
    "送信日時": "time",
    "提出日": "time",
    "lastpage": "",
    "last page": "",
}
KNOWN |= {
    "最後のページ": "",
    "最終ページ": "",
    "startlanguage": "",
    "start language": "",
    "開始言語": "",
    "開始時の言語": "",
}
KNOWN |= {"seed": "", "シード": "", "startdate": "", "date started": "", "開始日": "", "開始日時": "", "datestamp": ""}
KNOWN |= {"date last action": "", "最終操作日": "", "最終更新日": "", "ipaddr": "", "ip address": "", "ipアドレス": ""}
KNOWN |= {
    "refurl": "",
    "referrer url": "",
    "参照元url": "",
    "token": "token",
    "access code": "token",
    "トークン": "token",
}
KNOWN |= {"total time": "", "interviewtime": "", "アクセスコード": "token"}
LEFT_OUT = {}
ALWAYS = (
    "lastpage",
    "last page",
    "最後のページ",
    "最終ページ",
    "startlanguage",
    "start language",
    "開始言語",
    "seed",
    "シード",
)
SENT = ("submitdate", "date submitted", "送信日", "送信日時", "提出日")


def recognises(sheet):
    """Whether it has a date of submission, and a last page, a language or a seed."""
    return any(has(sheet, name) for name in SENT) and any(has(sheet, name) for name in ALWAYS)


def read(sheet, names):
    """The sheet headed by wordings where codes stand before them, the unfinished rows marked."""
    for column in sheet.columns:
        if both := re.fullmatch(r"([A-Za-z]\w*(?:\[\w+\])*)\s*[.:]\s+(.+)", column.heading):
            column.heading = both[1]
            name_by_text(column, both[2], names)
        if re.search(r"comment\]$|\[コメント\]$|\[comment\]$", column.heading, re.IGNORECASE):
            column.target = Target("known", "")
        if letters(column.heading) in map(letters, SENT):
            mark(sheet, column, outcome.UNFINISHED, [""])
    return sheet
