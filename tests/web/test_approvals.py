from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, delete, func, select

from tests.databases import Databases
from web.acts import acts
from web.approvals import (
    Approvals,
    ApprovalVoidError,
    ReasonNeededError,
    SecondPersonError,
)
from web.db import Database, open_engine
from web.people import NotFoundError, SignedIn, add_member, create_person
from web.roles import RoleError, state_organisation
from web.tables import Membership, Person

STATE = state_organisation("XA")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ACCREDIT = {"issuer": "did:web:a.example", "until": "2028-01-01"}
STAFF = ("assessor", "assessor", "approver", "approver", "signer", "auditor", "manager")


@dataclass
class Desk:
    approvals: Approvals
    database: Database
    people: list[SignedIn]

    def by(self, number: int) -> SignedIn:
        return self.people[number]

    def propose(self, number: int = 0, *, subject: str = "", needed: int = 1) -> tuple[str, str]:
        proposal = self.approvals.propose(self.by(number), STATE, "accredit", ACCREDIT, subject=subject, needed=needed)
        return proposal, self.approvals.find(STATE, proposal).digest

    def state(self, proposal: str) -> str:
        return self.approvals.find(STATE, proposal).state

    def applied(self) -> int:
        """How often the payload was carried out: `add_row` below makes a person each time."""
        with self.database.session() as session:
            query = select(func.count()).select_from(Person).where(Person.name == ACCREDIT["issuer"])
            return session.exec(query).one()


def add_row(session: Session, payload: Mapping[str, Any]) -> None:
    create_person(session, payload["issuer"], NOW)


@pytest.fixture
def desk(tmp_path: Path, databases: Databases) -> Iterator[Desk]:
    with databases.tables(tmp_path) as url:
        engine = open_engine(url)
        database = Database(engine)
        people = []
        with database.write() as session:
            for number, role in enumerate(STAFF):
                person = create_person(session, f"{role} {number}", NOW)
                assert person.id is not None
                add_member(session, person.id, STATE, role)
                people.append(SignedIn(person.id, person.name, {STATE: role}, ""))
        yield Desk(Approvals(database, lambda: NOW, "registry"), database, people)
        engine.dispose()


def test_one_proposes_another_approves_and_it_is_applied_once(desk: Desk) -> None:
    proposal, digest = desk.propose(subject="did:web:a.example")
    found = desk.approvals.find(STATE, proposal)
    assert (found.state, found.payload, found.kind, found.approvals) == ("waiting", ACCREDIT, "accredit", 0)
    assert desk.approvals.who_can_approve(found) == ("approver 2", "approver 3")
    assert desk.approvals.approve(desk.by(2), STATE, proposal, digest, add_row) == "applied"
    assert desk.applied() == 1
    with pytest.raises(ApprovalVoidError):
        desk.approvals.approve(desk.by(3), STATE, proposal, digest, add_row)
    with pytest.raises(ApprovalVoidError):
        desk.approvals.apply_approved(desk.by(4), STATE, proposal, add_row)
    assert desk.applied() == 1
    done = desk.approvals.find(STATE, proposal)
    assert [(step.step, step.by, step.at) for step in done.history] == [
        ("proposed", "assessor 0", NOW),
        ("approved", "approver 2", NOW),
        ("applied", "approver 2", NOW),
    ]
    assert [act.action for act in acts(desk.database, STATE)] == ["proposal-applied", "proposal-approved", "proposal-proposed"]


def test_applying_can_wait_for_who_signs(desk: Desk) -> None:
    proposal, digest = desk.propose()
    with pytest.raises(ApprovalVoidError, match="waiting"):
        desk.approvals.apply_approved(desk.by(4), STATE, proposal, add_row)
    assert desk.approvals.approve(desk.by(2), STATE, proposal, digest) == "approved"
    assert desk.applied() == 0
    with pytest.raises(RoleError):
        desk.approvals.apply_approved(desk.by(2), STATE, proposal, add_row)
    desk.approvals.apply_approved(desk.by(4), STATE, proposal, add_row)
    assert (desk.state(proposal), desk.applied()) == ("applied", 1)


def test_what_cannot_be_applied_leaves_everything_as_it_was(desk: Desk) -> None:
    proposal, digest = desk.propose()

    def fail(session: Session, payload: Mapping[str, Any]) -> None:
        add_row(session, payload)
        raise NotFoundError("the issuer is gone")

    with pytest.raises(NotFoundError, match="gone"):
        desk.approvals.approve(desk.by(2), STATE, proposal, digest, fail)
    assert (desk.state(proposal), desk.applied()) == ("waiting", 0)
    assert [step.step for step in desk.approvals.find(STATE, proposal).history] == ["proposed"]
    assert desk.approvals.approve(desk.by(2), STATE, proposal, digest, add_row) == "applied"


