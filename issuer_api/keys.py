"""The keys of an issuer through time: the one that signs, the next one, the ones that have ended, and the one that was stolen.

active       signs
retiring     another signs by now; what was begun with this one may still be finished, until its end
retired      signs nothing more; what it signed stays good
compromised  signs nothing more; what it signed before counts where something else proves the day, and nothing after does
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, func, select

from credentials.keys import Signer
from issuer_api.certified_keys import CertifiedKey, certified_keys
from issuer_api.errors import (
    ConflictError,
    InvalidRecordError,
    KeyCompromisedError,
    KeyRetiredError,
    NoSigningKeyError,
    UnknownThingError,
)
from issuer_api.history import COMMAND_LINE, note
from issuer_api.key_records import FIRST, KeyRecord, KeyState, read_keys, record_of, rows_of
from issuer_api.organisations import organisation, slugs
from issuer_api.service import Issuer
from issuer_api.tables import CertifiedTheft, Issued, SigningKey

MAX_OVERLAP: Final = timedelta(days=366)
_SLACK: Final = timedelta(days=1)  # what was dated before midnight may be stored after it


def key_records(issuer: Issuer, slug: str) -> tuple[KeyRecord, ...]:
    """Return every key that an issuer has or had, the oldest first.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    organisation(issuer, slug)
    return read_keys(issuer.database, slug)


def signing_key(issuer: Issuer, slug: str) -> Signer:
    """Return the signer of the key that signs now.

    Raises:
        UnknownThingError: there is no such issuer.
        NoSigningKeyError: it has no key that may sign.
    """
    did, now = organisation(issuer, slug)[0], issuer.clock()
    active = [record for record in read_keys(issuer.database, slug) if record.state(now) is KeyState.ACTIVE]
    if not active:
        raise NoSigningKeyError(f"{slug} has no key that may sign. Make one: comity keys rotate {slug}")
    return issuer.keys.signer(f"{did}#{active[-1].fragment}")


def key_signer(issuer: Issuer, slug: str, fragment: str) -> Signer:
    """Return the signer of one key, while it may sign.

    Raises:
        UnknownThingError: there is no such issuer or key.
        KeyRetiredError, KeyCompromisedError: it may not.
    """
    did, _ = organisation(issuer, slug)
    with issuer.database.session() as session:
        check_may_sign(session, slug, fragment, issuer.clock())
    return issuer.keys.signer(f"{did}#{fragment}")


def check_may_sign(session: Session, slug: str, fragment: str, now: datetime) -> None:
    """Raise unless a key may sign: asked once more where something that it signed is stored.

    Raises:
        UnknownThingError: there is no such key.
        KeyRetiredError, KeyCompromisedError: it may not.
    """
    _check(record_of(_row(session, slug, fragment)), slug, now)


def check_still_signs(issuer: Issuer, slug: str, fragment: str) -> None:
    """Raise unless a key may sign: asked once more before something that it signed leaves. Raises as `check_may_sign` does."""
    found = [record for record in read_keys(issuer.database, slug) if record.fragment == fragment]
    if not found:
        raise UnknownThingError(f"{slug} has no key {fragment[:20]!r}")
    _check(found[0], slug, issuer.clock())


def _check(record: KeyRecord, slug: str, now: datetime) -> None:
    if record.compromised_since is not None:
        raise KeyCompromisedError(f"{record.fragment} of {slug} is known to be stolen since {record.compromised_since:%Y-%m-%d}")
    if record.state(now) is KeyState.RETIRED:
        raise KeyRetiredError(f"{record.fragment} of {slug} signs nothing more since {record.until:%Y-%m-%d}")


def rotate_key(issuer: Issuer, slug: str, overlap: timedelta = timedelta(), *, by: str = COMMAND_LINE) -> KeyRecord:
    """Make the next key, which signs from now on, and let the one before it end after the overlap.

    Raises:
        UnknownThingError: there is no such issuer.
        InvalidRecordError: the overlap is negative, or longer than a year.
    """
    if not timedelta() <= overlap <= MAX_OVERLAP:
        raise InvalidRecordError(f"the overlap is 0 to {MAX_OVERLAP.days} days", pointer="/overlap")
    did, _ = organisation(issuer, slug)
    now = issuer.clock().replace(microsecond=0)
    with issuer.database.write(slug) as session:  # the number too is given in the issuer's turn: rotations may stand side by side
        number = _next_number(issuer, slug, did)
        public_key = issuer.keys.create(f"{did}#k{number}")
        for row in rows_of(session, slug):
            if record_of(row).state(now) is KeyState.ACTIVE:
                row.until = now + overlap
        made = SigningKey(
            organisation=slug,
            number=number,
            public_key_multibase=public_key.multibase,
            first_day=now.date() - _SLACK,
            created_at=now,
        )
        session.add(made)
        note(issuer, session, slug, by, "key-made", f"k{number}")
    return record_of(made)


