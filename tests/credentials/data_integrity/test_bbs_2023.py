from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import bls
from credentials.bbs.signer import InMemoryBBSSigner
from credentials.data_integrity import (
    CRYPTOSUITES,
    SelectiveDisclosureSuite,
    add_base_proof,
    add_proof_set,
    derive,
    verify_base_proof,
    verify_proofs,
)
from credentials.data_integrity.bbs_2023 import Bbs2023
from credentials.data_integrity.bbs_binding import HolderSecrets, commit
from credentials.data_integrity.bbs_proof_value import DerivedProofValue, Feature, parse_base, parse_derived
from credentials.dids import verification_key
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    MalformedValueError,
    ProofGenerationError,
    ProofVerificationError,
    VCError,
)
from credentials.keys import PublicKey
from credentials.rdf import canonicalize
from tests.credentials.bbs.vectors import OTHER_PUBLIC_KEY, PUBLIC_KEY, SECRET_KEY, counted_bytes
from tests.credentials.world import NOW, Outside, key_signer

SUITE = Bbs2023()
_MULTIKEY = PublicKey("BBS", PUBLIC_KEY).multibase
ISSUER = f"did:key:{_MULTIKEY}"
SIGNER = InMemoryBBSSigner(f"{ISSUER}#{_MULTIKEY}", SECRET_KEY.to_be_bytes())
KEY = SIGNER.public_key
VERIFIER = b"https://employer.example/"
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://centre.example/terms#"}],
    "type": ["VerifiableCredential", "Training"],
    "issuer": ISSUER,
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "name": "Amina",
        "birthDate": "1999-04-05",
        "trade": {"title": "welder", "level": 4, "modules": [{"code": "W1", "grade": 4.5}, {"code": "W2", "grade": 3}]},
        "languages": ["fr", "ar"],
    },
}
MANDATORY = ["/issuer", "/credentialSubject/trade/title"]
OPTIONAL = [
    "/validFrom",
    "/credentialSubject/name",
    "/credentialSubject/birthDate",
    "/credentialSubject/trade/level",
    "/credentialSubject/trade/modules/0",
    "/credentialSubject/trade/modules/1/grade",
    "/credentialSubject/languages/1",
]
OPTIONS = {"type": "DataIntegrityProof", "verificationMethod": SIGNER.verification_method, "proofPurpose": "assertionMethod"}


def resolve(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside())


def issued(document: dict[str, Any] = DOCUMENT, mandatory: list[str] = MANDATORY) -> dict[str, Any]:
    return add_base_proof(
        document,
        SIGNER,
        cryptosuite="bbs-2023",
        mandatory_pointers=mandatory,
        created=NOW,
        random_bytes=counted_bytes(),
    )


CREDENTIAL = issued()
SHOWN = derive(CREDENTIAL, selective_pointers=OPTIONAL[:2], random_bytes=counted_bytes())


def verify(document: dict[str, Any]) -> None:
    verify_proofs(document, resolve, now=NOW)


def with_value(value: DerivedProofValue) -> dict[str, Any]:
    return {**SHOWN, "proof": {**SHOWN["proof"], "proofValue": value.serialize()}}


def changed(value: DerivedProofValue, **members: Any) -> DerivedProofValue:  # noqa: ANN401  # any part
    parts = {name: getattr(value, name) for name in value.__slots__} | members
    return DerivedProofValue(**parts)


def test_the_suite_has_a_row_and_the_extra_protocol() -> None:
    assert isinstance(CRYPTOSUITES["bbs-2023"], SelectiveDisclosureSuite)
    assert CRYPTOSUITES["bbs-2023"].algorithms == {"BBS"}


def test_the_issuer_and_the_holder_can_check_a_base_proof() -> None:
    verify_base_proof(CREDENTIAL, resolve, now=NOW)
    assert CREDENTIAL["proof"]["proofValue"].startswith("u2V0C")
    assert {name: value for name, value in CREDENTIAL.items() if name != "proof"} == DOCUMENT


def test_a_verifier_refuses_a_base_proof() -> None:
    with pytest.raises(ProofVerificationError):
        verify(CREDENTIAL)


def test_a_derived_document_shows_what_is_mandatory_and_what_is_selected() -> None:
    verify(SHOWN)
    shown = {name: value for name, value in SHOWN.items() if name != "proof"}
    assert shown == {
        "@context": DOCUMENT["@context"],
        "type": DOCUMENT["type"],
        "issuer": ISSUER,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"name": "Amina", "trade": {"title": "welder"}},
    }
    assert set(SHOWN["proof"]) == set(CREDENTIAL["proof"])


