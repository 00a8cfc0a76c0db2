"""The walk through TUF metadata from a pinned root, with python-tuf's Metadata API.

Roles: `root`, `targets` (partnership/*), one delegated role `state-XX` for each state (states/XX/*, terminating), `snapshot`,
`timestamp`. Every signature is checked against its role's threshold, every version, length and hash, and a state's file counts only
when the role that the delegations name for it has signed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from credentials.errors import COMITY, VCError

_MAX_FILE: Final = 64 * 1024 * 1024
T = TypeVar("T", Root, Timestamp, Snapshot, Targets)


class BundleError(VCError):
    """The signed lists cannot be relied on: missing, changed, signed by the wrong key, or older than what was seen."""

    type = COMITY + "BUNDLE_ERROR"
    title = "problem.bundle"
    could_not_check = True


class BundleSource(Protocol):
    """Where the files are: a folder, a zip on a stick, a cache."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of `metadata/…` or `targets/…`, or None where there is no such file."""
        ...


def target_file(path: str, sha256: str) -> str:
    """Return where a target stands: its hash comes before its name, so that a file never changes (consistent snapshots)."""
    folder, _, name = path.rpartition("/")
    return f"targets/{folder}/{sha256}.{name}"


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """The files of one version of the lists, each checked when it is read.

    Attributes:
        source: the bytes.
        version: the snapshot's version.
        published: when the timestamp was signed.
        expired: whether the timestamp has run out.
        hash: SHA-256 of the snapshot, which fixes every file.
    """

    source: BundleSource
    version: int
    published: datetime
    expired: bool
    hash: str
    _top: Targets
    _delegated: Mapping[str, Targets]
    _roles: dict[str, Targets] = field(default_factory=dict)

    def partnership(self, name: str) -> dict[str, Any] | None:
        """Return a file of the whole partnership, or None when it has none of that name."""
        return self._target(self._top, f"partnership/{name}.json")

    def of_state(self, code: str, name: str) -> dict[str, Any] | None:
        """Return a file of a state, or None when its role signs none of that name.

        Raises:
            BundleError: no role signs for the state.
        """
        if code not in self._roles:
            self._roles[code] = self._role_of(code)
        return self._target(self._roles[code], f"states/{code}/{name}.json")

    def _role_of(self, code: str) -> Targets:
        roles = self._top.delegations.roles or {} if self._top.delegations else {}
        path = f"states/{code}/rules.json"
        for name, role in roles.items():
            if role.is_delegated_path(path):
                return self._delegated[name]
        raise BundleError(f"no role signs for the state {code}")

    def _target(self, targets: Targets, path: str) -> dict[str, Any] | None:
        info: TargetFile | None = targets.targets.get(path)
        if info is None:
            return None
        content = read_bytes(self.source, target_file(path, info.hashes["sha256"]))
        info.verify_length_and_hashes(content)
        document = json.loads(content)
        if not isinstance(document, dict):
            raise BundleError(f"{path} is no JSON object")
        return document


def read_bytes(source: BundleSource, path: str) -> bytes:
    """Return a file of a source.

    Raises:
        BundleError: it is missing, or larger than 64 MiB.
    """
    content = source.read(path)
    if content is None:
        raise BundleError(f"{path} is missing")
    if len(content) > _MAX_FILE:
        raise BundleError(f"{path} is larger than we read")
    return content


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version of the lists, down to the snapshot, which fixes every file.

    Attributes:
        source: the bytes.
        published: when the timestamp was signed.
        expired: whether the timestamp has run out.
        hash: SHA-256 of the snapshot.
    """

    source: BundleSource
    published: datetime
    expired: bool
    hash: str
    _root: Root
    _snapshot: Snapshot

    @property
    def version(self) -> int:
        """The snapshot's version."""
        return self._snapshot.version

    @property
    def content(self) -> str:
        """What is the same for two versions only when the same root vouches for the same files in both."""
        files = {name: meta.to_dict() for name, meta in self._snapshot.meta.items()}
        return hashlib.sha256(json.dumps([self._root.version, files], sort_keys=True).encode()).hexdigest()

    def files(self) -> SignedFiles:
        """Return the files, with the signatures of every role checked.

        Raises:
            BundleError: a file is missing or not what it must be.
            RepositoryError, LengthOrHashMismatchError, DeserializationError: of python-tuf; something signed does not hold.
        """
        top = _targets(self.source, self._root, self._snapshot, "targets")
        names = top.delegations.roles or {} if top.delegations else {}
        delegated = {name: _targets(self.source, top, self._snapshot, name) for name in names}
        return SignedFiles(self.source, self.version, self.published, self.expired, self.hash, top, delegated)


def walk(source: BundleSource, pinned: bytes, now: datetime, seen_version: int) -> Head:
    """Return the newest version that a pinned root vouches for.

    Raises:
        BundleError: a version is older than what was seen, a file is missing or not what it must be.
        RepositoryError, LengthOrHashMismatchError, DeserializationError: of python-tuf; a signature, hash or form does not hold.
    """
    root = _newest_root(source, pinned)
    timestamp = _signed(source, root, Timestamp, "timestamp", "metadata/timestamp.json", None)
    snapshot_meta = timestamp.snapshot_meta
    if snapshot_meta.version < seen_version:
        raise BundleError(f"these lists are version {snapshot_meta.version}; version {seen_version} was seen before")
    path = f"metadata/{snapshot_meta.version}.snapshot.json"
    snapshot = _signed(source, root, Snapshot, "snapshot", path, snapshot_meta)
    published = datetime.fromisoformat(str(timestamp.unrecognized_fields["published"])).astimezone(UTC)
    return Head(source, published, now >= timestamp.expires, (snapshot_meta.hashes or {})["sha256"], root, snapshot)


def _newest_root(source: BundleSource, pinned: bytes) -> Root:
    trusted = Metadata[Root].from_bytes(pinned).signed
    while content := source.read(f"metadata/{trusted.version + 1}.root.json"):
        metadata = Metadata[Root].from_bytes(content)
        trusted.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        if metadata.signed.version != trusted.version + 1:
            raise BundleError("a root has another version than its name")
        trusted = metadata.signed
    return trusted


def _signed(source: BundleSource, by: Root | Targets, kind: type[T], role: str, path: str, meta: MetaFile | None) -> T:
    content = read_bytes(source, path)
    if meta is not None:
        meta.verify_length_and_hashes(content)
    metadata: Metadata[T] = Metadata.from_bytes(content)
    by.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    signed = metadata.signed
    if not isinstance(signed, kind) or (meta is not None and signed.version != meta.version):
        raise BundleError(f"{path} is of another kind or version than it must be")
    return signed


def _targets(source: BundleSource, by: Root | Targets, snapshot: Snapshot, role: str) -> Targets:
    meta = snapshot.meta[f"{role}.json"]
    return _signed(source, by, Targets, role, f"metadata/{meta.version}.{role}.json", meta)
