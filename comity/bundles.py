"""The lists as this process sees them: read once, read again when a newer timestamp is there, never back to an older version."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from comity.deployment import Deployment, SetupError
from trust.bundle import Bundle, open_bundle
from web.bundle_folder import BundleFolder


@dataclass(slots=True)
class Bundles:
    """Gives the deployment's lists, checked from the pinned root."""

    deployment: Deployment
    clock: Callable[[], datetime]
    _read: Bundle | None = None
    _stamp: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Bundle:
        """Return the lists.

        Raises:
            SetupError: no lists were ever published here.
            BundleError: they cannot be relied on.
        """
        timestamp = self.deployment.bundle / "metadata" / "timestamp.json"
        if not timestamp.is_file():
            raise SetupError("There are no signed lists yet. Publish them with: comity bundle publish FOLDER")
        with self._lock:
            stamp = timestamp.stat().st_mtime_ns
            if self._read is None or stamp != self._stamp:
                self._read, self._stamp = self._open(), stamp
            return self._read

    def _open(self) -> Bundle:
        return open_bundle(
            BundleFolder(self.deployment.bundle),
            root=self.deployment.pinned_root.read_bytes(),
            now=self.clock(),
            seen_version=self._read.version if self._read else 0,
        )
