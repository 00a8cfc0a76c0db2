"""The second person for classes: one prepares and asks, another approves or sends back; a changed class has to be asked for again.

Each issuer chooses, in its record (`secondPerson`), whether it works so. What is approved is a digest over the rows that are
ready: a row that is repaired, left out or taken in later makes the approval void. Attestations of work and single credentials
that programs ask for are no classes and need no second person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from issuer_api.cohorts import CohortReport, cohort_report
from issuer_api.errors import InvalidRecordError
from issuer_api.history import note
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import Organisation
from web.approval_steps import APPLIED, OPEN_STATES, SENT_BACK, WAITING
from web.approvals import Approvals, ApprovalVoidError, Proposed, SecondPersonError
from web.people import SignedIn
from web.roles import INVITE, PREPARE

KIND: Final = "sign-class"
APPROVED_ACT: Final = "class-approved"
_SWITCH: Final = "secondPerson"


@dataclass(frozen=True, slots=True)
class Approval:
    """How far the second person is with a class.

    Attributes:
        state: `not-needed`, `none`, `waiting`, `sent-back`, `changed` (after it was asked for or approved) or `approved`.
        proposed: what was asked last, or None.
    """

    state: str
    proposed: Proposed | None = None

    @property
    def may_sign(self) -> bool:
        """Whether nothing of this kind stops the signing."""
        return self.state in ("not-needed", "approved")


def is_needed(record: Mapping[str, Any]) -> bool:
    """Return whether an issuer's classes need a second person."""
    return record.get(_SWITCH) is True


def set_needed(issuer: Issuer, slug: str, by: SignedIn, *, needed: bool) -> None:
    """Choose whether an issuer's classes need a second person.

    Raises:
        RoleError: only whoever manages the people chooses.
        NotFoundError: the person has no part in it.
    """
    by.require(slug, INVITE)
    with issuer.database.write(slug) as session:
        row = session.get_one(Organisation, slug)
        record = json.loads(row.record)
        if is_needed(record) == needed:
            return
        row.record = json.dumps(record | {_SWITCH: needed}, ensure_ascii=False, sort_keys=True)
        note(issuer, session, slug, by.name, "second-person-on" if needed else "second-person-off", slug)


def approvals_of(issuer: Issuer) -> Approvals:
    """Return the proposals of this house."""
    return Approvals(issuer.database, issuer.clock, "issuer")


def approval_of(issuer: Issuer, slug: str, report: CohortReport) -> Approval:
    """Return how far the second person is with a class as it is now."""
    if not is_needed(organisation(issuer, slug)[1]):
        return Approval("not-needed")
    found, payload = _of_class(issuer, slug, report.id), _payload(report)
    same = next((one for one in found if one.state == APPLIED and one.payload == payload), None)
    if same is not None:
        return Approval("approved", same)
    asked = next((one for one in found if one.state != APPLIED), None)
    if asked is None:
        return Approval("changed", found[-1]) if found else Approval("none")
    if asked.state == SENT_BACK:
        return Approval("sent-back", asked)
    return Approval("waiting" if asked.payload == payload else "changed", asked)


def check_approved(issuer: Issuer, slug: str, report: CohortReport) -> None:
    """Raise unless a class may be signed as it is now.

    Raises:
        SecondPersonError: nobody else has approved it, or it was changed since.
    """
    found = approval_of(issuer, slug, report)
    if not found.may_sign:
        why = "it was changed since it was asked for" if found.state == "changed" else "it is not approved"
        raise SecondPersonError(f"somebody else has to approve this class in the browser; {why}")


def ask(issuer: Issuer, slug: str, by: SignedIn, cohort: str) -> None:
    """Ask others to approve a class as it is now; asking again takes the place of what was asked before.

    Raises:
        UnknownThingError: this issuer has no such class.
        InvalidRecordError: none of its rows is ready.
        RoleError: this person prepares nothing here.
    """
    by.require(slug, PREPARE)
    report, approvals = cohort_report(issuer, slug, cohort), approvals_of(issuer)
    if not report.ready:
        raise InvalidRecordError("no row of this class is ready to be approved", pointer="/rows")
    state = approval_of(issuer, slug, report)
    if state.state in ("approved", "waiting"):
        return
    if state.proposed is not None and state.proposed.state in OPEN_STATES:
        approvals.change(by, slug, state.proposed.id, _payload(report))
    else:
        approvals.propose(by, slug, KIND, _payload(report), subject=cohort)


def approve(issuer: Issuer, slug: str, by: SignedIn, cohort: str, digest: str) -> None:
    """Approve a class as it was seen.

    Args:
        issuer: the house.
        slug: the issuer.
        by: who approves; never who asked.
        cohort: the class.
        digest: of what was seen, from its proposal.

    Raises:
        ApprovalVoidError: nothing was asked, or the class was changed since.
        SecondPersonError: the same person asked.
        RoleError: this person approves nothing here.
    """
    found = _waiting(issuer, slug, cohort)

    def apply(session: Session, payload: Mapping[str, Any]) -> None:
        if payload != _payload(cohort_report(issuer, slug, cohort)):
            raise ApprovalVoidError("the class was changed after it was asked for; it has to be asked for again")
        note(issuer, session, slug, by.name, APPROVED_ACT, cohort)

    approvals_of(issuer).approve(by, slug, found.id, digest, apply)


def send_back(issuer: Issuer, slug: str, by: SignedIn, cohort: str, reason: str) -> None:
    """Give a class back to whoever prepared it, with what is to be changed.

    Raises:
        ApprovalVoidError: nothing was asked.
        ReasonNeededError: there is no reason, or a very long one.
        SecondPersonError: the same person asked.
        RoleError: this person approves nothing here.
    """
    approvals_of(issuer).send_back(by, slug, _waiting(issuer, slug, cohort).id, reason)


def open_proposals(issuer: Issuer, slug: str) -> dict[str, Proposed]:
    """Return class to what waits or was sent back, for an issuer that works with a second person."""
    if not is_needed(organisation(issuer, slug)[1]):
        return {}
    return {found.subject: found for found in approvals_of(issuer).listed(slug, WAITING, SENT_BACK)}


def _waiting(issuer: Issuer, slug: str, cohort: str) -> Proposed:
    found = next((one for one in _of_class(issuer, slug, cohort) if one.state == WAITING), None)
    if found is None:
        raise ApprovalVoidError("nobody waits for this class to be approved")
    return found


def _of_class(issuer: Issuer, slug: str, cohort: str) -> tuple[Proposed, ...]:
    return approvals_of(issuer).listed(slug, *OPEN_STATES, APPLIED, subject=cohort)


def _payload(report: CohortReport) -> dict[str, Any]:
    """Return what is approved: the class, how many rows, and a digest over them as they are stored (sealed)."""
    rows = hashlib.sha256()
    for row in report.ready:
        rows.update(f"{row.number} {hashlib.sha256(row.sealed).hexdigest()}\n".encode())
    return {"cohort": report.id, "ready": len(report.ready), "rows": rows.hexdigest()}
