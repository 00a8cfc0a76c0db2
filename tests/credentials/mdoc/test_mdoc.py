"""Mobile documents of ours, good and wrong in one way each, and through every check of a credential."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import cbor
from credentials.cbor import Tagged
from credentials.cose import KID, X5CHAIN, sign_part
from credentials.encoding import b64url_encode
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    ExpiredError,
    HeaderNotAllowedError,
    InvalidVerificationMethodError,
    IssuerKeyMismatchError,
    KeyBindingError,
    KeyBindingRequiredError,
    MalformedValueError,
    NotYetValidError,
    ParsingError,
    ProofGenerationError,
    ProofVerificationError,
    RangeError,
    RevokedError,
    StatusRetrievalError,
    TooLargeError,
    VCError,
)
from credentials.mdoc import (
    MSO_MDOC,
    Validity,
    dc_api_handover,
    open_mdoc,
    openid4vp_handover,
    parse_device_response,
    parse_issuer_signed,
    present_mdoc,
    session_transcript,
)
from credentials.mdoc.envelope import parse_mdoc
from credentials.mdoc.values import ENCODED, TAGS, cose_key, parse_cose_key, to_json
from credentials.securing import media_type_of
from credentials.status.token import TokenStatusList, status_list_jwt
from credentials.verify import CheckOutcome, verify_credential
from credentials.x509 import certify, parse_x5chain
from tests.credentials.mdoc.making import ANCHORS, DEVICE, DID, DOCTYPE, ELEMENTS, NAMESPACE, SIGNER, X5C, made, options, validity
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import LIST_URL, NOW, WEB_DID, WEB_URL, Outside, key_signer, web_signer
from tests.vectors.material import bbs_signer, signer_of, web_document

HANDOVER: Final = openid4vp_handover("x509_san_dns:example.com", "nonce", "https://example.com/response", None)
SESSION: Final = session_transcript(HANDOVER)


def test_the_handovers_are_those_of_the_specification() -> None:
    """The examples of OpenID4VP 1.0, Appendix B.2.6.1 and B.2.6.2."""
    thumbprint = bytes.fromhex("4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047")
    nonce = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA"
    handover = openid4vp_handover("x509_san_dns:example.com", nonce, "https://example.com/response", thumbprint)
    assert cbor.encode(session_transcript(handover)).hex() == (
        "83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac"
    )
    by_browser = dc_api_handover("https://example.com", nonce, thumbprint)
    assert cbor.encode(session_transcript(by_browser)).hex() == (
        "83f6f682764f70656e4944345650444341504948616e646f7665725820fbece366f4212f9762c74cfdbf83b8c69e371d5d68cea09cb4c48ca6daab761a"
    )


def test_every_check_passes_in_either_spelling() -> None:
    for content in (made(), b64url_encode(made()).encode()):
        assert media_type_of(content) == MSO_MDOC
        result = verify_credential(content, options())
        assert result.verified, result.to_json()
        credential = result.require()
        assert (credential.issuer, credential.types) == (DID, (DOCTYPE,))
        assert credential.subjects[0]["photo"] == b64url_encode(b"\1\2\3")
        assert {name: value for name, value in credential.subjects[0].items() if name != "photo"} == {
            name: value for name, value in ELEMENTS.items() if name != "photo"
        }
        assert list(result.keys.values()) == [SIGNER.public_key]


def test_elements_are_salted_and_in_no_order_that_says_anything() -> None:
    one, other = (parse_issuer_signed(made(entropy=Counted() if first else bytes)) for first in (True, False))
    fields = [cbor.decode(cbor.decode(item.encoded, tag=ENCODED), tags=TAGS) for item in one.items]
    assert len({field["random"] for field in fields}) == len(ELEMENTS)
    assert {len(field["random"]) for field in fields} == {32}
    assert [item.digest_id for item in one.items] == list(range(len(ELEMENTS)))
    assert [item.identifier for item in one.items] != [item.identifier for item in other.items]


VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.text(max_size=10), st.dictionaries(st.text(max_size=10), VALUES, min_size=1, max_size=4), min_size=1, max_size=3
    )
)
def test_what_is_issued_is_read_and_what_is_shown_is_a_part_of_it(namespaces: dict[str, dict[str, Any]]) -> None:
    content = made(namespaces=namespaces)
    found = parse_issuer_signed(content)
    found.verify(SIGNER.public_key)
    assert found.namespaces() == namespaces
    shown = [(name, element) for name, elements in namespaces.items() for element in elements][::2]
    response = parse_device_response(present_mdoc(content, shown, SESSION, DEVICE))
    response.verify_device(SESSION)
    response.issuer_signed.verify(SIGNER.public_key)
    assert {(item.namespace, item.identifier) for item in response.issuer_signed.items} == set(shown)
    parse_issuer_signed(found.only(shown)).verify(SIGNER.public_key)


@given(st.data())
def test_any_changed_byte_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    content = present_mdoc(made(x5c=()), [(NAMESPACE, "name")], SESSION, DEVICE)
    changed = bytearray(content)
    changed[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        response = parse_device_response(bytes(changed))
        response.issuer_signed.verify(SIGNER.public_key)
        response.verify_device(SESSION)
    except VCError:
        return
    assert response.issuer_signed.namespaces() == {NAMESPACE: {"name": "Welding"}}


@given(st.binary(max_size=60), st.sampled_from([parse_issuer_signed, open_mdoc, parse_device_response]))
def test_reading_raises_nothing_but_problems(content: bytes, read: Callable[[bytes], object]) -> None:
    with pytest.raises(VCError):
        read(b"\xa2" + content)


def problem_of(content: bytes, check: str, **changes: Any) -> VCError | None:  # noqa: ANN401  # members of the options
    found = verify_credential(content, options(**changes)).check(check)
    assert found.outcome is not CheckOutcome.PASSED
    return found.problem


def test_whose_certificate_it_is() -> None:
    starts, ends = NOW - timedelta(days=2), NOW + timedelta(days=2)
    other, _ = certify(SIGNER.public_key, "Another", starts=starts, ends=ends, did=DID, mdocs_of="ZZ")
    assert isinstance(problem_of(made(x5c=other), "proof"), InvalidVerificationMethodError)
    assert isinstance(problem_of(made(), "proof", anchors=None), InvalidVerificationMethodError)
    for_tokens, anchors = certify(SIGNER.public_key, "Centre", starts=starts, ends=ends, did=DID)
    problem = problem_of(made(x5c=for_tokens), "proof", anchors=anchors)
    assert "not for the signer of mobile documents" in str(problem)
    late, anchors = certify(SIGNER.public_key, "Centre", starts=NOW - timedelta(hours=1), ends=ends, did=DID, mdocs_of="ZZ")
    assert "not in force when" in str(problem_of(made(x5c=late), "proof", anchors=anchors))
    assert isinstance(problem_of(made(signer_of("ES256")), "proof"), InvalidVerificationMethodError | IssuerKeyMismatchError)
    assert isinstance(problem_of(made(DEVICE), "proof"), ProofVerificationError)


def test_an_issuer_without_a_name_of_its_own_is_its_certificate() -> None:
    starts, ends = NOW - timedelta(days=2), NOW + timedelta(days=2)
    x5c, anchors = certify(SIGNER.public_key, "centre.example", starts=starts, ends=ends, mdocs_of="ZZ")
    assert verify_credential(made(x5c=x5c), options(anchors=anchors)).require().issuer == "https://centre.example"


def test_a_did_that_owns_the_key_stands_for_the_issuer() -> None:
    outside = Outside({WEB_URL: served(web_document())})
    result = verify_credential(made(web_signer(), x5c=()), options(fetcher=outside, anchors=None))
    assert result.verified, result.to_json()
    assert (result.require().issuer, result.require().secured_by) == (WEB_DID, f"{WEB_DID}#k1")
    unknown = verify_credential(made(web_signer(), x5c=()), options(anchors=None)).check("proof")
    assert unknown.outcome is CheckOutcome.COULD_NOT_CHECK
    assert isinstance(problem_of(made(signer_of("ES256")), "proof", anchors=None), IssuerKeyMismatchError)


def served(document: object) -> bytes:
    return json.dumps(document).encode()


def test_when_it_is_valid() -> None:
    ended = validity().starts + timedelta(hours=1)
    assert isinstance(
        problem_of(made(validity=Validity(validity().signed, validity().starts, ended)), "validity-period"), ExpiredError
    )
    soon = NOW + timedelta(hours=1)
    waiting = Validity(validity().signed, soon, soon + timedelta(days=1))
    assert isinstance(problem_of(made(validity=waiting), "validity-period"), NotYetValidError)
    for signed, starts, ends in ((1, 0, 2), (0, 1, 1)):
        with pytest.raises(RangeError):
            Validity(*(NOW + timedelta(days=day) for day in (signed, starts, ends)))


def test_its_status_is_that_of_a_token_status_list() -> None:
    signer = web_signer()
    content = made(signer, x5c=(), status={"status_list": {"idx": 7, "uri": LIST_URL}})
    for status, problem in ((0, None), (1, RevokedError)):
        listed = TokenStatusList.from_statuses({7: status}, bits=1, size=256)
        token = status_list_jwt(LIST_URL, listed, signer, issued=NOW - timedelta(hours=1), lifetime=timedelta(days=1))
        outside = Outside({WEB_URL: served(web_document()), LIST_URL: token})
        found = verify_credential(content, options(fetcher=outside)).check("status").problem
        assert found is None if problem is None else isinstance(found, problem)
    outside = Outside({WEB_URL: served(web_document())})
    assert isinstance(problem_of(content, "status", fetcher=outside), StatusRetrievalError)


def parts(content: bytes) -> dict[str, Any]:
    return dict(cbor.decode(content, tags=TAGS))


def resigned(**changes: object) -> bytes:
    """Return a mobile document whose security object has other members; `...` leaves one out."""
    whole = parts(made())
    security = cbor.decode(cbor.decode(whole["issuerAuth"][2], tag=ENCODED), tags=TAGS) | changes
    kept = {name: value for name, value in security.items() if value is not ...}
    payload = cbor.encode(Tagged(ENCODED, cbor.encode(kept)))
    return cbor.encode(whole | {"issuerAuth": sign_part(payload, SIGNER, beside=whole["issuerAuth"][1])})


def with_items(change: Callable[[list[Any]], list[Any]]) -> bytes:
    whole = parts(made())
    return cbor.encode(whole | {"nameSpaces": {NAMESPACE: change(whole["nameSpaces"][NAMESPACE])}})


def with_item(**changes: object) -> bytes:
    def change(items: list[Any]) -> list[Any]:
        fields = cbor.decode(items[0].value, tags=TAGS) | changes
        return [Tagged(ENCODED, cbor.encode(fields)), *items[1:]]

    return with_items(change)


def with_auth(place: int, value: object) -> bytes:
    whole = parts(made())
    auth = whole["issuerAuth"]
    return cbor.encode(whole | {"issuerAuth": [*auth[:place], value, *auth[place + 1 :]]})


def kid_twice() -> bytes:
    return with_auth(0, cbor.encode({1: -7, KID: b"a"}))


REFUSED: Final[list[tuple[str, Callable[[], bytes], type[VCError]]]] = [
    ("no map", lambda: cbor.encode([1]), ParsingError),
    ("no issuerAuth", lambda: cbor.encode({"nameSpaces": {}}), ParsingError),
    ("namespaces that are no map", lambda: cbor.encode(parts(made()) | {"nameSpaces": []}), ParsingError),
    ("a namespace that is no list", lambda: cbor.encode(parts(made()) | {"nameSpaces": {NAMESPACE: 1}}), ParsingError),
    ("an element without its tag", lambda: with_items(lambda items: [items[0].value]), ParsingError),
    ("an element that is no bytes", lambda: with_items(lambda _: [Tagged(ENCODED, "x")]), ParsingError),
    ("an element twice", lambda: with_items(lambda items: [*items, items[0]]), ParsingError),
    ("too many elements", lambda: with_items(lambda items: items * 300), ComplexityLimitError),
    ("another member", lambda: with_item(more=1), ParsingError),
    ("a digestID that is true", lambda: with_item(digestID=True), ParsingError),
    ("a short salt", lambda: with_item(random=bytes(15)), CryptographicSecurityError),
    ("too large", lambda: made() + bytes(1024 * 1024), TooLargeError),
    ("another version", lambda: resigned(version="2.0"), MalformedValueError),
    ("no docType", lambda: resigned(docType=...), MalformedValueError),
    ("a weak digest", lambda: resigned(digestAlgorithm="SHA-1"), CryptographicSecurityError),
    ("no device key", lambda: resigned(deviceKeyInfo={}), CryptographicSecurityError),
    ("no deviceKeyInfo", lambda: resigned(deviceKeyInfo=...), MalformedValueError),
    ("no digests", lambda: resigned(valueDigests=...), MalformedValueError),
    ("digests that are no maps", lambda: resigned(valueDigests={NAMESPACE: []}), MalformedValueError),
    ("a digest that is no bytes", lambda: resigned(valueDigests={NAMESPACE: {0: "x"}}), MalformedValueError),
    ("a date that is a text", lambda: resigned(validityInfo={"signed": "2026-11-24T12:00:00Z"}), MalformedValueError),
    ("a status that is no map", lambda: resigned(status="x"), MalformedValueError),
    ("three parts", lambda: cbor.encode(parts(made()) | {"issuerAuth": [b"", {}, b""]}), ParsingError),
    ("no payload", lambda: with_auth(2, None), ParsingError),
    ("a payload of something else", lambda: with_auth(2, cbor.encode(Tagged(ENCODED, "x"))), ParsingError),
    ("a header that is no bytes", lambda: with_auth(0, {1: -7}), ParsingError),
    ("a header that is no map", lambda: with_auth(0, cbor.encode([])), ParsingError),
    ("a parameter twice", kid_twice, HeaderNotAllowedError),
    ("crit", lambda: with_auth(0, cbor.encode({1: -7, 2: [99]})), CryptographicSecurityError),
    ("an algorithm beside", lambda: with_auth(0, cbor.encode({})), CryptographicSecurityError),
    ("no certificate", lambda: with_auth(1, {KID: b"k1"}), ParsingError),
    ("an empty chain", lambda: with_auth(1, {X5CHAIN: []}), ParsingError),
    ("a chain that is none", lambda: with_auth(1, {X5CHAIN: b"certificate"}), ParsingError),
    ("a certificate that is a text", lambda: with_auth(1, {X5CHAIN: "certificate"}), ParsingError),
    ("neither text nor CBOR", lambda: b"omppc3N1ZXJBdXRo=", ParsingError),
    ("letters of no alphabet", "omppc3N1ZXJBdXRoé".encode, ParsingError),
]


@pytest.mark.parametrize(("make", "error"), [pytest.param(make, error, id=name) for name, make, error in REFUSED])
def test_what_is_not_of_the_form_is_refused(make: Callable[[], bytes], error: type[VCError]) -> None:
    with pytest.raises(error) as raised:
        open_mdoc(make())
    assert type(raised.value) is error


def test_what_was_not_signed_so_does_not_verify() -> None:
    for content in (
        with_item(elementValue="x"),
        with_item(elementIdentifier="x"),
        with_item(digestID=99),
        with_item(random=bytes(16)),
    ):
        assert isinstance(problem_of(content, "proof"), ProofVerificationError)
    elsewhere = cbor.encode(parts(made()) | {"nameSpaces": {"other": parts(made())["nameSpaces"][NAMESPACE]}})
    assert isinstance(problem_of(elsewhere, "proof"), ProofVerificationError)
    assert isinstance(problem_of(with_auth(3, bytes(64)), "proof"), VCError)


def test_two_namespaces_do_not_speak_of_one_thing() -> None:
    both = made(namespaces={NAMESPACE: {"name": "Welding"}, "other": {"name": "Cooking"}})
    assert isinstance(problem_of(both, "data-model"), MalformedValueError)


class TestDevice:
    """The holder's signature."""

    def test_it_is_for_one_session_and_by_one_key(self) -> None:
        shown = [(NAMESPACE, "name")]
        response = parse_device_response(present_mdoc(made(), shown, SESSION, DEVICE))
        response.verify_device(SESSION)
        for other in (
            openid4vp_handover("x509_san_dns:example.com", "another", "https://example.com/response", None),
            openid4vp_handover("x509_san_dns:example.com", "nonce", "https://example.com/response", bytes(32)),
            openid4vp_handover("x509_hash:x", "nonce", "https://example.com/response", None),
            dc_api_handover("https://example.com", "nonce", None),
        ):
            with pytest.raises(KeyBindingError):
                response.verify_device(session_transcript(other))
        with pytest.raises(KeyBindingError):
            parse_device_response(present_mdoc(made(), shown, SESSION, SIGNER)).verify_device(SESSION)
        ed25519 = made(holder=key_signer().public_key)
        parse_device_response(present_mdoc(ed25519, shown, SESSION, key_signer())).verify_device(SESSION)

    @staticmethod
    def changed(**changes: object) -> bytes:
        response = parts(present_mdoc(made(), [(NAMESPACE, "name")], SESSION, DEVICE))
        [document] = response["documents"]
        merged = {name: value for name, value in (document | changes).items() if value is not ...}
        return cbor.encode(response | {"documents": [merged]})

    def test_without_it_nobody_presents(self) -> None:
        empty = {"nameSpaces": Tagged(ENCODED, cbor.encode({})), "deviceAuth": {"deviceMac": []}}
        for content in (self.changed(deviceSigned=...), self.changed(deviceSigned=empty)):
            with pytest.raises(KeyBindingRequiredError):
                parse_device_response(content).verify_device(SESSION)

    def test_what_the_device_says_itself_is_refused(self) -> None:
        said = {"nameSpaces": Tagged(ENCODED, cbor.encode({NAMESPACE: {"hours": 999}})), "deviceAuth": {}}
        with pytest.raises(KeyBindingError):
            parse_device_response(self.changed(deviceSigned=said))

    def test_what_is_no_response_is_refused(self) -> None:
        response = parts(present_mdoc(made(), [], SESSION, DEVICE))
        for content in (
            cbor.encode([]),
            cbor.encode(response | {"documents": response["documents"] * 2}),
            cbor.encode(response | {"documents": [1]}),
            cbor.encode(response | {"version": "2.0"}),
            cbor.encode(response | {"status": 10}),
            self.changed(docType="another"),
            self.changed(deviceSigned={}),
        ):
            with pytest.raises(ParsingError):
                parse_device_response(content)
        with pytest.raises(TooLargeError):
            parse_device_response(bytes(1024 * 1024 + 1))


