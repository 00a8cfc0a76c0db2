"""The partnership's file of codes: how a whole credential is written into a small code, and the rows that codes name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import schemas
from credentials.qr import grown

CODES_FILE: Final = "partnership/qr.json"


def codes_file(published: bytes | None, rows: Iterable[tuple[str, Any]]) -> bytes:
    """Return the file as it is to be published: what papers name stays as it is, and new profiles and rows stand behind.

    Args:
        published: the file as it is published now, or None before the first time.
        rows: (table, value) of what certificates may share now.
    """
    before: dict[str, Any] = json.loads(published) if published else {"profiles": [], "tables": {}}
    kept = {profile["number"] for profile in before["profiles"]}
    profiles = before["profiles"] + [profile for profile in schemas.qr_profiles() if profile["number"] not in kept]
    document = {"profiles": profiles, "tables": grown(before["tables"], rows)}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