@given(st.sets(st.sampled_from(OPTIONAL)), st.sets(st.sampled_from(MANDATORY)), st.binary(max_size=8))
@settings(max_examples=30)
def test_any_part_verifies_and_tells_nothing_else(chosen: set[str], mandatory: set[str], presentation_header: bytes) -> None:
    credential = issued(mandatory=sorted(mandatory))
    proof = credential.pop("proof")
    if not chosen and not mandatory:
        with pytest.raises(MalformedValueError):
            SUITE.derive_proof(credential, proof, selective_pointers=[], random_bytes=counted_bytes())
        return
    shown = SUITE.derive_proof(
        credential,
        proof,
        selective_pointers=sorted(chosen),
        random_bytes=counted_bytes(),
        presentation_header=presentation_header,
    )
    verify(shown)
    assert parse_derived(shown["proof"]["proofValue"]).presentation_header == presentation_header
    told = json.dumps({name: value for name, value in shown.items() if name != "proof"})
    secrets = {
        "/credentialSubject/name": "Amina",
        "/credentialSubject/birthDate": "1999",
        "/credentialSubject/trade/modules/0": '"W1"',
        "/validFrom": "validFrom",
    }
    assert [pointer for pointer, text in secrets.items() if text in told] == [name for name in secrets if name in chosen]


def test_two_presentations_have_no_proof_in_common() -> None:
    random_bytes = counted_bytes()
    first, second = (
        parse_derived(derive(CREDENTIAL, selective_pointers=[], random_bytes=random_bytes)["proof"]["proofValue"]).bbs_proof
        for _ in range(2)
    )
    chunks = [{proof[start : start + 16] for start in range(0, len(proof), 16)} for proof in (first, second)]
    assert not chunks[0] & chunks[1]


@given(st.integers(0, len(multibase_decode(SHOWN["proof"]["proofValue"])) - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_any_changed_byte_of_a_derived_proof_is_refused(position: int, difference: int) -> None:
    data = bytearray(multibase_decode(SHOWN["proof"]["proofValue"]))
    data[position] ^= difference
    with pytest.raises(VCError):
        verify({**SHOWN, "proof": {**SHOWN["proof"], "proofValue": multibase_encode(bytes(data), "u")}})


@given(st.integers(0, len(multibase_decode(CREDENTIAL["proof"]["proofValue"])) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_any_changed_byte_of_a_base_proof_is_refused(position: int, difference: int) -> None:
    data = bytearray(multibase_decode(CREDENTIAL["proof"]["proofValue"]))
    data[position] ^= difference
    damaged = {**CREDENTIAL, "proof": {**CREDENTIAL["proof"], "proofValue": multibase_encode(bytes(data), "u")}}
    with pytest.raises(VCError):
        verify_base_proof(damaged, resolve, now=NOW)
    with pytest.raises(VCError):
        derive(damaged, selective_pointers=[], random_bytes=counted_bytes())


def _drop_name(document: dict[str, Any]) -> None:
    del document["credentialSubject"]["name"]


def _drop_mandatory(document: dict[str, Any]) -> None:
    del document["credentialSubject"]["trade"]["title"]


def _change_name(document: dict[str, Any]) -> None:
    document["credentialSubject"]["name"] = "Aminah"


def _change_mandatory(document: dict[str, Any]) -> None:
    document["credentialSubject"]["trade"]["title"] = "surgeon"


def _add_true_statement(document: dict[str, Any]) -> None:
    document["credentialSubject"]["birthDate"] = "1999-04-05"


def _add_false_statement(document: dict[str, Any]) -> None:
    document["credentialSubject"]["trade"]["level"] = 8


def _add_node(document: dict[str, Any]) -> None:
    document["credentialSubject"]["trade"]["modules"] = [{"code": "W9"}]


def _change_created(document: dict[str, Any]) -> None:
    document["proof"]["created"] = "2026-11-23T00:00:00Z"


def _change_context(document: dict[str, Any]) -> None:
    document["@context"] = [document["@context"][0], {"@vocab": "https://elsewhere.example/terms#"}]


def _contradict_context(document: dict[str, Any]) -> None:
    document["proof"]["@context"] = document["@context"][:1]


def _drop_value(document: dict[str, Any]) -> None:
    del document["proof"]["proofValue"]


def _null_value(document: dict[str, Any]) -> None:
    document["proof"]["proofValue"] = None


def _add_member(document: dict[str, Any]) -> None:
    document["proof"]["nonce"] = "1"


@pytest.mark.parametrize(
    "change",
    [
        _drop_name,
        _drop_mandatory,
        _change_name,
        _change_mandatory,
        _add_true_statement,
        _add_false_statement,
        _add_node,
        _change_created,
        _change_context,
        _contradict_context,
        _drop_value,
        _null_value,
        _add_member,
    ],
)
def test_a_derived_document_that_was_changed_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(SHOWN)
    change(document)
    with pytest.raises(VCError):
        verify(document)


def test_key_order_and_white_space_do_not_matter() -> None:
    verify(json.loads(json.dumps(SHOWN, indent=3, sort_keys=True)))


def test_a_proof_may_repeat_the_documents_context() -> None:
    verify({**SHOWN, "proof": {"@context": SHOWN["@context"], **SHOWN["proof"]}})


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"mandatory_indexes": [0, 99]}, id="a statement that is not there"),
        pytest.param({"mandatory_indexes": []}, id="nothing mandatory"),
        pytest.param({"selective_indexes": [0]}, id="too few positions"),
        pytest.param({"selective_indexes": list(range(40))}, id="too many positions"),
        pytest.param({"label_map": {}}, id="no labels"),
        pytest.param({"label_map": {0: 5, 1: 6, 2: 7}}, id="other labels"),
        pytest.param({"label_map": {0: 0, 1: 1, 2: 2, 3: 3}}, id="a label too many"),
        pytest.param({"presentation_header": b"another"}, id="another presentation header"),
        pytest.param({"bbs_proof": b""}, id="no proof"),
        pytest.param({"feature": Feature.ANONYMOUS_HOLDER_BINDING, "length_bbs_messages": 12}, id="as if bound to a holder"),
    ],
)
def test_a_derived_proof_with_other_parts_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(VCError):
        verify(with_value(changed(parse_derived(SHOWN["proof"]["proofValue"]), **members)))


