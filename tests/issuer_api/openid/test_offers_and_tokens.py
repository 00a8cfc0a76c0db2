"""Offers, transaction codes, tokens: the cases G1, G3, G4 of the paper on security, and what RFC 6749 asks of a token endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from issuer_api.openid.metadata import PRE_AUTHORIZED
from issuer_api.openid.tokens import MAX_TRIES
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import Wallet, new_key, offer_of


def refused(answer: Any, code: str, status: int = 400) -> None:  # noqa: ANN401  # a response
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_offer_by_value_and_by_reference_are_the_same_offer_until_it_is_taken(trying: Trying) -> None:
    made = trying.offered(tx_code=True)
    offer = offer_of(made["offer"])
    assert offer["credential_issuer"] == trying.issuer
    assert offer["credential_configuration_ids"] == ["course"]
    grant = offer["grants"][PRE_AUTHORIZED]
    assert grant["tx_code"] == {"input_mode": "numeric", "length": 6}
    assert made["tx_code"].isdigit()
    address = made["offer_by_reference"].partition("credential_offer_uri=")[2].replace("%3A", ":").replace("%2F", "/")
    answer = trying.client.get(address)
    assert answer.json() == offer
    assert answer.headers["cache-control"] == "no-store"
    assert trying.redeem(made["offer"], made["tx_code"]).status_code == 200
    assert trying.client.get(address).status_code == 404


def test_the_short_form_of_the_conformance_profile(trying: Trying) -> None:
    answer = trying.client.post("/issuer/api/v1/offers", json={"id": "course", "txCode": True})
    made = answer.json()
    assert (answer.status_code, len(made["txCode"])) == (201, 6)
    assert trying.redeem(made["offer"], made["txCode"]).status_code == 200
    by_sign_in = trying.client.post("/issuer/api/v1/offers", json={"id": "course", "auth": True}).json()
    assert list(offer_of(by_sign_in["offer"])["grants"]) == ["authorization_code"]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"credential_configuration_id": "nothing"}, 404),
        ({"credential_configuration_id": "course", "credential_id": "urn:uuid:1"}, 404),
        ({"credential_configuration_id": "course", "grant": "password"}, 422),
        ({"credential_configuration_id": "course", "claims": {"name": 7}}, 422),
        ({"credential_configuration_id": "course", "claims": {"name": "A", "colour": "blue"}}, 422),
        ({"credential_configuration_id": "course", "claims": {"name": "A", "awarded_on": "soon"}}, 422),
        ({"credential_configuration_id": "course", "claims": {"name": "A", "number": ""}}, 422),
        ({"credential_configuration_id": "course", "surprise": 1}, 422),
        ({"id": 7}, 422),
    ],
)
def test_an_offer_that_cannot_be_made_is_a_problem_document(trying: Trying, message: dict[str, Any], status: int) -> None:
    answer = trying.client.post("/issuer/api/v1/offers", json=message)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_g1_and_g4_a_wrong_transaction_code_keeps_the_offer_and_the_fifth_ends_it(trying: Trying) -> None:
    first, second = trying.offered(tx_code=True), trying.offered(tx_code=True)
    for tries, made in ((MAX_TRIES - 1, first), (MAX_TRIES, second)):
        for _ in range(tries):
            refused(trying.redeem(made["offer"], "wrong"), "invalid_grant")
    assert trying.redeem(first["offer"], first["tx_code"]).status_code == 200
    refused(trying.redeem(second["offer"], second["tx_code"]), "invalid_grant")


def test_a_transaction_code_that_is_missing_or_not_due_is_another_error_and_no_try(trying: Trying) -> None:
    with_code, without_code = trying.offered(tx_code=True), trying.offered()
    for _ in range(MAX_TRIES):
        refused(trying.redeem(with_code["offer"]), "invalid_request")
        refused(trying.redeem(without_code["offer"], "123456"), "invalid_request")
    assert trying.redeem(with_code["offer"], with_code["tx_code"]).status_code == 200
    assert trying.redeem(without_code["offer"]).status_code == 200


def test_g3_a_code_is_good_once_and_a_second_use_ends_what_came_of_it(trying: Trying) -> None:
    link = trying.offered()["offer"]
    assert trying.redeem(link).status_code == 200
    access = trying.access
    refused(trying.redeem(link), "invalid_grant")
    trying.access = access
    refused(trying.fetch("course"), "invalid_token", 401)


def test_a_refresh_token_is_good_once_and_a_second_use_ends_what_came_of_it(trying: Trying) -> None:
    first = trying.redeem(trying.offered()["offer"]).json()["refresh_token"]
    second = trying.token(grant_type="refresh_token", refresh_token=first)
    assert second.status_code == 200
    assert trying.fetch("course").status_code == 200  # the certificate can be fetched anew, by a new key
    refused(trying.token(grant_type="refresh_token", refresh_token=first), "invalid_grant")
    refused(trying.token(grant_type="refresh_token", refresh_token=second.json()["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": PRE_AUTHORIZED}, "invalid_request"),
        ({"grant_type": PRE_AUTHORIZED, "pre-authorized_code": "guessed"}, "invalid_grant"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "guessed"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "guessed"}, "invalid_grant"),
    ],
)
def test_a_token_request_that_is_refused_says_why_as_the_specification_names_it(
    trying: Trying, form: dict[str, str], code: str
) -> None:
    refused(trying.token(**form), code)


def test_a_token_request_is_a_form_without_a_parameter_twice(trying: Trying) -> None:
    refused(trying.client.post(f"{trying.issuer}/token", json={"grant_type": PRE_AUTHORIZED}), "invalid_request")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(trying.client.post(f"{trying.issuer}/token", content="grant_type=a&grant_type=b", headers=form), "invalid_request")


def test_authorization_details_at_the_token_endpoint_give_identifiers_that_must_then_be_used(trying: Trying) -> None:
    details = '[{"type": "openid_credential", "credential_configuration_id": "course"}]'
    said = trying.redeem(trying.offered()["offer"], authorization_details=details).json()["authorization_details"]
    [identifier] = said[0]["credential_identifiers"]
    refused(trying.fetch("course"), "invalid_credential_request")
    refused(trying.fetch("course", credential_configuration_id=..., credential_identifier="x"), "unknown_credential_identifier")
    refused(trying.fetch("course", credential_identifier=identifier), "invalid_credential_request")
    assert trying.fetch("course", credential_configuration_id=..., credential_identifier=identifier).status_code == 200
    other = '[{"type": "openid_credential", "credential_configuration_id": "course-deferred"}]'
    refused(trying.redeem(trying.offered()["offer"], authorization_details=other), "invalid_scope")
    for wrong in ("[]", "{", "[7]", '[{"type": "other"}]'):
        refused(trying.redeem(trying.offered()["offer"], authorization_details=wrong), "invalid_authorization_details")


class TestDPoP:
    """RFC 9449: a token that only one key can use."""

    def admitted(self, trying: Trying) -> Trying:
        trying.dpop = new_key()
        trying.admitted()
        return trying

    def test_the_first_proof_is_answered_with_a_nonce_and_the_token_is_bound(self, trying: Trying) -> None:
        trying.dpop = new_key()
        link = trying.offered()["offer"]
        grant = offer_of(link)["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant}
        first = trying.client.post(f"{trying.issuer}/token", data=form, headers=trying.proof_header("token"))
        refused(first, "use_dpop_nonce")
        assert first.headers["dpop-nonce"]
        assert "DPoP-Nonce" in first.headers["access-control-expose-headers"]
        assert trying.redeem(link).json()["token_type"] == "DPoP"  # noqa: S105  # no password
        assert trying.fetch("course").status_code == 200

    def test_the_nonce_endpoint_gives_a_nonce_for_dpop_too(self, trying: Trying) -> None:
        self.admitted(trying)
        trying.dpop_nonce = trying.client.post(f"{trying.issuer}/nonce").headers["dpop-nonce"]
        body = {"credential_configuration_id": "course", "proofs": {"jwt": [trying.proof(trying.nonce())]}}
        headers = trying.authorization | trying.proof_header("credential")
        assert trying.client.post(f"{trying.issuer}/credential", json=body, headers=headers).status_code == 200
        replayed = trying.client.post(f"{trying.issuer}/credential", json=body, headers=headers)
        refused(replayed, "invalid_dpop_proof", 401)

    @pytest.mark.parametrize(
        "changes",
        [
            {"htm": "GET"},
            {"htu": "https://other.example/issuers/school/credential"},
            {"ath": "x"},
            {"ath": ...},
            {"jti": ...},
            {"jti": "j" * 201},
            {"iat": 1},
            {"iat": ...},
        ],
        ids=str,
    )
    def test_a_proof_for_another_request_is_refused(self, trying: Trying, changes: dict[str, Any]) -> None:
        self.admitted(trying)
        headers = trying.authorization | trying.proof_header("credential", **changes)
        refused(trying.client.post(f"{trying.issuer}/credential", json={}, headers=headers), "invalid_dpop_proof", 401)

    def test_a_bound_token_is_nothing_without_its_key(self, trying: Trying) -> None:
        self.admitted(trying)
        bearer = Wallet(trying.client, trying.issuer, trying.now, access=trying.access)
        refused(bearer.fetch("course"), "invalid_token", 401)
        shown = trying.client.post(f"{trying.issuer}/credential", json={}, headers=trying.authorization)
        refused(shown, "invalid_dpop_proof", 401)
        assert shown.headers["www-authenticate"].startswith("DPoP ")
        trying.dpop = new_key()
        refused(trying.fetch("course"), "invalid_dpop_proof", 401)

    def test_a_plain_token_is_not_shown_as_a_bound_one(self, trying: Trying) -> None:
        trying.admitted()
        trying.dpop = new_key()
        refused(trying.fetch("course"), "invalid_token", 401)

    def test_a_refresh_token_is_bound_too(self, trying: Trying) -> None:
        trying.dpop = new_key()
        refresh = trying.redeem(trying.offered()["offer"]).json()["refresh_token"]
        trying.dpop = new_key()
        refused(trying.token(grant_type="refresh_token", refresh_token=refresh), "invalid_grant")

    def test_two_proofs_and_what_is_no_proof_are_refused(self, trying: Trying) -> None:
        trying.dpop = new_key()
        two = [("DPoP", trying.dpop_proof("token")), ("DPoP", trying.dpop_proof("token"))]
        refused(trying.client.post(f"{trying.issuer}/token", data={"grant_type": "x"}, headers=two), "invalid_dpop_proof")
        refused(trying.client.post(f"{trying.issuer}/token", data={"a": "b"}, headers={"DPoP": "x.y.z"}), "invalid_dpop_proof")
