"""Cells that tie a certificate to its person: the passport that the centre saw, and the key in the person's phone or vault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from credentials.errors import VCError
from credentials.keys import parse_multikey
from credentials.passports import Passport, parse_number

PASSPORT: Final = ("passport", "born_on", "passport_until")
HOLDER: Final = "holder_key"
IDENTITY: Final = (*PASSPORT, HOLDER)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DID_KEY: Final = "did:key:"
_ALGORITHMS: Final = frozenset({"Ed25519", "ES256"})
"""What a printed code has room for: the keys of phones, and of vaults."""


def identity_problems(cells: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """Yield (code, column) of what is wrong; a passport is given whole or not at all."""
    given = [column for column in PASSPORT if cells.get(column)]
    if given:
        yield from (("passport-part", column) for column in PASSPORT if column not in given)
    if "passport" in given and not _is_number(cells["passport"]):
        yield "passport-unreadable", "passport"
    for column in ("born_on", "passport_until"):
        if column in given and _day(cells[column]) is None:
            yield "date-unreadable", column
    born = _day(cells.get("born_on", ""))
    if born is not None and born > today:
        yield "date-in-future", "born_on"
    if cells.get(HOLDER) and not is_holder_key(cells[HOLDER]):
        yield "key-unreadable", HOLDER


def passport_of(cells: Mapping[str, str]) -> Passport | None:
    """Return the passport of a row without problems, if it names one."""
    born, until = _day(cells.get("born_on", "")), _day(cells.get("passport_until", ""))
    if born is None or until is None:
        return None
    return Passport(parse_number(cells["passport"]), born, until)


def holder_of(cells: Mapping[str, str]) -> str | None:
    """Return the DID of the person's own key, if the row names one."""
    return cells.get(HOLDER) or None


def is_holder_key(text: str) -> bool:
    """Whether a text is a did:key that a printed code has room for (Ed25519, P-256)."""
    try:
        key = parse_multikey(text.removeprefix(_DID_KEY))
    except VCError:
        return False
    return text == _DID_KEY + key.multibase and key.algorithm in _ALGORITHMS


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except VCError:
        return False
    return True


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
