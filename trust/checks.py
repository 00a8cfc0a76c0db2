"""The steps that ask about the credential and its issuer, one function for each of the first three questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from credentials.data_integrity import proofs_of
from credentials.errors import ExpiredError, NotYetValidError, RevokedError, SuspendedError, VCError
from credentials.keys import parse_multikey
from credentials.model import Credential
from credentials.verify import Check, CheckOutcome, VerificationResult
from trust.bundle import Bundle
from trust.outcomes import Step, StepOutcome
from trust.records import Accreditation, IssuerRecord
from trust.scope import Subject

NO_DAY: Final = datetime.min.replace(tzinfo=UTC)
"""Stands for a day of issue that the credential does not name: it lies in no period."""
ACTIONS: Final[Mapping[str, str]] = {"training": "issue", "work": "attest"}
_GENUINE: Final = {"data-model": "FORMAT", "proof": "SIGNATURE", "issuer-key": "SIGNATURE_KEY"}
_STATUS_CODES: Final[Mapping[type[VCError], str]] = {
    RevokedError: "REVOKED",
    SuspendedError: "SUSPENDED",
    ExpiredError: "EXPIRED",
    NotYetValidError: "NOT_YET_VALID",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a credential says that recognition depends on; nothing about the person.

    Attributes:
        kind: `training` or `work`.
        issuer: DID.
        issued: the claimed day of issue; `NO_DAY` where there is none.
        qualification: qualification id; empty for work.
        field: ISCED-F code as claimed.
        holder: the subject's identifier; empty where there is none.
        method: verification method of the first proof.
    """

    kind: str
    issuer: str
    issued: datetime
    qualification: str
    field: str
    holder: str
    method: str