def _next_number(issuer: Issuer, slug: str, did: str) -> int:
    """Return a number that no key has or had, not even one that a crash or a restored backup left in the key store alone."""
    begun = [name.removeprefix(f"{did}#k") for name in issuer.keys.verification_methods() if name.startswith(f"{did}#k")]
    numbers = [record.number for record in read_keys(issuer.database, slug)]
    return max(FIRST, *numbers, *(int(number) for number in begun if number.isdecimal())) + 1


def retire_key(issuer: Issuer, slug: str, fragment: str, *, by: str = COMMAND_LINE) -> KeyRecord:
    """End a key now; one that has ended stays as it is.

    Raises:
        UnknownThingError: there is no such issuer or key.
        ConflictError: it is the key that signs.
    """
    organisation(issuer, slug)
    now = issuer.clock().replace(microsecond=0)
    with issuer.database.write(slug) as session:
        row = _row(session, slug, fragment)
        state = record_of(row).state(now)
        if state is KeyState.ACTIVE:
            raise ConflictError(f"{fragment} is the key that signs for {slug}. Make the next one first: comity keys rotate {slug}")
        if state is KeyState.RETIRING:
            row.until = now
            note(issuer, session, slug, by, "key-retired", fragment)
    return record_of(row)


def mark_compromised(issuer: Issuer, slug: str, fragment: str, since: datetime, *, by: str = COMMAND_LINE) -> KeyRecord:
    """Say that a key is stolen since a moment; it signs nothing more, and nothing counts that bears a later day.

    Raises:
        UnknownThingError: there is no such issuer or key.
        InvalidRecordError: the moment lies in the future.
        ConflictError: it is known to be stolen since an earlier moment.
    """
    organisation(issuer, slug)
    if since > issuer.clock():
        raise InvalidRecordError("this moment lies in the future", pointer="/since")
    with issuer.database.write(slug) as session:
        row = _row(session, slug, fragment)
        known = row.compromised_since
        if known is not None and known < since:
            raise ConflictError(
                f"{fragment} of {slug} is known to be stolen since {known:%Y-%m-%d} already; that is not taken back"
            )
        if known != since:
            row.compromised_since, row.until = since, min(row.until or since, since)
            note(issuer, session, slug, by, "key-compromised", fragment)
    return record_of(row)


def mark_certified_stolen(issuer: Issuer, slug: str, fragment: str, since: datetime, *, by: str = COMMAND_LINE) -> CertifiedKey:
    """Say that a certified key is stolen since a moment; as `mark_compromised` does it of the others.

    Raises:
        UnknownThingError: there is no such issuer, or no such key that was ever certified.
        InvalidRecordError, ConflictError: see `mark_compromised`.
    """
    organisation(issuer, slug)
    found = [key for key in certified_keys(issuer, slug) if key.fragment == fragment]
    if not found:
        raise UnknownThingError(f"{slug} has no certified key {fragment[:20]!r}")
    if since > issuer.clock():
        raise InvalidRecordError("this moment lies in the future", pointer="/since")
    with issuer.database.write(slug) as session:
        row = session.get(CertifiedTheft, (slug, fragment))
        if row is not None and row.since < since:
            raise ConflictError(
                f"{fragment} of {slug} is known to be stolen since {row.since:%Y-%m-%d} already; that is not taken back"
            )
        if row is None or row.since != since:
            session.merge(CertifiedTheft(organisation=slug, fragment=fragment, since=since))
            note(issuer, session, slug, by, "key-compromised", fragment)
    return CertifiedKey(found[0].by, since)


def dated_from(issuer: Issuer, slug: str, day: date) -> tuple[int, int]:
    """Return how many certificates of an issuer bear an earlier day, and how many that day or a later one."""
    count = select(func.count()).where(Issued.organisation == slug)
    with issuer.database.session() as session:
        earlier = session.exec(count.where(Issued.valid_from < day)).one()
        return earlier, session.exec(count).one() - earlier


def listed_ends(issuer: Issuer) -> Mapping[str, dict[str, Any]]:
    """Return, by verification method, what the lists say of keys that are not the first and only one."""
    found: dict[str, dict[str, Any]] = {}
    for slug in slugs(issuer):
        did, _ = organisation(issuer, slug)
        found |= {f"{did}#{record.fragment}": _listed(record) for record in read_keys(issuer.database, slug)}
        found |= {f"{did}#{key.fragment}": _listed_certified(key) for key in certified_keys(issuer, slug)}
    return {method: told for method, told in found.items() if told}


def _listed(record: KeyRecord) -> dict[str, Any]:
    moments = {"until": record.until, "compromisedSince": record.compromised_since}
    told = {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
    return told | ({"from": record.first_day.isoformat()} if record.first_day else {})


def _listed_certified(key: CertifiedKey) -> dict[str, Any]:
    since = key.stolen_since.isoformat() if key.stolen_since else None
    return {"until": since, "compromisedSince": since} if since else {}


def _row(session: Session, slug: str, fragment: str) -> SigningKey:
    number = fragment.removeprefix("#").removeprefix("k")
    row = session.get(SigningKey, (slug, int(number))) if number.isdecimal() else None
    if row is None:
        raise UnknownThingError(f"{slug} has no key {fragment[:20]!r}")
    return row
