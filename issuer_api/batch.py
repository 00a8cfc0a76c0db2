"""VC-API for many: each document gets its own answer, and what is right does not wait for what is wrong.

A group has one commit; one in which something cannot be issued is issued one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from credentials.errors import VCError
from issuer_api.direct import batch_request_for
from issuer_api.history import COMMAND_LINE
from issuer_api.issuing import issue_all
from issuer_api.planning import Request
from issuer_api.service import Issuer

GROUP: Final = 100
Answer: TypeAlias = bytes | VCError
"""The secured bytes, or why there are none."""


def issue_documents(
    issuer: Issuer, slug: str, credentials: Sequence[Mapping[str, Any]], *, key: str | None = None, by: str = COMMAND_LINE
) -> Iterator[Answer]:
    """Yield an answer for each document, in their order.

    A document is issued once under a key, so that any part of what was sent may be sent again; the same document twice gives the
    same credential twice.

    Args:
        issuer: the house.
        slug: the token's issuer.
        credentials: OpenBadgeCredentials, as `issuer_api.direct.issue_document` takes them.
        key: idempotency key of them all.
        by: who asks.
    """
    for start in range(0, len(credentials), GROUP):
        asked = [_request(issuer, slug, credential, key) for credential in credentials[start : start + GROUP]]
        issued = _issue(issuer, slug, {item.key: item for item in asked if isinstance(item, Request)}, by)
        yield from (issued[item.key] if isinstance(item, Request) else item for item in asked)


def _request(issuer: Issuer, slug: str, credential: Mapping[str, Any], key: str | None) -> Request | VCError:
    try:
        return batch_request_for(issuer, slug, credential, key)
    except VCError as error:
        return error


def _issue(issuer: Issuer, slug: str, requests: Mapping[str, Request], by: str) -> dict[str, Answer]:
    try:
        return dict(zip(requests, _issue_together(issuer, slug, tuple(requests.values()), by), strict=True))
    except VCError as error:
        if len(requests) == 1:
            return dict.fromkeys(requests, error)
    return {key: _issue(issuer, slug, {key: request}, by)[key] for key, request in requests.items()}


def _issue_together(issuer: Issuer, slug: str, requests: Sequence[Request], by: str) -> tuple[bytes, ...]:
    return tuple(one.content for one in issue_all(issuer, slug, requests, by=by))
