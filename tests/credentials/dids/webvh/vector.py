"""What a vector of did:webvh is, and how one is spoilt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from credentials.keys import InMemorySigner
from tests.credentials.dids.webvh.logs import Draft, approvals, lines, name_of, url_of
from tests.strategies import changed

Entries = list[dict[str, Any]]
LOG, FETCH, NOT_THERE, DID, ENDED, FOREIGN = (
    "InvalidDIDLogError",
    "FetchError",
    "NotThereError",
    "InvalidVerificationMethodURLError",
    "DeactivatedDIDError",
    "ForeignDIDDocumentError",
)


@dataclass(frozen=True)
class Vector:
    """A log, what is asked of it, and what comes of it.

    Attributes:
        name: what is special about it.
        log: its entries.
        expect: the number of the version that is found, or the error.
        detail: what the error says.
        witnesses: did-witness.json; None where there is none.
        did: the DID that is asked for; the last entry's where it is empty.
        query: for a version.
        content: did.jsonl, where it is not the entries.
        is_name_alone: whether there is nothing at the address.
    """

    name: str
    log: Entries
    expect: int | str
    detail: str = ""
    witnesses: object = None
    did: str = ""
    query: str = ""
    content: bytes = b""
    is_name_alone: bool = False

    def to_json(self) -> dict[str, Any]:
        did = self.did or name_of(self.log)
        files = {} if self.expect == FETCH or self.is_name_alone else {url_of(did): (self.content or lines(self.log)).decode()}
        if self.witnesses is not None:
            files[url_of(did, "did-witness.json")] = json.dumps(self.witnesses, separators=(",", ":"))
        asked = did + (f"?{self.query}" if self.query else "")
        return {"name": self.name, "did": asked, "files": files, "expect": self.expect, "detail": self.detail}


def spoilt(log: Sequence[Mapping[str, Any]], position: int, path: tuple[str | int, ...], value: object) -> Entries:
    """Return a log in which an entry was changed after it was signed."""
    return [changed(entry, path, value) if place == position else dict(entry) for place, entry in enumerate(log)]


def without_proof(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "proof"}


def with_(draft: Draft, **more: Any) -> Draft:  # noqa: ANN401  # any attribute of a draft
    return Draft(**{name: getattr(draft, name) for name in Draft.__dataclass_fields__} | more)


def by_another(log: Entries, number: int, witness: InMemorySigner, by: InMemorySigner) -> Entries:
    """Return a proof that names a witness and that somebody else made."""
    [item] = approvals(log, (number, by))
    return [changed(item, ("proof", 0, "verificationMethod"), witness.verification_method)]
