"""A clerk's commands in a Japanese locale: nothing that they print, or write for people, is an English sentence."""

import re
import tomllib

import pandas as pd
import pytest

from helpers import __main__ as command_line
from helpers.survey import folder as surveys

ENGLISH = re.compile(r"(?:\b[a-z]+[ ,.;:]+){3,}")  # words in a row; ids, file names and commands have fewer
OTHERS = re.compile(
    r"python -m helpers [a-z]+|BadZipFile：[^）]*"
)  # commands, and what a library says of a broken file
ROWS = "size,tools,why\nlarge,IT,\n"
FILES = {  # of which kind, and a few words that must be said of it
    "pdf": (b"%PDF-1.4", "PDF文書"),
    "xls": (b"\xd0\xcf\x11\xe0", "旧形式のExcelファイル"),
    "html": (b"<html><table></table></html>", "ウェブページ"),
    "zip": (b"PK\x03\x04", "読み込めないアーカイブ"),
    "empty": (b"", "空のファイル"),
    "head": (b"size,tools\n", "見出しのみ"),
    "uneven": (b"size,tools\nlarge,IT\nlarge\n", "3行目：1個のセル"),
    "nul": (b"size,tools\nlarge,\0\n", "NULバイト"),
    "heading": (b"size,colour\nlarge,red\n", "見出し'colour'は、どの設問とも一致しない"),
    "answer": (b"size,tools\nhuge,IT\n", "sizeの回答'huge'は、どの選択肢とも一致しない"),
    "nothing": (b"respondent\na\n", "どの設問の列も見つからない"),
    "weight": (b"size,weight\nlarge,-1\n", "0より大きい数"),
    "twice": (b"size,size\nlarge,large\n", "1列目と2列目がともにsizeに当たる"),
    "no heading": (b"size,\nlarge,x\n", "見出しのない列に回答がある"),
    "no row": (b"size,tools\n,\n", "集計対象となる行がない"),
}


@pytest.fixture
def japanese(monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")


def english_in(text):
    """The lines of a text that hold an English sentence."""
    return [line for line in text.splitlines() if ENGLISH.search(OTHERS.sub("", line))]


def put(folder, content, name="answers.csv"):
    path = folder.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def imported(folder, content, *options):
    return command_line.main(["import", str(folder), str(put(folder, content)), *options])


@pytest.mark.parametrize("kind", FILES)
def test_what_is_wrong_with_a_file_of_answers(kind, small, capsys, japanese):
    content, words = FILES[kind]
    assert imported(small, content) == 2
    said = capsys.readouterr().err
    assert words in said
    assert english_in(said) == []


@pytest.mark.parametrize("kind", FILES)
def test_the_option_decides_over_the_locale(kind, small, capsys, japanese):
    assert imported(small, FILES[kind][0], "--lang", "en") == 2
    said = capsys.readouterr().err
    assert not re.search("[ぁ-ん]", said)
    assert english_in(said) != []


def test_the_account_and_what_is_kept_of_it(small, capsys, japanese):
    assert imported(small, ROWS + "large,IT,\n,,\nsmall,,\n") == 0
    said = capsys.readouterr().out
    assert "読み込んだ行：4\n  集計対象：3\n  除外（回答が一つもない）：1\n" in said
    assert english_in(said) == []
    assert english_in((small / "import.txt").read_text(encoding="utf-8")) == []
    about = (small / "survey.toml").read_text(encoding="utf-8")
    assert "# 前回の取込みで、各行がどう扱われたか" in about
    assert tomllib.loads(about)["intake"]["rows"] == 4
    assert imported(small, ROWS) == 0
    assert "前回3、今回1" in capsys.readouterr().out
    assert command_line.main(["import", str(small), "--undo"]) == 0
    assert capsys.readouterr().out.startswith("取消し：前回1、今回3")


def test_the_draft_of_a_mapping(small, capsys, japanese):
    assert imported(small, "size,colour\nhuge,red\n") == 2
    drafted = (small / "mapping.toml").read_text(encoding="utf-8")
    assert drafted.startswith("# 自動で対応付けられなかったもの。")
    assert '"huge" = ""  # 近いもの：' in drafted
    assert english_in(drafted) == []
    assert tomllib.loads(drafted) == {"columns": {"colour": ""}, "answers": {"size": {"huge": ""}}}
    assert command_line.main(["check", str(small)]) == 2
    said = capsys.readouterr().out
    assert "'huge of size'が未指定" in said
    assert english_in(said) == []


def test_what_is_wrong_with_a_codebook(small, capsys, japanese):
    questions = small / "questions.csv"
    questions.write_text(questions.read_text().replace("size,t,single", "size,t,sngle").replace("tools,t", "To,t"))
    (small / "options.csv").unlink()
    assert command_line.main(["check", str(small)]) == 2
    said = capsys.readouterr().out
    assert "kind 'sngle'（あるべき内容：single、multiple、numberのいずれか）" in said
    assert "options.csv：ファイルがない" in said
    assert english_in(said) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_questionnaire_drafted_from_answers(lang, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(surveys, "DATA", tmp_path / "data")
    (tmp_path / "data").mkdir()
    form = pd.DataFrame(
        {"店の規模": ["大", "小"] * 6, "売上": [*range(100, 112)], "感想": [f"文{n}" for n in range(12)]}
    )
    form.to_csv(tmp_path / "form.csv", index=False)
    assert command_line.main(["new", "shops", "--answers", str(tmp_path / "form.csv"), "--lang", lang]) == 0
    said = capsys.readouterr().out
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "data" / "shops").glob("*.[mt]*")}
    assert sorted(written) == ["README.md", "mapping.toml", "survey.toml"]
    for text in (said, *written.values()):
        assert bool(english_in(text)) is (lang == "en")
    if lang == "ja":
        assert "除いた列：'感想'（自由記述、日付又は氏名）" in said
        assert "独自の調査である" in written["README.md"]


def test_a_questionnaire_of_another_survey(tmp_path, monkeypatch, capsys, japanese):
    monkeypatch.setattr(surveys, "DATA", tmp_path)
    osaka = surveys.ROOT / "data" / "osaka-2019"
    assert command_line.main(["new", "kobe", "--from", str(osaka)]) == 0
    assert english_in(capsys.readouterr().out + (tmp_path / "kobe" / "README.md").read_text(encoding="utf-8")) == []
    assert english_in((tmp_path / "kobe" / "survey.toml").read_text(encoding="utf-8")) == []
    assert command_line.main(["check", "kobe"]) == 2
    assert command_line.main(["report", "--survey", "kobe"]) == 2
    said = capsys.readouterr()
    assert "まだ誰も回答していない" in said.err
    assert english_in(said.out + said.err) == []


def test_a_survey_and_a_parameter_that_there_are_not(capsys, japanese):
    for words in (
        ["check", "nowhere"],
        ["report", "--only", "99"],
        ["report", "-p", "confidence", "2"],
        ["new", "A b"],
    ):
        assert command_line.main(words) == 2
        said = capsys.readouterr().err
        assert "あるべき内容" in said
        assert english_in(said) == []
