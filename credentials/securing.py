"""Securing mechanisms by media type: one record, secured in any of them; any of them, opened (VC Data Model 2.0 §4.12).

    application/vc           Data Integrity proofs in the document
    application/vc+jwt       JSON Web Token
    application/vc+sd-jwt    SD-JWT
    application/vc+cose      COSE_Sign1
    application/dc+sd-jwt    SD-JWT VC of the IETF
    application/mdoc         mobile document of ISO/IEC 18013-5; made by `credentials.mdoc`, whose elements are of its own type
    application/statuslist+… Token Status List, read only as what it is

The media type that came with the bytes decides; where none came, the bytes themselves are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from credentials import rdf
from credentials.data_integrity import PRODUCT_CRYPTOSUITES, add_proof_set, verify_proofs
from credentials.data_url import parse_data_url
from credentials.envelope import Envelope, JsonObject, KeyResolver
from credentials.errors import MalformedValueError, ProofGenerationError, TypeMismatchError
from credentials.jose import NOT_ALLOWED, encode_json, parse_jws, unverified_typ
from credentials.mdoc import MSO_MDOC, looks_like_mdoc, open_mdoc, parse_mdoc
from credentials.model import Credential, parse_credential
from credentials.parsing import parse_json
from credentials.sd_jwt_vc import DC_SD_JWT, OLD_TYP, claims_of_credential, issue_sd_jwt_vc, open_sd_jwt_vc, parse_sd_jwt_vc
from credentials.status.token import (
    STATUS_LIST_CWT,
    STATUS_LIST_JWT,
    open_status_list_cwt,
    open_status_list_jwt,
    parse_status_list,
    token_status_entries,
)
from credentials.vc_cose import VC_COSE, open_cose, secure_cose
from credentials.vc_jwt import VC_JWT, ascii_text, open_jwt, secure_jwt
from credentials.vc_sd_jwt import VC_SD_JWT, open_sd_jwt, secure_sd_jwt

if TYPE_CHECKING:
    from credentials.keys import PublicKey, Signer
    from credentials.sd_jwt import Entropy, Path

VC: Final = "application/vc"
ENVELOPED: Final = "EnvelopedVerifiableCredential"
_COSE_SIGN1: Final = b"\xd2"
_TOKEN: Final = re.compile(rb"\s*[A-Za-z0-9_-]+\.")
_HEAD: Final = 256  # bytes in which the protected header of a COSE_Sign1 names its type


@dataclass(frozen=True, slots=True)
class SecuringOptions:
    """What securing needs besides the record and the key; each mechanism takes what it knows.

    Attributes:
        created: when it is signed.
        entropy: for salts and decoys; needed where claims can be kept back.
        cryptosuites: for Data Integrity proofs.
        canonicalize: for Data Integrity proofs.
        selective: paths of what the holder may keep back.
        decoys: digests that stand for nothing.
        holder: the key that must sign when this is presented.
        vct: the type of an SD-JWT VC.
    """

    created: datetime
    entropy: Entropy | None = None
    cryptosuites: tuple[str, ...] = PRODUCT_CRYPTOSUITES
    canonicalize: rdf.Canonicalizer = rdf.canonicalize
    selective: tuple[Path, ...] = ()
    decoys: int = 0
    holder: PublicKey | None = None
    vct: str = ""

    def need_entropy(self) -> Entropy:
        """Return the source of entropy.

        Raises:
            ProofGenerationError: none was given.
        """
        if self.entropy is None:
            raise ProofGenerationError("what can be kept back needs salts")
        return self.entropy


Secure = Callable[[Mapping[str, Any], "Signer", SecuringOptions], bytes]


@dataclass(frozen=True, slots=True)
class SecuringMechanism:
    """How a record is secured and opened.

    Attributes:
        media_type: of the secured content.
        secure: makes it; None where no record is secured so.
        open: reads it; None where the document is the content itself.
        view: the typed view of what was opened.
        is_json_ld: whether the document is JSON-LD.
    """

    media_type: str
    secure: Secure | None
    open: Callable[[bytes], Envelope] | None
    view: Callable[[Envelope], Credential]
    is_json_ld: bool = True

    @property
    def is_status_list(self) -> bool:
        """Whether this is a list of statuses, and no credential of anybody."""
        return self.view is parse_status_list


def _secure_proofs(document: Mapping[str, Any], signer: Signer, options: SecuringOptions) -> bytes:
    secured = add_proof_set(
        document, signer, created=options.created, cryptosuites=options.cryptosuites, canonicalize=options.canonicalize
    )
    return encode_json(secured)


def _secure_sd_jwt(document: Mapping[str, Any], signer: Signer, options: SecuringOptions) -> bytes:
    return secure_sd_jwt(
        document,
        signer,
        entropy=options.need_entropy(),
        selective=options.selective,
        decoys=options.decoys,
        holder=options.holder,
    )


def _secure_sd_jwt_vc(document: Mapping[str, Any], signer: Signer, options: SecuringOptions) -> bytes:
    return issue_sd_jwt_vc(
        claims_of_credential(document, vct=options.vct, issued_at=options.created),
        signer,
        entropy=options.need_entropy(),
        selective=options.selective,
        decoys=options.decoys,
        holder=options.holder,
    )


def _credential(envelope: Envelope) -> Credential:
    credential = parse_credential(envelope.document)
    return replace(credential, status_entries=(*credential.status_entries, *token_status_entries(envelope.claims)))


SECURING_MECHANISMS: Final[Mapping[str, SecuringMechanism]] = MappingProxyType(
    {
        mechanism.media_type: mechanism
        for mechanism in (
            SecuringMechanism(VC, _secure_proofs, None, _credential),
            SecuringMechanism(VC_JWT, lambda document, signer, _: secure_jwt(document, signer), open_jwt, _credential),
            SecuringMechanism(VC_SD_JWT, _secure_sd_jwt, open_sd_jwt, _credential),
            SecuringMechanism(VC_COSE, lambda document, signer, _: secure_cose(document, signer), open_cose, _credential),
            SecuringMechanism(
                DC_SD_JWT,
                _secure_sd_jwt_vc,
                open_sd_jwt_vc,
                lambda envelope: parse_sd_jwt_vc(envelope.document),
                is_json_ld=False,
            ),
            SecuringMechanism(MSO_MDOC, None, open_mdoc, parse_mdoc, is_json_ld=False),
            SecuringMechanism(STATUS_LIST_JWT, None, open_status_list_jwt, parse_status_list, is_json_ld=False),
            SecuringMechanism(STATUS_LIST_CWT, None, open_status_list_cwt, parse_status_list, is_json_ld=False),
        )
    }
)


def secure(document: Mapping[str, Any], signer: Signer, media_type: str, options: SecuringOptions) -> bytes:
    """Return a record secured by the mechanism of a media type.

    Args:
        document: an unsecured credential of the W3C data model.
        signer: the issuer's.
        media_type: a key of `SECURING_MECHANISMS`.
        options: what the mechanism needs.

    Raises:
        ProofGenerationError: no record is secured so, or the key or the options are not for it.
        VCError: whatever the mechanism raises.
    """
    mechanism = SECURING_MECHANISMS.get(media_type)
    if mechanism is None or mechanism.secure is None:
        raise ProofGenerationError(f"no credential is secured as {media_type[:100]!r}")
    return mechanism.secure(document, signer, options)


@dataclass(frozen=True, slots=True)
class Opened:
    """Secured content, opened and not verified.

    Attributes:
        mechanism: what opened it.
        document: what it says; with its proofs where they stand in it.
        envelope: what surrounded the document, or None.
    """

    mechanism: SecuringMechanism
    document: JsonObject
    envelope: Envelope | None

    def view(self) -> Credential:
        """Return the typed view of the document.

        Raises:
            MalformedValueError, RangeError: it does not conform.
        """
        return parse_credential(self.document) if self.envelope is None else self.mechanism.view(self.envelope)


def open_secured(content: bytes | Mapping[str, Any], media_type: str = "", *, with_certificates: bool = False) -> Opened:
    """Return what secured content says, not verified.

    Args:
        content: bytes off the wire, or a document that was parsed strictly; an EnvelopedVerifiableCredential is opened too.
        media_type: what it was said to be; empty to look.
        with_certificates: whether a key may come with its certificates, for one who pins anchors; see `open_sd_jwt_vc`.

    Raises:
        TypeMismatchError: of a media type that we do not know.
        VCError: not what it is said to be.
    """
    if not isinstance(content, bytes):
        return _open_document(dict(content), with_certificates=with_certificates)
    mechanism = SECURING_MECHANISMS.get(media_type or media_type_of(content))
    if mechanism is None:
        raise TypeMismatchError("the content is secured in no way that we know")
    if mechanism.open is None:
        return _open_document(parse_json(content), with_certificates=with_certificates)
    brings = with_certificates and mechanism.media_type == DC_SD_JWT
    envelope = open_sd_jwt_vc(content, with_certificates=True) if brings else mechanism.open(content)
    return Opened(mechanism, envelope.document, envelope)


def _open_document(document: JsonObject, *, with_certificates: bool) -> Opened:
    if document.get("type") not in (ENVELOPED, [ENVELOPED]):
        return Opened(SECURING_MECHANISMS[VC], document, None)
    url = document.get("id")
    if "proof" in document:
        raise MalformedValueError("what is in an envelope has no proof beside it", pointer="/proof")
    if not isinstance(url, str):
        raise MalformedValueError("an enveloped credential is a data: URL", pointer="/id")
    media_type, content = parse_data_url(url)
    if media_type == VC or media_type not in SECURING_MECHANISMS:
        raise MalformedValueError("the envelope is of no media type that we know", pointer="/id")
    return open_secured(content, media_type, with_certificates=with_certificates)


def media_type_of(content: bytes) -> str:
    """Return what secured content seems to be; what is neither token nor CBOR is taken for JSON.

    Raises:
        ParsingError: a token with a header that cannot be read.
    """
    if looks_like_cbor(content):
        return STATUS_LIST_CWT if STATUS_LIST_CWT.encode() in content[:_HEAD] else VC_COSE
    if looks_like_mdoc(content):
        return MSO_MDOC
    if not looks_like_token(content):
        return VC
    text = ascii_text(content)
    typ = f"application/{unverified_typ(text)}"
    return DC_SD_JWT if typ == VC_SD_JWT and _has_vct(text) else typ


def looks_like_cbor(content: bytes) -> bool:
    """Return whether content begins as a COSE_Sign1 does."""
    return content[:1] == _COSE_SIGN1


def looks_like_token(content: bytes) -> bool:
    """Return whether content begins as a compact token does."""
    return _TOKEN.match(content) is not None


def _has_vct(compact: str) -> bool:
    """Return whether an SD-JWT with the old type is one of the IETF: those of the W3C have a context and no `vct`."""
    claims = parse_jws(compact.partition("~")[0], typ={OLD_TYP}, allow=NOT_ALLOWED).claims()
    return "vct" in claims and "@context" not in claims


def unsecure(content: bytes | Mapping[str, Any], resolve_key: KeyResolver, *, now: datetime, media_type: str = "") -> JsonObject:
    """Return the document, once its signature is shown to be that of the key it names.

    Whose key it is, dates, status and schema are judged by `credentials.verify`.

    Args:
        content: see `open_secured`.
        resolve_key: gives the key of a verification method for a purpose.
        now: for proofs that expire.
        media_type: see `open_secured`.

    Raises:
        ProofVerificationError: the signature does not fit.
        VCError: whatever opening it or `resolve_key` raises.
    """
    opened = open_secured(content, media_type)
    if opened.envelope is None:
        verify_proofs(opened.document, resolve_key, now=now)
    else:
        opened.envelope.verify(resolve_key)
    return opened.document
