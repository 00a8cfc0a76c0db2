from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from comity.compose import Composition
from comity.conformance.serving import conformance_composition
from comity.conformance.trial import SLUG
from tests.issuer_api.openid.trial import BASE, Trying


@pytest.fixture(scope="session")
def trial() -> Iterator[Composition]:
    with conformance_composition(BASE) as composition:
        yield composition


@pytest.fixture
def trying(trial: Composition) -> Iterator[Trying]:
    """The conformance profile, and a wallet that is tried out with it."""
    with TestClient(trial.app, base_url=BASE) as client:
        yield Trying(client, f"{BASE}/issuers/{SLUG}", datetime.now(UTC), composition=trial)
