"""Every kind of finding, derived anew from the survey's folder: is it true?

A judge takes Facts and a row of findings.csv and yields complaints, none where the finding is true. What a finding says
of itself (kind, questions, options, values) must be what follows from the folder, and its sentence must say just that.
Nothing of helpers/stats or helpers/words is used. A kind without a judge is a complaint.
"""

import json
import math
import re

import numpy as np
from facts import ALPHA, Facts, stuart_maxwell
from scipy import stats

CHAIN = ["up_to_50", "51_100", "101_300", "301_500", "501_1000", "over_1000"]  # sizes of a supply chain
OWN_SIDE = ["no_standing", "should_refrain", "no_criteria"]  # obstacles that notebook 07 counts as one's own
AWARENESS = [("q2_suppliers", "q2_customers"), ("q2_linked", "q2_unlinked"), ("q2_bespoke", "q2_generic")]
MEASURES = [("q4", "q5"), ("q4", "q8"), ("q5", "q8")]
FAMILIES = ("02_supply_chain_size", "03_awareness", "06_measures")  # notebooks that compare two questions
TITLED = {
    "01_respondents": ["industry", "employees"],
    "02_supply_chain_size": ["q1_suppliers", "q1_customers"],
}  # whose titles tell two questions
KNOWING = {
    "05_end_of_support": ("q3", ["under_way", "done", "not_done"])
}  # where a table stands on a part of the answers

JUDGES = {}


def judges(*kinds):
    """Mark a function as the judge of these kinds of finding."""

    def mark(function):
        JUDGES.update(dict.fromkeys(kinds, function))
        return function

    return mark


class Row:
    """A row of findings.csv, read."""

    def __init__(self, row):
        self.notebook, self.text, self.kind = row["notebook"], str(row["finding"]), row["kind"]
        self.questions, self.options = (_split(row[name]) for name in ("questions", "options"))
        self.values = json.loads(row["values"] or "[]")


def _split(cell):
    return cell.split("|") if cell else []


def judge(facts, row, ran=()):
    """All complaints about one row of findings.csv; `ran` are the notebooks of the report."""
    row = Row(row)
    if row.kind not in JUDGES:
        return [f"no judge for the kind {row.kind!r}: {row.text}"]
    found = [*JUDGES[row.kind](facts, row, ran), *said(facts, row.text)]
    return [f"{row.notebook}, {row.kind}: {words}: {row.text} {row.options} {row.values}" for words in found]


def judge_title(facts, figure, title, findings, ran=()):
    """All complaints about a figure's title: it is a finding, or has a judge of its own, or names no number."""
    found = list(said(facts, title))
    if not any(title.rstrip(".") in text for text in findings):
        if figure not in TITLES and re.search(r"\d", re.sub("“[^”]*”", "", title)):
            found.append("no judge for this title")
        found += TITLES.get(figure, lambda *_: [])(facts, title)
    return [f"title of {figure}: {words}: {title}" for words in found]


def _of_ideas(facts, title):
    leading = facts.leaders("q10")
    yield from _lacks(
        title, *(facts.label("q10", o) for o in leading), *{percent(facts.share("q10", o)) for o in leading}
    )
    if bool(leading) == ("none was named" in title):
        yield "says of the wrong question that none was named"


def _of_overlap(facts, title):
    found = [j for j in _family(facts, "03_awareness") if not j.empty]
    yield from _lacks(title, f"{sum(j.verdict != 'undetermined' for j in found)} of {len(found)} pairs")


TITLES = {"small_business": _of_ideas, "awareness_overlap": _of_overlap}
VERDICTS = {
    "always": "significant whatever the overlap",
    "never": "not significant whatever the overlap",
    "undetermined": "undecided",
}


def judge_notes(facts, drawn):
    """Complaints about the headings of the pairs of awareness: the difference of the dots, and what is decided."""
    for found in _family(facts, "03_awareness"):
        pair = found.pair
        (note,) = drawn.loc[drawn["question"].isin((pair.first, pair.second)), "note"].unique()
        apart = _points(facts.share(pair.first, "aware") - facts.share(pair.second, "aware"))
        if f": {apart} points" not in note:
            yield f"the note should tell of {apart}: {note}"
        tested = not facts.census and not found.empty
        decided = VERDICTS[found.verdict] if not facts.raw else "significant" if found.shown else "not shown"
        if tested != note.endswith(f", {decided}"):
            yield f"the note should end with {decided}: {note}"


