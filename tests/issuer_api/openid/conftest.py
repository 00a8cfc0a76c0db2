from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import uvicorn
from starlette.testclient import TestClient

from comity.compose import Composition
from comity.conformance.serving import conformance_composition
from comity.conformance.trial import SLUG
from tests.conftest import free_port
from tests.issuer_api.openid.trial import Trying


@pytest.fixture(scope="session")
def moment() -> list[datetime]:
    """The profile's clock: it stands still during a test, unless the test moves it."""
    return [datetime.now(UTC)]


@pytest.fixture(scope="session")
def trial(moment: list[datetime]) -> Iterator[Composition]:
    with conformance_composition(f"http://localhost:{free_port()}", lambda: moment[0]) as composition:
        yield composition


@pytest.fixture
def trying(trial: Composition, moment: list[datetime]) -> Iterator[Trying]:
    """The conformance profile, and a wallet that is tried out with it."""
    moment[0], base_url = datetime.now(UTC), trial.issuer.base_url
    with TestClient(trial.app, base_url=base_url) as client:
        yield Trying(client, f"{base_url}/issuers/{SLUG}", moment[0], composition=trial, moment=moment)


@pytest.fixture(scope="module")
def socket_of_trial(trial: Composition) -> Iterator[str]:
    """Serve the conformance profile at its own address."""
    port = int(trial.issuer.base_url.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(trial.app, host="127.0.0.1", port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield trial.issuer.base_url
    server.should_exit = True
    thread.join(timeout=10)
