"""Draft a codebook from a file of raw answers: what kind of question each column holds, guessed, for a person to review.

Nothing is guessed silently: questions.csv has a column `guessed` that names what was, and what is left out is named in
mapping.toml. The rules, in this order:

- a heading of respondents' ids, weights, strata or clusters is no question; nor is a column that the form adds by itself
  (see forms/), or one that is empty;
- columns `Question [Answer]`, `question/answer` or `question_1` whose cells are ticks or repeat the answer are one question
  with several answers, whatever stands in that of the other answer; a column `question` beside them says the same again;
- columns `Question [Row]` that share their few cell texts are a battery of single choices;
- cells with the same pieces between `;`, `,`, `、` or line breaks, in ever new combinations, are several answers;
- numbers: up to eleven different whole ones are a scale, with scores; more are numbers;
- few different texts are a single choice; everything else (dates, names, free words) is left out.

A question that is empty just where some answers to an earlier one were given is taken as put after the other answers.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ..said import Said
from ..survey.schemas import KEYS_OF_RESPONDENTS
from .matching import KEY_NAMES, NO_TICKS, SILENT, TICKS, plain
from .numbers import as_number

MOST_ANSWERS, MOST_PIECES, MOST_STEPS = 15, 40, 11  # of a single choice, of several answers, of a scale of numbers
LONGEST_ID = 24  # characters; longer wordings are called by their place
BRACKETS = [  # what a heading sets apart: the answer, or the row of a grid
    re.compile(r"^(?P<head>.+?)\s*\(choice=(?P<answer>.+)\)$"),
    re.compile(r"^(?P<head>.+?)\s*\[(?P<answer>[^\[\]]+)\]$"),
    re.compile(r"^(?P<head>.+?)\s*［(?P<answer>[^［］]+)］$"),
]
SIGNS = [
    re.compile(r"^(?P<head>.+)\s-\s(?P<answer>.+?)$"),
    re.compile(r"^(?P<head>.+)(?::\s|：)(?P<answer>[^:：]+)$"),
]
NAMES = [  # the same in names, if only ticks stand below
    re.compile(r"^(?P<head>.+?)___(?P<answer>.+)$"),
    re.compile(r"^(?P<head>.+)/(?P<answer>[^/]+)$"),
    re.compile(r"^(?P<head>.+?)[_.](?P<answer>\d+)$"),
    re.compile(r"^(?P<head>.*[\u3041-\u9fff].*)[_＿](?P<answer>[^_＿]+)$"),
]
TYPED = re.compile(r"(?:\s-\sText|_TEXT|（テキスト）)$")  # above words of the respondents' own
CUTS = re.compile(r"[;；、\n]|,\s*|，")
TICKED = {plain(word) for word in (*TICKS, *NO_TICKS)}
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
ROLES = {  # words by which a label tells its role, at its beginning
    "no_answer": ("no answer", "not answered", "無回答", "n/a"),
    "undisclosed": (
        "don't know",
        "do not know",
        "don’t know",
        "prefer not",
        "unknown",
        "わからない",
        "分からない",
        "不明",
        "未定",
    ),
    "none": ("none", "nothing", "not at all interested", "特になし", "なし", "ない", "該当なし"),
    "other": ("other", "-oth-", "その他", "その外"),
}
GROUPS = (
    "sex",
    "gender",
    "age",
    "region",
    "industry",
    "employees",
    "size",
    "prefecture",
    "department",
    "grade",
    "性別",
)
GROUPS += ("年齢", "年代", "業種", "従業員", "規模", "地域", "都道府県", "所在地", "部署", "学年", "職業")


@dataclass
class Draft:
    """A question as it is drafted: `cells` are its columns' numbers, `options` {id: (label, role, score)} in order."""

    question: str
    kind: str
    text: str
    cells: list
    options: dict = field(default_factory=dict)
    set_name: str = ""
    asked_if: str = ""
    use: str = ""
    guessed: tuple = ()


