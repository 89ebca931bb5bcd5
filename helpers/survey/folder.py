"""Read a survey folder: its files as text columns, and everything that is wrong with them."""

import csv
import io
import re
import tomllib
from functools import reduce
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from .. import LANGUAGES
from ..files import JOURNAL, PATIENCE, Busy, is_between, locked, recover
from ..said import Said, why
from .checks import Codebook, check_bases, check_codebook, check_numbers, check_topics, fill_bases
from .encodings import decoded, garbled
from .printed import derive_counts
from .problems import UNPRINTABLE, Problem, SurveyError, flaw, quote
from .schemas import (
    ABOUT_OPTIONAL,
    EXPECTED,
    KEYS,
    OPTIONAL_FILES,
    RESPONSES,
    SCHEMAS,
    TEXTS,
    WHOLE,
    about_needed,
    is_right,
    required_columns,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"


def find_folder(survey):
    """The folder of a survey, given as a name under data/ or as a path, whole: what a killed import left is finished first.

    Raises SurveyError if there is none.
    """
    folder = locate(survey)
    if is_between(folder):
        recovered(folder)
    return folder


def locate(survey):
    """The folder of a survey as it is, also between two versions. Raises SurveyError if there is none."""
    try:
        named, path = DATA / str(survey), Path(str(survey)).expanduser()
        for folder in (named, path):
            if str(survey).strip() not in ("", ".", "..") and folder.is_dir():
                return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        pass  # a name that no folder can have: too long, an unknown home, a NUL
    known = ", ".join(sorted(p.name for p in DATA.iterdir() if p.is_dir() and not p.name.startswith(".")))
    expected = Said("the path of a folder, or a folder name under data/: {known}", known=known)
    raise SurveyError("survey: found {survey}; expected {expected}", survey=quote(survey), expected=expected)


def leftovers(folder):
    """What imports that were killed have put together in a survey folder; whoever holds its lock may remove it."""
    return list(folder.glob(".import-*"))


def recovered(folder):
    """Finish what a killed import has left in a survey folder; what that was (see `files.recover`).

    Waits for an import that is just being put in place; one that is still reading is left alone. Raises SurveyError where
    the folder cannot be written.
    """
    if not ((folder / JOURNAL).exists() or leftovers(folder)):
        return ""
    try:
        with locked(folder, PATIENCE if is_between(folder) else 0):
            return recover(folder, leftovers(folder))
    except Busy:
        if not is_between(folder):
            return ""
        found = Said("another import that is changing it")
    except OSError as error:
        found = Said("an import that was cut off and cannot be finished ({reason})", reason=why(error))
    raise SurveyError("folder {folder}: found {found}; expected to try again", folder=folder.name, found=found)


def read_codebook(folder):
    """Read options.csv, questions.csv and counts.csv, whether or not anybody has answered yet.

    Returns `(frames, problems)` as `read_folder` does, with the problems of the codebook only: those of options and
    questions, and a counts.csv that cannot be read. Counts are not looked at; an import replaces them.
    """
    frames, problems = _read_frames(Path(folder), ("options.csv", "questions.csv"))
    problems += _lacking_texts(frames, languages(frames))
    if not problems:
        problems = list(check_codebook(Codebook(frames), frames["questions.csv"]))
    frames["counts.csv"], found = _read_csv(Path(folder) / "counts.csv")
    return frames, problems + found


def read_folder(folder):
    """Read and check a survey folder.

    Returns `(about, frames, problems)`: the contents of survey.toml, the CSV files by name as text columns, and
    everything that is wrong, in the order of the files. Files are compared with each other once each is sound by
    itself. Bases that were left empty are filled in.
    """
    folder = Path(folder)
    about, problem = read_toml(folder / "survey.toml")
    frames, found = _read_frames(folder, SCHEMAS)
    spoken = languages(frames, about)
    problems = [problem] if problem else list(_check_about(about, spoken))
    problems += found + _lacking_texts(frames, spoken)
    if not {problem.file for problem in problems} & {"options.csv", "questions.csv", "topics.csv"}:
        book = Codebook(frames)
        problems += [*check_codebook(book, frames["questions.csv"]), *check_topics(book, frames["topics.csv"])]
    if not problems:
        problems = _complete(about, frames)
    if not problems:
        problems = _check_numbers(about, frames)
    if not problems and not (folder / RESPONSES).exists():
        problems = _numbers_of_nobody(frames["questions.csv"])
    if not problems and (folder / RESPONSES).exists():
        from . import responses  # only where there are raw answers: pyarrow takes its time to import

        problems = responses.check(folder / RESPONSES, about["respondents"], frames)
    return about, frames, problems


def languages(frames, about=None):
    """The languages in which a survey has begun to say something, in its files as text columns or in survey.toml."""
    columns = {
        column for name in ("options.csv", "questions.csv") if frames[name] is not None for column in frames[name]
    }
    said = columns | {*(about or {})}
    spoken = tuple(lang for lang in LANGUAGES if said & {f"label_{lang}", f"text_{lang}", f"title_{lang}"})
    return spoken or LANGUAGES[:1]


def _lacking_texts(frames, spoken):
    """Problems of files that lack a language which the others have: what is said in one must be said in all of them."""
    problems = []
    for name, frame in frames.items():
        there = name in TEXTS and frame is not None and len(frame)
        if there and (missing := [column for column in required_columns(name, spoken) if column not in frame]):
            problems.append(
                Problem(
                    name, 1, Said("columns {columns}", columns=[*frame]), Said("a column {columns}", columns=missing)
                )
            )
    return problems


def _numbers_of_nobody(questions):
    """Problems of questions about numbers in a survey without raw answers, which alone hold numbers."""
    return [
        flaw(
            "questions.csv",
            row,
            "kind number of {question}",
            "raw answers ({responses}), or another kind",
            question=question,
            responses=RESPONSES,
        )
        for row, question in questions.loc[questions["kind"] == "number", "question"].items()
    ]


def is_uncounted(counts):
    """Whether counts.csv, as text columns, holds neither counts nor percentages yet."""
    if counts is None or not len(counts):
        return False
    return (counts["count"] == "").all() and ("percent" not in counts or (counts["percent"] == "").all())


def _complete(about, frames):
    """Fill in, in `frames`, the counts that follow from percentages and the empty bases; the problems of those that cannot be."""
    frames["counts.csv"], problems = derive_counts(frames["counts.csv"], frames["questions.csv"])
    questions = frames["questions.csv"]
    if problems or not (questions["base"] == "").any():
        return problems
    frames["questions.csv"], problems = fill_bases(Codebook(frames, about), questions)
    return problems


def _check_numbers(about, frames):
    """The problems of bases; only where there are none, those of everything that is compared with a base."""
    book = Codebook(frames, about)
    return list(check_bases(book, frames["questions.csv"])) or list(check_numbers(book, frames))


# --- text ------------------------------------------------------------------------------------------------------------


def _decode(path):
    """The text of a file, UTF-8 or Shift_JIS, or the Problem that keeps it from being read."""
    try:
        text, _ = decoded(path.read_bytes())
    except FileNotFoundError:
        return None, flaw(
            path.name, None, "no such file", "a file {path} in {parent}/", path=path.name, parent=path.parent.name
        )
    except OSError as error:
        return None, flaw(
            path.name, None, "a file that cannot be read ({reason})", "a readable file", reason=why(error)
        )
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        byte = Said("byte 0x{byte:02x}", byte=error.object[error.start])
        return None, Problem(path.name, row, byte, Said("text saved as UTF-8"))
    if not text.strip():
        return None, flaw(path.name, None, "an empty file", "a header line and at least one row")
    if sign := UNPRINTABLE.search(text):
        name = Said("the control character U+{code:04X}", code=ord(sign[0]))
        name = Said("a NUL byte") if sign[0] == "\0" else name
        return None, Problem(path.name, text[: sign.start()].count("\n") + 1, name, Said("plain text"))
    if spoilt := garbled(text):
        row, found = spoilt
        expected = Said("the words themselves, from a copy that was not spoilt, saved as UTF-8")
        return None, Problem(
            path.name, row, Said("{found}, as of a file opened in a wrong encoding and saved", found=found), expected
        )
    return text, None


def read_toml(path, form="name = value"):
    """The contents of a TOML file, or the Problem that keeps it from being read; `form` says what a line looks like."""
    text, problem = _decode(path)
    if problem:
        return None, problem
    try:
        return tomllib.loads(text), None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers or nesting beyond all measure
        row = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else None
        return None, flaw(
            path.name, row, "a line that is no TOML ({error})", "lines of the form {form}", error=error, form=form
        )


# --- survey.toml -----------------------------------------------------------------------------------------------------


def _check_about(about, spoken):
    for key, value in about.items():
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and UNPRINTABLE.search(text) for text in texts):  # TOML can write one as "\u0007"
            expected = Said("text without control characters")
            yield Problem("survey.toml", None, f"{key} = {quote(value)}", expected)
    for key, expected in {**about_needed(spoken), **ABOUT_OPTIONAL}.items():
        value = about.get(key)
        if is_right(key, value) or (key in ABOUT_OPTIONAL and key not in about):
            continue
        found = Said("no {key}", key=key) if value is None else f"{key} = {quote(value)}"
        found = Said("{entry}, still to be filled in", entry=found) if value in ("", 0) else found
        yield Problem("survey.toml", None, found, Said("{key} = {expected}", key=key, expected=expected))
    yield from _check_sample(about)


