"""How often one network address may ask for what costs work and needs no account: who asks more is told when to come again.

Each address has a bucket for each limit, which every request takes from and time fills again. Behind one address there may be a
whole training centre, so that a bucket is deep, and fills slowly. Requests of this machine itself are not counted: they come from a
proxy that does not say for whom it asks, and whoever serves their own machine harms nobody else.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from threading import Lock
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from credentials.errors import COMITY, VCError
from web.oauth_errors import CORS, OAuthError, answer
from web.security import Refuse

MOST: Final = 65_536
"""Buckets that are kept, of some 200 bytes each; of more, the one not asked for longest is taken to be full."""
_NETWORK: Final = 64
"""Bits of an IPv6 address that name who has it; the others are chosen at will."""


class TooManyRequestsError(VCError):
    """More requests came from one address than are answered."""

    type = COMITY + "TOO_MANY_REQUESTS"
    title = "problem.too-many-requests"


@dataclass(frozen=True, slots=True)
class Limit:
    """What one address may ask for of some paths.

    Attributes:
        paths: matches the whole path of a POST.
        burst: requests that may come at once.
        per_second: that many more with each second.
        oauth: whether refusals there are those of OAuth.
    """

    paths: re.Pattern[str]
    burst: int
    per_second: float
    oauth: bool = False


@dataclass(slots=True)
class Buckets:
    """What is left for each address, of bounded number; may be asked from many threads.

    Attributes:
        clock: seconds that only grow.
        most: buckets that are kept.
    """

    clock: Callable[[], float] = time.monotonic
    most: int = MOST
    _left: OrderedDict[tuple[int, str], tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self._left)

    def wait(self, name: tuple[int, str], limit: Limit) -> float:
        """Take one request from a bucket; return 0, or the seconds until there is one again."""
        with self._lock:
            now = self.clock()
            left, since = self._left.get(name, (float(limit.burst), now))
            left = min(float(limit.burst), left + (now - since) * limit.per_second)
            taken = left >= 1
            self._left[name] = (left - taken, now)
            self._left.move_to_end(name)
            if len(self._left) > self.most:
                self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) / limit.per_second


class RateLimits:
    """Answers 429 to an address that asks more often than a limit allows (RFC 6585 §4)."""

    def __init__(self, app: ASGIApp, *, limits: Sequence[Limit], refuse: Refuse, buckets: Buckets | None = None) -> None:
        self._app = app
        self._limits = limits
        self._refuse = refuse
        self._buckets = buckets or Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        found = next(((n, one) for n, one in enumerate(self._limits) if one.paths.fullmatch(scope["path"])), None)
        address = counted_address(scope) if found else None
        if found is not None and address is not None:
            number, limit = found
            seconds = self._buckets.wait((number, address), limit)
            if seconds:
                await self._tell(scope, receive, send, limit, ceil(seconds))
                return
        await self._app(scope, receive, send)

    async def _tell(self, scope: Scope, receive: Receive, send: Send, limit: Limit, seconds: int) -> None:
        detail = f"too many requests came from this network address; try again in {seconds} s"
        if limit.oauth:
            response = answer(OAuthError("temporarily_unavailable", detail))
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers.update(CORS)
        else:
            response = self._refuse(Request(scope), TooManyRequestsError(detail))
        response.headers["Retry-After"] = str(seconds)
        await response(scope, receive, send)


def counted_address(scope: Scope) -> str | None:
    """Return for whom a request is counted: an IPv4 address or an IPv6 network; None where it is of this machine itself."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0] if client else "")
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return None
    return str(ipaddress.ip_network((address, _NETWORK), strict=False)) if address.version == 6 else str(address)  # noqa: PLR2004
