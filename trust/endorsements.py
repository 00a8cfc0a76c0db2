"""Co-certification: which parties have certified one award, counted.

The state in which an award was made has certified it by the award itself. Another party certifies it by an endorsement (Open
Badges 3.0), signed by one of its authorities and bound to the award by its digest. How many are asked for is the agreement's word.
Being co-certified changes no state's answer: each state alone says what counts there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.verify import VerificationResult
from trust import checks
from trust.bundle import Bundle, Freshness
from trust.checks import Moments
from trust.claims import Claim, read_claim
from trust.decisions import binds, signing_authorities
from trust.outcomes import Step, StepOutcome
from trust.recognition import DEFAULT_POLICY, Dossier, Policy
from trust.records import Authority, IssuerRecord

_HOLDS: Final = (StepOutcome.PASSED, StepOutcome.NOTE)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A party's word on one award.

    Attributes:
        id: of the endorsement's credential.
        of: digest of the award, see `trust.decisions.binds`.
        authority: who gave it, for which state.
        given: the day.
    """

    id: str
    of: str
    authority: Authority
    given: datetime


@dataclass(frozen=True, slots=True)
class CoCertification:
    """How many parties have certified an award.

    Attributes:
        certified: codes of the parties that have, the award's own first.
        parties: codes of all parties on the day that is asked for.
        needed: how many the agreement asks for; None where it says nothing.
        basis: the article that says so.
        endorsements: those that were counted.
    """

    certified: tuple[str, ...]
    parties: tuple[str, ...]
    needed: int | None
    basis: str
    endorsements: tuple[Endorsement, ...]

    @property
    def is_reached(self) -> bool:
        """Whether as many parties have certified it as the agreement asks for."""
        return self.needed is not None and len(self.certified) >= self.needed

    @property
    def step(self) -> Step:
        """The count as a reason, for the catalogue of explanations."""
        params = {"n": str(len(self.certified)), "m": str(len(self.parties))}
        refs = tuple(endorsement.id for endorsement in self.endorsements)
        if self.needed is None:
            return Step("recognised", "CERTIFIED_BY", StepOutcome.NOTE, params, refs)
        code = "CO_CERTIFIED" if self.is_reached else "CO_CERTIFIED_NOT_YET"
        return Step("recognised", code, StepOutcome.NOTE, {**params, "needed": str(self.needed), "basis": self.basis}, refs)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "certified": list(self.certified),
            "parties": list(self.parties),
            "needed": self.needed,
            "isReached": self.is_reached,
            "legalBasis": self.basis,
            "endorsements": [
                {"id": one.id, "state": one.authority.state, "authority": one.authority.id, "given": one.given.isoformat()}
                for one in self.endorsements
            ],
            "reason": self.step.to_json(),
        }


def co_certification(
    dossier: Dossier, at: datetime, *, bundle: Bundle, now: datetime, policy: Policy = DEFAULT_POLICY
) -> CoCertification | None:
    """Return which parties have certified an award; None for one that does not hold, and where the lists are too old, or not whole.

    Args:
        dossier: the verified award, and what is shown beside it; anything but good endorsements of this award is passed over.
        at: for when it is asked: only who is a party then is counted.
        bundle: the lists.
        now: what has ended is counted from here.
        policy: how old the lists may be.
    """
    freshness = bundle.freshness(now, green_days=policy.green_days, amber_days=policy.amber_days)
    if not dossier.main.verified or freshness is Freshness.RED or bundle.elsewhere:
        return None
    document = dossier.main.require().document
    claim, moments, parties = read_claim(dossier.main.require()), Moments(at, now), _parties(at, bundle)
    home = _home(dossier, claim, bundle, moments)
    if home is None or home.state not in parties:
        return None
    given = _endorsements(document, dossier.supporting, bundle)
    counted = {state: one for state, one in given.items() if _may(state, home, claim, parties, bundle, moments)}
    terms = bundle.co_certification
    return CoCertification(
        certified=(home.state, *sorted(counted)),
        parties=parties,
        needed=None if terms is None else terms.threshold or len(parties),
        basis=terms.basis if terms else "",
        endorsements=tuple(counted[state] for state in sorted(counted)),
    )


def may_certify(main: VerificationResult, state: str, at: datetime, *, bundle: Bundle, now: datetime) -> bool:
    """Return whether a state's endorsement of an award would be counted."""
    if not main.verified:
        return False
    claim, moments, parties = read_claim(main.require()), Moments(at, now), _parties(at, bundle)
    home = _home(Dossier(main), claim, bundle, moments)
    return home is not None and home.state in parties and _may(state, home, claim, parties, bundle, moments)


def _parties(at: datetime, bundle: Bundle) -> tuple[str, ...]:
    return tuple(sorted(code for code, state in bundle.states.items() if at in state.member))


def _home(dossier: Dossier, claim: Claim, bundle: Bundle, moments: Moments) -> IssuerRecord | None:
    """Return the record of the issuer by which an award holds, or None."""
    return next((one for one in bundle.records_of(claim.issuer) if _holds(dossier, claim, one, bundle, moments)), None)


def _holds(dossier: Dossier, claim: Claim, issuer: IssuerRecord, bundle: Bundle, moments: Moments) -> bool:
    """Return whether an issuer was entitled to an award and signed it, with nothing stopped by its own state."""
    main = dossier.main
    steps = (
        checks.key_in_list(main, claim, issuer),
        *checks.in_time(issuer.state, "entitled", bundle),
        *checks.entitled(claim, issuer, bundle),
        *checks.issue_time(main, claim, issuer, dossier.anchor(main), bundle, moments),
        *checks.stops(claim, issuer, issuer.state, bundle, moments),
    )
    return all(step.outcome in _HOLDS for step in steps)


def _may(state: str, home: IssuerRecord, claim: Claim, parties: tuple[str, ...], bundle: Bundle, moments: Moments) -> bool:
    """Return whether a state's endorsement counts beside the award: another party, in time, which has not stopped this."""
    stopped = checks.stops(claim, home, state, bundle, moments)
    return state in parties and state != home.state and not stopped and state not in bundle.ran_out


def _endorsements(document: Mapping[str, Any], papers: Iterable[VerificationResult], bundle: Bundle) -> dict[str, Endorsement]:
    """Return the oldest good endorsement of each state."""
    found = dict[str, Endorsement]()
    read = (read_endorsement(paper, bundle) for paper in papers if paper.verified)
    bound = [one for one in read if one is not None and binds(one.of, document)]
    for one in sorted(bound, key=lambda one: (one.given, one.id)):
        found.setdefault(one.authority.state, one)
    return found


def read_endorsement(result: VerificationResult, bundle: Bundle) -> Endorsement | None:
    """Return the endorsement that a genuine credential holds, signed by the one authority that is whose key it is, or None.

    Whether it was withdrawn or has ended is not asked here.
    """
    credential = result.unverified_credential if result.is_genuine else None
    claim = read_claim(credential) if credential else None
    if credential is None or claim is None or claim.kind != "endorsement":
        return None
    authorities = signing_authorities(claim, result, bundle)
    if len(authorities) != 1:
        return None
    [authority] = authorities
    of, is_party = str(credential.subjects[0].get("digestMultibase")), claim.issued in bundle.states[authority.state].member
    return Endorsement(credential.id or "", of, authority, claim.issued) if is_party else None
