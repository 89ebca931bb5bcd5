"""The warm parent's rehearsal: it must go through, for what fails in it only makes every kernel slower, unseen."""

import subprocess
import sys

import pytest

from helpers import LANGUAGES
from helpers.survey import DATA, ROOT

# In a process of its own, since the module freezes what the process holds.
REHEARSE = "import sys; from helpers.run import warm; warm.rehearse(*sys.argv[1:]); print('done')"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("survey", sorted(path.name for path in DATA.iterdir() if path.is_dir()))
def test_every_survey_can_be_rehearsed(survey, lang):
    done = subprocess.run(
        [sys.executable, "-c", REHEARSE, survey, lang], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "done\n", done.stderr
