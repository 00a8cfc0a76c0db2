"""ToIP Trust Registry Query Protocol v2: is this entity authorized, is this authority recognized, at a moment?

An authority is named by a state's code, an authority's id or its DID; a resource by a qualification's id, `isced-f:` with a field's
code, or `isco08:` with an occupation's. The answer is yes or no, so everything that is neither is no; `message` says which of ours
it was. Whoever can read the lists should: an answer here is not signed, and the question tells who is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from credentials.errors import MalformedValueError
from trust.accreditation import Path, Standing, paths
from trust.bundle import Bundle, BundleError, Freshness
from trust.checks import STANDING_CODES
from trust.claims import DEFAULT_ROUTE, Claim
from trust.outcomes import Step, StepOutcome
from trust.recognition import best_rule
from trust.records import Authority, IssuerRecord, State, Suspension
from trust.scope import Subject
from web.people import NotFoundError

_RFC3339_Z: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", re.ASCII)
_FIELD: Final = "isced-f:"
_OCCUPATION: Final = "isco08:"
Name = Field(min_length=1, max_length=300)


class Query(BaseModel):
    """What is asked, the same members for both questions."""

    entity_id: str = Name
    authority_id: str = Name
    action: str = Name
    resource: str = Name
    context: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A state, or one authority of it."""

    state: State
    authority: Authority | None

    def reaches(self, path: Path) -> bool:
        """Return whether an accreditation is this state's or authority's word, or of one below it."""
        return self.authority is None or self.authority.id in path.authorities


def moment(query: Query, now: datetime) -> datetime:
    """Return the moment that is asked for: `context.time`, or now.

    Raises:
        MalformedValueError: it is no RFC 3339 time in UTC.
    """
    text = (query.context or {}).get("time", "")
    if not text:
        return now
    if not _RFC3339_Z.fullmatch(text):
        raise MalformedValueError("time is RFC 3339 with the offset Z", pointer="/context/time")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise MalformedValueError("there is no such time", pointer="/context/time") from error


def answer(query: Query, member: str, step: Step, message: str, at: datetime, now: datetime) -> dict[str, Any]:
    """Return the response; `member` is `authorized` or `recognized`."""
    requested = {"time_requested": _zulu(at)} if (query.context or {}).get("time") else {}
    context = {"context": query.context} if query.context is not None else {}
    return {
        "entity_id": query.entity_id,
        "authority_id": query.authority_id,
        "action": query.action,
        "resource": query.resource,
        member: step.outcome is StepOutcome.PASSED,
        **requested,
        "time_evaluated": _zulu(now),
        "message": message,
        **context,
    }


