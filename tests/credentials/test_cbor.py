from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.errors import MalformedValueError, ParsingError, TooLargeError, VCError

KEYS = st.one_of(st.integers(-(2**63), 2**63), st.text(max_size=8), st.binary(max_size=8))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_encoded_is_decoded(value: object) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(VALUES)
def test_another_implementation_reads_it_and_writes_what_we_read(value: object) -> None:
    assert cbor2.loads(cbor.encode(value)) == value
    assert cbor.decode(cbor2.dumps(value)) == value


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused_and_what_is_read_has_one_spelling(content: bytes) -> None:
    try:
        value = cbor.decode(content)
    except VCError:
        return
    assert len(cbor.encode(value)) == len(content)
    assert cbor2.loads(content) == value


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65536, "1a00010000"),
        (2**32, "1b0000000100000000"),
        (-1, "20"),
        (-(2**64), "3bffffffffffffffff"),
        (b"\x01", "4101"),
        ("ü", "62c3bc"),
        ([1, [2]], "8201810 2".replace(" ", "")),
        ((), "80"),
        ({"b": 1, 10: 2, -1: 3}, "a30a022003616201"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
    ],
)
def test_the_deterministic_encoding_of_rfc_8949(value: object, hexadecimal: str) -> None:
    assert cbor.encode(value).hex() == hexadecimal


@pytest.mark.parametrize(
    ("hexadecimal", "says"),
    [
        ("", "ends too early"),
        ("1818ff", "left over"),
        ("1817", "shortest"),
        ("1900ff", "shortest"),
        ("1a0000ffff", "shortest"),
        ("1b00000000ffffffff", "shortest"),
        ("5801", "shortest"),
        ("42ff", "ends too early"),
        ("9f00ff", "without a length"),
        ("5f4101ff", "without a length"),
        ("1c", "without a length"),
        ("61ff", "UTF-8"),
        ("a200010002", "twice"),
        ("a2410001410002", "twice"),
        ("a1f401", "key"),
        ("a1800 1".replace(" ", ""), "key"),
        ("c000", "tag 0"),
        ("d2820102", "tag 18"),
        ("f7", "no number"),
        ("f93c00", "no number"),
        ("fa3f800000", "no number"),
        ("f820", "no number"),
        ("9bffffffffffffffff", "ends too early"),
        ("81" * 40 + "00", "deeper"),
    ],
)
def test_other_spellings_and_other_types_are_refused(hexadecimal: str, says: str) -> None:
    with pytest.raises(ParsingError, match=says):
        cbor.decode(bytes.fromhex(hexadecimal))


def test_a_tag_stands_in_front_only_where_it_is_due() -> None:
    content = cbor.encode([1], tag=18)
    assert content.hex() == "d28101"
    assert cbor.decode(content, tag=18) == [1]
    for wrong in (cbor.encode([1]), cbor.encode([1], tag=17)):
        with pytest.raises(ParsingError, match="begin with tag 18"):
            cbor.decode(wrong, tag=18)


def test_what_has_no_encoding_is_refused() -> None:
    for value in (1.5, object(), {1.5: 1}, 2**64, -(2**64) - 1):
        with pytest.raises(MalformedValueError):
            cbor.encode(value)


def test_more_bytes_than_we_read() -> None:
    with pytest.raises(TooLargeError):
        cbor.decode(bytes(cbor.MAX_BYTES + 1))


@pytest.mark.parametrize("value", [0, 2**64 - 1, 2**64, 2**255 - 19])
def test_large_whole_numbers_are_read_where_they_are_asked_for(value: int) -> None:
    assert cbor.decode(cbor2.dumps([value]), bignums=True) == [value]


@pytest.mark.parametrize(
    "hexadecimal", ["c24101", "c248ffffffffffffffff", "c24900ffffffffffffffff", "c26131", "c249ff", "c349010000000000000000"]
)
def test_large_numbers_that_are_not_in_their_one_form_are_refused(hexadecimal: str) -> None:
    with pytest.raises(ParsingError):
        cbor.decode(bytes.fromhex(hexadecimal), bignums=True)
    with pytest.raises(ParsingError):
        cbor.decode(cbor2.dumps(2**64))
