"""SPSS files: answers by their value labels."""

import numpy as np

from ..survey import SurveyError
from .sheets import LARGEST, WIDEST, Column, Sheet, as_text, refusal, stripped, tidy


def read(path):
    """The Sheet of an SPSS file. Raises SurveyError for one that is damaged or too large."""
    try:
        data, about = _read_values(path)
    except SurveyError:
        raise
    except Exception as error:  # a foreign file can fail in any way
        found = f"a file that cannot be read ({type(error).__name__}: {str(error)[:120]})"
        raise refusal(path, found, "an SPSS file (.sav)") from None
    columns, rows = [], 0
    for name, values in data.items():
        texts, codes = _labelled(values, about.variable_value_labels.get(name, {}))
        label = about.column_names_to_labels.get(name) or ""
        columns.append(Column(tidy(name), *stripped(texts, codes), label=tidy(label)))
        rows = len(codes)
    return Sheet(columns, rows, 1, "SPSS")


def _read_values(path):
    """Values by variable, and what the file says about the variables; its size is looked at first."""
    import pyreadstat  # takes its time

    _, about = pyreadstat.read_sav(str(path), metadataonly=True)
    rows, width = about.number_rows or 0, about.number_columns or 0
    if rows * max(width, 1) * 8 > 4 * LARGEST or width > WIDEST:
        raise refusal(path, f"{rows:,} rows of {width:,} variables", "fewer; save it as CSV")
    # User-defined missing values are answers with a label of their own, such as "no answer".
    return pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")


def _labelled(values, labels):
    """Distinct texts and codes of a variable: its value labels where it has them, its values elsewhere."""
    places, codes = {}, np.zeros(len(values), np.int32)
    for row, value in enumerate(values):
        if value is None or value != value:  # missing
            value = ""
        codes[row] = places.setdefault(value, len(places))
    texts = [str(labels[value]) if value in labels else as_text(value) for value in places]
    return texts, codes
