"""Any record, in every format with every algorithm: it verifies, comes back as it was, and no changed byte is taken for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import rdf
from credentials.data_integrity import add_proof_set
from credentials.keys import InMemorySigner
from credentials.sd_jwt_vc import claims_of_credential
from credentials.securing import SECURING_MECHANISMS, VC, SecuringOptions, secure
from credentials.verify import VerificationResult
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.strategies import one_byte_changed, reordered
from tests.credentials.world import NOW, report
from tests.properties.records import record, subjects
from tests.strategies import changed, places
from tests.vectors.material import signer_of

ALGORITHMS: Final = ("Ed25519", "ES256", "ES384", "ES512")
ENVELOPES: Final = [name for name, mechanism in SECURING_MECHANISMS.items() if mechanism.secure is not None and name != VC]
SUITES: Final = [
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "ES256"),
    ("ecdsa-rdfc-2019", "ES384"),
    ("ecdsa-jcs-2019", "ES256"),
    ("ecdsa-jcs-2019", "ES384"),
]
OF_STATEMENTS: Final = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")
"""Suites that sign what a document states; a context may be spelled otherwise where nothing that it says is used."""
FEW: Final = settings(max_examples=12)
EACH_ENVELOPE = pytest.mark.parametrize("media_type", ENVELOPES)
EACH_ALGORITHM = pytest.mark.parametrize("algorithm", ALGORITHMS)
EACH_SUITE = pytest.mark.parametrize(("suite", "algorithm"), SUITES)


def enveloped(media_type: str, algorithm: str, subject: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return a record, and the same secured."""
    signer = signer_of(algorithm)
    document = record(signer, subject)
    options = SecuringOptions(created=NOW, entropy=Counted(), vct="urn:course:1")
    return document, secure(document, signer, media_type, options)


def proven(suite: str, signer: InMemorySigner, subject: dict[str, Any]) -> dict[str, Any]:
    return add_proof_set(record(signer, subject), signer, created=NOW, cryptosuites=[suite])


def statements(document: Mapping[str, Any]) -> bytes:
    return rdf.canonicalize({name: value for name, value in document.items() if name != "proof"})


def said(result: VerificationResult) -> Any:  # noqa: ANN401  # a document
    assert result.unverified_credential is not None
    return result.unverified_credential.document


@EACH_ENVELOPE
@EACH_ALGORITHM
@FEW
@given(subject=subjects())
def test_what_is_secured_verifies_and_comes_back(media_type: str, algorithm: str, subject: dict[str, Any]) -> None:
    document, content = enveloped(media_type, algorithm, subject)
    result = report(content)
    assert result.verified
    if SECURING_MECHANISMS[media_type].is_json_ld:
        assert said(result) == document
    else:
        assert said(result) == claims_of_credential(document, vct="urn:course:1", issued_at=NOW)


@EACH_ENVELOPE
@EACH_ALGORITHM
@FEW
@given(data=st.data())
def test_no_envelope_with_another_byte_is_genuine(media_type: str, algorithm: str, data: st.DataObject) -> None:
    _, content = enveloped(media_type, algorithm, data.draw(subjects()))
    assert not report(data.draw(one_byte_changed(content))).is_genuine


@EACH_SUITE
@FEW
@given(data=st.data())
def test_a_proof_holds_in_any_order_and_with_any_white_space(suite: str, algorithm: str, data: st.DataObject) -> None:
    document = proven(suite, signer_of(algorithm), data.draw(subjects()))
    shuffled = data.draw(reordered(document))
    content = json.dumps(shuffled, indent=data.draw(st.sampled_from([None, 1, "\t"])), ensure_ascii=data.draw(st.booleans()))
    assert report(content.encode()).verified


@EACH_SUITE
@FEW
@given(data=st.data())
def test_no_document_with_another_byte_is_genuine(suite: str, algorithm: str, data: st.DataObject) -> None:
    document = proven(suite, signer_of(algorithm), data.draw(subjects()))
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    result = report(data.draw(one_byte_changed(content)))
    assert not result.is_genuine or (suite in OF_STATEMENTS and statements(said(result)) == statements(document))


@EACH_SUITE
@settings(max_examples=25)
@given(data=st.data())
def test_no_statement_is_changed_added_or_removed(suite: str, algorithm: str, data: st.DataObject) -> None:
    document = proven(suite, signer_of(algorithm), data.draw(subjects()))
    path = data.draw(st.sampled_from([path for path in places(document) if suite not in OF_STATEMENTS or path[0] != "@context"]))
    inner: Any = document
    for step in path:
        inner = inner[step]
    other = data.draw(st.just(...) | st.sampled_from(["another", 7, True, {"skill": "another"}, ["another"]]))
    if isinstance(inner, dict) and data.draw(st.booleans()):
        other = {**inner, data.draw(st.sampled_from(["grade", "unknown", "id"])): "urn:another"}
    if other != inner:
        assert not report(changed(document, path, other)).is_genuine
