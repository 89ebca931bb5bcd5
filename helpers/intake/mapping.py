"""mapping.toml: what a person has settled about headings and answers that match nothing, and drafts of what is open.

```
[columns]
"Timestamp" = "ignore"            # or a question, question=option, respondent, weight, comment
[answers.q4]
"We send a letter" = "caution"    # or several, ["caution", "contract"]; no_answer; ignore
"*" = "other"                     # everything else that matches nothing
[answers.q8]
"oui" = "ticked"                  # in a column of its own for each option; or not_ticked
[rows]
same_respondent = "first"         # or last, all
unfinished = "count"              # or leave_out
```
"""

import json
import re
import tomllib

from ..said import N_, Said, english
from ..survey import Problem, SurveyError
from ..survey.folder import read_toml
from ..survey.problems import flaw, quote
from ..survey.schemas import KEYS_OF_RESPONDENTS
from .matching import Target, plain
from .nearest import nearest_headings, nearest_options
from .numbers import as_number

MAPPING = "mapping.toml"
LONGEST_DRAFT = 200  # open answers of one question; the rest follows once these are settled
WORDS = (*KEYS_OF_RESPONDENTS, "comment", "ignore")
CHOICES = {  # of the table [rows], what holds without it first
    "same_respondent": ("last", "first", "all"),  # which of several rows of one respondent counts
    "unfinished": ("leave_out", "count"),  # what becomes of rows that the form itself calls unfinished
}
INTRODUCTION = N_(
    """\
# What the import could not match by itself. Fill in the empty quotation marks, then run the import again.
# [columns]: a question of questions.csv, question=option for a column of one option, respondent, weight, stratum, cluster, comment
#   (words to keep in answers.xlsx), or ignore.
# [answers.QUESTION]: an option of options.csv, no_answer or ignore; several options as ["one", "two"]; ticked or
# not_ticked in a column of one option. "*" = "other" settles every answer that matches nothing.
"""
)


def read_mapping(folder, names):
    """The settled columns and answers of a survey folder, and what is wrong with them.

    Returns `(columns, answers, problems)`: plain heading to Target (None while open), question to {text: meaning}.
    """
    if not (folder / MAPPING).exists():
        return {}, {}, []
    content, problem = read_toml(folder / MAPPING, form='"text" = "id"')
    if problem:
        return {}, {}, [problem]
    problems = [
        flaw(MAPPING, None, "[{key}]", "[columns] and [answers.QUESTION] only", key=key)
        for key, value in content.items()
        if key not in ("columns", "answers", "rows") or not isinstance(value, dict)
    ]
    problems += _check_choices(content.get("rows", {}))
    if problems:
        return {}, {}, problems
    columns, found = _read_columns(content.get("columns", {}), names)
    answers, wrong = _read_answers(content.get("answers", {}), names)
    return columns, answers, found + wrong


def _check_choices(table):
    """What is wrong with the table [rows]."""
    for key, value in table.items():
        if key not in CHOICES:
            yield flaw(MAPPING, None, "{key} in [rows]", "one of {choices}", key=quote(key), choices=[*CHOICES])
        elif value not in CHOICES[key]:
            yield flaw(
                MAPPING,
                None,
                "{key} = {value} in [rows]",
                "one of {choices}",
                key=key,
                value=quote(value),
                choices=[*CHOICES[key]],
            )


def read_choices(folder):
    """How rows are to be counted: the table [rows] of a mapping.toml that is sound, completed by what else holds."""
    chosen = {}
    if (folder / MAPPING).exists():
        chosen = (read_toml(folder / MAPPING, form='"text" = "id"')[0] or {}).get("rows", {})
    return {key: chosen.get(key, values[0]) for key, values in CHOICES.items()}


def _read_columns(table, names):
    columns, problems = {}, []
    for heading, meaning in table.items():
        target = _target(meaning, names)
        if target is None and meaning != "":
            expected = Said(
                "question, question=option, {keys_of_respondents}, comment or ignore",
                keys_of_respondents=[*KEYS_OF_RESPONDENTS],
            )
            problems.append(
                Problem(
                    MAPPING,
                    None,
                    Said("column {heading} = {meaning}", heading=quote(heading), meaning=quote(meaning)),
                    expected,
                )
            )
        columns[plain(heading)] = target
    return columns, problems


def _target(meaning, names):
    if not isinstance(meaning, str):
        return None
    if meaning in WORDS:
        return Target(meaning)
    question, _, option = meaning.partition("=")
    if question not in names.questions.index or (option and option not in names.offered(question).index):
        return None
    return Target("question", question, option) if option or "=" not in meaning else None


