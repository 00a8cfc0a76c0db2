"""Who signs an issuer's mobile documents: a key of its own, once a certificate of it lies in `certificates/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.deployment import Deployment
from credentials.dids.did_web import did_web_id
from credentials.keys import KeyStore, PublicKey
from credentials.x509 import x5c_of
from issuer_api.service import DocumentSigner

_FRAGMENT: Final = "mdoc"


def document_key(keys: KeyStore, deployment: Deployment, slug: str) -> PublicKey:
    """Return the key that signs an issuer's mobile documents; it is made when it is first asked for."""
    return keys.create(_method(deployment, slug), "ES256")


def certificates_of(deployment: Deployment, slug: str) -> Path:
    """Return where the certificates of that key are expected: the signer's first, and no root."""
    return deployment.folder / "certificates" / f"mdoc-{slug}.pem"


def _method(deployment: Deployment, slug: str) -> str:
    return f"{did_web_id(deployment.public_url, slug)}#{_FRAGMENT}"


@dataclass(frozen=True, slots=True)
class DocumentSigners:
    """Gives the signer of an issuer's mobile documents; what it found once holds until the deployment is served anew."""

    keys: KeyStore
    deployment: Deployment
    _found: dict[str, DocumentSigner] = field(default_factory=dict)

    def __call__(self, slug: str) -> DocumentSigner | None:
        """Return the signer, or None where no certificate of its key is there.

        Raises:
            ParsingError, InvalidVerificationMethodError: what lies there is no certificate of this key.
        """
        file = certificates_of(self.deployment, slug)
        if slug not in self._found and file.is_file():
            x5c = x5c_of(file.read_bytes(), document_key(self.keys, self.deployment, slug))
            self._found[slug] = DocumentSigner(self.keys.signer(_method(self.deployment, slug)), x5c)
        return self._found.get(slug)
