"""A survey as data: read a folder under data/, check it from end to end, hand out its tables."""

import csv
import io
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from .. import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
RESPONSES = "responses.parquet"  # raw answers, where a survey has them

KINDS = ("single", "multiple")
UNITS = ("respondents", "selections")
ROLES = ("answer", "none", "other", "undisclosed", "no_answer")
PRINTED_IN = ("table", "chart")
CLAIM_KINDS = (
    *("percent", "count", "reach", "reach_count", "both", "any", "any_count"),
    *("only", "less", "same", "largest", "leading", "outside"),
)
RELATIONS = ("rounds_to", "equals", "at_least", "more_than", "")


class SurveyError(ValueError):
    """A survey folder that cannot be used; the message is meant for the person who made it."""

    def _render_traceback_(self):
        # Jupyter's hook: a user's mistake shows as its message, without a traceback.
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a survey folder: where it is, what stands there, what was expected."""

    file: str
    row: int | None
    value: str
    expected: str

    def __str__(self):
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{where}: found {self.value}; expected {self.expected}"


# --- what each file must look like -----------------------------------------------------------------------------------


def _text(expected, check):
    return pa.Column(str, pa.Check(check, element_wise=True, error=expected))


def _one_of(values):
    return _text("one of " + ", ".join(v or "(empty)" for v in values), lambda value: value in values)


def _matching(pattern, expected):
    return _text(expected, lambda value: re.fullmatch(pattern, value) is not None)


def _filled():
    return _text("some text", lambda value: value.strip() != "")


def _any():
    return pa.Column(str)


_ID = _matching(r"[a-z0-9_]+", "an id of small letters, digits and _")
_COUNT = _matching(r"[0-9]{1,9}", "a whole number, 0 or more, in plain digits 0-9")
_BASE = _matching(r"0*[1-9][0-9]{0,8}", "a whole number, 1 or more, in plain digits 0-9")
_BASE_OR_EMPTY = _matching(
    r"(0*[1-9][0-9]{0,8})?", "a whole number, 1 or more, in plain digits 0-9 (or empty: it follows from the counts)"
)
_ANSWERED_ANY = r"([a-z0-9_]+(\|[a-z0-9_]+)*)?"
_PERCENT = _text(
    "a percentage from 0 to 100 in plain digits 0-9",
    lambda value: re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value) is not None and float(value) <= 100,
)
_TERMS = _matching(r"[a-z0-9_]+(=[a-z0-9_]+)?(\|[a-z0-9_]+(=[a-z0-9_]+)?)*", "question=option, joined by |")

SCHEMAS = {
    "options.csv": pa.DataFrameSchema(
        {
            "options": _ID,
            "option": _ID,
            "order": _BASE,
            "role": _one_of(ROLES),
            "label_en": _filled(),
            "label_ja": _filled(),
        }
    ),
    "questions.csv": pa.DataFrameSchema(
        {
            "question": _ID,
            "topic": _ID,
            "kind": _one_of(KINDS),
            "options": _ID,
            "base": _BASE_OR_EMPTY,
            "unit": _one_of(UNITS),
            "asked_if": _matching(r"([a-z0-9_]+=[a-z0-9_]+)?", "empty, or question=option"),
            "text_en": _filled(),
            "text_ja": _filled(),
        }
    ),
    "counts.csv": pa.DataFrameSchema({"question": _ID, "option": _ID, "count": _COUNT}),
    "published.csv": pa.DataFrameSchema(
        {"question": _ID, "option": _ID, "printed_in": _one_of(PRINTED_IN), "base": _BASE, "percent": _PERCENT}
    ),
    "claims.csv": pa.DataFrameSchema(
        {
            "claim": _ID,
            "place": _ID,
            "kind": _one_of(CLAIM_KINDS),
            "terms": _TERMS,
            "relation": _one_of(RELATIONS),
            "value": _matching(r"([0-9]+(\.[0-9]+)?)?", "empty, or a number in plain digits 0-9"),
            "text_en": _filled(),
            "text_ja": _filled(),
        }
    ),
}
OPTIONAL_COLUMNS = {"questions.csv": ("answered_any", "short_en", "short_ja")}
KEYS = {
    "options.csv": ["options", "option"],
    "questions.csv": ["question"],
    "counts.csv": ["question", "option"],
    "published.csv": ["question", "option", "printed_in", "base"],
    "claims.csv": ["claim"],
}
OPTIONAL_FILES = ("published.csv", "claims.csv")  # a survey of one's own has nothing printed yet
ABOUT = {
    "title_en": "a text",
    "title_ja": "a text",
    "publisher_en": "a text",
    "publisher_ja": "a text",
    "population_en": "a text",
    "population_ja": "a text",
    "fieldwork_en": "a text",
    "fieldwork_ja": "a text",
    "source_en": "a text",
    "source_ja": "a text",
    "respondents": "a whole number, 1 or more",
}


UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # signs that no XML file may hold, and delete


# --- reading ---------------------------------------------------------------------------------------------------------


def _decode(path):
    """The text of a UTF-8 file, or the Problem that keeps it from being read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None, Problem(path.name, None, "no such file", f"a file {path.name} in {path.parent.name}/")
    except OSError as error:
        return None, Problem(path.name, None, f"a file that cannot be read ({error.strerror})", "a readable file")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        byte = f"byte 0x{error.object[error.start]:02x}"
        return None, Problem(path.name, row, byte, "text saved as UTF-8")
    if not text.strip():
        return None, Problem(path.name, None, "an empty file", "a header line and at least one row")
    if sign := UNPRINTABLE.search(text):
        name = "a NUL byte" if sign[0] == "\0" else f"the control character U+{ord(sign[0]):04X}"
        return None, Problem(path.name, text[: sign.start()].count("\n") + 1, name, "plain text")
    return text, None


