"""Profiles and tables: the data that says how a credential is written into a symbol. Both travel in the signed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from credentials import jcs
from credentials.errors import MalformedValueError

SLOT_TYPES: Final = frozenset({"uint", "day", "date", "text", "didkey", "p256key", "row", "list", "bytes16"})
MAX_SLOTS: Final = 32
MAX_LIST: Final = 64
MAX_DICTIONARY: Final = 32 * 1024


@dataclass(frozen=True, slots=True)
class Slot:
    """One value that the symbol carries.

    Attributes:
        name: how the template calls it.
        type: one of `SLOT_TYPES`.
        at: JSON Pointer to the value in the credential (in an item of a list: in the item).
        table: for `row`, the table.
        prefix: template of what stands before the value in the credential's text, and is not carried; earlier slots can be named.
            The profile's template writes it again.
        suffix: the same after it.
        is_optional: whether the credential may lack it.
        item: for `list`, the profile of one item.
    """

    name: str
    type: str
    at: str
    table: str = ""
    prefix: object = ""
    suffix: object = ""
    is_optional: bool = False
    item: Profile | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of writing a kind of credential.

    Attributes:
        number: its row in the lists; 0 for the profile of an item.
        slots: in the order of the payload.
        template: the credential with `{"$": "slot"}` where values stand; see `credentials.qr.template`.
        is_deflated: whether the slots are compressed (raw DEFLATE, at most 64 KiB when opened).
        dictionary: what a compressed profile may refer back to, at most 32 KiB.
    """

    number: int
    slots: tuple[Slot, ...]
    template: object
    is_deflated: bool = False
    dictionary: bytes = b""


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of JSON values by table; row 1 is the first, and 0 says that the value itself follows."""

    rows: Mapping[str, tuple[object, ...]]
    _numbers: Mapping[tuple[str, bytes], int] = field(repr=False)

    def row(self, table: str, number: int) -> object | None:
        """Return a row's value, or None when these tables are older than it."""
        listed = self.rows.get(table, ())
        return listed[number - 1] if 1 <= number <= len(listed) else None

    def number(self, table: str, value: object) -> int:
        """Return the number of the row that holds a value; 0 when none does."""
        return self._numbers.get((table, jcs.canonicalize({"": value})), 0)


def parse_profile(record: Mapping[str, Any]) -> Profile:
    """Return a profile of the lists.

    Raises:
        MalformedValueError: it is not of the form that it must have.
    """
    try:
        return _parse(record, nesting=0)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedValueError("a profile is not of the form that it must have") from error


def _parse(record: Mapping[str, Any], *, nesting: int) -> Profile:
    slots = tuple(_parse_slot(slot, nesting=nesting) for slot in record["slots"])
    names = [slot.name for slot in slots]
    if len(slots) > MAX_SLOTS or len(set(names)) != len(names):
        raise MalformedValueError("a profile names a slot twice, or has too many")
    dictionary = str(record.get("dictionary", "")).encode()
    if len(dictionary) > MAX_DICTIONARY:
        raise MalformedValueError("a profile's dictionary is longer than 32 KiB")
    return Profile(int(record.get("number", 0)), slots, record["template"], record.get("deflate") is True, dictionary)


def _parse_slot(record: Mapping[str, Any], *, nesting: int) -> Slot:
    kind = record["type"]
    if kind not in SLOT_TYPES or (kind == "list" and nesting):
        raise MalformedValueError(f"there is no slot of type {kind!r} here")
    return Slot(
        record["name"],
        kind,
        record["at"],
        record["table"] if kind == "row" else "",
        record.get("prefix", ""),
        record.get("suffix", ""),
        record.get("optional") is True,
        _parse(record["item"], nesting=nesting + 1) if kind == "list" else None,
    )


def parse_tables(record: Mapping[str, list[Any]]) -> Tables:
    """Return tables of the lists: table name to rows."""
    rows = {name: tuple(values) for name, values in record.items()}
    numbers = {
        (name, jcs.canonicalize({"": value})): number
        for name, values in rows.items()
        for number, value in reversed(list(enumerate(values, start=1)))
    }
    return Tables(rows, numbers)
