from __future__ import annotations

from pathlib import Path

import pytest

from web.bundle_folder import BundleFolder


@pytest.fixture
def folder(tmp_path: Path) -> BundleFolder:
    for name in ("bundle/metadata/1.root.json", "bundle/targets/states/XA/ab.rules.json", "bundle/other/x.json", "secret"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return BundleFolder(tmp_path / "bundle")


def test_metadata_and_targets_are_read(folder: BundleFolder) -> None:
    assert folder.read("metadata/1.root.json") == b"bundle/metadata/1.root.json"
    assert folder.read("targets/states/XA/ab.rules.json") == b"bundle/targets/states/XA/ab.rules.json"


@pytest.mark.parametrize(
    "path",
    [
        "metadata/2.root.json",
        "metadata",
        "targets/states",
        "other/x.json",
        "metadata/../other/x.json",
        "metadata/../../secret",
        "targets/../../secret",
        "/etc/passwd",
        "targets//etc/passwd",
        "metadata/.hidden",
        "metadata/1.root.json\n",
        "",
    ],
)
def test_nothing_else_is(folder: BundleFolder, path: str) -> None:
    assert folder.read(path) is None
