"""Work that others confirm: asked by a link, answered once without an account, weighed, signed or not."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any, Final

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credentials.parsing import parse_json
from issuer_api.errors import ErasedError
from issuer_api.issuing import credential_json, find_issued
from issuer_api.records import WorkAnswer, WorkChecked, read_record
from issuer_api.subjects import erase_person
from issuer_api.work_asking import followed
from issuer_api.work_evidence import Marks, level, weighed
from tests.issuer_api.house import BASE, EMPLOYER, FORM, House
from tests.issuer_api.registrar import Form, application, registrar, words
from trust.evidence import EvidenceLevel

WELDER: Final = "ext:ESCOOccupation 7aedaa07-3884-4c5b-88f9-80997b2aa54b"
ASKED: Final = {
    "form_id": FORM,
    "name": "Yusuf Haddad",
    "name_native": "يوسف حدّاد",
    "role": "Mason, walls",
    "country": "xc",
    "contact": "Ana Ferreira",
    "organisation": "Ferreira Builders",
}
SAID: Final = {
    "name": "Ana Ferreira",
    "function": "Owner",
    "organisation": "Ferreira Builders",
    "relation": "employer",
    "basis": "saw-daily",
    "role": "Mason, walls",
    "started": "2024-03-01",
    "ended": "2026-02-28",
    "hours": "40",
    "country": "XC",
    "chosen": [WELDER, "ext:ISCO08 7212"],
}
ANSWER: Final = {
    "name": "Ana Ferreira",
    "function": "Owner",
    "organisation": "Ferreira Builders",
    "relation": "employer",
    "basis": "saw-daily",
    "roleName": "Mason, walls",
    "startDate": "2024-03-01",
    "endDate": "2026-02-28",
    "country": "XC",
    "alignment": [{"targetType": "ext:ISCO08", "targetFramework": "ISCO-08", "targetCode": "7212", "targetName": "Welders"}],
}
LINK: Final = re.compile(r'value="http://localhost:8000(/work-requests/(?:say|mine)/[\w-]+)"')


def phone(house: House) -> TestClient:
    headers = {"Accept": "text/html"}
    return TestClient(application(house), base_url=BASE, headers=headers, raise_server_exceptions=False)


def ask(browser: TestClient, **changes: str) -> tuple[str, list[str]]:
    """Return the worker's own address, and the addresses for those who are asked."""
    page = browser.post(f"/work-requests/ask/{EMPLOYER}", data=ASKED | changes)
    assert page.status_code == 200, words(page)
    mine, *links = LINK.findall(page.text)
    return mine, links


def say(browser: TestClient, link: str, **changes: Any) -> Response:  # noqa: ANN401  # fields of the form
    return browser.post(link, data={**SAID, "step": "send", **changes})