def _check_sample(about):
    """Problems of entries that contradict each other: nobody answers that was not there to be asked."""
    counted = {key: about[key] for key in WHOLE if key in about and is_right(key, about[key])}
    answered = counted.get("respondents", 0)
    for key in ("invited", "population_size"):
        if counted.get(key, answered) < answered:
            expected = Said("at least the {answered} respondents of survey.toml", answered=answered)
            yield Problem("survey.toml", None, f"{key} = {counted[key]}", expected)
    there = max(counted.get("population_size", answered), counted.get("invited", answered))
    if about.get("sample") == "census" and there > answered:
        found = Said("sample = 'census' with {answered} respondents of {there}", answered=answered, there=there)
        yield Problem(
            "survey.toml", None, found, Said("census only where everyone answered, else self_selected or random")
        )


# --- CSV files -------------------------------------------------------------------------------------------------------


def _read_frames(folder, names):
    """CSV files by name as text columns, and what is wrong with each by itself."""
    frames, problems = {}, []
    for name in names:
        if name in OPTIONAL_FILES and not (folder / name).exists():
            frames[name] = pd.DataFrame(columns=required_columns(name, LANGUAGES), dtype=str)
            continue
        frame, found = _read_csv(folder / name)
        frames[name] = frame
        problems += found
        if name == "counts.csv" and is_uncounted(frame):
            problems.append(flaw(name, None, "no count yet", "a count in every row, or an import of raw answers"))
        elif frame is not None:
            problems += _check_columns(name, frame)
    return frames, problems


