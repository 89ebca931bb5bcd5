"""Start a survey of one's own: a folder with a copied codebook, no counts yet, and a blank sheet for the answers."""

import datetime
import json
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import xlsxwriter

from .. import LANGUAGES
from ..said import N_, Said, english, why
from ..survey import SurveyError, find_folder, read_codebook
from ..survey import folder as surveys
from ..survey.folder import is_uncounted, languages
from ..survey.responses import column
from ..survey.schemas import RESPONDENT, about_needed
from . import draft
from .formats import read_sheet
from .forms import read_form
from .mapping import MAPPING, ignoring
from .matching import Names, joined
from .sheets import rewrite_csv, shown
from .versions import write_private

SHEET = "responses.xlsx"
TEMPLATE = "osaka-2019"  # whose questionnaire a new survey has where none is named
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # by Windows
ROWS = 10_000  # of the blank sheet with drop-downs
ASKS = {
    "title": Said("title of the survey"),
    "publisher": Said("who publishes it"),
    "population": Said("whom it is about, such as: members with 20 or more employees"),
    "fieldwork": Said("when the answers were collected, such as: May 2026"),
    "source": Said("where the counts come from, as captions name it"),
}
CALLED = {
    "respondent_en": Said("what one respondent and several are called, such as: member, members"),
    "respondent_ja": Said("the same in Japanese, with the word that counts them, such as: 会員, 社"),
}
LANGUAGE = {"en": Said("in English"), "ja": Said("in Japanese")}


def start(name, source=TEMPLATE, say=english):
    """Make data/`name`/ with the questionnaire of another survey, and return the folder.

    What was settled about its answers comes along, and where it has counts of its own, it is what the new one is compared
    with: the wave before. What is written for people to read is in the language of `say`.

    Raises SurveyError for a name that cannot be used, a folder that is there already, or a source that is unsound;
    nothing is left behind then.
    """
    original = find_folder(source)
    frames, problems = read_codebook(original)
    if problems:
        raise SurveyError(problems[0].within(original))
    return _made(name, lambda aside: _fill(aside, original, frames, name, say))


def _made(name, fill):
    """The folder data/`name`/ as `fill` fills it: there when it is whole, or not at all."""
    if not NAME.fullmatch(name) or name in RESERVED:
        expected = Said("small letters a-z, digits, - and _, beginning with a letter or digit")
        raise SurveyError("name: found {name!r}; expected {expected}", name=name[:80], expected=expected)
    folder = surveys.DATA / name
    if folder.exists() or folder.is_symlink():
        raise SurveyError("data/{name}: found a folder of this name; expected a name that is not taken", name=name)
    try:
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=surveys.DATA))
    except OSError as error:
        raise SurveyError("data/: cannot be written ({reason})", reason=why(error)) from None
    try:
        fill(aside)
        aside.chmod(0o755)
        aside.rename(folder)
    except OSError as error:
        raise SurveyError("data/{name}: cannot be written ({reason})", name=name, reason=why(error)) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


NOTHING = [  # a codebook without a question: the form is recognised by its columns alone
    pd.DataFrame(columns=["question", "kind", "options", "text_en"], dtype=str),
    pd.DataFrame(columns=["options", "option", "order", "role", "label_en"], dtype=str),
]


def start_from_answers(name, file, lang="", say=english):
    """Make data/`name`/ with a questionnaire drafted from a file of raw answers; the folder, and how much was guessed.

    `lang` is the language of its labels, by default the one that the headings are written in; `say` that of
    what is written for people to read. Returns `(folder, drafts,
    left_out)`, see draft.py. Raises SurveyError as `start` does, and for a file that cannot be read or holds no question.
    """
    sheet = read_form(read_sheet(file), Names(*NOTHING), Path(file).parent)
    drafts, left_out = draft.questions(sheet)
    if not drafts:
        raise SurveyError(
            "{file}: found no column that could be a question; expected one row per respondent", file=shown(file)
        )
    lang = lang or draft.language(sheet)
    folder = _made(name, lambda aside: _fill_from(aside, name, drafts, left_out, lang, say))
    return folder, drafts, left_out