@pytest.mark.parametrize(
    "key", [PublicKey("BBS", OTHER_PUBLIC_KEY), key_signer().public_key], ids=["another key", "another algorithm"]
)
def test_another_key_is_refused(key: PublicKey) -> None:
    document = {name: value for name, value in SHOWN.items() if name != "proof"}
    with pytest.raises(VCError):
        SUITE.verify_proof(document, SHOWN["proof"], key, canonicalize)
    with pytest.raises(VCError):
        SUITE.verify_base_proof(DOCUMENT, CREDENTIAL["proof"], key)


def test_a_proof_of_another_purpose_or_time_is_refused() -> None:
    with pytest.raises(ProofVerificationError):
        verify_proofs(SHOWN, resolve, now=NOW, purpose="authentication")
    with pytest.raises(ProofVerificationError):
        verify_base_proof(CREDENTIAL, resolve, now=NOW, purpose="authentication")
    expired = {**CREDENTIAL, "proof": {**CREDENTIAL["proof"], "expires": NOW.isoformat()}}
    with pytest.raises(ProofVerificationError):
        verify_base_proof(expired, resolve, now=NOW + timedelta(days=1))


@pytest.mark.parametrize("pointer", ["/nothing", "/credentialSubject/languages/2", "issuer", "/issuer/id", "/~2"])
def test_pointers_that_match_nothing_are_refused(pointer: str) -> None:
    with pytest.raises(MalformedValueError):
        issued(mandatory=[pointer])
    with pytest.raises(MalformedValueError):
        derive(CREDENTIAL, selective_pointers=[pointer], random_bytes=counted_bytes())


def test_only_a_bbs_signer_makes_base_proofs() -> None:
    with pytest.raises(ProofGenerationError):
        add_base_proof(
            DOCUMENT,
            key_signer(),
            cryptosuite="bbs-2023",
            mandatory_pointers=[],
            created=NOW,
            random_bytes=counted_bytes(),
        )
    with pytest.raises(ProofGenerationError):
        add_proof_set(DOCUMENT, key_signer(), created=NOW, cryptosuites=["bbs-2023"])


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "bbs-2022", ""])
def test_suites_without_base_proofs(cryptosuite: str) -> None:
    with pytest.raises(ProofGenerationError):
        add_base_proof(DOCUMENT, SIGNER, cryptosuite=cryptosuite, mandatory_pointers=[], created=NOW, random_bytes=counted_bytes())


