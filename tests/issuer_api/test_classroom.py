"""The classroom: learners ask by a code, staff decide, and nobody learns of anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from comity.compose import LIMITS
from issuer_api.classroom import MOST, ask, classroom_of, decide, open_class, open_classroom, requests_of, standing_of
from issuer_api.classroom_tables import ClassroomRequest
from issuer_api.cohorts import cohort_report
from issuer_api.errors import ClassroomClosedError, ConflictError, UnknownThingError
from issuer_api.issuing import issue_cohort
from issuer_api.row_repair import repair_row
from issuer_api.tables import Subject
from tests.issuer_api.house import BASE, CENTRE, COURSE, NOW, OTHER, House
from tests.issuer_api.registrar import Registrar, application, registrar, words

TODAY = NOW.date()


def phone(house: House) -> TestClient:
    """Return a learner's browser."""
    return TestClient(application(house), base_url=BASE, headers={"Accept": "text/html"})


def opened(house: House, rows: str = "", **how: Any) -> tuple[str, str]:  # noqa: ANN401
    """Return a class and the code that is open for it."""
    cohort = house.bring(rows).id if rows else open_class(house.issuer, CENTRE, COURSE)
    return cohort, open_classroom(house.issuer, CENTRE, cohort, awarded_on=TODAY, **how).code


def test_from_the_code_on_the_wall_to_the_claim_link(house: House, salma: Registrar) -> None:
    shown = salma.post(f"programmes/{COURSE}/class")
    at = "classes/" + str(shown.url).rsplit("/", 2)[-2] + "/classroom"
    salma.post(at, {"step": "open", "awarded_on": "2026-11-13", "minutes": "30", "most": "5"})
    wall = salma.get(f"{at}/show")
    address = re.search(r"localhost:8000(/class/[A-Z0-9]{8})<", wall.text)
    assert address is not None
    assert 'class="qr wall__code"' in wall.text
    learner, other = phone(house), phone(house)
    waits = learner.post(address.group(1), data={"name": "Najma Akter", "name_native": "নাজমা আক্তার", "email": "n@example.org"})
    assert "Asked. Please wait" in words(waits)
    other.post(address.group(1).lower(), data={"name": "Sari"})
    assert "2 learners ask" in words(salma.get(at))
    first, second = requests_of(house.issuer, CENTRE, at.split("/")[1])
    assert "Taken: row 2 of the class." in words(salma.post(f"{at}/{first.id}", {"step": "new"}))
    assert "Refused." in words(salma.post(f"{at}/{second.id}", {"step": "refuse"}))
    assert "Somebody else has decided" in words(salma.post(f"{at}/{second.id}", {"step": "new"}))
    assert "You are in the class" in words(learner.get(str(waits.url)))
    issue_cohort(house.issuer, CENTRE, at.split("/")[1])
    ready = learner.get(str(waits.url))
    claim = re.search(rf'href="{BASE}(/claim/[^"]+)"', ready.text)
    assert claim is not None
    taken = house.program().get("/issuer/api/v1/claims/" + claim.group(1).removeprefix("/claim/")).json()
    assert [name["@value"] for name in taken["credentialSubject"]["name"]] == ["Najma Akter", "নাজমা আক্তার"]
    assert taken["awardedDate"].startswith("2026-11-13")


def test_a_learner_reads_nothing_of_another(house: House) -> None:
    _, code = opened(house, "Rana Haddad,2026-11-13,,\n")
    ask(house.issuer, code, {"name": "Yusuf Haddad", "email": "yusuf@example.org"})
    learner = phone(house)
    for answer in (learner.get(f"/class/{code}"), learner.post(f"/class/{code}", data={"name": "Rana Haddad"})):
        assert not {"Yusuf", "yusuf@example.org", "Rana"} & set(re.findall(r"[\w.@]+", words(answer)))
    assert learner.get(f"/class/{code}/guessed").status_code == 404
    assert learner.get("/class/AAAAAAAA").status_code == 404


