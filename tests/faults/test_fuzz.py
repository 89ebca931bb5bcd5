"""Spoilt data folders and response files: each ends in a sound load or import, or in one clear message.

The cases are drawn from a fixed seed. After each: no error but SurveyError; nothing written outside the survey's folder
(and, there, only mapping.toml when the import fails); what is stored agrees with a recount that this module makes by
itself, and the account of the import adds up.
"""

import dataclasses
import io
import random
import shutil
import struct
import zipfile

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import synthetic
from sizes import size

from helpers import __main__ as command
from helpers import survey
from helpers.intake import answers as intake
from helpers.intake import formats, mapping, settle
from helpers.intake import start as questionnaire
from helpers.intake.account import KEPT
from helpers.survey import SurveyError

BATCHES, PER_BATCH = size(10, 2), 16  # cases of each kind: folders and files
FIRMS = 12
# Of Osaka's questionnaire, one question of every kind and route: enough to go wrong in every way, and quick.
ASKED = ["industry", "q1_suppliers", "q2_suppliers", "q2_suppliers_why_aware", "q4", "q7_content", "q7_damage"]
ASKED += ["q9", "q9_author"]


@pytest.fixture(scope="module")
def world(tmp_path_factory, osaka):
    """A folder without answers, one with them, and answers of a few invented firms in several forms."""
    root = tmp_path_factory.mktemp("world")
    empty = root / "empty"
    shutil.copytree(survey.DATA / "osaka-2019", empty)
    for name in ("published.csv", "claims.csv", "topics.csv"):
        (empty / name).unlink()
    synthetic.uncounted(empty)
    for name in ("questions.csv", "counts.csv"):
        table = pd.read_csv(empty / name, dtype=str, keep_default_na=False)
        table[table["question"].isin(ASKED)].to_csv(empty / name, index=False)
    asked = dataclasses.replace(osaka, questions=osaka.questions.loc[ASKED])
    form = synthetic.as_form(asked, synthetic.answers(asked, FIRMS, seed=3))
    form.to_csv(root / "answers.csv", index=False)
    full = shutil.copytree(empty, root / "full")
    intake.import_answers(full, root / "answers.csv")
    assert survey.load(full).respondents == FIRMS
    return {"empty": empty, "full": full, "form": form, "osaka": survey.DATA / "osaka-2019"}


