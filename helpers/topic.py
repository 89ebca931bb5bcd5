"""One topic's notebook: its parameters checked, its survey loaded, its tables, figures, tests and findings kept.

A notebook begins with `topic = start("03_awareness", ...)`. What it shows goes through the topic, so that the same
numbers land in the notebook and in the output folder.
"""

import html
import os
import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pandas as pd
from IPython.display import display

from . import charts, chisquare, text
from .proportions import COLUMNS, INTERVALS, Difference, add_shares, difference, without
from .survey import LANGUAGES, ROOT, Survey, SurveyError, load


class ParameterError(SurveyError):
    """A parameter that the notebooks do not take, or a value that it may not have."""


def _is_number_between(low, high):
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and low < value < high


def _is_text(value):
    return isinstance(value, str)


def _one_of(*values):
    return lambda value: isinstance(value, str) and value in values


RULES = {
    "survey": (lambda value: isinstance(value, str) and value.strip(), "a folder name under data/, or a path"),
    "lang": (_one_of(*LANGUAGES), "one of " + ", ".join(LANGUAGES)),
    "confidence": (_is_number_between(0, 1), "a number above 0 and below 1, such as 0.95"),
    "output_dir": (_is_text, "the path of a folder, or '' for outputs/<survey>/<lang>"),
    "interval": (_one_of(*INTERVALS), "one of " + ", ".join(INTERVALS)),
    "no_answer": (_one_of("drop", "keep"), "one of drop, keep"),
    "reference": (_is_text, "the path of a CSV file with the columns option and share, or ''"),
    "not_knowing": (_is_text, "option ids of the question, separated by commas"),
    "own_side": (_is_text, "option ids of the question, separated by commas"),
    "codified": (_is_text, "option ids of the question, separated by commas"),
}


OPTIONS_OF = {"own_side": "q6", "not_knowing": "q3", "codified": "q9"}  # parameters that list a question's options


def check_parameter(name, value):
    """The value of a notebook parameter if it may have it; raises ParameterError if not."""
    if name not in RULES:
        raise ParameterError(f"parameter: found {name!r}; expected one of {', '.join(RULES)}")
    allowed, expected = RULES[name]
    if not allowed(value):
        raise ParameterError(f"parameter {name}: found {value!r}; expected {expected}")
    return value


def check_against(survey, name, value):
    """Check a parameter that names options or a file, as far as the survey has its question; raises ParameterError."""
    if name in OPTIONS_OF and survey.has(OPTIONS_OF[name]):
        chosen_options(survey, OPTIONS_OF[name], value)
    if name == "reference" and value and survey.has("industry"):
        read_reference(value, survey, "industry")


def chosen_options(survey, question, listed):
    """Option ids given as "a, b", checked against the question; raises ParameterError."""
    offered = list(survey.table(question)["option"])
    options = [option.strip() for option in listed.split(",") if option.strip()]
    unknown = [option for option in options if option not in offered]
    if unknown or not options:
        found = repr(unknown[0]) if unknown else repr(listed)
        raise ParameterError(f"options of {question}: found {found}; expected some of {', '.join(offered)}")
    return options


@dataclass(frozen=True)
class Comparison:
    """One answer compared between two questions: their names, shares, difference, and the rows of tests.csv."""

    names: tuple[str, str]
    shares: tuple[float, float]
    difference: Difference
    tests: list[dict]


def start(notebook, survey, lang, confidence, output_dir, **own):
    """Check a notebook's parameters, load its survey and make ready its output folder: a Topic.

    `own` are the notebook's own parameters. Raises ParameterError or SurveyError with one plain message.
    """
    parameters = {"survey": survey, "lang": lang, "confidence": confidence, "output_dir": output_dir, **own}
    for name, value in parameters.items():
        check_parameter(name, value)
    loaded = load(survey, lang)
    folder = Path(output_dir).expanduser() if output_dir else ROOT / "outputs" / loaded.name / lang
    return Topic(notebook, loaded, confidence, folder, own.get("interval", "wilson"))


