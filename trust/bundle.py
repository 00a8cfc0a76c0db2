"""The partnership's signed lists: TUF metadata and targets, walked from a pinned root with python-tuf's Metadata API.

Roles: `root`, `targets` (partnership/*), one delegated role `state-XX` for each state (states/XX/*, terminating), `snapshot`,
`timestamp`. The walk checks every signature against its role's threshold, every version, length and hash, and that a state's file
comes from that state's role. Lists whose timestamp has run out are authentic and old, which is said (`expired`) and is no error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from credentials.errors import COMITY, CryptographicSecurityError, MalformedValueError, VCError
from credentials.keys import PublicKey, parse_multikey
from trust import records
from trust.records import Authority, IssuerRecord, Qualification, Rule, State, Suspension

STATE_FILES: Final = ("authorities", "issuers", "qualifications", "rules", "suspensions")
_MAX_FILE: Final = 64 * 1024 * 1024
T = TypeVar("T", Root, Timestamp, Snapshot, Targets)
R = TypeVar("R")


class BundleError(VCError):
    """The signed lists cannot be relied on: missing, changed, signed by the wrong key, or older than what was seen."""

    type = COMITY + "BUNDLE_ERROR"
    title = "problem.bundle"
    could_not_check = True


class Freshness(StrEnum):
    """How old the lists may be: GREEN is as good as new, AMBER is said with the date, RED no longer says yes or no."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class BundleSource(Protocol):
    """Where the files are: a folder, a zip on a stick, a cache."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of `metadata/…` or `targets/…`, or None where there is no such file."""
        ...


@dataclass(frozen=True, slots=True)
class Bundle:
    """The lists, checked and read.

    Attributes:
        version: the snapshot's version; never goes back.
        published: when the timestamp was signed (its expiry less its validity, as recorded in it).
        expired: whether the timestamp has run out at the moment of opening.
        hash: SHA-256 of the snapshot, which fixes every file.
        agreement: what the agreement is called, by language.
    """

    version: int
    published: datetime
    expired: bool
    hash: str
    agreement: Mapping[str, str]
    states: Mapping[str, State]
    authorities: Mapping[str, Authority]
    issuers: Mapping[str, IssuerRecord]
    qualifications: Mapping[str, Qualification]
    rules: tuple[Rule, ...]
    suspensions: tuple[Suspension, ...]

    def listed_keys(self) -> Mapping[str, PublicKey]:
        """Return every issuer's keys by verification method: a verifier needs no DID document for these."""
        return {
            issuer.did + key.id: parse_multikey(key.public_key_multibase) for issuer in self.issuers.values() for key in issuer.keys
        }

    def age(self, now: datetime) -> timedelta:
        """Return how old the lists are, never negative."""
        return max(now - self.published, timedelta())

    def freshness(self, now: datetime, *, green_days: int = 7, amber_days: int = 45) -> Freshness:
        """Return how far the lists may still be relied on."""
        age = self.age(now)
        if age <= timedelta(days=green_days):
            return Freshness.GREEN
        return Freshness.AMBER if age <= timedelta(days=amber_days) else Freshness.RED


