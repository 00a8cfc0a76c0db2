"""SD-JWT VC: credentials of the IETF, whose type is a `vct` and whose claims are plain JSON (draft-ietf-oauth-sd-jwt-vc).

The draft still moves; everything that depends on it stands here and in `credentials.type_metadata`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from credentials.envelope import REGISTERED_CLAIMS, numeric_date
from credentials.errors import ClaimNotSelectiveError, HeaderNotAllowedError, MalformedValueError
from credentials.model import Credential, parse_credential
from credentials.sd_jwt import issue_sd_jwt, parse_sd_jwt
from credentials.status.token import token_status_entries
from credentials.vc_jwt import ascii_text
from credentials.vc_sd_jwt import SdJwtEnvelope
from credentials.x509 import parse_x5c

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.keys import PublicKey, Signer
    from credentials.sd_jwt import Entropy, Path

DC_SD_JWT: Final = "application/dc+sd-jwt"
TYP: Final = "dc+sd-jwt"
OLD_TYP: Final = "vc+sd-jwt"
"""Written by drafts before -07; read, never written."""
NOT_SELECTIVE: Final = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"})
"""Claims that every verifier must see (§2.2.2.3)."""


def issue_sd_jwt_vc(
    claims: Mapping[str, Any],
    signer: Signer,
    *,
    entropy: Entropy,
    selective: Collection[Path] = (),
    decoys: int = 0,
    holder: PublicKey | None = None,
    x5c: Sequence[str] = (),
) -> bytes:
    """Return an SD-JWT VC with all its disclosures.

    Args:
        claims: with `vct`, and `iss` that owns the signer's key.
        signer: named by its full URL in `kid`.
        entropy: for salts and decoys.
        selective: paths of what the holder may keep back.
        decoys: digests that stand for nothing, beside each group of real ones.
        holder: the key that must sign when this is presented.
        x5c: the certificates of the signer's key, without the anchor (HAIP 1.0 §6.1.1); where empty, the DID alone names the key.

    Raises:
        ClaimNotSelectiveError: a path leads to what every verifier must see.
        MalformedValueError: no `vct`, or a path leads nowhere.
    """
    _vct(claims)
    hidden = NOT_SELECTIVE & {path[0] for path in selective if path}
    if hidden:
        raise ClaimNotSelectiveError(f"every verifier must see {min(hidden)}")
    header = {"kid": signer.verification_method} | ({"x5c": list(x5c)} if x5c else {})
    text = issue_sd_jwt(claims, signer, typ=TYP, entropy=entropy, selective=selective, decoys=decoys, header=header, holder=holder)
    return text.encode()


def open_sd_jwt_vc(content: bytes, *, with_certificates: bool = False, by_certificate: bool = False) -> SdJwtEnvelope:
    """Return what an SD-JWT VC says, with what is disclosed in its place, not verified.

    Args:
        content: with all, some or no disclosures.
        with_certificates: whether the certificates in the header (`x5c`) may name the key; only for one who pins anchors. Where a
            `kid` names it as a DID URL, they are passed over.
        by_certificate: whether they name the issuer's key even where a DID URL does.

    Raises:
        ParsingError, TooLargeError, ComplexityLimitError: not of this form.
        TypeMismatchError, HeaderNotAllowedError, CryptographicSecurityError: a header or a disclosure that is refused.
        ClaimNotSelectiveError: a claim that every verifier must see came in a disclosure.
        MalformedValueError: no `vct`.
    """
    sd_jwt = parse_sd_jwt(ascii_text(content), typ={TYP, OLD_TYP}, allow=("x5c",))
    hidden = sorted(str(name) for name in sd_jwt.disclosed_names() & NOT_SELECTIVE)
    if hidden:
        raise ClaimNotSelectiveError(f"{hidden[0]} was made selectively disclosable", pointer=f"/{hidden[0]}")
    document = dict(sd_jwt.claims)
    _vct(document)
    claims = {name: value for name, value in document.items() if name in REGISTERED_CLAIMS}
    issuer = document.get("iss")
    maker = issuer if isinstance(issuer, str) else None
    is_certified = "x5c" in sd_jwt.jws.header and (by_certificate or not _names_did(sd_jwt.jws.kid))
    if is_certified and not (with_certificates or by_certificate):
        raise HeaderNotAllowedError("the header must not carry x5c alone where no anchor is pinned")
    chain = parse_x5c(sd_jwt.jws.header["x5c"]) if is_certified else None
    return SdJwtEnvelope(DC_SD_JWT, document, claims, sd_jwt, sd_jwt.jws.kid, maker, sd_jwt, chain=chain)


def _names_did(kid: str | None) -> bool:
    return kid is not None and kid.startswith("did:") and "#" in kid


def _vct(claims: Mapping[str, Any]) -> str:
    vct = claims.get("vct")
    if not isinstance(vct, str) or not vct:
        raise MalformedValueError("vct names no type", pointer="/vct")
    return vct


def parse_sd_jwt_vc(document: Mapping[str, Any]) -> Credential:
    """Return the view of an SD-JWT VC: its `vct` is its type, its other claims are about its subject.

    Raises:
        MalformedValueError: no issuer, or a member of another shape.
        RangeError: a time that we do not know.
    """
    issuer = document.get("iss")
    if not isinstance(issuer, str):
        raise MalformedValueError("iss names no issuer", pointer="/iss")
    issued, starts = numeric_date(document, "iat"), numeric_date(document, "nbf")
    identifier, subject = document.get("jti"), document.get("sub")
    claims = {name: value for name, value in document.items() if name not in REGISTERED_CLAIMS | NOT_SELECTIVE}
    return Credential(
        document=document,
        id=identifier if isinstance(identifier, str) else None,
        issuer=issuer,
        issuer_name=None,
        types=(_vct(document),),
        valid_from=starts or issued,
        valid_until=numeric_date(document, "exp"),
        subjects=({"id": subject, **claims} if isinstance(subject, str) else claims,),
        status_entries=token_status_entries(document),
        schemas=(),
    )


def claims_of_credential(document: Mapping[str, Any], *, vct: str, issued_at: datetime) -> dict[str, Any]:
    """Return what a credential of the W3C data model says, as the claims of an SD-JWT VC.

    Args:
        document: with one subject; its status is not carried over, because the list of an SD-JWT VC is another one.
        vct: the type.
        issued_at: written as `iat`.

    Raises:
        MalformedValueError: no such credential, more than one subject, or a claim of the subject that would stand for another.
    """
    credential = parse_credential(document)
    if len(credential.subjects) != 1:
        raise MalformedValueError("an SD-JWT VC has one subject", pointer="/credentialSubject")
    subject = dict(credential.subjects[0])
    found = {
        "iss": credential.issuer,
        "vct": vct,
        "iat": int(issued_at.timestamp()),
        "nbf": credential.valid_from and int(credential.valid_from.timestamp()),
        "exp": credential.valid_until and int(credential.valid_until.timestamp()),
        "jti": credential.id,
        "sub": subject.pop("id", None),
    }
    clash = sorted((set(found) | REGISTERED_CLAIMS | NOT_SELECTIVE) & set(subject))
    if clash:
        raise MalformedValueError(f"{clash[0]} would stand for something else", pointer=f"/credentialSubject/{clash[0]}")
    return {name: value for name, value in found.items() if value is not None} | subject
