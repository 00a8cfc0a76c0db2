from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey

from credentials.encoding import b64url_encode
from credentials.errors import (
    CryptographicSecurityError,
    HeaderNotAllowedError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    ProofVerificationError,
    TooLargeError,
    TypeMismatchError,
    VCError,
)
from credentials.jose import NOT_ALLOWED, Engine, encode_json, parse_jws, sign_jws, unverified_typ
from credentials.keys import PublicKey, parse_jwk
from credentials.parsing import Limits
from tests.credentials.world import key_signer

SIGNER = key_signer()
KEY = SIGNER.public_key


def signed(payload: bytes = b'{"a":1}', **changes: Any) -> str:  # noqa: ANN401  # any parameter
    """Return a JWS over exactly this header; a parameter given as `...` is left out."""
    base = {"alg": "EdDSA", "typ": "vc+jwt"}
    protected = {name: value for name, value in (base | changes).items() if value is not ...}
    signing_input = f"{b64url_encode(encode_json(protected))}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(SIGNER.sign(signing_input.encode()))}"


def header_of(content: bytes) -> str:
    """Return a JWS that begins with exactly this header."""
    return f"{b64url_encode(content)}.e30.e30"


def read(text: str) -> dict[str, Any]:
    jws = parse_jws(text, typ={"vc+jwt"})
    jws.verify(KEY)
    return jws.claims()


@given(st.binary(min_size=1), st.dictionaries(st.sampled_from(["kid", "cty", "x"]), st.text()))
def test_what_is_signed_verifies(payload: bytes, header: dict[str, str]) -> None:
    jws = parse_jws(sign_jws(payload, SIGNER, typ="vc+jwt", header=header), typ={"vc+jwt"})
    jws.verify(KEY)
    assert jws.payload == payload
    assert jws.header == {"alg": "EdDSA", "typ": "vc+jwt"} | header


@given(st.data())
def test_any_changed_letter_is_refused(data: st.DataObject) -> None:
    text = sign_jws(b'{"iss":"did:example:issuer"}', SIGNER, typ="vc+jwt")
    position = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEFabcdef0123456789-_.~= \n"))
    changed = text[:position] + letter + text[position + 1 :]
    if changed == text:
        return
    with pytest.raises(VCError):
        read(changed)


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    with pytest.raises(VCError):
        parse_jws(content.decode("latin-1"), typ={"vc+jwt"})


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864 prefers Ed25519, which wallets do not know yet
def test_the_library_with_an_engine_of_its_own_reads_it_and_writes_what_we_read() -> None:
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(KEY.raw)})
    theirs = joserfc_jws.deserialize_compact(sign_jws(b"payload", SIGNER, typ="vc+jwt"), key, algorithms=["EdDSA"])
    assert theirs.payload == b"payload"
    made = OKPKey.generate_key("Ed25519")
    text = joserfc_jws.serialize_compact({"alg": "EdDSA", "typ": "vc+jwt"}, b"payload", made, algorithms=["EdDSA"])
    ours = parse_jws(text, typ={"vc+jwt"})
    ours.verify(parse_jwk(made.as_dict(private=False)))
    assert ours.payload == b"payload"


def test_the_example_of_rfc_8037_fits_but_has_no_type() -> None:
    text = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    with pytest.raises(TypeMismatchError):
        parse_jws(text, typ={"vc+jwt"})


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_both_names_of_the_algorithm(alg: str) -> None:
    assert read(signed(alg=alg)) == {"a": 1}


@pytest.mark.parametrize("typ", ["vc+jwt", "VC+JWT", "application/vc+jwt"])
def test_a_type_is_a_media_type(typ: str) -> None:
    assert read(signed(typ=typ)) == {"a": 1}
    assert unverified_typ(signed(typ=typ)) == "vc+jwt"


@pytest.mark.parametrize("alg", [..., None, "none", "None", "nOnE", "", "HS256", "RS256", "ES256K", "PS256", 7, ["EdDSA"]])
def test_d1_and_d2_an_algorithm_that_is_none_of_ours(alg: object) -> None:
    with pytest.raises(CryptographicSecurityError, match="alg"):
        read(signed(alg=alg))


def test_d3_the_key_decides_on_the_algorithm() -> None:
    with pytest.raises(CryptographicSecurityError, match="Ed25519"):
        read(signed(alg="ES256"))


