"""Who belongs to an organisation, and in which role: seen, changed and ended by its managers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from credentials.errors import COMITY, VCError
from web.acts import note
from web.people import NotFoundError, People, SignedIn
from web.roles import INVITE, MANAGER, check_role
from web.tables import Membership, Passkey, Person


class LastManagerError(VCError):
    """Somebody must be left who can invite others."""

    type = COMITY + "LAST_MANAGER"
    title = "problem.last-manager"


class OwnRoleError(VCError):
    """One's own role is for somebody else to change."""

    type = COMITY + "OWN_ROLE"
    title = "problem.own-role"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to an organisation."""

    id: int
    name: str
    role: str
    passkeys: int


def members(people: People, organisation: str) -> tuple[Member, ...]:
    """Return who belongs to an organisation, by name."""
    query = (
        select(Membership.person_id, Person.name, Membership.role)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.organisation == organisation)
        .order_by(col(Person.name), col(Membership.person_id))
    )
    with people.database.session() as session:
        rows = session.exec(query).all()
        keys = list(session.exec(select(Passkey.person_id).where(col(Passkey.person_id).in_([row[0] for row in rows]))))
    return tuple(Member(person_id, name, role, keys.count(person_id)) for person_id, name, role in rows)


def change_role(people: People, by: SignedIn, organisation: str, person_id: int, role: str) -> None:
    """Give somebody who belongs to an organisation another role.

    Raises:
        OwnRoleError: it is the manager's own.
        LastManagerError: nobody could invite any more.
        VCError: there is no such role or person, or this person may not change it.
    """
    by.require(organisation, INVITE)
    check_role(organisation, role)
    if person_id == by.id:
        raise OwnRoleError("ask another manager to change your role")
    with people.database.write(organisation) as session:
        row = _member(session, organisation, person_id)
        _check_managers(session, row, role)
        row.role = role
        session.add(row)
        note(session, organisation, by.name, "role-changed", f"{role} person {person_id}", people.clock())


def end_role(people: People, by: SignedIn, organisation: str, person_id: int) -> None:
    """End somebody's part in an organisation; anybody may end their own.

    Raises:
        LastManagerError: nobody could invite any more.
        VCError: there is no such person, or this person may not end it.
    """
    if person_id != by.id:
        by.require(organisation, INVITE)
    with people.database.write(organisation) as session:
        row = _member(session, organisation, person_id)
        _check_managers(session, row, "")
        session.delete(row)
        note(session, organisation, by.name, "role-ended", f"person {person_id}", people.clock())


def _member(session: Session, organisation: str, person_id: int) -> Membership:
    row = session.get(Membership, (person_id, organisation))
    if row is None:
        raise NotFoundError("this person does not belong here")
    return row


def _check_managers(session: Session, row: Membership, role: str) -> None:
    query = select(Membership.person_id).where(
        Membership.organisation == row.organisation,
        Membership.role == MANAGER,
        Membership.person_id != row.person_id,
    )
    if row.role == MANAGER and role != MANAGER and session.exec(query).first() is None:
        raise LastManagerError("make somebody else a manager first")
