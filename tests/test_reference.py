"""Every number of the notebooks against R: tests/reference/reference.R, whose results are in reference.json.

R is not needed here; where Rscript is installed, one more test runs the script again. `make reference` renews the JSON.
"""

import json
import math
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from helpers import chisquare, claims, paired, proportions, survey, text
from helpers.topic import Topic

FOLDER = Path(__file__).parent / "reference"
OUTPUTS = survey.ROOT / "outputs" / "osaka-2019" / "en"
CHAINS = ("q1_suppliers", "q1_customers")
Q2_PAIRS = [("q2_suppliers", "q2_customers"), ("q2_linked", "q2_unlinked"), ("q2_bespoke", "q2_generic")]


def load(path):
    """The JSON that R wrote: its null is NaN here, its "Inf" is infinity."""
    unfit = {None: math.nan, "Inf": math.inf}

    def fit(pairs):
        return {name: value if isinstance(value, list) else unfit.get(value, value) for name, value in pairs}

    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=fit)


REFERENCE = load(FOLDER / "reference.json")


def keyed(section, *names):
    """The records of a section by some of their fields, each of which must be there once."""
    records = {tuple(record[name] for name in names): record for record in REFERENCE[section]}
    assert len(records) == len(REFERENCE[section])
    return records


SHARES = keyed("shares", "question", "option", "on")
TESTS = keyed("tests", "notebook", "first", "second", "options", "test")
COMPARISONS = keyed("comparisons", "first", "second", "option")
RANGES = keyed("ranges", "first", "second", "option", "method", "missing")
CHOICES = keyed("choices", "first", "second", "option", "choice")
CLAIMS = keyed("claims", "claim")
PERCENTAGES = keyed("percentages", "question", "option", "printed_in", "base")
SUMS = keyed("sums", "question")

# --- how near is near -------------------------------------------------------------------------------------------------


def deviation(name, found, expected):
    """How far a value is from R's: relative, for p-values down to the smallest, for others down to 0.0001."""
    if found == expected or (pd.isna(found) and pd.isna(expected)):
        return 0
    if isinstance(expected, str) or not math.isfinite(expected) or pd.isna(found):
        return math.inf
    floor = 0 if re.match(r"p($|_)", name) else 1e-4
    return abs(found - expected) / max(abs(found), abs(expected), floor)


def agree(found, expected, where, within=1e-9):
    """Compare the values that both name, and make sure that R knows all that was found."""
    assert set(found) <= set(expected), f"{where}: R says nothing about {set(found) - set(expected)}"
    for name, value in found.items():
        assert deviation(name, value, expected[name]) <= within, f"{where}, {name}: {value}, R has {expected[name]}"


def limits(record, interval):
    return dict(zip(("low", "high"), record[interval], strict=True))


def reached_at(listed, point):
    """Whether R lists this (b, c) among those that reach an end of the range."""
    return f"{point[0]},{point[1]}" in listed.split(";")


# --- the committed tables ---------------------------------------------------------------------------------------------


def read(stem):
    """A committed CSV file; a cell that says nothing is "" in a column of words."""
    table = pd.read_csv(OUTPUTS / f"{stem}.csv", dtype={"flag": str})
    words = table.columns.difference(table.select_dtypes("number").columns)
    return table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, ""))


def share_row(osaka, row, question=None, on="printed", interval="wilson"):
    record = SHARES[question or row["question"], row["option"], on]
    return {**record, **limits(record, interval)}


def reasons_row(osaka, row):
    printed = SHARES[row["question"], row["option"], "printed"]
    return {**share_row(osaka, row, on="firms"), "selections": printed["base"], "share_selections": printed["share"]}


def incident_row(osaka, row, question):
    return {**share_row(osaka, row, question), "share_all": SHARES[question, row["option"], "all"]["share"]}


def wilson_row(row):
    """A share that R was not asked for, with the interval of another implementation than ours; its flag as it is."""
    interval = stats.binomtest(row["count"], row["base"]).proportion_ci(method="wilson")
    return {**row, "share": row["count"] / row["base"], "low": interval.low, "high": interval.high}


def support_row(osaka, row):
    if row["option"] == "known":
        return wilson_row(row)
    return share_row(osaka, row, "q3", "printed" if row["base"] == osaka.respondents else "knowing", "goodman")


