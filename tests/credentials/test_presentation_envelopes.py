from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_url import data_url
from credentials.errors import MalformedValueError, ParsingError, TypeMismatchError, VCError
from credentials.jose import encode_json
from credentials.presentation_envelopes import PRESENTATION_ENVELOPES, open_presentation
from credentials.securing import SecuringOptions, secure
from credentials.vc_cose import VP_COSE, secure_cose
from credentials.vc_jwt import VP_JWT, secure_jwt
from credentials.vc_sd_jwt import VP_SD_JWT, secure_sd_jwt
from credentials.verify import VerificationOptions
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, V2, Outside, credential, did_of, key_signer
from verifier.presentations import verify_presentation

SIGNER = key_signer()
HOLDER = key_signer("holder")
EACH = pytest.mark.parametrize("media_type", PRESENTATION_ENVELOPES)
ASKED = {"aud": "https://verifier.example", "nonce": "n-1"}


def document(**changes: object) -> dict[str, Any]:
    url = data_url("application/vc+jwt", secure(credential(SIGNER), SIGNER, "application/vc+jwt", SecuringOptions(created=NOW)))
    base = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": did_of(HOLDER),
        "verifiableCredential": [{"@context": V2, "type": "EnvelopedVerifiableCredential", "id": url}],
    }
    return {name: value for name, value in (base | changes).items() if value is not ...}


def enveloped(media_type: str, signer: Any = HOLDER, claims: dict[str, Any] | None = None, **changes: object) -> bytes:  # noqa: ANN401
    said = document(**changes)
    if media_type == VP_SD_JWT:
        return secure_sd_jwt(said, signer, entropy=Counted(), media_type=media_type, claims=claims)
    return (secure_jwt if media_type == VP_JWT else secure_cose)(said, signer, media_type=media_type, claims=claims)


def report(content: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    return verify_presentation(content, VerificationOptions(now=NOW, fetcher=Outside(), **options))


@EACH
def test_a_presentation_in_an_envelope_is_opened_and_verified(media_type: str) -> None:
    content = enveloped(media_type)
    for named in ("", media_type):
        opened, envelope = open_presentation(content, named)
        assert opened == document()
        assert envelope is not None
        assert envelope.media_type == media_type
    result = report(content)
    assert result["verified"]
    assert [one["verified"] for one in result["credentialResults"]] == [True]


@EACH
def test_an_enveloped_presentation_in_json(media_type: str) -> None:
    outer = {"@context": [V2], "type": "EnvelopedVerifiablePresentation", "id": data_url(media_type, enveloped(media_type))}
    assert report(outer)["verified"]
    assert report(encode_json(outer | {"type": ["EnvelopedVerifiablePresentation"]}))["verified"]


def test_a_presentation_without_an_envelope_is_the_document_itself() -> None:
    said = document()
    assert open_presentation(said) == (said, None)
    assert open_presentation(encode_json(said)) == open_presentation(encode_json(said), "application/vp") == (said, None)
    assert report(said)["verified"]


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": ...},
        {"@context": ["https://contexts.example/v9"]},
        {"id": ...},
        {"id": "urn:uuid:1"},
        {"id": "data:application/vc+jwt,a.b.c"},
        {"id": "data:text/plain,x"},
    ],
)
def test_an_enveloped_presentation_that_holds_none(changes: dict[str, object]) -> None:
    outer = {"@context": [V2], "type": "EnvelopedVerifiablePresentation", "id": data_url(VP_JWT, enveloped(VP_JWT))}
    with pytest.raises(MalformedValueError):
        open_presentation({name: value for name, value in (outer | changes).items() if value is not ...})


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "text/plain"])
def test_another_media_type(media_type: str) -> None:
    with pytest.raises(TypeMismatchError):
        open_presentation(enveloped(VP_JWT), media_type)


def test_a_credential_is_no_presentation() -> None:
    content = secure(credential(SIGNER), SIGNER, "application/vc+jwt", SecuringOptions(created=NOW))
    assert not report(content)["verified"]
    assert not report(secure_cose(credential(SIGNER), SIGNER))["verified"]


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    for media_type in ("", *PRESENTATION_ENVELOPES):
        try:
            opened, _ = open_presentation(content, media_type)
        except VCError:
            continue
        assert opened == {}
    with pytest.raises(ParsingError):
        open_presentation(b"nohead.x.y")


@EACH
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signer": key_signer("another")}, "ISSUER_KEY_MISMATCH"),
        ({"claims": {"exp": 7}}, "EXPIRED"),
        ({"claims": {"iss": "did:example:x"}}, "ISSUER_KEY_MISMATCH"),
        ({"mood": "hopeful"}, "DATA_LOSS_DETECTION_ERROR"),
        ({"type": "Other"}, "MALFORMED_VALUE_ERROR"),
    ],
)
def test_a_presentation_that_is_not_right(media_type: str, changes: dict[str, Any], told: str) -> None:
    result = report(enveloped(media_type, **changes))
    assert not result["verified"]
    assert result["problemDetails"][0]["type"].endswith(told)


@pytest.mark.parametrize("media_type", [VP_JWT, VP_COSE])
def test_for_whom_and_in_answer_to_what(media_type: str) -> None:
    content = enveloped(media_type, claims=ASKED)
    assert report(content, domain=ASKED["aud"], challenge=ASKED["nonce"])["verified"]
    assert not report(content, domain="https://another.example", challenge=ASKED["nonce"])["verified"]
    assert not report(content, domain=ASKED["aud"], challenge="n-2")["verified"]


@EACH
def test_a_presentation_that_names_no_holder(media_type: str) -> None:
    assert report(enveloped(media_type, holder=...))["verified"]
