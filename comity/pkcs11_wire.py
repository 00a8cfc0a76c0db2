"""What the signer process and its parent say to one another: JSON objects behind their length, over a pair of sockets."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any, Final

_LENGTH_BYTES: Final = 4
MAX_MESSAGE: Final = 64 * 1024 * 1024


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Send a message; bytes are spelled in hexadecimal digits by whoever sends them."""
    content = json.dumps(message).encode()
    connection.sendall(len(content).to_bytes(_LENGTH_BYTES, "big") + content)


def receive(connection: socket.socket) -> dict[str, Any]:
    """Return the next message.

    Raises:
        EOFError: the other side is gone.
        ValueError: what it said is no message.
    """
    length = int.from_bytes(_read(connection, _LENGTH_BYTES), "big")
    if length > MAX_MESSAGE:
        raise ValueError("the message is too long")
    message: dict[str, Any] = json.loads(_read(connection, length))
    return message


def _read(connection: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise EOFError("the other side is gone")
        content += part
    return content
