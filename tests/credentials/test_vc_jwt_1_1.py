"""Credentials of VC Data Model 1.1 in tokens: what the claims say is put back, and must not contradict what stands there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given

from credentials.data_url import data_url
from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner
from credentials.model_1_1 import CREDENTIALS_V1
from credentials.vc_jwt_1_1 import JWT, open_jwt_1_1, open_older
from credentials.verify import CheckOutcome
from tests.credentials.world import NOW, V2, credential, did_of, key_signer, outcomes, report
from tests.strategies import json_objects, mutations

SIGNER: Final = key_signer()
WORKER: Final = "did:example:worker"
VC: Final[dict[str, Any]] = {
    "@context": [CREDENTIALS_V1, {"skill": "https://terms.example/skill"}],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"skill": "welding"},
}
STARTS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
CLAIMS: Final[dict[str, Any]] = {
    "vc": VC,
    "iss": did_of(SIGNER),
    "sub": WORKER,
    "jti": "urn:uuid:1",
    "nbf": int(STARTS.timestamp()),
    "exp": int(ENDS.timestamp()),
}


def claims(changes: dict[str, Any], **inner: Any) -> dict[str, Any]:  # noqa: ANN401  # any claim
    """Return claims with other values; `inner` are members of the `vc` claim; what is given as `...` is left out."""
    vc = {name: value for name, value in (VC | inner).items() if value is not ...}
    return {name: value for name, value in ({**CLAIMS, "vc": vc} | changes).items() if value is not ...}


def token(payload: dict[str, Any], signer: InMemorySigner = SIGNER, typ: object = "JWT") -> bytes:
    header = {"kid": signer.verification_method}
    if typ is not ...:
        return sign_jws(encode_json(payload), signer, typ="", header={**header, "typ": typ}).encode()
    protected = b64url_encode(encode_json({"alg": "EdDSA", **header}))
    signing_input = f"{protected}.{b64url_encode(encode_json(payload))}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}".encode()


def problem(payload: dict[str, Any], signer: InMemorySigner = SIGNER) -> tuple[str, str]:
    """Return (the check that failed, the pointer of its problem)."""
    result = report(token(payload, signer), accepts_1_1=True)
    failed = [check for check in result.checks if check.outcome is CheckOutcome.FAILED]
    assert not result.verified
    assert failed[0].problem is not None
    return failed[0].name, failed[0].problem.pointer


def test_what_the_claims_say_is_put_back() -> None:
    opened = open_jwt_1_1(token(CLAIMS))
    assert opened.document == VC | {
        "id": "urn:uuid:1",
        "issuer": did_of(SIGNER),
        "issuanceDate": "2026-01-01T00:00:00Z",
        "expirationDate": "2027-01-01T00:00:00Z",
        "credentialSubject": {"id": WORKER, "skill": "welding"},
    }


@pytest.mark.parametrize("typ", ["JWT", "jwt", ...])
def test_it_is_verified_only_where_it_is_asked_for(typ: object) -> None:
    content = token(CLAIMS, typ=typ)
    result = report(content, accepts_1_1=True)
    assert set(outcomes(result).values()) == {"passed"}
    assert result.require().valid_until == ENDS
    assert not report(content).verified
    envelope = {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": data_url(JWT, content)}
    assert report(envelope, accepts_1_1=True).verified
    assert not report(envelope).verified


def test_what_is_said_twice_alike_is_taken() -> None:
    said = claims(
        {},
        id="urn:uuid:1",
        issuer={"id": did_of(SIGNER), "name": "A centre"},
        issuanceDate="2026-01-01T00:00:00.500Z",
        expirationDate="2027-01-01T01:00:00+01:00",
        credentialSubject=[{"id": WORKER, "skill": "welding"}],
    )
    assert open_jwt_1_1(token(said)).document == said["vc"] | {"credentialSubject": said["vc"]["credentialSubject"][0]}


def test_what_no_claim_says_stays_as_it_is() -> None:
    said = claims({"sub": ..., "jti": ..., "nbf": ..., "exp": ...}, issuanceDate="2026-01-01T00:00:00Z")
    assert report(token(said), accepts_1_1=True).verified
    assert open_jwt_1_1(token(said)).document == said["vc"] | {"issuer": did_of(SIGNER)}


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        pytest.param(claims({"vc": []}), "/vc", id="no object"),
        pytest.param(claims({"iss": "did:example:other"}, issuer=did_of(SIGNER)), "/iss", id="another iss"),
        pytest.param(claims({"iss": ...}, issuer=did_of(SIGNER)), "/iss", id="no iss"),
        pytest.param(claims({"iss": ...}), "/issuer", id="no issuer at all"),
        pytest.param(claims({"iss": 7}), "/issuer", id="iss a number"),
        pytest.param(claims({"jti": "urn:uuid:2"}, id="urn:uuid:1"), "/jti", id="another id"),
        pytest.param(claims({"jti": ["urn:uuid:1"]}), "/id", id="id a list"),
        pytest.param(claims({}, credentialSubject={"id": "did:example:b"}), "/sub", id="another subject"),
        pytest.param(claims({}, credentialSubject=[{"skill": "a"}, {"skill": "b"}]), "/sub", id="two subjects"),
        pytest.param(claims({}, credentialSubject=...), "/sub", id="no subject"),
        pytest.param(claims({}, issuanceDate="2025-01-01T00:00:00Z"), "/nbf", id="another issuanceDate"),
        pytest.param(claims({}, expirationDate="2027-01-01T00:00:01Z"), "/exp", id="another expirationDate"),
        pytest.param(claims({}, expirationDate="soon"), "/exp", id="no date"),
        pytest.param(claims({"nbf": "2026"}), "/nbf", id="nbf a text"),
        pytest.param(claims({"nbf": ...}), "/issuanceDate", id="no issuanceDate"),
        pytest.param(claims({}, **{"@context": [V2]}), "/@context", id="of version 2.0"),
        pytest.param(claims({}, type=["Other"]), "/type", id="another type"),
    ],
)
def test_claims_that_are_missing_or_contradict_the_credential(payload: dict[str, Any], pointer: str) -> None:
    assert problem(payload) == ("data-model", pointer)


def test_a_term_that_no_context_defines_is_refused() -> None:
    assert problem(claims({}, undefined="term"))[0] == "proof"


def test_another_key_than_the_issuers_is_refused() -> None:
    assert problem(CLAIMS, key_signer("stranger"))[0] == "issuer-key"


@pytest.mark.parametrize(
    ("dates", "check"),
    [
        ({"exp": int(NOW.timestamp()) - 3600}, "validity-period"),
        ({"nbf": int(NOW.timestamp()) + 3600, "exp": ...}, "validity-period"),
    ],
)
def test_its_dates_are_judged(dates: dict[str, Any], check: str) -> None:
    assert problem(claims(dates))[0] == check


def test_a_changed_signature_is_refused() -> None:
    head, payload, signature = token(CLAIMS).decode().split(".")
    other = token(claims({"sub": "did:example:other"})).decode().split(".")[1]
    for changed in (f"{head}.{other}.{signature}", f"{head}.{payload}.{'A' * len(signature)}"):
        assert report(changed.encode(), accepts_1_1=True).check("proof").outcome is CheckOutcome.FAILED


@pytest.mark.parametrize("typ", ["vc+jwt", "vc+sd-jwt", "statuslist+jwt", "at+jwt", 7])
def test_a_token_of_another_kind_is_none_of_these(typ: object) -> None:
    content = token(CLAIMS, typ=typ)
    if typ == 7:
        with pytest.raises(VCError):
            open_older(content)
        return
    assert open_older(content) is None
    with pytest.raises(VCError):
        open_jwt_1_1(content)


def test_what_is_no_token_is_none_of_these() -> None:
    for content in (b"{}", b"\xd2\x84", credential(), {"type": "EnvelopedVerifiableCredential", "id": "data:text/plain,x"}):
        assert open_older(content) is None
    assert open_older(token(CLAIMS), "application/vc+jwt") is None
    with pytest.raises(VCError):
        open_older(token({"iss": "did:example:a"}))


@given(mutations(CLAIMS | {"vc": VC | {"id": "urn:uuid:1", "issuer": {"id": did_of(SIGNER)}}}) | json_objects())
def test_whatever_the_claims_are_they_are_read_or_refused(payload: dict[str, Any]) -> None:
    result = report(token(payload), accepts_1_1=True)
    assert result.verified or result.problems