def test_a_worker_asks_somebody_answers_on_a_phone_and_the_house_signs(house: House) -> None:
    browser, ana = phone(house), registrar(house, EMPLOYER)
    assert "Harborline Shipyard" in words(browser.get("/work-requests"))
    assert "Ask somebody" in words(browser.get(f"/work-requests/ask/{EMPLOYER}"))
    wrong = browser.post(f"/work-requests/ask/{EMPLOYER}", data=ASKED | {"name": "", "country": "Calentia"})
    assert (wrong.status_code, "2 things need you" in words(wrong)) == (422, True)
    mine, (link,) = ask(browser)
    shown = browser.get(link)
    assert (shown.headers["cache-control"], "Yusuf Haddad asks you" in words(shown)) == ("no-store", True)
    found = say(browser, link, step="find", text="weld")
    assert (found.status_code, "welder" in found.text) == (200, True)
    wrong = say(browser, link, step="check", started="2026-03-01", relation="", hours="all day", chosen=[])
    assert (wrong.status_code, "4 things need you" in words(wrong)) == (422, True)
    assert "Look once more" in words(say(browser, link, step="check"))
    assert "Answered" not in words(browser.get(mine))
    assert "Thank you" in words(say(browser, link))
    assert say(browser, link).status_code == 409
    assert "The link works no more" in words(browser.get(link))
    assert "looks at it" in words(browser.get(mine))

    assert "1 answer about work waits" in words(ana.get())
    row = re.search(r"asked-work/(\w+)", ana.get("asked-work").text)
    assert row is not None
    page = f"asked-work/{row[1]}"
    assert "Ana Ferreira" in words(ana.get(page))
    assert ana.post(page, {"step": "weigh"}).status_code == 422
    weighings: tuple[tuple[Form, str], ...] = (
        ({"identity": "none"}, "The person's own word"),
        ({"identity": "called"}, "One witness"),
        ({"identity": "called", "paper": ["contract"]}, "Employer's papers"),
    )
    for sent, grade in weighings:
        assert f"How well it is evidenced: {grade}" in words(ana.post(page, {"step": "weigh", **sent})), sent
    weighs = ana.post(
        page,
        {"step": "weigh", "identity": "document"},
        files={"payroll": ("pay.pdf", b"%PDF pay slips"), "contract": ("", b"")},
    )
    digest = re.search(r'name="digests" value="(payroll [\w-]+)"', weighs.text)
    assert digest is not None
    done = ana.post(page, {"step": "sign", "identity": "document", "paper": ["payroll"], "digests": [digest[1]]})
    assert "is signed" in words(done) or "signed" in str(done.url)
    claim = re.search(r'href="(http://localhost:8000/claim/[^"]+)"', browser.get(mine).text)
    assert claim is not None

    credential = _claimed(browser, claim[1])
    work = credential["credentialSubject"]["workExperience"]
    assert work["attestationBasis"] == "payroll"
    assert work["attestation"]["role"] == "supervisor"
    assert work["attestation"]["evidence"][0]["digestMultibase"].startswith("uEi")
    assert "Ferreira" not in json.dumps(credential)
    assert {"ext:ISCO08", "ext:ESCOOccupation"} == {entry["targetType"] for entry in work["alignment"]}
    assert ana.post(page, {"step": "sign", "identity": "none"}).status_code == 200  # what is signed stays
    uuid = credential["id"].removeprefix("urn:uuid:")
    assert "Withdrawn" in words(ana.post(f"certificates/{uuid}/withdraw", {"reason": "wrong-data", "sure": "yes"}))


def _claimed(browser: TestClient, url: str) -> dict[str, Any]:
    code = url.rpartition("/")[2]
    document: dict[str, Any] = browser.get(f"/issuer/api/v1/claims/{code}").json()
    return document


