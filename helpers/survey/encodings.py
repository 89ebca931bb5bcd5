"""In which encoding a file was saved, and the look of one that was opened in the wrong one and saved again."""

import re

from .problems import quote

MARK = b"\xef\xbb\xbf"
KANA = re.compile("[ぁ-んァ-ヶ]")  # hardly a line of Japanese is without them
LEADS = (
    "\u0081\u0082\u0083\u201a\u0192"  # bytes 81 to 83, which begin kana in Shift_JIS, as Western code pages show them
)
AFTER = "\u0080-\u00bf\u0152-\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"  # bytes 80 to BF, likewise
# What is left of text when its bytes are read as those of another encoding. Each is hardly ever meant.
GARBLED = (
    re.compile("\ufffd"),  # the sign for what could not be read
    re.compile("(?:[縺繧繝](?![れるりっ])[^\\n]*){2}"),  # kana in UTF-8, read as Shift_JIS; 縺れ is a word
    re.compile(f"[ãäåæçèé][{AFTER}][{AFTER}]"),  # Japanese in UTF-8, read as a Western code page
    re.compile(f"[ÃÂ][{AFTER}]"),  # accents in UTF-8, likewise
    re.compile(f"[{LEADS}][^\\s,][{LEADS}][^\\s,][{LEADS}]"),  # kana in Shift_JIS, likewise
    re.compile("[\u0080-\u009f]"),  # signs that nobody types
    re.compile('(?m)(?:^|,)"?\\?{3,}"?(?:,|$)'),  # a cell of question marks: all that was left of its letters
)


def decoded(data):
    """The text of a file's bytes, and its encoding: utf-8-sig, utf-8 or, where that makes Japanese of it, cp932.

    Raises UnicodeDecodeError where it is neither.
    """
    try:
        return data.decode("utf-8-sig"), "utf-8-sig" if data.startswith(MARK) else "utf-8"
    except UnicodeDecodeError:
        text = data.decode("cp932", errors="replace")
        if "\ufffd" in text or not KANA.search(text):
            raise
        return text, "cp932"


def garbled(text):
    """Where a text was spoilt by a wrong encoding, as (row, what stands there quoted); None where it was not."""
    found = min((match.start() for sign in GARBLED if (match := sign.search(text))), default=None)
    if found is None:
        return None
    return text[:found].count("\n") + 1, quote(re.split(r"[\n,]", text[found : found + 60].lstrip(","))[0])
