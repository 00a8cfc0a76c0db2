"""What the environment says, read once."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from comity.deployment import SetupError


class Settings(BaseSettings):
    """The settings of one process, from `COMITY_…` and `PORT`.

    Attributes:
        data: the folder that holds everything a deployment keeps.
        port: where to listen.
        public_url: the address that identifiers, lists and printed codes contain; only `comity init` takes it.
        database_url: SQLAlchemy URL; empty means SQLite in `data`.
        key_store: `scheme:location` of the signing keys; the schemes are the keys of `comity.key_stores.KEY_STORES`.
        key_passphrase_file: the file of the passphrase that locks signing keys; None leaves them to the master key alone.
        host: the network address to listen on.
        workers: processes that serve side by side.
        smtp_url: the mail server, as `comity.mail_server` reads it; empty means that no mail is sent.
        smtp_password_file: the file of the password of the user that `smtp_url` names.
        of_age: years after which a vault that a guardian holds for a minor is handed over.
        mail_from: the address that mails come from.
    """

    model_config = SettingsConfigDict(
        env_prefix="COMITY_", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    data: Path = Path("var")
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT")
    public_url: str = ""
    database_url: str = Field(default="", repr=False)
    key_store: str = "file:"
    key_passphrase_file: Path | None = None
    host: str = "127.0.0.1"
    workers: int = Field(default=1, ge=1, le=64)
    smtp_url: str = Field(default="", repr=False)
    smtp_password_file: Path | None = None
    mail_from: str = ""
    of_age: int = Field(default=18, ge=14, le=25)


def read_settings() -> Settings:
    """Return what the environment says.

    Raises:
        SetupError: a value will not do; names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = name if name.isupper() else f"COMITY_{name.upper()}"
        told = first["msg"].removeprefix("Input should be ")
        raise SetupError(f"{shown} is {first['input']!r}; it should be {told}.") from error
