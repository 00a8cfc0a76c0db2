"""The guarded fetcher: the only way out.

https on port 443 only; the host is resolved here, every address must be public, and the connection goes to the address that was
checked, so that no second answer of the DNS can lead elsewhere. Size, time and redirects are limited. Addresses of this
deployment are answered in process, without a socket.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore2

from credentials.errors import FetchBlockedError, FetchError, TooLargeError
from credentials.fetching import Fetched

Transport = Callable[[str], Fetched]
"""Answers a path (with query) of this deployment, in process; raises `FetchError` like the fetcher."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much a stranger may cost us: bytes, seconds in all, redirects, cached answers and how long they are kept."""

    size: int = 4 * 1024 * 1024
    seconds: float = 5.0
    redirects: int = 3
    cached: int = 256
    cache_seconds: float = 30.0


class _CheckedBackend(httpcore2.NetworkBackend):
    """Connects to one address that was checked, whatever the name says now."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002  # the name was resolved and checked before
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        return self._inner.connect_tcp(self._address, port, timeout, local_address, socket_options)


def resolve_host(host: str) -> tuple[str, ...]:
    """Return the addresses of a host name.

    Raises:
        FetchError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"the address of {host[:100]} is not known") from error
    return tuple(str(entry[4][0]) for entry in found)


@dataclass(slots=True)
class GuardedFetcher:
    """Gets https URLs under limits.

    Attributes:
        in_process: origin, such as `https://localhost:8000`, to the transport that answers for it.
        limits: see `FetchLimits`.
        resolve: host name to addresses.
    """

    in_process: Mapping[str, Transport] = field(default_factory=dict)
    limits: FetchLimits = field(default_factory=FetchLimits)
    resolve: Callable[[str], tuple[str, ...]] = resolve_host
    _cache: OrderedDict[str, tuple[float, Fetched]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, url: str) -> Fetched:
        """Return what `url` answered.

        Raises:
            FetchBlockedError: scheme, port, credentials in the URL, or an address that is not public.
            FetchError: no answer, no 200, too slow.
            TooLargeError: more bytes than allowed.
        """
        parts = _checked_url(url)
        transport = self.in_process.get(f"{parts.scheme}://{parts.netloc}".lower())
        if transport is not None:
            return transport(parts.path + (f"?{parts.query}" if parts.query else ""))
        return self._cached(url) or self._remember(url, self._from_outside(url))

    def _cached(self, url: str) -> Fetched | None:
        with self._lock:
            until, answer = self._cache.get(url, (0.0, None))
        return answer if until > time.monotonic() else None

    def _remember(self, url: str, answer: Fetched) -> Fetched:
        with self._lock:
            self._cache[url] = (time.monotonic() + self.limits.cache_seconds, answer)
            while len(self._cache) > self.limits.cached:
                self._cache.popitem(last=False)
        return answer

    def _from_outside(self, url: str) -> Fetched:
        deadline = time.monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            parts = _checked_url(url)
            _check_public(parts)
            answer, location = self._get(parts, self._public_address(parts.hostname or ""), deadline)
            if answer is not None:
                return answer
            url = urljoin(url, location)
        raise FetchError("the address answers with too many redirects")

    def _public_address(self, host: str) -> str:
        addresses = self.resolve(host)
        for text in addresses:
            address = ipaddress.ip_address(text.partition("%")[0])
            mapped = getattr(address, "ipv4_mapped", None)
            if not (mapped or address).is_global or address.is_multicast:
                raise FetchBlockedError(f"{host[:100]} is not a public address")
        if not addresses:
            raise FetchError(f"the address of {host[:100]} is not known")
        return addresses[0]

    def _get(self, parts: SplitResult, address: str, deadline: float) -> tuple[Fetched | None, str]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise FetchError("the address took too long to answer")
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), left)
        headers = [("Host", parts.netloc), ("Accept", "application/json, */*"), ("User-Agent", "Comity")]
        try:
            with (
                httpcore2.ConnectionPool(network_backend=_CheckedBackend(address)) as pool,
                pool.stream("GET", parts.geturl(), headers=headers, extensions={"timeout": timeout}) as response,
            ):
                names = {key.decode().lower(): value.decode("latin-1") for key, value in response.headers}
                if response.status in _REDIRECTS and "location" in names:
                    return None, names["location"]
                if response.status != _OK:
                    raise FetchError(f"the address answered with status {response.status}")
                content = self._read(response.iter_stream(), deadline)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise FetchError(f"{parts.netloc[:100]} did not answer") from error
        return Fetched(parts.geturl(), content, names.get("content-type", "").partition(";")[0].strip().lower()), ""

    def _read(self, chunks: Iterable[bytes], deadline: float) -> bytes:
        content = bytearray()
        for chunk in chunks:
            content += chunk
            if len(content) > self.limits.size:
                raise TooLargeError("the address answered with more bytes than we read")
            if time.monotonic() > deadline:
                raise FetchError("the address took too long to answer")
        return bytes(content)


def _checked_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchBlockedError("this is no web address") from error
    if not url.isascii() or not parts.hostname or port == 0:
        raise FetchBlockedError("this is no web address")
    return parts


def _check_public(parts: SplitResult) -> None:
    if parts.scheme != "https" or parts.port not in (None, 443) or parts.username is not None or parts.password is not None:
        raise FetchBlockedError("only https addresses on the usual port are fetched")
