"""The server that mails are handed over to, as the settings name it; nothing is sent where they name none."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from comity.deployment import SetupError
from comity.settings import Settings
from issuer_api.contact_cells import is_address
from web.mailing import MailServer

_PORTS: Final = {"smtp": 587, "smtps": 465}
_EXPECTED: Final = "smtp://USER@HOST:587?starttls or smtps://USER@HOST:465"


def mail_server(settings: Settings) -> MailServer | None:
    """Return the server that the settings name, or None.

    Raises:
        SetupError: the address is none, has no TLS or holds the password; or something goes without something else.
    """
    if not settings.smtp_url:
        return None
    parts, port = _address(settings.smtp_url)
    if not is_address(settings.mail_from):
        raise SetupError("COMITY_MAIL_FROM has to be the address that mails come from, beside COMITY_SMTP_URL.")
    user = unquote(parts.username or "")
    if bool(user) != (settings.smtp_password_file is not None):
        raise SetupError("A user in COMITY_SMTP_URL and COMITY_SMTP_PASSWORD_FILE go together: give both or neither.")
    password = _read(settings.smtp_password_file) if settings.smtp_password_file is not None else ""
    return MailServer(
        parts.hostname or "", port, parts.scheme == "smtp", user, password, settings.mail_from, ssl.create_default_context()
    )


def _address(url: str) -> tuple[SplitResult, int]:
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not port or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise SetupError(f"COMITY_SMTP_URL is no address of a mail server; it should be {_EXPECTED}.")
    if parts.password is not None:
        raise SetupError("COMITY_SMTP_URL holds a password. Put it into a file, and name that in COMITY_SMTP_PASSWORD_FILE.")
    if parts.query != ("starttls" if parts.scheme == "smtp" else ""):
        raise SetupError(f"COMITY_SMTP_URL has to say how TLS begins, because nothing is sent without it: {_EXPECTED}.")
    return parts, port


def _read(path: Path) -> str:
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path} holds no password that can be read: {error.strerror}.") from error
    if mode & 0o077:
        raise SetupError(f"{path} can be read by others. Close it with: chmod 600 {path}")
    first = (content.splitlines() or [b""])[0]
    if not first or not first.isascii():
        raise SetupError(f"{path} has to hold the mail server's password in its first line, in ASCII.")
    return first.decode("ascii")
