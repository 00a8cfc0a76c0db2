"""When was it really issued? The claimed day is the issuer's word; a log or a closing roll of the home state can prove it.

A leaf is SHA-256(salt ‖ SHA-256(JCS of the secured credential)); the salt travels with the credential, so that the log says
nothing about it. Inclusion proofs and node hashes are those of RFC 6962 §2.1. A log head counts from the day on which it was
recorded in the lists. A closing roll names what a home state accepts as issued before an end: 12 bytes of SHA-256 of each accepted
`proofValue`, by status list and index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from credentials import jcs
from credentials.encoding import b64url_decode
from credentials.errors import MalformedValueError
from trust.merkle import root_of
from trust.periods import parse_moment

ROLL_BYTES: Final = 12
MAX_PATH: Final = 64
_HASH_BYTES: Final = 32
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a holder shows beside a credential: its leaf's place in a log, and the path to a head.

    Attributes:
        log: origin of the log.
        salt: 16 random bytes or more.
        tree_size: the size of the tree that the path leads to.
        index: the leaf's index.
        path: hashes from the leaf's sibling upwards.
    """

    log: str
    salt: bytes = field(repr=False)
    tree_size: int
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LogHead:
    """A log's root at a size, as recorded in the lists of a state."""

    log: str
    state: str
    tree_size: int
    root: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ClosingRoll:
    """What a home state accepts of an issuer as issued before an end.

    Attributes:
        issuer: DID.
        state: the home state, which says it.
        accepted: (status list stem, index) to 12 bytes.
    """

    issuer: str
    state: str
    accepted: Mapping[tuple[str, int], bytes] = field(repr=False)


def parse_anchor(record: Mapping[str, Any]) -> Anchor:
    """Return an anchor `{"log", "leafSalt", "treeSize", "index", "path"}`; bytes are base64url.

    Raises:
        MalformedValueError: it is not of this form.
    """
    try:
        path = tuple(b64url_decode(step) for step in record["path"])
        anchor = Anchor(str(record["log"]), b64url_decode(record["leafSalt"]), int(record["treeSize"]), int(record["index"]), path)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedValueError("the anchor is not of the form that it must have", pointer="/anchor") from error
    if len(path) > MAX_PATH or any(len(step) != _HASH_BYTES for step in path) or len(anchor.salt) < _SALT_BYTES:
        raise MalformedValueError("the anchor's path or salt is not of the length that it must have", pointer="/anchor")
    return anchor


def parse_log_head(record: Mapping[str, Any], state: str) -> LogHead:
    """Return an entry of `states/XX/log-heads.json`."""
    recorded = parse_moment(record["recordedAt"])
    return LogHead(record["log"], state, int(record["treeSize"]), b64url_decode(record["rootHash"]), recorded)


def parse_roll(record: Mapping[str, Any], state: str) -> ClosingRoll:
    """Return an entry of `states/XX/closing-rolls.json`."""
    accepted = {
        (stem, int(index)): b64url_decode(short) for stem, indices in record["accepted"].items() for index, short in indices.items()
    }
    if any(len(short) != ROLL_BYTES for short in accepted.values()):
        raise MalformedValueError(f"a closing roll of {record['issuer']} holds a hash that has not {ROLL_BYTES} bytes")
    return ClosingRoll(record["issuer"], state, accepted)


def leaf(document: Mapping[str, Any], salt: bytes) -> bytes:
    """Return the 32 bytes that a log keeps of a secured credential."""
    return hashlib.sha256(salt + hashlib.sha256(jcs.canonicalize(document)).digest()).digest()


def anchored_at(document: Mapping[str, Any], anchor: Anchor, state: str, heads: Sequence[LogHead]) -> datetime | None:
    """Return when a head that holds the credential was first recorded in the lists of its home state; None when none is."""
    root = root_of(leaf(document, anchor.salt), anchor.index, anchor.tree_size, anchor.path)
    fitting = [
        head.recorded_at
        for head in heads
        if (head.log, head.state, head.tree_size, head.root) == (anchor.log, state, anchor.tree_size, root)
    ]
    return min(fitting, default=None)


def short_hash(proof_value: str) -> bytes:
    """Return what a closing roll keeps of a `proofValue`."""
    return hashlib.sha256(proof_value.encode()).digest()[:ROLL_BYTES]


def on_roll(document: Mapping[str, Any], issuer: str, state: str, rolls: Sequence[ClosingRoll]) -> bool:
    """Return whether the home state's closing rolls name this credential: its place, and one of its proof values."""
    entries = document.get("credentialStatus", [])
    places = [_place(entry) for entry in (entries if isinstance(entries, list) else [entries]) if isinstance(entry, dict)]
    proofs = document.get("proof", [])
    values = {
        short_hash(str(proof.get("proofValue")))
        for proof in (proofs if isinstance(proofs, list) else [proofs])
        if isinstance(proof, dict)
    }
    own = [roll for roll in rolls if roll.issuer == issuer and roll.state == state]
    return any(roll.accepted.get(place) in values for roll in own for place in places if place is not None)


def _place(entry: Mapping[str, Any]) -> tuple[str, int] | None:
    index, url = str(entry.get("statusListIndex", "")), str(entry.get("statusListCredential", ""))
    stem = url.removesuffix(f"-{entry.get('statusPurpose')}")
    return (stem, int(index)) if index.isascii() and index.isdigit() and len(index) < 10 else None  # noqa: PLR2004  # nine digits