def open_bundle(source: BundleSource, *, root: bytes, now: datetime, seen_version: int = 0) -> Bundle:
    """Return the lists of `source`, checked from the pinned `root`.

    Args:
        source: the files.
        root: the pinned root metadata; newer roots in the source are followed, each signed by its predecessor.
        now: to say whether the timestamp has run out.
        seen_version: the newest version this verifier has relied on before.

    Raises:
        BundleError: anything but an expired timestamp.
    """
    try:
        return _Walk(source).open(root, now, seen_version)
    except (RepositoryError, LengthOrHashMismatchError, DeserializationError) as error:
        raise BundleError(f"the lists cannot be relied on: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError, MalformedValueError, CryptographicSecurityError) as error:
        raise BundleError("a list is not of the form it must have") from error


def target_file(path: str, sha256: str) -> str:
    """Return where a target stands: its hash comes before its name, so that a file never changes (consistent snapshots)."""
    folder, _, name = path.rpartition("/")
    return f"targets/{folder}/{sha256}.{name}"


@dataclass(frozen=True, slots=True)
class _Walk:
    source: BundleSource

    def open(self, pinned: bytes, now: datetime, seen_version: int) -> Bundle:
        root = self._newest_root(pinned)
        timestamp = self._signed(root, Timestamp, "timestamp", "metadata/timestamp.json", None)
        snapshot_meta = timestamp.snapshot_meta
        if snapshot_meta.version < seen_version:
            raise BundleError(f"these lists are version {snapshot_meta.version}; version {seen_version} was seen before")
        path = f"metadata/{snapshot_meta.version}.snapshot.json"
        snapshot = self._signed(root, Snapshot, "snapshot", path, snapshot_meta)
        top = self._targets(root, snapshot, "targets")
        delegated = {name: self._targets(top, snapshot, name) for name in (top.delegations.roles or {} if top.delegations else {})}
        hashes = snapshot_meta.hashes or {}
        published = datetime.fromisoformat(str(timestamp.unrecognized_fields["published"])).astimezone(UTC)
        bundle = self._read(top, delegated, snapshot.version, published, hashes["sha256"])
        return replace(bundle, expired=now >= timestamp.expires)

    def _newest_root(self, pinned: bytes) -> Root:
        trusted = Metadata[Root].from_bytes(pinned).signed
        while content := self.source.read(f"metadata/{trusted.version + 1}.root.json"):
            metadata = Metadata[Root].from_bytes(content)
            trusted.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
            metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
            if metadata.signed.version != trusted.version + 1:
                raise BundleError("a root has another version than its name")
            trusted = metadata.signed
        return trusted

    def _bytes(self, path: str) -> bytes:
        content = self.source.read(path)
        if content is None:
            raise BundleError(f"{path} is missing")
        if len(content) > _MAX_FILE:
            raise BundleError(f"{path} is larger than we read")
        return content

    def _signed(self, by: Root | Targets, kind: type[T], role: str, path: str, meta: MetaFile | None) -> T:
        content = self._bytes(path)
        if meta is not None:
            meta.verify_length_and_hashes(content)
        metadata: Metadata[T] = Metadata.from_bytes(content)
        by.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
        signed = metadata.signed
        if not isinstance(signed, kind) or (meta is not None and signed.version != meta.version):
            raise BundleError(f"{path} is of another kind or version than it must be")
        return signed

    def _targets(self, by: Root | Targets, snapshot: Snapshot, role: str) -> Targets:
        meta = snapshot.meta[f"{role}.json"]
        return self._signed(by, Targets, role, f"metadata/{meta.version}.{role}.json", meta)

    def _target(self, targets: Targets, path: str) -> dict[str, Any]:
        info: TargetFile | None = targets.targets.get(path)
        if info is None:
            raise BundleError(f"{path} is not signed by the role that must sign it")
        content = self._bytes(target_file(path, info.hashes["sha256"]))
        info.verify_length_and_hashes(content)
        document = json.loads(content)
        if not isinstance(document, dict):
            raise BundleError(f"{path} is no JSON object")
        return document

    def _read(
        self,
        top: Targets,
        delegated: Mapping[str, Targets],
        version: int,
        published: datetime,
        digest: str,
    ) -> Bundle:
        parties = self._target(top, "partnership/parties.json")
        states = {state.code: state for state in map(records.parse_state, parties["parties"])}
        files = {
            (code, name): self._target(self._role_of(delegated, top, code), f"states/{code}/{name}.json")[name]
            for code in states
            for name in STATE_FILES
        }

        def every(name: str, parse: Callable[[Mapping[str, Any], str], R]) -> list[R]:
            return [parse(record, code) for code in states for record in files[code, name]]

        return Bundle(
            version=version,
            published=published,
            expired=False,
            hash=digest,
            agreement=parties["agreement"],
            states=MappingProxyType(states),
            authorities=MappingProxyType(
                {entry.id: entry for entry in every("authorities", records.parse_authority) if _own(entry)}
            ),
            issuers=MappingProxyType({entry.did: entry for entry in every("issuers", records.parse_issuer)}),
            qualifications=MappingProxyType(
                {entry.id: entry for entry in every("qualifications", records.parse_qualification) if _own(entry)}
            ),
            rules=tuple(every("rules", records.parse_rule)),
            suspensions=tuple(every("suspensions", records.parse_suspension)),
        )

    @staticmethod
    def _role_of(delegated: Mapping[str, Targets], top: Targets, code: str) -> Targets:
        """Return the role that the delegations name for a state's files: nobody else's signature counts for them."""
        roles = top.delegations.roles or {} if top.delegations else {}
        path = f"states/{code}/rules.json"
        for name, role in roles.items():
            if role.is_delegated_path(path):
                return delegated[name]
        raise BundleError(f"no role signs for the state {code}")


def _own(entry: Authority | Qualification) -> bool:
    """Return whether a record's id is its state's own: no state can say what another's qualification or authority is."""
    return entry.id.startswith(f"urn:comity:{entry.state}:")