def incidents_row(osaka, row):
    if row["option"] in ("spared", "untouched"):
        return wilson_row(row)
    return share_row(osaka, row, on="all" if row["base"] == osaka.respondents else "printed")


def overview_row(osaka, row):
    panels = {
        "Partners ready for the end of support?": ("q3", "printed"),
        "Done now about it": ("q4", "printed"),
        "What holds firms back": ("q6", "printed"),
        "Attacks on partners": ("q7_content", "all"),
        "Who should act for small firms": ("q10", "printed"),
    }
    if row["group"] == "Largely aware of the security of":
        (question,) = [q for q in osaka.questions.index if q.count("_") == 1 and named_group(osaka, q, row["label"])]
        return SHARES[question, row["option"], "printed"]
    question, on = panels[row["group"]]
    return SHARES[question, row["option"], on]


def named_group(osaka, question, label):
    return question.startswith("q2_") and osaka.short(question) == label


def pair_of(osaka, row):
    """The comparison whose pair of questions and answer carry these names."""
    found = [
        record
        for record in REFERENCE["comparisons"]
        if f"{osaka.short(record['first'])} – {osaka.short(record['second'])}" == row["pair"]
        and record["notebook"] == row["notebook"]
        and row.get("label") in (None, text.pick(osaka.table(record["first"]), record["option"])["label"])
    ]
    (record,) = found
    return {**record, "p_independent": record["p"]}


def power_row(osaka, row, notebook):
    record = pair_of(osaka, {**row, "notebook": notebook})
    return {**record, "base": round(record["base"])}


def map_row(osaka, row):
    return pair_of(osaka, {**row, "notebook": "03_awareness"})


def comparison_row(osaka, row):
    return COMPARISONS[row["first"], row["second"], row["option"]]


def range_row(osaka, row):
    return pair_of(osaka, {**row, "notebook": "06_measures"})


def row_of_tests(osaka, row):
    return TESTS[row["notebook"], row["first"], row["second"], row["options"], row["test"]]


def claim_row(osaka, row):
    stated = osaka.claims.set_index("claim").loc[row["claim"], "value"]
    return {**CLAIMS[row["claim"],], "stated": float(stated) if stated else math.nan}


def percentage_row(osaka, row):
    return PERCENTAGES[row["question"], row["option"], row["printed_in"], row["base"]]


def contradiction_row(osaka, row):
    table, chart = (PERCENTAGES[row["question"], row["option"], where, row["base"]] for where in ("table", "chart"))
    return {**table, "table": table["percent"], "chart": chart["percent"]}


def sum_row(osaka, row):
    return SUMS[row["question"],]


goodman = partial(share_row, interval="goodman")
EXPECTED = {
    "tables/industry": partial(goodman, question="industry"),
    "tables/employees": partial(goodman, question="employees"),
    **{f"tables/{question}": partial(goodman, question=question) for question in (*CHAINS, "q3", "q9")},
    **{f"tables/{question}": partial(goodman, question=question) for question in ("q9_author", "q9_reason")},
    "tables/q3_knowing": partial(goodman, question="q3", on="knowing"),
    "tables/awareness": share_row,
    "tables/awareness_reasons": reasons_row,
    "tables/measures": share_row,
    "tables/q6": partial(share_row, question="q6"),
    "tables/q7_content": partial(incident_row, question="q7_content"),
    "tables/q7_damage": partial(incident_row, question="q7_damage"),
    "tables/reached": partial(share_row, question="q7_content", on="all"),
    "tables/q10": partial(share_row, question="q10"),
    "tables/power_02": partial(power_row, notebook="02_supply_chain_size"),
    "tables/power_03": partial(power_row, notebook="03_awareness"),
    "tables/power_06": partial(power_row, notebook="06_measures"),
    "tables/comparisons": comparison_row,
    "tables/tests": row_of_tests,
    "tables/claims": claim_row,
    "tables/contradictions": contradiction_row,
    "tables/sums": sum_row,
    **{f"figures/{stem}": goodman for stem in ("respondents", "supply_chain_size", "agreements")},
    "figures/end_of_support": support_row,
    "figures/incidents": incidents_row,
    **{f"figures/{stem}": share_row for stem in ("awareness", "measures")},
    "figures/reasons": reasons_row,
    "figures/obstacles": partial(share_row, question="q6"),
    "figures/small_business": partial(share_row, question="q10"),
    "figures/overview": overview_row,
    "figures/awareness_map": map_row,
    "figures/measures_paired": range_row,
    "figures/all_tests": comparison_row,
    "figures/claims": percentage_row,
}
PARTS = {"comparisons": comparison_row, "tests": row_of_tests}  # tables/<kind>/<notebook>.csv, which the others join
STEMS = sorted(path.relative_to(OUTPUTS).with_suffix("").as_posix() for path in OUTPUTS.rglob("*.csv"))
AUDITS = ("tables/claims", "figures/claims")  # their verdicts: tests/test_claims.py