def _fill_from(folder, name, drafts, left_out, lang, say):
    questions = [
        {
            **{
                "question": d.question,
                "topic": "respondents" if d.use else "answers",
                "kind": d.kind,
                "options": d.set_name,
            },
            **{"base": "", "unit": "respondents", "asked_if": d.asked_if, "use": d.use},
            **{f"text_{lang}": d.text, f"short_{lang}": d.text, "guessed": "|".join(d.guessed)},
        }
        for d in drafts
    ]
    options = {
        (d.set_name, option): {
            **{"options": d.set_name, "option": option, "order": order, "role": role, "score": score},
            f"label_{lang}": label,
        }
        for d in drafts
        for order, (option, (label, role, score)) in enumerate(d.options.items(), start=1)
    }
    counts = [{"question": d.question, "option": option, "count": ""} for d in drafts for option in d.options]
    for file, rows in (("questions", questions), ("options", options.values()), ("counts", counts)):
        columns = ["question", "option", "count"] if file == "counts" else None
        table = pd.DataFrame(rows, columns=columns)
        (folder / f"{file}.csv").write_bytes(table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    (folder / "survey.toml").write_text(_about(DRAFTED, (lang,), say), encoding="utf-8")
    write_private(folder / MAPPING, ignoring(left_out, say).encode())
    (folder / "README.md").write_text(say(DRAFT, name=name), encoding="utf-8")


def _named(folder):
    """A survey folder as survey.toml names it: its name under data/, or its path."""
    return folder.name if (surveys.DATA / folder.name).resolve() == folder else str(folder)


def _fill(folder, original, frames, name, say):
    (folder / "options.csv").write_bytes(rewrite_csv(original / "options.csv", lambda _, rows: rows, mark=True))
    for file, numbers in (("questions.csv", "base"), ("counts.csv", "count")):
        (folder / file).write_bytes(
            rewrite_csv(original / file, lambda header, rows, c=numbers: _emptied(header, rows, c), mark=True)
        )
    about = _about(Said("that of {survey}", survey=original.name), languages(frames), say)
    if original.name != TEMPLATE and not is_uncounted(frames["counts.csv"]):
        comment = say(Said("the wave before, to compare with"))
        about += f"baseline = {json.dumps(_named(original), ensure_ascii=False)}  # {comment}\n"
    (folder / "survey.toml").write_text(about, encoding="utf-8")
    if (original / MAPPING).exists():
        write_private(folder / MAPPING, (original / MAPPING).read_bytes())
    (folder / "README.md").write_text(say(README, name=name, source=original.name, sheet=SHEET), encoding="utf-8")
    _write_sheet(folder / SHEET, frames)


def _emptied(header, rows, column):
    place = header.index(column)
    return [rows[0], *([*row[:place], "", *row[place + 1 :]] for row in rows[1:] if len(row) == len(header))]


def _about(source, spoken, say):
    head = Said("What the report says about the survey itself. Fill in every pair of quotation marks.")
    lines = [f"# {say(head)}"]
    for key in about_needed(spoken):
        if key == "respondents":
            comment = Said("how many answered; an import of raw answers fills this in")
            lines.append(f"respondents = 0  # {say(comment)}")
            continue
        what, _, lang = key.rpartition("_")
        lines.append(f'{key} = ""  # {say("{what}, {language}", what=ASKS[what], language=LANGUAGE[lang])}')
    for key, what in ((f"respondent_{lang}", CALLED[f"respondent_{lang}"]) for lang in spoken):
        lines.append(f"{key} = {json.dumps(RESPONDENT[key], ensure_ascii=False)}  # {say(what)}")
    return "\n".join([*lines, f"# {say('The questionnaire is {source}.', source=source)}", ""])


DRAFTED = Said("drafted from a file of raw answers")
DRAFT = N_(
    """\
# {name}

A survey of your own. Its questionnaire was drafted from a file of raw answers; all files here are described in data/README.md.

1. **Review the draft.** In `questions.csv` the column `guessed` says what was guessed of each question: its kind, the order of
   its answers, whether it sets groups (`use`), to whom it was put (`asked_if`). Correct what is wrong, and clear the cell
   when you have read it. Give questions a few words for figures in `short_…`, and topics of your own in `topic`. In
   `options.csv` look at the order, and at `role` and `score`.
2. **What was left out** stands in `mapping.toml`, as "ignore".
3. **The survey.** Fill in `survey.toml`: title, publisher and so on.
4. **The answers.** `python -m helpers import {name} FILE`, with the same file.
5. **Check.** `python -m helpers check {name}` lists all that is missing or wrong, and what is still to be read.
6. **Report.** `python -m helpers report --survey {name}`

Raw answers are other people's data: git keeps of this folder only the questionnaire, the counts and this page, so that
they are not shared by mistake.
"""
)
README = N_(
    """\
# {name}

A survey of your own, begun from the questionnaire of {source}. All files here are described in data/README.md.

1. **The questionnaire.** Did you ask other questions? Take rows out of `questions.csv` or add some; change or add
   answers in `options.csv`. `counts.csv` lists which answers each question offered.
2. **The survey.** Fill in `survey.toml`: title, publisher and so on, in both languages, and what sentences call
   your respondents.
3. **The answers**, in one of two ways:
   - You have one row per respondent: a form's export (CSV or XLSX), an SPSS file, or `{sheet}` from this folder, filled
     in. Run `python -m helpers import {name} FILE`. What it cannot match it lists in `settle.xlsx`, with answers to
     choose from, and in `mapping.toml`. Choose there, or fill in the empty quotation marks here, and run it again.
   - You have totals only. Fill in the column `count` of `counts.csv`, and `respondents` in `survey.toml`. Leave `base`
     in `questions.csv` empty where `answered_any` is empty; else it is how many answered any of those questions.
4. **Check.** `python -m helpers check {name}` lists all that is missing or wrong.
5. **Report.** `python -m helpers report --survey {name}`

Raw answers are other people's data: git keeps of this folder only the questionnaire, the counts and this page, so that
they are not shared by mistake.
"""
)


# --- the blank sheet -------------------------------------------------------------------------------------------------


def _write_sheet(path, frames):
    """A workbook to type answers into: one row per respondent, drop-downs with the allowed answers, and instructions."""
    names, counts = Names(frames["questions.csv"], frames["options.csv"]), frames["counts.csv"]
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same bytes whenever it is made
    answers, how, lists = (book.add_worksheet(title) for title in ("responses", "instructions", "lists"))
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    ranges = _write_lists(lists, names)
    heads = [("Respondent\n回答者\n[respondent]", None)]
    for question, q in names.questions.iterrows():
        heads += _heads(question, q, names, counts, ranges)
    answers.set_row(0, 150)
    answers.set_column(0, len(heads) - 1, 24)
    answers.freeze_panes(1, 1)
    for place, (heading, source) in enumerate(heads):
        answers.write_string(0, place, heading, styles["head"])
        if source:
            words = {"error_type": "warning", "error_title": "Answer", "error_message": "Please choose from the list."}
            answers.data_validation(1, place, ROWS, place, {"validate": "list", "source": source, **words})
    _write_instructions(how, names, styles)
    book.close()


def _heads(question, q, names, counts, ranges):
    """The headings of a question's columns with the sources of their drop-downs; the id in brackets is matched."""
    wording = "\n".join(_texts(q, "text"))
    if q["kind"] != "multiple":
        return [(f"{wording}\n[{question}]", ranges.get(q["options"]))]
    options, listed = names.offered(question), set(counts.loc[counts["question"] == question, "option"])
    return [
        (f"{wording}\n{joined(_texts(o, 'label'))}\n[{column(question, option)}]", ["1"])
        for option, o in options.iterrows()
        if option in listed or not listed
    ]


def _texts(row, name):
    """The texts of a row in the languages there are."""
    return [row[f"{name}_{lang}"] for lang in LANGUAGES if f"{name}_{lang}" in row]


def _write_lists(sheet, names):
    """The labels of every option set in a column each; where they stand, by option set."""
    ranges = {}
    sheet.hide()
    for place, (name, options) in enumerate(names.options.items()):
        labels = [joined(reversed(_texts(o, "label"))) for _, o in options.iterrows()]
        sheet.write_string(0, place, name)
        for row, label in enumerate(labels, start=1):
            sheet.write_string(row, place, label)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        ranges[name] = f"=lists!${letter}$2:${letter}${len(labels) + 1}"
    return ranges


INSTRUCTIONS = (
    ("One row per respondent; do not change the first row.", "1行に1回答者。1行目は変更しないでください。"),
    (
        "One answer: choose from the list. No answer: leave the cell empty.",
        "単一回答：一覧から選択。無回答：空欄のまま。",
    ),
    ("Several answers: 1 for each that was ticked.", "複数回答：該当する列に1を入力。"),
    (
        "A number or name for each respondent is optional, but finds rows entered twice.",
        "回答者番号は任意（重複の確認に使います）。",
    ),
    (
        "Columns of questions that you did not ask may be deleted, with their rows in questions.csv.",
        "質問しなかった列は、questions.csvの行とともに削除できます。",
    ),
)


def _write_instructions(sheet, names, styles):
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 2, 70)
    sheet.write_string(0, 0, "How to fill in the sheet / 記入方法", styles["title"])
    row = 2
    for in_english, in_japanese in INSTRUCTIONS:
        sheet.write_string(row, 1, in_english, styles["wrap"])
        sheet.write_string(row, 2, in_japanese, styles["wrap"])
        row += 1
    for place, word in enumerate(("id", "question", "質問", "only if / 条件")):
        sheet.write_string(row + 1, place, word, styles["head"])
    for number, (question, q) in enumerate(names.questions.iterrows(), start=row + 2):
        texts = [q.get(f"text_{lang}", "") for lang in LANGUAGES]
        for place, text in enumerate((question, *texts, q["asked_if"])):
            sheet.write_string(number, place, text, styles["wrap"])
