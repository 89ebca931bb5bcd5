"""What is drawn stands in the table: bars, points, intervals and numbers of every shape, read back from the axes."""

import pandas as pd
import pytest
import seaborn as sns
from drawn import drawn_texts, marks_of, missing_from, overlapping
from matplotlib.text import Text

from helpers import figures
from helpers.words.language import Language

in_both = pytest.mark.parametrize("lang", ["en", "ja"])


def table(question="a", counts=(50, 30, 15, 5), group="Group", roles=("answer", "answer", "other", "no_answer")):
    """Made-up answers, in shares of a hundred, with intervals of five points either way."""
    rows = [
        {"question": question, "group": group, "option": f"o{i}", "label": f"Answer {i}", "count": n, "base": 100}
        for i, n in enumerate(counts)
    ]
    frame = pd.DataFrame(rows).assign(role=list(roles[: len(rows)]), flag="")
    share = frame["count"] / 100
    return frame.assign(share=share, low=(share - 0.05).clip(0), high=share + 0.05, level=0.95, method="wilson")


def drawn_page(lang, **subplots):
    figures.use_theme(lang)
    return figures.page("A title", "a measure", **subplots)


@in_both
def test_bars(lang):
    rows = table()
    fig, ax = drawn_page(lang)
    sns.barplot(rows, x="share", y="label", color=figures.colour("yes"), ax=ax)
    figures.finish(ax, rows, Language(lang))
    assert missing_from(fig, rows) == []
    fills = [bar.get_facecolor()[:3] for bar in ax.patches]
    assert fills[2] == fills[3] != fills[0]  # other and no answer are grey


def test_a_bar_that_is_not_in_the_table_is_found():
    rows = table()
    fig, ax = drawn_page("en")
    sns.barplot(rows, x="share", y="label", ax=ax)
    figures.finish(ax, rows, Language("en"))
    ax.barh(0, 0.77)
    assert missing_from(fig, rows) == [("bar", 0.77)]


def test_a_number_that_is_not_in_the_table_is_found():
    rows = table()
    fig, ax = drawn_page("en")
    sns.barplot(rows, x="share", y="label", ax=ax)
    ax.text(0, 0, "77%")
    assert ("text", "77%") in missing_from(fig, rows)


@in_both
def test_stacked(lang):
    rows = pd.concat([table("a", group="A"), table("b", (20, 60, 10, 10), "B")], ignore_index=True)
    fig, ax = drawn_page(lang)
    figures.stacked(ax, rows, Language(lang), {"o0": "yes", "o1": "neutral", "o2": "no", "o3": "aside"})
    assert missing_from(fig, rows) == []
    assert len(ax.patches) == 8


@in_both
def test_numbers_that_do_not_fit_into_a_bar_stand_below_it_and_apart(lang):
    rows = table("a", (93, 3, 2, 2), "A")
    fig, ax = drawn_page(lang)
    figures.stacked(ax, rows, Language(lang), {"o0": "yes", "o1": "neutral", "o2": "no", "o3": "aside"})
    figures.caption(fig, "")
    texts = drawn_texts(fig)
    assert sum(text.get_text() in ("3%", "2%") for text, _ in texts) == 3
    assert overlapping([(text.get_text(), box) for text, box in texts]) == []


@in_both
def test_dots(lang):
    questions = [table("a", group="A"), table("b", (20, 60, 10, 10), "B"), table("c", (90, 5, 3, 2), "C")]
    rows = pd.concat(questions, ignore_index=True)
    fig, ax = drawn_page(lang)
    figures.dots(ax, rows, Language(lang), ("now", "wanted", "hypothetical"))
    assert missing_from(fig, rows) == []
    assert len(ax.texts) == 12


def test_dots_of_an_item_that_one_question_did_not_offer():
    rows = pd.concat([table("a", group="A"), table("b", (20, 60), "B")], ignore_index=True)
    fig, ax = drawn_page("en")
    figures.dots(ax, rows, Language("en"), ("now", "wanted"))
    assert missing_from(fig, rows) == []
    assert [text.get_text() for text in ax.texts].count("–") == 2


def test_dots_in_the_order_of_a_scale():
    rows = pd.concat([table("a", (10, 50), group="A"), table("b", (60, 20), "B")], ignore_index=True)
    _fig, ax = drawn_page("en")
    figures.dots(ax, rows, Language("en"), ("first", "second"), sort=False)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Answer 0", "Answer 1"]


@in_both
def test_a_square_for_each(lang):
    rows = table("a", (7, 1, 5, 0)).assign(flag="few")
    fig, ax = drawn_page(lang)
    figures.squares(ax, rows, Language(lang), panel="Author")
    assert missing_from(fig, rows) == []
    assert [len(row.get_offsets()) for row in ax.collections] == [7, 1, 5, 0]
    assert marks_of(fig) == 4


def test_a_bracket_stands_clear_of_the_numbers():
    rows = table()
    fig, ax = drawn_page("en")
    sns.barplot(rows, x="share", y="label", ax=ax)
    figures.finish(ax, rows, Language("en"), together=(0, 1, "80% in writing"))
    figures.caption(fig, "")
    assert overlapping([(text.get_text(), box) for text, box in drawn_texts(fig)]) == []


def test_differences():
    rows = table().assign(difference=[0.1, -0.2, 0.05, 0], low=[0.0, -0.3, -0.1, -0.1], high=[0.2, -0.1, 0.2, 0.1])
    rows["verdict"] = ["always", "never", "undetermined", "never"]
    fig, ax = drawn_page("en")
    sns.scatterplot(rows, x="difference", y="label", hue="verdict", palette=figures.VERDICTS, legend=False, ax=ax)
    figures.around_zero(ax, rows, Language("en"))
    assert missing_from(fig, rows) == []


@in_both
def test_a_page_has_its_words_once_and_grows_with_them(lang):
    fig, _ = drawn_page(lang)
    tall = fig.get_figheight()
    figures.caption(fig, "Base: 100. " * 60)
    texts = [text.get_text() for text in fig.findobj(Text)]
    assert texts.count("A title") == texts.count("a measure") == 1
    assert fig.get_figheight() > tall


def test_saving_twice_gives_the_same_bytes(tmp_path):
    rows = table()
    fig, ax = drawn_page("en")
    sns.barplot(rows, x="share", y="label", ax=ax)
    figures.caption(fig, "Base: 100 firms.")
    png = figures.save(fig, tmp_path / "first", "bars", "what it shows")
    figures.save(fig, tmp_path / "second", "bars", "what it shows")
    for name in ("bars.png", "bars.svg"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    svg = (tmp_path / "first" / "bars.svg").read_text(encoding="utf-8")
    assert png == (tmp_path / "first" / "bars.png").read_bytes()
    assert "what it shows" in svg
    assert "A title" in svg
    assert "<dc:date>" not in svg
