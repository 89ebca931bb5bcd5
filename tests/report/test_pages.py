"""The short report and the annex, opened in a browser as readers open them: offline, on paper, without a mouse."""

import os
import re
import shutil
from itertools import pairwise
from urllib.parse import unquote

import pytest
import test_jobs as test_pipeline
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from sizes import THOROUGH, size

# The full runs are those of test_pipeline, which makes each of them once for all test files and workers.
english, japanese, run = test_pipeline.english, test_pipeline.japanese, test_pipeline.run
DOCUMENTS = ("report.html", "annex.html")
pytestmark = [test_pipeline.in_both, pytest.mark.parametrize("document", DOCUMENTS)]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ENGLISH_SENTENCE = re.compile(r"(?:\b[A-Za-z]+(?:['’-][A-Za-z]+)?[ ,;:]+){3,}[A-Za-z]+")
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f]")

# Everything a reader sees or hears: the text, one block a line, and the words of the attributes.
WORDS = """leaveOut => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll(`script, style${leaveOut ? ', ' + leaveOut : ''}`).forEach(e => e.remove());
  const attributes = ['alt', 'title', 'aria-label', 'aria-description', 'placeholder'];
  const said = [...copy.querySelectorAll('*')].flatMap(e => attributes.map(a => e.getAttribute(a)).filter(Boolean));
  copy.querySelectorAll('wbr').forEach(e => e.remove());
  copy.querySelectorAll('br, p, li, td, th, caption, h1, h2, h3, h4, dt, dd, summary, div').forEach(e => e.append('\\n'));
  return [document.title, ...said, ...copy.textContent.split('\\n')].map(t => t.trim()).filter(Boolean);
}"""

# Pieces of text that no reader gets to see whole: beyond the edge of the window, or cut off by a box around them that
# does not scroll. The skip link waits outside the window until it has the focus.
CUT_OFF = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), cut = [];
  const edge = document.documentElement.clientWidth;
  for (let node; (node = walk.nextNode());) {
    const box = node.parentElement;
    if (!node.data.trim() || box.closest('.skip, script, style') || !box.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let left = 0, right = edge;
    for (let e = box; e && e !== document.documentElement; e = e.parentElement) {
      const overflow = getComputedStyle(e).overflowX;
      if (['auto', 'scroll'].includes(overflow)) { left = -Infinity; right = Infinity; break; }
      if (['hidden', 'clip'].includes(overflow)) {
        const r = e.getBoundingClientRect();
        left = Math.max(left, r.left); right = Math.min(right, r.right);
      }
    }
    for (const r of range.getClientRects())
      if (r.width && (r.left < left - 1 || r.right > right + 1)) { cut.push(node.data.trim().slice(0, 60)); break; }
  }
  return cut;
}"""


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing = f"no browser to open the report with: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def report(run, document):
    """The path of a language's document."""
    done, out = run
    assert done.code == 0, done.err
    return out / document


