"""`relatedResource`: what a credential leans on, and the digests that pin it (VC Data Model 2.0 §5.3).

Digests are compared where we hold the resource, which is wherever we use it: contexts and schemas are shipped, never fetched. A
resource that we never read cannot mislead us, and is not fetched to see.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from credentials import members
from credentials.encoding import multibase_decode
from credentials.errors import CryptographicSecurityError, MalformedValueError

Resources = Callable[[str], Sequence[bytes]]
"""URL to every revision of the resource that we hold; empty for one that we do not hold."""

Digest = tuple[str, bytes]
"""A name of `hashlib`, and the digest."""

_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})(?:\?[\x21-\x7e]*)?")
_MULTIHASH: Final[Mapping[bytes, str]] = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}


def related_resources(document: Mapping[str, Any]) -> dict[str, tuple[Digest, ...]]:
    """Return the id of every related resource with its digests, at least one.

    Raises:
        MalformedValueError: no object, an id that is no URL or stands twice, no digest, or a digest of a form that we do not know.
    """
    found: dict[str, tuple[Digest, ...]] = {}
    for pointer, item in members.objects(document, "relatedResource"):
        url = members.required_url(item, "id", pointer)
        if url in found:
            raise MalformedValueError("a related resource stands twice", pointer=f"{pointer}/id")
        digests = (*_digests(item, "digestSRI", pointer, _sri), *_digests(item, "digestMultibase", pointer, _multibase))
        if not digests:
            raise MalformedValueError("a related resource needs a digest", pointer=pointer)
        if "mediaType" in item and not isinstance(item["mediaType"], str):
            raise MalformedValueError("mediaType must be a text", pointer=f"{pointer}/mediaType")
        found[url] = digests
    return found


def _digests(item: Mapping[str, Any], name: str, pointer: str, read: Callable[[str], Digest | None]) -> list[Digest]:
    if name not in item:
        return []
    digests = [read(text) for text in members.strings(item[name])]
    known = [digest for digest in digests if digest is not None]
    if not known or len(known) != len(digests):
        raise MalformedValueError(f"{name} is no digest of a kind that we know", pointer=f"{pointer}/{name}")
    return known


def _sri(text: str) -> Digest | None:
    match = _SRI.fullmatch(text)
    if match is None:
        return None
    name, value = match.groups()
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        return None
    return (name, digest) if len(digest) == hashlib.new(name).digest_size else None


def _multibase(text: str) -> Digest | None:
    try:
        multihash = multibase_decode(text)
    except MalformedValueError:
        return None
    name, digest = _MULTIHASH.get(multihash[:2]), multihash[2:]
    return (name, digest) if name is not None and len(digest) == multihash[1] else None


def check_related_resources(document: Mapping[str, Any], resources: Resources) -> None:
    """Raise unless every related resource that we hold, in one of its revisions, has all digests that the document gives it.

    Raises:
        MalformedValueError: see `related_resources`.
        CryptographicSecurityError: a digest is not the resource's.
    """
    for position, (url, digests) in enumerate(related_resources(document).items()):
        revisions = resources(url)
        if revisions and not any(_has_all(content, digests) for content in revisions):
            where = f"/relatedResource/{position}" if isinstance(document["relatedResource"], list) else "/relatedResource"
            raise CryptographicSecurityError("the digest is not the related resource's", pointer=where)


def _has_all(content: bytes, digests: Sequence[Digest]) -> bool:
    return all(hashlib.new(name, content).digest() == digest for name, digest in digests)