# --- what may be said at all -----------------------------------------------------------------------------------------

ONLY_TOTALS = ("only totals", "whatever the overlap", "somewhere in", "totals do not tell", "totals alone prove")
ONLY_RAW = ("answered both", "to the first only", "McNemar, p = ", "by the answers of the same")
TESTING = ("significan", "undecided", "interval", "p = ", "p < ", "not shown", "ruled out")


def said(facts, text):
    """Complaints about words that do not go with the kind of data or sample; for findings, titles and notes alike."""
    words = re.sub(r"“[^”]*”", "“”", text)
    if re.search(r"\bnan\b|\binf\b|NaN", words):
        yield "says a number that is none"
    if facts.raw:
        yield from (f"raw answers are there, it says “{part}”" for part in ONLY_TOTALS if part in words)
    else:
        yield from (f"from totals it says “{part}”" for part in ONLY_RAW if part in words)
    if facts.census and "nothing is tested" not in words:
        yield from (f"everyone answered, it says “{part}”" for part in TESTING if part in words)
    if "All else counts each respondent once" in words and "questions" in words.partition("All else")[2]:
        yield "comparisons of two questions are weighted"
    sample = facts.about.get("sample", "self_selected")
    if sample != "random" and "drawn at random" in words:
        yield "says that respondents were drawn"
    if sample != "self_selected" and "chose to answer" in words:
        yield "says that respondents chose to answer"
    if sample != "census" and "All" in words and "answered: the shares are facts" in words:
        yield "says that everyone answered"


def percent(share):
    """A share in whole percent, halves rounded up."""
    return f"{math.floor(share * 100 + 0.5 + 1e-9)}%"


def _span(low, high):
    return f"{percent(low)[:-1]}–{percent(high)}"


def _points(difference):
    size = math.floor(abs(difference) * 100 + 0.5 + 1e-9)
    return f"{'−' if difference < 0 and size else '+' if size else ''}{size}"


def _lacks(text, *parts):
    yield from (f"does not say {part!r}" for part in parts if part not in text)


def _differ(name, found, expected):
    if len(found) != len(expected) or not np.allclose(found, expected, atol=1e-9, rtol=0, equal_nan=True):
        yield f"{name} should be {list(expected)}"


def _same(name, found, expected):
    if list(found) != list(expected):
        yield f"{name} should be {list(expected)}"


def _p_said(text, p):
    """Complaints unless a text names this p-value, rounded and on the same side of ALPHA."""
    said = re.findall(r"p (= |< )?(< )?([\d.]*\d)", text)
    if not any(_is_rounded(number, p, "<" in sign + below) for sign, below, number in said):
        yield f"does not say p = {p}"


def _is_rounded(number, p, below):
    if below:
        return number == "0.001" and p < 0.001
    unit = 10.0 ** -len(number.partition(".")[2])
    near = abs(float(number) - p) <= unit / 2 + 1e-9
    return near and ((float(number) < ALPHA) == (p < ALPHA) or math.isclose(p, ALPHA))


def _evidence(facts, question, option, among=None):
    """The numbers behind a share as a sentence says them: "(71 of 118 firms"."""
    count, base = facts.count(question, option), facts.base(question, among)
    noun = facts.noun[0 if base == 1 else 1]
    return f"({'weighted; ' if facts.weights is not None else ''}{count:,} of {base:,} {noun}"


# --- the most frequent answers ---------------------------------------------------------------------------------------


@judges("most_frequent", "most_frequent_offered")
def most_frequent(facts, row, ran):
    """The leading answers, ties named; one of another role that is as large is named, or the sentence is about offers."""
    among = KNOWING[row.notebook][1] if row.notebook in KNOWING else None
    leading = {question: facts.leaders(question, among) for question in row.questions}
    options = [(q, o) for q, leaders in leading.items() for o in leaders]
    one = re.search("The most frequent answer|given most", row.text)  # else a title, of one question or several
    larger = _larger(facts, row.questions[0], among) if one else []
    if row.kind == "most_frequent" and larger:
        yield f"{larger} of another role is as large"
    aside = [(row.questions[0], o) for o in larger if o in row.options] if row.kind == "most_frequent_offered" else []
    if larger and not aside:
        yield "does not name the larger answer of another role"
    if not all(leading.values()):
        yield "nobody gave an answer that was offered"
    if not one:
        yield from _none_named(facts, row)
    yield from _same("options", row.options, dict.fromkeys(o for _, o in [*options, *aside]))
    yield from _differ("values", row.values, [facts.share(q, o, among) for q, o in [*options, *aside]])
    for q, o in [*options, *aside]:
        yield from _lacks(row.text, facts.label(q, o), percent(facts.share(q, o, among)))
    if one and options:
        yield from _lacks(row.text, _evidence(facts, *options[0], among))
        yield from _next(facts, row, [o for _, o in options], among)
    if row.kind == "most_frequent_offered" and not re.search("offered|that are known", row.text):
        yield "does not say of which answers"


