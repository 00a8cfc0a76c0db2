from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comity.bundles import Bundles, holds_exactly
from comity.deployment import Deployment, create_deployment, write_private
from tests.trust.world import CARE_SCHOOL, NOW, did, encoded, publish, shipped
from trust.bundle import BundleError


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return create_deployment(tmp_path / "data", "https://skills.example", NOW)


@pytest.fixture
def published(deployment: Deployment) -> Deployment:
    write_private(deployment.pinned_root, publish(deployment.bundle, shipped()).root())
    return deployment


def test_where_nothing_was_published_nothing_can_be_relied_on(deployment: Deployment) -> None:
    with pytest.raises(BundleError, match="There are no signed lists yet"):
        Bundles(deployment, Clock())()


def test_lists_without_a_pinned_root_are_not_relied_on(published: Deployment) -> None:
    published.pinned_root.unlink()
    with pytest.raises(BundleError, match="There are no signed lists yet"):
        Bundles(published, Clock())()


def test_lists_are_read_once_until_there_are_newer_ones(published: Deployment) -> None:
    clock = Clock()
    lists = Bundles(published, clock)
    first = lists()
    assert lists() is first
    clock.now += timedelta(minutes=5)
    publish(published.bundle, shipped(), clock.now)
    assert (first.version, lists().version) == (1, 2)


def test_older_lists_are_never_gone_back_to(published: Deployment) -> None:
    clock = Clock()
    lists = Bundles(published, clock)
    timestamp = published.bundle / "metadata" / "timestamp.json"
    old = timestamp.read_bytes()
    publish(published.bundle, shipped(), NOW + timedelta(minutes=5))
    assert lists().version == 2
    timestamp.write_bytes(old)
    with pytest.raises(BundleError, match="version 2 was seen before"):
        lists()


def test_that_they_have_run_out_is_seen_while_running(published: Deployment) -> None:
    clock = Clock()
    lists = Bundles(published, clock)
    assert not lists().expired
    clock.now += timedelta(days=8)
    assert lists().expired


def test_whether_a_folder_holds_these_lists(published: Deployment) -> None:
    files = encoded(shipped())
    assert holds_exactly(published.bundle, files)
    less = dict(files)
    less.popitem()
    assert not holds_exactly(published.bundle, less)
    changed = shipped()
    changed["states/XB/rules.json"]["rules"] = []
    assert not holds_exactly(published.bundle, encoded(changed))
    publish(published.bundle, changed, NOW + timedelta(hours=1))
    assert holds_exactly(published.bundle, encoded(changed))
    assert not holds_exactly(published.bundle, files)
    assert json.loads((published.bundle / "metadata" / "timestamp.json").read_bytes())["signed"]["version"] == 2


def test_heads_of_logs_are_told_by_the_home_state_of_an_issuer(deployment: Deployment) -> None:
    assert list(Bundles(deployment, Clock()).log_heads("")) == []
    files = shipped()
    for state, size in (("XA", 3), ("XB", 5)):
        head = {"log": "skills.example/log", "treeSize": size, "rootHash": "A" * 43, "recordedAt": "2026-11-20"}
        files[f"states/{state}/log-heads.json"] = {"log-heads": [head]}
    write_private(deployment.pinned_root, publish(deployment.bundle, files).root())
    lists = Bundles(deployment, Clock())
    assert [head.tree_size for head in lists.log_heads(did(CARE_SCHOOL))] == [3]
    assert {head.tree_size for head in lists.log_heads("")} == {3, 5}
    assert list(lists.log_heads("did:web:nobody.example")) == []
