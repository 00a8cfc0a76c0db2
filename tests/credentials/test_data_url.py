from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_url import base64_decode, data_url, parse_data_url
from credentials.errors import MalformedValueError


@given(st.binary())
def test_what_is_put_in_a_url_comes_out_of_it(content: bytes) -> None:
    assert parse_data_url(data_url("application/vc+cose", content)) == ("application/vc+cose", content)


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("data:application/vc+jwt,a.b.c", b"a.b.c"),
        ("DATA:Application/VC+JWT,a.b.c", b"a.b.c"),
        ("data:application/vc+jwt,a.b\n.c\t\r\n", b"a.b.c"),
        ("data:application/vc+jwt,a%2Eb", b"a.b"),
        ("data:application/vc+jwt;charset=utf-8,a,b", b"a,b"),
        ("data:application/vc+jwt;base64,AQI=", b"\1\2"),
        ("data:application/vc+jwt;base64,AQI", b"\1\2"),
        ("data:application/vc+jwt;base64,AQI%3D", b"\1\2"),
        ("data:application/vc+jwt,", b""),
    ],
)
def test_the_forms_of_a_url(url: str, content: bytes) -> None:
    assert parse_data_url(url) == ("application/vc+jwt", content)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:,text",
        "data:text",
        "data:;base64,AQI=",
        "https://school.example/credential",
        "not-a-credential",
        "data:application/vc+jwt;base64,A",
        "data:application/vc+jwt;base64,AQJ=",
        "data:application/vc+jwt;base64,A-I=",
        "data:application/vc+jwt;base64,ü",
    ],
)
def test_what_is_no_such_url(url: str) -> None:
    with pytest.raises(MalformedValueError):
        parse_data_url(url)


def test_base64_with_and_without_padding() -> None:
    assert base64_decode("AQ==") == base64_decode("AQ") == b"\1"
