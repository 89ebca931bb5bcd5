"""data/README.md: the dictionary is complete, and every figure about the survey is printed or recomputed here."""

import re

import pytest

from helpers import LANGUAGES, survey
from helpers.stats import proportions
from helpers.survey import schemas

README = (survey.DATA / "README.md").read_text(encoding="utf-8")
PLAIN = " ".join(README.split())  # without line breaks
CONTRADICTIONS = " ".join(README.split("## osaka-2019: where the document contradicts itself")[1].split())
GROUPS = ("suppliers", "customers", "linked", "unlinked", "generic", "bespoke")
CONCRETE = ("standards", "rules", "software", "certification", "drill", "insurance")
# Numbers of the questionnaire or the prose that are no result: the class edges 1,001 and 299, the 100 of a total and of
# the smallest firms.
NO_RESULTS = {"1,001", "299", "100"}


def exact(count, base):
    return f"{100 * count / base:.1f}%"


def within(low, high, base):
    return f"{proportions.half_up(low, base)}% to {proportions.half_up(high, base)}%"


def table_sums(osaka):
    """The sum of the printed table percentages of every question whose answers add up to its base."""
    table = osaka.published[osaka.published["printed_in"] == "table"]
    adds_up = osaka.questions[(osaka.questions["kind"] == "single") | (osaka.questions["unit"] == "selections")]
    sums = table.groupby("question")["percent"].sum()
    return {question: round(sums[question]) for question in adds_up.index}


def computed(osaka):
    """The README's computed figures, each in the words around it."""
    count, firms = osaka.count, osaka.respondents
    table, chart = (osaka.published["printed_in"] == where for where in ("table", "chart"))
    unaware = count("q2_suppliers", "unaware"), count("q2_customers", "unaware")
    harmed = int(osaka.claims.set_index("claim").loc["q7_harmed", "value"])
    unharmed, reached = count("q7_damage", "none"), osaka.routed("q7_damage")
    stop, nothing, damages = (count("q8", option) for option in ("caution", "nothing", "damages"))
    linked, suppliers = count("q2_linked_why_aware", "needed"), count("q2_suppliers_why_aware", "needed")
    industry_chart = osaka.published[chart & (osaka.published["question"] == "industry")]["percent"].sum()
    written = count("q9", "dedicated") + count("q9", "general_with")
    led, chains = (
        count("q9_author", "leader"),
        [count(f"q1_{side}", "over_1000") for side in ("suppliers", "customers")],
    )
    now, future = ([count(question, option) for option in CONCRETE] for question in ("q4", "q5"))
    return [
        f"{len(osaka.counted)} counts; {len(osaka.published)} printed percentages, {table.sum()} from tables and "
        f"{chart.sum()} from charts; {len(osaka.claims)} claims",
        f"the labels of the industry chart, as extracted, add to {industry_chart:.0f}.",
        f'"needed" for linked partners is {exact(linked, osaka.routed("q2_linked_why_aware"))} of the 64 firms',
        f"for suppliers {exact(suppliers, osaka.routed('q2_suppliers_why_aware'))} of the 34 firms",
        f"### Q7: {unharmed} + {harmed} > {reached}",
        f"{unharmed} of the {reached} firms reached report no damage, or hardly any; a note counts {harmed} firms",
        f"Together {unharmed + harmed}, so at least {unharmed + harmed - reached} firms ticked both",
        f"{proportions.half_up(sum(unaware), 2 * firms)} is the mean of both ({exact(sum(unaware), 2 * firms)})",
        f"for suppliers it is {exact(count('q1_suppliers', 'over_1000'), firms)}, which only rounds to 30",
        f"If all {stop} had stopped there, with the {nothing} that would do nothing and the {damages} that would claim "
        f"damages, that makes {stop + nothing + damages} firms of {firms}",
        f"the {proportions.half_up(written, firms)}% ({written} firms) that have anything in writing",
        f"the base is the {count('q9', 'dedicated')} firms with an agreement dedicated to cyber security, so they are "
        f"{count('q9_author', 'leader')} firms and {count('q9_author', 'association')} firm",
        f"of these {written}, the leading firm wrote {within(led, led + count('q9', 'general_with'), written)}.",
        f"true of {max(chains)} to {sum(chains)} firms, {within(max(chains), sum(chains), firms)}.",
        f"tie with nothing, {count('q5', 'standards')} firms each",
        f"wanted by {max(future)} to {sum(future)} firms, {within(max(future), sum(future), firms)}.",
        f"the same are {max(now)} to {sum(now)} firms, a minority",
        f"asked of the {count('q9', 'none')} firms without any agreement, although the "
        f"{count('q9', 'general_without')} whose agreement leaves out cyber security",
        f"the counts add to {osaka.table('q9_reason')['count'].sum()}",
        f"including the {count('q5', 'nothing')} that, in Q5, want to ask for nothing",
    ]


