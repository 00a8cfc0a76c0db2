"""A passport's commitment: whoever has the passport in hand can tell that the issuer saw the same one; nobody learns its number.

::

    commitment = PBKDF2-HMAC-SHA-256( number ‖ born ‖ until, salt = the credential's id, 600,000 rounds, 16 bytes )

Number and days are spelt as in the machine-readable lines (ICAO 9303): letters and digits without fillers, and YYMMDD twice. It
stands in the credential as an `IdentityObject` (Open Badges 3.0 §B.1.15). Guessing costs the rounds for each of some 2^40 to 2^55
passports. It ends with the passport: a new one has another number.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from credentials.encoding import b64url_encode
from credentials.errors import MalformedValueError

ROUNDS: Final = 600_000
PREFIX: Final = "pbkdf2$"
_BYTES: Final = 16
_NUMBER: Final = re.compile(r"[A-Z0-9]{1,9}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s<-]")


@dataclass(frozen=True, slots=True)
class Passport:
    """What tells one passport from another.

    Attributes:
        number: 1 to 9 letters and digits; longer ones do not fit the lines' field.
        born: the holder's day of birth.
        until: the passport's last day.
    """

    number: str
    born: date
    until: date


def parse_number(text: str) -> str:
    """Return a passport's number as the machine-readable lines spell it.

    Raises:
        MalformedValueError: not 1 to 9 letters and digits.
    """
    number = _BETWEEN.sub("", text).upper()
    if not _NUMBER.fullmatch(number):
        raise MalformedValueError("a passport's number has 1 to 9 Latin letters and digits")
    return number


def identity_of(passport: Passport, credential: str) -> dict[str, object]:
    """Return the `IdentityObject` that commits a credential to a passport.

    Args:
        passport: the subject's.
        credential: the credential's id, which is the salt.
    """
    seen = passport.number + f"{passport.born:%y%m%d}" + f"{passport.until:%y%m%d}"
    digest = hashlib.pbkdf2_hmac("sha256", seen.encode(), credential.encode(), ROUNDS, _BYTES)
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": PREFIX + b64url_encode(digest),
        "identityType": "ext:passportCommitment",
        "salt": credential,
    }
