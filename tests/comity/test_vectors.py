"""Every family of test vectors, as `comity conformance vectors` runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.conformance import vectors
from comity.conformance.cases import Case, SkippedCase, WrongAnswerError, expect, expect_refusal
from comity.conformance.vectors import FAMILIES, Outcome, Tally, run_family
from credentials.errors import ParsingError, ProofError, ProofVerificationError
from tests.credentials import jws_vectors

FLOORS = {
    "vcdm2-fixtures": 120,
    "jcs": 6,
    "contexts": 15,
    "json-ld-toRdf": 456,
    "rdf-canon": 86,
    "vc-di-eddsa": 8,
    "vc-di-ecdsa": 10,
    "vc-di-bbs": 10,
    "di-proof-chains": 12,
    "bbs-cfrg": 50,
    "ed25519-cctv": 914,
    "did-key": 27,
    "did-webvh": 261,
    "vc-jose-cose": 35,
    "sd-jwt": 34,
    "rfc9901": 30,
    "token-status-list": 7,
    "openbadges": 2,
    "elm": 0,
    "jws": 40,
    "house": 160,
    "qr": 239,
}
"""So many cases a family has at least: none is lost by a change."""

LEFT_OUT = {"contexts": 13, "json-ld-toRdf": 11, "openbadges": 50, "elm": 1, "house": 8}
"""So many cases of a family are left out, and no more."""


@pytest.mark.parametrize("family", FAMILIES)
def test_every_case_of_a_family_comes_out_as_its_vector_says(family: str) -> None:
    if not FAMILIES[family][0].exists():
        pytest.skip(f"{FAMILIES[family][0]} is not there: these vectors lie beside the project")
    tally = run_family(family)
    assert [(outcome.name, outcome.problem) for outcome in tally.failed] == []
    assert tally.to_json()["total"] >= FLOORS.get(family, 1)
    assert len(tally.skipped) == LEFT_OUT.get(family, 0)
    assert all(len(reason) > 20 for reason in tally.reasons())


def test_every_folder_of_vectors_beside_the_project_is_a_family() -> None:
    if not vectors.SHARED.exists():
        pytest.skip(f"{vectors.SHARED} is not there: these vectors lie beside the project")
    found = {path.name for path in vectors.SHARED.iterdir() if path.is_dir()}
    counted = {folder.relative_to(vectors.SHARED).parts[0] for folder, _ in FAMILIES.values() if vectors.SHARED in folder.parents}
    assert counted == found


def test_our_own_signed_tokens_are_what_their_maker_makes() -> None:
    assert jws_vectors.FILE.read_text() == jws_vectors.text()
    told = {vector["expect"] for vector in json.loads(jws_vectors.text())["vectors"]}
    assert told >= {"ok", "CryptographicSecurityError", "HeaderNotAllowedError", "TypeMismatchError", "ParsingError"}


def cases(_folder: Path) -> list[Case]:
    def passes() -> None:
        expect(1, 1)

    def fails() -> None:
        expect("x" * 300, 2)

    def refuses() -> None:
        raise ParsingError("no")

    def skips() -> None:
        raise SkippedCase("needs a network")

    return [("passes", passes), ("fails", fails), ("refuses", refuses), ("skips", skips)]


def test_failures_and_what_is_left_out_are_counted_and_named() -> None:
    tally = Tally("made up", tuple(vectors.outcome(name, case) for name, case in cases(Path())))
    assert tally.to_json() == {"family": "made up", "passed": 1, "total": 3, "skipped": 1}
    assert [outcome.name for outcome in tally.failed] == ["fails", "refuses"]
    assert tally.failed[0].problem == f"WrongAnswerError: found 'x{'x' * 198}…, expected 2"
    assert tally.failed[1].problem == "ParsingError: no"
    assert tally.skipped == (Outcome("skips", skipped="needs a network"),)


def test_a_folder_that_is_not_there_is_left_out_with_its_name(tmp_path: Path) -> None:
    tally = vectors.run(tmp_path / "absent", "absent", lambda _: iter(()))
    assert tally.to_json() == {"family": "absent", "passed": 0, "total": 0, "skipped": 1}
    assert "absent is not there" in tally.skipped[0].skipped


def test_a_refusal_is_for_the_reason_that_is_expected() -> None:
    def refuse() -> None:
        raise ProofVerificationError("no")

    expect_refusal(refuse, ProofError)
    with pytest.raises(WrongAnswerError, match="expected ParsingError"):
        expect_refusal(refuse, ParsingError)
    with pytest.raises(WrongAnswerError, match="accepted"):
        expect_refusal(lambda: None)
