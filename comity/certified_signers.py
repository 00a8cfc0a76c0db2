"""Who signs for an issuer where verifiers ask for certificates: keys of their own, once certificates lie in `certificates/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from comity.deployment import Deployment
from credentials.dids.did_web import did_web_id
from credentials.keys import KeyStore, PublicKey
from credentials.x509 import x5c_of
from issuer_api.service import CertifiedSigner


class Purpose(StrEnum):
    """What a certified key signs; the fragment of its verification method, and how the file of its certificates begins."""

    MOBILE_DOCUMENTS = "mdoc"
    TOKENS = "x5c"


def certified_key(keys: KeyStore, deployment: Deployment, slug: str, purpose: Purpose) -> PublicKey:
    """Return the key of an issuer that is to be certified for a purpose; it is made when it is first asked for."""
    return keys.create(_method(deployment, slug, purpose), "ES256")


def certificates_of(deployment: Deployment, slug: str, purpose: Purpose) -> Path:
    """Return where the certificates of that key are expected: the signer's first, and no root."""
    return deployment.folder / "certificates" / f"{purpose}-{slug}.pem"


def _method(deployment: Deployment, slug: str, purpose: Purpose) -> str:
    return f"{did_web_id(deployment.public_url, slug)}#{purpose}"


@dataclass(frozen=True, slots=True)
class CertifiedSigners:
    """Gives an issuer's signer for a purpose; what it found once holds until the deployment is served anew."""

    keys: KeyStore
    deployment: Deployment
    purpose: Purpose
    _found: dict[str, CertifiedSigner] = field(default_factory=dict)

    def __call__(self, slug: str) -> CertifiedSigner | None:
        """Return the signer, or None where no certificate of its key is there.

        Raises:
            ParsingError, InvalidVerificationMethodError: what lies there is no certificate of this key.
        """
        file = certificates_of(self.deployment, slug, self.purpose)
        if slug not in self._found and file.is_file():
            x5c = x5c_of(file.read_bytes(), certified_key(self.keys, self.deployment, slug, self.purpose))
            self._found[slug] = CertifiedSigner(self.keys.signer(_method(self.deployment, slug, self.purpose)), x5c)
        return self._found.get(slug)
