"""Made-up questionnaires of several kinds, with their answers, for tests of what the report makes of any of them."""

import numpy as np
import pandas as pd

ABOUT = """\
title_en = "A made-up survey"
title_ja = "架空の調査"
publisher_en = "Nobody"
publisher_ja = "架空の団体"
fieldwork_en = "never"
fieldwork_ja = "なし"
population_en = "made-up {noun}"
population_ja = "架空の回答者"
respondents = {n}
source_en = "made up"
source_ja = "架空"
respondent_en = ["{one}", "{noun}"]
respondent_ja = ["生徒", "人"]
"""
NO_ANSWER = {"no_answer": ("No answer", "no_answer")}


def options(*labels, **others):
    """An option set: {id: (label, role)}; `others` are ids of other roles."""
    return {f"o{i}": (label, "answer") for i, label in enumerate(labels, start=1)} | {
        role: (role.replace("_", " ").capitalize(), role) for role in others
    }


SCALE = options("Very", "Rather", "Hardly", "Not at all", no_answer=1)
LIST = options("Books", "Films", "Games", none=1, other=1)


def question(name, topic, kind, offered, set_name, asked_if="", use="", scores=None):
    """A row of questions.csv with what it offers and the `scores` of its options, {id: text}."""
    row = {"question": name, "topic": topic, "kind": kind, "options": set_name, "asked_if": asked_if, "use": use}
    return row | {"offered": offered, "scores": scores or {}}


def totals_only():
    """A few questions of every shape, counts only."""
    asked = [question(f"like_{x}", "liking", "single", SCALE, "scale") for x in ("maths", "music", "sport")]
    asked += [question(f"spare_{x}", "spare_time", "multiple", LIST, "list") for x in ("week", "holiday")]
    asked.append(question("club", "spare_time", "single", options("Yes", "No", no_answer=1), "yes_no"))
    asked.append(question("club_why", "spare_time", "multiple", options("Friends", "Fun", other=1), "why", "club=o1"))
    return asked


def single_only():
    return [question(f"q{i}", "one", "single", options("A", "B", "C"), f"set{i}") for i in range(4)]


def one_answer():
    """Questions that offer one ordinary answer only."""
    return [
        question("only", "one", "single", options("Yes", no_answer=1), "only"),
        question("ticked", "one", "multiple", options("Ticked"), "ticked"),
    ]


def long():
    """120 questions in six topics, among them one of forty options and labels of three hundred characters."""
    asked = []
    for topic in range(6):  # 20 questions in each
        asked += [question(f"b{topic}_{i}", f"topic_{topic}", "single", SCALE, "scale") for i in range(12)]
        asked += [question(f"m{topic}_{i}", f"topic_{topic}", "multiple", LIST, "list") for i in range(7)]
        wide = options(*(f"Option {i} " + "long label " * 27 for i in range(40)))
        asked.append(question(f"w{topic}", f"topic_{topic}", "multiple", wide, f"wide{topic}"))
    return asked


def rich():
    """What a codebook can say beyond that: scores, an index, a number, groups, and a question put after two answers."""
    agree = dict(zip(("o1", "o2", "o3", "o4", "o5"), "54321", strict=True))
    moods = {"o1": "1", "o2": "0", "o3": "-1"}
    jobs = options("Full time", "Part time", "None", no_answer=1)
    asked = [question("age_group", "who", "single", options("Under 30", "30 to 59", "60 or more"), "ages", use="break")]
    asked.append(question("age", "who", "number", {}, ""))
    asked.append(question("job", "work", "single", jobs, "jobs"))
    asked.append(question("hours", "work", "number", {}, "", "job=o1|job=o2"))
    labels = ("Agree", "Rather agree", "Neither", "Rather not", "Not")
    asked += [
        question(f"fine_{x}", "views", "single", options(*labels, no_answer=1), "agree", scores=agree)
        for x in ("pay", "team", "tools", "place")
    ]
    asked.append(question("outlook", "views", "single", options("Better", "Same", "Worse"), "mood", scores=moods))
    asked += [question(f"use_{x}", "views", "multiple", LIST, "list") for x in ("now", "soon")]
    return asked


