"""Certificates as they are printed, and lists of codes as large as a partnership's: rows far down cost more bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import schemas
from credentials.data_integrity import add_proof_set
from credentials.identifiers import credential_id
from credentials.keys import InMemorySigner
from credentials.qr import Profile, grown, parse_profile, rows_for

KINDS: Final = ("training", "work-experience")
HOST: Final = "https://lists.skills.example"
DID: Final = "did:web:centres.example:sunder-bay-care"
SIGNER: Final = InMemorySigner(f"{DID}#k1", sha256(b"certificates").digest())
HOLDER: Final[Mapping[str, Any]] = {
    "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "name": [{"@value": "Maria Consolacion Dela Cruz", "@language": "en"}],
}
"""A name of 27 letters, and the key in the holder's phone."""
_STEM: Final = "https://lists.skills.example/status/sunder-bay-care-1"
_FILLED: Final = {"issuers": 20_000, "achievements": 2_000, "stems": 20_000, "alignments": 13_000, "entries": 13_000}
"""Table to how many rows of others stand before ours."""
INLINE: Final = frozenset({"issuers", "achievements", "stems"})
"""Tables that are empty where issuer and programme are not in the lists."""
_PERSONAL: Final = frozenset({"id", "licenseNumber", "proofValue", "@value", "statusListIndex", "identityHash"})
_PURPOSES: Final = ("revocation", "suspension")


def signed(kind: str, *, number: int = 0, subject: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an example credential with one JCS proof, of one person of many, with other members of its subject."""
    path = Path(schemas.__file__).parent / "examples" / f"{kind}-credential.json"
    document = deepcopy(json.loads(path.read_bytes()))
    index = 4711 + 1009 * number
    document["issuer"] = {**document["issuer"], "id": DID}
    document["id"] = credential_id(DID, _STEM, index)
    document["credentialStatus"] = [
        {
            "id": f"{_STEM}-{purpose}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": f"{_STEM}-{purpose}",
        }
        for purpose in _PURPOSES
    ]
    document["credentialSubject"] |= subject or {}
    created = datetime.fromisoformat(document["validFrom"])
    return add_proof_set(document, SIGNER, created=created, cryptosuites=["eddsa-jcs-2022"])


def lists(*, without: frozenset[str] = frozenset(), others: bool = True) -> dict[str, Any]:
    """Return the file of codes that holds what the examples share.

    Args:
        without: tables that stay empty.
        others: whether the rows of many others stand before.
    """
    filled = {name: [{"other": number} for number in range(count if others else 0)] for name, count in _FILLED.items()}
    shared = [row for kind in KINDS for profile in _profiles() for row in rows_for(profile, signed(kind))]
    entries = [("alignments", {"type": ["Alignment"], **entry}) for entry in schemas.classification_entries()]
    entries += [("entries", {"type": ["ClassificationEntry"], **entry}) for entry in schemas.classification_entries()]
    tables = grown(filled, [*_fixed(), *shared, *entries])
    return {"profiles": list(schemas.qr_profiles()), "tables": tables | {name: [] for name in without}}


def _fixed() -> Iterator[tuple[str, Any]]:
    yield ("stems", _STEM)
    yield from (("directions", direction) for direction in ("rtl", "ltr"))
    yield from (("smallNumbers", number) for number in range(1, 101))
    yield ("achievementTypes", "Certificate")


def _profiles() -> list[Profile]:
    return [parse_profile(record) for record in schemas.qr_profiles()]


def shared_texts(document: Mapping[str, Any]) -> list[str]:
    """Return every text of a credential that others of the same programme have too: what a table may hold."""
    found: dict[str, None] = {}
    pending: list[tuple[str, object]] = [("", document)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.items())
        elif isinstance(value, list):
            pending.extend((name, item) for item in value)
        elif isinstance(value, str) and (name not in _PERSONAL or value.startswith(("urn:comity:", "did:", "http"))):
            found[value] = None
    return [text for text in found if str(document["id"]) not in text and "#4711" not in text]
