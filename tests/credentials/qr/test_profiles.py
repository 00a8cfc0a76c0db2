from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.errors import MalformedValueError
from credentials.qr.octets import Reader, varint
from credentials.qr.profiles import Profile, parse_profile, parse_tables
from credentials.qr.slots import NotEncodableError, UpdateNeededError, at, read_slots, write_slots
from credentials.qr.template import expand
from tests.credentials.qr.world import profiles

TEXT: dict[str, Any] = {"name": "a", "type": "text", "at": "/a"}


def profile(*slots: dict[str, Any], template: object = None, **more: object) -> dict[str, Any]:
    return {"number": 1, "slots": list(slots), "template": template or {"a": {"$": "a"}}, **more}


def test_the_shipped_profiles_are_of_their_form_and_have_numbers_of_their_own() -> None:
    numbers = [parse_profile(record).number for record in profiles()]
    assert len(set(numbers)) == len(numbers)
    assert all(numbers)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"number": 1, "slots": 5, "template": {}},
        profile({**TEXT, "type": "float"}),
        profile({"name": "a", "type": "row", "at": ""}),
        profile(TEXT, TEXT),
        profile(*({**TEXT, "name": str(number)} for number in range(33))),
        profile({**TEXT, "type": "list", "item": {"slots": [{**TEXT, "type": "list"}], "template": {}}}),
        profile(TEXT, dictionary="x" * 40000),
        profile(TEXT, number="one"),
    ],
)
def test_a_profile_of_another_form_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(MalformedValueError):
        parse_profile(record)


def test_the_first_of_equal_rows_is_the_one_that_is_written() -> None:
    tables = parse_tables({"t": ["x", "y", "x"]})
    assert [tables.number("t", value) for value in ("x", "y", "z")] == [1, 2, 0]
    assert [tables.row("t", number) for number in (0, 1, 3, 4)] == [None, "x", "x", None]
    assert tables.row("other", 1) is None


@pytest.mark.parametrize(
    "template",
    [{"$": "b"}, {"$": "a.b"}, {"$join": [{"$": "flag"}]}, json.loads("[" * 20 + "]" * 20)],
)
def test_a_template_that_does_not_hold_is_refused(template: object) -> None:
    with pytest.raises(MalformedValueError):
        expand(template, {"a": "x", "flag": True})


def test_a_member_is_left_out_where_its_slot_is_empty() -> None:
    template = {"a": {"$if": "a", "then": {"$": "a"}}, "b": [1, None, {"$join": ["n", 5]}]}
    assert expand(template, {}) == {"b": [1, None, "n5"]}
    assert expand(template, {"a": "x"}) == {"a": "x", "b": [1, None, "n5"]}


def test_a_pointer_that_leads_nowhere_gives_nothing() -> None:
    document = {"a": [{"b": 1}]}
    assert at(document, "/a/0/b") == 1
    for pointer in ("/a/1/b", "/a/x", "/c/d", "/a/0/b/c"):
        assert at(document, pointer) is None


@pytest.mark.parametrize("spelt", [b"\x80", b"\x80\x00", b"\xff\xff\xff\xff\xff\x01", b""])
def test_a_number_has_one_spelling(spelt: bytes) -> None:
    with pytest.raises(MalformedValueError):
        Reader(spelt).varint()


def one(kind: str, **more: object) -> Profile:
    return parse_profile(profile({**TEXT, "type": kind, "table": "t", "item": {"slots": [], "template": {}}, **more}))


NONE = parse_tables({})


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", varint(513) + b"x" * 513),
        ("text", b"\x02\xff\xff"),
        ("list", varint(65)),
        ("row", b"\x00" + varint(20000) + b"x" * 20000),
        ("didkey", b"short"),
    ],
)
def test_bytes_that_are_not_of_their_slots_type_are_refused(kind: str, content: bytes) -> None:
    with pytest.raises(MalformedValueError):
        read_slots(one(kind), Reader(content), NONE)


def test_a_value_too_long_to_stand_in_a_code_is_refused_and_a_missing_one_too() -> None:
    with pytest.raises(NotEncodableError):
        write_slots(one("row"), {"a": "x" * 20000}, NONE)
    with pytest.raises(NotEncodableError):
        write_slots(one("text"), {}, NONE)


def test_presence_bits_beyond_the_profile_are_refused() -> None:
    with pytest.raises(MalformedValueError):
        read_slots(one("text", optional=True), Reader(b"\x02"), NONE)


def test_a_row_that_is_not_there_asks_for_newer_lists() -> None:
    with pytest.raises(UpdateNeededError):
        read_slots(one("row"), Reader(b"\x05"), NONE)
