from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.envelope import Envelope, agent, check_claims, numeric_date, split_claims
from credentials.errors import (
    ExpiredError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    IssuerKeyMismatchError,
    MalformedValueError,
    NotYetValidError,
    RangeError,
)
from credentials.keys import PublicKey
from tests.credentials.world import NOW, key_signer

SECONDS = int(NOW.timestamp())
SKEW = timedelta(minutes=5)
KEY = key_signer().public_key


class Recorded:
    """A signature that notes which key it was checked with."""

    def __init__(self) -> None:
        self.keys: list[PublicKey] = []

    def verify(self, key: PublicKey) -> None:
        self.keys.append(key)


def envelope(kid: str | None = "did:example:a#k", issuer: str | None = "did:example:a", **claims: Any) -> Envelope:  # noqa: ANN401
    return Envelope("application/vc+jwt", {}, claims, Recorded(), kid, issuer)


@pytest.mark.parametrize(
    ("kid", "issuer", "method"),
    [
        ("did:example:a#k", "did:example:b", "did:example:a#k"),
        ("#k", "did:example:a", "did:example:a#k"),
        ("k", "did:example:a", "did:example:a#k"),
        ("k", "https://issuer.example/a", "https://issuer.example/a#k"),
        ("https://issuer.example/keys/1", None, "https://issuer.example/keys/1"),
    ],
)
def test_the_name_of_a_key_is_read_against_the_issuer(kid: str, issuer: str | None, method: str) -> None:
    assert envelope(kid, issuer).verification_method == method


@pytest.mark.parametrize(
    ("kid", "issuer", "kind"),
    [
        (None, "did:example:a", InvalidVerificationMethodError),
        ("k" * 2000, "did:example:a", InvalidVerificationMethodURLError),
        ("../../dev/null", None, InvalidVerificationMethodURLError),
    ],
)
def test_a_key_without_a_name(kid: str | None, issuer: str | None, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        _ = envelope(kid, issuer).verification_method


def test_the_signature_is_checked_with_the_key_that_it_names() -> None:
    asked = []

    def resolve_key(method: str, purpose: str) -> PublicKey:
        asked.append((method, purpose))
        return KEY

    opened = envelope()
    opened.verify(resolve_key, purpose="authentication")
    assert asked == [("did:example:a#k", "authentication")]
    assert isinstance(opened.signed, Recorded)
    assert opened.signed.keys == [KEY]


def test_the_key_belongs_to_the_issuer() -> None:
    envelope().check_issuer_key()
    for issuer in ("did:example:b", "did:example:a2", None):
        with pytest.raises(IssuerKeyMismatchError):
            envelope(issuer=issuer).check_issuer_key()


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({}, None),
        ({"nbf": SECONDS, "exp": SECONDS + 1}, None),
        ({"nbf": SECONDS + 299, "exp": SECONDS - 299}, None),
        ({"exp": float(SECONDS + 1)}, None),
        ({"nbf": SECONDS + 301}, NotYetValidError),
        ({"exp": SECONDS - 300}, ExpiredError),
        ({"exp": "2030-01-01T00:00:00Z"}, MalformedValueError),
        ({"exp": True}, MalformedValueError),
        ({"exp": [1]}, MalformedValueError),
        ({"exp": 10**400}, RangeError),
        ({"exp": float("inf")}, RangeError),
        ({"nbf": -1}, RangeError),
    ],
)
def test_times(claims: dict[str, Any], problem: type[Exception] | None) -> None:
    if problem is None:
        envelope(**claims).check_times(NOW, SKEW)
        return
    with pytest.raises(problem):
        envelope(**claims).check_times(NOW, SKEW)


def test_a_numeric_date_is_in_utc() -> None:
    assert numeric_date({"iat": 0}, "iat") == datetime(1970, 1, 1, tzinfo=UTC)
    assert numeric_date({}, "iat") is None


def test_audience_and_nonce() -> None:
    opened = envelope(aud="a", nonce="n")
    listed = envelope(aud=["a", "b"], nonce="n")
    for one in (opened, listed):
        one.check_audience(domain="a", challenge="n", now=NOW, clock_skew=SKEW)
        one.check_audience(domain=None, challenge=None, now=NOW, clock_skew=SKEW)
        with pytest.raises(InvalidDomainError):
            one.check_audience(domain="c", challenge=None, now=NOW, clock_skew=SKEW)
        with pytest.raises(InvalidChallengeError):
            one.check_audience(domain=None, challenge="m", now=NOW, clock_skew=SKEW)


def test_registered_claims_are_no_members_of_the_document() -> None:
    document, claims = split_claims({"type": "T", "iss": "i", "exp": 1, "cnf": {}, "name": "n"})
    assert document == {"type": "T", "name": "n"}
    assert claims == {"iss": "i", "exp": 1, "cnf": {}}


@pytest.mark.parametrize(
    ("document", "maker"),
    [
        ({"issuer": "a"}, "a"),
        ({"issuer": {"id": "a"}}, "a"),
        ({"holder": "b"}, "b"),
        ({"issuer": {}}, None),
        ({"issuer": 1}, None),
        ({}, None),
    ],
)
def test_who_made_a_document(document: dict[str, Any], maker: str | None) -> None:
    assert agent(document) == maker


DOCUMENT = {"issuer": "did:example:a", "id": "urn:1", "credentialSubject": {"id": "did:example:s"}}


@pytest.mark.parametrize(
    "claims", [{}, {"iss": "did:example:a", "jti": "urn:1", "sub": "did:example:s"}, {"iat": "2010-01-01T19:23:24Z"}]
)
def test_claims_that_say_the_same(claims: dict[str, Any]) -> None:
    check_claims(DOCUMENT, claims)


def test_claims_with_nothing_to_compare() -> None:
    check_claims({}, {"iss": "a", "jti": "b", "sub": "c"})
    check_claims({"credentialSubject": [{"id": "d"}]}, {"sub": "c"})
    check_claims({"credentialSubject": {}}, {"sub": "c"})


@pytest.mark.parametrize(
    ("claims", "kind"),
    [({"iss": "b"}, IssuerKeyMismatchError), ({"jti": "urn:2"}, MalformedValueError), ({"sub": None}, MalformedValueError)],
)
def test_claims_that_contradict(claims: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        check_claims(DOCUMENT, claims)
