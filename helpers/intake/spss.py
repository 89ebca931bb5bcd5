"""SPSS files: answers by their value labels."""

import numpy as np

from ..said import Said
from ..survey import SurveyError
from .sheets import LARGEST, WIDEST, Column, Sheet, as_text, one_line, refusal, stripped, tidy


def read(path):
    """The Sheet of an SPSS file. Raises SurveyError for one that is damaged or too large."""
    try:
        data, about = _read_values(path)
    except SurveyError:
        raise
    except Exception as error:  # a foreign file can fail in any way
        found = Said(
            "a file that cannot be read ({kind}: {error})", kind=type(error).__name__, error=one_line(error)[:120]
        )
        raise refusal(path, found, Said("an SPSS file (.sav)")) from None
    rows = max((len(values) for values in data.values()), default=0)
    sheet, sets = Sheet([], rows, 1, "SPSS"), about.mr_sets or {}
    members = {name: _members(each, data) for name, each in sets.items()}
    counted = {m: sets[name]["counted_value"] for name in sets if sets[name]["is_dichotomy"] for m in members[name]}
    joined = {m for name in sets if not sets[name]["is_dichotomy"] for m in members[name]}
    labels = about.variable_value_labels
    for name in data:
        if name not in joined:
            texts, codes = _labelled(data[name], labels.get(name, {}), counted.get(name))
            label, missing = about.column_names_to_labels.get(name) or "", frozenset(_missing(data[name], about, name))
            sheet.columns.append(Column(tidy(name), *stripped(texts, codes), label=tidy(label), missing=missing))
    for name, each in sets.items():
        names = [name.lstrip("$"), each["label"]]
        sheet.sets |= {tidy(member): names for member in members[name]}
        if members[name] and not each["is_dichotomy"]:
            sheet.columns.append(_joined(names, [(data[m], labels.get(m, {})) for m in members[name]]))
    return sheet


def _members(each, data):
    """The variables of a multiple response set; a set may name them in capitals or cut to eight letters."""
    known = {name.casefold(): name for name in data}
    return [known[member.casefold()] for member in each["variable_list"] if member.casefold() in known]


def _missing(values, about, name):
    """The texts of a variable's user-defined missing values."""
    labels = about.variable_value_labels.get(name, {})
    for value in dict.fromkeys(values):
        ranges = (each for each in _ranges(about, name) if isinstance(each[0], str) == isinstance(value, str))
        if value is not None and value == value and any(low <= value <= high for low, high in ranges):
            yield str(labels[value]).strip() if value in labels else as_text(value)


def _ranges(about, name):
    for each in about.missing_ranges.get(name, []):
        yield (each["lo"], each["hi"]) if isinstance(each, dict) else (each, each)


def _joined(names, members):
    """One column with the answers that stand in several variables, with `;` between them."""
    made = [_labelled(values, labels) for values, labels in members]
    rows = np.column_stack([codes for _, codes in made])
    kinds, places = np.unique(rows, axis=0, return_inverse=True)
    texts = [";".join(filter(None, (made[n][0][code] for n, code in enumerate(kind)))) for kind in kinds]
    return Column(tidy(names[0]), *stripped(texts, places.ravel().astype(np.int32)), label=tidy(names[1]))


def _read_values(path):
    """Values by variable, and what the file says about the variables; its size is looked at first."""
    import pyreadstat  # takes its time

    _, about = pyreadstat.read_sav(str(path), metadataonly=True)
    rows, width = about.number_rows or 0, about.number_columns or 0
    if rows * max(width, 1) * 8 > 4 * LARGEST or width > WIDEST:
        raise refusal(path, "{rows:,} rows of {width:,} variables", "fewer; save it as CSV", rows=rows, width=width)
    # User-defined missing values are answers with a label of their own, such as "no answer".
    return pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")


def _labelled(values, labels, counted=None):
    """Distinct texts and codes of a variable: its value labels where it has them, its values elsewhere.

    Of a variable with a counted value the texts are 1 for this and 0 for any other.
    """
    places, codes = {}, np.zeros(len(values), np.int32)
    for row, value in enumerate(values):
        if value is None or value != value:  # missing
            value = ""
        codes[row] = places.setdefault(value, len(places))
    if counted is not None:
        texts = ["" if value == "" else str(int(as_text(value) == as_text(counted))) for value in places]
    else:
        texts = [str(labels[value]) if value in labels else as_text(value) for value in places]
    return texts, codes
