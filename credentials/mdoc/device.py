"""The holder's part: a signature over one session (ISO 18013-5 §8.3.2.1.2.2, §9.1.3, §9.3.3; OpenID4VP 1.0 Appendix B.2.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from credentials import cbor
from credentials.cbor import Tagged
from credentials.cose import parse_part, sign_part
from credentials.errors import KeyBindingError, KeyBindingRequiredError, ParsingError, ProofVerificationError, TooLargeError
from credentials.mdoc.reading import MAX_BYTES, ElementPath, IssuerSigned, parse_issuer_signed
from credentials.mdoc.values import ENCODED, TAGS

if TYPE_CHECKING:
    from credentials.keys import Signer

_OK: Final = 0
Handover = list[Any]


def openid4vp_handover(client_id: str, nonce: str, response_uri: str, thumbprint: bytes | None) -> Handover:
    """Return the handover of a redirect flow (Appendix B.2.6.1).

    Args:
        client_id: with its prefix.
        nonce: of the request.
        response_uri: to which the answer goes.
        thumbprint: SHA-256 of the verifier's key (RFC 7638) that the answer is encrypted to; None where it is not.
    """
    return _handover("OpenID4VPHandover", [client_id, nonce, thumbprint, response_uri])


def dc_api_handover(origin: str, nonce: str, thumbprint: bytes | None) -> Handover:
    """Return the handover of the browser's Digital Credentials API (Appendix B.2.6.2).

    Args:
        origin: without a prefix.
        nonce: of the request.
        thumbprint: see `openid4vp_handover`.
    """
    return _handover("OpenID4VPDCAPIHandover", [origin, nonce, thumbprint])


def _handover(name: str, said: list[Any]) -> Handover:
    return [name, hashlib.sha256(cbor.encode(said)).digest()]


def session_transcript(handover: Handover) -> list[Any]:
    """Return the session that the holder signs: there are neither device engagement nor reader key (Appendix B.2.6)."""
    return [None, None, handover]


@dataclass(frozen=True, slots=True)
class DeviceResponse:
    """One mobile document as its holder presents it, not verified.

    Attributes:
        issuer_signed: what the issuer signed of it.
        device_signature: the deviceSignature, as it came; None where there is another thing or nothing.
        said: the elements that the device itself signed, encoded.
    """

    issuer_signed: IssuerSigned
    device_signature: object
    said: bytes

    def verify_device(self, transcript: list[Any]) -> None:
        """Raise unless the holder of the device's key signed it for this session (§9.3.3).

        Raises:
            KeyBindingRequiredError: there is no such signature.
            KeyBindingError: it was made for another session or by another key.
        """
        if self.device_signature is None:
            raise KeyBindingRequiredError("there is no deviceSignature: nothing shows that the holder presents this")
        payload = _device_authentication(transcript, self.issuer_signed.doctype, self.said)
        signature = parse_part(self.device_signature, payload)
        try:
            signature.verify(self.issuer_signed.device_key)
        except ProofVerificationError as error:
            raise KeyBindingError("the holder's signature is for another session, or of another key") from error


def present_mdoc(content: bytes, paths: Collection[ElementPath], transcript: list[Any], signer: Signer) -> bytes:
    """Return `DeviceResponse` that shows these elements of one mobile document.

    Args:
        content: `IssuerSigned`.
        paths: what is shown.
        transcript: the session.
        signer: with the device's key.
    """
    issuer_signed, said = parse_issuer_signed(content), cbor.encode({})
    payload = _device_authentication(transcript, issuer_signed.doctype, said)
    signature = sign_part(payload, signer, beside={}, detached=True)
    document = {
        "docType": issuer_signed.doctype,
        "issuerSigned": issuer_signed.structure(paths),
        "deviceSigned": {"nameSpaces": Tagged(ENCODED, said), "deviceAuth": {"deviceSignature": signature}},
    }
    return cbor.encode({"version": "1.0", "documents": [document], "status": _OK})


def _device_authentication(transcript: list[Any], doctype: str, said: bytes) -> bytes:
    """Return `DeviceAuthenticationBytes` (§9.1.3.4)."""
    inner = cbor.encode(["DeviceAuthentication", transcript, doctype, Tagged(ENCODED, said)])
    return cbor.encode(Tagged(ENCODED, inner))


def parse_device_response(content: bytes) -> DeviceResponse:
    """Return the one mobile document of a `DeviceResponse`, not verified.

    Raises:
        ParsingError, TooLargeError: not of this form, or another number of documents.
        KeyBindingError: the device says something of its own, which nobody authorized it to (§9.1.2.4 keyAuthorizations).
        VCError: whatever `parse_issuer_signed` raises.
    """
    if len(content) > MAX_BYTES:
        raise TooLargeError(f"the mobile document has more than {MAX_BYTES // 1024} KiB")
    response = cbor.decode(content, tags=TAGS)
    documents = response.get("documents") if isinstance(response, dict) else None
    if not isinstance(documents, list) or len(documents) != 1 or not isinstance(documents[0], dict):
        raise ParsingError("not a DeviceResponse with one document")
    if response.get("version") != "1.0" or response.get("status") != _OK:
        raise ParsingError("the DeviceResponse is of another version, or says that something went wrong")
    [document] = documents
    issuer_signed = parse_issuer_signed(document.get("issuerSigned"))
    if document.get("docType") != issuer_signed.doctype:
        raise ParsingError("docType is not the one that the issuer signed")
    said, signature = _device_signed(document.get("deviceSigned"))
    return DeviceResponse(issuer_signed, signature, said)


def _device_signed(value: object) -> tuple[bytes, object]:
    """Return (DeviceNameSpaces, deviceSignature)."""
    if value is None:
        return cbor.encode({}), None
    said = value.get("nameSpaces") if isinstance(value, dict) else None
    authentication = value.get("deviceAuth") if isinstance(value, dict) else None
    if not isinstance(said, Tagged) or said.number != ENCODED or not isinstance(said.value, bytes):
        raise ParsingError("deviceSigned has nameSpaces in a byte string with tag 24")
    if cbor.decode(said.value, tags=TAGS) != {}:
        raise KeyBindingError("the device adds elements of its own, which the issuer did not sign")
    return said.value, authentication.get("deviceSignature") if isinstance(authentication, dict) else None
