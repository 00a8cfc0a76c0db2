"""Wallet attestation and key attestation: the negative cases of the conformance suite by name."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import FastAPI
from starlette.testclient import TestClient

from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner
from issuer_api.openid.attestations import KEYS_TYP, POP_TYP, WALLET_TYP
from issuer_api.openid.metadata import PRE_AUTHORIZED
from issuer_api.openid.routes import router
from issuer_api.openid.service import OpenID
from tests.credentials.test_x509 import Owner, own
from tests.issuer_api.house import BASE, CENTRE, COURSE, House
from tests.issuer_api.openid.test_authorization import ALICE, pushed
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import Wallet, new_key, offer_of, without
from web.joining import join

MAKER: Final = new_key()
CLIENT: Final = "a-wallet"


def attestation(wallet: Wallet, key: InMemorySigner, *, by: InMemorySigner = MAKER, header: Any = None, **changes: Any) -> str:  # noqa: ANN401
    claims = {"sub": CLIENT, "exp": int(wallet.now.timestamp()) + 600, "cnf": {"jwk": key.public_key.jwk()}, **changes}
    return sign_jws(encode_json(without(claims)), by, typ=WALLET_TYP, header=header or {"jwk": MAKER.public_key.jwk()})


def pop(wallet: Wallet, key: InMemorySigner, **changes: Any) -> str:  # noqa: ANN401  # any JSON
    moment = int(wallet.now.timestamp())
    claims = {"iss": CLIENT, "aud": wallet.issuer, "jti": secrets.token_urlsafe(8), "iat": moment, **changes}
    return sign_jws(encode_json(without(claims)), key, typ=POP_TYP)


def headers(attested: str, proof: str) -> dict[str, str]:
    return {"OAuth-Client-Attestation": attested, "OAuth-Client-Attestation-PoP": proof}


def redeem(trying: Trying, sent: dict[str, str], **form: str) -> Any:  # noqa: ANN401  # a response
    grant = offer_of(trying.offered()["offer"])["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    return trying.post("token", data={"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant, **form}, headers=sent)


def test_an_attested_wallet_is_a_client_by_its_name(trying: Trying) -> None:
    server = trying.client.get("/issuers/school/.well-known/oauth-authorization-server").json()
    assert "attest_jwt_client_auth" in server["token_endpoint_auth_methods_supported"]
    challenge = trying.client.post(server["challenge_endpoint"]).json()["attestation_challenge"]
    key = new_key()
    sent = headers(attestation(trying, key), pop(trying, key, challenge=challenge))
    answer = redeem(trying, sent)
    assert answer.status_code == 200, answer.text
    trying.access = answer.json()["access_token"]
    assert trying.fetch("course", trying.proof(trying.nonce(), iss=CLIENT)).status_code == 200
    refused(redeem(trying, sent), "invalid_client_attestation", 401)  # the proof comes again


@pytest.mark.parametrize(
    ("attested", "proof", "form"),
    [
        pytest.param({"exp": 1}, {}, {}, id="attestation expired"),
        pytest.param({"exp": ...}, {}, {}, id="attestation without an end"),
        pytest.param({"nbf": 9_999_999_999}, {}, {}, id="attestation not in force"),
        pytest.param({"sub": ...}, {}, {}, id="no sub"),
        pytest.param({"sub": "other"}, {"iss": ...}, {"client_id": CLIENT}, id="another client_id"),
        pytest.param({"cnf": ...}, {}, {}, id="no key"),
        pytest.param({"cnf": {"jwk": new_key().public_key.jwk()}}, {}, {}, id="key mismatch"),
        pytest.param({"by": new_key()}, {}, {}, id="bad signature of the attestation"),
        pytest.param({"header": {"kid": "x"}}, {}, {}, id="no signer"),
        pytest.param({}, {"aud": "https://other.example"}, {}, id="PoP with wrong aud"),
        pytest.param({}, {"iss": "other"}, {}, id="PoP of another client"),
        pytest.param({}, {"iat": 1}, {}, id="PoP of long ago"),
        pytest.param({}, {"jti": ...}, {}, id="PoP without jti"),
    ],
)
def test_what_does_not_hold_is_refused(
    trying: Trying, attested: dict[str, Any], proof: dict[str, Any], form: dict[str, str]
) -> None:
    key = new_key()
    sent = headers(attestation(trying, key, **attested), pop(trying, key, **proof))
    refused(redeem(trying, sent, **form), "invalid_client_attestation", 401)


def test_pop_with_bad_signature_missing_halves_and_a_foreign_challenge(trying: Trying) -> None:
    key = new_key()
    good, proof = attestation(trying, key), pop(trying, key)
    for sent in (headers(good, proof[:-6] + "AAAAAA"), headers(good, ""), headers("", proof), headers("x", "y")):
        refused(redeem(trying, sent), "invalid_client_attestation", 401)
    refused(redeem(trying, headers(good, pop(trying, key, challenge="guessed"))), "use_attestation_challenge")


def test_what_was_pushed_with_an_attestation_is_exchanged_with_one(trying: Trying) -> None:
    key = new_key()
    form = {"scope": "course", "client_id": CLIENT}
    assert trying.push(**form).status_code == 201
    sent = headers(attestation(trying, key), pop(trying, key))
    body = {
        "response_type": "code",
        "redirect_uri": "https://wallet.example/back",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        **form,
    }
    answer = trying.client.post(f"{trying.issuer}/par", data=body, headers=sent)
    assert answer.status_code == 201, answer.text
    refused(trying.client.post(f"{trying.issuer}/par", data=body, headers=sent), "invalid_client_attestation", 401)
    code = trying.redirected(trying.sign_in(answer.json()["request_uri"], **ALICE))["code"]
    refused(trying.exchange(code), "invalid_grant")


def keys_attested(wallet: Wallet, *keys: InMemorySigner, by: InMemorySigner = MAKER, **changes: Any) -> str:  # noqa: ANN401
    claims = {"iat": int(wallet.now.timestamp()), "attested_keys": [key.public_key.jwk() for key in keys], **changes}
    return sign_jws(encode_json(without(claims)), by, typ=KEYS_TYP, header={"jwk": MAKER.public_key.jwk()})


def test_g7_key_attestation(trying: Trying) -> None:
    trying.admitted()

    def fetch(text: object) -> Any:  # noqa: ANN401  # a response
        header = {"jwk": trying.key.public_key.jwk(), "key_attestation": text}
        return trying.fetch("course", trying.proof(trying.nonce(), header=header))

    good = fetch(keys_attested(trying, new_key(), trying.key, nonce=trying.nonce()))
    assert good.status_code == 200, good.text
    refused(fetch(keys_attested(trying, new_key())), "invalid_proof")  # G7: of key X, and the attestation says Y
    refused(fetch(keys_attested(trying, trying.key, by=new_key())), "invalid_proof")
    refused(fetch(keys_attested(trying, trying.key, exp=1)), "invalid_proof")
    refused(fetch(keys_attested(trying, attested_keys="all")), "invalid_proof")
    refused(fetch(7), "invalid_proof")
    refused(fetch(keys_attested(trying, trying.key, nonce="guessed")), "invalid_nonce")


def test_where_wallets_are_tried_out_any_certificate_will_do(trying: Trying) -> None:
    maker, key = own("maker"), new_key()
    x5c = [base64.b64encode(maker.certificate.public_bytes(Encoding.DER)).decode()]
    for by, status in ((maker.signer(), 200), (MAKER, 401)):
        sent = headers(attestation(trying, key, by=by, header={"x5c": x5c}), pop(trying, key))
        assert redeem(trying, sent).status_code == status


class TestPinned:
    """Where the deployment pins makers of wallets, certificates must lead to them."""

    @pytest.fixture
    def pinned(self, house: House) -> Iterator[tuple[Wallet, Owner]]:
        root = own("wallet authority", authority=True, starts=house.now[0].replace(year=2026, month=1))
        app = FastAPI()
        join(app, router(OpenID(replace(house.issuer, wallet_makers=root.anchors))))
        with TestClient(app, base_url=BASE) as client:
            yield Wallet(client, f"{BASE}/issuers/{CENTRE}", house.now[0]), root

    def test_a_maker_under_the_anchor_counts_and_another_does_not(self, house: House, pinned: tuple[Wallet, Owner]) -> None:
        wallet, root = pinned
        stranger = own("another authority", authority=True, starts=house.now[0].replace(year=2026, month=1))
        for authority, status in ((root, 201), (stranger, 401)):
            maker = own("maker", authority, starts=house.now[0].replace(year=2026, month=1))
            x5c = [base64.b64encode(maker.certificate.public_bytes(Encoding.DER)).decode()]
            key = new_key()
            sent = headers(attestation(wallet, key, by=maker.signer(), header={"x5c": x5c}), pop(wallet, key))
            form = {
                "response_type": "code",
                "client_id": CLIENT,
                "redirect_uri": "https://wallet.example/back",
                "code_challenge": "c" * 43,
                "code_challenge_method": "S256",
                "scope": COURSE,
            }
            assert wallet.client.post(f"{wallet.issuer}/par", data=form, headers=sent).status_code == status
        unnamed = headers(attestation(wallet, key), pop(wallet, key))
        refused(wallet.client.post(f"{wallet.issuer}/par", data=form, headers=unnamed), "invalid_client_attestation", 401)

    def test_where_none_is_pinned_attestations_are_left_alone(self, house: House) -> None:
        with TestClient(house.app, base_url=BASE) as client:
            wallet = Wallet(client, f"{BASE}/issuers/{CENTRE}", house.now[0])
            server = client.get(f"/issuers/{CENTRE}/.well-known/oauth-authorization-server").json()
            assert server["token_endpoint_auth_methods_supported"] == ["none"]
            assert pushed(wallet, scope=COURSE)
            answer = client.post(f"{wallet.issuer}/token", data={"grant_type": "x"}, headers=headers("x", "y"))
            refused(answer, "unsupported_grant_type")
