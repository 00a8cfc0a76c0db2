"""Presentations of version 1.1 in tokens: what is none is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.errors import MalformedValueError, TypeMismatchError, VCError
from credentials.jose import encode_json, sign_jws
from credentials.vp_jwt_1_1 import MAX_CREDENTIALS, open_vp_jwt_1_1
from tests.credentials.world import key_signer

SIGNER = key_signer()
HOLDER = SIGNER.verification_method.partition("#")[0]
VP: dict[str, Any] = {"type": ["VerifiablePresentation"], "verifiableCredential": ["a.b.c"]}


def token(typ: str = "JWT", **claims: object) -> str:
    return sign_jws(encode_json(claims), SIGNER, typ=typ, header={"kid": SIGNER.verification_method})


def test_one_is_opened() -> None:
    envelope, credentials = open_vp_jwt_1_1(token(iss=HOLDER, aud="me", nonce="n", vp=VP | {"verifiableCredential": "a.b.c"}))
    assert (envelope.issuer, credentials, envelope.claims["nonce"]) == (HOLDER, ("a.b.c",), "n")
    envelope.verify(lambda method, _: {SIGNER.verification_method: SIGNER.public_key}[method])


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"iss": HOLDER}, TypeMismatchError),
        ({"iss": HOLDER, "vp": "text"}, TypeMismatchError),
        ({"iss": HOLDER, "vp": VP, "typ": "vp+jwt"}, TypeMismatchError),
        ({"vp": VP}, MalformedValueError),
        ({"iss": HOLDER, "vp": VP | {"holder": "did:example:another"}}, MalformedValueError),
        ({"iss": HOLDER, "vp": VP | {"type": ["VerifiableCredential"]}}, MalformedValueError),
        ({"iss": HOLDER, "vp": VP | {"verifiableCredential": [{}]}}, MalformedValueError),
        ({"iss": HOLDER, "vp": VP | {"verifiableCredential": ["a.b.c"] * (MAX_CREDENTIALS + 1)}}, MalformedValueError),
        ({"iss": HOLDER, "vp": {"type": ["VerifiablePresentation"]}}, MalformedValueError),
    ],
)
def test_what_is_none_is_refused(claims: dict[str, Any], problem: type[VCError]) -> None:
    with pytest.raises(problem):
        open_vp_jwt_1_1(token(**claims))
