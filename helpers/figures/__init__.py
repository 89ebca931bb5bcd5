"""Pictures of tables: a DataFrame in, a figure out. Nothing is computed here but places and colours."""

from .differences import differences
from .dots import dot_columns, dots
from .marks import (
    bars,
    column,
    finish,
    heading,
    in_order,
    intervals,
    key,
    labels,
    name_points,
    notes,
    numbers,
    percent_axis,
    points_axis,
    small_bars,
)
from .page import caption, height_of, page, page_key, save
from .same_respondents import joint_map, p_ranges
from .stacked import hang, stacked
from .style import COLOURS, VERDICTS, colour, fills, palette, use_theme

__all__ = [
    "COLOURS",
    "VERDICTS",
    "bars",
    "caption",
    "colour",
    "column",
    "differences",
    "dot_columns",
    "dots",
    "fills",
    "finish",
    "hang",
    "heading",
    "height_of",
    "in_order",
    "intervals",
    "joint_map",
    "key",
    "labels",
    "name_points",
    "notes",
    "numbers",
    "p_ranges",
    "page",
    "page_key",
    "palette",
    "percent_axis",
    "points_axis",
    "save",
    "small_bars",
    "stacked",
    "use_theme",
]
