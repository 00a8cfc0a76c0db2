"""Every algorithm of a key that signs bytes, in every envelope."""

from __future__ import annotations

from hashlib import shake_256
from typing import Any, Final

import pytest
from cwt import COSE, COSEKey
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey

from credentials.cose import COSE_ALGORITHMS, KID, parse_cose, sign_cose
from credentials.encoding import b64url_encode
from credentials.errors import CryptographicSecurityError, ProofVerificationError
from credentials.jose import JOSE_ALGORITHMS, parse_jws, sign_jws
from credentials.keys import ALGORITHMS, InMemorySigner, generate_private_key, parse_jwk, parse_multikey
from credentials.securing import SECURING_MECHANISMS, SecuringOptions, secure
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, credential, did_of, key_signer, outcomes, report

BYTES: Final = {"ES256": 32, "ES384": 48, "ES512": 66}
EC = pytest.mark.parametrize("algorithm", BYTES)
ENVELOPES = [name for name, row in SECURING_MECHANISMS.items() if row.secure is not None and row.open is not None]


def seed(algorithm: str) -> bytes:
    return b"\0" + shake_256(algorithm.encode()).digest(BYTES[algorithm] - 1)


def signer(algorithm: str) -> InMemorySigner:
    """Return a signer whose did:key follows from its algorithm."""
    multibase = InMemorySigner("", seed(algorithm), algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", seed(algorithm), algorithm)


def private_jwk(algorithm: str) -> dict[str, str]:
    return signer(algorithm).public_key.jwk() | {"d": b64url_encode(seed(algorithm))}


def test_the_tables_speak_of_the_algorithms_that_there_are() -> None:
    assert set(JOSE_ALGORITHMS) == set(COSE_ALGORITHMS) == set(ALGORITHMS) - {"BBS"}


@EC
def test_a_key_is_spelled_as_multikey_and_as_jwk(algorithm: str) -> None:
    key = signer(algorithm).public_key
    assert parse_multikey(key.multibase) == parse_jwk(key.jwk()) == key
    assert len(generate_private_key(algorithm)) == BYTES[algorithm]


@EC
@pytest.mark.parametrize("media_type", ENVELOPES)
def test_every_envelope(media_type: str, algorithm: str) -> None:
    by = signer(algorithm)
    content = secure(credential(by), by, media_type, SecuringOptions(created=NOW, entropy=Counted(), vct="urn:x"))
    result = report(content)
    assert set(outcomes(result).values()) == {"passed"}
    assert result.require().issuer == did_of(by)


@EC
@pytest.mark.filterwarnings("ignore")  # what the peer thinks of the names
def test_joserfc_with_its_own_engine_reads_it_and_writes_what_we_read(algorithm: str) -> None:
    by, key = signer(algorithm), ECKey.import_key(dict(private_jwk(algorithm)))
    ours = sign_jws(b"payload", by, typ="vc+jwt")
    assert joserfc_jws.deserialize_compact(ours, key, algorithms=[algorithm]).payload == b"payload"
    theirs = joserfc_jws.serialize_compact({"alg": algorithm, "typ": "vc+jwt"}, b"payload", key, algorithms=[algorithm])
    parse_jws(theirs, typ={"vc+jwt"}).verify(by.public_key)


@EC
def test_cwt_with_its_own_engine_reads_it_and_writes_what_we_read(algorithm: str) -> None:
    by, number = signer(algorithm), COSE_ALGORITHMS[algorithm][0]
    jwk: dict[str, Any] = {**private_jwk(algorithm), "alg": algorithm, "kid": "k"}
    key = COSEKey.from_jwk(jwk)
    public = COSEKey.from_jwk({name: value for name, value in jwk.items() if name != "d"})
    ours = sign_cose(b"payload", by, typ="application/vc+cose", header={KID: b"k"})
    assert COSE.new().decode(ours, keys=[public]) == b"payload"
    theirs = COSE.new().encode_and_sign(b"payload", key, protected={1: number, 16: "application/vc+cose"}, unprotected={KID: b"k"})
    parse_cose(theirs, typ={"application/vc+cose"}).verify(by.public_key)


@EC
def test_signatures_that_are_none(algorithm: str) -> None:
    by = signer(algorithm)
    signed, _, signature = sign_jws(b"payload", by, typ="vc+jwt").rpartition(".")
    size = BYTES[algorithm]
    zero_r, zero_s = bytes(size) + b"\1" * size, b"\1" * size + bytes(size)
    der = b"\x30\x06\x02\x01\x01\x02\x01\x01"
    for wrong in (zero_r, zero_s, der, bytes(2 * size), b"\1" * (2 * size + 1)):
        with pytest.raises(ProofVerificationError):
            parse_jws(f"{signed}.{b64url_encode(wrong)}", typ={"vc+jwt"}).verify(by.public_key)
    with pytest.raises(CryptographicSecurityError, match="alg"):
        parse_jws(f"{signed}.{signature}", typ={"vc+jwt"}).verify(key_signer().public_key)
