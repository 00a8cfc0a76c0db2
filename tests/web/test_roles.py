from __future__ import annotations

import pytest

from web.people import NotFoundError, SignedIn
from web.roles import (
    APPROVE,
    INVITE,
    PREPARE,
    READ_ACTS,
    SIGN,
    RoleError,
    UnknownRoleError,
    allows,
    check_role,
    holders,
    roles_of,
    state_code,
    state_organisation,
)

STATE = state_organisation("XA")


def test_states_and_houses_are_told_apart_by_name() -> None:
    assert (STATE, state_code(STATE), state_code("cedar-school")) == ("state.XA", "XA", "")
    assert set(roles_of(STATE)) == {"assessor", "approver", "signer", "manager", "auditor"}
    assert set(roles_of("cedar-school")) == {"registrar", "approver", "manager", "auditor"}


@pytest.mark.parametrize("organisation", [STATE, "cedar-school"])
def test_an_auditor_reads_and_does_nothing_else(organisation: str) -> None:
    allowed = {act for act in (APPROVE, INVITE, PREPARE, READ_ACTS, SIGN) if allows(organisation, "auditor", act)}
    assert allowed == {READ_ACTS}


def test_in_a_state_nobody_does_two_of_the_three() -> None:
    for role in roles_of(STATE):
        assert sum(allows(STATE, role, act) for act in (PREPARE, APPROVE, SIGN)) <= 1


def test_an_unknown_role_allows_nothing() -> None:
    assert not any(allows("cedar-school", "owner", act) for act in (APPROVE, INVITE, PREPARE, READ_ACTS, SIGN))
    with pytest.raises(UnknownRoleError, match="assessor, approver, signer, manager, auditor"):
        check_role(STATE, "registrar")
    check_role("cedar-school", "registrar")
    assert holders(STATE, APPROVE) == ("approver",)
    assert holders("cedar-school", APPROVE) == ("approver", "manager")


def test_who_has_no_part_finds_nothing_and_who_has_another_is_told() -> None:
    person = SignedIn(1, "R", {"cedar-school": "auditor"}, "")
    with pytest.raises(NotFoundError):
        person.require(STATE, READ_ACTS)
    with pytest.raises(RoleError):
        person.require("cedar-school", SIGN)
    person.require("cedar-school", READ_ACTS)
