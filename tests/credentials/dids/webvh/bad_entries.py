"""Entries that do not hold: parameters, hashes, times, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from credentials import jcs
from tests.credentials.dids.webvh.logs import (
    MOVED,
    NAMED,
    OLD,
    WITNESSES,
    Draft,
    entries,
    first,
    moved,
    multihash,
    multikey,
    name_of,
    rule,
    signed,
    then,
)
from tests.credentials.dids.webvh.vector import DID, FETCH, FOREIGN, LOG, Vector, spoilt, with_, without_proof
from tests.strategies import changed
from tests.vectors.material import signer_of

W0 = WITNESSES[0]


def parameters() -> Iterator[Vector]:
    multikeys = [multikey(OLD)]
    did_key = f"did:key:{multikey(W0)}"
    for name, parameters, detail in (
        ("an older version of the method", {"method": "did:webvh:0.5"}, "method is not did:webvh:1.0"),
        ("another version of the method", {"method": "did:webvh:1.1"}, "method is not did:webvh:1.0"),
        ("no method", {"method": ...}, "does not set method"),
        ("no scid", {"scid": ...}, "does not set scid"),
        ("a scid of another hash", {"scid": "z" * 46}, "scid is no SHA-256 multihash"),
        ("a scid that is no text", {"scid": 1}, "scid is no SHA-256 multihash"),
        ("no updateKeys", {"updateKeys": ...}, "does not set updateKeys"),
        ("updateKeys that is no list", {"updateKeys": multikey(OLD)}, "updateKeys is no list of texts"),
        ("an updateKey that is no text", {"updateKeys": [*multikeys, 1]}, "updateKeys is no list of texts"),
        ("an empty updateKey", {"updateKeys": [*multikeys, ""]}, "updateKeys is no list of texts"),
        ("65 updateKeys", {"updateKeys": multikeys * 65}, "more than 64 items"),
        ("nextKeyHashes that is no list", {"nextKeyHashes": "Qm"}, "nextKeyHashes is no list of texts"),
        ("watchers that is no list", {"watchers": {}}, "watchers is no list of texts"),
        ("portable that is a text", {"portable": "true"}, "portable is neither true nor false"),
        ("portable that is null", {"portable": None}, "portable is neither true nor false"),
        ("deactivated that is a number", {"deactivated": 1}, "deactivated is neither true nor false"),
        ("a ttl below zero", {"ttl": -1}, "ttl is no whole number"),
        ("a ttl beyond 2^31", {"ttl": 2**31 + 1}, "ttl is no whole number"),
        ("a ttl that is true", {"ttl": True}, "ttl is no whole number"),
        ("a ttl that is a text", {"ttl": "3600"}, "ttl is no whole number"),
        ("a parameter that is not known", {"prerotation": True}, "there is no parameter 'prerotation'"),
        ("a witness that is a list", {"witness": [did_key]}, "witness is neither empty nor"),
        ("a witness with more members", {"witness": rule(1) | {"x": 1}}, "witness is neither empty nor"),
        ("witnesses that is no list", {"witness": {"threshold": 1, "witnesses": did_key}}, "witness is neither empty nor"),
        ("a threshold of nothing", {"witness": rule(0)}, "threshold is no whole number from 1 to 3"),
        ("a threshold of more than all", {"witness": rule(4)}, "threshold is no whole number from 1 to 3"),
        ("a threshold that is true", {"witness": rule(1) | {"threshold": True}}, "threshold is no whole number"),
        ("no witnesses", {"witness": {"threshold": 1, "witnesses": []}}, "witness has no witnesses"),
        ("a witness twice", {"witness": rule(2, W0, W0)}, "a witness stands twice"),
        ("a witness that is a text", {"witness": {"threshold": 1, "witnesses": [did_key]}}, "a witness is not a did:key"),
        ("a witness of did:web", {"witness": _named("did:web:w.example")}, "a witness is not a did:key"),
        ("a witness with a weight", {"witness": {"threshold": 1, "witnesses": [{"id": did_key, "weight": 1}]}}, "is not a did:key"),
        ("a witness of P-256", {"witness": _named(f"did:key:{multikey(signer_of('ES256'))}")}, "not one of Ed25519"),
        ("a witness that is no key", {"witness": _named("did:key:z6Mk")}, "entry 1"),
    ):
        yield Vector(name, entries(first(**parameters)), LOG, detail)
    for name, before, draft, detail in (
        ("a scid in the second entry", first(), then(scid="{SCID}"), "entry 2: scid is set in the first entry alone"),
        ("portable in the second entry", first(), then(portable=True), "entry 2: portable can be set in the first"),
        ("an older method in the second entry", first(), then(method="did:webvh:0.5"), "entry 2: method is not"),
    ):
        yield Vector(name, entries(before, draft), LOG, detail)


def _named(did: str) -> dict[str, Any]:
    return {"threshold": 1, "witnesses": [{"id": did}]}


def chain() -> Iterator[Vector]:
    log = entries(first(), then(), then())
    hashed = "versionId has not the hash of the entry and of the one before it"
    for position in range(3):
        where = f"entry {position + 1}: "
        changes: list[tuple[str, tuple[str | int, ...], object, str]] = [
            ("another document", ("state", "alsoKnownAs"), ["did:web:history.example"], hashed),
            ("another time", ("versionTime",), f"2026-0{position + 1}-02T00:00:00Z", hashed),
            ("another parameter", ("parameters", "ttl"), 60, hashed),
            ("another hash", ("versionId",), f"{position + 1}-{log[(position + 1) % 3]['versionId'][2:]}", hashed),
            ("no versionId", ("versionId",), ..., "an entry has versionId"),
            ("no versionTime", ("versionTime",), ..., "an entry has versionId"),
            ("no parameters", ("parameters",), ..., "an entry has versionId"),
            ("no document", ("state",), ..., "an entry has versionId"),
            ("no proof", ("proof",), ..., "an entry has versionId"),
            ("another member", ("more",), 1, "an entry has versionId"),
            ("parameters that are a list", ("parameters",), [], "parameters is of another kind"),
            ("a document that is a text", ("state",), "{}", "state is of another kind"),
            ("a time that is a number", ("versionTime",), 1767225600, "versionTime is of another kind"),
            ("an empty list of proofs", ("proof",), [], "the document has no proof"),
            ("a proof that is a text", ("proof",), ["z"], "a proof is a JSON object"),
            ("a number that stands nowhere", ("versionId",), "0" + log[position]["versionId"], "versionId does not begin with"),
        ]
        for name, path, value, detail in changes:
            yield Vector(f"entry {position + 1}: {name}", spoilt(log, position, path, value), LOG, where + detail, did=name_of(log))
    yield Vector("the first entry is missing", log[1:], LOG, "entry 1: the first entry does not set method")
    yield Vector("an entry is missing", [log[0], log[2]], LOG, "entry 2: versionId does not begin with 2-")
    yield Vector("an entry twice", [log[0], log[1], log[1]], LOG, "entry 3: versionId does not begin with 3-")
    other = entries(first(time="2026-01-01T00:00:01Z"), then(), then())
    yield Vector("an entry of another log", [log[0], other[1], log[2]], LOG, f"entry 2: {hashed}")
    yield Vector("a number without a dash", spoilt(log, 0, ("versionId",), "1"), LOG, "entry 1: versionId does not begin with 1-")
    yield Vector("a number that is skipped", entries(first(), _numbered(then(), "3")), LOG, "entry 2: versionId does not begin")
    anew = [_made_anew(log[0], ("state", "alsoKnownAs"), ["did:web:history.example"])]
    yield Vector("a first entry that was made anew under the same scid", anew, LOG, "entry 1: scid is not the hash of the first")
    for name, time, detail in (
        ("no time", "once", "no date and time in UTC"),
        ("a time of another zone", "2026-02-01T08:00:00+08:00", "no date and time in UTC"),
        ("a time without a zone", "2026-02-01T00:00:00", "no date and time in UTC"),
        ("the same time", "2026-01-01T00:00:00Z", "versionTime is not after"),
        ("an earlier time", "2025-12-31T00:00:00Z", "versionTime is not after"),
        ("a time to come", "2026-11-24T12:05:01Z", "versionTime lies in the future"),
    ):
        yield Vector(f"entry 2: {name}", entries(first(), then(time=time)), LOG, f"entry 2: .*{detail}")
    ended = entries(first(), then(deactivated=True), then(deactivated=False))
    yield Vector("an entry after the end", ended, LOG, "entry 3: the DID was deactivated before it")


def _made_anew(entry: Mapping[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return a first entry that was changed, hashed and signed anew under its old scid."""
    draft = changed(without_proof(entry), path, value)
    linked = jcs.canonicalize(draft | {"versionId": entry["parameters"]["scid"]})
    return signed(draft | {"versionId": f"1-{multihash(linked)}"}, OLD)


