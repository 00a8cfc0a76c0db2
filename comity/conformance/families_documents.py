"""The vectors of the data model and of canonical forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from comity.conformance.cases import Case, WrongAnswerError, expect, expect_refusal, read
from comity.conformance.families_proofs import Nowhere, resolve_key
from credentials import jcs
from credentials.data_integrity import add_proof_set, verify_proofs
from credentials.errors import ComplexityLimitError
from credentials.keys import InMemorySigner
from credentials.model import parse_credential
from credentials.presentation import ENVELOPED, Presentation, check_self_asserted, parse_presentation
from credentials.rdf.canonical import canonical_n_quads, issued_identifiers
from credentials.rdf.dataset import read_n_quads
from credentials.verify import VerificationOptions, verify_credential

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_DATES: Final = {"PAST DATE": "2016-01-01T00:00:00Z", "FUTURE DATE": "2036-01-01T00:00:00Z"}
_SEED: Final = bytes(range(32))
_MULTIKEY: Final = InMemorySigner("", _SEED).public_key.multibase
_DID: Final = f"did:key:{_MULTIKEY}"
_SIGNER: Final = InMemorySigner(f"{_DID}#{_MULTIKEY}", _SEED)


def vcdm2(folder: Path) -> Iterator[Case]:
    """Give the inputs of the W3C suite for VCDM 2.0: secured and verified, or refused, as their names say."""
    for path in sorted((folder / "tests" / "input").rglob("*.json")):
        case = _presentation if path.stem.startswith("presentation") else _credential
        yield path.stem, partial(case, path, good=path.stem.endswith("-ok"))


def _input(path: Path) -> dict[str, Any]:
    """Return an input with the issuer and the dates that the suite fills in."""
    document: dict[str, Any] = read(path)
    for name in ("validFrom", "validUntil"):
        if name in document:
            document[name] = _DATES.get(document[name], document[name])
    if path.stem.startswith("presentation") or path.stem == "credential-no-issuer-fail":
        return document
    issuer = document.setdefault("issuer", _DID)
    if isinstance(issuer, dict):
        issuer.setdefault("id", _DID)
    return document


def _secured(document: Mapping[str, Any], suite: str = "eddsa-rdfc-2022") -> dict[str, Any]:
    return add_proof_set(document, _SIGNER, created=_NOW, cryptosuites=[suite])


def _is_genuine(document: Mapping[str, Any]) -> bool:
    return verify_credential(document, VerificationOptions(now=_NOW, fetcher=Nowhere())).is_genuine


def _credential(path: Path, *, good: bool) -> None:
    document = _input(path)
    if good:
        parse_credential(document)
        document.pop("proof", None)
        expect(_is_genuine(_secured(document)), expected=True)
        return
    expect_refusal(lambda: _secured(parse_credential(document).document))
    signed = document if "proof" in document else _secured(document, "eddsa-jcs-2022")
    expect(_is_genuine(signed), expected=False)


def _presentation(path: Path, *, good: bool) -> None:
    if not good:
        expect_refusal(lambda: check_self_asserted(_presented(path)))
        return
    signed = add_proof_set(_presented(path).document, _SIGNER, created=_NOW, purpose="authentication")
    verify_proofs(signed, resolve_key, now=_NOW, purpose="authentication")
    if path.stem.startswith("presentation-self-asserted-vc-"):
        check_self_asserted(parse_presentation(signed))


def _presented(path: Path) -> Presentation:
    presentation = parse_presentation(_input(path))
    for credential in presentation.credentials:
        if ENVELOPED not in credential["type"]:
            parse_credential(credential)
    return presentation


def rdf_canon(folder: Path) -> Iterator[Case]:
    """Give the W3C tests of RDFC-1.0: canonical forms, issued identifiers, and the graph that must be stopped."""
    tests = folder / "tests"
    for entry in read(tests / "manifest.jsonld")["entries"]:
        yield f"{entry['id'][1:]} {entry['name']}", partial(_canonical, entry, tests)


def _canonical(entry: Mapping[str, Any], tests: Path) -> None:
    dataset = read_n_quads((tests / entry["action"]).read_bytes())
    hash_name = str(entry.get("hashAlgorithm", "SHA256")).lower()
    match entry["type"]:
        case "rdfc:RDFC10EvalTest":
            expect(canonical_n_quads(dataset, hash_name=hash_name), (tests / entry["result"]).read_bytes())
        case "rdfc:RDFC10MapTest":
            expect(issued_identifiers(dataset, hash_name=hash_name), read(tests / entry["result"]))
        case "rdfc:RDFC10NegativeEvalTest":
            expect_refusal(lambda: canonical_n_quads(dataset, hash_name=hash_name), ComplexityLimitError)
        case unknown:
            raise WrongAnswerError(f"a test of an unknown kind {unknown}")


def rfc_8785(folder: Path) -> Iterator[Case]:
    """Give the inputs and outputs of JCS."""
    for path in sorted((folder / "testdata" / "input").glob("*.json")):
        yield path.stem, partial(_jcs, path)


def _jcs(path: Path) -> None:
    wrapped = jcs.canonicalize({"": json.loads(path.read_bytes())})
    expect(wrapped[len(b'{"":') : -1], (path.parents[1] / "output" / path.name).read_bytes())
