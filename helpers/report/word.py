"""report.docx: the short report for those who edit it, with real headings, captions, alt texts and tables.

It needs the extra [word] (python-docx); without it nothing is written. The same report gives the same bytes: times in the
file are those of the survey's publication, or fixed.
"""

import datetime
import importlib.util
import io
import zipfile

from .folder import read_csv
from .short import quiet
from .tables import readable

FIXED = datetime.datetime(2000, 1, 1)
LARGEST = 40  # rows of a table; the workbook has longer ones whole
WIDTH = 15.5  # cm, of pictures
FILE = "report.docx"
TABLE = "Light Shading"
COLUMNS = (
    "group",
    "label",
    "count",
    "base",
    "share",
    "low",
    "high",
    "level",
    "difference",
    "adjusted",
    "number",
    "score",
)
FONTS = {"en": "Calibri", "ja": "Yu Gothic"}
TAGS = {"en": "en-GB", "ja": "ja-JP"}


def is_available():
    """Whether the library that writes Word files is installed."""
    return importlib.util.find_spec("docx") is not None


def write_word(short, target, survey, say):
    """Write the Short report as a Word file; raises ImportError without the extra [word]."""
    import docx  # an optional extra, and slow to import

    document = docx.Document()
    _describe(document, short, survey)
    _styles(document, survey.lang)
    document.add_paragraph(short.by)
    document.add_heading(short.title, level=0)
    for name, value in short.facts:
        _bold_then(document.add_paragraph(), say("{name}: ", name=name), value)
    document.add_heading(say("Summary"), level=1)
    for words, _ in short.summary:
        document.add_paragraph(words, style="List Number")
    for chapter in short.chapters:
        document.add_heading(chapter.title, level=1)
        for words in (*filter(None, chapter.comment.split("\n\n")), *chapter.findings):
            document.add_paragraph(words)
        for exhibit in chapter.exhibits:
            _exhibit(document, exhibit, say)
    _closing(document, short, say)
    held = io.BytesIO()
    document.save(held)
    target.write_bytes(_without_times(held.getvalue()))


def _describe(document, short, survey):
    about, published = document.core_properties, survey.about.get("published")
    made = datetime.datetime.combine(published, datetime.time()) if isinstance(published, datetime.date) else FIXED
    about.title, about.author, about.language, about.comments = short.title, short.by, TAGS[survey.lang], ""
    about.created = about.modified = made
    about.last_modified_by, about.revision = "", 1


def _styles(document, lang):
    """One typeface for all styles, also for Japanese signs, and the language that spelling is checked in."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    document.styles[TABLE].font.size = Pt(8)
    for style in document.styles:
        if style.type is None or not hasattr(style, "font"):
            continue
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), FONTS[lang])
        if style.name.startswith(("Heading", "Title", "Caption")):
            style.font.color.rgb = RGBColor(0x22, 0x27, 0x2E)
    for tag in document.styles.element.iter(qn("w:lang")):
        tag.set(qn("w:val"), TAGS[lang])
        tag.set(qn("w:eastAsia"), TAGS["ja"])


def _exhibit(document, exhibit, say):
    """A figure under its finding: picture with a description, caption, findings, and its numbers as a table."""
    from docx.shared import Cm

    document.add_heading(exhibit.title, level=2)
    question = document.add_paragraph()
    question.add_run(exhibit.question).italic = True
    question.paragraph_format.keep_with_next = True
    picture = document.add_picture(io.BytesIO(exhibit.png), width=Cm(WIDTH))
    drawn = picture._inline.docPr
    drawn.set("descr", exhibit.alt)
    drawn.set("name", exhibit.name)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.add_paragraph(say("Figure {n} {caption}", n=exhibit.number, caption=exhibit.caption), style="Caption")
    for words in exhibit.findings:
        paragraph = document.add_paragraph(style="List Bullet")
        for text, is_quiet in quiet(words):
            run = paragraph.add_run(text)
            run.font.color.rgb = _grey() if is_quiet else None
    numbers = read_csv(exhibit.data)
    _table(document, readable(say, numbers[[name for name in COLUMNS if name in numbers]]))


def _grey():
    from docx.shared import RGBColor

    return RGBColor(0x54, 0x5D, 0x68)


def _table(document, numbers):
    """A table of texts whose first row repeats on each page; of a very long one the first rows."""
    from docx.oxml import OxmlElement

    numbers = numbers.head(LARGEST)
    if not len(numbers.columns):
        return
    table = document.add_table(rows=len(numbers) + 1, cols=len(numbers.columns), style=TABLE)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    texts = [*numbers.columns, *numbers.astype(str).to_numpy().ravel()]
    for cell, text in zip(table._cells, texts, strict=True):  # asked for once: each access walks the whole table
        cell.paragraphs[0].add_run(text)
    document.add_paragraph()


def _closing(document, short, say):
    """Limits, method and terms, each once."""
    for title, sentences in ((say("What these data cannot say"), short.limits), (say("Method"), short.method)):
        document.add_heading(title, level=1)
        for words in sentences:
            document.add_paragraph(words)
    for term, meaning in short.terms:
        _bold_then(document.add_paragraph(), say("{name}: ", name=term), meaning)


def _bold_then(paragraph, bold, words):
    paragraph.add_run(bold).bold = True
    paragraph.add_run(words)


def _without_times(packed):
    """A zip file with the same parts, all of one fixed time."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for part in old.infolist():
            out.writestr(zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0)), old.read(part), zipfile.ZIP_DEFLATED)
    return new.getvalue()
