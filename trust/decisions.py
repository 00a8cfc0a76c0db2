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
        of: digest of the certificate, see `binds`.
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
    of: str
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
    """Return what binds a decision to a credential: the multihash (SHA-256) of the JCS form of its words, in multibase.

    The proofs are left out: a file, a printed code and an envelope of one certificate carry different ones.
    """
    return _digest({name: value for name, value in document.items() if name != "proof"})


def binds(digest: object, document: Mapping[str, Any]) -> bool:
    """Return whether a digest is of a credential's words, or of the whole secured credential as received."""
    return digest in (digest_multibase(document), _digest(document))


def _digest(document: Mapping[str, Any]) -> str:
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
    read = (read_decision(result, bundle) for result in results if result.verified)
    found = [one for one in read if one and one.authority.state == state and binds(one.of, document)]
    fitting = [decision for decision in found if decision.purpose in ("", purpose)]
    return max(fitting, key=lambda decision: (decision.decided, decision.id), default=None)


def read_decision(result: VerificationResult, bundle: Bundle) -> Decision | None:
    """Return the decision that a genuine credential holds, signed by an authority of the state for which it speaks, or None.

    Whether it was withdrawn or has ended is not asked here.
    """
    credential = result.unverified_credential if result.is_genuine else None
    told = credential.subjects[0].get("recognitionDecision") if credential else None
    if credential is None or not isinstance(told, dict) or told.get("outcome") not in OUTCOMES:
        return None
    claim, of = read_claim(credential), told.get("of")
    authority = next((one for one in signing_authorities(claim, result, bundle) if one.state == told.get("state")), None)
    if claim.kind != "decision" or authority is None or not isinstance(of, dict):
        return None
    return Decision(
        id=credential.id or "",
        of=str(of.get("digestMultibase")),
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
