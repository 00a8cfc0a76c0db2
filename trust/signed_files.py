"""The walk through TUF metadata from a pinned root, with python-tuf's Metadata API.

Roles: `root`, `targets` (partnership/*), one delegated role `state-XX` for each state (states/XX/*, terminating), `snapshot`,
`timestamp`. Every signature is checked against its role's threshold, every version, length and hash, and a state's file counts only
when the role that the delegations name for it has signed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import DelegatedRole, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from trust.list_errors import BundleError, RoleEndedError, RolledBackError, WrongSignerError

_MAX_FILE: Final = 64 * 1024 * 1024
_TOP: Final = "targets"
T = TypeVar("T", Root, Timestamp, Snapshot, Targets)


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
class Role:
    """A role's word, and what the snapshot says of it.

    Attributes:
        meta: version, length and hash.
        signed: the files that it vouches for.
    """

    meta: MetaFile
    signed: Targets


@dataclass(frozen=True, slots=True)
class Checked:
    """Every role's word, its signatures checked: kept, so that what stands unchanged is not checked again.

    Attributes:
        root: who may sign.
        roles: by name; `targets` signs for the partnership.
    """

    root: Root
    roles: Mapping[str, Role]
    _of_states: dict[str, Targets | None] = field(default_factory=dict)

    @property
    def top(self) -> Targets:
        """The partnership's own files, and whose word counts for which state."""
        return self.roles[_TOP].signed

    def stands_as(self, before: Checked) -> bool:
        """Return whether every role's word was taken from `before`, and none is gone."""
        return self.roles.keys() == before.roles.keys() and all(role is before.roles[name] for name, role in self.roles.items())

    def of_state(self, code: str) -> Targets:
        """Return the word of the role that signs for a state.

        Raises:
            BundleError: no role does.
        """
        found = self._of_state(code)
        if found is None:
            raise WrongSignerError(f"no role signs for the state {code}")
        return found

    def sha256(self, code: str, name: str) -> str:
        """Return the hash of a state's file, or nothing when no role signs one of that name for it."""
        found = self._of_state(code)
        info = found.targets.get(f"states/{code}/{name}.json") if found else None
        return info.hashes["sha256"] if info else ""

    def _of_state(self, code: str) -> Targets | None:
        if code not in self._of_states:
            path = f"states/{code}/rules.json"
            named = (name for name, role in _delegated(self.top).items() if role.is_delegated_path(path))
            name = next(named, None)
            role = None if name is None else self.roles.get(name)
            self._of_states[code] = role.signed if role else None
        return self._of_states[code]


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """The files of one version of the lists, each checked when it is read.

    Attributes:
        source: the bytes.
        version: the snapshot's version.
        published: when the timestamp was signed.
        expired: whether the timestamp has run out.
        hash: SHA-256 of the snapshot, which fixes every file.
        checked: every role's word.
    """

    source: BundleSource
    version: int
    published: datetime
    expired: bool
    hash: str
    checked: Checked

    def ran_out(self, code: str) -> datetime | None:
        """Return when the word of a state's role had run out, where that was before these lists were published; else None.

        Raises:
            BundleError: no role signs for the state.
        """
        expires = self.checked.of_state(code).expires
        return expires if expires <= self.published else None

    def partnership(self, name: str) -> dict[str, Any] | None:
        """Return a file of the whole partnership, or None when it has none of that name."""
        return self._target(self.checked.top, f"partnership/{name}.json")

    def of_state(self, code: str, name: str) -> dict[str, Any] | None:
        """Return a file of a state, or None when its role signs none of that name.

        Raises:
            BundleError: no role signs for the state.
        """
        return self._target(self.checked.of_state(code), f"states/{code}/{name}.json")

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


def walk(
    source: BundleSource,
    pinned: bytes,
    now: datetime,
    seen_version: int,
    known: Checked | None = None,
    corridor: Collection[str] | None = None,
) -> SignedFiles:
    """Return the files that a pinned root vouches for.

    Args:
        source: the bytes.
        pinned: the root to begin with.
        now: to say whether the timestamp has run out.
        seen_version: the newest version that was relied on before.
        known: what was checked before; of it, what the newest snapshot names unchanged is taken again.
        corridor: codes of the states whose lists are wanted; None for all.

    Raises:
        RolledBackError: the lists are older than what was seen.
        BundleError: a file is missing or not what it must be.
        RoleEndedError: the root or the partnership's files had run out when the lists were published.
        RepositoryError, LengthOrHashMismatchError, DeserializationError: of python-tuf; a signature, hash or form does not hold.
    """
    root = _roots(source, pinned)[-1]
    timestamp = _signed(source, root, Timestamp, "timestamp", "metadata/timestamp.json", None)
    snapshot_meta = timestamp.snapshot_meta
    if snapshot_meta.version < seen_version:
        raise RolledBackError(f"these lists are version {snapshot_meta.version}; version {seen_version} was seen before")
    path = f"metadata/{snapshot_meta.version}.snapshot.json"
    snapshot = _signed(source, root, Snapshot, "snapshot", path, snapshot_meta)
    published = datetime.fromisoformat(str(timestamp.unrecognized_fields["published"])).astimezone(UTC)
    checked = _checked(source, root, snapshot, known, corridor)
    for role, signed in (("root", root), ("snapshot", snapshot), (_TOP, checked.top)):
        if signed.expires <= published:
            ended, day = f"{signed.expires:%Y-%m-%d}", f"{published:%Y-%m-%d}"
            raise RoleEndedError(f"{role} ran out on {ended}, before these lists were published on {day}: who signs it signs anew")
    hashes = snapshot_meta.hashes or {}
    return SignedFiles(source, snapshot.version, published, now >= timestamp.expires, hashes["sha256"], checked)


