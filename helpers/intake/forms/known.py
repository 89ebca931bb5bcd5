"""Columns that forms add by themselves, and what they say about a row: preview, no consent, unfinished.

What a question of the codebook is called is never taken for one of them.
"""

import re

import numpy as np

from ...said import Said
from ...survey.problems import quote
from .. import account as outcome
from ..headings import find, letters
from ..matching import Target, plain

COMMON = dict.fromkeys(
    (
        "timestamp",
        "date",
        "submitted",
        "submitted at",
        "submission date",
        "created",
        "created at",
        "completed at",
        "date created",
        "date modified",
        "recorded date",
    ),
    "time",
) | dict.fromkeys(
    (
        "start",
        "end",
        "start date",
        "start time",
        "ip",
        "ip address",
        "name",
        "first name",
        "last name",
        "full name",
        "language",
        "user language",
        "duration",
        "duration in seconds",
        "time taken",
        "browser",
        "user agent",
        "device",
        "referrer",
        "referer",
        "url",
        "source",
        "latitude",
        "longitude",
        "location",
        "progress",
        "status",
        "score",
        "collector",
        "tags",
        "notes",
        "phone",
        "phone number",
        "telephone",
    ),
    "",
)
COMMON |= dict.fromkeys(("email", "e-mail", "email address", "e-mail address", "mail", "mail address"), "email")
COMMON |= {"token": "token", "response id": "respondent", "responseid": "respondent", "submission id": "respondent"}
FINISHED = ("finished", "complete", "completed", "complete?", "完了", "回答完了", "回答済")
STATUS = ("status", "response status", "response type", "状態", "ステータス", "回答状況", "回答ステータス", "回答状態")
PROGRESS = ("progress", "進捗", "進捗率", "progress %")
CONSENT = re.compile(r"consent|同意|agreetotakepart|agreetoparticipate|willingtotakepart")
YES = ("yes", "y", "true", "1", "checked", "selected", "i agree", "agree", "agreed", "i consent", "consent", "accept")
YES += ("はい", "同意", "同意する", "同意します", "同意した", "承諾する", "承諾", "○", "◯", "✓", "x", "☑", "●")
NO = (
    "",
    "no",
    "n",
    "false",
    "0",
    "unchecked",
    "not selected",
    "i do not agree",
    "disagree",
    "i disagree",
    "i don't agree",
)
NO += ("do not agree", "i do not consent", "いいえ", "同意しない", "同意しません", "承諾しない", "×", "na", "nan")
TEST = ("test", "tests", "testing", "テスト", "preview", "プレビュー", "survey preview", "survey test", "spam")
NOT_DONE = ("partial", "incomplete", "unfinished", "in progress", "inprogress", "started", "disqualified", "terminated")
NOT_DONE += ("screened out", "screenout", "quota full", "over quota", "overquota", "abandoned", "not completed")
NOT_DONE += ("途中", "未完了", "回答中", "中断", "途中離脱", "離脱", "未送信", "対象外", "一時保存", "未回答")
DONE = (
    "",
    "complete",
    "completed",
    "finished",
    "done",
    "submitted",
    "yes",
    "true",
    "1",
    "2",
    "0",
    "ip address",
    "imported",
)
DONE += (
    "offline",
    "完了",
    "回答済み",
    "回答済",
    "送信済み",
    "送信済",
    "はい",
    "有効",
    "有効回答",
    "submitted_via_web",
    "100",
)


def settle(sheet, names, tools):
    """Tell the columns that forms add, by their headings, and mark the rows that are no answers by what these say."""
    purposes, left_out = _gathered(tools)
    has_id = any(Target("respondent") in find(names, each.heading, each.label)[0] for each in sheet.columns)
    for column in sheet.columns:
        key = letters(column.heading)
        if not key or column.target or find(names, column.heading, column.label)[0]:
            continue
        purpose = purposes.get(key)
        if purpose == "respondent" and not has_id:
            column.target, has_id = Target("respondent"), True
        elif purpose is not None or key in left_out or key in ALL_STATES:
            column.target = Target("known", "" if purpose in (None, "respondent") else purpose)
        _mark(sheet, column, key, left_out.get(key))
    if shown := [column.heading for column in sheet.columns if column.target and column.target.kind == "known"]:
        sheet.notes.append(Said("columns of the form itself, not stored: {names}", names=[*map(quote, shown)]))
    return sheet


