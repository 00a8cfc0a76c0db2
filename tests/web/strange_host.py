"""A host on the other side of the Internet: it speaks real TLS, on this machine, and answers as a test says."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpcore2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from web.connecting import dial

NAMES = ("issuer.example", "other.example")
PUBLIC = "93.184.215.14"
Answer = Callable[[ssl.SSLSocket], None]


def send(content: bytes, *, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of these bytes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return lambda stream: stream.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)


@dataclass
class StrangeHost:
    """The host: what it answers for each path, and what it was asked."""

    port: int
    trust: ssl.SSLContext
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def dial(self, address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
        """Connect here, whatever public address was asked for, and remember which."""
        self.dialled.append((address, port))
        return dial("127.0.0.1", self.port, seconds)

    def paths(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.asked]

    def serve(self, stream: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            chunk = stream.recv(4096)
            if not chunk:
                return
            request += chunk
        length = next((int(line[15:]) for line in request.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        while length > len(request.partition(b"\r\n\r\n")[2]):
            request += stream.recv(4096)
        self.asked.append(request)
        self.answers[request.split(b" ")[1].decode()](stream)


@contextlib.contextmanager
def strange_host(folder: Path) -> Iterator[StrangeHost]:
    certificate, key = own_certificate(folder, NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = StrangeHost(listener.getsockname()[1], ssl.create_default_context(cafile=str(certificate)))
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=_talk, args=(host, context, connection)))
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        yield host
        listener.shutdown(socket.SHUT_RDWR)
        for thread in (accepting, *threads):
            thread.join(10)


def _talk(host: StrangeHost, context: ssl.SSLContext, connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as stream:
        host.serve(stream)


def own_certificate(folder: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """Write a certificate for these names, its own authority, and its key; return where they are."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "strange host")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "certificate.pem", folder / "key.pem"
