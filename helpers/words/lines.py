"""Where a line of text may break."""

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
    """Where a line may break: after spaces, and between the phrases of Japanese text."""
    words = re.findall(r"[^\s-]*-(?=\w)|\S+\s*", text)
    return [piece for word in words for piece in (_japanese_parser().parse(word) if is_wide(word) else [word])]
