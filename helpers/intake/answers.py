"""Import raw answers into a survey folder: match, apply the rules, account for every row and cell, then replace files.

Rules. A row without any answer is kept out; of rows with the same respondent id the first is kept. Answers to a
question that was not put to a respondent are kept out; a single choice with two answers counts as no answer. Nothing is
stored while a heading or an answer matches nothing: it is drafted into mapping.toml for a person to settle.
"""

import re
import shutil
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..files import swap
from ..survey import responses
from ..survey.folder import RESPONSES, SurveyError, _quote, answered_any, find_folder, is_uncounted, read_codebook
from .mapping import MAPPING, draft, read_mapping
from .matching import EMPTY, IGNORED, NO_ANSWER, TWO, Names, Reader, Target, match_heading, plain
from .sheets import first_few, read_sheet, rewrite_csv, shown

RECORD = "import.txt"
LISTED = 20  # open headings, and open answers, that a message names
ADDED = ("no_answer", "no_answer", "No answer", "無回答")  # option, role and labels, where a set has none

KEPT, EMPTY_ROW, AGAIN = "kept", "kept out, no answer in it", "kept out, respondent id given before"
STORED, BLANK, UNANSWERED = "stored as answers", "empty or not ticked", "said to be no answer"
DOUBLE = "two answers to a single choice, stored as no answer"
OUT = "kept out, the question was not put to this respondent"
LEFT = "left out, settled as ignore"
ROW_OUT, KEYS, NO_HEADING = "in rows kept out", "respondent ids and weights", "in columns without heading, all empty"


class Unsettled(SurveyError):
    """Headings or answers that match nothing; they have been drafted into mapping.toml."""


@dataclass
class Account:
    """What became of every row and cell: `rows` and `cells` add up to what was read; `notes` say the rest."""

    source: str
    rows: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    def lines(self):
        """The account as lines of text."""
        lines = [self.source]
        for what, parts in (("rows", self.rows), ("cells", self.cells)):
            lines.append(f"{what} read: {sum(parts.values()):,}")
            lines += [f"  {part}: {number:,}" for part, number in parts.items() if number]
        return lines + self.notes

    def add_cells(self, what, number):
        """Count cells under what became of them."""
        self.cells[what] = self.cells.get(what, 0) + int(number)


@dataclass
class Answers:
    """The answers to one question, row by row.

    `state` is 0 where there is an answer, else EMPTY, TWO, IGNORED or NO_ANSWER. `choice` is the place of a single
    answer, or a matrix of ticks, rows by options. `cells` are the states of the question's columns, one array each.
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
    SurveyError for a file or codebook that cannot be used, or for counts that came from no import (unless `replace`);
    nothing but mapping.toml changes then.
    """
    folder = find_folder(survey)
    frames, problems = read_codebook(folder)
    if problems:
        raise SurveyError(_several(folder, problems))
    if not (replace or is_uncounted(frames["counts.csv"]) or (folder / RESPONSES).exists()):
        expected = "no counts yet, or --replace to put those of the import in their place"
        raise SurveyError(f"{folder.name}/counts.csv: found counts that came from no import; expected {expected}")
    names = Names(frames["questions.csv"], frames["options.csv"])
    columns, settled, problems = read_mapping(folder, names)
    if problems:
        raise SurveyError(_several(folder, problems))
    sheet = read_sheet(file)
    account = Account(f"{shown(file)} ({sheet.how})")
    targets, unknown, problems = _match(sheet, names, columns)
    offered = {question: _offered(question, names, frames["counts.csv"]) for question in names.questions.index}
    problems += _missing(targets, unknown, names, offered)
    answers = _read(sheet, targets, names, settled)
    _settle(folder, names, unknown, [each.reader for each in answers.values()], problems)
    kept = _keep_rows(sheet, targets, answers, account)
    columns = _keys(sheet, targets, kept, account)
    stored = _route(names, answers, kept, sheet, account)
    _store(folder, frames, names, offered, columns, stored, account)
    return account


