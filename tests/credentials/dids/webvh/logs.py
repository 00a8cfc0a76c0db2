"""Makes did:webvh logs, right and wrong: an entry is hashed, linked and signed whatever it says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from credentials import jcs
from credentials.data_integrity import add_proof_set
from credentials.data_integrity.options import parse_datetime
from credentials.encoding import base58btc_encode
from credentials.keys import InMemorySigner
from tests.credentials.world import key_signer

HOST: Final = "history.example"
NAMED: Final = "did:webvh:{SCID}:history.example"
MOVED: Final = "did:webvh:{SCID}:elsewhere.example:dids"
OLD, NEW, NEXT, STRANGER = (key_signer(f"webvh {name}") for name in ("old", "new", "next", "stranger"))
WITNESSES: Final = tuple(key_signer(f"webvh witness {number}") for number in range(3))
JSON = Mapping[str, Any]


def key_of(did: str, name: str = "old") -> InMemorySigner:
    """Return a signer with the key of `OLD`, `NEW`, `NEXT` or `STRANGER` as the DID's `#k1`."""
    return InMemorySigner(f"{did}#k1", sha256(f"webvh {name}".encode()).digest())


def multikey(signer: InMemorySigner) -> str:
    return signer.public_key.multibase


def multihash(data: bytes) -> str:
    return base58btc_encode(b"\x12\x20" + sha256(data).digest())


def committed(*signers: InMemorySigner) -> list[str]:
    """Return `nextKeyHashes` for keys."""
    return [multihash(multikey(signer).encode()) for signer in signers]


def rule(threshold: int, *signers: InMemorySigner) -> dict[str, Any]:
    """Return a `witness` parameter."""
    return {"threshold": threshold, "witnesses": [{"id": f"did:key:{multikey(signer)}"} for signer in signers or WITNESSES]}


def document(did: str = NAMED, key: InMemorySigner = OLD, **changes: object) -> dict[str, Any]:
    """Return a DID document with one key."""
    method = {"id": f"{did}#k1", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(key)}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
        "authentication": [method["id"]],
    } | changes


@dataclass(frozen=True)
class Draft:
    """What an entry says, and who signs it; `{SCID}` stands for the hash that is not known yet."""

    parameters: JSON
    state: JSON = field(default_factory=lambda: {"id": NAMED})
    signer: InMemorySigner = OLD
    time: str = ""
    number: str = ""
    options: JSON = field(default_factory=dict)
    more: JSON = field(default_factory=dict)


def first(*, signer: InMemorySigner = OLD, state: JSON | None = None, time: str = "", **changes: object) -> Draft:
    """Return the first entry; a parameter given as `...` is left out."""
    parameters = {"method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [multikey(OLD)]} | changes
    kept = {name: value for name, value in parameters.items() if value is not ...}
    return Draft(kept, state or {"id": NAMED}, signer, time)


def then(*, signer: InMemorySigner = OLD, state: JSON | None = None, time: str = "", **parameters: object) -> Draft:
    """Return a later entry."""
    return Draft(parameters, state or {"id": NAMED}, signer, time)


def entries(*drafts: Draft) -> list[dict[str, Any]]:
    """Return the entries of a log."""
    scid = multihash(jcs.canonicalize(_unlinked(drafts[0], 1) | {"versionId": "{SCID}"}))
    made: list[dict[str, Any]] = []
    for number, draft in enumerate(drafts, start=1):
        entry = json.loads(json.dumps(_unlinked(draft, number)).replace("{SCID}", scid))
        linked = entry | {"versionId": made[-1]["versionId"] if made else scid}
        entry["versionId"] = f"{draft.number or number}-{multihash(jcs.canonicalize(linked))}"
        made.append(signed(entry, draft.signer, draft.options))
    return made


def _unlinked(draft: Draft, number: int) -> dict[str, Any]:
    time = draft.time or f"2026-0{number}-01T00:00:00Z"
    return {"versionId": "", "versionTime": time, "parameters": dict(draft.parameters), "state": dict(draft.state), **draft.more}


def signed(entry: JSON, signer: InMemorySigner, options: JSON | None = None) -> dict[str, Any]:
    """Return an entry with one proof; options say what is another than usual."""
    chosen: dict[str, Any] = {"cryptosuites": ("eddsa-jcs-2022",)} | dict(options or {})
    created = parse_datetime("2026-01-01T00:00:00Z")
    assert created is not None
    found = add_proof_set(entry, signer, created=created, **chosen)
    return found | {"proof": found["proof"] if isinstance(found["proof"], list) else [found["proof"]]}


def approvals(log: Sequence[JSON], *given: tuple[int, InMemorySigner]) -> list[dict[str, Any]]:
    """Return did-witness.json: (number of a version, witness who approves it)."""
    return [signed({"versionId": log[number - 1]["versionId"]}, signer) for number, signer in given]


def lines(log: Sequence[JSON]) -> bytes:
    """Return did.jsonl."""
    return b"".join(json.dumps(entry, separators=(",", ":")).encode() + b"\n" for entry in log)


def name_of(log: Sequence[JSON], position: int = -1) -> str:
    return str(log[position]["state"]["id"])


def url_of(did: str, name: str = "did.jsonl") -> str:
    host, *path = did.split(":")[3:]
    return f"https://{host.replace('%3A', ':')}/{'/'.join(path) or '.well-known'}/{name}"


def moved(**changes: object) -> Draft:
    return then(state={"id": MOVED, "alsoKnownAs": [NAMED]} | changes)
