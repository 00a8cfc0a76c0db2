"""The resolver of the profile, for DIDs with a history."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.compose import HOUSES
from comity.conformance.profile import ConformanceProfile
from comity.conformance.routes import router
from tests.conformance.surface import BASE
from tests.credentials.dids.webvh.logs import NEW, document, entries, first, lines, name_of, then, url_of
from tests.credentials.world import NOW, Outside
from web.joining import join
from web.pages import Pages

LOG: Final = entries(first(state=document()), then(state=document(key=NEW)))
ENDED: Final = entries(first(), then(deactivated=True))


def asked(log: list[dict[str, Any]], query: str = "") -> tuple[int, dict[str, Any]]:
    """Return the status and the result for a DID whose log stands at its address."""
    outside = Outside({url_of(name_of(log)): lines(log)})
    app = FastAPI()
    join(app, router(profile(outside)))
    answer = TestClient(app, base_url=BASE).get(f"/1.0/identifiers/{name_of(log)}{query}")
    return answer.status_code, answer.json()


def profile(outside: Outside) -> ConformanceProfile:
    return ConformanceProfile(BASE, lambda: NOW, Pages(HOUSES), outside, MappingProxyType({}))


@pytest.mark.parametrize(
    ("query", "version"),
    [("", 2), ("?versionNumber=1", 1), (f"?versionId={LOG[0]['versionId']}", 1), ("?versionTime=2026-02-02T00%3A00%3A00Z", 2)],
)
def test_a_version_is_found(query: str, version: int) -> None:
    status, result = asked(LOG, query)
    assert (status, result["didDocument"]) == (200, LOG[version - 1]["state"])
    assert result["didResolutionMetadata"] == {"contentType": "application/did+ld+json"}


@pytest.mark.parametrize(
    ("log", "query", "error"),
    [
        (LOG, "?versionNumber=3", "notFound"),
        (LOG, "?service=files", "invalidDid"),
        (LOG[1:], "", "invalidDid"),
    ],
)
def test_what_is_not_there_or_does_not_hold_is_none(log: list[dict[str, Any]], query: str, error: str) -> None:
    status, result = asked(log, query)
    assert (status, result["didDocument"], result["didResolutionMetadata"]["error"]) == (400, None, error)


def test_what_has_ended_is_gone() -> None:
    status, result = asked(ENDED)
    assert status == 410
    assert result == {"didDocument": None, "didResolutionMetadata": {}, "didDocumentMetadata": {"deactivated": True}}
    assert asked(ENDED, "?versionNumber=1")[0] == 200


@pytest.mark.parametrize("did", ["did:webvh:history.example", "did:web:History.example", name_of(LOG) + ":.."])
def test_a_name_that_nobody_is_asked_for_is_no_did(did: str) -> None:
    assert profile(Outside()).resolve(did)["didResolutionMetadata"]["error"] == "invalidDid"
