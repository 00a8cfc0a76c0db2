"""The attestation of a verifier: a party that wallets trust says whose the key of requests is (OpenID4VP 1.0 §5.9.3, §12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from credentials.errors import MalformedValueError, VCError
from credentials.jose import parse_jws
from credentials.keys import PublicKey, parse_jwk
from verifier.openid.errors import NoIdentityError

TYP: Final = "verifier-attestation+jwt"
_WHERE: Final = "/client_id_prefix"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What was said of this verifier, as it came.

    Attributes:
        text: the JWT, for the header `jwt` of requests.
        client_id: `sub`: the name in which its holder asks, without the prefix.
        ends_at: until when it holds.
    """

    text: str = field(repr=False)
    client_id: str
    ends_at: datetime

    def check_until(self, moment: datetime) -> None:
        """Raise unless it holds until a moment.

        Raises:
            NoIdentityError: it ends before.
        """
        if moment > self.ends_at:
            raise NoIdentityError(f"the verifier's attestation ends on {self.ends_at:%Y-%m-%d}; have it renewed", pointer=_WHERE)


def parse_attestation(text: str, key: PublicKey) -> Attestation:
    """Return the attestation of a key; who signed it is for wallets to judge.

    Raises:
        MalformedValueError: it is of another form, of another key, or allows no other address of answers than those that it names:
            each question has an address of its own here.
        ParsingError, TypeMismatchError, HeaderNotAllowedError: it is no such token.
    """
    claims = parse_jws(text.strip(), typ={TYP}, allow={"x5c"}).claims()
    for name in ("iss", "sub"):
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise MalformedValueError(f"the attestation has no {name}", pointer=f"/{name}")
    ends = claims.get("exp")
    if isinstance(ends, bool) or not isinstance(ends, int):
        raise MalformedValueError("the attestation has no end", pointer="/exp")
    if _key_in(claims.get("cnf")) != key:
        raise MalformedValueError("the attestation is of another key", pointer="/cnf")
    if "redirect_uris" in claims:
        raise MalformedValueError("it names addresses of answers; each question has its own here", pointer="/redirect_uris")
    try:
        return Attestation(text.strip(), claims["sub"], datetime.fromtimestamp(ends, UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise MalformedValueError("the attestation ends at no moment", pointer="/exp") from error


def _key_in(confirmation: object) -> PublicKey | None:
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    try:
        return parse_jwk(jwk) if isinstance(jwk, dict) else None
    except VCError:
        return None
