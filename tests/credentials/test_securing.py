from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_url import data_url
from credentials.errors import (
    DataLossError,
    ExpiredError,
    InvalidVerificationMethodError,
    IssuerKeyMismatchError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    ProofVerificationError,
    TypeMismatchError,
    VCError,
)
from credentials.jose import encode_json
from credentials.keys import PublicKey
from credentials.securing import SECURING_MECHANISMS, SecuringOptions, media_type_of, open_secured, secure, unsecure
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList, status_list_credential
from credentials.status.token import TokenStatusList, status_list_cwt, status_list_jwt
from credentials.vc_jwt import secure_jwt
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from tests.credentials.sd_jwt.making import Counted, sd_jwt
from tests.credentials.world import (
    LIST_URL,
    NOW,
    Outside,
    credential,
    did_of,
    entry,
    key_signer,
    outcomes,
    report,
)

SIGNER = key_signer()
RECORDS = [name for name, mechanism in SECURING_MECHANISMS.items() if mechanism.secure is not None]
ENVELOPES = [name for name in RECORDS if name != "application/vc"]
W3C = [name for name in ENVELOPES if SECURING_MECHANISMS[name].is_json_ld]
EACH = pytest.mark.parametrize("media_type", RECORDS)


def secured(media_type: str, document: dict[str, Any] | None = None, **options: Any) -> bytes:  # noqa: ANN401
    chosen: dict[str, Any] = {"created": NOW, "entropy": Counted(), "vct": "urn:course:1"} | options
    return secure(credential(SIGNER) if document is None else document, SIGNER, media_type, SecuringOptions(**chosen))


def resolve_key(method: str, purpose: str) -> PublicKey:
    assert (method, purpose) == (SIGNER.verification_method, "assertionMethod")
    return SIGNER.public_key


@EACH
def test_one_record_is_secured_in_every_mechanism_and_verified_alike(media_type: str) -> None:
    content = secured(media_type)
    assert media_type_of(content) == media_type
    for named in ("", media_type):
        opened = open_secured(content, named)
        assert opened.mechanism is SECURING_MECHANISMS[media_type]
        assert unsecure(content, resolve_key, now=NOW, media_type=named) == opened.document
    result = report(content)
    assert set(outcomes(result).values()) == {"passed"}
    assert result.keys == {SIGNER.verification_method: SIGNER.public_key}
    assert result.require().issuer == did_of(SIGNER)


@EACH
@given(data=st.data())
def test_any_changed_byte_is_refused(media_type: str, data: st.DataObject) -> None:
    content = bytearray(secured(media_type))
    position = data.draw(st.integers(0, len(content) - 2))
    content[position] ^= data.draw(st.integers(1, 255))
    result = report(bytes(content))
    assert not result.verified
    assert not result.is_genuine


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    for media_type in ("", *SECURING_MECHANISMS):
        with pytest.raises(VCError):
            open_secured(content, media_type).view()


@pytest.mark.parametrize("media_type", ENVELOPES)
def test_an_envelope_in_a_presentation(media_type: str) -> None:
    document = {"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential"}
    url = data_url(media_type, secured(media_type))
    assert report(document | {"id": url}).verified
    assert report(encode_json(document | {"type": ["EnvelopedVerifiableCredential"], "id": url})).verified


@pytest.mark.parametrize(
    "url", [None, "not-a-credential", "data:application/vc,{}", "data:text/plain,x", "data:application/vc+jwt,x"]
)
def test_an_envelope_that_holds_none(url: object) -> None:
    with pytest.raises((MalformedValueError, ParsingError)):
        open_secured({"type": "EnvelopedVerifiableCredential", "id": url})


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/vp+jwt", "application/jwt", "application/VC"])
def test_another_media_type(media_type: str) -> None:
    with pytest.raises((TypeMismatchError, ParsingError)):
        open_secured(b"eyJ0eXAiOiJKV1QifQ.e30.e30", media_type)
    with pytest.raises(ProofGenerationError):
        secured(media_type)


def test_the_media_type_that_came_with_the_content_decides() -> None:
    content = secured("application/vc+jwt")
    for other in RECORDS:
        if other != "application/vc+jwt":
            assert not report_as(content, other).verified
    assert report_as(content, "application/vc+jwt").verified


