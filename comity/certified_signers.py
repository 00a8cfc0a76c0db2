"""Who signs for an issuer where verifiers ask for certificates: keys of their own, once certificates lie in `certificates/`.

The first key for a purpose is `mdoc` or `x5c`, the next ones `mdoc2`, `mdoc3` …; each has a file of its own, which stays there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from comity.deployment import Deployment
from credentials.dids.did_web import did_web_id
from credentials.keys import KeyStore, PublicKey
from credentials.x509 import x5c_of
from issuer_api.service import CertifiedSigner, Purpose

_MOST: int = 1000


def certified_key(keys: KeyStore, deployment: Deployment, slug: str, fragment: str) -> PublicKey:
    """Return the key of an issuer of that fragment, which is to be certified; it is made when it is first asked for."""
    return keys.create(_method(deployment, slug, fragment), "ES256")


def certificates_of(deployment: Deployment, slug: str, fragment: str) -> Path:
    """Return where the certificates of that key are expected: the signer's first, and no root."""
    return deployment.folder / "certificates" / f"{fragment}-{slug}.pem"


def made_fragments(keys: KeyStore, deployment: Deployment, slug: str, purpose: Purpose) -> tuple[str, ...]:
    """Return the fragments of the keys that were made for a purpose, the oldest first."""
    known = frozenset(keys.verification_methods())
    return tuple(one for one in fragments(purpose) if _method(deployment, slug, one) in known)


def fragments(purpose: Purpose) -> Iterator[str]:
    """Give the fragments that the keys for a purpose have one after another."""
    yield str(purpose)
    yield from (f"{purpose}{number}" for number in range(2, _MOST))


def _method(deployment: Deployment, slug: str, fragment: str) -> str:
    return f"{did_web_id(deployment.public_url, slug)}#{fragment}"


@dataclass(frozen=True, slots=True)
class CertifiedSigners:
    """Gives an issuer's certified keys; what it found once holds until the deployment is served anew."""

    keys: KeyStore
    deployment: Deployment
    _found: dict[tuple[str, str], CertifiedSigner] = field(default_factory=dict)

    def __call__(self, slug: str) -> tuple[CertifiedSigner, ...]:
        """Return the keys that a certificate is there of, the older ones of a purpose first.

        Raises:
            ParsingError, InvalidVerificationMethodError: what lies there is no certificate of this key.
        """
        return tuple(one for purpose in Purpose for one in self._of(slug, purpose))

    def _of(self, slug: str, purpose: Purpose) -> Iterator[CertifiedSigner]:
        for fragment in fragments(purpose):
            if (slug, fragment) not in self._found:
                file = certificates_of(self.deployment, slug, fragment)
                if not file.is_file():
                    return
                x5c = x5c_of(file.read_bytes(), certified_key(self.keys, self.deployment, slug, fragment))
                signer = self.keys.signer(_method(self.deployment, slug, fragment))
                self._found[slug, fragment] = CertifiedSigner(signer, x5c, purpose)
            yield self._found[slug, fragment]
