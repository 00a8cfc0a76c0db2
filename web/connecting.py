"""Connections to checked addresses only, and with one deadline for everything that happens on them."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from credentials.errors import FetchError

Dial = Callable[[str, int, float], httpcore2.NetworkStream]
"""Address, port and seconds to a connection; raises `httpcore2.NetworkError` or `TimeoutException`."""


def dial(address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
    """Return a TCP connection to an address."""
    return httpcore2.SyncBackend().connect_tcp(address, port, seconds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which nothing is waited for."""

    moment: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            FetchError: none is.
        """
        seconds = self.moment - self.clock()
        if seconds <= 0:
            raise FetchError("the address took too long to answer")
        return seconds


class TimedStream(httpcore2.NetworkStream):
    """A connection on which nothing outlasts the deadline, however slowly the bytes drip."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # the deadline rules
        """Return what arrived."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # the deadline rules
        """Send bytes."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  # the deadline rules
    ) -> httpcore2.NetworkStream:
        """Return the connection, encrypted; the certificate must be the host's."""
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own signature
        """Return what httpcore asks of a connection."""
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects to one of the addresses that were checked, whatever the name says now."""

    def __init__(self, addresses: tuple[str, ...], deadline: Deadline, dial_address: Dial) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._dial = dial_address

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # the deadline rules
        local_address: str | None = None,  # noqa: ARG002  # we have no choice of our own
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002  # nor any of these
    ) -> httpcore2.NetworkStream:
        """Return a connection to the first address that takes it."""
        for number, address in enumerate(self._addresses, start=1):
            try:
                share = self._deadline.left() / (len(self._addresses) - number + 1)
                return TimedStream(self._dial(address, port, share), self._deadline)
            except (httpcore2.NetworkError, httpcore2.TimeoutException):
                continue
        raise httpcore2.ConnectError(f"no address of {host} takes a connection")
