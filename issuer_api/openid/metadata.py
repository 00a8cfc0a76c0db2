"""What wallets read first: the credential issuer's metadata and the authorization server's (OpenID4VCI 1.0 §12, RFC 8414)."""

from __future__ import annotations

from typing import Any, Final

from credentials.jose import encode_json, sign_jws
from issuer_api.keys import signing_key
from issuer_api.openid.configurations import configurations
from issuer_api.openid.encryption import encryption_metadata
from issuer_api.openid.service import OpenID
from issuer_api.organisations import organisation

PRE_AUTHORIZED: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORIZATION_CODE: Final = "authorization_code"
REFRESH: Final = "refresh_token"
DETAILS_TYPE: Final = "openid_credential"
SIGNED_TYP: Final = "openidvci-issuer-metadata+jwt"
ALGORITHMS: Final = ("ES256", "EdDSA", "ES384")
"""Signatures of wallets that are accepted, of DPoP proofs and of attestations."""


def issuer_metadata(openid: OpenID, slug: str) -> dict[str, Any]:
    """Return the metadata of a credential issuer.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    base, (_, centre) = openid.url(slug), organisation(openid.issuer, slug)
    found: dict[str, Any] = {
        "credential_issuer": base,
        "credential_endpoint": f"{base}/credential",
        "nonce_endpoint": f"{base}/nonce",
        "deferred_credential_endpoint": f"{base}/deferred_credential",
        "notification_endpoint": f"{base}/notification",
        "batch_credential_issuance": {"batch_size": openid.batch_size},
        **encryption_metadata(openid, slug),
        "display": [{"name": centre["name"], "locale": "en"}],
        "credential_configurations_supported": {
            name: configuration.metadata() for name, configuration in configurations(openid, slug).items()
        },
    }
    if openid.trial is not None and openid.trial.compat:
        found |= _for_older_wallets(server_metadata(openid, slug))
    return found


def signed_metadata(openid: OpenID, slug: str) -> str:
    """Return the metadata of a credential issuer signed with its key (§12.2.3).

    Raises:
        UnknownThingError: there is no such issuer.
        NoSigningKeyError: it has no key that may sign.
    """
    signer = signing_key(openid.issuer, slug)
    claims = {"sub": openid.url(slug), "iss": signer.verification_method.partition("#")[0], **issuer_metadata(openid, slug)}
    claims["iat"] = int(openid.issuer.clock().timestamp())
    return sign_jws(encode_json(claims), signer, typ=SIGNED_TYP, header={"kid": signer.verification_method})


def _for_older_wallets(server: dict[str, Any]) -> dict[str, Any]:
    """Return what @digitalbazaar/oid4-client reads here and not in the authorization server's metadata."""
    return {name: server[name] for name in ("issuer", "token_endpoint", "authorization_details_types_supported")}


def server_metadata(openid: OpenID, slug: str) -> dict[str, Any]:
    """Return the metadata of a credential issuer's authorization server, which is the issuer itself.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    base, attested = openid.url(slug), openid.checks_attestations
    of_attestations = {
        "challenge_endpoint": f"{base}/challenge",
        "client_attestation_signing_alg_values_supported": list(ALGORITHMS),
        "client_attestation_pop_signing_alg_values_supported": list(ALGORITHMS),
    }
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "pushed_authorization_request_endpoint": f"{base}/par",
        "token_endpoint": f"{base}/token",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [AUTHORIZATION_CODE, PRE_AUTHORIZED, REFRESH],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(configurations(openid, slug)),
        "authorization_details_types_supported": [DETAILS_TYPE],
        "authorization_response_iss_parameter_supported": True,
        "pre-authorized_grant_anonymous_access_supported": True,
        "token_endpoint_auth_methods_supported": ["none", *(["attest_jwt_client_auth"] if attested else [])],
        **(of_attestations if attested else {}),
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
    }
