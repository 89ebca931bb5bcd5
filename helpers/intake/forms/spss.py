"""SPSS: SAV files (read by `intake/spss.py`).

- Cells are told by their value labels, columns by their names and variable labels; a variable per option is told by the
  option as its label, beside the question's id and a number (`q4_1` "A caution …"), or by the set it belongs to.
- A multiple response set of dichotomies is a column of ticks for each variable, ticked where it has the counted value; one
  of categories is a question whose answers stand in several variables.
- User-defined missing values say what their label says, if that is an option; else they are no answer.
"""

from ..headings import find

NAME = "SPSS"
KNOWN = {}
LEFT_OUT = {}


def recognises(sheet):
    """Whether it came from a SAV file."""
    return sheet.how == "SPSS"


def read(sheet, names):
    """The sheet, the variables of a set labelled with the question that it stands for."""
    for column in sheet.columns:
        if find(names, column.heading, column.label)[0]:
            continue
        for name in sheet.sets.get(column.heading, ()):
            label = f"{name} [{column.label or column.heading}]"
            if find(names, label)[0]:
                column.label = label
                break
    return sheet
