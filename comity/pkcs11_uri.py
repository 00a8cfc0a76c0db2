"""Where keys in a token are: the `pkcs11:` URI of RFC 7512, as `COMITY_KEY_STORE` has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from comity.deployment import SetupError

EXAMPLE: Final = "pkcs11:token=NAME?module-path=/usr/lib/…/libpkcs11.so&pin-source=/etc/comity/pin"
_PATH: Final = frozenset({"token", "serial"})
_QUERY: Final = frozenset({"module-path", "pin-source"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how it is opened.

    Attributes:
        module: the vendor's library.
        label: of the token; empty where the serial number says which.
        serial: of the token; empty where the label says which.
        pin_file: its first line is the PIN, which nobody but the signer process reads.
    """

    module: Path
    label: str
    serial: str
    pin_file: Path

    def __str__(self) -> str:
        """Return what a person calls it."""
        return self.label or self.serial


def parse_token(location: str) -> Token:
    """Return the token of a URI, without its scheme.

    Raises:
        SetupError: it names no token, no module or no file of the PIN, or holds the PIN itself; or others can read the file.
    """
    path, _, query = location.partition("?")
    named, asked = _attributes(path, ";"), _attributes(query, "&")
    if "pin-value" in asked:
        raise SetupError("COMITY_KEY_STORE holds a PIN. Put it into a file that only this user reads, and name it: pin-source=FILE")
    if not (named.keys() <= _PATH and asked.keys() == _QUERY and named):
        raise SetupError(f"COMITY_KEY_STORE names no token as it should: {EXAMPLE}")
    token = Token(
        Path(asked["module-path"]),
        named.get("token", ""),
        named.get("serial", ""),
        Path(asked["pin-source"].removeprefix("file://").removeprefix("file:")),
    )
    _check_file(token.pin_file)
    if not token.module.is_file():
        raise SetupError(f"{token.module} is no PKCS#11 library. Install the token's, and name it: module-path=FILE")
    return token


def _attributes(text: str, separator: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(separator) if part)
    return {unquote(name): unquote(value) for name, _, value in parts}


def _check_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SetupError(f"{path} holds no PIN that can be read: {error.strerror}.") from error
    if mode & 0o077:
        raise SetupError(f"{path} can be read by others. Close it with: chmod 600 {path}")
