"""Whoever holds a certificate asks its centre to correct it; the registrar looks, and corrects, refuses or asks back."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from typing import Any, Final

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credentials.jose import encode_json, sign_jws
from issuer_api.answering_corrections import MOST_TURNS
from issuer_api.delivery import claim_url
from issuer_api.holder_proofs import TYP, digest_of
from issuer_api.issuing import find_issued
from issuer_api.messages import ATTESTATION
from issuer_api.organisations import CORRECTIONS, published_document
from issuer_api.replacing import corrected_by, said_by
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from tests.databases import SQLITE, Databases
from tests.issuer_api.house import BASE, CENTRE, COURSE, EMPLOYER, FORM, House, build
from tests.issuer_api.openid.wallet import Wallet, new_key
from tests.issuer_api.registrar import Form, Registrar, application, registrar, words

CANARY: Final = "CANARY-my-passport-writes-Aktar"
PDF: Final = b"%PDF-1.7 a page of a passport"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Databases(SQLITE).tables(tmp_path_factory.mktemp("asked")) as url:
        built = build(url)
        yield built
        built.close()


@pytest.fixture(scope="module")
def salma(house: House) -> Registrar:
    return registrar(house, app=application(house))


def issued(house: House, row: str = "Najma Akter,2026-11-13,নাজমা আক্তার") -> tuple[str, str]:
    """Return a new certificate and its claim code."""
    [credential] = house.issue(f"{row},{secrets.token_hex(4)}\n")
    return credential, claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1]).rpartition("/")[2]


def ask(house: House, body: dict[str, Any], key: str = "") -> Response:
    with TestClient(house.app, base_url=BASE, raise_server_exceptions=False) as anybody:
        return anybody.post(CORRECTIONS, json=body, headers={"Idempotency-Key": key or secrets.token_urlsafe(16)})


def read(house: House, name: str) -> dict[str, Any]:
    with TestClient(house.app, base_url=BASE) as anybody:
        return dict(anybody.get(f"{CORRECTIONS}/{name}").json())


def test_a_holder_asks_and_the_registrar_corrects(house: House, salma: Registrar) -> None:
    credential, claim = issued(house)
    evidence = base64.urlsafe_b64encode(PDF).decode().rstrip("=")
    body = {"credential": credential, "claim": claim, "names": ["Najma Aktar"], "words": CANARY, "evidence": evidence}
    key = secrets.token_urlsafe(16)
    first = ask(house, body, key)
    assert (first.status_code, first.json()["state"]) == (201, "waiting")
    assert ask(house, body, key).json() == first.json()
    assert ask(house, {**body, "words": "else"}, key).json()["type"].endswith("IDEMPOTENCY_KEY_REUSED")
    assert ask(house, body).status_code == 409
    assert CANARY not in repr(house.contents())
    name = first.json()["id"]
    assert "One person asks for a correction" in words(salma.get())
    assert "Najma Akter Waits for you" in words(salma.get("corrections"))
    page = words(salma.get(f"corrections/{name}"))
    assert "Now Najma Akter নাজমা আক্তার Asked for Najma Aktar" in page
    assert CANARY in page
    file = salma.get(f"corrections/{name}/evidence")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment")
    path = f"certificates/{credential.removeprefix('urn:uuid:')}/correct"
    said = said_by(house.issuer, CENTRE, credential)
    filled: Form = {"names": ["Najma Aktar"], "awarded_on": said.awarded.isoformat(), "number": said.number}
    assert "From then on Najma Aktar" in words(salma.post(path, {**filled, "step": "look"}))
    salma.post(path, {**filled, "step": "do"})
    now = read(house, name)
    new = corrected_by(house.issuer, credential)
    assert new is not None
    assert (now["state"], now["claim"]) == ("corrected", claim_url(house.issuer, new, find_issued(house.issuer, CENTRE, new)[1]))
    assert "asks for a correction" not in words(salma.get())
    assert "Corrected: a new certificate took its place" in words(salma.get(f"corrections/{name}"))
    assert "A holder asked for a correction" in words(salma.get("history"))
    late = ask(house, {**body, "words": "again"})
    assert (late.status_code, late.json()["type"].rpartition("#")[2]) == (409, "CONFLICT")


def test_the_centre_asks_back_and_refuses_with_a_reason(house: House, salma: Registrar) -> None:
    credential, claim = issued(house)
    name = ask(house, {"credential": credential, "claim": claim, "words": "The level is wrong."}).json()["id"]
    path = f"corrections/{name}"
    assert salma.post(path, {"act": "back", "words": " "}).status_code == 422
    assert "Your question is there" in words(salma.post(path, {"act": "back", "words": "Which level?"}))
    assert salma.post(path, {"act": "refuse", "words": "No"}).status_code == 409
    now = read(house, name)
    assert (now["state"], now["turns"][0]["by"], now["turns"][0]["words"]) == ("asked-back", "centre", "Which level?")
    with TestClient(house.app, base_url=BASE) as anybody:
        for _ in range(2):
            answer = anybody.post(f"{CORRECTIONS}/{name}/answers", json={"words": "Level 3."})
            assert (answer.status_code, answer.json()["state"], len(answer.json()["turns"])) == (200, "waiting", 2)
        assert anybody.post(f"{CORRECTIONS}/{name}/answers", json={"words": "More."}).status_code == 409
        assert anybody.post(f"{CORRECTIONS}/{'0' * 32}/answers", json={"words": "More."}).status_code == 404
    auditor = registrar(house, role="auditor", name="Aud", app=application(house))
    assert auditor.post(path, {"act": "refuse", "words": "No"}).status_code == 403
    assert "Refused. The person reads your reason." in words(salma.post(path, {"act": "refuse", "words": "It is level 2."}))
    assert [turn["words"] for turn in read(house, name)["turns"]] == ["Which level?", "Level 3.", "It is level 2."]
    assert len(read(house, name)["turns"]) < MOST_TURNS
    assert ask(house, {"credential": credential, "claim": claim, "words": "Please look again."}).status_code == 201


def test_who_does_not_hold_it_or_asks_what_cannot_be_is_refused(house: House) -> None:
    credential, claim = issued(house)
    other, other_claim = issued(house)
    body: dict[str, Any] = {"credential": credential, "claim": claim, "words": "x"}
    for shown in ({}, {"claim": "nothing-of-the-kind"}, {"claim": other_claim}, {"copy": "x", "proof": "y"}):
        answer = ask(house, {"credential": credential, "words": "x", **shown})
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (403, "NOT_HOLDER"), shown
    assert ask(house, {"credential": "urn:uuid:nothing", "words": "x"}).status_code == 403
    wrong: tuple[dict[str, Any], ...] = (
        {"words": " "},
        {"words": "x" * 1001},
        {"names": ["a\u202eb"]},
        {"names": ["a", "b", "c"]},
        {"awardedOn": "yesterday"},
        {"number": "x" * 41},
        {"evidence": base64.urlsafe_b64encode(b"<svg onload=alert(1)>").decode().rstrip("=")},
        {"evidence": base64.urlsafe_b64encode(b"%PDF-" + bytes(257 * 1024)).decode().rstrip("=")},
        {"more": "x"},
    )
    for change in wrong:
        assert ask(house, {**body, **change}).status_code == 422, change
    assert ask(house, body, "short").status_code == 422
    name = ask(house, body).json()["id"]
    set_status(house.issuer, CENTRE, credential, "revocation", value=True, reason="wrong-person", by="x")
    assert read(house, name)["state"] == "withdrawn"
    gone = ask(house, {"credential": other, "claim": other_claim, "words": "x"}).json()["id"]
    erase_person(house.issuer, CENTRE, find_issued(house.issuer, CENTRE, other)[1].id)
    with TestClient(house.app, base_url=BASE) as anybody:
        assert anybody.get(f"{CORRECTIONS}/{gone}").status_code == 404


def test_the_key_of_a_copy_shows_that_it_is_held(house: House) -> None:
    credential, _ = issued(house)
    program = house.program()
    offer = program.post("/issuer/api/v1/offers", json={"credential_configuration_id": COURSE, "credential_id": credential}).json()
    did = published_document(house.issuer, CENTRE)["id"]
    with TestClient(house.app, base_url=BASE) as client:
        wallet = Wallet(client, f"{BASE}/issuers/{CENTRE}", house.now[0])
        wallet.redeem(offer["offer"])
        copy = wallet.fetch(COURSE).json()["credentials"][0]["credential"]
    body = {"credential": credential, "names": ["Najma Aktar"], "copy": copy}

    def signed(key: Any = wallet.key, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # claims
        claims = {"aud": did, "iat": int(house.now[0].timestamp()), "digest": digest_of(body), **changes}
        return {**body, "proof": sign_jws(encode_json(claims), key, typ=TYP)}

    for wrong in (
        signed(new_key()),
        signed(aud="did:web:elsewhere"),
        signed(iat=1),
        {**signed(), "names": ["Somebody Else"]},
        {**signed(), "credential": issued(house)[0]},
        {**signed(), "copy": copy.partition("~")[0] + "~"},
    ):
        assert ask(house, wrong).status_code == 403
    assert ask(house, signed()).status_code == 201


def test_work_is_not_corrected_and_where_to_ask_stands_in_the_did_document(house: House) -> None:
    answer = house.program(EMPLOYER).post(
        "/issuer/api/v1/work",
        params={"form": FORM},
        headers={"Idempotency-Key": "work-0001"},
        json=dict(ATTESTATION),
    )
    assert answer.status_code == 201, answer.text
    credential = answer.json()["id"]
    claim = claim_url(house.issuer, credential, find_issued(house.issuer, EMPLOYER, credential)[1]).rpartition("/")[2]
    name = ask(house, {"credential": credential, "claim": claim, "words": "I was a foreman."}).json()["id"]
    boss = registrar(house, EMPLOYER, name="Boss", app=application(house))
    assert "withdraw it, and attest it anew" in words(boss.get(f"corrections/{name}"))
    service = published_document(house.issuer, EMPLOYER)["service"]
    assert [one["serviceEndpoint"] for one in service] == [BASE + CORRECTIONS]
