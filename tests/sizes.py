"""How much of a kind the tests try: a fixed small sample in `make test`, all of it in `make thorough`."""

import os

THOROUGH = bool(os.environ.get("THOROUGH"))


def size(full, small):
    """The first in `make thorough`, the second in `make test`: how many of a kind are tried, or which of them."""
    return full if THOROUGH else small
