"""API tokens: for one issuer, for named actions, stored as hashes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Final

from fastapi import Request

from issuer_api.errors import InvalidRecordError, TokenError
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import ApiToken

ACTIONS: Final = ("read", "issue", "status")
_PREFIX: Final = "comity_"


def create_token(issuer: Issuer, slug: str, name: str, actions: Iterable[str]) -> str:
    """Return a fresh token; it is shown once.

    Raises:
        UnknownThingError: there is no such issuer.
        InvalidRecordError: an action that is none.
    """
    organisation(issuer, slug)
    wanted = tuple(sorted(set(actions)))
    if not wanted or not set(wanted) <= set(ACTIONS):
        raise InvalidRecordError(f"actions are: {', '.join(ACTIONS)}", pointer="/actions")
    token = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(token_hash=_hash(token), organisation=slug, name=name, actions=" ".join(wanted), created_at=issuer.clock())
    with issuer.database.write() as session:
        session.add(row)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def authorized(issuer: Issuer, request: Request, action: str) -> str:
    """Return the slug of the issuer for which the request's token may do `action`.

    Raises:
        TokenError: no token, an unknown or revoked one, or one for other actions.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenError("send an API token: Authorization: Bearer …")
    with issuer.database.session() as session:
        row = session.get(ApiToken, _hash(token))
    if row is None or row.revoked_at is not None:
        raise TokenError("this API token is not known or was revoked")
    if action not in row.actions.split():
        raise TokenError(f"this API token may not {action}")
    return row.organisation
