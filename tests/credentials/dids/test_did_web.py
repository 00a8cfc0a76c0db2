from __future__ import annotations

import json

import pytest

from credentials.dids import did_document, did_web_id, did_web_url
from credentials.dids.did_web import resolve
from credentials.errors import FetchBlockedError, ForeignDIDDocumentError, InvalidVerificationMethodURLError, ParsingError, VCError
from tests.credentials.world import Outside, key_signer


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:localhost%3A8000:issuers:a.b-c_D", "https://localhost:8000/issuers/a.b-c_D/did.json"),
        ("did:web:xn--e1afmkfd.example", "https://xn--e1afmkfd.example/.well-known/did.json"),
    ],
)
def test_the_address_of_a_document(did: str, url: str) -> None:
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:EXAMPLE.com",
        "did:web:-a.example",
        "did:web:a.example%3a80",
        "did:web:a.example%3A123456",
        "did:web:a.example%2Fpath",
        "did:web:a.example:..:etc",
        "did:web:a.example:.hidden",
        "did:web:a.example:a%2F..",
        "did:web:a.example:",
        "did:web:a.example::b",
        "did:web:user@a.example",
        "did:web:[::1]",
        "did:web:пример.example",
        "did:web:a.example\n",
        "did:key:a.example",
    ],
)
def test_f16_what_could_lead_elsewhere_is_refused(did: str) -> None:
    with pytest.raises(InvalidVerificationMethodURLError):
        did_web_url(did)


@pytest.mark.parametrize("base", ["https://skills.example", "http://localhost:8000"])
def test_an_issuer_of_ours_is_found_where_its_document_stands(base: str) -> None:
    did = did_web_id(base, "centre-1")
    assert did_web_url(did) == f"https://{base.partition('://')[2]}/issuers/centre-1/did.json"


def test_the_document_of_an_issuer_of_ours_is_read_back() -> None:
    did, url = "did:web:a.example", "https://a.example/.well-known/did.json"
    document = did_document(did, {"k1": key_signer("one").public_key, "k2": key_signer("two").public_key})
    assert document["assertionMethod"] == document["authentication"] == [f"{did}#k1", f"{did}#k2"]
    outside = Outside({url: json.dumps(document).encode()})
    assert resolve(did, outside) == document
    assert outside.asked == [url]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"id": "did:web:b.example", "id": "did:web:a.example"}', "stands twice"),
        (b"\xff", "not UTF-8"),
        (b'{"id":' * 100, "nests deeper"),
        (b'"' + b"a" * 2**21, "more than 1024 KiB"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, detail: str) -> None:
    with pytest.raises(ParsingError, match=f"the DID document: .*{detail}"):
        resolve("did:web:a.example", Outside({"https://a.example/.well-known/did.json": content}))


@pytest.mark.parametrize("named", ['"did:web:b.example"', "1", "null", '["did:web:a.example"]'])
def test_the_document_of_another_did_is_refused(named: str) -> None:
    content = b'{"id": ' + named.encode() + b"}"
    with pytest.raises(ForeignDIDDocumentError, match="another DID"):
        resolve("did:web:a.example", Outside({"https://a.example/.well-known/did.json": content}))


def test_what_the_fetcher_refuses_is_passed_on() -> None:
    blocked: VCError = FetchBlockedError("a private network")
    with pytest.raises(FetchBlockedError):
        resolve("did:web:a.example", Outside({"https://a.example/.well-known/did.json": blocked}))
