"""The short report for people: who speaks, the summary, figures with their findings, limits and method, each said once.

`compose` gathers it from what the notebooks kept in an output folder; `html` and `word` write it down. The evidence, every
test and table, stays in the annex.
"""

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from PIL import Image

from .. import VERSION
from ..words.sentences import overlap_limits, sample_limits
from . import first_page
from .folder import read_kind

MOST = 5  # sentences of the summary
LINES = 5  # findings under a figure; the annex has the others
LONGEST_ALT = 350  # characters
FOR_THE_ANNEX = ("paired_", "verdicts", "tests_shown", "noted")  # kinds of findings, by how they begin
AUDIT = "audited"  # the kind of finding that says how far printed claims hold


@dataclass
class Exhibit:
    """A figure with its words: `picture` and `data` are files; `crop` the parts of its height that words take above, below;
    `number` its place among the figures of the report, from 1.
    """

    name: str
    title: str
    question: str
    caption: str
    alt: str
    picture: Path
    data: Path
    crop: tuple[float, float]
    findings: list
    number: int = 0

    @cached_property
    def png(self):
        """The picture as bytes, without the words that stand around it as text."""
        picture = Image.open(self.picture)
        above, below = (round(part * picture.height) for part in self.crop)
        small = io.BytesIO()
        picture.crop((0, above, picture.width, picture.height - below)).save(small, format="png")
        return small.getvalue()


@dataclass
class Chapter:
    """A topic: its anchor, title, exhibits, findings without a figure, and what the survey's people say about it."""

    name: str
    title: str
    exhibits: list
    findings: list
    comment: str = ""


@dataclass
class Short:
    """The short report. `facts` are (name, value); `summary` are (sentence, name of its chapter)."""

    title: str
    by: str
    facts: list
    summary: list
    chapters: list
    limits: list
    method: list
    terms: list = field(default_factory=list)


def compose(survey, folder, titles, left_out, say):
    """The Short report of an output folder; `titles` of the notebooks in it, `left_out` what is not, in words."""
    everything, figures = (read_kind(folder / "tables", kind).fillna("") for kind in ("findings", "figures"))
    findings = everything[~everything["kind"].str.startswith(FOR_THE_ANNEX)]
    comments = _comments(survey)
    chapters = [_chapter(name, title, findings, figures, folder, comments) for name, title in titles.items()]
    chapters = [chapter for chapter in chapters if chapter.exhibits or chapter.findings]
    for number, exhibit in enumerate(chain.from_iterable(chapter.exhibits for chapter in chapters), start=1):
        exhibit.number = number
    return Short(
        survey.info("title"),
        _by(survey, say),
        _facts(survey, say),
        _summary(survey, folder, everything, findings),
        chapters,
        _limits(survey, left_out, say),
        _method(survey, say),
        _terms(survey, chapters, say),
    )


def _chapter(name, title, findings, figures, folder, comments):
    own = findings[findings["notebook"] == name]
    mine = figures[(figures["notebook"] == name) & ~figures["annex"].astype(str).str.lower().eq("true")]
    exhibits = [_exhibit(figure, own, folder) for figure in mine.to_dict("records")]
    shown = {exhibit.name for exhibit in exhibits}
    loose = list(own.loc[~own["figure"].isin(shown), "finding"]) if not shown else []
    return Chapter(name, title, exhibits, loose[:LINES], comments.get(title.casefold(), ""))


def _exhibit(figure, findings, folder):
    own = list(findings.loc[findings["figure"] == figure["figure"], "finding"])
    title = figure["title"].rstrip(".。")
    files = [folder / "figures" / f"{figure['figure']}{suffix}" for suffix in (".png", ".csv")]
    return Exhibit(
        figure["figure"],
        title,
        figure["subtitle"],
        figure["caption"],
        shortened(figure["alt"]),
        *files,
        (float(figure["top"] or 0), float(figure["bottom"] or 0)),
        [words for words in own if words.rstrip(".。") != title][:LINES],
    )


