"""What the W3C suites for ecdsa-sd-2023 and bbs-2023 ask of issuer, holder and verifier, in our words."""

from __future__ import annotations

from typing import Any, Final

import pytest

from credentials.cbor import decode, encode
from credentials.encoding import b64url_decode, b64url_encode
from tests.conformance.surface import SELECTIVE, SUITES, WHOLE, Surface, altered, assert_refused, assert_verified

BASE_HEADER: Final = {"ecdsa-sd-2023-p256": b"\xd9\x5d\x00", "bbs-2023": b"\xd9\x5d\x02"}
DERIVED_HEADER: Final = {"ecdsa-sd-2023-p256": b"\xd9\x5d\x01", "bbs-2023": b"\xd9\x5d\x03"}


def parts(document: dict[str, Any]) -> tuple[bytes, list[Any]]:
    """Return a proof value's header and components."""
    value = b64url_decode(document["proof"]["proofValue"].removeprefix("u"))
    components = decode(value[3:])
    assert isinstance(components, list)
    return value[:3], components


def with_value(document: dict[str, Any], header: bytes, components: object) -> dict[str, Any]:
    return altered(document, "/proof/proofValue", "u" + b64url_encode(header + encode(components)))


@pytest.mark.parametrize("version", ["1.1", "2.0"])
@pytest.mark.parametrize("name", SELECTIVE)
def test_headers_say_base_and_derived(surface: Surface, name: str, version: str) -> None:
    base = surface.issued(name, version)
    assert parts(base)[0] == BASE_HEADER[name]
    assert parts(surface.derived(base, "/credentialSubject"))[0] == DERIVED_HEADER[name]


@pytest.mark.parametrize("name", SELECTIVE)
def test_a_base_proof_is_for_the_holder_alone(surface: Surface, name: str) -> None:
    assert_refused(surface.verify(name, surface.issued(name), checks=["proof"]))


@pytest.mark.parametrize("name", SELECTIVE)
def test_only_what_is_selected_and_mandatory_is_shown(surface: Surface, name: str) -> None:
    base = surface.issued(name)
    one = surface.derived(base, "/credentialSubject/skill")
    assert one["credentialSubject"] == {"id": "did:example:worker", "skill": "welding"}
    assert (one["issuer"], one["validFrom"]) == (base["issuer"], base["validFrom"])
    assert "3G" not in str({name: value for name, value in one.items() if name != "proof"})
    assert_verified(surface.verify(name, one))
    least = surface.derived(base, "/credentialSubject/id")
    assert least["credentialSubject"] == {"id": "did:example:worker"}
    assert_verified(surface.verify(name, least))


@pytest.mark.parametrize("name", SELECTIVE)
def test_list_elements_are_selected_one_by_one(surface: Surface, name: str) -> None:
    base = surface.issued(name, credentialSubject={"id": "did:example:worker", "skill": ["welding", "rigging", "slinging"]})
    shown = surface.derived(base, "/credentialSubject/skill/0", "/credentialSubject/skill/2")
    assert shown["credentialSubject"]["skill"] == ["welding", "slinging"]
    assert_verified(surface.verify(name, shown))


@pytest.mark.parametrize("name", SELECTIVE)
@pytest.mark.parametrize("pointers", [["/nothing"], ["/credentialSubject/nothing"], ["no pointer"], [7], [None], ["/type/9"]])
def test_pointers_that_match_nothing_are_refused(surface: Surface, name: str, pointers: list[Any]) -> None:
    assert_refused(surface.issue(name, surface.credential(name), mandatoryPointers=pointers))
    assert_refused(surface.derive(surface.issued(name), *pointers))


@pytest.mark.parametrize("name", SELECTIVE)
def test_pointers_are_a_list_of_texts(surface: Surface, name: str) -> None:
    for pointers in ("/issuer", {"0": "/issuer"}, 7, None):
        assert_refused(surface.issue(name, surface.credential(name), mandatoryPointers=pointers))


@pytest.mark.parametrize("name", SELECTIVE)
def test_without_mandatory_pointers_everything_is_the_holders_choice(surface: Surface, name: str) -> None:
    answer = surface.issue(name, surface.credential(name))
    assert answer.status_code == 201
    shown = surface.derived(answer.json()["verifiableCredential"], "/issuer", "/credentialSubject/skill")
    assert "validFrom" not in shown
    assert_verified(surface.verify(name, shown))


