"""Which column of a file holds what: settled in mapping.toml, or matched by its heading; and what no column holds."""

from ..survey.problems import quote
from .matching import Target, match_heading, plain


def match_columns(sheet, names, settled):
    """What each column of a file holds.

    `settled` maps plain headings to Targets, as mapping.toml has them. Returns `(targets, unknown, problems)`: per
    column one Target, or a set of those it may be; the open headings with the Targets they may mean; texts of what is
    wrong.
    """
    targets, unknown, problems, taken = [], {}, [], {}
    for number, (column, heading) in enumerate(zip(sheet.columns, _headings(sheet), strict=True), start=1):
        target = _target(column, heading, names, settled)
        targets.append(target)
        if isinstance(target, Target):
            problems += _claimed_twice(target, heading, number, taken)
        elif column.heading:
            unknown[heading] = sorted(target, key=str)
        else:
            row = sheet.first + next(row for row in range(sheet.rows) if column.text(row))
            problems.append(f"column {number}, row {row}: found an answer under no heading; expected a heading")
    return targets, unknown, problems


def columns_of(sheet, targets, *kinds):
    """The columns that hold one of these kinds of Target."""
    pairs = zip(sheet.columns, targets, strict=True)
    return [column for column, target in pairs if isinstance(target, Target) and target.kind in kinds]


def missing(targets, unknown, names, offered):
    """Texts about the questions, and options of questions with a column for each, that no column holds."""
    there = {target for target in targets if isinstance(target, Target) and target.kind == "question"}
    hint = " (an unsettled one may be it)" if unknown else ""
    for question in names.questions.index:
        options = [target.option for target in there if target.question == question]
        if not options:
            yield f"no column for {question}; expected one{hint}, or {question} taken out of questions.csv"
        elif "" not in options:
            roles = names.offered(question)["role"]
            for option in offered[question]:
                if option not in options and roles[option] != "no_answer":
                    yield f"no column for {question}={option}; expected one{hint}, or no such row in counts.csv"


def _headings(sheet):
    """The headings, with a number from the second of those that read the same: "heading #2"."""
    seen = {}
    for column in sheet.columns:
        key = plain(column.heading)
        seen[key] = seen.get(key, 0) + 1
        yield column.heading if seen[key] == 1 else f"{column.heading} #{seen[key]}"


def _target(column, heading, names, settled):
    """The one Target of a column, or the set of those that it may be."""
    if settled.get(plain(heading)) is not None:
        return settled[plain(heading)]
    if not column.heading and not any(column.values):
        return Target("blank")
    found = match_heading(names, column.heading, column.label) if column.heading else set()
    return next(iter(found)) if len(found) == 1 and plain(heading) not in settled else found


def _claimed_twice(target, heading, number, taken):
    """The problem of a column that holds what another does, if any; `taken` maps Targets to (Target, column number)."""
    if target.kind in ("ignore", "blank"):
        return []
    other = _same_answers(target, taken)
    taken.setdefault(target, (target, number))
    if not other:
        return []
    found = f"columns {other[1]} and {number} for {target}"
    return [f'{found}; expected one of them settled as "ignore": {quote(heading)}']


def _same_answers(target, taken):
    """The (Target, column number) that holds the same answers, all of a question or one option of it, if any."""
    whole = Target("question", target.question)
    if target in taken or (target.option and whole in taken):
        return taken.get(target) or taken[whole]
    options = (found for known, found in taken.items() if known.question and known.question == target.question)
    return None if target.option else next(options, None)
