"""Electronic mail: the only door to SMTP (RFC 5321, RFC 3207), over TLS whose certificate is verified, and never without it.

Neither an address nor a text is written to a log, and no error carries one.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from enum import Enum
from typing import Final

_SECONDS: Final = 30.0
_PERMANENT: Final = 500
_OURS: Final = frozenset({530, 534, 535, 538})
"""The server wants another sign-in (RFC 4954 §6): that says nothing of the address."""


class Outcome(Enum):
    """What became of a mail that was handed over."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address.

    Attributes:
        id: letters and digits, the same at every attempt, so that mail systems can tell a second copy.
        to: the address, in ASCII.
        sender: whose name stands before the server's own address.
        subject: one line.
        plain: the text.
        html: the same as a page.
        language: of the text.
        at: when it is sent.
    """

    id: str
    to: str = field(repr=False)
    sender: str
    subject: str
    plain: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over.

    Attributes:
        host: its name, which its certificate has to bear.
        port: of the submission service.
        starts_tls: whether TLS begins with STARTTLS; otherwise with the connection.
        user: signs in with this name; empty for a server that asks nobody.
        password: goes with it.
        sender: the address that mails come from.
        trust: whose certificates count.
    """

    host: str
    port: int
    starts_tls: bool
    user: str
    password: str = field(repr=False)
    sender: str
    trust: ssl.SSLContext = field(repr=False)


class Postman:
    """Hands mails over one after the other, on one connection that is made when it is needed."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None
        self._is_down = False

    def __call__(self, mail: Mail) -> Outcome:
        """Hand a mail over. Once no connection could be made, this one and all that follow are for later."""
        message = spelled(mail, self._server.sender)
        client = self._connected()
        if client is None:
            return Outcome.LATER
        try:
            client.send_message(message, self._server.sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as refusal:
            return _told(next(iter(refusal.recipients.values()))[0])
        except smtplib.SMTPDataError as refusal:
            return _told(refusal.smtp_code)
        except (smtplib.SMTPException, OSError):
            self.close()
            return Outcome.LATER
        return Outcome.SENT

    def _connected(self) -> smtplib.SMTP | None:
        if self._client is None and not self._is_down:
            try:
                self._client = _connect(self._server)
            except (smtplib.SMTPException, OSError):  # refused, wrong certificate, no STARTTLS, wrong password
                self._is_down = True
        return self._client

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()


@contextmanager
def posting(server: MailServer) -> Iterator[Postman]:
    """Give what hands mails over, until the end of the block."""
    postman = Postman(server)
    try:
        yield postman
    finally:
        postman.close()


def spelled(mail: Mail, sender: str) -> EmailMessage:
    """Return a mail as it is sent (RFC 5322): plain text, and the same as HTML."""
    message = EmailMessage(policy.SMTP)
    message["From"] = Address(mail.sender, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = mail.at
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.plain, cte="base64")
    message.add_alternative(mail.html, subtype="html", cte="base64")
    message["Content-Language"] = mail.language
    return message


def _connect(server: MailServer) -> smtplib.SMTP:
    """Return a connection over verified TLS, signed in.

    Raises:
        smtplib.SMTPException, OSError: there is none.
    """
    if server.starts_tls:
        client = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    else:
        client = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=server.trust)
    try:
        if server.starts_tls:
            client.starttls(context=server.trust)
        if server.user:
            client.login(server.user, server.password)
    except (smtplib.SMTPException, OSError):
        client.close()
        raise
    return client


def _told(code: int) -> Outcome:
    return Outcome.REFUSED if code >= _PERMANENT and code not in _OURS else Outcome.LATER
