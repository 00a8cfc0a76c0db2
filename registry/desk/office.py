"""A person at work for a state: asked anew by every page, answered with 404 for whoever has no part in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from registry.applications import ACCREDITED, close
from registry.awards import award, endorse
from registry.awards import withdraw as withdraw_endorsement
from registry.cases import case, checked, decide, withdraw
from registry.desk.differences import Difference, differences, in_words
from registry.desk.forms import Sent
from registry.linting import Finding
from registry.previewing import Affected, affected
from registry.service import Registry
from registry.working_copy import (
    Change,
    apply_change,
    check_change,
    digest_of,
    draft_bundle,
    parse_change,
    record_of,
    with_change,
    working_files,
)
from trust.outcomes import NotRecognised, Outcome, PartiallyRecognised
from trust.records import Authority, IssuerRecord, State
from web.approvals import Apply
from web.people import NotFoundError, SignedIn
from web.roles import state_organisation

_SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Office:
    """A person at work for a state.

    Attributes:
        registry: the house.
        request: what is asked.
        person: who asks.
        state: for which state.
        published: the lists as they are published.
        files: the lists as they will be published next.
    """

    registry: Registry
    request: Request
    person: SignedIn
    state: State
    published: Mapping[str, bytes]
    files: Mapping[str, bytes]

    @property
    def organisation(self) -> str:
        """How the state is named among organisations."""
        return state_organisation(self.state.code)

    def may(self, act: str) -> bool:
        """Return whether the person's role allows an act."""
        return self.person.may(self.organisation, act)

    def authorities(self) -> tuple[Authority, ...]:
        """Return the state's authorities."""
        known = draft_bundle(self.files, self.registry.clock()).authorities.values()
        return tuple(entry for entry in known if entry.state == self.state.code)

    def centres(self) -> tuple[IssuerRecord, ...]:
        """Return the state's centres, by name."""
        known = draft_bundle(self.files, self.registry.clock()).issuers.values()
        return tuple(sorted((entry for entry in known if entry.state == self.state.code), key=lambda entry: entry.slug))

    def record(self, name: str, key: str) -> dict[str, Any]:
        """Return a record of the state's lists.

        Raises:
            NotFoundError: there is none.
        """
        found = record_of(self.files, self.state.code, name, key)
        if found is None:
            raise NotFoundError("there is no such record here")
        return found

    def change(self, name: str, record: Mapping[str, Any], reason: str) -> tuple[Change, tuple[Finding, ...]]:
        """Return a change of one record and what is to be looked at.

        Raises:
            LintError: it must not be published.
            MalformedValueError: the record is not of its form.
        """
        key = str(record.get("did") if name == "issuers" else record.get("id"))
        before = digest_of(record_of(self.files, self.state.code, name, key))
        change = Change(self.state.code, name, record, before, reason)
        return change, check_change(self.files, self.published, change, self.registry.clock())

    def propose(self, kind: str, change: Change, **more: str) -> Response:
        """Put a change before a second person, and show it."""
        return self.put_forward(kind, {"change": change.to_payload(), **more}, change.key[:200])

    def put_forward(self, kind: str, payload: Mapping[str, Any], subject: str) -> Response:
        """Put anything before a second person, and show it."""
        proposal = self.registry.approvals.propose(self.person, self.organisation, kind, payload, subject=subject)
        return self.go("changes", proposal)

    def reached_by(self, change: Change) -> Affected:
        """Return whom a change reaches."""
        now = self.registry.clock()
        before, after = draft_bundle(self.files, now), draft_bundle(with_change(self.files, change), now)
        return affected(before, after, self.registry.issued)

    def changed(self) -> tuple[str, ...]:
        """Return the target paths of the state's lists that were changed since they were published."""
        own = f"states/{self.state.code}/"
        return tuple(path for path in sorted(self.files) if path.startswith(own) and self.files[path] != self.published.get(path))

    def ready(self, name: str) -> Apply:
        """Return what carries out a proposal in the session that marks it as applied; what it needs from outside is fetched here.

        Raises:
            NotFoundError: there is no such proposal here, or no such case.
        """
        payload = self.registry.approvals.find(self.organisation, name).payload
        if "withdrawal" in payload:
            return self._withdrawal
        if "award" in payload:
            return self._endorsement(payload["award"])
        if "case" not in payload:
            return self._change
        result = checked(self.registry, case(self.registry, payload["case"], self.state.code).document)
        return lambda session, approved: decide(self.registry, session, approved["case"], approved["ruling"], result)

    def _withdrawal(self, session: Session, payload: Mapping[str, Any]) -> None:
        if "award" in payload:
            reason = payload["withdrawal"]["reason"]
            withdraw_endorsement(self.registry, session, payload["award"], self.state.code, reason)
        else:
            withdraw(self.registry, session, payload["case"])

    def _endorsement(self, name: str) -> Apply:
        registry, code = self.registry, self.state.code
        result = checked(registry, json.dumps(award(registry, name, code).certificate).encode())
        return lambda session, approved: endorse(registry, session, approved["award"], code, approved["comment"], result)

    def _change(self, session: Session, payload: Mapping[str, Any]) -> None:
        now = self.registry.clock()
        apply_change(session, parse_change(payload["change"]), self.published, now)
        if payload.get("application"):
            close(session, payload["application"], ACCREDITED, payload["change"]["reason"], now)

    def told(self, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Difference, ...]:
        """Return what differs between two records, in the reader's words."""
        bundle, language = draft_bundle(self.files, self.registry.clock()), self.registry.pages.language(self.request)
        return in_words(differences(before, after), self.registry.pages, bundle, language)

    def path(self, *steps: object) -> str:
        """Return an address below the state's own."""
        return "/".join(("/registry/states", self.state.code, *map(str, steps)))

    def go(self, *steps: object) -> Response:
        """Return the answer that sends the browser to an address below the state's own."""
        return RedirectResponse(self.path(*steps), _SEE_OTHER)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
        """Return a page of the state's house."""
        return self.registry.pages.render(
            self.request,
            f"registry/{template}.html",
            status=status,
            office=self,
            now=self.registry.clock(),
            last_day=last_day,
            sign_of=sign_of,
            **context,
        )


