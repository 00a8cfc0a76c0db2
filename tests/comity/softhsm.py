"""A token of SoftHSM2 in a folder, where the machine has it: a stand-in for tests, which protects nothing."""

from __future__ import annotations

import base64
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

MODULES: Final = tuple(
    Path(folder, "softhsm", "libsofthsm2.so")
    for folder in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
)
PIN: Final = "271828"
LABEL: Final = "Comity"


def missing() -> str:
    """Return what this machine lacks to try a token, or nothing."""
    if not any(path.is_file() for path in MODULES) or shutil.which("softhsm2-util") is None:
        return "SoftHSM2 is not installed here (Debian: apt-get install softhsm2)"
    if importlib.util.find_spec("PyKCS11") is None:
        return "PyKCS11 is not installed here (pip install PyKCS11)"
    return ""


def needed() -> None:
    """Skip the test where a token cannot be tried, and say why."""
    if missing():
        pytest.skip(missing())


@dataclass(frozen=True)
class SoftToken:
    """A token in a folder of its own; its configuration is in the environment's `SOFTHSM2_CONF`."""

    folder: Path
    module: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "softhsm2.conf"

    @property
    def pin_file(self) -> Path:
        return self.folder / "pin"

    def uri(self, label: str = LABEL) -> str:
        """Return what `COMITY_KEY_STORE` would be."""
        return f"pkcs11:token={label}?module-path={self.module}&pin-source=file:{self.pin_file}"

    def write_pin(self, pin: str) -> None:
        self.pin_file.write_text(f"{pin}\n")
        self.pin_file.chmod(0o600)

    def bring(self, private_key: bytes, label: str) -> None:
        """Bring an Ed25519 key from outside into the token, which only a test does."""
        path = self.folder / "key.pem"
        packed = base64.encodebytes(bytes.fromhex("302e020100300506032b657004220420") + private_key).decode()
        path.write_text(f"-----BEGIN PRIVATE KEY-----\n{packed}-----END PRIVATE KEY-----\n")
        self.run("--import", str(path), "--token", LABEL, "--label", label, "--id", "01", "--pin", PIN)

    def run(self, *arguments: str) -> None:
        """Run the token's own tool."""
        environment: Mapping[str, str] = os.environ | {"SOFTHSM2_CONF": str(self.configuration)}
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True, env=environment, timeout=30)


def new_token(folder: Path) -> SoftToken:
    """Return a token that was just made."""
    token = SoftToken(folder, next(path for path in MODULES if path.is_file()))
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    token.configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    token.run("--init-token", "--free", "--label", LABEL, "--so-pin", "314159", "--pin", PIN)
    token.write_pin(PIN)
    return token
