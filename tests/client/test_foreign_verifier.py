"""The vault before `polaris-oid4vp`, a verifier of another maker that keeps to OpenID4VP 1.0 and HAIP 1.0."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from polaris_oid4vp.verifier import Verifier  # type: ignore[import-untyped]  # ships no types

from comity.clock import now
from credentials.encoding import b64url_decode
from tests.client.node import run_node
from tests.client.test_presenting import certificate, jwk
from tests.verifier.openid.wallet import ISSUER, course, key

pytestmark = pytest.mark.node
NONCE: Final = "of-this-vault"


def verifier(issuer: dict[str, Any]) -> Verifier:
    private, _ = jwk()
    number = int.from_bytes(b64url_decode(private["d"]), "big")
    pem = ec.derive_private_key(number, ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Verifier(
        client_cert_pem=f"-----BEGIN CERTIFICATE-----\n{certificate(private, now())}\n-----END CERTIFICATE-----\n".encode(),
        client_key_pem=pem,
        request_uri="https://verifier.example/request.jwt",
        response_uri="https://verifier.example/response",
        issuer_jwks=[issuer],
        vct_values=("urn:course:1",),
        claims=("name",),
    )


def shown(asking: Verifier) -> tuple[dict[str, Any], Any]:
    """Return (what the vault posts, the verifier's verdict on it)."""
    session, _ = asking.new_request()
    holder, signer = jwk()
    given = {
        "link": f"openid4vp://?{urlencode(asking.authorization_request_params(session))}",
        "requestUri": asking.request_uri,
        "jwt": asking.request_object(session.state, wallet_nonce=NONCE),
        "walletNonce": NONCE,
        "credential": course(signer),
        "holder": holder,
        "now": now().isoformat(),
    }
    said = dict(run_node("foreign.mjs", given=json.dumps(given)))
    status, _, verdict = asking.handle_direct_post(said["posts"][0])
    assert status == (200 if verdict.authentic else 400)
    return said, verdict


def test_it_takes_what_the_vault_shows_and_nothing_else_is_shown() -> None:
    said, verdict = shown(verifier(ISSUER.public_key.jwk()))
    assert (verdict.authentic, verdict.code) == (True, ""), verdict.reason
    assert verdict.claims["name"] == "Welding"
    assert not {"hours", "address"} & verdict.claims.keys()
    assert (said["shown"], said["next"]) == (["name"], "https://verifier.example/done")
    assert said["posts"][0].keys() == {"response"}


def test_it_refuses_an_issuer_that_it_does_not_trust_and_an_answer_twice() -> None:
    _, verdict = shown(verifier(key().public_key.jwk()))
    assert (verdict.authentic, verdict.code) == (False, "issuer_signature")
    asking = verifier(ISSUER.public_key.jwk())
    said, _ = shown(asking)
    assert asking.handle_direct_post(said["posts"][0])[0] == 400
