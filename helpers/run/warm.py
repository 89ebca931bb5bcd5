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

from .. import LANGUAGES
from ..figures import charts
from ..report.notebook import start
from ..stats import tests_of_counts as chisquare
from ..survey import DATA, SurveyError
from . import kernels  # noqa: F401


def rehearse(survey, lang):
    """Make one table, finding, test and figure of a survey's first question, and throw them away."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), mpl.rc_context():
        topic = start("00_rehearsal", survey, lang, 0.95, folder)
        question = topic.survey.questions.index[0]
        table = topic.table(question)
        topic.show(table, "rehearsal", "Answers")
        topic.finding(topic.survey.wording(question))
        even = dict.fromkeys(table["option"], 1.0)
        topic.tests([chisquare.goodness_of_fit(topic.survey, question, even)], "Answers", ())
        fig, ax = topic.page(topic.survey.wording(question), question)
        charts.plot_bars(ax, table, topic.say)
        topic.figure(fig, "rehearsal", table)


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
