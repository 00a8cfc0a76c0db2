"""The walk from an issuer's accreditation up to its state.

Every link must hold on the day of issue; scopes are met link by link, so that a chain can only narrow. A link that says more than
its parent may give is cut to what the parent may give, and said (`SCOPE_CLIPPED`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from trust.periods import Period
from trust.records import Accreditation, Authority, IssuerRecord, Mandate
from trust.scope import Scope, Subject

MAX_LINKS: Final = 4


class Standing(IntEnum):
    """How far a path carries: the more, the better."""

    CIRCULAR = 0
    TOO_LONG = 1
    NO_MANDATE = 2
    OUTSIDE = 3
    NOT_IN_FORCE = 4
    ACTIVE = 5


@dataclass(frozen=True, slots=True)
class Path:
    """One accreditation and the links above it, judged for a subject on a day.

    Attributes:
        accreditation: the lowest link.
        authorities: ids from the lowest authority to the one that the state itself set up.
        standing: how far it carries.
        scope: what all links together allow.
        clipped: whether a link says more than those above it allow.
    """

    accreditation: Accreditation
    authorities: tuple[str, ...]
    standing: Standing
    scope: Scope
    clipped: bool


def paths(
    issuer: IssuerRecord, actions: tuple[str, ...], subject: Subject, day: datetime, authorities: Mapping[str, Authority]
) -> tuple[Path, ...]:
    """Return every path of an issuer for one of some actions, the best first; the order of records does not matter."""
    listed = sorted((entry for entry in issuer.accreditations if entry.action in actions), key=lambda entry: entry.id)
    judged = [_judge(entry, issuer.state, subject, day, authorities) for entry in listed]
    return tuple(sorted(judged, key=lambda path: -path.standing))


def _judge(entry: Accreditation, state: str, subject: Subject, day: datetime, authorities: Mapping[str, Authority]) -> Path:
    chain, flaw = chain_of(entry.by, state, authorities)
    mandates = [_mandate(authority, entry.action, subject, day) for authority in chain]
    given = [mandate for mandate in mandates if mandate is not None]
    if flaw is not None or len(given) < len(mandates):
        above = tuple(authority.id for authority in chain)
        return Path(entry, above, Standing.NO_MANDATE if flaw is None else flaw, Scope(()), clipped=False)
    scope = entry.scope
    for mandate in given:
        scope = scope.meet(mandate.scope)
    standing = Standing.ACTIVE
    if not scope.covers(subject):
        standing = Standing.OUTSIDE
    elif not (_in_force(entry.periods, day) and all(_in_force(mandate.periods, day) for mandate in given)):
        standing = Standing.NOT_IN_FORCE
    clipped = any(entry.scope != entry.scope.meet(mandate.scope) for mandate in given)
    return Path(entry, tuple(authority.id for authority in chain), standing, scope, clipped=clipped)


def chain_of(authority: str, state: str, authorities: Mapping[str, Authority]) -> tuple[tuple[Authority, ...], Standing | None]:
    """Return an authority and those above it, up to the one that the state set up; else nobody, and why it does not end there.

    It is `CIRCULAR` when an authority stands above itself, `TOO_LONG` with more than three authorities, and `NO_MANDATE` when it
    leaves the state or the lists.
    """
    chain: list[Authority] = []
    while (found := authorities.get(authority)) is not None and found.state == state:
        if found in chain:
            return (), Standing.CIRCULAR
        chain.append(found)
        if not found.by:
            return (tuple(chain), None) if len(chain) < MAX_LINKS else ((), Standing.TOO_LONG)
        authority = found.by
    return (), Standing.NO_MANDATE


def _mandate(authority: Authority, action: str, subject: Subject, day: datetime) -> Mandate | None:
    """Return an authority's mandate for an action: of several, the one that carries furthest for this subject on this day."""
    fitting = [mandate for mandate in authority.mandates if mandate.action == action]
    return max(
        fitting,
        key=lambda mandate: (mandate.scope.covers(subject) and _in_force(mandate.periods, day), mandate.scope.covers(subject)),
        default=None,
    )


def _in_force(periods: tuple[Period, ...], day: datetime) -> bool:
    return any(day in period for period in periods)


def lapse(path: Path, subject: Subject, day: datetime, authorities: Mapping[str, Authority]) -> datetime | None:
    """Return when the first link that held a path on `day` ended without a renewal that follows on; None when none has an end."""
    action = path.accreditation.action
    mandates = [_mandate(authorities[authority], action, subject, day) for authority in path.authorities]
    links = [path.accreditation.periods, *(mandate.periods for mandate in mandates if mandate)]
    ends = [end for end in (_covered_until(periods, day) for periods in links) if end is not None]
    return min(ends, default=None)


def _covered_until(periods: tuple[Period, ...], day: datetime) -> datetime | None:
    """Return until when periods that follow on one another cover the time from `day`; None when they have no end."""
    until = day
    for period in sorted(periods, key=lambda period: period.start):
        if period.start <= until and (period.end is None or period.end > until):
            if period.end is None:
                return None
            until = period.end
    return until