def test_a_document_with_a_proof_gets_no_base_proof() -> None:
    with pytest.raises(ProofGenerationError):
        issued(CREDENTIAL)


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param([], id="none"),
        pytest.param([CREDENTIAL["proof"], CREDENTIAL["proof"]], id="two"),
        pytest.param({**CREDENTIAL["proof"], "cryptosuite": "eddsa-rdfc-2022"}, id="of a suite without"),
        pytest.param({**CREDENTIAL["proof"], "cryptosuite": ["bbs-2023"]}, id="of a list of suites"),
        pytest.param({name: value for name, value in CREDENTIAL["proof"].items() if name != "proofValue"}, id="without value"),
        pytest.param(SHOWN["proof"], id="derived"),
    ],
)
def test_documents_from_which_nothing_is_derived(proof: object) -> None:
    with pytest.raises(VCError):
        derive({**DOCUMENT, "proof": proof}, selective_pointers=[], random_bytes=counted_bytes())


def test_nothing_is_derived_from_a_document_that_was_changed() -> None:
    with pytest.raises(ProofVerificationError):
        derive({**CREDENTIAL, "validFrom": "2025-01-01T00:00:00Z"}, selective_pointers=[], random_bytes=counted_bytes())
    with pytest.raises(ProofVerificationError):
        derive({**CREDENTIAL, "issuer": "did:example:other"}, selective_pointers=[], random_bytes=counted_bytes())


def test_other_proofs_are_left_out() -> None:
    eddsa = add_proof_set(DOCUMENT, key_signer(), created=NOW, cryptosuites=["eddsa-rdfc-2022"])["proof"]
    both = {**DOCUMENT, "proof": [eddsa, CREDENTIAL["proof"]]}
    shown = derive(both, selective_pointers=OPTIONAL[:1], random_bytes=counted_bytes())
    assert shown["proof"]["cryptosuite"] == "bbs-2023"
    verify(shown)


def test_a_document_of_more_statements_than_we_sign() -> None:
    many = {**DOCUMENT, "credentialSubject": {f"t{place}": str(place) for place in range(2_100)}}
    with pytest.raises(ComplexityLimitError):
        issued(many, mandatory=[])


def test_a_credential_of_the_first_data_model_gets_the_context_of_proofs() -> None:
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1", {"@vocab": "https://centre.example/terms#"}],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:holder", "trade": "welder"},
    }
    shown = derive(issued(document, ["/issuer"]), selective_pointers=["/credentialSubject/trade"], random_bytes=counted_bytes())
    assert "https://w3id.org/security/data-integrity/v2" in shown["@context"]
    verify(shown)


# Binding to a holder, and pseudonyms

HOLDER_SECRET = b"a secret that only the holder knows"
PROVER_NYM, ENTROPY = bls.scalar(5), bls.scalar(6)


def bound(
    *, secret: bytes | None = HOLDER_SECRET, nym: bls.Scalar | None = None, entropy: bls.Scalar | None = None
) -> tuple[dict[str, Any], HolderSecrets]:
    commitment, holder = commit(counted_bytes(), holder_secret=secret, prover_nym=nym)
    proof = SUITE.create_base_proof(
        DOCUMENT,
        OPTIONS,
        SIGNER,
        mandatory_pointers=MANDATORY,
        random_bytes=counted_bytes(),
        commitment_with_proof=commitment,
        signer_nym_entropy=entropy,
    )
    return proof, holder


def shown_by(
    proof: dict[str, Any], holder: HolderSecrets | None, nym_domain: bytes | None = None, pointers: list[str] = OPTIONAL[:1]
) -> tuple[dict[str, Any], dict[str, Any]]:
    shown = SUITE.derive_proof(
        DOCUMENT, proof, selective_pointers=pointers, random_bytes=counted_bytes(), holder=holder, nym_domain=nym_domain
    )
    return shown, shown.pop("proof")


def test_a_bound_credential_is_shown_by_its_holder() -> None:
    proof, holder = bound()
    SUITE.verify_base_proof(DOCUMENT, proof, KEY, holder=holder)
    shown, derived = shown_by(proof, holder)
    value = SUITE.verify_derived_proof(shown, derived, KEY)
    assert (value.feature, value.pseudonym) == (Feature.ANONYMOUS_HOLDER_BINDING, None)
    verify({**shown, "proof": derived})


@pytest.mark.parametrize("secret", [None, HOLDER_SECRET])
def test_a_pseudonym_is_one_for_each_verifier(secret: bytes | None) -> None:
    proof, holder = bound(secret=secret, nym=PROVER_NYM, entropy=ENTROPY)
    SUITE.verify_base_proof(DOCUMENT, proof, KEY, holder=holder)
    names = []
    for domain, pointers in ((VERIFIER, OPTIONAL[:1]), (VERIFIER, OPTIONAL[1:]), (b"https://other.example/", OPTIONAL[:1])):
        shown, derived = shown_by(proof, holder, domain, pointers)
        names.append(SUITE.verify_derived_proof(shown, derived, KEY, nym_domain=domain).pseudonym)
        with pytest.raises(ProofVerificationError):
            SUITE.verify_derived_proof(shown, derived, KEY, nym_domain=b"https://third.example/")
        with pytest.raises(ProofVerificationError):
            verify({**shown, "proof": derived})
    assert names[0] == names[1] != names[2]