def test_keys_are_spelled_as_in_cose() -> None:
    for algorithm in ("Ed25519", "ES256", "ES384", "ES512"):
        key = signer_of(algorithm).public_key
        assert parse_cose_key(cose_key(key)) == key
    for wrong in (None, {}, {1: "EC", -1: 1}, {1: 2, -1: [1]}, cose_key(SIGNER.public_key) | {-3: True}, {1: 2, -1: 1, -2: b"x"}):
        with pytest.raises(CryptographicSecurityError):
            parse_cose_key(wrong)


def test_elements_are_told_in_json() -> None:
    elements = {"born": Tagged(1004, "1990-01-02"), "photo": b"\xff\xfe", "marks": [1, {2: b"a"}], "sure": True}
    assert to_json(elements) == {"born": "1990-01-02", "photo": "__4", "marks": [1, {"2": "YQ"}], "sure": True}


def test_what_nobody_vouches_for_is_no_credential() -> None:
    with pytest.raises(MalformedValueError, match="nothing names the issuer"):
        parse_mdoc(replace(open_mdoc(made()), issuer=None))


def test_what_cannot_be_issued() -> None:
    with pytest.raises(MalformedValueError):
        made(namespaces={})
    with pytest.raises(MalformedValueError):
        made(namespaces={NAMESPACE: {}})
    with pytest.raises(MalformedValueError):
        made(namespaces={NAMESPACE: {"share": 0.5}})
    with pytest.raises(ProofGenerationError):
        made(bbs_signer())  # type: ignore[arg-type]  # it is wrong


def test_a_chain_of_several_certificates_is_a_list() -> None:
    chain = parse_x5chain([base64.b64decode(X5C[0]), ANCHORS.certificates[0].public_bytes(Encoding.DER)])
    assert len(chain.others) == 1
    several = made(x5c=[X5C[0], X5C[0]])
    assert len(parse_issuer_signed(several).signature.header[X5CHAIN]) == 2
    with pytest.raises(ParsingError):
        parse_x5chain([base64.b64decode(X5C[0])])