@pytest.mark.parametrize("typ", [..., None, "JWT", "at+jwt", "dc+sd-jwt", "vp+jwt", "application/vp+jwt", "", 1])
def test_d9_another_type(typ: object) -> None:
    with pytest.raises(TypeMismatchError):
        read(signed(typ=typ))


def test_a_type_that_is_none_is_no_type() -> None:
    assert not unverified_typ(signed(typ=7))
    with pytest.raises(ParsingError):
        unverified_typ("no header")


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "zip"])
def test_d4_and_d5_headers_that_bring_a_key_or_change_what_is_signed(name: str) -> None:
    parameters: dict[str, Any] = {name: False}
    text = signed(**parameters)
    with pytest.raises(HeaderNotAllowedError, match=name):
        read(text)
    parse_jws(text, typ={"vc+jwt"}, allow={name}).verify(KEY)


@pytest.mark.parametrize("b64", [False, True])
def test_d8_a_payload_that_is_not_base64url_is_read_by_nobody(b64: bool) -> None:  # noqa: FBT001  # the value of the parameter
    with pytest.raises(HeaderNotAllowedError, match="b64"):
        parse_jws(signed(b64=b64), typ={"vc+jwt"}, allow={"b64", *NOT_ALLOWED})


@pytest.mark.parametrize("crit", [["exp"], [], None])
def test_d7_critical_extensions(crit: object) -> None:
    with pytest.raises(CryptographicSecurityError, match="crit"):
        read(signed(crit=crit))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        signed().replace(".", ".=", 1),
        signed() + "=",
        signed() + "\n",
        " " + signed(),
        signed().rpartition(".")[0] + ".",
        "..",
        header_of(b"[]"),
        header_of(b"{"),
        header_of(b'{"alg":"EdDSA","alg":"EdDSA","typ":"vc+jwt"}'),
        header_of(b'{"alg":NaN}'),
        "e31.e30.e30",
        signed()[:-1] + ("B" if signed()[-1] != "B" else "C"),
    ],
)
def test_d13_what_is_no_strict_jws(text: str) -> None:
    with pytest.raises(ParsingError):
        read(text)


def test_a_payload_with_a_key_twice() -> None:
    with pytest.raises(ParsingError, match="twice"):
        read(signed(payload=b'{"a":1,"a":2}'))


def test_more_than_we_read() -> None:
    with pytest.raises(TooLargeError):
        parse_jws(signed(payload=b" " * 2000), typ={"vc+jwt"}, limits=Limits(size=1000))
    with pytest.raises(TooLargeError):
        read(signed(kid="k" * 20_000))


def test_another_key() -> None:
    with pytest.raises(ProofVerificationError):
        parse_jws(signed(), typ={"vc+jwt"}).verify(key_signer("another").public_key)


def test_kid_is_a_string_or_nothing() -> None:
    assert parse_jws(signed(), typ={"vc+jwt"}).kid is None
    assert parse_jws(signed(kid="#k1"), typ={"vc+jwt"}).kid == "#k1"
    with pytest.raises(MalformedValueError):
        _ = parse_jws(signed(kid=42), typ={"vc+jwt"}).kid


class Unnamed:
    """A signer whose algorithm JOSE and COSE do not know."""

    verification_method = "did:example:x#k"
    public_key = PublicKey("Bls12381G2", b"")

    def sign(self, data: bytes) -> bytes:
        return data


def test_a_key_that_does_not_sign_with_jose() -> None:
    with pytest.raises(ProofGenerationError):
        sign_jws(b"x", Unnamed(), typ="vc+jwt")
    with pytest.raises(CryptographicSecurityError):
        parse_jws(signed(), typ={"vc+jwt"}).verify(Unnamed.public_key)
    with pytest.raises(ProofGenerationError):
        Engine("EdDSA", KEY).sign(b"x", None)


def test_parts_of_the_longest_sizes() -> None:
    payload = b" " * 700_000
    assert parse_jws(sign_jws(payload, SIGNER, typ="vc+jwt"), typ={"vc+jwt"}).payload == payload
    with pytest.raises(TooLargeError):
        parse_jws(signed() + "A" * 2000, typ={"vc+jwt"})


def test_json_is_written_without_white_space_and_without_escapes() -> None:
    assert encode_json({"a": [1, "ü"]}) == json.dumps({"a": [1, "ü"]}, ensure_ascii=False, separators=(",", ":")).encode()
