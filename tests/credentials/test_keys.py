from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import b64url_encode, multibase_decode, multibase_encode
from credentials.errors import (
    CryptographicSecurityError,
    InvalidVerificationMethodError,
    MalformedValueError,
    ProofVerificationError,
    VCError,
)
from credentials.keys import (
    ALGORITHMS,
    InMemorySigner,
    PublicKey,
    generate_private_key,
    parse_jwk,
    parse_multikey,
    verify_signature,
)
from tests.credentials.strategies import KEY_SEEDS
from tests.shared_vectors import shared
from tests.strategies import json_values

FIELD_PRIME: Final = 2**255 - 19
GROUP_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
RFC_8032: Final = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
"""Secret, public, message and signature of RFC 8032 §7.1, tests 1 and 2."""
REFUSED_POINTS: Final = {
    "zero": 0,
    "the identity": 1,
    "minus the identity": FIELD_PRIME - 1,
    "the identity with a sign": 1 | 1 << 255,
    "not reduced": FIELD_PRIME,
    "not reduced, below 2^255": FIELD_PRIME + 3,
    "order eight": 2707385501144840649318225287225658788936804267575313519463743609750303402022,
}


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    signer = InMemorySigner("did:example:a#k1", bytes.fromhex(secret))
    assert signer.public_key == PublicKey("Ed25519", bytes.fromhex(public))
    assert signer.verification_method == "did:example:a#k1"
    assert signer.sign(bytes.fromhex(message)) == bytes.fromhex(signature)
    verify_signature(signer.public_key, bytes.fromhex(signature), bytes.fromhex(message))


def test_ed25519_is_read_strictly_on_every_cctv_vector() -> None:
    """A canonical key and commitment of large order, and no residue: every reading of RFC 8032 accepts those, and we no other."""
    vectors = json.loads(shared("vectors", "ed25519-cctv", "ed25519vectors.json").read_bytes())
    refused = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    accepted = 0
    for vector in vectors:
        key = PublicKey("Ed25519", bytes.fromhex(vector["key"]))
        signature, message = bytes.fromhex(vector["sig"]), vector["msg"].encode()
        if refused & set(vector["flags"] or ()):
            with pytest.raises((CryptographicSecurityError, ProofVerificationError)):
                verify_signature(key, signature, message)
        else:
            verify_signature(key, signature, message)
            accepted += 1
    assert (accepted, len(vectors)) == (43, 914)


@pytest.mark.parametrize("point", REFUSED_POINTS.values(), ids=REFUSED_POINTS)
def test_b9_a_point_that_proves_nothing_is_refused_as_key_and_as_commitment(point: int) -> None:
    raw = point.to_bytes(32, "little")
    with pytest.raises(CryptographicSecurityError, match="the key is"):
        parse_multikey(multibase_encode(b"\xed\x01" + raw))
    signer = InMemorySigner("", bytes(32))
    with pytest.raises(CryptographicSecurityError, match="commitment is"):
        verify_signature(signer.public_key, raw + bytes(32), b"")


def test_b10_a_signature_has_one_form() -> None:
    signer = InMemorySigner("", bytes(32))
    signature = signer.sign(b"data")
    scalar = int.from_bytes(signature[32:], "little")
    with pytest.raises(CryptographicSecurityError, match="canonical form"):
        verify_signature(signer.public_key, signature[:32] + (scalar + GROUP_ORDER).to_bytes(32, "little"), b"data")
    with pytest.raises(ProofVerificationError, match="64 bytes"):
        verify_signature(signer.public_key, signature + b"\0", b"data")


@given(KEY_SEEDS, st.binary(max_size=40), st.integers(0, 511))
def test_what_was_signed_is_verified_and_nothing_else(seed: bytes, data: bytes, bit: int) -> None:
    signer = InMemorySigner("", seed)
    signature = signer.sign(data)
    verify_signature(signer.public_key, signature, data)
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    for wrong, signed in ((changed, data), (signature, data + b"\0")):
        with pytest.raises((CryptographicSecurityError, ProofVerificationError)):
            verify_signature(signer.public_key, wrong, signed)


@pytest.mark.parametrize("algorithm", sorted(set(ALGORITHMS) - {"BBS"}))
def test_a_key_is_spelled_and_read_back(algorithm: str) -> None:
    key = InMemorySigner("", generate_private_key(algorithm), algorithm).public_key
    assert parse_multikey(key.multibase) == key
    assert parse_jwk(key.jwk()) == key
    assert parse_jwk({**key.jwk(), "use": "sig", "kid": "k1"}) == key


@pytest.mark.parametrize(
    ("name", "algorithm", "prefix"),
    [
        ("ed25519-x25519", "Ed25519", "z6Mk"),
        ("nist-curves", "ES256", "zDn"),
        ("nist-curves", "ES384", "z82"),
        ("nist-curves", "ES512", "z2J"),
    ],
)
def test_the_keys_of_the_did_key_vectors(name: str, algorithm: str, prefix: str) -> None:
    """The older vectors name the method's key as a JWK: the same key as in the identifier."""
    rows = json.loads(shared("vectors", "did-key", "test-vectors", f"{name}.json").read_bytes())
    checked = 0
    for did, row in rows.items():
        if not did.startswith(f"did:key:{prefix}"):
            continue
        key = parse_multikey(did.removeprefix("did:key:"))
        assert (key.algorithm, key.multibase) == (algorithm, did.removeprefix("did:key:"))
        jwk = row.get("verificationMethod", {}).get("publicKeyJwk")
        if jwk is not None:
            assert parse_jwk(jwk) == key
            assert key.jwk().items() <= jwk.items()
        checked += 1
    assert checked


