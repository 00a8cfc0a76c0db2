"""The steps that ask about the credential and its issuer, one function for each question that is not the asking state's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.errors import ExpiredError, NotYetValidError, RevokedError, SuspendedError, VCError
from credentials.verify import Check, CheckOutcome, VerificationResult
from trust.accreditation import Path, Standing, lapse, paths
from trust.anchoring import Anchor, anchored_at, on_roll
from trust.bundle import Bundle
from trust.claims import NO_DAY, Claim
from trust.keys import ListedKey
from trust.outcomes import Step, StepOutcome
from trust.records import IssuerRecord, Suspension

_GENUINE: Final = {"data-model": "FORMAT", "proof": "SIGNATURE", "issuer-key": "SIGNATURE_KEY"}
_STATUS_CODES: Final[Mapping[type[VCError], str]] = {
    RevokedError: "REVOKED",
    SuspendedError: "SUSPENDED",
    ExpiredError: "EXPIRED",
    NotYetValidError: "NOT_YET_VALID",
}
STANDING_CODES: Final[Mapping[Standing, str]] = {
    Standing.ACTIVE: "ACC_ACTIVE",
    Standing.NOT_IN_FORCE: "ACC_NOT_IN_FORCE",
    Standing.OUTSIDE: "SCOPE_OUTSIDE",
    Standing.NO_MANDATE: "ACC_NO_MANDATE",
    Standing.TOO_LONG: "ACC_CHAIN_TOO_LONG",
    Standing.CIRCULAR: "ACC_CHAIN_CIRCULAR",
}


@dataclass(frozen=True, slots=True)
class Moments:
    """Two of the three times that are never merged; the third, the day of issue, stands in the claim.

    Attributes:
        at: for when recognition is asked.
        now: the present; what has ended by now is counted from here.
    """

    at: datetime
    now: datetime


def form_and_signature(result: VerificationResult) -> tuple[Step, ...]:
    """Return the first steps of the first question: what verification found."""
    return tuple(_of_check(result.check(name), "genuine", code) for name, code in _GENUINE.items())


def _of_check(check: Check, question: str, code: str) -> Step:
    if check.outcome is CheckOutcome.PASSED:
        return Step(question, f"{code}_GOOD", StepOutcome.PASSED)
    failed = check.outcome is CheckOutcome.FAILED
    return Step(question, f"{code}_{'BAD' if failed else 'UNKNOWN'}", StepOutcome.FAILED if failed else StepOutcome.UNKNOWN)


def listed_key(result: VerificationResult, claim: Claim, issuer: IssuerRecord) -> ListedKey | None:
    """Return the key in the home state's list that signed, or None when it is not there."""
    named = next((key for key in issuer.keys if issuer.did + key.id == claim.method), None)
    return named if named is not None and result.keys.get(claim.method) == named.public_key else None


def key_in_list(result: VerificationResult, claim: Claim, issuer: IssuerRecord) -> Step:
    """Return whether the key that signed was the issuer's on the day of issue."""
    key, params = listed_key(result, claim, issuer), {"issuer": issuer.did}
    if key is None:
        return Step("genuine", "KEY_NOT_LISTED", StepOutcome.UNKNOWN, params, (claim.method,))
    if claim.issued != NO_DAY and claim.issued not in key.period:
        return Step("genuine", "KEY_NOT_IN_USE", StepOutcome.FAILED, params, (claim.method,))
    return Step("genuine", "KEY_LISTED", StepOutcome.PASSED, params, (claim.method,))


def in_time(state: str, question: str, bundle: Bundle) -> tuple[Step, ...]:
    """Return the step that says that a state was late to sign its lists anew; none where it was not."""
    ended = bundle.ran_out.get(state)
    params = {"state": state, "date": ended.date().isoformat()} if ended else {}
    return (Step(question, "LISTS_RAN_OUT", StepOutcome.UNKNOWN, params),) if ended else ()


def entitled(claim: Claim, issuer: IssuerRecord, bundle: Bundle) -> tuple[Step, ...]:
    """Return the steps of the third question: was the issuer accredited for this on that day?"""
    if claim.issued == NO_DAY:
        return (Step("entitled", "ISSUE_DAY_MISSING", StepOutcome.UNKNOWN),)
    if claim.issued not in bundle.states[issuer.state].member:
        return (Step("entitled", "STATE_NOT_PARTY", StepOutcome.FAILED, {"state": issuer.state}),)
    path = best_path(claim, issuer, bundle)
    params = {"issuer": issuer.did, "date": claim.issued.date().isoformat(), "qualification": claim.qualification}
    if path is None:
        return (Step("entitled", "ACC_NONE", StepOutcome.FAILED, params),)
    outcome = StepOutcome.PASSED if path.standing is Standing.ACTIVE else StepOutcome.FAILED
    params["authority"] = path.accreditation.by
    refs = (path.accreditation.id, *path.authorities)
    steps = [Step("entitled", STANDING_CODES[path.standing], outcome, params, refs)]
    if path.clipped:
        steps.append(Step("entitled", "SCOPE_CLIPPED", StepOutcome.NOTE, params, refs))
    return tuple(steps)


