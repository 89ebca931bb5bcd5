"""What may run: notebooks that say themselves what they need, parameters checked, a folder for each set of them."""

import dataclasses
import shutil
from pathlib import Path

import pytest
import synthetic
from tiny import PARAMETERS, tiny_notebook

from helpers.report.parameters import ParameterError
from helpers.run import plan as planning
from helpers.run.plan import Notebook, Reason
from helpers.survey import DATA, ROOT, SurveyError, load
from helpers.words.language import Language


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """An empty folder that stands in for notebooks/."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(planning, "NOTEBOOKS", folder)
    return folder


@pytest.fixture
def three(notebooks):
    """Three notebooks: one that fits any survey, one for a question of Osaka's, one that reads what others wrote."""
    tiny_notebook(
        notebooks / "01_any.ipynb", own='confidence = 0.95  # level\nmin_cell = 5  # least\nwho = "a"  # whose\n'
    )
    tiny_notebook(notebooks / "02_q10.ipynb", needs='needs = {"q10": ("multiple", [])}')
    tiny_notebook(notebooks / "14_sum.ipynb", needs='runs = "last"')
    return notebooks


# --- what notebooks say of themselves --------------------------------------------------------------------------------


def test_notebooks_are_the_numbered_files_of_the_folder(three):
    tiny_notebook(three / "any_topic.ipynb")
    (three / "notes.txt").write_text("no notebook")
    assert planning.notebook_names() == ["01_any", "02_q10", "14_sum"]


def test_a_notebook_is_read_and_not_run(notebooks):
    needs = 'needs = {"q3": ("single", ["not_known"])}  # why\nneeds_files = ["claims.csv"]\nneeds_survey = "other"'
    tiny_notebook(notebooks / "01_a.ipynb", "raise AssertionError('run')", needs=needs, own='other = ""  # a survey\n')
    assert planning.read_notebook("01_a") == Notebook(
        "01_a",
        {"survey": "osaka-2019", "lang": "en", "output_dir": "", "other": ""},
        needs={"q3": ("single", ["not_known"])},
        needs_files=("claims.csv",),
        needs_survey="other",
    )


@pytest.mark.parametrize(
    "line", ["import os", "x = open('f')", "x.y = 1", "x, y = 1, 2", "x += 1", "x = (", "print(1)"]
)
def test_a_cell_that_is_no_list_of_literals_is_said_so(line, notebooks):
    tiny_notebook(notebooks / "01_a.ipynb", parameters=PARAMETERS + line)
    with pytest.raises(SurveyError, match="01_a, cell parameters: expected plain lines"):
        planning.read_notebook("01_a")


@pytest.mark.parametrize(
    "needs",
    [
        "needs = ['q3']",
        'needs = {"q3": "single"}',
        'needs = {"q3": ("single", "not_known")}',
        'needs_files = "claims.csv"',
        "needs_survey = 1",
        'runs = "first"',
        'neeeds = {"q3": ("single", [])}',
    ],
)
def test_needs_of_another_shape_are_said_so(needs, notebooks):
    tiny_notebook(notebooks / "01_a.ipynb", needs=needs)
    with pytest.raises(SurveyError, match="01_a, cell needs: expected needs = "):
        planning.read_notebook("01_a")


def test_those_that_run_last_stand_first_and_those_that_are_no_more_nowhere(three):
    assert planning.in_order(["02_q10", "14_sum", "01_any", "12_gone"]) == ["14_sum", "01_any", "02_q10"]
    assert planning.in_order(name for name in ["02_q10", "01_any"]) == ["01_any", "02_q10"]  # also from a generator


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        ((), ["01_any", "02_q10", "14_sum"]),
        (["02"], ["02_q10"]),
        (["2"], ["02_q10"]),
        (["14_sum", "01", "1"], ["01_any", "14_sum"]),
    ],
)
def test_choice_of_notebooks_is_in_their_order(only, chosen, three):
    assert planning.choose_notebooks(only) == chosen


def test_a_choice_that_is_no_notebook(three):
    with pytest.raises(ParameterError, match="--only: found '99'; expected numbers or names of 01_any, 02_q10"):
        planning.choose_notebooks(["01", "99"])


def test_the_projects_own_notebooks_can_be_read():
    read = [planning.read_notebook(name) for name in planning.notebook_names()]
    assert len(read) == 14
    assert all({"survey", "lang", "output_dir"} <= set(notebook.parameters) for notebook in read)
    assert [notebook.name for notebook in read if notebook.last] == ["14_summary"]
    assert [notebook.name for notebook in read if not (notebook.needs or notebook.last)] == [
        "11_published_claims",
        "12_crosstabs",
        "13_comparison",
    ]


