"""What an enveloping proof carries, whatever its coding (VC Data Model 2.0 §4.13.1).

An envelope holds a document and says who signed it: registered claims of the token (`iss`, `exp` …) are kept beside the document,
because they speak of the signature and are no terms of the credential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from credentials.errors import (
    ExpiredError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    IssuerKeyMismatchError,
    MalformedValueError,
    NotYetValidError,
    RangeError,
)
from credentials.keys import PublicKey
from credentials.x509 import Anchors, Chain

JsonObject = dict[str, Any]
KeyResolver = Callable[[str, str], PublicKey]
"""(verification method, proof purpose) to key; raises a `VCError` when there is none for that purpose."""

REGISTERED_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "status"})
"""Claims of JSON Web Tokens that are not members of a credential (RFC 7519 §4.1, RFC 7800, Token Status List §6.1)."""
_LATEST: Final = 253_402_300_799  # the end of the year 9999
_MAX_METHOD: Final = 1024


class Signed(Protocol):
    """A signature over bytes that came."""

    def verify(self, key: PublicKey) -> None:
        """Raise unless the key made it."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """A secured document off the wire, opened and not verified.

    Attributes:
        media_type: which securing mechanism opened it.
        document: what it carries, without the registered claims.
        claims: the registered claims.
        signed: its signature.
        kid: how it names its key, or None.
        issuer: who the document says made it (`issuer`, `holder`, `iss`), or None.
        chain: the certificates that came with it; only where the caller pins anchors, and then they name the key, not `kid`.
    """

    media_type: str
    document: JsonObject
    claims: Mapping[str, Any]
    signed: Signed
    kid: str | None
    issuer: str | None
    chain: Chain | None = field(default=None, kw_only=True)

    @property
    def verification_method(self) -> str:
        """The URL of the key: `kid`, read against the issuer when it is relative (VC JOSE COSE §4.1); a certificate's thumbprint.

        Raises:
            InvalidVerificationMethodError: nothing names the key.
            InvalidVerificationMethodURLError: it is too long to be a name.
        """
        if self.chain is not None:
            return f"{self.issuer}#{self.chain.thumbprint}"
        if self.kid is None:
            raise InvalidVerificationMethodError("kid is missing: nothing names the key")
        if len(self.kid) > _MAX_METHOD:
            raise InvalidVerificationMethodURLError("kid is too long")
        if ":" in self.kid:
            return self.kid
        if self.issuer is None:
            raise InvalidVerificationMethodURLError("kid is relative, and nothing says to what")
        return f"{self.issuer}#{self.kid.removeprefix('#')}"

    def verify(self, resolve_key: KeyResolver, *, purpose: str = "assertionMethod") -> None:
        """Raise unless the key that it names signed it.

        Raises:
            ProofVerificationError: the signature does not fit.
            CryptographicSecurityError: the key is not for this.
            VCError: whatever `resolve_key` raises.
        """
        self.signed.verify(resolve_key(self.verification_method, purpose))

    def verify_by_certificate(self, anchors: Anchors | None, now: datetime) -> PublicKey:
        """Return the key of the certificate that came with it, or raise unless that key signed it and leads to an anchor.

        Raises:
            InvalidVerificationMethodError: the certificate leads to none of the anchors, or is not for this.
            ProofVerificationError: the signature does not fit.
        """
        if self.chain is None or anchors is None:
            raise InvalidVerificationMethodError("no certificate came, or no anchor is pinned")
        key = anchors.key_of(self.chain, now)
        self.signed.verify(key)
        self.check_certificate(self.chain)
        return key

    def check_certificate(self, chain: Chain) -> None:
        """Nothing more is asked of the certificate that signed, besides where it leads."""

    def check_issuer_key(self) -> None:
        """Raise unless the key belongs to whom the document names.

        Raises:
            IssuerKeyMismatchError: it does not.
        """
        if self.chain is not None:
            self.chain.check_names(self.issuer or "")
        if self.verification_method.partition("#")[0] != self.issuer:
            raise IssuerKeyMismatchError("the key that signed is not the issuer's")

    def check_times(self, now: datetime, clock_skew: timedelta) -> None:
        """Raise unless the signature is meant for now.

        Raises:
            NotYetValidError, ExpiredError: it is not.
            MalformedValueError, RangeError: a time is none.
        """
        starts, ends = numeric_date(self.claims, "nbf"), numeric_date(self.claims, "exp")
        if starts is not None and now + clock_skew < starts:
            raise NotYetValidError("nbf lies in the future", pointer="/nbf")
        if ends is not None and ends <= now - clock_skew:
            raise ExpiredError("exp lies in the past", pointer="/exp")

    def check_audience(self, *, domain: str | None, challenge: str | None, now: datetime, clock_skew: timedelta) -> None:  # noqa: ARG002
        """Raise when the presentation was made for somebody else, or answers another question.

        Args:
            domain: who asks; None when nobody in particular does.
            challenge: what was asked; None when nothing was.
            now: the moment, for envelopes whose holder signs apart.
            clock_skew: how far clocks may differ.

        Raises:
            InvalidDomainError: `aud` is another.
            InvalidChallengeError: `nonce` is another.
        """
        audience = self.claims.get("aud")
        if domain is not None and domain not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidDomainError("the presentation is made for another audience", pointer="/aud")
        if challenge is not None and self.claims.get("nonce") != challenge:
            raise InvalidChallengeError("the presentation answers another nonce", pointer="/nonce")


def numeric_date(claims: Mapping[str, Any], name: str) -> datetime | None:
    """Return a NumericDate claim, or None where there is none (RFC 7519 §2).

    Raises:
        MalformedValueError: it is no number.
        RangeError: before 1970 or after the year 9999.
    """
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise MalformedValueError(f"{name} is no number of seconds", pointer=f"/{name}")
    if not 0 <= value <= _LATEST:
        raise RangeError(f"{name} is no moment that we know", pointer=f"/{name}")
    return datetime.fromtimestamp(value, UTC)


def split_claims(payload: Mapping[str, Any]) -> tuple[JsonObject, JsonObject]:
    """Return (the document, the registered claims) of a payload."""
    document = {name: value for name, value in payload.items() if name not in REGISTERED_CLAIMS}
    return document, {name: value for name, value in payload.items() if name in REGISTERED_CLAIMS}


def agent(document: Mapping[str, Any]) -> str | None:
    """Return the identifier of who made the document: a credential's issuer, or a presentation's holder."""
    value = document.get("issuer", document.get("holder"))
    identifier = value.get("id") if isinstance(value, dict) else value
    return identifier if isinstance(identifier, str) else None


def check_claims(document: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    """Raise when a claim and a member that mean the same differ (VC JOSE COSE §3.1.3, §4.1.2).

    Raises:
        IssuerKeyMismatchError: `iss` is not the issuer or holder.
        MalformedValueError: `jti` is not the id, or `sub` not the subject.
    """
    maker = agent(document)
    if "iss" in claims and maker is not None and claims["iss"] != maker:
        raise IssuerKeyMismatchError("iss is not who the document names", pointer="/iss")
    if "jti" in claims and "id" in document and claims["jti"] != document["id"]:
        raise MalformedValueError("jti is not the id of the document", pointer="/jti")
    subject = document.get("credentialSubject")
    if "sub" in claims and isinstance(subject, dict) and "id" in subject and claims["sub"] != subject["id"]:
        raise MalformedValueError("sub is not the id of the subject", pointer="/sub")