def _none_named(facts, row):
    """Complaints where a title says that none was named, and somebody named one, or the reverse."""
    asked = TITLED.get(row.notebook, row.questions)
    if ("none was named" in row.text) != (not all(facts.leaders(q) for q in asked)):
        yield "says of the wrong question that none was named"


def _larger(facts, question, among):
    """Options of other roles that are at least as large as the leaders."""
    rest = [o for o in facts.offered(question, "none", "other", "undisclosed") if not among or o in among]
    most = max((facts.share(question, o, among) for o in facts.offered(question, "answer")), default=0)
    return [o for o in rest if facts.share(question, o, among) >= most - 1e-9]


def _next(facts, row, leaders, among):
    """The answers after the leading ones, where the sentence names them."""
    after = row.text.partition("followed by ")[2]
    question = row.questions[0]
    rest = [o for o in facts.offered(question) if o not in leaders and facts.role(question, o) != "no_answer"]
    rest = {o: facts.share(question, o, among) for o in rest if not among or o in among}
    most = max(rest.values(), default=0)
    if after:
        named = [o for o, share in rest.items() if abs(share - most) < 1e-9]
        yield from _lacks(after, percent(most), *(f"“{facts.label(question, o)}”" for o in named))
        yield from _lacks(after, _evidence(facts, question, named[0], among))
    elif row.kind == "most_frequent" and most > 0:
        yield "does not name the next answer"


@judges("most_frequent_by_side")
def most_frequent_by_side(facts, row, ran):
    """The leading obstacles on one's own side and on the partners', ties named."""
    offered = facts.offered("q6", "answer")
    sides = [_most(facts, "q6", [o for o in offered if (o in OWN_SIDE) == own]) for own in (True, False)]
    if all(sides) == ("none was named" in row.text):
        yield "says of the wrong side that none was named"
    yield from _same("options", row.options, [*sides[0], *sides[1]])
    yield from _differ("values", row.values, [facts.share("q6", o) for side in sides for o in side])
    for side in sides:
        yield from _lacks(row.text, *(percent(facts.share("q6", o)) for o in side))
        yield from _lacks(row.text, *(_brief(facts.label("q6", o)) for o in side))


def _most(facts, question, options):
    """Those of the options with the largest share, on the base of all that were asked."""
    shares = {o: facts.share(question, o) for o in options}
    most = max(shares.values(), default=0)
    return [o for o, share in shares.items() if most > 0 and abs(share - most) < 1e-9]


def _brief(label):
    return re.sub(r"\s*\(.*\)\s*$", "", label) or label


@judges("range_of_mean")
def range_of_mean(facts, row, ran):
    """The reasons with the largest mean share over the groups, ties named, from their smallest to their largest share."""
    values, options = [], []
    for status in ("aware", "unaware"):
        asked = [q for q in facts.questions if q.endswith(f"_why_{status}")]
        means = {o: np.mean([facts.share(q, o) for q in asked]) for o in facts.offered(asked[0], "answer")}
        leading = [o for o, mean in means.items() if mean > 0 and abs(mean - max(means.values())) < 1e-9]
        if not leading and f"{'largely' if status == 'aware' else 'hardly'} aware, no reason offered" not in row.text:
            yield f"nobody gave a reason for being {status}"
        for option in leading:
            shares = [facts.share(q, option) for q in asked]
            yield from _lacks(row.text, f"“{facts.label(asked[0], option)}”", _span(min(shares), max(shares)))
            values, options = [*values, *shares], [*options, option]
    yield from _same("options", sorted(row.options), sorted(options))
    yield from _differ("values", sorted(row.values), sorted(values))


# --- shares ----------------------------------------------------------------------------------------------------------


