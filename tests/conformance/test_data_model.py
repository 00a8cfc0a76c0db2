"""What the W3C suite for VC Data Model 2.0 asks of issuers and verifiers, over HTTP: its inputs, and our own statements."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pytest

import schemas
from comity.conformance.contexts import revisions
from credentials.data_url import data_url
from credentials.encoding import b64url_encode
from tests.conformance.surface import V1, V2, Surface, altered, assert_refused, assert_verified
from tests.credentials.test_vc_jwt_1_1 import CLAIMS, token
from tests.credentials.test_vcdm2 import inputs, read

NAME: Final = "vc2.0"


@pytest.mark.parametrize("path", inputs("credential", good=True))
def test_a_good_input_is_issued_and_verified(surface: Surface, path: Path) -> None:
    answer = surface.issue(NAME, read(path))
    assert answer.status_code == 201, answer.text
    document = answer.json()["verifiableCredential"]
    if path.stem == "credential-proof-ok":  # beside ours it has a proof of a kind that nobody signs any more
        assert_refused(surface.verify(NAME, document))
        document["proof"] = document["proof"][1]
    assert_verified(surface.verify(NAME, document))


@pytest.mark.parametrize("path", inputs("credential", good=False))
def test_a_bad_input_is_neither_issued_nor_verified(surface: Surface, path: Path) -> None:
    document = read(path)
    assert_refused(surface.issue(NAME, document))
    proof = surface.issued("eddsa-jcs-2022")["proof"]
    assert_refused(surface.verify(NAME, {"proof": proof, **document}))


LANGUAGE: Final = {"@value": "Care", "@language": "en", "@direction": "ltr"}
STATEMENTS: Final[tuple[tuple[dict[str, Any], bool], ...]] = (
    ({"name": "Care", "description": "Of people"}, True),
    ({"name": LANGUAGE}, True),
    ({"name": [LANGUAGE, {"@value": "Soins", "@language": "fr"}]}, True),
    ({"name": {"@value": "رعاية", "@language": "ar", "@direction": "rtl"}}, True),
    ({"name": {"@value": "Care"}}, True),
    ({"name": {**LANGUAGE, "extra": "member"}}, False),
    ({"name": {**LANGUAGE, "@type": "xsd:string"}}, False),
    ({"name": {**LANGUAGE, "@direction": "up"}}, False),
    ({"name": {**LANGUAGE, "@language": "no language"}}, False),
    ({"name": {"@language": "en"}}, False),
    ({"name": {"@value": 7}}, False),
    ({"name": 7}, False),
    ({"validFrom": "2026-01-01T00:00:00Z"}, True),
    ({"validFrom": "2026-01-01T00:00:00.5+05:30"}, True),
    ({"validFrom": "2036-01-01T00:00:00Z"}, True),
    ({"validFrom": "2026-01-01T00:00:00"}, False),
    ({"validFrom": "2026-01-01"}, False),
    ({"validFrom": "2026-13-01T00:00:00Z"}, False),
    ({"validFrom": "2026-01-01T00:00:00+25:00"}, False),
    ({"validFrom": 7}, False),
    ({"validFrom": None}, False),
    ({"validUntil": "2026-01-01T00:00:00Z"}, True),
    ({"validUntil": "2025-12-31T23:59:59Z"}, False),
    ({"validUntil": "soon"}, False),
    ({"credentialSubject": [{"skill": "a"}, {"id": "did:example:b"}]}, True),
    ({"credentialSubject": [{"skill": "a"}, {}]}, False),
    ({"credentialSubject": [["nested"]]}, False),
    ({"credentialSubject": {"id": "no url"}}, False),
    ({"credentialSubject": {"id": None}}, False),
    ({"issuer": {"id": "did:example:centre", "name": LANGUAGE}}, True),
    ({"issuer": {"name": "nobody"}}, False),
    ({"issuer": {"id": "centre"}}, False),
    ({"issuer": 7}, False),
    ({"type": ["VerifiableCredential", "https://terms.example/Type"]}, True),
    ({"type": ["https://terms.example/Type", "VerifiableCredential"]}, True),
    ({"type": "VerifiableCredential"}, True),
    ({"type": ["VerifiableCredential", 7]}, False),
    ({"type": {"VerifiableCredential": 1}}, False),
    ({"@context": [V2, {"skill": "https://terms.example/a"}]}, False),  # the subject's other term is not defined
    ({"@context": [V1, V2]}, False),
    ({"@context": [V2, None]}, False),
    ({"@context": [V2, []]}, False),
    ({"@context": [V2, ""]}, False),
    ({"@context": [V2, "no url"]}, False),
    ({"@context": [V2, {"skill": "https://terms.example/s", "level": "https://terms.example/l", "id": "urn:id"}]}, False),
    ({"@context": V2, "credentialSubject": {"id": "did:example:a"}}, True),
    ({"credentialStatus": {"type": "BitstringStatusListEntry"}}, True),
    ({"credentialStatus": {"id": "urn:status"}}, False),
    ({"credentialStatus": []}, False),
    ({"termsOfUse": {"id": "urn:terms"}}, False),
    ({"evidence": {"id": "urn:evidence"}}, False),
    ({"evidence": "text"}, False),
    ({"refreshService": {"id": "urn:refresh"}}, False),
    ({"credentialSchema": {"id": "urn:schema", "type": "JsonSchema"}}, True),
    ({"credentialSchema": {"type": "JsonSchema"}}, False),
    ({"credentialSchema": {"id": "urn:schema"}}, False),
    ({"credentialSchema": {"id": ["urn:a", "urn:b"], "type": "JsonSchema"}}, False),
)


@pytest.mark.parametrize(("changes", "conforms"), STATEMENTS, ids=lambda part: str(part)[:60])
def test_a_statement_of_the_model_holds_at_issue_and_at_verify(surface: Surface, changes: dict[str, Any], conforms: bool) -> None:  # noqa: FBT001  # a parameter of the table
    document = surface.credential(NAME, **changes)
    answer = surface.issue(NAME, document)
    if conforms:
        assert answer.status_code == 201, answer.text
        assert_verified(surface.verify(NAME, answer.json()["verifiableCredential"]))
    else:
        assert_refused(answer)
        assert_refused(surface.verify(NAME, {**document, "proof": surface.issued(NAME)["proof"]}))


def digests(content: bytes) -> dict[str, str]:
    digest = hashlib.sha256(content).digest()
    return {
        "digestSRI": f"sha256-{base64.b64encode(digest).decode()}",
        "digestMultibase": "u" + b64url_encode(b"\x12\x20" + digest),
    }


@pytest.mark.parametrize("member", ["digestSRI", "digestMultibase"])
@pytest.mark.parametrize("revision", [0, 1])
def test_a_related_resource_with_its_digest_is_issued(surface: Surface, member: str, revision: int) -> None:
    resource = {"id": V2, member: digests(revisions(V2)[revision])[member]}
    answer = surface.issue(NAME, surface.credential(NAME, relatedResource=[resource]))
    assert answer.status_code == 201, answer.text
    assert_verified(surface.verify(NAME, answer.json()["verifiableCredential"]))


RIGHT: Final = digests(schemas.revisions(V2)[0])


@pytest.mark.parametrize(
    "related",
    [
        "text",
        [V2],
        {"id": V2},
        {**RIGHT},
        {"id": "no url", **RIGHT},
        [{"id": V2, **RIGHT}, {"id": V2, **RIGHT}],
        {"id": V2, "digestSRI": digests(b"other")["digestSRI"]},
        {"id": V2, "digestMultibase": digests(b"other")["digestMultibase"]},
        {"id": V2, "digestSRI": "md5-AAAA"},
        {"id": V2, "digestSRI": 7},
        {"id": V2, "digestMultibase": "z"},
        [],
        None,
    ],
    ids=lambda part: str(part)[:40],
)
def test_a_related_resource_of_another_kind_is_refused(surface: Surface, related: object) -> None:
    document = surface.credential(NAME, relatedResource=related)
    assert_refused(surface.issue(NAME, document))
    assert_refused(surface.verify(NAME, {**document, "proof": surface.issued(NAME)["proof"]}))


def test_a_superseded_context_is_only_a_digest(surface: Surface) -> None:
    assert len(revisions(V2)) == 2
    assert json.loads(revisions(V2)[1]) != schemas.context(V2)
    assert revisions("https://w3id.org/security/data-integrity/v2") == schemas.revisions(
        "https://w3id.org/security/data-integrity/v2"
    )
    ordinary = surface.client.post(
        "/credentials/verify",
        json={"verifiableCredential": surface.issued(NAME, relatedResource={"id": V2, **digests(revisions(V2)[1])})},
    )
    assert ordinary.status_code == 400


@pytest.mark.parametrize("member", ["termsOfUse", "evidence", "refreshService", "renderMethod", "confidenceMethod"])
def test_what_others_define_passes_through_and_is_signed(surface: Surface, member: str) -> None:
    document = surface.issued(NAME, **{member: {"id": "urn:a:1", "type": "https://terms.example/Kind"}})
    assert_verified(surface.verify(NAME, document))
    assert_refused(surface.verify(NAME, altered(document, f"/{member}/id", "urn:a:2")))


@pytest.mark.parametrize("text", ["\x01", "\x7f", "a\tb\nc\rd", '"\\', "é \U0001f600", "\u2028"])
def test_control_characters_are_signed_as_they_are(surface: Surface, text: str) -> None:
    document = surface.issued(NAME, credentialSubject={"skill": text})
    assert document["credentialSubject"]["skill"] == text
    assert_verified(surface.verify(NAME, document))
    assert_refused(surface.verify(NAME, altered(document, "/credentialSubject/skill", text + "\x02")))


def test_a_poison_graph_is_stopped(surface: Surface) -> None:
    loops = [{"id": f"_:b{place}", "level": [{"id": f"_:b{other}"} for other in range(12)]} for place in range(12)]
    context = [V2, {"level": "https://terms.example/level"}]
    answer = surface.issue(NAME, surface.credential(NAME, **{"@context": context}, credentialSubject={"level": loops}))
    assert_refused(answer)
    assert answer.json()["type"].endswith("#COMPLEXITY_LIMIT")


def test_a_token_of_version_1_1_is_verified_by_who_reads_that_version(surface: Surface) -> None:
    envelope = {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": data_url("application/jwt", token(CLAIMS))}
    assert_verified(surface.verify("eddsa-rdfc-2022", envelope))
    assert_verified(surface.verify("eddsa-rdfc-2022", envelope, checks=["issuer-key", "validity-period"]))
    assert_refused(surface.verify("eddsa-rdfc-2022", altered(envelope, "/id", envelope["id"][:-4])))
    for name in ("vc2.0", "enveloping-proof"):
        assert_refused(surface.verify(name, envelope))
