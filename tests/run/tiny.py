"""Small notebooks made for one test: what a run does must not depend on the notebooks that the project has."""

import nbformat

PARAMETERS = 'survey = "osaka-2019"  # folder\nlang = "en"  # language\noutput_dir = ""  # where to\n'


def tiny_notebook(path, *sources, needs="", own="", parameters=PARAMETERS):
    """Write a notebook with a title, a parameters cell (with `own` lines), perhaps a cell of needs, and code cells."""
    v4 = nbformat.v4
    tagged = {"parameters": parameters + own, "needs": needs}
    cells = [v4.new_markdown_cell(f"# Title of {path.stem}", id="title")]
    cells += [v4.new_code_cell(said, id=tag, metadata={"tags": [tag]}) for tag, said in tagged.items() if said]
    cells += [v4.new_code_cell(source, id=f"code-{number}") for number, source in enumerate(sources, start=1)]
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path