def questions(sheet):
    """The Drafts of a Sheet's questions, and the headings that are left out with the reason: `(drafts, left_out)`."""
    keys = {plain(name) for names in KEY_NAMES.values() for name in names}
    own = [bool(column.target) or plain(column.heading) in keys for column in sheet.columns]  # the form's, or a key
    taken = {number for number, is_own in enumerate(own) if is_own}
    left_out, drafts = {}, []
    groups = _set_apart(sheet, taken)
    words = _own_words(sheet, taken, groups)
    taken |= {*words}
    again = _said_again(sheet, groups)
    for number, column in enumerate(sheet.columns):
        if number in taken:
            continue
        group, parts = groups.get(number, ([number], []))
        taken.update(group)
        made = again.get(number) or (_several_columns(sheet, group, parts) if parts else _one_column(sheet, number))
        if isinstance(made, str):
            left_out[column.heading] = made
        else:
            drafts += made
    _offer_other(drafts, words, sheet)
    _name(drafts, sheet)
    for place, draft in enumerate(drafts):
        _route(sheet, draft, drafts[:place])
    return drafts, left_out


def language(sheet):
    """The language that the headings are written in, as far as their signs tell."""
    heads = " ".join(column.label or column.heading for column in sheet.columns)
    return "ja" if JAPANESE.search(heads) else "en"


# --- one column or several -------------------------------------------------------------------------------------------


def _matched(patterns, *headings):
    for pattern in patterns:
        for heading in headings:
            if found := pattern.match(heading):
                return found["head"].strip(), found["answer"].strip()
    return None


def _parts(column):
    """The wording and the answer, or row, of a heading such as `Question [Answer]`, or None."""
    return _matched(BRACKETS + SIGNS, column.label or column.heading, column.heading)


def _set_apart(sheet, taken):
    """Columns that share the wording of their heading: {number: (numbers of the group, [(wording, answer)])}.

    What the file itself says belongs together goes first, then brackets, then names above ticks, then other signs.
    """

    def told(column):
        return (sheet.sets[column.heading][-1], column.label) if column.heading in sheet.sets else None

    def bracketed(column):
        return _matched(BRACKETS, column.label or column.heading, column.heading)

    def named(column):
        found = _matched(NAMES, column.heading)
        return (found[0], column.label or found[1]) if found and _is_ticked(_texts(column)) else None

    groups = {}
    for parts_of in (told, bracketed, named, _parts):
        found = {}
        for number, column in enumerate(sheet.columns):
            if number not in taken and number not in groups and (parts := parts_of(column)):
                found.setdefault(plain(parts[0]), []).append((number, parts))
        for together in found.values():
            numbers, parts = zip(*together, strict=True)
            if len(numbers) > 1 and any(_texts(sheet.columns[number]) for number in numbers):
                groups |= dict.fromkeys(numbers, (numbers, parts))
    return groups


def _is_ticked(texts, answer=""):
    """Whether only ticks stand in a column, or its answer again."""
    return {plain(text).removesuffix(".0") for text in texts} <= TICKED | {plain(answer)}


def _own_words(sheet, taken, groups):
    """Columns `Question [Other]` with what respondents typed beside the single answers of a column `Question`:
    {number: (question, other)}.
    """
    heads = {plain(column.heading) for number, column in enumerate(sheet.columns) if number not in taken}
    parts = {number: _parts(column) for number, column in enumerate(sheet.columns) if number not in groups}
    words = {
        n: found for n, found in parts.items() if found and plain(found[0]) in heads and _role(found[1]) == "other"
    }
    typed = (n for n, column in enumerate(sheet.columns) if TYPED.search(column.heading) and n not in taken)
    return words | dict.fromkeys(typed, ("", ""))


def _offer_other(drafts, words, sheet):
    """An answer "other" for the single choices beside which respondents typed words of their own."""
    labels = {plain(question): other for question, other in words.values()}
    for draft in drafts:
        other = labels.get(plain(sheet.columns[draft.cells[0]].heading))
        if other and draft.kind == "single" and not any(role == "other" for _, role, _ in draft.options.values()):
            draft.options["other"] = (other, "other", "")


def _said_again(sheet, groups):
    """Columns headed by what a group of columns with an answer each is called: {number: reason to leave it out}."""
    heads = {plain(parts[0][0]) for _, parts in groups.values()}
    return {
        number: Said("other columns say the same")
        for number, column in enumerate(sheet.columns)
        if number not in groups and plain(column.heading) in heads
    }


