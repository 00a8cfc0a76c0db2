"""What an authority can do with its lists, as records: accredit, narrow, end, renew, suspend, lift, name signers. Pure.

Nothing is erased. Beginnings and ends carry the day on which they were written down: no change reaches back by accident.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.errors import MalformedValueError
from trust.periods import parse_moment

Record = dict[str, Any]
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a centre is accredited for.

    Attributes:
        id: of the accreditation.
        by: id of the authority.
        action: `issue`, `attest`, …
        scope: as the lists spell it.
        start: first day, such as `2027-01-01`.
        until: last day, or None.
    """

    id: str
    by: str
    action: str
    scope: Mapping[str, Any]
    start: str
    until: str | None


def accredited(record: Mapping[str, Any], grant: Grant, now: datetime) -> Record:
    """Return a centre's record with one more accreditation; it counts from the day on which it is written down, or later."""
    changed = copy.deepcopy(dict(record))
    period = {"from": grant.start, "until": grant.until, "recordedAt": now.date().isoformat()}
    entry = {"id": grant.id, "by": grant.by, "action": grant.action, "scope": dict(grant.scope), "periods": [period]}
    changed["accreditations"] = [*changed.get("accreditations", []), entry]
    return changed


def ended(record: Mapping[str, Any], accreditation: str, until: str, now: datetime) -> Record:
    """Return a centre's record in which an accreditation ends after a day; what was awarded before stays good.

    Raises:
        MalformedValueError: the day is past, or there is no such accreditation that lasts.
    """
    if parse_moment(until, as_end=True) <= now:
        raise MalformedValueError("an approval ends in the future; what was awarded until then stays good", pointer="/until")
    changed = copy.deepcopy(dict(record))
    _lasting(changed, accreditation, now).update(until=until, untilRecordedAt=now.isoformat())
    return changed


def renewed(record: Mapping[str, Any], accreditation: str, until: str | None, now: datetime) -> Record:
    """Return a centre's record in which an accreditation that lasts goes on until a later day, or without an end.

    Raises:
        MalformedValueError: there is no such accreditation that lasts, or the day is not later.
    """
    changed = copy.deepcopy(dict(record))
    period = _lasting(changed, accreditation, now)
    if until is not None and (period["until"] is None or until <= period["until"]):
        raise MalformedValueError("this is not later than the day on which it ends now", pointer="/until")
    period["until"] = until
    return changed


def narrowed(record: Mapping[str, Any], accreditation: str, grant: Grant, now: datetime) -> Record:
    """Return a centre's record in which an accreditation ends the day before a narrower one begins.

    Raises:
        MalformedValueError: as `ended`.
    """
    last = (parse_moment(grant.start) - _DAY).date().isoformat()
    return accredited(ended(record, accreditation, last, now), grant, now)


def with_status_signers(record: Mapping[str, Any], dids: Iterable[str]) -> Record:
    """Return a centre's record in which these sign its status lists beside itself; nobody else does.

    Raises:
        MalformedValueError: this changes nothing.
    """
    wanted = sorted(set(dids))
    if wanted == sorted(record.get("statusAuthorities", [])):
        raise MalformedValueError("this is who signs its status lists already", pointer="/signer")
    changed = {name: value for name, value in copy.deepcopy(dict(record)).items() if name != "statusAuthorities"}
    return changed | ({"statusAuthorities": wanted} if wanted else {})


def _lasting(record: Record, accreditation: str, now: datetime) -> Record:
    for entry in record.get("accreditations", []):
        for period in entry["periods"] if entry["id"] == accreditation else ():
            if period.get("until") is None or parse_moment(period["until"], as_end=True) > now:
                found: Record = period
                return found
    raise MalformedValueError("there is no such approval that lasts", pointer="/accreditation")


def suspension(name: str, of: Mapping[str, str], reason: str, review_by: str, now: datetime) -> Record:
    """Return a stop that begins now, does not reach back, and is looked at again by a day.

    Raises:
        MalformedValueError: the day of review is past, or there is no reason.
    """
    if parse_moment(review_by, as_end=True) <= now:
        raise MalformedValueError("the day of review lies in the future", pointer="/reviewBy")
    if not reason.strip():
        raise MalformedValueError("say why, in plain words", pointer="/reason")
    return {
        "id": name,
        "of": dict(of),
        "from": now.isoformat(),
        "until": None,
        "recordedAt": now.isoformat(),
        "affectsIssuedBefore": False,
        "reason": reason.strip(),
        "reviewBy": review_by,
    }


def lifted(record: Mapping[str, Any], now: datetime) -> Record:
    """Return a stop that ends now; that there was one stays written.

    Raises:
        MalformedValueError: it has ended already.
    """
    if record.get("until") is not None and parse_moment(record["until"], as_end=True) <= now:
        raise MalformedValueError("this suspension has ended already", pointer="/stop")
    return {**copy.deepcopy(dict(record)), "until": now.isoformat(), "untilRecordedAt": now.isoformat()}
