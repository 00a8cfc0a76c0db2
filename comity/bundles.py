"""The lists as this process sees them: read once, read again when a newer timestamp is there, never back to an older version."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from comity.deployment import Deployment
from credentials.qr import Codec
from trust.anchoring import LogHead
from trust.bundle import Bundle, BundleError, open_bundle
from web.bundle_folder import BundleFolder

NO_LISTS: Final = "There are no signed lists yet. Publish them with: comity bundle publish FOLDER"

_READ_AGAIN: Final = timedelta(hours=1)  # they may have run out since


@dataclass(slots=True)
class Bundles:
    """Gives the deployment's lists, checked from the pinned root."""

    deployment: Deployment
    clock: Callable[[], datetime]
    _read: Bundle | None = None
    _stamp: tuple[int, tuple[str, ...] | None] = (0, None)
    _read_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Bundle:
        """Return the lists.

        Raises:
            BundleError: there are none yet, or they cannot be relied on.
        """
        try:
            corridor = self.deployment.corridor
            stamp = ((self.deployment.bundle / "metadata" / "timestamp.json").stat().st_mtime_ns, corridor)
            root = self.deployment.pinned_root.read_bytes()
        except FileNotFoundError as error:
            raise BundleError(NO_LISTS) from error
        now = self.clock()
        with self._lock:
            old = self._read_at is None or stamp != self._stamp or now - self._read_at >= _READ_AGAIN
            if self._read is None or old:
                self._read, self._stamp, self._read_at = self._open(root, now), stamp, now
            return self._read

    def codec(self) -> Codec | None:
        """Return what reads and writes codes by these lists, or None when there are no lists that can be relied on."""
        try:
            return self().codec
        except BundleError:
            return None

    def log_heads(self, did: str) -> Sequence[LogHead]:
        """Return what the home state of an issuer has recorded of issuance logs, or any state for an empty DID.

        Nothing when there are no lists that can be relied on.
        """
        try:
            bundle = self()
        except BundleError:
            return ()
        states = {record.state for record in bundle.records_of(did)}
        return [head for head in bundle.log_heads if not did or head.state in states]

    def _open(self, root: bytes, now: datetime) -> Bundle:
        return open_bundle(
            BundleFolder(self.deployment.bundle),
            root=root,
            now=now,
            seen_version=self._read.version if self._read else 0,
            known=self._read,
            corridor=self.deployment.corridor,
        )


def holds_exactly(folder: Path, files: Mapping[str, bytes], *, besides: Collection[str] = ()) -> bool:
    """Return whether the newest lists of a folder are these files (target path to content) and no others, some left aside."""
    snapshot = _signed(folder, f"{_signed(folder, 'timestamp')['meta']['snapshot.json']['version']}.snapshot")
    listed: dict[str, str] = {}
    for name, meta in snapshot["meta"].items():
        targets = _signed(folder, f"{meta['version']}.{name.removesuffix('.json')}")["targets"]
        listed |= {path: target["hashes"]["sha256"] for path, target in targets.items()}
    wanted = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return {name: listed[name] for name in listed if name not in besides} == {
        name: wanted[name] for name in wanted if name not in besides
    }


def _signed(folder: Path, role: str) -> dict[str, Any]:
    signed: dict[str, Any] = json.loads((folder / "metadata" / f"{role}.json").read_bytes())["signed"]
    return signed
