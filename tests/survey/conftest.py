"""A fixture of its own: the small survey of the import's tests, whose raw answers these tests store and spoil."""

import importing
import pytest


@pytest.fixture
def small(tmp_path):
    """A survey of three questions that nobody has answered yet."""
    return importing.small_survey(tmp_path / "small")
