"""Which question a column answers and which option a text is: by id or label, never by likeness.

What matches nothing is drafted into mapping.toml, with the nearest names beside it, for a person to settle.
"""

import re
import unicodedata
from dataclasses import dataclass

from .. import LANGUAGES
from ..survey.schemas import KEYS_OF_RESPONDENTS

SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("〜∼", "~") | dict.fromkeys("‘’‛`´′", "'"))
UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
DELIMITERS = ";,、|\n"
KEY_NAMES = {  # what columns that are no question are called; the keys are KEYS_OF_RESPONDENTS
    "respondent": ("respondent", "respondent id", "respondent number", "id", "回答者", "回答者番号", "回答者id"),
    "weight": ("weight", "weights", "重み", "ウエイト", "ウェイト"),
    "stratum": ("stratum", "strata", "層", "層番号"),
    "cluster": ("cluster", "clusters", "psu", "集落", "クラスター"),
}
NO_ANSWER_NAMES = ("no_answer", "No answer", "無回答")
TICKS = (
    "1",
    "x",
    "✓",
    "✔",
    "☑",
    "○",
    "◯",
    "●",
    "レ",
    "y",
    "yes",
    "true",
    "ticked",
    "checked",
    "selected",
    "はい",
    "選択",
    "該当",
)
NO_TICKS = ("0", "n", "no", "false", "not_ticked", "unchecked", "not selected", "いいえ", "未選択", "非該当")

# What programs write into a cell where nothing was said; "n/a" says that nothing was asked.
SILENT = ("na", "nan", "<na>", "n/a", "null", "#n/a", "-99", "#null!", "seenbutunanswered")

# What a text of a column turns out to be, where it is no option; places of options are 0 or more.
EMPTY, UNKNOWN, TWO, IGNORED, NO_ANSWER, NOT_PUT, NOT_TICKED = -1, -2, -3, -4, -5, -6, -7


def plain(text):
    """A text as it is compared: full-width forms, case, white space, kinds of dash and apostrophe make no difference."""
    folded = unicodedata.normalize("NFKC", text).translate(SIGNS).casefold()
    return UNSEEN.sub("", folded)


def plain_heading(text):
    """A heading as it is compared: also without the signs by which forms set off an option, as in `Q4 [caution]`."""
    return re.sub(r"[\[\](){}:=_.|/・-]", "", plain(text))


@dataclass(frozen=True)
class Target:
    """What a column holds; `option` if one option's ticks.

    `kind` is one of KEYS_OF_RESPONDENTS, question, ignore or blank; words (a respondent's own, to this option or
    question), again (what other columns of the question say, too), or known (the form's own, such as a time stamp), with
    what it is in `question`.
    """

    kind: str
    question: str = ""
    option: str = ""

    def __str__(self):
        return f"{self.question}={self.option}" if self.option else self.question or self.kind


