"""Import raw answers into a survey folder: read, match, apply the rules, account for every row and cell, then store.

Nothing is stored while a heading or an answer matches nothing: it is drafted into mapping.toml for a person to settle.
"""

from dataclasses import dataclass

import numpy as np

from ..survey import RESPONSES, SurveyError, find_folder, read_codebook
from ..survey.encodings import decoded
from ..survey.folder import is_uncounted
from ..survey.problems import quote
from . import columns, rules, settle, store, versions
from .account import Account
from .formats import read_sheet
from .mapping import MAPPING, draft, read_mapping
from .matching import EMPTY, IGNORED, NO_ANSWER, TWO, Names, Reader, Target
from .nearest import nearest_options, told_apart
from .numbers import NumberReader
from .sheets import shown

LISTED = 20  # open headings, and open answers, that a message names


class Unsettled(SurveyError):
    """Headings or answers that match nothing; they have been drafted into mapping.toml."""


@dataclass
class Answers:
    """The answers to one question, row by row.

    `state` is 0 where there is an answer, else EMPTY, TWO, IGNORED or NO_ANSWER. `choice` is the place of a single
    answer, a number, or a matrix of ticks, rows by options. `cells` are the states of the question's columns, one array each.
    """

    reader: Reader
    state: np.ndarray
    choice: np.ndarray
    cells: list

    def keep(self, rows):
        """The same for some rows only."""
        return Answers(self.reader, self.state[rows], self.choice[rows], [cells[rows] for cells in self.cells])

    def said(self):
        """Whether something was said: an answer, two of them, or that there is none."""
        return np.isin(self.state, (0, TWO, NO_ANSWER))


def import_answers(survey, file, replace=False):
    """Import a file of raw answers into a survey folder, and return the Account.

    `survey` is a folder name under data/ or a path. Raises Unsettled where mapping.toml waits to be filled in, and
    SurveyError for a file or codebook that cannot be used and, unless `replace`, where counts that came from no import or many
    respondents would be lost; nothing but mapping.toml changes then.
    """
    folder = find_folder(survey)
    with versions.held(folder):
        return _import(folder, file, replace)


def undo(survey, replace=False):
    """Put a survey folder back as it was before its last import; the `versions.Update` that this is.

    Raises SurveyError where there is none or, unless `replace`, where a file has been changed by hand since.
    """
    folder = find_folder(survey)
    with versions.held(folder):
        return versions.undo(folder, replace)


def _import(folder, file, replace):
    frames, names, headings, meanings = _read_codebook(folder, replace)
    sheet = read_sheet(file)
    targets, unknown, problems = columns.match_columns(sheet, names, headings)
    offered = {question: _offered(question, names, frames["counts.csv"]) for question in names.questions.index}
    problems += columns.missing(targets, unknown, names, offered)
    answers = _read_answers(sheet, targets, names, meanings)
    found = settle.open_entries(sheet, targets, unknown, [each.reader for each in answers.values()], names)
    _settle(folder, names, unknown, [each.reader for each in answers.values()], problems, found)
    account = Account(f"{shown(file)} ({sheet.how})")
    kept = rules.keep_rows(sheet, targets, answers, account)
    keys = rules.keys(sheet, targets, kept, account)
    routed = rules.route(names, answers, kept, sheet, account)
    store.store(folder, frames, names, offered, keys, routed, account, replace)
    (folder / settle.SETTLE).unlink(missing_ok=True)  # it is in mapping.toml
    return account


def _read_codebook(folder, replace):
    """The codebook as text columns and as Names, and the headings and answers that mapping.toml settles.

    Raises SurveyError where they are unsound, or where counts would be lost that came from no import.
    """
    frames, problems = read_codebook(folder)
    if problems:
        raise SurveyError(_joined(folder, problems))
    if not (replace or is_uncounted(frames["counts.csv"]) or (folder / RESPONSES).exists()):
        expected = "no counts yet, or --replace to put those of the import in their place"
        raise SurveyError(f"{folder.name}/counts.csv: found counts that came from no import; expected {expected}")
    names = Names(frames["questions.csv"], frames["options.csv"])
    _take_over(folder, names)
    headings, meanings, problems = read_mapping(folder, names)
    if problems:
        raise SurveyError(_joined(folder, problems))
    return frames, names, headings, meanings


