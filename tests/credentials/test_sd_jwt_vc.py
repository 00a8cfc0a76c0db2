from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.errors import (
    ClaimNotSelectiveError,
    ExpiredError,
    MalformedValueError,
    NotYetValidError,
    RangeError,
    TypeMismatchError,
)
from credentials.sd_jwt import bind, present
from credentials.sd_jwt_vc import claims_of_credential, issue_sd_jwt_vc, open_sd_jwt_vc, parse_sd_jwt_vc
from tests.credentials.sd_jwt.making import Counted, disclosure, hashed, sd_jwt
from tests.credentials.world import NOW, credential, did_of, key_signer, outcomes, report

SIGNER = key_signer()
HOLDER = key_signer("holder")
ISSUER = did_of(SIGNER)
SECONDS = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {"iss": ISSUER, "vct": "urn:course:1", "name": "Ana", "address": {"city": "Tarimba"}}


def issue(claims: dict[str, Any] | None = None, **options: Any) -> bytes:  # noqa: ANN401
    return issue_sd_jwt_vc(CLAIMS if claims is None else claims, SIGNER, entropy=Counted(), **options)


def test_the_report_is_that_of_any_credential() -> None:
    result = report(issue(selective=[("name",), ("address", "city")], decoys=2, holder=HOLDER.public_key))
    assert set(outcomes(result).values()) == {"passed"}
    view = result.require()
    assert (view.issuer, view.types, view.id, view.schemas) == (ISSUER, ("urn:course:1",), None, ())
    assert view.subjects == ({"name": "Ana", "address": {"city": "Tarimba"}},)


def test_the_view() -> None:
    view = parse_sd_jwt_vc(CLAIMS | {"sub": "did:example:w", "jti": "urn:1", "iat": 0, "nbf": 60, "exp": 120})
    assert (view.id, view.subjects[0]["id"]) == ("urn:1", "did:example:w")
    assert (view.valid_from, view.valid_until) == (datetime(1970, 1, 1, 0, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 2, tzinfo=UTC))
    assert parse_sd_jwt_vc(CLAIMS | {"iat": 30}).valid_from == datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"iss": None}, MalformedValueError),
        ({"iat": "yesterday"}, MalformedValueError),
        ({"exp": 10**400}, RangeError),
        ({"status": "none"}, MalformedValueError),
    ],
)
def test_claims_of_another_shape(changes: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        parse_sd_jwt_vc(CLAIMS | changes)


@pytest.mark.parametrize("vct", [..., None, "", 7, ["urn:course:1"]])
def test_no_type(vct: object) -> None:
    claims = {name: value for name, value in (CLAIMS | {"vct": vct}).items() if value is not ...}
    with pytest.raises(MalformedValueError, match="vct"):
        issue(claims)
    with pytest.raises(MalformedValueError, match="vct"):
        open_sd_jwt_vc(sd_jwt(claims, typ="dc+sd-jwt").encode())


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"])
def test_e5_claims_that_every_verifier_must_see(name: str) -> None:
    with pytest.raises(ClaimNotSelectiveError, match=name):
        issue(CLAIMS | {name: CLAIMS.get(name, 1)}, selective=[(name,)])
    text = disclosure("salt", name, 1)
    payload = {key: value for key, value in CLAIMS.items() if key != name} | {"_sd": [hashed(text)]}
    with pytest.raises(ClaimNotSelectiveError, match=name):
        open_sd_jwt_vc(sd_jwt(payload, [text], typ="dc+sd-jwt").encode())


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"exp": SECONDS - 600}, ExpiredError),
        ({"nbf": SECONDS + 600}, NotYetValidError),
        ({"iat": SECONDS + 600}, NotYetValidError),
    ],
)
def test_e6_a_moment_for_which_it_is_not_meant(changes: dict[str, Any], kind: type[Exception]) -> None:
    assert isinstance(report(issue(CLAIMS | changes)).check("validity-period").problem, kind)


def test_the_issuer_is_whose_key_signed() -> None:
    result = report(issue(CLAIMS | {"iss": "did:example:another"}))
    assert result.check("proof").outcome.value == "passed"
    assert result.check("issuer-key").outcome.value == "failed"


def test_the_type_of_older_drafts_is_read_and_another_type_is_not() -> None:
    assert open_sd_jwt_vc(sd_jwt(CLAIMS, typ="vc+sd-jwt").encode()).document == CLAIMS
    with pytest.raises(TypeMismatchError):
        open_sd_jwt_vc(sd_jwt(CLAIMS, typ="JWT").encode())


def test_an_issuer_that_is_no_text_is_nobody() -> None:
    assert open_sd_jwt_vc(sd_jwt(CLAIMS | {"iss": 7}, typ="dc+sd-jwt").encode()).issuer is None


def test_a_presentation_is_asked_for_its_holder() -> None:
    opened = open_sd_jwt_vc(issue(selective=[("name",)], holder=HOLDER.public_key))
    shown = open_sd_jwt_vc(present(opened.sd_jwt, [("name",)]).encode())
    asked: dict[str, Any] = {"domain": "verifier", "challenge": "n"}
    bound = bind(shown.sd_jwt, HOLDER, audience="verifier", nonce="n", now=NOW).encode()
    assert report(bound, **asked).verified
    for content, options in ((bound, asked | {"challenge": "m"}), (bound, asked | {"domain": "x"}), (issue(), asked)):
        assert report(content, **options).check("proof").outcome.value == "failed"


def test_what_a_credential_of_the_w3c_says() -> None:
    document = credential(
        SIGNER,
        id="urn:uuid:1",
        validFrom="1970-01-01T00:01:00Z",
        validUntil="1970-01-01T00:02:00Z",
        credentialSubject={"id": "did:example:w", "name": "Ana"},
    )
    assert claims_of_credential(document, vct="urn:course:1", issued_at=NOW) == {
        "iss": ISSUER,
        "vct": "urn:course:1",
        "iat": SECONDS,
        "nbf": 60,
        "exp": 120,
        "jti": "urn:uuid:1",
        "sub": "did:example:w",
        "name": "Ana",
    }
    bare = credential(SIGNER, credentialSubject={"name": "Ana"})
    assert claims_of_credential(bare, vct="v", issued_at=NOW) == {"iss": ISSUER, "vct": "v", "iat": SECONDS, "name": "Ana"}


@pytest.mark.parametrize("subject", [[{"name": "a"}, {"name": "b"}], {"exp": 7}, {"status": "apprentice"}, {"sub": "x"}])
def test_what_an_sd_jwt_vc_cannot_say(subject: object) -> None:
    with pytest.raises(MalformedValueError):
        claims_of_credential(credential(SIGNER, credentialSubject=subject), vct="v", issued_at=NOW)
