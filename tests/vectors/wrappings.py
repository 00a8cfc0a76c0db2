"""Cases of securing mechanisms: the same record in every one of them, and the lists that are read only as what they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.errors import CryptographicSecurityError, ParsingError, ProofVerificationError, TypeMismatchError, VCError
from credentials.mdoc import MSO_MDOC, Validity, issue_mdoc
from credentials.securing import SecuringOptions, secure
from credentials.status.token import STATUS_LIST_CWT, STATUS_LIST_JWT, TokenStatusList, status_list_cwt, status_list_jwt
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import LIST_URL, NOW, credential, key_signer
from tests.vectors.material import case, signer_of

_RECORDS: Final = (
    "application/vc",
    "application/vc+jwt",
    "application/vc+sd-jwt",
    "application/vc+cose",
    "application/dc+sd-jwt",
)
_LISTS: Final = {STATUS_LIST_JWT: status_list_jwt, STATUS_LIST_CWT: status_list_cwt}
_OF_ANOTHER_TYPE: Final = {"application/vc+cose": STATUS_LIST_CWT, STATUS_LIST_CWT: "application/vc+cose"}


def securing_cases() -> Iterator[dict[str, Any]]:
    for media_type in _RECORDS:
        yield from _cases(media_type, _record(media_type))
    yield from _cases(MSO_MDOC, _mobile())
    yield from _mobile_cases()
    for media_type, make in _LISTS.items():
        statuses = TokenStatusList.from_statuses({7: 1}, bits=1, size=256)
        made = make(LIST_URL, statuses, key_signer(), issued=NOW - timedelta(hours=1), lifetime=timedelta(days=1))
        yield from _cases(media_type, made)


def _record(media_type: str) -> bytes:
    options = SecuringOptions(created=NOW - timedelta(days=1), entropy=Counted(), vct="urn:course:1")
    return secure(credential(validFrom="2026-11-20T00:00:00Z"), key_signer(), media_type, options)


def _mobile() -> bytes:
    """Return a mobile document whose key a DID names."""
    validity = Validity(NOW - timedelta(days=1), NOW - timedelta(days=1), NOW + timedelta(days=1))
    elements = {"org.example.course": {"name": "Welding", "hours": 120}}
    holder = signer_of("ES256").public_key
    return issue_mdoc("org.example.course", elements, key_signer(), entropy=Counted(), holder=holder, validity=validity)


def _mobile_cases() -> Iterator[dict[str, Any]]:
    def of(name: str, expect: type[VCError], found: bytes, changed: bytes) -> dict[str, Any]:
        content = _mobile()
        assert found in content
        content = content.replace(found, changed, 1)
        return case("securing mechanism", MSO_MDOC, name, expect, mediaType=MSO_MDOC, content=b64url_encode(content))

    yield of("another value in an element", ProofVerificationError, b"Welding", b"Cooking")
    yield of("another number of a digest", ProofVerificationError, b"hdigestID\x00", b"hdigestID\x09")
    yield of("a member of an element is missing", ParsingError, b"frandom", b"fRandom")
    yield of("another digest algorithm", CryptographicSecurityError, b"SHA-256", b"SHA-999")
    yield of("no security object", ParsingError, b"\xd8\x18\x59", b"\xd8\x19\x59")
    yield of("another algorithm than the key's", CryptographicSecurityError, b"C\xa1\x01'", b"C\xa1\x01&")
    yield of("another docType", ProofVerificationError, b"gdocTyperorg.example.course", b"gdocTyperorg.example.xourse")


def _cases(media_type: str, content: bytes) -> Iterator[dict[str, Any]]:
    def of(name: str, expect: Any = "ok", **given: object) -> dict[str, Any]:  # noqa: ANN401  # as `case`
        return case("securing mechanism", media_type, name, expect, **{"mediaType": media_type} | given)

    yield of("what the key has secured", content=b64url_encode(content))
    yield of("a signature of something else", ProofVerificationError, content=b64url_encode(_spoilt(media_type, content)))
    if media_type == "application/vc":
        yield of("no proof", ProofVerificationError, content=b64url_encode(b'{"type":"VerifiableCredential"}'))
    else:
        other = _OF_ANOTHER_TYPE.get(media_type, "application/vc+jwt" if "list" in media_type else STATUS_LIST_JWT)
        expect = ParsingError if b"~" in content or media_type == MSO_MDOC else TypeMismatchError
        yield of("named as another type", expect, content=b64url_encode(content), mediaType=other)


def _spoilt(media_type: str, content: bytes) -> bytes:
    """Return content whose signature was changed, and nothing else."""
    if media_type == "application/vc":
        return content.replace(b'"2026-11-20T00:00:00Z"', b'"2026-11-21T00:00:00Z"')
    if b"~" in content:
        token, tilde, rest = content.partition(b"~")
        return _spoilt("", token) + tilde + rest
    position = len(content) - 10  # inside the signature
    other = b"A" if content[position : position + 1] != b"A" else b"B"
    return content[:position] + other + content[position + 1 :]
