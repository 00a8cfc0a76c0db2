"""Signed credentials and the codec of their lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.identifiers import credential_id
from credentials.keys import InMemorySigner, PublicKey
from credentials.qr import Codec, parse_profile, parse_tables

SCHEMAS: Final = Path(__file__).parents[3] / "schemas"
DID: Final = "did:web:localhost%3A8000:issuers:sunder-bay-care"
STEM: Final = "https://localhost:8000/status/sunder-bay-care-1"
SIGNER: Final = InMemorySigner(f"{DID}#k1", sha256(b"qr").digest())
P256_HOLDER: Final = f"did:key:{InMemorySigner('', sha256(b'a phone on P-256').digest(), 'ES256').public_key.multibase}"
HOLDER: Final = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def public_key() -> PublicKey:
    return SIGNER.public_key


def signed(name: str, edit: Mapping[str, Any] | None = None, *, subject: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an example with its ids derived, members replaced, and a JCS proof."""
    document = deepcopy(_example(name))
    document["issuer"] = {**document["issuer"], "id": DID}
    document["id"] = credential_id(DID, STEM, 4711)
    document["credentialStatus"] = [
        {
            "id": f"{STEM}-{purpose}#4711",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": "4711",
            "statusListCredential": f"{STEM}-{purpose}",
        }
        for purpose in ("revocation", "suspension")
    ]
    document |= edit or {}
    document["credentialSubject"] = {**document["credentialSubject"], **(subject or {})}
    created = datetime.fromisoformat(document["validFrom"])
    return add_proof_set(document, SIGNER, created=created, cryptosuites=["eddsa-jcs-2022"])


@cache
def _example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / "examples" / f"{name}-credential.json").read_text(encoding="utf-8"))
    return document


def rows(documents: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the tables that these credentials need."""
    entries = json.loads((SCHEMAS / "classifications" / "slice.json").read_text(encoding="utf-8"))["entries"]
    listed = list(documents)
    return {
        "contexts": unique(document["@context"] for document in listed),
        "issuers": unique(document["issuer"] for document in listed),
        "stems": [STEM],
        "languages": unique(name["@language"] for document in listed for name in document["credentialSubject"]["name"]),
        "directions": ["rtl", "ltr"],
        "achievements": unique(
            document["credentialSubject"]["achievement"] for document in listed if "achievement" in document["credentialSubject"]
        ),
        "achievementTypes": ["Certificate"],
        "alignments": [{"type": ["Alignment"], **entry} for entry in entries],
        "entries": [{"type": ["ClassificationEntry"], **entry} for entry in entries],
        "titles": ["Work experience"],
        "smallNumbers": list(range(1, 81)),
        "countries": ["XA", "XB", "XC"],
        "bases": ["payroll"],
    }


def unique(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def profiles() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((SCHEMAS / "qr" / "profiles.json").read_text(encoding="utf-8"))["profiles"]
    return listed


def codec(tables: Mapping[str, list[Any]]) -> Codec:
    return Codec.of([parse_profile(record) for record in profiles()], parse_tables(dict(tables)))


@cache
def shipped() -> Codec:
    return codec(rows([signed("training"), signed("work-experience")]))
