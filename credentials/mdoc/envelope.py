"""A mobile document as the envelope of a credential, for the checks that every credential goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.encoding import b64url_decode
from credentials.envelope import Envelope
from credentials.errors import MalformedValueError, ParsingError
from credentials.mdoc.reading import IssuerSigned, parse_issuer_signed
from credentials.mdoc.values import to_json
from credentials.model import Credential
from credentials.status.token import token_status_entries
from credentials.x509 import Chain

MSO_MDOC: Final = "application/mdoc"
"""No media type is registered for `IssuerSigned`; this one is used in this house alone."""
_MAP: Final = range(0xA0, 0xC0)
_TEXTS: Final = (b"omppc3N1ZXJBdXRo", b"ompuYW1lU3BhY2Vz", b"oWppc3N1ZXJBdXRo")
"""How `IssuerSigned` begins in base64url: a map of two or one whose first key is issuerAuth or nameSpaces."""


@dataclass(frozen=True, slots=True)
class MdocEnvelope(Envelope):
    """The envelope of a mobile document; it has no audience of its own, because its holder signs apart."""

    issuer_signed: IssuerSigned

    def check_certificate(self, chain: Chain) -> None:
        """Raise unless the certificate is for mobile documents, and was in force when its key signed (ISO 18013-5 §9.3.1).

        Raises:
            InvalidVerificationMethodError: it is not, or was not.
        """
        chain.check_signs_mdocs()
        chain.check_in_force(self.issuer_signed.signed)

    def check_issuer_key(self) -> None:
        """Nothing more is to be compared: whoever the certificate, or the DID that owns the key, names is the issuer."""


def looks_like_mdoc(content: bytes) -> bool:
    """Return whether content begins as `IssuerSigned` does, in CBOR or in base64url."""
    return content[:1] in (b"\xa1", b"\xa2") or content.startswith(_TEXTS)


def open_mdoc(content: bytes) -> MdocEnvelope:
    """Return what a mobile document says, not verified.

    Args:
        content: `IssuerSigned` in CBOR, or that in base64url as the credential response has it (OpenID4VCI 1.0 Appendix A.2.4).

    Raises:
        ParsingError, TooLargeError, ComplexityLimitError, MalformedValueError: not of this form.
        CryptographicSecurityError, HeaderNotAllowedError: a header, a digest, a salt or a key that is refused.
    """
    return envelope_of(parse_issuer_signed(content if content[:1] and content[0] in _MAP else _of_text(content)))


def _of_text(content: bytes) -> bytes:
    try:
        return b64url_decode(content.strip().decode("ascii"))
    except (UnicodeDecodeError, MalformedValueError) as error:
        raise ParsingError("not a mobile document, nor one in base64url") from error


def envelope_of(issuer_signed: IssuerSigned, *, by_certificate: bool = False) -> MdocEnvelope:
    """Return what an issuer signed as the envelope of a credential.

    Args:
        issuer_signed: off the wire.
        by_certificate: whether its certificate names the issuer even where a DID does.

    Raises:
        ParsingError: nothing names the key.
    """
    kid, chain = issuer_signed.signature.kid, issuer_signed.chain
    is_named = kid is not None and kid.startswith("did:") and "#" in kid and not (by_certificate and chain)
    if chain is None and not is_named:
        raise ParsingError("neither a certificate nor a DID names the issuer's key")
    issuer = kid.partition("#")[0] if kid is not None and is_named else chain.name if chain else None
    document = _document(issuer_signed)
    naming, claims = None if is_named else chain, {"cnf": {"jwk": issuer_signed.device_key.jwk()}}
    return MdocEnvelope(MSO_MDOC, document, claims, issuer_signed, kid if is_named else None, issuer, issuer_signed, chain=naming)


def _document(issuer_signed: IssuerSigned) -> dict[str, Any]:
    validity = {"signed": issuer_signed.signed, "validFrom": issuer_signed.valid_from, "validUntil": issuer_signed.valid_until}
    said: dict[str, Any] = {
        "docType": issuer_signed.doctype,
        "nameSpaces": to_json(issuer_signed.namespaces()),
        "validityInfo": {name: moment.isoformat() for name, moment in validity.items()},
        "deviceKey": issuer_signed.device_key.jwk(),
    }
    return said | ({"status": to_json(issuer_signed.status)} if issuer_signed.status else {})


def parse_mdoc(envelope: Envelope) -> Credential:
    """Return the view of a mobile document: its docType is its type, the elements of all namespaces are about its subject.

    Raises:
        MalformedValueError: no issuer, two namespaces that say one thing twice, or a status of another shape.
    """
    document = envelope.document
    subject: dict[str, Any] = {}
    for name, elements in document["nameSpaces"].items():
        if subject.keys() & elements.keys():
            raise MalformedValueError("two namespaces have an element of one name", pointer=f"/nameSpaces/{name}")
        subject |= elements
    if envelope.issuer is None:
        raise MalformedValueError("nothing names the issuer")
    identifier, validity = subject.get("jti"), document["validityInfo"]
    return Credential(
        document=document,
        id=identifier if isinstance(identifier, str) else None,
        issuer=envelope.issuer,
        issuer_name=None,
        types=(document["docType"],),
        valid_from=datetime.fromisoformat(validity["validFrom"]),
        valid_until=datetime.fromisoformat(validity["validUntil"]),
        subjects=(subject,),
        status_entries=token_status_entries(document),
        schemas=(),
    )
