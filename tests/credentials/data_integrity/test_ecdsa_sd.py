"""ecdsa-sd-2023: what an issuer makes, a holder derives and a verifier refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import cbor
from credentials.data_integrity import (
    SelectiveDisclosureSuite,
    add_base_proof,
    add_proof_set,
    derive,
    verify_base_proof,
    verify_proofs,
)
from credentials.data_integrity.ecdsa_sd import EcdsaSd2023
from credentials.data_integrity.ecdsa_sd_proof_value import MULTIKEY, BaseProofValue, DerivedProofValue
from credentials.dids import verification_key
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import (
    CryptographicSecurityError,
    MalformedValueError,
    ProofGenerationError,
    ProofVerificationError,
    VCError,
)
from credentials.keys import InMemorySigner, PublicKey
from credentials.parsing import parse_json
from credentials.rdf import canonicalize
from tests.credentials.data_integrity.test_selective_disclosure import ALL, DOCUMENT
from tests.credentials.strategies import one_byte_changed
from tests.credentials.world import NOW, Outside, key_signer

SECRET: Final = bytes(31) + b"\1"
MULTIBASE: Final = InMemorySigner("", SECRET, "ES256").public_key.multibase
SIGNER: Final = InMemorySigner(f"did:key:{MULTIBASE}#{MULTIBASE}", SECRET, "ES256")
MANDATORY: Final = ["/issuer", "/credentialSubject/nested/other"]
SUITE: Final = EcdsaSd2023()
BASE_HEADER, DERIVED_HEADER = b"\xd9\x5d\x00", b"\xd9\x5d\x01"


def counted() -> Callable[[int], bytes]:
    """Return bytes that are never the same twice."""
    count = 0

    def drawn(size: int) -> bytes:
        nonlocal count
        count += 1
        return count.to_bytes(size, "big")

    return drawn


def resolve(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside())


def issue(document: dict[str, Any] = DOCUMENT, mandatory: list[str] = MANDATORY) -> dict[str, Any]:
    return add_base_proof(
        document,
        SIGNER,
        cryptosuite="ecdsa-sd-2023",
        mandatory_pointers=mandatory,
        created=NOW - timedelta(days=1),
        random_bytes=counted(),
    )


ISSUED: Final = issue()


def show(*selective: str, document: dict[str, Any] = ISSUED) -> dict[str, Any]:
    return derive(document, selective_pointers=selective, random_bytes=counted())


def verify(document: dict[str, Any]) -> None:
    verify_proofs(document, resolve, now=NOW)


def parts_of(document: dict[str, Any]) -> list[Any]:
    parts: list[Any] = cbor.decode(multibase_decode(document["proof"]["proofValue"])[3:])
    return parts


def with_parts(document: dict[str, Any], header: bytes, parts: object) -> dict[str, Any]:
    value = multibase_encode(header + cbor.encode(parts), "u")
    return {**document, "proof": {**document["proof"], "proofValue": value}}


def test_it_is_a_suite_with_selective_disclosure() -> None:
    assert isinstance(SUITE, SelectiveDisclosureSuite)
    assert ISSUED["proof"]["proofValue"].startswith("u2V0A")
    assert show("/id")["proof"]["proofValue"].startswith("u2V0B")
    verify_base_proof(ISSUED, resolve, now=NOW)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(ALL), max_size=3))
def test_whatever_is_shown_is_verified_and_shows_nothing_else(selective: list[str]) -> None:
    shown = show(*selective)
    verify(shown)
    verify(parse_json(json.dumps(shown).encode()))
    assert shown["issuer"] == DOCUMENT["issuer"]
    whole = canonicalize({name: value for name, value in DOCUMENT.items() if name != "proof"})
    part = canonicalize({name: value for name, value in shown.items() if name != "proof"})
    assert len(part.splitlines()) <= len(whole.splitlines())
    hidden = {"/name": "Amina", "/a~1b/c~0d": "escaped", "/steps": "urn:v:steps"}
    for pointer, value in hidden.items():
        if not any(f"/credentialSubject{pointer}".startswith(chosen) for chosen in selective):
            assert value.encode() not in part


def test_a_base_proof_is_no_proof_for_a_verifier() -> None:
    with pytest.raises(ProofVerificationError, match="not the header of a derived proof"):
        verify(ISSUED)
    with pytest.raises(ProofVerificationError, match="not the header of a base proof"):
        verify_base_proof(show(), resolve, now=NOW)
    with pytest.raises(ProofVerificationError, match="not the header of a base proof"):
        show(document=show())


def test_b21_what_is_mandatory_is_always_shown_and_cannot_be_left_out() -> None:
    shown = show("/credentialSubject/name")
    without = copy.deepcopy(shown)
    del without["credentialSubject"]["nested"]["other"]
    with pytest.raises(ProofVerificationError):
        verify(without)
    derived = DerivedProofValue.parse(shown["proof"]["proofValue"])
    fewer = DerivedProofValue(
        derived.base_signature, derived.public_key, derived.signatures, derived.labels, derived.mandatory_indexes[1:]
    )
    with pytest.raises(ProofVerificationError):
        verify({**shown, "proof": {**shown["proof"], "proofValue": fewer.serialize()}})


def test_nothing_mandatory_and_everything_mandatory() -> None:
    free = issue(mandatory=[])
    verify_base_proof(free, resolve, now=NOW)
    verify(show("/credentialSubject/name", document=free))
    with pytest.raises(MalformedValueError, match="nothing is selected"):
        show(document=free)
    fixed = issue(mandatory=[""])
    assert BaseProofValue.parse(fixed["proof"]["proofValue"]).signatures == ()
    verify_base_proof(fixed, resolve, now=NOW)
    verify(show(document=fixed))


def test_pointers_that_match_nothing_are_refused() -> None:
    with pytest.raises(MalformedValueError, match="matches nothing"):
        issue(mandatory=["/nothing"])
    with pytest.raises(MalformedValueError, match="matches nothing"):
        show("/nothing")


def test_a_key_of_another_algorithm_is_refused() -> None:
    with pytest.raises(ProofGenerationError, match="does not sign with a key of Ed25519"):
        add_base_proof(
            DOCUMENT, key_signer(), cryptosuite="ecdsa-sd-2023", mandatory_pointers=[], created=NOW, random_bytes=counted()
        )
    for check in (verify_base_proof, verify_proofs):
        document = ISSUED if check is verify_base_proof else show()
        with pytest.raises(CryptographicSecurityError, match="not for a key of Ed25519"):
            check(document, lambda _method, _purpose: key_signer().public_key, now=NOW)
        other = InMemorySigner("", bytes(31) + b"\2", "ES256").public_key
        with pytest.raises(ProofVerificationError, match="does not fit"):
            check(document, lambda _method, _purpose, other=other: other, now=NOW)  # type: ignore[misc]  # a default binds it


def test_the_document_key_is_drawn_until_it_is_one() -> None:
    drawn = iter([b"\1" * 32, bytes(32), b"\xff" * 32, SECRET])
    proof = SUITE.create_base_proof(
        DOCUMENT,
        {"type": "DataIntegrityProof", "verificationMethod": SIGNER.verification_method, "proofPurpose": "assertionMethod"},
        SIGNER,
        mandatory_pointers=[],
        random_bytes=lambda _size: next(drawn),
    )
    assert BaseProofValue.parse(proof["proofValue"]).public_key == SIGNER.public_key.raw


def test_every_statement_is_signed_by_itself() -> None:
    one, two = issue(), issue({**DOCUMENT, "credentialSubject": {**DOCUMENT["credentialSubject"], "name": "Other"}})
    mixed = with_parts(one, BASE_HEADER, [*parts_of(one)[:3], parts_of(two)[3], parts_of(one)[4]])
    with pytest.raises(ProofVerificationError, match="does not fit"):
        verify_base_proof(mixed, resolve, now=NOW)
    shown = show("/credentialSubject/name", "/credentialSubject/langs")
    swapped = with_parts(shown, DERIVED_HEADER, [*parts_of(shown)[:2], parts_of(shown)[2][::-1], *parts_of(shown)[3:]])
    with pytest.raises(ProofVerificationError, match="does not fit"):
        verify(swapped)


@pytest.mark.parametrize(
    "change", [lambda signatures: signatures[:-1], lambda signatures: [*signatures, signatures[0]], lambda _: []]
)
def test_there_is_one_signature_for_each_statement(change: Callable[[list[bytes]], list[bytes]]) -> None:
    base = parts_of(ISSUED)
    spoiled = with_parts(ISSUED, BASE_HEADER, [*base[:3], change(base[3]), base[4]])
    for use in (lambda: verify_base_proof(spoiled, resolve, now=NOW), lambda: show(document=spoiled)):
        with pytest.raises(ProofVerificationError, match="not one signature for each statement"):
            use()
    shown = show("/credentialSubject/name")
    derived = parts_of(shown)
    with pytest.raises(ProofVerificationError, match="not one signature for each statement"):
        verify(with_parts(shown, DERIVED_HEADER, [*derived[:2], change(derived[2]), *derived[3:]]))


KEY: Final = MULTIKEY + SIGNER.public_key.raw
SIGNATURE: Final = bytes(64)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        {},
        b"",
        [SIGNATURE, KEY, bytes(32), []],
        [SIGNATURE, KEY, bytes(32), [], [], []],
        [bytes(63), KEY, bytes(32), [], []],
        ["x" * 64, KEY, bytes(32), [], []],
        [SIGNATURE, KEY[:-1], bytes(32), [], []],
        [SIGNATURE, KEY[2:], bytes(32), [], []],
        [SIGNATURE, "x", bytes(32), [], []],
        [SIGNATURE, MULTIKEY + b"\4" + bytes(32), bytes(32), [], []],
        [SIGNATURE, KEY, bytes(31), [], []],
        [SIGNATURE, KEY, None, [], []],
        [SIGNATURE, KEY, bytes(32), [bytes(63)], []],
        [SIGNATURE, KEY, bytes(32), {}, []],
        [SIGNATURE, KEY, bytes(32), [SIGNATURE, 1], []],
        [SIGNATURE, KEY, bytes(32), [], [1]],
        [SIGNATURE, KEY, bytes(32), [], "/issuer"],
    ],
)
def test_a_base_proof_has_five_parts_of_their_types_and_lengths(parts: object) -> None:
    for use in (lambda spoiled: verify_base_proof(spoiled, resolve, now=NOW), lambda spoiled: show(document=spoiled)):
        with pytest.raises((ProofVerificationError, CryptographicSecurityError)):
            use(with_parts(ISSUED, BASE_HEADER, parts))


@pytest.mark.parametrize(
    ("place", "part"),
    [
        (0, bytes(65)),
        (0, 1),
        (1, b"\xed\x01" + bytes(32)),
        (1, MULTIKEY + b"\2" + b"\xff" * 32),
        (2, None),
        (2, [b""]),
        (3, []),
        (3, {"c14n0": bytes(32)}),
        (3, {-1: bytes(32)}),
        (3, {0: bytes(31)}),
        (3, {0: "u"}),
        (4, None),
        (4, ["0"]),
        (4, [-1]),
        (4, [True]),
        (4, [1, 0]),
        (4, [0, 0]),
        (4, [10_000]),
    ],
)
def test_a_derived_proof_has_five_parts_of_their_types_and_lengths(place: int, part: object) -> None:
    shown = show("/credentialSubject/name")
    parts = parts_of(shown)
    parts[place] = part
    with pytest.raises((ProofVerificationError, CryptographicSecurityError)):
        verify(with_parts(shown, DERIVED_HEADER, parts))
    for length in (0, 4, 6):
        with pytest.raises(ProofVerificationError, match="has 5 parts"):
            verify(with_parts(shown, DERIVED_HEADER, [*parts_of(shown), None][:length]))


@pytest.mark.parametrize(
    "value",
    ["", "u", "u2V0", "u2V0B", "z2V0B", multibase_encode(DERIVED_HEADER, "u"), multibase_encode(b"\xd9\x5d\x02\x80", "u")],
)
def test_a_proof_value_has_its_header_and_then_cbor(value: str) -> None:
    shown = show()
    with pytest.raises(ProofVerificationError, match="proofValue"):
        verify({**shown, "proof": {**shown["proof"], "proofValue": value}})


def test_cbor_has_no_tags_and_nothing_left_over() -> None:
    shown = show()
    content = multibase_decode(shown["proof"]["proofValue"])
    tagged = content.replace(cbor.encode(parts_of(shown)[0]), cbor.encode(parts_of(shown)[0], tag=64), 1)
    for spoiled in (tagged, content + b"\0", content[:-1]):
        with pytest.raises(ProofVerificationError, match="proofValue: "):
            verify({**shown, "proof": {**shown["proof"], "proofValue": multibase_encode(spoiled, "u")}})


SHOWN: Final = show("/credentialSubject/name", "/credentialSubject/same/1")


@settings(max_examples=250)
@given(st.data())
def test_a_shown_document_of_which_one_byte_is_another_is_not_verified(data: st.DataObject) -> None:
    try:
        changed = parse_json(data.draw(one_byte_changed(json.dumps(SHOWN).encode())))
    except VCError:
        return
    if changed["proof"] == SHOWN["proof"] if "proof" in changed else False:
        unsecured = {name: value for name, value in changed.items() if name != "proof"}
        try:
            if canonicalize(unsecured) == canonicalize({name: value for name, value in SHOWN.items() if name != "proof"}):
                return
        except VCError:
            pass
    with pytest.raises(VCError):
        verify(changed)


@settings(max_examples=150)
@given(st.data())
def test_a_proof_value_of_which_one_byte_is_another_is_not_verified(data: st.DataObject) -> None:
    content = multibase_decode(SHOWN["proof"]["proofValue"])
    spoiled = multibase_encode(data.draw(one_byte_changed(content)), "u")
    with pytest.raises(VCError):
        verify({**SHOWN, "proof": {**SHOWN["proof"], "proofValue": spoiled}})


def test_the_context_of_the_proof_is_the_documents() -> None:
    shown = show()
    verify({**shown, "proof": {**shown["proof"], "@context": shown["@context"]}})
    contexts: list[object] = ["https://www.w3.org/ns/credentials/v2", [], None]
    for context in contexts:
        with pytest.raises(ProofVerificationError, match="@context"):
            verify({**shown, "proof": {**shown["proof"], "@context": context}})


def test_vc_1_1_gets_the_context_of_proofs() -> None:
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject"},
    }
    verify(show("/credentialSubject", document=issue(document, ["/issuer"])))


def test_other_proofs_of_the_document_are_not_shown() -> None:
    both = add_proof_set(DOCUMENT, key_signer(), created=NOW - timedelta(days=1))
    shown = show(document={**both, "proof": [*both["proof"], ISSUED["proof"]]})
    assert shown["proof"]["cryptosuite"] == "ecdsa-sd-2023"
    verify(shown)
    for document in (both, {**both, "proof": [ISSUED["proof"], ISSUED["proof"]]}):
        with pytest.raises(ProofGenerationError, match="not exactly one proof"):
            show(document=document)
