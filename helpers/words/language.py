"""One language: its translations, and numbers as its readers write them."""

import gettext
import io
import math
import re
import unicodedata
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ..said import N_  # noqa: F401  (a mark that notebooks' helpers look for here)

TURNING = ("R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI")  # signs that set or turn the direction of writing
LONGEST = 120  # characters of a label that a sentence quotes
LOCALE = Path(__file__).parent / "locale"
NOUN = {"en": ("respondent", "respondents"), "ja": ("回答者", "人")}  # where the survey has no word of its own
GENERAL = (
    "any_topic"  # the notebook for topics without one of their own; a copy of it says its words until it has others
)
ALPHA = 0.05  # a p-value is never rounded across this level


def po_file(lang):
    """Where the catalogue of a language lies."""
    return LOCALE / lang / "LC_MESSAGES" / "helpers.po"


@cache
def catalogue(lang):
    """The messages of a language, compiled from its PO file on first use. English is the source and has none."""
    path = po_file(lang)
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def isolated(value):
    """A value for a sentence: text that runs from right to left keeps its direction to itself.

    Unicode's first-strong isolate (Unicode Standard Annex 9) also ends every override that the text left open, so that
    no label can turn the numbers behind it around.
    """
    turning = isinstance(value, str) and any(unicodedata.bidirectional(sign) in TURNING for sign in value)
    return f"\u2068{value}\u2069" if turning else value


