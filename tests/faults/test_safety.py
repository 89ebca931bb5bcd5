"""A survey whose labels, wordings and titles are written to break things: the report shows them as text, and no more.

What comes from a survey folder is other people's text. It may hold markup, links, formulas, mathematics, signs that
turn the writing direction, or be far too long; none of it may run, load, link, calculate or vanish.
"""

import csv
import json
import re
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pytest
import seaborn as sns
import test_jobs as test_pipeline
import test_pages as test_report
import test_workbook
from drawn import drawn_texts, leaving, overlapping

from helpers import figures, survey
from helpers.figures import style
from helpers.report.folder import read_csv, write_csv
from helpers.run import plan
from helpers.stats import shares
from helpers.words import language as text

browser = test_report.browser

LONG = "Unbroken" + "x" * 292
TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    r"$\LaTeX$ and $$x$$",
    "US$ 5, a lone $ and \\(x\\)",
    '=HYPERLINK("http://x.invalid","y")',
    "@SUM(1)",
    "+1",
    "-1+1",
    LONG,
    "العربية 50% עברית",
    "over\u202eride",
    "emoji 🔥👩\u200d💻",
    "{braces} {0} %s %(x)s {",
    'it\'s "quoted" “so”',
    "a|b|c `code` **bold** _x_ # no",
    "</details></script></style>",
    "--> <!-- ]]>",
    "rare 𠮷 क",
    "two\nlines",
    "None",
    "n/a",
    "&lt;b&gt; &amp;",
    "<svg onload=alert(1)>",
    "1.50",
]


def text_number(n):
    """The n-th text: each of TEXTS as it is, then with a number behind it, so that no two are alike."""
    return TEXTS[n % len(TEXTS)] + (f" {n}" if n >= len(TEXTS) else "")


