from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from credentials.errors import STATUS, VC, MalformedValueError, RangeError, VCError
from credentials.model import parse_credential
from tests.credentials.world import V2, credential
from tests.strategies import json_objects, mutations

MALFORMED, RANGE = VC + "MALFORMED_VALUE_ERROR", STATUS + "RANGE_ERROR"


def test_a_view_holds_exactly_what_was_received() -> None:
    document = credential(
        id="urn:uuid:1",
        issuer={"id": "did:example:centre", "name": [{"@value": "Centre", "@language": "en"}]},
        type=["VerifiableCredential", "OpenBadgeCredential"],
        validFrom="2026-11-20T00:00:00Z",
        validUntil="2036-11-20T00:00:00.5+05:30",
        credentialSubject=[{"id": "did:example:a"}, {"name": "b"}],
        credentialStatus={"type": "ListEntry", "id": "urn:s"},
        credentialSchema=[{"id": "urn:schema", "type": ["JsonSchema", "Other"]}],
    )
    view = parse_credential(document)
    assert view.document is document
    assert (view.id, view.issuer, view.issuer_name) == ("urn:uuid:1", "did:example:centre", "Centre")
    assert view.types == ("VerifiableCredential", "OpenBadgeCredential")
    assert view.valid_from == datetime(2026, 11, 20, tzinfo=UTC)
    assert view.valid_until == datetime(2036, 11, 20, 0, 0, 0, 500000, timezone(timedelta(hours=5, minutes=30)))
    assert view.subjects == ({"id": "did:example:a"}, {"name": "b"})
    [entry] = view.status_entries
    assert (entry.types, entry.document, entry.pointer) == (("ListEntry",), document["credentialStatus"], "/credentialStatus")
    [schema] = view.schemas
    assert (schema.id, schema.types, schema.pointer) == ("urn:schema", ("JsonSchema", "Other"), "/credentialSchema/0")


def test_what_may_be_absent_is_none_or_empty() -> None:
    view = parse_credential(credential())
    assert (view.id, view.issuer_name, view.valid_from, view.valid_until) == (None, None, None, None)
    assert (view.status_entries, view.schemas) == ((), ())


NO_TYPE: dict[str, Any] = {"id": "urn:a"}


@pytest.mark.parametrize(
    ("changes", "problem", "pointer"),
    [
        ({"@context": ...}, MALFORMED, "/@context"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, MALFORMED, "/@context"),
        ({"type": ...}, MALFORMED, "/type"),
        ({"type": ["RelationshipCredential"]}, MALFORMED, "/type"),
        ({"id": None}, MALFORMED, "/id"),
        ({"issuer": ...}, MALFORMED, "/issuer"),
        ({"issuer": {"id": "did:example:a", "name": 1}}, MALFORMED, "/issuer/name"),
        ({"name": {"@value": "a", "x": "b"}}, MALFORMED, "/name"),
        ({"description": 3}, MALFORMED, "/description"),
        ({"credentialSubject": ...}, MALFORMED, "/credentialSubject"),
        ({"credentialSubject": None}, MALFORMED, "/credentialSubject"),
        ({"credentialSubject": []}, MALFORMED, "/credentialSubject"),
        ({"credentialSubject": {}}, MALFORMED, "/credentialSubject"),
        ({"credentialSubject": [{"id": "did:example:a"}, {}]}, MALFORMED, "/credentialSubject/1"),
        ({"credentialSubject": {"id": ["did:a:1", "did:a:2"]}}, MALFORMED, "/credentialSubject/id"),
        ({"validFrom": None}, MALFORMED, "/validFrom"),
        ({"validFrom": "2026-11-20"}, MALFORMED, "/validFrom"),
        ({"validFrom": "2026-11-20T00:00:00"}, MALFORMED, "/validFrom"),
        ({"validUntil": "2026-02-30T00:00:00Z"}, MALFORMED, "/validUntil"),
        ({"validFrom": "2026-11-20T00:00:01Z", "validUntil": "2026-11-20T01:00:00+01:00"}, RANGE, "/validUntil"),
        ({"credentialStatus": NO_TYPE}, MALFORMED, "/credentialStatus/type"),
        ({"credentialStatus": {"type": "A", "id": "no url"}}, MALFORMED, "/credentialStatus/id"),
        ({"credentialSchema": NO_TYPE}, MALFORMED, "/credentialSchema/type"),
        ({"credentialSchema": {"type": "JsonSchema"}}, MALFORMED, "/credentialSchema/id"),
        ({"termsOfUse": NO_TYPE}, MALFORMED, "/termsOfUse/type"),
        ({"evidence": [{"type": "A"}, {}]}, MALFORMED, "/evidence/1/type"),
        ({"refreshService": NO_TYPE}, MALFORMED, "/refreshService/type"),
        ({"proof": {"created": "2023-07-28T22:25:05Z"}}, MALFORMED, "/proof/type"),
        ({"proof": "signed"}, MALFORMED, "/proof"),
    ],
)
def test_c11_and_c12_what_the_model_refuses_is_named_and_pointed_to(changes: dict[str, Any], problem: str, pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        parse_credential(credential(**changes))
    assert (raised.value.type, raised.value.pointer) == (problem, pointer)


def test_a_credential_may_end_in_the_second_it_begins() -> None:
    view = parse_credential(credential(validFrom="2026-11-20T00:00:00Z", validUntil="2026-11-20T01:00:00+01:00"))
    assert view.valid_from == view.valid_until


def test_members_that_nobody_here_reads_pass_through() -> None:
    methods = [{"type": "SvgRenderingTemplate2023", "template": "<svg/>"}]
    assert parse_credential(credential(renderMethod=methods)).document["renderMethod"] is methods


FULL = credential(
    id="urn:uuid:1",
    name=[{"@value": "a", "@language": "en", "@direction": "ltr"}],
    issuer={"id": "did:example:a", "name": "A"},
    validFrom="2026-11-20T00:00:00Z",
    validUntil="2036-11-20T00:00:00Z",
    credentialStatus=[{"type": "A", "id": "urn:s"}],
    credentialSchema={"id": "urn:schema", "type": "JsonSchema"},
    termsOfUse={"type": "A"},
    evidence=[{"type": "A"}],
    refreshService={"type": "A"},
    relatedResource={"id": V2, "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
    proof={"type": "DataIntegrityProof"},
)


@given(mutations(FULL))
def test_whatever_a_credential_becomes_it_is_parsed_or_refused(document: dict[str, Any]) -> None:
    try:
        view = parse_credential(document)
    except VCError as error:
        pointer = error.pointer
    else:
        pointer = "/"
        assert view.document is document
    assert pointer.startswith("/")


@given(json_objects())
def test_any_json_is_parsed_or_refused(document: dict[str, Any]) -> None:
    with pytest.raises(VCError):
        parse_credential(document)


def test_dates_at_the_ends_of_the_calendar_are_compared() -> None:
    earliest, latest = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
    assert parse_credential(credential(validFrom=earliest, validUntil=latest)).valid_until
    with pytest.raises(RangeError):
        parse_credential(credential(validFrom=latest, validUntil=earliest))
