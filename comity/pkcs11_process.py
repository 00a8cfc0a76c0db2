"""The signer process: the only one that opens the token and reads its PIN. It has one thread; requests wait for one another.

Started by `comity.pkcs11_store` with the number of its socket. What goes wrong in the token's library ends this process and no
other. The PIN is tried once: a token locks itself after a few wrong ones.
"""

from __future__ import annotations

import hashlib
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import PyKCS11  # type: ignore[import-not-found,import-untyped,unused-ignore]

from comity.pkcs11_wire import receive, send

Answer = dict[str, Any]


class RefusedError(Exception):
    """What was asked cannot be done; the code says to the parent what kind of reason it is."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


_CURVES: Final = {
    "Ed25519": bytes.fromhex("130c656477617264733235353139"),  # "edwards25519", as PKCS#11 3.0 §2.3.5 names it
    "ES256": bytes.fromhex("06082a8648ce3d030107"),  # secp256r1
}
_READ: Final = {curve: algorithm for algorithm, curve in _CURVES.items()} | {bytes.fromhex("06032b6570"): "Ed25519"}  # by its OID
_MAKING: Final = {"Ed25519": "CKM_EC_EDWARDS_KEY_PAIR_GEN", "ES256": "CKM_EC_KEY_PAIR_GEN"}
_SIGNING: Final = {"Ed25519": "CKM_EDDSA", "ES256": "CKM_ECDSA"}
_UNCOMPRESSED: Final = 4
_P256_BYTES: Final = 32
_PIN_LEFT: Final = (
    (PyKCS11.CKF_USER_PIN_LOCKED, "the token's PIN is locked; unlock it with the token's own tool"),
    (PyKCS11.CKF_USER_PIN_FINAL_TRY, "one more wrong PIN locks the token; enter the right one with the token's own tool first"),
)


class Desk:
    """Does what the parent asks; every act takes a request, and the first of them is to open the token."""

    def __init__(self) -> None:
        self._session: Any = None
        self._keys: dict[str, tuple[Any, str]] = {}

    def open(self, request: Mapping[str, str]) -> Answer:
        """Open a token with its PIN, which is tried once, and not at all where another wrong one would lock the token."""
        library = PyKCS11.PyKCS11Lib()
        library.load(request["module"])
        slot = _slot(library, request["label"], request["serial"])
        flags = library.getTokenInfo(slot).flags
        for flag, told in _PIN_LEFT:
            if flags & flag:
                raise RefusedError("pin", told)
        self._session = library.openSession(slot, PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)
        self._log_in(Path(request["pin_file"]))
        return {}

    def _log_in(self, pin_file: Path) -> None:
        lines = pin_file.read_text("utf-8").splitlines()
        try:
            self._session.login(lines[0] if lines else "")
        except PyKCS11.PyKCS11Error as error:
            if error.value in (PyKCS11.CKR_PIN_INCORRECT, PyKCS11.CKR_PIN_LEN_RANGE, PyKCS11.CKR_PIN_INVALID):
                raise RefusedError("pin", f"the PIN in {pin_file} is not the token's; it was tried once") from error
            raise

    def create(self, request: Mapping[str, str]) -> Answer:
        """Make a key pair whose private half never leaves the token, unless there is one of that name."""
        name, algorithm = request["name"], request["algorithm"]
        if not self._objects(PyKCS11.CKO_PRIVATE_KEY, name):
            marks = [(PyKCS11.CKA_LABEL, name), (PyKCS11.CKA_ID, hashlib.sha256(name.encode()).digest()[:16])]
            public = [
                *marks,
                (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
                (PyKCS11.CKA_VERIFY, PyKCS11.CK_TRUE),
                (PyKCS11.CKA_EC_PARAMS, _CURVES[algorithm]),
            ]
            private = [
                *marks,
                (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
                (PyKCS11.CKA_PRIVATE, PyKCS11.CK_TRUE),
                (PyKCS11.CKA_SENSITIVE, PyKCS11.CK_TRUE),
                (PyKCS11.CKA_EXTRACTABLE, PyKCS11.CK_FALSE),
                (PyKCS11.CKA_SIGN, PyKCS11.CK_TRUE),
            ]
            making = PyKCS11.Mechanism(getattr(PyKCS11, _MAKING[algorithm]), None)
            self._session.generateKeyPair(public, private, making)
        return self.find(request)

    def find(self, request: Mapping[str, str]) -> Answer:
        """Return algorithm and public half of a key."""
        name = request["name"]
        _, algorithm = self._key(name)
        [found] = self._one(PyKCS11.CKO_PUBLIC_KEY, name)
        [point] = self._session.getAttributeValue(found, [PyKCS11.CKA_EC_POINT])
        return {"algorithm": algorithm, "public": _public(algorithm, bytes(point)).hex()}

    def names(self, _request: Mapping[str, str]) -> Answer:
        """Return the names of all keys."""
        found = self._session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_SIGN, PyKCS11.CK_TRUE)])
        return {"names": sorted({self._session.getAttributeValue(key, [PyKCS11.CKA_LABEL])[0] for key in found})}

    def sign(self, request: Mapping[str, str]) -> Answer:
        """Return a signature."""
        key, algorithm = self._key(request["name"])
        data = bytes.fromhex(request["data"])
        if algorithm == "ES256":
            data = hashlib.sha256(data).digest()
        signing = PyKCS11.Mechanism(getattr(PyKCS11, _SIGNING[algorithm]), None)
        return {"signature": bytes(self._session.sign(key, data, signing)).hex()}

    def _key(self, name: str) -> tuple[Any, str]:
        if name not in self._keys:
            [found] = self._one(PyKCS11.CKO_PRIVATE_KEY, name)
            [curve] = self._session.getAttributeValue(found, [PyKCS11.CKA_EC_PARAMS])
            algorithm = _READ.get(bytes(curve), "")
            if not algorithm:
                raise RefusedError("no-key", f"{name} is on a curve that is not signed with here")
            self._keys[name] = found, algorithm
        return self._keys[name]

    def _one(self, kind: int, name: str) -> list[Any]:
        found = self._objects(kind, name)
        if len(found) != 1:
            raise RefusedError("no-key", f"the token holds {len(found) or 'no'} keys called {name}")
        return found

    def _objects(self, kind: int, name: str) -> list[Any]:
        return list(self._session.findObjects([(PyKCS11.CKA_CLASS, kind), (PyKCS11.CKA_LABEL, name)]))


def _slot(library: Any, label: str, serial: str) -> Any:  # noqa: ANN401  # PyKCS11 has no types
    for slot in library.getSlotList(tokenPresent=True):
        info = library.getTokenInfo(slot)
        found = info.label.strip(), info.serialNumber.strip()
        if found == (label or found[0], serial or found[1]):
            return slot
    raise RefusedError("token", f"no token {label or serial} is plugged in")


def _public(algorithm: str, point: bytes) -> bytes:
    """Return the public key of a point, which is an OCTET STRING of its bytes; on P-256 these are compressed."""
    raw = point[2:] if point[:1] == b"\x04" and len(point) == point[1] + 2 else point
    if algorithm == "Ed25519":
        return raw
    if len(raw) != 1 + 2 * _P256_BYTES or raw[0] != _UNCOMPRESSED:
        raise RefusedError("no-key", "the token spells this public key in a form that is not known here")
    return bytes([2 + raw[-1] % 2]) + raw[1 : 1 + _P256_BYTES]


def answer(connection: socket.socket, do: Callable[[], Answer]) -> bool:
    """Do what was asked and send what came of it; return whether it could be done."""
    try:
        send(connection, {"ok": do()})
    except RefusedError as error:
        send(connection, {"error": error.code, "detail": str(error)})
    except PyKCS11.PyKCS11Error as error:
        send(connection, {"error": "token", "detail": f"the token says {error}"})
    except OSError as error:
        send(connection, {"error": "token", "detail": str(error)})
    else:
        return True
    return False


def main(descriptor: int) -> None:
    """Keep the PIN out of core files and Ctrl-C out of here, and serve."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the PIN
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which finishes first
    with socket.socket(fileno=descriptor) as connection:
        serve(connection)


def serve(connection: socket.socket) -> None:
    """Open the token that the first request names, then answer until the other side is gone."""
    desk = Desk()
    acts = {"create": desk.create, "find": desk.find, "names": desk.names, "sign": desk.sign}
    request = receive(connection)
    done = answer(connection, partial(desk.open, request))
    while done:
        try:
            request = receive(connection)
        except EOFError:
            return
        answer(connection, partial(acts[request["do"]], request))


if __name__ == "__main__":
    main(int(sys.argv[1]))
