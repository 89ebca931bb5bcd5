"""settle.xlsx: what is open, for a person to choose from lists; it ends in mapping.toml, the one record."""

import tomllib

import openpyxl
import pytest
from importing import HEAD, answers_of, intake, mapping_path, put, refused, take, unsettled

from helpers.intake.settle import MEANING, SETTLE, SHEET
from helpers.survey import SurveyError

TEXT = (
    "Room number,respondent,size,tools,why\n1,a,Smal,IT;We use abacuses,\n2,b,small,we use ＡBACUSES,\n3,c,larg,IT,\n"
)


def lines(folder):
    """The lines of the sheet: what was found, to how often, which rows, the first entry of the list and the list."""
    book = openpyxl.load_workbook(folder / SETTLE)
    page, lists = book[SHEET], book["lists"]
    found = {}
    for row in range(2, page.max_row + 1):
        listed = [cell.value for cell in lists[row] if cell.value]
        found[page.cell(row, 3).value] = (page.cell(row, 4).value, page.cell(row, 5).value, listed)
    return found


def choose(folder, **meanings):
    """Choose a meaning for each line, by what was found; `_` stands for a space."""
    book = openpyxl.load_workbook(folder / SETTLE)
    page = book[SHEET]
    rows = {page.cell(row, 3).value: row for row in range(2, page.max_row + 1)}
    for found, meaning in meanings.items():
        page.cell(rows[found.replace("_", " ")], MEANING + 1).value = meaning
    book.save(folder / SETTLE)


def test_what_is_open_is_settled_by_choosing(small):
    said = unsettled(small, TEXT)
    assert "settle what is open in small/mapping.toml, or in settle.xlsx beside it (open lines: 4)" in said
    found = lines(small)
    assert set(found) == {
        "Room number",
        "We use abacuses",
        "Smal",
        "larg",
    }  # one line for a text, however it is written
    assert found["We use abacuses"][:2] == ("2", "2, 3")
    assert found["Smal"][2][0] == "～１０００人 / 1–1,000 [small]"
    assert found["larg"][2][0].endswith("[large]")
    assert [entry.rpartition("[")[2] for entry in found["larg"][2]] == ["large]", "small]", "no_answer]", "ignore]"]
    choose(small, Room_number="除く / leave out [ignore]", Smal=found["Smal"][2][0], larg="large")
    said = unsettled(small, TEXT)
    assert "(open lines: 1)" in said
    assert set(lines(small)) == {"We use abacuses"}
    choose(small, We_use_abacuses="pen; その他")
    take(small, TEXT)
    assert {name: it["size"] for name, it in answers_of(small).items()} == {"a": "small", "b": "small", "c": "large"}
    assert answers_of(small)["a"]["tools"] == {"it", "pen", "other"}
    assert not (small / SETTLE).exists()
    settled = tomllib.loads(mapping_path(small).read_text(encoding="utf-8"))
    assert settled["answers"]["tools"] == {"We use abacuses": ["pen", "other"]}
    assert settled["columns"] == {"Room number": "ignore"}


def test_a_disagreement_of_the_two_is_an_error(small):
    unsettled(small, HEAD + "a,larg,IT,\n")
    path = mapping_path(small)
    path.write_text(path.read_text(encoding="utf-8").replace('"larg" = ""', '"larg" = "small"'), encoding="utf-8")
    choose(small, larg="large")
    said = refused(small, HEAD + "a,larg,IT,\n")
    assert said.startswith('settle.xlsx, row 2: found "large" for \'larg\' of answers.size; expected "small"')
    choose(small, larg="small")
    take(small, HEAD + "a,larg,IT,\n")


@pytest.mark.parametrize("meaning", ["huge", "pen", "small; nothing", "[tools]"])
def test_a_choice_that_is_none(small, meaning):
    unsettled(small, HEAD + "a,larg,IT,\n")
    choose(small, larg=meaning)
    said = refused(small, HEAD + "a,larg,IT,\n")
    assert said == f"settle.xlsx, row 2: found {meaning!r}; expected an entry of its list"


def test_a_sheet_that_is_none(small):
    unsettled(small, HEAD + "a,larg,IT,\n")
    (small / SETTLE).write_bytes(b"PK no workbook")
    assert "settle.xlsx: found a file that cannot be read" in refused(small, HEAD + "a,larg,IT,\n")


def test_all_the_rest_in_a_column_of_ticks(small):
    """ "*" is offered for every answer, so it settles those of a column for each option too."""
    text = "id,size,tools=none,tools=pen,tools=it,tools=other,why\na,small,0,oui,1,an abacus,\nb,small,,,,x,\n"
    unsettled(small, text)
    mapping_path(small).write_text('[answers.tools]\n"oui" = "ticked"\n"*" = "other"\n')
    (small / SETTLE).unlink()
    take(small, text)
    assert answers_of(small)["a"]["tools"] == {"pen", "it", "other"}
    assert answers_of(small)["b"]["tools"] == {"other"}
    mapping_path(small).write_text('[answers.tools]\n"*" = "ticked"\n')
    take(small, text)
    assert answers_of(small)["a"]["tools"] == {"pen", "it", "other"}


def test_one_choice_for_questions_that_share_their_options(kobe):
    """The same text in several questions of a grid is one line, and fills an entry for each of them."""
    heads = ["q1_suppliers", "q1_customers"]
    with pytest.raises(SurveyError, match=r"\(open lines: 1\)"):
        import_text(kobe, f"respondent,{','.join(heads)}\na,about ten,About Ten\n")
    assert len(lines(kobe)) == 1
    choose(kobe, about_ten=next(iter(lines(kobe).values()))[2][0])
    import_text(kobe, f"respondent,{','.join(heads)}\na,about ten,About Ten\n")
    settled = tomllib.loads(mapping_path(kobe).read_text(encoding="utf-8"))["answers"]
    assert set(settled) == set(heads)
    assert settled["q1_suppliers"]["about ten"] == settled["q1_customers"]["About Ten"] != ""


def import_text(folder, text):
    return intake.import_answers(folder, put(folder, text))
