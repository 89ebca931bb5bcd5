"""What a text that matches nothing is most like, and texts cut so that they can still be told apart. Nothing is decided by it."""

from collections import Counter

from ..survey.problems import quote
from .matching import plain, plain_heading

MOST = 3  # names that are offered
WIDTH = 60  # signs of a heading that a message shows


def nearest_headings(names, heading):
    """The ids of the questions whose names are most like a heading, the nearest first; never none."""
    known = [(plain_heading(name), q) for q in names.questions.index for name in names.of_question(q) if name]
    return nearest(plain_heading(heading), known)


def nearest_options(names, reader, text):
    """The ids of the options of a Reader's question whose names are most like a text; none only for a number."""
    known = [(plain(name), option) for option in reader.options for name in names.of_option(reader.question, option)]
    return nearest(plain(text), known)


def nearest(text, known):
    """Of `known`, pairs of a plain text and what it names, the names most like a text: up to MOST, the nearest first.

    Those less than half as like as the nearest are left out; where nothing is like it, the first ones are named.
    """
    ranked = ranking(text, known)
    best = max(ranked.values(), default=0)
    return [name for name, score in ranked.items() if score >= best / 2][:MOST]


def ranking(text, known):
    """All that is known, from the most like a text to the least, with how like they are (0 to 1); ties keep their order."""
    scores = {}
    own = _pairs(text)
    for other, name in known:
        scores[name] = max(scores.get(name, 0.0), _likeness(own, _pairs(other)))
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def _pairs(text):
    """The pairs of neighbouring signs in a text, which tell words of any script, in any order."""
    return Counter(text[place : place + 2] for place in range(max(len(text) - 1, 1)))


def _likeness(first, second):
    """What two texts share of their pairs of signs (Dice); a short one that the other holds counts for more."""
    shared = (first & second).total()
    few, all_pairs = min(first.total(), second.total()), first.total() + second.total()
    return max(2 * shared / all_pairs, 0.8 * shared / few if few >= 4 else 0.0)


def told_apart(texts, width=WIDTH):
    """Texts quoted and cut to about `width` signs, each so that it can be told from the others where it can be."""
    texts = list(texts)
    ends = {text: _middle(text, width) for text in texts}
    often = Counter(ends.values())
    return [quote(_around(text, texts, width) if often[ends[text]] > 1 else ends[text], width + 1) for text in texts]


def _middle(text, width):
    """The beginning and the end of a text."""
    return text if len(text) <= width else f"{text[: width // 2]}…{text[len(text) - width // 2 + 1 :]}"


def _around(text, texts, width):
    """The beginning of a text, and the place at which it parts from the one that agrees with it longest."""
    parts = max((_agree(text, other) for other in texts if other != text), default=0)
    if len(text) <= width or parts < width // 2:
        return text[: width - 1] + "…" if len(text) > width else text
    tail = text[parts - 4 : parts - 4 + width // 2]
    return f"{text[: width // 2 - 2]}…{tail}{'…' if parts - 4 + width // 2 < len(text) else ''}"


def _agree(first, second):
    """How many signs two texts have in common at their beginning."""
    return next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
