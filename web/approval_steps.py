"""What was done with a proposal, and who has thereby written or approved it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlmodel import Session, col, select

from web.roles import APPROVE, holders
from web.tables import Membership, Person, Proposal, ProposalStep

WAITING: Final = "waiting"
SENT_BACK: Final = "sent-back"
APPROVED: Final = "approved"
APPLIED: Final = "applied"
WITHDRAWN: Final = "withdrawn"
OPEN_STATES: Final = (WAITING, SENT_BACK, APPROVED)

PROPOSED: Final = "proposed"
CHANGED: Final = "changed"


def digest_of(text: str) -> str:
    """Return the digest of a payload's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(payload: Mapping[str, Any]) -> str:
    """Return a payload as the text that is kept and that its digest is of."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def steps_of(session: Session, proposal: str) -> Sequence[ProposalStep]:
    """Return what was done with a proposal, in order."""
    return session.exec(select(ProposalStep).where(ProposalStep.proposal == proposal).order_by(col(ProposalStep.id))).all()


def authors(steps: Sequence[ProposalStep]) -> frozenset[int]:
    """Return who wrote a proposal or changed it."""
    return frozenset(step.person_id for step in steps if step.step in (PROPOSED, CHANGED))


def approvers(steps: Sequence[ProposalStep], digest: str) -> frozenset[int]:
    """Return who approved a payload since it was last sent back or changed."""
    found: set[int] = set()
    for step in steps:
        if step.step in (SENT_BACK, CHANGED):
            found.clear()
        elif step.step == APPROVED and step.digest == digest:
            found.add(step.person_id)
    return frozenset(found)


def standing(session: Session, row: Proposal, approved_by: frozenset[int]) -> int:
    """Return how many of those who approved may still do so."""
    return len(approved_by & {person_id for person_id, _ in _who_may(session, row)})


def _who_may(session: Session, row: Proposal) -> Sequence[tuple[int, str]]:
    query = (
        select(Membership.person_id, Person.name)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.organisation == row.organisation, col(Membership.role).in_(holders(row.organisation, APPROVE)))
    )
    return session.exec(query.order_by(col(Person.name))).all()


def names_of_others(session: Session, row: Proposal, steps: Sequence[ProposalStep]) -> tuple[str, ...]:
    """Return the names of those who may still approve."""
    done = authors(steps) | approvers(steps, row.digest)
    return tuple(name for person_id, name in _who_may(session, row) if person_id not in done)


def who_can(session: Session, row: Proposal, steps: Sequence[ProposalStep]) -> str:
    """Return who can approve, in words."""
    names = names_of_others(session, row, steps)
    return f"these can approve it: {', '.join(names)}" if names else "nobody else can approve yet: invite somebody"