def _texts(column):
    """The distinct texts of a column that occur, those of silence left out, with how often: a Counter in order of appearance."""
    often = np.bincount(column.codes, minlength=len(column.values))
    pairs = zip(column.values, often, strict=True)
    return Counter({text: int(n) for text, n in pairs if n and plain(text) not in ("", *SILENT)})


def _several_columns(sheet, group, parts):
    """The Drafts of columns that share their wording: several answers, or a battery of single choices."""
    texts = [_texts(sheet.columns[number]) for number in group]
    others = [_role(part[1]) == "other" for part in parts]
    ticked = [_is_ticked(own, part[1]) or other for own, part, other in zip(texts, parts, others, strict=True)]
    one_each = [len(own) < 2 or other for own, other in zip(texts, others, strict=True)]  # a number, or a label
    if not all(others) and (all(ticked) or (all(one_each) and len(set(map(tuple, texts))) > 2)):
        labels = dict.fromkeys(part[1] for part in parts)
        return [Draft("", "multiple", parts[0][0], list(group), _options(labels), guessed=(Said("kind"),))]
    shared = sum(texts, Counter())
    if len(shared) > MOST_ANSWERS:
        alone = [_one_column(sheet, number) for number in group]
        return [draft for made in alone if not isinstance(made, str) for draft in made]
    options = _options(_in_order(shared), _scores(shared))
    battery = [
        Draft("", "single", sheet.columns[number].label or sheet.columns[number].heading, [number], options)
        for number in group
    ]
    for draft in battery:
        draft.guessed = (Said("kind"), Said("order of answers"))
    return battery


def _one_column(sheet, number):
    """The Draft of one column, in a list; or the reason why it is left out."""
    column = sheet.columns[number]
    texts, wording = _texts(column), column.label or column.heading
    answered = sum(texts.values())
    if not texts or not column.heading:
        return Said("empty") if not texts else Said("without a heading")
    if pieces := _pieces(texts):
        return [Draft("", "multiple", wording, [number], _options(pieces), guessed=(Said("kind"), Said("answers")))]
    numbers = [as_number(text) for text in texts]
    if len(texts) == answered and all(re.fullmatch(r"\d{5,}", text) for text in texts):
        return Said("numbers of which each occurs once: ids")
    if None not in numbers and not (len(texts) <= MOST_STEPS and all(n.is_integer() for n in numbers)):
        return [Draft("", "number", wording, [number], guessed=(Said("kind"),))]
    if len(texts) <= MOST_ANSWERS and (len(texts) < 3 or len(texts) <= answered / 2):
        guessed = (Said("kind"), Said("order of answers"))
        return [Draft("", "single", wording, [number], _options(_in_order(texts), _scores(texts)), guessed=guessed)]
    return Said("free text, dates or names")


def _pieces(texts):
    """The answers that cells join, by how often each was given; none where cells are single answers."""
    joined = [text for text in texts if CUTS.search(text)]
    pieces = Counter()
    for text, n in texts.items():
        for piece in {part.strip() for part in CUTS.split(text)} - {""}:
            pieces[piece] += n
    often = [piece for piece, n in pieces.items() if n > 1]
    if len(joined) < 2 or len(pieces) > MOST_PIECES or len(often) < 0.7 * len(pieces) or len(pieces) >= len(texts) + 3:
        return []
    repeated = sum(
        all(pieces[part.strip()] > texts[text] for part in CUTS.split(text) if part.strip()) for text in joined
    )
    return [piece for piece, _ in pieces.most_common()] if repeated >= 0.7 * len(joined) else []


# --- options ---------------------------------------------------------------------------------------------------------


def _role(label):
    text = label.casefold().strip()
    return next(
        (
            role
            for role, words in ROLES.items()
            if any(text == w or text.startswith((f"{w} ", f"{w}(", f"{w}（")) for w in words)
        ),
        "answer",
    )


