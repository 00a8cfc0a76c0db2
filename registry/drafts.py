"""Lists on their way: what is to be signed, by whom, and what is still missing. A draft travels as one JSON file.

The keys of a role may lie in different places, and offline: the draft is exported, each holder reads what it says, signs, and sends
back signatures; it is released when every role has as many as its threshold asks for. A new root needs the old council's signatures
and the new one's.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from securesystemslib.signer import Key, Signature, SSlibKey
from securesystemslib.signer import Signer as TUFSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from credentials.errors import COMITY, MalformedValueError, VCError
from credentials.keys import PublicKey, Signer, parse_multikey

Signed = Metadata[Root] | Metadata[Targets]
ROOT: Final = "root"
TARGETS: Final = "targets"


class SignaturesMissingError(VCError):
    """A role has fewer signatures than its threshold asks for."""

    type = COMITY + "SIGNATURES_MISSING"
    title = "problem.signatures-missing"


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """Who signs for a role, and how many of them must."""

    keys: tuple[PublicKey, ...]
    threshold: int = 1

    def are(self, other: RoleKeys | None) -> bool:
        """Return whether the same keys sign for another role, in whatever order they are named, and as many of them must."""
        return other is not None and (set(self.keys), self.threshold) == (set(other.keys), other.threshold)


def parse_roles(record: Mapping[str, Any]) -> dict[str, RoleKeys]:
    """Return role to keys of `{"ROLE": {"threshold": 2, "keys": ["z6Mk…", …]}}`.

    Raises:
        MalformedValueError: a threshold that the keys cannot reach, or a key twice.
    """
    roles = {}
    for role, entry in record.items():
        keys = tuple(parse_multikey(key) for key in entry["keys"])
        if not 1 <= entry["threshold"] <= len(keys) or len(set(keys)) != len(keys):
            raise MalformedValueError(f"{role}: {entry['threshold']} of {len(keys)} keys is no threshold, or a key stands twice")
        roles[role] = RoleKeys(keys, entry["threshold"])
    return roles


def tuf_key(key: PublicKey) -> SSlibKey:
    """Return a public key as python-tuf wants it; its id follows from its bytes."""
    return SSlibKey(hashlib.sha256(key.raw).hexdigest(), "ed25519", "ed25519", {"public": key.raw.hex()})


def public_key(key: Key) -> PublicKey:
    """Return a key of python-tuf as ours."""
    return PublicKey("Ed25519", bytes.fromhex(key.keyval["public"]))


class RoleSigner(TUFSigner):
    """A key of our key store as python-tuf wants it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._key = tuf_key(signer.public_key)

    @property
    def public_key(self) -> Key:
        """The public half."""
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: object = None) -> RoleSigner:
        """Raise: private keys are opened by our key store alone.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{priv_key_uri} is opened by our key store, for {public_key.keyid}, with {secrets_handler}")

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of a role's signed bytes."""
        return Signature(self._key.keyid, self._signer.sign(payload).hex())


@dataclass(frozen=True, slots=True)
class Draft:
    """New versions of roles, signed by nobody, some or all; and the files that they name.

    Attributes:
        metadata: role to its new version.
        files: target path to content.
        root: the root in force, or None before the first.
        top: the targets role in force, or None before the first.
    """

    metadata: Mapping[str, Signed]
    files: Mapping[str, bytes]
    root: Root | None
    top: Targets | None

    def missing(self) -> dict[str, int]:
        """Return role to how many signatures are still missing; empty when the draft can be released."""
        found = {role: max(self._missing(role, by) for by in self._judges(role)) for role in self.metadata}
        return {role: number for role, number in found.items() if number}

    def _judges(self, role: str) -> list[Root | Targets]:
        """Return the roles whose delegation a new version must satisfy: for a root, the one in force and itself."""
        own, top = self.metadata.get(ROOT), self.metadata.get(TARGETS)
        new_root, new_top = own.signed if own else self.root, top.signed if top else self.top
        judges = {ROOT: [self.root, new_root], TARGETS: [new_root]}.get(role, [new_top])
        return [judge for judge in judges if isinstance(judge, (Root, Targets))]

    def _missing(self, role: str, by: Root | Targets) -> int:
        metadata = self.metadata[role]
        return by.get_verification_result(role, metadata.signed_bytes, metadata.signatures).missing

    def sign(self, signers: Iterable[Signer]) -> int:
        """Add the signatures that these keys may give; return how many were added."""
        added, theirs = 0, [RoleSigner(signer) for signer in signers]
        for role, metadata in self.metadata.items():
            for signer in theirs:
                listed = {keyid for by in self._judges(role) for keyid in by.get_delegated_role(role).keyids}
                if signer.public_key.keyid in listed and signer.public_key.keyid not in metadata.signatures:
                    metadata.sign(signer, append=True)
                    added += 1
        return added

    def merge(self, other: Draft) -> int:
        """Take over the signatures of a copy of this draft that was signed elsewhere; return how many were new.

        Raises:
            MalformedValueError: it says something else than this draft.
        """
        added = 0
        for role, metadata in self.metadata.items():
            theirs = other.metadata.get(role)
            if theirs is None or theirs.signed_bytes != metadata.signed_bytes:
                raise MalformedValueError(f"the signed copy says something else for {role} than this draft")
            for keyid, signature in theirs.signatures.items():
                if keyid not in metadata.signatures:
                    metadata.signatures[keyid] = signature
                    added += 1
        return added

    def changed(self) -> dict[str, int]:
        """Return target path to size of the files that the new versions name, each with the content that they name.

        Raises:
            MalformedValueError: a file of the draft is not the one that would be signed.
        """
        found = {}
        for metadata in self.metadata.values():
            for path, info in metadata.signed.targets.items() if isinstance(metadata.signed, Targets) else ():
                content = self.files.get(path, b"")
                if hashlib.sha256(content).hexdigest() != info.hashes["sha256"]:
                    raise MalformedValueError(f"{path} in this draft is not the file that would be signed")
                found[path] = len(content)
        return found

    def to_bytes(self) -> bytes:
        """Return the draft as JSON, to be exported."""
        document = {
            "root": Metadata(self.root).to_dict() if self.root else None,
            "top": Metadata(self.top).to_dict() if self.top else None,
            "metadata": {role: metadata.to_dict() for role, metadata in self.metadata.items()},
            "files": {path: base64.b64encode(content).decode() for path, content in self.files.items()},
        }
        return json.dumps(document, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Draft:
        """Return an exported draft.

        Raises:
            MalformedValueError: it is none.
        """
        try:
            document = json.loads(content)
            root, top = document["root"], document["top"]
            return cls(
                {role: Metadata.from_dict(entry) for role, entry in document["metadata"].items()},
                {path: base64.b64decode(text, validate=True) for path, text in document["files"].items()},
                Metadata[Root].from_dict(root).signed if root else None,
                Metadata[Targets].from_dict(top).signed if top else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, DeserializationError, RepositoryError) as error:
            raise MalformedValueError("this is no draft of the lists") from error


def check_complete(draft: Draft) -> None:
    """Raise unless every role has the signatures that it needs.

    Raises:
        SignaturesMissingError: names the roles and how many are missing.
    """
    missing = draft.missing()
    if missing:
        told = ", ".join(f"{role} ({number})" for role, number in sorted(missing.items()))
        raise SignaturesMissingError(f"signatures are missing: {told}")