def test_a_context_asks_for_a_pseudonym() -> None:
    document = {name: value for name, value in SHOWN.items() if name != "proof"}
    with pytest.raises(ProofVerificationError):
        SUITE.verify_derived_proof(document, SHOWN["proof"], KEY, nym_domain=VERIFIER)
    with pytest.raises(ProofGenerationError):
        shown_by(CREDENTIAL["proof"], None, VERIFIER)
    proof, holder = bound(nym=PROVER_NYM, entropy=ENTROPY)
    with pytest.raises(ProofGenerationError):
        shown_by(proof, holder)


@pytest.mark.parametrize(
    ("nym", "entropy", "given"),
    [
        pytest.param(None, None, None, id="bound, and no secrets"),
        pytest.param(PROVER_NYM, ENTROPY, None, id="with a pseudonym, and no secrets"),
        pytest.param(PROVER_NYM, ENTROPY, HolderSecrets(bls.scalar(1), HOLDER_SECRET), id="the pseudonym's missing"),
        pytest.param(None, None, HolderSecrets(bls.scalar(1), HOLDER_SECRET, PROVER_NYM), id="a pseudonym's too many"),
    ],
)
def test_secrets_of_another_kind(nym: bls.Scalar | None, entropy: bls.Scalar | None, given: HolderSecrets | None) -> None:
    proof, _ = bound(nym=nym, entropy=entropy)
    with pytest.raises(ProofGenerationError):
        SUITE.verify_base_proof(DOCUMENT, proof, KEY, holder=given)
    with pytest.raises(ProofGenerationError):
        shown_by(proof, given, VERIFIER if nym else None)


def test_secrets_for_a_credential_that_is_bound_to_none() -> None:
    with pytest.raises(ProofGenerationError):
        shown_by(CREDENTIAL["proof"], HolderSecrets(bls.scalar(1), HOLDER_SECRET))


@pytest.mark.parametrize("nym", [None, PROVER_NYM])
def test_another_holders_secrets_are_refused(nym: bls.Scalar | None) -> None:
    proof, holder = bound(nym=nym, entropy=ENTROPY if nym else None)
    other = HolderSecrets(holder.secret_prover_blind, b"another secret", nym)
    with pytest.raises(ProofVerificationError):
        SUITE.verify_base_proof(DOCUMENT, proof, KEY, holder=other)
    with pytest.raises(ProofVerificationError):
        shown_by(proof, other, VERIFIER if nym else None)


def test_secrets_are_not_printed() -> None:
    _, holder = bound(nym=PROVER_NYM, entropy=ENTROPY)
    assert repr(holder) == "HolderSecrets()"


def test_commitments_that_are_refused() -> None:
    with pytest.raises(ProofGenerationError):
        commit(counted_bytes())
    with pytest.raises(CryptographicSecurityError):
        SUITE.create_base_proof(
            DOCUMENT, OPTIONS, SIGNER, mandatory_pointers=[], random_bytes=counted_bytes(), commitment_with_proof=b""
        )
    with pytest.raises(ProofGenerationError):
        SUITE.create_base_proof(
            DOCUMENT, OPTIONS, SIGNER, mandatory_pointers=[], random_bytes=counted_bytes(), signer_nym_entropy=ENTROPY
        )


@given(st.data())
@settings(max_examples=60)
def test_any_changed_byte_of_a_proof_with_a_pseudonym_is_refused(data: st.DataObject) -> None:
    shown, derived = NYM_SHOWN
    value = bytearray(multibase_decode(derived["proofValue"]))
    value[data.draw(st.integers(0, len(value) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VCError):
        SUITE.verify_derived_proof(shown, {**derived, "proofValue": multibase_encode(bytes(value), "u")}, KEY, nym_domain=VERIFIER)


NYM_SHOWN = shown_by(*bound(nym=PROVER_NYM, entropy=ENTROPY), VERIFIER)


def test_the_base_proof_keeps_what_the_holder_needs() -> None:
    base = parse_base(bound(nym=PROVER_NYM, entropy=ENTROPY)[0]["proofValue"])
    assert (base.feature, base.mandatory_pointers, base.signer_nym_entropy) == (Feature.PSEUDONYM, tuple(MANDATORY), ENTROPY)
