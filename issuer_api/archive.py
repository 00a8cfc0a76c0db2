"""The archive form of a credential: its bytes as they were signed, its place in the issuance log, and the checkpoint."""

from __future__ import annotations

import json
from typing import Any

from issuer_api.issuing import credential_json, find_issued
from issuer_api.log import anchor_json, checkpoint_note
from issuer_api.organisations import organisation
from issuer_api.service import Issuer


def archive(issuer: Issuer, slug: str, credential: str) -> bytes:
    """Return `{"credential", "anchor", "checkpoint"}`; the credential stands in it byte for byte.

    Raises:
        UnknownThingError: none of this issuer, or not delivered yet.
        ErasedError: the person's data was erased.
    """
    content, anchor = credential_json(issuer, slug, credential), _anchor(issuer, slug, credential)
    note = checkpoint_note(issuer, anchor["treeSize"])
    return b'{"credential":%b,"anchor":%b,"checkpoint":%b}' % (content, _spelled(anchor), _spelled(note))


def anchor_of(issuer: Issuer, slug: str, credential: str) -> bytes:
    """Return a credential's place in the issuance log, as JSON.

    Raises:
        UnknownThingError: none of this issuer, or not in the log yet.
        ErasedError: the person's data was erased.
    """
    return _spelled(_anchor(issuer, slug, credential))


def _anchor(issuer: Issuer, slug: str, credential: str) -> dict[str, Any]:
    did, _ = organisation(issuer, slug)
    _, subject = find_issued(issuer, slug, credential)
    return anchor_json(issuer, did, credential, subject)


def _spelled(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
