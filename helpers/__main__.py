"""The command line: `python -m helpers report` and its companions."""

import argparse
import gc
import sys
from functools import cached_property
from itertools import product
from pathlib import Path

from . import LANGUAGES, files
from .run import kernels
from .said import N_, Said, english, why


def parser():
    """The command line's grammar."""
    main = argparse.ArgumentParser(prog="python -m helpers", description="Turn a survey into a report.")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    report = commands.add_parser(
        "report",
        help="run the notebooks, write figures, tables and report.html",
        description="Run the notebooks in order and write figures, tables and report.html to "
        "outputs/SURVEY/LANG/, with other parameters to a folder named after them beside it. Outputs of the last run "
        "stay as they are until everything has gone well.",
        epilog="Example: python -m helpers report --lang ja --only 03 06 -p confidence 0.9",
    )
    report.add_argument(
        "--survey",
        nargs="+",
        default=["osaka-2019"],
        metavar="NAME",
        help="folders under data/, or their paths (default: osaka-2019)",
    )
    report.add_argument(
        "--lang",
        nargs="+",
        default=[""],
        choices=LANGUAGES,
        metavar="LANG",
        help=f"languages of the report, of {', '.join(LANGUAGES)} (default: the survey's first)",
    )
    report.add_argument("--only", nargs="+", default=[], metavar="NN", help="only these notebooks, such as 03 06")
    report.add_argument(
        "-p",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help="a notebook parameter, such as confidence 0.9; may be repeated",
    )
    report.add_argument("--output-dir", metavar="DIR", help="write to DIR/SURVEY/LANG/ instead of outputs/SURVEY/LANG/")

    report.add_argument(
        "--kernels",
        choices=kernels.KINDS,
        default=kernels.KINDS[0],
        help="how notebooks' kernels start: forked from a warm parent, or the ordinary way (default: %(default)s)",
    )
    report.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run on the Dask cluster at ADDRESS, which must see the same files (needs the extra [cluster])",
    )

    check = commands.add_parser("check", help="list everything that is wrong with a survey folder")
    check.add_argument("survey", help="a folder under data/, or its path")
    _add_language(check)

    start = commands.add_parser("new", help="start a survey of your own, from another questionnaire or from answers")
    start.add_argument("name", metavar="NAME", help="its folder under data/: small letters, digits, - and _")
    start.add_argument(
        "--from",
        dest="source",
        default="osaka-2019",
        metavar="SURVEY",
        help="whose questionnaire (default: %(default)s)",
    )

    start.add_argument(
        "--answers", metavar="FILE", help="draft the questionnaire from a file of raw answers instead, for review"
    )
    start.add_argument(
        "--lang", default="", choices=LANGUAGES, metavar="LANG", help=f"{SPEAKS}; with --answers, the survey's"
    )

    intake = commands.add_parser("import", help="read raw answers (CSV, XLSX or SPSS) into a survey folder")
    intake.add_argument("survey", help="a folder under data/, or its path")
    intake.add_argument(
        "file", nargs="?", metavar="FILE", help="one row per respondent, as a form or spreadsheet exports it"
    )
    intake.add_argument(
        "--replace", action="store_true", help="also where counts typed by hand, or many respondents, would be lost"
    )
    intake.add_argument("--undo", action="store_true", help="go back to what was there before the last import")
    _add_language(intake)

    page = commands.add_parser("html", help="write single notebooks as HTML pages, as they are")
    page.add_argument("notebooks", nargs="+", metavar="NN", help="such as 03, or the path of an executed notebook")
    page.add_argument("--output-dir", metavar="DIR", default=".", help="where to (default: here)")

    essay = commands.add_parser("notebook", help="begin a notebook of your own for a topic, from the general one")
    essay.add_argument("survey", help="a folder under data/, or its path")
    essay.add_argument("topic", help="a topic of its questions.csv")
    for command in (page, essay):
        _add_language(command)

    commands.add_parser(
        "refresh", help="re-execute notebooks/ in place, renew what git keeps of the outputs (for developers)"
    )
    commands.add_parser("messages", help="renew the message catalogues for translators")
    return main