def room() -> APIRouter:
    """Return what a room adds its pages to: all of them below the state's own address."""
    return APIRouter(prefix="/registry/states/{code}", include_in_schema=False)


def last_day(end: datetime) -> date:
    """Return the last day of what ends at a moment, as people say it: what ends at midnight lasts until the day before."""
    return (end - timedelta(microseconds=1)).date()


def sign_of(outcome: Outcome) -> str:
    """Return the sign of an answer: `yes`, `partly`, `undecided`, `unknown` or `no`."""
    if isinstance(outcome, NotRecognised):
        return outcome.kind if outcome.kind in {"undecided", "unknown"} else "no"
    return "partly" if isinstance(outcome, PartiallyRecognised) else "yes"


def acting(registry: Registry, request: Request, code: str, sent: Sent, act: str) -> Office:
    """Return the office of a state for the person who sends a form and may do what it asks.

    Raises:
        FormTokenError: the form does not belong to the session.
        RoleError: the person's role does not allow it.
        VCError: as `enter`.
    """
    office = enter(registry, request, code)
    office.person.check_form(sent.one("form"))
    office.person.require(office.organisation, act)
    return office


def enter(registry: Registry, request: Request, code: str) -> Office:
    """Return the office of a state for the person who asks.

    Raises:
        SignInNeededError: nobody is signed in.
        NotFoundError: there is no such state, or the person has no part in it.
    """
    person = registry.people.signed_in(request)
    state = registry.bundle().states.get(code)
    if state is None or state_organisation(code) not in person.roles:
        raise NotFoundError("there is nothing here for you")
    published = registry.publisher.current()
    return Office(registry, request, person, state, published, working_files(registry.database, published))
