from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credentials.errors import KeyBindingError, KeyBindingRequiredError, VCError
from credentials.jose import encode_json, sign_jws
from credentials.sd_jwt import SdJwt, bind, issue_sd_jwt, present, verify_key_binding
from tests.credentials.sd_jwt.making import SIGNER, TYP, Counted, disclosure, hashed, read, sd_jwt
from tests.credentials.world import NOW, key_signer

HOLDER = key_signer("holder")
AUDIENCE = "x509_hash:verifier"
NONCE = "n-0S6_WzA2Mj"


def issued() -> SdJwt:
    claims = {"name": "Ana", "born": 1990}
    text = issue_sd_jwt(claims, SIGNER, typ=TYP, entropy=Counted(), selective=[("name",), ("born",)], holder=HOLDER.public_key)
    return read(text)


def presented() -> SdJwt:
    return read(present(issued(), [("name",)]))


def check(text: str, **options: Any) -> None:  # noqa: ANN401  # any option
    chosen: dict[str, Any] = {"audience": AUDIENCE, "nonce": NONCE, "now": NOW} | options
    verify_key_binding(read(text), **chosen)


def bound(**options: Any) -> str:  # noqa: ANN401  # any option
    chosen: dict[str, Any] = {"audience": AUDIENCE, "nonce": NONCE, "now": NOW} | options
    return bind(presented(), HOLDER, **chosen)


def signed(signer: Any = HOLDER, typ: str = "kb+jwt", **changes: object) -> str:  # noqa: ANN401
    """Return a presentation with this key binding; a claim given as `...` is left out."""
    over = presented()
    base = {"iat": int(NOW.timestamp()), "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(over.presented)}
    claims = {name: value for name, value in (base | changes).items() if value is not ...}
    return over.presented + sign_jws(encode_json(claims), signer, typ=typ)


def test_what_the_holder_signed_for_us_and_now() -> None:
    check(bound())
    check(signed())
    text = bound(claims={"transaction_data_hashes": ["x"]})
    claims = verify_key_binding(read(text), audience=AUDIENCE, nonce=NONCE, now=NOW)
    assert claims["transaction_data_hashes"] == ["x"]
    assert read(text).claims == {"name": "Ana", "cnf": {"jwk": HOLDER.public_key.jwk()}}


def test_e10_no_key_binding() -> None:
    with pytest.raises(KeyBindingRequiredError):
        check(presented().presented)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "x509_hash:another"},
        {"aud": [AUDIENCE]},
        {"aud": ...},
        {"nonce": "another"},
        {"nonce": ...},
        {"sd_hash": hashed("another")},
        {"sd_hash": ...},
        {"iat": ...},
        {"iat": "2026-11-24T12:00:00Z"},
        {"iat": True},
        {"iat": 10**400},
        {"iat": int((NOW - timedelta(hours=1)).timestamp())},
        {"iat": int((NOW - timedelta(days=365)).timestamp())},
        {"iat": int((NOW + timedelta(hours=1)).timestamp())},
        {"iat": int((NOW + timedelta(days=365)).timestamp())},
        {"typ": "JWT"},
        {"typ": "vc+jwt"},
        {"signer": key_signer("another")},
        {"signer": SIGNER},
    ],
)
def test_e13_a_signature_for_something_else(changes: dict[str, Any]) -> None:
    with pytest.raises(KeyBindingError):
        check(signed(**changes))


def test_clocks_may_differ_and_signatures_may_be_a_little_old() -> None:
    check(bound(now=NOW - timedelta(minutes=9)))
    check(bound(now=NOW + timedelta(minutes=4)))
    with pytest.raises(KeyBindingError):
        check(bound(now=NOW - timedelta(minutes=9)), max_age=timedelta(0), clock_skew=timedelta(0))


def test_e11_a_signature_over_other_disclosures() -> None:
    text = bound()
    more = next(placed.disclosure.text for placed in issued().placed if placed.path == ("born",))
    for changed in (text.replace("~", f"~{more}~", 1), text.partition("~")[0] + "~" + text.rpartition("~")[2]):
        with pytest.raises(KeyBindingError, match="disclosures"):
            check(changed)


def test_what_is_no_key_binding() -> None:
    with pytest.raises(KeyBindingError):
        check(presented().presented + "no.signed.token")


@pytest.mark.parametrize("cnf", [..., None, {}, {"jwk": "key"}, {"jwk": {"kty": "oct"}}, {"kid": "did:example:x#k"}])
def test_a_credential_that_names_no_key_of_its_holder(cnf: object) -> None:
    payload = {} if cnf is ... else {"cnf": cnf}
    text = sd_jwt(payload, key_binding=signed().rpartition("~")[2])
    with pytest.raises(KeyBindingError) as raised:
        check(text)
    assert not isinstance(raised.value, KeyBindingRequiredError)
    with pytest.raises(VCError):
        bind(read(sd_jwt(payload)), HOLDER, audience=AUDIENCE, nonce=NONCE, now=NOW)


def test_a_holders_key_that_came_in_a_disclosure() -> None:
    text = disclosure("salt", "cnf", {"jwk": HOLDER.public_key.jwk()})
    with pytest.raises(KeyBindingError, match="no key"):
        check(sd_jwt({"_sd": [hashed(text)]}, [text], signed().rpartition("~")[2]))


def test_only_the_holder_binds_and_only_once() -> None:
    with pytest.raises(KeyBindingError):
        bind(presented(), SIGNER, audience=AUDIENCE, nonce=NONCE, now=NOW)
    with pytest.raises(KeyBindingError):
        bind(read(bound()), HOLDER, audience=AUDIENCE, nonce=NONCE, now=NOW)
