"""An issuer's own figures: what was issued, withdrawn and put on hold, month by month, and how long certificates took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import col

from issuer_api.programmes import programmes
from issuer_api.service import Issuer
from issuer_api.tables import Cohort, Issued, StatusChange
from web.statements import Statement

MONTHS: Final = 12
_ISSUED: Final = Statement(
    select(col(Issued.programme), col(Issued.delivered_at), col(Cohort.created_at))
    .join(Cohort, col(Issued.cohort) == col(Cohort.id), isouter=True)
    .where(col(Issued.organisation) == bindparam("slug"), col(Issued.delivered_at).is_not(None))
)
_CHANGED: Final = Statement(
    select(
        col(Issued.programme),
        col(StatusChange.credential),
        col(StatusChange.purpose),
        col(StatusChange.is_set),
        col(StatusChange.at),
    )
    .where(col(StatusChange.credential) == col(Issued.id), col(Issued.organisation) == bindparam("slug"))
    .order_by(col(StatusChange.id))
)


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month (UTC).

    Attributes:
        first: its first day.
        issued: certificates that were finished.
        withdrawn: certificates that were withdrawn.
    """

    first: date
    issued: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Total:
    """What holds of a programme now, or of all.

    Attributes:
        issued: certificates that were ever finished.
        withdrawn: of these, for good.
        on_hold: of these, for now.
        time: half of the certificates of classes took at most this long, from the day on which the list was brought; None without
            any.
    """

    issued: int
    withdrawn: int
    on_hold: int
    time: timedelta | None


@dataclass(frozen=True, slots=True)
class Figures:
    """An issuer's figures.

    Attributes:
        months: the last twelve, the oldest first.
        all: of every programme.
        programmes: programme to its figures, for those that have any.
        titles: programme to its names by language.
    """

    months: tuple[Month, ...]
    all: Total
    programmes: Mapping[str, Total]
    titles: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Done:
    programme: str
    at: datetime
    brought: datetime | None


@dataclass(frozen=True, slots=True)
class _Changed:
    programme: str
    credential: str
    purpose: str
    is_set: bool
    at: datetime


def figures(issuer: Issuer, slug: str, programme: str = "") -> Figures:
    """Count an issuer's certificates, of one programme or of all; nothing that is sealed is opened.

    A person's erasure takes a certificate out of no figure: it was issued.
    """
    titles = {record["id"]: record["title"] for record in programmes(issuer, slug)}
    done = [_Done(row.programme, row.delivered_at, row.created_at) for row in issuer.database.rows(_ISSUED, slug=slug)]
    changed = [
        _Changed(row.programme, row.credential, row.purpose, row.is_set, row.at)
        for row in issuer.database.rows(_CHANGED, slug=slug)
    ]
    chosen = {name for name in titles if programme in ("", name)}
    return Figures(
        _months(issuer.clock().astimezone(UTC).date(), [one for one in done if one.programme in chosen], changed, chosen),
        _total(done, changed, chosen),
        {name: _total(done, changed, {name}) for name in sorted({one.programme for one in done} & chosen)},
        titles,
    )


def _months(today: date, done: Iterable[_Done], changed: Iterable[_Changed], chosen: set[str]) -> tuple[Month, ...]:
    issued = Counter(_first(one.at) for one in done)
    withdrawn = Counter(_first(one.at) for one in changed if one.programme in chosen and one.purpose == "revocation" and one.is_set)
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return tuple(Month(first, issued[first], withdrawn[first]) for first in reversed(firsts))


def _first(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def _total(done: Iterable[_Done], changed: Iterable[_Changed], chosen: set[str]) -> Total:
    mine = [one for one in done if one.programme in chosen]
    newest = {(one.credential, one.purpose): one.is_set for one in changed if one.programme in chosen}
    withdrawn = {credential for (credential, purpose), is_set in newest.items() if is_set and purpose == "revocation"}
    held = {credential for (credential, purpose), is_set in newest.items() if is_set and purpose == "suspension"}
    seconds = [(one.at - one.brought).total_seconds() for one in mine if one.brought is not None]
    time = timedelta(seconds=median(seconds)) if seconds else None
    return Total(len(mine), len(withdrawn), len(held - withdrawn), time)
