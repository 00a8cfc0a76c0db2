"""Stands in for the signer process where a token has to lie, stall or leave: what no real one can be made to do."""

from __future__ import annotations

import json
import socket
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from comity.pkcs11_wire import receive, send
from credentials.keys import InMemorySigner

Answer = dict[str, Any]


def opened(request: Answer) -> Answer:
    if request["label"] != "refusing":
        return {"ok": {}}
    tries = Path(request["pin_file"]).with_name("tries")
    tries.write_text(json.dumps(1 + (json.loads(tries.read_text()) if tries.exists() else 0)))
    return {"error": "pin", "detail": "the PIN is another"}


def done(request: Answer, behaviour: str) -> Answer:
    name = "did:web:centre.example#k1"
    if request["do"] == "names":
        return {"ok": {"names": [name]}}
    if request["name"] != name:
        return {"error": "no-key", "detail": "there is none of that name"}
    signer = InMemorySigner(name, sha256(name.encode()).digest())
    if request["do"] != "sign":
        return {"ok": {"algorithm": "Ed25519", "public": signer.public_key.raw.hex()}}
    data = bytes.fromhex(request["data"])
    return {"ok": {"signature": signer.sign(data + b"!" if behaviour == "lying" else data).hex()}}


def main(connection: socket.socket) -> None:
    request = receive(connection)
    behaviour, answer = request["label"], opened(request)
    send(connection, answer)
    while "ok" in answer:
        try:
            request = receive(connection)
        except EOFError:
            return
        if request["do"] == "sign" and behaviour == "leaving":
            return
        if request["do"] == "sign" and behaviour == "silent":
            time.sleep(60)
        if request["do"] == "sign" and behaviour == "babbling":
            connection.sendall(b"CKR_OK\n" * 100)
        send(connection, done(request, behaviour))


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as ours:
        main(ours)
