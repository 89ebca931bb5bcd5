"""HTML: one self-contained file from the executed notebooks, for readers who never open a terminal.

The report opens with what matters most, follows with every topic in order, keeps the code folded away under each
result, and asks nothing of the network. The look is the nbconvert template `templates/survey_report`.
"""

import base64
import html
import io
import re
from functools import cache
from pathlib import Path
from threading import Lock

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from PIL import Image

from ..files import write_whole
from ..words.language import Language
from ..words.lines import pieces
from ..words.sentences import sample_limits
from . import first_page
from .folder import read_kind

TEMPLATES = Path(__file__).parent / "templates"
BEGIN = '<main id="main">'
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


def write_report(paths, target, survey, parts=None, left_out=()):
    """Write one HTML file from executed notebooks in the order given; figures and tables lie beside it.

    `parts` is a folder where parts of the report may lie ready, by notebook; the others are made here. `left_out`
    says of each notebook that is not in the report its title and the reason.
    """
    say = Language(survey.lang, "", survey.noun)
    bodies, sections = [], []
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        sections.append((path.stem, _title(notebook)))
        ready = parts / f"{path.stem}.html" if parts else None
        made = ready and ready.exists()
        bodies.append(ready.read_text(encoding="utf-8") if made else part(notebook, path.stem, survey.lang))
    report = {
        "skip": say("Skip to the report"),
        "contents": _contents(sections, say),
        "opening": _opening(survey, target.parent, dict(sections), left_out, say),
        "script": FOLLOW,
    }
    shell = nbformat.v4.new_notebook(metadata={"title": survey.info("title"), "report": report})
    before, after = _export(shell, survey.lang).rsplit("</main>", 1)
    body = _without_dead_links("".join(bodies), dict(sections))
    _write(f"{before}{body}</main>{after}", target)


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
                yield nbformat.v4.new_markdown_cell(_fold(waiting, say), id=f"{name}-code")
                waiting = []
    if waiting:
        yield nbformat.v4.new_markdown_cell(_fold(waiting, say), id=f"{_short(stem)}-end-code")


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


def _fold(sources, say):
    """Highlighted code behind a summary that opens it."""
    code = Highlight2HTML(pygments_lexer="python")("\n\n".join(sources))
    # Markdown ends an HTML block at a blank line, so the code goes in without any.
    code = re.sub(r"\n(?=\n)", "\n<span></span>", code)
    return f'<details class="code"><summary>{html.escape(say("Code"))}</summary>{code}</details>'


# --- what comes before them ------------------------------------------------------------------------------------------


def _contents(sections, say):
    items = "".join(f'<li><a href="#{stem}">{phrases(title)}</a></li>' for stem, title in sections)
    heading = html.escape(say("Contents"))
    label = html.escape(say("Contents of the report"))
    return f'<nav class="contents" aria-label="{label}"><details open><summary>{heading}</summary><ol>{items}</ol></details></nav>'


def _opening(survey, folder, titles, left_out, say):
    """The first screen: what was found, who was asked, when, how many, and what the data cannot say."""
    facts = [
        (say("Answers"), f'<span class="big">{html.escape(say.respondents(survey.respondents))}</span>'),
        (say("Asked"), html.escape(survey.info("population"))),
        (say("When"), html.escape(survey.info("fieldwork"))),
        (say("Source"), html.escape(survey.info("source"))),
    ]
    listed = "".join(f"<div><dt>{html.escape(name)}</dt><dd>{value}</dd></div>" for name, value in facts)
    cards = "".join(_card(figure, folder, titles, say) for figure in _headlines(survey, folder))
    cautions = [
        sample_limits(say, survey),
        say("“Not shown” never means “no difference”: it means that answers as few as these could not show one."),
    ]
    if left_out:
        cautions.append(say("Not in this report: {topics}.", topics=say("; ").join(left_out)))
    caution = " ".join(html.escape(words) for words in cautions)
    return (
        f'<header><p class="eyebrow">{html.escape(survey.info("publisher"))}</p><h1>{phrases(survey.info("title"))}</h1>'
        f'<dl class="facts">{listed}</dl></header>'
        f'<section aria-labelledby="headlines"><h2 id="headlines">{html.escape(say("What matters most"))}</h2>'
        f'<ul class="cards">{cards}</ul></section>'
        f'<section class="caution" aria-labelledby="cannot"><h2 id="cannot">{html.escape(say("What these data cannot say"))}</h2>'
        f"<p>{caution}</p></section>"
    )


def _headlines(survey, folder):
    """The figures of the first screen, as dictionaries with notebook, figure, title, alt."""
    findings, headlines = (read_kind(folder / "tables", kind) for kind in ("findings", "headlines"))
    named = first_page.chosen(survey, findings, headlines)
    figures = read_kind(folder / "tables", "figures").set_index("figure")
    return [{**figures.loc[name].to_dict(), "figure": name} for name in named if name in figures.index]


def _card(figure, folder, titles, say):
    picture = _thumbnail(folder / "figures" / f"{figure['figure']}.png")
    link = say("Evidence: {topic}", topic=titles.get(figure["notebook"], figure["notebook"]))
    return (
        f'<li><img src="data:image/png;base64,{picture}" alt="{html.escape(figure["alt"])}" />'
        f'<div><p class="statement">{phrases(figure["title"])}</p>'
        f'<p><a href="#{html.escape(figure["notebook"])}">{html.escape(link)}</a></p></div></li>'
    )


def _thumbnail(path, width=560):
    """A small copy of a figure, as base64."""
    picture = Image.open(path).convert("RGB")
    picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    small = io.BytesIO()
    picture.quantize(48, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()
