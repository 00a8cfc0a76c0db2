"""The people of an authority in the demonstration: one prepares, another approves, a third signs and publishes.

A centre's application waits for them, so that there is something to do.
"""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, select

from comity.cli.files import read_json
from comity.clock import now
from comity.compose import ROOT, Composition
from registry.applications import ApplicationRequest, has_asked, receive
from web.people import add_member, create_person, create_sign_in_link
from web.roles import state_organisation
from web.tables import Person

STATE: Final = "XA"
OFFICERS: Final = (("Hala Mansour", "assessor"), ("Omar Lenz", "approver"), ("Samir Odeh", "signer"))
"""Name and role of each."""
APPLICATION: Final = ROOT / "examples" / "applications" / "highland-care.json"


def officer_links(composition: Composition, here: str) -> dict[str, str]:
    """Return role to a fresh sign-in link of each officer; who is not there yet is added."""
    found, database = {}, composition.registry.database
    for name, role in OFFICERS:
        with database.write(state_organisation(STATE)) as session:
            person = _person(session, name)
            add_member(session, person, state_organisation(STATE), role)
            found[role] = f"{here}/sign-in/{create_sign_in_link(session, person, now())}"
    return found


def leave_application(composition: Composition) -> None:
    """Let the example centre ask to be approved, unless it has asked already."""
    registry, asked = composition.registry, ApplicationRequest.model_validate(read_json(APPLICATION))
    if not has_asked(registry.database, asked.state, asked.did):
        receive(registry.database, asked, registry.bundle(), now())


def _person(session: Session, name: str) -> int:
    person = session.exec(select(Person).where(Person.name == name)).first() or create_person(session, name, now())
    assert person.id is not None  # noqa: S101  # flushed by create_person
    return person.id
