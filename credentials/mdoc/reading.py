"""`IssuerSigned` off the wire (ISO 18013-5 §8.3.2.1.2.2, §9.1.2, §9.3.1)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from credentials import cbor
from credentials.cbor import Tagged
from credentials.cose import X5CHAIN, CoseSign1, parse_part
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    IssuerKeyMismatchError,
    MalformedValueError,
    ParsingError,
    ProofVerificationError,
    TooLargeError,
)
from credentials.mdoc.values import ENCODED, TAGS, parse_cose_key, parse_tdate
from credentials.x509 import Chain, parse_x5chain

if TYPE_CHECKING:
    from credentials.keys import PublicKey

MAX_BYTES: Final = 1024 * 1024
MAX_ITEMS: Final = 1000
LEAST_SALT: Final = 16
_ALGORITHMS: Final = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_ITEM: Final = frozenset({"digestID", "random", "elementIdentifier", "elementValue"})
ElementPath = tuple[str, str]
"""(namespace, element identifier)"""


@dataclass(frozen=True, slots=True)
class Item:
    """An element with its salt: what is digested is `encoded`."""

    namespace: str
    digest_id: int
    identifier: str
    value: Any
    encoded: bytes


@dataclass(frozen=True, slots=True)
class IssuerSigned:
    """What an issuer signed of a mobile document, not verified.

    Attributes:
        doctype: its type.
        items: the elements that are shown.
        digests: namespace to digest by number.
        algorithm: of the digests, as hashlib names it.
        device_key: of the holder.
        signed: when the issuer signed.
        valid_from: from when it is valid.
        valid_until: until when it is valid.
        status: what names its place in a status list; empty where nothing does.
        signature: IssuerAuth.
        chain: the certificates beside the signature, or None.
        parts: IssuerAuth as it came.
    """

    doctype: str
    items: tuple[Item, ...]
    digests: Mapping[str, Mapping[int, bytes]]
    algorithm: str
    device_key: PublicKey
    signed: datetime
    valid_from: datetime
    valid_until: datetime
    status: Mapping[str, Any]
    signature: CoseSign1
    chain: Chain | None
    parts: list[Any]

    def namespaces(self) -> dict[str, dict[str, Any]]:
        """Return the elements that are shown, by namespace."""
        found: dict[str, dict[str, Any]] = {}
        for item in self.items:
            found.setdefault(item.namespace, {})[item.identifier] = item.value
        return found

    def verify(self, key: PublicKey) -> None:
        """Raise unless the key signed this, and every element that is shown is one that was signed (§9.3.1).

        Raises:
            ProofVerificationError: the signature does not fit, or an element is not as it was signed.
            IssuerKeyMismatchError: the certificate beside it is that of another key.
            CryptographicSecurityError: the header names another algorithm than the key's.
        """
        self.signature.verify(key)
        if self.chain is not None and self.chain.unverified_key != key:
            raise IssuerKeyMismatchError("the certificate is not that of the key that signed", pointer="/issuerAuth")
        for item in self.items:
            expected = self.digests.get(item.namespace, {}).get(item.digest_id, b"")
            if not hmac.compare_digest(hashlib.new(self.algorithm, item.encoded).digest(), expected):
                where = f"/nameSpaces/{item.namespace}/{item.identifier}"
                raise ProofVerificationError("the element is not the one that was signed", pointer=where)

    def only(self, paths: Collection[ElementPath]) -> bytes:
        """Return `IssuerSigned` with these elements alone."""
        return cbor.encode(self.structure(paths))

    def structure(self, paths: Collection[ElementPath]) -> dict[str, Any]:
        """Return the CBOR map of `only`."""
        shown: dict[str, list[Tagged]] = {}
        for item in self.items:
            if (item.namespace, item.identifier) in paths:
                encoded = cbor.decode(item.encoded, tags=(ENCODED,))
                shown.setdefault(item.namespace, []).append(encoded)
        return ({"nameSpaces": shown} if shown else {}) | {"issuerAuth": self.parts}


def parse_issuer_signed(content: object) -> IssuerSigned:
    """Return what an issuer signed, not verified.

    Args:
        content: CBOR, or the map that was read of it.

    Raises:
        ParsingError, TooLargeError, ComplexityLimitError: not of this form, or larger than we read.
        MalformedValueError: a member of another shape.
        CryptographicSecurityError, HeaderNotAllowedError: a header, a digest, a salt or a key that we refuse.
    """
    value = _decoded(content) if isinstance(content, bytes) else content
    if not isinstance(value, dict) or "issuerAuth" not in value:
        raise ParsingError("not a mobile document: a map with issuerAuth")
    signature = parse_part(value["issuerAuth"])
    security = _security_object(signature.payload)
    validity = _map(security, "validityInfo")
    doctype, algorithm = security.get("docType"), _ALGORITHMS.get(str(security.get("digestAlgorithm")))
    if security.get("version") != "1.0" or not isinstance(doctype, str) or not doctype:
        raise MalformedValueError("the security object is of version 1.0 and names a docType", pointer="/docType")
    if algorithm is None:
        raise CryptographicSecurityError("digestAlgorithm is none that we accept", pointer="/digestAlgorithm")
    status = security.get("status", {})
    if not isinstance(status, dict):
        raise MalformedValueError("status is no map", pointer="/status")
    return IssuerSigned(
        doctype,
        _items(value.get("nameSpaces", {})),
        _digests(security),
        algorithm,
        parse_cose_key(_map(security, "deviceKeyInfo").get("deviceKey")),
        parse_tdate(validity.get("signed"), "signed"),
        parse_tdate(validity.get("validFrom"), "validFrom"),
        parse_tdate(validity.get("validUntil"), "validUntil"),
        status,
        signature,
        parse_x5chain(signature.header[X5CHAIN]) if X5CHAIN in signature.header else None,
        value["issuerAuth"],
    )


def _decoded(content: bytes) -> Any:  # noqa: ANN401  # whatever stands there
    if len(content) > MAX_BYTES:
        raise TooLargeError(f"the mobile document has more than {MAX_BYTES // 1024} KiB")
    return cbor.decode(content, tags=TAGS)


def _security_object(payload: bytes) -> dict[str, Any]:
    """Return the map of `MobileSecurityObjectBytes` (§9.1.2.4)."""
    found = cbor.decode(payload, tag=ENCODED)
    security = cbor.decode(found, tags=TAGS) if isinstance(found, bytes) else None
    if not isinstance(security, dict):
        raise ParsingError("the issuer signed no security object")
    return security


def _map(holder: Mapping[str, Any], name: str) -> dict[Any, Any]:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise MalformedValueError(f"{name} is no map", pointer=f"/{name}")
    return value


def _digests(security: Mapping[str, Any]) -> dict[str, dict[int, bytes]]:
    found = _map(security, "valueDigests")
    for name, digests in found.items():
        if not isinstance(name, str) or not isinstance(digests, dict):
            raise MalformedValueError("valueDigests are maps by namespace", pointer="/valueDigests")
        if not all(isinstance(number, int) and isinstance(digest, bytes) for number, digest in digests.items()):
            raise MalformedValueError("digests are byte strings by number", pointer="/valueDigests")
    return found


def _items(value: object) -> tuple[Item, ...]:
    if not isinstance(value, dict):
        raise ParsingError("nameSpaces is no map")
    listed = [(name, item) for name, items in value.items() for item in (items if isinstance(items, list) else [None])]
    if len(listed) > MAX_ITEMS:
        raise ComplexityLimitError(f"there are more than {MAX_ITEMS} elements", pointer="/nameSpaces")
    found = tuple(_item(name, item) for name, item in listed)
    names = {(item.namespace, item.identifier) for item in found}
    if len(names) != len(found) or len({(item.namespace, item.digest_id) for item in found}) != len(found):
        raise ParsingError("an element stands twice, or two have one digest")
    return found


def _item(namespace: object, tagged: object) -> Item:
    if not isinstance(namespace, str) or not isinstance(tagged, Tagged) or tagged.number != ENCODED:
        raise ParsingError("an element is CBOR in a byte string with tag 24")
    fields = cbor.decode(tagged.value, tags=TAGS) if isinstance(tagged.value, bytes) else None
    if not isinstance(fields, dict) or fields.keys() != _ITEM:
        raise ParsingError("an element has digestID, random, elementIdentifier and elementValue")
    number, salt, name = fields["digestID"], fields["random"], fields["elementIdentifier"]
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(salt, bytes) or not isinstance(name, str):
        raise ParsingError("a member of an element is of another type")
    if len(salt) < LEAST_SALT:
        raise CryptographicSecurityError(f"a salt has fewer than {LEAST_SALT} bytes", pointer=f"/nameSpaces/{namespace}/{name}")
    return Item(namespace, number, name, fields["elementValue"], cbor.encode(tagged))
