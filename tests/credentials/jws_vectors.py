"""Makes `tests/vectors/jws.json`: signed tokens, right and wrong, each with the error that must be raised.

Keys follow from names and signatures are deterministic, so the file is the same whenever it is made:

    python -m tests.credentials.jws_vectors
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.keys import InMemorySigner

FILE: Final = Path(__file__).parents[1] / "vectors" / "jws.json"
ED25519: Final = InMemorySigner("ed25519", sha256(b"jws vectors: Ed25519").digest())
P256: Final = InMemorySigner("p256", sha256(b"jws vectors: P-256").digest(), "ES256")
HEADER: Final[dict[str, Any]] = {"alg": "EdDSA", "typ": "vc+jwt"}
PAYLOAD: Final = b'{"iss":"did:example:issuer"}'


def token(header: bytes | dict[str, Any], payload: bytes = PAYLOAD, signer: InMemorySigner = ED25519) -> str:
    protected = header if isinstance(header, bytes) else json.dumps(header).encode()
    signing_input = f"{b64url_encode(protected)}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}"


def vectors() -> dict[str, Any]:
    """Return the content of the file."""
    good = token(HEADER)
    head, body, signature = good.split(".")
    es256 = token(HEADER | {"alg": "ES256"}, signer=P256)
    refused = "CryptographicSecurityError"
    rows: list[tuple[str, str, str, str]] = [
        ("EdDSA", good, "ed25519", "ok"),
        ("Ed25519, the name of RFC 9864", token(HEADER | {"alg": "Ed25519"}), "ed25519", "ok"),
        ("ES256", es256, "p256", "ok"),
        ("typ with application/ and capitals", token(HEADER | {"typ": "Application/VC+JWT"}), "ed25519", "ok"),
        ("parameters that nobody knows", token(HEADER | {"x-more": 1, "kid": "#k1"}), "ed25519", "ok"),
        ("alg none", token(HEADER | {"alg": "none"}), "ed25519", refused),
        ("alg nOnE", token(HEADER | {"alg": "nOnE"}), "ed25519", refused),
        (
            "alg none and no signature",
            f"{b64url_encode(json.dumps(HEADER | {'alg': 'none'}).encode())}.{body}.",
            "ed25519",
            "ParsingError",
        ),
        ("alg missing", token({"typ": "vc+jwt"}), "ed25519", refused),
        ("alg HS256", token(HEADER | {"alg": "HS256"}), "ed25519", refused),
        ("ES256 in the header of an Ed25519 key", token(HEADER | {"alg": "ES256"}), "ed25519", refused),
        ("EdDSA in the header of a P-256 key", token(HEADER, signer=P256), "p256", refused),
        ("crit", token(HEADER | {"crit": ["exp"], "exp": 1}), "ed25519", refused),
        ("jwk", token(HEADER | {"jwk": ED25519.public_key.jwk()}), "ed25519", "HeaderNotAllowedError"),
        ("jku", token(HEADER | {"jku": "http://127.0.0.1/keys"}), "ed25519", "HeaderNotAllowedError"),
        ("x5u", token(HEADER | {"x5u": "http://127.0.0.1/chain"}), "ed25519", "HeaderNotAllowedError"),
        ("x5c where nobody pins anchors", token(HEADER | {"x5c": []}), "ed25519", "HeaderNotAllowedError"),
        ("b64 false", token(HEADER | {"b64": False}), "ed25519", "HeaderNotAllowedError"),
        ("zip", token(HEADER | {"zip": "DEF"}), "ed25519", "HeaderNotAllowedError"),
        ("typ JWT", token(HEADER | {"typ": "JWT"}), "ed25519", "TypeMismatchError"),
        ("typ at+jwt", token(HEADER | {"typ": "at+jwt"}), "ed25519", "TypeMismatchError"),
        ("typ dc+sd-jwt", token(HEADER | {"typ": "dc+sd-jwt"}), "ed25519", "TypeMismatchError"),
        ("typ missing", token({"alg": "EdDSA"}), "ed25519", "TypeMismatchError"),
        ("a parameter twice", token(b'{"alg":"EdDSA","typ":"vc+jwt","typ":"vc+jwt"}'), "ed25519", "ParsingError"),
        ("a header that is a list", token(b"[]"), "ed25519", "ParsingError"),
        ("a claim twice", token(HEADER, b'{"iss":"a","iss":"b"}'), "ed25519", "ParsingError"),
        ("a payload that is a list", token(HEADER, b"[]"), "ed25519", "ParsingError"),
        ("a header of 20 kB", token(HEADER | {"kid": "k" * 20_000}), "ed25519", "TooLargeError"),
        ("padding", f"{head}.{body}.{signature}==", "ed25519", "ParsingError"),
        ("spare bits that are not zero", f"{head}.{body}.{signature[:-1]}{spare(signature[-1])}", "ed25519", "ParsingError"),
        ("the alphabet of base64", f"{head}.{body}.{signature[:-4]}+/==", "ed25519", "ParsingError"),
        ("a space", f"{head}.{body} .{signature}", "ed25519", "ParsingError"),
        ("two parts", f"{head}.{body}", "ed25519", "ParsingError"),
        ("four parts", f"{good}.{signature}", "ed25519", "ParsingError"),
        ("another payload", f"{head}.{b64url_encode(PAYLOAD + b' ')}.{signature}", "ed25519", "ProofVerificationError"),
        ("another key", es256, "another-p256", "ProofVerificationError"),
        ("a short signature", f"{head}.{body}.{b64url_encode(bytes(63))}", "ed25519", "ProofVerificationError"),
        ("r and s of zero", f"{es256.rpartition('.')[0]}.{b64url_encode(bytes(64))}", "p256", "ProofVerificationError"),
        (
            "a signature in DER",
            f"{es256.rpartition('.')[0]}.{b64url_encode(bytes([48, 6, 2, 1, 1, 2, 1, 1]))}",
            "p256",
            "ProofVerificationError",
        ),
        ("a commitment of small order", f"{head}.{body}.{b64url_encode(bytes([1, *bytes(63)]))}", "ed25519", refused),
    ]
    another = InMemorySigner("another", sha256(b"jws vectors: another P-256").digest(), "ES256")
    keys = {"ed25519": ED25519, "p256": P256, "another-p256": another}
    return {
        "comment": "Compact JWS. `expect` is ok, or the name of the error class that reading or verifying must raise.",
        "keys": {name: signer.public_key.jwk() for name, signer in keys.items()},
        "vectors": [{"name": name, "jws": text, "typ": "vc+jwt", "key": key, "expect": told} for name, text, key, told in rows],
    }


def spare(letter: str) -> str:
    """Return a letter that decodes to the same bytes as this last one of 86, and should not be there."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(letter) | 1]


def text() -> str:
    """Return the file."""
    return json.dumps(vectors(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
