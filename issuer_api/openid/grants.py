"""What a wallet was granted, and the tokens that open it, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from issuer_api.openid.tables import OpenIDGrant, OpenIDToken
from web.statements import Statement, Writing, inserted


@dataclass(frozen=True, slots=True)
class Grant:
    """What one wallet may fetch, as `OpenIDGrant` keeps it."""

    id: str
    organisation: str
    credential: str
    configurations: str
    is_identified: bool
    client_id: str | None
    jkt: str | None
    source_hash: str
    revoked_at: datetime | None
    created_at: datetime


_MEMBERS: Final = tuple(one.name for one in fields(Grant))
BY_TOKEN: Final = Statement(
    select(OpenIDToken.kind, OpenIDToken.expires_at, *(getattr(OpenIDGrant, name) for name in _MEMBERS)).where(
        col(OpenIDToken.grant) == col(OpenIDGrant.id), col(OpenIDToken.token_hash) == bindparam("token_hash")
    )
)
"""Reads a token of a hash, and its grant; see `granted`."""
_ADD_GRANT: Final = inserted(OpenIDGrant)
_ADD_TOKEN: Final = inserted(OpenIDToken)
_END_ALL: Final = Statement(
    update(OpenIDGrant)
    .where(col(OpenIDGrant.source_hash) == bindparam("source"), col(OpenIDGrant.revoked_at).is_(None))
    .values(revoked_at=bindparam("now"))
)


def granted(rows: Sequence[Any]) -> tuple[Any, Grant | None]:
    """Return (token, with `kind` and `expires_at`; its grant) of what `BY_TOKEN` read; None where there is none."""
    return (rows[0], Grant(*rows[0][-len(_MEMBERS) :])) if rows else (None, None)


def add_grant(writing: Writing, grant: Grant) -> None:
    """Keep a grant."""
    writing.run(_ADD_GRANT, **{name: getattr(grant, name) for name in _MEMBERS})


def add_token(writing: Writing, token_hash: str, grant: Grant, kind: str, expires_at: datetime) -> None:
    """Keep the hash of a token that opens a grant."""
    writing.run(_ADD_TOKEN, token_hash=token_hash, grant=grant.id, kind=kind, used_at=None, expires_at=expires_at)


def end_all_of(writing: Writing, source_hash: str, now: datetime) -> None:
    """End every grant that came of a code."""
    writing.run(_END_ALL, source=source_hash, now=now)
