"""What is a dossier worth in a state, on a day? A pure function with its reasons.

The steps, in the order of the reasons:

    0  how old the lists are                                          BUNDLE_*
    1  the form of the credential                                     FORMAT_*
    2  the signature, and the key in the state's own list             SIGNATURE_*, KEY_*
    3  whether the day of issue can be believed                       ISSUE_TIME_*
    4  the accreditation on the day of issue, link by link, its scope ISSUER_*, ACC_*, SCOPE_*
       (or: what would say so stands in lists that are not kept)      NOT_KEPT
       (or: the state was late to sign its lists anew)                LISTS_RAN_OUT
    5  revocation, suspension, validity                               STATUS_*, REVOKED, SUSPENDED, EXPIRED, …
    6  what the home state and the asking state have stopped          SUSPENDED_HOME, SUSPENDED_HERE
    7  a decision of the asking state on this certificate             DECISION_*
    8  the asking state's rules                                       HOME, JOINT, RULE_*, NO_RULE, CASE_BY_CASE
    9  the conditions, against the rest of the dossier                CONDITION_*

Silence is not refusal: no rule is `undecided`, lists too old are `unknown`. Three times are kept apart: the day of issue, the day
for which recognition is asked (`at`), and the present (`now`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from credentials.verify import CheckOutcome, VerificationResult
from trust import checks
from trust.anchoring import Anchor
from trust.bundle import Bundle, Freshness
from trust.checks import Moments
from trust.claims import Claim, read_claim
from trust.conditions import Shown, unmet
from trust.decisions import Decision, decision_on
from trust.evidence import level_of, read_attestation
from trust.outcomes import (
    Granted,
    Kind,
    NotRecognised,
    Outcome,
    PartiallyRecognised,
    Recognised,
    Step,
    StepOutcome,
)
from trust.records import IssuerRecord
from trust.rules import Rule


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a person shows now.

    Attributes:
        main: the certificate asked about.
        supporting: others that may meet conditions, and decisions.
        anchors: credential id to its place in an issuance log, for those that have one.
        compared: whether whoever asks has compared the papers and says that they are of one person.
    """

    main: VerificationResult
    supporting: tuple[VerificationResult, ...] = ()
    anchors: Mapping[str, Anchor] = field(default_factory=lambda: MappingProxyType({}))
    compared: bool = False

    def anchor(self, result: VerificationResult) -> Anchor | None:
        """Return the anchor of one of the credentials."""
        credential = result.unverified_credential
        return self.anchors.get(credential.id or "") if credential else None


@dataclass(frozen=True, slots=True)
class Policy:
    """How old lists may be, in days, and what recognition is asked for (empty: for anything)."""

    green_days: int = 7
    amber_days: int = 45
    purpose: str = ""


DEFAULT_POLICY: Final = Policy()
NOT_KEPT: Final = "NOT_KEPT"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""A clock that stands further before the lists were published was set back: how old they are, and what has ended, is not known."""
_OF_AUTHORITIES: Final = frozenset({"RecognitionDecisionCredential", "EndorsementCredential"})
_DECIDES: Final = (StepOutcome.FAILED, StepOutcome.UNKNOWN)
_KIND_RANK: Final = {Kind.INVALID: 0, Kind.UNKNOWN: 1, Kind.REFUSED: 2, Kind.UNDECIDED: 3}


@dataclass(slots=True)
class _Chain:
    steps: list[Step] = field(default_factory=list)

    def add(self, *steps: Step) -> None:
        self.steps.extend(steps)

    def worst(self) -> Kind | None:
        """Return why the steps so far do not let anything be recognised, or None."""
        failed = {step.code for step in self.steps if step.outcome is StepOutcome.FAILED}
        if failed - {"SUSPENDED_HERE"}:
            return Kind.INVALID
        if any(step.outcome is StepOutcome.UNKNOWN for step in self.steps):
            return Kind.UNKNOWN
        return Kind.REFUSED if failed else None


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, the same for every step."""

    dossier: Dossier
    state: str
    moments: Moments
    bundle: Bundle
    policy: Policy


