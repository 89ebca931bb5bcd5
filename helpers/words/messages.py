"""Messages (helpers/said.py) in a reader's language: what the command line prints, and what an import writes for people."""

import locale
import os

from .. import LANGUAGES
from ..said import Said, english, filled
from .language import catalogue


def speaker(lang):
    """A function that says things in a language: a Said, anything that carries one (`said`), or a template with values.

    A text that is neither is said as the catalogue has it; where that lacks it, as it is.
    """
    if lang == LANGUAGES[0]:
        return english
    look_up = catalogue(lang).gettext

    def say(message, **values):
        message = Said(message, **values) if values else getattr(message, "said", message)
        if isinstance(message, Said):
            return filled(look_up(message.template), message.values, say, look_up(", "))
        return look_up(str(message)) if str(message) else ""

    return say


def of_locale():
    """The language of this process's locale, if it is one of ours, else English."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    named = named or locale.getlocale()[0] or ""  # Windows has no such variables, and says "Japanese_Japan"
    return next((lang for lang in LANGUAGES if named.casefold().startswith(lang)), LANGUAGES[0])
