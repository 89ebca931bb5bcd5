"""Make the answers of data/example-2025 and data/example-2026: invented members of an invented association.

`python tests/examples.py` writes both folders anew, always the same bytes: it draws answers and brings them in as an
import would. Every question has its shares, in percent, and a score by which they are dealt: first options to the
highest scores. What a score is made of is what a reader can find in the answers: a member's size or region, a
leaning towards all that is new (questions go together), and a habit per question (50 members answered both waves, and
stand by most of what they said). In the first wave the larger members were asked more often than the small ones, and
weights make up for it.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.intake.answers import import_answers
from helpers.intake.store import RECORD
from helpers.intake.versions import HISTORY
from helpers.survey import DATA

SEED = 20250701
MEMBERS, BOTH, WAVES = 110, 50, {2025: 79, 2026: 81}
# What a member stands for: small ones were asked less often. Of the later wave each stands for itself.
WEIGHT = {2025: {"small": 1.5, "medium": 0.8, "large": 0.5}}
REGIONS, SIZES = (("north", "east", "south", "west"), (34, 32, 24, 20)), (("small", "medium", "large"), (52, 38, 20))
EXTENT = ("entirely", "mostly", "half", "partly", "not_at_all")

# Question: options, shares by wave, and how far the score depends on size, region and leaning. Members drawn by lot then
# give the answers of BY_LOT instead.
SINGLE = {
    "digital_accounts": (EXTENT, {2025: (24, 30, 22, 14, 10), 2026: (25, 31, 21, 14, 9)}, (0.4, 0.0, 0.9)),
    "digital_orders": (EXTENT, {2025: (12, 22, 26, 24, 16), 2026: (16, 24, 25, 21, 14)}, (1.4, 0.0, 0.7)),
    "digital_stock": (EXTENT, {2025: (9, 17, 22, 28, 24), 2026: (9, 17, 22, 28, 24)}, (0.5, 0.0, 0.9)),
    "digital_enquiries": (EXTENT, {2025: (6, 12, 20, 34, 28), 2026: (22, 30, 24, 15, 9)}, (0.1, 0.0, 0.9)),
    "fax_orders": (("never", "sometimes", "regularly"), {2025: (20, 38, 42)}, (0.3, 0.0, 0.6)),
    "ai_tools": (("regularly", "sometimes", "never"), {2026: (14, 34, 52)}, (0.6, 0.0, 0.8)),
    "training_plan": (
        ("written", "in_preparation", "no_plan"),
        {2025: (26, 22, 52), 2026: (30, 25, 45)},
        (1.6, 0.0, 0.4),
    ),
    "budget": (("more", "same", "less"), {2025: (40, 43, 17), 2026: (41, 43, 16)}, (0.0, 1.6, 0.3)),
}
BY_LOT = {
    "no_answer": {"digital_accounts": 1, "digital_orders": 2, "digital_stock": 3, "digital_enquiries": 2}
    | {"fax_orders": 1, "ai_tools": 1, "training_plan": 2, "budget": 1},
    "undisclosed": {"budget": 11},
}
# Question: share of each item by wave, the same three weights, and the share that ticks "none".
MULTIPLE = {
    "training_now": (
        {
            "in_house": {2025: 24, 2026: 25},
            "mentoring": {2025: 52, 2026: 50},
            "courses": {2025: 38, 2026: 36},
            "online": {2025: 15, 2026: 46},
            "visits": {2025: 9, 2026: 11},
            "other": {2025: 4, 2026: 2},
        },
        (0.6, 0.0, 0.5),
        18,
    ),
    "training_planned": (
        {
            "in_house": {2025: 34, 2026: 36},
            "mentoring": {2025: 50, 2026: 48},
            "courses": {2025: 44, 2026: 42},
            "online": {2025: 43, 2026: 56},
            "visits": {2025: 27, 2026: 25},
            "other": {2025: 3, 2026: 4},
        },
        (0.5, 0.0, 0.5),
        8,
    ),
    "support_wanted": (
        {
            "advice": {2025: 38, 2026: 35},
            "lessons": {2025: 42, 2026: 42},
            "grants": {2025: 56, 2026: 54},
            "joint_purchase": {2025: 30, 2026: 31},
            "check_up": {2026: 28},
            "other": {2025: 4, 2026: 5},
        },
        (-0.3, 0.2, 0.2),
        9,
    ),
}
EMPTY = 2  # members who leave a question with several answers empty
# Asked of those without a training plan.
REASONS = {
    "no_time": {2025: 46, 2026: 44},
    "no_method": {2025: 36, 2026: 39},
    "few_staff": {2025: 41, 2026: 42},
    "no_use": {2025: 15, 2026: 11},
    "other": {2025: 5, 2026: 6},
}


# Hours of training: asked of those with a plan, or one in preparation; some do not know.
HOURS = {"typical": {2025: 11, 2026: 14}, "unknown": 3}


class Members:
    """The members of the association: region, size and leaning, and a habit per question that lasts from wave to wave."""

    def __init__(self):
        self.rng = np.random.default_rng(SEED)
        self.region, self.size = (
            self.rng.permutation(np.repeat(options, numbers)) for options, numbers in (REGIONS, SIZES)
        )
        self.leaning = self.rng.standard_normal(MEMBERS)
        self.habits = {}
        order = self.rng.permutation(MEMBERS)
        first, second = order[: WAVES[2025]], order[WAVES[2025] - BOTH :]
        self.answered = {2025: np.sort(first), 2026: np.sort(second)}

    def score(self, name, weights):
        """A number per member: the higher, the rather an earlier option or a tick."""
        by_size, by_region, by_leaning = weights
        size = np.select([self.size == "small", self.size == "medium"], [-0.9, 0.3], 1.5)
        region = np.select([self.region == option for option in REGIONS[0]], [1.2, 0.5, -0.8, -1.4])
        habit = self.habits.setdefault(name, self.rng.standard_normal(MEMBERS))
        today = 0.8 * habit + 0.6 * self.rng.standard_normal(MEMBERS)
        return by_size * size + by_region * region + by_leaning * self.leaning + 0.8 * today


def answers(members, year):
    """What the members of one wave answered: one row each, in the form that the import reads."""
    here = members.answered[year]
    frame = pd.DataFrame({"respondent": [f"member-{number + 1:03}" for number in here]})
    frame["region"], frame["size"] = members.region[here], members.size[here]
    if year in WEIGHT:
        frame["weight"] = frame["size"].map(WEIGHT[year])
    for question, (options, shares, weights) in SINGLE.items():
        if year in shares:
            frame[question] = _deal(members.score(question, weights)[here], options, shares[year])
            for option, numbers in BY_LOT.items():
                drawn = members.rng.choice(len(here), numbers.get(question, 0), replace=False)
                frame.loc[drawn, question] = option
    for question, (items, weights, none) in MULTIPLE.items():
        least = np.argsort(members.score(question, weights)[here])[: round(none * len(here) / 100)]
        nothing = np.isin(np.arange(len(here)), least)
        ticked = _tick(members, question, items, weights, ~nothing, year)
        frame[question] = _joined(ticked.assign(none=nothing))
    put = (frame["training_plan"] == "no_plan").to_numpy()
    frame["training_plan_why_none"] = _joined(_tick(members, "reasons", REASONS, (0.0, 0.0, 0.0), put, year))
    frame["training_hours"] = _hours(members, frame["training_plan"].isin(["written", "in_preparation"]), year)
    return frame


def _hours(members, put, year):
    """Whole hours of those to whom the question was put: more where people lean towards what is new; "" for the rest."""
    places, rng = np.flatnonzero(put), np.random.default_rng([SEED, year])
    score = 0.5 * members.leaning[members.answered[year]][places] + 0.8 * rng.standard_normal(len(places))
    hours = pd.Series("", index=put.index, dtype=object)
    hours.iloc[places] = [str(max(1, round(HOURS["typical"][year] * np.exp(0.45 * s)))) for s in score]
    hours.iloc[rng.choice(places, HOURS["unknown"], replace=False)] = ""
    return hours


def _deal(score, options, shares):
    """Options by their shares, the first of them to the highest scores."""
    ends = np.round(np.cumsum(shares) * len(score) / 100).astype(int)
    dealt = np.empty(len(score), object)
    dealt[np.argsort(-score)] = np.repeat(options, np.diff(ends, prepend=0))
    return dealt


def _tick(members, question, items, weights, put, year):
    """Ticks of the items among those to whom they are put: by their shares, the highest scores first.

    Whoever would tick nothing ticks the item that comes nearest, but for EMPTY of them.
    """
    places, nearness = np.flatnonzero(put), {}
    habit = question.partition("_")[0]  # one for what is done now and what is planned
    for item in (item for item, shares in items.items() if year in shares):
        score = members.score(f"{habit}={item}", weights)[members.answered[year]][places]
        rank = np.argsort(np.argsort(-score))
        nearness[item] = (rank + 1) / (items[item][year] * len(places) / 100)
    near = pd.DataFrame(nearness, index=places)
    ticked = near <= 1
    bare = places[~ticked.any(axis=1)]
    for place in members.rng.permutation(bare)[EMPTY:]:
        ticked.loc[place, near.loc[place].idxmin()] = True
    return ticked.reindex(range(len(put)), fill_value=False)


def _joined(ticked):
    """Ticked items in one cell, `;` between them."""
    return ticked.apply(lambda row: ";".join(ticked.columns[row]), axis=1)


def write(data=DATA):
    """Write counts, bases, number of respondents and raw answers of both waves into their folders under `data`."""
    members = Members()
    for year in WAVES:
        folder = Path(data) / f"example-{year}"
        with tempfile.TemporaryDirectory() as aside:
            file = Path(aside) / "answers.csv"
            answers(members, year).to_csv(file, index=False)
            import_answers(folder, file, replace=True)
        (folder / HISTORY).unlink()
        (folder / RECORD).unlink()  # an account of rows and cells says nothing about answers that nobody gave


if __name__ == "__main__":
    write()
