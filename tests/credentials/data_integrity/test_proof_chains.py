"""`previousProof`: the W3C-CCG's fixtures, and what a chain promises."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof, verify_proofs
from credentials.data_integrity.options import MAX_PROOFS
from credentials.dids import verification_key
from credentials.errors import ComplexityLimitError, ProofGenerationError, ProofVerificationError, VCError
from credentials.keys import InMemorySigner, PublicKey
from tests.credentials.world import NOW, Outside, credential, key_signer
from tests.shared_vectors import SHARED, shared

FIXTURES: Final = sorted(SHARED.glob("vectors/di-proof-chains/inputs/*/*.json"))
NAMES: Final = ["urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544", "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54"]


def resolve(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside())


def verify(document: dict[str, Any]) -> None:
    verify_proofs(document, resolve, now=NOW)


def test_the_fixtures_are_there() -> None:
    assert len(list(shared("vectors", "di-proof-chains", "inputs", "eddsa-rdfc-2022").iterdir())) == len(FIXTURES) == 12


@pytest.mark.parametrize("path", [path for path in FIXTURES if "Ok" in path.name], ids=lambda path: path.stem)
def test_a_good_chain_is_verified(path: Path) -> None:
    verify(json.loads(path.read_bytes()))


@pytest.mark.parametrize("path", [path for path in FIXTURES if "Fail" in path.name], ids=lambda path: path.stem)
def test_a_broken_chain_is_refused(path: Path) -> None:
    with pytest.raises(ProofVerificationError):
        verify(json.loads(path.read_bytes()))


def by(name: str) -> InMemorySigner:
    return key_signer(name)


def added(document: dict[str, Any], name: str, suite: str = "eddsa-rdfc-2022", **options: Any) -> dict[str, Any]:  # noqa: ANN401  # of `add_proof`
    return add_proof(document, by(name), cryptosuite=suite, created=NOW - timedelta(days=1), **options)


@pytest.fixture(params=["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def chain(request: pytest.FixtureRequest) -> dict[str, Any]:
    one = added(credential(by("a")), "a", request.param, proof_id=NAMES[0])
    two = added(one, "b", request.param, proof_id=NAMES[1])
    return added(two, "c", request.param, previous=NAMES)


def test_a_chain_holds(chain: dict[str, Any]) -> None:
    verify(chain)
    assert chain["proof"][2]["previousProof"] == NAMES


@pytest.mark.parametrize("place", [0, 1])
def test_what_a_later_proof_builds_on_cannot_be_taken_away_or_made_anew(chain: dict[str, Any], place: int) -> None:
    without = copy.deepcopy(chain)
    del without["proof"][place]
    with pytest.raises(ProofVerificationError, match="a proof that is not there") as caught:
        verify(without)
    assert caught.value.pointer == "/proof/1/previousProof"
    anew = {name: value for name, value in chain.items() if name != "proof"}
    suite = chain["proof"][0]["cryptosuite"]
    replaced = add_proof(anew, by("x"), cryptosuite=suite, created=NOW, proof_id=NAMES[place])["proof"]
    swapped = {**chain, "proof": [*chain["proof"][:place], replaced, *chain["proof"][place + 1 :]]}
    with pytest.raises(ProofVerificationError, match="does not fit") as caught:
        verify(swapped)
    assert caught.value.pointer == "/proof/2"


def test_earlier_proofs_do_not_depend_on_later_ones(chain: dict[str, Any]) -> None:
    verify({**chain, "proof": chain["proof"][:2]})
    verify({**chain, "proof": chain["proof"][0]})


@pytest.mark.parametrize(
    "previous", [[], None, 1, [1], [NAMES[0], 1], {"id": NAMES[0]}, "urn:uuid:nobody", ["urn:uuid:nobody", NAMES[0]]]
)
def test_b14_a_previous_proof_names_proofs_that_are_there(chain: dict[str, Any], previous: object) -> None:
    chain["proof"][2]["previousProof"] = previous
    with pytest.raises(ProofVerificationError, match="previousProof names"):
        verify(chain)


def test_b14_a_proof_cannot_build_on_itself(chain: dict[str, Any]) -> None:
    chain["proof"][2] |= {"id": "urn:uuid:self", "previousProof": "urn:uuid:self"}
    with pytest.raises(ProofVerificationError, match="names no other proof"):
        verify(chain)


def test_the_chain_can_be_cut_only_with_its_name(chain: dict[str, Any]) -> None:
    del chain["proof"][2]["previousProof"]
    with pytest.raises(ProofVerificationError, match="does not fit"):
        verify(chain)


def test_a_proof_on_a_proof_that_is_not_there_is_not_made() -> None:
    for document in (credential(), added(credential(), "a")):
        with pytest.raises(ProofGenerationError, match="a proof that is not there"):
            added(document, "b", previous=["urn:uuid:nobody"])


def test_b15_there_are_not_more_proofs_than_we_check(chain: dict[str, Any]) -> None:
    many = {**chain, "proof": [chain["proof"][0]] * MAX_PROOFS}
    verify(many)
    with pytest.raises(ComplexityLimitError):
        verify({**chain, "proof": [chain["proof"][0]] * (MAX_PROOFS + 1)})


def test_b13_every_proof_of_a_set_is_checked_and_none_is_enough() -> None:
    secured = added(added(credential(by("a")), "a"), "b", "eddsa-jcs-2022")
    verify(secured)
    for place in (0, 1):
        spoiled = copy.deepcopy(secured)
        spoiled["proof"][place]["created"] = "2026-11-22T12:00:00Z"
        with pytest.raises(VCError) as caught:
            verify(spoiled)
        assert caught.value.pointer == f"/proof/{place}"
