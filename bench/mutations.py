"""Changed payloads and changed rows: how many of them still give a credential whose proof holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import shake_256
from itertools import cycle, islice
from typing import Any, Final

from bench.certificates import DID, INLINE, KINDS, SIGNER, lists, signed
from credentials.data_integrity import verify_proofs
from credentials.errors import VCError
from credentials.keys import PublicKey
from credentials.qr import Codec, parse_codec

_NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
_RANDOM: Final = 8  # bytes for one change


def accepted(count: int) -> tuple[int, int]:
    """Return how many changes were tried, and how many were taken for good.

    Raises:
        ValueError: an unchanged code is not taken for good.
    """
    records = (lists(others=False), lists(others=False, without=INLINE))
    codecs = [(record, parse_codec(record)) for record in records]
    payloads = [(record, codec, codec.encode(signed(kind))) for record, codec in codecs for kind in KINDS]
    if not all(_holds(codec, payload) for _, codec, payload in payloads):
        raise ValueError("an unchanged code does not verify")
    changes = [
        (codec, changed)
        for place, (_, codec, payload) in enumerate(islice(cycle(payloads), count))
        if (changed := _changed(payload, shake_256(place.to_bytes(8, "big")).digest(_RANDOM))) != payload
    ]
    changes += [(other, payload) for record, _, payload in payloads for other in _with_a_changed_row(record, payload)]
    return len(changes), sum(_holds(codec, payload) for codec, payload in changes)


def _with_a_changed_row(record: Mapping[str, Any], payload: bytes) -> Iterator[Codec]:
    """Yield the codec of the lists with another value in one row, for each row on which the payload depends."""
    document = parse_codec(record).decode(payload)
    for name, rows in record["tables"].items():
        for place, row in enumerate(rows):
            other = parse_codec({**record, "tables": {**record["tables"], name: [*rows[:place], _other(row), *rows[place + 1 :]]}})
            if _read(other, payload) != document:
                yield other


def _read(codec: Codec, payload: bytes) -> dict[str, Any] | None:
    try:
        return codec.decode(payload)
    except VCError:
        return None


def _other(value: object) -> object:
    """Return a value with one more letter in one of its texts, or another number."""
    if isinstance(value, dict):
        name = max(value, key=lambda name: len(str(value[name])))
        return {**value, name: _other(value[name])}
    if isinstance(value, list):
        return [*value[:-1], _other(value[-1])]
    return value + 1 if isinstance(value, int) else f"{value}x"


def _changed(payload: bytes, dice: bytes) -> bytes:
    """Return a payload with a bit or a byte changed, a byte left out, or a run of bytes put over others or between them."""
    place, other = int.from_bytes(dice[:2], "big") % len(payload), dice[3:]
    before, after = payload[:place], payload[place + 1 :]
    run = other[: 1 + other[4] % 4]
    ways = (
        before + bytes([payload[place] ^ 1 << other[0] % 8]) + after,
        before + other[:1] + after,
        before + after,
        before + run + after[other[3] % 4 :],
        before + run + payload[place:],
    )
    return ways[dice[2] % len(ways)]


def _holds(codec: Codec, payload: bytes) -> bool:
    try:
        verify_proofs(codec.decode(payload), _key, now=_NOW)
    except VCError:
        return False
    return True


def _key(method: str, _purpose: str) -> PublicKey:
    if method.partition("#")[0] != DID:
        raise VCError("another issuer")
    return SIGNER.public_key