def _read_csv(path):
    """A CSV file as text columns, indexed by the line its row stands on; and what is wrong with its form."""
    text, problem = _decode(path)
    if problem:
        return None, [problem]
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader)]
        rows, problems = _read_rows(reader, header, path.name)
    except csv.Error as error:
        return None, [Problem(path.name, reader.line_num, str(error), Said("comma-separated values"))]
    if problem := _wrong_header(path.name, header):
        return None, [problem]
    if not rows and not problems:
        return None, [flaw(path.name, 1, "a header line only", "at least one row")]
    return pd.DataFrame(rows.values(), columns=header, index=pd.Index(rows, name="row"), dtype=str), problems


def _read_rows(reader, header, name):
    """The rows that are not blank, by the line they begin on, and a Problem for each that has not as many cells as the header.

    Only cells of optional columns may be missing at the end of a row.
    """
    rows, problems, width = {}, [], len(header)
    columns = SCHEMAS[name].columns
    needed = max(
        (n for n, column in enumerate(header, start=1) if column not in columns or columns[column].required), default=0
    )
    line = reader.line_num + 1  # where the next row begins: a quoted cell may run over several lines
    for row in reader:
        here, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        if needed <= len(row) <= width:
            rows[here] = [cell.strip() for cell in row] + [""] * (width - len(row))
        else:
            problems.append(flaw(name, here, "{n} cells", "{width} cells", n=len(row), width=width))
    return rows, problems


def _wrong_header(name, header):
    """The Problem of a header line that lacks a column or has one twice, or None."""
    if missing := [column for column in required_columns(name) if column not in header]:
        found = " ".join(", ".join(header).split())
        return Problem(name, 1, Said("columns {columns}", columns=found), Said("a column {columns}", columns=missing))
    if repeated := sorted({column for column in header if header.count(column) > 1}):
        return flaw(name, 1, "column {repeated} twice", "each column once", repeated=repeated[0])
    return None


def _check_columns(name, frame):
    """Problems of single cells, found by the file's pandera schema, and rows that repeat a key."""
    problems = []
    try:
        SCHEMAS[name].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.sort_values("index", kind="stable")
        problems = [
            Problem(
                name,
                int(case.Index),
                f"{case.column} {quote(case.failure_case)}",
                EXPECTED[case.check],
            )
            for case in cases.rename(columns={"index": "line"}).set_index("line").itertuples()
        ]
    for row, key in frame.loc[frame.duplicated(KEYS[name]), KEYS[name]].iterrows():
        once = Said("each {columns} once", columns=reduce(_and, KEYS[name]))
        problems.append(Problem(name, row, Said("again {key}", key=[*key]), once))
    return problems


def _and(first, second):
    return Said("{first} and {second}", first=first, second=second)
