"""REDCap: CSV, raw or with labels.

- `record_id` names the respondent; `redcap_event_name`, `redcap_survey_identifier`, `…_timestamp` tell nothing.
- A column per option: `field___code` with 0 and 1, or `Wording (choice=Label)` with Unchecked and Checked; a field that was
  never seen has 0, too, so that a 0 does not tell that it was.
- `…_complete` (`Complete?`) is 0 or Incomplete where the form was not finished, and so is a time of `[not completed]`.
"""

import re

from .. import account as outcome
from ..headings import letters
from ..matching import Target
from .known import has, mark

NAME = "REDCap"
KNOWN = {"record_id": "respondent", "record id": "respondent", "study id": "respondent", "redcap_event_name": ""}
KNOWN |= {"event name": "", "redcap_repeat_instrument": "", "repeat instrument": "", "redcap_repeat_instance": ""}
KNOWN |= {
    "repeat instance": "",
    "redcap_survey_identifier": "token",
    "survey identifier": "token",
    "survey timestamp": "time",
}
KNOWN |= {"redcap_data_access_group": "", "data access group": ""}
LEFT_OUT = {}


def recognises(sheet):
    """Whether it has records, or columns of options as REDCap heads them."""
    heads = [column.heading for column in sheet.columns]
    return has(sheet, "record_id") or any("___" in head or "(choice=" in head for head in heads)


def read(sheet, names):
    """The sheet, the unfinished rows marked."""
    for column in sheet.columns:
        name = letters(column.heading)
        if re.search(r"_complete$", column.heading.casefold()) or name == "complete":
            column.target = Target("known", "")
            mark(sheet, column, outcome.UNFINISHED, ["0", "incomplete", ""])
        elif re.search(r"_timestamp$", column.heading.casefold()) or name == "surveytimestamp":
            column.target = Target("known", "time")
            mark(sheet, column, outcome.UNFINISHED, ["[not completed]"])
    return sheet
