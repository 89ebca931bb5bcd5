"""Pictures: a data frame in, a figure out. Notebooks draw with seaborn on a `page` and finish it with these."""

from .marks import around_zero, finish, grid, heading, in_order, intervals, labels, numbers, percent_axis, small
from .page import caption, key, page, page_key, save
from .shapes import dots, stacked
from .style import COLOURS, VERDICTS, colour, palette, ramp, use_theme

__all__ = [
    "COLOURS",
    "VERDICTS",
    "around_zero",
    "caption",
    "colour",
    "dots",
    "finish",
    "grid",
    "heading",
    "in_order",
    "intervals",
    "key",
    "labels",
    "numbers",
    "page",
    "page_key",
    "palette",
    "percent_axis",
    "ramp",
    "save",
    "small",
    "stacked",
    "use_theme",
]