def shortened(alt):
    """A description of at most LONGEST_ALT characters, cut between two of the numbers that it lists."""
    if len(alt) <= LONGEST_ALT:
        return alt
    parts = re.split(r"(?<=[;；])", alt[: LONGEST_ALT - 1])
    return ("".join(parts[:-1]) or parts[0]).rstrip(";； ") + "…"


# --- what is said about the whole ------------------------------------------------------------------------------------


def _by(survey, say):
    """Who speaks."""
    if f"report_by_{survey.lang}" in survey.about:
        return say("Report by {who}", who=survey.info("report_by"))
    if len(survey.claims) or len(survey.published):
        return say("An independent re-analysis of a survey by {who}", who=survey.info("publisher"))
    return survey.info("publisher")


def _facts(survey, say):
    return [
        (say("Answers"), say.respondents(survey.respondents)),
        (say("Asked"), survey.info("population")),
        (say("When"), survey.info("fieldwork")),
        (say("Source"), survey.info("source")),
        (say("Edition"), say("Version {version}, MIT licence", version=VERSION)),
    ]


def _summary(survey, folder, everything, findings):
    """The first finding of each chapter that the first page names; where claims are audited, that is the last sentence."""
    headlines = read_kind(folder / "tables", "headlines")
    figures = first_page.chosen(survey, everything, headlines)
    chapters = dict(zip(headlines["figure"], headlines["notebook"], strict=True))
    first = findings.drop_duplicates("notebook").set_index("notebook")["finding"]
    named = list(dict.fromkeys(chapters[figure] for figure in figures if chapters[figure] in first))
    audit = findings[findings["kind"] == AUDIT].head(1)
    found = [(first[chapter], chapter) for chapter in named]
    if len(audit):
        return [*found[: MOST - 1], (audit["finding"].iloc[0], audit["notebook"].iloc[0])]
    return found[:MOST]


def _limits(survey, left_out, say):
    words = [
        sample_limits(say, survey),
        say("“Not shown” never means “no difference”: it means that answers as few as these could not show one."),
    ]
    if survey.responses is None and not survey.is_census:
        words.append(overlap_limits(say))
    if left_out:
        words.append(say("Not in this report: {topics}.", topics=say("; ").join(left_out)))
    return words


def _method(survey, say):
    if survey.is_census:
        return [say("Everybody answered: shares are facts, without intervals or tests. The annex has every table.")]
    words = [
        say(
            "Shares are of those to whom a question was put, with intervals that hold by themselves; weak shares are marked. "
            "Tests that belong together are adjusted after Holm, and what decides is the adjusted value."
        ),
        say("The annex has every test with its method, every table, and the code that made them."),
    ]
    if survey.weights is not None:
        words.insert(1, say("Shares are weighted; numbers of answers are not."))
    return words


def _terms(survey, chapters, say):
    """What terms mean that occur in the report: (term, meaning)."""
    if survey.is_census:
        return []
    said = " ".join(
        [
            *(e.caption for c in chapters for e in c.exhibits),
            *(f for c in chapters for e in c.exhibits for f in e.findings),
        ]
    )
    terms = [
        (
            say("interval"),
            say(
                "Shares that the answers do not contradict: of a hundred such ranges about as many as the percentage says hold the true share."
            ),
        ),
        (
            say("significant"),
            say("Chance alone would rarely make a difference this large; how rarely is set beforehand."),
        ),
        (say("percentage points"), say("The difference of two percentages: from 20% to 30% are ten points.")),
        ("†", say("A weak figure: few answers or a wide interval.")),
    ]
    return [(term, meaning) for term, meaning in terms if term in said]


def _comments(survey):
    """What the survey's people say of a topic, by its title in small letters: the sections of notes_LANG.md."""
    path = survey.folder / f"notes_{survey.lang}.md"
    if not path.exists():
        return {}
    sections = re.split(r"(?m)^#+[ \t]+(.+)$", path.read_text(encoding="utf-8-sig"))
    return {head.strip().casefold(): text.strip() for head, text in zip(sections[1::2], sections[2::2], strict=True)}


def quiet(words):
    """Words as pieces (text, quiet): what stands in brackets with a number in it is evidence, in quiet type."""
    pieces = re.split(r"([(（][^()（）]*\d[^()（）]*[)）])", words)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]
