"""The request as wallets read it (OpenID4VP 1.0 §5, Appendix A): signed and by reference, by value, or for the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from credentials.cose import COSE_ALGORITHMS
from credentials.data_integrity import CRYPTOSUITES, PRODUCT_CRYPTOSUITES
from credentials.dcql.query import JWT_VC_JSON, LDP_VC, MSO_MDOC, SD_JWT_VC, VC_JWT
from credentials.jose import JOSE_ALGORITHMS, encode_json, sign_jws
from credentials.jwe import ENCS, public_part
from verifier.openid.identity import Identity, Prefix
from verifier.openid.requests import Request

TYP: Final = "oauth-authz-req+jwt"
AUDIENCE: Final = "https://self-issued.me/v2"
SCHEME: Final = "openid4vp://"
_ALGORITHMS: Final = sorted({name for names in JOSE_ALGORITHMS.values() for name in names})
_COSE_NUMBERS: Final = sorted({number for numbers in COSE_ALGORITHMS.values() for number in numbers}, reverse=True)
VP_FORMATS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        SD_JWT_VC: {"sd-jwt_alg_values": _ALGORITHMS, "kb-jwt_alg_values": _ALGORITHMS},
        LDP_VC: {
            "proof_type_values": ["DataIntegrityProof"],
            "cryptosuite_values": sorted({*CRYPTOSUITES, *PRODUCT_CRYPTOSUITES}),
        },
        JWT_VC_JSON: {"alg_values": _ALGORITHMS},
        VC_JWT: {"alg_values": _ALGORITHMS},
        MSO_MDOC: {"issuerauth_alg_values": _COSE_NUMBERS, "deviceauth_alg_values": _COSE_NUMBERS},
    }
)
"""`vp_formats_supported` (§11.1): what is verified here."""
_ES256: Final = list(COSE_ALGORITHMS["ES256"])
_HAIP_FORMATS: Final = {
    SD_JWT_VC: {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]},
    MSO_MDOC: {"issuerauth_alg_values": _ES256, "deviceauth_alg_values": _ES256},
}


def payload(request: Request, identity: Identity) -> dict[str, Any]:
    """Return the parameters of the request.

    Raises:
        NoIdentityError: the deployment cannot ask in this name.
    """
    ask = request.ask
    found: dict[str, Any] = {
        "response_type": "vp_token",
        "response_mode": ask.response_mode.value,
        "nonce": request.nonce,
        "dcql_query": dict(ask.dcql_query),
        "client_metadata": _client_metadata(request),
    }
    if ask.transaction_data:
        found["transaction_data"] = list(ask.transaction_data)
    response_uri = request.response_uri(identity.base_url)
    is_signed = ask.prefix is not Prefix.REDIRECT_URI
    if not ask.response_mode.is_by_browser:
        return found | {
            "client_id": identity.client_id(ask.prefix, response_uri),
            "response_uri": response_uri,
            "state": request.reference,
        }
    if not is_signed:
        return found
    found["expected_origins"] = list(ask.origins)
    return found if ask.also else found | {"client_id": identity.client_id(ask.prefix, response_uri)}


def _client_metadata(request: Request) -> dict[str, Any]:
    asked = {one.format for one in request.ask.query.credentials}
    formats = _HAIP_FORMATS if request.ask.haip else VP_FORMATS
    found: dict[str, Any] = {"vp_formats_supported": {name: formats[name] for name in sorted(asked)}}
    if request.key is not None:
        found["jwks"] = {"keys": [public_part(request.key)]}
        found["encrypted_response_enc_values_supported"] = list(ENCS)
    return found


def signed(request: Request, identity: Identity, wallet_nonce: str | None = None) -> str:
    """Return the signed request object (RFC 9101; OpenID4VP 1.0 §5.8, §5.10).

    It has no `iss`: wallets must ignore it (§5), and some compare it with the DID in `kid`, which `client_id` prefixes.

    Args:
        request: what is asked.
        identity: who asks.
        wallet_nonce: what the wallet sent when it posted for this.

    Raises:
        NoIdentityError: the deployment cannot ask in this name.
    """
    prefix, claims = request.ask.prefix, _claims(request, identity)
    if wallet_nonce is not None:
        claims["wallet_nonce"] = wallet_nonce
    identity.check_until(prefix, request.ends_at)
    return sign_jws(encode_json(claims), identity.signer, typ=TYP, header=identity.header(prefix))


def signed_by_all(request: Request, identity: Identity) -> dict[str, Any]:
    """Return one request with a signature in each name, whose `client_id` stands in its own header (Appendix A.3.2.2).

    Raises:
        NoIdentityError: the deployment cannot ask in one of these names.
    """
    content, signatures = encode_json(_claims(request, identity)), []
    for prefix in (request.ask.prefix, *request.ask.also):
        identity.check_until(prefix, request.ends_at)
        name = identity.client_id(prefix, request.response_uri(identity.base_url))
        compact = sign_jws(content, identity.signer, typ=TYP, header=identity.header(prefix) | {"client_id": name})
        protected, text, signature = compact.split(".")
        signatures.append({"protected": protected, "signature": signature})
    return {"payload": text, "signatures": signatures}


def _claims(request: Request, identity: Identity) -> dict[str, Any]:
    return payload(request, identity) | {"aud": AUDIENCE, "exp": int(request.ends_at.timestamp())}


def link(request: Request, identity: Identity) -> str:
    """Return `openid4vp://…`: what a code shows and a phone opens.

    Raises:
        NoIdentityError: the deployment cannot ask in this name.
    """
    found = payload(request, identity)
    found = {"client_id": found["client_id"]} | found
    if request.ask.prefix is Prefix.REDIRECT_URI:
        parameters = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in found.items()
        }
    else:
        parameters = {"client_id": found["client_id"], "request_uri": request.request_uri(identity.base_url)}
        if request.ask.by_post:
            parameters["request_uri_method"] = "post"
    return f"{SCHEME}?{urlencode(parameters)}"


def for_browser(request: Request, identity: Identity) -> dict[str, Any]:
    """Return what `navigator.credentials.get` takes (Appendix A.2, A.3).

    Raises:
        NoIdentityError: the deployment cannot ask in this name.
    """
    if request.ask.prefix is Prefix.REDIRECT_URI:
        one = {"protocol": "openid4vp-v1-unsigned", "data": payload(request, identity)}
    elif request.ask.also:
        one = {"protocol": "openid4vp-v1-multisigned", "data": {"request": signed_by_all(request, identity)}}
    else:
        one = {"protocol": "openid4vp-v1-signed", "data": {"request": signed(request, identity)}}
    return {"digital": {"requests": [one]}}
