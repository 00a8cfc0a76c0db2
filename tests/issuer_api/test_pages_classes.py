"""A class in the browser: the list brought, what is wrong said in the row, put right there, left out, taken back, kept."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Final

import pytest
from httpx2 import Response
from openpyxl import load_workbook

from issuer_api.cohort_file import COLUMNS
from issuer_api.cohorts import cohort_report
from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from issuer_api.programmes import define_programme
from issuer_api.row_repair import repair_row
from issuer_api.subjects import erase_person
from issuer_api.tables import Act
from tests.databases import on_sqlite
from tests.issuer_api.house import CENTRE, COURSE, EXAMPLES, HEADER, OTHER, THREE, House, read_example
from tests.issuer_api.registrar import Registrar, registrar, words
from tests.issuer_api.test_spreadsheet import saved

LIST: Final = (EXAMPLES / "cohorts" / "caregiving-2026.csv").read_bytes()
PROGRAMME: Final = {"programme": COURSE}


databases = on_sqlite


def bring(salma: Registrar, content: bytes, name: str = "class-14.csv") -> Response:
    return salma.post("classes/new", PROGRAMME, files={"file": (name, content, "text/csv")})


def cohort_of(answer: Response) -> str:
    found = re.search(r"/classes/([0-9a-f]{26})", str(answer.url))
    assert found is not None
    return found.group(1)


def row_of(answer: Response, number: int) -> str:
    """Return a row of the table with the row of its form."""
    found = re.search(rf'<tr id="r{number}".*?</tr>(\s*<tr class="fix.*?</tr>)?', answer.text, re.DOTALL)
    assert found is not None
    return found.group(0)


def test_the_template_opens_in_a_spreadsheet_and_is_a_list_that_is_read(salma: Registrar) -> None:
    template = salma.get(f"classes/new/{COURSE}.csv")
    assert template.headers["content-type"] == "text/csv; charset=utf-8"
    assert template.headers["content-disposition"] == f'attachment; filename="{COURSE}.csv"'
    assert template.content.startswith(b"\xef\xbb\xbfname,")
    filled = bring(salma, template.content + b"Najma Akter,,2026-11-06,,\r\n")
    assert "1 of 1 is ready" in words(filled)
    assert salma.get("classes/new/none-of-that-name.csv").status_code == 404


def test_the_spreadsheet_is_filled_in_and_brought_as_it_is(salma: Registrar) -> None:
    template = salma.get(f"classes/new/{COURSE}.xlsx")
    assert template.headers["content-disposition"] == f'attachment; filename="{COURSE}.xlsx"'
    book = load_workbook(io.BytesIO(template.content))
    book.worksheets[0].append(["Najma Akter", "নাজমা আক্তার", date(2026, 11, 6), "0007", None])
    filled = bring(salma, saved(book))
    assert "1 of 1 is ready" in words(filled)
    assert "নাজমা আক্তার" in words(filled)
    assert [cell.value for cell in book.worksheets[1]["A"]] == list(COLUMNS)
    assert all(cell.value for cell in book.worksheets[1]["B"])


def test_the_example_shows_its_three_bad_rows_in_place(salma: Registrar) -> None:
    answer = bring(salma, LIST)
    said = words(answer)
    assert answer.status_code == 200
    assert "The list is here and every row was checked." in said
    assert "30 rows from class-14.csv . Nothing is signed yet." in said
    assert "27 of 30 are ready 3 need you · 1 to look at" in said
    assert '<a href="#r7">Row <bdi>7</bdi>, <bdi>রোকেয়া খাতুন</bdi></a>' in answer.text
    assert '<a href="#r16">' in answer.text
    assert '<a href="#r25">' in answer.text
    assert "Rows 8 to 15 need nothing from you. Show them" in said
    field = row_of(answer, 7)
    assert "Type the name as it stands in the passport" in field
    assert 'id="r7-name" name="name" value=""' in field
    assert 'aria-describedby="r7-name-e"' in field
    assert 'id="r7-name-e"' in field
    assert "=HYPERLINK(&#34;x&#34;)" in row_of(answer, 25)
    assert 'class="is-doubt"' in row_of(answer, 22)
    assert "Go on with 27" in said


def test_a_day_that_cannot_be_offers_the_one_that_may_be_meant(salma: Registrar) -> None:
    answer = bring(salma, LIST)
    assert "Did you mean <bdi>6 November 2026</bdi>?" in row_of(answer, 16)
    assert 'name="awarded_on" value="2016-11-06" type="date"' in row_of(answer, 16)
    saved = salma.post(f"classes/{cohort_of(answer)}/rows/16", {"awarded_on": "2016-11-06", "use": "2026-11-06"})
    assert "Row 16 is ready now." in words(saved)
    assert "28 of 30 are ready" in words(saved)


def test_the_same_list_again_is_the_class_that_is_there(salma: Registrar) -> None:
    first = cohort_of(bring(salma, LIST))
    again = bring(salma, LIST, "another-name.csv")
    assert cohort_of(again) == first
    assert "This list was here already. Nothing was added." in words(again)


def test_a_row_is_repaired_in_place(house: House, salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, LIST))
    saved = salma.post(f"classes/{cohort}/rows/7", {"name": "Rokeya Khatun"})
    assert str(saved.url).endswith("?done=saved&row=7#said")
    assert "Row 7 is ready now." in words(saved)
    assert "28 of 30 are ready" in words(saved)
    assert [act.by for act in _acts(house)] == ["Salma Nasser"] * 2


def _acts(house: House) -> list[Act]:
    return [act for act in history(house.issuer, CENTRE) if act.action in {"list-brought", "row-changed"}]


def test_what_was_typed_stays_when_it_is_still_wrong(salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, LIST))
    answer = salma.post(f"classes/{cohort}/rows/25", {"name": "=Rokeya"})
    assert "is ready now" not in words(answer)
    assert 'value="=Rokeya"' in row_of(answer, 25)
    assert "The cell begins like a formula" in row_of(answer, 25)


def test_a_cell_too_long_for_the_list_is_kept_and_said(salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, LIST))
    answer = salma.post(f"classes/{cohort}/rows/7", {"name": "x" * 2100})
    assert "A cell has more than <bdi>2000</bdi> letters." in row_of(answer, 7)
    assert "x" * 2100 in answer.text


def test_a_row_is_left_out_and_taken_in_again(salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, LIST))
    left = salma.post(f"classes/{cohort}/rows/7/left-out")
    assert "Row 7 is left out. You can take it in again." in words(left)
    assert "27 of 29 are ready 2 need you · 1 to look at · 1 left out" in words(left)
    only = salma.get(f"classes/{cohort}?show=left-out")
    assert "Take this row in again" in row_of(only, 7)
    back = salma.post(f"classes/{cohort}/rows/7/taken-in")
    assert "Row 7 is back." in words(back)
    assert "27 of 30 are ready" in words(back)


def test_two_people_of_one_name_are_looked_at_once(salma: Registrar) -> None:
    answer = bring(salma, LIST)
    cohort = cohort_of(answer)
    assert "Same name as row <bdi>21</bdi>." in row_of(answer, 22)
    kept = salma.post(f"classes/{cohort}/rows/22/kept")
    assert "Row 22 stays as it is." in words(kept)
    assert "to look at" not in words(kept)
    changed = salma.post(f"classes/{cohort}/rows/22", {"name": "Juan Dela Cruz"})
    assert "1 to look at" in words(changed)
    assert salma.post(f"classes/{cohort}/rows/99/kept").status_code == 404


def test_the_same_person_twice_is_left_out(salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, LIST))
    left = salma.post(f"classes/{cohort}/rows/22/left-out")
    assert "26 of 29 are ready 3 need you · 1 left out" in words(left)


def test_a_row_with_its_certificate_is_not_changed(house: House, salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, (HEADER + THREE).encode()))
    issue_cohort(house.issuer, CENTRE, cohort)
    before = house.counts()
    answer = salma.post(f"classes/{cohort}/rows/2", {"name": "Somebody Else"})
    assert "Row 2 has its certificate already" in words(answer)
    assert "Somebody Else" not in answer.text
    assert house.counts() == before
    assert "3 of 3 are signed" in words(answer)
    assert "Everything that is ready is signed" in words(answer)


@pytest.mark.parametrize(
    "done", ["?done=saved&row=7", "?done=left-out&row=8", "?done=has-certificate&row=7", "?done=nonsense", "?done=kept&row=99"]
)
def test_a_page_does_not_say_what_is_not_so(salma: Registrar, done: str) -> None:
    cohort = cohort_of(bring(salma, LIST))
    assert 'id="said"' not in salma.get(f"classes/{cohort}{done}").text


@pytest.mark.parametrize(
    ("content", "said", "kept"),
    [
        (b"when\nNajma Akter\n", "The first line does not name the column name.", True),
        (b"name,when\n", "The first line does not name the column awarded_on.", True),
        (b"name,awarded_on" + b",when" * 39 + b"\nNajma,2026-11-06\n", "has a column when that we do not know", True),
        (b"name,awarded_on\n", "The list has no rows below its first line.", True),
        (b'name,awarded_on\n"Najma,2026-11-06\n', "a quotation mark begins and does not end", True),
        (b"name,awarded_on\nNajma \xff,2026-11-06\n", "In line 2 there are letters that we cannot read.", False),
        (b"name,awarded_on\nNaj\0ma,2026-11-06\n", "Line 2 shows that this is not a text file.", False),
        (b"PK\x03\x04rest", "We cannot open this file as a spreadsheet.", False),
        (b"name,awarded_on\n" + b"x" * (4 * 1024 * 1024), "The file has more than 4 MB.", False),
        (b"name,awarded_on\n" + b"A,2026-11-06\n" * 10_001, "The list has more than 10000 rows.", True),
    ],
)
def test_a_file_that_is_no_list_is_explained_and_kept(
    house: House,
    salma: Registrar,
    content: bytes,
    said: str,
    kept: bool,  # noqa: FBT001
) -> None:
    before = house.counts()
    answer = bring(salma, content, "bad <list>.csv")
    assert answer.status_code == 422
    assert said in words(answer)
    assert "We could not read bad <list>.csv." in words(answer)
    assert "bad <list>" not in answer.text
    assert ("What you brought stands below" in words(answer)) is kept
    assert house.counts() == before


def test_a_list_is_typed_and_put_right_in_the_page(salma: Registrar) -> None:
    first = salma.post("classes/new", PROGRAMME | {"text": "name\nNajma Akter\n"})
    assert first.status_code == 422
    assert ">name\nNajma Akter\n</textarea>" in first.text
    second = salma.post("classes/new", PROGRAMME | {"text": "name,awarded_on\nNajma Akter,2026-11-06\n"})
    assert "1 of 1 is ready" in words(second)
    assert "All rows are ready" in second.text


def test_one_of_several_programmes_is_chosen(house: House) -> None:
    define_programme(house.issuer, OTHER, read_example("programmes/smaw-nc2.json"))
    idris = registrar(house, OTHER, name="Idris Bako")
    page = idris.get("classes/new?programme=smaw-nc2")
    assert 'value="smaw-nc2" required checked' in page.text
    assert "checked" not in idris.get("classes/new").text
    answer = idris.post("classes/new", {"text": "name,awarded_on\nNajma Akter,2026-11-06\n"})
    assert answer.status_code == 422
    assert "Choose the programme that the class finished." in words(answer)
    assert "Najma Akter,2026-11-06" in answer.text
    answer = idris.post("classes/new", {"programme": "smaw-nc2"})
    assert answer.status_code == 422
    assert "Choose a file, or type the list." in words(answer)
    assert 'value="smaw-nc2" required checked' in answer.text
    assert idris.post("classes/new", {"programme": "none", "text": "x"}).status_code == 404


def test_a_row_with_cells_too_many_shows_every_field(salma: Registrar) -> None:
    answer = bring(salma, b"name,awarded_on\nNajma Akter,2026-11-06,one more\n")
    row = row_of(answer, 2)
    assert "The row has <bdi>1</bdi> cells too many or too few." in row
    for column in ("name", "awarded_on", "name_native", "number", "note"):
        assert f'name="{column}"' in row
    assert "Nothing is ready yet" in words(answer)
    assert "Nothing waits" not in words(salma.get())
    saved = salma.post(f"classes/{cohort_of(answer)}/rows/2", {"name": "Najma Akter", "awarded_on": "2026-11-06"})
    assert "1 of 1 is ready" in words(saved)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [("2016-02-29", None), ("6.11.2026", "7 November 2026"), ("", "7 November 2026"), ("2027-11-06", "6 November 2026")],
)
def test_the_day_that_may_be_meant(salma: Registrar, typed: str, guess: str | None) -> None:
    others = "" if guess is None else "Sari,2026-11-07\nBudi,2026-11-07\n"
    answer = bring(salma, f"name,awarded_on\nNajma Akter,{typed}\n{others}".encode())
    row = row_of(answer, 2)
    if guess is None:
        assert "Did you mean" not in row
        assert 'name="use"' not in row
    else:
        assert f"Did you mean <bdi>{guess}</bdi>?" in row
    assert ('type="date"' in row) is typed.startswith("20")


def test_a_long_class_comes_in_pages(salma: Registrar) -> None:
    rows = "".join(f"Person {number:03},2026-11-06\n" for number in range(450))
    cohort = cohort_of(bring(salma, b"name,awarded_on\n" + rows.encode()))
    first = salma.get(f"classes/{cohort}")
    assert first.text.count('<tr id="r') == 200
    assert "Next rows" in words(first)
    assert "Rows before" not in words(first)
    last = salma.get(f"classes/{cohort}?show=all&page=3")
    assert last.text.count('<tr id="r') == 50
    assert "Rows before" in words(last)
    assert salma.get(f"classes/{cohort}?show=all&page=99").text.count('<tr id="r') == 50
    assert salma.get(f"classes/{cohort}?show=ready&page=-4").text.count('<tr id="r') == 200


def test_a_long_list_of_errors_comes_in_pages(salma: Registrar) -> None:
    rows = "".join(f"Person {number:03},2016-11-06\n" for number in range(300))
    answer = bring(salma, b"name,awarded_on\n" + rows.encode())
    assert answer.text.count('class="fix"') == 200
    assert "300 rows need you before they can be signed" in words(answer)


def test_a_class_with_nobody_left_says_so(salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, b"name,awarded_on\nNajma Akter,2026-11-06\n"))
    answer = salma.post(f"classes/{cohort}/rows/2/left-out")
    assert "Nothing is ready yet" in words(answer)
    assert "All left out" in words(salma.get("classes"))


def test_an_erased_person_stays_a_row_without_a_name(house: House, salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, (HEADER + THREE).encode()))
    first = cohort_report(house.issuer, CENTRE, cohort).rows[0]
    erase_person(house.issuer, CENTRE, first.person)
    answer = salma.get(f"classes/{cohort}?show=all")
    assert "Data erased" in row_of(answer, 2)
    assert "Najma" not in answer.text
    assert "2 of 2 are ready" in words(answer)
    assert salma.post(f"classes/{cohort}/rows/2", {"name": "Najma Akter"}).status_code == 410


def test_classes_are_listed_with_what_waits(house: House, salma: Registrar) -> None:
    house.issue("Najma Akter,2026-11-06,,\n")
    for day in range(10, 15):
        house.bring(f"Sari,2026-11-{day},,\n,2026-11-{day},,\n")
    said = words(salma.get("classes"))
    assert said.count("1 row needs you") == 5
    assert "All signed" in said
    home = words(salma.get())
    assert home.count("1 row needs you Caregiving NC II, list of 23 November 2026, list.csv") == 5
    assert home.count("1 certificate is ready to be signed") == 5
    assert "1 certificate signed so far." in home
    assert "All classes" in home


def test_many_classes_come_in_pages(house: House, salma: Registrar) -> None:
    for number in range(51):
        house.bring(f"Person {number},2026-11-06,,\n")
    first, second = salma.get("classes"), salma.get("classes?start=50")
    assert first.text.count('<th scope="row">') == 50
    assert 'href="/issuer/sunder-bay-care/classes?start=50"' in first.text
    assert second.text.count('<th scope="row">') == 1
    assert 'href="/issuer/sunder-bay-care/classes?start=0"' in second.text
    assert salma.get("classes?start=-3").text.count('<th scope="row">') == 50


def test_rows_that_became_ready_since_are_offered_beside_what_is_signed(house: House, salma: Registrar) -> None:
    cohort = cohort_of(bring(salma, (HEADER + THREE + ",2026-11-13,,\n").encode()))
    issue_cohort(house.issuer, CENTRE, cohort)
    repair_row(house.issuer, CENTRE, cohort, 5, {"name": "Budi"})
    said = words(salma.get(f"classes/{cohort}"))
    assert "3 of 4 are signed 1 more ready" in said
    assert "You can go on with the one that is ready." in said
    assert "Print and hand out" in said


def test_an_unknown_class_is_not_there(salma: Registrar) -> None:
    assert salma.get("classes/none").status_code == 404
    assert salma.post("classes/none/rows/2", {"name": "x"}).status_code == 404