def test_links_work_once_for_thirty_days_and_who_declines_is_told_to_the_worker_alone(house: House) -> None:
    browser = phone(house)
    mine, (link,) = ask(browser)
    assert browser.post(link, data={"step": "decline"}).status_code == 200
    assert "does not confirm it" in words(browser.get(mine))
    assert "Ask somebody else" not in words(registrar(house, EMPLOYER).get("asked-work"))
    more = browser.post(mine, data={"contact": "Omar Saleh", "organisation": "Saleh Household"})
    second = LINK.findall(more.text)[-1]
    assert browser.post(mine, data={"contact": "", "organisation": "x"}).status_code == 422
    house.now[0] += timedelta(days=31)
    assert "This link has ended" in words(browser.get(second))
    assert say(browser, second).status_code == 409
    for nowhere in (
        "/work-requests/say/nothing",
        "/work-requests/mine/nothing",
        "/work-requests/ask/nobody",
        "/work-requests/ask/sunder-bay-care",
    ):
        assert browser.get(nowhere).status_code == 404
    cross = browser.post(link, data=SAID, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


def test_programs_ask_read_weigh_and_sign_and_two_who_vouch_for_each_other_are_one(house: House) -> None:
    program, browser = house.program(EMPLOYER), phone(house)
    api = "/issuer/api/v1/work-requests"

    def asked(name: str, contact: str, **said: str) -> str:
        sent = {
            "form": FORM,
            "work": {"names": [name], "roleName": "Mason", "country": "XC"},
            "witness": {"contact": contact, "organisation": "Site"},
        }
        links = program.post(api, json=sent)
        assert links.status_code == 201, links.text
        assert say(browser, links.json()["answer"].removeprefix(BASE), name=contact, **said).status_code == 200
        return next(str(one["id"]) for one in program.get(api).json() if one["asked"]["contact"] == contact)

    yusuf = asked("Yusuf Haddad", "Omar Saleh", relation="co-worker")
    asked("Omar Saleh", "Yusuf Haddad", relation="co-worker")
    signed = program.post(f"{api}/{yusuf}/sign", json={"identity": "known"})
    assert (signed.status_code, signed.json()["state"], signed.json()["evidence"]) == (200, "signed", "E1")
    again = program.post(f"{api}/{yusuf}/sign", json={"identity": "none"}).json()
    assert again == signed.json()
    document = parse_json(credential_json(house.issuer, EMPLOYER, again["credential"]))
    assert document["credentialSubject"]["workExperience"]["attestation"]["reciprocal"] is True
    third = asked("Sari", "Lina Aziz", relation="client")
    assert program.post(f"{api}/{third}/sign", json={"identity": "seen"}).status_code == 422
    refused = program.post(f"{api}/{third}/refuse", json={"reason": "nobody knows her"})
    assert refused.json()["state"] == "refused"
    assert program.post(f"{api}/{third}/sign", json={"identity": "known"}).status_code == 409
    assert house.program().get(f"{api}/{third}").status_code == 404
    wrong = program.post(api, json={"form": FORM, "work": {"names": []}, "witness": {}})
    assert wrong.status_code == 422


def test_two_from_different_groups_say_more_than_one_and_erasing_the_person_erases_all(house: House) -> None:
    browser, program = phone(house), house.program(EMPLOYER)
    mine, (link,) = ask(browser)
    say(browser, link, relation="co-worker", organisation="Site")
    browser.post(mine, data={"contact": "Lina Aziz", "organisation": "Aziz Household"})
    second = LINK.findall(browser.get(mine).text)[-1]
    say(browser, second, name="Lina Aziz", relation="client", organisation="Aziz Household")
    ids = [one["id"] for one in program.get("/issuer/api/v1/work-requests").json()]
    first = program.post(f"/issuer/api/v1/work-requests/{ids[0]}/sign", json={"identity": "known"}).json()
    page = registrar(house, EMPLOYER).post(f"asked-work/{ids[1]}", {"step": "weigh", "identity": "known"})
    assert "How well it is evidenced: Two independent witnesses" in words(page)
    same = registrar(house, EMPLOYER).post(f"asked-work/{ids[1]}", {"step": "weigh", "identity": "known", "household": "true"})
    assert "Two independent witnesses" in words(same)  # it is hers alone that is of a household
    row, _ = find_issued(house.issuer, EMPLOYER, first["credential"])
    erase_person(house.issuer, EMPLOYER, row.subject)
    with pytest.raises(ErasedError):
        followed(house.issuer, mine.rpartition("/")[2])
    assert browser.get(mine).status_code == 410
    assert program.get("/issuer/api/v1/work-requests").json() == []


@pytest.mark.parametrize(
    ("said", "found", "expected"),
    [
        ({}, {"identity": "none", "papers": [{"paper": "contract"}]}, EvidenceLevel.E0),
        ({"relation": "co-worker"}, {"identity": "known", "household": True}, EvidenceLevel.E1),
        ({}, {"identity": "called"}, EvidenceLevel.E1),
        ({"relation": "client"}, {"identity": "document"}, EvidenceLevel.E1),
        ({"relation": "client"}, {"identity": "document", "papers": [{"paper": "social-security"}]}, EvidenceLevel.E3),
        ({"relation": "union", "basis": "documents-only"}, {"identity": "known"}, EvidenceLevel.E0),
        (
            {"relation": "union", "basis": "documents-only"},
            {"identity": "known", "papers": [{"paper": "payroll"}]},
            EvidenceLevel.E3,
        ),
    ],
)
def test_how_well_work_is_evidenced_follows_from_what_was_found_out(
    said: dict[str, str], found: dict[str, Any], expected: EvidenceLevel
) -> None:
    answer, checked = read_record(WorkAnswer, ANSWER | said), read_record(WorkChecked, found)
    assert level(weighed(answer, checked, Marks("urn:x", "g", is_reciprocal=False))) is expected
