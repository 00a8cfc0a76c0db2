"""What can be said of keys in a token without one."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from comity.deployment import SetupError
from comity.pkcs11_store import Pkcs11KeyStore
from comity.pkcs11_uri import Token, parse_token
from comity.pkcs11_wire import receive, send
from credentials.keys import KeyStoreError, verify_signature

METHOD = "did:web:centre.example#k1"


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


@contextmanager
def keys_of(behaviour: str, folder: Path, timeout: float = 20) -> Iterator[Pkcs11KeyStore]:
    """Lend a store whose process behaves as no real token can be made to."""
    token = Token(folder / "library.so", behaviour, "", folder / "pin")
    keys = Pkcs11KeyStore(token, folder / "lock", timeout, module="tests.comity.odd_token")
    yield keys
    keys.close()
    assert keys.process_id() is None


def test_a_signature_is_checked_before_it_is_released(tmp_path: Path) -> None:
    with keys_of("honest", tmp_path) as keys:
        public = keys.create(METHOD)
        signer = keys.signer(METHOD)
        assert (signer.public_key, signer.verification_method, keys.verification_methods()) == (public, METHOD, (METHOD,))
        verify_signature(public, signer.sign(b"message"), b"message")
        with pytest.raises(SetupError, match="honest: there is none of that name"):
            keys.signer("did:web:centre.example#k2")
    with keys_of("lying", tmp_path) as keys:
        keys.create(METHOD)
        with pytest.raises(KeyStoreError, match="lying gave a signature that does not fit its key; nothing was released"):
            keys.signer(METHOD).sign(b"message")


def test_a_refused_pin_is_not_tried_again(tmp_path: Path) -> None:
    with keys_of("refusing", tmp_path) as keys:
        for _ in range(4):
            with pytest.raises(KeyStoreError, match="refusing: the PIN is another"):
                keys.create(METHOD)
    assert json.loads((tmp_path / "tries").read_text()) == 1


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("leaving", "the signer process of leaving ended; it starts again when asked"),
        ("babbling", "the signer process of babbling ended; it starts again when asked"),
        ("silent", "silent did not answer within 2 seconds; its process was ended"),
    ],
)
def test_what_goes_wrong_there_is_named_and_tried_anew(tmp_path: Path, behaviour: str, told: str) -> None:
    with keys_of(behaviour, tmp_path, timeout=2) as keys:
        keys.create(METHOD)
        signer, first = keys.signer(METHOD), keys.process_id()
        for _ in range(2):
            with pytest.raises(KeyStoreError, match=told):
                signer.sign(b"message")
        assert keys.create(METHOD) == signer.public_key
        assert keys.process_id() not in (None, first)


def test_one_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with keys_of("honest", tmp_path) as keys:
        keys.create(METHOD)
        process = keys.process_id()
        assert process is not None
        os.kill(process, signal.SIGSTOP)
    assert not Path("/proc", str(process)).exists()


def test_one_that_ended_in_the_meantime_is_started_again_without_a_word(tmp_path: Path) -> None:
    with keys_of("honest", tmp_path) as keys:
        public, first = keys.create(METHOD), keys.process_id()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)  # it is left for its store to collect
        assert keys.create(METHOD) == public
        assert keys.process_id() not in (None, first)