def _read_csv(path):
    """A CSV file as text columns, indexed by the line its row stands on; and what is wrong with its form."""
    text, problem = _decode(path)
    if problem:
        return None, [problem]
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, lines, problems = [], [], []
    try:
        header = [name.strip() for name in next(reader)]
        line = reader.line_num + 1  # where the next row begins: a quoted cell may run over several lines
        for row in reader:
            here, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                problems.append(Problem(path.name, here, f"{len(row)} cells", f"{len(header)} cells"))
                continue
            rows.append([cell.strip() for cell in row])
            lines.append(here)
    except csv.Error as error:
        return None, [Problem(path.name, reader.line_num, str(error), "comma-separated values")]
    wanted = list(SCHEMAS[path.name].columns)
    missing = [name for name in wanted if name not in header]
    if missing:
        found = " ".join(", ".join(header).split())
        return None, [Problem(path.name, 1, f"columns {found}", "a column " + ", ".join(missing))]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        return None, [Problem(path.name, 1, f"column {repeated[0]} twice", "each column once")]
    if not rows and not problems:
        return None, [Problem(path.name, 1, "a header line only", "at least one row")]
    frame = pd.DataFrame(rows, columns=header, index=pd.Index(lines, name="row"), dtype=str)
    return frame, problems


def _check_columns(name, frame):
    """Problems of single cells, found by the file's pandera schema, and rows that repeat a key."""
    try:
        SCHEMAS[name].validate(frame, lazy=True)
        problems = []
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.sort_values("index", kind="stable")
        problems = [
            Problem(name, int(case.Index), f"{case.column} {_quote(case.failure_case)}", case.check)
            for case in cases.rename(columns={"index": "line"}).set_index("line").itertuples()
        ]
    if name == "questions.csv" and "answered_any" in frame:
        malformed = frame.loc[~frame["answered_any"].str.fullmatch(_ANSWERED_ANY), "answered_any"]
        expected = "empty, or question ids joined by |"
        problems += [Problem(name, row, f"answered_any {_quote(text)}", expected) for row, text in malformed.items()]
    for row, key in frame.loc[frame.duplicated(KEYS[name]), KEYS[name]].iterrows():
        problems.append(Problem(name, row, "again " + ", ".join(key), "each " + " and ".join(KEYS[name]) + " once"))
    return problems


def _quote(value, width=60):
    text = str(value)
    return repr(text if len(text) <= width else text[: width - 1] + "…")


