"""A request to a wallet, answered by VC-API: asked for in its words, answered once, checked like any other."""

from __future__ import annotations

from typing import Any, Final

import pytest
from httpx2 import Response

from credentials.errors import COMITY, SECURITY
from tests.verifier.openid.desk import BASE, QUERY, Desk
from tests.verifier.openid.test_formats import Made, asking
from tests.verifier.openid.wallet import key

BADGE: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"


def begun(desk: Desk, message: dict[str, Any]) -> tuple[str, str]:
    """Return (address of the exchange, id to read the answer by) of a request."""
    asked = desk.wallet.ask(**message)
    reference = desk.wallet.fetch(asked["request"])["state"]
    told = desk.client.get(f"/workflows/present/exchanges/{reference}/protocols").json()["protocols"]
    assert told["OID4VP"] == asked["request"]
    return str(told["vcapi"]).removeprefix(BASE), str(asked["id"])


def present(desk: Desk, exchange: str, wanted: dict[str, Any], **changes: object) -> Response:
    one = Made({"client_id": wanted["domain"], "nonce": wanted["challenge"]}, key())
    return desk.client.post(exchange, json={"verifiablePresentation": one.ldp_vc(**changes)})


def test_a_wallet_is_asked_by_example_and_answers_once(desk: Desk) -> None:
    exchange, name = begun(desk, asking("ldp_vc", "https://www.w3.org/2018/credentials#VerifiableCredential", "Course"))
    wanted = desk.client.post(exchange, json={}).json()["verifiablePresentationRequest"]
    assert wanted == desk.client.post(exchange, json={}).json()["verifiablePresentationRequest"]
    [query] = wanted["query"]
    assert query["type"] == "QueryByExample"
    assert query["credentialQuery"][0]["example"]["type"] == ["VerifiableCredential", "Course"]
    assert wanted["interact"]["service"][0]["serviceEndpoint"] == BASE + exchange
    answered = present(desk, exchange, wanted)
    assert (answered.status_code, answered.json()) == (200, {})
    told = desk.wallet.answer(name)
    assert told["state"] == "answered"
    assert told["report"]["verified"] is True
    again = present(desk, exchange, wanted)
    assert (again.status_code, again.json()["type"]) == (409, COMITY + "SESSION_USED")


def test_types_are_said_by_the_terms_of_their_contexts(desk: Desk) -> None:
    exchange, _ = begun(desk, asking("ldp_vc", BADGE))
    example = desk.client.post(exchange, json={}).json()["verifiablePresentationRequest"]["query"][0]["credentialQuery"][0][
        "example"
    ]
    assert "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json" in example["@context"]
    assert example["type"][0] == "VerifiableCredential"
    assert "https://" not in example["type"][1]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"domain": "https://another.example"}, SECURITY + "INVALID_DOMAIN_ERROR"),
        ({"challenge": "another"}, SECURITY + "INVALID_CHALLENGE_ERROR"),
    ],
)
def test_what_is_made_for_another_is_refused(desk: Desk, changes: dict[str, Any], problem: str) -> None:
    exchange, name = begun(desk, asking("ldp_vc"))
    wanted = desk.client.post(exchange, json={}).json()["verifiablePresentationRequest"]
    refused = present(desk, exchange, wanted, **changes)
    assert 400 <= refused.status_code < 500
    assert refused.json()["type"] == problem
    assert desk.wallet.answer(name)["state"] == "refused"


@pytest.mark.parametrize(
    "message",
    [
        {"mode": "direct_post", "signer": "did", "query": QUERY},
        asking("ldp_vc") | {"mode": "direct_post.jwt"},
    ],
    ids=["another format", "encrypted"],
)
def test_what_cannot_be_asked_in_these_words_is_not_found(desk: Desk, message: dict[str, Any]) -> None:
    asked = desk.wallet.ask(**message)
    exchange = f"/workflows/present/exchanges/{desk.wallet.fetch(asked['request'])['state']}"
    assert set(desk.client.get(f"{exchange}/protocols").json()["protocols"]) == {"OID4VP"}
    assert desk.client.post(exchange, json={}).status_code == 404
    assert desk.client.post("/workflows/present/exchanges/nobody", json={}).status_code == 404


def test_an_exchange_ends(desk: Desk) -> None:
    exchange, _ = begun(desk, asking("ldp_vc"))
    with desk.later(minutes=11):
        assert desk.client.post(exchange, json={}).status_code == 410
