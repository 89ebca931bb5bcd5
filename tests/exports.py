"""The same made-up respondents as each tool exports them: files for tests of the import.

`Firms` deals answers to a survey and hands them out question by question; each function below writes them as one tool
does, after published descriptions of its format, to a file in a folder, and returns the path.
"""

import csv
import io
import json
import struct
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import synthetic


class Firms:
    """Made-up answers to a survey in one language, as lists of option ids by question and respondent."""

    def __init__(self, survey, number=60, seed=15):
        self.survey, self.number = survey, number
        self.frame = synthetic.answers(survey, number, seed)
        self.questions = list(survey.questions.index)
        self.tables = {question: survey.table(question).set_index("option") for question in self.questions}
        self.dealt = {question: self._deal(question) for question in self.questions}

    def wording(self, question):
        return self.survey.wording(question)

    def multiple(self, question):
        return self.survey.question(question)["kind"] == "multiple"

    def labels(self, question):
        """Option id to label, in the order of counts.csv, without that for no answer."""
        offered = self.survey.counted.loc[self.survey.counted["question"] == question, "option"]
        table = self.tables[question]
        return {option: table["label"][option] for option in offered if table["role"][option] != "no_answer"}

    def other(self, question):
        """The option for all other answers, or None."""
        roles = self.tables[question]["role"]
        return next(iter(roles.index[roles == "other"]), None)

    def given(self, question):
        """What each respondent gave: a list of option ids, or None where the question was not put."""
        return self.dealt[question]

    def _deal(self, question):
        if self.multiple(question):
            columns = {
                option: list(self.frame[f"{question}={option}"].fillna(False)) for option in self.labels(question)
            }
            asked = list(self.frame[f"{question}={next(iter(columns))}"].notna())
            return [[o for o in columns if columns[o][row]] if asked[row] else None for row in range(self.number)]
        known = self.labels(question)
        return [None if pd.isna(one) else [one] if one in known else [] for one in self.frame[question]]

    def counts(self):
        """The counts that every export must give, {(question, option): count}, found by counting one by one."""
        return {
            (question, option): sum(option in (given or ()) for given in self.given(question))
            for question in self.questions
            for option in self.labels(question)
        }

    def column(self, question, text, join=";", unasked=""):
        """A column with all answers of a question, each as `text(option)`."""
        return [unasked if g is None else join.join(map(text, g)) for g in self.given(question)]

    def ticks(self, question, option, yes="1", no="", unasked=""):
        """A column with the ticks of one option."""
        return [unasked if g is None else yes if option in g else no for g in self.given(question)]


OWN = "own words, of ours; really"