def expected_of(stem):
    """What gives R's numbers for a row of a file, or None."""
    return EXPECTED.get(stem) or (PARTS.get(stem.split("/")[1]) if stem.count("/") == 2 else None)


def sensitivity_stems():
    return [stem for stem in STEMS if stem.startswith("tables/sensitivity_")]


def test_every_committed_table_is_compared():
    told = [stem for stem in STEMS if stem.startswith(("tables/findings", "tables/figures"))]  # sentences only
    assert {stem for stem in STEMS if expected_of(stem)} | {*told, *sensitivity_stems()} == set(STEMS)
    assert set(EXPECTED) <= set(STEMS)
    unchecked = [stem for stem in (*told, *sensitivity_stems()) if {"low", "high", "p"} & set(read(stem).columns)]
    assert not unchecked


@pytest.mark.parametrize("stem", [stem for stem in STEMS if expected_of(stem)])
def test_committed_table_agrees_with_r(osaka, stem):
    table = read(stem)
    numbers = list(table.select_dtypes("number").columns.difference(["pair"]))  # pair: only a running number
    words = [name for name in table if name == "flag" or (name == "verdict" and stem not in AUDITS)]
    assert numbers
    for i, row in table.iterrows():
        found = {name: row[name] for name in [*numbers, *words]}
        agree(found, expected_of(stem)(osaka, row.to_dict()), f"{stem}.csv, line {i + 2}")


def keys_of(stem, *names):
    return set(read(stem)[list(names)].itertuples(index=False, name=None))


def test_r_computed_nothing_that_the_tables_leave_out():
    assert keys_of("tables/tests", "notebook", "first", "second", "options", "test") == set(TESTS)
    assert keys_of("tables/comparisons", "first", "second", "option") == set(COMPARISONS)
    assert keys_of("figures/all_tests", "first", "second", "option") == set(COMPARISONS)
    assert keys_of("tables/claims", "claim") == set(CLAIMS)
    assert keys_of("figures/claims", "question", "option", "printed_in", "base") == set(PERCENTAGES)
    assert keys_of("tables/sums", "question") == set(SUMS)


@pytest.mark.parametrize("stem", ["tables/tests", "tables/comparisons", "figures/all_tests", "tables/claims"])
def test_no_row_stands_twice(stem):
    assert not read(stem).duplicated().any()


def shown(stem):
    """The answers that a table of shares shows, by the base they are on; None for other tables."""
    table, how = read(stem), EXPECTED.get(stem)
    if how in (overview_row, support_row, incidents_row) or not {"option", "share", "low"} <= set(table.columns):
        return None
    words = {} if how in (share_row, reasons_row, goodman) else how.keywords
    on = "firms" if how is reasons_row else words.get("on", "printed")
    asked = table["question"] if "question" in table else [words["question"]] * len(table)
    return [(question, option, on) for question, option in zip(asked, table["option"], strict=True)]


@pytest.mark.parametrize("stem", [stem for stem in STEMS if shown(stem)])
def test_tables_of_shares_show_every_answer_once(stem):
    bases = {(question, on) for question, _, on in shown(stem)}
    wanted = [key for key in SHARES if (key[0], key[2]) in bases]
    if stem == "tables/reached":
        wanted = [("q7_content", option, "all") for option in ("reached", "harmed")]
    assert sorted(shown(stem)) == sorted(wanted)


def test_every_answer_to_every_question_has_its_share(osaka):
    printed = {(question, option) for question, option, on in SHARES if on == "printed"}
    assert printed == set(zip(osaka.counts["question"], osaka.counts["option"], strict=True))
    for question in osaka.questions.index:
        for row in osaka.table(question).itertuples():
            record = SHARES[question, row.option, "printed"]
            assert (row.count, row.base) == (record["count"], record["base"])