def _options(labels, scores=None):
    """Options from labels, {id: (label, role, score)}: those of another role last."""
    rows = [(label, _role(label)) for label in labels]
    rows.sort(key=lambda row: ("answer", *reversed(ROLES)).index(row[1]))
    ids, found = Counter(), {}
    for place, (label, role) in enumerate(rows, start=1):
        base = role if role != "answer" and not ids[role] else _slug(label)
        base = base if 0 < len(base) <= LONGEST_ID and not JAPANESE.search(label) else f"o{place}"
        ids[base] += 1
        found[base if ids[base] == 1 else f"{base}_{ids[base]}"] = (label, role, (scores or {}).get(label, ""))
    return found


def _in_order(texts):
    """Labels in the order of the first numbers in them, if all have one; else the most frequent first."""
    first = {text: re.search(r"\d[\d,]*", unicodedata.normalize("NFKC", text)) for text in texts}
    if all(first.values()):
        return sorted(texts, key=lambda text: (float(first[text][0].replace(",", "")), text))
    return [text for text, _ in texts.most_common()]


def _scores(texts):
    """The scores of a scale of whole numbers, {label: score}; none of other labels."""
    numbers = {text: as_number(text) for text in texts}
    return {text: text for text in texts} if texts and None not in numbers.values() and len(texts) > 2 else {}


# --- ids, groups, routes ---------------------------------------------------------------------------------------------


def _slug(text):
    """A text as an id: its Latin letters and digits; "" where it has none."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold().replace("’", "").replace("'", "")).strip("_")


def _called(draft, column):
    """What a program calls the question of a column, or its wording, as an id; "" where that is too long for one."""
    names = [column.heading, draft.text]
    if len(draft.cells) > 1:
        names[0] = (_matched(NAMES, column.heading) or ("",))[0]
    ids = [_slug(name) for name in names if not JAPANESE.search(name)]
    return next((name for name in ids if 1 < len(name) <= LONGEST_ID), "")


def _name(drafts, sheet):
    """Ids for questions and option sets; questions that offer the same share a set. Those that set groups are marked."""
    seen, sets = Counter(), {}
    there = {_slug(column.heading) for column in sheet.columns}
    for place, draft in enumerate(drafts, start=1):
        plain_id = f"q{place}" if f"q{place}" not in there else f"question_{place}"
        base = _called(draft, sheet.columns[draft.cells[0]]) or plain_id
        base = f"q_{base}" if base in KEYS_OF_RESPONDENTS else base
        draft.question = base
        while draft.question in seen:
            seen[base] += 1
            draft.question = f"{base}_{seen[base]}"
        seen[draft.question] += 1
        if draft.kind != "number":
            labels = (draft.kind, frozenset(draft.options.values()))
            draft.set_name, draft.options = sets.setdefault(labels, (draft.question, draft.options))
        text = draft.text.casefold()
        ordinary = [o for o in draft.options.values() if o[1] == "answer"]
        if draft.kind == "single" and 2 <= len(ordinary) <= 8 and any(_holds(text, word) for word in GROUPS):
            draft.use, draft.guessed = "break", (*draft.guessed, "use")


def _holds(text, word):
    return re.search(rf"\b{word}\b", text) is not None if word.isascii() else word in text


def _route(sheet, draft, earlier):
    """Guess which answers to an earlier question lead to this one: those where it is not always empty."""
    asked = np.any([_filled(sheet.columns[number]) for number in draft.cells], axis=0)
    if not 5 <= (~asked).sum() < len(asked):
        return
    for leading in reversed([each for each in earlier if each.kind == "single"]):
        column = sheet.columns[leading.cells[0]]
        labels = np.array([plain(text) for text in column.values], dtype=object)[column.codes]
        given = {option: labels == plain(label) for option, (label, _, _) in leading.options.items()}
        rates = {option: asked[mask].mean() for option, mask in given.items() if mask.any()}
        open_to = [option for option, rate in rates.items() if rate >= 0.8]
        if (
            open_to
            and len(open_to) < len(rates)
            and all(rates[o] == 0 for o in rates if o not in open_to)
            and not asked[labels == ""].any()
        ):
            draft.asked_if = "|".join(f"{leading.question}={option}" for option in open_to)
            draft.guessed = (*draft.guessed, "asked_if")
            return


def _filled(column):
    return np.array([plain(text) not in ("", *SILENT) for text in column.values])[column.codes]
