"""What the W3C suites for Data Integrity ask of every cryptosuite, in our words and with our own documents."""

from __future__ import annotations

from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof
from credentials.keys import InMemorySigner
from tests.conformance.surface import SELECTIVE, SUITES, V1, V2, WHOLE, Surface, altered, assert_refused, assert_verified
from tests.credentials.world import NOW

DATA_INTEGRITY_V2: Final = "https://w3id.org/security/data-integrity/v2"
VERSIONS: Final = ("1.1", "2.0")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SUITES)
def test_what_is_issued_verifies(surface: Surface, name: str, version: str) -> None:
    assert_verified(surface.verify(name, surface.shown(name, version), checks=["proof"]))


@pytest.mark.parametrize("name", SUITES)
def test_a_proof_is_an_object_with_these_members(surface: Surface, name: str) -> None:
    entry, document = surface.issuer(name), surface.issued(name)
    proof = document["proof"]
    assert isinstance(proof, dict)
    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == entry["tags"][0]
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["verificationMethod"].startswith(f"{entry['id']}#")
    assert proof["created"].endswith("Z")
    assert proof["proofValue"].startswith("u" if name in SELECTIVE else "z")


@pytest.mark.parametrize("name", SUITES)
def test_a_derived_or_whole_document_is_only_what_was_issued(surface: Surface, name: str) -> None:
    issued = surface.issued(name)
    shown = surface.derived(issued, "/credentialSubject") if name in SELECTIVE else issued
    assert {member: value for member, value in shown.items() if member != "proof"}.items() <= issued.items()


@pytest.mark.parametrize("name", [name for name in SUITES if "jcs" in name])
def test_a_proof_over_plain_json_carries_the_context(surface: Surface, name: str) -> None:
    document = surface.issued(name)
    assert document["proof"]["@context"] == document["@context"]
    assert_verified(surface.verify(name, altered(document, "/@context", [*document["@context"], DATA_INTEGRITY_V2])))
    for context in (document["@context"][:1], [DATA_INTEGRITY_V2, *document["@context"]], [V2, {"skill": "urn:other:skill"}]):
        assert_refused(surface.verify(name, altered(document, "/@context", context)))


@pytest.mark.parametrize("name", SUITES)
def test_a_context_that_defines_proofs_is_put_into_an_older_credential(surface: Surface, name: str) -> None:
    document = surface.issued(name, "1.1")
    assert document["@context"][0] == V1
    assert DATA_INTEGRITY_V2 in document["@context"]


CHANGES: Final[tuple[tuple[str, Any], ...]] = (
    ("/credentialSubject/id", "did:example:other"),
    ("/credentialSubject/skill", ...),
    ("/credentialSubject/skill", "surgery"),
    ("/credentialSubject/nothing", "undefined"),
    ("/undefined", "term"),
    ("/type", ["VerifiableCredential", "Undefined"]),
    ("/issuer", "did:example:other"),
    ("/validFrom", "2025-01-01T00:00:00Z"),
    ("/validUntil", "2036-01-01T00:00:00Z"),
    ("/proof", ...),
    ("/proof", None),
    ("/proof", []),
    ("/proof", "proof"),
    ("/proof/type", ...),
    ("/proof/type", "UnknownProof"),
    ("/proof/type", ["DataIntegrityProof", "Other"]),
    ("/proof/cryptosuite", ...),
    ("/proof/cryptosuite", "unknown-2099"),
    ("/proof/cryptosuite", 7),
    ("/proof/verificationMethod", ...),
    ("/proof/verificationMethod", None),
    ("/proof/verificationMethod", "did:key:unknown"),
    ("/proof/verificationMethod", "not a url"),
    ("/proof/verificationMethod", {"id": "did:key:a"}),
    ("/proof/proofPurpose", ...),
    ("/proof/proofPurpose", "authentication"),
    ("/proof/proofPurpose", "unknown"),
    ("/proof/created", "yesterday"),
    ("/proof/created", "2020-01-01T00:00:00Z"),
    ("/proof/expires", "2020-01-01T00:00:00Z"),
    ("/proof/expires", "never"),
    ("/proof/domain", "other.example"),
    ("/proof/challenge", "other"),
    ("/proof/nonce", "other"),
    ("/proof/unknown", "member"),
    ("/proof/previousProof", "urn:uuid:not-there"),
    ("/proof/proofValue", ...),
    ("/proof/proofValue", None),
    ("/proof/proofValue", ""),
    ("/proof/proofValue", "z"),
    ("/proof/proofValue", "u"),
    ("/proof/proofValue", "zzzz"),
    ("/proof/proofValue", "u2V0AhVhA"),
    ("/proof/proofValue", ["z"]),
)


@pytest.mark.parametrize(("pointer", "value"), CHANGES, ids=lambda part: str(part)[:30])
@pytest.mark.parametrize("name", SUITES)
def test_whatever_is_changed_after_signing_is_refused(surface: Surface, name: str, pointer: str, value: object) -> None:
    document = _shown_once(surface, name)
    assert_refused(surface.verify(name, altered(document, pointer, value), checks=["proof"]))


_SHOWN: Final[dict[str, dict[str, Any]]] = {}


def _shown_once(surface: Surface, name: str) -> dict[str, Any]:
    return _SHOWN.setdefault(name, surface.shown(name))


