"""A mail server that speaks real TLS, on this machine: aiosmtpd, with a certificate of the test's own."""

from __future__ import annotations

import contextlib
import email
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.web.strange_host import own_certificate
from web.mailing import MailServer

SENDER: Final = "links@school.example"
USER: Final = "school"
PASSWORD: Final = "correct horse"  # noqa: S105  # of a server that lives as long as a test


@dataclass
class MailHost:
    """The server: how it is reached, what it answers to some addresses, and what came."""

    folder: Path
    certificate: Path
    key: Path
    port: int
    answers: dict[str, str] = field(default_factory=dict)
    came: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def reached(self, *, starts_tls: bool = True, user: str = "", password: str = "", trusted: bool = True) -> MailServer:
        """Return how a deployment is told of it."""
        trust = ssl.create_default_context(cafile=str(self.certificate) if trusted else None)
        return MailServer("localhost", self.port, starts_tls, user, password, SENDER, trust)

    @contextlib.contextmanager
    def up(self, *, tls: str = "starttls", signs_in: bool = False) -> Iterator[None]:
        """Answer until the end of the block."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        ways: dict[str, dict[str, Any]] = {
            "starttls": {"tls_context": context, "require_starttls": True},
            "smtps": {"ssl_context": context},
            "none": {},
        }
        spoken = ways[tls]
        spoken |= {"authenticator": _authenticate, "auth_required": True} if signs_in else {}
        controller = Controller(self, hostname="127.0.0.1", port=self.port, **spoken)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    async def handle_RCPT(  # noqa: N802  # as aiosmtpd calls it
        self,
        _server: object,
        _session: object,
        envelope: Any,  # noqa: ANN401  # as aiosmtpd hands it over
        address: str,
        _options: object,
    ) -> str:
        self.asked.append(address)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.came.append(message)
        return "250 OK"


def mail_host(folder: Path) -> MailHost:
    """Return a server that does not answer yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    certificate, key = own_certificate(folder, ("localhost",))
    return MailHost(folder, certificate, key, port)


def _authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Return the words of a mail."""
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content
