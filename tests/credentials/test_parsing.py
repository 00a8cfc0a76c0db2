from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import ParsingError, TooLargeError, VCError
from credentials.parsing import Limits, parse_json, parse_json_array
from tests.strategies import json_objects

HALF_A_MEBIBYTE = 512 * 1024


@given(json_objects(), st.booleans())
def test_json_is_read_back(document: dict[str, Any], plain: bool) -> None:  # noqa: FBT001  # both spellings
    assert parse_json(json.dumps(document, ensure_ascii=plain).encode()) == document


@given(st.binary(max_size=64) | st.text('{}[]",:\\u0dE+-.1 \n', max_size=40).map(str.encode))
def test_nothing_but_a_vc_error_comes_of_any_bytes(content: bytes) -> None:
    try:
        document = parse_json(content)
    except VCError:
        return
    assert document == json.loads(content)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"\xff", "byte 0 is not UTF-8"),
        (b'{"a": "\xc3"}', "byte 7 is not UTF-8"),
        (b"", "not JSON: Expecting value at line 1, column 1"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": "\n"}', "not JSON: Invalid control character at at line 1, column 8"),
        (b'{"a": 1} {}', "not JSON: Extra data"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "the member 'a' stands twice"),
        (b'{"a": {"\\u0061": 1, "a": 2}}', "the member 'a' stands twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1e400}', "a number is larger than we read"),
        (b'{"a": -1e400}', "a number is larger than we read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number is longer than we read"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"\\udc00": 1}', "half of a surrogate pair"),
        (b"[1]", "the document is no JSON object"),
        (b"null", "the document is no JSON object"),
    ],
)
def test_c1_c2_c3_c4_and_c8_what_two_readers_could_understand_differently_is_refused(content: bytes, detail: str) -> None:
    with pytest.raises(ParsingError, match=detail.replace("(", "\\(")):
        parse_json(content)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_an_array_is_read_as_strictly() -> None:
    assert parse_json_array(b'[1, {"a": null}]') == [1, {"a": None}]
    with pytest.raises(ParsingError, match="no JSON array"):
        parse_json_array(b"{}")
    with pytest.raises(ParsingError, match="stands twice"):
        parse_json_array(b'[{"a": 1, "a": 2}]')


def test_size_and_depth_are_limited() -> None:
    limits = Limits(size=20, depth=3)
    assert parse_json(b'{"a": [[]]}', limits=limits) == {"a": [[]]}
    with pytest.raises(ParsingError, match="nests deeper than 3 levels"):
        parse_json(b'{"a": [[[]]]}', limits=limits)
    with pytest.raises(TooLargeError):
        parse_json(b'{"a": "' + b"b" * 20 + b'"}', limits=limits)


def test_brackets_in_a_text_are_no_levels() -> None:
    assert parse_json(b'{"a": "[[[[\\"[[["}', limits=Limits(depth=1)) == {"a": '[[[["[[['}
    with pytest.raises(ParsingError, match="nests deeper than 2"):
        parse_json(b'{"a\\\\": [[1]]}', limits=Limits(depth=2))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'"' + b'\\"' * (HALF_A_MEBIBYTE - 8), id="a text that does not end"),
        pytest.param(b"{" + b",".join(b'"%d":1' % number for number in range(90_000)) + b',"89999":1}', id="a late double"),
        pytest.param(b'{"a":' * 150_000, id="only openings"),
        pytest.param(b"\\" * HALF_A_MEBIBYTE, id="only backslashes"),
    ],
)
def test_a_hostile_document_is_refused_in_one_pass(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(ParsingError):
        parse_json(content)
    assert time.process_time() - started < 3
