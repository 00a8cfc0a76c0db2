"""Cases of what is looked up: DIDs, status lists, stored keys."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.encoding import b64url_encode
from credentials.errors import (
    DeactivatedDIDError,
    FetchError,
    ForeignDIDDocumentError,
    InvalidDIDLogError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    RangeError,
    RevokedError,
    StatusRetrievalError,
    StatusVerificationError,
    SuspendedError,
    VCError,
)
from credentials.keys import InMemorySigner, KeyStoreError
from credentials.sd_jwt_vc import issue_sd_jwt_vc
from credentials.status.token import TokenStatusList, status_list_jwt
from tests.comity.softhsm import PIN
from tests.credentials.dids.webvh.logs import NEW, document, entries, first, lines, name_of, then, url_of
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import (
    LIST_URL,
    NOW,
    WEB_DID,
    WEB_SEED,
    WEB_URL,
    credential,
    did_of,
    entry,
    key_signer,
    secured,
    status_list,
    web_signer,
)
from tests.vectors.material import bbs_signer, case, signer_of, web_document


def _answers(**documents: object) -> dict[str, str]:
    return {url: b64url_encode(_bytes(content)) for url, content in documents.items()}


def _bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def did_cases() -> Iterator[dict[str, Any]]:
    def of(row: str, name: str, expect: Any = "ok", **given: object) -> dict[str, Any]:  # noqa: ANN401  # as `case`
        return case("DID method", row, name, expect, **{"purpose": "assertionMethod", "answers": {}} | given)

    bbs = bbs_signer()
    yield of("key", "a key of BBS", method=bbs.verification_method, key=bbs.public_key.multibase)
    for algorithm in ("Ed25519", "ES256", "ES384", "ES512"):
        signer = signer_of(algorithm)
        key = signer.public_key
        yield of("key", f"a key of {algorithm}", method=signer.verification_method, key=key.multibase)
        jwk = "did:jwk:" + b64url_encode(json.dumps(key.jwk(), separators=(",", ":")).encode())
        yield of("jwk", f"a key of {algorithm}", method=f"{jwk}#0", key=key.multibase)
        yield of("jwk", f"{algorithm}, no such method", InvalidVerificationMethodError, method=f"{jwk}#1")
    other = signer_of("Ed25519").verification_method.partition("#")[0] + "#" + key_signer().public_key.multibase
    yield of("key", "a fragment of another key", InvalidVerificationMethodError, method=other)
    yield of("key", "no fragment", InvalidVerificationMethodURLError, method=other.partition("#")[0])
    method, document = web_signer().verification_method, web_document()
    yield of(
        "web",
        "a key of the document",
        method=method,
        key=web_signer().public_key.multibase,
        answers=_answers(**{WEB_URL: document}),
    )
    yield of("web", "no answer", FetchError, method=method)
    foreign = _answers(**{WEB_URL: document | {"id": WEB_DID + ":other"}})
    yield of("web", "another DID's document", ForeignDIDDocumentError, method=method, answers=foreign)
    unlisted = _answers(**{WEB_URL: document | {"assertionMethod": []}})
    yield of("web", "not for this purpose", InvalidRelationshipError, method=method, answers=unlisted)
    yield from _webvh_cases()


def _webvh_cases() -> Iterator[dict[str, Any]]:
    def of(name: str, log: list[dict[str, Any]] | None, expect: type[VCError] | str = "ok", **given: str) -> dict[str, Any]:
        answers = {} if log is None else _answers(**{url_of(did): lines(log)})
        usual = {"purpose": "assertionMethod", "method": f"{did}#k1", "key": NEW.public_key.multibase}
        return case("DID method", "webvh", name, expect, **usual | given, answers=answers)

    log = entries(first(state=document()), then(state=document(key=NEW)))
    did = name_of(log)
    yield of("a key of the last entry", log)
    yield of("no answer", None, FetchError)
    yield of("not for this purpose", log, InvalidRelationshipError, purpose="keyAgreement")
    older = f"{did}?versionNumber=1#k1"
    yield of("a key of an older version", log, InvalidVerificationMethodURLError, method=older)
    yield of("an entry is missing", log[1:], InvalidDIDLogError)
    yield of("deactivated", entries(first(state=document()), then(deactivated=True)), DeactivatedDIDError)


def status_cases() -> Iterator[dict[str, Any]]:
    yield from _bitstring_cases()
    yield from _token_cases()


def _status(row: str, name: str, content: bytes, expect: Any = "ok", **answers: object) -> dict[str, Any]:  # noqa: ANN401  # as `case`
    return case("status mechanism", row, name, expect, content=b64url_encode(content), answers=_answers(**answers))


def _bitstring_cases() -> Iterator[dict[str, Any]]:
    row = "BitstringStatusListEntry"

    def holding(**changes: Any) -> bytes:  # noqa: ANN401  # members of the entry
        return _bytes(secured(credential(credentialStatus=entry(**changes))))

    listed = {LIST_URL: status_list(7)}
    yield _status(row, "not set", holding(index="8"), **listed)
    yield _status(row, "revoked", holding(), RevokedError, **listed)
    yield _status(
        row, "suspended", holding(purpose="suspension"), SuspendedError, **{LIST_URL: status_list(7, purpose="suspension")}
    )
    yield _status(row, "no list", holding(), StatusRetrievalError)
    stale = status_list(validUntil="2026-11-24T11:00:00Z")
    yield _status(row, "a stale list", holding(), StatusVerificationError, **{LIST_URL: stale})
    yield _status(row, "a list for another purpose", holding(purpose="suspension"), StatusVerificationError, **listed)
    yield _status(row, "out of range", holding(index="131072"), RangeError, **listed)


def _token_cases() -> Iterator[dict[str, Any]]:
    def holding(index: int) -> bytes:
        claims = {"iss": did_of(key_signer()), "vct": "urn:course:1", "status": {"status_list": {"idx": index, "uri": LIST_URL}}}
        return issue_sd_jwt_vc(claims, key_signer(), entropy=Counted())

    statuses = TokenStatusList.from_statuses({7: 1, 9: 2}, bits=2, size=256)
    made = status_list_jwt(LIST_URL, statuses, key_signer(), issued=NOW - timedelta(hours=1), lifetime=timedelta(days=1))
    listed = {LIST_URL: made}
    yield _status("status_list", "valid", holding(8), **listed)
    yield _status("status_list", "revoked", holding(7), RevokedError, **listed)
    yield _status("status_list", "suspended", holding(9), SuspendedError, **listed)
    yield _status("status_list", "no list", holding(7), StatusRetrievalError)
    yield _status("status_list", "out of range", holding(256), RangeError, **listed)


def key_store_cases() -> Iterator[dict[str, Any]]:
    master, method = sha256(b"master key").digest(), web_signer().verification_method
    record = _stored_key(master, method)

    def of(name: str, expect: str = "ok", **given: object) -> dict[str, Any]:
        usual = {"masterKey": b64url_encode(master), "method": method, "record": record, "key": web_signer().public_key.multibase}
        return case("key store", "file", name, expect, **usual | given)

    yield of("a key that was stored")
    yield of("another master key", "SetupError", masterKey=b64url_encode(sha256(b"another").digest()))
    yield of("a key of another name", "SetupError", method=f"{WEB_DID}#k2")
    swapped = _stored_key(master, f"{WEB_DID}#k2") | {"verification_method": method}
    yield of("a key sealed for another name", "SetupError", record=swapped)
    yield of("a record without its key", "SetupError", record={"verification_method": method})
    yield from _token_key_cases(method)


def _token_key_cases(method: str) -> Iterator[dict[str, Any]]:
    private_key = sha256(b"a key in a token").digest()
    multibase = InMemorySigner(method, private_key).public_key.multibase

    def of(name: str, expect: type[VCError] | str = "ok", **given: object) -> dict[str, Any]:
        usual = {"pin": PIN, "method": method, "privateKey": b64url_encode(private_key), "key": multibase}
        return case("key store", "pkcs11", name, expect, **usual | given)

    yield of("a key in a token")
    yield of("a wrong PIN", KeyStoreError, pin="000000")
    yield of("a key of another name", "SetupError", method=f"{WEB_DID}#k2")


def _stored_key(master: bytes, method: str) -> dict[str, str]:
    """Return the record of the did:web issuer's key as a store keeps it, with nonces that are not random."""
    wrap = hmac.digest(master, b"comity wrap v1\x01", "sha256")
    own = sha256(b"key of its own").digest()
    nonce = bytes(12)
    return {
        "verification_method": method,
        "public_key_multibase": web_signer().public_key.multibase,
        "wrapped_key": base64.b64encode(nonce + AESGCM(wrap).encrypt(nonce, own, b"subject key")).decode(),
        "sealed_private_key": base64.b64encode(nonce + AESGCM(own).encrypt(nonce, WEB_SEED, method.encode())).decode(),
    }
