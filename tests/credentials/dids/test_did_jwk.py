from __future__ import annotations

import json

import pytest

from credentials.dids import did_jwk
from credentials.encoding import b64url_encode
from credentials.errors import InvalidVerificationMethodError, MalformedValueError, VCError
from credentials.keys import generate_private_key
from tests.credentials.world import Outside, key_signer

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