def _several(folder, problems):
    """Problems as one message, one a line."""
    return "\n".join(f"{folder.name}/{problem}" for problem in problems)


def _offered(question, names, counts):
    """The options that counts.csv lists for a question, in order; all of its set where it lists none."""
    listed = set(counts.loc[counts["question"] == question, "option"])
    options = list(names.offered(question).index)
    return [option for option in options if option in listed] or options


# --- which column is what --------------------------------------------------------------------------------------------


def _match(sheet, names, columns):
    """What each column of the file holds, the headings that are open with what they may mean, and problems."""
    targets, unknown, problems, seen, taken = [], {}, [], {}, {}
    for number, column in enumerate(sheet.columns, start=1):
        key = plain(column.heading)
        seen[key] = seen.get(key, 0) + 1
        heading = column.heading if seen[key] == 1 else f"{column.heading} #{seen[key]}"
        target = _target(column, heading, names, columns)
        if isinstance(target, Target) and target.kind not in ("ignore", "blank"):
            if other := _in_the_way(target, taken):
                found = f"columns {other[1]} and {number} for {target}"
                problems.append(f'{found}; expected one of them settled as "ignore": {_quote(heading)}')
            taken.setdefault(target, (target, number))
        if isinstance(target, set) and not column.heading:
            row = sheet.first + int(
                np.flatnonzero(column.codes != column.values.index("") if "" in column.values else 0)[0]
            )
            problems.append(f"column {number}, row {row}: found an answer under no heading; expected a heading")
        elif isinstance(target, set):
            unknown[heading] = sorted(target, key=str)
        targets.append(target)
    return targets, unknown, problems


def _target(column, heading, names, columns):
    """The one Target of a column, or the set of those that it may be."""
    if columns.get(plain(heading)) is not None:
        return columns[plain(heading)]
    if not column.heading and not any(column.values):
        return Target("blank")
    found = match_heading(names, column.heading, column.label) if column.heading else set()
    return next(iter(found)) if len(found) == 1 and plain(heading) not in columns else found


def _in_the_way(target, taken):
    """The (Target, column number) that holds the same answers as another one, if any."""
    whole = Target("question", target.question)
    if target in taken or (target.option and whole in taken):
        return taken.get(target) or taken[whole]
    options = (found for known, found in taken.items() if known.question and known.question == target.question)
    return None if target.option else next(options, None)


def _missing(targets, unknown, names, offered):
    """Questions, and options of questions with a column for each, that no column holds."""
    there = {target for target in targets if isinstance(target, Target) and target.kind == "question"}
    hint = " (an unsettled one may be it)" if unknown else ""
    for question in names.questions.index:
        options = [target.option for target in there if target.question == question]
        if not options:
            yield f"no column for {question}; expected one{hint}, or {question} taken out of questions.csv"
        elif "" not in options:
            for option in offered[question]:
                role = names.offered(question).loc[option, "role"]
                if option not in options and role != "no_answer":
                    yield f"no column for {question}={option}; expected one{hint}, or no such row in counts.csv"


# --- what each cell says ---------------------------------------------------------------------------------------------


def _read(sheet, targets, names, settled):
    """The Answers to each question that has a column."""
    answers = {}
    for question in names.questions.index:
        own = [
            (column, target)
            for column, target in zip(sheet.columns, targets, strict=True)
            if isinstance(target, Target) and target.question == question
        ]
        if own:
            reader = Reader(names, question, settled.get(question))
            whole = [column for column, target in own if not target.option]
            answers[question] = _read_whole(whole[0], reader) if whole else _read_each(own, reader)
    return answers


def _read_whole(column, reader):
    """Answers from one column that holds them all."""
    ticked, states = reader.read_cells(column.values)
    choice = ticked if reader.multiple else ticked.argmax(axis=1).astype(np.int16)
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


