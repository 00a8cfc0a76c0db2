"""Lists that were relied on are remembered by every process, and after a deployment starts anew."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select

from credentials.errors import StatusRollbackError, VCError
from tests.credentials.world import LIST_URL, NOW, Outside, credential, entry, report, secured, status_list
from tests.databases import Databases
from verifier.seen_lists import KeptLists
from verifier.tables import SeenList
from web.db import Database, open_engine

OLDER, NEWER = (status_list(validFrom=f"2026-11-24T{hour}:00:00Z") for hour in ("10", "11"))
CREDENTIAL = secured(credential(credentialStatus=entry(index="8")))


def opened(url: str) -> KeptLists:
    """Return what one process has, which shares nothing with another but the database."""
    return KeptLists(Database(open_engine(url)))


def told(lists: KeptLists, served: bytes) -> VCError | None:
    return report(CREDENTIAL, Outside({LIST_URL: served}), seen_lists=lists).check("status").problem


def test_a_list_that_was_rolled_back_is_refused_by_every_process_and_after_a_restart(tmp_path: Path, databases: Databases) -> None:
    with databases.tables(tmp_path) as url:
        first, second = opened(url), opened(url)
        assert [told(first, OLDER), told(second, OLDER), told(first, NEWER)] == [None, None, None]
        assert isinstance(told(second, OLDER), StatusRollbackError)
        assert isinstance(told(first, OLDER), StatusRollbackError)
        assert told(second, NEWER) is None
        for lists in (first, second):
            lists.database.engine.dispose()
        anew = opened(url)
        assert isinstance(told(anew, OLDER), StatusRollbackError)
        assert told(anew, NEWER) is None
        assert anew.newest("did:another", LIST_URL, NOW - timedelta(days=9)) == NOW - timedelta(days=9)
        anew.database.engine.dispose()


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[KeptLists]:
    engine = open_engine(f"sqlite:///{tmp_path / 'lists.db'}")
    SQLModel.metadata.create_all(engine)
    yield KeptLists(Database(engine), most=3)
    engine.dispose()


def test_of_too_many_the_oldest_are_forgotten(lists: KeptLists) -> None:
    for hour in range(10):
        lists.newest("did:a", str(hour), NOW + timedelta(hours=hour))
    with lists.database.session() as session:
        assert 0 < len(session.exec(select(SeenList)).all()) <= 3
    assert lists.newest("did:a", "9", NOW) == NOW + timedelta(hours=9)


def test_a_database_that_takes_nothing_stops_no_check(lists: KeptLists, caplog: pytest.LogCaptureFixture) -> None:
    assert lists.newest("did:a", "1", NOW) == NOW
    with lists.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE UPDATE ON verifier_seen_lists BEGIN SELECT RAISE(FAIL, 'full'); END")
    later = NOW + timedelta(hours=1)
    with caplog.at_level(logging.CRITICAL):
        assert lists.newest("did:a", "1", later) == later
    assert lists.newest("did:a", "1", NOW - timedelta(hours=1)) == NOW
