"""The table of comparisons has a row for each that it was given, whatever was compared before."""

from helpers.stats import as_table, compare_items


def test_ranges_are_those_of_the_comparisons_given(osaka):
    for pair in (("q4", "q5"), ("q5", "q8")):
        comparisons = compare_items(osaka, [pair])
        table = as_table(comparisons)
        assert list(table["label"]) == [c.label for c in comparisons]
        assert list(table["p_high"]) == [c.paired.p_max for c in comparisons]
        assert set(zip(table["first"], table["second"], strict=True)) == {pair}
