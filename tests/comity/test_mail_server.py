from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from comity.deployment import SetupError
from comity.mail_server import mail_server
from comity.settings import Settings

FROM = "links@school.example"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return path


def test_without_an_address_no_mail_is_sent(data: Path) -> None:
    assert mail_server(Settings(data=data)) is None


def test_both_ways_of_tls_are_verified(data: Path, password: Path) -> None:
    starting = mail_server(Settings(data=data, smtp_url="smtp://mail.example?starttls", mail_from=FROM))
    assert starting is not None
    assert (starting.host, starting.port, starting.starts_tls, starting.user) == ("mail.example", 587, True, "")
    url = "smtps://me%40school.example@mail.example"
    whole = mail_server(Settings(data=data, smtp_url=url, smtp_password_file=password, mail_from=FROM))
    assert whole is not None
    assert (whole.port, whole.starts_tls, whole.user, whole.password) == (465, False, "me@school.example", "correct horse")
    assert whole.trust.verify_mode is ssl.CERT_REQUIRED
    assert whole.trust.check_hostname


@pytest.mark.parametrize(
    ("url", "sender", "told"),
    [
        ("smtp://mail.example:25", FROM, "how TLS begins"),
        ("smtp://mail.example?starttls=no", FROM, "how TLS begins"),
        ("https://mail.example", FROM, "no address of a mail server"),
        ("smtps://mail.example:99999", FROM, "no address of a mail server"),
        ("mail.example", FROM, "no address of a mail server"),
        ("smtps://me:secret@mail.example", FROM, "COMITY_SMTP_PASSWORD_FILE"),
        ("smtps://me@mail.example", FROM, "go together"),
        ("smtps://mail.example", "", "COMITY_MAIL_FROM"),
        ("smtps://mail.example", "Links <links@school.example>", "COMITY_MAIL_FROM"),
    ],
)
def test_what_will_not_do_is_said_without_the_secret(data: Path, url: str, sender: str, told: str) -> None:
    with pytest.raises(SetupError, match=told) as caught:
        mail_server(Settings(data=data, smtp_url=url, mail_from=sender))
    assert "secret" not in str(caught.value)


def test_the_password_lies_in_a_file_that_others_cannot_read(data: Path, password: Path) -> None:
    def read() -> object:
        return mail_server(Settings(data=data, smtp_url="smtps://me@mail.example", smtp_password_file=password, mail_from=FROM))

    assert read() is not None
    password.write_text("\n")
    with pytest.raises(SetupError, match="first line"):
        read()
    password.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        read()
    password.unlink()
    with pytest.raises(SetupError, match="no password that can be read"):
        read()