SPEAKS = "the language of messages (default: that of the locale)"


def _add_language(command):
    command.add_argument("--lang", default="", choices=LANGUAGES, metavar="LANG", help=SPEAKS)


class Spoken:
    """What says a command's messages: in the one language that its --lang names, else in that of the locale.

    Catalogues are looked for when there is something to say, since that import takes its time.
    """

    def __init__(self, arguments):
        lang = getattr(arguments, "lang", "")
        self._named = {*([lang] if isinstance(lang, str) else lang)} - {""}

    @cached_property
    def _say(self):
        from .words import messages as spoken

        return spoken.speaker(self._named.pop() if len(self._named) == 1 else spoken.of_locale())

    def __call__(self, message, **values):
        return self._say(message, **values)


def report(arguments):
    """Run reports, every survey in every language; 0 if all were written, 1 if a notebook failed, 2 for a mistake."""
    if arguments.kernels == "warm" and not arguments.scheduler:
        kernels.warm_up()  # it takes as long as the imports below: side by side
    # An optional check of internet addresses, which no notebook has: its grammar takes a second to build.
    sys.modules.setdefault("rfc3987_syntax", None)
    gc.disable()  # what is imported stays: looking through it for garbage takes as long as half the imports
    from .run import jobs as reports
    from .run import plan
    from .survey import SurveyError

    gc.freeze()
    gc.enable()
    say, jobs, mistakes = arguments.say, [], {}
    for survey, lang in dict.fromkeys(product(arguments.survey, arguments.lang)):
        try:
            whole(survey, say)
            planned = (arguments.output_dir, arguments.only, arguments.p, arguments.kernels)
            jobs.append(plan.plan(survey, lang, *planned))
        except SurveyError as error:
            mistakes[f"{survey} {lang}".strip()] = error
    if not jobs:
        raise next(iter(mistakes.values()))
    plan.check_folders(jobs)
    for job in jobs:
        for notebook, reason in job.left_out.items():
            if reason.kind == "questions" and not arguments.only:
                continue  # the general notebook takes what this survey asked instead
            left_out = say(
                "{job}: {notebook} is left out ({reason})", job=job.name, notebook=notebook, reason=reason.said
            )
            print(left_out, file=sys.stderr)
    with reports.executor_at(arguments.scheduler) as executor:
        outcomes = reports.run(jobs, reports.show_progress(jobs), executor)
    return say_outcomes(outcomes, mistakes, say)


def say_outcomes(outcomes, mistakes, say=english):
    """Say how reports ended, `mistakes` being those that could not begin, {name: error}; the exit code."""
    from .run.execute import NotebookFailed

    for outcome in outcomes:
        say_recovered(outcome.job.name, outcome.recovered, say)
        say_failure(outcome, say)
    for error in dict.fromkeys(map(say, mistakes.values())):
        print(error, file=sys.stderr)
    if len(outcomes) + len(mistakes) > 1:
        closing_table(outcomes, mistakes, say)
    elif outcomes[0].report:
        print(say("{report} ({seconds:.0f} s)", report=outcomes[0].report, seconds=outcomes[0].seconds))
    if all(outcome.report for outcome in outcomes) and not mistakes:
        return 0
    failed = any(isinstance(error, NotebookFailed) for outcome in outcomes for error in outcome.failed)
    return 1 if failed else 2


RECOVERED = {
    files.COMPLETED: N_("{name}: the last run was cut off while it put its results in place; that has been finished"),
    files.CLEARED: N_(
        "{name}: the last run was cut off before it changed anything; what it left behind has been removed"
    ),
}


def say_recovered(name, found, say=english):
    """Say what a run that was killed had left to do in a folder, if anything; `found` is what `files.recover` returned."""
    if found:
        print(say(RECOVERED[found], name=name), file=sys.stderr)