def _numbered(draft: Draft, number: str) -> Draft:
    return with_(draft, number=number)


def moves() -> Iterator[Vector]:
    other = "did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:history.example"
    no_id = "the id of the DID document is not one with this scid"
    for name, drafts, detail in (
        ("no id", [first(state={"@context": []})], f"entry 1: {no_id}"),
        ("an id that is a number", [first(state={"id": 1})], f"entry 1: {no_id}"),
        ("an id of another method", [first(state={"id": "did:web:history.example"})], "entry 1: .*is no did:webvh"),
        ("an id with another scid", [first(state={"id": other})], f"entry 1: {no_id}"),
        ("a move to another scid", [first(portable=True), then(state={"id": other, "alsoKnownAs": [NAMED]})], f"entry 2: {no_id}"),
        ("a move that may not be", [first(), moved()], "entry 2: the DID has moved, and is not portable"),
        ("a move after it was given up", [first(portable=True), then(portable=False), moved()], "entry 3: .*is not portable"),
        ("a move without the former name", [first(portable=True), then(state={"id": MOVED})], "entry 2: .*alsoKnownAs does not"),
        (
            "a move with a name that is no list",
            [first(portable=True), moved(alsoKnownAs=NAMED)],
            "entry 2: .*alsoKnownAs does not",
        ),
    ):
        log = entries(*drafts)
        yield Vector(name, log, LOG, detail, did=NAMED.replace("{SCID}", str(log[0]["parameters"]["scid"])))
    log = entries(first())
    yield Vector("the log of another DID", log, FOREIGN, "the log is that of another DID", did=other)
    yield Vector("an address that the DID never had", log, FOREIGN, "no entry is of this DID", did=name_of(log) + ":copy")


