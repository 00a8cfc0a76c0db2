"""What can be said of keys in a token without one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from comity.deployment import SetupError
from comity.pkcs11_uri import parse_token
from comity.pkcs11_wire import receive, send


@pytest.fixture
def pin(tmp_path: Path) -> Path:
    path = tmp_path / "the pin"
    path.write_text("1234\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "library.so"
    path.touch()
    return path


def test_a_token_is_named_by_its_uri(pin: Path, module: Path) -> None:
    source = str(pin).replace(" ", "%20")
    token = parse_token(f"token=Our%20token;serial=1a2b?module-path={module}&pin-source=file://{source}")
    assert (token.label, token.serial, token.module, token.pin_file, str(token)) == ("Our token", "1a2b", module, pin, "Our token")
    assert str(parse_token(f"serial=1a2b?module-path={module}&pin-source={source}")) == "1a2b"


@pytest.mark.parametrize(
    "location",
    [
        "",
        "token=x",
        "?module-path={module}&pin-source={pin}",
        "token=x?module-path={module}",
        "token=x?pin-source={pin}",
        "object=x?module-path={module}&pin-source={pin}",
        "token=x;object=y?module-path={module}&pin-source={pin}",
        "token=x?module-path={module}&pin-source={pin}&module-name=y",
    ],
)
def test_what_names_no_token_is_refused(pin: Path, module: Path, location: str) -> None:
    with pytest.raises(SetupError, match="names no token as it should: pkcs11:token=NAME"):
        parse_token(location.format(pin=pin, module=module))


def test_a_pin_is_never_in_a_setting_nor_open_to_others(pin: Path, module: Path) -> None:
    with pytest.raises(SetupError, match=r"holds a PIN\. Put it into a file"):
        parse_token(f"token=x?module-path={module}&pin-value=1234")
    named = f"token=x?module-path={module}&pin-source={pin}"
    pin.chmod(0o644)
    with pytest.raises(SetupError, match="can be read by others"):
        parse_token(named)
    pin.unlink()
    with pytest.raises(SetupError, match="holds no PIN that can be read: No such file"):
        parse_token(named)


def test_a_library_that_is_not_there_is_named(pin: Path, module: Path) -> None:
    module.unlink()
    with pytest.raises(SetupError, match=r"library\.so is no PKCS#11 library"):
        parse_token(f"token=x?module-path={module}&pin-source={pin}")


def test_messages_arrive_whole_or_not_at_all() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for message in ({}, {"do": "sign", "data": "00" * 50_000}):
            send(ours, message)
            assert receive(theirs) == message
        ours.sendall((2**31).to_bytes(4, "big"))
        with pytest.raises(ValueError, match="too long"):
            receive(theirs)
        ours.sendall((100).to_bytes(4, "big") + b"{")
        ours.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError, match="gone"):
            receive(theirs)
