"""Two registrars at one class: a change that was not seen is never overwritten, and what was typed is not lost."""

from __future__ import annotations

import re

from credentials.errors import COMITY
from issuer_api.cohorts import cohort_report
from issuer_api.issuing import issue_cohort
from tests.databases import on_sqlite
from tests.issuer_api.house import CENTRE, House
from tests.issuer_api.registrar import application, registrar, words

API = "/issuer/api/v1"


databases = on_sqlite


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', page)
    assert found is not None
    return found.group(1)


def name_of(house: House, cohort: str) -> str:
    return cohort_report(house.issuer, CENTRE, cohort).rows[0].cells["name"]


def test_two_registrars_at_one_row_see_each_other_and_lose_nothing(house: House) -> None:
    app = application(house)
    salma, omar = registrar(house, app=app), registrar(house, name="Omar Farah", app=app)
    cohort = house.bring(",2026-11-13,,\nSari,2026-11-13,,\n").id
    seen = seen_on(salma.get(f"classes/{cohort}").text)
    assert seen == seen_on(omar.get(f"classes/{cohort}").text)
    assert "is ready now" in words(omar.post(f"classes/{cohort}/rows/2", {"name": "Rokeya Khatun", "seen": seen}))
    clash = salma.post(f"classes/{cohort}/rows/2", {"name": 'Rokeya "R" Begum', "seen": seen})
    assert clash.status_code == 409
    said = words(clash)
    assert "Omar Farah changed row 2 while you were writing (23 November 2026 09:30 UTC)." in said
    assert 'It now says: Rokeya Khatun You typed: Rokeya "R" Begum' in said
    assert name_of(house, cohort) == "Rokeya Khatun"
    assert 'name="name" value="Rokeya &#34;R&#34; Begum"' in clash.text
    mine = {"name": 'Rokeya "R" Begum', "seen": seen_on(clash.text)}
    assert mine["seen"] != seen
    assert "is ready now" in words(salma.post(f"classes/{cohort}/rows/2", mine))
    assert name_of(house, cohort) == 'Rokeya "R" Begum'
    assert omar.post(f"classes/{cohort}/rows/2", mine | {"seen": seen}).status_code == 200


def test_programs_name_the_version_that_they_read(house: House) -> None:
    program, cohort = house.program(), house.bring().id
    row = program.get(f"{API}/cohorts/{cohort}").json()["rows"][0]
    path = f"{API}/cohorts/{cohort}/rows/2"
    assert program.patch(path, json={"cells": {"name": "Najma A."}, "version": row["version"]}).status_code == 200
    refused = program.patch(path, json={"cells": {"name": "N. Akter"}, "version": row["version"]})
    assert (refused.status_code, refused.json()["type"]) == (409, COMITY + "ROW_CHANGED")
    assert program.patch(path, json={"cells": {"name": "N. Akter"}}).status_code == 200


def test_a_row_in_which_nothing_is_wrong_is_changed_in_place(house: House) -> None:
    salma, cohort = registrar(house), house.bring().id
    page = salma.get(f"classes/{cohort}?show=all")
    assert page.text.count("edit=") == 3
    assert 'name="seen"' not in page.text
    opened = salma.get(f"classes/{cohort}?show=all&page=7&edit=3")
    assert 'id="r3-name" name="name" value="Sari"' in opened.text
    assert 'name="passport"' not in opened.text
    assert "Leave this row out" in words(opened)
    saved = salma.post(f"classes/{cohort}/rows/3", {"name": "Sari Dewi", "seen": seen_on(opened.text)})
    assert "Row 3 is ready now." in words(saved)
    assert cohort_report(house.issuer, CENTRE, cohort).rows[1].cells["name"] == "Sari Dewi"
    assert house.bring().id == cohort
    issue_cohort(house.issuer, CENTRE, cohort)
    assert 'name="seen"' not in salma.get(f"classes/{cohort}?show=all&edit=2").text
