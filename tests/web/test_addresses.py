from __future__ import annotations

import threading
import time

import pytest

from credentials.errors import FetchBlockedError, FetchError
from web.addresses import is_public, public_addresses, resolve_host


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e", "::ffff:8.8.8.8"]
)
def test_machines_on_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.8.9.1", id="loopback, another"),
        pytest.param("10.0.0.1", id="private 10"),
        pytest.param("172.16.0.1", id="private 172"),
        pytest.param("192.168.1.1", id="private 192"),
        pytest.param("100.64.0.1", id="carrier's own"),
        pytest.param("169.254.169.254", id="cloud metadata"),
        pytest.param("168.63.129.16", id="cloud services"),
        pytest.param("0.0.0.0", id="unspecified"),  # noqa: S104  # an address to be refused
        pytest.param("192.0.0.8", id="protocol assignments"),
        pytest.param("192.88.99.1", id="6to4 relay"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("203.0.113.9", id="documentation"),
        pytest.param("224.0.0.251", id="multicast"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="loopback, IPv6"),
        pytest.param("::", id="unspecified, IPv6"),
        pytest.param("::127.0.0.1", id="IPv4-compatible"),
        pytest.param("::ffff:127.0.0.1", id="IPv4-mapped loopback"),
        pytest.param("::ffff:169.254.169.254", id="IPv4-mapped metadata"),
        pytest.param("64:ff9b::7f00:1", id="NAT64 of loopback"),
        pytest.param("64:ff9b::a9fe:a9fe", id="NAT64 of metadata"),
        pytest.param("64:ff9b:1::a00:1", id="local NAT64"),
        pytest.param("2002:7f00:1::", id="6to4 of loopback"),
        pytest.param("2002:5db8:d70e::1", id="6to4 of a public address"),
        pytest.param("2001:0:53aa:64c::1", id="Teredo"),
        pytest.param("2001:db8::1", id="documentation, IPv6"),
        pytest.param("3fff::1", id="documentation, newer"),
        pytest.param("fe80::1", id="link-local"),
        pytest.param("fe80::1%eth0", id="link-local with zone"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("fd00:ec2::254", id="unique local"),
        pytest.param("ff02::1", id="multicast, IPv6"),
        pytest.param("100::1", id="discard"),
        pytest.param("localhost", id="a name"),
        pytest.param("", id="nothing"),
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(FetchBlockedError, match=r"mixed\.example is not a public address"):
        public_addresses("mixed.example", lambda _: ("93.184.215.14", "10.0.0.1"), 1)


def test_a_host_without_addresses_is_not_known() -> None:
    with pytest.raises(FetchError, match="not known"):
        public_addresses("nowhere.example", lambda _: (), 1)


def test_a_name_server_that_knows_nothing_is_heard() -> None:
    def unknown(host: str) -> tuple[str, ...]:
        raise FetchError(f"the address of {host} is not known")

    with pytest.raises(FetchError, match="nowhere"):
        public_addresses("nowhere.example", unknown, 5)


def test_a_silent_name_server_is_left_in_time() -> None:
    answer = threading.Event()

    def silent(_host: str) -> tuple[str, ...]:
        answer.wait(20)
        return ()

    begun = time.monotonic()
    with pytest.raises(FetchError, match="could not be had in time"):
        public_addresses("slow.example", silent, 0.05)
    assert time.monotonic() - begun < 5
    answer.set()


def test_names_that_are_looked_up_at_once_are_limited() -> None:
    answer = threading.Event()
    begun = threading.Semaphore(0)

    def silent(_host: str) -> tuple[str, ...]:
        begun.release()
        answer.wait(20)
        return ("93.184.215.14",)

    def ask() -> None:
        assert public_addresses("slow.example", silent, 20) == ("93.184.215.14",)

    asking = [threading.Thread(target=ask) for _ in range(32)]
    for thread in asking:
        thread.start()
    for _ in asking:
        assert begun.acquire(timeout=10)
    with pytest.raises(FetchError, match="too many names"):
        public_addresses("one-more.example", silent, 0.05)
    answer.set()
    for thread in asking:
        thread.join(10)
    assert public_addresses("later.example", lambda _: ("93.184.215.14",), 5) == ("93.184.215.14",)


@pytest.mark.parametrize("spelled", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"])
def test_however_this_machine_is_spelled_it_is_refused(spelled: str) -> None:
    with pytest.raises(FetchBlockedError):
        public_addresses(spelled, resolve_host, 10)


def test_a_name_that_cannot_be_is_not_known() -> None:
    with pytest.raises(FetchError, match="is not known"):
        resolve_host("a" * 70 + ".example")