@judges("range")
def spread(facts, row, ran):
    """The share of one answer in several questions: the largest, and the range of the others."""
    (option,) = row.options
    shares = sorted(((facts.share(q, option), q) for q in row.questions), reverse=True)
    yield from _differ("values", row.values, [share for share, _ in shares])
    best, rest = shares[0][0], [share for share, _ in shares[1:]]
    names = [facts.short(q) for share, q in shares if abs(share - best) < 1e-9]
    if not any(name.lower() in row.text.lower() for name in names):
        yield f"does not name one of {names}"
    yield from _lacks(row.text, f"{percent(best)} of the", _span(min(rest), max(rest)))


@judges("share")
def share(facts, row, ran):
    """Shares of answers, each with its own numbers; where several are added up, their sums."""
    pairs = [(q, o) for q in row.questions for o in row.options if o == "asked" or (q, o) in facts.counted]
    yield from _differ("values", sorted(row.values), sorted(facts.share(*pair) for pair in pairs))
    single = {percent(facts.share(*pair)) for pair in pairs}
    sums = {percent(sum(facts.share(q, o) for o in row.options)) for q in row.questions if len(row.options) > 1}
    yield from _lacks(row.text, *(sums or single))
    for number in re.findall(r"(\d[\d,]*) of (\d[\d,]*) ", row.text):
        if tuple(int(n.replace(",", "")) for n in number) not in {(facts.count(*p), _base(facts, *p)) for p in pairs}:
            yield f"{number} are not the count and base"


def _base(facts, question, option):
    return facts.n if option == "asked" else facts.put(question)


@judges("share_sum")
def share_sum(facts, row, ran):
    """Several answers of a question added up; a sum that is written out adds up as it is written."""
    (question,) = row.questions
    total = sum(facts.share(question, o) for o in row.options)
    known = sum(facts.count(question, o) for o in KNOWING["05_end_of_support"][1]) if row.notebook in KNOWING else None
    yield from _differ("values", row.values, [total] if known is None else [total, known])
    yield from _lacks(row.text, percent(total), *([] if known is None else [f"{known} know"]))
    written = re.search(r"(\d+)%[^(]*\((\d+%(?: \+ \d+%)+)\)", row.text)
    if written and int(written[1]) != sum(int(part) for part in re.findall(r"\d+", written[2])):
        yield "the sum does not add up"
    if known is None:
        for option in row.options:
            yield from _lacks(row.text, percent(facts.share(question, option)), _evidence(facts, question, option))


@judges("pooled")
def pooled(facts, row, ran):
    """One answer to two questions, taken together: the mean of two shares with the same base."""
    mean = np.mean([facts.share(q, *row.options) for q in row.questions])
    yield from _differ("values", row.values, [mean])
    yield from _lacks(row.text, percent(mean))
    silent = sum(facts.count(q, o) for q in row.questions for o in facts.offered(q, "no_answer"))
    if silent and "all answers" in row.text:
        yield "counts those that gave no answer as answers"


@judges("both")
def both(facts, row, ran):
    """Who gave an answer to both questions, and to at least one: known from raw answers, bounded by totals."""
    (option,), n = row.options, facts.n
    if facts.raw:
        one, other = (facts.said(q, option) for q in row.questions)
        number = [float(np.average(x, weights=facts.weights)) for x in (one & other, one | other)]
        yield from _differ("values", row.values, np.repeat(number, 2))
        yield from _lacks(row.text, *map(percent, number))
        return
    x, y = (facts.count(q, option) for q in row.questions)
    limits = [max(0, x + y - n) / n, min(x, y) / n, max(x, y) / n, min(n, x + y) / n]
    yield from _differ("values", row.values, limits)
    yield from _lacks(row.text, f"somewhere in {_span(*limits[:2])}", f"somewhere in {_span(*limits[2:])}")


@judges("bounds")
def bounds(facts, row, ran):
    """How many gave at least one of several answers: counted in raw answers, bounded by totals."""
    (question,) = row.questions
    counts, put = [facts.count(question, o) for o in row.options], facts.put(question)
    low, high = max(counts), min(sum(counts), put)
    if facts.raw:
        low = high = int(np.any([facts.said(question, o) for o in row.options], axis=0).sum())
    yield from _differ("values", row.values, [low, high])
    if low < high:
        yield from _lacks(row.text, f"between {low} and {high}")
    elif f" {low} " not in row.text or "between" in row.text.lower():
        yield f"does not say that it is {low}"
    yield from _lacks(row.text, f"{put:,} {facts.noun[0 if put == 1 else 1]}")


