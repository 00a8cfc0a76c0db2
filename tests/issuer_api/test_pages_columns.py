"""A list with headings that are not ours: asked about once, remembered, and read so by the pages, the API and the inbox."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from typing import Final

import pytest
from httpx2 import Response
from openpyxl import Workbook

from issuer_api.cohorts import cohort_report, import_cohort
from issuer_api.column_choices import find_choice, remember_columns
from issuer_api.errors import HeadingsUnknownError, InvalidRecordError, UnknownThingError
from issuer_api.history import history
from tests.databases import on_sqlite, stored_bytes
from tests.issuer_api.house import CENTRE, COURSE, OTHER, House
from tests.issuer_api.registrar import Registrar, registrar, words
from tests.issuer_api.test_pages_classes import bring, cohort_of

LIST: Final = b"Nom complet,Taille,Date d'obtention\nNajma Akter,38,2026-11-06\nSari,,2026-11-07\n"
NEXT: Final = b"nom  complet,TAILLE,Date d'obtention\nYusuf Haddad,40,2026-11-13\n"
HEADINGS: Final = ("Nom complet", "Taille", "Date d'obtention")
CHOICE: Final = ["name", "", "awarded_on"]
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


databases = on_sqlite


def choose(salma: Registrar, page: Response, columns: list[str], content: bytes = b"") -> Response:
    """Send the form of the page with these choices, as a browser does."""
    form: dict[str, str | list[str]] = {"column": columns}
    for name, value in _HIDDEN.findall(page.text):
        form[name] = [*form.get(name, []), unescape(value)]
    form["form"] = form["form"][0]
    return salma.post("classes/new/columns", form, files={"file": ("again.csv", content, "text/csv")})


def test_the_page_asks_with_the_first_values_and_a_suggestion(house: House, salma: Registrar) -> None:
    before = house.counts()
    page = bring(salma, LIST, "<liste>.csv")
    assert page.status_code == 422
    assert house.counts() == before
    said = words(page)
    assert "What are the columns of this list?" in said
    assert "Nom complet Najma Akter · Sari What is “Nom complet”?" in said
    assert "Taille 38 What is" in said
    assert "<liste>" not in page.text
    selected = re.findall(r'value="([a-z_]+)" selected', page.text)
    assert selected == ["name", "awarded_on"]
    assert page.text.count("Leave this column out") == 3
    for language in ("fr", "ar"):
        other = salma.client.post(
            salma.address("classes/new"),
            data={"form": salma.token(), "programme": COURSE, "text": LIST.decode()},
            headers={"Accept-Language": language},
        )
        assert "issuer.columns" not in other.text
        assert f'lang="{language}"' in other.text
    assert salma.get("classes/new/columns").url.path.endswith("/classes/new")


def test_a_choice_is_taken_and_the_next_list_is_not_asked_about(house: House, salma: Registrar) -> None:
    answer = choose(salma, bring(salma, LIST), CHOICE)
    assert "2 of 2 are ready" in words(answer)
    assert "1 column of the list was left out: Taille" in words(answer)
    assert "Taille Left out" in words(answer)
    report = cohort_report(house.issuer, CENTRE, cohort_of(answer))
    assert [(row.cells["name"], row.cells["awarded_on"], row.cells["note"]) for row in report.rows] == [
        ("Najma Akter", "2026-11-06", ""),
        ("Sari", "2026-11-07", ""),
    ]
    following = bring(salma, NEXT)
    assert "1 of 1 is ready" in words(following)
    assert "Taille Left out" in words(following)
    assert cohort_of(bring(salma, LIST)) == report.id
    acts = [(act.by, act.thing) for act in history(house.issuer, CENTRE) if act.action == "columns-chosen"]
    assert acts == [("Salma Nasser", COURSE)]
    assert "Columns of a list chosen" in words(salma.get("history"))
    kept = stored_bytes(house.issuer.database.engine)
    assert b"Taille" not in kept
    assert b"Nom complet" not in kept


def test_what_cannot_be_taken_is_said_and_nothing_is_lost(house: House, salma: Registrar) -> None:
    page = bring(salma, LIST)
    before = house.counts()
    needed = choose(salma, page, ["name", "note", ""])
    assert needed.status_code == 422
    assert "Choose one column for the name and one for the day" in words(needed)
    assert "Najma Akter · Sari" in words(needed)
    assert 'value="note" selected' in needed.text
    twice = choose(salma, needed, ["name", "name", "awarded_on"])
    assert "Two columns cannot be the same" in words(twice)
    assert twice.text.count('aria-invalid="true"') == 2
    for forged in (["name", "awarded_on"], ["name", "salary", "awarded_on"]):
        assert choose(salma, page, forged).status_code == 422
    assert house.counts() == before
    assert "2 of 2 are ready" in words(choose(salma, twice, CHOICE))
    auditor = registrar(house, name="Omar", role="auditor")
    assert choose(auditor, page, CHOICE).status_code == 403
    assert salma.client.post(salma.address("classes/new/columns"), data={"heading": "a", "column": ""}).status_code == 403


def test_a_spreadsheet_travels_in_the_form(house: House, salma: Registrar) -> None:
    book = Workbook()
    book.worksheets[0].append(["الاسم", "التاريخ", None, "Remarks"])
    book.worksheets[0].append(["Najma Akter", date(2026, 11, 6), "x", "late"])
    written = io.BytesIO()
    book.save(written)
    page = bring(salma, written.getvalue(), "class.xlsx")
    assert re.findall(r'value="([a-z_]+)" selected', page.text) == ["name", "awarded_on", "note"]
    assert "Column 3, without a heading" in words(page)
    answer = choose(salma, page, ["name", "awarded_on", "", "note"])
    [brought] = cohort_report(house.issuer, CENTRE, cohort_of(answer)).rows
    assert (brought.is_ready, brought.cells["awarded_on"], brought.cells["note"]) == (True, "2026-11-06", "late")
    assert "class.xlsx" in words(answer)


def test_a_large_list_is_asked_for_again_and_the_choice_is_kept(house: House, salma: Registrar) -> None:
    large = LIST + b"".join(f"Person {number},{'x' * 200},2026-11-06\n".encode() for number in range(1000))
    page = bring(salma, large)
    assert 'name="carried"' not in page.text
    assert "The same file once more" in words(page)
    without = choose(salma, page, CHOICE)
    assert without.status_code == 200
    assert "Your choice is remembered. Choose the file class-14.csv again" in words(without)
    assert "1002 rows from class-14.csv" in words(bring(salma, large))
    other = choose(salma, page, CHOICE, LIST)
    assert "2 of 2 are ready" in words(other)
    assert find_choice(house.issuer, CENTRE, COURSE, HEADINGS) is not None


def test_a_choice_is_asked_for_again_when_that_is_wanted(house: House, salma: Registrar) -> None:
    first = choose(salma, bring(salma, LIST), ["name", "note", "awarded_on"])
    assert "What the columns of the list are" in words(first)
    asked = salma.post(f"classes/{cohort_of(first)}/columns-forgotten")
    assert "The next list with these headings will be asked about." in words(asked)
    assert "Ask again next time" not in words(asked)
    second = choose(salma, bring(salma, LIST), CHOICE)
    assert cohort_of(second) != cohort_of(first)
    assert "will be asked about" not in words(salma.get(f"classes/{cohort_of(second)}?done=columns-forgotten"))
    assert cohort_report(house.issuer, CENTRE, cohort_of(first)).rows[0].cells["note"] == "38"


def test_programs_are_refused_until_somebody_chose(house: House) -> None:
    program, other = house.program(), house.program(OTHER)

    def post(client: object) -> Response:
        sent: Response = client.post(  # type: ignore[attr-defined]
            "/issuer/api/v1/cohorts", data={"programme": COURSE}, files={"file": ("x.csv", LIST, "text/csv")}
        )
        return sent

    refused = post(program)
    assert refused.status_code == 422
    assert "names no column 'name'" in refused.json()["detail"]
    with pytest.raises(HeadingsUnknownError):
        import_cohort(house.issuer, CENTRE, COURSE, LIST, "x.csv", by="inbox")
    first = remember_columns(house.issuer, CENTRE, COURSE, HEADINGS, ["name", "", "awarded_on"])
    assert remember_columns(house.issuer, CENTRE, COURSE, HEADINGS, CHOICE) == first
    assert post(program).json()["ready"] == 2
    assert import_cohort(house.issuer, CENTRE, COURSE, NEXT, "y.csv", by="inbox").ready
    assert post(other).status_code == 422
    second = remember_columns(house.issuer, CENTRE, COURSE, HEADINGS, ["name", "note", "awarded_on"])
    assert find_choice(house.issuer, CENTRE, COURSE, HEADINGS) == second
    with pytest.raises(InvalidRecordError):
        remember_columns(house.issuer, CENTRE, COURSE, HEADINGS, ["name", "", ""])
    with pytest.raises(UnknownThingError):
        remember_columns(house.issuer, CENTRE, "plumbing", HEADINGS, CHOICE)
