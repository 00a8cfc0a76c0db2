"""Signing keys in a PKCS#11 token: made there, never out of it, and used by a signer process of its own."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from comity.deployment import SetupError
from comity.pkcs11_uri import Token
from comity.pkcs11_wire import receive, send
from credentials.errors import VCError
from credentials.keys import KeyStoreError, PublicKey, Signer, verify_signature

TIMEOUT: Final = 10.0
PROCESS: Final = "comity.pkcs11_process"
_SECONDS_TO_END: Final = 2


class _Process:
    """The signer process, while it lives."""

    def __init__(self, module: str, timeout: float) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(timeout)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # this interpreter and a module that no user names
                [sys.executable, "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=Path(__file__).parent.parent,
                start_new_session=True,
            )
        self.connection = ours

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a request."""
        send(self.connection, request)
        return receive(self.connection)

    def end(self, *, at_once: bool = False) -> None:
        """Let it end, and wait until it has; `at_once` does not let it finish what it does."""
        self.connection.close()
        if at_once:
            self.process.kill()
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Pkcs11KeyStore:
    """Signing keys in a token, named by their verification method.

    The process is started when it is first needed, and again after it has ended. A PIN that was refused is not tried again by
    this one: the token would lock itself.

    Args:
        token: which, and how it is opened.
        lock: a file beside which no two processes make a key of the same name.
        timeout: seconds for one answer.
        module: what the process runs.
    """

    def __init__(self, token: Token, lock: Path, timeout: float = TIMEOUT, *, module: str = PROCESS) -> None:
        self.token = token
        self._lock_file, self._timeout, self._module = lock, timeout, module
        self._turn = threading.Lock()
        self._running: list[_Process] = []
        self._pin_refused = ""
        weakref.finalize(self, _end_all, self._running)

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        """Make a key for Ed25519 or ES256; one that exists is returned and never replaced.

        Raises:
            KeyStoreError: the token does not do it.
        """
        with self._alone():
            return _public_key(self._ask({"do": "create", "name": verification_method, "algorithm": algorithm}))

    def signer(self, verification_method: str) -> Signer:
        """Return the signer of a key.

        Raises:
            SetupError: the token holds no such key.
            KeyStoreError: the token does not answer.
        """
        return Pkcs11Signer(self, verification_method, _public_key(self._ask({"do": "find", "name": verification_method})))

    def verification_methods(self) -> tuple[str, ...]:
        """Return the names of all keys, sorted.

        Raises:
            KeyStoreError: the token does not answer.
        """
        return tuple(self._ask({"do": "names"})["names"])

    def sign(self, verification_method: str, public_key: PublicKey, data: bytes) -> bytes:
        """Return the token's signature, checked before it is handed out.

        Raises:
            SetupError: the token holds no such key any more.
            KeyStoreError: the token does not answer, or its signature does not fit.
        """
        answer = self._ask({"do": "sign", "name": verification_method, "data": data.hex()})
        signature = bytes.fromhex(answer["signature"])
        try:
            verify_signature(public_key, signature, data)
        except VCError as error:
            raise KeyStoreError(f"{self.token} gave a signature that does not fit its key; nothing was released") from error
        return signature

    def close(self) -> None:
        """End the process."""
        with self._turn:
            _end_all(self._running)

    def process_id(self) -> int | None:
        """Return the number of the process that answers now, or None."""
        return self._running[0].process.pid if self._running else None

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with self._turn:
            process = self._started()
            return self._said(self._exchange(process, request))

    def _started(self) -> _Process:
        if self._pin_refused:
            raise KeyStoreError(self._pin_refused)
        if self._running and self._running[0].process.poll() is not None:
            _end_all(self._running)
        if not self._running:
            self._running.append(_Process(self._module, self._timeout))
            self._open()
        return self._running[0]

    def _open(self) -> None:
        try:
            self._said(self._exchange(self._running[0], self._opening()))
        except (KeyStoreError, SetupError):
            _end_all(self._running)
            raise

    def _opening(self) -> dict[str, str]:
        token = self.token
        named = {"label": token.label, "serial": token.serial}
        return {"module": str(token.module.absolute()), "pin_file": str(token.pin_file.absolute()), **named}

    def _exchange(self, process: _Process, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return process.ask(request)
        except TimeoutError as error:
            _end_all(self._running, at_once=True)
            late = f"{self.token} did not answer within {self._timeout:g} seconds"
            raise KeyStoreError(f"{late}; its process was ended, and starts again when asked") from error
        except (EOFError, OSError, ValueError) as error:
            _end_all(self._running, at_once=True)
            raise KeyStoreError(f"the signer process of {self.token} ended; it starts again when asked") from error

    def _said(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        if "error" not in answer:
            said: dict[str, Any] = answer["ok"]
            return said
        told = f"{self.token}: {answer['detail']}"
        if answer["error"] == "no-key":
            raise SetupError(told)
        if answer["error"] == "pin":
            self._pin_refused = told
        raise KeyStoreError(told)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock that processes which make keys wait for."""
        self._lock_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class Pkcs11Signer:
    """Signs with a key in a token."""

    def __init__(self, keys: Pkcs11KeyStore, verification_method: str, public_key: PublicKey) -> None:
        self._keys, self._verification_method, self._public_key = keys, verification_method, public_key

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found."""
        return self._verification_method

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`.

        Raises:
            KeyStoreError: the token does not answer.
        """
        return self._keys.sign(self._verification_method, self._public_key, data)


def _end_all(running: list[_Process], *, at_once: bool = False) -> None:
    while running:
        running.pop().end(at_once=at_once)


def _public_key(answer: Mapping[str, str]) -> PublicKey:
    return PublicKey(answer["algorithm"], bytes.fromhex(answer["public"]))
