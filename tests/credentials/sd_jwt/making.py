"""SD-JWTs made by hand, right and wrong, and a source of entropy that is the same in every run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.jose import encode_json, sign_jws
from credentials.sd_jwt import SdJwt, parse_sd_jwt
from credentials.sd_jwt.disclosure import digest
from tests.credentials.world import key_signer

SIGNER: Final = key_signer()
TYP: Final = "example+sd-jwt"


class Counted:
    """Entropy that counts: never the same twice, always the same in the next run."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, size: int) -> bytes:
        self.asked += 1
        return sha256(str(self.asked).encode()).digest()[:size]


def disclosure(*parts: object) -> str:
    return b64url_encode(json.dumps(parts).encode())


def hashed(text: str, hash_name: str = "sha-256") -> str:
    return digest(text, hash_name)


def sd_jwt(payload: dict[str, Any], disclosures: Sequence[str] = (), key_binding: str = "", typ: str = TYP) -> str:
    return "~".join([sign_jws(encode_json(payload), SIGNER, typ=typ), *disclosures, key_binding])


def read(text: str) -> SdJwt:
    found = parse_sd_jwt(text, typ={TYP})
    found.verify(SIGNER.public_key)
    return found
