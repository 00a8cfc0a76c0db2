from __future__ import annotations

from typing import Any

import pytest

from credentials import members
from credentials.errors import VC, MalformedValueError
from credentials.texts import check_texts, plain_text
from tests.credentials.world import V2

MALFORMED = VC + "MALFORMED_VALUE_ERROR"


def pointer_of(raised: pytest.ExceptionInfo[MalformedValueError]) -> str:
    assert raised.value.type == MALFORMED
    return raised.value.pointer


def test_a_member_that_is_absent_holds_no_objects() -> None:
    assert members.objects({}, "evidence") == []


def test_one_object_and_a_list_of_objects_are_read_alike() -> None:
    assert members.objects({"evidence": {"a": 1}}, "evidence") == [("/evidence", {"a": 1})]
    assert members.objects({"evidence": [{"a": 1}]}, "evidence", "/x") == [("/x/evidence/0", {"a": 1})]


@pytest.mark.parametrize(
    ("value", "pointer"), [(None, "/evidence"), ([], "/evidence"), ("text", "/evidence"), ([{}, 1], "/evidence/1")]
)
def test_what_is_no_object_is_refused_where_it_stands(value: object, pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        members.objects({"evidence": value}, "evidence")
    assert pointer_of(raised) == pointer


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({}, "/evidence/type"),
        ({"type": 2}, "/evidence/type"),
        ({"type": []}, "/evidence/type"),
        ([{"type": "A"}, {"type": ["A", None]}], "/evidence/1/type"),
        ({"type": "A", "id": "no url"}, "/evidence/id"),
        ({"type": "A", "id": ["urn:a", "urn:b"]}, "/evidence/id"),
    ],
)
def test_typed_objects_need_a_type_and_a_url_as_id(value: object, pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        members.typed_objects({"evidence": value}, "evidence")
    assert pointer_of(raised) == pointer


def test_typed_objects_are_found_with_their_pointers() -> None:
    found = members.typed_objects({"evidence": [{"type": ["A", "B"], "id": "urn:a"}]}, "evidence")
    assert found == [("/evidence/0", {"type": ["A", "B"], "id": "urn:a"})]


@pytest.mark.parametrize(("value", "expected"), [("a", ("a",)), (["a", "b"], ("a", "b")), (["a", 1], ()), (None, ()), ({}, ())])
def test_strings_are_one_or_many_or_none(value: object, expected: tuple[str, ...]) -> None:
    assert members.strings(value) == expected


def test_one_of_the_required_types_is_enough() -> None:
    assert members.types({"type": ["B", "C"]}, "A", "B") == ("B", "C")
    with pytest.raises(MalformedValueError, match="type must name A or B") as raised:
        members.types({"type": "C"}, "A", "B", pointer="/x")
    assert pointer_of(raised) == "/x/type"


@pytest.mark.parametrize("context", [V2, [V2], [V2, "https://a.example/c", {"t": "urn:t"}]])
def test_the_base_context_comes_first(context: object) -> None:
    members.check_context({"@context": context}, V2)


@pytest.mark.parametrize(
    ("context", "pointer"),
    [
        (..., "/@context"),
        (None, "/@context"),
        ([], "/@context"),
        (["https://a.example/c", V2], "/@context"),
        ([{"t": "urn:t"}, V2], "/@context"),
        ([V2, "https ://not-a-url"], "/@context/1"),
        ([V2, 123192875], "/@context/1"),
        ([V2, None], "/@context/1"),
    ],
)
def test_a_context_of_another_form_is_refused(context: object, pointer: str) -> None:
    document = {} if context is ... else {"@context": context}
    with pytest.raises(MalformedValueError) as raised:
        members.check_context(document, V2)
    assert pointer_of(raised) == pointer


@pytest.mark.parametrize("url", ["https://a.example/1", "urn:uuid:1", "did:example:a", "data:,a", "https://bücher.example/"])
def test_urls_of_every_scheme_are_urls(url: str) -> None:
    assert members.required_url({"id": url}, "id") == url


@pytest.mark.parametrize("value", [None, "", "a", "a b:c", "https://a example", "1a:b", ":b", "a:", ["urn:a"], {"id": "urn:a"}, 1])
def test_what_is_no_url_is_refused(value: object) -> None:
    with pytest.raises(MalformedValueError, match="must be a URL") as raised:
        members.identifier({"id": value}, "/x")
    assert pointer_of(raised) == "/x/id"


def test_an_identifier_may_be_absent() -> None:
    assert members.identifier({}) is None


@pytest.mark.parametrize("value", ["did:example:a", {"id": "did:example:a", "name": "A"}])
def test_a_party_is_a_url_or_has_one(value: object) -> None:
    assert members.party({"issuer": value}, "issuer") == "did:example:a"


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, "/issuer"),
        ({"issuer": None}, "/issuer"),
        ({"issuer": "fake-issuer"}, "/issuer"),
        ({"issuer": {}}, "/issuer/id"),
        ({"issuer": {"id": None}}, "/issuer/id"),
        ({"issuer": {"name": "Acme"}}, "/issuer/id"),
    ],
)
def test_a_party_without_an_identifier_is_refused(document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        members.party(document, "issuer")
    assert pointer_of(raised) == pointer


@pytest.mark.parametrize(
    "value",
    [
        "Welder",
        {"@value": "Welder"},
        {"@value": "لحّام", "@language": "ar", "@direction": "rtl"},
        [{"@value": "Welder", "@language": "en"}, {"@value": "Soudeur", "@language": "fr-CA"}],
    ],
)
def test_a_text_may_say_its_language_and_direction(value: object) -> None:
    check_texts({"name": value, "description": value})


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (None, "/issuer/name"),
        (1, "/issuer/name"),
        ([], "/issuer/name"),
        (["Welder"], "/issuer/name/0"),
        ({}, "/issuer/name/@value"),
        ({"@value": 1}, "/issuer/name/@value"),
        ({"@value": "Welder", "url": "did:example:a"}, "/issuer/name"),
        ({"@value": "Welder", "@type": "urn:t"}, "/issuer/name"),
        ({"@value": "Welder", "@language": "not a tag"}, "/issuer/name/@language"),
        ({"@value": "Welder", "@language": None}, "/issuer/name/@language"),
        ({"@value": "Welder", "@direction": "up"}, "/issuer/name/@direction"),
        ([{"@value": "Welder"}, {"@value": "Welder", "@direction": []}], "/issuer/name/1/@direction"),
    ],
)
def test_a_text_of_another_form_is_refused_where_it_stands(value: object, pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        check_texts({"name": value}, "/issuer")
    assert pointer_of(raised) == pointer


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ({"@value": "a"}, "a"), ([{"@value": "a"}, {"@value": "b"}], "a"), ([], None), (None, None), ({}, None)],
)
def test_the_first_text_is_the_plain_one(value: object, expected: str | None) -> None:
    assert plain_text(value) == expected
