"""Cases of the checks of the verification report: what passes each, and what does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.errors import (
    CryptographicSecurityError,
    DataLossError,
    ExpiredError,
    FetchError,
    IssuerKeyMismatchError,
    MalformedValueError,
    NotYetValidError,
    ParsingError,
    ProofVerificationError,
    RangeError,
    RevokedError,
    SchemaError,
    StatusRetrievalError,
    UnknownContextError,
    UnknownSchemaError,
)
from tests.credentials.test_schema import example
from tests.credentials.world import LIST_URL, V2, WEB_DID, credential, did_of, entry, key_signer, secured, status_list, web_signer
from tests.vectors.material import case

_SCHEMA: Final = {"id": "https://comity.example/schemas/training-credential.v1.json", "type": "JsonSchema"}
_PINNED: Final = {"id": V2, "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}


def _of(row: str, name: str, content: object, expect: Any = "ok", **answers: bytes) -> dict[str, Any]:  # noqa: ANN401  # as `case`
    text = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    served = {url: b64url_encode(answer) for url, answer in answers.items()}
    return case("check", row, name, expect, content=b64url_encode(text), answers=served)


def check_cases() -> Iterator[dict[str, Any]]:
    yield from _data_model()
    yield from _proof()
    yield from _issuer_key()
    yield from _validity_period()
    yield from _status()
    yield from _schema()


def _data_model() -> Iterator[dict[str, Any]]:
    row, good = "data-model", secured(credential())
    yield _of(row, "a credential", good)
    yield _of(row, "a key twice", b'{"id":"urn:a","id":"urn:b"}', ParsingError)
    yield _of(row, "NaN", b'{"id":NaN}', ParsingError)
    yield _of(row, "another type", good | {"type": ["Other"]}, MalformedValueError)
    yield _of(row, "an unknown context", good | {"@context": [V2, "https://contexts.example/v9"]}, UnknownContextError)
    yield _of(row, "a wrong digest", secured(credential(relatedResource=_PINNED)), CryptographicSecurityError)
    ends_first = credential(validFrom="2026-11-20T00:00:00Z", validUntil="2026-11-19T00:00:00Z")
    yield _of(row, "ends before it begins", secured(ends_first), RangeError)


def _proof() -> Iterator[dict[str, Any]]:
    row, good = "proof", secured(credential(), suites=["eddsa-rdfc-2022", "eddsa-jcs-2022"])
    yield _of(row, "a proof set", good)
    yield _of(row, "no proof", credential(), ProofVerificationError)
    yield _of(row, "a changed claim", good | {"credentialSubject": {"id": "did:example:other"}}, ProofVerificationError)
    yield _of(row, "an undefined term", good | {"favouriteColour": "blue"}, DataLossError)
    signed = secured(credential(favouriteColour="blue"), suites=["eddsa-jcs-2022"])
    yield _of(row, "an undefined term, signed", signed, DataLossError)
    yield _of(row, "an issuer that does not answer", secured(credential(web_signer()), web_signer()), FetchError)


def _issuer_key() -> Iterator[dict[str, Any]]:
    yield _of("issuer-key", "the issuer's key", secured(credential()))
    yield _of("issuer-key", "somebody else's key", secured(credential(issuer=WEB_DID)), IssuerKeyMismatchError)


def _validity_period() -> Iterator[dict[str, Any]]:
    row = "validity-period"
    yield _of(row, "no dates", secured(credential()))
    inside = credential(validFrom="2026-11-20T00:00:00Z", validUntil="2036-11-20T00:00:00Z")
    yield _of(row, "inside", secured(inside))
    yield _of(row, "over", secured(credential(validUntil="2026-11-23T00:00:00Z")), ExpiredError)
    yield _of(row, "not begun", secured(credential(validFrom="2026-11-25T00:00:00Z")), NotYetValidError)


def _status() -> Iterator[dict[str, Any]]:
    content = secured(credential(credentialStatus=entry()))
    yield _of("status", "not set", content, **{LIST_URL: status_list()})
    yield _of("status", "set", content, RevokedError, **{LIST_URL: status_list(7)})
    yield _of("status", "no list", content, StatusRetrievalError)


def _schema() -> Iterator[dict[str, Any]]:
    fitting = example("training-credential") | {"issuer": {"id": did_of(key_signer()), "type": ["Profile"], "name": "A centre"}}
    yield _of("schema", "fits", secured(fitting))
    yield _of("schema", "does not fit", secured(credential(credentialSchema=_SCHEMA)), SchemaError)
    unknown = credential(credentialSchema={"id": "https://schemas.example/x", "type": "JsonSchema"})
    yield _of("schema", "not one of ours", secured(unknown), UnknownSchemaError)