def _zulu(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def check_fresh(bundle: Bundle, now: datetime) -> None:
    """Raise when the lists are too old to say yes or no.

    Raises:
        BundleError: they are.
    """
    if bundle.freshness(now) is Freshness.RED:
        raise BundleError("the lists are too old to say yes or no")


def authorization(query: Query, at: datetime, bundle: Bundle) -> Step:
    """Return whether an issuer may do something, by an authority's word, at a moment.

    Raises:
        NotFoundError: the lists know no such authority.
    """
    named, subject = _named(query.authority_id, bundle), _subject(query.resource, bundle)
    params = {"issuer": query.entity_id, "date": at.date().isoformat(), "qualification": query.resource, "state": named.state.code}
    known = [issuer for issuer in bundle.records_of(query.entity_id) if issuer.state == named.state.code]
    if not known:
        return Step("entitled", "ISSUER_UNKNOWN", StepOutcome.UNKNOWN, params)
    if at not in named.state.member:
        return Step("entitled", "STATE_NOT_PARTY", StepOutcome.FAILED, params)
    found = [path for path in paths(known[0], (query.action,), subject, at, bundle.authorities) if named.reaches(path)]
    if not found:
        return Step("entitled", "ACC_NONE", StepOutcome.FAILED, params)
    path = found[0]
    for stop in _stops(bundle, named.state.code, at, subject, known[0], path):
        return Step("recognised", "SUSPENDED_HOME", StepOutcome.FAILED, _of_stop(stop), (stop.id,))
    outcome = StepOutcome.PASSED if path.standing is Standing.ACTIVE else StepOutcome.FAILED
    refs = (path.accreditation.id, *path.authorities)
    return Step("entitled", STANDING_CODES[path.standing], outcome, params | {"authority": path.accreditation.by}, refs)


def recognition(query: Query, at: datetime, bundle: Bundle) -> Step:
    """Return whether a state recognizes what another state's issuers award, without conditions, at a moment.

    Raises:
        NotFoundError: the lists know no such authority.
    """
    here, there = _named(query.authority_id, bundle), _named(query.entity_id, bundle)
    state, origin, subject = here.state.code, there.state.code, _subject(query.resource, bundle)
    params = {"state": state, "origin": origin, "basis": ""}
    for one in (here.state, there.state):
        if at not in one.member:
            return Step("recognised", "STATE_NOT_PARTY", StepOutcome.FAILED, {"state": one.code})
    for stop in _stops(bundle, state, at, subject, None, None, origin=origin, authority=there.authority):
        return Step("recognised", "SUSPENDED_HERE", StepOutcome.FAILED, _of_stop(stop), (stop.id,))
    defined = bundle.qualifications.get(query.resource)
    if state == origin or (defined is not None and state in defined.states):
        return Step("recognised", "HOME" if state == origin else "JOINT", StepOutcome.PASSED, params)
    kind = "work" if query.action in {"attest", "collect"} else "training"
    claim = Claim(kind, "", at, at, query.resource, subject.field, subject.occupation, DEFAULT_ROUTE, "", "")
    rule = best_rule(claim, origin, state, at, bundle)
    if rule is None:
        return Step("recognised", "NO_RULE", StepOutcome.UNDECIDED, params)
    code, outcome = _OF_MODE.get(rule.mode, ("RULE_GRANTS", StepOutcome.PASSED))
    if outcome is StepOutcome.PASSED and rule.requires:
        code, outcome = "RULE_CONDITIONAL", StepOutcome.PARTLY
    return Step("recognised", code, outcome, params | {"basis": rule.legal_basis}, (rule.id,))


_OF_MODE: Final[Mapping[str, tuple[str, StepOutcome]]] = {
    "none": ("RULE_REFUSES", StepOutcome.FAILED),
    "caseByCase": ("CASE_BY_CASE", StepOutcome.UNDECIDED),
}


def _named(name: str, bundle: Bundle) -> Named:
    if name in bundle.states:
        return Named(bundle.states[name], None)
    for authority in bundle.authorities.values():
        if name in (authority.id, authority.did) and name:
            return Named(bundle.states[authority.state], authority)
    raise NotFoundError("the lists know no such state or authority")


def _subject(resource: str, bundle: Bundle) -> Subject:
    known = bundle.qualifications.get(resource)
    if known is not None:
        return Subject(known.id, known.field, known.nqf, known.isco, DEFAULT_ROUTE)
    if resource.startswith(_FIELD):
        return Subject("", resource.removeprefix(_FIELD), "", "", DEFAULT_ROUTE)
    if resource.startswith(_OCCUPATION):
        return Subject("", "", "", resource.removeprefix(_OCCUPATION), DEFAULT_ROUTE)
    return Subject(resource, "", "", "", DEFAULT_ROUTE)


def _stops(
    bundle: Bundle,
    by: str,
    at: datetime,
    subject: Subject,
    issuer: IssuerRecord | None,
    path: Path | None,
    *,
    origin: str = "",
    authority: Authority | None = None,
) -> Iterator[Suspension]:
    """Yield a state's stops in force that reach an issuer, an authority above it, or a whole state."""
    above = (*(path.authorities if path else ()), *((authority.id,) if authority else ()))
    for stop in bundle.stops_of(issuer.did if issuer else "", above, origin):
        if stop.by == by and at in stop.period and stop.scope.covers(subject):
            yield stop


def _of_stop(stop: Suspension) -> dict[str, str]:
    return {"state": stop.by, "reason": stop.reason, "date": stop.review_by}
