"""HTML: the short report for people, and the annex with all evidence, each one self-contained file.

The short report is what `short` composes. The annex has the executed notebooks, every topic in order, with the code behind
one switch. Neither asks anything of the network. The look is the nbconvert template `templates/survey_report`.
"""

import base64
import html
import re
from functools import cache
from pathlib import Path
from threading import Lock

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML

from ..files import write_whole
from ..words.language import Language
from ..words.lines import pieces
from .short import quiet

TEMPLATES = Path(__file__).parent / "templates"
BEGIN = '<main id="main">'
SHORT, ANNEX = "report.html", "annex.html"
OTHER = {"en": "English", "ja": "日本語"}
LINK = re.compile(r'<a href="#(\d\d_\w+)">(.*?)</a>', re.DOTALL)  # from one notebook's part to another's
FOLLOW = """
const links = new Map([...document.querySelectorAll('.contents li a')].map(a => [a.hash.slice(1), a]));
const seen = new IntersectionObserver(entries => entries.forEach(entry => {
  if (!entry.isIntersecting) return;
  links.forEach(a => a.removeAttribute('aria-current'));
  links.get(entry.target.id)?.setAttribute('aria-current', 'true');
}), {rootMargin: '0px 0px -75% 0px'});
links.forEach((_, id) => { const target = document.getElementById(id); if (target) seen.observe(target); });
if (matchMedia('(max-width: 74.99rem)').matches) document.querySelector('.contents details').open = false;
document.querySelectorAll('a[data-picture]').forEach(a => {
  a.href = a.closest('figure').querySelector('img').src;
});
addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(d => d.open = false));
"""
_turn = Lock()  # an exporter serves one thread at a time


