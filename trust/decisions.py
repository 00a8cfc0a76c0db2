"""A state's decision on one person's certificate: a credential by an authority, bound to the certificate by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials import jcs
from credentials.encoding import b64url_encode
from credentials.verify import VerificationResult
from trust.bundle import Bundle
from trust.claims import Claim, read_claim
from trust.outcomes import Condition
from trust.records import Authority

OUTCOMES: Final = frozenset({"recognised", "partly", "refused"})
_SHA2_256: Final = b"\x12\x20"  # multihash: code and length


@dataclass(frozen=True, slots=True)
class Decision:
    """What an authority decided.

    Attributes:
        id: of the decision's credential.
        authority: who decided.
        decided: the day.
        until: the day on which it ends, or None.
        purpose: for what; empty for every purpose.
        outcome: one of `OUTCOMES`.
        local_titles: what the certificate counts as, by language.
        nqf: the local level, or empty.
        conditions: what is still to be shown, for `partly`.
        reason: in words, for `refused`.
        legal_basis: article.
        appeal: to whom and until when, in words; empty when there is none.
    """

    id: str
    authority: Authority
    decided: datetime
    until: datetime | None
    purpose: str
    outcome: str
    local_titles: Mapping[str, str]
    nqf: str
    conditions: tuple[Condition, ...]
    reason: str
    legal_basis: str
    appeal: str


def digest_multibase(document: Mapping[str, Any]) -> str:
    """Return what binds a decision to a secured credential: the multihash (SHA-256) of its JCS form, in multibase."""
    return "u" + b64url_encode(_SHA2_256 + hashlib.sha256(jcs.canonicalize(document)).digest())


def decision_on(
    document: Mapping[str, Any], results: Iterable[VerificationResult], state: str, purpose: str, bundle: Bundle
) -> Decision | None:
    """Return the newest decision of a state on a certificate that holds, or None.

    Args:
        document: the certificate, exactly as received.
        results: the verified rest of the dossier.
        state: code of the state that is asked.
        purpose: what it is asked for; a decision for another purpose does not count.
        bundle: names the authorities and their keys.
    """
    wanted = digest_multibase(document)
    found = [_read(result, wanted, state, bundle) for result in results if result.verified]
    fitting = [decision for decision in found if decision and decision.purpose in ("", purpose)]
    return max(fitting, key=lambda decision: (decision.decided, decision.id), default=None)


def _read(result: VerificationResult, wanted: str, state: str, bundle: Bundle) -> Decision | None:
    credential = result.require()
    claim, told = read_claim(credential), credential.subjects[0].get("recognitionDecision")
    if claim.kind != "decision" or not isinstance(told, dict):
        return None
    of = told.get("of")
    authority = next((one for one in signing_authorities(claim, result, bundle) if one.state == state), None)
    if authority is None or told.get("state") != state or not isinstance(of, dict) or of.get("digestMultibase") != wanted:
        return None
    if told.get("outcome") not in OUTCOMES:
        return None
    return Decision(
        id=credential.id or "",
        authority=authority,
        decided=claim.issued,
        until=credential.valid_until,
        purpose=str(told.get("purpose", "")),
        outcome=told["outcome"],
        local_titles=_texts(told.get("localTitle")),
        nqf=str(told.get("nqfLevel", "")),
        conditions=tuple(Condition(str(one.get("id")), _texts(one.get("text"))) for one in _objects(told.get("condition"))),
        reason=str(told.get("reason", "")),
        legal_basis=str(told.get("legalBasis", "")),
        appeal=str(told.get("appeal", "")),
    )


def signing_authorities(claim: Claim, result: VerificationResult, bundle: Bundle) -> tuple[Authority, ...]:
    """Return the authorities whose listed key signed, in use on that day and never stolen: several where several list one DID."""
    return tuple(entry for entry in bundle.authorities.values() if entry.did == claim.issuer and _signed(entry, claim, result))


def _signed(authority: Authority, claim: Claim, result: VerificationResult) -> bool:
    return any(
        authority.did + key.id == claim.method
        and result.keys.get(claim.method) == key.public_key
        and claim.issued in key.period
        and key.compromised_since is None
        for key in authority.keys
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: object) -> dict[str, str]:
    return {str(item.get("@language")): str(item.get("@value")) for item in _objects(value)}
