"""In whose name this deployment asks wallets: a key of its own, and its certificates where they lie in `certificates/`."""

from __future__ import annotations

from typing import Final

from comity.deployment import Deployment
from credentials.dids.did_web import did_web_id
from credentials.keys import KeyStore
from credentials.x509 import x5c_of
from verifier.openid.identity import Identity

_CERTIFICATES: Final = "verifier.pem"


def wallet_identity(keys: KeyStore, deployment: Deployment) -> Identity:
    """Return the identity; its key is made when it is first asked for.

    Raises:
        ParsingError, InvalidVerificationMethodError: `verifier.pem` is no certificate of this key.
    """
    base_url = deployment.public_url
    method = f"{verifier_did(base_url)}#k1"
    if method not in keys.verification_methods():
        keys.create(method, "ES256")
    signer = keys.signer(method)
    file = deployment.folder / "certificates" / _CERTIFICATES
    x5c = x5c_of(file.read_bytes(), signer.public_key) if file.is_file() else ()
    return Identity(base_url, signer, x5c)


def verifier_did(base_url: str) -> str:
    """Return the did:web whose document stands at `{base_url}/verifier/did.json`."""
    return did_web_id(base_url, "").removesuffix(":issuers:") + ":verifier"