def test_power_is_shown_for_every_difference_that_is_not(osaka):
    for notebook in ("02_supply_chain_size", "03_awareness", "06_measures"):
        shown = [
            pair_of(osaka, {**row, "notebook": notebook})
            for row in read(f"tables/power_{notebook[:2]}").to_dict("records")
        ]
        wanted = [r for r in REFERENCE["comparisons"] if r["notebook"] == notebook and r["p"] >= 0.05]
        assert [record["option"] for record in shown] == [record["option"] for record in wanted]
        assert len(shown) == len(wanted)


def test_contradictions_are_all_charts_that_differ():
    found = keys_of("tables/contradictions", "question", "option", "base")
    table, chart = (
        {(q, o, base): r["percent"] for (q, o, where, base), r in PERCENTAGES.items() if where == place}
        for place in ("table", "chart")
    )
    assert found == {key for key in table.keys() & chart.keys() if table[key] != chart[key]}


def paired_rows():
    table = read("tables/tests")
    return table[table["test"].str.startswith("mcnemar")].to_dict("records")


def test_notes_of_the_paired_rows_agree_with_r():
    rows = paired_rows()
    assert len(rows) == 2 * len(COMPARISONS)
    for row in rows:
        note = dict(part.split("=") for part in row["note"].split("; "))
        record = RANGES[row["first"], row["second"], row["options"], "exact", "free"]
        assert reached_at(record[row["test"].replace("mcnemar", "at")], (note["b"], note["c"]))
        assert (int(note["feasible"]), note["verdict"]) == (record["feasible"], record["verdict"])


# --- the tables of "does the answer move?" ----------------------------------------------------------------------------

METHODS = dict(
    zip(proportions.INTERVALS, ("Wilson", "Agresti–Coull", "Clopper–Pearson", "Jeffreys", "Wald"), strict=True)
)
SAY = text.Language("en", 0.95)


def against_half(record, interval):
    low, high = record[interval]
    side = "more than half" if low > 0.5 else "less than half" if high < 0.5 else "cannot be told from half"
    return f"{SAY.percent(record['share'])} ({SAY.range(low, high)})", side


def share_choices(osaka, question, option):
    record = SHARES[question, option, "printed"]
    label = text.brief(text.pick(osaka.table(question), option)["label"])
    rows = [(f"“{label}”: {name} interval", *against_half(record, method)) for method, name in METHODS.items()]
    answered = SHARES.get((question, option, "answered"))
    return rows + ([("no answer left out", *against_half(answered, "wilson"))] if answered else [])


def p_choice(words, p):
    return words, SAY.p(p), "significant" if p < 0.05 else "not shown"


PAIR_CHOICES = {
    "pearson": "chi-square",
    "no_answer_kept": "chi-square, no answer as an answer of its own",
    "no_answer_with_others": "chi-square, no answer counted with the others",
    "yates": "chi-square with Yates’ correction",
    "fisher": "Fisher’s exact test",
}
SIZE_CHOICES = {
    "known": "chi-square, all known classes",
    "halves": "chi-square, classes merged into a lower and an upper half",
    "ordered": "order of the classes used",
    "stated": "chi-square, unknown as an answer of its own",
    "everything": "chi-square, no answer as well",
}


def pair_choices(osaka, *pair):
    names = f"{osaka.short(pair[0])} – {osaka.short(pair[1])}"
    tests = {name: CHOICES[(*pair, name)]["p"] for name in PAIR_CHOICES if (*pair, name) in CHOICES}
    rows = [p_choice(f"{names}: {PAIR_CHOICES[name]}", p) for name, p in tests.items()]
    overlaps = {"free": "same firms, any overlap", "shared": "same firms, no-answers shared"}
    single = osaka.question(pair[0])["kind"] == "single"
    for missing, words in overlaps.items() if single else [("free", overlaps["free"])]:
        record = RANGES[(*pair, "exact", missing)]
        ends = [SAY.p_number(record[end]) for end in ("p_min", "p_max")]
        verdict = {"always": "significant", "never": "not significant", "undetermined": "undecided"}[record["verdict"]]
        rows.append((f"{names}: {words}", f"p {' to '.join(ends)}", verdict))
    return rows


