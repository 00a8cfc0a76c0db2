from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from credentials.errors import COMITY
from credentials.parsing import parse_json
from credentials.presentation import parse_presentation
from issuer_api.delivery import claim_url, link_of
from issuer_api.issuing import credential_json, erase_subject, find_issued
from tests.issuer_api.house import BASE, CENTRE, House


@pytest.fixture
def anybody(house: House) -> TestClient:
    return TestClient(house.app, base_url=BASE, follow_redirects=False)


def test_an_issuer_s_did_document_may_be_kept_for_minutes(house: House, anybody: TestClient) -> None:
    answer = anybody.get(f"/issuers/{CENTRE}/did.json")
    assert (answer.status_code, answer.json()["id"]) == (200, f"did:web:localhost%3A8000:issuers:{CENTRE}")
    assert answer.headers["cache-control"] == "public, max-age=300"
    missing = anybody.get("/issuers/nobody/did.json")
    assert (missing.status_code, missing.json()["type"]) == (404, COMITY + "NOT_FOUND")
    assert house.counts()["issuer_organisations"] == 3


def test_a_status_list_carries_a_tag_and_is_not_sent_twice(house: House, anybody: TestClient) -> None:
    house.issue()
    path = f"/status/{CENTRE}-1-revocation"
    answer = anybody.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vc")
    again = anybody.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert anybody.get("/status/nothing").status_code == 404


def test_a_printed_code_gives_ciphertext_to_programs_and_the_check_page_to_people(house: House, anybody: TestClient) -> None:
    credential = house.issue()[0]
    link = link_of(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1])
    for path in (f"/L/{link.id}", f"/l/{link.id.lower()}"):
        answer = anybody.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
        assert b"Najma" not in answer.content
    page = anybody.get(f"/L/{link.id}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, f"/verify?link={link.id}")
    assert anybody.get("/L/AAAAAAAAAAAAA").status_code == 404


def test_a_claim_code_gives_the_signed_bytes_until_the_person_is_erased(house: House, anybody: TestClient) -> None:
    credential = house.issue()[0]
    code = claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1]).rpartition("/")[2]
    path = f"/issuer/api/v1/claims/{code}"
    answer = anybody.get(path)
    assert (answer.status_code, answer.content) == (200, credential_json(house.issuer, CENTRE, credential))
    assert anybody.get("/issuer/api/v1/claims/nobody-made-this").status_code == 404
    erase_subject(house.issuer, CENTRE, credential)
    gone = anybody.get(path)
    assert (gone.status_code, gone.json()["type"]) == (410, COMITY + "ERASED")


def test_a_wallet_of_somebody_else_takes_the_certificate_by_an_exchange(house: House, anybody: TestClient) -> None:
    credential = house.issue()[0]
    code = claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1]).rpartition("/")[2]
    told = anybody.get(f"/workflows/claim/exchanges/{code}/protocols").json()
    exchange = told["protocols"]["vcapi"].removeprefix(house.issuer.base_url)
    for begun in ({}, {"verifiablePresentation": {"holder": "did:example:wallet"}}, {"somethingNew": 1}):
        answer = anybody.post(exchange, json=begun)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        presentation = parse_presentation(answer.json()["verifiablePresentation"])
        assert presentation.holder is None
        assert list(presentation.credentials) == [parse_json(credential_json(house.issuer, CENTRE, credential))]
    assert anybody.post(exchange, json=[]).status_code == 400
    erase_subject(house.issuer, CENTRE, credential)
    for answer in (anybody.post(exchange, json={}), anybody.get(f"{exchange}/protocols")):
        assert (answer.status_code, answer.json()["type"]) == (410, COMITY + "ERASED")


@pytest.mark.parametrize("path", ["/workflows/claim/exchanges/nobody-made-this", "/workflows/other/exchanges/x"])
def test_an_exchange_that_there_is_not_is_not_found(anybody: TestClient, path: str) -> None:
    assert anybody.post(path, json={}).status_code == 404
    assert anybody.get(f"{path}/protocols").status_code == 404