def table(path, columns, encoding="utf-8", separator=",", lines=(), start="", quoting=csv.QUOTE_MINIMAL):
    """Write columns, as (heading, cells) pairs, as CSV, with further heading lines below the first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n", quoting=quoting)
    writer.writerow([heading for heading, _ in columns])
    writer.writerows(lines)
    writer.writerows(zip(*(cells for _, cells in columns), strict=True))
    path.write_bytes((start + out.getvalue()).encode(encoding))
    return path


def workbook(path, columns, change=None):
    """Write columns as the one sheet of a workbook."""
    book = openpyxl.Workbook()
    book.active.append([heading for heading, _ in columns])
    for row in zip(*(cells for _, cells in columns), strict=True):
        book.active.append([cell if cell != "" else None for cell in row])
    if change:
        change(book.active)
    book.save(path)
    return path


def numbers(firms, start=1):
    return [str(start + row) for row in range(firms.number)]


def times(firms, form="2026/05/{day:02} {hour}:05:09"):
    return [form.format(day=row % 28 + 1, hour=row % 12 + 1) for row in range(firms.number)]


# --- Google Forms ----------------------------------------------------------------------------------------------------


def google(firms, folder, join=", ", stamp="Timestamp", time="2026/05/{day:02} {hour}:05:09", grid=False, packed=False):
    """One cell per question; a grid heads its columns `wording [row]`; "Other" is what was typed."""
    columns = [(stamp, times(firms, time)), ("Username", [f"a{row}@example.jp" for row in range(firms.number)])]
    for question in firms.questions:
        labels = firms.labels(question) | ({firms.other(question): OWN} if question == "q6" else {})
        heading = firms.wording(question)
        if grid and question.startswith(("q1_", "q2_")):
            begin, sign, row = heading.partition("　" if "　" in heading else ": ")
            heading = f"{begin} [{row}]" if sign else heading
        columns.append((heading, firms.column(question, labels.get, join)))
    path = table(folder / "answers.csv", columns)
    if packed:
        with zipfile.ZipFile(folder / "answers.csv.zip", "w") as archive:
            archive.write(path, "My survey (Responses)/My survey.csv")
            archive.writestr("__MACOSX/._My survey.csv", b"\0\1")
        path = folder / "answers.csv.zip"
    return path


# --- Microsoft Forms -------------------------------------------------------------------------------------------------


def microsoft(firms, folder, heads=("ID", "Start time", "Completion time", "Email", "Name")):
    """A workbook; `;` after each of several answers; no-break spaces in headings."""
    own = [numbers(firms), times(firms), times(firms), ["anonymous"] * firms.number, [""] * firms.number]
    columns = list(zip(heads, own, strict=True))
    for question in firms.questions:
        cells = firms.column(question, lambda o, q=question: firms.labels(q)[o] + ";" * firms.multiple(q), "")
        columns.append((firms.wording(question).replace(" ", "\xa0"), cells))
        if question == "q9":
            columns.append((f"Points - {firms.wording(question)}", ["1"] * firms.number))
    return workbook(folder / "answers.download", columns)


# --- SurveyMonkey ----------------------------------------------------------------------------------------------------


def surveymonkey(firms, folder, numeric=False, book=False, japanese=False):
    """Two heading lines; a column per option with its label, or number; own words beside "other"."""
    response, other = ("回答", "その他 (具体的に)") if japanese else ("Response", "Other (please specify)")
    heads = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "Custom Data 1"]
    columns = [(heads[0], numbers(firms, 118_000_000)), *((head, ["x"] * firms.number) for head in heads[1:])]
    below = [""] * len(columns)
    for question in firms.questions:
        labels, head = firms.labels(question), firms.wording(question)
        text = {o: str(n) for n, o in enumerate(labels, start=1)} if numeric else labels
        if not firms.multiple(question):
            columns.append(
                (head, firms.column(question, lambda o, t=text, q=question: "" if o == firms.other(q) else t[o]))
            )
            below.append(response)
            if firms.other(question):
                columns.append(("", firms.ticks(question, firms.other(question), OWN)))
                below.append(other)
            continue
        for option in labels:
            own = option == firms.other(question)
            columns.append((head, firms.ticks(question, option, OWN if own else text[option])))
            below.append(other if own else labels[option])
            head = ""
    if book:
        return workbook(
            folder / "answers.xlsx", [(head, [low, *cells]) for (head, cells), low in zip(columns, below, strict=True)]
        )
    return table(folder / "answers.csv", columns, "utf-8-sig", lines=[below])


# --- Qualtrics -------------------------------------------------------------------------------------------------------


def qualtrics(firms, folder, numeric=False, split=True, unfinished=3, encoding="utf-8", separator=","):
    """Three heading lines; three previews and some unfinished rows, which repeat answers of others."""
    more, n = 3 + unfinished, firms.number
    own = {
        "StartDate": ["2026-05-01 10:00:00"] * (n + more),
        "Status": (["0"] * n + ["1"] * 3 if numeric else ["IP Address"] * n + ["Survey Preview"] * 3)
        + ["0" if numeric else "IP Address"] * unfinished,
        "Progress": ["100"] * (n + 3) + ["40"] * unfinished,
        "Finished": ["1" if numeric else "True"] * (n + 3) + ["0" if numeric else "False"] * unfinished,
        "ResponseId": [f"R_{row}" for row in range(n + more)],
        "DistributionChannel": ["anonymous"] * n + ["preview"] * 3 + ["anonymous"] * unfinished,
        "UserLanguage": ["EN"] * (n + more),
    }
    columns, texts = list(own.items()), list(own)
    for number, question in enumerate(firms.questions, start=1):
        labels, other = firms.labels(question), firms.other(question)
        text = {o: str(k) for k, o in enumerate(labels, start=1)} if numeric else labels
        wording, name = firms.wording(question), f"Q{number}"
        if firms.multiple(question) and split:
            for k, option in enumerate(labels, start=1):
                columns.append((f"{name}_{k}", firms.ticks(question, option, "1" if numeric else labels[option])))
                texts.append(f"{wording} - Selected Choice - {labels[option]}")
        else:
            columns.append((name, firms.column(question, text.get, ",")))
            texts.append(f"{wording} - Selected Choice" if other else wording)
        if other:
            columns.append((f"{name}_{len(labels)}_TEXT", firms.ticks(question, other, OWN)))
            texts.append(f"{wording} - {labels[other]} - Text")
    columns = [(head, [*cells, *cells[: n + more - len(cells)]]) for head, cells in columns]
    imports = [json.dumps({"ImportId": f"QID{place}"}) for place in range(len(columns))]
    return table(folder / "answers.csv", columns, encoding, separator, lines=[texts, imports])


# --- LimeSurvey ------------------------------------------------------------------------------------------------------


def limesurvey(firms, folder, form="full", yes="Yes", no="No", unasked="N/A", skipping=True):
    """Full texts or codes; two rows that were never sent; codes leave "other" out of their numbers, or skip its place."""
    sent = [*times(firms), "", ""]
    heads = ("id", "submitdate", "lastpage", "startlanguage", "seed", "token")
    if form == "full":
        heads = ("Response ID", "Date submitted", "Last page", "Start language", "Seed", "Token")
    own = (
        [*numbers(firms), "901", "902"],
        sent,
        ["5"] * len(sent),
        ["en"] * len(sent),
        *([*numbers(firms, 40), "91", "92"] for _ in "st"),
    )
    columns = list(zip(heads, own, strict=True))
    for question in firms.questions:
        columns += _lime_columns(firms, question, form, yes, no, unasked, skipping)
    return table(
        folder / "answers.csv",
        [(h, [*c, *c[: len(sent) - len(c)]]) for h, c in columns],
        "utf-8-sig",
        quoting=csv.QUOTE_ALL,
    )


def _lime_columns(firms, question, form, yes, no, unasked, skipping):
    labels, other, full = firms.labels(question), firms.other(question), form != "codes"
    head = firms.wording(question) if full else question.replace("_", "")
    if form == "both":
        head = f"{question.replace('_', '')}. {head}"
    own = (
        f"{head} [Other]" if full else f"{head}[other]",
        firms.ticks(question, other, OWN, unasked=unasked if full else ""),
    )
    rest = [option for option in labels if option != other]
    numbered = list(labels) if skipping else rest
    if not firms.multiple(question):
        codes = {option: f"A{numbered.index(option) + 1}" for option in rest} | {other: "-oth-"}
        text = labels if full else codes
        return [(head, firms.column(question, text.get, unasked=unasked if full else "")), *([own] if other else [])]
    columns = []
    for number, option in enumerate(rest, start=1):
        name = f"{head} [{labels[option]}]" if full else f"{head}[SQ{number:03}]"
        columns.append(
            (name, firms.ticks(question, option, yes if full else "Y", no if full else "", unasked if full else ""))
        )
    return [*columns, *([own] if other else [])]


# --- REDCap ----------------------------------------------------------------------------------------------------------


def redcap(firms, folder, form="raw"):
    """Raw (codes by number or id) or with labels; a row whose form was not finished."""
    n, labelled = firms.number, form == "labels"
    columns = [("Record ID" if labelled else "record_id", [*numbers(firms), "99"])]
    columns.append(("Survey Timestamp" if labelled else "survey_timestamp", [*times(firms), "[not completed]"]))
    for question in firms.questions:
        labels = firms.labels(question)
        codes = {o: str(k) if form == "raw" else o for k, o in enumerate(labels, start=1)}
        if firms.multiple(question):
            for option in labels:
                head = (
                    f"{firms.wording(question)} (choice={labels[option]})"
                    if labelled
                    else f"{question}___{codes[option]}"
                )
                yes, no = ("Checked", "Unchecked") if labelled else ("1", "0")
                columns.append((head, firms.ticks(question, option, yes, no, no)))
        else:
            text = labels if labelled else codes
            columns.append((firms.wording(question) if labelled else question, firms.column(question, text.get)))
    columns.append(
        (
            "Complete?" if labelled else "survey_complete",
            ["Complete" if labelled else "2"] * n + ["Incomplete" if labelled else "0"],
        )
    )
    return table(folder / "answers.csv", [(h, [*c, *c[: n + 1 - len(c)]]) for h, c in columns])


# --- KoboToolbox and ODK ---------------------------------------------------------------------------------------------


def kobo(
    firms, folder, whole=True, split=True, by_label=False, group="g1/", separator=";", ticks=("1", "0"), names=None
):
    """Names or labels; several answers with spaces between, a column per option, or both; `names` renames the options."""
    columns = [("start", times(firms, "2026-05-{day:02}T{hour:02}:00:00.000+09:00")), ("end", times(firms))]
    for question in firms.questions:
        labels = firms.labels(question)
        text = labels if by_label else {o: names[question][1][o] if names else o for o in labels}
        head = firms.wording(question) if by_label else names[question][0] if names else question
        if whole or not firms.multiple(question):
            columns.append((group + head, firms.column(question, text.get, " ")))
        if split and firms.multiple(question):
            columns += [(f"{group}{head}/{text[o]}", firms.ticks(question, o, *ticks)) for o in labels]
    columns += [
        ("_id", numbers(firms, 4000)),
        ("_uuid", numbers(firms)),
        ("_submission_time", times(firms)),
        ("_validation_status", [""] * firms.number),
    ]
    columns += [
        ("_status", ["submitted_via_web"] * firms.number),
        ("__version__", ["vAbc"] * firms.number),
        ("_index", numbers(firms)),
    ]
    return table(folder / "answers.csv", columns, "utf-8-sig", separator, quoting=csv.QUOTE_ALL)


def xlsform(firms, path):
    """The questionnaire as an XLSForm with names of its own; {question: (name, {option: name})}."""
    book = openpyxl.Workbook()
    book.active.title = "survey"
    book.active.append(["type", "name", "label::English (en)"])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label::English (en)"])
    names = {}
    for number, question in enumerate(firms.questions, start=1):
        kind = "select_multiple" if firms.multiple(question) else "select_one"
        book["survey"].append([f"{kind} l{number}", f"v{number}", firms.wording(question)])
        options = {}
        for place, (option, label) in enumerate(firms.labels(question).items()):
            options[option] = f"c{place * 7 % 23}"
            choices.append([f"l{number}", options[option], label])
        names[question] = f"v{number}", options
    book.save(path)
    return names


# --- SPSS ------------------------------------------------------------------------------------------------------------


def spss(firms, folder, sets=""):
    """Codes with value labels; a variable per option labelled with the option; or sets of dichotomies or categories."""
    data, heads, values, records, missing = {"id": np.arange(1.0, firms.number + 1)}, ["Respondent"], {}, [], {}
    for number, question in enumerate(firms.questions, start=1):
        labels, given = firms.labels(question), firms.given(question)
        codes = {option: float(k) for k, option in enumerate(labels, start=1)}
        if not firms.multiple(question):
            data[question] = [np.nan if g is None else codes[g[0]] if g else 99.0 for g in given]
            heads.append(firms.wording(question))
            values[question] = {code: labels[o] for o, code in codes.items()} | {99.0: "Refused"}
            missing[question] = [99.0]
            continue
        own = []
        for place, option in enumerate(labels):
            name = f"v{number}x{place + 1}" if sets else f"{question}_{place + 1}"
            if sets == "C":
                data[name] = [codes[g[place]] if g and place < len(g) else np.nan for g in given]
                values[name] = {code: labels[o] for o, code in codes.items()}
            else:
                yes, no = (2.0, 1.0) if sets else (1.0, 0.0)
                data[name] = [np.nan if g is None else yes if option in g else no for g in given]
                values[name] = {no: "Not selected", yes: "Selected"}
            heads.append(labels[option] if sets != "C" else f"mention {place + 1}")
            own.append(name)
        counted = "D1 2" if sets == "D" else "C"
        label = firms.wording(question)[:100]
        records.append(f"${question}={counted} {len(label.encode())} {label} {' '.join(own)}\n")
    path = folder / "answers.sav"
    pyreadstat.write_sav(
        pd.DataFrame(data), str(path), column_labels=heads, variable_value_labels=values, missing_ranges=missing
    )
    if sets:
        _add_sets(path, "".join(records).encode())
    return path


def _add_sets(path, text):
    """Put a record of multiple response sets (type 7, subtype 7) before the end of a SAV file's dictionary."""
    content = path.read_bytes()
    place = content.index(struct.pack("<ii", 999, 0))
    path.write_bytes(content[:place] + struct.pack("<iiii", 7, 7, 1, len(text)) + text + content[place:])


