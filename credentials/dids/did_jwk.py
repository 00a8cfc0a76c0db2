"""did:jwk: the identifier is a JSON Web Key in base64url (did:jwk method specification)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credentials.dids.did_key import SIGNING_RELATIONSHIPS
from credentials.encoding import b64url_decode
from credentials.errors import InvalidVerificationMethodError, ParsingError
from credentials.keys import parse_jwk
from credentials.parsing import parse_json

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.fetching import Fetcher


def resolve(did: str, _fetcher: Fetcher, _now: datetime | None = None) -> dict[str, Any]:
    """Return the document that a did:jwk stands for.

    Raises:
        MalformedValueError, InvalidVerificationMethodError, CryptographicSecurityError: no key that we know.
    """
    try:
        jwk = parse_json(b64url_decode(did.removeprefix("did:jwk:")))
    except ParsingError as error:
        raise InvalidVerificationMethodError("the identifier holds no JSON Web Key") from error
    parse_jwk(jwk)
    method = f"{did}#0"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}],
        **{relationship: [method] for relationship in SIGNING_RELATIONSHIPS},
    }
