"""Messages in a reader's language: nothing of the English is left, and values stay as they are."""

import ast
import pickle

import pytest

from helpers.said import Said, english, lines
from helpers.survey import Problem, SurveyError
from helpers.words import catalogue, messages

ERRORS = ("SurveyError", "ParameterError", "OutputError", "Unsettled", "NotebookFailed")
JA = messages.speaker("ja")


def test_a_message_is_its_english_text():
    said = Said("{n:,} rows of {names}", n=1200, names=["a", "b"])
    assert said == "1,200 rows of a, b"
    assert english(said) == messages.speaker("en")(said) == "1,200 rows of a, b"


def test_a_message_survives_another_process():
    error = pickle.loads(pickle.dumps(SurveyError("column {name} twice {{}}", name=Said("{n} cells", n=2))))
    assert str(error) == "column 2 cells twice {}"
    assert error.said.values["name"].template == "{n} cells"


def test_parts_of_a_message_are_translated_and_values_are_not():
    problem = Problem("questions.csv", 3, Said("question {question}", question="'none'"), Said("some text"))
    assert str(problem) == "questions.csv, row 3: found question 'none'; expected some text"
    assert JA(problem) == "questions.csv、3行目：設問'none'（あるべき内容：文字列）"


def test_lists_and_lines():
    assert JA(Said("one of {options}", options=["a", Said("(empty)")])) == "a、（空欄）のいずれか"
    both = lines([Said("some text"), "data"])
    assert (str(both), JA(both)) == ("some text\ndata", "文字列\ndata")


def test_a_text_that_no_catalogue_has_stays_as_it_is():
    assert JA("of a foreign library {}") == "of a foreign library {}"
    assert JA(SurveyError("of a foreign library {}")) == "of a foreign library {}"
    assert JA("") == ""


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP"}, "ja"),
    ],
)
def test_the_locale_names_the_language(variables, lang, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert messages.of_locale() == lang


def test_windows_names_its_language_in_words(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(messages.locale, "getlocale", lambda: ("Japanese_Japan", "932"))
    assert messages.of_locale() == "ja"


def f_strings_of_errors():
    """Where in helpers/ a message to a survey's owner is made without a template, so that nobody can translate it."""
    for path in sorted(catalogue.HELPERS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            messages = node.args[:1] if name in (*ERRORS, "Said") else node.args[2:4] if name == "Problem" else []
            for message in messages:
                if isinstance(message, ast.JoinedStr) and name != "Problem":
                    yield f"{path.name}, line {node.lineno}: {name}(f'…')"
                elif isinstance(message, ast.Constant) and name == "Problem":
                    yield f"{path.name}, line {node.lineno}: Problem without Said"


def test_every_error_keeps_its_template():
    assert list(f_strings_of_errors()) == []


def test_parts_of_errors_are_gathered_for_translators():
    source = (
        'flaw(name, 1, "found {n}", "expected {n}", n=3); refusal(path, "a", "b", 3); Said("c")\nSurveyError("d", n=1)'
    )
    assert catalogue.marked(source) == [("found {n}",), ("expected {n}",), ("a",), ("b",), ("c",), ("d",)]
    assert catalogue.marked(source, {"_": 1}) == []
