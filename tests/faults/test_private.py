"""Answers are other people's: whoever adds a whole survey to git adds none of them."""

import shutil
import subprocess

import pytest

from helpers.survey import DATA, ROOT

SHARED = ("README.md", "survey.toml", "questions.csv", "options.csv", "topics.csv", "counts.csv", "counts_by.csv")
SHARED += ("published.csv", "claims.csv", "notes_en.md", "notes_ja.md")
SECRET = "what a respondent wrote"
PRIVATE = ("mapping.toml", "settle.xlsx", "answers.xlsx", "import.txt", "responses.parquet", "responses.xlsx")
PRIVATE += (".imports.zip", ".import-x1/counts.csv", ".switch/counts.csv", "~$settle.xlsx", ".~lock.answers.xlsx#")
PRIVATE += (
    "export.csv",
    "回答.xlsx",
    "survey.sav",
    "form.zip",
    "export/answers.csv",
    "old/counts.csv",
    "counts.csv.bak",
)


@pytest.fixture
def checkout(tmp_path):
    """A git folder with our rules of what is ignored, and a survey in it."""
    root = tmp_path / "checkout"
    (root / "data" / "kobe-2026").mkdir(parents=True)
    shutil.copy(ROOT / ".gitignore", root)
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def staged(root):
    subprocess.run(["git", "-C", root, "add", "-A"], check=True)
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    return set(filter(None, listed.split("\0")))


def test_no_answer_is_staged(checkout):
    folder = checkout / "data" / "kobe-2026"
    for name in SHARED:
        (folder / name).write_text("public", encoding="utf-8")
    places = [*(folder / name for name in PRIVATE), checkout / "answers.csv", checkout / "data" / "export.xlsx"]
    for path in places:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
    found = staged(checkout)
    assert found == {".gitignore", *(f"data/kobe-2026/{name}" for name in SHARED)}
    assert not any(SECRET in (checkout / name).read_text(encoding="utf-8") for name in found)


def test_what_is_kept_of_the_surveys_here_is_not_ignored(checkout):
    kept = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "data"], capture_output=True, text=True, check=True)
    for name in filter(None, kept.stdout.split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    assert staged(checkout) == {".gitignore", *filter(None, kept.stdout.split("\0"))}
    assert (DATA / "example-2025" / "responses.parquet").exists()
