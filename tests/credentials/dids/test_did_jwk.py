from __future__ import annotations

import json

import pytest

from credentials.dids import did_jwk, verification_key
from credentials.dids.did_key import SIGNING_RELATIONSHIPS
from credentials.encoding import b64url_encode
from credentials.errors import InvalidRelationshipError, InvalidVerificationMethodError, MalformedValueError, VCError
from credentials.keys import generate_private_key
from tests.credentials.world import Outside, key_signer
from tests.vectors.material import signer_of

EXAMPLE = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZX"
    "TXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)
"""The first example of the method's specification, for P-256."""


def test_the_example_of_the_specification() -> None:
    document = did_jwk.resolve(EXAMPLE, Outside())
    assert document["id"] == EXAMPLE
    assert document["verificationMethod"] == [
        {
            "id": f"{EXAMPLE}#0",
            "type": "JsonWebKey",
            "controller": EXAMPLE,
            "publicKeyJwk": {
                "crv": "P-256",
                "kty": "EC",
                "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
                "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE",
            },
        }
    ]
    assert document["assertionMethod"] == document["authentication"] == [f"{EXAMPLE}#0"]


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ES384", "ES512"])
@pytest.mark.parametrize("more", [{}, {"use": "sig"}, {"kid": "k1"}, {"alg": ...}])
def test_every_kind_of_key_that_signs_here(algorithm: str, more: dict[str, object]) -> None:
    key = signer_of(algorithm).public_key
    jwk = {**key.jwk(), **more, **({"alg": algorithm} if "alg" in more else {})}
    did = "did:jwk:" + b64url_encode(json.dumps(jwk).encode())
    assert did_jwk.resolve(did, Outside())["verificationMethod"][0]["publicKeyJwk"] == jwk
    for purpose in SIGNING_RELATIONSHIPS:
        assert verification_key(f"{did}#0", purpose, Outside()) == key
    with pytest.raises(InvalidRelationshipError):
        verification_key(f"{did}#0", "keyAgreement", Outside())


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "OKP", "crv": "X25519", "use": "enc", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "oct", "k": "AA"},
    ],
)
def test_a_key_that_does_not_sign_here_is_refused(jwk: dict[str, str]) -> None:
    """The first is the second example of the method's specification: a key for encryption."""
    with pytest.raises(InvalidVerificationMethodError, match="of a type that we do not know"):
        did_jwk.resolve("did:jwk:" + b64url_encode(json.dumps(jwk).encode()), Outside())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"{", InvalidVerificationMethodError),
        (b"[]", InvalidVerificationMethodError),
        (b"\xff", InvalidVerificationMethodError),
        (b'{"kty":"OKP","kty":"OKP"}', InvalidVerificationMethodError),
        (b"[" * 200, InvalidVerificationMethodError),
        (b"{}", InvalidVerificationMethodError),
        (
            json.dumps({**key_signer().public_key.jwk(), "d": b64url_encode(generate_private_key())}).encode(),
            InvalidVerificationMethodError,
        ),
    ],
)
def test_an_identifier_that_holds_no_public_key_is_refused(text: bytes, error: type[VCError]) -> None:
    with pytest.raises(error):
        did_jwk.resolve("did:jwk:" + b64url_encode(text), Outside())


def test_padding_is_refused() -> None:
    with pytest.raises(MalformedValueError):
        did_jwk.resolve(EXAMPLE + "=", Outside())
