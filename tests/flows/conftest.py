from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.flows.world import World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("deployment")
    built = build(folder / "data", databases.new(folder))
    yield built
    built.close()


@pytest.fixture
def clean(world: World) -> Iterator[World]:
    """The deployment, and the promise that the test leaves no row behind."""
    before = world.rows()
    yield world
    assert world.rows() == before
