"""did:key: the identifier is the key (did:key method, W3C CCG)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from credentials.keys import parse_multikey

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.fetching import Fetcher

SIGNING_RELATIONSHIPS: Final = ("authentication", "assertionMethod", "capabilityDelegation", "capabilityInvocation")
"""What a key that is an identifier may sign for (CID 1.0 §2.3)."""


def resolve(did: str, _fetcher: Fetcher, _now: datetime | None = None) -> dict[str, Any]:
    """Return the document that a did:key stands for.

    Raises:
        MalformedValueError, InvalidVerificationMethodError, CryptographicSecurityError: no key that we know.
    """
    multikey = did.removeprefix("did:key:")
    key = parse_multikey(multikey)
    method = f"{did}#{multikey}"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}],
        **{relationship: [method] for relationship in SIGNING_RELATIONSHIPS},
    }