def test_computed_figures_stand_in_the_text(osaka):
    missing = [phrase for phrase in computed(osaka) if phrase not in PLAIN]
    assert not missing


def part(title):
    """A section of the contradictions, by its heading."""
    return CONTRADICTIONS.split(f"### {title}")[1].split(" ### ")[0]


def test_sums_that_miss_100_are_the_listed_ones(osaka):
    listed = re.findall(r"`(\w+)` \| (\d+)", part("Percentages that miss 100"))
    missing = {question: value for question, value in table_sums(osaka).items() if value != 100}
    assert {question: int(value) for question, value in listed} == missing


def test_firms_and_ticks_are_those_of_the_codebook(osaka):
    rows = re.findall(r"`(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+)", part("Bases that are selections"))
    listed = {row[0]: tuple(map(int, row[1:])) for row in rows}
    expected = {}
    for group in GROUPS:
        reasons = [f"q2_{group}_why_aware", f"q2_{group}_why_unaware"]
        expected[f"q2_{group}"] = tuple(
            int(number) for reason in reasons for number in (osaka.routed(reason), osaka.questions.loc[reason, "base"])
        )
    assert listed == expected


def test_table_against_chart_is_listed_in_full(osaka):
    pattern = r"\| `(\w+)` \| `(\w+)` \| (\d+) of (\d+) \| (\d+)% \| (\d+)% \|"
    listed = {match[:2]: tuple(map(int, match[2:])) for match in re.findall(pattern, CONTRADICTIONS)}
    expected = {}
    for row in osaka.published[osaka.published["printed_in"] == "chart"].itertuples():
        count = osaka.count(row.question, row.option)
        table = proportions.half_up(count, row.base)
        if table != row.percent:
            expected[row.question, row.option] = (count, row.base, table, int(row.percent))
    assert listed == expected


def test_inferred_attributions_name_printed_chart_cells(osaka):
    chart = osaka.published[osaka.published["printed_in"] == "chart"]
    named = []
    text = part("Tables against charts").split("**Inferred attributions.**")[1].split("Of the six")[0]
    for entry in re.split(r"[;.]", text):  # questions: options
        names = re.findall(r"`(\w+)`", entry)
        questions = [name for name in names if osaka.has(name)]
        named += [(question, name) for question in questions for name in names if name not in questions]
    assert len(named) == len(set(named)) == 19
    assert set(named) <= set(zip(chart["question"], chart["option"], strict=True))


def test_every_other_number_of_the_contradictions_is_printed(osaka):
    printed = {*osaka.counted["count"], *osaka.questions["base"], *osaka.published["percent"].astype(int)}
    printed |= {int(value) for value in osaka.claims["value"] if value}
    known = {str(number) for number in printed} | NO_RESULTS
    rest = CONTRADICTIONS.replace(part("Percentages that miss 100"), "")  # has a test of its own
    for phrase in [*computed(osaka), *re.findall(r"`[^`]+`", rest)]:
        rest = rest.replace(phrase, " ")
    rest = re.sub(r"\bQ\d+\b|（20％）", " ", rest)
    assert [number for number in re.findall(r"\d[\d,]*(?:\.\d+)?", rest) if number.rstrip(",") not in known] == []


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_dictionary_names_every_column(name):
    section = README.split(f"### {name}")[1].split("\n### ")[0].split("\n## ")[0]
    named = [
        column for cell in re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE) for column in re.findall(r"\w+", cell)
    ]
    wanted = {*schemas.SCHEMAS[name].columns}
    assert wanted <= set(named)


def test_dictionary_names_every_allowed_value_and_entry():
    groups = (schemas.KINDS, schemas.UNITS, schemas.USES, schemas.ROLES, schemas.PRINTED_IN, schemas.CLAIM_KINDS)
    values = [value for group in (*groups, schemas.RELATIONS) for value in group if value]
    for value in (*values, *schemas.about_needed(LANGUAGES), *schemas.ABOUT_OPTIONAL):
        assert f"`{value}`" in README, value


def test_dictionary_invents_no_question_or_option(osaka):
    known = {*osaka.questions.index, *osaka.options["option"]}
    assert set(re.findall(r"`(\w+)`", CONTRADICTIONS.split("### Q7")[0])) <= known


def test_no_machine_path():
    assert not re.search(r"(?<!\w)(/work|/home|/tmp|/root|/Users|[A-Z]:\\)", README)
