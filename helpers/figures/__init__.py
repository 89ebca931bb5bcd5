"""Pictures: a data frame in, a figure out. Notebooks draw with seaborn on a `page` and finish it with these."""

from .marks import around_zero, finish, heading, in_order, intervals, labels, numbers, percent_axis, value_axis
from .page import caption, has_lines, key, page, page_key, save
from .shapes import dots, stacked
from .style import COLOURS, VERDICTS, colour, fit, palette, scale, use_theme

__all__ = [
    "COLOURS",
    "VERDICTS",
    "around_zero",
    "caption",
    "colour",
    "dots",
    "finish",
    "fit",
    "has_lines",
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
    "save",
    "scale",
    "stacked",
    "use_theme",
    "value_axis",
]
