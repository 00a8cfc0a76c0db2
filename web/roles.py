"""What a person may do in an organisation: one role in each, and what each role allows.

A house is a training centre or an employer, named by its slug. A state is named `state.XA`: no slug has a dot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from credentials.errors import COMITY, VCError

PREPARE: Final = "prepare"
"""Write what others look at: lists, programmes, assessments, drafts."""
APPROVE: Final = "approve"
"""Look at what somebody else prepared, and say yes or send it back."""
SIGN: Final = "sign"
"""Carry out what was approved."""
INVITE: Final = "invite"
"""Invite people, change and end their roles."""
READ_ACTS: Final = "read-acts"
"""Read who did what."""

MANAGER: Final = "manager"
_HOUSE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "registrar": frozenset({PREPARE, SIGN}),
        "approver": frozenset({APPROVE}),
        MANAGER: frozenset({PREPARE, APPROVE, SIGN, INVITE, READ_ACTS}),
        "auditor": frozenset({READ_ACTS}),
    }
)
_STATE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "assessor": frozenset({PREPARE}),
        "approver": frozenset({APPROVE}),
        "signer": frozenset({SIGN}),
        MANAGER: frozenset({INVITE, READ_ACTS}),
        "auditor": frozenset({READ_ACTS}),
    }
)
_STATE_MARK: Final = "state."


class RoleError(VCError):
    """The person's role does not allow this."""

    type = COMITY + "ROLE_DOES_NOT_ALLOW"
    title = "problem.role"


class UnknownRoleError(VCError):
    """Organisations of this kind have no such role."""

    type = COMITY + "UNKNOWN_ROLE"
    title = "problem.unknown-role"


def state_organisation(code: str) -> str:
    """Return how a state is named among organisations: `state.XA`."""
    return _STATE_MARK + code


def state_code(organisation: str) -> str:
    """Return the state's code, or an empty string for a house."""
    return organisation.removeprefix(_STATE_MARK) if organisation.startswith(_STATE_MARK) else ""


def desk_of(organisations: Iterable[str]) -> str:
    """Return the address of the desk of the first state among organisations; empty where there is none."""
    return next((f"/registry/states/{code}" for code in map(state_code, sorted(organisations)) if code), "")


def roles_of(organisation: str) -> Mapping[str, frozenset[str]]:
    """Return the roles of an organisation's kind, with what each allows."""
    return _STATE if state_code(organisation) else _HOUSE


def allows(organisation: str, role: str, act: str) -> bool:
    """Return whether a role allows an act; a role that is unknown allows nothing."""
    return act in roles_of(organisation).get(role, frozenset())


def check_role(organisation: str, role: str) -> None:
    """Raise unless organisations of this kind have the role.

    Raises:
        UnknownRoleError: they have not.
    """
    known = roles_of(organisation)
    if role not in known:
        raise UnknownRoleError(f"the roles are {', '.join(known)}", pointer="/role")


def holders(organisation: str, act: str) -> tuple[str, ...]:
    """Return the roles that allow an act."""
    return tuple(role for role, acts in roles_of(organisation).items() if act in acts)