def test_what_a_learner_has_to_write_anew_is_said_and_kept(house: House) -> None:
    cohort, code = opened(house)
    learner = phone(house)
    cases: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "name"),
        ({"name": "=HYPERLINK(1)"}, "name"),
        ({"name": "Najma \u202eretkA"}, "name"),
        ({"name": "Najma", "email": "nobody"}, "email"),
        ({"name": "Najma", "holder_key": "did:key:z6"}, "holder_key"),
        ({"name": "Najma", "number": "9" * 41}, "number"),
        ({"name_native": "+নাজমা"}, "name_native"),
    )
    for typed, wrong in cases:
        answer = learner.post(f"/class/{code}", data=typed)
        assert answer.status_code == 422
        assert f'id="{wrong}-e"' in answer.text
        assert all(f'value="{value}"' in answer.text for value in typed.values())
    assert requests_of(house.issuer, CENTRE, cohort) == ()


def test_a_code_ends_at_its_hour_at_its_number_and_when_it_is_closed(house: House, salma: Registrar) -> None:
    cohort, code = opened(house, most=1, minutes=10)
    secret = ask(house.issuer, code, {"name": "Sari"})
    assert classroom_of(house.issuer, CENTRE, cohort) is None
    for reason in ("number", "closed", "hour"):
        if reason == "closed":
            code = open_classroom(house.issuer, CENTRE, cohort, awarded_on=TODAY).code
            assert phone(house).get(f"/class/{code}").status_code == 200
            salma.post(f"classes/{cohort}/classroom", {"step": "close"})
        if reason == "hour":
            code = open_classroom(house.issuer, CENTRE, cohort, awarded_on=TODAY, minutes=10).code
            house.now[0] += timedelta(minutes=10)
        with pytest.raises(ClassroomClosedError):
            ask(house.issuer, code, {"name": "Late"})
        refused: Response = phone(house).post(f"/class/{code}", data={"name": "Late"})
        assert (refused.status_code, "This code has ended" in words(refused)) == (410, True), reason
    assert [one.cells["name"] for one in requests_of(house.issuer, CENTRE, cohort)] == ["Sari"]
    first = requests_of(house.issuer, CENTRE, cohort)[0]
    assert decide(house.issuer, CENTRE, cohort, first.id) == 2
    with house.issuer.database.session() as session:
        code = session.get_one(ClassroomRequest, first.id).code
    assert standing_of(house.issuer, code, secret)[1].state == "taken"
    house.now[0] += timedelta(days=91)
    with pytest.raises(UnknownThingError):
        standing_of(house.issuer, code, secret)


def test_a_second_code_closes_the_first_and_bounds_are_kept(house: House, salma: Registrar) -> None:
    cohort, first = opened(house)
    open_classroom(house.issuer, CENTRE, cohort, awarded_on=TODAY)
    with pytest.raises(ClassroomClosedError):
        ask(house.issuer, first, {"name": "Sari"})
    for wrong in ({"most": str(MOST + 1)}, {"most": "many"}, {"minutes": "481"}, {"awarded_on": "2026-11-24"}, {"awarded_on": ""}):
        good = {"awarded_on": "2026-11-13", "minutes": "60", "most": "40"}
        assert salma.post(f"classes/{cohort}/classroom", good | wrong).status_code == 422
    assert any(limit.paths.fullmatch("/class/K7QXW2MA") for limit in LIMITS)


