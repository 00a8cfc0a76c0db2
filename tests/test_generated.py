"""What is generated and checked in is what the generators make: byte for byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from credentials.verify import VerificationOptions, verify_credential
from tests.credentials.world import Outside
from tests.vectors import examples
from tests.vectors.making import FOLDER, built

HOUSE: Final = built()
EXAMPLES: Final = examples.built()


def test_every_vector_file_is_generated() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(HOUSE)


@pytest.mark.parametrize("name", sorted(HOUSE))
def test_the_vectors_are_what_the_generator_makes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == HOUSE[name]


def test_every_example_is_generated() -> None:
    assert {path.name for path in examples.FOLDER.iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_examples_are_what_the_training_centre_makes(name: str) -> None:
    assert (examples.FOLDER / name).read_bytes() == EXAMPLES[name]


@pytest.mark.parametrize("name", [name for name in sorted(EXAMPLES) if ".secured." in name])
def test_the_secured_examples_verify(name: str) -> None:
    document = json.loads(EXAMPLES[name])
    signer = examples.signer_of(document)
    options = VerificationOptions(
        now=datetime(2026, 11, 24, tzinfo=UTC), fetcher=Outside(), known_keys={signer.verification_method: signer.public_key}
    )
    result = verify_credential(EXAMPLES[name], options)
    assert result.is_genuine
    assert result.check("schema").outcome == result.check("validity-period").outcome == "passed"
