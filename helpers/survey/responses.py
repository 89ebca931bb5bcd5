"""Raw answers as they are stored: read responses.parquet of a survey folder, and check that counts.csv agrees with it."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..said import Said
from .problems import Problem, SurveyError, flaw
from .schemas import RESPONSES

RESPONDENT, WEIGHT = "respondent", "weight"  # columns that are no question
AGAIN = Said("import the raw answers again, or remove responses.parquet")


def column(question, option):
    """The name of the column that says whether a respondent ticked an option of a multiple-choice question."""
    return f"{question}={option}"


def read(path, kinds, offered):
    """The stored answers as a DataFrame, in the shape that `Survey.responses` describes.

    `kinds` maps questions to single or multiple, `offered` to the option ids. Raises SurveyError for a file that
    cannot be read.
    """
    table = _read_table(path)
    frame = table.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    for question, kind in kinds.items():
        if kind == "number":
            frame[question] = frame[question].astype(float)
        elif kind == "single":
            frame[question] = frame[question].cat.set_categories(offered[question])
    return frame


def _read_table(path):
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).replace(str(path), path.name).split())[:100]
        raise SurveyError(
            "{parent}/{file}: found a file that cannot be read ({reason}); {again}",
            parent=path.parent.name,
            file=RESPONSES,
            reason=reason,
            again=AGAIN,
        ) from None


def tally(table, question, kind):
    """Counts of the options, and the number of respondents to whom the question was put, from a stored table.

    A number has no options, and counts for those who gave one. Raises KeyError or ArrowException where the table has no such columns.
    """
    if kind == "number":
        answers = pc.cast(table.column(question), pa.float64())
        return {}, pc.sum(pc.fill_null(pc.is_finite(answers), False)).as_py() or 0
    if kind == "single":
        answers = table.column(question)
        found = pc.value_counts(answers.cast(pa.string()).drop_null())
        counts = {entry["values"].as_py(): entry["counts"].as_py() for entry in found}
        return counts, len(answers) - answers.null_count
    start = column(question, "")
    columns = {name.removeprefix(start): table.column(name) for name in table.column_names if name.startswith(start)}
    if not columns:
        raise KeyError(question)
    counts = {option: pc.sum(ticked).as_py() or 0 for option, ticked in columns.items()}
    return counts, max(len(ticked) - ticked.null_count for ticked in columns.values())


# --- stored answers against the counts -------------------------------------------------------------------------------


def check(path, respondents, frames):
    """Whether stored answers agree with the respondents of survey.toml, questions.csv and counts.csv.

    `frames` are text columns as `read_folder` gives them. Returns a list of Problems.
    """
    try:
        table = _read_table(path)
    except SurveyError as error:
        reason = error.said.values["reason"]
        return [Problem(RESPONSES, None, Said("a file that cannot be read ({reason})", reason=reason), AGAIN)]
    problems = [*_check_respondents(table, respondents), *_check_weights(table)]
    groups = dict(list(frames["counts.csv"].groupby("question")))
    nothing = frames["counts.csv"].iloc[:0]
    for row, q in frames["questions.csv"].iterrows():
        problems += _check_question(table, row, q, groups.get(q["question"], nothing))
    return problems


def _check_respondents(table, respondents):
    if table.num_rows != respondents:
        found = f"respondents = {respondents}"
        expected = Said("{rows}, the rows of {file}; or {again}", rows=table.num_rows, file=RESPONSES, again=AGAIN)
        yield Problem("survey.toml", None, found, expected)


def _check_weights(table):
    if WEIGHT not in table.column_names:
        return
    weights = pd.to_numeric(table.column(WEIGHT).to_pandas(), errors="coerce")
    wrong = ~(weights.gt(0) & weights.ne(float("inf")))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        value = table.column(WEIGHT)[row].as_py()
        yield flaw(
            RESPONSES,
            row + 1,
            "weight {value}",
            "a number above 0 for every respondent; or {again}",
            value=value,
            again=AGAIN,
        )


def _check_question(table, row, q, counts):
    """Problems of a question's base and counts, given its row of questions.csv and its rows of counts.csv."""
    try:
        stored, put = tally(table, q["question"], q["kind"])
    except (KeyError, pa.ArrowException):
        yield Problem(
            RESPONSES, None, Said("no answers to {question} as questions.csv has it", question=q["question"]), AGAIN
        )
        return
    base = sum(stored.values()) if q["unit"] == "selections" else put
    if int(q["base"]) != base:
        found = Said("base {base} of {question}", base=q["base"], question=q["question"])
        yield Problem(
            "questions.csv",
            row,
            found,
            _as_stored(base),
        )
    yield from _check_counts(q, counts, stored)


def _as_stored(number):
    return Said("{number}, as in {file}; or {again}", number=number, file=RESPONSES, again=AGAIN)


def _check_counts(q, counts, stored):
    for row, option, count in zip(counts.index, counts["option"], counts["count"].astype(int), strict=True):
        if count != stored.get(option, 0) or (q["kind"] == "multiple" and option not in stored):
            found = Said("count {count} of {question}, {option}", count=count, question=q["question"], option=option)
            yield Problem(
                "counts.csv",
                row,
                found,
                _as_stored(stored.get(option, 0)),
            )
    for option in sorted({*stored} - {*counts["option"]}):
        found = Said("no row for {question}, {option}", question=q["question"], option=option)
        yield Problem(
            "counts.csv",
            None,
            found,
            _as_stored(stored[option]),
        )
