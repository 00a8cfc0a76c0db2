from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.independent.peer import NodePeer, start


@pytest.fixture(scope="session")
def node() -> Iterator[NodePeer]:
    peer = start()
    yield peer
    peer.stop()
