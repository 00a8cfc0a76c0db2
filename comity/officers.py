"""The people of each state in the demonstration: one prepares, another approves, a third signs and publishes.

A centre's application waits for Aravel, and an award of Aravel's for the others to certify too, so that there is something to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlmodel import Session, select

from comity.cli.files import read_json
from comity.clock import now
from comity.compose import ROOT, Composition
from registry.applications import ApplicationRequest, has_asked, receive
from registry.awards import bring
from web.people import add_member, create_person, create_sign_in_link
from web.roles import state_organisation
from web.tables import Person

STATE: Final = "XA"
OFFICERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "XA": (("Hala Mansour", "assessor"), ("Omar Lenz", "approver"), ("Samir Odeh", "signer")),
        "XB": (("Ines Vauclair", "assessor"), ("Tomas Reyle", "approver"), ("Petra Sandor", "signer")),
        "XC": (("Rosa Imani", "assessor"), ("Karim Belde", "approver"), ("Ada Torvald", "signer")),
    }
)
"""State to name and role of each."""
APPLICATION: Final = ROOT / "examples" / "applications" / "highland-care.json"


def officer_links(composition: Composition, here: str, state: str = STATE) -> dict[str, str]:
    """Return role to a fresh sign-in link of each officer of a state; who is not there yet is added."""
    found, database = {}, composition.registry.database
    for name, role in OFFICERS[state]:
        with database.write(state_organisation(state)) as session:
            person = _person(session, name)
            add_member(session, person, state_organisation(state), role)
            found[role] = f"{here}/sign-in/{create_sign_in_link(session, person, now())}"
    return found


def leave_application(composition: Composition) -> None:
    """Let the example centre ask to be approved, unless it has asked already."""
    registry, asked = composition.registry, ApplicationRequest.model_validate(read_json(APPLICATION))
    if not has_asked(registry.database, asked.state, asked.did):
        receive(registry.database, asked, registry.bundle(), now())


def leave_award(composition: Composition, content: bytes) -> None:
    """Let Aravel ask the other states to certify an award of its own; the same one is asked about once."""
    bring(composition.registry, STATE, content, (code for code in OFFICERS if code != STATE))


def _person(session: Session, name: str) -> int:
    person = session.exec(select(Person).where(Person.name == name)).first() or create_person(session, name, now())
    assert person.id is not None  # noqa: S101  # flushed by create_person
    return person.id
