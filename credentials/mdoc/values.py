"""What stands in a mobile document: dates, keys and elements, between CBOR and the forms of the house."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from credentials.cbor import Tagged
from credentials.data_integrity.options import parse_datetime
from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CryptographicSecurityError, MalformedValueError
from credentials.keys import PublicKey, parse_jwk

TDATE, EPOCH, ENCODED, FULL_DATE = 0, 1, 24, 1004
"""Tags: date and time, seconds since 1970, CBOR in a byte string (RFC 8949 §3.4), a day (RFC 8943)."""
TAGS: Final = (TDATE, EPOCH, ENCODED, FULL_DATE)
_KTY, _CRV, _X, _Y = 1, -1, -2, -3
_OKP, _EC2 = 1, 2
_CURVES: Final[Mapping[tuple[int, int], tuple[str, str]]] = MappingProxyType(
    {(_EC2, 1): ("EC", "P-256"), (_EC2, 2): ("EC", "P-384"), (_EC2, 3): ("EC", "P-521"), (_OKP, 6): ("OKP", "Ed25519")}
)
"""(`kty`, `crv`) of a COSE_Key to those of a JSON Web Key (RFC 9053 §7)."""
_NUMBERS: Final = {name: numbers for numbers, name in _CURVES.items()}


def tdate(moment: datetime) -> Tagged:
    """Return a moment as ISO 18013-5 writes it: in UTC, without fractions of seconds (§7.2.1, §9.1.2.4)."""
    return Tagged(TDATE, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def parse_tdate(value: object, name: str) -> datetime:
    """Return the moment of a tdate.

    Raises:
        MalformedValueError: it is none.
    """
    found = parse_datetime(value.value) if isinstance(value, Tagged) and value.number == TDATE else None
    if found is None:
        raise MalformedValueError(f"{name} is no date and time", pointer=f"/validityInfo/{name}")
    return found


def cose_key(key: PublicKey) -> dict[int, Any]:
    """Return a key as a COSE_Key (RFC 9053 §7.1, §7.2)."""
    jwk = key.jwk()
    kty, crv = _NUMBERS[jwk["kty"], jwk["crv"]]
    coordinates = {label: b64url_decode(jwk[name]) for label, name in ((_X, "x"), (_Y, "y")) if name in jwk}
    return {_KTY: kty, _CRV: crv, **coordinates}


def parse_cose_key(value: object) -> PublicKey:
    """Return the key of a COSE_Key; points are not compressed (ISO 18013-5 §9.1.5.2 leaves both, wallets write this one).

    Raises:
        MalformedValueError, CryptographicSecurityError: it is none that we know.
    """
    found: dict[Any, Any] = value if isinstance(value, dict) else {}
    kty, crv = found.get(_KTY), found.get(_CRV)
    names = _CURVES.get((kty, crv)) if isinstance(kty, int) and isinstance(crv, int) else None
    if names is None:
        raise CryptographicSecurityError("the device's key is of a type that we do not know", pointer="/deviceKeyInfo")
    jwk: dict[str, object] = {"kty": names[0], "crv": names[1]}
    for label, name in ((_X, "x"), (_Y, "y")):
        if isinstance(found.get(label), bytes):
            jwk[name] = b64url_encode(found[label])
    return parse_jwk(jwk)


def to_json(value: Any) -> Any:  # noqa: ANN401  # whatever stands there
    """Return an element as JSON has it: bytes in base64url, dates as texts, keys of maps as texts."""
    if isinstance(value, Tagged):
        return to_json(value.value)
    if isinstance(value, bytes):
        return b64url_encode(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name if isinstance(name, str) else str(to_json(name)): to_json(item) for name, item in value.items()}
    return value