def report_as(content: bytes, media_type: str) -> VerificationResult:
    return verify_credential(content, VerificationOptions(now=NOW, fetcher=Outside()), media_type=media_type)


def test_what_content_seems_to_be() -> None:
    listed = TokenStatusList(1, b"")
    for make, media_type in ((status_list_jwt, "application/statuslist+jwt"), (status_list_cwt, "application/statuslist+cwt")):
        assert media_type_of(make("https://u.example", listed, SIGNER, issued=NOW, lifetime=timedelta(1))) == media_type
    assert media_type_of(b"\n {}") == "application/vc"
    assert media_type_of(b"") == "application/vc"
    assert media_type_of(sd_jwt({"vct": "urn:x"}, typ="vc+sd-jwt").encode()) == "application/dc+sd-jwt"
    assert media_type_of(sd_jwt({"vct": "urn:x", "@context": []}, typ="vc+sd-jwt").encode()) == "application/vc+sd-jwt"
    with pytest.raises(ParsingError):
        media_type_of(b"nohead.x.y")


def test_salts_are_needed_where_claims_can_be_kept_back() -> None:
    for media_type in ("application/vc+sd-jwt", "application/dc+sd-jwt"):
        with pytest.raises(ProofGenerationError, match="salts"):
            secured(media_type, entropy=None)


def test_only_the_chosen_suites_sign() -> None:
    [proof] = json.loads(secured("application/vc", cryptosuites=("eddsa-jcs-2022", "eddsa-rdfc-2022")))["proof"][:1]
    assert proof["cryptosuite"] == "eddsa-jcs-2022"


@pytest.mark.parametrize("media_type", W3C)
def test_terms_that_no_context_defines_are_refused(media_type: str) -> None:
    document = credential(SIGNER, credentialSubject={"id": "did:example:worker", "favouriteColour": "blue"})
    result = report(secured(media_type, document))
    assert isinstance(result.check("proof").problem, DataLossError)


@EACH
def test_a_key_of_somebody_else(media_type: str) -> None:
    result = report(secured(media_type, credential(key_signer("another"))))
    assert isinstance(result.check("issuer-key").problem, IssuerKeyMismatchError)
    assert not result.is_genuine


@EACH
def test_a_signature_of_somebody_else(media_type: str) -> None:
    def another(_method: str, _purpose: str) -> PublicKey:
        return key_signer("another").public_key

    with pytest.raises(ProofVerificationError):
        unsecure(secured(media_type), another, now=NOW)


@pytest.mark.parametrize("kid", ["../../dev/null", "' OR 1=1", "k" * 10_000, "https://attacker.example/key", "did:key:z6Mk#x"])
def test_names_of_keys_that_lead_nowhere(kid: str) -> None:
    class Named:
        verification_method = kid
        public_key = SIGNER.public_key

        def sign(self, data: bytes) -> bytes:
            return SIGNER.sign(data)

    outside = Outside()
    problem = report(secure_jwt(credential(SIGNER), Named()), outside).check("proof").problem
    assert isinstance(problem, InvalidVerificationMethodError)
    assert outside.asked == []


def test_the_times_of_a_token_are_those_of_its_signature() -> None:
    result = report(secure_jwt(credential(SIGNER), SIGNER, claims={"exp": 7}))
    assert outcomes(result)["proof"] == "passed"
    assert isinstance(result.check("validity-period").problem, ExpiredError)


@pytest.mark.parametrize("media_type", W3C)
def test_a_bitstring_list_in_an_envelope(media_type: str) -> None:
    listed = status_list_credential(
        LIST_URL,
        issuer=did_of(SIGNER),
        purpose="revocation",
        status_list=StatusList.from_indices([7], MINIMUM_ENTRIES),
        valid_from=NOW.replace(hour=1),
        valid_until=NOW.replace(hour=23),
    )
    outside = Outside({LIST_URL: secured(media_type, listed)})
    for index, expected in (("7", "failed"), ("8", "passed")):
        document = credential(SIGNER, credentialStatus=entry(index=index))
        assert outcomes(report(secured(media_type, document), outside))["status"] == expected
