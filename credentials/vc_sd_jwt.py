"""Credentials and presentations of the W3C data model as SD-JWT (Securing Verifiable Credentials using JOSE and COSE §3.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from credentials.envelope import Envelope, agent, check_claims, split_claims
from credentials.errors import ClaimNotSelectiveError, KeyBindingRequiredError
from credentials.sd_jwt import SdJwt, issue_sd_jwt, parse_sd_jwt, verify_key_binding
from credentials.vc_jwt import ascii_text, check_content_type, check_no_wrapper

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from credentials.keys import PublicKey, Signer
    from credentials.sd_jwt import Entropy, Path

VC_SD_JWT: Final = "application/vc+sd-jwt"
VP_SD_JWT: Final = "application/vp+sd-jwt"
CONTENT_TYPES: Final = {VC_SD_JWT: "vc", VP_SD_JWT: "vp"}
ALWAYS_SHOWN: Final = frozenset(
    {"@context", "type", "issuer", "credentialStatus", "credentialSchema", "relatedResource", "validFrom", "validUntil"}
)
"""What a verifier needs of a credential before it can judge it: never made selective by us (§3.2.1)."""


@dataclass(frozen=True, slots=True)
class SdJwtEnvelope(Envelope):
    """An envelope whose holder signs apart: `sd_jwt` is what was opened."""

    sd_jwt: SdJwt

    def check_audience(self, *, domain: str | None, challenge: str | None, now: datetime, clock_skew: timedelta) -> None:
        """Raise unless the holder signed this presentation for us and now, where that was asked for.

        Raises:
            KeyBindingRequiredError: there is no such signature, or only half of what it must answer was asked for.
            KeyBindingError: it is for something else.
        """
        if domain is None and challenge is None:
            return
        if domain is None or challenge is None:
            raise KeyBindingRequiredError("a key binding answers an audience and a nonce: both must be asked for")
        verify_key_binding(self.sd_jwt, audience=domain, nonce=challenge, now=now, clock_skew=clock_skew)


def secure_sd_jwt(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    entropy: Entropy,
    media_type: str = VC_SD_JWT,
    selective: Collection[Path] = (),
    decoys: int = 0,
    holder: PublicKey | None = None,
    claims: Mapping[str, object] | None = None,
) -> bytes:
    """Return a document as an SD-JWT with all its disclosures.

    Args:
        document: a credential or presentation.
        signer: named by its full URL in `kid`.
        entropy: for salts and decoys.
        media_type: `VC_SD_JWT` or `VP_SD_JWT`.
        selective: paths of what the holder may keep back.
        decoys: digests that stand for nothing, beside each group of real ones.
        holder: the key that must sign when this is presented.
        claims: registered claims to add.

    Raises:
        ClaimNotSelectiveError: a path leads to what every verifier must see.
        MalformedValueError: a path leads nowhere, or the document has a `vc` or `vp` member.
        ProofGenerationError: the key does not sign with JOSE.
    """
    check_no_wrapper(document)
    hidden = ALWAYS_SHOWN & {path[0] for path in selective if path}
    if media_type == VC_SD_JWT and hidden:
        raise ClaimNotSelectiveError(f"every verifier must see {min(hidden)}")
    header = {"cty": CONTENT_TYPES[media_type], "kid": signer.verification_method}
    text = issue_sd_jwt(
        {**document, **(claims or {})},
        signer,
        typ=media_type.removeprefix("application/"),
        entropy=entropy,
        selective=selective,
        decoys=decoys,
        header=header,
        holder=holder,
    )
    return text.encode()


def open_sd_jwt(content: bytes, *, media_type: str = VC_SD_JWT) -> SdJwtEnvelope:
    """Return what an SD-JWT carries, with what is disclosed in its place, not verified.

    Raises:
        ParsingError, TooLargeError, ComplexityLimitError: not of this form.
        TypeMismatchError, HeaderNotAllowedError, CryptographicSecurityError: a header or a disclosure that is refused.
        MalformedValueError, IssuerKeyMismatchError: claims that contradict the document.
    """
    sd_jwt = parse_sd_jwt(ascii_text(content), typ={media_type.removeprefix("application/")})
    check_content_type(sd_jwt.jws.header.get("cty"), CONTENT_TYPES[media_type])
    check_no_wrapper(sd_jwt.claims)
    document, claims = split_claims(sd_jwt.claims)
    check_claims(document, claims)
    return SdJwtEnvelope(media_type, document, claims, sd_jwt, sd_jwt.jws.kid, agent(document), sd_jwt)
