"""Signs and writes the partnership's lists as TUF metadata, readable by any TUF client.

Files never change once written: metadata carries its version in its name, targets their hash. The timestamp is written last, so a
reader sees the old lists or the new ones, never a mixture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from securesystemslib.signer import Key, Signature, SSlibKey
from securesystemslib.signer import Signer as TUFSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from credentials.keys import KeyStore, Signer
from trust.bundle import target_file

TOP_ROLES: Final = ("root", "targets", "snapshot", "timestamp")
VALIDITY: Final[Mapping[str, timedelta]] = {
    "root": timedelta(days=365),
    "targets": timedelta(days=90),
    "snapshot": timedelta(days=14),
    "timestamp": timedelta(days=7),
}
STATE_VALIDITY: Final = timedelta(days=45)
T = TypeVar("T", Root, Timestamp, Snapshot, Targets)


class _RoleSigner(TUFSigner):
    """A key of our key store as python-tuf wants it."""

    def __init__(self, signer: Signer) -> None:
        raw = signer.public_key.raw
        self._signer = signer
        self._key = SSlibKey(hashlib.sha256(raw).hexdigest(), "ed25519", "ed25519", {"public": raw.hex()})

    @property
    def public_key(self) -> Key:
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: object = None) -> _RoleSigner:
        raise ValueError(f"{priv_key_uri} is opened by our key store, for {public_key.keyid}, with {secrets_handler}")

    def sign(self, payload: bytes) -> Signature:
        return Signature(self._key.keyid, self._signer.sign(payload).hex())


@dataclass(frozen=True, slots=True)
class Publisher:
    """Writes the lists of one partnership into a folder.

    Attributes:
        folder: gets `metadata/` and `targets/`.
        keys: holds one key for each role, named `bundle:ROLE`.
    """

    folder: Path
    keys: KeyStore

    def publish(self, files: Mapping[str, bytes], states: Iterable[str], *, now: datetime) -> int:
        """Sign and write what changed; return the version of the new snapshot.

        Args:
            files: target path, such as `states/XA/rules.json`, to content.
            states: codes of the states that sign their own files.
            now: the moment of publishing, whole seconds count.
        """
        now = now.replace(microsecond=0)
        roles = {f"state-{code}": f"states/{code}/" for code in sorted(states)}
        self._found(now)
        for path, content in files.items():
            self._write(target_file(path, hashlib.sha256(content).hexdigest()), content)
        versions = {
            role: self._sign_targets(role, {p: c for p, c in files.items() if p.startswith(prefix)}, now, None)
            for role, prefix in roles.items()
        }
        rest = {path: content for path, content in files.items() if not path.startswith("states/")}
        versions["targets"] = self._sign_targets("targets", rest, now, self._delegations(roles))
        return self._sign_snapshot(versions, now)

    def current(self) -> dict[str, bytes]:
        """Return target path to content of the lists as they are published now; empty before the first time."""
        signed = [self._latest(role, Targets) for role in ("targets", *self._state_roles())]
        listed = {path: info for targets in signed if targets for path, info in targets.targets.items()}
        return {path: (self.folder / target_file(path, info.hashes["sha256"])).read_bytes() for path, info in listed.items()}

    def _state_roles(self) -> tuple[str, ...]:
        top = self._latest("targets", Targets)
        return tuple(top.delegations.roles or ()) if top and top.delegations else ()

    def root(self) -> bytes:
        """Return the first root: what verifiers pin."""
        return (self.folder / "metadata" / "1.root.json").read_bytes()

    def _signer(self, role: str) -> _RoleSigner:
        name = f"bundle:{role}"
        self.keys.create(name)
        return _RoleSigner(self.keys.signer(name))

    def _found(self, now: datetime) -> None:
        if (self.folder / "metadata" / "1.root.json").exists():
            return
        root = Root(expires=now + VALIDITY["root"], consistent_snapshot=True)
        for role in TOP_ROLES:
            root.add_key(self._signer(role).public_key, role)
        self._sign("root", root, "1.root.json")

    def _delegations(self, roles: Mapping[str, str]) -> Delegations:
        signers = {role: self._signer(role).public_key for role in roles}
        delegated = {
            role: DelegatedRole(role, [key.keyid], 1, terminating=True, paths=[roles[role] + "*"]) for role, key in signers.items()
        }
        return Delegations({key.keyid: key for key in signers.values()}, delegated)

    def _sign_targets(self, role: str, files: Mapping[str, bytes], now: datetime, delegations: Delegations | None) -> int:
        targets = {path: TargetFile.from_data(path, content, ["sha256"]) for path, content in files.items()}
        latest = self._latest(role, Targets)
        same = latest is not None and latest.targets == targets and latest.delegations == delegations
        validity = VALIDITY.get(role, STATE_VALIDITY)
        if latest is not None and same and now + validity / 2 < latest.expires:
            return latest.version
        version = latest.version + 1 if latest else 1
        signed = Targets(version, expires=now + validity, targets=targets, delegations=delegations)
        self._sign(role, signed, f"{version}.{role}.json")
        return version

    def _sign_snapshot(self, versions: Mapping[str, int], now: datetime) -> int:
        meta = {f"{role}.json": self._meta(f"{version}.{role}.json", version) for role, version in versions.items()}
        latest = self._latest("snapshot", Snapshot)
        version = latest.version + 1 if latest else 1
        self._sign("snapshot", Snapshot(version, expires=now + VALIDITY["snapshot"], meta=meta), f"{version}.snapshot.json")
        current = self._timestamp()
        timestamp = Timestamp(
            current.version + 1 if current else 1,
            expires=now + VALIDITY["timestamp"],
            snapshot_meta=self._meta(f"{version}.snapshot.json", version),
            unrecognized_fields={"published": now.isoformat()},
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
        metadata.sign(self._signer(role))
        self._write(f"metadata/{name}", metadata.to_bytes())

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)
