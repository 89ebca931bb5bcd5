"""The warm parent's rehearsal: it must go through, for what fails in it only makes every kernel slower, unseen."""

import subprocess
import sys
from itertools import product

from helpers import LANGUAGES
from helpers.survey import DATA, ROOT

# In a process of its own, since the module freezes what the process holds.
REHEARSE = """import sys
from helpers.run import warm
for pair in sys.argv[1:]:
    warm.rehearse(*pair.split())
    print(pair)
"""


def test_every_survey_can_be_rehearsed_in_every_language():
    surveys = sorted(path.name for path in DATA.iterdir() if path.is_dir())
    pairs = [f"{survey} {lang}" for survey, lang in product(surveys, LANGUAGES)]
    done = subprocess.run(
        [sys.executable, "-c", REHEARSE, *pairs], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.splitlines() == pairs, done.stderr
