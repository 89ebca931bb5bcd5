"""Which column of a file holds what: settled in mapping.toml, or matched by its heading; and what no column holds."""

from dataclasses import replace

from ..said import Said
from ..survey.problems import quote
from .headings import find, numbered
from .matching import NO_TICKS, SILENT, TICKS, Target, plain, plain_heading

FREE = ("ignore", "blank", "known", "words", "again", "comment")  # kinds of column of which there may be several
ROW_NAMES = ("", "unnamed:0", "x", "...1", "rownames", "rowname", "index")  # what R and pandas call a column of numbers


def match_columns(sheet, names, settled):
    """What each column of a file holds.

    `settled` maps plain headings to Targets, as mapping.toml has them. Returns `(targets, unknown, problems)`: per
    column one Target, or a set of those it may be; the open headings with the Targets they may mean; texts of what is
    wrong. Notes in the sheet what was told by numbers alone.
    """
    headings = list(headings_of(sheet))
    found = [_target(*pair, names, settled) for pair in zip(sheet.columns, headings, strict=True)]
    by_number = {target.question: None for target, told in found if told and isinstance(target, Target)}
    if by_number:
        sheet.notes.append(
            Said("options told by their numbers, in the order of counts.csv: {questions}", questions=[*by_number])
        )
    found = _renumbered(found, names)
    targets = _told_apart(sheet, [target for target, _ in found], names)
    unknown, problems, taken = {}, [], {}
    for number, (column, heading, target) in enumerate(zip(sheet.columns, headings, targets, strict=True), start=1):
        if isinstance(target, Target):
            problems += _claimed_twice(target, heading, number, taken)
        elif column.heading:
            unknown[heading] = sorted(target, key=str) or _may_be(column, targets, names)
        else:
            row = sheet.first + next(row for row in range(sheet.rows) if column.text(row))
            problems.append(
                Said(
                    "column {number}, row {row}: found an answer under no heading; expected a heading",
                    number=number,
                    row=row,
                )
            )
    return targets, unknown, problems


def _renumbered(found, names):
    """The Targets told by numbers, where "other" has a column of its own and the numbers leave its place out."""
    claimed = [target for target, _ in found if isinstance(target, Target)]
    moved = {}
    for question in {target.question for target, told in found if told and isinstance(target, Target)}:
        other, order = names.other(question), numbered(names, question)
        rest = [option for option in order if option != other]
        told = [
            target.option
            for target, told in found
            if told and isinstance(target, Target) and target.question == question
        ]
        if claimed.count(Target("question", question, other)) > told.count(other) and set(told) == set(
            order[: len(rest)]
        ):
            moved |= {(question, before): after for before, after in zip(order, rest, strict=False)}
    return [
        (replace(target, option=moved[target.question, target.option]), told)
        if told and isinstance(target, Target) and (target.question, target.option) in moved
        else (target, told)
        for target, told in found
    ]


def _may_be(column, targets, names):
    """The options, up to three, that a heading may mean which names a question and no option of it: those still free."""
    heading, label = plain_heading(column.heading), plain_heading(column.label)
    for text in filter(None, (heading, label)):
        for question in names.questions.index:
            heads = sorted(map(plain_heading, names.of_question(question)), key=len, reverse=True)
            if any(head and text.startswith(head) and text != head for head in heads):
                taken = {t.option for t in targets if isinstance(t, Target) and t.question == question}
                free = [option for option in numbered(names, question) if option not in taken]
                if taken and "" not in taken and free:
                    return [Target("question", question, option) for option in free[:3]]
    return []


def columns_of(sheet, targets, *kinds):
    """The columns that hold one of these kinds of Target."""
    pairs = zip(sheet.columns, targets, strict=True)
    return [column for column, target in pairs if isinstance(target, Target) and target.kind in kinds]


