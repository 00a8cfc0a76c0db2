from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import b64url_encode
from credentials.errors import MalformedValueError
from tests.trust.logs import SALT, anchored, path, root
from trust.anchoring import Anchor, anchored_at, on_roll, parse_anchor, parse_log_head, parse_roll, short_hash
from trust.merkle import root_of

ENTRIES = [sha256(bytes([number])).digest() for number in range(33)]
DOCUMENT: dict[str, Any] = {
    "id": "urn:uuid:1",
    "credentialStatus": [
        {"statusListIndex": "7", "statusPurpose": "revocation", "statusListCredential": "https://x.example/status/a-1-revocation"},
        "no entry",
    ],
    "proof": [{"proofValue": "z1"}, {"proofValue": "z2"}, "no proof"],
}


@given(st.integers(1, 33), st.data())
def test_a_proof_leads_to_the_root_and_a_changed_one_does_not(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = ENTRIES[:size]
    steps = path(index, entries)
    assert root_of(entries[index], index, size, steps) == root(entries)
    assert root_of(entries[index], index, size, [*steps, bytes(32)]) != root(entries)
    assert root_of(ENTRIES[(index + 1) % 33], index, size, steps) != root(entries)
    if steps:
        assert root_of(entries[index], index, size, steps[:-1]) != root(entries)
        flipped = [bytes([steps[0][0] ^ 1]) + steps[0][1:], *steps[1:]]
        assert root_of(entries[index], index, size, flipped) != root(entries)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_place_outside_the_tree_leads_nowhere(index: int, size: int) -> None:
    assert root_of(ENTRIES[0], index, size, []) is None


def test_a_credential_is_anchored_from_the_day_its_head_was_recorded() -> None:
    anchor, head = anchored(DOCUMENT, recorded="2026-03-01")
    heads = [parse_log_head(head, "XA"), parse_log_head({**head, "recordedAt": "2026-04-01"}, "XA")]
    assert anchored_at(DOCUMENT, anchor, "XA", heads) == datetime(2026, 3, 1, tzinfo=UTC)
    assert anchored_at(DOCUMENT, anchor, "XB", heads) is None
    assert anchored_at({**DOCUMENT, "id": "urn:uuid:2"}, anchor, "XA", heads) is None


def test_an_anchor_is_read_strictly() -> None:
    anchor, _ = anchored(DOCUMENT, recorded="2026-03-01")
    record: dict[str, Any] = {
        "log": anchor.log,
        "leafSalt": b64url_encode(SALT),
        "treeSize": 5,
        "index": 2,
        "path": [b64url_encode(step) for step in anchor.path],
    }
    assert parse_anchor(record) == anchor
    for bad in (
        {},
        {**record, "leafSalt": b64url_encode(SALT[:8])},
        {**record, "path": [b64url_encode(b"short")]},
        {**record, "path": record["path"] * 30},
        {**record, "index": "two"},
        {**record, "leafSalt": "AA=="},
    ):
        with pytest.raises(MalformedValueError):
            parse_anchor(bad)
    assert "salt" not in repr(Anchor("x", b"secret-secret-salt", 1, 0, ()))


def roll(short: bytes, index: str = "7") -> dict[str, Any]:
    return {"issuer": "did:x", "accepted": {"https://x.example/status/a-1": {index: b64url_encode(short)}}}


def test_a_closing_roll_names_a_place_and_one_of_the_proofs() -> None:
    rolls = [parse_roll(roll(short_hash("z2")), "XA")]
    assert on_roll(DOCUMENT, "did:x", "XA", rolls)
    assert on_roll(
        {**DOCUMENT, "credentialStatus": DOCUMENT["credentialStatus"][0], "proof": {"proofValue": "z2"}}, "did:x", "XA", rolls
    )
    assert not on_roll(DOCUMENT, "did:y", "XA", rolls)
    assert not on_roll(DOCUMENT, "did:x", "XB", rolls)
    assert not on_roll({**DOCUMENT, "proof": {"proofValue": "z3"}}, "did:x", "XA", rolls)
    assert not on_roll(DOCUMENT, "did:x", "XA", [parse_roll(roll(short_hash("z2"), "8"), "XA")])
    unreadable = {**DOCUMENT["credentialStatus"][0], "statusListIndex": "seven"}
    assert not on_roll({**DOCUMENT, "credentialStatus": unreadable}, "did:x", "XA", rolls)


def test_a_roll_with_hashes_of_another_length_is_refused() -> None:
    with pytest.raises(MalformedValueError):
        parse_roll(roll(b"short"), "XA")