def _settle(folder, names, unknown, readers, problems):
    """Go on if nothing is open; otherwise draft mapping.toml and raise Unsettled, or SurveyError if that is no help."""
    readers, problems = [reader for reader in readers if reader.unknown], list(problems)
    if not (unknown or readers or problems):
        return
    lines = [f"heading {_quote(heading)} matches {_choices(targets)}" for heading, targets in unknown.items()]
    for reader in readers:
        for answer, text in reader.unknown.items():
            why = "could be one answer or several" if text in reader.double else "matches no option"
            lines.append(
                f"answer {_quote(answer)} of {reader.question} {why}{_near(reader, answer) if len(lines) < LISTED else ''}"
            )
    more = [f"and {len(lines) - LISTED:,} more"] if len(lines) > LISTED else []
    text = "\n".join([*lines[:LISTED], *more, *problems])
    if not (unknown or readers):
        raise SurveyError(text)
    path = folder / MAPPING
    old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    _replace(folder, {MAPPING: draft(old, unknown, readers, names).encode()})
    raise Unsettled(f"{text}\nnothing was imported; settle what is open in {folder.name}/{MAPPING}, then import again")


def _choices(targets):
    return "several: " + ", ".join(map(str, targets)) if targets else "no question"


def _near(reader, answer):
    near = reader.nearest(answer)
    return f" (nearest: {', '.join(near)})" if near else ""


# --- rules -----------------------------------------------------------------------------------------------------------


def _keep_rows(sheet, targets, answers, account):
    """The rows that are kept, as a mask: those with an answer, and with a respondent id not given before."""
    said = np.zeros(sheet.rows, bool)
    for each in answers.values():
        said |= each.said()
    again = np.zeros(sheet.rows, bool)
    for column in _columns_of(sheet, targets, "respondent"):
        ids = pd.Series([plain(value) for value in column.values]).to_numpy()[column.codes]
        rows = np.flatnonzero(said & (ids != ""))
        again[rows] = pd.Series(ids[rows]).duplicated().to_numpy()
    kept = said & ~again
    account.rows = {KEPT: int(kept.sum()), EMPTY_ROW: int((~said).sum()), AGAIN: int(again.sum())}
    account.add_cells(ROW_OUT, (~kept).sum() * len(sheet.columns))
    _note_rows(account, "rows without any answer", ~said, sheet)
    _note_rows(account, "rows with a respondent id given before", again, sheet)
    if not kept.any():
        raise SurveyError(f"{account.source}: found no row with an answer; expected at least one")
    return kept


def _note_rows(account, what, mask, sheet):
    if mask.any():
        rows = np.flatnonzero(mask) + sheet.first
        account.notes.append(f"{what}: {len(rows):,} (row {first_few(rows)})")


def _columns_of(sheet, targets, *kinds):
    pairs = zip(sheet.columns, targets, strict=True)
    return [column for column, target in pairs if isinstance(target, Target) and target.kind in kinds]


def _keys(sheet, targets, kept, account):
    """Respondent ids and weights of the kept rows, by the names of their columns."""
    number = int(kept.sum())
    account.add_cells(KEYS, len(_columns_of(sheet, targets, "respondent", "weight")) * number)
    account.add_cells(LEFT, len(_columns_of(sheet, targets, "ignore")) * number)
    account.add_cells(NO_HEADING, len(_columns_of(sheet, targets, "blank")) * number)
    rows = np.flatnonzero(kept)
    ids = np.array([str(place) for place in range(1, number + 1)], dtype=object)
    for column in _columns_of(sheet, targets, "respondent"):
        given = np.array(column.values, dtype=object)[column.codes[rows]]
        bare = given == ""
        ids = np.where(bare, np.array([f"row {row}" for row in rows + sheet.first], dtype=object), given)
        if bare.any():
            account.notes.append(f"rows without respondent id, named after their row: {bare.sum():,}")
    keys = {responses.RESPONDENT: ids}
    for column in _columns_of(sheet, targets, "weight"):
        keys[responses.WEIGHT] = _weights(column, rows, sheet)
    return keys