def _read_about(folder):
    path = folder / "survey.toml"
    text, problem = _decode(path)
    if problem:
        return None, [problem]
    try:
        about = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers or nesting beyond all measure
        row = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else None
        return None, [Problem(path.name, row, f"a line that is no TOML ({error})", "lines of the form name = value")]
    problems = []
    for key, value in about.items():
        if isinstance(value, str) and UNPRINTABLE.search(value):  # TOML can write one as "\u0007"
            problems.append(Problem(path.name, None, f"{key} = {_quote(value)}", "text without control characters"))
    for key, expected in ABOUT.items():
        value = about.get(key)
        right = type(value) is int and value > 0 if key == "respondents" else isinstance(value, str) and value.strip()
        if not right:
            found = f"no {key}" if value is None else f"{key} = {_quote(value)}"
            found += ", still to be filled in" if value in ("", 0) else ""
            problems.append(Problem(path.name, None, found, f"{key} = {expected}"))
    return about, problems


# --- checks across files ---------------------------------------------------------------------------------------------


class _Codebook:
    """Look-ups that the cross-checks share."""

    def __init__(self, frames):
        self.questions = frames["questions.csv"].set_index("question").to_dict("index")
        self.offered = frames["options.csv"].groupby("options", sort=False)["option"].agg(list).to_dict()

    def add_numbers(self, about, frames):
        """Take in what is known once there are answers: respondents, and counts by question and option."""
        self.respondents = about["respondents"]
        counts = frames["counts.csv"]
        self.counts = dict(
            zip(zip(counts["question"], counts["option"], strict=True), counts["count"].astype(int), strict=True)
        )

    def unknown(self, question, option=None):
        """Why a question (and option) does not resolve, as (value, expected); None when it does."""
        if question not in self.questions:
            return f"question {_quote(question)}", "a question of questions.csv"
        options = self.offered.get(self.questions[question]["options"], [])
        if option is not None and option not in options:
            return f"option {_quote(option)} of {question}", "one of " + ", ".join(options)
        return None

    def unknown_term(self, term):
        question, _, option = term.partition("=")
        return self.unknown(question, option or None)

    def leads_back(self, question):
        """Whether following asked_if from a question leads back to a question on the way."""
        seen = set()
        while question in self.questions and question not in seen:
            seen.add(question)
            question = self.questions[question]["asked_if"].partition("=")[0]
        return question in seen


def answered_any(q):
    """The questions of which a respondent must have answered one, for a row of questions.csv; often none."""
    return [other for other in q.get("answered_any", "").split("|") if other]


def _check_codebook(book, questions):
    """What is wrong with questions and options before anybody has answered."""
    for row, q in questions.to_dict("index").items():
        if q["question"] in ("respondent", "weight"):
            yield Problem("questions.csv", row, f"question {q['question']}", "another id; raw answers use this one")
        if q["options"] not in book.offered:
            yield Problem("questions.csv", row, f"options {_quote(q['options'])}", "an option set of options.csv")
        if q["unit"] == "selections" and (q["kind"] != "multiple" or not q["asked_if"]):
            expected = "unit respondents, unless kind is multiple and asked_if is given"
            yield Problem("questions.csv", row, f"unit selections of {q['question']}", expected)
        if q["asked_if"] and (unknown := book.unknown_term(q["asked_if"])):
            yield Problem("questions.csv", row, f"asked_if {_quote(q['asked_if'])}: {unknown[0]}", unknown[1])
        elif q["asked_if"] and book.leads_back(q["question"]):
            expected = "routes that begin at a question everybody was asked"
            yield Problem("questions.csv", row, f"asked_if {_quote(q['asked_if'])}, which leads in a circle", expected)
        group = answered_any(q)
        for other in group:
            if unknown := book.unknown(other):
                yield Problem("questions.csv", row, f"answered_any {_quote(other)}: {unknown[0]}", unknown[1])
            elif {*answered_any(book.questions[other])} != {*group}:
                found = f"answered_any of {q['question']} that differs from that of {other}"
                yield Problem("questions.csv", row, found, "the same questions in each")
        if group and (q["question"] not in group or q["unit"] == "selections" or q["asked_if"]):
            expected = "a question of unit respondents without asked_if, and itself among those it names"
            yield Problem("questions.csv", row, f"answered_any of {q['question']}", expected)


def _fill_bases(book, questions):
    """The codebook with its empty bases as they follow from the counts, and a Problem for each that does not."""
    problems, bases = [], {}
    for row, q in questions[questions["base"] == ""].iterrows():
        total = sum(count for (question, _), count in book.counts.items() if question == q["question"])
        if answered_any(q) and total:
            expected = "how many respondents answered one of " + ", ".join(answered_any(q))
            problems.append(Problem("questions.csv", row, f"no base of {q['question']}", expected))
        elif q["unit"] == "selections" or answered_any(q):
            bases[row] = total
        else:
            bases[row] = book.counts.get(tuple(q["asked_if"].split("=")), 0) if q["asked_if"] else book.respondents
    filled = questions["base"].to_dict() | {row: str(base) for row, base in bases.items()}
    return questions.assign(base=pd.Series(filled, dtype=str)), problems


