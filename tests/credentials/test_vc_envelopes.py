"""Credentials and presentations of the W3C data model in JWT, SD-JWT and COSE: what is the same in all, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.cose import ALG, CONTENT_TYPE, COSE_SIGN1, CWT_CLAIMS, KID, TYP, sign_cose
from credentials.envelope import Envelope
from credentials.errors import (
    ClaimNotSelectiveError,
    IssuerKeyMismatchError,
    KeyBindingError,
    KeyBindingRequiredError,
    MalformedValueError,
    ParsingError,
    TypeMismatchError,
    VCError,
)
from credentials.jose import encode_json, sign_jws
from credentials.keys import PublicKey
from credentials.sd_jwt import bind, present
from credentials.vc_cose import VC_COSE, VP_COSE, open_cose, secure_cose
from credentials.vc_jwt import VC_JWT, VP_JWT, open_jwt, secure_jwt
from credentials.vc_sd_jwt import VC_SD_JWT, VP_SD_JWT, open_sd_jwt, secure_sd_jwt
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, credential, did_of, key_signer

SIGNER = key_signer()
HOLDER = key_signer("holder")
PRESENTATION = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": "VerifiablePresentation",
    "holder": did_of(HOLDER),
}
SKEW = timedelta(minutes=5)
Secure = Callable[..., bytes]
Open = Callable[..., Envelope]


def sd_jwt(*arguments: Any, **options: Any) -> bytes:  # noqa: ANN401  # as `secure_sd_jwt`
    return secure_sd_jwt(*arguments, entropy=Counted(), **options)


FORMATS = pytest.mark.parametrize(
    ("secure", "open_", "vc", "vp"),
    [
        pytest.param(secure_jwt, open_jwt, VC_JWT, VP_JWT, id="jwt"),
        pytest.param(sd_jwt, open_sd_jwt, VC_SD_JWT, VP_SD_JWT, id="sd-jwt"),
        pytest.param(secure_cose, open_cose, VC_COSE, VP_COSE, id="cose"),
    ],
)


def only(signer: Any = SIGNER) -> Callable[[str, str], PublicKey]:  # noqa: ANN401
    def resolve_key(method: str, _purpose: str) -> PublicKey:
        assert method == signer.verification_method
        return signer.public_key  # type: ignore[no-any-return]

    return resolve_key


@FORMATS
def test_a_credential(secure: Secure, open_: Open, vc: str, vp: str) -> None:
    document = credential(SIGNER, id="urn:uuid:1", name="ü")
    opened = open_(secure(document, SIGNER))
    opened.verify(only())
    opened.check_issuer_key()
    assert (opened.document, opened.claims, opened.media_type) == (document, {}, vc)
    with pytest.raises(TypeMismatchError):
        open_(secure(document, SIGNER), media_type=vp)


@FORMATS
def test_a_presentation_for_a_verifier(secure: Secure, open_: Open, vc: str, vp: str) -> None:
    content = secure(PRESENTATION, HOLDER, media_type=vp, claims={"aud": "verifier", "nonce": "n"})
    opened = open_(content, media_type=vp)
    opened.verify(only(HOLDER))
    opened.check_issuer_key()
    assert (opened.document, opened.claims) == (PRESENTATION, {"aud": "verifier", "nonce": "n"})
    with pytest.raises(TypeMismatchError):
        open_(content, media_type=vc)


@FORMATS
@given(data=st.data())
def test_any_changed_byte_is_refused(secure: Secure, open_: Open, vc: str, vp: str, data: st.DataObject) -> None:  # noqa: ARG001
    content = bytearray(secure(credential(SIGNER), SIGNER))
    if open_ is open_sd_jwt:
        content = content[:-1]  # the tilde at the end alone carries no statement
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    changed = bytes(content) + (b"~" if open_ is open_sd_jwt else b"")
    with pytest.raises((VCError, AssertionError)):
        open_(changed).verify(only())


@FORMATS
@given(content=st.binary(max_size=300))
def test_any_bytes_raise_nothing_else(secure: Secure, open_: Open, vc: str, vp: str, content: bytes) -> None:  # noqa: ARG001
    with pytest.raises(VCError):
        open_(content)


@FORMATS
@pytest.mark.parametrize("name", ["vc", "vp"])
def test_a_wrapper_of_version_1_1(secure: Secure, open_: Open, vc: str, vp: str, name: str) -> None:  # noqa: ARG001
    with pytest.raises(MalformedValueError, match=f"{name} claim"):
        secure(credential(SIGNER) | {name: {}}, SIGNER)
    with pytest.raises(MalformedValueError, match=f"{name} claim"):
        open_(made(open_, credential(SIGNER) | {name: "oops"}))


@FORMATS
def test_claims_that_contradict_the_document(secure: Secure, open_: Open, vc: str, vp: str) -> None:  # noqa: ARG001
    with pytest.raises(IssuerKeyMismatchError):
        open_(secure(credential(SIGNER), SIGNER, claims={"iss": "did:example:another"}))


@FORMATS
@pytest.mark.parametrize("cty", ["vp", "application/vp", "bad+cty", 7])
def test_another_content_type(secure: Secure, open_: Open, vc: str, vp: str, cty: object) -> None:  # noqa: ARG001
    with pytest.raises(MalformedValueError, match="cty"):
        open_(made(open_, credential(SIGNER), cty=cty))


@FORMATS
@pytest.mark.parametrize("cty", [..., "vc", "VC", "application/vc"])
def test_the_content_type(secure: Secure, open_: Open, vc: str, vp: str, cty: object) -> None:  # noqa: ARG001
    assert open_(made(open_, credential(SIGNER), cty=cty)).document == credential(SIGNER)


@FORMATS
def test_a_payload_that_is_no_object(secure: Secure, open_: Open, vc: str, vp: str) -> None:  # noqa: ARG001
    with pytest.raises(ParsingError):
        open_(made(open_, b"[]"))


def made(open_: Open, payload: dict[str, Any] | bytes, cty: object = ...) -> bytes:
    """Return content with this payload and content type, signed as it should not be."""
    data = payload if isinstance(payload, bytes) else encode_json(payload)
    if open_ is open_cose:
        return sign_cose(data, SIGNER, typ=VC_COSE, header={} if cty is ... else {CONTENT_TYPE: cty})
    typ = "vc+jwt" if open_ is open_jwt else "vc+sd-jwt"
    text = sign_jws(data, SIGNER, typ=typ, header={} if cty is ... else {"cty": cty})
    return (text if open_ is open_jwt else f"{text}~").encode()


def test_white_space_around_a_token_is_no_part_of_it() -> None:
    assert open_jwt(b" \n" + secure_jwt(credential(SIGNER), SIGNER) + b"\n").document == credential(SIGNER)


def test_the_claims_in_the_header_of_a_cose_object() -> None:
    document = credential(SIGNER)
    header = {CWT_CLAIMS: {1: did_of(SIGNER), 4: 7, 7: b"cti"}}
    assert open_cose(sign_cose(encode_json(document), SIGNER, typ=VC_COSE, header=header)).claims == {
        "iss": did_of(SIGNER),
        "exp": 7,
    }
    for claims, kind in (({1: "did:example:another"}, IssuerKeyMismatchError), (["iss"], MalformedValueError)):
        with pytest.raises(kind):
            open_cose(sign_cose(encode_json(document), SIGNER, typ=VC_COSE, header={CWT_CLAIMS: claims}))


def test_the_cose_object_of_the_recommendation() -> None:
    protected, unprotected, payload, _ = cbor.decode(secure_cose(credential(SIGNER), SIGNER), tag=COSE_SIGN1)
    header = cbor.decode(protected)
    assert header == {ALG: -8, CONTENT_TYPE: "application/vc", KID: SIGNER.verification_method.encode(), TYP: "application/vc+cose"}
    assert (unprotected, payload) == ({}, encode_json(credential(SIGNER)))


@pytest.mark.parametrize("name", ["@context", "type", "issuer", "credentialStatus", "validFrom", "validUntil"])
def test_what_every_verifier_must_see_is_never_made_selective(name: str) -> None:
    with pytest.raises(ClaimNotSelectiveError, match=name):
        sd_jwt(credential(SIGNER, validFrom="2026-01-01T00:00:00Z"), SIGNER, selective=[(name,)])


def test_a_credential_that_shows_what_its_holder_chose_and_is_bound_to_the_holders_key() -> None:
    document = credential(SIGNER, credentialSubject={"id": did_of(HOLDER), "name": "Ana", "born": "1990"})
    selective = [("credentialSubject", "name"), ("credentialSubject", "born")]
    whole = open_sd_jwt(sd_jwt(document, SIGNER, selective=selective, decoys=3, holder=HOLDER.public_key))
    whole.verify(only())
    assert whole.document == document
    shown = open_sd_jwt(present(whole.sd_jwt, [("credentialSubject", "name")]).encode())
    assert shown.document["credentialSubject"] == {"id": did_of(HOLDER), "name": "Ana"}
    bound = open_sd_jwt(bind(shown.sd_jwt, HOLDER, audience="verifier", nonce="n", now=NOW).encode())
    bound.verify(only())
    bound.check_audience(domain="verifier", challenge="n", now=NOW, clock_skew=SKEW)
    bound.check_audience(domain=None, challenge=None, now=NOW, clock_skew=SKEW)
    with pytest.raises(KeyBindingError):
        bound.check_audience(domain="verifier", challenge="m", now=NOW, clock_skew=SKEW)
    for domain, challenge in (("verifier", None), (None, "n"), ("verifier", "n")):
        with pytest.raises(KeyBindingRequiredError):
            shown.check_audience(domain=domain, challenge=challenge, now=NOW, clock_skew=SKEW)