def _gathered(tools):
    """The headings of all tools with what they are, and the values that leave a row out, by letters and digits."""
    purposes, left_out = {letters(name): what for name, what in COMMON.items()}, {}
    for tool in tools:
        purposes |= {letters(name): what for name, what in tool.KNOWN.items()}
        left_out |= {letters(name): values for name, values in tool.LEFT_OUT.items()}
    return purposes, left_out


ALL_STATES = {letters(name) for name in (*FINISHED, *STATUS, *PROGRESS)}


def _mark(sheet, column, key, values):
    """Mark the rows that a column tells to be no answers; `values` maps its plain values to what becomes of them."""
    if CONSENT.search(key):
        _mark_consent(sheet, column)
    elif values is not None:
        for reason in set(values.values()):
            mark(sheet, column, reason, [value for value in values if values[value] == reason])
    elif key in {letters(name) for name in FINISHED} and _says(column, (*YES, *NO, *DONE, *NOT_DONE)):
        mark(sheet, column, outcome.UNFINISHED, [*NO, *NOT_DONE])
    elif key in {letters(name) for name in STATUS}:
        mark(sheet, column, outcome.PREVIEW, TEST)
        mark(sheet, column, outcome.UNFINISHED, NOT_DONE)
        if strange := [text for text in column.texts() if plain(text) not in ALL_SAID]:
            shown = [*map(quote, strange[:5])]
            sheet.notes.append(
                Said(
                    "{heading}: {shown} is no status that is known; such rows count",
                    heading=column.heading,
                    shown=shown,
                )
            )
    elif key in {letters(name) for name in PROGRESS}:
        percent = [re.fullmatch(r"(\d{1,3})(?:\.\d+)?%?", plain(text)) for text in column.values]
        mark_where(sheet, column, outcome.UNFINISHED, [bool(found) and int(found[1]) < 100 for found in percent])


ALL_SAID = {plain(word) for word in (*TEST, *NOT_DONE, *DONE)}


def _mark_consent(sheet, column):
    """Leave out those who gave no consent, where all that stands in a column is a yes or a no."""
    if _says(column, (*YES, *NO)) and any(plain(text) in set(map(plain, YES)) for text in column.values):
        mark(sheet, column, outcome.DECLINED, NO)
        column.target = Target("known", "")


def _says(column, words):
    return all(plain(text) in set(map(plain, words)) for text in column.values)


def mark(sheet, column, reason, words):
    """Mark the rows in which one of these words stands, if not in all of them."""
    words = set(map(plain, words))
    mark_where(sheet, column, reason, [plain(text) in words for text in column.values])


def mark_where(sheet, column, reason, told):
    """Mark the rows of those distinct texts of a column that are told to be no answers, if not all are."""
    mask = np.array(told, bool)[column.codes] if len(told) else np.zeros(sheet.rows, bool)
    if mask.any() and not mask.all():
        sheet.out[reason] = sheet.out.get(reason, False) | mask


# --- a second heading line -------------------------------------------------------------------------------------------


def second_line(sheet, names):
    """The sheet with one heading a column, where the first row says which option of a question each column holds.

    That is so where several columns share a heading, or have none, and each has an option of its question in the first
    row; the other columns have nothing there, or a word of their own.
    """
    question, groups = "", {}
    for column in sheet.columns if sheet.rows > 1 else []:
        question = column.heading or question
        groups.setdefault(question, []).append(column)
    several = {head: group for head, group in groups.items() if head and len(group) > 1}
    found = {
        head: group
        for head, group in several.items()
        if all(
            any(t.option for t in find(names, f"{head} [{column.text(0)}]")[0]) for column in group if column.text(0)
        )
        and sum(bool(column.text(0)) for column in group) > 1
    }
    if not found or len({column.text(0) for group in found.values() for column in group}) < 2:
        return sheet
    for head, group in found.items():
        for column in group:
            column.heading = " ".join(f"{head} [{column.text(0)}]".split()) if column.text(0) else ""
    return sheet.without_first_rows(1)


# --- what several tools' modules share -------------------------------------------------------------------------------


def has(sheet, *headings):
    """Whether a sheet has all of these headings."""
    there = {letters(column.heading) for column in sheet.columns}
    return all(letters(heading) in there for heading in headings)


def name_by_text(column, text, names):
    """Head a column by the text of its question, where the codebook knows that; else as it is, with the text beside it.

    The names that tools give to questions (Q1, Q2 …) count through the form, and need not be those of the codebook.
    """
    if text and (find(names, text)[0] or re.fullmatch(r"[Qq](ID)?\d+([_#.].*)?", column.heading)):
        column.heading = " ".join(text.split())
    elif text:
        column.label = " ".join(text.split())