def missing(targets, names, offered):
    """Texts about the questions, and options of questions with a column for each, that no column holds.

    Forms leave out the column of an option that nobody chose, and exports may hold a part of the questions only.
    """
    there = {target for target in targets if isinstance(target, Target) and target.kind == "question"}
    absent = []
    for question in names.questions.index:
        options = [target.option for target in there if target.question == question]
        if not options:
            absent.append(question)
        elif "" not in options:
            roles = names.offered(question)["role"]
            for option in offered[question]:
                if option not in options and roles[option] != "no_answer":
                    yield Said(
                        "no column for {question}={option}: taken as chosen by nobody", question=question, option=option
                    )
    if absent:
        yield Said("no column for {absent}: taken as put to nobody", absent=[*absent])


def headings_of(sheet):
    """The headings, with a number from the second of those that read the same: "heading #2"."""
    seen = {}
    for column in sheet.columns:
        key = plain(column.heading)
        seen[key] = seen.get(key, 0) + 1
        yield column.heading if seen[key] == 1 else f"{column.heading} #{seen[key]}"


def _target(column, heading, names, settled):
    """The one Target of a column, or the set of those that it may be; and whether its number alone told it."""
    key = plain(heading)
    if settled.get(key) is not None:
        return settled[key], False
    if not column.heading and not any(column.values):
        return Target("blank"), False
    found, by_number = find(names, column.heading, column.label) if column.heading else (set(), False)
    if not found and column.target:
        return column.target, False
    if not found and _are_row_names(column):
        return Target("known", "row names"), False
    return (next(iter(found)) if len(found) == 1 and key not in settled else found), by_number


def _are_row_names(column):
    """Whether a column is the one of numbers that R and pandas write before the others: 1, 2, 3 … or 0, 1, 2 …"""
    if plain(column.heading) not in ROW_NAMES:
        return False
    first = column.text(0).partition(".")[0] if len(column.codes) else ""
    if first not in ("0", "1") or len(column.values) != len(column.codes):
        return False
    return all(column.text(row).partition(".")[0] == str(row + int(first)) for row in range(len(column.codes)))


def _told_apart(sheet, targets, names):
    """The Targets, where a question has one column for all its answers and others for one option each.

    The latter say the same again, if they hold ticks; or hold the words of those who chose "other".
    """
    own = [each if isinstance(each, Target) and each.kind == "question" else None for each in targets]
    whole = {each.question for each in own if each and not each.option}
    ticks = [
        each is None or all(plain(text) in TICK_WORDS for text in c.values)
        for c, each in zip(sheet.columns, own, strict=True)
    ]
    ticked = {each for each, tick, c in zip(own, ticks, sheet.columns, strict=True) if each and tick and any(c.values)}
    made = []
    for column, target, each, tick in zip(sheet.columns, targets, own, ticks, strict=True):
        if each and each.option:
            filled_ticks = tick and any(column.values)
            if (
                (each.question in whole or each in ticked)
                and each.option == names.other(each.question)
                and not filled_ticks
            ):
                target = replace(each, kind="words")
            elif each.question in whole and tick:
                target = replace(each, kind="again")
        made.append(target)
    return made


TICK_WORDS = {"", *map(plain, TICKS + NO_TICKS + SILENT)}


def _claimed_twice(target, heading, number, taken):
    """The problem of a column that holds what another does, if any; `taken` maps Targets to (Target, column number)."""
    if target.kind in FREE:
        return []
    other = _same_answers(target, taken)
    taken.setdefault(target, (target, number))
    if not other:
        return []
    return [
        Said(
            'columns {other} and {number} for {target}; expected one of them settled as "ignore": {heading}',
            other=other[1],
            number=number,
            target=target,
            heading=quote(heading),
        )
    ]


def _same_answers(target, taken):
    """The (Target, column number) that holds the same answers, all of a question or one option of it, if any."""
    whole = Target("question", target.question)
    if target in taken or (target.option and whole in taken):
        return taken.get(target) or taken[whole]
    options = (found for known, found in taken.items() if known.question and known.question == target.question)
    return None if target.option else next(options, None)
