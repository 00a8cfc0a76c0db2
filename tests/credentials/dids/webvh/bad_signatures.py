"""Signatures that do not hold, of keys and of witnesses; and files that are no logs."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.dids.webvh.log import MAX_ENTRIES
from credentials.keys import InMemorySigner
from tests.credentials.dids.webvh.logs import (
    NEW,
    OLD,
    STRANGER,
    WITNESSES,
    Draft,
    approvals,
    committed,
    entries,
    first,
    lines,
    multikey,
    rule,
    signed,
    then,
)
from tests.credentials.dids.webvh.vector import FETCH, LOG, Entries, Vector, by_another, spoilt, with_, without_proof
from tests.strategies import changed
from tests.vectors.material import signer_of

W0, W1, W2 = WITNESSES


def keys() -> Iterator[Vector]:
    may_not = "the key that signed is not one that may"
    p256 = signer_of("ES256")
    stolen = "updateKeys holds a key that was not committed to"
    unset = "the next keys were committed to, and {} is not set"
    ahead = first(nextKeyHashes=committed(NEW))
    for name, drafts, detail in (
        ("the first entry signed by somebody else", [first(signer=STRANGER)], f"entry 1: {may_not}"),
        ("nobody may sign", [first(updateKeys=[])], f"entry 1: {may_not}"),
        ("an entry signed by somebody else", [first(), then(signer=STRANGER)], f"entry 2: {may_not}"),
        (
            "an entry signed by the key that it brings",
            [first(), then(signer=NEW, updateKeys=[multikey(NEW)])],
            f"entry 2: {may_not}",
        ),
        ("an entry signed by a key that was given up", [first(), then(updateKeys=[multikey(NEW)]), then()], f"entry 3: {may_not}"),
        ("an entry after all keys were given up", [first(), then(updateKeys=[]), then()], f"entry 3: {may_not}"),
        ("a key that was not committed to", [ahead, _rotated(STRANGER)], f"entry 2: {stolen}"),
        ("one key of two that was committed to", [ahead, _rotated(NEW, STRANGER)], f"entry 2: {stolen}"),
        ("the old key where another was committed to", [ahead, _rotated(OLD)], f"entry 2: {stolen}"),
        ("a committed key that does not sign", [ahead, _rotated(NEW, signer=OLD)], f"entry 2: {may_not}"),
        ("committed, and no updateKeys", [ahead, then(nextKeyHashes=[])], "entry 2: " + unset.format("updateKeys")),
        ("committed, and no nextKeyHashes", [ahead, then(updateKeys=[multikey(NEW)])], "entry 2: " + unset.format("nextKeyHashes")),
        ("committed, and updateKeys of null", [ahead, then(updateKeys=None, nextKeyHashes=[])], f"entry 2: {may_not}"),
        ("no more committed, and the old rule", [ahead, _rotated(NEW), _rotated(OLD)], f"entry 3: {may_not}"),
        ("a key of P-256", [first(signer=p256, updateKeys=[multikey(p256)])], "entry 1: a proof is not of eddsa-jcs-2022"),
    ):
        yield Vector(name, entries(*[_for(p256, draft) for draft in drafts]), LOG, detail)
    log = entries(first(updateKeys=[multikey(OLD), multikey(NEW)]), then())
    proof = ("proof", 0)
    wrong = "https://history.example/key#1"
    bare, crossed = f"did:key:{multikey(OLD)}", f"did:key:{multikey(OLD)}#{multikey(NEW)}"
    for name, member, value, detail in (
        ("a signature of zeros", "proofValue", "z" + "1" * 64, "the signature"),
        ("a signature in base64url", "proofValue", "u" + "A" * 86, "proofValue"),
        ("no signature", "proofValue", ..., "proofValue is missing"),
        ("another date in the proof", "created", "2026-01-02T00:00:00Z", "the signature"),
        ("another member in the proof", "nonce", "1", "the signature"),
        ("another purpose", "proofPurpose", "authentication", "the proof is not made for assertionMethod"),
        ("another cryptosuite", "cryptosuite", "eddsa-rdfc-2022", "a proof is not of eddsa-jcs-2022"),
        ("no cryptosuite", "cryptosuite", ..., "a proof is not of eddsa-jcs-2022"),
        ("another type of proof", "type", "Ed25519Signature2020", "a proof is of type DataIntegrityProof"),
        ("a proof that has expired", "expires", "2026-11-24T12:00:00Z", "the proof has expired"),
        ("a key that is no DID URL", "verificationMethod", wrong, "verificationMethod is no DID URL"),
        ("a key without a fragment", "verificationMethod", bare, may_not),
        ("a key with the fragment of another", "verificationMethod", crossed, may_not),
        ("the other key's name", "verificationMethod", f"did:key:{multikey(NEW)}#{multikey(NEW)}", "the signature"),
    ):
        for position in (0, 1):
            changed_log = spoilt(log, position, (*proof, member), value)
            yield Vector(f"entry {position + 1}: {name}", changed_log, LOG, f"entry {position + 1}: .*{detail}")
    rdfc = entries(first(), with_(then(), options={"purpose": "authentication"}))
    yield Vector("signed for another purpose", rdfc, LOG, "entry 2: the proof is not made for assertionMethod")
    more = entries(first())
    more[0]["proof"] += signed(without_proof(more[0]), STRANGER)["proof"]
    yield Vector("a second proof by somebody else", more, LOG, f"entry 1: {may_not}")
    many = entries(first())
    many[0]["proof"] *= 5
    yield Vector("5 proofs", many, LOG, "entry 1: there are more than 4 proofs")


def _for(p256: InMemorySigner, draft: Draft) -> Draft:
    """Return a draft that a key of P-256 can sign, where it does."""
    return with_(draft, options={"cryptosuites": ("ecdsa-jcs-2019",)}) if draft.signer is p256 else draft


def _rotated(*keys: InMemorySigner, signer: InMemorySigner | None = None) -> Draft:
    """Return an entry that goes over to keys and commits to none."""
    return then(signer=signer or keys[0], updateKeys=[multikey(key) for key in keys], nextKeyHashes=[])


def witnesses() -> Iterator[Vector]:
    log = entries(first(witness=rule(2)), then(), then())
    needs = "entry {} is approved by {} witnesses, and needs 2"
    ahead = signed({"versionId": "4-Qmunpublished"}, W1)
    other = entries(first(witness=rule(2), time="2026-01-01T00:00:01Z"), then(), then())
    for name, given, detail in (
        ("no proofs", [], needs.format(1, 0)),
        ("one witness of two", approvals(log, (3, W0)), needs.format(1, 1)),
        ("one witness twice", approvals(log, (3, W0), (2, W0), (1, W0)), needs.format(1, 1)),
        ("the second for an earlier entry", approvals(log, (3, W0), (2, W1)), needs.format(3, 1)),
        ("somebody who is no witness", approvals(log, (3, W0), (3, STRANGER)), needs.format(1, 1)),
        ("a proof for an entry that is not there", [*approvals(log, (3, W0)), ahead], needs.format(1, 1)),
        ("proofs for another log", approvals(other, (3, W0), (3, W1)), needs.format(1, 0)),
        ("another's signature", [*by_another(log, 3, W1, STRANGER), *approvals(log, (3, W0))], needs.format(1, 1)),
        ("another purpose", _changed_proofs(log, ("proofPurpose",), "authentication"), needs.format(1, 0)),
        ("another cryptosuite", _changed_proofs(log, ("cryptosuite",), "eddsa-rdfc-2022"), needs.format(1, 0)),
        ("a changed proof", _changed_proofs(log, ("created",), "2026-01-02T00:00:00Z"), needs.format(1, 0)),
        (
            "more signed than the versionId",
            [signed({"versionId": log[2]["versionId"], "x": 1}, w) for w in WITNESSES],
            needs.format(1, 0),
        ),
        ("an item that is a text", ["z"], "an item is not a versionId and proofs"),
        ("a versionId that is a number", [approvals(log, (3, W0))[0] | {"versionId": 3}], "an item is not a versionId"),
        ("a proof that is a text", [{"versionId": log[2]["versionId"], "proof": "z"}], "an item is not a versionId"),
        ("an object", {}, "the document is no JSON array"),
    ):
        yield Vector(f"witnesses: {name}", log, LOG, f"did-witness.json: {detail}", witnesses=given)
    many = [approvals(log, (3, W0))[0] | {"proof": [{}] * 1025}]
    yield Vector("witnesses: 1025 proofs", log, "ComplexityLimitError", "more than 1024 proofs", witnesses=many)
    yield Vector("witnesses: no file", log, FETCH, "no answer")
    begun = entries(first(), then(witness=rule(1, W0)))
    yield Vector("witnesses: not for the entry that brings them", begun, LOG, "entry 2 is approved by 0 witnesses", witnesses=[])
    ended = entries(first(witness=rule(1, W0)), then(witness={}))
    only_first = approvals(ended, (1, W0))
    yield Vector("witnesses: not for the entry that ends them", ended, LOG, "entry 2 is approved by 0", witnesses=only_first)
    swapped = entries(first(witness=rule(1, W0)), then(witness=rule(1, W1)))
    by_new = approvals(swapped, (2, W1))
    yield Vector("witnesses: new ones for the entry that brings them", swapped, LOG, "entry 1 is approved by 0", witnesses=by_new)


def _changed_proofs(log: Entries, path: tuple[str, ...], value: object) -> Entries:
    return [changed(item, ("proof", 0, *path), value) for item in approvals(log, (3, W0), (3, W1), (3, W2))]


def files() -> Iterator[Vector]:
    log = entries(first(), then())
    good = lines(log)
    yield Vector("no answer", log, FETCH, "no answer")
    for name, content, detail in (
        ("a page", b"<html>\n", "entry 1: not JSON"),
        ("a line that is a list", b"[]\n" + good, "entry 1: the document is no JSON object"),
        ("an empty line between entries", good.replace(b"\n", b"\n\n", 1), "entry 2: not JSON"),
        ("an empty line at the end", good + b"\n", "entry 3: not JSON"),
        (
            "a member twice",
            good.replace(b'{"versionId"', b'{"state":{},"versionId"', 1),
            "entry 1: the member 'state' stands twice",
        ),
        ("deep nesting", b'{"a":' * 100 + b"1" + b"}" * 100 + b"\n", "entry 1: the document nests deeper"),
        (
            "a number without a form",
            good.replace(b'"parameters":{', b'"parameters":{"ttl":0.30000000000000004e400,', 1),
            "entry 1: ",
        ),
    ):
        yield Vector(name, log, LOG, detail, content=content)
    yield Vector("an empty file", log, LOG, "entry 1: not JSON", content=b"\n")
    many = b"{}\n" * (MAX_ENTRIES + 1)
    yield Vector(f"{MAX_ENTRIES + 1} entries", log, "ComplexityLimitError", "more than 512 entries", content=many)
