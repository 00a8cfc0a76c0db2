"""In whose name a wallet is asked: one key, and the prefixes of `client_id` that its certificates allow (OpenID4VP 1.0 §5.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from credentials.keys import Signer
from credentials.x509 import Chain, parse_x5c
from verifier.openid.attesting import Attestation
from verifier.openid.errors import NoIdentityError


class Prefix(StrEnum):
    """Client Identifier Prefix."""

    X509_HASH = "x509_hash"
    X509_SAN_DNS = "x509_san_dns"
    DECENTRALIZED_IDENTIFIER = "decentralized_identifier"
    REDIRECT_URI = "redirect_uri"
    VERIFIER_ATTESTATION = "verifier_attestation"


@dataclass(frozen=True, slots=True)
class Identity:
    """A verifier as wallets know it.

    Attributes:
        base_url: the public URL, without a trailing slash.
        signer: of requests, named by its DID URL.
        x5c: the certificates of its key, the signer's first and no authority's own; empty where there are none.
        attestation: what a party that wallets trust says of the key; None where nobody does.
    """

    base_url: str
    signer: Signer
    x5c: tuple[str, ...] = ()
    attestation: Attestation | None = None

    @property
    def did(self) -> str:
        """The DID whose document names the key."""
        return self.signer.verification_method.partition("#")[0]

    def client_id(self, prefix: Prefix, response_uri: str) -> str:
        """Return the full client identifier.

        Raises:
            NoIdentityError: there is no certificate, or it is not made out to this host; or there is no attestation.
        """
        if prefix is Prefix.REDIRECT_URI:
            return f"{prefix.value}:{response_uri}"
        if prefix is Prefix.DECENTRALIZED_IDENTIFIER:
            return f"{prefix.value}:{self.did}"
        if prefix is Prefix.VERIFIER_ATTESTATION:
            return f"{prefix.value}:{self.attested().client_id}"
        chain = self.chain()
        if prefix is Prefix.X509_HASH:
            return f"{prefix.value}:{chain.thumbprint}"
        host = urlsplit(self.base_url).hostname or ""
        if host not in chain.hosts:
            raise NoIdentityError("the certificate is not made out to this host", pointer="/client_id_prefix")
        return f"{prefix.value}:{host}"

    def attested(self) -> Attestation:
        """Return the attestation.

        Raises:
            NoIdentityError: there is none.
        """
        if self.attestation is None:
            raise NoIdentityError("nobody attests who asks here", pointer="/client_id_prefix")
        return self.attestation

    def check_until(self, prefix: Prefix, moment: datetime) -> None:
        """Raise unless what names the key holds until a moment.

        Raises:
            NoIdentityError: it ends before.
        """
        if prefix is Prefix.VERIFIER_ATTESTATION:
            self.attested().check_until(moment)

    def chain(self) -> Chain:
        """Return the certificates.

        Raises:
            NoIdentityError: there are none, or the first is its own authority.
        """
        if not self.x5c:
            raise NoIdentityError("this deployment has no certificate for its requests", pointer="/client_id_prefix")
        chain = parse_x5c(list(self.x5c))
        if chain.is_self_signed:
            raise NoIdentityError("the certificate vouches for itself, which wallets refuse", pointer="/client_id_prefix")
        return chain

    def header(self, prefix: Prefix) -> dict[str, Any]:
        """Return the header parameters that name the key."""
        if prefix is Prefix.DECENTRALIZED_IDENTIFIER:
            return {"kid": self.signer.verification_method}
        if prefix is Prefix.VERIFIER_ATTESTATION:
            return {"jwt": self.attested().text}
        return {"x5c": list(self.x5c)}

    def document(self) -> dict[str, Any]:
        """Return the DID document of the verifier."""
        method = self.signer.verification_method
        jwk = {"id": method, "type": "JsonWebKey", "controller": self.did, "publicKeyJwk": self.signer.public_key.jwk()}
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
            "id": self.did,
            "verificationMethod": [jwk],
            "authentication": [method],
            "assertionMethod": [method],
        }
