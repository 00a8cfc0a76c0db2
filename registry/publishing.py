"""Writes the partnership's lists as TUF metadata, readable by any TUF client.

Files never change once written: metadata carries its version in its name, targets their hash. The timestamp is written last, so a
reader sees the old lists or the new ones, never a mixture. What must be signed by others is a draft first (`registry.drafts`);
snapshot and timestamp are signed here when it is released.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from securesystemslib.signer import Key
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from credentials.keys import KeyStore
from registry.drafts import ROOT, TARGETS, Draft, RoleKeys, RoleSigner, Signed, check_complete, public_key, tuf_key
from trust.bundle import target_file

TOP_ROLES: Final = (ROOT, TARGETS, "snapshot", "timestamp")
VALIDITY: Final[Mapping[str, timedelta]] = {
    ROOT: timedelta(days=365),
    TARGETS: timedelta(days=90),
    "snapshot": timedelta(days=14),
    "timestamp": timedelta(days=7),
}
STATE_VALIDITY: Final = timedelta(days=45)
T = TypeVar("T", Root, Timestamp, Snapshot, Targets)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Writes the lists of one partnership into a folder.

    Attributes:
        folder: gets `metadata/` and `targets/`.
        keys: holds the keys that lie here, named `bundle:ROLE`; snapshot and timestamp are always among them.
    """

    folder: Path
    keys: KeyStore

    def publish(self, files: Mapping[str, bytes], states: Iterable[str], *, now: datetime) -> int:
        """Draft, sign with keys that all lie here, one for each role, and release; return the version of the new snapshot.

        Args:
            files: target path, such as `states/XA/rules.json`, to content.
            states: codes of the states that sign their own files.
            now: the moment of publishing, whole seconds count.
        """
        roles = self.own_roles(states)
        draft = self.draft(files, roles, now=now)
        draft.sign(self.keys.signer(f"bundle:{role}") for role in roles)
        return self.release(draft, now=now)

    def own_roles(self, states: Iterable[str]) -> dict[str, RoleKeys]:
        """Return every role with one key of this store."""
        names = (*TOP_ROLES, *(f"state-{code}" for code in sorted(states)))
        return {role: RoleKeys((self.keys.create(f"bundle:{role}"),)) for role in names}

    def roles_in_force(self) -> dict[str, RoleKeys]:
        """Return every role with the keys and the threshold that the published lists give it; empty before the first time."""
        root, top = self._latest(ROOT, Root), self._latest(TARGETS, Targets)
        if root is None or top is None or top.delegations is None:
            return {}
        named = {role: (root.keys, root.roles[role]) for role in TOP_ROLES}
        named |= {role: (top.delegations.keys, entry) for role, entry in (top.delegations.roles or {}).items()}
        return {
            role: RoleKeys(tuple(public_key(keys[one]) for one in of.keyids), of.threshold) for role, (keys, of) in named.items()
        }

    def draft(self, files: Mapping[str, bytes], roles: Mapping[str, RoleKeys], *, now: datetime) -> Draft:
        """Return what is to be signed: new versions of the roles whose files, keys or remaining time have changed.

        Args:
            files: target path to content.
            roles: the four top roles and `state-XX` for each state.
            now: the moment from which their time counts, whole seconds.
        """
        now, in_force = now.replace(microsecond=0), self.roles_in_force()
        states = {role: f"states/{role.removeprefix('state-')}/" for role in roles if role not in TOP_ROLES}
        rest = {path: content for path, content in files.items() if not path.startswith("states/")}
        is_new = {role for role, keys in roles.items() if not keys.are(in_force.get(role))}
        top = self._next_targets(TARGETS, rest, now, _delegations(states, roles), signed_anew=TARGETS in is_new)
        found: dict[str, Signed | None] = {ROOT: self._next_root(roles, now), TARGETS: top}
        for role, prefix in states.items():
            own = {path: content for path, content in files.items() if path.startswith(prefix)}
            found[role] = self._next_targets(role, own, now, None, signed_anew=role in is_new)
        metadata = {role: version for role, version in found.items() if version is not None}
        return Draft(metadata, files, self._latest(ROOT, Root), self._latest(TARGETS, Targets))

    def release(self, draft: Draft, *, now: datetime) -> int:
        """Write a draft that everybody has signed; return the version of the new snapshot.

        Raises:
            SignaturesMissingError: a signature is missing; names the roles.
        """
        check_complete(draft)
        for path, content in draft.files.items():
            self._write(target_file(path, hashlib.sha256(content).hexdigest()), content)
        for role, metadata in draft.metadata.items():
            self._write(f"metadata/{metadata.signed.version}.{role}.json", metadata.to_bytes())
        return self._sign_snapshot(now.replace(microsecond=0))

    def refresh(self, *, now: datetime) -> int:
        """Sign snapshot and timestamp anew, so that the lists do not run out while nothing changes; return the version."""
        return self._sign_snapshot(now.replace(microsecond=0))

    def current(self) -> dict[str, bytes]:
        """Return target path to content of the lists as they are published now; empty before the first time."""
        signed = [self._latest(role, Targets) for role in self._target_roles()]
        listed = {path: info for targets in signed if targets for path, info in targets.targets.items()}
        return {path: (self.folder / target_file(path, info.hashes["sha256"])).read_bytes() for path, info in listed.items()}

    def ends(self) -> dict[str, datetime]:
        """Return role to when its signatures run out, of the root, of `targets` and of each state; empty before the first time."""
        root = self._latest(ROOT, Root)
        signed = {role: self._latest(role, Targets) for role in self._target_roles()}
        found = {role: targets.expires for role, targets in signed.items() if targets is not None}
        return found | ({ROOT: root.expires} if root else {})

    def root(self) -> bytes:
        """Return the first root: what verifiers pin."""
        return (self.folder / "metadata" / "1.root.json").read_bytes()

    def _next_root(self, roles: Mapping[str, RoleKeys], now: datetime) -> Metadata[Root] | None:
        latest = self._latest(ROOT, Root)
        version = latest.version + 1 if latest else 1
        root = Root(version, expires=now + VALIDITY[ROOT], consistent_snapshot=True)
        for role in TOP_ROLES:
            for key in roles[role].keys:
                root.add_key(tuf_key(key), role)
            root.roles[role].threshold = roles[role].threshold
        same = latest is not None and (latest.keys, latest.roles) == (root.keys, root.roles)
        return None if latest and same and _is_young(latest, now, VALIDITY[ROOT]) else Metadata(root)

    def _next_targets(
        self, role: str, files: Mapping[str, bytes], now: datetime, delegations: Delegations | None, *, signed_anew: bool
    ) -> Metadata[Targets] | None:
        targets = {path: TargetFile.from_data(path, content, ["sha256"]) for path, content in files.items()}
        latest, validity = self._latest(role, Targets), VALIDITY.get(role, STATE_VALIDITY)
        same = latest is not None and (latest.targets, latest.delegations) == (targets, delegations)
        if latest is not None and same and not signed_anew and _is_young(latest, now, validity):
            return None
        version = latest.version + 1 if latest else 1
        return Metadata(Targets(version, expires=now + validity, targets=targets, delegations=delegations))

    def _target_roles(self) -> tuple[str, ...]:
        top = self._latest(TARGETS, Targets)
        return (TARGETS, *(top.delegations.roles or ())) if top and top.delegations else ()

    def _sign_snapshot(self, now: datetime) -> int:
        versions = {role: signed.version for role in self._target_roles() if (signed := self._latest(role, Targets))}
        meta = {f"{role}.json": self._meta(f"{version}.{role}.json", version) for role, version in versions.items()}
        latest, current = self._latest("snapshot", Snapshot), self._timestamp()
        version = latest.version + 1 if latest else 1
        dated = {"published": now.isoformat()}  # also here, so that a snapshot alone says what is needed to decide again by it
        snapshot = Snapshot(version, expires=now + VALIDITY["snapshot"], meta=meta, unrecognized_fields=dated)
        self._sign("snapshot", snapshot, f"{version}.snapshot.json")
        timestamp = Timestamp(
            current.version + 1 if current else 1,
            expires=now + VALIDITY["timestamp"],
            snapshot_meta=self._meta(f"{version}.snapshot.json", version),
            unrecognized_fields=dated,
        )
        self._sign("timestamp", timestamp, "timestamp.json")
        return version

    def _timestamp(self) -> Timestamp | None:
        path = self.folder / "metadata" / "timestamp.json"
        return Metadata[Timestamp].from_file(str(path)).signed if path.exists() else None

    def _latest(self, role: str, kind: type[T]) -> T | None:
        versions = [int(path.name.partition(".")[0]) for path in (self.folder / "metadata").glob(f"*.{role}.json")]
        if not versions:
            return None
        path = self.folder / "metadata" / f"{max(versions)}.{role}.json"
        signed = Metadata[T].from_file(str(path)).signed
        return signed if isinstance(signed, kind) else None

    def _meta(self, name: str, version: int) -> MetaFile:
        return MetaFile.from_data(version, (self.folder / "metadata" / name).read_bytes(), ["sha256"])

    def _sign(self, role: str, signed: T, name: str) -> None:
        metadata = Metadata(signed)
        metadata.sign(RoleSigner(self.keys.signer(f"bundle:{role}")))
        self._write(f"metadata/{name}", metadata.to_bytes())

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)


def _delegations(states: Mapping[str, str], roles: Mapping[str, RoleKeys]) -> Delegations:
    keys: dict[str, Key] = {key.keyid: key for role in states for key in map(tuf_key, roles[role].keys)}
    delegated = {
        role: DelegatedRole(
            role,
            [tuf_key(key).keyid for key in roles[role].keys],
            roles[role].threshold,
            terminating=True,
            paths=[f"{prefix}*"],
        )
        for role, prefix in states.items()
    }
    return Delegations(keys, delegated)


def _is_young(signed: Root | Targets, now: datetime, validity: timedelta) -> bool:
    """Return whether a version is in the first half of its time."""
    return now + validity / 2 < signed.expires