def names() -> Iterator[Vector]:
    """Give identifiers for which nobody is asked."""
    log = entries(first())
    did = name_of(log)
    scid = log[0]["parameters"]["scid"]
    for name, asked in (
        ("no host", f"did:webvh:{scid}"),
        ("no scid", "did:webvh:history.example"),
        ("a scid of 45 letters", did.replace(scid, scid[:-1])),
        ("a scid with a letter that is not of base58", did.replace(scid, scid[:-1] + "0")),
        ("a host in capitals", did.replace("history", "History")),
        ("a host of one label", did.replace("history.example", "localhost%3A8000")),
        ("a host that is an address", did.replace("history.example", "127.0.0.1")),
        ("a host that is an encoded address", did.replace("history.example", "127%2E0%2E0%2E1")),
        ("a host that is an address of version 6", did.replace("history.example", "[::1]")),
        ("a host that ends with a dot", did.replace(".example", ".example.")),
        ("a host with a user", did.replace("history", "user@history")),
        ("a host of other letters", did.replace("history", "история")),
        ("a host of 260 letters", did.replace("history", "h." * 126 + "h")),
        ("a port in lower case", f"{did}%3a8443"),
        ("a port of nothing", f"{did}%3A0"),
        ("a port beyond all", f"{did}%3A65536"),
        ("an empty segment", f"{did}::a"),
        ("a segment of two dots", f"{did}:..:a"),
        ("a segment of encoded dots", f"{did}:%2E%2E:a"),
        ("a segment with an encoded slash", f"{did}:a%2Fb"),
        ("a segment with a letter that is not encoded", f"{did}:用户"),
        ("a new line", f"{did}\n"),
    ):
        yield Vector(f"a name: {name}", log, DID, "is no did:webvh|there cannot be", did=asked, is_name_alone=True)
    for name, asked in (("a path", f"{did}/whois"), ("a fragment", f"{did}#k1"), ("another method", did.replace("webvh", "tdw"))):
        yield Vector(f"a name: {name}", log, DID, "is no DID of a method", did=asked, is_name_alone=True)
    yield Vector("a name: it says nothing of where the log is", log, FETCH, "no answer", did=f"{did}:%E7%94%A8%E6%88%B7")
