"""What is genuine and listed teaches the desk its shape; nothing else does, and nothing that was learnt lets anything pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from credentials import rdf
from tests.verifier.desk import by_stranger, certificate, desk, signed, subject_with
from verifier.answers import Answer
from verifier.assessing import assess


def unsecured(content: bytes) -> dict[str, Any]:
    return {name: value for name, value in json.loads(content).items() if name != "proof"}


def named(name: str) -> dict[str, Any]:
    return subject_with(certificate(), name=[{"@value": name, "@language": "id-Latn"}])


def test_a_genuine_certificate_of_a_listed_centre_teaches_its_shape() -> None:
    at_desk = desk()
    first, second = signed(named("Sari Dewi")), signed(named("Ana Reyes"))
    assert at_desk.shapes.known(unsecured(second)) is None
    assert assess(at_desk, first, "XB").question("genuine").answer is Answer.YES
    assert at_desk.shapes.known(unsecured(second)) == rdf.canonicalize(unsecured(second))
    assert assess(at_desk, second, "XB").to_json()["verdict"] == assess(desk(), second, "XB").to_json()["verdict"]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (by_stranger(certificate(), "Sunder Bay"), Answer.YES),
        (signed(certificate()).replace(b"2026", b"2025", 1), Answer.NO),
        (b"{}", Answer.NO),
    ],
    ids=["not listed", "changed", "no certificate"],
)
def test_what_nobody_answers_for_teaches_nothing(content: bytes, answer: Answer) -> None:
    at_desk = desk()
    assert assess(at_desk, content, "XB").question("genuine").answer is answer
    assert at_desk.shapes.known(unsecured(content)) is None


def test_what_is_shown_beside_teaches_nothing() -> None:
    at_desk = desk()
    other = by_stranger(named("Sari Dewi"), "Sunder Bay")
    assess(at_desk, signed(certificate()), "XB", [other])
    assert at_desk.shapes.known(unsecured(other)) is None


def test_a_changed_text_is_found_in_a_known_shape() -> None:
    at_desk = desk()
    assess(at_desk, signed(named("Sari Dewi")), "XB")
    forged = signed(named("Sari Dewi")).replace(b"Sari Dewi", b"Ana Reyes")
    assert at_desk.shapes.known(unsecured(forged)) is not None
    assert assess(at_desk, forged, "XB").question("genuine").answer is Answer.NO


def test_the_reference_has_the_last_word_on_a_proof_that_fails() -> None:
    """A shape that gives other bytes than the reference does not make a good certificate look forged."""

    class Wrong(rdf.Shapes):
        def known(self, document: Mapping[str, Any], *, hash_name: str = "sha256") -> bytes | None:
            return f"{hash_name} of {len(document)} members\n".encode()

    at_desk = replace(desk(), shapes=Wrong(rdf.canonicalize))
    assert assess(at_desk, signed(certificate()), "XB").question("genuine").answer is Answer.YES