# --- which of them fit -----------------------------------------------------------------------------------------------


def why_not(survey, parameters=(), **needs):
    return planning.why_not(Notebook("01_a", {}, **needs), survey, dict(parameters))


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"q99": ("single", [])}, id="not asked"),
        pytest.param({"q3": ("multiple", [])}, id="asked as another kind"),
        pytest.param({"q3": ("single", ["purple"])}, id="other answers"),
        pytest.param({"q3": ("single", ["not_known", "purple"])}, id="an answer too many"),
    ],
)
def test_a_notebook_is_used_only_where_id_kind_and_answers_agree(wanted, osaka):
    first = next(iter(wanted))
    assert why_not(osaka, needs={"q10": ("multiple", []), **wanted}) == Reason("questions", (first,))
    assert str(why_not(osaka, needs=wanted)) == f"not asked: {first}"


def test_a_notebook_whose_questions_were_asked_fits(osaka):
    answers = list(osaka.table("q3")["option"])
    assert why_not(osaka, needs={"q3": ("single", answers), "q10": ("multiple", [])}) is None


def without(survey, *questions):
    """A survey as if it had not asked some questions."""
    return dataclasses.replace(survey, questions=survey.questions.drop(index=list(questions)))


def test_topics_without_their_questions_are_left_out(osaka):
    always = {"12_crosstabs": Reason("responses"), "13_comparison": Reason("no survey")}
    assert planning.left_out(osaka) == always
    less = planning.left_out(without(osaka, "q10", "q9_author"))
    assert less["10_small_business"] == Reason("questions", ("q10",))
    assert less["09_agreements"] == Reason("questions", ("q9_author",))
    assert "03_awareness" not in less
    assert "03_awareness" in planning.left_out(without(osaka, "q2_linked"))


def little_survey(folder, question="q3"):
    """A survey of one question with an id of Osaka's, that asks something else."""
    folder.mkdir(parents=True)
    shutil.copy(DATA / "osaka-2019" / "survey.toml", folder)
    files = {
        "options": "options,option,order,role,label_en,label_ja\nc,red,1,answer,Red,赤\nc,blue,2,answer,Blue,青\n",
        "questions": "question,topic,kind,options,base,unit,asked_if,text_en,text_ja\n"
        f"{question},paint,single,c,118,respondents,,Which colour?,何色？\n",
        "counts": f"question,option,count\n{question},red,60\n{question},blue,58\n",
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_foreign_survey_takes_none_of_the_chapters_on_osaka(tmp_path):
    foreign = load(little_survey(tmp_path / "foreign"))
    expected = [name for name in planning.notebook_names() if not planning.read_notebook(name).last]
    assert list(planning.left_out(foreign)) == expected


def test_files_of_the_survey(copy_of_osaka):
    both = ["claims.csv", "published.csv"]
    assert why_not(copy_of_osaka.load(), needs_files=both) is None
    (copy_of_osaka.folder / "claims.csv").unlink()
    assert str(why_not(copy_of_osaka.load(), needs_files=both)) == "not in the survey's folder: claims.csv"
    (copy_of_osaka.folder / "published.csv").unlink()
    assert why_not(copy_of_osaka.load(), needs_files=both) == Reason("files", tuple(both))


def test_raw_answers(copy_of_osaka):
    wanted = {"needs_files": ("responses.parquet",)}
    assert str(why_not(copy_of_osaka.load(), **wanted)) == "needs raw answers"
    synthetic.answers(load()).to_parquet(copy_of_osaka.folder / "responses.parquet")
    assert why_not(copy_of_osaka.load(), **wanted) is None


def test_a_second_survey(osaka, copy_of_osaka, tmp_path):
    wanted = {"needs_survey": "baseline"}
    assert why_not(osaka, **wanted) == why_not(osaka, {"baseline": " "}, **wanted) == Reason("no survey")
    assert why_not(osaka, {"baseline": "osaka-2019"}, **wanted) == Reason("same survey")
    foreign = little_survey(tmp_path / "foreign")
    assert why_not(osaka, {"baseline": str(foreign)}, **wanted) == Reason("nothing shared", ("foreign",))
    assert why_not(osaka, {"baseline": str(copy_of_osaka.folder)}, **wanted) is None


@pytest.mark.parametrize("kind", planning.REASONS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_report_says_why_without_ids(kind, lang):
    words = Reason(kind, ("q3", "claims.csv")).in_words(Language(lang))
    assert words
    assert "q3" not in words
    assert ".csv" not in words


# --- parameters ------------------------------------------------------------------------------------------------------


def test_parameters_are_typed_like_the_defaults(three):
    given = planning.read_parameters([("confidence", "0.9"), ("min_cell", "7"), ("who", "7")], ["01_any"])
    assert given == {"confidence": 0.9, "min_cell": 7, "who": "7"}
    assert [type(value) for value in given.values()] == [float, int, str]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("confidenze", "0.9"), "-p confidenze: no such parameter; expected one of confidence, min_cell, who"),
        (("survey", "other"), "-p survey: no such parameter"),
        (("confidence", "high"), "-p confidence: found 'high'; expected a number"),
        (("confidence", "95"), "parameter confidence: found 95.0; expected a number above 0"),
        (("min_cell", "2.5"), "parameter min_cell: found 2.5; expected a whole number"),
    ],
)
def test_a_parameter_that_may_not_be(pair, words, three):
    with pytest.raises(ParameterError, match=words):
        planning.read_parameters([pair], ["01_any", "02_q10"])