class Names:
    """The ids, wordings and labels of a codebook, as look-ups from plain text; built from text columns."""

    def __init__(self, questions, options, counts=None):
        self.questions = questions.set_index("question")
        self.options = {
            name: group.sort_values("order", key=lambda order: order.astype(int)).set_index("option")
            for name, group in options.groupby("options")
        }
        self._none = options.iloc[:0].set_index("option")
        self._set_of = self.questions["options"].to_dict()
        self._names_of = {
            name: {o: [o, *_labels_of(row)] for o, row in rows.to_dict("index").items()}
            for name, rows in self.options.items()
        }
        listed = {} if counts is None else counts.groupby("question")["option"].agg(list).to_dict()
        self._listed = {question: listed.get(question, []) for question in self.questions.index}
        self._heads, self._plain, self._loose, self._other = None, {}, None, {}

    def offered(self, question):
        """The options of a question's set, indexed by id and in order; none of a number."""
        return self.options.get(self._set_of[question], self._none)

    def listed(self, question):
        """The options that counts.csv lists for a question, in its order; all of its set where it lists none."""
        known = list(self.offered(question).index)
        return [option for option in self._listed[question] if option in known] or known

    def other(self, question):
        """The one option of a question that stands for all other answers, or None."""
        if question not in self._other:
            roles = self.offered(question)["role"].to_dict()
            found = [option for option in self.listed(question) if roles[option] == "other"]
            self._other[question] = found[0] if len(found) == 1 else None
        return self._other[question]

    def all(self):
        """Every wording and label, in whatever language."""
        for question in self.questions.index:
            yield from filter(None, self.of_question(question)[1:])
        for options in self._names_of.values():
            yield from (label for names in options.values() for label in names[1:])

    def of_question(self, question):
        q = self.questions.loc[question]
        texts = dict.fromkeys(q.get(name, "") for name in ("text_en", "text_ja", "short_en", "short_ja"))
        return [question, *texts, *_also(q)]

    def of_option(self, question, option):
        return self._names_of[self._set_of[question]][option]

    def answers(self, question):
        """Plain text to option id, for one question; a text that two options share is in `shared` instead."""
        known, shared = {}, set()
        options = self.offered(question)
        for option in options.index:
            for name in self.of_option(question, option)[1:]:
                if known.setdefault(plain(name), option) != option:
                    shared.add(plain(name))
        known = {text: option for text, option in known.items() if text not in shared}
        ids = {plain(option): option for option in options.index}
        known |= ids
        empty = options.index[options["role"] == "no_answer"]
        for name in NO_ANSWER_NAMES:
            known.setdefault(plain(name), empty[0] if len(empty) else NO_ANSWER)
        return known, shared - set(ids)

    def headings(self):
        """Plain heading to the Targets it may mean, ids apart from wordings: (by id, by wording)."""
        if self._heads is None:
            ids, words = {}, {}
            for question in self.questions.index:
                self._add_heads(question, ids, words)
            for kind, names in KEY_NAMES.items():
                for name in names:
                    words.setdefault(plain_heading(name), set()).add(Target(kind))
            self._heads = ids, words
        return self._heads

    def loose(self):
        """Like `headings`, ids and wordings together, by their letters and digits alone."""
        if self._loose is None:
            self._loose = {}
            for known in self.headings():
                for text, targets in known.items():
                    self._loose.setdefault("".join(filter(str.isalnum, text)), set()).update(targets)
        return self._loose

    def _add_heads(self, question, ids, words):
        keys = [plain_heading(name) for name in self.of_question(question)]
        for place, key in enumerate(keys):
            _add(words if place else ids, key, Target("question", question))
        for option, labels in self._labels(self.questions.loc[question, "options"]).items():
            target = Target("question", question, option)
            _add(ids, keys[0] + labels[0], target)
            for key in filter(None, keys):
                for label in labels:
                    _add(words, key + label, target)

    def _labels(self, options):
        """The plain names of each option of a set."""
        if options not in self._plain:
            rows = self.options.get(options, self._none)
            self._plain[options] = {
                option: [plain_heading(name) for name in (option, *_labels_of(o))]
                for option, o in zip(rows.index, rows.to_dict("records"), strict=True)
            }
        return self._plain[options]


def _labels_of(o):
    """The labels of an option in the languages there are, as drop-downs show them, and as other forms word them."""
    labels = [o[f"label_{lang}"] for lang in LANGUAGES if f"label_{lang}" in o]
    return [*labels, *_also(o), joined(reversed(labels))]


def _also(row):
    """Other wordings that forms use for a question or an option: the column `also`."""
    return [text.strip() for text in row.get("also", "").split("|") if text.strip()]


def joined(labels):
    """A text in several languages as one, as the drop-downs of the blank response sheet show it."""
    return " / ".join(dict.fromkeys(labels))


def _add(known, key, target):
    if key:
        known.setdefault(key, set()).add(target)


# --- headings --------------------------------------------------------------------------------------------------------


def match_heading(names, heading, label=""):
    """The Targets that a heading may mean: one when it is clear, several when it is not, none when unknown.

    An id in brackets at the end, as the blank response sheet writes it, decides; then ids; then wordings and labels.
    """
    ids, words = names.headings()
    if tail := re.search(r"\[([^\[\]]+)\]$", unicodedata.normalize("NFKC", heading)):
        found = ids.get(plain_heading(tail[1]), set())
        if len(found) == 1:
            return found
        if plain(tail[1]) in KEYS_OF_RESPONDENTS:
            return {Target(plain(tail[1]))}
    for text in (heading, label):
        key = plain_heading(text)
        if found := ids.get(key) or words.get(key):
            return found
    return set()
