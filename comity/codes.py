"""The file of codes as this deployment publishes it: what is out stays, what its issuers certify now stands behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import schemas
from credentials.qr import parse_profile
from issuer_api.code_rows import code_rows
from issuer_api.service import Issuer
from registry.codes import CODES_FILE, codes_file


def codes_of(issuer: Issuer, published: Mapping[str, bytes], states: Iterable[str]) -> dict[str, bytes]:
    """Return the file of codes by its target path.

    Args:
        issuer: the house whose certificates the codes hold.
        published: target path to content of the lists as they are now.
        states: codes of the parties.
    """
    profiles = [parse_profile(record) for record in schemas.qr_profiles()]
    return {CODES_FILE: codes_file(published.get(CODES_FILE), code_rows(issuer, profiles, states))}