def test_many_who_approve_at_once_apply_once(desk: Desk) -> None:
    proposal, digest = desk.propose()
    start, said = threading.Barrier(6), []

    def approve(number: int) -> None:
        start.wait(10)
        try:
            said.append(desk.approvals.approve(desk.by(2 + number % 2), STATE, proposal, digest, add_row))
        except ApprovalVoidError as error:
            said.append(error.type)

    threads = [threading.Thread(target=approve, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["applied", *[ApprovalVoidError.type] * 5]
    assert desk.applied() == 1


def test_nobody_approves_what_they_wrote_or_changed(desk: Desk) -> None:
    house = "cedar-school"
    with desk.database.write() as session:
        for person in desk.people[:3]:
            add_member(session, person.id, house, "manager")
    one, other, third = (SignedIn(person.id, person.name, {house: "manager"}, "") for person in desk.people[:3])
    proposal = desk.approvals.propose(one, house, "sign", {"class": "c1"})
    digest = desk.approvals.find(house, proposal).digest
    with pytest.raises(SecondPersonError, match=r"these can approve it: approver 2, assessor 1$"):
        desk.approvals.approve(one, house, proposal, digest)
    desk.approvals.change(other, house, proposal, {"class": "c2"})
    with pytest.raises(ApprovalVoidError, match="look again"):
        desk.approvals.approve(third, house, proposal, digest)
    changed = desk.approvals.find(house, proposal)
    for author in (one, other):
        with pytest.raises(SecondPersonError, match=r"these can approve it: approver 2$"):
            desk.approvals.approve(author, house, proposal, changed.digest)
    assert desk.approvals.approve(third, house, proposal, changed.digest) == "approved"


def test_who_is_alone_is_told_to_invite_somebody(desk: Desk) -> None:
    alone = SignedIn(desk.by(0).id, "alone", {"cedar-school": "manager"}, "")
    with desk.database.write() as session:
        add_member(session, alone.id, "cedar-school", "manager")
    proposal = desk.approvals.propose(alone, "cedar-school", "sign", {})
    with pytest.raises(SecondPersonError, match="nobody else can approve yet: invite somebody"):
        desk.approvals.approve(alone, "cedar-school", proposal, desk.approvals.find("cedar-school", proposal).digest)


def test_what_is_sent_back_is_changed_and_looked_at_again(desk: Desk) -> None:
    proposal, digest = desk.propose()
    for reason in ("", "  ", "x" * 2001):
        with pytest.raises(ReasonNeededError):
            desk.approvals.send_back(desk.by(2), STATE, proposal, reason)
    desk.approvals.send_back(desk.by(2), STATE, proposal, " the scope is too wide ")
    assert desk.state(proposal) == "sent-back"
    with pytest.raises(ApprovalVoidError, match="sent-back"):
        desk.approvals.approve(desk.by(3), STATE, proposal, digest)
    desk.approvals.change(desk.by(1), STATE, proposal, {**ACCREDIT, "until": "2027-01-01"})
    found = desk.approvals.find(STATE, proposal)
    assert (found.state, found.digest != digest) == ("waiting", True)
    assert found.authors == {desk.by(0).id, desk.by(1).id}
    assert [step.reason for step in found.history if step.step == "sent-back"] == ["the scope is too wide"]
    assert desk.approvals.approve(desk.by(2), STATE, proposal, found.digest) == "approved"


def test_what_is_approved_can_still_be_sent_back_until_it_is_applied(desk: Desk) -> None:
    proposal, digest = desk.propose()
    desk.approvals.approve(desk.by(2), STATE, proposal, digest)
    desk.approvals.send_back(desk.by(3), STATE, proposal, "wait for the audit")
    with pytest.raises(ApprovalVoidError):
        desk.approvals.apply_approved(desk.by(4), STATE, proposal, add_row)


def test_some_acts_need_two_others(desk: Desk) -> None:
    proposal, digest = desk.propose(needed=2)
    assert desk.approvals.approve(desk.by(2), STATE, proposal, digest, add_row) == "waiting"
    with pytest.raises(SecondPersonError, match=r"approved this already; these can approve it: approver 3$"):
        desk.approvals.approve(desk.by(2), STATE, proposal, digest, add_row)
    assert (desk.approvals.find(STATE, proposal).approvals, desk.applied()) == (1, 0)
    assert desk.approvals.approve(desk.by(3), STATE, proposal, digest, add_row) == "applied"


def test_a_change_back_and_forth_does_not_bring_approvals_back(desk: Desk) -> None:
    proposal, digest = desk.propose(needed=2)
    desk.approvals.approve(desk.by(2), STATE, proposal, digest)
    desk.approvals.change(desk.by(0), STATE, proposal, {})
    desk.approvals.change(desk.by(0), STATE, proposal, ACCREDIT)
    assert (desk.approvals.find(STATE, proposal).digest, desk.approvals.find(STATE, proposal).approvals) == (digest, 0)


def test_the_approval_of_somebody_who_has_left_does_not_count(desk: Desk) -> None:
    proposal, digest = desk.propose(needed=2)
    desk.approvals.approve(desk.by(2), STATE, proposal, digest)
    with desk.database.write() as session:
        session.execute(delete(Membership).where(Membership.person_id == desk.by(2).id))  # type: ignore[arg-type]
    assert desk.approvals.approve(desk.by(3), STATE, proposal, digest, add_row) == "waiting"
    assert desk.applied() == 0


def test_own_work_is_withdrawn_others_is_sent_back(desk: Desk) -> None:
    proposal, digest = desk.propose()
    with pytest.raises(SecondPersonError, match="somebody else wrote this"):
        desk.approvals.withdraw(desk.by(1), STATE, proposal)
    desk.approvals.withdraw(desk.by(0), STATE, proposal)
    assert desk.state(proposal) == "withdrawn"
    for late in (
        lambda: desk.approvals.approve(desk.by(2), STATE, proposal, digest),
        lambda: desk.approvals.withdraw(desk.by(0), STATE, proposal),
        lambda: desk.approvals.change(desk.by(0), STATE, proposal, {}),
        lambda: desk.approvals.send_back(desk.by(2), STATE, proposal, "late"),
    ):
        with pytest.raises(ApprovalVoidError):
            late()


def test_an_author_does_not_send_own_work_back(desk: Desk) -> None:
    manager = SignedIn(desk.by(0).id, "one", {"cedar-school": "manager"}, "")
    proposal = desk.approvals.propose(manager, "cedar-school", "sign", {})
    with pytest.raises(SecondPersonError, match="withdraw it instead"):
        desk.approvals.send_back(manager, "cedar-school", proposal, "no")


@pytest.mark.parametrize("number", [2, 4, 5, 6])
def test_only_some_roles_propose(desk: Desk, number: int) -> None:
    with pytest.raises(RoleError):
        desk.propose(number)


@pytest.mark.parametrize("number", [0, 1, 4, 5, 6])
def test_only_some_roles_approve(desk: Desk, number: int) -> None:
    proposal, digest = desk.propose()
    with pytest.raises(RoleError):
        desk.approvals.approve(desk.by(number), STATE, proposal, digest)
    with pytest.raises(RoleError):
        desk.approvals.send_back(desk.by(number), STATE, proposal, "no")


def test_proposals_of_others_are_not_there(desk: Desk) -> None:
    proposal, digest = desk.propose()
    stranger = SignedIn(desk.by(2).id, "x", {state_organisation("XB"): "approver"}, "")
    for asked in (STATE, state_organisation("XB")):
        with pytest.raises(NotFoundError):
            desk.approvals.approve(stranger, asked, proposal, digest)
    with pytest.raises(NotFoundError):
        desk.approvals.find(state_organisation("XB"), proposal)
    with pytest.raises(NotFoundError):
        desk.approvals.find(STATE, "nothing")
    elsewhere = Approvals(desk.database, lambda: NOW, "issuer")
    with pytest.raises(NotFoundError):
        elsewhere.approve(desk.by(2), STATE, proposal, digest)
    assert elsewhere.listed(STATE) == ()


def test_proposals_are_listed_by_state_and_by_what_they_are_about(desk: Desk) -> None:
    first, digest = desk.propose(subject="a")
    second, _ = desk.propose(subject="b")
    assert {one.id for one in desk.approvals.listed(STATE)} == {first, second}
    assert [one.id for one in desk.approvals.listed(STATE, subject="b")] == [second]
    desk.approvals.approve(desk.by(2), STATE, first, digest, add_row)
    assert [one.id for one in desk.approvals.listed(STATE)] == [second]
    assert [one.id for one in desk.approvals.listed(STATE, "applied")] == [first]