def recognize(
    dossier: Dossier, state: str, at: datetime, *, bundle: Bundle, now: datetime, policy: Policy = DEFAULT_POLICY
) -> Outcome:
    """Return what the dossier's main credential is worth in `state`.

    Args:
        dossier: verified credentials (whatever came of the verification).
        state: the asking state's code.
        at: for when recognition is asked.
        bundle: the signed lists.
        now: how old the lists are, and what has ended, is counted from here.
        policy: how old the lists may be, and the purpose.

    Returns:
        An outcome whose chain is never empty; its last step explains it.
    """
    asked = _Question(dossier, state, Moments(at, now), bundle, policy)
    first = _before_the_issuer(asked)
    main = dossier.main
    if not main.is_genuine or main.unverified_credential is None:
        return _closed(_Chain([*_not_kept(main, bundle), *first]), bundle)
    claim = read_claim(main.unverified_credential)
    if state in bundle.elsewhere or _not_kept(main, bundle):
        return _closed(_Chain([*_not_kept(main, bundle), *first, *checks.current(main)]), bundle)
    known = bundle.records_of(claim.issuer)
    if not known:
        stranger = Step("entitled", "ISSUER_UNKNOWN", StepOutcome.UNKNOWN, {"issuer": claim.issuer})
        return _closed(_Chain([*first, stranger, *checks.current(main)]), bundle)
    return max((_of_issuer(asked, claim, issuer, first) for issuer in known), key=_rank)


def _rank(outcome: Outcome) -> int:
    if isinstance(outcome, NotRecognised):
        return _KIND_RANK[outcome.kind]
    return 5 if isinstance(outcome, Recognised) else 4


def _before_the_issuer(asked: _Question) -> list[Step]:
    steps = [_freshness(asked)]
    known = asked.bundle.states.get(asked.state)
    if asked.state in asked.bundle.elsewhere:
        steps.append(Step("recognised", NOT_KEPT, StepOutcome.UNKNOWN))
    elif known is None or asked.moments.at not in known.member:
        steps.append(Step("recognised", "STATE_UNKNOWN", StepOutcome.UNKNOWN, {"state": asked.state}))
    steps += checks.in_time(asked.state, "recognised", asked.bundle)
    return [*steps, *checks.form_and_signature(asked.dossier.main)]


def _not_kept(result: VerificationResult, bundle: Bundle) -> list[Step]:
    """Return the step that says that the lists kept here do not hold what a credential is judged by; none where they do.

    With the lists of some states alone, an issuer that they do not name may stand in the others; so may a qualification.
    """
    credential = result.unverified_credential
    if not bundle.elsewhere or credential is None:
        return []
    known = bundle.records_of(credential.issuer)
    if known and not (result.is_genuine and bundle.is_elsewhere(read_claim(credential).qualification)):
        return []
    return [Step("entitled", NOT_KEPT, StepOutcome.UNKNOWN)]


def _freshness(asked: _Question) -> Step:
    bundle, policy = asked.bundle, asked.policy
    if bundle.published - asked.moments.now > CLOCKS_DIFFER:
        told = {"date": asked.moments.now.date().isoformat(), "lists": bundle.published.date().isoformat()}
        return Step("recognised", "BUNDLE_CLOCK", StepOutcome.UNKNOWN, told)
    freshness = bundle.freshness(asked.moments.now, green_days=policy.green_days, amber_days=policy.amber_days)
    params = {"date": bundle.published.date().isoformat(), "days": str(bundle.age(asked.moments.now).days)}
    outcome = StepOutcome.UNKNOWN if freshness is Freshness.RED else StepOutcome.NOTE
    return Step("recognised", f"BUNDLE_{freshness.name}", outcome, params)


def _of_issuer(asked: _Question, claim: Claim, issuer: IssuerRecord, first: list[Step]) -> Outcome:
    chain = _Chain([*first, *_about(asked, asked.dossier.main, claim, issuer)])
    if chain.worst() is not None:
        return _closed(chain, asked.bundle)
    main = asked.dossier.main.require()
    if claim.kind == "work":
        chain.add(_evidence(asked, claim, issuer))
    decision = decision_on(main.document, asked.dossier.supporting, asked.state, asked.policy.purpose, asked.bundle)
    return _decided(decision, chain, asked) if decision else _by_rule(asked, claim, issuer, chain)


