"""Decentralized identifiers: resolve them, and find the key of a verification method (DID 1.0, CID 1.0 §3).

`DID_METHODS` is the table of what is supported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from credentials.data_integrity.options import parse_datetime
from credentials.dids import did_jwk, did_key, did_web, did_webvh
from credentials.dids.did_web import did_document, did_web_id, did_web_url
from credentials.errors import (
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
)
from credentials.keys import PublicKey, parse_jwk, parse_multikey

if TYPE_CHECKING:
    from credentials.fetching import Fetcher

__all__ = ["DID_METHODS", "did_document", "did_web_id", "did_web_url", "resolve", "verification_key"]

MAX_DID_URL: Final = 1024
RELATIONSHIPS: Final = ("authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation")
"""What a key may be listed for (CID 1.0 §2.3)."""

DID_METHODS: Final[Mapping[str, Callable[[str, Fetcher, datetime | None], dict[str, Any]]]] = MappingProxyType(
    {"key": did_key.resolve, "jwk": did_jwk.resolve, "web": did_web.resolve, "webvh": did_webvh.resolve}
)
_HAVE_VERSIONS: Final = frozenset({"webvh"})


def resolve(did: str, fetcher: Fetcher, *, now: datetime | None = None) -> dict[str, Any]:
    """Return the DID document of `did`.

    Args:
        did: a DID; of a method with a history also with a query for one version, such as `?versionId=…`.
        fetcher: for did:web and did:webvh.
        now: for did:webvh, which is refused without it.

    Raises:
        InvalidVerificationMethodURLError: no DID, or of a method that we do not know.
        FetchError: the DID's address did not answer.
        VCError: what it answered is not the DID's document, or its history does not hold.
    """
    scheme, _, rest = did.partition(":")
    method = rest.partition(":")[0]
    foreign = "#/" if method in _HAVE_VERSIONS else "#/?"
    if scheme != "did" or method not in DID_METHODS or len(did) > MAX_DID_URL or any(mark in did for mark in foreign):
        raise InvalidVerificationMethodURLError(f"{did[:100]!r} is no DID of a method that we know")
    return DID_METHODS[method](did, fetcher, now)


def verification_key(method_url: str, purpose: str, fetcher: Fetcher, *, now: datetime | None = None) -> PublicKey:
    """Return the key of a verification method, if its DID lists it for the purpose (CID 1.0 §3.3).

    Args:
        method_url: `did:…#fragment`.
        purpose: a verification relationship, such as `assertionMethod`.
        fetcher: for did:web and did:webvh.
        now: for methods that expire or are revoked, and for did:webvh; without it these are refused (CID 1.0 §2.2).

    Raises:
        InvalidVerificationMethodURLError: no DID URL with a fragment.
        InvalidVerificationMethodError: not in the document, another DID's, not in force, or of a type that we do not know.
        InvalidRelationshipError: it is not listed for the purpose.
        VCError: the DID cannot be resolved.
    """
    did, separator, fragment = method_url.partition("#")
    if not separator or not fragment or "?" in did:  # a key of an older version may be withdrawn since
        raise InvalidVerificationMethodURLError(f"{method_url[:100]!r} names no verification method")
    document = resolve(did, fetcher, now=now)
    subject = document["id"]  # the DID itself; where a did:webvh has moved, its new name
    method = _method(document, f"{subject}#{fragment}")
    key = _key(method)
    if method.get("controller") != subject:
        raise InvalidVerificationMethodError("the verification method is controlled by another DID")
    _check_relationship(document, f"{subject}#{fragment}", purpose)
    _check_in_force(method, now)
    return key


def _check_in_force(method: Mapping[str, Any], now: datetime | None) -> None:
    for name in ("expires", "revoked"):
        if name in method:
            moment = parse_datetime(method[name])
            if moment is None or now is None or moment <= now:
                raise InvalidVerificationMethodError(f"the key is not in force: see {name}")


def _method(document: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    """Return the one method of this name, wherever it stands."""
    places = ("verificationMethod", *RELATIONSHIPS)
    methods = [item for place in places for item in _items(document.get(place)) if isinstance(item, dict)]
    found = [{**method, "id": url} for method in methods if _is_named(method.get("id"), url, document["id"])]
    if not found:
        raise InvalidVerificationMethodError("the DID document has no such key")
    if any(other != found[0] for other in found):
        raise InvalidVerificationMethodError("the DID document has two keys of this name")
    return found[0]


def _check_relationship(document: Mapping[str, Any], url: str, purpose: str) -> None:
    listed = _items(document.get(purpose)) if purpose in RELATIONSHIPS else []
    names = (entry.get("id") if isinstance(entry, dict) else entry for entry in listed)
    if not any(_is_named(name, url, document["id"]) for name in names):
        raise InvalidRelationshipError(f"the DID document does not list this key for {purpose}")


def _is_named(name: object, url: str, did: str) -> bool:
    return isinstance(name, str) and (did + name if name.startswith("#") else name) == url


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _key(method: Mapping[str, Any]) -> PublicKey:
    multikey, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    if method.get("type") == "Multikey" and isinstance(multikey, str):
        return parse_multikey(multikey)
    if method.get("type") == "Ed25519VerificationKey2020" and isinstance(multikey, str):
        key = parse_multikey(multikey)
        if key.algorithm == "Ed25519":
            return key
    if method.get("type") in ("JsonWebKey", "JsonWebKey2020") and isinstance(jwk, dict):
        return parse_jwk(jwk)
    raise InvalidVerificationMethodError("the key is of a type that we do not know")