def hostile_copy(folder):
    """A copy of the Osaka survey in which every text for people is one of TEXTS; the facts are as they were."""
    shutil.copytree(survey.DATA / "osaka-2019", folder)
    texts = iter(range(10**6))
    for name in ("options.csv", "questions.csv", "claims.csv"):
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        words = [column for column in table if column.startswith(("label_", "text_", "short_"))]
        for row in table.index:
            text = text_number(next(texts))
            for column in words:
                table.loc[row, column] = text
        table.to_csv(folder / name, index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")
    lines = (folder / "survey.toml").read_text(encoding="utf-8").splitlines()
    keep = [line for line in lines if not line.partition(" ")[0].endswith(("_en", "_ja"))]
    about = {"title": 0, "publisher": 1, "population": 12, "fieldwork": 4, "source": 3}
    told = [f"{key}_{lang} = {json.dumps(TEXTS[i])}" for key, i in about.items() for lang in ("en", "ja")]
    (folder / "survey.toml").write_text("\n".join(keep + told) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A full run of the hostile survey: its folder of data, and its folder of outputs."""
    data = hostile_copy(tmp_path_factory.mktemp("data") / "hostile")
    done = test_pipeline.full_run(tmp_path_factory, "hostile", "--survey", data)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    return data, done.folder / "hostile" / "en"


@pytest.fixture(scope="session")
def labels(hostile):
    """Every label of the hostile survey's answers and questions."""
    files = {"options.csv": "label_en", "questions.csv": "short_en"}
    tables = [
        pd.read_csv(hostile[0] / name, dtype=str, keep_default_na=False)[column] for name, column in files.items()
    ]
    return set().union(*tables)


def squeezed(words):
    return " ".join(words.split())


# --- the report ------------------------------------------------------------------------------------------------------

ACTIVE = """() => {
  const all = [...document.querySelectorAll('*')];
  const address = ['href', 'src', 'srcset', 'action', 'formaction', 'data', 'xlink:href', 'poster', 'background'];
  const bad = e => [...e.attributes].filter(a => a.name.startsWith('on') || a.name === 'srcdoc' || a.name === 'style'
    || address.includes(a.name) && !/^(#|data:image\\/png;base64,|data:text\\/csv;base64,)/.test(a.value)
    && !/^(annex\\.html(#\\w+)?|(\\.\\.\\/(en|ja)\\/)?report\\.html)$/.test(a.value));
  return {
    attributes: all.flatMap(e => bad(e).map(a => `${e.tagName} ${a.name}=${a.value.slice(0, 60)}`)),
    tags: [...new Set(all.map(e => e.tagName.toLowerCase()))],
    scripts: [...document.scripts].map(s => s.text.slice(0, 20)),
  };
}"""
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "script", "main", "nav", "section", "header", "div", "span"),
    *("a", "p", "h1", "h2", "h3", "h4", "ol", "ul", "li", "dl", "dt", "dd", "blockquote", "small", "strong", "em"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img", "details", "summary", "pre", "code"),
    *("wbr", "br", "b", "figcaption", "label", "input"),
}


@pytest.mark.parametrize("document", ["report.html", "annex.html"])
def test_report_runs_loads_and_links_nothing(document, hostile, browser):
    page, happened = browser.new_page(), []
    for event in ("dialog", "console", "pageerror", "request", "popup", "download"):
        page.on(event, lambda it, event=event: happened.append((event, str(getattr(it, "url", it))[:200])))
    path = hostile[1] / document
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(300)
    found, said = page.evaluate(ACTIVE), page.evaluate(test_report.WORDS, ".code")
    page.close()
    assert [it for it in happened if not it[1].startswith("data:")] == [("request", path.as_uri())]
    assert found["attributes"] == []
    assert set(found["tags"]) <= TAGS
    assert len(found["scripts"]) == 1
    said = squeezed(" ".join(said))
    if document == "annex.html":  # the short report leaves out what its figures do not need
        assert [label for label in TEXTS if squeezed(label) not in said] == []


def test_descriptions_hold_the_labels_as_text(hostile, browser):
    page = browser.new_page()
    page.goto((hostile[1] / "annex.html").as_uri())
    alts = " ".join(page.locator("img").evaluate_all("all => all.map(e => e.alt)"))
    page.close()
    for words in (TEXTS[0], TEXTS[1], r"$\LaTeX$", TEXTS[6]):
        assert words in alts


def test_a_sign_that_no_font_has_is_named(hostile):
    report = (hostile[1] / "annex.html").read_text(encoding="utf-8")
    assert re.search("The font of the figures lacks [^:]*क", report)
    assert "UserWarning" not in report


# --- the other files -------------------------------------------------------------------------------------------------


class Markup(HTMLParser):
    """What a piece of HTML consists of."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.classes = set(), set(), []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.classes.append(dict(attributes).get("class") or "")


def outputs(folder):
    """Every output of the executed notebooks, as (its cell's tags, the output)."""
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            yield from ((cell.metadata.get("tags", []), output) for output in cell.get("outputs", []))


def test_notebooks_hold_nothing_active(hostile):
    shown = [output for tags, output in outputs(hostile[1]) if "notebook-only" not in tags]
    assert {output.output_type for output in shown} == {"display_data"}
    assert {kind for output in shown for kind in output.data} == {"text/html", "text/plain", "image/png"}
    pieces = [Markup(output.data["text/html"]) for output in shown if "text/html" in output.data]
    assert len(pieces) > 100
    assert set.union(*(piece.tags for piece in pieces)) <= TAGS - {"script", "style", "img", "a"}
    assert set.union(*(piece.attributes for piece in pieces)) <= {"class", "scope", "tabindex", "role", "aria-label"}
    # JupyterLab typesets what stands between dollar signs, unless an element around it says no.
    assert [piece.classes for piece in pieces if not any("mathjax_ignore" in c for c in piece.classes[:3])] == []


def test_outputs_for_the_notebook_only_hold_no_words_of_the_survey(hostile):
    # A bare data frame is shown by pandas, and a link to the next notebook is Markdown: neither has our care.
    shown = [output for tags, output in outputs(hostile[1]) if "notebook-only" in tags]
    assert {kind for output in shown for kind in output.data} == {"text/html", "text/plain", "text/markdown"}
    said = [words for output in shown for words in output.data.values()]
    wild = [words for words in TEXTS if len(words) > 5]
    assert [words for words in wild if any(words in it for it in said)] == []


def test_notebooks_have_no_words_of_the_survey_in_their_prose(hostile):
    for path in sorted((hostile[1] / "notebooks").glob("*.ipynb")):
        ours = nbformat.read(plan.NOTEBOOKS / path.name, as_version=4)
        theirs = nbformat.read(path, as_version=4)
        prose = [[cell.source for cell in book.cells if cell.cell_type == "markdown"] for book in (ours, theirs)]
        assert [words.strip() for words in prose[0]] == prose[1]


def test_svg_files_are_pictures_and_nothing_else(hostile):
    paths = sorted((hostile[1] / "figures").glob("*.svg"))
    assert len(paths) >= len(test_pipeline.STEMS)
    for path in paths:
        elements = list(ElementTree.parse(path).iter())
        names = {element.tag.rpartition("}")[2].lower() for element in elements}
        assert not names & {"script", "foreignobject", "a", "image", "iframe", "animate", "set"}, path.name
        for element in elements:
            for name, value in element.attrib.items():
                name = name.rpartition("}")[2].lower()
                assert not name.startswith("on"), path.name
                assert name != "href" or value.startswith("#"), path.name


def test_workbook_holds_text_and_no_formula(hostile, labels):
    sheets = test_workbook.read(hostile[1] / "tables.xlsx")  # fails on any formula
    assert [name for name in sheets if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)] == []
    cells = {value for cells in sheets.values() for kind, value in cells.values() if kind == "s"}
    tables = [pd.read_csv(p, dtype=str, keep_default_na=False) for p in (hostile[1] / "tables").glob("*.csv")]
    used = {label for table in tables if "label" in table for label in table["label"]} & labels
    assert len(used) > len(TEXTS)
    assert used - cells == set()


def test_csv_files_hold_labels_exactly_as_they_are(hostile):
    checked, asked = 0, survey.load(hostile[0])
    for path in [*(hostile[1] / "tables").glob("*.csv"), *(hostile[1] / "figures").glob("*.csv")]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(None not in row and None not in row.values() for row in rows), path.name
        if path.parent.name == "tables" and rows and {"question", "option", "label"} <= set(rows[0]):
            for row in rows:  # options that a notebook made, such as "reached", have its words
                if row["option"] in set(asked.table(row["question"])["option"]):
                    assert row["label"] == asked.label(row["question"], row["option"]), path.name
            checked += 1
    assert checked > 10
    written = pd.read_csv(hostile[1] / "tables" / "industry.csv", dtype=str, keep_default_na=False)["label"]
    assert list(written) == list(asked.table("industry")["label"]) == TEXTS[: len(written)]


# --- the pictures ----------------------------------------------------------------------------------------------------


def bars_with(label, lang="en"):
    """The texts of a figure of bars, one of which has this label, as have all the page's words: (figure, texts)."""
    figures.use_theme(lang)
    table = shares(survey.load("osaka-2019", lang), "q10")
    table.loc[0, "label"] = label
    fig, ax = figures.page(label, label, figures.tall(table["label"]))
    sns.barplot(table, x="share", y="label", color=figures.colour("neutral"), ax=ax)
    figures.finish(ax, table, text.Language(lang))
    figures.caption(fig, label)
    return fig, drawn_texts(fig)


def test_a_label_without_end_stays_in_its_place():
    fig, texts = bars_with(LONG)
    assert sum(artist.get_text().endswith("…") for artist, _ in texts) >= 2  # the title and the row
    assert leaving(fig, texts) == []
    assert overlapping([(artist.get_text(), box) for artist, box in texts]) == []


def test_a_rare_sign_does_not_fail():
    _, texts = bars_with("𠮷田क商店", "ja")  # tests/report/test_notebook.py: the report says which signs are lacking
    assert "𠮷田क商店" in [artist.get_text() for artist, _ in texts]


@pytest.mark.parametrize("label", [r"US$ 5 to US$ 9", r"$\nocommand$", "100 % \\ {a}_b^c"])
def test_dollars_and_backslashes_are_text(label):
    drawn = [artist.get_text().replace("\n", " ") for artist, _ in bars_with(label)[1]]
    assert drawn.count(label) >= 4  # title, subtitle, caption and axis
    plain = style.text_width(label, style.SMALL)
    assert plain == pytest.approx(sum(style.text_width(sign, style.SMALL) for sign in label), rel=0.1)


def test_cut_text_fills_its_lines_and_says_so():
    figures.use_theme("en")
    cut = style.fit(LONG, 100, 2)
    lines = cut.split("\n")
    assert len(lines) == 2
    assert cut.endswith("…")
    assert LONG.startswith(cut.replace("\n", "").rstrip("…"))
    assert all(80 < style.text_width(line, style.SMALL) <= 100 for line in lines)
    assert style.fit("Short enough", 100, 2) == "Short enough"


# --- sentences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["over\u202eride", "العربية", "עברית", "\u2067open"])
def test_a_label_cannot_turn_the_numbers_behind_it(label):
    # Unicode Standard Annex 9: U+2068 begins an isolate, U+2069 ends it and everything that was opened in it.
    assert text.Language("en")("{label}: {share}", label=label, share="54%") == f"\u2068{label}\u2069: 54%"


@pytest.mark.parametrize("label", ["plain", "日本語", "emoji 🔥", 5])
def test_other_values_stand_as_they_are(label):
    assert text.Language("en")("{label}: {share}", label=label, share="54%") == f"{label}: 54%"


def test_a_sentence_quotes_the_beginning_of_an_endless_label():
    assert len(text.Language("en").quoted(LONG)) == text.LONGEST + 2
    assert text.Language("en").quoted("short") == "“short”"


# --- what goes in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["None", "n/a", "NA", "null", "1.50", "007", "nan", "=1", ' "x", y'])
def test_a_table_is_read_as_it_was_written(label, tmp_path):
    table = pd.DataFrame({"label": [label, "x"], "share": [0.1, None], "finding": [label, label]})
    write_csv(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(read_csv(tmp_path / "t.csv"), table)


@pytest.mark.parametrize(("sign", "name"), [("\x07", "U+0007"), ("\x1b", "U+001B"), ("\uffff", "U+FFFF")])
def test_signs_that_no_picture_can_hold_end_in_a_message(sign, name, copy_of_osaka):
    copy_of_osaka.edit("options.csv", "Wholesale and retail", f"Wholesale{sign} and retail")
    with pytest.raises(survey.SurveyError, match=r"options.csv, row 3: found the control character " + re.escape(name)):
        copy_of_osaka.load()


def test_a_control_character_in_toml_ends_in_a_message(copy_of_osaka):
    copy_of_osaka.edit("survey.toml", 'title_en = "', 'title_en = "\\u0007')
    with pytest.raises(survey.SurveyError, match=r"survey.toml: found title_en = .*; expected text without control"):
        copy_of_osaka.load()