def _about(asked: _Question, result: VerificationResult, claim: Claim, issuer: IssuerRecord) -> tuple[Step, ...]:
    """Return steps 2 to 6 for one credential and one state's record of its issuer."""
    anchor = asked.dossier.anchor(result)
    return (
        checks.key_in_list(result, claim, issuer),
        *checks.in_time(issuer.state, "entitled", asked.bundle),
        *checks.entitled(claim, issuer, asked.bundle),
        *checks.issue_time(result, claim, issuer, anchor, asked.bundle, asked.moments),
        *checks.current(result),
        *checks.stops(claim, issuer, asked.state, asked.bundle, asked.moments),
    )


def _evidence(asked: _Question, claim: Claim, issuer: IssuerRecord) -> Step:
    """Return how well the experience is evidenced by everything shown of it."""
    main = read_attestation(asked.dossier.main.require(), issuer.kind)
    others = [one.attestation for one in _shown(asked, claim) if one.attestation]
    told = [one for one in others if main and one.experience == main.experience] + ([main] if main else [])
    return Step("recognised", f"EVIDENCE_{level_of(told).name}", StepOutcome.NOTE)


def _closed(chain: _Chain, bundle: Bundle) -> NotRecognised:
    """Return the outcome of a chain that does not let anything be recognised; the step that decided is put last."""
    decisive = min((step for step in chain.steps if step.outcome in _DECIDES), key=_weight)
    steps = (*(step for step in chain.steps if step is not decisive), decisive)
    return NotRecognised(chain.worst() or Kind.UNKNOWN, steps, bundle.hash)


def _weight(step: Step) -> int:
    """Return the place of a step among those that decide; a stop of the asking state tells less than what is unknown."""
    return 2 if step.code == "SUSPENDED_HERE" else _DECIDES.index(step.outcome)


def _decided(decision: Decision, chain: _Chain, asked: _Question) -> Outcome:
    bundle, authority = asked.bundle, decision.authority
    params = {
        "state": authority.state,
        "authority": authority.id,
        "date": decision.decided.date().isoformat(),
        "basis": decision.legal_basis,
        "reason": decision.reason,
        "appeal": decision.appeal,
    }
    granted = Granted(
        "decision", decision.local_titles, decision.nqf, decision.id, decision.legal_basis, authority.id, decision.until
    )
    if decision.outcome == "refused":
        chain.add(Step("recognised", "DECISION_REFUSES", StepOutcome.FAILED, params, (decision.id,)))
        return NotRecognised(Kind.REFUSED, tuple(chain.steps), bundle.hash)
    if decision.outcome == "partly":
        chain.add(Step("recognised", "DECISION_CONDITIONAL", StepOutcome.PARTLY, params, (decision.id,)))
        return PartiallyRecognised(granted, decision.conditions, tuple(chain.steps), bundle.hash)
    chain.add(Step("recognised", "DECISION_GRANTS", StepOutcome.PASSED, params, (decision.id,)))
    return Recognised(granted, tuple(chain.steps), bundle.hash)


def _by_rule(asked: _Question, claim: Claim, issuer: IssuerRecord, chain: _Chain) -> Outcome:
    bundle, state = asked.bundle, asked.state
    qualification = bundle.qualifications.get(claim.qualification)
    is_joint = qualification is not None and state in qualification.states
    if issuer.state == state or is_joint:
        code = "HOME" if issuer.state == state else "JOINT"
        chain.add(Step("recognised", code, StepOutcome.PASSED, {"state": state, "origin": issuer.state}))
        names, level = (qualification.names, qualification.nqf) if qualification else ({}, "")
        return Recognised(Granted(code.lower(), names, level, "", "", ""), tuple(chain.steps), bundle.hash)
    rule = best_rule(claim, issuer.state, state, asked.moments.at, bundle, asked.policy.purpose)
    if rule is None:
        chain.add(Step("recognised", "NO_RULE", StepOutcome.UNDECIDED, {"state": state, "origin": issuer.state}))
        return NotRecognised(Kind.UNDECIDED, tuple(chain.steps), bundle.hash)
    return _applied(rule, asked, claim, issuer.state, chain)


