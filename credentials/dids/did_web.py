"""did:web: the document stands at an https address that the identifier names (did:web method specification §2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import ForeignDIDDocumentError, InvalidVerificationMethodURLError, ParsingError, TooLargeError
from credentials.parsing import parse_json

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.fetching import Fetcher
    from credentials.keys import PublicKey

_HOST: Final = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_SEGMENT: Final = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_DID_WEB: Final = re.compile(rf"did:web:({_HOST})(?:%3A([0-9]{{1,5}}))?((?::{_SEGMENT})*)")


def did_web_url(did: str) -> str:
    """Return the https URL of the DID's document.

    Raises:
        InvalidVerificationMethodURLError: the identifier is not of the form we accept (lower-case ASCII host, plain segments).
    """
    match = _DID_WEB.fullmatch(did)
    if match is None:
        raise InvalidVerificationMethodURLError(f"{did[:100]!r} is no did:web that we accept")
    host, port, path = match.groups()
    origin = f"https://{host}:{port}" if port else f"https://{host}"
    return origin + (path.replace(":", "/") or "/.well-known") + "/did.json"


def did_web_id(base_url: str, slug: str) -> str:
    """Return the did:web whose document stands at `{base_url}/issuers/{slug}/did.json`."""
    host = base_url.partition("://")[2]
    return f"did:web:{host.replace(':', '%3A')}:issuers:{slug}"


def resolve(did: str, fetcher: Fetcher, _now: datetime | None = None) -> dict[str, Any]:
    """Return the document that the DID's address answers.

    Raises:
        FetchError: no answer.
        ParsingError: no JSON object, read strictly.
        ForeignDIDDocumentError: the document is another DID's.
    """
    fetched = fetcher.fetch(did_web_url(did))
    try:
        document = parse_json(fetched.content)
    except (ParsingError, TooLargeError) as error:
        raise ParsingError(f"the DID document: {error.detail}") from error
    if document.get("id") != did:
        raise ForeignDIDDocumentError("the address answers with the document of another DID")
    return document


def did_document(did: str, keys: Mapping[str, PublicKey]) -> dict[str, Any]:
    """Return the DID document of an issuer of ours.

    Args:
        did: its DID.
        keys: fragment, such as `k1`, to key.
    """
    methods = [
        {"id": f"{did}#{fragment}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
        for fragment, key in keys.items()
    ]
    names = [method["id"] for method in methods]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": names,
        "authentication": names,
    }
