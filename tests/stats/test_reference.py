"""Every number of the notebooks against R: tests/reference/reference.R, whose results are in reference.json.

R is not needed here; where Rscript is installed, one more test runs the script again. `make reference` renews the JSON.
"""

import functools
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from helpers import survey
from helpers.stats import answers, claims, comparisons, proportions, sample_size
from helpers.stats import margins as paired
from helpers.stats import tests_of_counts as chisquare

FOLDER = Path(__file__).parents[1] / "reference"
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

renewed = pytest.mark.skipif("note" in pd.read_csv(OUTPUTS / "tables" / "tests.csv", nrows=0), reason="outputs/ is old")


@functools.cache
def read(stem):
    """A committed CSV file; a cell that says nothing is "" in a column of words."""
    table = pd.read_csv(OUTPUTS / f"{stem}.csv", dtype={"flag": str, "verdict": str})
    words = table.columns.difference(table.select_dtypes("number").columns)
    return table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, ""))


def share_row(osaka, row):
    """R's record of the same answer on the same base, with the interval of the row's method."""
    question, option = row["question"], row["option"]
    if option in ("asked", "rest"):
        record = {**SHARES["q7_content", "reached", "all"], "level": 0.95, "share_all": math.nan}
        low, high = record[row["method"]]
        if option == "asked":
            return {**record, "low": low, "high": high}
        rest = {"count": record["base"] - record["count"], "share": 1 - record["share"]}
        return {**record, **rest, "low": 1 - high, "high": 1 - low}
    bases = ("firms",) if osaka.question(question)["unit"] == "selections" else ("printed", "knowing")
    (record,) = [
        SHARES[question, option, on]
        for on in bases
        if (question, option, on) in SHARES and SHARES[question, option, on]["base"] == row["base"]
    ]
    printed, routed = SHARES[question, option, "printed"], osaka.routed(question) < osaka.respondents
    everyone = SHARES.get((question, option, "all"), {"share": printed["count"] / osaka.respondents})["share"]
    beside = {"selections": printed["base"], "share_selections": printed["share"], "level": 0.95}
    return {**record, **beside, **limits(record, row["method"]), "share_all": everyone if routed else math.nan}


def headline_row(osaka, row):
    questions = {"end_of_support": "q3", "measures": "q4", "obstacles": "q6", "small_business": "q10"}
    if row["figure"] == "incidents":
        return SHARES["q7_content", "reached", "all"]
    if row["figure"] == "awareness":
        (question,) = [q for pair in Q2_PAIRS for q in pair if osaka.short(q) == row["label"]]
        return SHARES[question, "aware", "printed"]
    question = questions[row["figure"]]
    (option,) = [o for o in osaka.table(question)["option"] if osaka.label(question, o) == row["label"]]
    return SHARES[question, option, "printed"]


def comparison_row(osaka, row):
    key = (row["first"], row["second"], row["option"])
    record = COMPARISONS[key]
    alike = TESTS.get((record["notebook"], *key, "equivalence"), {"p_adjusted": 1})["p_adjusted"]
    said = {"verdict": record["verdict_adjusted"], "small": 0.1 if alike < 0.05 else 0, "level": 0.95}
    return {**record, "p_low": record["p_min"], "p_high": record["p_max"], **said}


def turned_row(osaka, row):
    """The second question's share minus the first one's."""
    record = comparison_row(osaka, row)
    return {**record, "difference": -record["difference"], "low": -record["high"], "high": -record["low"]}


def power_row(osaka, row):
    """R has no exact power of paired answers: the power of what is called detectable, which test_sample_size.py checks."""
    record = COMPARISONS[row["first"], row["second"], row["option"]]
    lower = min(record["margins"][0], record["margins"][3]) / 118
    power = sample_size.paired_power(lower, lower + row["detectable"], row["phi"], 118)
    assert math.isnan(row["detectable"]) or power == pytest.approx(0.8, abs=1e-3)
    return {**row, "base": 118}