def best_rule(claim: Claim, origin: str, state: str, at: datetime, bundle: Bundle, purpose: str = "") -> Rule | None:
    """Return the most specific rule of `state` in force at `at`; the newest wins among equals."""
    subject = claim.subject(bundle)
    fitting = [
        rule
        for rule in bundle.rules_of(state)
        if origin in rule.origins
        and rule.subject == claim.kind
        and rule.purpose in ("", purpose)
        and at in rule.in_force
        and (rule.cohort is None or claim.awarded in rule.cohort)
        and rule.scope.covers(subject)
    ]
    return max(fitting, key=lambda rule: (bool(rule.purpose), rule.scope.specificity, rule.in_force.start, rule.id), default=None)


def _applied(rule: Rule, asked: _Question, claim: Claim, origin: str, chain: _Chain) -> Outcome:
    bundle = asked.bundle
    refs, params = (rule.id,), {"state": rule.state, "origin": origin, "basis": rule.legal_basis}
    until = claim.issued + rule.lasts if rule.lasts else None
    granted = Granted(rule.mode, rule.local_titles, rule.nqf, rule.id, rule.legal_basis, rule.authority, until)
    if rule.mode == "none":
        chain.add(Step("recognised", "RULE_REFUSES", StepOutcome.FAILED, params, refs))
        return NotRecognised(Kind.REFUSED, tuple(chain.steps), bundle.hash)
    if rule.mode == "caseByCase":
        chain.add(Step("recognised", "CASE_BY_CASE", StepOutcome.UNDECIDED, params, refs))
        return NotRecognised(Kind.UNDECIDED, tuple(chain.steps), bundle.hash)
    missing = unmet(rule.requires or {}, _shown(asked, claim), asked.moments.at)
    if missing and any(_could_count(result, bundle) for result in asked.dossier.supporting):
        chain.add(Step("recognised", NOT_KEPT, StepOutcome.UNKNOWN, {}, refs))
        return NotRecognised(Kind.UNKNOWN, tuple(chain.steps), bundle.hash)
    if missing:
        chain.add(Step("recognised", "RULE_CONDITIONAL", StepOutcome.PARTLY, params, refs))
        return PartiallyRecognised(granted, missing, tuple(chain.steps), bundle.hash)
    chain.add(Step("recognised", "RULE_GRANTS", StepOutcome.PASSED, params, refs))
    return Recognised(granted, tuple(chain.steps), bundle.hash)


def _could_count(result: VerificationResult, bundle: Bundle) -> bool:
    """Return whether a supporting credential might meet a condition, if the lists that are not kept here were."""
    credential = result.unverified_credential
    if credential is None or any(check.outcome is CheckOutcome.FAILED for check in result.checks):
        return False
    return not _OF_AUTHORITIES & set(credential.types) and bool(_not_kept(result, bundle))


def _shown(asked: _Question, main: Claim) -> tuple[Shown, ...]:
    """Return the supporting credentials that are good in every respect and of the same person.

    Each goes through the steps that the main credential goes through. Two credentials are of the same person when both name the
    same subject; a paper without a subject leaves that to the eyes of whoever compares, and counts only when they have.
    """
    found = (_shown_one(asked, result) for result in asked.dossier.supporting)
    return tuple(one for one in found if one and _is_same_person(one.claim.holder, main.holder, asked.dossier))


def _is_same_person(one: str, other: str, dossier: Dossier) -> bool:
    return one == other if one and other else dossier.compared


def _shown_one(asked: _Question, result: VerificationResult) -> Shown | None:
    if not result.verified:
        return None
    credential = result.require()
    claim = read_claim(credential)
    for issuer in asked.bundle.records_of(claim.issuer):
        steps = (*checks.form_and_signature(result), *_about(asked, result, claim, issuer))
        if claim.actions and all(step.outcome in (StepOutcome.PASSED, StepOutcome.NOTE) for step in steps):
            return Shown(claim, credential, read_attestation(credential, issuer.kind) if claim.kind == "work" else None)
    return None
