from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.issuer_api.house import House, build
from tests.issuer_api.registrar import Registrar, registrar


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    with databases.tables(tmp_path) as url:
        built = build(url)
        yield built
        built.close()


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[House]:
    with databases.tables(tmp_path_factory.mktemp("house")) as url:
        built = build(url)
        yield built
        built.close()


@pytest.fixture
def unchanged(shared_house: House) -> Iterator[House]:
    """A house that the tests of a module share, and the promise that the test leaves no row behind."""
    before = shared_house.counts()
    yield shared_house
    assert shared_house.counts() == before


@pytest.fixture
def salma(house: House) -> Registrar:
    """The registrar of the first training centre, signed in."""
    return registrar(house)
