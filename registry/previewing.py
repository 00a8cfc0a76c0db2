"""What a draft would change, shown before anybody signs: example dossiers asked with the lists as they are and as they would be.

An example is a real certificate by a centre that the lists accredit for it, signed with a key that is made for this preview and
that only the previewed lists name. `recognize` answers as it would answer an employer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, Final

import schemas
from credentials.data_integrity import add_proof_set
from credentials.fetching import NoNetwork
from credentials.keys import InMemorySigner, generate_private_key
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from trust.accreditation import Standing
from trust.bundle import Bundle
from trust.checks import best_path
from trust.claims import DEFAULT_ROUTE, Claim
from trust.keys import ListedKey
from trust.outcomes import Outcome
from trust.periods import Period
from trust.recognition import Dossier, Policy, recognize
from trust.records import IssuerRecord, Names, Qualification
from trust.rules import Rule

_PERSON: Final = "did:example:somebody"
_AWARDED_BEFORE: Final = timedelta(days=30)
_EXAMPLES: Final = 12
_MONTHS: Final = 12
Main = tuple[Names, dict[str, Any]]
"""What an example is called, and its certificate."""
_CONTEXTS: Final = {"OpenBadgeCredential": schemas.OPEN_BADGES_CONTEXT, "WorkExperienceCredential": schemas.COMITY_CONTEXT}


@dataclass(frozen=True, slots=True)
class Example:
    """One dossier and both answers.

    Attributes:
        names: of the qualification, or of the employer who attests work.
        shows_all: whether what the rule asks for lies beside it, as far as somebody is accredited to say it.
        before: the answer by the lists as they are.
        after: the answer by the lists as they would be.
    """

    names: Names
    shows_all: bool
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a draft reaches.

    Attributes:
        issuers: DID to the names of those whose record changes, or whom a stop names.
        credentials: how many certificates of theirs this deployment knows.
        states: codes of the states that recognise something of theirs by a rule.
    """

    issuers: Mapping[str, Mapping[str, str]]
    credentials: int
    states: tuple[str, ...]


def affected(before: Bundle, after: Bundle, issued: Callable[[str], int]) -> Affected:
    """Return whom the difference between two states of the lists reaches.

    Args:
        before: as they are.
        after: as they would be.
        issued: DID to how many certificates of that issuer this deployment knows.
    """
    new = set(after.suspensions) - set(before.suspensions)
    stopped = {stop.issuer for stop in new} | {
        did for did, entry in after.issuers.items() for stop in new if _is_under(entry, stop.authority, stop.origin)
    }
    changed = {did for did in before.issuers.keys() | after.issuers.keys() if before.issuers.get(did) != after.issuers.get(did)}
    found = {did: after.issuers[did] for did in sorted(stopped | changed) if did in after.issuers}
    homes = {entry.state for entry in found.values()}
    states = sorted({rule.state for rule in after.rules if homes & set(rule.origins)})
    return Affected({did: entry.names for did, entry in found.items()}, sum(map(issued, found)), tuple(states))


def _is_under(issuer: IssuerRecord, authority: str, origin: str) -> bool:
    return issuer.state == origin or authority in {entry.by for entry in issuer.accreditations}


def examples(rule: Rule, before: Bundle, after: Bundle, now: datetime) -> tuple[Example, ...]:
    """Return what example dossiers are worth before and after a rule; at most twelve."""
    mains = _attested(rule, after, now) if rule.subject == "work" else _awarded(rule, after, now)
    found = (one for names, main in mains for one in _asked(rule, names, main, (before, after), now))
    return tuple(islice(found, _EXAMPLES))


def _awarded(rule: Rule, bundle: Bundle, now: datetime) -> Iterator[Main]:
    """Yield a certificate of each qualification that a rule covers, by the first centre that may award it."""
    for qualification in bundle.qualifications.values():
        for issuer in bundle.issuers.values():
            claim = _claim(issuer, qualification, now)
            if issuer.state in rule.origins and rule.scope.covers(claim.subject(bundle)) and _may_say(claim, issuer, bundle):
                yield qualification.names, _training(issuer, qualification, now)
                break


def _attested(rule: Rule, bundle: Bundle, now: datetime) -> Iterator[Main]:
    """Yield an attestation of a year's work by each employer whose word a rule covers."""
    for issuer in bundle.issuers.values():
        codes = [code for entry in issuer.accreditations for code in entry.scope.occupations or ()]
        for code in codes if issuer.state in rule.origins else ():
            claim = _work_claim(issuer, code, now)
            if rule.scope.covers(claim.subject(bundle)) and _may_say(claim, issuer, bundle):
                yield issuer.names, _work(issuer, code, _MONTHS, now)
                break


def _work_claim(issuer: IssuerRecord, isco: str, now: datetime) -> Claim:
    day = now - _AWARDED_BEFORE
    return Claim("work", issuer.did, day, day, "", "", isco, DEFAULT_ROUTE, _PERSON, "")


