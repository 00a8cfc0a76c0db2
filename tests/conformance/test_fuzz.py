"""Whatever is sent to the surface, it answers: never 5xx, and 200 only with `verified: true`."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.surface import SUITES, Surface, assert_refused
from tests.strategies import json_objects, json_values, mutations

QUICK: Final = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES: Final = [*SUITES, "vc2.0", "enveloping-proof", "bitstring-status-list"]
PATHS: Final = (
    "/issuers/vc2.0/credentials/issue",
    "/issuers/bitstring-status-list/credentials/status",
    "/verifiers/vc2.0/credentials/verify",
    "/presentations/verify",
    "/credentials/derive",
)
MEMBERS: Final = ("credential", "verifiableCredential", "verifiablePresentation", "options", "credentialStatus", "credentialId")


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_a_changed_credential_is_issued_or_refused(surface: Surface, name: str, data: st.DataObject) -> None:
    document = data.draw(mutations(surface.credential(name, credentialStatus={"type": "Kind", "id": "urn:a"})))
    pointers = data.draw(st.lists(st.sampled_from(["/issuer", "/id", "/type/0", "/credentialSubject/skill"]) | st.text(max_size=6)))
    answer = surface.issue(name, document, mandatoryPointers=pointers)
    if answer.status_code != 201:
        assert_refused(answer)


SHOWN: Final[dict[str, dict[str, Any]]] = {}


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_a_changed_credential_is_verified_only_if_it_says_so(surface: Surface, name: str, data: st.DataObject) -> None:
    shown = SHOWN.setdefault(name, surface.shown(name))
    document = data.draw(mutations(shown))
    for answer in (surface.verify(name, document), surface.present({"type": "VerifiablePresentation", **document})):
        if answer.status_code == 200:
            assert answer.json()["verified"] is True
        else:
            assert_refused(answer)


@pytest.mark.parametrize("name", ["ecdsa-sd-2023-p256", "bbs-2023"])
@QUICK
@given(data=st.data())
def test_a_changed_base_proof_is_derived_from_only_where_it_is_not_changed_in_meaning(
    surface: Surface, name: str, data: st.DataObject
) -> None:
    base = SHOWN.setdefault(f"base {name}", surface.issued(name))
    answer = surface.derive(data.draw(mutations(base)), "/credentialSubject")
    if answer.status_code != 201:
        assert_refused(answer)


@pytest.mark.parametrize("path", PATHS)
@settings(QUICK, max_examples=20)
@given(message=st.dictionaries(st.sampled_from(MEMBERS), json_objects() | json_values(), max_size=3))
def test_any_message_is_refused(surface: Surface, path: str, message: dict[str, Any]) -> None:
    assert_refused(surface.client.post(path, json=message))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"7", b'"text"', b"\xff", b'{"a":1,"a":2}', b'{"credential":NaN}', b"[" * 100, b'{"a":"\\ud800"}'],
)
def test_what_is_no_message_is_refused(surface: Surface, path: str, content: bytes) -> None:
    assert_refused(surface.client.post(path, content=content, headers={"Content-Type": "application/json"}))
    if content != b"":
        assert_refused(surface.client.post(path, content=content, headers={"Content-Type": "text/plain"}))


@QUICK
@given(did=st.text(max_size=30) | st.from_regex(r"did:(key|web|jwk|webvh):[A-Za-z0-9%._:-]{0,40}", fullmatch=True))
def test_any_did_has_an_answer(surface: Surface, did: str) -> None:
    answer = surface.client.get("/1.0/identifiers/" + did.encode("utf-8", "replace").hex())
    assert answer.status_code == 400
    assert answer.json()["didResolutionMetadata"]["error"]