@pytest.mark.parametrize("name", SUITES)
def test_a_proof_value_needs_its_own_header(surface: Surface, name: str) -> None:
    document = _shown_once(surface, name)
    value = document["proof"]["proofValue"]
    for wrong in (value[1:], "m" + value[1:], ("u" if value[0] == "z" else "z") + value[1:], value + "A", value[:-4]):
        assert_refused(surface.verify(name, altered(document, "/proof/proofValue", wrong)))


@pytest.mark.parametrize("name", SUITES)
@pytest.mark.parametrize(
    "changes",
    [
        {"undefined": "term"},
        {"type": ["VerifiableCredential", "Undefined"]},
        {"credentialSubject": {"id": "did:example:worker", "undefined": "term"}},
        {"@context": ...},
        {"@context": [V1, 7]},
        {"@context": {"skill": "urn:skill"}},
        {"@context": ["https://example.org/unknown", V2]},
        {"@context": [V2, {"type": "urn:redefined"}]},
        {"@context": [V2, {"VerifiableCredential": "urn:redefined"}]},
        {"type": ...},
        {"type": "OtherCredential"},
        {"issuer": ...},
        {"issuer": None},
        {"issuer": ["did:example:a"]},
        {"credentialSubject": ...},
        {"credentialSubject": {}},
        {"credentialSubject": []},
        {"credentialSubject": "did:example:a"},
        {"id": "not a url"},
        {"id": ["urn:a", "urn:b"]},
        {"proof": None},
    ],
    ids=str,
)
def test_what_does_not_conform_is_not_issued(surface: Surface, name: str, changes: dict[str, Any]) -> None:
    assert_refused(surface.issue(name, surface.credential(name, **changes)))


@pytest.mark.parametrize("name", WHOLE)
def test_all_proofs_of_a_set_are_checked_and_one_that_is_bad_is_enough(surface: Surface, name: str) -> None:
    document = surface.issued(name)
    again = surface.issue(name, document)
    assert again.status_code == 201
    both = again.json()["verifiableCredential"]
    assert len(both["proof"]) == 2
    assert_verified(surface.verify(name, both))
    for position in (0, 1):
        broken = altered(both, f"/proof/{position}/proofValue", both["proof"][position]["proofValue"][:-3] + "111")
        assert_refused(surface.verify(name, broken))
        assert_refused(surface.verify(name, altered(both, f"/proof/{position}/previousProof", "urn:uuid:missing")))


@pytest.mark.parametrize("name", WHOLE)
def test_the_domain_and_challenge_that_are_asked_for_must_be_there(surface: Surface, name: str) -> None:
    document = surface.issued(name)
    assert_refused(surface.verify(name, document, domain="verifier.example"))
    assert_refused(surface.verify(name, document, challenge="1234"))


@pytest.mark.parametrize("name", SUITES)
def test_the_issuers_own_key_is_asked_for_only_by_name(surface: Surface, name: str) -> None:
    document = surface.shown(name, issuer="did:example:centre")
    assert_verified(surface.verify(name, document))
    refused = surface.verify(name, document, checks=["proof", "issuer-key"])
    assert_refused(refused)
    assert refused.json()["type"].endswith("#ISSUER_KEY_MISMATCH")
    assert_verified(surface.verify(name, surface.shown(name), checks=["issuer-key", "validity-period"]))


@pytest.mark.parametrize("name", SUITES)
def test_a_signature_of_another_suite_or_key_is_refused(surface: Surface, name: str) -> None:
    document = _shown_once(surface, name)
    for other in SUITES:
        if other == name:
            continue
        foreign = _shown_once(surface, other)["proof"]
        assert_refused(surface.verify(name, altered(document, "/proof", foreign)))
        assert_refused(surface.verify(name, altered(document, "/proof/verificationMethod", foreign["verificationMethod"])))


@pytest.mark.parametrize("name", WHOLE)
def test_a_chain_is_checked_in_its_order(surface: Surface, name: str) -> None:
    document = {**surface.credential(name)}
    suite, signer = surface.issuer(name)["tags"][0], chain_signer(name)
    first = add_proof(document, signer, cryptosuite=suite, created=NOW, proof_id="urn:uuid:first")
    chain = add_proof(first, signer, cryptosuite=suite, created=NOW, previous=["urn:uuid:first"])
    assert_verified(surface.verify(name, chain))
    assert_refused(surface.verify(name, altered(chain, "/proof/0", ...)))
    assert_refused(surface.verify(name, altered(chain, "/proof/1/previousProof", ...)))
    assert_refused(surface.verify(name, altered(chain, "/proof/1/previousProof", "urn:uuid:missing")))
    assert_refused(surface.verify(name, altered(chain, "/proof/1/previousProof", [])))
    assert_refused(surface.verify(name, altered(chain, "/proof/0/id", "urn:uuid:other")))
    assert_refused(surface.verify(name, altered(chain, "/proof/0/proofValue", chain["proof"][1]["proofValue"])))


def chain_signer(name: str) -> InMemorySigner:
    """Return a signer for the suite of an issuer, with a did:key of its own."""
    algorithm = "ES256" if name.endswith("p256") else "ES384" if name.endswith("p384") else "Ed25519"
    secret = bytes(range(1, 49 if algorithm == "ES384" else 33))
    multibase = InMemorySigner("", secret, algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", secret, algorithm)