def snapshot(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- ways to spoil bytes and tables ----------------------------------------------------------------------------------


def truncated(data, rng):
    return data[: rng.randrange(len(data) or 1)]


def with_nul(data, rng):
    place = rng.randrange(len(data) + 1)
    return data[:place] + b"\0" + data[place:]


def with_noise(data, rng):
    spoilt = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        if spoilt:
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def recoded(data, rng):
    encoding = rng.choice(["cp932", "utf-16", "utf-16-le", "euc_jp", "utf-8-sig", "utf-32"])
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def lines_shuffled(data, rng):
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def lines_repeated(data, rng):
    lines = data.split(b"\n")
    return b"\n".join([*lines, *rng.choices(lines, k=3)])


def quote_opened(data, rng):
    place = rng.randrange(len(data) + 1)
    return data[:place] + b'"' + data[place:]


def long_cell(data, rng):
    place = data.find(b",", rng.randrange(len(data) or 1))
    return data[:place] + b"," + b"x" * 10_000 + data[place:]


def emptied(data, rng):
    return rng.choice([b"", b"\n", b"\xef\xbb\xbf", b",,,\n", b" "])


SPOIL = (truncated, with_nul, with_noise, recoded, lines_shuffled, lines_repeated, quote_opened, long_cell, emptied)
CELLS = (
    *(
        "",
        " ",
        "\u3000",
        "0",
        "-1",
        "1e9",
        "nan",
        "NULL",
        "#N/A",
        "=1+1",
        "=cmd|' /C calc'!A0",
        "１",
        "yes",
        "no_answer",
    ),
    *(
        "../../etc/passwd",
        "x" * 10_000,
        "\u202e",
        "𠮷",
        "a;b",
        "a,b",
        "、",
        ";;;",
        "\r",
        "\n",
        '"',
        "1",
        "q4",
        "ignore",
    ),
)


def spoil_table(form, rng):
    """A form's answers with their columns shuffled, cells exchanged, rows repeated, headings renamed or dropped."""
    form = form.copy()
    for _ in range(rng.randrange(1, 3)):
        what = rng.choices(range(8), weights=(4, 2, 3, 3, 1, 1, 3, 1))[0]
        row, column = rng.randrange(len(form)), rng.randrange(form.shape[1])
        if what == 0:
            form = form[rng.sample(list(form.columns), form.shape[1])] if form.columns.is_unique else form
        elif what == 1:
            form.iloc[row, column] = rng.choice(CELLS)
        elif what == 2:
            other = rng.randrange(form.shape[1])
            form.iloc[row, column] = form.iloc[rng.randrange(len(form)), other]
        elif what == 3:
            form = pd.concat([form, form.iloc[[row]]], ignore_index=True)
        elif what == 4:
            form.columns = [rng.choice(CELLS) if n == column else name for n, name in enumerate(form.columns)]
        elif what == 5:
            form = form.iloc[:, [n for n in range(form.shape[1]) if n != column or form.shape[1] == 1]]
        elif what == 6:
            form.iloc[row] = ""
        else:
            form.insert(0, f"extra {rng.randrange(99)}", rng.choice(CELLS), allow_duplicates=True)
    return form


# --- data folders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoilt_folders_load_soundly_or_end_in_a_message(world, tmp_path, batch):
    for case in range(PER_BATCH):
        rng = random.Random(1000 * batch + case)
        folder = tmp_path / f"case-{case}"
        shutil.copytree(world[rng.choice(["empty", "full", "osaka"])], folder)
        path = rng.choice(sorted(p for p in folder.iterdir() if p.name != "import.txt"))
        for _ in range(rng.randrange(1, 3)):
            path.write_bytes(rng.choice(SPOIL)(path.read_bytes(), rng))
        before = snapshot(tmp_path)
        try:
            loaded = survey.load(folder)
        except SurveyError as error:
            loaded, said = None, str(error)
        if loaded:
            assert_sound(loaded)
        else:
            assert said.startswith(folder.name), case
            assert "\n" not in said, case
        assert command.main(["check", str(folder)]) in (0, 2)
        assert snapshot(tmp_path) == before, case
        shutil.rmtree(folder)


def assert_sound(loaded):
    """Totals that the codebook fixes hold, and raw answers, if any, count up to the counts."""
    assert (loaded.counted["count"] <= loaded.respondents).all()
    totals = loaded.counted.groupby("question")["count"].sum()
    for question, q in loaded.questions.iterrows():
        if q["kind"] == "single" or q["unit"] == "selections":
            assert totals[question] == q["base"]
    if loaded.responses is not None:
        stored = {name: loaded.responses[name].tolist() for name in loaded.responses}
        for question, option, count in loaded.counted[["question", "option", "count"]].itertuples(index=False):
            assert count == recount(stored, question, option)


def recount(stored, question, option):
    """A count by hand, row by row."""
    if question in stored:
        return sum(answer == option for answer in stored[question])
    return sum(tick is True for tick in stored[f"{question}={option}"])


# --- response files --------------------------------------------------------------------------------------------------


def spoilt_csv(form, rng, path):
    table = form if rng.random() < 0.3 else spoil_table(form, rng)
    separator, encoding = rng.choice(",\t;"), rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp932"])
    data = table.to_csv(index=False, sep=separator).encode(encoding, "replace")
    if table is form or rng.random() < 0.3:
        data = rng.choice(SPOIL)(data, rng)
    path.write_bytes(data)


def spoilt_workbook(form, rng, path):
    table = spoil_table(form, rng)
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [list(table.columns), *table.values.tolist()]:
        sheet.append(["".join(sign for sign in str(cell) if sign.isprintable() or sign == "\n") for cell in row])
    what = rng.randrange(5)
    place = {"row": rng.randrange(1, len(table) + 2), "column": rng.randrange(1, table.shape[1] + 1)}
    if what == 0:
        start = rng.randrange(1, table.shape[1])
        sheet.merge_cells(start_row=1, end_row=1, start_column=start, end_column=start + rng.randrange(1, 4))
    elif what == 1:
        sheet.cell(**place).value = "=SUM(A1:A3)"
    elif what == 2:
        sheet.cell(**place).value = rng.choice([1.5, True, pd.Timestamp("2026-05-01").to_pydatetime(), -0.0, 10**20])
    buffer = io.BytesIO()
    book.save(buffer)
    data = buffer.getvalue()
    path.write_bytes(rng.choice((truncated, with_noise, with_nul))(data, rng) if what == 3 else data)


def spoilt_spss(form, rng, path):
    table = spoil_table(form, rng)
    table.columns = [f"v{n}" for n in range(table.shape[1])]
    labels = [str(name)[:200] for name in form.columns][: table.shape[1]]
    labels += [""] * (table.shape[1] - len(labels))
    pyreadstat.write_sav(table.astype(str).map(lambda cell: cell[:2000]), str(path), column_labels=labels)
    if rng.random() < 0.5:
        path.write_bytes(rng.choice((truncated, with_noise, with_nul))(path.read_bytes(), rng))


KINDS = (spoilt_csv, spoilt_csv, spoilt_csv, spoilt_workbook, spoilt_spss)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoilt_files_import_soundly_or_end_in_a_message(world, tmp_path, batch, capsys):
    outcomes = []
    for case in range(PER_BATCH):
        rng = random.Random(5000 + 1000 * batch + case)
        folder = shutil.copytree(world[rng.choice(["empty", "full"])], tmp_path / "survey")
        path = tmp_path / rng.choice(["answers.csv", "a b.xlsx", "回答.sav", "..answers", "-x", "a\nb.txt"])
        rng.choice(KINDS)(world["form"], rng, path)
        outcomes.append(attempt(folder, path, tmp_path, rng))
        shutil.rmtree(folder)
        path.unlink()
    assert "imported" in outcomes or "open" in outcomes
    assert "refused" in outcomes
    assert "Traceback" not in "".join(capsys.readouterr())


def attempt(folder, path, root, rng):
    """Import a file, settling a first round of open entries at random, and check what is left behind."""
    for _ in range(3):
        before, account, problem = snapshot(root), None, None
        try:
            account = intake.import_answers(folder, path)
        except SurveyError as error:
            problem = error
        after = snapshot(root)
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if account:
            assert all(name.startswith("survey/") for name in changed)
            assert_imported(folder, path, account)
            return "imported"
        assert str(problem).strip()
        if not isinstance(problem, intake.Unsettled):
            assert not changed
            return "refused"
        assert changed <= {f"survey/{mapping.MAPPING}", f"survey/{settle.SETTLE}"}
        draft = folder / mapping.MAPPING
        draft.write_text(draft.read_text(encoding="utf-8").replace('= ""', f'= "{rng.choice(("ignore", "q4"))}"'))
    return "open"


def assert_imported(folder, path, account):
    """The account adds up to the file, and the stored answers to the counts."""
    sheet = formats.read_sheet(path)
    assert sum(account.rows.values()) == sheet.rows
    assert sum(account.cells.values()) == sheet.rows * len(sheet.columns)
    about = folder / "survey.toml"
    about.write_text(about.read_text(encoding="utf-8").replace('= ""', '= "synthetic"'), encoding="utf-8")
    loaded = survey.load(folder)
    assert loaded.respondents == account.rows[KEPT] == len(loaded.responses)
    assert_sound(loaded)


# --- by name ---------------------------------------------------------------------------------------------------------


def bomb(path, size):
    """A workbook whose one part is a long run of the same byte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as part:
        for _ in range(size >> 20):
            part.write(b" " * (1 << 20))


def test_densely_packed_workbook_is_refused(world, tmp_path):
    bomb(tmp_path / "bomb.xlsx", 40 << 20)
    with pytest.raises(
        SurveyError, match=r"bomb.xlsx: found a workbook with a part packed \d+ times; expected at most 200"
    ):
        intake.import_answers(world["empty"], tmp_path / "bomb.xlsx")


def test_workbook_that_says_it_unpacks_to_too_much_is_refused(world, tmp_path):
    """Only the archive's own table of contents is read: its entry is made to say 3 GiB."""
    path = tmp_path / "large.xlsx"
    bomb(path, 1 << 20)
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 3 << 30)
    path.write_bytes(data)
    with pytest.raises(
        SurveyError, match=r"large.xlsx: found a workbook that unpacks to 3,221,225,472 bytes; expected at"
    ):
        intake.import_answers(world["empty"], path)


