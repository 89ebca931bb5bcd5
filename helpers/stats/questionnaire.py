"""How the questions of a topic belong together, as the codebook says: which of them are shown side by side."""

from dataclasses import dataclass

MOST = {"battery": 15, "items": 5, "single": 1, "number": 1}  # questions that one figure can hold


@dataclass(frozen=True)
class Block:
    """Questions shown together. `kind` is "battery" (single choice, the same answers), "items" (several answers each, from
    the same list), "single" (one question of either kind) or "number".
    """

    kind: str
    questions: tuple


def blocks(survey, questions):
    """The questions of a topic in Blocks, in the questionnaire's order.

    Questions belong together if they are of one kind, draw on the same option set and were put to the same respondents.
    A question that was put to some only stands by itself, after the question that leads to it. No block has more questions
    than MOST says; the rest follow in further ones.
    """
    groups = {}
    for question in questions:
        q = survey.question(question)
        alone = question if q["asked_if"] or q["unit"] == "selections" or q["kind"] == "number" else ""
        groups.setdefault((q["kind"], q["options"], tuple(survey.table(question)["option"]), alone), []).append(
            question
        )
    found = []
    for asked in groups.values():
        most = MOST[_kind(survey, asked)]
        parts = [asked[i : i + most] for i in range(0, len(asked), most)]
        found += [Block(_kind(survey, part), tuple(part)) for part in parts]
    return sorted(found, key=lambda block: _place(survey, block.questions[0], list(questions)))


def _kind(survey, asked):
    if len(asked) == 1:
        return "number" if survey.question(asked[0])["kind"] == "number" else "single"
    return "battery" if survey.question(asked[0])["kind"] == "single" else "items"


def _place(survey, question, order):
    """The places of the questions that lead to this one, and its own."""
    leading, _ = survey.route(question)
    return [*(_place(survey, leading, order) if leading in order else []), order.index(question)]
