"""Headings as forms write them: what stands around an id, a wording or a label is taken off until the rest is known.

Tried in this order, the first that is known counts, and nothing is matched by likeness:

1. the heading as it is, then its label (what a statistics program says beside it);
2. without the groups before it (`g1/q4/caution`, `g1-q4`), without its number (`Q4.`, `問4．`, `【Q4】`) and without what
   tells how to answer (`必須`, `複数回答`, `select all that apply`);
3. the id of a question with an option's number, by the order of counts.csv (`q4_3`, `q4[SQ003]`, `q4___3`, `問4_3`); where
   a label stands beside it, or behind the number (`q4_2. Caution`), the label decides alone;
4. a question with the words of those who chose "other" (`q4[other]`, `Q4_10_TEXT`, `Wording - Other - Text`), or with
   a remark (`q4[comment]`);
5. without any sign that is no letter or digit, as R writes headings (`Number.of.employees`).
"""

import re
import unicodedata

from .matching import Target, match_heading, plain, plain_heading

NUMBERED = re.compile(
    r"^[\[【(<«]?\s*(?:問|第|設問|質問|question|q|no\.?)?\s*\d+(?:[-_.]\d+)*\s*問?\s*[\]】)>»]?\s*[.:、。)\]】|_-]*\s*(?=\S)",
    re.IGNORECASE,
)
HOW = "必須|任意|複数回答|複数選択|単一回答|単一選択|いくつでも|すべて|全て|ひとつ|一つ|1つ|複数|自由記述|required|optional|mandatory"
HOW += "|select all|check all|choose all|tick all|choose one|select one|multiple|single|ma\\b|sa\\b|fa\\b"
HINT = re.compile(rf"\s*[\[【(<]\s*(?:{HOW})[^\[\]【】()<>]*[\]】)>]|\s*\*+\s*$", re.IGNORECASE)
CODED = re.compile(
    r"^(.+?)(?:_{1,3}|[.\-/=: ]|\[|\()+(?:sq|ao|opt|option|choice|選択肢|項目)?_?0*(\d{1,3})[\])]*$", re.IGNORECASE
)
BETWEEN = re.compile(r"[_.\-/=:\s\[(]+(?:sq|a)?\d{1,3}[\s_.:)\]-]*", re.IGNORECASE)
OTHER = re.compile(
    r"^(.+?)(?:[_.\-/=:\s\[(])+(?:other|その他)\s*(?:[(:/].*|_?text|_?words|)[\])]*$", re.IGNORECASE | re.DOTALL
)
TEXT = re.compile(
    r"^(.+?)(?:[_.\-/\s\[(]+(\d{1,3}|other|その他[^-]*|other[^-]*))?[_.\-/\s]+(?:text|テキスト|自由記述|自由回答)[\])]*$",
    re.IGNORECASE,
)
REMARK = re.compile(r"^(.+?)[_.\-/\s\[(]+(?:comment|コメント|備考)s?[\])]*$", re.IGNORECASE)
NUMBER_OF = re.compile(r"^(?:問|設問|質問|question|q)\s*(\d+)$", re.IGNORECASE)


def find(names, heading, label=""):
    """The Targets that a heading may mean, and whether one of them was told by its number alone."""
    if found := match_heading(names, heading, label):
        return found, False
    for text in variants(heading):
        if found := match_heading(names, text):
            return found, False
    for text in variants(label):
        if found := match_heading(names, text):
            return found, False
    for text in (heading, *variants(heading)):
        if found := _coded(names, text, label):
            return found, True
        if found := _labelled(names, text, label) or _numbered_label(names, text) or _own_words(names, text):
            return found, False
    return loosely(names, heading) or loosely(names, label), False


def variants(heading):
    """A heading without its groups, its number and what tells how to answer, one after the other and together."""
    text = unicodedata.normalize("NFKC", heading).strip().replace("(choice=", "[")
    seen = {heading}
    for start in (text, *_without_groups(text)):
        for way in (start, _bare(start), NUMBERED.sub("", start), NUMBERED.sub("", _bare(start))):
            if way and way not in seen:
                seen.add(way)
                yield way


def _bare(text):
    """A text without what tells how to answer."""
    while (shorter := HINT.sub("", text)) != text and shorter:
        text = shorter
    return text


def _without_groups(text):
    """A heading without its first group, without two, and so on; groups end in a slash, or in a hyphen."""
    for sign in "/" if re.search(r"\s", text) else "/-":
        parts = text.split(sign)
        for place in range(1, min(len(parts), 6)):
            yield sign.join(parts[place:]).strip()


def question_of(names, text):
    """The one question that a text names by id, wording or number, or None."""
    text = unicodedata.normalize("NFKC", text).strip()
    ids, _ = names.headings()
    found = match_heading(names, text) or match_heading(names, NUMBERED.sub("", _bare(text)))
    if not found and (numbered := NUMBER_OF.match(text)):
        found = ids.get(f"q{numbered[1]}", set())
    whole = {target.question for target in found if target.kind == "question" and not target.option}
    return whole.pop() if len(whole) == 1 else None


def _coded(names, text, label):
    """The Target of a question's id with the number of an option, if no label says otherwise."""
    found = CODED.match(unicodedata.normalize("NFKC", text))
    question = found and question_of(names, found[1])
    if not question or (label and plain_heading(label) not in _heads(names, question)):
        return set()
    options, number = numbered(names, question), int(found[2])
    return {Target("question", question, options[number - 1])} if 1 <= number <= len(options) else set()


def numbered(names, question):
    """The options of a question in the order in which they are numbered: as counts.csv lists them."""
    roles = names.offered(question)["role"]
    return [option for option in names.listed(question) if roles[option] != "no_answer"]


def _heads(names, question):
    return {plain_heading(name) for name in names.of_question(question)}


def _labelled(names, text, label):
    """The Target of a question's id with a number and, beside it, an option's label."""
    found = CODED.match(unicodedata.normalize("NFKC", text))
    question = found and question_of(names, found[1])
    if not question or not label:
        return set()
    for way in (label, *variants(label)):
        if target := match_heading(names, f"{question} [{way}]"):
            return target
    return _own_words(names, f"{question} [{label}]")


def _numbered_label(names, text):
    """The Target of a question with the number and the label of an option, as in `q4_2. Caution`: the label decides."""
    text = unicodedata.normalize("NFKC", text)
    for found in BETWEEN.finditer(text):
        question = question_of(names, text[: found.start()])
        if question and (target := match_heading(names, f"{question} [{text[found.end() :]}]")):
            return target
    return set()


def _own_words(names, text):
    """The Target of a column with words of the respondents' own, beside a question, if it is one."""
    text = unicodedata.normalize("NFKC", text)
    for pattern in (TEXT, OTHER, REMARK):
        found = pattern.match(text)
        question = found and question_of(names, found[1])
        if not question:
            continue
        if pattern is REMARK:
            return {Target("words", question)}
        if other := names.other(question):
            return {Target("words" if pattern is TEXT else "question", question, other)}
    return set()


def loosely(names, heading):
    """The Targets of a heading of which only the letters and digits are compared."""
    key = letters(heading)
    return names.loose().get(key, set()) if len(key) > 3 else set()


def letters(text):
    """The letters and digits of a text, as they are compared."""
    return "".join(sign for sign in plain(text) if sign.isalnum())
