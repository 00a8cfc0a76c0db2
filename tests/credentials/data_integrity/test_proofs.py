"""Proofs of whole documents: how they are made, and everything that is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import rdf
from credentials.data_integrity import CRYPTOSUITES, PRODUCT_CRYPTOSUITES, add_proof, add_proof_set, proofs_of, verify_proofs
from credentials.data_integrity.cryptosuite import (
    DATA_INTEGRITY_V2,
    VC_1_1,
    HashedSuite,
    WholeDocumentSuite,
    canonical_configuration,
    contexts_for_proof,
)
from credentials.dids import verification_key
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import (
    CryptographicSecurityError,
    DataLossError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    ProofGenerationError,
    ProofVerificationError,
    UnknownContextError,
    VCError,
)
from credentials.keys import InMemorySigner, PublicKey, Signer, generate_private_key
from credentials.parsing import parse_json
from tests.credentials.strategies import one_byte_changed, reordered
from tests.credentials.world import NOW, V2, Outside, credential, did_of, key_signer
from tests.strategies import json_objects, mutations

CREATED: Final = NOW - timedelta(days=1)
HASHED: Final = sorted(name for name, suite in CRYPTOSUITES.items() if isinstance(suite, HashedSuite))
PAIRS: Final = [(name, algorithm) for name in HASHED for algorithm in sorted(CRYPTOSUITES[name].algorithms)]


def signer_of(algorithm: str) -> InMemorySigner:
    private_key = b"\1" * len(generate_private_key(algorithm))
    multibase = InMemorySigner("", private_key, algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", private_key, algorithm)


SIGNERS: Final = {algorithm: signer_of(algorithm) for algorithm in ("Ed25519", "ES256", "ES384")}


def resolve(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside())


def verify(document: dict[str, Any], **options: Any) -> None:  # noqa: ANN401  # of `verify_proofs`
    verify_proofs(document, resolve, **{"now": NOW, **options})


def plain(algorithm: str = "Ed25519", **changes: object) -> dict[str, Any]:
    subject = {"id": "did:example:worker", "type": "Person", "claim": ["x", 1, 2.5, True]}
    context = [V2, {"claim": "urn:claim", "other": "urn:other", "Person": "urn:Person"}]
    return credential(SIGNERS[algorithm], **{"@context": context, "credentialSubject": subject, **changes})


def secured(suite: str = "eddsa-rdfc-2022", algorithm: str = "Ed25519", document: dict[str, Any] | None = None) -> dict[str, Any]:
    return add_proof_set(document or plain(algorithm), SIGNERS[algorithm], created=CREATED, cryptosuites=(suite,))


@pytest.mark.parametrize(("suite", "algorithm"), PAIRS)
def test_every_suite_with_every_key(suite: str, algorithm: str) -> None:
    document = plain(algorithm)
    before = json.dumps(document)
    signed = secured(suite, algorithm, document)
    verify(signed)
    assert json.dumps(document) == before
    assert signed["proof"]["type"] == "DataIntegrityProof"
    assert signed["proof"]["cryptosuite"] == suite
    assert signed["proof"]["created"] == "2026-11-23T12:00:00Z"
    assert signed["proof"]["proofValue"].startswith("z")
    assert ("@context" in signed["proof"]) == ("jcs" in suite)


@pytest.mark.parametrize(("suite", "algorithm"), PAIRS)
def test_b7_a_suite_has_no_key_of_another_algorithm(suite: str, algorithm: str) -> None:
    for other in sorted(set(SIGNERS) - set(CRYPTOSUITES[suite].algorithms)):
        with pytest.raises(ProofGenerationError, match=f"does not sign with a key of {other}"):
            secured(suite, other)
        with pytest.raises(CryptographicSecurityError, match=f"{suite} is not for a key of {other}"):
            verify_proofs(secured(suite, algorithm), lambda _method, _purpose, other=other: SIGNERS[other].public_key, now=NOW)  # type: ignore[misc]  # a default binds it
    with pytest.raises(ProofVerificationError):
        verify_proofs(secured(suite, algorithm), lambda _method, _purpose: signer_with_other_key(algorithm).public_key, now=NOW)


def signer_with_other_key(algorithm: str) -> Signer:
    return InMemorySigner("", b"\2" * len(generate_private_key(algorithm)), algorithm)


def test_the_product_makes_two_proofs_in_one_step() -> None:
    signed = add_proof_set(plain(), SIGNERS["Ed25519"], created=CREATED)
    assert (
        [proof["cryptosuite"] for proof in signed["proof"]] == list(PRODUCT_CRYPTOSUITES) == ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    )
    assert {proof["created"] for proof in signed["proof"]} == {"2026-11-23T12:00:00Z"}
    verify(signed)


@pytest.mark.parametrize("suite", ["unknown-2022", "bbs-2023", "ecdsa-sd-2023", ""])
def test_a_suite_that_signs_no_whole_documents_makes_no_proof(suite: str) -> None:
    assert not isinstance(CRYPTOSUITES.get(suite), WholeDocumentSuite)
    with pytest.raises(ProofGenerationError, match="signs a document as a whole"):
        secured(suite)


def test_a_secured_document_gets_no_second_set() -> None:
    with pytest.raises(ProofGenerationError, match="a proof already"):
        add_proof_set(secured(), SIGNERS["Ed25519"], created=CREATED)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
def test_what_would_not_be_signed_is_neither_signed_nor_verified(suite: str) -> None:
    algorithm = "Ed25519" if "eddsa" in suite else "ES256"
    with pytest.raises(DataLossError):
        secured(suite, algorithm, {**plain(algorithm), "undefined": "x"})
    with pytest.raises(DataLossError, match="'undefined'"):
        verify({**secured(suite, algorithm), "undefined": "x"})
    with pytest.raises(UnknownContextError):
        verify({**secured(suite, algorithm), "@context": [V2, "https://contexts.example/v9"]})


@pytest.mark.parametrize("proof", [None, [], "proof", 1, [[]], [None], ["x"], [{}, 1]])
def test_a_document_without_a_proof_is_refused(proof: object) -> None:
    for document in (plain(), {**plain(), "proof": proof}):
        with pytest.raises(ProofVerificationError) as caught:
            verify(document)
        assert caught.value.pointer == "/proof"
        with pytest.raises(ProofVerificationError):
            proofs_of(document)


@pytest.mark.parametrize(
    ("name", "values", "error"),
    [
        ("type", [..., None, "Ed25519Signature2020", ["DataIntegrityProof"]], CryptographicSecurityError),
        ("cryptosuite", [..., None, "eddsa-2022", ["eddsa-rdfc-2022"], "EDDSA-RDFC-2022"], CryptographicSecurityError),
        ("proofPurpose", [..., None, "authentication", ["assertionMethod"]], ProofVerificationError),
        ("verificationMethod", [..., None, 1, {}], ProofVerificationError),
        ("verificationMethod", ["https://a.example/key", "urn:key", ""], InvalidVerificationMethodURLError),
        ("verificationMethod", ["did:key:z6Mk", "did:unknown:a#b"], VCError),
        ("proofValue", [..., None, 1, ["z"], {}, "", "z", "u", "zz", "0", "z0OIl", "z" + "1" * 600], ProofVerificationError),
        (
            "created",
            [None, 1, "", "yesterday", "2026-11-23", "2026-11-23T12:00:00", "2026-13-01T00:00:00Z"],
            ProofVerificationError,
        ),
        (
            "expires",
            [None, 1, "soon", "2026-02-30T00:00:00Z", "2026-11-24T12:00:00Z", "2020-01-01T00:00:00Z"],
            ProofVerificationError,
        ),
        ("id", [None, 1, ["urn:a"]], ProofVerificationError),
        ("challenge", [None, 1, []], ProofVerificationError),
        ("nonce", [None, 1], ProofVerificationError),
        ("domain", [None, 1, ["a", 1], {}], ProofVerificationError),
    ],
)
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_member_that_is_malformed_is_refused(suite: str, name: str, values: list[object], error: type[VCError]) -> None:
    signed = secured(suite)
    for value in values:
        proof = {**signed["proof"], name: value}
        changed = {key: member for key, member in proof.items() if member is not ...}
        with pytest.raises(error) as caught:
            verify({**signed, "proof": changed})
        assert caught.value.pointer.startswith("/proof") or error is VCError, value
        with pytest.raises(error):
            verify({**signed, "proof": [signed["proof"], changed]})


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created", "2026-11-23T12:00:01Z"),
        ("created", ...),
        ("expires", "2027-01-01T00:00:00Z"),
        ("id", "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33"),
        ("nonce", "x"),
        ("domain", "https://a.example"),
        ("challenge", "x"),
        ("verificationMethod", key_signer("somebody else").verification_method),
    ],
)
def test_every_member_of_a_proof_is_signed(suite: str, name: str, value: object) -> None:
    signed = secured(suite)
    changed = {key: member for key, member in {**signed["proof"], name: value}.items() if member is not ...}
    with pytest.raises(ProofVerificationError, match="does not fit"):
        verify({**signed, "proof": changed})


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_the_context_that_a_proof_carries_is_the_documents(suite: str) -> None:
    signed = secured(suite)
    for context in ([V2], [{"claim": "urn:evil"}], "urn:a", [*plain()["@context"], {"a": "urn:a"}]):
        with pytest.raises(ProofVerificationError, match="@context"):
            verify(
                {**signed, "proof": {**signed["proof"], "@context": context}}
                if suite.startswith("eddsa-rdfc")
                else {**signed, "@context": context[:1]}
            )


def test_a_jcs_proof_may_be_followed_by_more_contexts_and_be_without_one() -> None:
    signed = secured("eddsa-jcs-2022")
    verify({**signed, "@context": [*signed["@context"], {"more": "urn:more"}]})
    without = {name: value for name, value in plain().items() if name != "@context"}
    verify(secured("eddsa-jcs-2022", document=without))
    single = secured("eddsa-jcs-2022", document={**without, "@context": V2})
    verify(single)
    verify({**single, "@context": [V2]})


def test_b12_a_proof_expires_at_its_moment() -> None:
    options = {
        "type": "DataIntegrityProof",
        "verificationMethod": SIGNERS["Ed25519"].verification_method,
        "proofPurpose": "assertionMethod",
    }
    suite = CRYPTOSUITES["eddsa-jcs-2022"]
    assert isinstance(suite, HashedSuite)
    proof = suite.create_proof(plain(), {**options, "expires": "2026-11-24T14:00:00+02:00"}, SIGNERS["Ed25519"], rdf.canonicalize)
    verify({**plain(), "proof": proof}, now=NOW - timedelta(microseconds=1))
    with pytest.raises(ProofVerificationError, match="has expired"):
        verify({**plain(), "proof": proof}, now=NOW)


class TestDomainAndChallenge:
    @pytest.fixture
    def presented(self) -> dict[str, Any]:
        document = {"@context": [V2], "type": "VerifiablePresentation", "holder": did_of(SIGNERS["Ed25519"])}
        return add_proof_set(
            document,
            SIGNERS["Ed25519"],
            created=CREATED,
            purpose="authentication",
            domain="https://verifier.example",
            challenge="7f3a",
        )

    def test_b16_and_b17_they_are_checked_when_they_are_given(self, presented: dict[str, Any]) -> None:
        verify(presented, purpose="authentication", domain="https://verifier.example", challenge="7f3a")
        verify(presented, purpose="authentication")
        with pytest.raises(InvalidDomainError) as caught:
            verify(presented, purpose="authentication", domain="https://other.example", challenge="7f3a")
        assert caught.value.pointer == "/proof/0/domain"
        with pytest.raises(InvalidChallengeError):
            verify(presented, purpose="authentication", domain="https://verifier.example", challenge="7f3b")

    def test_a_proof_that_has_none_answers_none(self) -> None:
        with pytest.raises(InvalidDomainError):
            verify(secured(), domain="https://verifier.example")
        with pytest.raises(InvalidChallengeError):
            verify(secured(), challenge="7f3a")

    def test_a_proof_for_more_domains_than_one_is_for_another(self, presented: dict[str, Any]) -> None:
        presented["proof"][0]["domain"] = ["https://verifier.example", "https://other.example"]
        with pytest.raises(InvalidDomainError):
            verify(presented, purpose="authentication", domain="https://verifier.example")

    def test_b4_a_proof_is_for_its_purpose(self, presented: dict[str, Any]) -> None:
        with pytest.raises(ProofVerificationError, match="not made for assertionMethod"):
            verify(presented)

    def test_the_key_must_be_for_the_purpose_too(self, presented: dict[str, Any]) -> None:
        def refuse(_method: str, purpose: str) -> PublicKey:
            raise InvalidVerificationMethodError(f"no key for {purpose}")

        with pytest.raises(InvalidVerificationMethodError, match="no key for authentication"):
            verify_proofs(presented, refuse, now=NOW, purpose="authentication")


class TestVC11:
    DOCUMENT: Final = {
        "@context": [VC_1_1],
        "type": ["VerifiableCredential"],
        "issuer": did_of(SIGNERS["Ed25519"]),
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:worker"},
    }

    @pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
    def test_the_context_of_proofs_is_put_in_where_it_is_missing(self, suite: str) -> None:
        signed = secured(suite, document=self.DOCUMENT)
        assert signed["@context"] == [VC_1_1, DATA_INTEGRITY_V2]
        verify(signed)
        verify(add_proof(signed, SIGNERS["Ed25519"], cryptosuite=suite, created=CREATED))

    @pytest.mark.parametrize("context", [[VC_1_1, DATA_INTEGRITY_V2], [VC_1_1, "https://w3id.org/security/data-integrity/v1"]])
    def test_it_is_left_alone_where_it_is_there(self, context: list[str]) -> None:
        signed = secured(document={**self.DOCUMENT, "@context": context})
        assert signed["@context"] == context
        verify(signed)

    def test_a_document_that_came_without_it_is_verified_all_the_same(self) -> None:
        signed = secured(document=self.DOCUMENT)
        verify({**signed, "@context": [VC_1_1]})
        verify({**signed, "@context": VC_1_1})

    def test_nothing_else_is_touched(self) -> None:
        assert contexts_for_proof([]) == []
        assert contexts_for_proof(V2) == [V2]
        assert contexts_for_proof({"a": "urn:a"}) == [{"a": "urn:a"}]


@pytest.mark.parametrize("suite", HASHED)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_key_order_and_white_space_never_matter(suite: str, data: st.DataObject) -> None:
    algorithm = min(CRYPTOSUITES[suite].algorithms)
    shuffled = data.draw(reordered(secured(suite, algorithm)))
    indent = data.draw(st.sampled_from([None, 0, 3, "\t"]))
    verify(parse_json(json.dumps(shuffled, indent=indent, ensure_ascii=data.draw(st.booleans())).encode()))


@pytest.mark.parametrize("suite", HASHED)
@settings(max_examples=150)
@given(st.data())
def test_a_document_of_which_one_byte_is_another_is_not_verified(suite: str, data: st.DataObject) -> None:
    signed = secured(suite, min(CRYPTOSUITES[suite].algorithms))
    changed = data.draw(one_byte_changed(json.dumps(signed).encode()))
    try:
        document = parse_json(changed)
    except VCError:
        return
    if not means_the_same(document, signed):
        with pytest.raises(VCError):
            verify(document)


@pytest.mark.parametrize("suite", HASHED)
@settings(max_examples=120)
@given(st.data())
def test_a_document_of_which_one_value_is_another_is_not_verified(suite: str, data: st.DataObject) -> None:
    signed = secured(suite, min(CRYPTOSUITES[suite].algorithms))
    changed = data.draw(mutations(signed))
    if not means_the_same(changed, signed):
        with pytest.raises(VCError):
            verify(changed)


def means_the_same(changed: dict[str, Any], signed: dict[str, Any]) -> bool:
    """Whether a suite has nothing to tell two documents apart by.

    JCS signs every member, and a context may be followed by more. RDFC signs statements: a context may define what is not used,
    null says nothing, and what is alone in a list is the same without it.
    """
    proofs = [
        {name: value for name, value in (document.get("proof") or {}).items() if value is not None}
        if isinstance(document.get("proof"), dict)
        else {}
        for document in (changed, signed)
    ]
    if proofs[0] != proofs[1]:
        return False
    if "jcs" in signed["proof"]["cryptosuite"]:
        contexts = changed.get("@context")
        longer = isinstance(contexts, list) and contexts[: len(signed["@context"])] == signed["@context"]
        return changed == signed or (longer and {**changed, "@context": signed["@context"]} == signed)
    unsecured = [{name: value for name, value in document.items() if name != "proof"} for document in (changed, signed)]
    try:
        return rdf.canonicalize(unsecured[0]) == rdf.canonicalize(unsecured[1])
    except VCError:
        return False


@given(
    st.dictionaries(
        st.sampled_from(
            ["type", "cryptosuite", "proofPurpose", "verificationMethod", "proofValue", "created", "domain", "id", "previousProof"]
        ),
        st.text(max_size=5) | json_objects(),
    )
)
def test_nothing_but_a_vc_error_comes_of_any_proof(members: dict[str, Any]) -> None:
    signed = secured("eddsa-jcs-2022")
    proof = {**signed["proof"], **members}
    if proof == signed["proof"]:
        return
    with pytest.raises(VCError):
        verify({**signed, "proof": proof})


@pytest.mark.parametrize(("suite", "algorithm"), PAIRS)
def test_b8_a_signature_that_is_cut_or_long_is_refused(suite: str, algorithm: str) -> None:
    signed = secured(suite, algorithm)
    signature = multibase_decode(signed["proof"]["proofValue"])
    for other in (b"", signature[:-1], signature + b"\0", b"\0" * len(signature), signature[::-1]):
        spoiled = copy.deepcopy(signed)
        spoiled["proof"]["proofValue"] = multibase_encode(other)
        with pytest.raises((ProofVerificationError, CryptographicSecurityError)) as caught:
            verify(spoiled)
        assert caught.value.pointer == "/proof"


def test_the_options_of_many_proofs_are_kept_for_a_while_and_not_for_ever() -> None:
    read: list[object] = []

    def canonicalize(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        read.append(document.get("nonce"))
        return rdf.canonicalize(document, hash_name=hash_name)

    def forms(nonce: str, size: int = 0, hash_name: str = "sha256") -> bytes:
        options = {"type": "DataIntegrityProof", "nonce": nonce, "challenge": "x" * size}
        return canonical_configuration(plain(), options, canonicalize, hash_name)

    assert forms("one") == forms("one") == forms("one", hash_name="sha384")
    assert read == ["one", "one"]
    for number in range(300):
        forms(str(number))
    forms("one")
    assert read.count("one") == 3
    forms("long", 5000)
    forms("long", 5000)
    assert read.count("long") == 2
