"""Logs that hold, and versions of them that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from tests.credentials.dids.webvh.logs import (
    MOVED,
    NAMED,
    NEW,
    NEXT,
    OLD,
    STRANGER,
    WITNESSES,
    approvals,
    committed,
    document,
    entries,
    first,
    lines,
    moved,
    multikey,
    name_of,
    rule,
    signed,
    then,
)
from tests.credentials.dids.webvh.vector import DID, ENDED, LOG, NOT_THERE, Vector, by_another, spoilt, without_proof

W0, W1, W2 = WITNESSES


def good() -> Iterator[Vector]:
    yield Vector("one entry", entries(first()), 1)
    yield Vector("a changed document", entries(first(), then(state=document(key=NEW))), 2)
    rotated = entries(first(), then(updateKeys=[multikey(NEW)]), then(signer=NEW))
    yield Vector("the update key is changed: the entry that says so is signed by the old one", rotated, 3)
    ahead = entries(
        first(nextKeyHashes=committed(NEW)),
        then(signer=NEW, updateKeys=[multikey(NEW)], nextKeyHashes=committed(NEXT, STRANGER)),
        then(signer=NEXT, updateKeys=[multikey(NEXT)], nextKeyHashes=[]),
        then(signer=NEXT, updateKeys=[multikey(OLD)]),
        then(signer=OLD),
    )
    yield Vector("keys are committed to ahead, and at last no more", ahead, 5)
    both = entries(first(updateKeys=[multikey(OLD), multikey(NEW)]))
    both[0]["proof"] += signed(without_proof(both[0]), NEW)["proof"]
    yield Vector("two proofs by two keys", both, 1)
    yield Vector("a proof that is no list", [entries(first())[0] | {"proof": entries(first())[0]["proof"][0]}], 1)
    restated = then(method="did:webvh:1.0", portable=False, watchers=["https://watcher.example"], ttl=0, deactivated=False)
    yield Vector("every parameter anew", entries(first(portable=True, watchers=[], ttl=2**31), restated), 2)
    early = entries(first(nextKeyHashes=None, witness=None, watchers=None, ttl=None), then(nextKeyHashes=None))
    yield Vector("null, as early logs have it", early, 2)
    yield Vector("a port and a path", entries(first(state={"id": f"{NAMED}%3A8443:a:b"})), 1)
    yield Vector("the scid in the path too", entries(first(state={"id": f"{NAMED}:{{SCID}}"})), 1)
    yield Vector("a fraction of a second", entries(first(time="2026-01-01T00:00:00.5Z"), then(time="2026-01-01T00:00:00.6Z")), 2)
    yield Vector("a clock that is four minutes ahead", entries(first(time="2026-11-24T12:04:00Z")), 1)
    away = entries(first(portable=True), moved())
    yield Vector("a move", away, 2)
    yield Vector("a move, found by the former name", away, 2, did=name_of(away, 0))
    yield Vector("a last entry without an end of line", rotated, 3, content=lines(rotated).removesuffix(b"\n"))


def good_with_witnesses() -> Iterator[Vector]:
    log = entries(first(witness=rule(2)), then(), then())
    yield Vector("two of three witnesses for the last entry", log, 3, witnesses=approvals(log, (3, W0), (3, W2)))
    early = approvals(log, (1, W0), (2, W1), (3, W2), (3, W1))
    yield Vector("witnesses who approved earlier entries too", log, 3, witnesses=early)
    ahead = [*approvals(log, (3, W0), (3, W1)), signed({"versionId": "4-Qmunpublished"}, W2)]
    yield Vector("a proof for an entry that is not published", log, 3, witnesses=ahead)
    foreign = approvals(log, (3, STRANGER), (3, W1), (3, W0))
    yield Vector("a proof by somebody who is no witness", log, 3, witnesses=foreign)
    wrong = [*by_another(log, 3, W2, STRANGER), *approvals(log, (3, W0), (3, W1))]
    yield Vector("a proof that does not verify, and enough that do", log, 3, witnesses=wrong)
    merged = [{"versionId": log[2]["versionId"], "proof": [item["proof"][0] for item in approvals(log, (3, W0), (3, W1))]}]
    yield Vector("proofs in one list", log, 3, witnesses=merged)
    single = [item | {"proof": item["proof"][0]} for item in approvals(log, (3, W0), (3, W1))]
    yield Vector("proofs that are no lists", log, 3, witnesses=[*single, {"versionId": log[0]["versionId"]}])
    begun = entries(first(), then(witness=rule(1, W0)), then())
    yield Vector("witnesses from the second entry on", begun, 3, witnesses=approvals(begun, (3, W0)))
    ended = entries(first(witness=rule(1, W0)), then(witness={}), then())
    yield Vector("witnesses until the second entry", ended, 3, witnesses=approvals(ended, (2, W0)))
    replaced = entries(first(witness=rule(1, W0)), then(witness=rule(1, W1)), then())
    yield Vector("other witnesses", replaced, 3, witnesses=approvals(replaced, (2, W0), (3, W1)))


def asked() -> Iterator[Vector]:
    log = entries(first(), then(state=document(key=NEW)), then(deactivated=True, updateKeys=[]))
    for number in (1, 2, 3):
        yield Vector(f"version {number} by its number", log, number, query=f"versionNumber={number}")
        yield Vector(f"version {number} by its name", log, number, query=f"versionId={log[number - 1]['versionId']}")
        yield Vector(f"version {number} by its time", log, number, query=f"versionTime=2026-0{number}-15T00:00:00Z")
    yield Vector("the moment of an entry", log, 2, query=f"versionTime={log[1]['versionTime']}")
    yield Vector("a DID that has ended", log, ENDED, "deactivated with version 3")
    none = "no such version"
    yield Vector("a time before the first entry", log, NOT_THERE, none, query="versionTime=2025-12-31T23:59:59Z")
    yield Vector("a number that is not there", log, NOT_THERE, none, query="versionNumber=4")
    yield Vector("a name that is not there", log, NOT_THERE, none, query="versionId=2-Qm")
    one = "names one version"
    yield Vector("two versions", log, DID, one, query="versionNumber=1&versionId=1")
    yield Vector("a query without a value", log, DID, one, query="versionNumber")
    yield Vector("a query for something else", log, DID, "is for versionId", query="service=files")
    yield Vector("a time that is none", log, DID, "is for versionId", query="versionTime=yesterday")
    broken = spoilt(log, 1, ("versionTime",), "2026-02-02T00:00:00Z")
    hashed = "entry 2: versionId has not the hash"
    yield Vector("a version before an entry that does not hold", broken, 1, query="versionNumber=1")
    yield Vector("a version that does not hold", broken, LOG, hashed, query="versionNumber=2")
    yield Vector("a time at which nobody knows what stood", broken, LOG, hashed, query="versionTime=2026-01-15T00:00:00Z")
    log = entries(first(witness=rule(1, W0)), then())
    approved = approvals(log, (1, W0))
    yield Vector("a version that was approved, before one that was not", log, 1, witnesses=approved, query="versionNumber=1")
    moved = entries(first(portable=True), then(state={"id": MOVED}))
    yield Vector("a version of a DID that never came to be", moved, LOG, "alsoKnownAs", did=name_of(moved), query="versionNumber=1")
