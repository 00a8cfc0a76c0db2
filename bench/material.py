"""What the core section signs: the product's example credential, a small one, a record of seven claims, and fixed keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import schemas
from credentials.bbs.signer import InMemoryBBSSigner, generate_private_key
from credentials.encoding import b64url_encode, multibase_encode
from credentials.keys import InMemorySigner, PublicKey

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
CREATED: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
VCT: Final = "https://comity.example/types/training"
CLAIMS: Final[dict[str, Any]] = {
    "given_name": "Najma",
    "family_name": "Akter",
    "achievement": "Caregiving NC II",
    "awarded": "2026-11-06",
    "hours": 786,
    "skills": ["tend to elderly people", "empathise with the healthcare user", "communicate with nursing staff"],
    "centre": "Sunder Bay Care Training Centre",
}
"""Each of them can be kept back."""
_EXAMPLE: Final = Path(schemas.__file__).parent / "examples" / "training-credential.json"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as each side takes it.

    Attributes:
        signer: ours.
        public: ours.
        pair: a Multikey with its secret, for the Node peers.
        jwk: a JSON Web Key with its secret, or empty for BBS.
    """

    signer: InMemorySigner | InMemoryBBSSigner
    public: PublicKey
    pair: dict[str, str]
    jwk: dict[str, str]

    @property
    def did(self) -> str:
        """The did:key of its holder."""
        return self.pair["controller"]

    @property
    def document_signer(self) -> InMemorySigner:
        """The signer of whole documents and tokens.

        Raises:
            TypeError: it is a BBS key.
        """
        if isinstance(self.signer, InMemoryBBSSigner):
            raise TypeError("a BBS key signs statements")
        return self.signer

    def resolve(self, _method: str, _purpose: str) -> PublicKey:
        """Return the public key, whatever is asked."""
        return self.public


@dataclass(frozen=True, slots=True)
class Subject:
    """A credential, what of it is always shown, and what else its holder shows.

    Attributes:
        name: how the table calls it.
        document: without issuer and proof.
        mandatory: JSON pointers.
        shown: JSON pointers.
    """

    name: str
    document: dict[str, Any]
    mandatory: tuple[str, ...]
    shown: tuple[str, ...]

    def by(self, key: Key) -> dict[str, Any]:
        """Return the credential as issued by a key's holder."""
        issuer = self.document.get("issuer")
        return {**self.document, "issuer": {**issuer, "id": key.did} if isinstance(issuer, dict) else key.did}


def new_key(algorithm: str, secret_header: bytes) -> Key:
    """Return a key that follows from its algorithm's name."""
    seed = sha256(algorithm.encode()).digest()
    if algorithm == "BBS":
        private = generate_private_key(lambda _count: seed)
        return _key(lambda name: InMemoryBBSSigner(name, private), secret_header + private, {})
    jwk = {**InMemorySigner("", seed, algorithm).public_key.jwk(), "d": b64url_encode(seed)}
    return _key(lambda name: InMemorySigner(name, seed, algorithm), secret_header + seed, jwk)


def _key(make: Callable[[str], InMemorySigner | InMemoryBBSSigner], secret: bytes, jwk: dict[str, str]) -> Key:
    public = make("").public_key
    did = f"did:key:{public.multibase}"
    method = f"{did}#{public.multibase}"
    pair = {"type": "Multikey", "id": method, "controller": did, "publicKeyMultibase": public.multibase}
    return Key(make(method), public, pair | {"secretKeyMultibase": multibase_encode(secret)}, jwk)


ED25519: Final = new_key("Ed25519", b"\x80\x26")
P256: Final = new_key("ES256", b"\x86\x26")
BBS: Final = new_key("BBS", b"\x8a\x26")


def _training() -> dict[str, Any]:
    """Return the example credential with language tags in lower case: `openvc-core` signs no others."""
    document: dict[str, Any] = json.loads(_EXAMPLE.read_bytes())
    for name in document["credentialSubject"]["name"]:
        name["@language"] = name["@language"].lower()
    return document


TRAINING: Final = Subject(
    "training credential",
    _training(),
    ("/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/credentialSchema"),
    ("/name", "/credentialSubject/name", "/credentialSubject/achievement/name", "/credentialSubject/achievement/alignment/0"),
)
SMALL: Final = Subject(
    "small credential",
    {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential"],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "name": "Amina",
            "trade": {"title": "welder", "level": 4, "modules": [{"code": "W1", "grade": 4.5}, {"code": "W2", "grade": 3}]},
            "languages": ["fr", "ar"],
        },
    },
    ("/issuer", "/credentialSubject/trade/title"),
    ("/credentialSubject/name", "/credentialSubject/trade/modules/1"),
)
