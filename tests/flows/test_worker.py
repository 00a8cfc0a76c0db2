"""The worker's way through the real services: claim, keep, share, have it checked, stop."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from tests.flows.world import BASE, SLUG, World

HTML = {"Accept": "text/html"}


@pytest.fixture
def claim(world: World) -> str:
    issuer = world.composition.issuer
    credential = world.issue_one()["id"]
    return claim_url(issuer, credential, find_issued(issuer, SLUG, credential)[1])


def form_of(page: str) -> str:
    return page.partition('name="form" value="')[2].partition('"')[0]


def test_from_the_claim_link_to_a_checked_and_stopped_share_link(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    page = worker.get(claim)
    assert page.status_code == 200
    assert "Najma Akter" in page.text
    kept = worker.post(claim, data={"form": form_of(page.text)})
    record = kept.url.path.rpartition("/")[2]
    held = worker.get(f"/wallet/certificates/{record}/certificate.json").content

    choosing = worker.get(f"/wallet/certificates/{record}/share")
    made = worker.post(f"/wallet/certificates/{record}/share", data={"form": form_of(choosing.text), "duration": "7-days"})
    address = made.text.partition(f'value="{BASE}/s/')[2].partition('"')[0]

    status, report = world.check(f"{BASE}/s/{address}".encode(), state="XB")
    assert (status, report["verdict"]) == (200, "recognized")
    assert report["credentialId"] == json.loads(held)["id"]

    link = address.partition("#")[0]
    assert "Opened once" in worker.get(f"/wallet/links/{link}").text
    worker.post(f"/wallet/links/{link}/stop", data={"form": form_of(worker.get(f"/wallet/links/{link}").text)})
    assert worker.get(f"/s/{link}").status_code == 410
    status, problem = world.check(f"{BASE}/s/{address}".encode())
    assert (status, problem["type"]) == (502, "https://comity.example/problems#FETCH_ERROR")


def test_the_page_hands_the_certificate_to_the_check_page(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(claim, data={"form": form_of(worker.get(claim).text)})
    record = kept.url.path.rpartition("/")[2]
    content = worker.get(f"/wallet/certificates/{record}/certificate.json").text
    result = worker.post("/verify", data={"text": content, "state": "XB"})
    assert result.status_code == 200
    assert "Najma Akter" in result.text


def test_a_withdrawn_certificate_is_worded_so_in_the_wallet(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(claim, data={"form": form_of(worker.get(claim).text)})
    record = kept.url.path.rpartition("/")[2]
    credential = worker.get(f"/wallet/certificates/{record}/certificate.json").json()["id"]
    change = {"credentialId": credential, "credentialStatus": {"statusPurpose": "suspension", "status": True}}
    for value, word in ((True, "On hold"), (False, "Valid")):
        change["credentialStatus"] = {"statusPurpose": "suspension", "status": value}
        assert world.browser.post("/credentials/status", json=change, headers=world.authorization).status_code == 200
        assert word in worker.get("/wallet").text


def test_a_claim_link_that_nobody_made_is_unknown(world: World) -> None:
    answer = TestClient(world.composition.app, base_url=BASE, headers=HTML).get("/claim/NOBODY-MADE-THIS")
    assert answer.status_code == 404
    assert "No certificate has this link" in answer.text


def test_a_claim_link_of_an_erased_person_has_ended_and_the_kept_certificate_stays_good(world: World) -> None:
    issuer = world.composition.issuer
    _, report = world.bring(b"name,awarded_on\nRana Das,2026-11-13\n")
    issued = world.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=world.authorization)
    [credential] = issued.json()["credentials"]
    url = claim_url(issuer, credential, find_issued(issuer, SLUG, credential)[1])
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(url, data={"form": form_of(worker.get(url).text)})
    content = worker.get(f"{kept.url.path}/certificate.json").content

    [found] = world.browser.post("/issuer/api/v1/people/search", json={"name": "rana"}, headers=world.authorization).json()
    assert world.browser.delete(f"/issuer/api/v1/people/{found['person']}", headers=world.authorization).status_code == 204

    stranger = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    assert stranger.get(url).status_code == 410
    status, checked = world.check(content, state="XB")
    assert (status, checked["verdict"]) == (200, "recognized")
