"""SD-JWTs against PyPI `sd-jwt`, the reference of RFC 9901: what one issues, presents and binds the other verifies."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from jwcrypto.common import JWException  # type: ignore[import-untyped]
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.holder import SDJWTHolder  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.sd_jwt import bind, compact_form, present, verify_key_binding
from credentials.sd_jwt_vc import open_sd_jwt_vc
from tests.independent.test_envelopes import AUDIENCE, CLAIMS, NONCE, VCT, issued, key_seed, signer

ALGORITHM: Final = "ES256"  # the one with which the reference checks key bindings
ISSUER: Final = signer(ALGORITHM).verification_method.partition("#")[0]


def jwk(name: str) -> JWK:
    """Return the reference's form of a key, with its secret."""
    return JWK(**signer(ALGORITHM, name).public_key.jwk(), d=b64url_encode(key_seed(ALGORITHM, name)))


def issued_by_reference(serialization: str = "compact") -> str:
    claims = {
        "iss": ISSUER,
        "vct": VCT,
        SDObj("name"): "Ana",
        "skills": ["welding", SDObj("rigging")],
        SDObj("address"): {"city": "Tarimba", SDObj("street"): "Dock 4"},
    }
    header = {"typ": "dc+sd-jwt", "kid": signer(ALGORITHM).verification_method}
    made = SDJWTIssuer(
        claims,
        jwk("issuer"),
        jwk("holder"),
        sign_alg=ALGORITHM,
        add_decoy_claims=True,
        serialization_format=serialization,
        extra_header_parameters=header,
    )
    return str(made.sd_jwt_issuance)


def verified_by_reference(text: str) -> dict[str, Any]:
    found: dict[str, Any] = SDJWTVerifier(text, lambda _iss, _header: jwk("issuer"), AUDIENCE, NONCE).get_verified_payload()
    return found


def verified(text: str) -> dict[str, Any]:
    opened = open_sd_jwt_vc(text.encode())
    opened.verify(lambda _method, _purpose: signer(ALGORITHM).public_key)
    opened.check_issuer_key()
    verify_key_binding(opened.sd_jwt, audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))
    return opened.document


def presented() -> str:
    opened = open_sd_jwt_vc(issued(ALGORITHM).encode()).sd_jwt
    shown = open_sd_jwt_vc(present(opened, [("name",), ("address", "street")]).encode()).sd_jwt
    return bind(shown, signer(ALGORITHM, "holder"), audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))


def presented_by_reference() -> str:
    holder = SDJWTHolder(issued_by_reference())
    disclosed = {"name": True, "skills": [False, True], "address": {"street": True}}
    holder.create_presentation(disclosed, NONCE, AUDIENCE, jwk("holder"), sign_alg=ALGORITHM)
    return str(holder.sd_jwt_presentation)


def test_the_reference_verifies_what_we_issue_present_and_bind() -> None:
    found = verified_by_reference(presented())
    assert (found["name"], found["skills"]) == ("Ana", ["welding"])
    assert found["address"] == {"city": "Tarimba", "street": "Dock 4"}


def test_we_verify_what_the_reference_issues_presents_and_binds() -> None:
    found = verified(presented_by_reference())
    assert {name: found[name] for name in CLAIMS} == CLAIMS


def test_we_read_what_the_reference_writes_in_json() -> None:
    opened = open_sd_jwt_vc(compact_form(json.loads(issued_by_reference("json"))).encode())
    opened.verify(lambda _method, _purpose: signer(ALGORITHM).public_key)
    assert {name: opened.document[name] for name in CLAIMS} == CLAIMS


CHANGES: Final[dict[str, Callable[[str], str]]] = {
    "another header": lambda text: text[:20] + ("A" if text[20] != "A" else "B") + text[21:],
    "a disclosure twice": lambda text: "~".join([*text.split("~")[:2], text.split("~")[1], *text.split("~")[2:]]),
    "a disclosure less": lambda text: "~".join([*text.split("~")[:1], *text.split("~")[2:]]),
    "another binding": lambda text: text[:-4] + "AAAA",
    "a claim of nobody": lambda text: text.replace("~", f"~{b64url_encode(secrets.token_bytes(9))}~", 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("make", [presented, presented_by_reference])
def test_both_refuse_what_was_changed(make: Callable[[], str], change: Callable[[str], str]) -> None:
    changed = change(make())
    with pytest.raises((JWException, ValueError, KeyError)):
        verified_by_reference(changed)
    with pytest.raises(VCError):
        verified(changed)
