"""The file of the lists that holds profiles and tables, and how its tables grow: rows are added behind the others, never moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from credentials import jcs
from credentials.errors import MalformedValueError
from credentials.qr.codec import Codec
from credentials.qr.profiles import Profile, Slot, parse_profile, parse_tables
from credentials.qr.slots import at
from credentials.qr.template import expand

Rows = Mapping[str, Sequence[Any]]


def parse_codec(record: Mapping[str, Any]) -> Codec:
    """Return the codec of a file with `profiles` and `tables`.

    A profile of a form that this program does not know is left out: its codes ask for an update, the others are read.

    Raises:
        MalformedValueError: a table is no list.
    """
    profiles, tables = record.get("profiles"), record.get("tables")
    if (
        not isinstance(profiles, list)
        or not isinstance(tables, Mapping)
        or not all(isinstance(rows, list) for rows in tables.values())
    ):
        raise MalformedValueError("profiles and tables of codes are not of the form that they must have")
    return Codec.of([profile for profile in map(_parsed, profiles) if profile is not None], parse_tables(dict(tables)))


def _parsed(record: Mapping[str, Any]) -> Profile | None:
    try:
        return parse_profile(record)
    except MalformedValueError:
        return None


def grown(rows: Rows, more: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Return tables with further rows (table, value) behind those that are there; what is there already is not added again."""
    tables = {name: list(values) for name, values in rows.items()}
    known = {(name, _spelt(value)) for name, values in tables.items() for value in values}
    for name, value in more:
        if (name, _spelt(value)) not in known:
            known.add((name, _spelt(value)))
            tables.setdefault(name, []).append(value)
    return tables


def changed_rows(before: Rows, after: Rows) -> Iterator[tuple[str, int]]:
    """Yield (table, number) of each row that is another than it was, or is gone."""
    for name, values in before.items():
        now_there = after.get(name, ())
        for number, value in enumerate(values, start=1):
            if number > len(now_there) or _spelt(now_there[number - 1]) != _spelt(value):
                yield name, number


def _spelt(value: object) -> bytes:
    return jcs.canonicalize({"": value})


def rows_for(profile: Profile, document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return (table, value) of everything in a credential that a profile would rather name by its row."""
    found: list[tuple[str, Any]] = []
    values: dict[str, object] = {}
    for slot in profile.slots:
        value = at(document, slot.at)
        if value is None:
            continue
        values[slot.name] = _without_affixes(slot, value, values)
        if slot.type == "row":
            found.append((slot.table, values[slot.name]))
        elif slot.item is not None and isinstance(value, list):
            found += [row for entry in value for row in rows_for(slot.item, entry)]
    return found


def _without_affixes(slot: Slot, value: object, values: Mapping[str, object]) -> object:
    if not isinstance(value, str):
        return value
    return value.removeprefix(str(expand(slot.prefix, values))).removesuffix(str(expand(slot.suffix, values)))
