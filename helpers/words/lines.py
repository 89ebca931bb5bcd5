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

    A date such as 2019年5月10日 stays whole.
    """
    words = re.findall(r"[^\s-]*-(?=\w)|\S+\s*", text)
    return [piece for word in words for piece in (_phrases(word) if is_wide(word) else [word])]


def _phrases(word):
    phrases = []
    for phrase in _japanese_parser().parse(word):
        joined = phrases and re.search(r"\d[年月]?$", phrases[-1]) and re.match(r"\d|[年月日]", phrase)
        phrases[-1:] = [phrases[-1] + phrase] if joined else [*phrases[-1:], phrase]
    return phrases