KINDS = {"rich": rich, "totals": totals_only, "single": single_only, "one_answer": one_answer, "long": long}


def write(folder, asked, n=60, seed=1, raw=False, weights=False, noun=("student", "students"), no_one=False, lang=""):
    """Write a survey folder with random answers of n respondents; with `raw`, the answers themselves too; with `lang` in
    one language only.
    """
    folder.mkdir(parents=True)
    answers = draw(asked, n, np.random.default_rng(seed), no_one)
    one, many = noun
    (folder / "survey.toml").write_text(ABOUT.format(n=n, one=one, noun=many), encoding="utf-8")
    codebook, offered, counts = [], {}, []
    for q in asked:
        words = f"What of {q['question'].replace('_', ' ')}?"
        texts = {"text_en": words, "text_ja": words, "short_en": q["question"], "short_ja": q["question"]}
        kept = {key: q[key] for key in ("question", "topic", "kind", "options", "asked_if", "use")}
        base = answers[q["question"]].notna().sum() if q["kind"] == "number" else ""
        codebook.append({**kept, "base": base, "unit": "respondents", "answered_any": "", **texts})
        for order, (option, (label, role)) in enumerate(q["offered"].items(), start=1):
            row = {"options": q["options"], "option": option, "order": order, "role": role}
            row["score"] = q["scores"].get(option, "")
            offered[q["options"], option] = {**row, "label_en": label, "label_ja": label}
            counts.append({"question": q["question"], "option": option, "count": count(answers, q, option)})
    for name, rows in (("questions", codebook), ("options", offered.values()), ("counts", counts)):
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    if lang:
        in_one_language(folder, lang)
    if raw:
        if weights:
            answers.insert(1, "weight", np.random.default_rng(seed).uniform(0.3, 3, n))
        answers.to_parquet(folder / "responses.parquet")
    return folder


def in_one_language(folder, lang):
    """Take the other language out of a folder."""
    gone = {"en": "ja", "ja": "en"}[lang]
    for name in ("questions", "options"):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        table.drop(columns=[c for c in table if c.endswith(f"_{gone}")]).to_csv(folder / f"{name}.csv", index=False)
    path = folder / "survey.toml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if f"_{gone} =" not in line]
    path.write_text("\n".join([*kept, ""]), encoding="utf-8")
    return folder


def draw(asked, n, rng, no_one=False):
    """Random answers, as the raw answers of a survey folder."""
    found = {"respondent": [f"r{i}" for i in range(n)]}
    for q in asked:
        put = np.ones(n, dtype=bool)
        if q["asked_if"]:
            leading = q["asked_if"].partition("=")[0]
            led = [term.partition("=")[2] for term in q["asked_if"].split("|")]
            put = np.array([answer in led for answer in found[leading]] if leading in found else [True] * n)
        ids = list(q["offered"])
        if q["kind"] == "number":
            found[q["question"]] = np.where(put & (rng.random(n) < 0.95), rng.gamma(4, 9, n).round(), np.nan)
            continue
        if q["kind"] == "single":
            ordinary = [o for o in ids if q["offered"][o][1] == "answer"]
            chances = (
                rng.dirichlet(np.ones(len(ids))) if not no_one else np.array([o == ordinary[0] for o in ids]) * 1.0
            )
            given = rng.choice(ids, n, p=chances)
            found[q["question"]] = pd.Categorical(
                [a if there else None for a, there in zip(given, put, strict=True)], ids
            )
        else:
            for option in ids:
                ticked = rng.random(n) < (0 if no_one else rng.random())
                found[f"{q['question']}={option}"] = pd.array(
                    [bool(t) if there else None for t, there in zip(ticked, put, strict=True)], dtype="boolean"
                )
    return pd.DataFrame(found)


def count(answers, q, option):
    if q["kind"] == "single":
        return int((answers[q["question"]] == option).sum())
    return int(answers[f"{q['question']}={option}"].sum())