@judges("largest_rise")
def largest_rise(facts, row, ran):
    """The measures whose share rises most from one question to another, ties named; none where none rises."""
    options = [o for o in facts.offered("q4", "answer") if o in facts.offered("q5") and o in facts.offered("q8")]
    gaps = {o: facts.share("q5", o) - facts.share("q4", o) for o in options}
    most = max(gaps.values())
    leading = [o for o, gap in gaps.items() if abs(gap - most) < 1e-8]
    yield from _differ("values", row.values, [round(most, 9)])
    yield from _same("options", row.options, leading)
    if (most > 1e-9) != row.text.startswith("Furthest"):
        yield f"the largest difference is {most}"
    if most > 1e-9:
        for o in leading:
            numbers = f"({percent(facts.share('q4', o))} do it, {percent(facts.share('q5', o))} want it)"
            yield from _lacks(row.text, f"“{_brief(facts.label('q4', o))}” {numbers}")


# --- two questions compared ------------------------------------------------------------------------------------------


def _family(facts, notebook):
    """The comparisons of a notebook, adjusted together; reckoned once."""
    if notebook not in facts.families:
        facts.families[notebook] = _reckoned(facts, notebook)
    return facts.families[notebook]


def _reckoned(facts, notebook):
    if notebook.startswith("02_supply"):
        return facts.family([("q1_suppliers", "q1_customers", CHAIN[-1])], among=CHAIN)
    if notebook.startswith("03_awareness"):
        return facts.family([(*pair, "aware") for pair in AWARENESS])
    triples = [(a, b, o) for a, b in MEASURES for o in facts.offered(a) if o in facts.offered(b)]
    return facts.family(triples)


def _one_of(facts, row):
    wanted = (*row.questions, *row.options)
    found = [j for j in _family(facts, row.notebook) if (j.pair.first, j.pair.second, j.pair.option) == wanted]
    return found[0] if found else None


@judges("difference_shown", "difference_not_shown", "difference_fact")
def difference(facts, row, ran):
    """Two shares, their difference, and whether the leading test shows it after adjustment."""
    found = _one_of(facts, row)
    if found is None:
        yield "compares what no family holds"
        return
    pair, expected = found.pair, "difference_shown" if found.shown else "difference_not_shown"
    expected = "difference_fact" if facts.census else expected
    if row.kind != expected:
        yield f"should be {expected}: adjusted p {found.p}"
    yield from _differ("values", row.values, [*pair.shares, pair.difference])
    first, second = (percent(s) for s in pair.shares)
    if facts.weights is None:
        first, second = f"{first} ({pair.x:,} of {pair.n1:,})", f"{second} ({pair.y:,} of {pair.n2:,})"
    yield from _lacks(row.text, first, second, f"difference of {_points(pair.difference)} percentage points")
    if not facts.census:
        yield from _p_said(row.text, found.p)
        significant = "it is significant" in row.text
        if significant != found.shown or (found.shown and "not shown" in row.text):
            yield "the words do not go with the test"
        if ("ruled out" in row.text) != (found.small < ALPHA and not found.shown):
            yield f"10 points are ruled out with p {found.small}"
        if not pair.joint and not re.search("read as answers of different|ruled out", row.text):
            yield "does not say that the test takes the answers as those of different respondents"
        if pair.joint:
            test = [] if pair.weighted or "ruled out" in row.text else ["McNemar"]
            yield from _lacks(row.text, f"among the {pair.n:,} ", *test)
        if pair.weighted and "McNemar" in row.text:
            yield "the weighted difference decides, and not McNemar's test"


@judges("paired_always", "paired_never", "paired_undetermined")
def paired(facts, row, ran):
    """What is decided of paired answers, and by which p-values."""
    found = _one_of(facts, row)
    if found is None or facts.census:
        yield "nothing is tested here"
        return
    pair = found.pair
    if row.kind != f"paired_{found.verdict}":
        yield f"should be paired_{found.verdict}"
    yield from _differ("values", row.values, [found.low, found.high])
    if facts.raw and not pair.joint:
        yield from _lacks(row.text, "nobody answered both questions")
        return
    for p in (found.low, found.high):
        yield from _p_said(row.text.replace(" to ", " p "), p)
    if pair.joint:
        noun = facts.noun
        numbers = [f"{k:,} {noun[0 if k == 1 else 1]}" for k in (pair.b, pair.c, pair.n)]
        yield from _lacks(row.text, f"{numbers[0]} gave", f"{numbers[1]} to the second only", f"(of {numbers[2]}")
        yield from _lacks(
            row.text, "weighted" if pair.weighted else "McNemar", "significant" if found.shown else "not shown"
        )
        return
    words = {"always": "paired: significant", "never": "paired: not significant", "undetermined": "paired: undecided"}
    yield from _lacks(row.text, words[found.verdict])
    yield from _tipping(pair, row.text)