def _weights(column, rows, sheet):
    numbers = np.array([_weight(value) for value in column.values])[column.codes[rows]]
    if (wrong := np.flatnonzero(np.isnan(numbers))).size:
        row = rows[wrong[0]]
        more = f" (row {first_few(rows[wrong] + sheet.first)})"
        found = f"weight {_quote(column.text(row))}{more}"
        raise SurveyError(f"column {_quote(column.heading)}: found {found}; expected a number above 0 in every row")
    return numbers


def _weight(text):
    number = float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", text) else 0.0
    return number if number > 0 else float("nan")


def _route(names, answers, kept, sheet, account):
    """The Answers of the kept rows and whom each question was put to, in order: question to (Answers, mask)."""
    answers = {question: each.keep(kept) for question, each in answers.items()}
    numbers, stored, waiting = np.flatnonzero(kept) + sheet.first, {}, list(answers)
    while waiting:
        question = next(q for q in waiting if names.questions.loc[q, "asked_if"].partition("=")[0] in ("", *stored))
        waiting.remove(question)
        each, put = answers[question], _put(question, names, answers, stored, int(kept.sum()))
        stored[question] = each, put
        _account_for(question, each, put, numbers, account)
    return {question: stored[question] for question in answers}


def _put(question, names, answers, stored, rows):
    """Whom a question was put to, as a mask over the kept rows."""
    q = names.questions.loc[question]
    if group := answered_any(q):
        return np.any([np.isin(answers[other].state, (0, TWO)) for other in group], axis=0)
    if not q["asked_if"]:
        return np.ones(rows, bool)
    source, _, option = q["asked_if"].partition("=")
    each, asked = stored[source]
    place = each.reader.place[option]
    if each.reader.multiple:
        return asked & each.choice[:, place]
    said_nothing = asked & (each.state != 0) & (names.offered(source).loc[option, "role"] == "no_answer")
    return (asked & (each.state == 0) & (each.choice == place)) | said_nothing


def _account_for(question, each, put, numbers, account):
    """Count the cells of a question under what becomes of them, and note the rows that a rule touches."""
    meanings = {0: STORED, NO_ANSWER: UNANSWERED, TWO: DOUBLE}
    for cells in each.cells:
        for state, what in meanings.items():
            account.add_cells(what, ((cells == state) & put).sum())
            account.add_cells(OUT, ((cells == state) & ~put).sum())
        account.add_cells(BLANK, (cells == EMPTY).sum())
        account.add_cells(LEFT, (cells == IGNORED).sum())
    for what, mask in (
        ("answers of respondents to whom it was not put, kept out", each.said() & ~put),
        ("two answers to a single choice, stored as no answer", (each.state == TWO) & put),
    ):
        if mask.any():
            account.notes.append(f"{question}: {what}: {mask.sum():,} (row {first_few(numbers[mask])})")


# --- storing ---------------------------------------------------------------------------------------------------------


def _store(folder, frames, names, offered, columns, stored, account):
    """Write the answers and what follows from them: counts, bases, respondents, and the record of the import."""
    counts, bases, added = {}, {}, []
    for question, (each, put) in stored.items():
        options = list(each.reader.options)
        if each.reader.multiple:
            numbers = dict(zip(options, each.choice[put].sum(axis=0).tolist(), strict=True))
        else:
            codes = _codes(question, names, each, put, options, added)
            numbers = dict(zip(options, np.bincount(codes[codes >= 0], minlength=len(options)).tolist(), strict=True))
        listed = [option for option in options if option in offered[question] or numbers[option]]
        for option in listed:
            counts[question, option] = numbers[option]
            if option not in offered[question] and option in each.reader.options:
                account.notes.append(f"{question}: {option} was chosen; counts.csv now lists it")
            if each.reader.multiple:
                place = options.index(option)
                columns[responses.column(question, option)] = responses.ticks(each.choice[:, place], put)
        if not each.reader.multiple:
            place = np.array([listed.index(option) if option in listed else -1 for option in options])
            columns[question] = responses.single(np.where(codes >= 0, place[codes], -1).astype(np.int16), listed)
        selections = names.questions.loc[question, "unit"] == "selections"
        bases[question] = sum(numbers.values()) if selections else int(put.sum())
        if not put.any():
            account.notes.append(f"{question}: put to nobody, so the report leaves it out")
    gone = sorted(set(frames["counts.csv"]["question"]) - set(stored))
    if gone:
        account.notes.append(f"counts.csv: rows of {', '.join(gone)} taken out, which questions.csv does not have")
    account.notes += [f"options.csv: no_answer added to {name}" for name in dict.fromkeys(added)]
    files = {
        "counts.csv": _new_counts(frames["counts.csv"], counts),
        "questions.csv": _with_bases(folder / "questions.csv", bases),
        "survey.toml": _with_respondents(folder / "survey.toml", account.rows[KEPT]),
    }
    if added:
        files["options.csv"] = _with_no_answer(folder / "options.csv", list(dict.fromkeys(added)))
    files[RECORD] = "\n".join([*account.lines(), ""]).encode()
    _replace(folder, files, columns)


