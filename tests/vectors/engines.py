"""Cases of signature algorithms and cryptosuites."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from credentials.data_integrity import add_base_proof, add_proof_set, derive
from credentials.encoding import b64url_encode
from credentials.errors import (
    CryptographicSecurityError,
    DataLossError,
    ProofVerificationError,
)
from credentials.keys import Signer
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, credential
from tests.strategies import changed
from tests.vectors.material import bbs_signer, case, key_of, signer_of, with_last_changed

_DATA: Final = b"Caregiving NC II"
_SUITES: Final = {
    "eddsa-rdfc-2022": ("Ed25519",),
    "eddsa-jcs-2022": ("Ed25519",),
    "ecdsa-rdfc-2019": ("ES256", "ES384"),
    "ecdsa-jcs-2019": ("ES256", "ES384"),
}


def algorithm_cases() -> Iterator[dict[str, Any]]:
    for name in ("Ed25519", "ES256", "ES384", "ES512"):
        signer = signer_of(name)
        good = {"key": key_of(signer.public_key), "data": b64url_encode(_DATA), "signature": b64url_encode(signer.sign(_DATA))}
        yield _algorithm(name, "a signature", **good)
        yield _algorithm(name, "over other data", ProofVerificationError, **good | {"data": b64url_encode(_DATA + b"I")})
        changed = with_last_changed(signer.sign(_DATA))
        yield _algorithm(name, "a changed signature", ProofVerificationError, **good | {"signature": b64url_encode(changed)})
        yield _algorithm(name, "a signature cut short", ProofVerificationError, **good | {"signature": b64url_encode(changed[:-1])})
    yield from _bbs_cases()


def _algorithm(row: str, name: str, expect: Any = "ok", **given: object) -> dict[str, Any]:  # noqa: ANN401  # as `case`
    return case("signature algorithm", row, name, expect, **given)


def _bbs_cases() -> Iterator[dict[str, Any]]:
    signer, header, messages = bbs_signer(), b"", [_DATA, b"2026-11-20"]
    good = {
        "key": key_of(signer.public_key),
        "header": b64url_encode(header),
        "messages": [b64url_encode(message) for message in messages],
        "signature": b64url_encode(signer.sign_messages(header, messages)),
    }
    yield _algorithm("BBS", "a signature over messages", **good)
    yield _algorithm("BBS", "over other messages", ProofVerificationError, **good | {"messages": [b64url_encode(_DATA)]})
    over_bytes = {name: value for name, value in good.items() if name != "messages"} | {"data": b64url_encode(_DATA)}
    yield _algorithm("BBS", "over bytes", CryptographicSecurityError, **over_bytes)


def cryptosuite_cases() -> Iterator[dict[str, Any]]:
    for suite, algorithms in _SUITES.items():
        for algorithm in algorithms:
            document = _secured(suite, signer_of(algorithm))
            yield case("cryptosuite", suite, f"a proof of {algorithm}", document=document)
            yield from _refused(suite, f"a proof of {algorithm}", document)
    for suite, signer in (("ecdsa-sd-2023", signer_of("ES256")), ("bbs-2023", bbs_signer())):
        base = add_base_proof(
            _document(signer),
            signer,
            cryptosuite=suite,
            mandatory_pointers=["/issuer"],
            created=NOW - timedelta(days=1),
            random_bytes=Counted(),
        )
        derived = derive(base, selective_pointers=["/credentialSubject/name"], random_bytes=Counted())
        yield case("cryptosuite", suite, "a derived proof", document=derived)
        yield case("cryptosuite", suite, "a base proof is for its holder alone", ProofVerificationError, document=base)
        yield from _refused(suite, "a derived proof", derived)


def _document(signer: Any) -> dict[str, Any]:  # noqa: ANN401  # a Signer or a BBSSigner
    did = signer.verification_method.partition("#")[0]
    subject = {"id": "did:example:worker", "name": "Najma Akter", "description": "Caregiving NC II"}
    return credential(issuer=did, validFrom="2026-11-20T00:00:00Z", credentialSubject=subject)


def _secured(suite: str, signer: Signer) -> dict[str, Any]:
    return add_proof_set(_document(signer), signer, created=NOW - timedelta(days=1), cryptosuites=[suite])


def _refused(suite: str, name: str, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    spoilt: tuple[tuple[str, tuple[str | int, ...], object, Any], ...] = (
        ("a changed claim", ("credentialSubject", "name"), "Somebody Else", ProofVerificationError),
        ("a changed date of the proof", ("proof", "created"), "2026-11-24T00:00:00Z", ProofVerificationError),
        ("another purpose", ("proof", "proofPurpose"), "authentication", ProofVerificationError),
        ("no value", ("proof", "proofValue"), ..., ProofVerificationError),
        ("a value without a header", ("proof", "proofValue"), document["proof"]["proofValue"][1:], ProofVerificationError),
        ("an unknown suite", ("proof", "cryptosuite"), "rot13-2026", CryptographicSecurityError),
    )
    for what, path, value, expect in spoilt:
        yield case("cryptosuite", suite, f"{name}, {what}", expect, document=changed(document, path, value))
    undefined = changed(document, ("credentialSubject", "favouriteColour"), "blue")
    expect = ProofVerificationError if "-jcs-" in suite else DataLossError
    yield case("cryptosuite", suite, f"{name}, an undefined term added", expect, document=undefined)
