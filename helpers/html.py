"""HTML: the executed notebooks as one page, without code, for readers who never open a terminal."""

import re

import nbformat
from nbconvert import HTMLExporter


def write_report(paths, target, survey):
    """Write one HTML file from executed notebooks, in the order given."""
    joined = nbformat.v4.new_notebook(metadata={"title": survey.info("title")})
    for path in paths:
        for cell in nbformat.read(path, as_version=4).cells:
            if "notebook-only" in cell.metadata.get("tags", []):
                continue
            cell.id = f"{path.stem[:2]}-{cell.id}"[:64]
            if cell.cell_type == "markdown":
                # Links between notebooks are links inside the page here.
                cell.source = re.sub(r"\]\((\d\d_\w+)\.ipynb\)", r"](#\1)", cell.source)
                cell.source = re.sub(r"^# ", f'<a id="{path.stem}"></a>\n\n# ', cell.source)
            joined.cells.append(cell)
    exporter = HTMLExporter(template_name="classic", exclude_input=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(joined)
    target.write_text(body, encoding="utf-8")
