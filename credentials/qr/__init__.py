"""A whole credential in one small QR symbol, rebuilt and verified without a network.

::

    digits   = decimal( 0x01 ‖ payload )                     1 to 3,000 digits, behind `HTTPS://HOST/#`
    payload  = 0xC1 ‖ profile (varint) ‖ check (2) ‖ slots ‖ signature (64)
    check    = first two bytes of SHA-256 over the JCS form of the rebuilt credential

A profile is data: slots say what the symbol carries and where it stands in the credential, a template says how the credential is
written around it. What is long and shared (an issuer, a programme, a classification) is a row of a table that travels in the signed
lists; rows are only added, never renumbered. The rebuilt credential is the one that was signed, byte for byte in its JCS form, so
the original `proofValue` verifies: a wrong row changes the text and breaks the signature. Only keys need trust.

`encode` refuses what it cannot give back exactly; `decode` tells lists that are too old (`UpdateNeededError`) from a code that is
damaged or forged (`MalformedValueError`, or a signature that does not fit).
"""

from credentials.qr.armour import from_digits, to_digits
from credentials.qr.codec import Codec, NotEncodableError, UpdateNeededError
from credentials.qr.profiles import Profile, Tables, parse_profile, parse_tables
from credentials.qr.tables import changed_rows, grown, parse_codec, rows_for

__all__ = [
    "Codec",
    "NotEncodableError",
    "Profile",
    "Tables",
    "UpdateNeededError",
    "changed_rows",
    "from_digits",
    "grown",
    "parse_codec",
    "parse_profile",
    "parse_tables",
    "rows_for",
    "to_digits",
]
