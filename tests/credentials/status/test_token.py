from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.cose import KID, sign_cose
from credentials.encoding import b64url_encode
from credentials.errors import (
    FetchError,
    MalformedValueError,
    ParsingError,
    RangeError,
    RevokedError,
    StatusListLengthError,
    StatusRetrievalError,
    StatusRollbackError,
    StatusVerificationError,
    SuspendedError,
    TypeMismatchError,
    VCError,
)
from credentials.jose import encode_json, sign_jws
from credentials.sd_jwt_vc import issue_sd_jwt_vc
from credentials.status import SeenLists
from credentials.status.token import (
    MAX_BYTES,
    STATUS_LIST_CWT,
    TokenStatusList,
    open_status_list_cwt,
    open_status_list_jwt,
    parse_status_list,
    status_list_cwt,
    status_list_jwt,
)
from credentials.vc_jwt import secure_jwt
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, Outside, credential, did_of, key_signer, report
from tests.shared_vectors import shared_json

SIGNER: Final = key_signer()
URL: Final = "https://centre.example/statuslists/1"
DAY: Final = timedelta(days=1)
MADE: Final = NOW - timedelta(hours=1)
MAKERS = pytest.mark.parametrize("make", [status_list_jwt, status_list_cwt])
Make = Callable[..., bytes]


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_what_is_set_is_read_and_nothing_else(bits: int, data: st.DataObject) -> None:
    statuses = data.draw(st.dictionaries(st.integers(0, 255), st.integers(0, 2**bits - 1)))
    made = TokenStatusList.from_statuses(statuses, bits=bits, size=256)
    assert len(made) == 256
    assert [made[index] for index in range(256)] == [statuses.get(index, 0) for index in range(256)]
    assert TokenStatusList.parse(bits, made.compressed()) == made
    assert TokenStatusList.parse(bits, b64url_encode(made.compressed())) == made


@pytest.mark.parametrize("number", range(4))
def test_the_vectors_of_the_draft(number: int) -> None:
    vector = shared_json("vectors", "token-status-list", "test-vectors.json")[number]
    statuses = {int(index): status for index, status in vector["set"].items()}
    parsed = TokenStatusList.parse(vector["status_list"]["bits"], vector["status_list"]["lst"])
    assert parsed == TokenStatusList.from_statuses(statuses, bits=vector["bits"], size=vector["size"])
    assert {index: parsed[index] for index in statuses} == statuses


def test_the_two_byte_example_of_the_draft() -> None:
    first = TokenStatusList.from_statuses(dict(enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])), bits=1, size=16)
    assert (first.packed, b64url_encode(first.compressed())) == (b"\xb9\xa3", "eNrbuRgAAhcBXQ")
    second = TokenStatusList.from_statuses(dict(enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])), bits=2, size=12)
    assert (second.packed, b64url_encode(second.compressed())) == (b"\xc9\x44\xf9", "eNo76fITAAPfAgc")


def test_the_cwt_of_the_draft_says_what_it_shows() -> None:
    text = shared_json("vectors", "token-status-list", "examples.json")["status_list_cwt"]
    opened = open_status_list_cwt(bytes.fromhex(text.replace("\n", "")))
    assert opened.kid == "12"
    assert opened.document["sub"] == "https://example.com/statuslists/1"
    listed = TokenStatusList.parse(opened.document["status_list"]["bits"], opened.document["status_list"]["lst"])
    assert listed.packed == b"\xb9\xa3"


@pytest.mark.parametrize(("index", "status"), [(-1, 1), (16, 1), (0, 2), (0, -1)])
def test_what_has_no_place_in_a_list(index: int, status: int) -> None:
    with pytest.raises(RangeError):
        TokenStatusList.from_statuses({index: status}, bits=1, size=16)


@pytest.mark.parametrize("index", [-1, 16, 2**63])
def test_an_index_that_the_list_does_not_have(index: int) -> None:
    with pytest.raises(RangeError):
        TokenStatusList(1, b"\0\0")[index]


@pytest.mark.parametrize(
    ("bits", "compressed", "kind"),
    [
        (3, zlib.compress(b"\0"), StatusVerificationError),
        (True, zlib.compress(b"\0"), StatusVerificationError),
        (1.0, zlib.compress(b"\0"), StatusVerificationError),
        ("1", zlib.compress(b"\0"), StatusVerificationError),
        (1, None, StatusVerificationError),
        (1, "*", StatusVerificationError),
        (1, b"not compressed", StatusVerificationError),
        (1, zlib.compress(b"\0" * 100)[:-5], StatusVerificationError),
        (1, zlib.compress(b"\0") + b"more", StatusVerificationError),
        (1, zlib.compress(b"\0" * (MAX_BYTES + 1)), StatusListLengthError),
        (8, zlib.compress(bytes(256 * 1024 * 1024)), StatusListLengthError),
    ],
)
def test_what_is_no_list(bits: object, compressed: object, kind: type[VCError]) -> None:
    with pytest.raises(kind):
        TokenStatusList.parse(bits, compressed)


def token(idx: object = 7, uri: object = URL, **changes: Any) -> bytes:  # noqa: ANN401
    """Return an SD-JWT VC with a status; `status` replaces the whole claim."""
    claims = {"iss": did_of(SIGNER), "vct": "urn:course:1", "status": {"status_list": {"idx": idx, "uri": uri}}}
    return issue_sd_jwt_vc(claims | changes, SIGNER, entropy=Counted())


