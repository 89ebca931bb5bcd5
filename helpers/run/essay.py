"""Begin a notebook of one's own: a copy of the general one with its topic and questions filled in."""

import json
import pprint

import nbformat

from ..survey import SurveyError, load
from ..words.language import GENERAL
from . import plan

NUMBER = "10"  # it stands among the topics, before what is about the survey as a whole
NEEDS = "What this notebook asks of a survey: these questions, of this kind, with these answers."


def begin(survey, topic):
    """Write notebooks/10_TOPIC.ipynb for a topic of a survey, and return its path.

    The copy declares what it needs, so that the next report takes it in the place of the general notebook. Raises
    SurveyError for an unknown topic, or where there is such a notebook.
    """
    loaded = load(survey)
    if topic not in loaded.topics:
        raise SurveyError("topic: found {topic!r}; expected one of {topics}", topic=topic, topics=[*loaded.topics])
    path = plan.NOTEBOOKS / f"{NUMBER}_{topic}.ipynb"
    if path.exists():
        raise SurveyError("{path}: found a notebook of this name; expected none, or another topic", path=path.name)
    notebook = nbformat.read(plan.source(GENERAL), as_version=4)
    _fill_in(notebook, loaded, topic, path.stem)
    nbformat.write(notebook, path)
    return path


def _fill_in(notebook, survey, topic, name):
    asked = list(survey.questions.index[survey.questions["topic"] == topic])
    cells = {cell.id: cell for cell in notebook.cells}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    _, _, rest = cells["title"].source.partition("\n")
    cells["title"].source = f"# {survey.topics[topic]}\n{rest}"
    parameters = cells["parameters"].source.splitlines()
    kept = [line for line in parameters if not line.startswith(("topic =", "questions =", "survey ="))]
    own = f"survey = {json.dumps(survey.name)}  # a folder name under data/, or the path of such a folder"
    cells["parameters"].source = "\n".join([own, *kept])
    lines = cells["open"].source.replace(f'"{GENERAL}"', f'"{name}"').replace("**own", "interval=interval").splitlines()
    cells["open"].source = "\n".join([f'topic = "{topic}"  # names its figures', *lines[1:]])
    listed = pprint.pformat(asked, width=110, compact=True)
    cells["blocks"].source = f"asked = {listed}\ntogether = blocks(survey, asked)"
    place = notebook.cells.index(cells["parameters"]) + 1
    needs = nbformat.v4.new_code_cell(f"needs = {pprint.pformat(_needs(survey, asked), width=110)}", id="needs")
    needs.metadata = {"tags": ["needs"]}
    note = nbformat.v4.new_markdown_cell(NEEDS, id="needs-note", metadata={"tags": ["notebook-only"]})
    notebook.cells[place:place] = [note, needs]


def _needs(survey, asked):
    return {q: (survey.question(q)["kind"], list(survey.table(q)["option"])) for q in asked}