def row_of_tests(osaka, row):
    key, test = (row["notebook"], row["first"], row["second"], row["options"]), row["test"]
    nothing = dict.fromkeys(
        ("df2", "b", "c", "decimals", "p_low", "p_high", "p_low_adjusted", "p_high_adjusted"), math.nan
    )
    if test != "mcnemar_range":
        return {**TESTS[(*key, test)], **nothing, "verdict": "", "level": 0.95}
    record = RANGES[(*key[1:], "exact", "free")]
    ends = {"p": math.nan, "p_low": record["p_min"], "p_high": record["p_max"]}
    adjusted = COMPARISONS[key[1:]]
    ends |= {name: adjusted[name] for name in ("p_low_adjusted", "p_high_adjusted")}
    verdict = adjusted["verdict_adjusted"]
    return {**TESTS[(*key, "mcnemar_min")], **nothing, **ends, "verdict": verdict, "level": 0.95}


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


def methods_row(osaka, row):
    names = {"p_chi_square": "pearson", "p_kept": "no_answer_kept", "p_yates": "yates", "p_fisher": "fisher"}
    shown = {f"{osaka.short(a)} – {osaka.short(b)}": (a, b, "aware") for a, b in Q2_PAIRS}
    key = shown[row["pair"]] if "pair" in row else ("q4", "q5", "caution")
    return {name: CHOICES[(*key, choice)]["p"] for name, choice in names.items() if (*key, choice) in CHOICES}


def overlap_row(osaka, row):
    p = stats.binomtest(row["b"], row["b"] + row["c"]).pvalue
    return {**row, "discordant": row["b"] + row["c"], "p": p, "shown": max(p, 1e-4)}  # phi: test_margins.py


KINDS = [  # the first that a file has all columns of says how its rows are compared
    ({"test", "options"}, row_of_tests),
    ({"claim", "stated"}, claim_row),
    ({"printed_in"}, percentage_row),
    ({"table", "chart"}, contradiction_row),
    ({"total"}, sum_row),
    ({"p_yates"}, methods_row),
    ({"discordant"}, overlap_row),
    ({"detectable"}, power_row),
    ({"share_first", "share_second"}, comparison_row),
    ({"heading", "share"}, headline_row),
    ({"question", "option", "share"}, share_row),
]
TOLD = ("tables/findings", "tables/figures", "tables/captions", "tables/proven")  # sentences; proven: test_bounds.py
STEMS = sorted(path.relative_to(OUTPUTS).with_suffix("").as_posix() for path in OUTPUTS.rglob("*.csv"))
NUMBERED = [stem for stem in STEMS if not stem.startswith(TOLD)]
AUDITS = ("tables/claims", "figures/claims")  # their verdicts: tests/stats/test_claims.py


def kind_of(stem):
    """What gives R's numbers for a row of a file."""
    if stem in ("figures/measures_paired", "figures/all_tests"):
        return turned_row
    return next((kind for columns, kind in KINDS if columns <= set(read(stem).columns)), None)


@renewed
def test_every_committed_table_is_compared():
    assert [stem for stem in NUMBERED if kind_of(stem) is None] == []
    assert {kind for _, kind in KINDS} <= {kind_of(stem) for stem in NUMBERED}
    told = [stem for stem in STEMS if stem.startswith(TOLD)]
    assert [stem for stem in told if {"low", "high", "p"} & set(read(stem).columns)] == []


@renewed
@pytest.mark.parametrize("stem", NUMBERED)
def test_committed_table_agrees_with_r(osaka, stem):
    table, kind = read(stem), kind_of(stem)
    numbers = [name for name in table.select_dtypes("number") if name not in PLACES]
    words = [name for name in table if name == "flag" or (name == "verdict" and stem not in AUDITS)]
    assert numbers
    for i, row in table.iterrows():
        found = {name: row[name] for name in [*numbers, *words]}
        agree(found, kind(osaka, row.to_dict()), f"{stem}.csv, line {i + 2}")


def keys_of(stem, *names):
    return set(read(stem)[list(names)].itertuples(index=False, name=None))


PLACES = ("family", "number")  # an empty family looks like numbers; the numbers in the picture of claims are names


