"""The values of slots: from a credential to bytes, and from bytes to what a template puts in place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from credentials import jcs
from credentials.encoding import b64url_decode, b64url_encode, base58btc_decode, base58btc_encode
from credentials.errors import MalformedValueError, VCError
from credentials.parsing import parse_json
from credentials.qr.octets import Reader, text, varint
from credentials.qr.profiles import MAX_LIST, Profile, Slot, Tables
from credentials.qr.template import expand

MAX_INLINE: Final = 16 * 1024
_EPOCH: Final = date(2000, 1, 1)
_LAST_DAY: Final = 0xFFFF
_DID_KEY: Final = "did:key:z"
_KEYS: Final[Mapping[str, tuple[bytes, int]]] = {"didkey": (b"\xed\x01", 32), "p256key": (b"\x80\x24", 33)}
"""Slots that hold a did:key without what is the same in all: its multicodec, and how many bytes are left."""
_BYTES_16: Final = 16
_MIDNIGHT: Final = "T00:00:00Z"


class NotEncodableError(VCError):
    """A credential that this profile does not give back exactly; another profile may, and a link always does."""

    type = "https://comity.example/problems#NOT_ENCODABLE"
    title = "problem.not-encodable"


class UpdateNeededError(VCError):
    """The code names a profile or a row that is newer than these lists."""

    type = "https://comity.example/problems#UPDATE_NEEDED"
    title = "problem.update-needed"
    could_not_check = True


def write_slots(profile: Profile, document: object, tables: Tables) -> tuple[bytes, dict[str, object]]:
    """Return the bytes of a profile's slots for a document, and their values.

    Raises:
        NotEncodableError: a value is missing or is not of its slot's type.
    """
    content = bytearray(_presence(profile, document))
    values: dict[str, object] = {}
    for slot in profile.slots:
        found = at(document, slot.at)
        if found is None and slot.is_optional:
            continue
        raw, values[slot.name] = _write(slot, _stripped(slot, found, values), tables)
        content += raw
    return bytes(content), values


def _presence(profile: Profile, document: object) -> bytes:
    bits = [at(document, slot.at) is not None for slot in profile.slots if slot.is_optional]
    return varint(sum(bit << position for position, bit in enumerate(bits))) if bits else b""


def at(document: object, pointer: str) -> Any:  # noqa: ANN401  # any JSON value
    """Return the value at a JSON Pointer, or None where there is none."""
    found = document
    for name in pointer.split("/")[1:]:
        if isinstance(found, list):
            found = found[int(name)] if name.isdigit() and int(name) < len(found) else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _stripped(slot: Slot, value: object, values: Mapping[str, object]) -> object:
    prefix, suffix = str(expand(slot.prefix, values)), str(expand(slot.suffix, values))
    if not prefix and not suffix:
        return value
    if not isinstance(value, str) or not value.startswith(prefix) or not value.endswith(suffix):
        raise NotEncodableError(f"{slot.name} is not written as the profile expects", pointer=slot.at)
    return value[len(prefix) : len(value) - len(suffix)]


def _write(slot: Slot, value: object, tables: Tables) -> tuple[bytes, object]:
    if slot.type == "list" and slot.item is not None:
        return _write_list(slot.item, value, tables)
    if slot.type == "row":
        number = tables.number(slot.table, value)
        return (varint(number), value) if number else (varint(0) + _inline(value), value)
    if not isinstance(value, str):
        raise NotEncodableError(f"{slot.name} is no text", pointer=slot.at)
    try:
        raw = _write_text(slot.type, value)
        if _read_text(slot.type, Reader(raw)) != value:
            raise NotEncodableError(f"{slot.name} is not written as its type is", pointer=slot.at)
    except (MalformedValueError, ValueError, OverflowError) as error:
        raise NotEncodableError(f"{slot.name} is not of its type", pointer=slot.at) from error
    return raw, value


def _inline(value: object) -> bytes:
    content = jcs.canonicalize({"": value})
    if len(content) > MAX_INLINE:
        raise NotEncodableError("a value is too long to stand in a code")
    return varint(len(content)) + content


def _write_list(item: Profile, value: object, tables: Tables) -> tuple[bytes, object]:
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise NotEncodableError("a list in the credential is none, or is too long")
    parts = [write_slots(item, entry, tables) for entry in value]
    return varint(len(parts)) + b"".join(raw for raw, _ in parts), value


def _write_text(kind: str, value: str) -> bytes:
    if kind == "uint":
        return varint(int(value))
    if kind in {"day", "date"}:
        return (date.fromisoformat(value.removesuffix(_MIDNIGHT)) - _EPOCH).days.to_bytes(2, "big")
    if kind in _KEYS:
        return base58btc_decode(value.removeprefix(_DID_KEY)).removeprefix(_KEYS[kind][0])
    if kind == "bytes16":
        return b64url_decode(value)
    return text(value)


def read_slots(profile: Profile, reader: Reader, tables: Tables) -> dict[str, object]:
    """Return slot name to value, taken off a payload.

    Raises:
        MalformedValueError: the bytes are not what the profile says.
        UpdateNeededError: a row is newer than the tables.
    """
    optional = [slot.name for slot in profile.slots if slot.is_optional]
    bits = reader.varint() if optional else 0
    if bits >> len(optional):
        raise MalformedValueError("the code has more in it than its profile")
    absent = {name for position, name in enumerate(optional) if not bits >> position & 1}
    values: dict[str, object] = {}
    for slot in profile.slots:
        if slot.name not in absent:
            values[slot.name] = _read(slot, reader, tables)
    return values


def _read(slot: Slot, reader: Reader, tables: Tables) -> object:
    if slot.type == "list" and slot.item is not None:
        count = reader.varint()
        if count > MAX_LIST:
            raise MalformedValueError("a list in the code is too long")
        return [expand(slot.item.template, read_slots(slot.item, reader, tables)) for _ in range(count)]
    return _read_row(slot.table, reader, tables) if slot.type == "row" else _read_text(slot.type, reader)


def _read_row(table: str, reader: Reader, tables: Tables) -> object:
    number = reader.varint()
    if number == 0:
        return _read_inline(reader.take(_bounded(reader.varint())))
    found = tables.row(table, number)
    if found is None:
        raise UpdateNeededError(f"the code names row {number} of {table}, which is newer than these lists")
    return json.loads(json.dumps(found))


def _read_inline(content: bytes) -> object:
    held = parse_json(content)
    if held.keys() != {""}:
        raise MalformedValueError("a value in the code is not held as it must be")
    return held[""]


def _bounded(length: int) -> int:
    if length > MAX_INLINE:
        raise MalformedValueError("a value in the code is longer than it may be")
    return length


def _read_text(kind: str, reader: Reader) -> str:
    if kind == "uint":
        return str(reader.varint())
    if kind in {"day", "date"}:
        day = (_EPOCH + timedelta(days=int.from_bytes(reader.take(2), "big"))).isoformat()
        return day + _MIDNIGHT if kind == "day" else day
    if kind in _KEYS:
        multicodec, length = _KEYS[kind]
        return _DID_KEY + base58btc_encode(multicodec + reader.take(length))
    if kind == "bytes16":
        return b64url_encode(reader.take(_BYTES_16))
    return reader.text()