def read_claim(credential: Credential) -> Claim:
    """Return what recognition needs of a credential whose proof is good."""
    subject = credential.subjects[0]
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    codes = {str(entry.get("targetType")): str(entry.get("targetCode")) for entry in _objects(achievement.get("alignment"))}
    return Claim(
        kind="work" if "WorkExperienceCredential" in credential.types else "training",
        issuer=credential.issuer,
        issued=credential.valid_from or NO_DAY,
        qualification=str(achievement.get("id", "")),
        field=codes.get("ext:ISCEDF", ""),
        holder=str(subject.get("id", "")),
        method=str(proofs_of(credential.document)[0].get("verificationMethod")),
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def subject_of(claim: Claim, bundle: Bundle) -> Subject:
    """Return the qualification as its state defines it; where no state does, the claimed field counts and no level does."""
    known = bundle.qualifications.get(claim.qualification)
    if known is None:
        return Subject(claim.qualification, claim.field, "")
    return Subject(known.id, known.field, known.nqf)


def genuine(result: VerificationResult, bundle: Bundle) -> tuple[Step, ...]:
    """Return the steps of the first question: form, signature, key, and the key in the home state's list."""
    steps = tuple(_of_check(result.check(name), "genuine", code) for name, code in _GENUINE.items())
    if not result.is_genuine or result.unverified_credential is None:
        return steps
    return (*steps, *_key_steps(result, read_claim(result.unverified_credential), bundle))


def _of_check(check: Check, question: str, code: str) -> Step:
    if check.outcome is CheckOutcome.PASSED:
        return Step(question, f"{code}_GOOD", StepOutcome.PASSED)
    failed = check.outcome is CheckOutcome.FAILED
    return Step(question, f"{code}_{'BAD' if failed else 'UNKNOWN'}", StepOutcome.FAILED if failed else StepOutcome.UNKNOWN)


def _key_steps(result: VerificationResult, claim: Claim, bundle: Bundle) -> Iterator[Step]:
    issuer = bundle.issuers.get(claim.issuer)
    if issuer is None:
        return
    used = result.keys.get(claim.method)
    key = next((key for key in issuer.keys if issuer.did + key.id == claim.method), None)
    if key is None or used != parse_multikey(key.public_key_multibase):
        yield Step("genuine", "KEY_NOT_LISTED", StepOutcome.UNKNOWN, {"issuer": issuer.did}, (claim.method,))
    elif key.compromised_since is not None:
        yield Step("genuine", "KEY_COMPROMISED", StepOutcome.UNKNOWN, {"issuer": issuer.did}, (claim.method,))
    elif claim.issued != NO_DAY and claim.issued not in key.period:
        yield Step("genuine", "KEY_NOT_IN_USE", StepOutcome.FAILED, {"issuer": issuer.did}, (claim.method,))
    else:
        yield Step("genuine", "KEY_LISTED", StepOutcome.PASSED, {"issuer": issuer.did}, (claim.method,))


def entitled(claim: Claim, bundle: Bundle) -> tuple[Step, ...]:
    """Return the step of the third question: was the issuer accredited for this on that day?"""
    issuer = bundle.issuers.get(claim.issuer)
    if issuer is None:
        return (Step("entitled", "ISSUER_UNKNOWN", StepOutcome.UNKNOWN, {"issuer": claim.issuer}),)
    if claim.issued == NO_DAY:
        return (Step("entitled", "ISSUE_DAY_MISSING", StepOutcome.UNKNOWN),)
    home = bundle.states[issuer.state]
    if claim.issued not in home.member:
        return (Step("entitled", "STATE_NOT_PARTY", StepOutcome.FAILED, {"state": issuer.state}),)
    return (_best_accreditation(issuer, claim, bundle),)


def _best_accreditation(issuer: IssuerRecord, claim: Claim, bundle: Bundle) -> Step:
    action, subject = ACTIONS[claim.kind], subject_of(claim, bundle)
    listed = sorted(issuer.accreditations, key=lambda entry: entry.id)
    for_action = [entry for entry in listed if entry.action == action and entry.by in bundle.authorities]
    in_scope = [entry for entry in for_action if entry.scope.covers(subject)]
    in_force = [entry for entry in in_scope if any(claim.issued in period for period in entry.periods)]
    params = {"issuer": issuer.did, "date": claim.issued.date().isoformat(), "qualification": claim.qualification}
    if in_force:
        return _accreditation_step("ACC_ACTIVE", StepOutcome.PASSED, in_force[0], params)
    if in_scope:
        return _accreditation_step("ACC_NOT_IN_FORCE", StepOutcome.FAILED, in_scope[0], params)
    if for_action:
        return _accreditation_step("SCOPE_OUTSIDE", StepOutcome.FAILED, for_action[0], params)
    return Step("entitled", "ACC_NONE", StepOutcome.FAILED, params)


def _accreditation_step(code: str, outcome: StepOutcome, entry: Accreditation, params: Mapping[str, str]) -> Step:
    return Step("entitled", code, outcome, {**params, "authority": entry.by}, (entry.id,))


def current(result: VerificationResult, claim: Claim, bundle: Bundle, state: str, at: datetime) -> tuple[Step, ...]:
    """Return the steps of the second question, and what the home state or the asking state has stopped."""
    steps = [_status_step(result.check(name), code) for name, code in (("validity-period", "VALIDITY"), ("status", "STATUS"))]
    schema = result.check("schema")
    if schema.outcome is not CheckOutcome.PASSED:
        steps.append(_of_check(schema, "genuine", "SCHEMA"))
    return (*steps, *_suspensions(claim, bundle, state, at))


def _status_step(check: Check, code: str) -> Step:
    named = _STATUS_CODES.get(type(check.problem)) if check.problem else None
    return Step("current", named, StepOutcome.FAILED) if named else _of_check(check, "current", code)


def _suspensions(claim: Claim, bundle: Bundle, state: str, at: datetime) -> Iterator[Step]:
    issuer = bundle.issuers.get(claim.issuer)
    if issuer is None:
        return
    for stop in bundle.suspensions:
        reaches = stop.issuer == issuer.did or (stop.origin == issuer.state and stop.by == state)
        stopped_when_issued = stop.by == issuer.state and claim.issued in stop.period
        stopped_now = at in stop.period and (stop.affects_issued_before or claim.issued >= stop.period.start)
        if reaches and (stopped_when_issued or stopped_now) and stop.by in (issuer.state, state):
            code = "SUSPENDED_HOME" if stop.by == issuer.state else "SUSPENDED_HERE"
            yield Step("recognised", code, StepOutcome.FAILED, {"state": stop.by, "reason": stop.reason}, (stop.id,))