def _check_bases(book, questions):
    for row, q in questions.to_dict("index").items():
        if q["unit"] == "respondents" and int(q["base"]) > book.respondents:
            expected = f"at most the {book.respondents} respondents of survey.toml"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


def _check_routes(book, questions):
    for row, q in questions.to_dict("index").items():
        if not q["asked_if"] or q["unit"] != "respondents":
            continue
        routed = book.counts.get(tuple(q["asked_if"].split("=")), 0)
        if int(q["base"]) != routed:
            expected = f"{routed}, the count of {q['asked_if']} in counts.csv"
            yield Problem("questions.csv", row, f"base {q['base']} of {q['question']}", expected)


def _check_counts(book, counts):
    known = []
    for row, question, option in counts[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("counts.csv", row, *unknown)
        else:
            known.append(row)
    for question, group in counts.loc[known].groupby("question", sort=False):
        yield from _check_question_counts(book, question, group)
    counted = set(counts["question"])
    for question in (asked for asked in book.questions if asked not in counted):
        yield Problem("counts.csv", None, f"no row for question {question}", "a count for each of its options")


def _check_question_counts(book, question, group):
    q = book.questions[question]
    base, numbers = int(q["base"]), group["count"].astype(int)
    ceiling, meaning = base, f"its base of {base}"
    if q["unit"] == "selections":
        ceiling = book.counts.get(tuple(q["asked_if"].split("=")), 0)
        meaning = f"the {ceiling} respondents of {q['asked_if']}"
    for row, number in numbers[numbers > ceiling].items():
        option = group.loc[row, "option"]
        yield Problem("counts.csv", row, f"count {number} of {question}, {option}", f"at most {meaning}")
    adds_up = q["kind"] == "single" or q["unit"] == "selections"
    if adds_up and numbers.sum() != base:
        kind = "single-choice counts" if q["kind"] == "single" else "selections"
        found = f"{kind} of {question} that add up to {numbers.sum()}"
        yield Problem("counts.csv", int(group.index[-1]), found, f"{base}, its base in questions.csv")


def _check_published(book, published):
    for row, question, option in published[["question", "option"]].itertuples():
        if unknown := book.unknown(question, option):
            yield Problem("published.csv", row, *unknown)


def _check_claims(book, claims):
    for row, c in claims.iterrows():
        for term in c["terms"].split("|"):
            if unknown := book.unknown_term(term):
                yield Problem("claims.csv", row, f"terms {_quote(c['terms'])}: {unknown[0]}", unknown[1])
        if (c["relation"] == "") != (c["value"] == ""):
            found = f"relation {_quote(c['relation'])} with value {_quote(c['value'])}"
            yield Problem("claims.csv", row, found, "both, or neither")


# --- the survey ------------------------------------------------------------------------------------------------------


def find_folder(survey):
    """The folder of a survey, given as a name under data/ or as a path. Raises SurveyError if there is none."""
    try:
        named, path = DATA / str(survey), Path(str(survey)).expanduser()
        for folder in (named, path):
            if str(survey).strip() not in ("", ".", "..") and folder.is_dir():
                return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        pass  # a name that no folder can have: too long, an unknown home, a NUL
    known = ", ".join(sorted(p.name for p in DATA.iterdir() if p.is_dir()))
    expected = f"the path of a folder, or a folder name under data/: {known}"
    raise SurveyError(f"survey: found {_quote(survey)}; expected {expected}")


def read_codebook(folder):
    """Read options.csv, questions.csv and counts.csv, whether or not anybody has answered yet.

    Returns `(frames, problems)` as `read_folder` does, with the problems of the codebook only: those of options and
    questions, and a counts.csv that cannot be read. Counts are not looked at; an import replaces them.
    """
    frames, problems = _read_frames(Path(folder), ("options.csv", "questions.csv"))
    if not problems:
        problems = list(_check_codebook(_Codebook(frames), frames["questions.csv"]))
    frames["counts.csv"], found = _read_csv(Path(folder) / "counts.csv")
    return frames, problems + found


def _read_frames(folder, names):
    """CSV files by name as text columns, and what is wrong with each by itself."""
    frames, problems = {}, []
    for name in names:
        if name in OPTIONAL_FILES and not (folder / name).exists():
            frames[name] = pd.DataFrame(columns=list(SCHEMAS[name].columns), dtype=str)
            continue
        frame, found = _read_csv(folder / name)
        frames[name] = frame
        problems += found
        if name == "counts.csv" and is_uncounted(frame):
            problems.append(Problem(name, None, "no count yet", "a count in every row, or an import of raw answers"))
        elif frame is not None:
            problems += _check_columns(name, frame)
    return frames, problems


def is_uncounted(counts):
    """Whether counts.csv, as text columns, holds no count at all yet."""
    return counts is not None and len(counts) > 0 and (counts["count"] == "").all()


def read_folder(folder):
    """Read and check a survey folder.

    Returns `(about, frames, problems)`: the contents of survey.toml, the CSV files by name as text columns, and
    everything that is wrong, in the order of the files. Files are cross-checked once each is sound by itself. Bases
    that were left empty are filled in.
    """
    folder = Path(folder)
    about, problems = _read_about(folder)
    frames, found = _read_frames(folder, SCHEMAS)
    problems += found
    if not {problem.file for problem in problems} & {"options.csv", "questions.csv"}:
        book = _Codebook(frames)
        problems += _check_codebook(book, frames["questions.csv"])
    if not problems:
        book.add_numbers(about, frames)
        if (frames["questions.csv"]["base"] == "").any():
            frames["questions.csv"], problems = _fill_bases(book, frames["questions.csv"])
            book = _Codebook(frames)
            book.add_numbers(about, frames)
    if not problems:
        problems = list(_check_bases(book, frames["questions.csv"]))
    if not problems:
        problems = [
            *_check_counts(book, frames["counts.csv"]),
            *_check_routes(book, frames["questions.csv"]),
            *_check_published(book, frames["published.csv"]),
            *_check_claims(book, frames["claims.csv"]),
        ]
    if not problems and (folder / RESPONSES).exists():
        from . import responses  # only where there are raw answers: pyarrow takes its time to import

        problems = responses.check(folder / RESPONSES, about["respondents"], frames)
    return about, frames, problems


@dataclass(frozen=True)
class Survey:
    """A checked survey in one language. `questions` is indexed by question id.

    `unasked` names the questions of the codebook that were put to nobody, such as the follow-up of an answer that
    nobody gave; they are in no other part.
    """

    folder: Path
    lang: str
    about: dict
    questions: pd.DataFrame = field(repr=False)
    options: pd.DataFrame = field(repr=False)
    counts: pd.DataFrame = field(repr=False)
    published: pd.DataFrame = field(repr=False)
    claims: pd.DataFrame = field(repr=False)
    unasked: tuple = ()

    @property
    def name(self):
        """The folder's name, which names the survey in outputs/."""
        return self.folder.name

    @property
    def respondents(self):
        """How many respondents answered the survey."""
        return self.about["respondents"]

    def info(self, key):
        """An entry of survey.toml in the survey's language, such as `info("title")`."""
        return self.about[f"{key}_{self.lang}"]

    def has(self, *questions):
        """Whether the survey asked all of these questions."""
        return all(question in self.questions.index for question in questions)

    def question(self, question):
        """The row of questions.csv. Raises SurveyError for an unknown id."""
        if question not in self.questions.index:
            known = ", ".join(self.questions.index)
            raise SurveyError(f"question: found {_quote(question)}; expected one of {known}")
        return self.questions.loc[question]

    def wording(self, question):
        """The question as it was put, in the survey's language."""
        return self.question(question)[f"text_{self.lang}"]

    def short(self, question):
        """A few words for a question, for axes and keys; its wording where the codebook has none."""
        return self.question(question).get(f"short_{self.lang}") or self.wording(question)

    def named(self, question):
        """Like `short`, with the answer that leads to the question, or its id, where several share these words."""
        short = self.short(question)
        if sum(self.short(other) == short for other in self.questions.index) == 1:
            return short
        leading, _, option = self.question(question)["asked_if"].partition("=")
        if not leading:
            return f"{short} ({question})"
        labels = self.table(leading).set_index("option")["label"]
        return f"{short} ({labels[option]})"

    def routed(self, question):
        """The number of respondents to whom a question was put."""
        q = self.question(question)
        if not q["asked_if"]:
            return int(q["base"])
        return self.count(*q["asked_if"].split("="))

    @cached_property
    def responses(self):
        """The raw answers, one row per respondent, or None where the survey has counts only.

        Columns: `respondent` (text) and, if the survey has weights, `weight` (float, above 0). A single-choice question
        is a categorical column named after it, whose categories are its option ids; a multiple-choice question is one
        nullable boolean column `question=option` per option. Missing means that the question was not put to this
        respondent; `no_answer` and a row of False mean that it was, and left empty.
        """
        if not (self.folder / RESPONSES).exists():
            return None
        from . import responses  # only where there are raw answers: pyarrow takes its time to import

        sets = self.options.sort_values("order").groupby("options")["option"].agg(list)
        listed = self.counts.groupby("question")["option"].agg(set)
        offered = {
            question: [option for option in sets[q["options"]] if option in listed[question]]
            for question, q in self.questions.iterrows()
        }
        return responses.read(self.folder / RESPONSES, self.questions["kind"].to_dict(), offered)

    @cached_property
    def _counted(self):
        asked = zip(self.counts["question"], self.counts["option"], strict=True)
        return dict(zip(asked, self.counts["count"].tolist(), strict=True))

    def count(self, question, option):
        """The count of one option. Raises SurveyError if the question does not offer it."""
        try:
            return self._counted[question, option]
        except KeyError:
            known = ", ".join(self.table(question)["option"])
            raise SurveyError(f"option of {question}: found {_quote(option)}; expected one of {known}") from None

    def claimed(self, kind, question):
        """The value of the publisher's first claim of a kind about a question, or None."""
        rows = self.claims[(self.claims["kind"] == kind) & self.claims["terms"].str.match(rf"{question}(=|$)")]
        return float(rows["value"].iloc[0]) if len(rows) else None

    def table(self, question):
        """The answers to a question in the option set's order.

        Columns: `option`, `label` (in the survey's language), `count`, `base` (as printed: respondents, or
        selections where the codebook says so) and `role`. Options that counts.csv does not list were not offered.
        """
        if question not in self._tables:
            self._tables[question] = self._make_table(question)
        return self._tables[question].copy()

    @cached_property
    def _tables(self):
        return {}

    def _make_table(self, question):
        q = self.question(question)
        chosen = self.options[self.options["options"] == q["options"]].sort_values("order")
        counts = self.counts[self.counts["question"] == question]
        table = chosen.merge(counts, on="option").assign(base=int(q["base"]))
        table = table.rename(columns={f"label_{self.lang}": "label"})
        return table[["option", "label", "count", "base", "role"]].reset_index(drop=True)


def load(survey="osaka-2019", lang="en"):
    """Load and check a survey: a folder name under data/, or the path of such a folder.

    Raises SurveyError, in one message, for the first thing that is wrong, saying how many more there are.
    """
    if lang not in LANGUAGES:
        raise SurveyError(f"lang: found {_quote(lang)}; expected one of {', '.join(LANGUAGES)}")
    folder = find_folder(survey)
    about, frames, problems = read_folder(folder)
    if any(problem.file == "counts.csv" and problem.value == "no count yet" for problem in problems):
        raise SurveyError(
            f"{folder.name}: nobody has answered yet; fill in counts.csv and survey.toml, or import raw answers with "
            f"python -m helpers import {survey} FILE (python -m helpers check {survey} lists what is missing)"
        )
    if problems:
        more = f" ({len(problems) - 1} more: python -m helpers check {survey})" if len(problems) > 1 else ""
        raise SurveyError(f"{folder.name}/{problems[0]}{more}")
    questions = frames["questions.csv"].astype({"base": int}).set_index("question")
    unasked = tuple(questions.index[questions["base"] == 0])
    counts = frames["counts.csv"].astype({"count": int})
    return Survey(
        folder=folder,
        lang=lang,
        about=about,
        questions=questions.drop(index=list(unasked)),
        options=frames["options.csv"].astype({"order": int}).reset_index(drop=True),
        counts=counts[~counts["question"].isin(unasked)].reset_index(drop=True),
        published=frames["published.csv"].astype({"base": int, "percent": float}).reset_index(drop=True),
        claims=frames["claims.csv"].reset_index(drop=True),
        unasked=unasked,
    )