def test_a_parameter_of_a_notebook_that_is_not_chosen(three):
    with pytest.raises(ParameterError, match="-p who: no such parameter"):
        planning.read_parameters([("who", "b")], ["02_q10"])


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ""),
        ({"confidence": 0.9}, "confidence-0.9"),
        ({"no_answer": "keep", "confidence": 0.9}, "confidence-0.9+no_answer-keep"),
        ({"min_cell": 5.0}, "min_cell-5"),
        ({"baseline": "example-2025"}, "baseline-example-2025"),
        ({"reference": ""}, "reference"),
    ],
)
def test_a_name_for_parameters(parameters, expected):
    assert planning.slug(parameters) == expected


STRANGE = [
    {"who": "a/b"},
    {"who": "c/b"},
    {"who": "b"},
    {"who": "B"},
    {"who": "a, b"},
    {"who": "a,b"},
    {"who": "a b"},
    {"who": "a+by-b"},
    {"who": "a", "by": "b"},
    {"who": ".."},
    {"who": "."},
    {"who": "b."},
    {"who": "日本"},
    {"who": "本日"},
    {"who": 'con<>:"|?*\\'},
    {"who": "x" * 300},
    {"who": "x" * 299},
    {"who": "b\n"},
]


def test_strange_parameters_have_names_that_differ_and_any_system_can_hold():
    names = [planning.slug(parameters) for parameters in STRANGE]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-+"), name
        assert len(name) <= 60
        assert name[-1] not in ".-"


# --- a job -----------------------------------------------------------------------------------------------------------


def test_a_job_with_the_usual_parameters_goes_to_the_usual_folder(three, tmp_path):
    out = tmp_path / "out"
    job = planning.plan("osaka-2019", "ja", out)
    assert (job.survey, job.lang, job.folder) == ("osaka-2019", "ja", out / "osaka-2019" / "ja")
    assert (job.notebooks, job.last) == (["01_any", "02_q10", "14_sum"], ("14_sum",))
    assert (job.parameters, job.left_out, job.partial) == ({}, {}, False)
    assert job.name == "osaka-2019 ja"
    assert planning.plan("osaka-2019", "ja", out, pairs=[("confidence", "0.950")]).folder == job.folder
    assert planning.plan("osaka-2019", "ja").folder == ROOT / "outputs" / "osaka-2019" / "ja"


@pytest.mark.parametrize("only", [(), ("01",)])
def test_a_job_with_other_parameters_goes_to_a_folder_named_after_them(only, three, tmp_path):
    job = planning.plan("osaka-2019", "en", tmp_path, only, [("confidence", "0.9"), ("who", "a")])
    assert job.folder == tmp_path / "osaka-2019" / "en-confidence-0.9"
    assert job.name == "osaka-2019 en-confidence-0.9"
    assert job.parameters == {"confidence": 0.9, "who": "a"}
    assert job.partial is bool(only)


def test_a_parameter_of_a_notebook_that_is_left_out_changes_nothing(three, tmp_path):
    needs = 'needs_files = ["responses.parquet"]'
    tiny_notebook(three / "12_raw.ipynb", needs=needs, own='by = ""  # groups\n')
    job = planning.plan("osaka-2019", "en", tmp_path, pairs=[("by", "industry")])
    assert list(job.left_out) == ["12_raw"]
    assert job.folder == tmp_path / "osaka-2019" / "en"


