"""API tokens: for one issuer, for named actions, stored as hashes, listed and revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy import bindparam
from sqlmodel import col, select

from issuer_api.errors import InvalidRecordError, ScopeError, TokenError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import ApiToken
from web.statements import Statement

ACTIONS: Final = ("read", "issue", "status", "erase", "tokens")
MAX_NAME: Final = 100
_PREFIX: Final = "comity_"
_BY_HASH: Final = Statement(select(ApiToken).where(col(ApiToken.token_hash) == bindparam("token_hash")))


@dataclass(frozen=True, slots=True)
class Caller:
    """The program that asks.

    Attributes:
        slug: the one issuer that its token is for.
        by: how the history names it.
    """

    slug: str
    by: str


def create_token(
    issuer: Issuer, slug: str, name: str, actions: Iterable[str], *, lasts: timedelta | None = None, by: str = COMMAND_LINE
) -> str:
    """Return a fresh token; it is shown once.

    Args:
        issuer: the house.
        slug: the issuer that the token is for.
        name: what the history and the list call it.
        actions: of `ACTIONS`.
        lasts: for how long it is good; None for until it is revoked.
        by: who creates it.

    Raises:
        UnknownThingError: there is no such issuer.
        InvalidRecordError: an action that is none, or no name.
    """
    organisation(issuer, slug)
    wanted = tuple(sorted(set(actions)))
    if not wanted or not set(wanted) <= set(ACTIONS):
        raise InvalidRecordError(f"actions are: {', '.join(ACTIONS)}", pointer="/actions")
    if not name.strip() or len(name) > MAX_NAME:
        raise InvalidRecordError(f"give the token a name of at most {MAX_NAME} letters", pointer="/name")
    token, now = _PREFIX + secrets.token_urlsafe(32), issuer.clock()
    row = ApiToken(
        id=issuer.new_id(),
        token_hash=_hash(token),
        organisation=slug,
        name=name,
        actions=" ".join(wanted),
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    with issuer.database.write(slug) as session:
        session.add(row)
        note(issuer, session, slug, by, "token-created", row.id)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def list_tokens(issuer: Issuer, slug: str) -> tuple[ApiToken, ...]:
    """Return an issuer's tokens, the newest first; the tokens themselves cannot be read back."""
    query = select(ApiToken).where(ApiToken.organisation == slug).order_by(col(ApiToken.created_at).desc(), col(ApiToken.id))
    with issuer.database.session() as session:
        return tuple(session.exec(query).all())


def revoke_token(issuer: Issuer, slug: str, token_id: str, *, by: str = COMMAND_LINE) -> None:
    """Make a token useless at once; again changes nothing.

    Raises:
        UnknownThingError: this issuer has no such token.
    """
    with issuer.database.write(slug) as session:
        row = session.get(ApiToken, token_id)
        if row is None or row.organisation != slug:
            raise UnknownThingError(f"{slug} has no API token {token_id[:40]!r}")
        if row.revoked_at is None:
            row.revoked_at = issuer.clock()
            note(issuer, session, slug, by, "token-revoked", token_id)


def authorized(issuer: Issuer, request: Request, action: str) -> Caller:
    """Return who asks, if the request's token may do `action`.

    Raises:
        TokenError: no token, or one that is unknown, revoked or run out.
        ScopeError: one for other actions.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenError("send an API token: Authorization: Bearer …")
    row = next(iter(issuer.database.rows(_BY_HASH, token_hash=_hash(token))), None)
    if row is None or row.revoked_at is not None:
        raise TokenError("this API token is not known or was revoked")
    if row.expires_at is not None and row.expires_at <= issuer.clock():
        raise TokenError("this API token has run out")
    if action not in row.actions.split():
        raise ScopeError(f"this API token may not {action}")
    return Caller(row.organisation, f"API token {row.name}")


BEARER: Final = HTTPBearer(auto_error=False, description="An API token of one issuer: `comity token` makes it.")


def needs(issuer: Issuer, action: str) -> Callable[..., Caller]:
    """Return what gives a route its caller: a request without a token for `action` is refused before anything else is looked at."""

    def caller(request: Request, _named_in_openapi: Annotated[object, Security(BEARER)]) -> Caller:
        return authorized(issuer, request, action)

    return caller
