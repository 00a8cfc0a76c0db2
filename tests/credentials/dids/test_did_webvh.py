from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import errors
from credentials.dids import resolve, verification_key
from credentials.dids.webvh.identifier import parse_webvh_did
from credentials.dids.webvh.log import MAX_LOG
from credentials.errors import (
    FetchError,
    InvalidDIDLogError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    TooLargeError,
    VCError,
)
from tests.credentials.dids.webvh import making
from tests.credentials.dids.webvh.logs import (
    MOVED,
    NAMED,
    NEW,
    OLD,
    WITNESSES,
    approvals,
    committed,
    document,
    entries,
    first,
    lines,
    multikey,
    name_of,
    rule,
    then,
    url_of,
)
from tests.credentials.world import NOW, Outside
from tests.strategies import changed, json_objects, mutations, places

VECTORS: Final[list[dict[str, Any]]] = json.loads(making.FILE.read_text("utf-8"))["vectors"]


def test_the_vectors_are_what_their_maker_makes() -> None:
    assert making.FILE.read_text("utf-8") == making.text()
    assert datetime.fromisoformat(json.loads(making.text())["now"]) == NOW
    names = [vector["name"] for vector in VECTORS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_log_comes_out_as_its_vector_says(vector: dict[str, Any]) -> None:
    outside = Outside({url: content.encode() for url, content in vector["files"].items()})
    if isinstance(vector["expect"], int):
        entries = [json.loads(line) for line in next(iter(vector["files"].values())).splitlines()]
        assert resolve(vector["did"], outside, now=NOW) == entries[vector["expect"] - 1]["state"]
        return
    with pytest.raises(VCError) as caught:
        resolve(vector["did"], outside, now=NOW)
    assert type(caught.value) is getattr(errors, vector["expect"])
    assert re.search(vector["detail"], caught.value.detail), caught.value.detail


def answering(log: list[dict[str, Any]]) -> Outside:
    return Outside({url_of(name_of(log)): lines(log)})


OTHERS: Final[tuple[object, ...]] = (..., "", "did:example:x", [], 7)


def test_no_value_of_an_entry_can_be_changed() -> None:
    log = entries(
        first(state=document(), nextKeyHashes=committed(NEW), portable=True),
        then(state=document(MOVED, NEW, alsoKnownAs=[NAMED]), signer=NEW, updateKeys=[multikey(NEW)], nextKeyHashes=[]),
        then(state=document(MOVED, NEW), signer=NEW, ttl=60),
    )
    did = name_of(log)
    assert resolve(did, answering(log), now=NOW) == log[-1]["state"]
    tried = 0
    for position, entry in enumerate(log):
        for path in places(entry):
            for value in OTHERS:
                tampered = [*log[:position], changed(entry, path, value), *log[position + 1 :]]
                if tampered == log:
                    continue
                with pytest.raises(InvalidDIDLogError, match=f"entry {position + 1}: "):
                    resolve(did, Outside({url_of(did): lines(tampered)}), now=NOW)
                tried += 1
    assert tried > 300


def test_what_is_too_large_is_not_read() -> None:
    log = entries(first())
    did, url = name_of(log), url_of(name_of(log))
    spaced = lines(log).replace(b"{", b"{" + b" " * 70_000, 1)
    with pytest.raises(InvalidDIDLogError, match="entry 1: the document has more than 64 KiB"):
        resolve(did, Outside({url: spaced}), now=NOW)
    with pytest.raises(TooLargeError, match=r"did.jsonl has more than 1024 KiB"):
        resolve(did, Outside({url: b" " * (MAX_LOG + 1)}), now=NOW)
    witnessed = entries(first(witness=rule(1)))
    outside = answering(witnessed)
    outside.answers[url_of(name_of(witnessed), "did-witness.json")] = b" " * (1024 * 1024 + 1)
    with pytest.raises(InvalidDIDLogError, match=r"did-witness.json: the document has more than 1024 KiB"):
        resolve(name_of(witnessed), outside, now=NOW)


def test_witnesses_are_asked_for_only_where_an_entry_needs_them() -> None:
    plain, witnessed = entries(first()), entries(first(witness=rule(1)))
    outside = answering(plain)
    resolve(name_of(plain), outside, now=NOW)
    assert outside.asked == [url_of(name_of(plain))]
    outside = answering(witnessed)
    with pytest.raises(FetchError) as caught:
        resolve(name_of(witnessed), outside, now=NOW)
    assert caught.value.could_not_check
    assert outside.asked == [url_of(name_of(witnessed)), url_of(name_of(witnessed), "did-witness.json")]


def test_without_the_time_a_log_is_not_judged() -> None:
    outside = answering(entries(first()))
    with pytest.raises(InvalidVerificationMethodURLError, match="without knowing the time"):
        resolve(name_of(entries(first())), outside)
    assert outside.asked == []


def test_a_key_is_found_under_the_present_name_and_the_former_one() -> None:
    log = entries(first(state=document(), portable=True), then(state=document(MOVED, NEW, alsoKnownAs=[NAMED])))
    for position in (0, 1):
        did = name_of(log, position)
        outside = Outside({url_of(did): lines(log)})
        assert verification_key(f"{did}#k1", "assertionMethod", outside, now=NOW) == NEW.public_key
        with pytest.raises(InvalidVerificationMethodError, match="the DID document has no such key"):
            verification_key(f"{did}#k2", "assertionMethod", outside, now=NOW)


def test_the_key_of_an_older_version_is_none_that_signs() -> None:
    log = entries(first(state=document()), then(state=document(key=NEW)))
    did = name_of(log)
    assert resolve(f"{did}?versionNumber=1", answering(log), now=NOW)["verificationMethod"][0]["publicKeyMultibase"] == multikey(
        OLD
    )
    with pytest.raises(InvalidVerificationMethodURLError, match="names no verification method"):
        verification_key(f"{did}?versionNumber=1#k1", "assertionMethod", answering(log), now=NOW)


@given(st.data())
def test_nothing_but_a_vc_error_comes_of_any_log(data: st.DataObject) -> None:
    log = entries(first(witness=rule(1)), then())
    position = data.draw(st.integers(0, 1))
    log[position] = data.draw(mutations(log[position]) | json_objects())
    did = name_of(entries(first(witness=rule(1))))
    proofs = data.draw(mutations(approvals(entries(first(witness=rule(1))), (1, WITNESSES[0]))[0]))
    outside = Outside({url_of(did): lines(log), url_of(did, "did-witness.json"): json.dumps([proofs]).encode()})
    with pytest.raises(InvalidDIDLogError):
        resolve(did, outside, now=NOW)


@given(st.binary(max_size=60) | st.text('{}[]":,\n0', max_size=60).map(str.encode))
def test_nothing_but_a_vc_error_comes_of_any_bytes(content: bytes) -> None:
    did = name_of(entries(first()))
    with pytest.raises(InvalidDIDLogError):
        resolve(did, Outside({url_of(did): content}), now=NOW)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:webvh:{}:example.com", "https://example.com/.well-known/did.jsonl"),
        ("did:webvh:{}:issuer.example.com", "https://issuer.example.com/.well-known/did.jsonl"),
        ("did:webvh:{}:example.com:dids:issuer", "https://example.com/dids/issuer/did.jsonl"),
        ("did:webvh:{}:example.com%3A3000:dids:issuer", "https://example.com:3000/dids/issuer/did.jsonl"),
        ("did:webvh:{}:example.com%3A3000", "https://example.com:3000/.well-known/did.jsonl"),
        (
            "did:webvh:{}:xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8%E6%88%B7",
            "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/did.jsonl",
        ),
    ],
)
def test_the_address_of_a_log_as_the_specification_has_it(did: str, url: str) -> None:
    name = parse_webvh_did(did.format("QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"))
    assert name.log_url == url
    assert name.witness_url == url.replace("did.jsonl", "did-witness.json")