def test_a_job_leaves_out_what_does_not_fit(three, tmp_path):
    foreign = little_survey(tmp_path / "foreign")
    job = planning.plan(str(foreign), "en", tmp_path / "out")
    assert job.notebooks == ["01_any", "14_sum"]
    assert job.left_out == {"02_q10": Reason("questions", ("q10",))}
    with pytest.raises(SurveyError, match=r"foreign: no notebook fits this survey: 02_q10 \(not asked: q10\)"):
        planning.plan(str(foreign), "en", tmp_path / "out", ["02"])


def test_a_survey_that_only_a_summary_fits_is_said_in_one_line(three, tmp_path):
    (three / "01_any.ipynb").unlink()
    with pytest.raises(SurveyError, match="foreign: no notebook fits this survey: 02_q10") as caught:
        planning.plan(str(little_survey(tmp_path / "foreign")), "en", tmp_path / "out")
    assert "\n" not in str(caught.value)


def test_a_summary_can_be_made_by_itself(three, tmp_path):
    assert planning.plan("osaka-2019", "en", tmp_path, ["14"]).notebooks == ["14_sum"]


@pytest.fixture
def comparing(three):
    """As three, with a notebook that compares two surveys, written for others."""
    tiny_notebook(three / "03_two.ipynb", needs='needs_survey = "baseline"', own='baseline = "example-2025"  # with\n')


def test_the_survey_says_with_which_other_it_is_compared(comparing, copy_of_osaka, tmp_path):
    assert planning.plan("osaka-2019", "en", tmp_path / "out").left_out == {"03_two": Reason("no survey")}
    text = (copy_of_osaka.folder / "survey.toml").read_text(encoding="utf-8")
    (copy_of_osaka.folder / "survey.toml").write_text(f'{text}\nbaseline = "osaka-2019"\n', encoding="utf-8")
    job = planning.plan(str(copy_of_osaka.folder), "en", tmp_path / "out")
    assert "03_two" in job.notebooks
    assert job.parameters == {"baseline": "osaka-2019"}
    assert job.folder.name == "en"
    same = planning.plan(str(copy_of_osaka.folder), "en", tmp_path / "out", pairs=[("baseline", "osaka-2019")])
    assert same.folder == job.folder


def test_the_user_says_with_which_other_it_is_compared(comparing, copy_of_osaka, tmp_path, monkeypatch):
    monkeypatch.chdir(copy_of_osaka.folder.parent)
    job = planning.plan("osaka-2019", "en", tmp_path / "out", pairs=[("baseline", str(DATA / "osaka-2019"))])
    assert job.parameters == {"baseline": "osaka-2019"}
    assert job.left_out == {"03_two": Reason("same survey")}
    job = planning.plan("osaka-2019", "en", tmp_path / "out", pairs=[("baseline", str(copy_of_osaka.folder))])
    assert job.parameters == {"baseline": str(copy_of_osaka.folder)}
    assert "03_two" in job.notebooks
    assert job.folder.name.startswith("en-baseline-osaka-2019-")
    with pytest.raises(SurveyError, match="found 'nowhere'"):
        planning.plan("osaka-2019", "en", tmp_path / "out", pairs=[("baseline", "nowhere")])


def test_a_file_is_found_from_where_the_user_is(three, tmp_path, monkeypatch):
    tiny_notebook(three / "04_ref.ipynb", own='reference = ""  # a file\n')
    (tmp_path / "population.csv").write_text("option,share\nmanufacturing,1\nservices,2\n")
    monkeypatch.chdir(tmp_path)
    job = planning.plan("osaka-2019", "en", tmp_path / "out", pairs=[("reference", "population.csv")])
    assert job.parameters == {"reference": str(Path(tmp_path / "population.csv"))}
    with pytest.raises(ParameterError, match=r"reference: cannot read nowhere.csv"):
        planning.plan("osaka-2019", "en", tmp_path / "out", pairs=[("reference", "nowhere.csv")])


def test_survey_given_by_path_is_named_by_its_folder(three, copy_of_osaka, tmp_path):
    job = planning.plan(str(copy_of_osaka.folder), "ja", tmp_path / "out")
    assert job.survey == str(copy_of_osaka.folder)
    assert job.folder == tmp_path / "out" / "osaka-2019" / "ja"
    assert planning.plan(str(DATA / "osaka-2019"), "ja", tmp_path / "out").survey == "osaka-2019"


def test_two_jobs_for_one_folder(three, copy_of_osaka, tmp_path):
    jobs = [planning.plan(survey, "en", tmp_path / "out") for survey in ("osaka-2019", str(copy_of_osaka.folder))]
    with pytest.raises(SurveyError, match="two surveys would both write to"):
        planning.check_folders(jobs)
    planning.check_folders(jobs[:1])