def test_the_keys_of_the_w3c_vectors() -> None:
    pairs = [
        *((path, json.loads(path.read_bytes())) for path in shared("vectors", "vc-di-ecdsa").rglob("p???KeyPair.json")),
        *((path, json.loads(path.read_bytes())) for path in shared("vectors", "vc-di-eddsa").rglob("keyPair.json")),
    ]
    assert len(pairs) == 3
    for path, pair in pairs:
        key = parse_multikey(pair["publicKeyMultibase"])
        secret = multibase_decode(pair.get("secretKeyMultibase") or pair["privateKeyMultibase"])
        assert InMemorySigner("", secret[2:], key.algorithm).public_key == key, path.name


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", MalformedValueError),
        ("u7QEAAAA", MalformedValueError),
        (multibase_encode(b""), InvalidVerificationMethodError),
        (multibase_encode(b"\xe7\x01" + bytes(33)), InvalidVerificationMethodError),
        (multibase_encode(b"\xed\x01" + bytes(31)), CryptographicSecurityError),
        (multibase_encode(b"\x80\x24" + b"\x02" + b"\xff" * 32), CryptographicSecurityError),
        (multibase_encode(b"\xeb\x01" + bytes(96)), CryptographicSecurityError),
    ],
)
def test_what_is_no_multikey_is_refused(text: str, error: type[VCError]) -> None:
    with pytest.raises(error):
        parse_multikey(text)


ED25519: Final = InMemorySigner("", bytes(32)).public_key.jwk()
P256: Final = InMemorySigner("", bytes(31) + b"\1", "ES256").public_key.jwk()


@pytest.mark.parametrize(
    ("jwk", "error"),
    [
        ({}, InvalidVerificationMethodError),
        ({**ED25519, "d": "AA"}, InvalidVerificationMethodError),
        ({**ED25519, "crv": "X25519"}, InvalidVerificationMethodError),
        ({**ED25519, "kty": ["OKP"]}, InvalidVerificationMethodError),
        ({**ED25519, "use": "enc"}, InvalidVerificationMethodError),
        ({**ED25519, "alg": "ES256"}, InvalidVerificationMethodError),
        ({**P256, "alg": "ES384"}, InvalidVerificationMethodError),
        ({**ED25519, "x": 1}, InvalidVerificationMethodError),
        ({**ED25519, "x": "AA=="}, MalformedValueError),
        ({**ED25519, "x": b64url_encode(bytes(31))}, CryptographicSecurityError),
        ({"kty": "EC", "crv": "P-256", "x": P256["x"]}, InvalidVerificationMethodError),
        ({**P256, "y": P256["x"]}, CryptographicSecurityError),
        ({**P256, "y": b64url_encode(bytes(33))}, InvalidVerificationMethodError),
        ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, InvalidVerificationMethodError),
    ],
)
def test_what_is_no_public_jwk_is_refused(jwk: dict[str, Any], error: type[VCError]) -> None:
    with pytest.raises(error):
        parse_jwk(jwk)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "alg", "use"]), json_values() | st.sampled_from([*P256.values(), "OKP"])
    )
)
def test_nothing_but_a_vc_error_comes_of_any_jwk(jwk: dict[str, Any]) -> None:
    try:
        key = parse_jwk(jwk)
    except VCError:
        return
    assert key.jwk().items() <= jwk.items()


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda data: multibase_encode(b"\xed\x01" + data)))
def test_nothing_but_a_vc_error_comes_of_any_multikey(text: str) -> None:
    try:
        key = parse_multikey(text)
    except VCError:
        return
    assert key.multibase == text


@pytest.mark.parametrize(("algorithm", "size"), [("Ed25519", 31), ("ES256", 31), ("ES384", 32), ("ES256", 33)])
def test_a_private_key_of_another_length_is_refused(algorithm: str, size: int) -> None:
    with pytest.raises(CryptographicSecurityError, match="bytes"):
        InMemorySigner("", b"\1" * size, algorithm)


def test_a_bbs_key_signs_no_bytes_and_is_no_jwk() -> None:
    key = parse_multikey(
        "zUC7GMwWWkA5UMTx7Gg6sabmpchWgq8p1xGhUXwBiDytY8BgD6eq5AmxNgjwDbAz8Rq6VFBLdNjvXR4ydEdwDEN9L4vGFfLkxs8UsU3wQj9HQGjQb7LHWdRNJv3J1kGoA3BvnBv"
    )
    assert key.algorithm == "BBS"
    with pytest.raises(CryptographicSecurityError, match="lists of messages"):
        verify_signature(key, bytes(80), b"")
    with pytest.raises(CryptographicSecurityError, match="JSON Web Key"):
        key.jwk()
