"""Selective Disclosure for JSON Web Tokens (RFC 9901): issue, present, read, and bind to the holder's key.

issue_sd_jwt         claims, and paths to those that the holder may keep back
parse_sd_jwt         text to claims, every digest recomputed; nothing is verified yet
SdJwt.verify         the issuer's signature
present              the same, with only the chosen claims
bind                 the holder's signature over what is presented, for one verifier and one question
verify_key_binding   that signature
"""

from credentials.sd_jwt.disclosure import Disclosure, Entropy, Path
from credentials.sd_jwt.issuing import issue_sd_jwt
from credentials.sd_jwt.json_form import compact_form
from credentials.sd_jwt.key_binding import bind, verify_key_binding
from credentials.sd_jwt.presenting import present
from credentials.sd_jwt.reading import SdJwt, parse_sd_jwt

__all__ = [
    "Disclosure",
    "Entropy",
    "Path",
    "SdJwt",
    "bind",
    "compact_form",
    "issue_sd_jwt",
    "parse_sd_jwt",
    "present",
    "verify_key_binding",
]