@renewed
def test_r_computed_nothing_that_the_tables_leave_out():
    tests = keys_of("tables/tests", "notebook", "first", "second", "options", "test")
    ranges = {(*key, f"mcnemar_{end}") for *key, test in tests if test == "mcnemar_range" for end in ("min", "max")}
    assert {key for key in tests if key[-1] != "mcnemar_range"} | ranges == {
        key for key, record in TESTS.items() if key[-1] != "equivalence" or record["p_adjusted"] < 0.05
    }  # an equivalence test is told where it shows something
    assert keys_of("tables/comparisons", "first", "second", "option") == set(COMPARISONS)
    assert keys_of("figures/all_tests", "first", "second", "option") == set(COMPARISONS)
    assert keys_of("tables/claims", "claim") == set(CLAIMS)
    assert keys_of("figures/claims", "question", "option", "printed_in", "base") == set(PERCENTAGES)
    assert keys_of("tables/sums", "question") == set(SUMS)


@renewed
@pytest.mark.parametrize("stem", ["tables/tests", "tables/comparisons", "figures/all_tests", "tables/claims"])
def test_no_row_stands_twice(stem):
    assert not read(stem).duplicated().any()


PARTS = ("tables/q3_knowing", "figures/awareness")  # of which one answer, or those of some, are drawn


@renewed
def test_tables_of_shares_show_every_answer_once(osaka):
    tables = [stem for stem in NUMBERED if kind_of(stem) is share_row and stem not in PARTS]
    assert tables
    for stem in tables:
        table = read(stem).query("option not in ('asked', 'rest')")
        wanted = [
            (question, option) for question in table["question"].unique() for option in osaka.table(question)["option"]
        ]
        assert set(zip(table["question"], table["option"], strict=True)) == set(wanted), stem
        assert not table.duplicated(["question", "option", "base"]).any(), stem
    assert set(read("tables/q3_knowing")["option"]) == {option for _, option, on in SHARES if on == "knowing"}


def test_every_answer_to_every_question_has_its_share(osaka):
    printed = {(question, option) for question, option, on in SHARES if on == "printed"}
    assert printed == set(zip(osaka.counted["question"], osaka.counted["option"], strict=True))
    for question in osaka.questions.index:
        for row in osaka.table(question).itertuples():
            record = SHARES[question, row.option, "printed"]
            assert (row.count, row.base) == (record["count"], record["base"])


@renewed
def test_power_is_shown_for_every_difference_that_is_not():
    for notebook in ("02_supply_chain_size", "03_awareness", "06_measures"):
        told = read(f"tables/power_{notebook[:2]}")[["first", "second", "option"]].drop_duplicates()
        shown = told.itertuples(index=False, name=None)
        records = [r for r in REFERENCE["comparisons"] if r["notebook"] == notebook and r["p_adjusted"] >= 0.05]
        records = [r for r in records if r["second"] != "q8"]  # of the measures, what is done and what is wanted
        assert list(shown) == [(r["first"], r["second"], r["option"]) for r in records]


def test_contradictions_are_all_charts_that_differ():
    found = keys_of("tables/contradictions", "question", "option", "base")
    table, chart = (
        {(q, o, base): r["percent"] for (q, o, where, base), r in PERCENTAGES.items() if where == place}
        for place in ("table", "chart")
    )
    assert found == {key for key in table.keys() & chart.keys() if table[key] != chart[key]}


@renewed
def test_findings_tell_what_r_computes():
    """The numbers in sentences that stand in no table: answers pooled, and where verdicts flip."""
    said = " ".join(read("tables/findings")["finding"])
    pooled = SHARES["q2_suppliers|q2_customers", "unaware", "answers"]
    assert f"Suppliers and customers taken together, no answer included, {100 * pooled['share']:.0f}% say" in said
    for first, second in (Q2_PAIRS[0], Q2_PAIRS[2]):
        (flip,) = [
            r for r in REFERENCE["tipping_points"] if (r["first"], r["second"], r["method"]) == (first, second, "exact")
        ]
        agreement = math.ceil(100 * flip["phi"]) / 100  # rounded to the safe side
        assert f"it is significant if the two answers agree with phi = {agreement:.2f} or more" in said


# --- the helpers themselves -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared(osaka):
    """Every comparison of the notebooks, made anew: {(first, second, option): Comparison}."""
    known = list(osaka.table(CHAINS[0]).query("role == 'answer'")["option"])
    made = [comparisons.compare(osaka, *CHAINS, "over_1000", among=known)]
    made += [comparisons.compare(osaka, *pair, "aware") for pair in Q2_PAIRS]
    made += comparisons.compare_items(osaka, [("q4", "q5"), ("q4", "q8"), ("q5", "q8")])
    return {(c.first, c.second, c.option): c for c in made}


