from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from comity.conformance.serving import conformance_composition
from tests.conformance.surface import BASE, Surface


@pytest.fixture(scope="session")
def surface() -> Iterator[Surface]:
    with conformance_composition(BASE) as composition, TestClient(composition.app, base_url=BASE) as client:
        yield Surface(client, client.get("/.well-known/vc-conformance.json").json())
