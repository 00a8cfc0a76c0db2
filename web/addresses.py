"""Which network addresses we go to, and finding those of a host within a time."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from typing import Final

from credentials.errors import FetchBlockedError, FetchError

Resolve = Callable[[str], tuple[str, ...]]
"""Host name to addresses; raises `FetchError` when it has none."""

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED_V6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928, RFC 4380)
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_REFUSED_V4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "168.63.129.16/32",  # a cloud's own services, seen from its machines
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
    )
)
_ASKED_AT_ONCE: Final = 32
_asking: Final = threading.BoundedSemaphore(_ASKED_AT_ONCE)


def is_public(text: str) -> bool:
    """Return whether an address belongs to a machine on the open Internet, whatever its spelling hides."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner is None:
            refused = any(address in network for network in _REFUSED_V6)
            return address in _UNICAST and address.is_global and not refused
        address = inner
    refused = any(address in network for network in _REFUSED_V4)
    return address.is_global and not address.is_multicast and not refused


def resolve_host(host: str) -> tuple[str, ...]:
    """Return the addresses of a host name.

    Raises:
        FetchError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"the address of {host[:100]} is not known") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def public_addresses(host: str, resolve: Resolve, seconds: float) -> tuple[str, ...]:
    """Return the addresses of a host, every one of them public.

    Raises:
        FetchBlockedError: one is not.
        FetchError: there is none, or the name server took too long.
    """
    addresses = _resolve_within(host, resolve, seconds)
    if not addresses:
        raise FetchError(f"the address of {host[:100]} is not known")
    if not all(is_public(address) for address in addresses):
        raise FetchBlockedError(f"{host[:100]} is not a public address")
    return addresses


def _resolve_within(host: str, resolve: Resolve, seconds: float) -> tuple[str, ...]:
    """Ask on a thread of its own: a name server that keeps silent cannot be interrupted, only left."""
    answers: queue.SimpleQueue[tuple[str, ...] | FetchError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host))
        except FetchError as error:
            answers.put(error)
        finally:
            _asking.release()

    if not _asking.acquire(timeout=seconds):
        raise FetchError("too many names are being looked up")
    threading.Thread(target=ask, name="resolving", daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise FetchError(f"the address of {host[:100]} could not be had in time") from error
    if isinstance(found, FetchError):
        raise found
    return found
