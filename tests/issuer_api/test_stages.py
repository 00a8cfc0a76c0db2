"""How far each row of a class is: in the browser and by API, from a draft to a certificate that was claimed, printed or revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from issuer_api.replacing import Said, correct, said_by
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from tests.databases import on_sqlite
from tests.issuer_api.house import CENTRE, House
from tests.issuer_api.registrar import Form, registrar, words

FIVE = "Najma Akter,2026-11-13,,\nSari,2026-11-13,,\nYusuf Haddad,2026-11-13,,\nIda Lund,2026-11-13,,\nWrong,2026-13-13,,\n"


databases = on_sqlite


def now(house: House, cohort: str, stage: str = "") -> dict[str, Any]:
    found: dict[str, Any] = house.program().get(f"/issuer/api/v1/cohorts/{cohort}", params={"stage": stage} if stage else {}).json()
    return found


def test_rows_go_from_draft_to_claimed_printed_and_revoked(house: House) -> None:
    cohort = house.bring(FIVE).id
    assert now(house, cohort)["stages"] == {"draft": 5}
    issued, salma = house.issue(FIVE), registrar(house)
    assert now(house, cohort)["stages"] == {"issued": 4, "draft": 1}
    code = claim_url(house.issuer, issued[0], find_issued(house.issuer, CENTRE, issued[0])[1]).rpartition("/")[2]
    claims, program = f"/issuer/api/v1/claims/{code}", house.program()
    assert program.get(claims, params={"look": "true"}).status_code == 200
    assert now(house, cohort)["stages"] == {"issued": 4, "draft": 1}  # to look at what is offered is not to claim it
    assert program.get(claims).status_code == 200
    house.now[0] += timedelta(hours=2)
    assert program.post(f"/workflows/claim/exchanges/{code}", json={}).status_code == 200
    assert salma.get(f"classes/{cohort}/print.pdf").status_code == 200
    assert program.get(f"/issuer/api/v1/credentials/{issued[1]}/card.pdf").status_code == 200
    set_status(house.issuer, CENTRE, issued[2], "suspension", value=True, reason="checking", by="Salma")
    set_status(house.issuer, CENTRE, issued[3], "revocation", value=True, reason="not-passed", by="Salma")
    found = now(house, cohort)
    assert found["stages"] == {"claimed": 1, "printed": 1, "suspended": 1, "revoked": 1, "draft": 1}
    claimed = {"first": "2026-11-23T09:30:00Z", "last": "2026-11-23T11:30:00Z", "times": 2}
    assert [row["claimed"] for row in found["rows"]] == [claimed, None, None, None, None]
    assert [row["printed"] and row["printed"]["times"] for row in found["rows"]] == [1, 2, 1, 1, None]
    assert [row["row"] for row in now(house, cohort, "printed")["rows"]] == [3]
    page = salma.get(f"classes/{cohort}?show=claimed")
    said = words(page)
    for told in ("Signed 4", "Printed 4", "Claimed 1", "On hold 1", "Withdrawn 1", "Claimed on 23 November 2026 (2 times)"):
        assert told in said, told
    assert "Najma Akter" in said
    assert "Yusuf Haddad" not in said
    assert "first on 23 November 2026" in words(salma.get(f"certificates/{issued[0].removeprefix('urn:uuid:')}"))


def test_a_row_says_what_its_certificate_took_the_place_of_and_erasure_leaves_no_trace(house: House) -> None:
    cohort, first = house.bring().id, house.issue()[0]
    before, salma = said_by(house.issuer, CENTRE, first), registrar(house)
    correct(house.issuer, CENTRE, first, Said(("Najma Aktar",), before.awarded, before.number))
    assert [row["replaces"] for row in now(house, cohort)["rows"]] == [first, None, None]
    said = words(salma.get(f"classes/{cohort}?show=replaced"))
    assert "Najma Aktar" in said
    assert "Sari" not in said
    assert "With nobody yet 3" in said
    salma.get(f"classes/{cohort}/print.pdf")
    assert house.counts()["issuer_handovers"] == 3
    erase_person(house.issuer, CENTRE, find_issued(house.issuer, CENTRE, first)[0].subject)
    assert house.counts()["issuer_handovers"] == 2
    assert now(house, cohort)["stages"] == {"erased": 1, "printed": 2}


def test_where_a_second_person_is_needed_rows_are_approved_and_corrections_stand_on_the_home_page(house: House) -> None:
    boss = registrar(house, role="manager", name="Boss")
    assert boss.post("second-person", {"needed": "yes"}).status_code == 200
    salma, ann, cohort = registrar(house), registrar(house, role="approver", name="Ann"), house.bring().id
    assert now(house, cohort)["stages"] == {"draft": 3}
    salma.post(f"classes/{cohort}/approval")
    digest = ann.get(f"classes/{cohort}/look").text.partition('name="digest" value="')[2].partition('"')[0]
    ann.post(f"classes/{cohort}/approval/approved", {"digest": digest})
    assert now(house, cohort)["stages"] == {"approved": 3}
    assert "Approved 3" in words(salma.get(f"classes/{cohort}"))
    old = house.issue()[0]
    asked: Form = {
        "names": ["Najma Aktar"],
        "awarded_on": "2026-11-13",
        "number": said_by(house.issuer, CENTRE, old).number,
        "step": "do",
    }
    salma.post(f"certificates/{old.removeprefix('urn:uuid:')}/correct", asked)
    assert "A correction waits for somebody else's approval Najma Aktar" in words(salma.get())
    assert "A correction waits for your approval Najma Aktar" in words(ann.get())
