"""The second person: one proposes, others approve or send back, and what was approved is applied exactly once.

A proposal holds JSON that only its service understands. Nobody approves what they wrote or changed themselves. An approval
is for the payload that was seen, named by its digest: a later change makes it void. Applying runs in the transaction that
marks the proposal as applied, so that both happen or neither.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from credentials.errors import COMITY, VCError
from web.acts import note
from web.approval_steps import (
    APPLIED,
    APPROVED,
    CHANGED,
    OPEN_STATES,
    PROPOSED,
    SENT_BACK,
    WAITING,
    WITHDRAWN,
    approvers,
    authors,
    canonical,
    digest_of,
    names_of_others,
    standing,
    steps_of,
    who_can,
)
from web.db import Database
from web.people import NotFoundError, SignedIn
from web.roles import APPROVE, PREPARE, SIGN
from web.tables import Proposal, ProposalStep

MAX_REASON: Final = 2000
Apply = Callable[[Session, Mapping[str, Any]], None]
"""Carries out a payload in the session that it is given; raises to leave everything as it was."""


class SecondPersonError(VCError):
    """Own work is for somebody else to approve."""

    type = COMITY + "SECOND_PERSON_REQUIRED"
    title = "problem.second-person"


class ApprovalVoidError(VCError):
    """The proposal is not, or no longer, what was seen."""

    type = COMITY + "APPROVAL_VOID"
    title = "problem.approval-void"


class ReasonNeededError(VCError):
    """Sending back takes a reason."""

    type = COMITY + "REASON_NEEDED"
    title = "problem.reason-needed"


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did with a proposal: `proposed`, `changed`, `approved`, `sent-back`, `withdrawn` or `applied`."""

    step: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it stands.

    Attributes:
        id: names it.
        organisation: where it is to be applied.
        kind: what is to be done, such as `accredit`.
        subject: what it is about: two open proposals with one subject are in each other's way.
        payload: the service's own.
        digest: of the payload; an approval names it.
        needed: how many others must approve.
        state: `waiting`, `sent-back`, `approved`, `applied` or `withdrawn`.
        authors: who wrote it, by their ids.
        approvals: how many have approved this payload.
        history: who did what with it, and when.
    """

    id: str
    organisation: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    digest: str
    needed: int
    state: str
    authors: frozenset[int]
    approvals: int
    history: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Approvals:
    """The proposals of one service."""

    database: Database
    clock: Callable[[], datetime]
    service: str

    def propose(
        self, by: SignedIn, organisation: str, kind: str, payload: Mapping[str, Any], *, subject: str = "", needed: int = 1
    ) -> str:
        """Keep a proposal and return its id.

        Raises:
            RoleError: this person does not prepare anything here.
        """
        by.require(organisation, PREPARE)
        text, proposal = canonical(payload), secrets.token_hex(16)
        with self.database.write(organisation) as session:
            row = Proposal(
                id=proposal,
                service=self.service,
                organisation=organisation,
                kind=kind,
                subject=subject,
                payload=text,
                digest=digest_of(text),
                needed=max(1, needed),
                state=WAITING,
                proposed_at=self.clock(),
            )
            session.add(row)
            session.flush()
            self._step(session, row, by, PROPOSED)
        return proposal

    def change(self, by: SignedIn, organisation: str, proposal: str, payload: Mapping[str, Any]) -> None:
        """Put another payload in place of what waits or was sent back; approvals so far no longer count.

        Raises:
            ApprovalVoidError: it is past changing.
            VCError: as `propose` and `find`.
        """
        by.require(organisation, PREPARE)
        with self.database.write(organisation) as session:
            row = self._row(session, organisation, proposal, WAITING, SENT_BACK)
            row.payload = canonical(payload)
            row.digest, row.state = digest_of(row.payload), WAITING
            self._step(session, row, by, CHANGED)

    def approve(self, by: SignedIn, organisation: str, proposal: str, digest: str, apply: Apply | None = None) -> str:
        """Say yes to the payload with this digest; with the last approval needed, apply it at once. Return the state.

        Args:
            by: who approves.
            organisation: where.
            proposal: its id.
            digest: of the payload that was seen.
            apply: carries it out; left out when that comes later, by `apply_approved`.

        Raises:
            SecondPersonError: the same person wrote it, or has approved it already.
            ApprovalVoidError: it was changed or decided meanwhile.
            RoleError: this person does not approve anything here.
            NotFoundError: there is no such proposal here.
        """
        by.require(organisation, APPROVE)
        with self.database.write(organisation) as session:
            row = self._row(session, organisation, proposal, WAITING)
            if row.digest != digest:
                raise ApprovalVoidError("it was changed after you looked; look again")
            steps = steps_of(session, row.id)
            if by.id in authors(steps):
                raise SecondPersonError(f"you wrote this yourself; {who_can(session, row, steps)}")
            if by.id in approvers(steps, digest):
                raise SecondPersonError(f"you have approved this already; {who_can(session, row, steps)}")
            self._step(session, row, by, APPROVED)
            if standing(session, row, approvers(steps_of(session, row.id), digest)) >= row.needed:
                row.state = APPROVED
                if apply is not None:
                    self._apply(session, row, by, apply)
            return row.state

    def apply_approved(self, by: SignedIn, organisation: str, proposal: str, apply: Apply) -> None:
        """Carry out what was approved earlier, once.

        Raises:
            ApprovalVoidError: it is not approved, or was applied already.
            RoleError: this person does not sign anything here.
            NotFoundError: there is no such proposal here.
        """
        by.require(organisation, SIGN)
        with self.database.write(organisation) as session:
            self._apply(session, self._row(session, organisation, proposal, APPROVED), by, apply)

    def send_back(self, by: SignedIn, organisation: str, proposal: str, reason: str) -> None:
        """Give a proposal back to those who wrote it, with what is to be changed.

        Raises:
            ReasonNeededError: there is no reason, or a very long one.
            SecondPersonError: own work is withdrawn, not sent back.
            VCError: as `approve`.
        """
        by.require(organisation, APPROVE)
        if not reason.strip() or len(reason) > MAX_REASON:
            raise ReasonNeededError(f"say what is to be changed, in at most {MAX_REASON} letters", pointer="/reason")
        with self.database.write(organisation) as session:
            row = self._row(session, organisation, proposal, WAITING, APPROVED)
            if by.id in authors(steps_of(session, row.id)):
                raise SecondPersonError("this is your own; withdraw it instead")
            row.state = SENT_BACK
            self._step(session, row, by, SENT_BACK, reason.strip())

    def withdraw(self, by: SignedIn, organisation: str, proposal: str) -> None:
        """Take a proposal back for good; only those who wrote it may.

        Raises:
            SecondPersonError: somebody else wrote it.
            VCError: as `change`.
        """
        by.require(organisation, PREPARE)
        with self.database.write(organisation) as session:
            row = self._row(session, organisation, proposal, *OPEN_STATES)
            if by.id not in authors(steps_of(session, row.id)):
                raise SecondPersonError("somebody else wrote this; send it back instead")
            row.state = WITHDRAWN
            self._step(session, row, by, WITHDRAWN)

    def find(self, organisation: str, proposal: str) -> Proposed:
        """Return a proposal.

        Raises:
            NotFoundError: there is no such proposal here.
        """
        with self.database.session() as session:
            row = session.get(Proposal, proposal)
            if row is None or (row.service, row.organisation) != (self.service, organisation):
                raise NotFoundError("there is no such proposal here")
            return _proposed(session, row)

    def listed(self, organisation: str, *states: str, subject: str | None = None) -> tuple[Proposed, ...]:
        """Return the proposals of an organisation in some states (the open ones when none is named), the oldest first."""
        query = select(Proposal).where(
            Proposal.service == self.service,
            Proposal.organisation == organisation,
            col(Proposal.state).in_(states or OPEN_STATES),
        )
        if subject is not None:
            query = query.where(Proposal.subject == subject)
        with self.database.session() as session:
            rows = session.exec(query.order_by(col(Proposal.proposed_at), col(Proposal.id))).all()
            return tuple(_proposed(session, row) for row in rows)

    def who_can_approve(self, found: Proposed) -> tuple[str, ...]:
        """Return the names of those who may still approve a proposal."""
        with self.database.session() as session:
            row = session.get_one(Proposal, found.id)
            return names_of_others(session, row, steps_of(session, row.id))

    def _row(self, session: Session, organisation: str, proposal: str, *states: str) -> Proposal:
        row = session.get(Proposal, proposal)
        if row is None or (row.service, row.organisation) != (self.service, organisation):
            raise NotFoundError("there is no such proposal here")
        if row.state not in states:
            raise ApprovalVoidError(f"this proposal is {row.state}; nothing was done")
        return row

    def _apply(self, session: Session, row: Proposal, by: SignedIn, apply: Apply) -> None:
        row.state = APPLIED
        self._step(session, row, by, APPLIED)
        session.flush()
        apply(session, json.loads(row.payload))

    def _step(self, session: Session, row: Proposal, by: SignedIn, step: str, reason: str = "") -> None:
        now = self.clock()
        session.add(row)
        session.add(ProposalStep(proposal=row.id, step=step, person_id=by.id, by=by.name, at=now, digest=row.digest, reason=reason))
        note(session, row.organisation, by.name, f"proposal-{step}", row.id, now)


def _proposed(session: Session, row: Proposal) -> Proposed:
    steps = steps_of(session, row.id)
    return Proposed(
        row.id,
        row.organisation,
        row.kind,
        row.subject,
        json.loads(row.payload),
        row.digest,
        row.needed,
        row.state,
        authors(steps),
        len(approvers(steps, row.digest)),
        tuple(Step(step.step, step.by, step.at, step.reason) for step in steps),
    )