def size_choices(osaka):
    return [p_choice(words, CHOICES[(*CHAINS, "", name)]["p"]) for name, words in SIZE_CHOICES.items()]


SENSITIVITY = {
    "01": lambda osaka: share_choices(osaka, "industry", "manufacturing"),
    "02": size_choices,
    "03": lambda osaka: [row for pair in Q2_PAIRS for row in pair_choices(osaka, *pair, "aware")],
    "05": lambda osaka: share_choices(osaka, "q3", "not_known"),
    "06": lambda osaka: share_choices(osaka, "q4", "nothing") + pair_choices(osaka, "q4", "q5", "caution"),
    "07": lambda osaka: share_choices(osaka, "q6", "no_standing"),
    "08": lambda osaka: share_choices(osaka, "q7_damage", "none"),
    "09": lambda osaka: share_choices(osaka, "q9", "none"),
    "10": lambda osaka: share_choices(osaka, "q10", "themselves"),
}


def test_every_table_of_choices_is_compared():
    assert [stem[-2:] for stem in sensitivity_stems()] == list(SENSITIVITY)


@pytest.mark.parametrize("number", SENSITIVITY)
def test_choices_are_told_as_r_computes_them(osaka, number):
    found = list(read(f"tables/sensitivity_{number}").itertuples(index=False, name=None))
    assert found == SENSITIVITY[number](osaka)


