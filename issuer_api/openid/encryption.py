"""Requests that a wallet encrypts to the issuer, and responses that are encrypted to the wallet (OpenID4VCI 1.0 §10).

The issuer's key for requests is made of the deployment's master key: every process has it, and nothing of it is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response
from fastapi.responses import JSONResponse

from credentials.errors import VCError
from credentials.jwe import ALG, ENCS, decrypt, decryption_key_of, encrypt, public_part
from credentials.parsing import parse_json
from issuer_api.openid.service import OpenID
from web.oauth_errors import OAuthError

JWT: Final = "application/jwt"
_KID: Final = "requests"


@dataclass(frozen=True, slots=True)
class Sent:
    """The body of a request, as it came."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a wallet wants its response encrypted."""

    jwk: Mapping[str, Any]
    enc: str


def encryption_metadata(openid: OpenID, slug: str) -> dict[str, Any]:
    """Return what the issuer's metadata says of encryption (§12.2.4): it is done, and never asked for."""
    common = {"enc_values_supported": list(ENCS), "encryption_required": False}
    return {
        "credential_request_encryption": {"jwks": {"keys": [public_part(_key(openid, slug))]}, **common},
        "credential_response_encryption": {"alg_values_supported": [ALG], **common},
    }


def _key(openid: OpenID, slug: str) -> dict[str, Any]:
    halves = (openid.issuer.sealer.keyed_hash(f"key for requests {half}\n{slug}") for half in (1, 2))
    return decryption_key_of(b"".join(halves), _KID)


def open_body(openid: OpenID, slug: str, sent: Sent) -> dict[str, Any]:
    """Return the JSON object of a request, which may be encrypted to the issuer.

    Raises:
        OAuthError: it is none, or does not open.
    """
    content = sent.content
    if sent.media_type == JWT:
        try:
            content = decrypt(content.decode("ascii", "replace").strip(), _key(openid, slug)).plaintext
        except VCError as error:
            raise OAuthError("invalid_encryption_parameters", error.detail) from error
    try:
        return parse_json(content)
    except VCError as error:
        raise OAuthError("invalid_credential_request", error.detail) from error


def wanted_of(body: Mapping[str, Any]) -> Wanted | None:
    """Return how a response is to be encrypted, None where it is not.

    Raises:
        OAuthError: in a way that is not done here.
    """
    if "credential_response_encryption" not in body:
        return None
    asked = body["credential_response_encryption"]
    jwk, enc = (asked.get("jwk"), asked.get("enc")) if isinstance(asked, dict) else (None, None)
    if not isinstance(jwk, dict) or enc not in (*ENCS,) or "zip" in asked or "d" in jwk or not isinstance(jwk.get("kid", ""), str):
        raise OAuthError("invalid_encryption_parameters", f"send a public jwk on P-256 and enc {' or '.join(ENCS)}, without zip")
    wanted = Wanted(jwk, enc)
    _encrypted({}, wanted)  # so that a key that is none is refused before anything is spent
    return wanted


def answer(content: Mapping[str, Any], status: int, wanted: Wanted | None) -> Response:
    """Return a response, encrypted where the wallet wants it."""
    if wanted is None:
        return JSONResponse(content, status)
    return Response(_encrypted(content, wanted), status, media_type=JWT)


def _encrypted(content: Mapping[str, Any], wanted: Wanted) -> str:
    try:
        return encrypt(json.dumps(content, ensure_ascii=False).encode(), wanted.jwk, enc=wanted.enc)
    except VCError as error:
        raise OAuthError("invalid_encryption_parameters", error.detail) from error
