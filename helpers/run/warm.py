"""What the parent process of fast kernels does before the first fork: importing this module does it, on purpose.

Everything slow happens here once: the heavy libraries are imported, and one throw-away notebook's worth of table,
test, finding and figure is made in each language, so that fonts are found, caches filled and late imports done in
the memory that every kernel forked afterwards starts with. No one else imports this module.
"""

# ruff: noqa: E402  (the order of imports is the point here)
import gc
import io
import os
import tempfile
from contextlib import redirect_stdout, suppress

gc.disable()  # what is imported stays: looking through it for garbage, again and again, takes a third of the time
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as in every notebook kernel

import pdb  # noqa: F401  (what every kernel imports as it starts)

import ipykernel.debugger
import ipykernel.ipkernel
import ipykernel.kernelapp
import ipykernel.zmqshell  # noqa: F401
import matplotlib as mpl
import seaborn as sns

from .. import LANGUAGES, figures
from ..report import start
from ..stats import answers, tests_of_counts
from ..survey import DATA, SurveyError
from . import kernels  # noqa: F401


def rehearse(survey, lang):
    """Make one table, finding, test and figure of a survey's first question, and throw them away."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), mpl.rc_context():
        report = start("00_rehearsal", survey, lang, folder)
        question = report.survey.questions.index[0]
        words = report.survey.wording(question)
        table = answers.shares(report.survey, question)
        report.table(table, "rehearsal", words)
        report.finding(words)
        even = dict.fromkeys(table["option"], 1.0)
        report.tests([tests_of_counts.goodness_of_fit(report.survey, question, even)], words)
        fig, ax = figures.page(words, question)
        sns.barplot(table, x="share", y="label", errorbar=None, ax=ax)
        figures.finish(ax, table, report.words)
        report.figure(fig, "rehearsal", table)


def rehearse_all():
    """Rehearse every language on the first survey that can be used."""
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        with suppress(SurveyError):
            for lang in LANGUAGES:
                rehearse(str(folder), lang)
            return


with suppress(Exception):  # a failed rehearsal leaves kernels slower, not wrong; its cause shows in the report itself
    rehearse_all()
gc.collect()
gc.freeze()
gc.enable()  # for what comes; going through what is there, a fork would copy every page it shares with its parent
