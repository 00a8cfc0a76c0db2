"""What the conformance suite asks of a verifier (OpenID4VP 1.0), each line of its checklist a test."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.dids import verification_key
from credentials.errors import SECURITY
from credentials.x509 import parse_x5c
from tests.verifier.openid.desk import BASE, QUERY, SHORT, Desk, assert_refused
from tests.verifier.openid.wallet import ago, course, encrypted, key, read

PREFIXES = {"x509_hash": "x509_hash", "x509_san_dns": "x509_san_dns", "did": "decentralized_identifier", "none": "redirect_uri"}


@pytest.mark.parametrize("signer", PREFIXES)
@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
def test_happy_flow(desk: Desk, mode: str, signer: str) -> None:
    wallet = desk.wallet
    asked = wallet.ask(mode=mode, signer=signer, query=QUERY)
    assert asked["request"].startswith("openid4vp://?client_id=")
    assert wallet.answer(asked["id"]) == {"state": "waiting", "report": None, "recognition": None}
    request = wallet.fetch(asked["request"])
    assert request["response_type"] == "vp_token"
    assert request["response_mode"] == mode
    assert request["dcql_query"] == QUERY
    assert request["client_id"].startswith(f"{PREFIXES[signer]}:")
    assert len(request["nonce"]) >= 43
    assert "redirect_uri" not in request
    posted = wallet.post(request, {"course": [wallet.present(request, now=desk.now)]})
    assert (posted.status_code, posted.json()) == (200, {})
    answer = wallet.answer(asked["id"])
    assert (answer["state"], answer["report"]["verified"]) == ("answered", True)
    [shown] = answer["report"]["presentations"]
    assert (shown["query"], shown["claims"]["name"]) == ("course", "Welding")
    assert "hours" not in shown["claims"]


def test_the_long_form_asks_the_same(desk: Desk) -> None:
    asked = desk.wallet.ask(response_mode="direct_post.jwt", client_id_prefix="x509_hash", dcql_query=QUERY)
    assert desk.wallet.fetch(asked["request"])["client_metadata"]["encrypted_response_enc_values_supported"] == [
        "A128GCM",
        "A256GCM",
    ]


def refused(desk: Desk, problem: str, credential: str | None = None, **changes: Any) -> None:  # noqa: ANN401  # as `present` takes them
    wallet = desk.wallet
    asked = wallet.ask(**SHORT)
    request = wallet.fetch(asked["request"])
    token = {"course": [wallet.present(request, credential, now=desk.now, **changes)]}
    assert_refused(wallet.post(request, token), problem)
    answer = wallet.answer(asked["id"])
    assert (answer["state"], answer["report"]["verified"]) == ("refused", False)
    assert answer["report"]["presentations"] == []
    assert answer["report"]["problemDetails"][0]["type"].endswith(problem)
    assert answer["recognition"] is None


def test_refuse_a_bad_issuer_signature(desk: Desk) -> None:
    wallet = desk.wallet
    asked = wallet.ask(**SHORT)
    request = wallet.fetch(asked["request"])
    text = course(wallet.holder)
    head, payload, rest = text.split(".")
    signature, _, disclosures = rest.partition("~")
    forged = ".".join([head, payload, ("A" if signature[0] != "A" else "B") + signature[1:]]) + "~" + disclosures
    presentation = wallet.present(request, forged, now=desk.now)
    assert_refused(wallet.post(request, {"course": [presentation]}), SECURITY + "PROOF_VERIFICATION_ERROR")
    assert wallet.answer(asked["id"])["state"] == "refused"


def test_refuse_a_key_binding_for_another_audience(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", aud="x509_hash:another")


def test_refuse_a_key_binding_for_another_nonce(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", nonce="another")


def test_refuse_a_key_binding_by_another_key(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", signer=key())


def test_refuse_a_key_binding_over_other_disclosures(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", sd_hash="2jmj7l5rSw0yVb_vlWAYkK_YBwk")


def test_refuse_a_key_binding_of_a_year_ago(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", iat=ago(desk.now, days=365))


def test_refuse_a_key_binding_of_next_year(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", iat=ago(desk.now, days=-365))


def test_refuse_a_key_binding_without_a_time(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", iat=...)


def test_refuse_a_credential_that_nobody_is_bound_to(desk: Desk) -> None:
    refused(desk, "KEY_BINDING_ERROR", course(None))


def test_refuse_a_presentation_without_a_key_binding(desk: Desk) -> None:
    wallet = desk.wallet
    request = wallet.fetch(wallet.ask(**SHORT)["request"])
    bare = wallet.present(request, now=desk.now).rpartition("~")[0] + "~"
    assert_refused(wallet.post(request, {"course": [bare]}), "KEY_BINDING_REQUIRED")


def test_accept_a_minimal_confirmation_key(desk: Desk) -> None:
    wallet = desk.wallet
    assert set(wallet.holder.public_key.jwk()) == {"kty", "crv", "x", "y"}
    request = wallet.fetch(wallet.ask(**SHORT)["request"])
    assert wallet.post(request, {"course": [wallet.present(request, now=desk.now)]}).status_code == 200


def test_serve_the_request_twice(desk: Desk) -> None:
    wallet = desk.wallet
    asked = wallet.ask(**SHORT)
    assert wallet.fetch(asked["request"]) == wallet.fetch(asked["request"])
    assert wallet.answer(asked["id"])["state"] == "fetched"


def test_serve_the_request_to_a_post_with_the_nonce_of_the_wallet(desk: Desk) -> None:
    wallet = desk.wallet
    asked = wallet.ask(response_mode="direct_post", client_id_prefix="x509_hash", dcql_query=QUERY, request_uri_method="post")
    first = wallet.fetch(asked["request"], wallet_nonce="mine", wallet_metadata='{"vp_formats_supported":{}}')
    second = wallet.fetch(asked["request"], wallet_nonce="another")
    assert (first["wallet_nonce"], second["wallet_nonce"]) == ("mine", "another")
    assert "wallet_nonce" not in wallet.fetch(asked["request"])
    assert wallet.post(second, {"course": [wallet.present(second, now=desk.now)]}).status_code == 200


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_accept_either_encryption(desk: Desk, enc: str) -> None:
    wallet = desk.wallet
    request = wallet.fetch(wallet.ask(mode="direct_post.jwt", signer="x509_hash", query=QUERY)["request"])
    token = {"course": [wallet.present(request, now=desk.now)]}
    response = encrypted(request, {"vp_token": token, "state": request["state"]}, enc)
    assert desk.client.post(request["response_uri"], data={"response": response}).status_code == 200


def test_the_request_object_is_signed_by_whom_it_names(desk: Desk) -> None:
    wallet = desk.wallet
    for signer in ("x509_hash", "x509_san_dns", "did"):
        asked = wallet.ask(mode="direct_post", signer=signer, query=QUERY)
        parameters = wallet.fetch(asked["request"])
        uri = f"{BASE}/verifier/wallet/requests/{parameters['state']}"
        jws = read(desk.client.get(uri).text)
        assert jws.header["alg"] == "ES256"
        assert parameters["aud"] == "https://self-issued.me/v2"
        assert "iss" not in parameters
        name = parameters["client_id"].partition(":")[2]
        if signer == "did":
            fetcher = desk.composition.verifier.fetcher
            served = desk.client.get("/verifier/did.json").json()
            assert (served["id"], jws.kid) == (name, f"{name}#k1")
            jws.verify(verification_key(f"{name}#k1", "authentication", fetcher, now=desk.now))
        else:
            assert "kid" not in jws.header
            chain = parse_x5c(jws.header["x5c"])
            assert not chain.is_self_signed
            assert name == (chain.thumbprint if signer == "x509_hash" else "localhost")
            assert chain.hosts == ("localhost",)
