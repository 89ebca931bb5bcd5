"""Where a line of text may break, in English and in Japanese."""

import re
import unicodedata
from functools import cache

import budoux


@cache
def _japanese_parser():
    return budoux.load_default_japanese_parser()


def is_wide(text):
    """Whether a text holds signs of full width, as Japanese has them."""
    return any(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def pieces(text):
    """Where a line may break: after spaces and hyphens, and between the phrases of Japanese text.

    Dates such as 10 May 2019 and 2019年5月10日, terms such as p = 0.04 and words in katakana stay whole.
    """
    words = re.findall(TOGETHER, text)
    return [piece for word in words for piece in (_phrases(word) if is_wide(word) else [word])]


TOGETHER = r"\d{1,2} [A-Z][a-z]+ \d{4}\S*\s*|[np] [=<] \S+\s*|[^\s-]*-(?=\w)|\S+\s*"
SPLIT = (  # what ends a phrase, and begins the next, and belongs together all the same
    (r"\d[年月]?$", r"[\d,.]|[年月日社人名件位割%点]"),
    (r"\d[,.]$", r"\d"),
    (r"[ァ-ヺー]$", r"[ァ-ヺー]"),
    (r"[（「『“]$", r""),
    (r"", r"[）」』”、。，．：；%]"),
)


LONG = 5  # signs; a longer phrase may break at its dots and slashes, too


def _phrases(word):
    phrases = []
    for phrase in _japanese_parser().parse(word):
        joined = phrases and any(re.search(end, phrases[-1]) and re.match(start, phrase) for end, start in SPLIT)
        phrases[-1:] = [phrases[-1] + phrase] if joined else [*phrases[-1:], phrase]
    return [part for p in phrases for part in (re.findall(r"[^・／/]+[・／/]*|[・／/]+", p) if len(p) > LONG else [p])]
