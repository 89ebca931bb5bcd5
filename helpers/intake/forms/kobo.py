"""KoboToolbox and ODK: CSV (with `;` or `,`) or XLSX, with names or labels.

- Headings have the groups before them: `group/q4`, `group-q4`; a column per option follows: `group/q4/caution`.
- Several answers stand in one cell with spaces between them, as names or labels, with and without a column per option
  (1/0, TRUE/FALSE); where both are there, they must agree.
- `start`, `end`, `today`, `_uuid`, `_submission_time`, `_index` … tell nothing; `_id`, `KEY` or `instanceID` names the
  respondent. `_validation_status` "not approved" is no answer.
"""

import re

from .. import account as outcome
from ..headings import find
from ..matching import plain
from .known import has

NAME = "KoboToolbox or ODK"
KNOWN = {"start": "", "end": "", "today": "", "deviceid": "", "username": "", "phonenumber": "", "subscriberid": ""}
KNOWN |= {"simserial": "", "audit": "", "_id": "respondent", "_uuid": "", "_submission_time": "time", "_notes": ""}
KNOWN |= {"_validation_status": "", "_status": "", "_submitted_by": "", "__version__": "", "_tags": "", "_index": ""}
KNOWN |= {"_xform_id": "", "_xform_id_string": "", "_attachments": "", "_geolocation": "", "formhub/uuid": ""}
KNOWN |= {
    "meta/instanceid": "",
    "meta/rootuuid": "",
    "meta/instancename": "",
    "submissiondate": "time",
    "key": "respondent",
}
KNOWN |= {
    "instanceid": "respondent",
    "instancename": "",
    "submitterid": "",
    "submittername": "",
    "deviceid": "",
    "edits": "",
}
KNOWN |= {"attachmentspresent": "", "attachmentsexpected": "", "reviewstate": "", "formversion": ""}
KNOWN |= {
    "_date_modified": "",
    "_media_count": "",
    "_total_media": "",
    "_duration": "",
    "_version_": "",
    "meta-instanceid": "",
}
REFUSED = dict.fromkeys(("validation_status_not_approved", "not approved", "not_approved", "rejected"), outcome.PREVIEW)
LEFT_OUT = {"_validation_status": REFUSED, "reviewstate": REFUSED}


def recognises(sheet):
    """Whether it has what Kobo or ODK add to every submission."""
    signs = (
        ("_uuid", "_submission_time"),
        ("_uuid", "_id"),
        ("submissiondate", "key"),
        ("meta/instanceid",),
        ("instanceid", "key"),
    )
    return any(has(sheet, *sign) for sign in signs)


def read(sheet, names):
    """The sheet with `;` between the answers of a cell."""
    for column in sheet.columns:
        targets, _ = find(names, column.heading, column.label)
        target = next(iter(targets)) if len(targets) == 1 else None
        if (
            target
            and target.question
            and not target.option
            and names.questions.loc[target.question, "kind"] == "multiple"
        ):
            known, shared = names.answers(target.question)
            known = [text for text in {*known, *shared} if text]
            column.values = [separated(text, known) for text in column.values]
    return sheet


def separated(cell, known):
    """A cell's answers with `;` between them instead of spaces; the cell as it is where not all of it is known."""
    words = cell.split()
    if len(words) < 2:
        return cell
    if all(plain(word) in known or re.fullmatch(r"[A-Za-z]{0,3}\d{1,3}", word) for word in words):
        return ";".join(words)
    return ";".join(_cut(words, known) or [cell])


def _cut(words, known):
    """Words put together to answers that are known, the longest first; None where some are left over."""
    if not words:
        return []
    for end in range(len(words), 0, -1):
        if plain(" ".join(words[:end])) in known and (rest := _cut(words[end:], known)) is not None:
            return [" ".join(words[:end]), *rest]
    return None