@pytest.fixture
def visit(browser, report):
    """Open the report offline in a window of its own, with the options of a Playwright context."""
    contexts = []

    def visit(width=1280, **options):
        contexts.append(browser.new_context(offline=True, viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.goto(report.as_uri(), wait_until="load")
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def windows():
    """The windows that stay open, by report."""
    return {}


@pytest.fixture
def page(browser, report, windows):
    """The report in a window for all tests that only read: it stays as it was opened."""
    if report not in windows:
        windows[report] = browser.new_page(offline=True, viewport={"width": 1280, "height": 900})
        windows[report].goto(report.as_uri(), wait_until="load")
    return windows[report]


def fold(page, opened):
    """Open or close everything that folds, and show or hide the code."""
    assert page.locator("details").count() > 0
    page.evaluate("opened => document.querySelectorAll('details').forEach(d => d.open = opened)", opened)
    page.evaluate("opened => document.querySelectorAll('#code').forEach(box => box.checked = opened)", opened)


def chapters(document):
    """The anchors in the contents of a document: of the short report without the summary, which is its first page."""
    if document == "annex.html":
        return test_pipeline.used()
    return [*(name for name in test_pipeline.used() if name != "14_summary"), "limits", "method"]


# --- for every reader ------------------------------------------------------------------------------------------------


# Of rows with the same tags, attributes and empty places all but the first of each table go, of signs of code all but
# the first on the page: what is left has every form that the page has.
SAMPLE = """() => {
  const seen = new Set(), form = e => e.outerHTML.replace(/>[^<]+/g, '>.');
  document.querySelectorAll('tbody').forEach((body, number) => {
    for (const row of [...body.rows]) seen.has(number + form(row)) ? row.remove() : seen.add(number + form(row));
  });
  for (const sign of document.querySelectorAll('pre span')) seen.has(form(sign)) ? sign.remove() : seen.add(form(sign));
}"""


def test_axe_finds_nothing(visit):
    page = visit()
    fold(page, True)
    if not THOROUGH:
        page.evaluate(SAMPLE)
    options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()[:5000]


def test_first_tab_shows_the_skip_link(visit):
    page = visit()
    inside = "e => { const r = e.getBoundingClientRect(); return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.width > 20; }"
    skip = page.locator("a.skip")
    assert not skip.evaluate(inside)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    assert skip.evaluate(inside)
    assert skip.evaluate(
        "e => { const r = e.getBoundingClientRect(); return document.elementFromPoint(r.x + 9, r.y + 9) === e; }"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_everything_is_there_without_javascript(visit, document):
    page = visit(java_script_enabled=False)
    links = page.locator("nav.contents a")
    assert links.evaluate_all("links => links.map(a => a.hash.slice(1))") == chapters(document)
    assert links.evaluate_all("links => links.filter(a => !a.checkVisibility()).length") == 0
    parts = page.locator("main :is(h1, h2, h3, h4, p, li, td, th, blockquote, img):not(details > :not(summary) *)")
    assert parts.count() > 60
    hidden = "parts => parts.filter(e => !e.checkVisibility({opacityProperty: true, visibilityProperty: true})).map(e => e.outerHTML)"
    assert parts.evaluate_all(hidden) == []
    assert page.locator("main h2").count() >= len(chapters(document))


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_cut_off(visit, width):
    page = visit(width)
    for opened in (False, True):
        fold(page, opened)
        root = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert root[0] <= root[1]
        assert page.evaluate(CUT_OFF) == []


def test_prints(visit, lang, document):
    page = visit()
    shown = "parts => parts.filter(e => e.checkVisibility()).length"
    assert page.locator("nav").evaluate_all(shown)
    assert page.locator("details").evaluate_all(shown)
    page.emulate_media(media="print")
    assert page.locator("nav, details, .skip").evaluate_all(shown) == 0
    assert page.locator("main h2").evaluate_all(shown) >= len(chapters(document))
    assert (
        page.locator("main").evaluate(
            "e => [...e.querySelectorAll('p, li, blockquote')].filter(p => parseFloat(getComputedStyle(p).fontSize) > 14).length"
        )
        == 0
    )  # 10.5 points: no paragraph is larger on paper than the text around it
    if lang in size(("en", "ja"), ("en",)):
        paper = page.pdf(prefer_css_page_size=True)
        assert paper.startswith(b"%PDF")
        pages = len(re.findall(rb"/Type\s*/Page\b", paper))
        assert 5 <= pages <= 16 if document == "report.html" else pages > 10


# --- the file itself -------------------------------------------------------------------------------------------------


def test_asks_nothing_of_the_network_and_says_nothing_on_the_console(browser, report):
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked, said, errors = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append((message.type, message.text)))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report.as_uri(), wait_until="networkidle")
    fold(page, True)
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(300)
    context.close()
    assert [url[:200] for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert [message for message in said if message[0] in ("error", "warning")] == []
    assert errors == []


def test_file_is_small_and_holds_everything(report):
    assert report.stat().st_size < 4_000_000
    source = report.read_text(encoding="utf-8")
    elsewhere = (
        r"""(?:\bsrc(?:set)?\s*=\s*["']?|\bhref\s*=\s*["']?|url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//[^"')\s]*"""
    )
    assert re.findall(elsewhere, source, re.IGNORECASE) == []
    assert "No description" not in source


def test_structure(page, lang, document):
    assert page.locator("html").get_attribute("lang") == lang
    assert page.title()
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map(e => +e.tagName[1])")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []
    ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert sorted({name for name in ids if ids.count(name) > 1}) == []
    targets = page.locator("a[href^='#']").evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")
    assert set(targets) >= {"main", *chapters(document)}
    assert page.locator("meta[name=description]").get_attribute("content")
    assert {unquote(target) for target in targets} - set(ids) == set()
    labels = page.locator("[aria-labelledby]").evaluate_all("all => all.map(e => e.getAttribute('aria-labelledby'))")
    assert set(labels) <= set(ids)


def test_sections_do_not_send_the_reader_to_what_follows_anyway(page):
    alone = page.locator("main p").evaluate_all(
        "all => all.filter(p => p.querySelector('a') && p.textContent.length - p.querySelector('a').textContent.length < 25"
        " && !p.closest('header')).map(p => p.textContent)"
    )
    assert alone == []


def test_numbers_stand_right_and_stay_on_one_line(visit, document):
    if document == "report.html":
        return  # it has no tables
    cells = visit(360).locator("td:not(.words)")
    assert cells.count() > 1000
    assert cells.evaluate_all("all => all.filter(td => getComputedStyle(td).whiteSpace !== 'nowrap').length") == 0
    words = (
        "all => all.filter(td => /[A-Za-z\\u3041-\\u9fff]/.test(td.textContent)).map(td => td.textContent).slice(0, 9)"
    )
    assert cells.evaluate_all(words) == []


def test_links_that_leave_the_page_lead_to_files_beside_it(page, lang, document):
    links = page.locator("a[href]:not([href^='#'], [download])").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    other = {"en": "ja", "ja": "en"}[lang]
    beside = {"annex.html", f"../{other}/report.html"} if document == "report.html" else {"report.html"}
    assert {link.partition("#")[0] for link in links} == beside


def test_each_figure_s_numbers_and_picture_can_be_saved(page, document):
    if document == "annex.html":
        return  # its numbers stand in its tables
    saved = page.locator("a[download]").evaluate_all("all => all.map(a => [a.download, a.href.slice(0, 15)])")
    figures = page.locator("main img").count()
    assert figures >= 10
    assert sum(name.endswith(".csv") and start == "data:text/csv;b" for name, start in saved) == figures
    assert sum(name.endswith(".png") and start == "data:image/png;" for name, start in saved) == figures


def test_figures_have_descriptions(page):
    alts = page.locator("img").evaluate_all("all => all.map(e => e.getAttribute('alt') ?? '')")
    assert len(alts) >= 10
    assert [alt for alt in alts if len(alt) <= 20] == []


def test_tables_have_captions_and_headings(page, document):
    if document == "report.html":
        return  # it has none
    tables = page.locator("table")
    assert tables.count() > len(test_pipeline.used())
    bare = """all => all.filter(t => !t.caption?.textContent.trim() || !t.querySelector('th[scope="col"]')
      || [...t.querySelectorAll('th')].some(th => !['col', 'row', 'colgroup', 'rowgroup'].includes(th.scope))
    ).map(t => t.outerHTML.slice(0, 300))"""
    assert tables.evaluate_all(bare) == []


# --- its language ----------------------------------------------------------------------------------------------------


def test_words_are_in_the_language_of_the_page(page, lang, document):
    many = 500 if document == "annex.html" else 50
    named = {"日本語"}  # the link to the other edition

    if lang == "ja":
        words = page.evaluate(WORDS, ".code")
        assert sum(bool(JAPANESE.search(text)) for text in words) > many
        assert [text for text in words if ENGLISH_SENTENCE.search(text)] == []
    else:
        words = page.evaluate(WORDS, "")
        assert sum(bool(ENGLISH_SENTENCE.search(text)) for text in words) > many / 5
        assert {text for text in words if JAPANESE.search(text) and not named & set(text.split())} == set()
