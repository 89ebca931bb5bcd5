"""Which figures stand on a report's first page: a stated rule, the same for every survey."""

import json

from ..survey.schemas import listed

MOST = 5
SHOWN = ("difference_shown", "difference_fact", "paired_always")  # kinds of findings that a difference stands
LARGEST = 2  # differences among them, where the codebook does not choose


def chosen(survey, findings, headlines):
    """The names of at most MOST figures for the first page, in the report's order.

    `findings` and `headlines` are what the notebooks kept. Where the codebook marks questions with `use = headline`, these
    are the figures that findings about them name. Else they are those of the LARGEST differences that stand, and those with the
    largest shares that are not weak, of one chapter each.
    """
    order = list(dict.fromkeys(headlines["figure"]))
    marked = [question for question, q in survey.questions.iterrows() if "headline" in listed(q, "use")]
    named = [figure for question in marked for figure in _of_question(findings, question) if figure in order]
    wanted = list(dict.fromkeys(named)) or _by_size(findings, headlines)
    return sorted(wanted[:MOST], key=order.index)


def _of_question(findings, question):
    """The first figure that a finding about a question names."""
    about = findings["questions"].fillna("").str.split("|").map(lambda ids: question in ids)
    return findings.loc[about & findings["figure"].fillna("").ne(""), "figure"].head(1)


def _by_size(findings, headlines):
    """Figures by the size of what they show: differences that stand, then shares, one of each chapter."""
    figures = headlines.drop_duplicates("figure").set_index("figure")["notebook"]
    shown = findings[findings["kind"].isin(SHOWN) & findings["figure"].isin(figures.index)]
    apart = [-abs(json.loads(values)[2]) for values in shown["values"]]
    differences = shown.assign(apart=apart, chapter=shown["figure"].map(figures)).sort_values("apart", kind="stable")
    differences = differences.drop_duplicates("chapter")
    found = list(differences["figure"].head(LARGEST))
    strong = headlines[headlines["flag"].fillna("").eq("")].sort_values("share", ascending=False, kind="stable")
    shares = [*strong.drop_duplicates("notebook")["figure"], *headlines.drop_duplicates("notebook")["figure"]]
    taken = {figures[figure] for figure in found}
    for figure in shares:
        if figures[figure] not in taken:
            taken.add(figures[figure])
            found.append(figure)
    return list(dict.fromkeys([*found, *headlines["figure"]]))
