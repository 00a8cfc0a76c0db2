from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.wallet.house import CODE, OTHER_CODE, House, build


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    with databases.tables(tmp_path) as url:
        built = build(url)
        built.centre.issue("training-credential", CODE)
        built.centre.issue("work-experience-credential", OTHER_CODE)
        yield built
        built.wallet.database.engine.dispose()