def _tipping(pair, text):
    """Where the difference of the totals turns significant: over all tables with it, in the order of their agreement."""
    said = re.search(r"phi = (−?[\d.]+) or more, and not if with (−?[\d.]+) or less", text)
    if not said:
        return
    more, less = (float(number.replace("−", "-")) for number in said.groups())
    n = pair.facts.n
    m1, m2 = n - pair.n1, n - pair.n2
    no1, no2 = pair.n1 - pair.x, pair.n2 - pair.y
    d = min(max(pair.x - pair.y, -min(no1, pair.y)), min(pair.x, no2))
    for b in range(max(d, 0), min(pair.x, no2) + 1):
        c = b - d
        if not (0 <= c <= min(no1, pair.y)):
            continue
        yes, no = pair.x - b, min(no1 - c, no2 - b)
        product = (yes + b) * (c + no) * (yes + c) * (b + no)
        if product <= 0 or ((m1 or m2) and (yes < 0 or no < 0)):
            continue
        phi = (yes * no - b * c) / math.sqrt(product)
        p = float(stats.binomtest(b, b + c).pvalue) if b + c else 1.0
        if (phi >= more and p >= ALPHA) or (phi <= less and p < ALPHA):
            yield f"with {b} and {c}, phi {phi:.3f}, p is {p:.4f}"
            return


@judges("test_shown", "test_not_shown")
def sizes_tested(facts, row, ran):
    """The sizes of two sides as a whole: Stuart and Maxwell's test of raw answers, else Pearson's chi-square."""
    sides, known = row.questions, CHAIN
    table = np.array([[facts.count(q, o) for o in known] for q in sides])
    table = table[:, table.sum(axis=0) > 0]
    testable = table.shape[1] > 1 and table.sum(axis=1).all()
    pearson = float(stats.chi2_contingency(table, correction=False).pvalue) if testable else 1.0
    p = stuart_maxwell(*(facts.responses[q].astype(object) for q in sides), known) if facts.raw else pearson
    yield from _same("options", row.options, known)
    yield from _differ("values", row.values, [p])
    if (row.kind == "test_shown") != (p < ALPHA) or ("differ significantly" in row.text) != (p < ALPHA):
        yield f"p is {p}"
    yield from _p_said(row.text.partition("by the order")[0], pearson)
    if testable:
        first, second = (np.repeat(np.arange(len(known)), [facts.count(q, o) for o in known]) for q in sides)
        ranked = stats.mannwhitneyu(second, first, use_continuity=False, method="asymptotic")
        yield from _p_said(row.text.partition("by the order")[2].partition("chance")[0], float(ranked.pvalue))
        yield from _lacks(row.text, f"the larger {percent(ranked.statistic / (len(first) * len(second)))}")
    if facts.raw:
        yield from _p_said(row.text.partition("by the answers of")[2], p)


@judges("tests_shown")
def tests_shown(facts, row, ran):
    """Of one pair of questions, the answers whose difference is significant after adjustment."""
    own = [j for j in _family(facts, row.notebook) if [j.pair.first, j.pair.second] == row.questions]
    shown = [j for j in own if j.shown]
    yield from _same("options", row.options, [j.pair.option for j in shown])
    yield from _differ("values", row.values, [j.pair.difference for j in shown])
    yield from _lacks(row.text, f"differ significantly: {len(shown)} of {len(own)}")
    yield from _lacks(row.text, *(_brief(facts.label(j.pair.first, j.pair.option)) for j in shown))
    yield from _lacks(row.text, "among those that answered both" if facts.raw else "read as answers of different")


