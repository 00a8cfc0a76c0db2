"""What the entries of a did:webvh log set, and what is in force after each (did:webvh 1.0, "DID Method Parameters")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from credentials.dids.webvh.identifier import is_scid
from credentials.encoding import base58btc_encode
from credentials.errors import MalformedValueError
from credentials.keys import parse_multikey

METHOD: Final = "did:webvh:1.0"
_SHA_256: Final = b"\x12\x20"  # multihash: the function, and that 32 bytes follow
_DEFAULT_TTL: Final = 3600
_MAX_TTL: Final = 2**31
_MAX_LISTED: Final = 64


@dataclass(frozen=True, slots=True)
class WitnessRule:
    """Whose approval an entry needs.

    Attributes:
        threshold: how many of them.
        witnesses: did:key identifiers, each once.
    """

    threshold: int
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is in force after an entry.

    Attributes:
        scid: what the first entry hashes to.
        update_keys: multikeys that may sign.
        next_key_hashes: hashes of the keys that may come next; none where keys are not committed to.
        witness: whose approval entries need.
        watchers: addresses of those who keep copies.
        portable: whether the DID may move to another address.
        deactivated: whether it has ended.
        ttl: how many seconds an answer may be kept.
    """

    scid: str
    update_keys: tuple[str, ...] = ()
    next_key_hashes: tuple[str, ...] = ()
    witness: WitnessRule | None = None
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl: int = _DEFAULT_TTL


def multihash(data: bytes) -> str:
    """Return the multihash of SHA-256 in base58btc, the one hash of version 1.0."""
    return base58btc_encode(_SHA_256 + sha256(data).digest())


def first_parameters(given: Mapping[str, Any]) -> Parameters:
    """Return what the first entry puts in force.

    Raises:
        MalformedValueError: a parameter is missing, unknown or of another shape.
    """
    for name in ("method", "scid", "updateKeys"):
        if name not in given:
            raise MalformedValueError(f"the first entry does not set {name}")
    if not is_scid(given["scid"]):
        raise MalformedValueError("scid is no SHA-256 multihash in base58btc")
    return _merged(given, Parameters(given["scid"]))


def following_parameters(given: Mapping[str, Any], before: Parameters) -> Parameters:
    """Return what is in force after a later entry.

    Raises:
        MalformedValueError: a parameter is unknown, of another shape, or may not be set now.
    """
    if "scid" in given:
        raise MalformedValueError("scid is set in the first entry alone")
    if given.get("portable") is True and not before.portable:
        raise MalformedValueError("portable can be set in the first entry alone")
    merged = _merged(given, before)
    if before.next_key_hashes:
        _check_committed(given, merged, before.next_key_hashes)
    return merged


def _check_committed(given: Mapping[str, Any], merged: Parameters, hashes: tuple[str, ...]) -> None:
    for name in ("updateKeys", "nextKeyHashes"):
        if name not in given:
            raise MalformedValueError(f"the next keys were committed to, and {name} is not set")
    if any(multihash(key.encode()) not in hashes for key in merged.update_keys):
        raise MalformedValueError("updateKeys holds a key that was not committed to")


def _merged(given: Mapping[str, Any], before: Parameters) -> Parameters:
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name == "scid":
            continue
        if name not in _READERS:
            raise MalformedValueError(f"there is no parameter {name[:50]!r}")
        attribute, read, default = _READERS[name]
        read_value = read(name, default if value is None and default is not None else value)
        if attribute:
            changes[attribute] = read_value
    return replace(before, **changes)


def _method(_name: str, value: object) -> None:
    if value != METHOD:
        raise MalformedValueError(f"method is not {METHOD}")


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise MalformedValueError(f"{name} is no list of texts")
    if len(value) > _MAX_LISTED:
        raise MalformedValueError(f"{name} has more than {_MAX_LISTED} items")
    return tuple(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise MalformedValueError(f"{name} is neither true nor false")
    return value


def _whole_number(name: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise MalformedValueError(f"{name} is no whole number from {least} to {most}")
    return value


def _ttl(name: str, value: object) -> int:
    return _whole_number(name, value, 0, _MAX_TTL)


def _witness(_name: str, value: object) -> WitnessRule | None:
    if value == {}:
        return None
    if not isinstance(value, dict) or set(value) != {"threshold", "witnesses"} or not isinstance(value["witnesses"], list):
        raise MalformedValueError("witness is neither empty nor a threshold and witnesses")
    witnesses = tuple(_witness_did(item) for item in value["witnesses"])
    if not 0 < len(witnesses) <= _MAX_LISTED:
        raise MalformedValueError(f"witness has no witnesses, or more than {_MAX_LISTED}")
    if len(set(witnesses)) != len(witnesses):
        raise MalformedValueError("a witness stands twice in the list")
    return WitnessRule(_whole_number("threshold", value["threshold"], 1, len(witnesses)), witnesses)


def _witness_did(item: object) -> str:
    did = item.get("id") if isinstance(item, dict) and set(item) == {"id"} else None
    if not isinstance(did, str) or not did.startswith("did:key:"):
        raise MalformedValueError("a witness is not a did:key and nothing else")
    if parse_multikey(did.removeprefix("did:key:")).algorithm != "Ed25519":
        raise MalformedValueError("the key of a witness is not one of Ed25519")
    return did


_READERS: Final[Mapping[str, tuple[str, Callable[[str, object], object], object]]] = MappingProxyType(
    {
        "method": ("", _method, None),
        "updateKeys": ("update_keys", _texts, []),
        "nextKeyHashes": ("next_key_hashes", _texts, []),
        "witness": ("witness", _witness, {}),
        "watchers": ("watchers", _texts, []),
        "portable": ("portable", _flag, None),
        "deactivated": ("deactivated", _flag, None),
        "ttl": ("ttl", _ttl, _DEFAULT_TTL),
    }
)
"""Parameter to its attribute, what reads it, and what `null` stands for, which early logs have."""