def walk_back(source: BundleSource, pinned: bytes, wanted: str) -> SignedFiles:
    """Return the files of the version that a hash names, as they stood then: to decide again what was decided by it.

    The snapshot may have run out since; it counts when a root signed by its predecessors, from the pinned one on, vouches for it.

    Args:
        source: the bytes; it keeps earlier versions, as published folders do.
        pinned: the root to begin with.
        wanted: SHA-256 of the snapshot, in hexadecimal, as an outcome, a decision and a receipt name it.

    Raises:
        BundleError: no version here has this hash, or it does not say when it was published.
        RepositoryError, LengthOrHashMismatchError, DeserializationError: as `walk`.
    """
    roots = _roots(source, pinned)
    timestamp = _signed(source, roots[-1], Timestamp, "timestamp", "metadata/timestamp.json", None)
    for version in range(timestamp.snapshot_meta.version, 0, -1):
        path = f"metadata/{version}.snapshot.json"
        content = source.read(path)
        if content is not None and len(content) <= _MAX_FILE and hashlib.sha256(content).hexdigest() == wanted:
            return _of_snapshot(source, roots, path, version, wanted)
    raise BundleError(f"no version of the lists that is kept here has the hash {wanted[:64]}")


def _of_snapshot(source: BundleSource, roots: Sequence[Root], path: str, version: int, wanted: str) -> SignedFiles:
    """Return the files of one snapshot, by the newest root that vouches for it."""
    first, *newer = roots
    for root in reversed(newer):
        with suppress(UnsignedMetadataError):
            return _under(source, root, path, version, wanted)
    return _under(source, first, path, version, wanted)


def _under(source: BundleSource, root: Root, path: str, version: int, wanted: str) -> SignedFiles:
    snapshot = _signed(source, root, Snapshot, "snapshot", path, None)
    checked = _checked(source, root, snapshot, None, None)
    published = snapshot.unrecognized_fields.get("published")
    if published is None:
        raise BundleError(f"version {version} of the lists does not say when it was published")
    since = datetime.fromisoformat(str(published)).astimezone(UTC)
    return SignedFiles(source, version, since, expired=True, hash=wanted, checked=checked)


def _checked(
    source: BundleSource, root: Root, snapshot: Snapshot, known: Checked | None, corridor: Collection[str] | None
) -> Checked:
    """Return every role's word; a known one counts again under the same root, and a state's under the same delegations."""
    kept = known.roles if known is not None and known.root == root else {}
    top = _role(source, root, snapshot, _TOP, kept)
    kept = kept if kept.get(_TOP) is top else {}
    wanted = (name for name, role in _delegated(top.signed).items() if _is_wanted(role, corridor))
    roles = {name: _role(source, top.signed, snapshot, name, kept) for name in wanted}
    return Checked(root, {_TOP: top, **roles})


def _is_wanted(role: DelegatedRole, corridor: Collection[str] | None) -> bool:
    return corridor is None or any(role.is_delegated_path(f"states/{code}/rules.json") for code in corridor)


def _delegated(top: Targets) -> Mapping[str, DelegatedRole]:
    return top.delegations.roles or {} if top.delegations else {}


def _roots(source: BundleSource, pinned: bytes) -> tuple[Root, ...]:
    """Return the pinned root and its successors, each signed by the one before."""
    trusted = Metadata[Root].from_bytes(pinned).signed
    found = [trusted]
    while content := source.read(f"metadata/{trusted.version + 1}.root.json"):
        metadata = Metadata[Root].from_bytes(content)
        trusted.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        if metadata.signed.version != trusted.version + 1:
            raise BundleError("a root has another version than its name")
        trusted = metadata.signed
        found.append(trusted)
    return tuple(found)


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


def _role(source: BundleSource, by: Root | Targets, snapshot: Snapshot, name: str, kept: Mapping[str, Role]) -> Role:
    meta = snapshot.meta[f"{name}.json"]
    if name in kept and meta.hashes and kept[name].meta == meta:
        return kept[name]
    return Role(meta, _signed(source, by, Targets, name, f"metadata/{meta.version}.{name}.json", meta))