@judges("verdicts")
def verdicts(facts, row, ran):
    """How many differences are decided which way: of one notebook's family, or of all."""
    asked = [row.notebook] if not row.notebook.startswith("14_summary") else [n for n in ran if n in FAMILIES]
    found = [j.verdict for notebook in asked for j in _family(facts, notebook) if not j.empty]
    often = [found.count(verdict) for verdict in ("always", "never", "undetermined")]
    yield from _differ("values", row.values, [len(found), *often])
    numbers = [int(n) for n in re.findall(r"\d+", row.text)]
    expected = [len(found), *often] if not facts.raw else [len(found), often[0]]
    if sorted(numbers) != sorted(expected):
        yield f"the numbers should be {expected}"


# --- what others wrote -----------------------------------------------------------------------------------------------


@judges("noted")
def noted(facts, row, ran):
    """A count of the publisher's beside the table's: how many must have given both answers."""
    claims = facts._read("claims.csv")
    exact = (claims["kind"] == "any_count") & (claims["relation"] == "equals")
    claim = claims[exact & claims["terms"].str.startswith("q7_damage")].iloc[0]
    number, spared = int(claim["value"]), sum(facts.count("q7_damage", o) for o in facts.offered("q7_damage", "none"))
    expected = [number, spared, max(0, number + spared - facts.put("q7_damage"))]
    yield from _differ("values", row.values, expected)
    yield from _lacks(row.text, f"counts {number} as", f"{spared} named", f"at least {expected[2]} gave")


def _printed(facts):
    """The printed percentages beside those that the counts give."""
    printed = facts._read("published.csv").astype({"base": int, "percent": float})
    counts = [facts.counted[q, o] for q, o in printed[["question", "option"]].itertuples(index=False)]
    exact = [math.floor(100 * k / base + 0.5 + 1e-9) for k, base in zip(counts, printed["base"], strict=True)]
    return printed.assign(right=printed["percent"] == exact, exact=exact)


@judges("count")
def printed_right(facts, row, ran):
    """How many of the printed percentages are the exact ones, rounded."""
    right = _printed(facts)["right"]
    yield from _differ("values", row.values, [right.sum(), len(right)])
    yield from _lacks(row.text, f"{right.sum()} of {len(right)} ")


@judges("charts")
def charts(facts, row, ran):
    """How many percentages from charts are not those of their table, and for how many the chart's sum explains it."""
    printed = _printed(facts)
    keys = ["question", "option", "base"]
    wide = printed.pivot_table(index=keys, columns="printed_in", values="percent").dropna().reset_index()
    differ = wide[wide["chart"] != wide["table"]]
    forced = 0
    for question, rows in differ.groupby("question"):
        whole = [facts.count(question, o) for o in facts.offered(question)]
        base = int(facts.questions[question]["base"])
        total = sum(math.floor(100 * k / base + 0.5 + 1e-9) for k in whole)
        moved = (rows["chart"] - rows["table"]).sum()
        forced += len(rows) if sum(whole) == base and total != 100 and moved == 100 - total else 0
    expected = [len(differ), int((printed["printed_in"] == "chart").sum()), forced]
    yield from _differ("values", row.values, expected)
    yield from _lacks(row.text, f"{expected[0]} of {expected[1]} ", f"for {forced} of")


PLAIN, EXACT = ("percent", "count", "reach"), ("rounds_to", "equals", "at_least", "more_than")


@judges("audited")
def audited(facts, row, ran):
    """How many claims hold: all are counted, each once, and plain shares and counts are judged anew."""
    claims = facts._read("claims.csv")
    total, fails, undecided, rounded, holds, aside = (int(value) for value in [*row.values, *[-1] * 6][:6])
    if total != len(claims) or total != sum(row.values[1:]):
        yield f"there are {len(claims)} claims"
    if aside != claims["kind"].isin(["outside", "frame", "open"]).sum():
        yield "more or fewer claims are not judged"
    plain = [_claim(facts, c) for c in claims.to_dict("records") if c["kind"] in PLAIN and c["relation"] in EXACT]
    least = [plain.count(verdict) for verdict in ("holds", "rounded", "fails")]
    if any(found < expected for found, expected in zip((holds, rounded, fails), least, strict=True)):
        yield f"of plain shares and counts alone {least} hold, hold when rounded, and fail"
    numbers = [int(n) for n in re.findall(r"\d+", row.text)]
    yield from _same("numbers", numbers, [total, holds, rounded, fails, undecided, aside])


