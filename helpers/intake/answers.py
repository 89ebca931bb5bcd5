"""Import raw answers into a survey folder: read, match, apply the rules, account for every row and cell, then store.

Nothing is stored while a heading or an answer matches nothing: it is drafted into mapping.toml for a person to settle.
"""

from ..said import N_, Said, english, lines
from ..survey import RESPONSES, SurveyError, find_folder, read_codebook
from ..survey.encodings import decoded
from ..survey.folder import is_uncounted
from ..survey.problems import quote
from . import cells, columns, own_words, rules, settle, store, versions, who
from .account import Account
from .formats import read_sheet
from .forms import read_form
from .mapping import MAPPING, draft, read_choices, read_mapping
from .matching import Names
from .nearest import nearest_options, told_apart
from .sheets import shown

LISTED = 20  # open headings, and open answers, that a message names


class Unsettled(SurveyError):
    """Headings or answers that match nothing; they have been drafted into mapping.toml."""


def import_answers(survey, file, replace=False, say=english):
    """Import a file of raw answers into a survey folder, and return the Account.

    `survey` is a folder name under data/ or a path; `say` is the language of what it writes for people. Raises Unsettled where mapping.toml waits to be filled in, and
    SurveyError for a file or codebook that cannot be used and, unless `replace`, where counts that came from no import or many
    respondents would be lost; nothing but mapping.toml changes then.
    """
    folder = find_folder(survey)
    with versions.held(folder):
        return _import(folder, file, replace, say)


def undo(survey, replace=False):
    """Put a survey folder back as it was before its last import; the `versions.Update` that this is.

    Raises SurveyError where there is none or, unless `replace`, where a file has been changed by hand since.
    """
    folder = find_folder(survey)
    with versions.held(folder):
        return versions.undo(folder, replace)


def _import(folder, file, replace, say):
    frames, names, headings, meanings = _read_codebook(folder, replace)
    chosen = own_words.read_sheet(folder)
    codes, new = own_words.codes_of(chosen, names)
    if new:
        frames = own_words.with_new_options(frames, new)
        names = _names(frames)
    choices = read_choices(folder)
    sheet = read_form(read_sheet(file, names), names, folder)
    targets, unknown, problems = columns.match_columns(sheet, names, headings)
    offered = {question: names.listed(question) for question in names.questions.index}
    absent = list(columns.missing(targets, names, offered))
    answers = cells.read_answers(sheet, targets, names, meanings, codes)
    problems += [problem for each in answers.values() for problem in each.problems]
    if not any(each.cells for each in answers.values()) and not unknown:
        problems.append(
            Said(
                "{file}: found no column of any question; expected the headings or ids of questions.csv",
                file=shown(file),
            )
        )
    hints = [Said("{text} (an unsettled heading may be it)", text=text) for text in absent] if unknown else []
    readers = [each.reader for each in answers.values()]
    found = settle.open_entries(sheet, targets, unknown, readers, names)
    _settle(folder, names, unknown, readers, [*problems, *hints], found, say)
    account = Account(Said("{file} ({how})", file=shown(file), how=sheet.how), say)
    account.notes += sheet.notes + absent + [note for each in answers.values() for note in each.reader.notes]
    reach = who.reach(sheet, targets, answers, names)
    kept = who.keep_rows(sheet, targets, answers, reach, choices, account)
    keys = rules.keys(sheet, targets, kept, account)
    routed = rules.route(names, answers, kept, reach, sheet, account)
    texts = own_words.collected(sheet, targets, answers, kept)
    if len(texts):
        told = Said(
            "words of respondents' own, to read and code in {file}: {n} texts",
            file=own_words.SHEET,
            n=f"{len(texts):,}",
        )
        account.notes.append(told)
    files = {
        own_words.SHEET: own_words.workbook(texts, chosen, names) if len(texts) else None,
        own_words.WORDS: own_words.public(texts, chosen, names),
    }
    store.store(folder, frames, names, offered, keys, routed, account, files, replace)
    (folder / settle.SETTLE).unlink(missing_ok=True)  # it is in mapping.toml
    return account


