"""Whether whoever asks holds a certificate: by the code of its claim link, or by a signature of the key that a copy is bound to.

A certificate that was shown to somebody, or lies on paper, proves neither.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlmodel import select

from credentials.encoding import b64url_encode
from credentials.envelope import numeric_date
from credentials.errors import VCError
from credentials.jcs import canonicalize
from credentials.jose import parse_jws
from credentials.keys import PublicKey
from credentials.sd_jwt import parse_sd_jwt
from credentials.sd_jwt.key_binding import holder_key
from credentials.sd_jwt_vc import TYP as SD_JWT_VC
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.delivery import DELIVERED, claimed_credential
from issuer_api.errors import ConflictError, NotHolderError, UnknownThingError
from issuer_api.openid.key_proofs import key_of
from issuer_api.organisations import public_keys
from issuer_api.service import Issuer
from issuer_api.tables import Issued

TYP: Final = "comity-correction+jwt"
SLACK: Final = timedelta(minutes=5)
LONGEST_COPY: Final = 60_000
_CHECKS: Final = frozenset({"proof", "issuer-key"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown for holding a certificate: one of two.

    Attributes:
        claim: the code of its claim link; empty for the other.
        copy: one copy of it, as the holder has it.
        proof: a JWS of the key that the copy is bound to, with the claims `aud` (the issuer's DID), `iat` and `digest`.
        digest: of what is asked, as `digest_of` gives it.
    """

    claim: str = ""
    copy: str = ""
    proof: str = ""
    digest: str = ""


def digest_of(asked: Mapping[str, Any]) -> str:
    """Return SHA-256 over the RFC 8785 form of what is asked, as base64url."""
    return b64url_encode(hashlib.sha256(canonicalize(asked)).digest())


def held_by(issuer: Issuer, credential: str, shown: Shown) -> str:
    """Return the slug of the issuer of a certificate that whoever asks holds.

    Raises:
        NotHolderError: nothing shows that.
        ConflictError: another certificate took its place.
    """
    if shown.claim:
        return _by_claim(issuer, credential, shown.claim)
    with issuer.database.session() as session:
        slug = session.exec(select(Issued.organisation).where(Issued.id == credential, Issued.state == DELIVERED)).first()
    if slug is None:
        raise NotHolderError("this does not show that the certificate is yours")
    try:
        _check_key(issuer, slug, credential, shown)
    except NotHolderError:
        raise
    except VCError as error:
        raise NotHolderError(f"this does not show that the certificate is yours: {error.detail}") from error
    return slug


def _by_claim(issuer: Issuer, credential: str, claim: str) -> str:
    try:
        slug, newest = claimed_credential(issuer, claim)
    except UnknownThingError as error:
        raise NotHolderError("this does not show that the certificate is yours") from error
    if newest == credential:
        return slug
    with issuer.database.session() as session:
        before = session.get_one(Issued, newest).replaces
        while before is not None and before != credential:
            before = session.get_one(Issued, before).replaces
    if before is None:
        raise NotHolderError("this is the claim code of another certificate")
    raise ConflictError("another certificate took the place of this one; the claim link gives it")


def _check_key(issuer: Issuer, slug: str, credential: str, shown: Shown) -> None:
    did, keys = public_keys(issuer, slug)
    known = {f"{did}#{fragment}": key for fragment, key in keys.items()}
    options = VerificationOptions(
        now=issuer.clock(), fetcher=issuer.fetcher, canonicalize=issuer.canonicalize, checks=_CHECKS, known_keys=known
    )
    copied = verify_credential(shown.copy.encode(), options).require()
    if copied.id != credential or copied.issuer != did:
        raise NotHolderError("the copy is of another certificate")
    jws = parse_jws(shown.proof, typ={TYP}, allow=("jwk",))
    jws.verify(_bound_key(shown.copy, copied.document))
    claims = jws.claims()
    made = numeric_date(claims, "iat")
    if claims.get("aud") != did or made is None or abs(issuer.clock() - made) > SLACK:
        raise NotHolderError("the signature is not for this issuer, or not of now")
    if not hmac.compare_digest(str(claims.get("digest")).encode(), shown.digest.encode()):
        raise NotHolderError("the signature is over something else")


def _bound_key(copy: str, document: Mapping[str, Any]) -> PublicKey:
    if "~" in copy and not copy.startswith("{"):
        return holder_key(parse_sd_jwt(copy, typ={SD_JWT_VC}, allow=("x5c",)))
    subject = document.get("credentialSubject")
    holder = subject.get("id") if isinstance(subject, dict) else None
    if not isinstance(holder, str) or not holder.startswith(("did:key:", "did:jwk:")):
        raise NotHolderError("the copy is bound to no key")
    return key_of(holder)
