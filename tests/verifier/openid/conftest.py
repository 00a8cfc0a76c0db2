from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from comity.conformance.serving import conformance_composition
from tests.verifier.openid.desk import BASE, NOW, Desk


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    moment = [NOW]
    with (
        conformance_composition(BASE, lambda: moment[0]) as composition,
        TestClient(composition.app, base_url=BASE) as client,
    ):
        yield Desk(client, composition, moment)