def _codes(question, names, each, put, options, added):
    """Places in `options` of a single-choice question's answers, -1 where it was not put; adds no_answer if needed."""
    roles = names.offered(question)["role"]
    empty = put & (each.state != 0)
    codes = np.where(put & (each.state == 0), each.choice, -1).astype(np.int16)
    if empty.any():
        has = roles.index[roles == "no_answer"]
        if not len(has):
            options.append(ADDED[0])
            added.append(names.questions.loc[question, "options"])
        codes[empty] = options.index(has[0] if len(has) else ADDED[0])
    return codes


def _new_counts(old, counts):
    """counts.csv with new counts; columns of the user's own stay."""
    keys = ["question", "option"]
    index = pd.MultiIndex.from_tuples(list(counts), names=keys)
    new = old.drop_duplicates(keys).set_index(keys).reindex(index, fill_value="").assign(count=list(counts.values()))
    return new.reset_index()[list(old.columns)].to_csv(index=False, lineterminator="\n").encode()


def _with_bases(path, bases):
    def change(header, rows):
        question, base = header.index("question"), header.index("base")
        for row in rows[1:]:
            if len(row) == len(header):
                row[base] = str(bases[row[question].strip()] or "")  # put to nobody: no base
        return rows

    return rewrite_csv(path, change)


def _with_no_answer(path, sets):
    """options.csv with an option for no answer at the end of each of these sets."""
    option, role, english, japanese = ADDED

    def change(header, rows):
        place = header.index("options")
        for name in sets:
            own = [n for n, row in enumerate(rows) if len(row) == len(header) and row[place].strip() == name]
            order = 1 + max(int(rows[n][header.index("order")]) for n in own)
            new = {"options": name, "option": option, "order": order, "role": role}
            new |= {"label_en": english, "label_ja": japanese}
            rows.insert(own[-1] + 1, [str(new.get(column, "")) for column in header])
        return rows

    return rewrite_csv(path, change)


def _with_respondents(path, number):
    """survey.toml with another number of respondents, all else byte for byte as it was."""
    try:
        text = path.read_bytes().decode("utf-8")
        new, found = re.subn(r"(?m)^([ \t]*respondents[ \t]*=[ \t]*)[^\s#]+", rf"\g<1>{number}", text, count=1)
        if found and tomllib.loads(new.removeprefix("\ufeff")).get("respondents") == number:
            return new.encode()
    except (OSError, ValueError, RecursionError):
        pass
    name = f"{path.parent.name}/{path.name}"
    raise SurveyError(f"{name}: found no line for the number of respondents; expected respondents = a number")


def _replace(folder, files, columns=None):
    """Write files aside and put all of them in place, or none: should one move fail, the old ones go back."""
    try:
        aside = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
    except OSError as error:
        raise SurveyError(f"folder {folder.name}: cannot be written ({error.strerror})") from None
    try:
        for name, content in files.items():
            (aside / name).write_bytes(content)
        if columns is not None:
            responses.write(aside / RESPONSES, columns)
        swap(aside, folder, sorted(path.name for path in aside.iterdir()))
    except OSError as error:
        raise SurveyError(f"folder {folder.name}: cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
