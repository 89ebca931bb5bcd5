"""What tests of an import share: a small survey, files of answers, and what an import says and leaves behind."""

import os
from pathlib import Path

import pandas as pd
import pytest

from helpers import LANGUAGES, survey
from helpers.intake import account as outcome
from helpers.intake import answers as intake
from helpers.intake import mapping, settle
from helpers.survey import SurveyError, schemas


def small_survey(folder):
    """A survey of three questions: one answer, several answers, and a follow-up; labels hold commas and brackets."""
    folder.mkdir()
    (folder / "survey.toml").write_text(
        "\n".join(
            [
                *(f'{key} = "synthetic"' for key in schemas.about_needed(LANGUAGES) if key != "respondents"),
                "respondents = 0  # mine",
            ]
        )
    )
    (folder / "questions.csv").write_text(
        "question,topic,kind,options,base,unit,asked_if,text_en,text_ja,remark\n"
        "size,t,single,sizes,,respondents,,How large is your firm?,規模,kept\n"
        'tools,t,multiple,tools,,respondents,,"Tools, if any",ツール,\n'
        "why,t,multiple,reasons,,selections,size=large,Why so large?,理由,\n",
        encoding="utf-8",
    )
    (folder / "options.csv").write_text(
        "options,option,order,role,label_en,label_ja\n"
        'sizes,small,1,answer,"1–1,000",～１０００人\n'
        'sizes,large,2,answer,"1,001 or more",１００１人～\n'
        "tools,none,1,none,Nothing,なし\n"
        'tools,pen,2,answer,"Pen, pencil (any)",ペン、鉛筆\n'
        "tools,it,3,answer,IT,ＩＴ\n"
        "tools,other,4,other,Other,その他\n"
        "reasons,growth,1,answer,Growth,成長\n"
        "reasons,luck,2,answer,Luck,運\n",
        encoding="utf-8",
    )
    rows = [
        "size,small",
        "size,large",
        *(f"tools,{o}" for o in ("none", "pen", "it", "other")),
        "why,growth",
        "why,luck",
    ]
    (folder / "counts.csv").write_text("question,option,count\n" + "".join(f"{row},\n" for row in rows))
    return folder


HEAD = "respondent,size,tools,why\n"


def put(folder, text, encoding="utf-8", name="answers.csv"):
    path = folder.parent / name
    path.write_bytes(text.encode(encoding))
    return path


def take(folder, text, **how):
    """Import CSV text; the account."""
    account = intake.import_answers(folder, put(folder, text, **how))
    assert_adds_up(account)
    return account


def assert_adds_up(account):
    rows = sum(account.rows.values())
    kept_out = rows - account.rows[outcome.KEPT]
    cells = sum(account.cells.values())
    assert cells % rows == 0  # all columns of all rows
    assert account.cells[outcome.ROW_OUT] == kept_out * cells // rows


def answers_of(folder):
    """Stored answers by respondent: question to option, or to the set of ticks, or None where it was not put."""
    frame = survey.load(folder).responses
    found = {}
    for _, row in frame.iterrows():
        found[row["respondent"]] = {
            "size": row["size"],
            "tools": {c.removeprefix("tools=") for c in frame if c.startswith("tools=") and row[c]},
            "why": None
            if pd.isna(row["why=luck"])
            else {c.removeprefix("why=") for c in frame if c.startswith("why=") and row[c]},
        }
    return found


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder, text, **how):
    """The message of an import that is refused and changes nothing."""
    before = snapshot(folder)
    with pytest.raises(SurveyError) as caught:
        intake.import_answers(folder, put(folder, text, **how))
    assert snapshot(folder) == before
    return str(caught.value)


def unsettled(folder, text, **how):
    """The message of an import that waits for mapping.toml, and changes nothing else."""
    before = snapshot(folder)
    with pytest.raises(intake.Unsettled) as caught:
        intake.import_answers(folder, put(folder, text, **how))
    after = snapshot(folder)
    changed = {str(name) for name in after if before.get(name) != after[name]}
    assert changed <= {mapping.MAPPING, settle.SETTLE}
    return str(caught.value)


def mapping_path(folder):
    return folder / mapping.MAPPING


def environment():
    """The environment of a process of its own that imports the helpers and what tests share."""
    tests = Path(__file__).parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])}
