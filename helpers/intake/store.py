"""Store an import: raw answers as Parquet, and counts, bases and respondents as they follow from them."""

import re
import tomllib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ..said import Said
from ..survey import SurveyError
from ..survey.encodings import decoded
from ..survey.responses import column
from . import account as outcome
from . import versions
from .account import KEPT
from .sheets import rewrite_csv

RECORD = "import.txt"
ROWS = {  # the entries of [intake] in survey.toml that count rows
    "counted": KEPT,
    "no_answer": outcome.EMPTY_ROW,
    "same_respondent": outcome.AGAIN,
    "unfinished": outcome.UNFINISHED,
    "preview": outcome.PREVIEW,
    "no_consent": outcome.DECLINED,
}
INTAKE = Said("what became of the rows of the last import")
STOPPED = Said("of those counted, who answered nothing after that question")
ADDED = {
    "option": "no_answer",
    "role": "no_answer",
    "label_en": "No answer",
    "label_ja": "無回答",
}  # where a set has none


# --- Parquet ---------------------------------------------------------------------------------------------------------


def single(codes, options):
    """A column of single answers: `codes` are places in `options`, below 0 where the question was not put."""
    indices = pa.array(codes, pa.int16(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(options, pa.string()))


def ticks(ticked, put):
    """A column of ticks, null where the question was not put."""
    return pa.array(ticked, pa.bool_(), mask=~put)


# --- what is stored of each question ---------------------------------------------------------------------------------


@dataclass
class Stored:
    """One question as it is stored: its columns by name, its counts by option, how many were asked, and its base."""

    columns: dict
    counts: dict
    asked: int
    base: int


def store(folder, frames, names, offered, keys, routed, account, more=None, replace=False):
    """Replace the answers of a survey folder, with the counts, bases and respondents that follow from them.

    `keys` are the columns of respondents and weights, `routed` maps questions to (Answers, mask of those asked), and
    `offered` to the options that each offered before, `more` the names of other files to their bytes (None: none). Notes what changes in the codebook in the Account, which is kept
    in the folder, which is held (`versions.held`). Raises SurveyError, unless `replace`, where too many respondents would be
    lost; nothing has changed then.
    """
    stored = {question: _stored(question, names, offered[question], *each) for question, each in routed.items()}
    added = _note_changes(frames["counts.csv"], names, offered, stored, account)
    files = {
        "counts.csv": _new_counts(folder / "counts.csv", frames["counts.csv"], stored),
        "questions.csv": _with_bases(folder / "questions.csv", stored),
        "survey.toml": _with_rows(_with_respondents(folder / "survey.toml", account.rows[KEPT]), account),
    }
    files["options.csv"] = _options(folder / "options.csv", frames["options.csv"], added)
    files |= more or {}
    files[RECORD] = "\n".join([*account.lines(), ""]).encode()
    columns = dict(keys)
    for each in stored.values():
        columns |= each.columns
    account.update = versions.update(folder, columns)
    if account.update and account.update.is_large_loss() and not replace:
        found = Said(
            "{source}: found {gone:,} of {was:,} respondents gone",
            source=account.source,
            gone=account.update.gone,
            was=account.update.was,
        )
        raise SurveyError(
            "{found} ({update}); expected a later export of the same, or --replace",
            found=found,
            update=account.update.said,
        )
    versions.replace(folder, files, columns, keep=True)


def _stored(question, names, offered, answers, put):
    """What is stored of a question; an option is kept if it was offered before, or chosen now."""
    if names.questions.loc[question, "kind"] == "number":
        given = put & (answers.state == 0)
        return Stored({question: pa.array(answers.choice, pa.float64(), mask=~given)}, {}, *(int(given.sum()),) * 2)
    if answers.reader.multiple:
        columns, counts = _store_multiple(question, offered, answers, put)
    else:
        columns, counts = _store_single(question, names, offered, answers, put)
    asked, selections = int(put.sum()), names.questions.loc[question, "unit"] == "selections"
    return Stored(columns, counts, asked, sum(counts.values()) if selections else asked)


def _store_multiple(question, offered, answers, put):
    totals = zip(answers.reader.options, answers.choice[put].sum(axis=0).tolist(), strict=True)
    counts = {option: total for option, total in totals if option in offered or total}
    places = answers.reader.place
    return {column(question, option): ticks(answers.choice[:, places[option]], put) for option in counts}, counts


def _store_single(question, names, offered, answers, put):
    roles = names.offered(question)["role"]
    no_answer = next(iter(roles.index[roles == "no_answer"]), ADDED["option"])
    options = list(dict.fromkeys([*answers.reader.options, no_answer]))
    said = answers.state == 0
    codes = np.where(said, answers.choice, options.index(no_answer))[put]
    totals = zip(options, np.bincount(codes, minlength=len(options)).tolist(), strict=True)
    counts = {option: total for option, total in totals if option in offered or total}
    places = np.array([list(counts).index(option) if option in counts else -1 for option in options])
    stored = np.full(len(put), -1, np.int16)
    stored[put] = places[codes]
    return {question: single(stored, list(counts))}, counts


def _note_changes(old, names, offered, stored, account):
    """Note what changes in the codebook; the option sets that need an option for no answer."""
    added = []
    for question, each in stored.items():
        known = names.offered(question).index
        for option in each.counts:
            if option not in known:
                added.append(names.questions.loc[question, "options"])
            elif option not in offered[question]:
                account.notes.append(
                    Said("{question}: {option} was chosen; counts.csv now lists it", question=question, option=option)
                )
        if not each.asked and names.questions.loc[question, "asked_if"]:
            account.notes.append(Said("{question}: put to nobody, so the report leaves it out", question=question))
    if gone := sorted(set(old["question"]) - set(stored)):
        account.notes.append(
            Said("counts.csv: rows of {gone} taken out, which questions.csv does not have", gone=[*gone])
        )
    added = list(dict.fromkeys(added))
    account.notes += [Said("options.csv: no_answer added to {name}", name=name) for name in added]
    return added


# --- files, changed in as little as need be --------------------------------------------------------------------------


def _new_counts(path, old, stored):
    """counts.csv with new counts; columns of the user's own stay, and its encoding."""
    _, encoding = decoded(path.read_bytes())
    keys = ["question", "option"]
    counts = {(question, option): n for question, each in stored.items() for option, n in each.counts.items()}
    index = pd.MultiIndex.from_tuples(list(counts), names=keys)
    new = old.drop_duplicates(keys).set_index(keys).reindex(index, fill_value="").assign(count=list(counts.values()))
    return new.reset_index()[list(old.columns)].to_csv(index=False, lineterminator="\n").encode(encoding)


def _with_bases(path, stored):
    """questions.csv with new bases; where nobody was asked, an empty one if it follows from another answer, else 0."""

    def change(header, rows):
        question, base, asked_if = map(header.index, ("question", "base", "asked_if"))
        for row in rows[1:]:
            if len(row) == len(header):
                row[base] = str(stored[row[question].strip()].base or ("" if row[asked_if].strip() else 0))
        return rows

    return rewrite_csv(path, change)


def _options(path, options, sets):
    """options.csv with the options that came new, and one for no answer at the end of each of these sets."""

    def change(header, rows):
        if len(options) != sum(len(row) == len(header) for row in rows[1:]):
            rows = [header, *options.reindex(columns=header, fill_value="").astype(str).to_numpy().tolist()]
        for name in sets:
            place = header.index("options")
            own = [n for n, row in enumerate(rows) if len(row) == len(header) and row[place].strip() == name]
            order = 1 + max(int(rows[n][header.index("order")]) for n in own)
            new = ADDED | {"options": name, "order": order}
            rows.insert(own[-1] + 1, [str(new.get(column, "")) for column in header])
        return rows

    return rewrite_csv(path, change)


def _with_respondents(path, number):
    """survey.toml with another number of respondents, all else byte for byte as it was."""
    try:
        text, encoding = decoded(path.read_bytes())
        new, found = re.subn(r"(?m)^([ \t]*respondents[ \t]*=[ \t]*)[^\s#]+", rf"\g<1>{number}", text, count=1)
        if found and tomllib.loads(new).get("respondents") == number:
            return new.encode(encoding)
    except (OSError, ValueError, RecursionError):
        pass
    name = f"{path.parent.name}/{path.name}"
    raise SurveyError("{name}: found no line for the number of respondents; expected respondents = a number", name=name)


def _with_rows(toml, account):
    """survey.toml with the table [intake] at its end: how many rows were read, and what became of them."""
    text = re.sub(rb"(?ms)^\[intake(\.[a-z_]+)?\].*?(?=^\[(?!intake)|\Z)", b"", toml).rstrip()
    parts = {name: account.rows.get(what, 0) for name, what in ROWS.items()}
    lines = [f"[intake]  # {account.say(INTAKE)}", f"rows = {sum(account.rows.values())}"]
    lines += [f"{name} = {number}" for name, number in parts.items() if number or name == "counted"]
    if account.stopped:
        stops = ", ".join(f"{question} = {number}" for question, number in account.stopped.items())
        lines.append(f"stopped_after = {{ {stops} }}  # {account.say(STOPPED)}")
    end = b"\r\n" if b"\r\n" in toml else b"\n"
    return end.join([text, b"", *(line.encode() for line in lines), b""])