def _take_over(folder, names):
    """Take what was chosen in settle.xlsx over into mapping.toml."""
    if (folder / settle.SETTLE).exists() and not read_mapping(folder, names)[2]:
        old = _mapping_text(folder)
        new = settle.merged(old, folder / settle.SETTLE, names)
        if new != old:
            versions.replace(folder, {MAPPING: new.encode()})


def _mapping_text(folder):
    path = folder / MAPPING
    return decoded(path.read_bytes())[0] if path.exists() else ""


def _joined(folder, problems):
    """Problems as one message, one a line."""
    return "\n".join(f"{folder.name}/{problem}" for problem in problems)


def _offered(question, names, counts):
    """The options that counts.csv lists for a question, in order; all of its set where it lists none."""
    listed = set(counts.loc[counts["question"] == question, "option"])
    options = list(names.offered(question).index)
    return [option for option in options if option in listed] or options


# --- what each cell says ---------------------------------------------------------------------------------------------


def _read_answers(sheet, targets, names, meanings):
    """The Answers to each question that has a column; `meanings` are those that mapping.toml settles, by question."""
    answers = {}
    for question in names.questions.index:
        own = [
            (column, target)
            for column, target in zip(sheet.columns, targets, strict=True)
            if isinstance(target, Target) and target.question == question
        ]
        if own:
            number = names.questions.loc[question, "kind"] == "number"
            settled = meanings.get(question)
            reader = NumberReader(question, settled) if number else Reader(names, question, settled)
            whole = [column for column, target in own if not target.option]
            answers[question] = _read_whole(whole[0], reader) if whole else _read_each(own, reader)
    return answers


def _read_whole(column, reader):
    """Answers from one column that holds them all."""
    choice, states = reader.read(column.values)
    state = states[column.codes]
    return Answers(reader, state, choice[column.codes], [state])


def _read_each(own, reader):
    """Answers from columns with the ticks of one option each."""
    rows = len(own[0][0].codes)
    ticked, cells = np.zeros((rows, len(reader.options)), bool), []
    for column, target in own:
        states = reader.read_ticks(column.values, target.option)[column.codes]
        ticked[:, reader.place[target.option]] = states == 0
        cells.append(states)
    number, ignored = ticked.sum(axis=1), (np.array(cells) == IGNORED).any(axis=0)
    state = np.where(number > 0, 0, np.where(ignored, IGNORED, EMPTY)).astype(np.int8)
    if reader.multiple:
        return Answers(reader, state, ticked, cells)
    state[number > 1] = TWO
    for states in cells:
        states[(states == 0) & (number > 1)] = TWO
    return Answers(reader, state, ticked.argmax(axis=1).astype(np.int16), cells)


# --- what is open ----------------------------------------------------------------------------------------------------


def _settle(folder, names, unknown, readers, problems, found):
    """Go on if nothing is open; otherwise draft mapping.toml and raise Unsettled, or SurveyError if that is no help."""
    readers = [reader for reader in readers if reader.unknown]
    if not (unknown or readers or problems):
        return
    lines = [*_open_headings(unknown), *_open_answers(names, readers, LISTED - len(unknown))]
    more = [f"and {len(lines) - LISTED:,} more"] if len(lines) > LISTED else []
    text = "\n".join([*lines[:LISTED], *more, *problems])
    if not (unknown or readers):
        raise SurveyError(text)
    drafted = draft(_mapping_text(folder), unknown, readers, names)
    versions.replace(folder, {MAPPING: drafted.encode(), settle.SETTLE: settle.workbook(found)})
    raise Unsettled(
        f"{text}\nnothing was imported; settle what is open in {folder.name}/{MAPPING}, or in {settle.SETTLE} beside it "
        f"(open lines: {len(found):,}), then import again"
    )


def _open_headings(unknown):
    for heading, targets in zip(told_apart(unknown), unknown.values(), strict=True):
        meant = "several: " + ", ".join(map(str, targets)) if targets else "no question"
        yield f"heading {heading} matches {meant}"


def _open_answers(names, readers, most):
    """A line per open answer, the first `most` of them with the nearest options, which take time to find."""
    number = 0
    for reader in readers:
        for answer, text in reader.unknown.items():
            why = "could be one answer or several" if text in reader.double else "matches no option"
            why = why if reader.options else "is no number"
            near = nearest_options(names, reader, answer) if number < most else []
            yield f"answer {quote(answer)} of {reader.question} {why}{_nearest(near)}"
            number += 1


def _nearest(options):
    return f" (nearest: {', '.join(options)})" if options else ""
