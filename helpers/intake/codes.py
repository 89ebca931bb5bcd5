"""Options told by their numbers, as paper codebooks and code exports have them: 3, 03, A3, AO03.

They are read only where every cell of the column is such a number, none above the number of options and all with the
same letters before them, and some of them is no id or label itself. The numbers follow the order of counts.csv, without
an option for no answer. Where a form keeps "other" apart (`-oth-`, or a column for it alone), its place in that order is
left out of the numbers or skipped by them, whichever fits; where both fit, one number settled in mapping.toml decides.
"""

import re
import unicodedata

from .headings import numbered
from .matching import plain

CODE = re.compile(r"([a-z]{0,3})0*(\d{1,3})(?:\.0+)?")
APART = "-oth-"  # what LimeSurvey writes for "other"


def learn_numbers(names, reader, texts, apart=False):
    """Teach a Reader what the numbers in a column stand for, where it is a column of numbers.

    `texts` are its distinct cells, which may hold several numbers; `apart` says that "other" has a column of its own. Where
    two orders fit, the Reader asks for the highest number alone, which tells them apart.
    """
    words = {word for text in texts for word in _words(text)}
    options, other = numbered(names, reader.question), names.other(reader.question)
    if other and APART in words:
        reader.learn({APART: other})
    named = {word for word in words if word == APART or (word not in reader.own and reader.is_known(word))}
    codes = {word: CODE.fullmatch(word) for word in words - named}
    if not all(codes.values()) or not {*codes} - {*reader.own} or len({found[1] for found in codes.values()}) > 1:
        return
    ways = [options]
    if other and (APART in words or apart):
        ways = [[None if option == other else option for option in options], [o for o in options if o != other]]
    fits = {tuple(_read(codes, way, reader.own).items()) for way in ways} - {()}
    if len(fits) == 1:
        reader.learn(dict(fits.pop()))
    elif fits:
        reader.waiting = {*codes} - {max(codes, key=lambda word: int(codes[word][2]))}


def _read(codes, options, settled):
    """What numbers stand for among options, {} where one has no option or another than what is settled."""
    found = {
        word: options[int(code[2]) - 1] if 0 < int(code[2]) <= len(options) else None for word, code in codes.items()
    }
    right = all(option and settled.get(word) in (None, "", option) for word, option in found.items())
    return found if right else {}


def _words(text):
    """The words of a cell as they are compared."""
    return [plain(word) for word in re.split(r"[\s;,、|]+", unicodedata.normalize("NFKC", text)) if word]
