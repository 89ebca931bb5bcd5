"""Fixtures of the import: a small survey, and one with Osaka's questionnaire, that nobody has answered yet."""

import importing
import pytest
import synthetic


@pytest.fixture
def small(tmp_path):
    """A survey of three questions: one answer, several answers, and a follow-up; labels hold commas and brackets."""
    return importing.small_survey(tmp_path / "small")


@pytest.fixture
def kobe(copy_of_osaka):
    """A survey with Osaka's questionnaire that nobody has answered yet."""
    for name in ("published.csv", "claims.csv"):
        (copy_of_osaka.folder / name).unlink()
    synthetic.uncounted(copy_of_osaka.folder)
    return copy_of_osaka.folder