class Topic:
    """What a notebook works with: `survey`, `say` (words in its language) and the ways to show results."""

    def __init__(self, notebook, survey: Survey, confidence=0.95, folder=".", interval="wilson"):
        self.notebook = notebook
        self.survey = survey
        self.confidence = confidence
        self.interval = interval
        self.folder = Path(folder)
        self.say = text.Language(survey.lang, confidence)
        self._tests, self._findings = [], []

    # --- numbers

    def table(self, question, method=None):
        """The answers to a question with shares and intervals; `method` "goodman" for a whole distribution."""
        return add_shares(self.survey.table(question), self.confidence, method or self.interval)

    def stack(self, questions, method=None):
        """The tables of several questions in one, with the columns `question` and `group` (its short name) in front."""
        tables = [
            self.table(question, method).assign(question=question, group=self.survey.short(question))
            for question in questions
        ]
        return _to_front(pd.concat(tables, ignore_index=True), ["question", "group"])

    def pairs(self, pairs):
        """Like `stack` for pairs of questions, with their number in the column `pair`."""
        tables = [self.stack(pair).assign(pair=i) for i, pair in enumerate(pairs)]
        return _to_front(pd.concat(tables, ignore_index=True), ["pair"])

    def reasons(self, groups):
        """Why firms are aware and why not, per partner group, as shares of the firms that were asked for reasons.

        Adds `status` (aware, unaware), `selections` (the printed base) and `share_selections` (the printed share).
        """
        tables = []
        for status in ("aware", "unaware"):
            for group in groups:
                question = f"{group}_why_{status}"
                table = self.survey.table(question)
                firms = table.assign(base=self.survey.routed(question))
                extra = {"status": status, "question": question, "group": self.survey.short(question)}
                table = add_shares(firms, self.confidence, self.interval).assign(selections=table["base"], **extra)
                tables.append(table.assign(share_selections=table["count"] / table["selections"]))
        return _to_front(pd.concat(tables, ignore_index=True), ["status", "question", "group"])

    def compare(self, first, second, option, no_answer="drop"):
        """One option of two questions over the same firms: a Comparison.

        With `no_answer` "drop" the base of a single-choice question is the firms that gave an answer.
        """
        counted = [self._counted(question, option, no_answer) for question in (first, second)]
        options = None if self.survey.question(first)["kind"] == "single" else [option]
        return Comparison(
            names=(self.survey.short(first), self.survey.short(second)),
            shares=tuple(count / base for count, base in counted),
            difference=difference(*counted, self.confidence),
            tests=chisquare.compare(self.survey, first, second, options, no_answer),
        )

    def _counted(self, question, option, no_answer):
        table = self.survey.table(question)
        if no_answer == "drop" and self.survey.question(question)["kind"] == "single":
            table = without(table)
        answer = table[table["option"] == option].iloc[0]
        return int(answer["count"]), int(answer["base"])

    def only(self, table, options):
        """A single-choice table on the base of those who gave one of these answers, with simultaneous intervals."""
        kept = table[table["option"].isin(options)].reset_index(drop=True)
        return add_shares(kept.assign(base=kept["count"].sum()), self.confidence, "goodman")

    def known(self, question, not_knowing):
        """The answers of those that know at all: without the options listed in `not_knowing`, and no answer."""
        unknown = self.choices(question, not_knowing)
        rows = self.survey.table(question)
        return self.only(rows, rows.loc[~rows["option"].isin(unknown) & (rows["role"] != "no_answer"), "option"])

    def with_all(self, question):
        """The table with `share_all`, the share of all respondents, beside the share of the firms asked."""
        return self.table(question).assign(share_all=lambda t: t["count"] / self.survey.respondents)

    def reached(self, question):
        """How many respondents an incident reached (the question's base) and, if published, how many it harmed."""
        harmed = self.survey.claimed("any_count", "q7_damage")
        rows = [("reached", self.say("Reached by an attack on a partner"), self.survey.routed(question))]
        if harmed is not None:
            rows.append(("harmed", self.say("Harmed by it"), int(harmed)))
        table = pd.DataFrame(rows, columns=["option", "label", "count"])
        return add_shares(table.assign(base=self.survey.respondents, role="answer"), self.confidence, self.interval)

    def sides(self, table, own):
        """The table with the column `side` in words: own side for the options in `own`, else the partners' side."""
        names = {True: self.say("own side"), False: self.say("partners’ side")}
        side = [
            "" if role == "other" else names[o in own] for o, role in zip(table["option"], table["role"], strict=True)
        ]
        return _to_front(table.assign(side=side), ["side"])

    def hanging(self, *questions):
        """What hangs from the answers that lead to these questions: {question: (option, wording, table)}."""
        parts = {}
        for question in questions:
            asked = self.survey.question(question)
            heading = self.say(
                "{question} (n = {n})", question=self.survey.wording(question), n=self.survey.routed(question)
            )
            parts[question] = (asked["asked_if"].split("=")[1], heading, self.table(question, "goodman"))
        return parts

    def only_offered(self, question, questions):
        """Option ids that this question offers and the others of `questions` do not."""
        others = {o for q in questions if q != question for o in self.survey.table(q)["option"]}
        return [o for o in self.survey.table(question)["option"] if o not in others]

    def read(self, stem):
        """A table that another notebook wrote; raises SurveyError, saying which file is missing."""
        path = self.folder / "tables" / f"{stem}.csv"
        if not path.exists():
            raise SurveyError(
                f"{path.name}: no such table in {path.parent}; expected the topic notebooks to have run first"
            )
        return pd.read_csv(path)

    def overview(self):
        """Headings, tables and colours of the overview, from the tables of the other notebooks."""
        say, read = self.say, self.read
        awareness, measures = read("awareness"), read("measures")
        groups = awareness[awareness["option"] == "aware"].assign(label=lambda t: t["group"])
        panels = [
            (say("Largely aware of the security of"), groups, "aware"),
            (say("Partners ready for the end of support?"), read("q3"), "unaware"),
            (say("Done now about it"), measures[measures["question"] == "q4"], "wanted"),
            (say("What holds firms back"), read("q6"), "own"),
            (say("Attacks on partners"), self._attacks(), "reached"),
            (say("Who should act for small firms"), read("q10"), "customers"),
        ]
        ranked = {"by": "share", "ascending": False, "kind": "stable"}
        panels = [(heading, table.sort_values(**ranked), color) for heading, table, color in panels]
        return [
            (heading, table.assign(label=table["label"].map(text.brief)), color) for heading, table, color in panels
        ]

    def _attacks(self):
        """Firms reached and harmed, and the kinds of attack, all as shares of all respondents."""
        kinds = self.read("q7_content").assign(base=self.survey.respondents, share=lambda t: t["share_all"])
        return pd.concat([self.read("reached"), kinds[kinds["role"] == "answer"]], ignore_index=True)

    def overview_table(self):
        """The numbers of the overview in one table, by heading."""
        tables = [table.assign(group=heading) for heading, table, _ in self.overview()]
        return _to_front(pd.concat(tables, ignore_index=True)[["group", *COLUMNS[:5]]], ["group"])

    def choices(self, question, listed):
        """Option ids given as a parameter, "a, b", checked against the question; raises ParameterError."""
        return chosen_options(self.survey, question, listed)

    # --- what the reader sees

    def about(self):
        """Who was asked, when, how many answered, and where the numbers come from."""
        survey, say = self.survey, self.say
        words = say(
            "{publisher}, “{title}”. Asked: {population}, {fieldwork}. Answers: {n}. Source: {source}.",
            publisher=survey.info("publisher"),
            title=survey.info("title"),
            population=survey.info("population"),
            fieldwork=survey.info("fieldwork"),
            n=say.firms(survey.respondents),
            source=survey.info("source"),
        )
        self._paragraph(words, "about")

    def quote(self, *questions):
        """The survey's own wording of the questions, each with its kind and base."""
        for question in questions:
            q = self.survey.question(question)
            self._paragraph(self.survey.wording(question), "question", note=self._base(q))

    def quote_claims(self, *claims):
        """The publisher's claims with these ids, as far as the survey has them."""
        rows = self.survey.claims[self.survey.claims["claim"].isin(claims)]
        for words in rows[f"text_{self.survey.lang}"]:
            self._paragraph(self.say("Claim under test: {claim}", claim=words), "claim")

    def against_population(self, question, reference):
        """The question against the population shares of a CSV file, or a sentence that there is none."""
        if not reference:
            self.finding(text.no_reference(self.say, self.survey.short(question)))
            return
        shares = read_reference(reference, self.survey, question)
        test = self.tests([chisquare.goodness_of_fit(self.survey, question, shares)], "Against the population", ())
        self.finding(text.finding_fit(self.say, self.survey.short(question), test.iloc[0]))

    def limits(self):
        """What no interval or test can repair: who answered is not a random sample."""
        self._paragraph(text.sample_limits(self.say, self.survey), "limits")

    def show(self, table, stem, caption):
        """A table for the reader, saved in full precision as tables/`stem`.csv."""
        self.save(table, stem)
        self._display_table(readable(self.say, table), self.say(caption))

    def summary(self, order):
        """The findings of all notebooks: those listed in `order` first, the first finding of each topic only."""
        findings = self.read("findings").drop_duplicates("notebook").set_index("notebook")
        chosen = [name for name in order if name in findings.index]
        items = "".join(f"<li>{html.escape(findings.loc[name, 'finding'])}</li>" for name in chosen)
        plain = "\n".join(findings.loc[name, "finding"] for name in chosen)
        display({"text/html": f'<ol class="findings">{items}</ol>', "text/plain": plain}, raw=True)

    def all_tests(self, caption):
        """Every test of the run, as written to tables/tests.csv."""
        tests = gather(self.folder / "tables", "tests")
        self._display_table(readable_tests(self.say, self.survey, tests), self.say(caption))
        return tests

    def finding(self, sentence, figure=""):
        """A sentence built from a table; kept for the summary, with the stem of the figure that shows it."""
        self._findings.append({"notebook": self.notebook, "finding": sentence, "figure": figure})
        self._write(pd.DataFrame(self._findings), "findings")
        self._paragraph(sentence, "finding")

    def tests(self, rows, caption, family=("pearson",)):
        """Tests as a table (Holm-adjusted within the call), kept for tables/tests.csv; returned as a data frame."""
        table = rows if isinstance(rows, pd.DataFrame) else chisquare.as_table(rows, family)
        table = table.assign(notebook=self.notebook)[["notebook", *chisquare.COLUMNS]]
        self._tests.append(table)
        self._write(pd.concat(self._tests, ignore_index=True), "tests")
        self._display_table(readable_tests(self.say, self.survey, table), self.say(caption))
        return table

    def page(self, title, *questions, subtitle="", base="", note="", lines=True, height=4.5, **subplots):
        """An empty figure with its words: `(figure, axes)`.

        The subtitle is the wording that the questions share, unless `subtitle` says more; the caption gives base
        (that of the first question unless `base` says otherwise), what thin lines mean, `note` and source. Words
        given here are messages in English, translated on the way.
        """
        say = self.say
        parts = [
            say(base, n=say.firms(self.survey.respondents)) if base else self._base(self.survey.question(questions[0])),
            say("Thin lines: {level} intervals", level=say.level()) if lines else "",
            say(note) if note else "",
            say("Source: {source}", source=self.survey.info("source")),
        ]
        caption = say(". ").join(part for part in parts if part) + say(".")
        subtitle = say(subtitle) if subtitle else self._shared_wording(questions)
        return charts.frame(say, title, subtitle, caption, height, **subplots)

    def _shared_wording(self, questions):
        wordings = [self.survey.wording(question) for question in questions]
        shared = "".join(
            signs[0] for signs in takewhile(lambda signs: len(set(signs)) == 1, zip(*wordings, strict=False))
        )
        return shared.rstrip(" :：　(（")

    def figure(self, fig, stem, table):
        """Save a figure with its numbers and show it, with alt text built from the numbers."""
        alt = text.alt_text(self.say, fig.page_title, table)
        png = charts.save_figure(fig, self.folder / "figures", stem, table, alt)
        width = int(fig.get_figwidth() * 100)
        about = {"image/png": {"alt": alt, "width": width}}
        display({"image/png": png, "text/plain": alt}, metadata=about, raw=True)

    def save(self, table, stem):
        """Write tables/`stem`.csv in full precision."""
        write_csv(table, self.folder / "tables" / f"{stem}.csv")

    # --- inside

    def _base(self, q):
        say, base = self.say, int(q["base"])
        if q["unit"] == "selections":
            return say("Base: {n} selections", n=f"{base:,}")
        kind = say("single choice") if q["kind"] == "single" else say("multiple choice")
        return say("Base: {firms}, {kind}", firms=say.firms(base), kind=kind)

    def _paragraph(self, words, kind, note=""):
        small = f" <small>({html.escape(note)})</small>" if note else ""
        tag = "blockquote" if kind in ("question", "claim") else "p"
        plain = f"{words} ({note})" if note else words
        display(
            {"text/html": f'<{tag} class="{kind}">{html.escape(words)}{small}</{tag}>', "text/plain": plain}, raw=True
        )

    def _display_table(self, frame, caption):
        display(
            {"text/html": html_table(frame, caption), "text/plain": f"{caption}\n{frame.to_string(index=False)}"},
            raw=True,
        )

    def _write(self, table, kind):
        self.save(table, f"{kind}/{self.notebook}")
        gather(self.folder / "tables", kind)


