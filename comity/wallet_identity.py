"""In whose name this deployment asks wallets: a key of its own, and what lies in `certificates/` of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from comity.deployment import Deployment
from credentials.dids.did_web import did_web_id
from credentials.keys import KeyStore
from credentials.x509 import x5c_of
from verifier.openid.attesting import parse_attestation
from verifier.openid.identity import Identity

_CERTIFICATES: Final = "verifier.pem"
_ATTESTATION: Final = "verifier-attestation.jwt"


class WalletIdentity:
    """Gives the identity with every request: its key is read once, and its certificates where their file has changed."""

    def __init__(self, keys: KeyStore, deployment: Deployment) -> None:
        self._keys = keys
        self._deployment = deployment
        self._known: tuple[object, Identity] | None = None

    def __call__(self) -> Identity:
        """Return the identity. Raises as `wallet_identity` does."""
        state, known = _state(self._deployment.folder / "certificates" / _CERTIFICATES), self._known
        if known is None or known[0] != state:
            known = self._known = state, wallet_identity(self._keys, self._deployment)
        return known[1]


def _state(file: Path) -> object:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def wallet_identity(keys: KeyStore, deployment: Deployment) -> Identity:
    """Return the identity; its key is made when it is first asked for.

    Raises:
        ParsingError, InvalidVerificationMethodError: `verifier.pem` is no certificate of this key.
        VCError: `verifier-attestation.jwt` is no attestation of this key.
    """
    base_url = deployment.public_url
    method = f"{verifier_did(base_url)}#k1"
    if method not in keys.verification_methods():
        keys.create(method, "ES256")
    signer = keys.signer(method)
    folder = deployment.folder / "certificates"
    file, said = folder / _CERTIFICATES, folder / _ATTESTATION
    x5c = x5c_of(file.read_bytes(), signer.public_key) if file.is_file() else ()
    attestation = parse_attestation(said.read_text("ascii", "replace"), signer.public_key) if said.is_file() else None
    return Identity(base_url, signer, x5c, attestation)


def verifier_did(base_url: str) -> str:
    """Return the did:web whose document stands at `{base_url}/verifier/did.json`."""
    return did_web_id(base_url, "").removesuffix(":issuers:") + ":verifier"