def test_rows_that_may_be_meant_are_offered_and_one_that_is_there_is_only_filled(house: House) -> None:
    issuer = house.issuer
    cohort, code = opened(house, "Najma Akter,2026-11-13,,XA-7\nSari,2026-11-13,,\nNajma Begum,2026-11-13,,\n")
    asked = {"name": "Akter Najma", "name_native": "নাজমা আক্তার", "email": "n@example.org"}
    for cells in (asked, {"name": "Somebody", "number": "XA-7"}, {"name": "Khadija"}):
        ask(issuer, code, cells)
    merged, numbered, alone = requests_of(issuer, CENTRE, cohort)
    assert [merged.rows, numbered.rows, alone.rows] == [(2, 4), (2,), ()]
    assert decide(issuer, CENTRE, cohort, merged.id, row=2) == 2
    row = cohort_report(issuer, CENTRE, cohort).rows[0]
    assert {column: row.cells[column] for column in ("name", "name_native", "number", "email")} == {
        "name": "Najma Akter",
        "name_native": "নাজমা আক্তার",
        "number": "XA-7",
        "email": "n@example.org",
    }
    assert decide(issuer, CENTRE, cohort, alone.id) == 5
    with issuer.database.session() as session:
        done = session.get_one(ClassroomRequest, merged.id)
        assert (done.sealed, session.get_one(Subject, done.subject).wrapped_key) == (b"", None)
    issue_cohort(issuer, CENTRE, cohort)
    with pytest.raises(ConflictError):
        decide(issuer, CENTRE, cohort, numbered.id, row=2)
    assert len(requests_of(issuer, CENTRE, cohort)) == 1


def test_a_name_in_another_script_alone_makes_a_row_that_waits_for_the_registrar(house: House) -> None:
    cohort, code = opened(house)
    ask(house.issuer, code, {"name_native": "নাজমা আক্তার"})
    number = decide(house.issuer, CENTRE, cohort, requests_of(house.issuer, CENTRE, cohort)[0].id)
    assert number is not None
    [row] = cohort_report(house.issuer, CENTRE, cohort).wrong
    assert [problem.code for problem in row.problems] == ["name-missing"]
    assert repair_row(house.issuer, CENTRE, cohort, number, {"name": "Najma Akter"}).ready


def test_by_api_for_one_s_own_classes_alone_and_what_is_old_is_forgotten(house: House) -> None:
    program, theirs = house.program(), house.program(OTHER)
    cohort = program.post(f"/issuer/api/v1/programmes/{COURSE}/classes").json()["id"]
    at = f"/issuer/api/v1/cohorts/{cohort}"
    assert program.get(f"{at}/classroom").status_code == 404
    now = program.put(f"{at}/classroom", json={"awardedOn": "2026-11-13", "most": 2}).json()
    assert program.get(f"{at}/classroom").json() == now
    code = now["address"].rpartition("/")[2]
    ask(house.issuer, code, {"name": "Sari"})
    ask(house.issuer, code, {"name": "Rana"})
    first, second = program.get(f"{at}/requests").json()
    assert (first["cells"]["name"], first["rows"]) == ("Sari", [])
    for answer in (
        theirs.get(f"{at}/classroom"),
        theirs.put(f"{at}/classroom", json={"awardedOn": "2026-11-13"}),
        theirs.delete(f"{at}/classroom"),
        theirs.get(f"{at}/requests"),
        theirs.post(f"{at}/requests/{first['id']}", json={}),
        program.post(f"{at}/requests/{'0' * 64}", json={}),
        registrar(house, OTHER).post(f"classes/{cohort}/classroom/{first['id']}", {"step": "new"}),
    ):
        assert answer.status_code == 404
    assert house.program(CENTRE, "read").get(f"{at}/requests").status_code == 403
    assert program.post(f"{at}/requests/{first['id']}", json={}).json() == {"row": 2}
    assert program.post(f"{at}/requests/{first['id']}", json={"refuse": True}).status_code == 409
    assert program.delete(f"{at}/classroom").status_code == 204
    house.now[0] += timedelta(days=31)
    program.put(f"{at}/classroom", json={"awardedOn": "2026-11-13"})
    assert program.get(f"{at}/requests").json() == []
    with house.issuer.database.session() as session:
        assert session.get_one(ClassroomRequest, second["id"]).sealed == b""
