from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.errors import FetchError, NotThereError
from credentials.fetching import Fetched
from tests.trust.world import NOW, WELDING_SCHOOL, did, publish, shipped
from trust.bundle import BundleError
from web.bundle_folder import BundleFolder
from web.bundle_sources import TIMESTAMP, BundleOverHTTP, BundleZip, mirror, pack

BASE = "https://lists.example/trust/bundle"


@dataclass
class Publishing:
    """Another deployment's published folder, as its HTTP answers are seen from here."""

    folder: Path
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url.removeprefix(BASE + "/"))
        if self.is_down:
            raise FetchError("nobody answers")
        content = BundleFolder(self.folder).read(self.asked[-1])
        if content is None:
            raise NotThereError("404")
        return Fetched(url, content, "application/json")


def test_lists_are_mirrored_over_http_and_nothing_is_fetched_twice(tmp_path: Path) -> None:
    theirs, here = tmp_path / "theirs", tmp_path / "here"
    root = publish(theirs, shipped()).root()
    other = Publishing(theirs)
    source = BundleOverHTTP(BASE + "/", other)
    assert did(WELDING_SCHOOL) in mirror(source, here, root=root, now=NOW).issuers
    assert {path.name for path in here.rglob("*.json")} == {path.name for path in theirs.rglob("*.json")} - {"1.root.json"}
    other.asked.clear()
    mirror(source, here, root=root, now=NOW)
    assert other.asked == ["metadata/2.root.json", TIMESTAMP]
    files = shipped()
    files["states/XB/rules.json"]["rules"] = []
    publish(theirs, files, NOW + timedelta(hours=1))
    other.asked.clear()
    assert mirror(source, here, root=root, now=NOW, seen_version=1).version == 2
    assert len(other.asked) == 5
    assert sum(1 for path in other.asked if "rules" in path) == 1


def test_what_cannot_be_relied_on_or_had_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    theirs, here = tmp_path / "theirs", tmp_path / "here"
    root = publish(theirs, shipped()).root()
    other = Publishing(theirs)
    source = BundleOverHTTP(BASE, other)
    mirror(source, here, root=root, now=NOW)
    before = {path: path.read_bytes() for path in here.rglob("*.json")}
    with pytest.raises(BundleError):
        mirror(source, here, root=root, now=NOW, seen_version=2)
    (theirs / TIMESTAMP).write_bytes(b"{}")
    with pytest.raises(BundleError):
        mirror(source, here, root=root, now=NOW)
    other.is_down = True
    with pytest.raises(FetchError):
        mirror(source, here, root=root, now=NOW)
    assert {path: path.read_bytes() for path in here.rglob("*.json")} == before


def test_lists_travel_on_a_stick(tmp_path: Path) -> None:
    theirs, stick = tmp_path / "theirs", tmp_path / "lists.zip"
    root = publish(theirs, shipped()).root()
    (theirs / "notes.txt").write_text("not a list")
    assert pack(theirs, stick) == len(list(theirs.rglob("*.json")))
    assert mirror(BundleZip(stick), tmp_path / "here", root=root, now=NOW).version == 1
    assert BundleZip(stick).read("metadata/9.root.json") is None


def test_a_path_that_leads_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    other = Publishing(tmp_path)
    for source in (BundleOverHTTP(BASE, other), BundleZip(tmp_path / "none.zip")):
        assert source.read("metadata/../secret") is None
        assert source.read("notes.txt") is None
    assert other.asked == []


def test_a_file_that_is_no_zip_or_holds_a_bomb_is_refused(tmp_path: Path) -> None:
    stick = tmp_path / "lists.zip"
    with pytest.raises(BundleError, match="no zip"):
        BundleZip(stick).read(TIMESTAMP)
    stick.write_bytes(b"PK")
    with pytest.raises(BundleError, match="no zip"):
        BundleZip(stick).read(TIMESTAMP)
    with zipfile.ZipFile(stick, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TIMESTAMP, bytes(65 * 1024 * 1024))
    with pytest.raises(BundleError, match="larger"):
        BundleZip(stick).read(TIMESTAMP)
