"""Invitations: a manager makes a link to a role, somebody accepts it once, within seven days."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from sqlmodel import col, select, update

from credentials.errors import COMITY, VCError
from web.acts import note
from web.people import NotFoundError, People, SignedIn, create_person, hash_of
from web.roles import INVITE, check_role
from web.tables import Invitation, Membership, Person

INVITATION_LASTS: Final = timedelta(days=7)
MAX_NAME: Final = 200
_REFERENCE: Final = 16
_UNSEEN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


class InvitationEndedError(VCError):
    """The invitation was accepted, withdrawn, has run out, or never was."""

    type = COMITY + "INVITATION_ENDED"
    title = "problem.invitation-ended"


class InvitedNameError(VCError):
    """The name of who is invited will not do."""

    type = COMITY + "INVITED_NAME"
    title = "problem.invited-name"


class AlreadyMemberError(VCError):
    """The person belongs to the organisation already."""

    type = COMITY + "ALREADY_MEMBER"
    title = "problem.already-member"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that waits; `reference` names it to managers and does not open it."""

    reference: str
    organisation: str
    role: str
    name: str
    by: str
    expires_at: datetime


def invite(people: People, by: SignedIn, organisation: str, role: str, name: str) -> str:
    """Return the token of a link by which one person takes a role.

    Raises:
        InvitedNameError: the name is missing, too long, or has letters that cannot be seen.
        VCError: there is no such role, or this person does not invite anybody here.
    """
    by.require(organisation, INVITE)
    check_role(organisation, role)
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME or any(unicodedata.category(letter) in _UNSEEN for letter in name):
        raise InvitedNameError(f"write the person's name in at most {MAX_NAME} letters", pointer="/name")
    token, now = secrets.token_urlsafe(24), people.clock()
    with people.database.write(organisation) as session:
        session.add(
            Invitation(
                token_hash=hash_of(token),
                organisation=organisation,
                role=role,
                name=name,
                invited_by=by.id,
                invited_at=now,
                expires_at=now + INVITATION_LASTS,
            )
        )
        note(session, organisation, by.name, "invited", f"{role} {hash_of(token)[:_REFERENCE]}", now)
    return token


def invitation(people: People, token: str) -> Invited:
    """Return an invitation that can still be accepted.

    Raises:
        InvitationEndedError: it cannot.
    """
    with people.database.session() as session:
        row = session.get(Invitation, hash_of(token))
        if row is None or row.ended_at is not None or row.expires_at <= people.clock():
            raise InvitationEndedError("an invitation works once, and for seven days; ask for another one")
        return _invited(row, session.get_one(Person, row.invited_by).name)


def invitations(people: People, organisation: str) -> tuple[Invited, ...]:
    """Return the invitations of an organisation that wait, the newest first."""
    query = (
        select(Invitation, Person.name)
        .join(Person, col(Person.id) == Invitation.invited_by)
        .where(
            Invitation.organisation == organisation,
            col(Invitation.ended_at).is_(None),
            col(Invitation.expires_at) > people.clock(),
        )
        .order_by(col(Invitation.invited_at).desc(), col(Invitation.token_hash))
    )
    with people.database.session() as session:
        return tuple(_invited(row, name) for row, name in session.exec(query).all())


def withdraw(people: People, by: SignedIn, organisation: str, reference: str) -> None:
    """End an invitation that waits.

    Raises:
        NotFoundError: none of this organisation waits under that reference.
        VCError: this person does not invite anybody here.
    """
    by.require(organisation, INVITE)
    now = people.clock()
    waiting = (
        col(Invitation.organisation) == organisation,
        col(Invitation.token_hash).startswith(reference, autoescape=True),
        col(Invitation.ended_at).is_(None),
    )
    with people.database.write(organisation) as session:
        full = len(reference) == _REFERENCE
        if not full or session.exec(update(Invitation).where(*waiting).values(ended_at=now)).rowcount != 1:
            raise NotFoundError("no such invitation waits")
        note(session, organisation, by.name, "invitation-withdrawn", reference, now)


def accept(people: People, request: Request, token: str, person: SignedIn | None) -> str:
    """Take the role for who is signed in, or for a new person of the invitation's name; return the new session's cookie.

    Raises:
        InvitationEndedError: it cannot be accepted any more.
        AlreadyMemberError: the person has a role there.
    """
    found, now = invitation(people, token), people.clock()
    waiting = (col(Invitation.token_hash) == hash_of(token), col(Invitation.ended_at).is_(None))
    with people.database.write(found.organisation) as session:
        if session.exec(update(Invitation).where(*waiting).values(ended_at=now)).rowcount != 1:
            raise InvitationEndedError("somebody has just accepted this invitation; ask for another one")
        person_id = person.id if person is not None else create_person(session, found.name, now).id
        name = person.name if person is not None else found.name
        assert person_id is not None  # noqa: S101  # flushed by create_person
        if session.get(Membership, (person_id, found.organisation)) is not None:
            raise AlreadyMemberError("you have a role there; a manager can change it")
        session.add(Membership(person_id=person_id, organisation=found.organisation, role=found.role))
        session.exec(update(Invitation).where(col(Invitation.token_hash) == hash_of(token)).values(accepted_by=person_id))
        note(session, found.organisation, name, "invitation-accepted", f"{found.role} person {person_id}", now)
        return people.open_session(session, request, person_id, "invitation")


def _invited(row: Invitation, by: str) -> Invited:
    return Invited(row.token_hash[:_REFERENCE], row.organisation, row.role, row.name, by, row.expires_at)
