from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.errors import MalformedValueError
from credentials.qr import UpdateNeededError, changed_rows, grown, parse_codec, parse_profile, rows_for
from tests.credentials.qr.world import profiles, rows, shipped, signed


def test_a_file_of_codes_reads_what_its_rows_wrote() -> None:
    document = signed("training")
    codec = parse_codec({"profiles": profiles(), "tables": rows([document])})
    assert codec.decode(codec.encode(document)) == document


def test_a_profile_of_an_unknown_form_asks_for_an_update_and_spoils_no_other() -> None:
    newer = {"number": 50, "slots": [{"name": "a", "type": "hologram", "at": "/a"}], "template": {}}
    document = signed("training")
    codec = parse_codec({"profiles": [newer, *profiles()], "tables": rows([document])})
    assert codec.decode(codec.encode(document)) == document
    with pytest.raises(UpdateNeededError, match="profile 50"):
        codec.decode(b"\xc1\x32\0\0" + bytes(64))


@pytest.mark.parametrize(
    "record", [{}, {"profiles": {}, "tables": {}}, {"profiles": [], "tables": []}, {"profiles": [], "tables": {"a": "b"}}]
)
def test_a_file_of_another_form_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(MalformedValueError):
        parse_codec(record)


def test_rows_are_added_behind_and_never_twice() -> None:
    before = {"t": ["x", {"b": 1, "a": 2}]}
    after = grown(before, [("t", "y"), ("t", {"a": 2, "b": 1}), ("u", 1), ("t", "y")])
    assert after == {"t": ["x", {"b": 1, "a": 2}, "y"], "u": [1]}
    assert before == {"t": ["x", {"b": 1, "a": 2}]}
    assert list(changed_rows(before, after)) == []
    assert list(changed_rows(after, before)) == [("t", 3), ("u", 1)]
    assert list(changed_rows({"t": ["x", "y"]}, {"t": ["y", "x"]})) == [("t", 1), ("t", 2)]


@pytest.mark.parametrize(("name", "number"), [("training", 41), ("work-experience", 2)])
def test_the_rows_for_a_credential_are_all_that_its_profile_names(name: str, number: int) -> None:
    document = signed(name)
    profile = parse_profile(next(record for record in profiles() if record["number"] == number))
    codec = parse_codec({"profiles": profiles(), "tables": grown({}, rows_for(profile, document))})
    payload = codec.encode(document)
    assert payload[1] == number
    assert len(payload) == len(shipped().encode(document))
    assert codec.decode(payload) == document
    assert json.dumps(document["credentialSubject"]["name"][0]["@value"]) not in json.dumps(codec.tables.rows["issuers"])
