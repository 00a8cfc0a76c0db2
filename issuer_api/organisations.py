"""Issuers: create them, and the DID documents they publish."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from credentials.dids import did_document, did_web_id
from credentials.keys import PublicKey
from issuer_api.certified_keys import CertifiedKey, certified_keys
from issuer_api.errors import InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.key_records import FIRST, KeyRecord, KeyState, first_key, fragment_of, read_keys
from issuer_api.names import text_problem
from issuer_api.service import Issuer
from issuer_api.tables import Organisation
from web.statements import Statement

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,62}")
MAX_NAME: Final = 200
CORRECTIONS: Final = "/issuer/api/v1/corrections"
"""Where holders ask for corrections."""
_ONE: Final = Statement(select(Organisation.did, Organisation.record).where(col(Organisation.slug) == bindparam("slug")))


def create_issuer(issuer: Issuer, slug: str, record: Mapping[str, Any], *, by: str = COMMAND_LINE) -> str:
    """Create an issuer with its first key and return its DID; one that exists stays as it is.

    Args:
        issuer: the house.
        slug: lower-case letters, digits and hyphens.
        record: `name`, and what paper shows: `place`, `authority`, `state` (names by language), `signatory`.
        by: who creates it.

    Raises:
        InvalidRecordError: the slug or the name will not do.
    """
    if not _SLUG.fullmatch(slug):
        raise InvalidRecordError("a short name has 2 to 63 lower-case letters, digits and hyphens", pointer="/slug")
    name = record.get("name")
    if not isinstance(name, str) or text_problem(name, MAX_NAME):
        raise InvalidRecordError(f"the issuer needs a name: at most {MAX_NAME} letters, no control characters", pointer="/name")
    did = did_web_id(issuer.base_url, slug)
    key = issuer.keys.create(f"{did}#{fragment_of(FIRST)}")
    text = json.dumps(dict(record), ensure_ascii=False, sort_keys=True)
    with issuer.database.write(slug) as session:
        if session.get(Organisation, slug) is None:
            session.add(Organisation(slug=slug, did=did, record=text, created_at=issuer.clock()))
            session.flush()
            session.add(first_key(slug, key, issuer.clock()))
            note(issuer, session, slug, by, "issuer-created", slug)
    return did


def organisation(issuer: Issuer, slug: str) -> tuple[str, dict[str, Any]]:
    """Return (DID, record) of an issuer.

    Raises:
        UnknownThingError: there is none of that name.
    """
    found = issuer.database.rows(_ONE, slug=slug)
    if not found:
        raise UnknownThingError(f"there is no issuer {slug[:64]!r}")
    record: dict[str, Any] = json.loads(found[0].record)
    return found[0].did, record


def slugs(issuer: Issuer) -> tuple[str, ...]:
    """Return the short names of all issuers, sorted."""
    with issuer.database.session() as session:
        return tuple(session.exec(select(Organisation.slug).order_by(col(Organisation.slug))).all())


def public_keys(issuer: Issuer, slug: str) -> tuple[str, dict[str, PublicKey]]:
    """Return (DID, fragment to public key) of every key that an issuer has or had, with those that are certified.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    did, _ = organisation(issuer, slug)
    return did, _by_fragment(read_keys(issuer.database, slug), certified_keys(issuer, slug))


def _by_fragment(records: Sequence[KeyRecord], certified: Sequence[CertifiedKey]) -> dict[str, PublicKey]:
    keys = {record.fragment: record.public_key for record in records}
    return keys | {key.fragment: key.public_key for key in certified}


def published_document(issuer: Issuer, slug: str) -> dict[str, Any]:
    """Return the DID document of an issuer.

    A key that has ended stays, because what it signed stays good; one that is known to be stolen is named, and for nothing.
    Its one service is where holders ask for corrections.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    (did, _), records, now = organisation(issuer, slug), read_keys(issuer.database, slug), issuer.clock()
    certified = certified_keys(issuer, slug)
    document = did_document(did, _by_fragment(records, certified))
    since = {
        f"{did}#{record.fragment}": record.compromised_since
        for record in records
        if record.state(now) is KeyState.COMPROMISED and record.compromised_since
    } | {f"{did}#{key.fragment}": key.stolen_since for key in certified if key.stolen_since}
    for method in document["verificationMethod"]:
        if method["id"] in since:
            method["revoked"] = f"{since[method['id']]:%Y-%m-%dT%H:%M:%SZ}"
    for relationship in ("assertionMethod", "authentication"):
        document[relationship] = [name for name in document[relationship] if name not in since]
    address = issuer.base_url + CORRECTIONS
    document["service"] = [{"id": f"{did}#corrections", "type": "ComityCorrections", "serviceEndpoint": address}]
    return document