def say_failure(outcome, say=english):
    """What went wrong with a report, what was not run, and that the last good one is untouched."""
    from .run.jobs import REPORT
    from .survey import SurveyError

    if outcome.report:
        return
    mistakes = [error for error in outcome.failed if isinstance(error, SurveyError)]
    for error in mistakes or outcome.failed:
        print(say(error) if mistakes else say("failed: {error}", error=getattr(error, "said", error)), file=sys.stderr)
    if mistakes:
        return
    if left := [name for name in outcome.left if name != REPORT]:
        print(say("not run: {names}", names=left), file=sys.stderr)
    print(say("The outputs of the last good run are as they were."), file=sys.stderr)


def closing_table(outcomes, mistakes, say=english):
    """One line per report: done or failed, its name, the seconds it took, where it is."""
    done, failed = say("done"), say("failed")
    rows = [(failed, name, "", "") for name in mistakes]
    for o in outcomes:
        seconds = say("{seconds:.0f} s", seconds=o.seconds)
        rows.append((done if o.report else failed, o.job.name, seconds, str(o.report or "")))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[3]]).rstrip())


def whole(survey, say=english):
    """The folder of a survey, after saying what a killed import had left to do there."""
    from .survey import folder as surveys

    folder = surveys.locate(survey)
    say_recovered(folder.name, surveys.recovered(folder), say)
    return folder


def check(arguments):
    """List the problems of a survey folder; 0 if there are none, 2 if there are."""
    from . import survey as surveys

    say = arguments.say
    folder = whole(arguments.survey, say)
    _, frames, problems = surveys.read_folder(folder)
    problems += mapping_problems(folder)
    for problem in problems:
        print(say(problem.within(folder)))
    if problems:
        return 2
    numbers = {"questions": len(frames["questions.csv"]), "counts": len(frames["counts.csv"])}
    print(say("{name}: {questions} questions, {counts} counts, nothing wrong", name=folder.name, **numbers))
    say_chapters(surveys.load(folder))
    say_guesses(frames["questions.csv"], say)
    return 0


TO_READ = N_("  still to be read: questions.csv, row {row}: {guessed} of {question} guessed; clear the cell then")


def say_guesses(questions, say=english):
    """What a draft guessed and nobody has read yet: the filled cells of the column `guessed`."""
    if "guessed" not in questions:
        return
    for row, q in questions[questions["guessed"] != ""].iterrows():
        guessed = [say(part) for part in q["guessed"].split("|")]
        print(say(TO_READ, row=row, guessed=guessed, question=q["question"]))


def say_chapters(survey):
    """Which chapter of the report each question will be in."""
    from .run import plan

    missing = plan.left_out(survey, {})
    taken = plan.covered(survey, [name for name in plan.notebook_names() if name not in missing])
    chapters = {}
    for question, q in survey.questions.iterrows():
        chapter = taken.get(question) or f"{plan.GENERAL}, {survey.topics[q['topic']]}"
        chapters.setdefault(chapter, []).append(question)
    for chapter, questions in sorted(chapters.items()):
        print(f"  {chapter}: {', '.join(questions)}")


def mapping_problems(folder):
    """What is wrong or open in mapping.toml, if there is one and the codebook is sound."""
    from . import survey as surveys
    from .intake import mapping, matching

    frames, problems = surveys.read_codebook(folder)
    if problems or not (folder / mapping.MAPPING).exists():
        return []
    return mapping.check_mapping(folder, matching.Names(frames["questions.csv"], frames["options.csv"]))


def new(arguments):
    """Start a survey folder; 0 when done."""
    from .intake import start as questionnaire

    say = arguments.say
    if arguments.answers:
        drafted = questionnaire.start_from_answers(arguments.name, arguments.answers, arguments.lang, say)
        folder, drafts, left_out = drafted
        for draft in drafts:
            print(say(_drafted(draft)))
        for heading, reason in left_out.items():
            print(say("  left out: {heading!r} ({reason})", heading=heading[:80], reason=reason))
    else:
        folder = questionnaire.start(arguments.name, arguments.source, say)
    print(say("{folder}: read README.md there", folder=folder))
    return 0