# --- R, pandas -------------------------------------------------------------------------------------------------------


def programs(firms, folder, form="R"):
    """`write.csv` of R, with row names, headings mended by R and NA; or `to_csv` of pandas, with its index and floats."""
    made = [] if form != "pandas" else [("", [str(row) for row in range(firms.number)])]
    if form == "R":
        made = [("", numbers(firms))]
    for question in firms.questions:
        labels = firms.labels(question)
        head = firms.wording(question)
        if form == "R":
            head = "".join(sign if sign.isalnum() else "." for sign in head)
            made.append((head, [cell or "NA" for cell in firms.column(question, labels.get)]))
        elif firms.multiple(question):
            made += [(f"{question}_{option}", firms.ticks(question, option, "1.0", "0.0")) for option in labels]
        else:
            codes = {o: f"{k}.0" for k, o in enumerate(labels, start=1)}
            made.append((question, firms.column(question, codes.get)))
    return table(folder / "answers.csv", made, quoting=csv.QUOTE_ALL if form == "R" else csv.QUOTE_MINIMAL)


# --- Japanese tools --------------------------------------------------------------------------------------------------


def japanese(firms, folder, form="labels", encoding="cp932"):
    """`labels`: 問N．before wordings, ① before labels; `numbers`: options by number; `columns`: 設問_選択肢, 1 and 0."""
    columns = [("回答番号", numbers(firms)), ("回答日時", times(firms)), ("会社名", ["㈱髙﨑①～"] * firms.number)]
    columns.append(("回答状況", ["完了"] * firms.number))
    for number, question in enumerate(firms.questions, start=1):
        labels = firms.labels(question)
        place = {option: k for k, option in enumerate(labels, start=1)}
        tag = "（複数回答可）" if firms.multiple(question) else "【必須】"
        head = f"問{number}．{firms.wording(question)}{tag}"
        if form == "columns" and firms.multiple(question):
            columns += [(f"{head}_{labels[o]}", firms.ticks(question, o, "1", "0")) for o in labels]
        elif form == "own numbers" and firms.multiple(question):
            columns += [(f"{question}_{place[o]}", firms.ticks(question, o, str(place[o]))) for o in labels]
        elif form == "numbers":
            columns.append((head, firms.column(question, lambda o, p=place: str(p[o]), ",")))
        else:
            columns.append((head, firms.column(question, lambda o, p=place, n=labels: chr(0x245F + p[o]) + n[o], "、")))
    return table(folder / "answers.csv", columns, encoding)