@pytest.mark.parametrize("name", SELECTIVE)
def test_everything_can_be_shown(surface: Surface, name: str) -> None:
    base = surface.issued(name)
    shown = surface.derived(base, "/id", "/credentialSubject")
    assert {**shown, "proof": None} == {**base, "proof": None}
    assert_verified(surface.verify(name, shown))


@pytest.mark.parametrize("name", SELECTIVE)
def test_what_is_derived_from_must_hold(surface: Surface, name: str) -> None:
    base = surface.issued(name)
    for pointer, value in (
        ("/credentialSubject/skill", "surgery"),
        ("/issuer", "did:example:other"),
        ("/undefined", "term"),
        ("/proof/created", "2020-01-01T00:00:00Z"),
        ("/proof/proofValue", ...),
        ("/proof/proofValue", base["proof"]["proofValue"][:-8]),
        ("/proof", ...),
        ("/type", ["Other"]),
    ):
        assert_refused(surface.derive(altered(base, pointer, value), "/credentialSubject"))


@pytest.mark.parametrize("name", SELECTIVE)
def test_nothing_is_derived_twice(surface: Surface, name: str) -> None:
    assert_refused(surface.derive(surface.derived(surface.issued(name), "/credentialSubject"), "/credentialSubject"))


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_is_derived_from_a_proof_of_the_whole(surface: Surface, name: str) -> None:
    assert_refused(surface.derive(surface.issued(name), "/credentialSubject"))


@pytest.mark.parametrize("name", SELECTIVE)
def test_every_component_of_a_derived_proof_is_checked(surface: Surface, name: str) -> None:
    derived = surface.derived(surface.issued(name), "/credentialSubject/skill")
    header, components = parts(derived)
    assert_verified(surface.verify(name, with_value(derived, header, components)))
    for wrong in (b"\xd9\x5d\xff", b"\xd9\x5d\x00", b"\xd9\x5d\x02", b"\x00\x00\x00"):
        assert_refused(surface.verify(name, with_value(derived, wrong, components)))
    others: list[Any] = [components[:-1], [*components, b""], [], {}, None, b"", "text"]
    for other in others:
        assert_refused(surface.verify(name, with_value(derived, header, other)))
    for place in range(len(components)):
        for value in (None, "text", 7, b"\x00", [b"\x00"], [-1], [10**6], {0: "text"}, {"c14n0": "b0"}):
            if value == components[place]:
                continue
            broken = [*components[:place], value, *components[place + 1 :]]
            assert_refused(surface.verify(name, with_value(derived, header, broken)))


@pytest.mark.parametrize("name", SELECTIVE)
def test_every_component_of_a_base_proof_is_checked(surface: Surface, name: str) -> None:
    base = surface.issued(name)
    header, components = parts(base)
    others: list[Any] = [components[:-1], [*components, b""], [], {}]
    for other in others:
        assert_refused(surface.derive(with_value(base, header, other), "/credentialSubject"))
    for place in range(len(components)):
        values: list[Any] = [None, "text", 7, b"\x00", [b"\x00"], ["/nothing"], {}]
        for value in values:
            broken = [*components[:place], value, *components[place + 1 :]]
            assert_refused(surface.derive(with_value(base, header, broken), "/credentialSubject"))


@pytest.mark.parametrize("name", SELECTIVE)
def test_tagged_cbor_is_refused(surface: Surface, name: str) -> None:
    derived = surface.derived(surface.issued(name), "/credentialSubject/skill")
    value = b64url_decode(derived["proof"]["proofValue"].removeprefix("u"))
    assert value[3] & 0xE0 == 0x80  # a list
    for tagged in (value[:3] + b"\xd8\x40" + value[3:], value[:4] + b"\xd8\x40" + value[4:]):
        assert_refused(surface.verify(name, altered(derived, "/proof/proofValue", "u" + b64url_encode(tagged))))


def test_two_showings_of_one_credential_share_no_proof(surface: Surface) -> None:
    base = surface.issued("bbs-2023")
    first, second = (parts(surface.derived(base, "/credentialSubject/skill"))[1][0] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("name", SUITES)
def test_a_derived_credential_cannot_be_added_to(surface: Surface, name: str) -> None:
    shown = surface.shown(name)
    for pointer, value in (
        ("/name", "Added"),
        ("/credentialSubject/level", "6G"),
        ("/credentialSubject/skill", ["welding", "surgery"]),
        ("/evidence", {"type": "Evidence"}),
    ):
        assert_refused(surface.verify(name, altered(shown, pointer, value)))
