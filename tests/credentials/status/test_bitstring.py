from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credentials.encoding import multibase_encode
from credentials.errors import STATUS, RangeError, StatusListLengthError, StatusVerificationError, VCError
from credentials.model import parse_credential
from credentials.status.bitstring import MAX_BYTES, MINIMUM_ENTRIES, StatusList, status_list_credential

INDICES = st.integers(0, MINIMUM_ENTRIES - 1)


def encoded(bits: bytes) -> str:
    return "u" + multibase_encode(gzip.compress(bits), "u")[1:]


@given(st.sets(INDICES, max_size=40))
@example({0, 7, 8, MINIMUM_ENTRIES - 1})
def test_what_is_set_is_read_and_nothing_else(indices: set[int]) -> None:
    bits = StatusList.from_indices(indices)
    assert len(bits) == MINIMUM_ENTRIES
    near = {index + step for index in indices for step in (-1, 0, 1)} | {0, MINIMUM_ENTRIES - 1}
    assert {index for index in near if 0 <= index < MINIMUM_ENTRIES and bits[index]} == indices
    assert int.from_bytes(bits.bits, "big").bit_count() == len(indices)


def test_the_first_index_is_the_leftmost_bit() -> None:
    assert StatusList.from_indices([0, 9]).bits[:2] == b"\x80\x40"


@given(st.sets(INDICES, max_size=40), st.integers(1, 3))
def test_decoding_gives_back_what_was_encoded(indices: set[int], times: int) -> None:
    bits = StatusList.from_indices(indices, MINIMUM_ENTRIES * times)
    text = bits.encode()
    assert StatusList.decode(text) == bits
    assert text == StatusList.from_indices(sorted(indices), MINIMUM_ENTRIES * times).encode()


@given(st.integers(1, 8), st.data())
def test_statuses_of_several_bits_are_read_and_nothing_else(size: int, data: st.DataObject) -> None:
    statuses = data.draw(st.dictionaries(st.integers(0, 40) | INDICES, st.integers(0, 2**size - 1), max_size=40))
    made = StatusList.from_statuses(statuses, size=size)
    assert len(made) == MINIMUM_ENTRIES
    near = {*range(42), *statuses, MINIMUM_ENTRIES - 1}
    assert {index: made[index] for index in near} == {index: statuses.get(index, 0) for index in near}
    assert StatusList.decode(made.encode(), size) == made
    in_binary = "".join(format(made[index], f"0{size}b") for index in range(64))
    assert in_binary == format(int.from_bytes(made.bits[: 8 * size], "big"), f"0{64 * size}b")


@given(st.integers(1, 8), st.integers(1, 20))
def test_a_list_of_any_length_has_room_for_its_last_status(size: int, length: int) -> None:
    made = StatusList.from_statuses({length - 1: 1}, size=size, length=length)
    assert [made[index] for index in range(length)] == [0] * (length - 1) + [1]
    assert len(made.bits) == -(-length * size // 8)


def test_one_bit_is_as_several_bits_of_one() -> None:
    assert StatusList.from_statuses({3: 1, 77: 1}, size=1) == StatusList.from_indices([3, 77])


@pytest.mark.parametrize(("index", "status"), [(-1, 0), (MINIMUM_ENTRIES, 0), (0, 4), (0, -1)])
def test_what_has_no_place_in_a_list(index: int, status: int) -> None:
    with pytest.raises(RangeError):
        StatusList.from_statuses({index: status}, size=2)


@pytest.mark.parametrize(("size", "length"), [(1, 16384), (2, 32768), (3, 49152), (8, 131072)])
def test_so_many_entries_a_list_has_whatever_their_size(size: int, length: int) -> None:
    assert len(StatusList.decode(encoded(bytes(length)), size)) == MINIMUM_ENTRIES
    with pytest.raises(StatusListLengthError):
        StatusList.decode(encoded(bytes(length - 1)), size)


@given(st.integers().filter(lambda index: not 0 <= index < MINIMUM_ENTRIES))
@example(-1)
@example(MINIMUM_ENTRIES)
def test_an_index_that_the_list_does_not_have_is_out_of_range(index: int) -> None:
    with pytest.raises(RangeError) as raised:
        StatusList.from_indices([])[index]
    assert raised.value.type == STATUS + "RANGE_ERROR"


@given(st.none() | st.integers() | st.text() | st.text("uzABC-_=").map(lambda text: "u" + text) | st.binary().map(encoded))
def test_whatever_a_list_is_it_is_decoded_or_refused(text: object) -> None:
    with pytest.raises(VCError):
        StatusList.decode(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(None, StatusVerificationError, id="missing"),
        pytest.param("", StatusVerificationError, id="empty"),
        pytest.param("z" + "1" * 20, StatusVerificationError, id="base58"),
        pytest.param(multibase_encode(b"plain", "u"), StatusVerificationError, id="not gzip"),
        pytest.param(multibase_encode(gzip.compress(bytes(16384))[:-9], "u"), StatusVerificationError, id="cut off"),
        pytest.param(multibase_encode(gzip.compress(bytes(16384)) + b"more", "u"), StatusVerificationError, id="more after it"),
        pytest.param(encoded(bytes(16383)), StatusListLengthError, id="one byte short"),
        pytest.param(encoded(bytes(MAX_BYTES + 1)), StatusListLengthError, id="too long"),
    ],
)
def test_f1_and_f2_a_list_of_another_form_is_refused(text: object, kind: type[VCError]) -> None:
    with pytest.raises(kind):
        StatusList.decode(text)


def test_the_longest_list_is_read() -> None:
    assert len(StatusList.decode(encoded(bytes(MAX_BYTES)))) == 16_777_216


def test_a_list_is_published_as_a_credential() -> None:
    made, until = datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 24, 13, tzinfo=UTC)
    bits = StatusList.from_indices([3])
    document = status_list_credential(
        "https://centre.example/status/1",
        issuer="did:web:centre.example",
        purpose="suspension",
        status_list=bits,
        valid_from=made,
        valid_until=until,
    )
    view = parse_credential(document)
    assert (view.id, view.issuer, view.valid_from, view.valid_until) == (document["id"], "did:web:centre.example", made, until)
    assert view.types == ("VerifiableCredential", "BitstringStatusListCredential")
    assert view.subjects == (
        {
            "id": "https://centre.example/status/1#list",
            "type": "BitstringStatusList",
            "statusPurpose": "suspension",
            "ttl": 3_600_000,
            "encodedList": bits.encode(),
        },
    )
