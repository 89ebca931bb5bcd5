"""Statistics: a survey or a data frame in, a data frame or a dataclass out."""

from .answers import asked, both, shares
from .bounds import bounds, gave, proven
from .claims import audit
from .comparisons import as_table, compare, compare_items, family
from .crosstab import cells, crosstabs
from .dependence import crosstab_tests, differing
from .joint_tests import joint_tests
from .margins import curve, mcnemar_range
from .numbers import classes, quantiles, scores
from .questionnaire import blocks
from .sample_size import power
from .tests_of_counts import goodness_of_fit, homogeneity, ordered
from .two_surveys import beside, either_weighted, shared_questions
from .waves import changes, earlier, returning, trend

__all__ = [
    "as_table",
    "asked",
    "audit",
    "beside",
    "blocks",
    "both",
    "bounds",
    "cells",
    "changes",
    "classes",
    "compare",
    "compare_items",
    "crosstab_tests",
    "crosstabs",
    "curve",
    "differing",
    "earlier",
    "either_weighted",
    "family",
    "gave",
    "goodness_of_fit",
    "homogeneity",
    "joint_tests",
    "mcnemar_range",
    "ordered",
    "power",
    "proven",
    "quantiles",
    "returning",
    "scores",
    "shared_questions",
    "shares",
    "trend",
]