def _claim(facts, claim):
    """The verdict on a claim of one share or count."""
    terms = [tuple(term.split("=")) for term in claim["terms"].split("|")]
    if claim["kind"] == "reach":
        count, base = facts.put(terms[0][0]), facts.n
    else:
        count = sum(facts.counted[term] for term in terms)
        base = 100 if claim["kind"] == "count" else int(facts.questions[terms[0][0]]["base"])
    exact, stated = 100 * count / base, float(claim["value"])
    near = math.floor(exact + 0.5 + 1e-9)
    if claim["relation"] in ("rounds_to", "equals"):
        return "holds" if near == stated else "fails"
    more = (lambda x: x >= stated) if claim["relation"] == "at_least" else (lambda x: x > stated)
    return "holds" if more(exact) else "rounded" if more(near) else "fails"


# --- two surveys, crosstabs, and what says nothing -------------------------------------------------------------------


@judges("tests")
def tests(facts, row, ran):
    """How many of the tests made are significant after adjustment; those that are named are."""
    shown = sum(value <= ALPHA for value in row.values)  # what is told rounded up is "at most"
    if row.text.startswith(("Then, in this order", "Shown, but by no single answer")):
        if shown < len(row.values):
            yield "names a test that is not significant"
        return
    numbers = [int(n) for n in re.findall(r"\d+", row.text.replace("5% level", ""))]
    if row.values and (sorted(numbers[:2]) != sorted([shown, len(row.values)]) or facts.census):
        yield f"{shown} of {len(row.values)} are significant"


@judges("strongest")
def strongest(facts, row, ran):
    """The share that stands out most among the groups, and that of all others, which is lower."""
    if len(row.values) != 2:
        yield "values should be two shares"
        return
    share, rest = row.values
    if share <= rest or facts.census:
        yield "is not above all others"
    yield from _lacks(row.text, f"{math.floor(100 * share + 0.5 + 1e-9)}%", f"{math.floor(100 * rest + 0.5 + 1e-9)}%")


@judges("largest_difference")
def largest_difference(facts, row, ran):
    """The answer whose share differs most from the baseline's."""
    (question,), (option,) = row.questions, row.options
    other = Facts(facts.folder.with_name(facts.about["baseline"]))
    gaps = {}
    for q in (q for q in facts.questions if q in other.questions):
        shared = [o for o in facts.offered(q) if o in other.offered(q) and facts.role(q, o) != "no_answer"]
        among = [f.answers(q) if f.kind(q) == "single" else None for f in (facts, other)]
        if among[0] and {*among[0]} != {*among[1]}:
            continue
        for o in shared:
            first, second = (f.share(q, o, a) for f, a in zip((facts, other), among, strict=True))
            gaps[q, o] = (first - second, first, second)
    found, first, second = gaps[question, option]
    both = zip((facts, other), (facts.answers(question), other.answers(question)), strict=True)
    bases = [f.base(question, a if f.kind(question) == "single" else None) for f, a in both]
    if min(bases) < 30:
        yield f"a headline on bases of {bases}"
    larger = [gap for gap, *_ in gaps.values() if abs(gap) > abs(found) + 1e-9]
    if any(abs(gap) > 2 * abs(found) for gap in larger):  # those that are larger are not shown by a test
        yield f"{larger} are larger"
    yield from _differ("values", row.values, [first])
    yield from _lacks(
        row.text, f"{percent(first)} here, {percent(second)} in the baseline, {_points(found)} percentage"
    )


@judges("fit")
def fit(facts, row, ran):
    """The mix of answers against that of the population that was given: words and p go together."""
    p = row.values[0]
    yield from _p_said(row.text, p)
    if len(row.values) > 1:
        yield "has more than one p-value"
    if ("is not shown" in row.text) != (p >= ALPHA):
        yield f"p is {p}"


@judges("none")
def nothing(facts, row, ran):
    """A sentence that claims nothing: it names no share and no test."""
    if re.search(r"\d%|significan|differs?\b|p [=<]", row.text):
        yield "claims something"
    if row.text.startswith("None of the answers offered") and (given := _given(facts, row)):
        yield f"{given} were given"
    if row.text.startswith("Everyone answered") and not facts.census:
        yield "not everyone answered"
    among = CHAIN if row.notebook.startswith("02_supply") else None
    if "nobody answered one of the two" in row.text and all(
        facts.base(q, among or facts.answers(q)) for q in row.questions
    ):
        yield "somebody answered both questions"
    if row.values:
        yield "states values"


def _given(facts, row):
    return [o for q in row.questions for o in facts.offered(q, "answer") if facts.count(q, o)]
