"""What a notebook shows and keeps: a Report.

A notebook begins with `report = start("03_awareness", ...)`. What it shows goes through the report, so that the same
numbers land in the notebook and in the output folder. Nothing is computed here but the adjustment of tests.
"""

import base64
import html
import json
import warnings
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import display

from .. import figures
from ..figures.style import GLYPH
from ..stats import tests_of_counts, weights
from ..stats.comparisons import Comparison, as_table
from ..stats.proportions import alpha_of
from ..survey import ROOT, SurveyError, load
from ..survey.rows import is_weighted
from ..words import sentences
from ..words.language import N_, Language
from .folder import KINDS, following, gather, parts, read_csv, read_kind, step_name, title_of, updated, write_csv
from .parameters import ParameterError, check_parameter
from .tables import NO_MATHS, html_table, readable, readable_tests

NOTEBOOKS = ROOT / "notebooks"
MOST = 3  # rows of a headline
ASKED_FOR = {"single": N_("single choice"), "multiple": N_("multiple choice"), "number": N_("a number")}
VALUES = ("share", "difference", "p_adjusted", "p", "value")  # of these columns, the first there is makes a finding


def start(notebook, survey, lang, output_dir="", confidence=0.95, **own):
    """Check a notebook's parameters, load its survey and make ready for its figures: a Report.

    `survey` is a folder name, a path or a Survey; `own` are the notebook's own parameters. Without `output_dir` it writes
    to outputs/SURVEY/LANG-alone and reads what the last report left in outputs/SURVEY/LANG. Raises ParameterError or
    SurveyError with one plain message.
    """
    parameters = {"survey": survey, "lang": lang, "output_dir": output_dir, "confidence": confidence, **own}
    for name, value in parameters.items():
        check_parameter(name, value)
    loaded = load(survey, lang)
    lang = loaded.lang
    figures.use_theme(lang)
    published = ROOT / "outputs" / loaded.name / lang
    name = notebook
    if own.get("topic"):
        name = step_name(_number_of(loaded, own["topic"]), own["topic"])
    if output_dir:
        return Report(name, loaded, Path(output_dir).expanduser(), confidence, context=notebook)
    aside = published.with_name(f"{lang}-alone")
    return Report(name, loaded, aside, confidence, reads=published, context=notebook)


def _number_of(survey, topic):
    topics = list(survey.topics)
    if topic not in topics:
        raise ParameterError("parameter topic: found {topic!r}; expected one of {topics}", topic=topic, topics=topics)
    return topics.index(topic) + 1