# --- the helpers themselves -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def topic(osaka, tmp_path_factory):
    return Topic("reference", osaka, folder=tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def compared(topic):
    """Every comparison of the notebooks, made anew: {(first, second, option): Comparison}."""
    known = chisquare.known_answers(topic.survey, CHAINS[0])
    made = {(*CHAINS, "over_1000"): topic.compare(*CHAINS, "over_1000", among=known)}
    made |= {(*pair, "aware"): topic.compare(*pair, "aware") for pair in Q2_PAIRS}
    for comparison in topic.compare_items([("q4", "q5"), ("q4", "q8"), ("q5", "q8")]):
        row = comparison.tests[0]
        made[row["first"], row["second"], row["options"]] = comparison
    return made


@pytest.mark.parametrize("method", proportions.INTERVALS)
def test_intervals_of_every_share(method):
    for key, record in SHARES.items():
        found = proportions.interval(record["count"], record["base"], 0.95, method)
        agree(dict(zip(("low", "high"), found, strict=True)), limits(record, method), f"{key}, {method}")


def test_simultaneous_intervals_of_every_distribution():
    whole = pd.DataFrame([record for record in REFERENCE["shares"] if isinstance(record["goodman"], list)])
    for key, part in whole.groupby(["question", "on"]):
        found = proportions.simultaneous(part["count"])
        for limits_found, expected in zip(found, part["goodman"], strict=True):
            agree(dict(enumerate_names(limits_found)), dict(enumerate_names(expected)), key)
    single = {(question, "printed") for question in SHARES_OF_SINGLE}
    assert single <= set(whole.groupby(["question", "on"]).groups)


def enumerate_names(pair):
    return zip(("low", "high"), pair, strict=True)


SHARES_OF_SINGLE = (
    *("industry", "employees", *CHAINS, "q3", "q9", "q9_author", "q9_reason"),
    *(question for pair in Q2_PAIRS for question in pair),
)


def test_reliability_of_every_share():
    found = {key: proportions.reliability(record["count"], record["base"]) for key, record in SHARES.items()}
    assert found == {key: record["flag"] for key, record in SHARES.items()}


def test_all_comparisons_are_made_anew(compared):
    assert list(compared) == list(COMPARISONS)


def test_comparisons(compared):
    for key, record in COMPARISONS.items():
        c = compared[key]
        found = {"share_first": c.shares[0], "share_second": c.shares[1], "base": c.base, "p": c.p}
        found |= {"difference": c.difference.value, "low": c.difference.low, "high": c.difference.high}
        agree(found, record, key)
        assert [*c.counted[0], *c.counted[1]] == record["counted"]
        assert [*c.margins[0], *c.margins[1]] == record["margins"]


def test_rows_of_tests(compared):
    seen = set()
    for record in REFERENCE["comparisons"]:
        rows = compared[record["first"], record["second"], record["option"]].tests
        for row in rows:
            key = (record["notebook"], *(row[name] for name in ("first", "second", "options", "test")))
            numbers = ("statistic", "df", "p", "effect", "n", "min_expected")
            agree({name: row[name] for name in numbers}, TESTS[key], key)
            seen.add(key)
    distributions = {key for key in TESTS if "|" in key[3] and key[0] == "02_supply_chain_size"}
    assert seen == set(TESTS) - distributions
    assert len(distributions) == 4


def test_whole_distributions(osaka):
    known = chisquare.known_answers(osaka, CHAINS[0])
    rows = [
        chisquare.homogeneity(osaka, *CHAINS, known),
        chisquare.ordered(osaka, *CHAINS, known),
        chisquare.homogeneity(osaka, *CHAINS),
        chisquare.homogeneity(osaka, *CHAINS, no_answer="keep"),
    ]
    for row in rows:
        record = TESTS["02_supply_chain_size", *CHAINS, row["options"], row["test"]]
        agree(
            {name: row[name] for name in ("statistic", "df", "p", "effect", "n", "min_expected")}, record, row["test"]
        )


def test_holm_within_each_notebook(compared):
    for notebook in dict.fromkeys(record["notebook"] for record in REFERENCE["comparisons"]):
        records = [record for record in REFERENCE["comparisons"] if record["notebook"] == notebook]
        rows = [compared[r["first"], r["second"], r["option"]].tests[0] for r in records]
        for p, record in zip(chisquare.as_table(rows)["p_adjusted"], records, strict=True):
            agree({"p_adjusted": p}, record, record["option"])


def test_benjamini_hochberg_over_everything(osaka, tmp_path):
    shutil.copytree(OUTPUTS / "tables" / "comparisons", tmp_path / "tables" / "comparisons")
    table = Topic("12_summary", osaka, folder=tmp_path).all_comparisons()
    assert len(table) == len(COMPARISONS)
    for row in table.to_dict("records"):
        agree({"p_all": row["p_all"]}, comparison_row(osaka, row), row["option"])


def test_paired_ranges(compared):
    assert len(RANGES) == len(COMPARISONS) * len(paired.METHODS) * len(paired.MISSING)
    for (*pair, method, missing), record in RANGES.items():
        found = paired.mcnemar_range(*compared[tuple(pair)].margins, method, missing)
        numbers = ("p_min", "p_max", "feasible", "significant", "verdict")
        agree({name: getattr(found, name) for name in numbers}, record, (*pair, method, missing))
        assert reached_at(record["at_min"], found.at_min)
        assert reached_at(record["at_max"], found.at_max)


def test_tipping_points(compared):
    records = REFERENCE["tipping_points"]
    assert len(records) == len(COMPARISONS) * len(paired.METHODS)
    for record in records:
        margins = compared[record["first"], record["second"], record["option"]].margins
        found = paired.tipping_point(*margins, record["method"])
        values = {name: getattr(found, name) for name in ("verdict", "discordant", "phi", "p", "p_next")}
        agree({name: math.nan if value is None else value for name, value in values.items()}, record, record["option"])


def test_the_map_and_the_joint_answers(compared):
    for key, record in COMPARISONS.items():
        margins = compared[key].margins
        band, joint = paired.feasible(*margins), paired.joint_range(*margins)
        found = {"b_max": band.b_max, "c_max": band.c_max, "difference_min": band.d_min, "difference_max": band.d_max}
        found |= dict(zip(("b_independent", "c_independent"), paired.independent(*margins), strict=True))
        found |= dict(zip(("b_nested", "c_nested"), paired.nested(*margins), strict=True))
        found |= {name: getattr(joint, name) for name in ("both_low", "both_high", "either_low", "either_high")}
        agree(found, record, key)


def test_power():
    for key, record in COMPARISONS.items():
        shares = record["share_first"], record["share_second"]
        detectable = proportions.detectable_share(min(shares), record["base"])
        found = {"needed": proportions.needed_base(*shares), "detectable_share": detectable}
        agree({**found, "detectable": detectable - min(shares)}, record, key)
    for record in REFERENCE["power_examples"]:
        found = proportions.needed_base(record["first"], record["second"], record["power"])
        agree({"needed": found}, record, record)
        low, high = sorted((record["first"], record["second"]))
        again = proportions.detectable_share(low, record["needed"], record["power"])
        agree({"share": again}, {"share": high}, record)


def test_choices(osaka, compared):
    for (first, second, option, name), record in CHOICES.items():
        options = [option] if osaka.question(first)["kind"] == "multiple" else None
        if not option:
            continue
        p = {
            "pearson": lambda *q, o: chisquare.homogeneity(osaka, *q, o)["p"],
            "no_answer_kept": lambda *q, o: chisquare.homogeneity(osaka, *q, o, "keep")["p"],
            "no_answer_with_others": lambda *q, o: chisquare.yes_or_not(osaka, *q, "aware"),
            "yates": lambda *q, o: chisquare.yates(chisquare.contingency(osaka, *q, o)[0]),
            "fisher": lambda *q, o: chisquare.fisher(osaka, *q, o)["p"],
        }[name](first, second, o=options)
        agree({"p": p}, record, (first, second, option, name))
    known = chisquare.known_answers(osaka, CHAINS[0])
    sizes = {
        "known": chisquare.homogeneity(osaka, *CHAINS, known)["p"],
        "halves": chisquare.merged(osaka, *CHAINS, [known[:3], known[3:]]),
        "ordered": chisquare.ordered(osaka, *CHAINS, known)["p"],
        "stated": chisquare.homogeneity(osaka, *CHAINS)["p"],
        "everything": chisquare.homogeneity(osaka, *CHAINS, no_answer="keep")["p"],
    }
    assert set(sizes) == {name for *_, option, name in CHOICES if not option}
    for name, p in sizes.items():
        agree({"p": p}, CHOICES[(*CHAINS, "", name)], name)


def test_audit(osaka):
    audited = claims.audit_claims(osaka)
    assert len(audited) == len(CLAIMS)
    for row in audited.to_dict("records"):
        agree({name: row[name] for name in ("value", "low", "high")}, CLAIMS[row["claim"],], row["claim"])
    percentages = claims.audit_percentages(osaka)
    assert len(percentages) == len(PERCENTAGES)
    for row in percentages.to_dict("records"):
        numbers = ("percent", "count", "exact", "rounded", "gap")
        agree({name: row[name] for name in numbers}, percentage_row(osaka, row), row["question"])
    assert claims.audit_sums(osaka).to_dict("records") == REFERENCE["sums"]


def test_findings_tell_what_r_computes(osaka):
    """The numbers in sentences that stand in no table: answers pooled, joint answers, where verdicts flip."""
    said = " ".join(read("tables/findings")["finding"])
    pooled = SHARES["q2_suppliers|q2_customers", "unaware", "answers"]
    assert f"Of all {pooled['base']} answers about either group, {pooled['count']} say “Hardly aware”: 68%" in said
    claim = CLAIMS["s_unaware",]
    assert f"suppliers and customers: somewhere in {SAY.range(claim['low'] / 100, claim['high'] / 100)}" in said
    for first, second in (Q2_PAIRS[0], Q2_PAIRS[2]):
        (flip,) = [
            r for r in REFERENCE["tipping_points"] if (r["first"], r["second"], r["method"]) == (first, second, "exact")
        ]
        sentence = f"no more than {flip['discordant']} of the 118 firms answered the two questions differently (an "
        assert f"{sentence}agreement of phi = {flip['phi']:.2f} or more)" in said


# --- R itself ---------------------------------------------------------------------------------------------------------


def test_r_gives_the_same_again(tmp_path):
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not installed (Debian: r-base-core); the committed reference.json was compared instead")
    again = tmp_path / "reference.json"
    done = subprocess.run(["Rscript", FOLDER / "reference.R", again], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = load(again)
    assert made.keys() == REFERENCE.keys()
    for section in REFERENCE.keys() - {"made_by"}:
        assert len(made[section]) == len(REFERENCE[section])
        for new, old in zip(made[section], REFERENCE[section], strict=True):
            assert new.keys() == old.keys()
            agree(dict(flat(new)), dict(flat(old)), section, within=1e-12)


def flat(record):
    """The fields of a record, those that hold several numbers one by one."""
    for name, value in record.items():
        if isinstance(value, list):
            yield from ((f"{name}_{i}", number) for i, number in enumerate(value))
        else:
            yield name, value
