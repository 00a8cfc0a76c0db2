"""The guarded fetcher: the only way out.

https on port 443 only; the host is resolved here, every address must be public, and the connection goes to an address that was
checked, so that no second answer of the DNS can lead elsewhere. Size, time (name, connection, every byte) and redirects are
limited; nothing is unpacked. Addresses of this deployment are answered in process, without a socket.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore2

from credentials.errors import FetchBlockedError, FetchError, NotThereError, TooLargeError
from credentials.fetching import Fetched
from web.addresses import Resolve, public_addresses, resolve_host
from web.connecting import CheckedBackend, Deadline, Dial, dial

Transport = Callable[[str], Fetched]
"""Answers a path (with query) of this deployment, in process; raises `FetchError` like the fetcher."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_NOT_THERE: Final = frozenset({404, 410})
_MAX_URL: Final = 2048
_MAX_NONCE: Final = 1000
_DATED: Final = "application/vc"  # what is signed and carries its own end may be used again while nobody answers


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much a stranger may cost us.

    Attributes:
        size: bytes of one answer.
        seconds: for all of it, the name included.
        redirects: how many are followed.
        cached: answers that are kept.
        cached_size: bytes of them together.
        cache_seconds: how long an answer is given again without asking.
        stale_seconds: how long a signed answer with its own dates is given again when asking fails.
    """

    size: int = 4 * 1024 * 1024
    seconds: float = 5.0
    redirects: int = 3
    cached: int = 256
    cached_size: int = 32 * 1024 * 1024
    cache_seconds: float = 30.0
    stale_seconds: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to a foreign address for somebody else.

    Attributes:
        url: where to.
        headers: by name; those of the connection itself are ours.
        content: the body of a POST; None for a GET.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, media type (as in `Fetched`), body within the size limit.

    Attributes:
        status: of HTTP.
        media_type: as in `Fetched`.
        content: within the size limit.
        dpop_nonce: for the next proof (RFC 9449 §8); empty where none came.
        location: where it was sent on to, which was not followed; empty where it was not.
    """

    status: int
    media_type: str
    content: bytes = field(repr=False)
    dpop_nonce: str = ""
    location: str = ""


