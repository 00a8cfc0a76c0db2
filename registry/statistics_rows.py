"""The rows that figures rest on: every decision is noted without whom it is about; awards are asked of the centres' house."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from credentials.errors import MalformedValueError
from credentials.verify import VerificationResult
from registry.service import Registry
from registry.statistics_counting import Award, Decided, spelled_conditions
from registry.statistics_periods import Span
from registry.statistics_tables import CountedDecision
from trust.bundle import Bundle
from trust.claims import read_claim
from trust.decisions import digest_multibase
from trust.recognition import Dossier, recognize
from web.db import Database
from web.sealing import Sealer

Awarded = Callable[[date, date], Iterable[Award]]
"""Gives the awards of this deployment's centres from a day to the day before another."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What the figures need: the states' house, and the awards of the centres."""

    registry: Registry
    awarded: Awarded


def note_decision(
    session: Session,
    sealer: Sealer,
    result: VerificationResult,
    ruling: Mapping[str, Any],
    asked_at: datetime,
    *,
    bundle: Bundle,
    now: datetime,
) -> None:
    """Note a decision for the figures, in the session that makes it.

    Args:
        session: the writing session.
        sealer: makes the hash that stands for the person.
        result: the report on the certificate.
        ruling: what was decided, as `registry.deciding.parse_ruling` reads it.
        asked_at: when the person asked.
        bundle: the lists in force.
        now: when it was decided.

    Raises:
        MalformedValueError: the certificate is not genuine.
    """
    credential, state = result.unverified_credential, bundle.authorities[ruling["authority"]].state
    if credential is None or not result.is_genuine:
        raise MalformedValueError("nothing is decided about what is not genuine")
    claim = read_claim(credential)
    home = bundle.issuers.get(claim.issuer)
    without = recognize(Dossier(result), state, now, bundle=bundle, now=now).chain[-1].code
    person = claim.holder or digest_multibase(credential.document)
    session.add(
        CountedDecision(
            state=state,
            origin=home.state if home else "",
            qualification=claim.qualification,
            outcome=ruling["outcome"],
            without=without,
            conditions=spelled_conditions(str(one["id"]) for one in ruling.get("conditions", ())),
            days=max((now - asked_at).days, 0),
            decided_on=now.date(),
            person=sealer.keyed_hash(f"figures {now.year} {person}"),
        )
    )


def decisions(session: Session, state: str, within: Span) -> tuple[Decided, ...]:
    """Return the decisions of a state in a period."""
    query = select(CountedDecision).where(
        CountedDecision.state == state,
        col(CountedDecision.decided_on) >= within.start,
        col(CountedDecision.decided_on) < within.until,
    )
    return tuple(_decided(row) for row in session.exec(query).all())


def _decided(row: CountedDecision) -> Decided:
    conditions = tuple(json.loads(row.conditions))
    return Decided(
        row.state, row.origin, row.qualification, row.outcome, row.without, conditions, row.days, row.decided_on, row.person
    )


def first_decision(database: Database, state: str) -> date | None:
    """Return the day of a state's first noted decision."""
    with database.session() as session:
        return session.exec(select(func.min(CountedDecision.decided_on)).where(CountedDecision.state == state)).one()