def _drafted(draft):
    """A question as it was drafted, in a line: its kind, how many answers it has, to whom it was put."""
    answers = Said(", {n} answers", n=len(draft.options)) if draft.options else ""
    route = Said(", if {asked_if}", asked_if=draft.asked_if) if draft.asked_if else ""
    values = {"question": draft.question, "kind": draft.kind, "answers": answers, "route": route}
    return Said("  {question}: {kind}{answers}{route}", **values)


def import_answers(arguments):
    """Import raw answers and account for them; 0 when done."""
    from .intake import answers as intake
    from .survey import SurveyError

    say = arguments.say
    whole(arguments.survey, say)
    if (arguments.file is None) != arguments.undo:
        found = Said("neither") if arguments.file is None else Said("both")
        raise SurveyError("import: found {found} of FILE and --undo; expected one of them", found=found)
    if arguments.undo:
        print(say("undone: {update}", update=intake.undo(arguments.survey, arguments.replace).said))
        return 0
    account = intake.import_answers(arguments.survey, arguments.file, arguments.replace, say)
    print("\n".join(account.lines()))
    if account.update:
        print(say(account.update))
    print(say("next: python -m helpers check {survey}", survey=arguments.survey))
    return 0


def html(arguments):
    """Write single notebooks as pages; 0 when done."""
    from .report import html as pages
    from .survey import SurveyError

    folder = Path(arguments.output_dir)
    for path in [path for wanted in arguments.notebooks for path in notebook_paths(wanted)]:
        if not path.is_file():
            raise SurveyError(
                "notebook: found no file {path}; expected an executed notebook, or a number such as 03", path=path
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pages.write_page(path, folder / f"{path.stem}.html")
        except OSError as error:
            raise SurveyError(
                "output folder {folder}: cannot be written ({reason})", folder=folder, reason=why(error)
            ) from None
        print(folder / f"{path.stem}.html")
    return 0


def notebook_paths(wanted):
    """The files of a notebook given by path, number or name."""
    from .run import plan

    if wanted.endswith(".ipynb"):
        return [Path(wanted)]
    return [plan.NOTEBOOKS / f"{name}.ipynb" for name in plan.choose_notebooks([wanted])]


def notebook(arguments):
    """Begin a notebook for a topic; 0 when done."""
    from .run import essay

    path = essay.begin(arguments.survey, arguments.topic)
    print(arguments.say("{path}: yours to change; the next report uses it", path=path))
    return 0


def refresh(arguments):
    """Renew what git keeps of a run; 0 if all went well, 1 if a notebook failed."""
    from .run import jobs as reports
    from .run import refresh as keeping

    outcomes = keeping.refresh(reports.show_progress)
    for outcome in outcomes:
        say_failure(outcome)
    return 0 if all(outcome.report for outcome in outcomes) else 1


def messages(arguments):
    """Renew the catalogues and say how many messages wait for a translation."""
    from .words import catalogue

    for lang in LANGUAGES[1:]:
        renewed, waiting = catalogue.renewed(lang)
        path = catalogue.po_file(lang)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(renewed)
        print(f"{lang}: {waiting} messages without translation")
    return 0


COMMANDS = {"import": import_answers}  # a word that Python keeps for itself


def main(argv=None):
    """Run a command; returns the exit code: 0 done, 1 a notebook failed, 2 a user's mistake, 130 interrupted."""
    arguments = parser().parse_args(argv)
    arguments.say = Spoken(arguments)
    try:
        return COMMANDS.get(arguments.command, globals().get(arguments.command))(arguments)
    except ValueError as error:
        from .survey import SurveyError  # the imports that take seconds come after the warm parent was started

        if not isinstance(error, SurveyError):
            raise
        print(arguments.say(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(arguments.say("interrupted; the outputs of the last good run are as they were"), file=sys.stderr)
        return 130


if __name__ == "__main__":
    code = main()
    gc.freeze()  # the end of the process frees everything anyway, without a last look for garbage
    sys.exit(code)
