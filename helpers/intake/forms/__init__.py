"""The tools that answers come from, a module each, and what their exports have in common.

A tool's module holds its rules in its docstring, and `NAME`; `KNOWN`, the headings of the columns that it adds by itself,
with what they are (`time`, `email`, `token`, `respondent`, or "" for all that tells nothing about the answers);
`LEFT_OUT`, of such columns the values that tell that a row is no answer; `recognises(sheet)`, and `read(sheet, names)`,
which gives the sheet as all else in `intake` reads it: one heading a column, one row a respondent.
"""

from ...said import Said
from . import (
    google,
    japanese,
    known,
    kobo,
    limesurvey,
    microsoft,
    programs,
    qualtrics,
    redcap,
    spss,
    surveymonkey,
    xlsform,
)

TOOLS = (spss, qualtrics, surveymonkey, limesurvey, redcap, kobo, microsoft, google, japanese, programs)


def read_form(sheet, names, folder):
    """A Sheet as all else reads it, whatever tool wrote it; the columns that tools add, and rows that are no answers, told.

    `names` are the Names of the codebook: what is a question there is never taken for a column of the tool. An XLSForm in
    the survey's `folder` tells what its names mean.
    """
    if (folder / xlsform.FORM).exists():
        sheet = xlsform.translate(sheet, xlsform.read_form_file(folder / xlsform.FORM), names)
    for tool in TOOLS:
        if tool.recognises(sheet):
            sheet = tool.read(sheet, names)
            sheet.tool = tool.NAME
            sheet.notes.insert(0, Said("read as an export of {tool}", tool=tool.NAME))
            break
    sheet = known.second_line(sheet, names)
    return known.settle(sheet, names, TOOLS)