class Language:
    """Says things in one language: `say = Language("ja"); say("{n} rows", n=3)` looks the message up and fills it.

    Messages are looked up under `context` (a notebook's name) first, then without. `noun` names the respondents: in
    English singular and plural, in Japanese the word and its counter.
    """

    def __init__(self, lang, context="", noun=None):
        self.lang = lang
        self.context = context
        self.noun = tuple(noun or NOUN.get(lang, NOUN["en"]))
        self._messages = catalogue(lang)

    def __call__(self, message, **values):
        """The message in this language with its values filled in.

        `{respondent}`, `{respondents}` and `{Respondents}` are the survey's noun for those who answered.
        """
        values = self._nouns | values
        return self._translated(message).format(**{name: isolated(value) for name, value in values.items()})

    @property
    def _nouns(self):
        one, many = self.noun
        return {"respondent": one, "respondents": many, "Respondents": many[:1].upper() + many[1:]}

    def _translated(self, message, context=None):
        context = self.context if context is None else context
        if not message:
            return ""  # gettext keeps the catalogue's header under it
        found = self._messages.pgettext(context, message) if context else message
        found = found if found != message or not context else self._messages.pgettext(GENERAL, message)
        return found if found != message else self._messages.gettext(message)

    def prose(self, cell, source):
        """A prose cell of a notebook, by its id, in this language."""
        return self._of_notebook(cell, source.strip())

    def comments(self, source, kind="parameters"):
        """The code of a parameters (or needs) cell with its comments in this language."""
        lines = [line.partition("  # ") for line in source.splitlines()]
        return "\n".join(code + mark + (self._of_notebook(kind, words) if words else "") for code, mark, words in lines)

    def _of_notebook(self, part, words):
        """Words of a part of this notebook; those of the general notebook where it has none."""
        found = (self._messages.pgettext(f"{name} {part}", words) for name in (self.context, GENERAL))
        return next((text for text in found if text != words), words)

    # --- numbers

    def percent(self, share):
        """A share (0 to 1) in whole percent, halves rounded up: "54%"."""
        return f"{math.floor(share * 100 + 0.5 + 1e-9)}%"

    def points(self, difference):
        """A signed difference of shares in percentage points: "+5", "−12"."""
        value = math.floor(abs(difference) * 100 + 0.5 + 1e-9)
        return f"{'−' if difference < 0 and value else '+' if value else ''}{value}"

    def respondents(self, n):
        """A number of respondents with their noun or counter: "118 firms", "118社"."""
        if self.lang == "ja":
            return f"{int(n):,}{self.noun[1]}"
        return f"{int(n):,} {self.noun[0 if n == 1 else 1]}"

    def share_count(self, answer):
        """Share and count of a table's row for a mark in a figure: "54% · 64", with a † if the share is weak."""
        count = self.respondents(answer["count"]) if self.lang == "ja" else f"{int(answer['count']):,}"
        return self("{share} · {count}", share=self.percent(answer["share"]), count=count) + self.mark(answer)

    @staticmethod
    def mark(answer):
        """The quiet mark of a weak share."""
        flag = answer.get("flag")
        return "†" if isinstance(flag, str) and flag else ""

    def range(self, low, high):
        """An interval of shares in whole percent: "45–63%"."""
        return self("{low}–{high}%", low=self.percent(low)[:-1], high=self.percent(high)[:-1])

    @staticmethod
    def level(level):
        """A confidence level: "95%"."""
        return f"{level * 100:g}%"

    def interval(self, level, many=False):
        """What an interval with a confidence level is called, everywhere: "95% interval", or of many "95% intervals"."""
        values = {"level": self.level(level)}
        return self("{level} intervals", **values) if many else self("{level} interval", **values)

    def p(self, p):
        """A p-value with its sign: "p = 0.042", "p = 0.42", "p < 0.001"."""
        return "p < 0.001" if p < 0.001 else f"p = {self.p_number(p)}"

    @staticmethod
    def p_number(p):
        """A p-value without its sign, in three decimals below 0.1 and two above, never rounded to ALPHA or across it."""
        if p < 0.001:
            return "< 0.001"
        decimals = 3 if p < 0.0995 else 2
        while decimals < 12 and p != ALPHA and (round(p, decimals) - ALPHA) * (p - ALPHA) <= 0:
            decimals += 1
        return f"{p:.{decimals}f}"

    def p_range(self, low, high):
        """A range of p-values without its sign: "0.02 to 0.70"; one number if both ends are the same."""
        low, high = self.p_number(low), self.p_number(high)
        return low if low == high else self("{low} to {high}", low=low, high=high)

    def adjusted(self, p, tests):
        """An adjusted p-value with its sign, and over how many tests: "p = 0.042, Holm-adjusted for 3 comparisons"."""
        return self("{p}, Holm-adjusted for {n} comparisons", p=self.p(p), n=tests) if tests > 1 else self.p(p)

    def evidence(self, answer):
        """What stands behind a share: count, base and interval of one row of a table, in brackets."""
        values = {"count": f"{int(answer['count']):,}", "base": self.respondents(answer["base"])}
        is_weighted = "n_effective" in answer and answer["n_effective"] == answer["n_effective"]
        if answer["level"] != answer["level"]:  # everyone answered: there is no interval
            return (
                self("(weighted; {count} of {base})", **values)
                if is_weighted
                else self("({count} of {base})", **values)
            )
        values |= {
            "interval": self.interval(answer["level"]),
            "range": self.range(answer["low"], answer["high"]),
        }
        if is_weighted:
            return self("(weighted; {count} of {base}, {interval} {range})", **values)
        return self("({count} of {base}, {interval} {range})", **values)

    # --- words

    def pair(self, first, second):
        """The names of two things that are compared."""
        return self("{first} – {second}", first=first, second=second)

    def quoted(self, label):
        """A label of the survey between quotation marks; of a very long one its beginning, the tables have the rest."""
        return self("“{label}”", label=label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…")

    def listed(self, items):
        """Items joined as a list in a sentence."""
        items = list(items)
        if len(items) < 2:
            return "".join(items)
        return self("{items} and {last}", items=self(", ").join(items[:-1]), last=items[-1])

    def sentence_case(self, label):
        """A label as it stands inside a sentence: its first letter small, unless it is an acronym."""
        return label if self.lang != "en" or label[:2].isupper() else label[:1].lower() + label[1:]

    @staticmethod
    def brief(label):
        """A label without its explanation in brackets."""
        return re.sub(r"\s*[(（].*[)）]\s*$", "", label) or label
