"""Stored answers against the counts: what was edited, damaged or cut off is found."""

import pyarrow.parquet as pq
import pytest
from importing import HEAD, take

from helpers import survey
from helpers.intake import versions
from helpers.survey import SurveyError


def test_no_responses_where_there_are_counts_only(osaka):
    assert osaka.responses is None


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "counts.csv",
            "tools,it,2",
            "tools,it,1",
            "counts.csv, row 6: found count 1 of tools, it; expected 2, as in resp",
        ),
        ("counts.csv", "tools,it,2", "", "found no row for tools, it; expected 2"),
        ("questions.csv", "reasons,1", "reasons,2", "selections of why that add up to 1"),
        ("questions.csv", "tools,3", "tools,2", "found base 2 of tools; expected 3, as in responses.parquet"),
        (
            "survey.toml",
            "respondents = 3",
            "respondents = 4",
            "found respondents = 4; expected 3, the rows of responses.parq",
        ),
    ],
)
def test_numbers_edited_by_hand_are_found(small, name, old, new, expected):
    take(small, HEAD + "a,small,IT,\nb,small,IT,\nc,large,Other,luck\n")
    path = small / name
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        survey.load(small)
    assert expected in str(caught.value)


def test_stale_or_damaged_responses(small):
    take(small, HEAD + "a,small,IT,\nb,small,IT,\nc,large,Other,luck\n")
    path = small / survey.RESPONSES
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        SurveyError, match=r"responses.parquet: found a file that cannot be read .*import the raw answers"
    ):
        survey.load(small)
    path.write_bytes(whole)
    table = pq.read_table(path).slice(0, 2)  # without the last respondent
    versions.write_answers(path, dict(zip(table.column_names, table.columns, strict=True)))
    with pytest.raises(
        SurveyError, match=r"expected 2, the rows of responses.parquet; or import the raw answers again"
    ):
        survey.load(small)


def test_categories_are_the_options_that_were_offered(small):
    take(small, HEAD + "a,small,IT,\n")
    assert list(survey.load(small).responses["size"].cat.categories) == ["small", "large"]
