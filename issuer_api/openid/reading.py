"""What came with a request, read strictly: forms without a parameter twice, bodies, the headers that proofs speak of."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from issuer_api.openid.dpop import Asked
from issuer_api.openid.encryption import Sent
from issuer_api.openid.service import OpenID
from web.oauth_errors import OAuthError

_FORM: Final = "application/x-www-form-urlencoded"
_MOST: Final = 50


async def read_form(request: Request) -> dict[str, str]:
    """Return the parameters of a form; an empty value counts as left out (RFC 6749 §3.1).

    Raises:
        OAuthError: it is no form, or has a parameter twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise OAuthError("invalid_request", f"send the parameters as {_FORM}")
    try:
        pairs = parse_qsl((await request.body()).decode(), max_num_fields=_MOST)
    except ValueError as error:
        raise OAuthError("invalid_request", "the form cannot be read") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError("invalid_request", "a parameter came twice")
    return form


async def read_body(request: Request) -> Sent:
    """Return a body as it came."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Sent(media_type, await request.body())


def asked_of(openid: OpenID, request: Request) -> Asked:
    """Return a request, as far as proofs speak of it: its address is the published one, whatever the Host header says."""
    return Asked(
        request.method,
        f"{openid.issuer.base_url}{request.url.path}",
        request.headers.getlist("dpop"),
        request.headers.get("authorization", ""),
        (request.headers.get("oauth-client-attestation", ""), request.headers.get("oauth-client-attestation-pop", "")),
    )
