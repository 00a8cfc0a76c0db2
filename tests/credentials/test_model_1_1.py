from __future__ import annotations

from typing import Any

import pytest

from credentials.errors import STATUS, VC, VCError
from credentials.model_1_1 import CREDENTIALS_V1, is_1_1, parse_credential_1_1
from tests.credentials.world import V2, did_of, key_signer, report, secured

MALFORMED, RANGE = VC + "MALFORMED_VALUE_ERROR", STATUS + "RANGE_ERROR"


def credential(**changes: object) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V1],
        "type": ["VerifiableCredential"],
        "issuer": did_of(key_signer()),
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:worker"},
    }
    return {name: value for name, value in (document | changes).items() if value is not ...}


def test_issuance_and_expiration_are_the_period_of_validity() -> None:
    view = parse_credential_1_1(
        credential(
            expirationDate="2027-01-01T00:00:00Z",
            credentialStatus={"id": "urn:status", "type": "SomeStatus"},
            credentialSchema={"id": "urn:schema", "type": "JsonSchemaValidator2018"},
        )
    )
    assert view.valid_from is not None
    assert view.valid_until is not None
    assert (view.valid_from.year, view.valid_until.year) == (2026, 2027)
    assert [entry.types for entry in view.status_entries] == [("SomeStatus",)]
    assert [schema.id for schema in view.schemas] == ["urn:schema"]


@pytest.mark.parametrize(
    ("changes", "problem", "pointer"),
    [
        ({"@context": [V2]}, MALFORMED, "/@context"),
        ({"type": ["Other"]}, MALFORMED, "/type"),
        ({"issuer": ...}, MALFORMED, "/issuer"),
        ({"issuanceDate": ...}, MALFORMED, "/issuanceDate"),
        ({"issuanceDate": "today"}, MALFORMED, "/issuanceDate"),
        ({"expirationDate": None}, MALFORMED, "/expirationDate"),
        ({"expirationDate": "2025-01-01T00:00:00Z"}, RANGE, "/expirationDate"),
        ({"credentialSubject": ...}, MALFORMED, "/credentialSubject"),
        ({"credentialStatus": {"type": "SomeStatus"}}, MALFORMED, "/credentialStatus/id"),
        ({"credentialStatus": {"id": "urn:status"}}, MALFORMED, "/credentialStatus/type"),
        ({"evidence": {"id": "urn:evidence"}}, MALFORMED, "/evidence/type"),
    ],
)
def test_what_does_not_conform_is_refused(changes: dict[str, Any], problem: str, pointer: str) -> None:
    with pytest.raises(VCError) as raised:
        parse_credential_1_1(credential(**changes))
    assert (raised.value.type, raised.value.pointer) == (problem, pointer)


def test_the_base_context_says_which_model_it_is() -> None:
    assert is_1_1(credential())
    assert is_1_1({"@context": CREDENTIALS_V1})
    assert not is_1_1({"@context": [V2, CREDENTIALS_V1]})
    assert not is_1_1({})


def test_it_is_verified_only_where_it_is_asked_for() -> None:
    signed = secured(credential())
    assert [problem.pointer for problem in report(signed).problems] == ["/@context"]
    assert report(signed, accepts_1_1=True).verified
    expired = report(secured(credential(expirationDate="2026-02-01T00:00:00Z")), accepts_1_1=True)
    assert [problem.pointer for problem in expired.problems] == ["/validUntil"]
