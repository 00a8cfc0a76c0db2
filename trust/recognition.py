"""What is a dossier worth in a state, on a day? A pure function with its reasons.

The steps, in the order of the reasons:

    0  how old the lists are                                     BUNDLE_*
    1  the form of the credential                                FORMAT_*
    2  the signature, and the key in the state's own list        SIGNATURE_*, KEY_*
    4  the accreditation on the day of issue, and its scope      ISSUER_*, ACC_*, SCOPE_*
    5  revocation, suspension, validity                          STATUS_*, REVOKED, SUSPENDED, EXPIRED, …
    6  what the home state and the asking state have stopped     SUSPENDED_HOME, SUSPENDED_HERE
    8  the asking state's rules                                  HOME, RULE_*, NO_RULE, CASE_BY_CASE
    9  the conditions, against the rest of the dossier           CONDITION_*

Steps 3 (proven time of issue) and 7 (decisions on one person) take their places when issuance logs and decisions exist. Silence is
not refusal: no rule is `undecided`, lists too old are `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from credentials.verify import VerificationResult
from trust import checks
from trust.bundle import Bundle, Freshness
from trust.checks import Claim
from trust.outcomes import (
    Condition,
    Granted,
    Kind,
    NotRecognised,
    Outcome,
    PartiallyRecognised,
    Recognised,
    Step,
    StepOutcome,
)
from trust.records import Rule


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a person shows now: the certificate asked about, and others that may meet conditions."""

    main: VerificationResult
    supporting: tuple[VerificationResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How old lists may be, in days."""

    green_days: int = 7
    amber_days: int = 45


DEFAULT_POLICY: Final = Policy()
_DECIDES: Final = (StepOutcome.FAILED, StepOutcome.UNKNOWN)


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


def recognize(
    dossier: Dossier, state: str, at: datetime, *, bundle: Bundle, now: datetime, policy: Policy = DEFAULT_POLICY
) -> Outcome:
    """Return what the dossier's main credential is worth in `state`.

    Args:
        dossier: verified credentials (whatever came of the verification).
        state: the asking state's code.
        at: for when recognition is asked.
        bundle: the signed lists.
        now: how old the lists are is counted from here.
        policy: how old they may be.

    Returns:
        An outcome whose chain is never empty; its last step explains it.
    """
    chain = _Chain()
    chain.add(_freshness(bundle, now, policy))
    if state not in bundle.states or at not in bundle.states[state].member:
        chain.add(Step("recognised", "STATE_UNKNOWN", StepOutcome.UNKNOWN, {"state": state}))
    chain.add(*checks.genuine(dossier.main, bundle))
    if not dossier.main.is_genuine or dossier.main.unverified_credential is None:
        return NotRecognised(chain.worst() or Kind.UNKNOWN, _explained_last(chain.steps), bundle.hash)
    claim = checks.read_claim(dossier.main.unverified_credential)
    chain.add(*checks.entitled(claim, bundle), *checks.current(dossier.main, claim, bundle, state, at))
    kind = chain.worst()
    if kind is not None:
        return NotRecognised(kind, _explained_last(chain.steps), bundle.hash)
    return _by_rule(dossier, claim, state, at, bundle, chain)


def _freshness(bundle: Bundle, now: datetime, policy: Policy) -> Step:
    freshness = bundle.freshness(now, green_days=policy.green_days, amber_days=policy.amber_days)
    params = {"date": bundle.published.date().isoformat(), "days": str(bundle.age(now).days)}
    outcome = StepOutcome.UNKNOWN if freshness is Freshness.RED else StepOutcome.NOTE
    return Step("recognised", f"BUNDLE_{freshness.name}", outcome, params)


def _explained_last(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with the one that decided put last: the outcome's explanation."""
    decisive = min((step for step in steps if step.outcome in _DECIDES), key=_weight)
    return (*(step for step in steps if step is not decisive), decisive)


def _weight(step: Step) -> int:
    """Return the place of a step among those that decide; a stop of the asking state tells less than what is unknown."""
    return 2 if step.code == "SUSPENDED_HERE" else _DECIDES.index(step.outcome)


def _by_rule(dossier: Dossier, claim: Claim, state: str, at: datetime, bundle: Bundle, chain: _Chain) -> Outcome:
    issuer = bundle.issuers[claim.issuer]
    if issuer.state == state:
        chain.add(Step("recognised", "HOME", StepOutcome.PASSED, {"state": state}))
        qualification = bundle.qualifications.get(claim.qualification)
        names, level = (qualification.names, qualification.nqf) if qualification else ({}, "")
        return Recognised(Granted("home", names, level, "", "", ""), tuple(chain.steps), bundle.hash)
    rule = best_rule(claim, issuer.state, state, at, bundle)
    if rule is None:
        chain.add(Step("recognised", "NO_RULE", StepOutcome.UNDECIDED, {"state": state, "origin": issuer.state}))
        return NotRecognised(Kind.UNDECIDED, tuple(chain.steps), bundle.hash)
    return _applied(rule, dossier, issuer.state, at, bundle, chain)


def best_rule(claim: Claim, origin: str, state: str, at: datetime, bundle: Bundle) -> Rule | None:
    """Return the most specific rule of `state` in force at `at`; the newest wins among equals."""
    subject = checks.subject_of(claim, bundle)
    fitting = [
        rule
        for rule in bundle.rules
        if rule.state == state
        and origin in rule.origins
        and rule.subject == claim.kind
        and at in rule.in_force
        and rule.scope.covers(subject)
    ]
    return max(fitting, key=lambda rule: (rule.scope.specificity, rule.in_force.start, rule.id), default=None)


def _applied(rule: Rule, dossier: Dossier, origin: str, at: datetime, bundle: Bundle, chain: _Chain) -> Outcome:
    refs, params = (rule.id,), {"state": rule.state, "origin": origin, "basis": rule.legal_basis}
    granted = Granted(rule.mode, rule.local_titles, rule.nqf, rule.id, rule.legal_basis, rule.authority)
    if rule.mode == "none":
        chain.add(Step("recognised", "RULE_REFUSES", StepOutcome.FAILED, params, refs))
        return NotRecognised(Kind.REFUSED, tuple(chain.steps), bundle.hash)
    if rule.mode == "caseByCase":
        chain.add(Step("recognised", "CASE_BY_CASE", StepOutcome.UNDECIDED, params, refs))
        return NotRecognised(Kind.UNDECIDED, tuple(chain.steps), bundle.hash)
    missing = unmet(rule.requires or {}, _proven(dossier, rule.state, at, bundle))
    if missing:
        chain.add(Step("recognised", "RULE_CONDITIONAL", StepOutcome.PARTLY, params, refs))
        return PartiallyRecognised(granted, missing, tuple(chain.steps), bundle.hash)
    chain.add(Step("recognised", "RULE_GRANTS", StepOutcome.PASSED, params, refs))
    return Recognised(granted, tuple(chain.steps), bundle.hash)


def unmet(requires: Mapping[str, Any], proven: frozenset[str]) -> tuple[Condition, ...]:
    """Return what is missing of a condition tree: `allOf`, `anyOf`, or one condition with id and texts.

    Of an `anyOf` whose branches are all unmet, everything that any branch asks is named.

    Args:
        requires: the tree.
        proven: ids of the qualifications that the same person has proven.
    """
    if not requires:
        return ()
    if "allOf" in requires:
        return tuple(missing for branch in requires["allOf"] for missing in unmet(branch, proven))
    if "anyOf" in requires:
        branches = [unmet(branch, proven) for branch in requires["anyOf"]]
        return () if not all(branches) else tuple(missing for branch in branches for missing in branch)
    if proven.intersection(requires.get("qualifications", ())):
        return ()
    return (Condition(requires["id"], requires["texts"]),)


def _proven(dossier: Dossier, state: str, at: datetime, bundle: Bundle) -> frozenset[str]:
    """Return the qualifications of the supporting credentials that are good in every respect and of the same person.

    Each goes through the steps that the main credential goes through. Two credentials are of the same person when both name the
    same subject; a paper without a subject leaves that to the eyes of whoever compares.
    """
    claims = (_claim_of_supporting(result, state, at, bundle) for result in dossier.supporting)
    main = dossier.main.unverified_credential
    holder = checks.read_claim(main).holder if main else ""
    return frozenset(claim.qualification for claim in claims if claim and holder and claim.holder == holder)


def _claim_of_supporting(result: VerificationResult, state: str, at: datetime, bundle: Bundle) -> Claim | None:
    if not result.verified or result.unverified_credential is None:
        return None
    claim = checks.read_claim(result.unverified_credential)
    steps = (
        *checks.genuine(result, bundle),
        *checks.entitled(claim, bundle),
        *checks.current(result, claim, bundle, state, at),
    )
    return claim if all(step.outcome is StepOutcome.PASSED for step in steps) else None
