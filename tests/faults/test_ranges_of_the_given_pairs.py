"""The table of the figure of p-ranges has a row for each comparison that it was given, whatever was shown before."""

from helpers.topic import Topic


def test_ranges_are_those_of_the_comparisons_given(osaka, tmp_path, shown):
    topic = Topic("06_measures", osaka, folder=tmp_path)
    wanted = topic.compare_items([("q4", "q5")])
    others = topic.compare_items([("q5", "q8")])
    topic.both_readings(wanted, "Now and wanted")
    topic.both_readings(others, "Wanted and after an attack")
    for comparisons in (wanted, others):
        table = topic.range_table(comparisons)
        assert list(table["label"]) == [c.label for c in comparisons]
        assert list(table["p_max"]) == [c.paired.p_max for c in comparisons]
        assert set(table["pair"]) == {topic.say.pair(*comparisons[0].names)}