@cache  # it compiles its templates once, which takes longer than using them
def exporter(lang="en"):
    """The exporter of the project's template: code is shown by `_fold`, everything comes inside the file."""
    return HTMLExporter(
        language_code=lang,
        template_name="survey_report",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


def write_page(path, target, lang="en"):
    """Write one executed notebook as a page of its own, with its code folded away."""
    notebook = nbformat.read(path, as_version=4)
    say = Language(lang)
    cells = list(_cells(notebook, path.stem, say, level=0))
    page = nbformat.v4.new_notebook(cells=cells, metadata={"title": _title(notebook)})
    _write(_export(page, lang), target)


def part(notebook, stem, lang):
    """One executed notebook's part of the report, as HTML: what the page of a report holds between its ends."""
    say = Language(lang)
    page = nbformat.v4.new_notebook(cells=list(_cells(notebook, stem, say, level=1)), metadata={"title": stem})
    whole = _export(page, lang)
    return whole[whole.index(BEGIN) + len(BEGIN) : whole.rindex("</main>")]


def titles(paths):
    """The titles of executed notebooks, {path: title}, in the order given."""
    return {path: _title(nbformat.read(path, as_version=4)) for path in paths}


def write_annex(titled, target, survey, parts=None):
    """Write the annex: one HTML file from executed notebooks in the order given, {path: title}.

    `parts` is a folder where parts of it may lie ready, by notebook; the others are made here.
    """
    say = Language(survey.lang, "", survey.noun)
    sections = [(path.stem, title) for path, title in titled.items()]
    bodies = [_ready(parts, path) or part(nbformat.read(path, as_version=4), path.stem, survey.lang) for path in titled]
    title = say("Annex: {title}", title=survey.info("title"))
    opening = (
        f"<header><h1>{phrases(title)}</h1><p>{html.escape(say('Every table, test and figure, with what it rests on.'))} "
        f'<a href="{SHORT}">{html.escape(say("The short report lies beside this file."))}</a></p>'
        f'<p><label class="switch"><input type="checkbox" id="code" /> {html.escape(say("Show the code"))}</label></p></header>'
    )
    body = _without_dead_links("".join(bodies), dict(sections))
    _write(_page(title, "annex", _contents(sections, say), opening, body, say, survey), target)


def _ready(parts, path):
    """A notebook's part of the annex where it lies ready, else ""."""
    ready = parts / f"{path.stem}.html" if parts else None
    return ready.read_text(encoding="utf-8") if ready and ready.exists() else ""


def _page(title, kind, contents, opening, body, say, survey):
    """A whole page with its shell."""
    report = {
        "kind": kind,
        "skip": say("Skip to the report"),
        "contents": contents,
        "opening": opening,
        "script": FOLLOW,
        "description": say(
            "{title}: {n}, {when}",
            title=survey.info("title"),
            n=say.respondents(survey.respondents),
            when=survey.info("fieldwork"),
        ),
    }
    shell = nbformat.v4.new_notebook(metadata={"title": title, "report": report})
    before, after = _export(shell, survey.lang).rsplit("</main>", 1)
    return f"{before}{body}</main>{after}"


def _without_dead_links(body, sections):
    """Links to notebooks that are not in this report become plain words."""
    return LINK.sub(lambda link: link[0] if link[1] in sections else link[2], body)


def _title(notebook):
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return first.splitlines()[0].lstrip("# ")


def _export(notebook, lang):
    with _turn:
        return exporter(lang).from_notebook_node(notebook)[0]


def _write(body, target):
    write_whole(target, lambda half: half.write_text(body, encoding="utf-8"))


# --- the notebooks' cells --------------------------------------------------------------------------------------------


def _cells(notebook, stem, say, level):
    """The cells of one notebook as the report shows them: prose, results, and the code folded under them.

    A cell tagged notebook-only is left out, and so are defaults of parameters, which the run's own follow.
    """
    waiting = []
    injected = any("injected-parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if "notebook-only" in tags or (injected and "parameters" in tags):
            continue
        name = f"{_short(stem)}-{number:02d}"
        if cell.cell_type == "markdown":
            yield _prose(cell.source, stem, name, level)
        elif cell.cell_type == "code":
            waiting.append(cell.source)
            if cell.outputs:
                yield nbformat.v4.new_code_cell("", outputs=cell.outputs, id=f"{name}-out")
                yield nbformat.v4.new_markdown_cell(_fold(waiting, say, level), id=f"{name}-code")
                waiting = []
    if waiting:
        yield nbformat.v4.new_markdown_cell(_fold(waiting, say, level), id=f"{_short(stem)}-end-code")


def _short(stem):
    """What the anchors of a notebook begin with: its number, or its name if it has none."""
    return stem[:2] if stem[:2].isdigit() else stem


def _prose(source, stem, name, level):
    """A prose cell with its heading `level` steps lower, an anchor on it, and links that stay inside the page."""
    if level:
        source = re.sub(r"\]\((\d\d_\w+)\.ipynb\)", r"](#\1)", source)
    heading = re.match(r"(#+) (.*)", source)
    if heading:
        depth = len(heading[1]) + level
        anchor = stem if len(heading[1]) == 1 else name
        rest = source[heading.end() :]
        source = f'<h{depth} id="{anchor}">{phrases(heading[2])}</h{depth}>\n{rest}'
    return nbformat.v4.new_markdown_cell(source, id=name)


def phrases(text):
    """Text escaped for HTML in which a Japanese line may break between phrases only."""
    return "<wbr>".join(html.escape(piece, quote=False) for piece in pieces(text))


def _fold(sources, say, level):
    """Highlighted code: in a page of its own behind a summary that opens it, in the annex behind the switch of all code."""
    code = Highlight2HTML(pygments_lexer="python")("\n\n".join(sources))
    # Markdown ends an HTML block at a blank line, so the code goes in without any.
    code = re.sub(r"\n(?=\n)", "\n<span></span>", code)
    if level:
        return f'<div class="code">{code}</div>'
    return f'<details class="code"><summary>{html.escape(say("Code"))}</summary>{code}</details>'


# --- what comes before them ------------------------------------------------------------------------------------------


def _contents(sections, say):
    items = "".join(f'<li><a href="#{stem}">{phrases(title)}</a></li>' for stem, title in sections)
    heading = html.escape(say("Contents"))
    label = html.escape(say("Contents of the report"))
    return f'<nav class="contents" aria-label="{label}"><details open><summary>{heading}</summary><ol>{items}</ol></details></nav>'


# --- the short report ------------------------------------------------------------------------------------------------


def write_report(short, target, survey):
    """Write the Short report as one HTML file; the annex and the workbook lie beside it."""
    say = Language(survey.lang, "", survey.noun)
    sections = [(chapter.name, chapter.title) for chapter in short.chapters]
    more = [("limits", say("What these data cannot say")), ("method", say("Method"))]
    body = "".join(_chapter(chapter, say) for chapter in short.chapters) + _closing(short, more, say)
    contents, opening = _contents([*sections, *more], say), _opening(short, survey, say)
    _write(_page(short.title, "short", contents, opening, body, say, survey), target)


def _opening(short, survey, say):
    """Who speaks, who was asked, and the summary."""
    listed = "".join(f"<div><dt>{html.escape(n)}</dt><dd>{html.escape(v)}</dd></div>" for n, v in short.facts)
    told = "".join(
        f'<li>{_quietly(words)} <a href="#{name}">{html.escape(say("more"))}</a></li>' for words, name in short.summary
    )
    others = "".join(
        f' · <a href="../{lang}/{SHORT}" hreflang="{lang}" lang="{lang}">{OTHER[lang]}</a>'
        for lang in survey.languages
        if lang != survey.lang
    )
    beside = (
        f'<a href="{ANNEX}">{html.escape(say("Annex with all tables and tests (lies beside this file)"))}</a>{others}'
    )
    return (
        f'<header><p class="eyebrow">{html.escape(short.by)}</p><h1>{phrases(short.title)}</h1>'
        f'<dl class="facts">{listed}</dl><p class="beside">{beside}</p></header>'
        f'<section aria-labelledby="summary"><h2 id="summary">{html.escape(say("Summary"))}</h2><ol class="summary">{told}</ol></section>'
    )


def _chapter(chapter, say):
    shown = "".join(_exhibit(exhibit, chapter, say) for exhibit in chapter.exhibits)
    loose = "".join(f'<p class="finding">{_quietly(words)}</p>' for words in chapter.findings)
    comment = "".join(f"<p>{html.escape(part)}</p>" for part in chapter.comment.split("\n\n") if part)
    return f'<section><h2 id="{chapter.name}">{phrases(chapter.title)}</h2>{comment}{loose}{shown}</section>'


def _exhibit(exhibit, chapter, say):
    """A figure under its finding, without the words that are drawn in the picture: they stand around it as text."""
    picture = base64.b64encode(exhibit.png).decode()
    numbers = base64.b64encode(exhibit.data.read_bytes()).decode()
    lines = "".join(f"<li>{_quietly(words)}</li>" for words in exhibit.findings)
    links = (
        f'<a download="{exhibit.name}.csv" href="data:text/csv;base64,{numbers}">{html.escape(say("Numbers (CSV)"))}</a> · '
        f'<a download="{exhibit.name}.png" href="#{exhibit.name}" data-picture>{html.escape(say("Picture"))}</a> · '
        f'<a href="{ANNEX}#{chapter.name}">{html.escape(say("Evidence"))}</a>'
    )
    name = html.escape(say("Figure {n}", n=exhibit.number))
    return (
        f'<section class="exhibit"><h3 id="{exhibit.name}">{_quietly(exhibit.title)}</h3>'
        f'<p class="question">{phrases(exhibit.question)}</p><figure>'
        f'<img src="data:image/png;base64,{picture}" alt="{html.escape(exhibit.alt)}" />'
        f'<figcaption><b>{name}</b> {html.escape(exhibit.caption)} <span class="links">{links}</span></figcaption></figure>'
        f"{f'<ul class=lines>{lines}</ul>' if lines else ''}</section>"
    )


def _closing(short, more, say):
    """Limits, method and terms, each once."""
    (limits, limits_title), (method, method_title) = more
    told = "".join(f"<p>{html.escape(words)}</p>" for words in short.limits)
    made = "".join(f"<p>{html.escape(words)}</p>" for words in short.method)
    terms = "".join(f"<div><dt>{html.escape(t)}</dt><dd>{html.escape(m)}</dd></div>" for t, m in short.terms)
    return (
        f'<section class="caution"><h2 id="{limits}">{html.escape(limits_title)}</h2>{told}</section>'
        f'<section><h2 id="{method}">{html.escape(method_title)}</h2>{made}<dl class="terms">{terms}</dl></section>'
    )


def _quietly(words):
    return "".join(
        f'<span class="quiet">{phrases(t)}</span>' if is_quiet else phrases(t) for t, is_quiet in quiet(words)
    )