def _read_answers(tables, names):
    problems = []
    for question, table in tables.items():
        if question not in names.questions.index or not isinstance(table, dict):
            problems.append(
                flaw(MAPPING, None, "[answers.{question}]", "a question of questions.csv", question=question)
            )
            continue
        if names.questions.loc[question, "kind"] == "number":
            problems += _not_a_number(question, table)
            continue
        options = list(names.offered(question).index)
        allowed = [*dict.fromkeys([*options, "no_answer", "ignore", "ticked", "not_ticked", ""])]
        several = names.questions.loc[question, "kind"] == "multiple"
        for text, meaning in table.items():
            right = meaning in allowed if isinstance(meaning, str) else several and _all_options(meaning, options)
            if not right:
                found = Said(
                    "answer {text} = {meaning} of {question}",
                    text=quote(text),
                    meaning=quote(meaning),
                    question=question,
                )
                problems.append(Problem(MAPPING, None, found, "one of " + ", ".join(allowed[:-1])))
    return tables, problems


def _not_a_number(question, table):
    for text, meaning in table.items():
        if meaning not in ("", "no_answer", "ignore") and as_number(str(meaning)) is None:
            found = Said(
                "answer {text} = {meaning} of {question}", text=quote(text), meaning=quote(meaning), question=question
            )
            yield Problem(MAPPING, None, found, Said("a number, no_answer or ignore"))


def _all_options(meaning, options):
    return isinstance(meaning, list) and meaning != [] and all(one in options for one in meaning)


def check_mapping(folder, names):
    """Everything that is wrong with mapping.toml, or open in it, as a list of Problems."""
    columns, answers, problems = read_mapping(folder, names)
    if problems:
        return problems
    expected = Said("its meaning (the head of the file says which there are)")
    open_columns = [heading for heading, target in columns.items() if target is None]
    open_answers = [
        f"{text} of {q}" for q, table in answers.items() for text, meaning in table.items() if meaning == ""
    ]
    return [
        Problem(MAPPING, None, Said("{open_entry}, still to be settled", open_entry=quote(open_entry)), expected)
        for open_entry in open_columns + open_answers
    ]


# --- drafting --------------------------------------------------------------------------------------------------------


def draft(text, headings, readers, names, say=english):
    """mapping.toml with a line for all that is open: the old text, if any, with new lines in their tables.

    `headings` maps open headings to the Targets they may mean, `readers` are the questions' Readers with their unknown
    answers; its comments are in the language of `say`. Raises SurveyError where the old text is written so that nothing can be added.
    """
    old = tomllib.loads(text) if text else {}
    text = text or say(INTRODUCTION)
    lines = [
        _line(heading, [*map(str, targets)] or nearest_headings(names, heading), Said("or ignore"), say)
        for heading, targets in headings.items()
        if heading not in old.get("columns", {})
    ]
    text = _insert(text, "columns", lines)
    for reader in readers:
        known = {plain(answer) for answer in old.get("answers", {}).get(reader.question, {})}
        new = {text: answer for answer, text in reversed(reader.unknown.items()) if text not in known}
        new = [*reversed(new.values())][:LONGEST_DRAFT]  # a line for each text, however its letters are written
        otherwise = Said("no_answer or ignore") if reader.options else Said("a number, no_answer or ignore")
        lines = [_line(answer, nearest_options(names, reader, answer), otherwise, say) for answer in new]
        text = _insert(text, f"answers.{reader.question}", lines)
    try:
        tomllib.loads(text)
    except ValueError:
        raise form_error() from None
    return text


def ignoring(headings, say=english):
    """A new mapping.toml that leaves these headings out, {heading: why}, with comments in the language of `say`."""
    lines = [f'{key(heading)} = "ignore"  # {say(why)}' for heading, why in headings.items()]
    return _insert(say(INTRODUCTION), "columns", lines)


def form_error():
    """The SurveyError of a mapping.toml that is written so that nothing can be added, to be raised."""
    expected = Said("tables [columns] and [answers.QUESTION], one entry a line")
    return SurveyError(
        "{mapping}: found a form that nothing can be added to; expected {expected}", mapping=MAPPING, expected=expected
    )


def key(text):
    """A text as a key of a TOML file."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(text, nearest, otherwise, say):
    """A line that waits for its meaning, with the names that are most like it."""
    near = Said("nearest: {names}; {otherwise}", names=nearest, otherwise=otherwise) if nearest else otherwise
    return f'{key(text)} = ""  # {say(near)}'


def _insert(text, table, lines):
    """Put lines under the heading of a table, or a new table at the end."""
    if not lines:
        return text
    body = "\n".join(lines)
    start, _ = position(text, table)
    if start is None:
        return f"{text.rstrip()}\n\n[{table}]\n{body}\n"
    return f"{text[:start]}\n{body}{text[start:]}"


def position(text, table):
    """Where the lines of a table begin, behind its heading, and end; (None, None) where there is no such table."""
    heading = re.search(rf"(?m)^[ \t]*\[[ \t]*{re.escape(table)}[ \t]*\][^\n]*$", text)
    if not heading:
        return None, None
    following = re.compile(r"(?m)^[ \t]*\[").search(text, heading.end())
    return heading.end(), following.start() if following else len(text)