class Report:
    """What a notebook shows to its reader, and keeps in its output folder.

    `words` says things in the reader's language. `folder` is where it writes, `reads` where the tables of other notebooks
    lie (the same unless said otherwise), `context` the notebook whose words it says, if it is run under another name.
    """

    def __init__(self, notebook, survey, folder, confidence=0.95, reads=None, context=""):
        self.notebook = notebook
        self.survey = survey
        self.folder = Path(folder)
        self.confidence = confidence
        self.words = Language(survey.lang, context or notebook, survey.noun)
        self._reads = Path(reads or folder)
        self._kept = {}
        self._from_totals = False  # whether answers were compared of which only totals are known

    @property
    def alpha(self):
        """The level of tests that goes with the confidence: 0.05 for 0.95."""
        return alpha_of(self.confidence)

    # --- the survey's own words

    def about(self):
        """Who was asked, when, how many answered, and where the numbers come from."""
        survey, say = self.survey, self.words
        words = say(
            "{publisher}, “{title}”. Asked: {population}, {fieldwork}. Answers: {n}. Source: {source}.",
            publisher=survey.info("publisher"),
            title=survey.info("title"),
            population=survey.info("population"),
            fieldwork=survey.info("fieldwork"),
            n=say.respondents(survey.respondents),
            source=survey.info("source"),
        )
        if f"report_by_{survey.lang}" in survey.about:
            words = say("{words} Report by {who}.", words=words, who=survey.info("report_by"))
        self._paragraph(words, "about")

    def quote(self, *questions):
        """The survey's own wording of the questions, each with its kind and the respondents it was put to."""
        for question in questions:
            note = self._base_words(self.survey.routed(question), {self.survey.question(question)["kind"]})
            self._paragraph(self.survey.wording(question), "question", note)

    def quote_claims(self, *claims):
        """The publisher's claims with these ids, as far as the survey has them."""
        say, rows = self.words, self.survey.claims[self.survey.claims["claim"].isin(claims)]
        for words in rows[f"text_{self.survey.lang}"]:
            self._paragraph(say("Claim under test: {claim}", claim=words), "claim")

    # --- tables

    def table(self, frame, name="", caption="", as_is=False):
        """A table for the reader under a caption; with a `name`, saved in full precision as tables/`name`.csv.

        The registry says what its columns are called and how they are shown; `as_is`: it is in words already.
        """
        if name:
            self.save(frame, name, caption)
        self._show_table(frame if as_is else readable(self.words, frame), caption or name)

    def save(self, frame, name, caption=""):
        """Write tables/`name`.csv in full precision; the workbook has it under the caption."""
        write_csv(frame, self.folder / "tables" / f"{name}.csv")
        if caption:
            self._keep("captions", [{"name": name, "caption": caption, "notebook": self.notebook}])

    def read(self, name):
        """A table that other notebooks wrote, by its name, or what they kept of a kind (tests, findings …).

        Raises SurveyError, saying which file is missing, if there is no such table, or no notebook has run.
        """
        tables = self._reads / "tables"
        if name in KINDS and any(parts(tables, "findings")):
            return read_kind(tables, name, without=self.notebook)
        path = tables / f"{name}.csv"
        if name in KINDS or not path.exists():
            raise SurveyError(
                "{file}: no such table in {folder}; expected the other notebooks to have run first",
                file=path.name,
                folder=tables,
            )
        return read_csv(path)

    # --- tests

    def tests(self, rows, caption):
        """Tests as a table, kept for tables/tests.csv, and returned as a data frame with the columns of that file.

        `rows` are Comparisons, rows of tests.csv, or both, in a list or generator. Comparisons are kept for
        tables/comparisons.csv, too. A data frame of rows is taken as it is; one that other notebooks kept (with the column
        `notebook`) is only shown. Where everyone answered nothing is tested, and the table is empty.
        """
        if isinstance(rows, pd.DataFrame) and "notebook" in rows:
            self._show_table(readable_tests(self.words, self.survey, rows), caption)
            return rows
        given = rows if isinstance(rows, pd.DataFrame) else list(rows)
        table = self._as_table(given)
        if not isinstance(given, pd.DataFrame):
            self._keep_comparisons(given)
        if len(table):
            self._keep("tests", table)
            self._show_table(readable_tests(self.words, self.survey, table), caption)
        return table

    def _as_table(self, given):
        """Rows as a data frame with the columns of tests.csv; none of a survey that everyone answered."""
        if isinstance(given, pd.DataFrame):
            table = given.reindex(columns=tests_of_counts.COLUMNS)
        else:
            table = tests_of_counts.as_table(list(chain.from_iterable(_rows_of(item) for item in given)))
        table = table.iloc[:0] if self.survey.is_census else table
        table = table.assign(level=table["level"].astype(float).fillna(self.confidence), notebook=self.notebook)
        return table[["notebook", *tests_of_counts.COLUMNS]]

    def _keep_comparisons(self, given):
        compared = [item for item in given if _is_comparison(item) and not item.empty]
        if compared:
            frame = as_table(compared)
            frame.insert(0, "notebook", self.notebook)
            self._keep("comparisons", frame)
            self._from_totals |= not self.survey.is_census and any(not item.raw for item in compared)

    # --- figures

    def figure(self, fig, name, table, note="", headline=None, annex=False):
        """Show a figure with its numbers, and save it as figures/`name`.png, .svg and .csv.

        `table` holds every number that is drawn; caption, description and the folded table below come from it, `note`
        goes into the caption. `headline` is (heading, rows, colour name): the three largest of a few rows (label, share,
        count, base) stand for this figure in the overview, and make it one of the report's first page. With `annex` the short
        report leaves it out.
        """
        caption = self._caption(fig, table, note)
        figures.caption(fig, caption)
        alt = sentences.alt_text(self.words, fig.page_title, table)
        png, lacking = self._saved(fig, name, alt)
        write_csv(table, self.folder / "figures" / f"{name}.csv")
        size = {"width": int(fig.get_figwidth() * 100), "height": int(fig.get_figheight() * 100)}
        pictured = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
        display(pictured, metadata={"image/png": {"alt": alt, **size}}, raw=True)
        if lacking:
            self._paragraph(_lacking_words(self.words, lacking), "limits")
        self._show_numbers(table, fig.page_title)
        kept = {"notebook": self.notebook, "figure": name, "title": fig.page_title, "alt": alt, "caption": caption}
        top, bottom = (round(part, 4) for part in fig.page_words)
        self._keep("figures", [{**kept, "subtitle": fig.page_subtitle, "top": top, "bottom": bottom, "annex": annex}])
        if headline:
            self._keep("headlines", self._headline(name, *headline))

    def _caption(self, fig, table, note):
        """The words under a figure: base, weights, intervals, weak shares, the notebook's note, and the source."""
        say = self.words
        said = [
            self._base_of(table),
            self._printed_only(table),
            self._weights_of(table),
            self._intervals_of(table) if figures.has_lines(fig) else "",
            say("† weak: few answers or a wide interval") if "flag" in table and table["flag"].fillna("").any() else "",
            note,
            say("Source: {source}", source=self.survey.info("source")),
        ]
        return say(". ").join(part for part in said if part) + say(".")

    def _base_of(self, table):
        """The base that all rows of a table have, with the kind of their question; "" if there are several."""
        if "base" not in table or table["base"].nunique() != 1:
            return ""
        asked = table["question"].dropna().unique() if "question" in table else []
        kinds = {self.survey.question(question)["kind"] for question in asked if self.survey.has(question)}
        ticks = "selections" in table and (table["selections"] == table["base"]).all()
        return self._base_words(int(table["base"].iloc[0]), kinds, ticks)

    def _base_words(self, base, kinds=(), selections=False):
        say = self.words
        if selections:
            return say("Base: {n} selections", n=f"{base:,}")
        if len(kinds) != 1:
            return say("Base: {n}", n=say.respondents(base))
        return say("Base: {n}, {kind}", n=say.respondents(base), kind=say(ASKED_FOR[next(iter(kinds))]))

    def _printed_only(self, table):
        """Whether counts of a table follow from printed percentages, and how far off they may be."""
        counted = self.survey.counted[self.survey.counted["percent"] != ""]
        if not len(counted) or not {"question", "option"} <= {*table}:
            return ""
        rows = counted.merge(table[["question", "option"]].drop_duplicates(), on=["question", "option"])
        if not len(rows):
            return ""
        say, apart = self.words, int(np.maximum(rows["high"] - rows["count"], rows["count"] - rows["low"]).max())
        if not apart:
            return say("Counts follow from the printed percentages")
        return say("Counts are those that fit the printed percentages: up to {n} more or fewer would, too", n=apart)

    def _weights_of(self, table):
        """Whether a table's shares are weighted, in a survey that has weights."""
        say = self.words
        if self.survey.weights is None:
            return ""
        if not is_weighted(table):
            return say("Not weighted")
        if table["base"].nunique() != 1 or table["n_effective"].nunique() != 1:
            return say("Weighted")
        row = table.iloc[0]
        return sentences.weighted(say, int(row["base"]), row["n_effective"])

    def _intervals_of(self, table):
        say, needed = self.words, {"low", "high", "level"}
        levels = table["level"].dropna().unique() if needed <= set(table) else []
        if len(levels) != 1:
            return ""
        return say("Thin lines: {intervals}", intervals=say.interval(levels[0], many=True))

    def _saved(self, fig, name, alt):
        """Save a figure: its PNG, and the signs that its fonts lack."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            png = figures.save(fig, self.folder / "figures", name, alt)
        return png, _lacking(caught)

    def _headline(self, name, heading, rows, colour):
        largest = rows.sort_values("share", ascending=False, kind="stable").head(MOST)
        about = {"notebook": self.notebook, "figure": name, "heading": heading, "colour": colour}
        return largest.assign(**about).reindex(columns=list(KINDS["headlines"].columns))

    # --- sentences

    def finding(self, sentence, figure="", about=None, kind="", values=None):
        """A sentence built from a table; kept for the summary, with the name of the figure that shows it.

        A Sentence tells itself what kind of claim it makes about which questions, options and values; of any other,
        `kind` and `about` (rows of a table, or a Comparison) do; `values` are the numbers that it states, where these are
        not those of the rows.
        """
        claim = _claim(sentence, kind) if about is None else {"kind": kind, **_told(about)}
        if values is not None:
            claim["values"] = _json(values)
        self._keep("findings", [{"notebook": self.notebook, "finding": str(sentence), "figure": figure, **claim}])
        self._paragraph(sentence, "finding")

    def listed(self, items):
        """Sentences as a numbered list, for the reader only."""
        items = list(items)
        inside = "".join(f"<li>{html.escape(item)}</li>" for item in items)
        display(
            {"text/html": f'<ol class="findings {NO_MATHS}">{inside}</ol>', "text/plain": "\n".join(items)}, raw=True
        )

    def note(self, words, kind="note"):
        """A paragraph for the reader, which no summary repeats; `kind` "limits" for what the data cannot say."""
        self._paragraph(words, kind)

    def heading(self, words):
        """A heading over what follows, for sections that only some surveys have."""
        display({"text/html": f'<h3 class="{NO_MATHS}">{html.escape(words)}</h3>', "text/plain": words}, raw=True)

    def limits(self):
        """What no interval or test can repair: how the respondents were found, what totals and weights do not reach."""
        self._paragraph(sentences.sample_limits(self.words, self.survey), "limits")
        if self._from_totals:
            self._paragraph(sentences.overlap_limits(self.words), "limits")
        own = self.survey.weights
        if own is not None:
            size = sentences.weighted(self.words, len(own), weights.effective_size(own))
            self._paragraph(sentences.weight_limits(self.words, size, self.survey.is_census), "limits")

    def next(self):
        """A link to the next notebook, or from the last one back to the first."""
        say, path = self.words, following(NOTEBOOKS, self.notebook)
        if path is None:
            return
        values = {"title": title_of(path, self.survey.lang), "file": path.name}
        back = path.stem < self.notebook
        words = (
            say("Back to the beginning: [{title}]({file})", **values)
            if back
            else say("Next: [{title}]({file})", **values)
        )
        display({"text/markdown": words, "text/plain": words}, raw=True)

    # --- showing and keeping

    def _paragraph(self, words, kind, note=""):
        small = f" <small>({html.escape(note)})</small>" if note else ""
        tag = "blockquote" if kind in ("question", "claim") else "p"
        body = f'<{tag} class="{kind} {NO_MATHS}">{html.escape(words)}{small}</{tag}>'
        display({"text/html": body, "text/plain": f"{words} ({note})" if note else str(words)}, raw=True)

    def _show_table(self, frame, caption):
        plain = f"{caption}\n{frame.to_string(index=False)}"
        display({"text/html": html_table(frame, caption), "text/plain": plain}, raw=True)

    def _show_numbers(self, table, title):
        """The numbers of a figure, folded away under it."""
        say = self.words
        words = say("The numbers in this figure")
        inside = html_table(readable(say, table), title)
        folded = f'<details class="numbers"><summary>{html.escape(words)}</summary>{inside}</details>'
        display({"text/html": folded, "text/plain": words}, raw=True)

    def _keep(self, kind, rows):
        """Keep rows of a kind for the other notebooks and the report."""
        rows = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        kept = updated(self._kept.get(kind, rows.iloc[:0]), rows, KINDS[kind].key)
        self._kept[kind] = kept
        write_csv(kept, self.folder / "tables" / kind / f"{self.notebook}.csv")
        gather(self.folder / "tables", kind)


def _is_comparison(item):
    return isinstance(item, Comparison)


def _rows_of(item):
    """The tests of a Comparison, or a row by itself."""
    return item.rows if _is_comparison(item) else [item]


def _claim(sentence, kind):
    """What a Sentence says of itself."""
    return {
        "kind": getattr(sentence, "kind", "") or kind,
        "questions": "|".join(getattr(sentence, "questions", ())),
        "options": "|".join(getattr(sentence, "options", ())),
        "values": _json(getattr(sentence, "values", ())),
    }


def _told(about):
    """The questions, options and values that a finding rests on: of rows of a table, or of a Comparison."""
    if _is_comparison(about):
        numbers = (*about.shares, about.difference.value, about.difference.low, about.difference.high)
        ids = {"questions": f"{about.first}|{about.second}", "options": about.option}
        return {**ids, "values": _json(numbers)}
    rows = about.to_frame().T if isinstance(about, pd.Series) else about
    column = next((name for name in VALUES if name in rows and rows[name].notna().any()), None)
    return {
        "questions": _ids(rows, "question", "first", "second"),
        "options": _ids(rows, "option", "options"),
        "values": _json(rows[column] if column else ()),
    }


def _ids(rows, *columns):
    """The ids in these columns, each once, joined by "|"."""
    found = (str(value).split("|") for name in columns if name in rows for value in rows[name].dropna())
    return "|".join(dict.fromkeys(part for parts in found for part in parts if part))


def _json(values):
    return json.dumps([float(value) for value in values if pd.notna(value)])


def _lacking(caught):
    """The signs that the figures' fonts lack, from matplotlib's warnings; other warnings go on their way."""
    found = [(w, GLYPH.match(str(w.message))) for w in caught]
    for warning in (w for w, glyph in found if not glyph):
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return " ".join(dict.fromkeys(chr(int(glyph[1])) for _, glyph in found if glyph))


def _lacking_words(say, signs):
    return say("The font of the figures lacks {signs}: boxes stand for it; the tables show it.", signs=signs)