def _claim(issuer: IssuerRecord, qualification: Qualification, now: datetime) -> Claim:
    day = now - _AWARDED_BEFORE
    route = DEFAULT_ROUTE
    return Claim("training", issuer.did, day, day, qualification.id, qualification.field, qualification.isco, route, "", "")


def _may_say(claim: Claim, issuer: IssuerRecord, bundle: Bundle) -> bool:
    path = best_path(claim, issuer, bundle)
    return path is not None and path.standing is Standing.ACTIVE


def _asked(rule: Rule, names: Names, main: dict[str, Any], lists: tuple[Bundle, Bundle], now: datetime) -> Iterator[Example]:
    beside = [document for leaf in _leaves(rule.requires or {}) for document in _shown(leaf, lists[1], now)]
    for documents in ([main], [main, *beside]) if beside else ([main],):
        answers = [_answer(documents, rule, bundle, now) for bundle in lists]
        yield Example(names, len(documents) > 1, *answers)


def _answer(documents: list[dict[str, Any]], rule: Rule, bundle: Bundle, now: datetime) -> Outcome:
    signer = generate_private_key()
    keyed = _with_preview_key(bundle, {document["issuer"] for document in documents}, signer)
    main, *beside = (_verified(document, signer, now) for document in documents)
    policy = Policy(purpose=rule.purpose)
    at = max(now, rule.in_force.start)  # what begins later is asked about as of its first day
    return recognize(Dossier(main, tuple(beside)), rule.state, at, bundle=keyed, now=now, policy=policy)


def _with_preview_key(bundle: Bundle, dids: set[str], private_key: bytes) -> Bundle:
    public = InMemorySigner("", private_key).public_key
    key = ListedKey("#preview", public, Period(datetime.min.replace(tzinfo=bundle.published.tzinfo), None), None)
    issuers = {did: replace(entry, keys=(key,)) if did in dids else entry for did, entry in bundle.issuers.items()}
    return replace(bundle, issuers=issuers)


def _verified(document: Mapping[str, Any], private_key: bytes, now: datetime) -> VerificationResult:
    signer = InMemorySigner(f"{document['issuer']}#preview", private_key)
    secured = add_proof_set(document, signer, cryptosuites=["eddsa-jcs-2022"], created=now - _AWARDED_BEFORE)
    known = {signer.verification_method: signer.public_key}
    return verify_credential(secured, VerificationOptions(now=now, fetcher=NoNetwork(), known_keys=known))


def _leaves(requires: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    branches = requires.get("allOf", requires.get("anyOf"))
    if branches is None:
        yield from [requires] if requires else []
        return
    for branch in branches:
        yield from _leaves(branch)


def _shown(leaf: Mapping[str, Any], bundle: Bundle, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield what meets a condition, said by somebody who is accredited to say it; nothing where nobody is."""
    for name in leaf.get("qualifications", []):
        qualification = bundle.qualifications.get(name)
        for issuer in bundle.issuers.values() if qualification else ():
            if qualification and _may_say(_claim(issuer, qualification, now), issuer, bundle):
                yield _training(issuer, qualification, now)
                return
    if "workExperience" in leaf:
        isco = leaf["workExperience"]["isco"]
        for issuer in bundle.issuers.values():
            if _may_say(_work_claim(issuer, isco, now), issuer, bundle):
                yield _work(issuer, isco, int(leaf["workExperience"]["months"]), now)
                return


def _training(issuer: IssuerRecord, qualification: Qualification, now: datetime) -> dict[str, Any]:
    achievement = {"type": ["Achievement"], "id": qualification.id}
    return _document(issuer, "OpenBadgeCredential", {"type": ["AchievementSubject"], "achievement": achievement}, now)


def _work(issuer: IssuerRecord, isco: str, months: int, now: datetime) -> dict[str, Any]:
    end = (now - _AWARDED_BEFORE).date()
    experience = {
        "type": ["EmployeeRole"],
        "startDate": (end - timedelta(days=31 * (months + 1))).isoformat(),
        "endDate": end.isoformat(),
        "attestationBasis": "payroll",
        "alignment": [{"type": ["ClassificationEntry"], "targetType": "ext:ISCO08", "targetCode": isco}],
    }
    return _document(issuer, "WorkExperienceCredential", {"type": ["Worker"], "workExperience": experience}, now)


def _document(issuer: IssuerRecord, kind: str, subject: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    day = datetime.combine((now - _AWARDED_BEFORE).date(), time())
    return {
        "@context": [
            schemas.CREDENTIALS_V2,
            schemas.OPEN_BADGES_CONTEXT if kind == "OpenBadgeCredential" else schemas.COMITY_CONTEXT,
        ],
        "type": ["VerifiableCredential", kind],
        "issuer": issuer.did,
        "validFrom": f"{day.isoformat()}Z",
        "credentialSubject": {"id": _PERSON, **subject},
    }