def _to_front(table, columns):
    return table[[*columns, *(name for name in table.columns if name not in columns)]]


def read_reference(path, survey, question):
    """Population shares by option id from a CSV file with the columns `option` and `share`.

    Shares may be fractions, percentages or counts; the test scales them. Raises ParameterError naming row and value.
    """
    name = Path(path).name
    try:
        frame = pd.read_csv(Path(path).expanduser(), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(f"reference: cannot read {name} ({reason}); expected a CSV file, UTF-8") from None
    if not {"option", "share"} <= set(frame.columns):
        found = ", ".join(map(str, frame.columns))
        raise ParameterError(f"reference: {name}, row 1: found columns {found}; expected option, share")
    offered = list(survey.table(question)["option"])
    shares = {}
    for row, (option, share) in enumerate(zip(frame["option"], frame["share"], strict=True), start=2):
        if option not in offered or option in shares:
            raise ParameterError(
                f"reference: {name}, row {row}: found {option!r}; expected once one of {', '.join(offered)}"
            )
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", share) or float(share) == 0:
            raise ParameterError(f"reference: {name}, row {row}: found share {share!r}; expected a number above 0")
        shares[option] = float(share)
    if len(shares) < 2:
        raise ParameterError(f"reference: {name}: found {len(shares)} options; expected two or more")
    return shares


def gather(tables, kind):
    """Join tables/`kind`/*.csv, one per notebook, into tables/`kind`.csv in the notebooks' order; return it."""
    parts = [pd.read_csv(path, keep_default_na=True) for path in sorted((Path(tables) / kind).glob("*.csv"))]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame()
    joined = pd.concat(parts, ignore_index=True)
    write_csv(joined, Path(tables) / f"{kind}.csv")
    return joined


def write_csv(table, path):
    """Write a CSV file in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    table.to_csv(half, index=False, lineterminator="\n")
    half.replace(path)


# --- tables for people -----------------------------------------------------------------------------------------------


def readable(say, table):
    """A table as people read it: headings in words, shares in percent, the interval in one column, text elsewhere."""
    columns = {}
    for name in table.columns:
        values = table[name]
        if name in ("option", "role", "high", "question", "status"):
            continue
        if name == "low":
            columns[say("{level} interval", level=say.level())] = [
                say.range(a, b) for a, b in zip(table["low"], table["high"], strict=True)
            ]
        elif name.startswith("share"):
            columns[heading(say, name)] = [say.percent(v) for v in values]
        elif pd.api.types.is_integer_dtype(values):
            columns[heading(say, name)] = [f"{v:,}" for v in values]
        else:
            columns[heading(say, name)] = values.astype(str).tolist()
    return pd.DataFrame(columns)


def heading(say, column):
    """A column's name in words; a name without an entry stands for itself."""
    words = {
        "label": say("Answer"),
        "group": say("Group"),
        "pair": say("Pair"),
        "side": say("Side"),
        "count": say("Firms"),
        "base": say("Base"),
        "share": say("Share"),
        "share_selections": say("Share of selections (as printed)"),
        "selections": say("Selections"),
        "share_all": say("Share of all firms"),
    }
    return words.get(column, column)


def readable_tests(say, survey, tests):
    """Rows of tests.csv as people read them."""
    labels = dict(zip(survey.options["option"], survey.options[f"label_{survey.lang}"], strict=True))
    columns = {
        say("Compared"): [
            say("{first} – {second}", first=survey.short(t["first"]), second=survey.short(t["second"]))
            if t["second"]
            else survey.short(t["first"])
            for _, t in tests.iterrows()
        ],
        say("Answers"): [_options_in_words(say, t["options"].split("|"), labels) for _, t in tests.iterrows()],
        say("Test"): [test_name(say, t["test"]) for _, t in tests.iterrows()],
        say("Statistic (df)"): [_statistic(t) for _, t in tests.iterrows()],
        say("p"): [say.p_number(p) for p in tests["p"]],
    }
    if tests["p_adjusted"].notna().any():
        columns[say("p (Holm)")] = ["" if pd.isna(p) else say.p_number(p) for p in tests["p_adjusted"]]
    columns[say("Effect")] = [_effect(say, t) for _, t in tests.iterrows()]
    columns[say("Answers counted")] = [f"{n:,}" for n in tests["n"]]
    columns[say("Smallest expected")] = ["" if pd.isna(m) else f"{m:.1f}" for m in tests["min_expected"]]
    return pd.DataFrame(columns)


def _options_in_words(say, options, labels):
    return say(" / ").join(labels[o] for o in options) if len(options) < 4 else say("{n} answers", n=len(options))


def _statistic(test):
    if pd.isna(test["statistic"]):
        return ""
    return f"{test['statistic']:.2f}" + ("" if pd.isna(test["df"]) else f" ({test['df']:.0f})")


def test_name(say, test):
    """The name of a test of tests.csv in words."""
    return {
        "pearson": say("Pearson’s chi-square"),
        "fisher": say("Fisher’s exact test"),
        "mann_whitney": say("Mann–Whitney (uses the order)"),
        "goodness_of_fit": say("Chi-square goodness of fit"),
    }[test]


def _effect(say, test):
    measure = re.search(r"effect=(\w+)", test["note"])
    names = {
        "cramers_v": say("Cramér’s V"),
        "odds_ratio": say("odds ratio"),
        "probability_higher": say("chance that the second is higher"),
        "cohens_w": say("Cohen’s w"),
    }
    return f"{test['effect']:.2f} ({names[measure[1]]})" if measure else ""


def html_table(frame, caption):
    """A plain HTML table: caption, column headings and row headings with their scope, everything else escaped."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in frame.columns)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{html.escape(str(row[0]))}</th>'
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row[1:])
        + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