def _read_codebook(folder, replace):
    """The codebook as text columns and as Names, and the headings and answers that mapping.toml settles.

    Raises SurveyError where they are unsound, or where counts would be lost that came from no import.
    """
    frames, problems = read_codebook(folder)
    if problems:
        raise SurveyError(_joined(folder, problems))
    if not (replace or is_uncounted(frames["counts.csv"]) or (folder / RESPONSES).exists()):
        expected = Said("no counts yet, or --replace to put those of the import in their place")
        raise SurveyError(
            "{folder}/counts.csv: found counts that came from no import; expected {expected}",
            folder=folder.name,
            expected=expected,
        )
    names = _names(frames)
    _take_over(folder, names)
    headings, meanings, problems = read_mapping(folder, names)
    if problems:
        raise SurveyError(_joined(folder, problems))
    return frames, names, headings, meanings


def _names(frames):
    return Names(frames["questions.csv"], frames["options.csv"], frames["counts.csv"])


def _take_over(folder, names):
    """Take what was chosen in settle.xlsx over into mapping.toml."""
    if (folder / settle.SETTLE).exists() and not read_mapping(folder, names)[2]:
        old = _mapping_text(folder)
        new = settle.merged(old, folder / settle.SETTLE, names)
        if new != old:
            versions.replace(folder, {MAPPING: new.encode()})


def _mapping_text(folder):
    path = folder / MAPPING
    return decoded(path.read_bytes())[0] if path.exists() else ""


def _joined(folder, problems):
    """Problems as one message, one a line."""
    return lines(problem.within(folder) for problem in problems)


# --- what is open ----------------------------------------------------------------------------------------------------


def _settle(folder, names, unknown, readers, problems, found, say):
    """Go on if nothing is open; otherwise draft mapping.toml and raise Unsettled, or SurveyError if that is no help."""
    readers = [reader for reader in readers if reader.unknown]
    if not (unknown or readers or problems):
        return
    entries = [*_open_headings(unknown), *_open_answers(names, readers, LISTED - len(unknown))]
    more = [Said("and {n:,} more", n=len(entries) - LISTED)] if len(entries) > LISTED else []
    text = lines([*entries[:LISTED], *more, *problems])
    if not (unknown or readers):
        raise SurveyError(text)
    drafted = draft(_mapping_text(folder), unknown, readers, names, say)
    versions.replace(folder, {MAPPING: drafted.encode(), settle.SETTLE: settle.workbook(found)})
    raise Unsettled(
        "{text}\nnothing was imported; settle what is open in {folder}/{mapping}, or in {settle} beside it "
        "(open lines: {found:,}), then import again",
        text=text,
        folder=folder.name,
        mapping=MAPPING,
        settle=settle.SETTLE,
        found=len(found),
    )


def _open_headings(unknown):
    for heading, targets in zip(told_apart(unknown), unknown.values(), strict=True):
        meant = Said("no question")
        if targets:
            free, several = N_("no option (still free: {targets})"), N_("several: {targets}")
            are_options = all(target.option for target in targets)
            meant = Said(free if are_options else several, targets=[*map(str, targets)])
        yield Said("heading {heading} matches {meant}", heading=heading, meant=meant)


def _open_answers(names, readers, most):
    """A line per open answer, the first `most` of them with the nearest options, which take time to find."""
    number = 0
    for reader in readers:
        for answer, text in reader.unknown.items():
            why = Said("could be one answer or several") if text in reader.double else Said("matches no option")
            why = why if reader.options else Said("is no number")
            near = nearest_options(names, reader, answer) if number < most else []
            yield Said(
                "answer {answer} of {question} {why}{near}",
                answer=quote(answer),
                question=reader.question,
                why=why,
                near=_nearest(near),
            )
            number += 1


def _nearest(options):
    return Said(" (nearest: {options})", options=options) if options else ""
