"""The clients' end of HTTP: a connection that is kept, and no more of the protocol than our own answers need."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Final

_MOST: Final = 65_536
_NO_CONTENT: Final = 204
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer.

    Attributes:
        status: of HTTP.
        media_type: as it was said.
        content: the body.
    """

    status: int
    media_type: str
    content: bytes


@dataclass(slots=True)
class Connection:
    """A connection to a port of this machine; of one thread."""

    port: int
    _socket: socket.socket | None = field(default=None)

    def send(self, method: str, path: str, headers: dict[str, str], content: bytes) -> Answered:
        """Send a request and return its answer.

        Raises:
            RuntimeError: the answer is cut off, or does not say its length.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("localhost", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sent = {"Host": f"localhost:{self.port}", **headers, "Content-Length": str(len(content))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content)
        return self._answer(self._socket)

    def _answer(self, peer: socket.socket) -> Answered:
        read = b""
        while _END not in read:
            read += _more(peer)
        head, _, content = read.partition(_END)
        first, *lines = head.decode("latin-1").split("\r\n")
        said = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        length = "0" if status == _NO_CONTENT else said.get("content-length")  # which says none (RFC 9110 §8.6)
        if length is None:
            raise RuntimeError(f"the answer does not say its length: {first}")
        while len(content) < int(length):
            content += _more(peer)
        return Answered(status, said.get("content-type", ""), content)


def _more(peer: socket.socket) -> bytes:
    read = peer.recv(_MOST)
    if not read:
        raise RuntimeError("the server hung up")
    return read
