"""A log's word on how far it is: a checkpoint, signed as a note (C2SP tlog-checkpoint and signed-note, Ed25519).

::

    skills.example/log
    28
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — skills.example/log Az3grl…

Lines after the root and signatures by others are allowed, and are covered or ignored as the specifications say. Everything is
bounded: what is longer is refused before it is looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from credentials.errors import CryptographicSecurityError, MalformedValueError
from credentials.keys import PublicKey, Signer, verify_signature
from trust.merkle import HASH_BYTES, MAX_SIZE, Head

MAX_NOTE: Final = 64 * 1024
MAX_SIGNATURES: Final = 100
_ED25519: Final = b"\x01"
_KEY_HASH_BYTES: Final = 4
_KEY_BYTES: Final = 33
_LEAST_LINES: Final = 3
_NAME: Final = re.compile(r"[^\s+\u0000-\u001f\u007f]{1,255}")
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself.

    Attributes:
        origin: names the log for good.
        size: how many leaves it has.
        root: of its tree.
    """

    origin: str
    size: int
    root: bytes

    @property
    def head(self) -> Head:
        """The tree alone."""
        return Head(self.size, self.root)

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class LogKey:
    """Whose signature counts for a log: its name, which is the log's origin, and its Ed25519 key."""

    name: str
    key: PublicKey

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key.raw).digest()[:_KEY_HASH_BYTES]

    @property
    def vkey(self) -> str:
        """The key as one line of text (C2SP signed-note)."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(_ED25519 + self.key.raw).decode()}"


def parse_vkey(text: str) -> LogKey:
    """Return the key that one line of text names.

    Raises:
        MalformedValueError: it is none, of another kind, or its parts do not fit together.
    """
    name, _, rest = text[:1024].partition("+")
    hashed, _, encoded = rest.partition("+")
    data = _base64(encoded)
    if not _NAME.fullmatch(name) or len(data) != _KEY_BYTES or data[:1] != _ED25519:
        raise MalformedValueError("this is no Ed25519 key of a log")
    key = LogKey(name, PublicKey("Ed25519", data[1:]))
    if key.hash.hex() != hashed:
        raise MalformedValueError("the key's hash is not the one that follows from its name and bytes")
    return key


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the signed note of a checkpoint; it is the same every time."""
    key, signature = LogKey(checkpoint.origin, signer.public_key), signer.sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n{_DASH}{key.name} {base64.b64encode(key.hash + signature).decode()}\n"


def verify_checkpoint(note: str, key: LogKey) -> Checkpoint:
    """Return the checkpoint of a note that the log's key signed.

    Raises:
        MalformedValueError: it is not of the form that it must have, or is another log's.
        CryptographicSecurityError, ProofVerificationError: the log's key did not sign it.
    """
    body, signatures = _parts(note)
    checkpoint = _parse_body(body)
    if checkpoint.origin != key.name:
        raise MalformedValueError("this is the checkpoint of another log")
    own = [signature for name, signature in signatures if name == key.name and signature[:_KEY_HASH_BYTES] == key.hash]
    if not own:
        raise CryptographicSecurityError("the log's key has not signed this checkpoint")
    for signature in own:
        verify_signature(key.key, signature[_KEY_HASH_BYTES:], body.encode())
    return checkpoint


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the signed text and (name, key hash and signature) of every signature line."""
    body, separator, signed = note.rpartition("\n\n")
    lines = signed.split("\n")
    if len(note) > MAX_NOTE or not separator or lines.pop() or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise MalformedValueError("this is no signed note")
    return f"{body}\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = _base64(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(data) <= _KEY_HASH_BYTES:
        raise MalformedValueError("a signature of this note is not of the form that it must have")
    return name, data


def _parse_body(body: str) -> Checkpoint:
    lines = body.split("\n")[:-1]
    if len(lines) < _LEAST_LINES or "" in lines:
        raise MalformedValueError("this is no checkpoint of a log")
    origin, size, encoded = lines[:_LEAST_LINES]
    root = _base64(encoded)
    if not _NAME.fullmatch(origin) or not _DECIMAL.fullmatch(size) or int(size) >= MAX_SIZE or len(root) != HASH_BYTES:
        raise MalformedValueError("origin, size or root of this checkpoint is not of the form that it must have")
    return Checkpoint(origin, int(size), root)


def _base64(text: str) -> bytes:
    """Return the bytes of padded base64 in its one spelling; empty for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if base64.b64encode(data).decode() == text else b""
