"""What was read is not read again while the same files stand; and what is large costs no more than it must."""

from __future__ import annotations

import gc
from datetime import timedelta
from pathlib import Path

import pytest

from tests.trust.world import NOW, WELDING_SCHOOL, Memory, bundle, did, publish, read_all, shipped
from trust.bundle import BundleError, open_bundle
from web.bundle_folder import BundleFolder


class Counting:
    """Reads a folder, and remembers what was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = BundleFolder(folder)
        self.read_paths: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.read_paths.append(path)
        return self.folder.read(path)


def test_a_newer_version_of_the_same_files_is_taken_from_its_head(tmp_path: Path) -> None:
    publisher, source = publish(tmp_path, shipped()), Counting(tmp_path)
    first = open_bundle(source, root=publisher.root(), now=NOW)
    later = NOW + timedelta(days=1)
    publisher.refresh(now=later)
    source.read_paths.clear()
    second = open_bundle(source, root=publisher.root(), now=later, seen_version=first.version, known=first)
    assert [path.rpartition("/")[2] for path in source.read_paths] == ["2.root.json", "timestamp.json", "2.snapshot.json"]
    assert (second.version, second.published, second.issuers) == (2, later, first.issuers)
    assert second.hash != first.hash
    assert second == open_bundle(source, root=publisher.root(), now=later)


def test_other_files_are_read_whatever_was_known(tmp_path: Path) -> None:
    files = shipped()
    publisher = publish(tmp_path, files)
    first = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)
    files["states/XB/rules.json"]["rules"] = []
    publish(tmp_path, files)
    second = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW, known=first)
    assert {rule.state for rule in first.rules} - {rule.state for rule in second.rules} == {"XB"}


def test_what_is_known_excuses_no_signature(tmp_path: Path) -> None:
    publisher = publish(tmp_path, shipped())
    first = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)
    files = dict(read_all(tmp_path).files)
    files["metadata/timestamp.json"] = files["metadata/timestamp.json"].replace(b"2026", b"2027")
    with pytest.raises(BundleError):
        open_bundle(Memory(files), root=publisher.root(), now=NOW, known=first)


def test_listed_keys_are_found_one_by_one() -> None:
    keys = bundle().listed_keys()
    method = f"{did(WELDING_SCHOOL)}#k1"
    assert keys[method] == bundle().issuers[did(WELDING_SCHOOL)].keys[0].public_key
    assert {name: keys[name] for name in keys} == dict(keys)
    assert len(keys) == len(set(keys)) > len(bundle().issuers)
    for name in (did(WELDING_SCHOOL), f"{did(WELDING_SCHOOL)}#k2", "did:web:nobody.example#k1"):
        assert name not in keys


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was(tmp_path: Path, *, collecting: bool) -> None:
    publisher = publish(tmp_path, shipped())
    (gc.enable if collecting else gc.disable)()
    try:
        open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