def listed(make: Make, statuses: dict[int, int], signer: Any = SIGNER, bits: int = 2, **changes: Any) -> Outside:  # noqa: ANN401
    made = TokenStatusList.from_statuses(statuses, bits=bits, size=64)
    return Outside({URL: make(**({"url": URL, "status_list": made, "signer": signer, "issued": MADE, "lifetime": DAY} | changes))})


def status(content: bytes, outside: Outside) -> Any:  # noqa: ANN401  # a check
    return report(content, outside).check("status")


@MAKERS
def test_a_status_that_is_valid(make: Make) -> None:
    result = report(token(), listed(make, {6: 1, 8: 1}))
    assert result.verified
    assert result.status_as_of == MADE


@MAKERS
@pytest.mark.parametrize(("value", "kind"), [(1, RevokedError), (2, SuspendedError), (3, StatusVerificationError)])
def test_a_status_that_is_not(make: Make, value: int, kind: type[VCError]) -> None:
    assert type(status(token(), listed(make, {7: value})).problem) is kind


@MAKERS
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "https://centre.example/other"}, "another sub"),
        ({"signer": key_signer("another")}, "somebody else"),
        ({"issued": NOW - 2 * DAY}, "lies in the past"),
        ({"issued": NOW + DAY}, "future"),
    ],
)
def test_a_list_that_cannot_be_relied_on(make: Make, changes: dict[str, Any], told: str) -> None:
    problem = status(token(), listed(make, {}, **changes)).problem
    assert isinstance(problem, StatusVerificationError)
    assert told in problem.detail
    assert problem.could_not_check


def test_a_list_that_could_not_be_had() -> None:
    assert isinstance(status(token(), Outside({URL: FetchError("no")})).problem, StatusRetrievalError)


def test_a_list_of_another_kind() -> None:
    other = secure_jwt(credential(SIGNER, validFrom="2026-01-01T00:00:00Z"), SIGNER)
    assert "another type" in status(token(), Outside({URL: other})).problem.detail
    assert "cannot be relied on" in status(token(), Outside({URL: b"{}"})).problem.detail


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"idx": "7"}, MalformedValueError),
        ({"idx": True}, MalformedValueError),
        ({"idx": None}, MalformedValueError),
        ({"idx": -1}, RangeError),
        ({"idx": 2**63}, RangeError),
        ({"idx": 64}, RangeError),
        ({"uri": 7}, MalformedValueError),
        ({"status": {"status_list": "text"}}, MalformedValueError),
        ({"status": {"another": {}}}, StatusVerificationError),
    ],
)
def test_an_entry_that_is_malformed(changes: dict[str, Any], kind: type[VCError]) -> None:
    assert type(status(token(**changes), listed(status_list_jwt, {})).problem) is kind


def test_a_status_claim_that_is_no_object_is_no_credential() -> None:
    assert isinstance(report(token(status=[])).check("data-model").problem, MalformedValueError)


def test_a_credential_of_the_w3c_in_a_token_has_its_status_too() -> None:
    reference = {"status": {"status_list": {"idx": 7, "uri": URL}}}
    content = secure_jwt(credential(SIGNER), SIGNER, claims=reference)
    assert isinstance(status(content, listed(status_list_jwt, {7: 1})).problem, RevokedError)
    assert report(content, listed(status_list_jwt, {})).verified


def test_a_status_list_is_no_credential() -> None:
    for content in listed(status_list_jwt, {}).answers.values():
        result = report(content if isinstance(content, bytes) else b"")
        assert isinstance(result.check("data-model").problem, TypeMismatchError)


@pytest.mark.parametrize("missing", ["sub", "iat", "status_list"])
def test_a_list_without_what_it_needs(missing: str) -> None:
    claims = {"sub": URL, "iat": 1, "status_list": {"bits": 1, "lst": ""}}
    text = sign_jws(
        encode_json({n: v for n, v in claims.items() if n != missing}), SIGNER, typ="statuslist+jwt", header={"kid": "d:x#k"}
    )
    with pytest.raises(MalformedValueError):
        parse_status_list(open_status_list_jwt(text.encode()))


def test_a_list_without_the_name_of_its_key() -> None:
    text = sign_jws(encode_json({"sub": URL, "iat": 1, "status_list": {}}), SIGNER, typ="statuslist+jwt")
    with pytest.raises(MalformedValueError):
        parse_status_list(open_status_list_jwt(text.encode()))


@pytest.mark.parametrize("payload", [b"\x80", b"", b"\xff"])
def test_a_cwt_without_claims(payload: bytes) -> None:
    with pytest.raises(ParsingError):
        open_status_list_cwt(sign_cose(payload, SIGNER, typ=STATUS_LIST_CWT, header={KID: b"k"}))


def test_a_claim_that_we_do_not_know_is_ignored() -> None:
    content = sign_cose(cbor.encode({2: URL, 99: 1}), SIGNER, typ=STATUS_LIST_CWT)
    assert open_status_list_cwt(content).document == {"sub": URL, "99": 1}


@MAKERS
def test_an_older_list_and_one_of_a_status_authority(make: Make) -> None:
    seen, authority = SeenLists(), key_signer("authority")

    def told(outside: Outside) -> Any:  # noqa: ANN401  # a problem or None
        named = {did_of(SIGNER): (did_of(authority),)}
        return report(token(), outside, seen_lists=seen, status_authorities=named.__getitem__).check("status").problem

    assert told(listed(make, {}, issued=MADE + timedelta(minutes=1))) is None
    assert type(told(listed(make, {}))) is StatusRollbackError
    assert type(told(listed(make, {7: 1}, signer=authority))) is RevokedError
    assert type(told(listed(make, {7: 1}, signer=key_signer("another")))) is StatusVerificationError
