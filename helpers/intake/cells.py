"""What each cell of a file says: the answers to each question, row by row."""

from dataclasses import dataclass, field

import numpy as np

from ..said import Said
from .codes import learn_numbers
from .headings import numbered
from .matching import EMPTY, IGNORED, NO_ANSWER, NO_TICKS, NOT_PUT, NOT_TICKED, SILENT, TWO, Target, plain
from .numbers import NumberReader
from .reader import Reader
from .sheets import first_few

NO_WORDS = {"", *map(plain, (*NO_TICKS, *SILENT))}  # what a column of words says of those who wrote none


@dataclass
class Answers:
    """The answers to one question, row by row.

    `state` is 0 where there is an answer, else EMPTY, TWO, IGNORED, NO_ANSWER, NOT_PUT or NOT_TICKED. `choice` is the
    place of a single answer, a number, or a matrix of ticks, rows by options. `cells` are the states of the question's columns,
    one array each; none where the file has no column of it. `problems` are texts of what is wrong; `typed` are respondents' own
    words, as (Column, [(place of a text in it, words in that text)]).
    """

    reader: Reader
    state: np.ndarray
    choice: np.ndarray
    cells: list
    problems: list = field(default_factory=list)
    typed: list = field(default_factory=list)

    def keep(self, rows):
        """The same for some rows only."""
        return Answers(self.reader, self.state[rows], self.choice[rows], [cells[rows] for cells in self.cells])

    def said(self):
        """Whether something was said: an answer, two of them, or that there is none."""
        return np.isin(self.state, (0, TWO, NO_ANSWER))


def read_answers(sheet, targets, names, meanings, codes):
    """The Answers to each question; `meanings` are those that mapping.toml settles, and `codes` the options to which own
    words are put, both by question.
    """
    answers = {}
    for question in names.questions.index:
        own = {kind: _of(sheet, targets, question, kind) for kind in ("question", "again", "words")}
        is_number = names.questions.loc[question, "kind"] == "number"
        settled = meanings.get(question)
        reader = NumberReader(question, settled) if is_number else Reader(names, question, settled, codes.get(question))
        answers[question] = _read_question(sheet, own, names, reader) if own["question"] else _none(sheet, reader)
        _add_words(own["words"], answers[question])
    return answers


def _none(sheet, reader):
    """The Answers of a question without a column."""
    states = np.full(sheet.rows, EMPTY, np.int8)
    choice = np.zeros((sheet.rows, len(reader.options)), bool) if reader.multiple else np.zeros(sheet.rows)
    return Answers(reader, states, choice.astype(bool if reader.multiple else np.int16), [])


def _of(sheet, targets, question, kind):
    """The columns of a question of one kind of Target, as (Column, option) pairs."""
    pairs = zip(sheet.columns, targets, strict=True)
    return [(c, t.option) for c, t in pairs if isinstance(t, Target) and (t.kind, t.question) == (kind, question)]


def _read_question(sheet, own, names, reader):
    """The Answers of a question that has a column, or several."""
    whole = [column for column, option in own["question"] if not option]
    if not whole:
        return _read_each(own["question"], names, reader)
    apart = sheet.tool == "LimeSurvey" and bool(own["words"])
    answers = _read_whole(whole[0], names, reader, apart)
    if own["again"] and not reader.unknown:
        answers.problems += _disagreements(sheet, own["again"], names, answers)
    return answers


def _read_whole(column, names, reader, apart):
    """Answers from one column that holds them all."""
    reader.declare_missing(column.missing)
    if reader.options:
        learn_numbers(names, reader, column.texts(), apart)
    choice, states = reader.read(column.values)
    state = states[column.codes]
    typed = [_typed(reader, column)] if reader.options else []
    return Answers(reader, state, choice[column.codes], [state], typed=typed)


def _typed(reader, column):
    """The own words that a Reader has found in a column, each once for a text, as Answers has them; it forgets them."""
    found, reader.typed = reader.typed, []
    return column, list(dict.fromkeys(found))


def _read_each(own, names, reader):
    """Answers from columns with the ticks of one option each."""
    rows, order = len(own[0][0].codes), numbered(names, reader.question)
    ticked, cells, typed = np.zeros((rows, len(reader.options)), bool), [], []
    for column, option in own:
        number = order.index(option) + 1 if option in order else None
        reader.declare_missing(column.missing)
        states = reader.read_ticks(column.values, option, number)[column.codes]
        typed.append(_typed(reader, column))
        coded = reader.coded_places(column.values)[column.codes]
        ticked[:, reader.place[option]] |= (states == 0) & (coded < 0)
        ticked[coded >= 0, coded[coded >= 0]] = True
        cells.append(states)
    states, number = np.array(cells), ticked.sum(axis=1)
    state = np.full(rows, EMPTY, np.int8)
    state[(states == NOT_PUT).all(axis=0)] = NOT_PUT
    for kind in (NOT_TICKED, IGNORED):
        state[(states == kind).any(axis=0)] = kind
    state[number > 0] = 0
    if reader.multiple:
        return Answers(reader, state, ticked, cells, typed=typed)
    state[number > 1] = TWO
    for states in cells:
        states[(states == 0) & (number > 1)] = TWO
    return Answers(reader, state, ticked.argmax(axis=1).astype(np.int16), cells, typed=typed)


def _add_words(columns, answers):
    """Take those who wrote words of their own as having chosen "other": where they chose nothing else, or may choose more.

    Words that are put to an answer count as that one, and not as "other".
    """
    reader = answers.reader
    for column, option in columns:
        coded = reader.coded_places(column.values)[column.codes]
        wrote = np.array([plain(text) not in NO_WORDS for text in column.values])[column.codes]
        place = np.where(coded >= 0, coded, reader.place.get(option, -1))
        wrote &= place >= 0
        if reader.multiple:
            answers.choice[wrote, place[wrote]] = True
            if option:
                answers.choice[wrote & (coded >= 0), reader.place[option]] = False
        else:
            free = np.isin(answers.state, (EMPTY, NOT_TICKED, NOT_PUT))
            said_other = (answers.state == 0) & (answers.choice == reader.place.get(option, -1))
            wrote &= free | (said_other & (coded >= 0))
            answers.choice[wrote] = place[wrote]
        answers.state[wrote & (answers.state != TWO)] = 0


def _disagreements(sheet, again, names, answers):
    """Texts about columns of single options that contradict the column with all answers of the question."""
    reader, order = answers.reader, numbered(names, answers.reader.question)
    for column, option in again:
        number = order.index(option) + 1 if option in order else None
        states = reader.read_ticks(column.values, option, number)[column.codes]
        place = reader.place[option]
        ticked = answers.choice[:, place] if reader.multiple else (answers.choice == place) & (answers.state == 0)
        wrong = (
            np.isin(states, (0, NOT_TICKED))
            & ((states == 0) != ticked)
            & np.isin(answers.state, (0, EMPTY, NOT_TICKED))
        )
        if wrong.any():
            rows = first_few(np.flatnonzero(wrong) + sheet.first)
            yield Said(
                "{question}={option}: found columns that disagree (row {rows}); expected one settled as ignore",
                question=reader.question,
                option=option,
                rows=rows,
            )