@pytest.fixture(scope="module")
def families(compared):
    """The same, adjusted within each notebook."""
    notebook = {key: record["notebook"] for key, record in COMPARISONS.items()}
    together = {}
    for name in dict.fromkeys(notebook.values()):
        members = [key for key in compared if notebook[key] == name]
        found = comparisons.family((compared[key] for key in members), name)
        together |= dict(zip(members, found, strict=True))
    return together


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


@pytest.mark.parametrize("method", [*proportions.INTERVALS, "goodman"])
def test_shares_of_every_question(osaka, method):
    """Counts, bases, shares, flags and intervals as `shares` gives them; selections stand on the firms asked."""
    single = [q for q in osaka.questions.index if osaka.question(q)["kind"] == "single"]
    for question in single if method == "goodman" else osaka.questions.index:
        selections = osaka.question(question)["unit"] == "selections"
        for row in answers.shares(osaka, question, method=method).to_dict("records"):
            record = SHARES[question, row["option"], "firms" if selections else "printed"]
            found = {name: row[name] for name in ("count", "base", "share", "flag", "low", "high")}
            agree(found, {**record, **limits(record, method)}, (question, row["option"], method))
            if selections:
                printed = SHARES[question, row["option"], "printed"]
                agree({"share": row["share_selections"], "base": row["selections"]}, printed, (question, row["option"]))
            if (question, row["option"], "all") in SHARES:
                everyone = SHARES[question, row["option"], "all"]
                agree({"share": row["share_all"]}, everyone, (question, row["option"], "all"))


def test_shares_of_those_who_know_and_who_were_asked(osaka):
    known = [option for _, option, on in SHARES if (_, on) == ("q3", "knowing")]
    for row in answers.shares(osaka, "q3", options=known, method="goodman").to_dict("records"):
        record = SHARES["q3", row["option"], "knowing"]
        found = {name: row[name] for name in ("count", "base", "share", "flag", "low", "high")}
        agree(found, {**record, **limits(record, "goodman")}, ("q3", row["option"], "knowing"))
    (row,) = answers.asked(osaka, "q7_content").to_dict("records")
    record = SHARES["q7_content", "reached", "all"]
    found = {name: row[name] for name in ("count", "base", "share", "flag", "low", "high")}
    agree(found, {**record, **limits(record, "wilson")}, "asked")


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


NUMBERS = ("statistic", "df", "p", "effect", "n", "min_expected")


def test_rows_of_tests(compared):
    seen = set()
    for record in REFERENCE["comparisons"]:
        for row in compared[record["first"], record["second"], record["option"]].tests:
            if row["test"] == "mcnemar_range":
                seen |= agree_range(record["notebook"], row)
                continue
            key = (record["notebook"], *(row[name] for name in ("first", "second", "options", "test")))
            agree({name: row[name] for name in NUMBERS}, TESTS[key], key)
            seen.add(key)
    distributions = {key for key in TESTS if "|" in key[3] and key[0] == "02_supply_chain_size"}
    assert seen == set(TESTS) - distributions
    assert len(distributions) == 4


def agree_range(notebook, row):
    """Compare a row of McNemar's range with R, which has one row for each end; the keys of both."""
    assert row["test"] == "mcnemar_range"
    record = RANGES[row["first"], row["second"], row["options"], "exact", "free"]
    found = {"p_min": row["p_low"], "p_max": row["p_high"], "verdict": row["verdict"]}
    agree(found, record, (notebook, row["options"]))
    keys = {(notebook, row["first"], row["second"], row["options"], f"mcnemar_{end}") for end in ("min", "max")}
    for key, p in zip(sorted(keys), (row["p_high"], row["p_low"]), strict=True):
        agree({"p": p, "n": row["n"], "verdict": row["verdict"]}, TESTS[key], key)
    return keys


def test_whole_distributions(osaka):
    known = list(osaka.table(CHAINS[0]).query("role == 'answer'")["option"])
    rows = [
        chisquare.homogeneity(osaka, *CHAINS, known),
        chisquare.ordered(osaka, *CHAINS, known),
        chisquare.homogeneity(osaka, *CHAINS),
        chisquare.homogeneity(osaka, *CHAINS, no_answer="keep"),
    ]
    for row in rows:
        record = TESTS["02_supply_chain_size", *CHAINS, row["options"], row["test"]]
        agree({name: row[name] for name in NUMBERS}, record, row["test"])


