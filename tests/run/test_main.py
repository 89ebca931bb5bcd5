"""Commands of the command line that write what other packages hand out; `report` has test_jobs.py."""

from types import SimpleNamespace

import pytest

from helpers import LANGUAGES
from helpers import __main__ as command_line
from helpers.run import refresh
from helpers.words import catalogue


def test_messages_writes_the_renewed_catalogues_and_says_what_waits(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogue, "renewed", lambda lang: (f"catalogue {lang}".encode(), 3))
    monkeypatch.setattr(catalogue, "po_file", lambda lang: tmp_path / lang / "helpers.po")
    assert command_line.main(["messages"]) == 0
    written = {path.parent.name: path.read_text() for path in tmp_path.rglob("*.po")}
    assert written == {lang: f"catalogue {lang}" for lang in LANGUAGES[1:]}
    assert capsys.readouterr().out == "".join(f"{lang}: 3 messages without translation\n" for lang in LANGUAGES[1:])


@pytest.mark.parametrize(("report", "code"), [("report.html", 0), (None, 1)])
def test_refresh_says_whether_all_went_well(report, code, monkeypatch, capsys):
    done = SimpleNamespace(report="report.html")
    other = SimpleNamespace(report=report, failed=["02_two, cell In [3]: ValueError"], left=["03_sum", "report.html"])
    monkeypatch.setattr(refresh, "refresh", lambda progress_of: [done, other])
    assert command_line.main(["refresh"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert ("failed: 02_two, cell In [3]: ValueError\nnot run: 03_sum\n" in said.err) is bool(code)