@dataclass(slots=True)
class GuardedFetcher:
    """Gets https URLs under limits; may be used from many threads.

    Attributes:
        in_process: origin, such as `https://localhost:8000`, to the transport that answers for it.
        limits: see `FetchLimits`.
        resolve: host name to addresses.
        dial: connects to an address.
        tls: which certificates are good.
        clock: seconds that never run backwards.
    """

    in_process: Mapping[str, Transport] = field(default_factory=dict)
    limits: FetchLimits = field(default_factory=FetchLimits)
    resolve: Resolve = resolve_host
    dial: Dial = dial
    tls: ssl.SSLContext = field(default_factory=httpcore2.default_ssl_context)
    clock: Callable[[], float] = time.monotonic
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
            return transport(_target(parts))
        return self._from_cache_or_outside(parts.geturl())

    def exchange(self, message: Message) -> Reply:
        """Send a message to a foreign address once, and return what came back, whatever its status; no redirect is followed.

        Raises:
            FetchBlockedError: scheme, port, credentials in the URL, an address that is not public, or one of this deployment.
            FetchError: no answer, or too slow.
            TooLargeError: more bytes than allowed.
        """
        parts = _checked_url(message.url)
        _check_outside(parts)
        if f"{parts.scheme}://{parts.netloc}".lower() in self.in_process:
            raise FetchBlockedError("this deployment is asked directly")
        deadline = Deadline(self.clock() + self.limits.seconds, self.clock)
        addresses = public_addresses(parts.hostname or "", self.resolve, deadline.left())
        return self._sent(message, parts, CheckedBackend(addresses, deadline, self.dial), deadline)

    def _sent(self, message: Message, parts: SplitResult, backend: CheckedBackend, deadline: Deadline) -> Reply:
        headers = [("Host", parts.netloc), ("Accept-Encoding", "identity"), ("User-Agent", "Comity"), *message.headers.items()]
        body, method = message.content, "GET" if message.content is None else "POST"
        if body is not None:
            headers.append(("Content-Length", str(len(body))))
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self.tls, network_backend=backend) as pool,
                pool.stream(method, parts.geturl(), headers=headers, content=body) as response,
            ):
                names = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
                _check_unpacked(names)
                content = self._read(response.iter_stream(), deadline)
                nonce, location = names.get("dpop-nonce", "")[:_MAX_NONCE], names.get("location", "")[:_MAX_URL]
                return Reply(response.status, _media_type(names), content, nonce, location)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise FetchError(f"{parts.netloc[:100]} did not answer") from error

    def _from_cache_or_outside(self, url: str) -> Fetched:
        with self._lock:
            asked_at, kept = self._cache.get(url, (0.0, None))
        age = self.clock() - asked_at
        if kept is not None and age < self.limits.cache_seconds:
            return kept
        try:
            return self._remember(url, self._from_outside(url))
        except FetchBlockedError:
            raise
        except FetchError:
            if kept is not None and kept.media_type == _DATED and age < self.limits.stale_seconds:
                return kept
            raise

    def _remember(self, url: str, answer: Fetched) -> Fetched:
        with self._lock:
            self._cache[url] = (self.clock(), answer)
            self._cache.move_to_end(url)
            while len(self._cache) > self.limits.cached or self._cached_size() > self.limits.cached_size:
                self._cache.popitem(last=False)
        return answer

    def _cached_size(self) -> int:
        return sum(len(answer.content) for _, answer in self._cache.values())

    def _from_outside(self, url: str) -> Fetched:
        deadline = Deadline(self.clock() + self.limits.seconds, self.clock)
        for _ in range(self.limits.redirects + 1):
            parts = _checked_url(url)
            _check_outside(parts)
            addresses = public_addresses(parts.hostname or "", self.resolve, deadline.left())
            answer, location = self._get(parts, CheckedBackend(addresses, deadline, self.dial), deadline)
            if answer is not None:
                return answer
            url = urljoin(url, location)
        raise FetchError("the address answers with too many redirects")

    def _get(self, parts: SplitResult, backend: CheckedBackend, deadline: Deadline) -> tuple[Fetched | None, str]:
        headers = [
            ("Host", parts.netloc),
            ("Accept", "application/json, */*"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "Comity"),
        ]
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self.tls, network_backend=backend) as pool,
                pool.stream("GET", parts.geturl(), headers=headers) as response,
            ):
                names = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
                if response.status in _REDIRECTS and "location" in names:
                    return None, names["location"]
                _check_answer(response.status, names)
                content = self._read(response.iter_stream(), deadline)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise FetchError(f"{parts.netloc[:100]} did not answer") from error
        return Fetched(parts.geturl(), content, _media_type(names)), ""

    def _read(self, chunks: Iterable[bytes], deadline: Deadline) -> bytes:
        content = bytearray()
        for chunk in chunks:
            content += chunk
            if len(content) > self.limits.size:
                raise TooLargeError("the address answered with more bytes than we read")
            deadline.left()
        return bytes(content)


def _target(parts: SplitResult) -> str:
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _checked_url(url: str) -> SplitResult:
    """Return a URL taken apart, without its fragment: what stands there is never sent."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchBlockedError("this is no web address") from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _MAX_URL
    if not plain or not parts.hostname or port == 0:
        raise FetchBlockedError("this is no web address")
    return parts._replace(fragment="")


def _check_outside(parts: SplitResult) -> None:
    if parts.scheme != "https" or parts.port not in (None, 443) or parts.username is not None or parts.password is not None:
        raise FetchBlockedError("only https addresses on the usual port are fetched")


def _check_answer(status: int, headers: Mapping[str, str]) -> None:
    if status in _NOT_THERE:
        raise NotThereError(f"the address answered with status {status}")
    if status != _OK:
        raise FetchError(f"the address answered with status {status}")
    _check_unpacked(headers)


def _check_unpacked(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise FetchError("the address answered packed, which we did not ask for")


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
