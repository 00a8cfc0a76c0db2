from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.issuer_api.house import House, build


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    with databases.tables(tmp_path) as url:
        built = build(url)
        yield built
        built.close()