def test_entities_that_grow_are_refused(world, tmp_path):
    """The billion laughs: an XML part whose entities unfold into each other."""
    path = tmp_path / "laughs.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rounds = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{rounds}]><workbook>&l11;</workbook>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {"xl/workbook.xml": laughs.encode()}).items():
            archive.writestr(name, content)
    with pytest.raises(SurveyError, match=r"laughs.xlsx: found a workbook that cannot be read"):
        intake.import_answers(world["empty"], path)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc", "..", "a/../../b", "~root", "a\\..\\b", "data/../..", "\0", "CON", "."]
)
def test_path_tricks_in_names_write_nothing(tmp_path, monkeypatch, name):
    data = tmp_path / "data"
    shutil.copytree(survey.DATA / "osaka-2019", data / "osaka-2019")
    monkeypatch.setattr("helpers.survey.folder.DATA", data)
    (tmp_path / "answers.csv").write_text("size\nsmall\n")
    before = snapshot(tmp_path)
    with pytest.raises(SurveyError):
        questionnaire.start(name)
    assert command.main(["import", name, str(tmp_path / "answers.csv")]) == 2
    assert snapshot(tmp_path) == before


def test_ids_with_path_tricks_are_refused(world, tmp_path):
    folder = shutil.copytree(world["empty"], tmp_path / "survey")
    path = folder / "questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\nq9_author,", "\n../../q9,"), encoding="utf-8")
    with pytest.raises(SurveyError, match=r"question '../../q9'; expected an id"):
        intake.import_answers(folder, tmp_path / "answers.csv")


def test_links_out_of_the_folder_are_replaced_and_not_followed(world, tmp_path):
    """counts.csv that is a link to a file elsewhere: the import puts a file in the link's place."""
    folder = shutil.copytree(world["empty"], tmp_path / "survey")
    elsewhere = tmp_path / "elsewhere.csv"
    (folder / "counts.csv").rename(elsewhere)
    (folder / "counts.csv").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    world["form"].to_csv(tmp_path / "answers.csv", index=False)
    intake.import_answers(folder, tmp_path / "answers.csv")
    assert elsewhere.read_bytes() == before
    assert not (folder / "counts.csv").is_symlink()
