from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from open_house(tmp_path, https=False)


@pytest.fixture
def https_house(tmp_path: Path) -> Iterator[House]:
    yield from open_house(tmp_path, https=True)
