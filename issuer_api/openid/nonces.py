"""Nonces that nobody stores until they are used: an end, random bytes, and a keyed hash that says they are ours."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from credentials.encoding import b64url_encode
from issuer_api.openid.service import OpenID, hash_of
from issuer_api.openid.tables import OpenIDSpent
from web.statements import Statement, Writing, inserted

LASTS: Final = timedelta(minutes=5)
_FORM: Final = re.compile(r"([0-9a-f]{8,10})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{32})")
_SPENT: Final = Statement(select(col(OpenIDSpent.hash)).where(col(OpenIDSpent.hash) == bindparam("digest")))
_SPEND: Final = inserted(OpenIDSpent)
PROOF, DPOP, CHALLENGE = "c_nonce", "dpop", "attestation"


def new_nonce(openid: OpenID, slug: str, purpose: str) -> str:
    """Return a nonce of an issuer for a purpose."""
    ends = f"{int((openid.issuer.clock() + LASTS).timestamp()):08x}"
    random = b64url_encode(openid.issuer.randomness(16))
    return f"{ends}.{random}.{_mac(openid, slug, purpose, ends, random)}"


def is_good(openid: OpenID, slug: str, purpose: str, nonce: object) -> bool:
    """Return whether a nonce is this issuer's, for this purpose, and not past its end; it may have been used."""
    match = _FORM.fullmatch(nonce) if isinstance(nonce, str) else None
    if match is None:
        return False
    ends, random, mac = match.groups()
    return hmac.compare_digest(mac, _mac(openid, slug, purpose, ends, random)) and int(ends, 16) > openid.issuer.clock().timestamp()


def _mac(openid: OpenID, slug: str, purpose: str, ends: str, random: str) -> str:
    return openid.issuer.sealer.keyed_hash(f"{purpose} {slug}\n{ends}.{random}").hex()


def spend(writing: Writing, name: str, until: datetime) -> bool:
    """Note that a name is used; return False where it was before.

    Args:
        writing: in the turn of the issuer.
        name: a nonce, or what names a proof.
        until: from then on it would be refused anyway.
    """
    digest = hash_of(name)
    if writing.rows(_SPENT, digest=digest):
        return False
    writing.run(_SPEND, hash=digest, expires_at=until)
    return True


def end_of(nonce: str) -> datetime:
    """Return when a good nonce ends."""
    return datetime.fromtimestamp(int(nonce.partition(".")[0], 16), UTC)
