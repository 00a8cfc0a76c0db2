"""The second person for corrections: where an issuer works so, a correction is asked for and approved like a class.

What is asked is kept sealed under the person's key: a proposal says nothing once the person's data was erased.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlmodel import Session

from issuer_api.errors import ConflictError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.issuing import find_issued
from issuer_api.organisations import organisation
from issuer_api.replacing import Said, correct, corrected_by
from issuer_api.second_person import approvals_of, is_needed
from issuer_api.service import Issuer
from issuer_api.standing import standings
from issuer_api.subjects import wrapped_key
from issuer_api.tables import Subject
from web.approval_steps import APPLIED, OPEN_STATES, SENT_BACK, WAITING
from web.approvals import ApprovalVoidError, Proposed, SecondPersonError
from web.people import SignedIn
from web.roles import PREPARE

KIND: Final = "correct-certificate"
APPROVED_ACT: Final = "correction-approved"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a certificate is to say.

    Attributes:
        said: everything, also what was right before.
        anew: whether the same words are wanted with a new code.
    """

    said: Said
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction that somebody asked another to approve: the proposal, and what is asked."""

    proposed: Proposed
    correction: Correction


def carry_out(issuer: Issuer, slug: str, credential: str, wanted: Correction, *, by: str = COMMAND_LINE) -> str:
    """Correct a certificate if nobody else has to approve it first, or somebody has; return the new one's id.

    Raises:
        SecondPersonError: somebody else has to approve it first.
        VCError: as `issuer_api.replacing.correct`.
    """
    if not may_be_done(issuer, slug, credential, wanted):
        raise SecondPersonError("somebody else has to approve this correction in the browser")
    return correct(issuer, slug, credential, wanted.said, anew=wanted.anew, by=by)


def may_be_done(issuer: Issuer, slug: str, credential: str, wanted: Correction) -> bool:
    """Return whether a correction needs no second person, was approved by one, or was begun already."""
    if not is_needed(organisation(issuer, slug)[1]) or corrected_by(issuer, credential) is not None:
        return True
    _, subject = find_issued(issuer, slug, credential)
    approved = approvals_of(issuer).listed(slug, APPLIED, subject=credential)
    return any(_opened(issuer, subject, credential, one).correction == wanted for one in approved)


def asked_for(issuer: Issuer, slug: str, credential: str) -> Asked | None:
    """Return the correction that waits, was sent back, or was approved and not carried out; None where there is none."""
    _, subject = find_issued(issuer, slug, credential)
    found = approvals_of(issuer).listed(slug, *OPEN_STATES, APPLIED, subject=credential)
    if not found or subject.wrapped_key is None or corrected_by(issuer, credential) is not None:
        return None
    return _opened(issuer, subject, credential, found[-1])


def open_corrections(issuer: Issuer, slug: str) -> tuple[Asked, ...]:
    """Return the corrections that wait for somebody else or were sent back, the oldest first."""
    found = [one for one in approvals_of(issuer).listed(slug, WAITING, SENT_BACK) if one.kind == KIND]
    asked = (asked_for(issuer, slug, one.subject) for one in found)
    return tuple(one for one in asked if one is not None)


def ask(issuer: Issuer, slug: str, by: SignedIn, credential: str, wanted: Correction) -> None:
    """Ask others to approve a correction; another one takes the place of what was asked before.

    Raises:
        UnknownThingError: this issuer has no such certificate.
        ConflictError: it is withdrawn, or was corrected already.
        RoleError: this person prepares nothing here.
    """
    by.require(slug, PREPARE)
    _, subject = find_issued(issuer, slug, credential)
    withdrawn = standings(issuer, slug, (credential,))[credential] == "withdrawn"
    if withdrawn or corrected_by(issuer, credential) is not None:
        raise ConflictError("this certificate is withdrawn or was corrected already; look at it again")
    said = wanted.said
    content = json.dumps([said.names, said.awarded.isoformat(), said.number, wanted.anew], ensure_ascii=False).encode()
    sealed = issuer.sealer.seal(wrapped_key(subject), content, _bound(credential))
    payload = {"credential": credential, "sealed": b64encode(sealed).decode()}
    approvals, known = approvals_of(issuer), asked_for(issuer, slug, credential)
    if known is not None and known.proposed.state in (WAITING, SENT_BACK):
        approvals.change(by, slug, known.proposed.id, payload)
    else:
        approvals.propose(by, slug, KIND, payload, subject=credential)


def approve(issuer: Issuer, slug: str, by: SignedIn, credential: str, digest: str) -> str:
    """Approve a correction as it was seen, carry it out, and return the new certificate's id.

    Where carrying out is interrupted, the approval stands, and whoever signs does it later.

    Raises:
        ApprovalVoidError: nothing was asked, or it was changed since.
        SecondPersonError: the same person asked.
        RoleError: this person approves nothing here.
        VCError: as `issuer_api.replacing.correct`.
    """
    asked = _waiting(issuer, slug, credential)

    def apply(session: Session, _payload: Mapping[str, Any]) -> None:
        note(issuer, session, slug, by.name, APPROVED_ACT, credential)

    approvals_of(issuer).approve(by, slug, asked.proposed.id, digest, apply)
    return carry_out(issuer, slug, credential, asked.correction, by=by.name)


def send_back(issuer: Issuer, slug: str, by: SignedIn, credential: str, reason: str) -> None:
    """Give a correction back to whoever asked, with what is to be changed.

    Raises:
        VCError: as `web.approvals.Approvals.send_back`.
    """
    approvals_of(issuer).send_back(by, slug, _waiting(issuer, slug, credential).proposed.id, reason)


def _waiting(issuer: Issuer, slug: str, credential: str) -> Asked:
    found = asked_for(issuer, slug, credential)
    if found is None or found.proposed.state != WAITING:
        raise ApprovalVoidError("nobody waits for this correction to be approved")
    return found


def _opened(issuer: Issuer, subject: Subject, credential: str, proposed: Proposed) -> Asked:
    sealed = b64decode(proposed.payload["sealed"])
    names, awarded, number, anew = json.loads(issuer.sealer.open(wrapped_key(subject), sealed, _bound(credential)))
    return Asked(proposed, Correction(Said(tuple(names), date.fromisoformat(awarded), number), anew))


def _bound(credential: str) -> bytes:
    return f"correction {credential}".encode()