def test_holm_within_each_notebook(families):
    for key, record in COMPARISONS.items():
        c = families[key]
        found = dict(zip(("p_low_adjusted", "p_high_adjusted"), c.paired_adjusted, strict=True))
        agree({"p_adjusted": c.p_adjusted, "verdict_adjusted": c.verdict} | found, record, key)
        for row in c.tests:
            if row["test"] != "mcnemar_range":
                where = (record["notebook"], *(row[name] for name in ("first", "second", "options", "test")))
                agree({"p_adjusted": row["p_adjusted"]}, TESTS[where], where)


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


def test_power_is_told_of_every_difference_that_is_not_shown(families):
    table = sample_size.power(families.values())
    wanted = [key for key, record in COMPARISONS.items() if record["p_adjusted"] >= 0.05]
    told = table[["first", "second", "option"]].drop_duplicates()
    assert list(told.itertuples(index=False, name=None)) == wanted
    assert (table["base"] == 118).all()


def test_power_leaves_out_what_is_shown_at_the_level(families):
    shown = [c for c in families.values() if c.p_adjusted < 0.05]
    assert shown
    assert sample_size.power(shown).empty
    least = min(c.p_adjusted for c in shown)
    assert len(sample_size.power(shown, alpha=least)) == len(shown) * len(sample_size.PHIS)


def without_yates(table):
    return stats.chi2_contingency(table, correction=False).pvalue


def yes_or_not(osaka, first, second):
    """Pearson's p-value of one answer against everything else, no answer included."""
    said = [osaka.count(question, "aware") for question in (first, second)]
    return without_yates([[count, 118 - count] for count in said])


def test_choices(osaka, compared):
    for (first, second, option, name), record in CHOICES.items():
        options = [option] if osaka.question(first)["kind"] == "multiple" else None
        if not option:
            continue
        p = {
            "pearson": lambda *q, o: chisquare.homogeneity(osaka, *q, o)["p"],
            "no_answer_kept": lambda *q, o: chisquare.homogeneity(osaka, *q, o, "keep")["p"],
            "no_answer_with_others": lambda *q, o: yes_or_not(osaka, *q),
            "yates": lambda *q, o: stats.chi2_contingency(chisquare.contingency(osaka, *q, o)[0]).pvalue,
            "fisher": lambda *q, o: chisquare.fisher(osaka, *q, o)["p"],
        }[name](first, second, o=options)
        agree({"p": p}, record, (first, second, option, name))
    known = list(osaka.table(CHAINS[0]).query("role == 'answer'")["option"])
    halves = known[:3], known[3:]
    sizes = {
        "known": chisquare.homogeneity(osaka, *CHAINS, known)["p"],
        "halves": without_yates([[osaka.counts(q).loc[half, q].sum() for half in halves] for q in CHAINS]),
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
        numbers = ("value", "low", "high", "base", "asked")
        agree({name: row[name] for name in numbers}, CLAIMS[row["claim"],], row["claim"])
    percentages = claims.audit_percentages(osaka)
    assert len(percentages) == len(PERCENTAGES)
    for row in percentages.to_dict("records"):
        numbers = ("percent", "count", "exact", "rounded", "gap")
        agree({name: row[name] for name in numbers}, percentage_row(osaka, row), row["question"])
    assert claims.audit_sums(osaka).to_dict("records") == REFERENCE["sums"]


def test_answers_pooled(osaka):
    pooled = SHARES["q2_suppliers|q2_customers", "unaware", "answers"]
    hardly = answers.shares(osaka, *Q2_PAIRS[0], options=["unaware", "aware", "no_answer"]).query("option == 'unaware'")
    assert (hardly["count"].sum(), hardly["base"].sum()) == (pooled["count"], pooled["base"])


def test_joint_answers_of_the_claim(osaka):
    claim = CLAIMS["q2_unaware",]
    found = answers.both(osaka, *Q2_PAIRS[0], "unaware")
    agree({"low": 100 * found.both_low, "high": 100 * found.both_high}, claim, "q2_unaware")


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
