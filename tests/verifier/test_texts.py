"""Words of strangers beside our own: on one line, in their own script, unable to turn the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.texts import plain_text, said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Najma Akter", "Najma Akter"),
        ("নাজমা আক্তার", "নাজমা আক্তার"),
        ("মোঃ\u200cকামাল", "মোঃ\u200cকামাল"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("Truth\u202e fo yrtsiniM", "Truth fo yrtsiniM"),
        ("\u2066a\u2069\u200e\u200f\u061c\ufeff\u200b", "a"),
        ("a\x00b\x07\x1b[31m", "ab[31m"),
        ("one\ntwo\u2028three\tfour", "one two three four"),
        ("  \u00a0 ", ""),
    ],
)
def test_c10_a_text_is_shown_on_one_line_without_hidden_letters(text: str, shown: str) -> None:
    assert plain_text(text) == shown


@given(st.text())
def test_what_is_shown_is_never_longer_and_shown_again_stays_the_same(text: str) -> None:
    shown = plain_text(text)
    assert len(shown) <= len(text)
    assert plain_text(shown) == shown
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\n\r\x00")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ({"@value": "with a language", "@language": "en"}, "with a language"),
        ([{"@value": "the first"}, {"@value": "the second"}], "the first"),
        (["text in a list"], "text in a list"),
        ([], ""),
        (None, ""),
        (7, ""),
        ({"@value": 7}, ""),
        ({}, ""),
    ],
)
def test_a_text_member_of_any_shape_is_one_line(value: object, shown: str) -> None:
    assert said(value) == shown
