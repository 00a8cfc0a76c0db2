"""Issuing: every element in a salted item, its digest under the issuer's signature (ISO 18013-5 §9.1.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from credentials import cbor
from credentials.cbor import Tagged
from credentials.cose import KID, X5CHAIN, sign_part
from credentials.errors import MalformedValueError, RangeError
from credentials.mdoc.values import ENCODED, cose_key, tdate
from credentials.x509 import x5chain_of

if TYPE_CHECKING:
    from credentials.keys import PublicKey, Signer
    from credentials.sd_jwt import Entropy

SALT_BYTES: Final = 32
"""The standard asks for 16 at least (§9.1.2.5)."""


@dataclass(frozen=True, slots=True)
class Validity:
    """When a mobile document was signed, from when and until when it is valid (`ValidityInfo`, §9.1.2.4)."""

    signed: datetime
    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if not self.signed <= self.starts < self.ends:
            raise RangeError(
                "a mobile document is valid from when it is signed or later, and ends after that", pointer="/validityInfo"
            )


def issue_mdoc(
    doctype: str,
    namespaces: Mapping[str, Mapping[str, Any]],
    signer: Signer,
    *,
    entropy: Entropy,
    holder: PublicKey,
    validity: Validity,
    x5c: Sequence[str] = (),
    status: Mapping[str, Any] | None = None,
) -> bytes:
    """Return `IssuerSigned` with all its elements.

    Args:
        doctype: the type.
        namespaces: name to elements by identifier, of the types that `cbor.encode` takes.
        signer: named by its DID URL in `kid`, beside the certificates.
        entropy: for the salts, which also give the order of the digests.
        holder: the device's key.
        validity: from when until when.
        x5c: the certificates of the signer's key, without the anchor (§9.1.2.4); where empty, the DID alone names the key.
        status: for example `{"status_list": {"idx", "uri"}}` (Token Status List §6.3).

    Raises:
        MalformedValueError: no element, or a value that has no encoding here.
        ProofGenerationError: the key does not sign with COSE.
    """
    if not namespaces or not all(namespaces.values()):
        raise MalformedValueError("a mobile document has elements in each of its namespaces", pointer="/nameSpaces")
    items = {name: _items(elements, entropy) for name, elements in namespaces.items()}
    digests = {name: dict(enumerate(map(_digest, listed))) for name, listed in items.items()}
    security = {
        "version": "1.0",
        "digestAlgorithm": "SHA-256",
        "valueDigests": digests,
        "deviceKeyInfo": {"deviceKey": cose_key(holder)},
        "docType": doctype,
        "validityInfo": {
            "signed": tdate(validity.signed),
            "validFrom": tdate(validity.starts),
            "validUntil": tdate(validity.ends),
        },
    }
    if status is not None:
        security["status"] = dict(status)
    payload = cbor.encode(Tagged(ENCODED, cbor.encode(security)))
    beside: dict[int, object] = {KID: signer.verification_method.encode()}
    if x5c:
        beside[X5CHAIN] = x5chain_of(x5c)
    return cbor.encode({"nameSpaces": items, "issuerAuth": sign_part(payload, signer, beside=beside)})


def _items(elements: Mapping[str, Any], entropy: Entropy) -> list[Tagged]:
    """Return the items in an order that says nothing: that of their salts."""
    salted = sorted((entropy(SALT_BYTES), name) for name in elements)
    return [
        Tagged(
            ENCODED,
            cbor.encode({"digestID": place, "random": salt, "elementIdentifier": name, "elementValue": elements[name]}),
        )
        for place, (salt, name) in enumerate(salted)
    ]


def _digest(item: Tagged) -> bytes:
    return hashlib.sha256(cbor.encode(item)).digest()
