from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.world import World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = build(tmp_path_factory.mktemp("deployment") / "data")
    yield built
    built.composition.issuer.database.engine.dispose()


@pytest.fixture
def clean(world: World) -> Iterator[World]:
    """The deployment, and the promise that the test leaves no row behind."""
    before = world.rows()
    yield world
    assert world.rows() == before
