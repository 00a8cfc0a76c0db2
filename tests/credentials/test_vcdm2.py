"""The inputs of the W3C test suite for VC Data Model 2.0: secured and verified, or refused, as their names say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set, verify_proofs
from credentials.errors import VCError
from credentials.model import parse_credential
from credentials.presentation import ENVELOPED, Presentation, check_self_asserted, parse_presentation
from tests.credentials.world import NOW, did_of, key_signer, report, secured
from tests.shared_vectors import SHARED, shared

_FOLDER: Final = SHARED / "vectors" / "vcdm2-fixtures" / "tests" / "input"
_INPUTS: Final = {path.stem: path for path in sorted(_FOLDER.rglob("*.json"))}
_DATES: Final = {"PAST DATE": "2016-11-24T00:00:00Z", "FUTURE DATE": "2036-11-24T00:00:00Z"}
_SELF_ASSERTED: Final = "presentation-self-asserted-vc-"


def inputs(kind: str, *, good: bool) -> list[Any]:
    """Return the inputs of a kind; an input that the suite lets an issuer complete (`fail-or-inject`) is refused here."""
    chosen = (
        name for name in _INPUTS if name.startswith("presentation") is (kind == "presentation") and name.endswith("-ok") is good
    )
    return [pytest.param(_INPUTS[name], id=name) for name in chosen]


def read(path: Path) -> dict[str, Any]:
    """Return an input with the issuer and the dates that the suite fills in."""
    document: dict[str, Any] = json.loads(path.read_bytes())
    for name in ("validFrom", "validUntil"):
        if name in document:
            document[name] = _DATES.get(document[name], document[name])
    if path.stem.startswith("presentation") or path.stem == "credential-no-issuer-fail":
        return document
    issuer = document.setdefault("issuer", did_of(key_signer()))
    if isinstance(issuer, dict):
        issuer.setdefault("id", did_of(key_signer()))
    return document


def test_every_input_is_tried() -> None:
    shared("vectors", "vcdm2-fixtures")
    tried = sum(len(inputs(kind, good=good)) for kind in ("credential", "presentation") for good in (True, False))
    assert tried == len(_INPUTS) == 120


@pytest.mark.parametrize("path", inputs("credential", good=True))
def test_a_good_credential_is_issued_and_verified(path: Path) -> None:
    document = read(path)
    parse_credential(document)
    document.pop("proof", None)
    assert report(secured(document)).is_genuine


@pytest.mark.parametrize("path", inputs("credential", good=False))
def test_a_bad_credential_is_neither_issued_nor_verified(path: Path) -> None:
    document = read(path)
    with pytest.raises(VCError):
        secured(parse_credential(document).document)
    signed_as_plain_json = document if "proof" in document else secured(document, suites=["eddsa-jcs-2022"])
    assert not report(signed_as_plain_json).is_genuine


def presented(path: Path) -> Presentation:
    """Return the view of a presentation, once the credentials in it are good."""
    presentation = parse_presentation(read(path))
    for credential in presentation.credentials:
        if ENVELOPED not in credential["type"]:
            parse_credential(credential)
    return presentation


@pytest.mark.parametrize("path", inputs("presentation", good=True))
def test_a_good_presentation_is_secured_and_verified(path: Path) -> None:
    holder = key_signer("holder")
    document = presented(path).document
    signed = add_proof_set(document, holder, created=NOW, purpose="authentication")
    verify_proofs(signed, lambda _method, _purpose: holder.public_key, now=NOW, purpose="authentication")
    if path.stem.startswith(_SELF_ASSERTED):
        check_self_asserted(parse_presentation(signed))


@pytest.mark.parametrize("path", inputs("presentation", good=False))
def test_a_bad_presentation_is_refused(path: Path) -> None:
    with pytest.raises(VCError) as raised:
        check_self_asserted(presented(path))
    assert raised.value.pointer.startswith("/")
