"""What things look like: JSON-LD contexts, JSON Schemas, classifications. Data, and the one way to read it.

Every context is pinned: `contexts/index.json` names its URL, file, SHA-256, source and licence, and a file whose digest differs
is never handed out. Nothing here touches the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

COMITY_CONTEXT: Final = "https://comity.example/contexts/v1"
RECOGNITION_CONTEXT: Final = "https://comity.example/contexts/recognition/v1"
CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
TRAINING_SCHEMA: Final = "https://comity.example/schemas/training-credential.v1.json"
DECISION_SCHEMA: Final = "https://comity.example/schemas/recognition-decision-credential.v1.json"
ENDORSEMENT_SCHEMA: Final = "https://comity.example/schemas/endorsement-credential.v1.json"
WORK_EXPERIENCE_SCHEMA: Final = "https://comity.example/schemas/work-experience-credential.v1.json"

_FOLDER: Final = Path(__file__).parent


def _index() -> Mapping[str, tuple[Path, str]]:
    rows = json.loads((_FOLDER / "contexts" / "index.json").read_bytes())
    return MappingProxyType({row["url"]: (_FOLDER / "contexts" / row["file"], row["sha256"]) for row in rows})


def _json_schemas() -> Mapping[str, Path]:
    files = sorted((_FOLDER / "json").glob("*.schema.json"))
    return MappingProxyType({json.loads(file.read_bytes())["$id"]: file for file in files})


CONTEXTS: Final = _index()
"""Context URL to (file, SHA-256 in hexadecimal)."""

JSON_SCHEMAS: Final = _json_schemas()
"""JSON Schema URL to file."""


@cache
def context(url: str) -> dict[str, Any]:
    """Return a pinned JSON-LD context document; do not change it.

    Raises:
        KeyError: we do not ship this context.
        ValueError: the file is not the one that was pinned.
    """
    document: dict[str, Any] = json.loads(pinned(*CONTEXTS[url]))
    return document


def pinned(file: Path, sha256: str) -> bytes:
    """Return a file's bytes.

    Raises:
        ValueError: they are not the ones that were pinned.
    """
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{file.name} is not the file that was pinned")
    return content


def revisions(url: str) -> tuple[bytes, ...]:
    """Return the bytes of a context or a JSON Schema of ours, in every revision that we hold; none for another URL."""
    if url in CONTEXTS:
        return (pinned(*CONTEXTS[url]),)
    return (JSON_SCHEMAS[url].read_bytes(),) if url in JSON_SCHEMAS else ()


@cache
def json_schema(url: str) -> dict[str, Any]:
    """Return a JSON Schema of ours; do not change it.

    Raises:
        KeyError: we do not ship this schema.
    """
    document: dict[str, Any] = json.loads(JSON_SCHEMAS[url].read_bytes())
    return document


@cache
def classification_entries() -> tuple[Mapping[str, str], ...]:
    """Return the entries of ESCO, ISCO-08 and ISCED-F that we ship, in the form that a credential's `alignment` has."""
    entries = json.loads((_FOLDER / "classifications" / "slice.json").read_bytes())["entries"]
    return tuple(MappingProxyType(entry) for entry in entries)


@cache
def classification_codes(kind: str) -> frozenset[str]:
    """Return every code of `ext:ISCEDF` (ISCED-F 2013) or `ext:ISCO08`, at each of its levels.

    Raises:
        KeyError: it is another kind.
    """
    codes = json.loads((_FOLDER / "classifications" / "codes.json").read_bytes())["codes"]
    return frozenset(codes[kind].split())


@cache
def qr_profiles() -> tuple[Mapping[str, Any], ...]:
    """Return the profiles by which a credential is written into a code; do not change them."""
    return tuple(json.loads((_FOLDER / "qr" / "profiles.json").read_bytes())["profiles"])