def best_path(claim: Claim, issuer: IssuerRecord, bundle: Bundle) -> Path | None:
    """Return the accreditation of an issuer that carries furthest for what is claimed, or None when it has none of this kind."""
    found = paths(issuer, claim.actions, claim.subject(bundle), claim.issued, bundle.authorities)
    return next(iter(found), None)


def issue_time(
    result: VerificationResult, claim: Claim, issuer: IssuerRecord, anchor: Anchor | None, bundle: Bundle, moments: Moments
) -> tuple[Step, ...]:
    """Return whether the claimed day of issue can be believed: nothing has ended since, or a log or a closing roll proves it."""
    key, path, credential = listed_key(result, claim, issuer), best_path(claim, issuer, bundle), result.unverified_credential
    if key is None or path is None or path.standing is not Standing.ACTIVE or credential is None:
        return ()
    ends = _ends(claim, issuer, key, path, bundle, moments)
    if not ends:
        return (Step("entitled", "ISSUE_TIME_TRUSTED", StepOutcome.PASSED),)
    code, end = min(ends.items(), key=lambda item: item[1])
    params = {"issuer": issuer.did, "authority": path.accreditation.by, "date": end.date().isoformat()}
    proven = anchored_at(credential.document, anchor, issuer.state, bundle.log_heads) if anchor else None
    if proven is not None and proven < end:
        return (Step("entitled", "ISSUE_TIME_ANCHORED", StepOutcome.PASSED, {**params, "proven": proven.date().isoformat()}),)
    if on_roll(credential.document, issuer.did, issuer.state, bundle.closing_rolls):
        return (Step("entitled", "ISSUE_TIME_ON_ROLL", StepOutcome.PASSED, {**params, "state": issuer.state}),)
    return (Step("entitled", code, StepOutcome.UNKNOWN, params),)


def _ends(
    claim: Claim, issuer: IssuerRecord, key: ListedKey, path: Path, bundle: Bundle, moments: Moments
) -> Mapping[str, datetime]:
    """Return what has ended by now, and when: after it, the claimed day of issue is nobody's word but the issuer's."""
    ends: dict[str, datetime] = {}
    if key.compromised_since is not None:
        ends["KEY_COMPROMISED"] = key.compromised_since
    lapsed = lapse(path, claim.subject(bundle), claim.issued, bundle.authorities)
    left = bundle.states[issuer.state].member.end
    stopped = [stop.period.start for stop in _home_stops(claim, issuer, path, bundle) if moments.now in stop.period]
    gone = [end for end in (lapsed, left, *stopped) if end is not None and end <= moments.now]
    if gone:
        ends["ISSUE_TIME_UNPROVEN"] = min(gone)
    return ends


def current(result: VerificationResult) -> tuple[Step, ...]:
    """Return the steps of the second question."""
    steps = [_status_step(result.check(name), code) for name, code in (("validity-period", "VALIDITY"), ("status", "STATUS"))]
    schema = result.check("schema")
    if schema.outcome is not CheckOutcome.PASSED:
        steps.append(_of_check(schema, "genuine", "SCHEMA"))
    return tuple(steps)


def _status_step(check: Check, code: str) -> Step:
    named = _STATUS_CODES.get(type(check.problem)) if check.problem else None
    return Step("current", named, StepOutcome.FAILED) if named else _of_check(check, "current", code)


def stops(claim: Claim, issuer: IssuerRecord, state: str, bundle: Bundle, moments: Moments) -> tuple[Step, ...]:
    """Return what the home state has stopped, which binds everybody, and what the asking state has stopped for itself."""
    path = best_path(claim, issuer, bundle)
    home = _home_stops(claim, issuer, path, bundle)
    here = [stop for stop in _reaching(claim, issuer, path, bundle) if stop.by == state != issuer.state]
    return tuple(_stop_steps(home, "SUSPENDED_HOME", claim, moments)) + tuple(_stop_steps(here, "SUSPENDED_HERE", claim, moments))


def _home_stops(claim: Claim, issuer: IssuerRecord, path: Path | None, bundle: Bundle) -> list[Suspension]:
    return [stop for stop in _reaching(claim, issuer, path, bundle) if stop.by == issuer.state and not stop.origin]


def _reaching(claim: Claim, issuer: IssuerRecord, path: Path | None, bundle: Bundle) -> Iterator[Suspension]:
    above, subject = path.authorities if path else (), claim.subject(bundle)
    for stop in bundle.stops_of(issuer.did, above, issuer.state):
        if stop.scope.covers(subject):
            yield stop


def _stop_steps(listed: list[Suspension], code: str, claim: Claim, moments: Moments) -> Iterator[Step]:
    """Yield a step for each stop that reaches the claim: issued while it lasted, or it lasts and reaches back."""
    for stop in listed:
        stopped_when_issued = code == "SUSPENDED_HOME" and claim.issued in stop.period
        stopped_now = moments.at in stop.period and (stop.affects_issued_before or claim.issued >= stop.period.start)
        if stopped_when_issued or stopped_now:
            params = {"state": stop.by, "reason": stop.reason, "date": stop.review_by}
            yield Step("recognised", code, StepOutcome.FAILED, params, (stop.id,))
