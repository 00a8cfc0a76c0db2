"""Shapes give the reference's bytes, or nothing: over documents made to differ where a text, a name, a type or a number stands."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import rdf
from credentials.errors import DataLossError, VCError
from credentials.rdf.shape import NoShapeError, shape_of, walk
from credentials.rdf.shapes import MAX_SLOTS, Learning, Shapes
from tests.strategies import changed, json_values, mutations, places

V2: Final = "https://www.w3.org/ns/credentials/v2"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def badge(name: str = "Sari", number: str = "7", **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any member
    """Return a certificate with named and unnamed parts, a language, and parts that differ in one text."""
    return {
        "@context": [V2, OPEN_BADGES],
        "id": f"urn:uuid:{number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:centre.example", "type": ["Profile"], "name": "Centre of 100 %s"},
        "validFrom": "2026-01-01T00:00:00Z",
        "name": {"@value": "Certificat", "@language": "fr", "@direction": "ltr"},
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "identityHash": name, "identityType": "name", "hashed": False}],
            "achievement": {
                "id": "urn:uuid:achievement",
                "type": ["Achievement"],
                "name": "Welding",
                "description": "to weld",
                "criteria": {"narrative": "pass"},
                "creditsAvailable": 1.5,
                "alignment": [
                    {"type": ["Alignment"], "targetName": "to cut", "targetUrl": "https://skills.example/cut?a=1#b"},
                    {"type": ["Alignment"], "targetName": "to join", "targetUrl": "https://skills.example/join"},
                ],
            },
        },
        **more,
    }


def proof_options(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # any member
    return {
        "@context": [V2],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": "did:web:centre.example#key-1",
        "proofPurpose": "assertionMethod",
        **more,
    }


def unnamed() -> dict[str, Any]:
    """Return a document whose unnamed parts are told apart by one text each, and whose named ones can be made one."""
    part = {"name": "a", "knows": {"name": "b"}}
    return {
        "@context": [V2, EXAMPLES],
        "type": "Thing",
        "parts": [part, {"name": "c", "id": "urn:example:c", "knows": {"name": "d"}}, {"id": "urn:example:e", "name": "e"}],
        "said": ["f", "g"],
    }


def typed() -> dict[str, Any]:
    """Return a document of plain values, with numbers, texts of a type, and a term that other texts could be taken for."""
    return {"@context": [V2], "id": "urn:example:a", "type": ["VerifiableCredential"], "validUntil": "2027-01-01T00:00:00Z"}


DOCUMENTS: Final = (badge(), proof_options(), unnamed(), typed())
HOSTILE: Final = [
    *(
        "",
        "%s",
        "%(a)s",
        "%",
        '"',
        "\\",
        "\n",
        "\x00",
        "\x1f",
        "\x7f",
        "\x85",
        "\u2028",
        "\ud800",
        "\ufffe",
        "é",
        "e\u0301",
        "😀",
        "<a>",
    ),
    *("_:b0", "_:c14n0", "@id", "@type", "id", "type", "name", "assertionMethod", "authentication", "schema:name", "xsd:string"),
    *(
        "urn:x",
        "urn:",
        "urn:x:é",
        "https://h/a b",
        "https://h/../a",
        "https://h/%zz",
        "https://h/%41",
        "https://h:1a/",
        "https://[::1]/",
    ),
    *(
        "https://h",
        "https:///a",
        "https:a",
        "HTTPS://H/",
        "//h/a",
        "/a",
        "a:b",
        "a:",
        ":a",
        "1:a",
        "urn:x#a#b",
        "urn:x#a?b",
        "urn:x{",
        "did:a\n",
    ),
    *(
        "urn:x-comity-slot:0:",
        "urn:x-comity-slot:1:",
        "https://x-comity-relative.invalid/a",
        "https://www.w3.org/2018/credentials#issuer",
    ),
]
TEXTS: Final = st.sampled_from(HOSTILE) | st.text(max_size=6)
VALUES: Final = TEXTS | json_values()


def reference(document: Mapping[str, Any], hash_name: str) -> bytes | None:
    try:
        return rdf.canonicalize(document, hash_name=hash_name)
    except (VCError, UnicodeEncodeError):
        return None


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    made = Shapes(rdf.canonicalize)
    for document in DOCUMENTS:
        made.learn(document)
    return made


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_a_document_that_was_learnt_is_known(shapes: Shapes, document: dict[str, Any], hash_name: str) -> None:
    assert shapes.known(document, hash_name=hash_name) == rdf.canonicalize(document, hash_name=hash_name)


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_changed_the_bytes_are_the_references_or_none(shapes: Shapes, data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(DOCUMENTS))
    texts = {path: at(document, path) for path in places(document) if isinstance(at(document, path), str)}
    for path in data.draw(st.lists(st.sampled_from(list(texts)), max_size=4)):
        document = changed(document, path, data.draw(st.sampled_from(list(texts.values())) | VALUES))
    if data.draw(st.booleans()):
        document = data.draw(mutations(document))
    hash_name = data.draw(st.sampled_from(["sha256", "sha384"]))
    given_by_shape = shapes.known(document, hash_name=hash_name)
    if given_by_shape is not None:
        assert given_by_shape == reference(document, hash_name)


@settings(max_examples=30)
@given(document=st.sampled_from(DOCUMENTS).flatmap(mutations), other=st.data())
def test_what_is_learnt_of_any_document_holds_for_others(document: dict[str, Any], other: st.DataObject) -> None:
    made = Shapes(rdf.canonicalize)
    made.learn(document)
    again = copy.deepcopy(document)
    for path in [path for path in places(document) if isinstance(at(document, path), str) and "@context" not in path]:
        if other.draw(st.booleans()):
            again = changed(again, path, other.draw(TEXTS))
    for item in (document, again):
        given_by_shape = made.known(item)
        if given_by_shape is not None:
            assert given_by_shape == reference(item, "sha256")


def at(document: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401  # any JSON
    for step in path:
        document = document[step]
    return document


def test_other_texts_are_filled_in(shapes: Shapes) -> None:
    other = badge('S"ari\n', "other")
    assert shapes.known(other) == rdf.canonicalize(other)


def test_every_letter_that_the_reference_escapes_is_escaped(shapes: Shapes) -> None:
    """Whatever is no character of XML 1.1 is among them (RDFC-1.0 §5.2)."""
    for start in range(0, 0x110000, 0x1000):
        other = badge("".join(chr(letter) for letter in range(start, start + 0x1000) if not 0xD800 <= letter <= 0xDFFF))
        assert shapes.known(other) == rdf.canonicalize(other), hex(start)


def test_a_value_and_a_number_do_not_change_places() -> None:
    """Two members whose kinds are swapped have different keys."""
    made = Shapes(rdf.canonicalize)
    made.learn({"@context": [EXAMPLES], "id": "urn:a", "one": 1, "two": "x"})
    assert made.known({"@context": [EXAMPLES], "id": "urn:a", "one": 1, "two": "y"}) is not None
    assert made.known({"@context": [EXAMPLES], "id": "urn:a", "one": "x", "two": 1}) is None
    assert made.known({"@context": [EXAMPLES], "id": "urn:a", "one": 1.0, "two": "x"}) is None
    assert made.known({"@context": [EXAMPLES], "id": "urn:a", "one": True, "two": "x"}) is None


def not_shaped() -> Iterator[dict[str, Any]]:
    yield {**typed(), "@context": [V2, {"name": "urn:name"}]}
    yield {**typed(), "@context": [V2, "https://nobody.example/context"]}
    yield {"@context": [EXAMPLES], "id": "urn:a", "@graph": [{"name": "a"}]}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": {"@context": {"c": "urn:c"}, "c": "d"}}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": [["c"]]}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": ("c", "d")}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": {"@value": "1", "@type": "urn:x-comity-slot:0:"}}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": {"@value": {"c": "d"}, "@type": "@json"}}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": ["c", "c"]}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": [{"c": "d"}, {"c": "d"}]}
    yield {"@context": [EXAMPLES], "id": "urn:a", "urn:x-comity-slot:0:": "b"}
    yield {"@context": [EXAMPLES], "id": "urn:a", "type": "urn:x-comity-slot:0:", "b": "c"}
    yield {"@context": [EXAMPLES], "id": "urn:a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "b"}
    yield {"@context": [V2], "id": "urn:a", "type": ["VerifiablePresentation"], "verifiableCredential": [typed()]}
    yield {"@context": [V2], "id": "urn:a", "undefined": "dropped"}
    yield badge(x={"y": {"z": "undefined"}})
    deep: dict[str, Any] = {"name": "a"}
    for _ in range(40):
        deep = {"b": deep}
    yield {"@context": [EXAMPLES], **deep}
    yield {"@context": [EXAMPLES], "id": "urn:a", "b": [f"{number}" for number in range(MAX_SLOTS)]}


@pytest.mark.parametrize("document", list(not_shaped()))
def test_what_cannot_be_filled_in_has_no_shape(document: dict[str, Any]) -> None:
    made = Shapes(rdf.canonicalize)
    made.learn(document)
    assert made.known(document) is None


def test_a_text_that_comes_out_nowhere_has_no_shape() -> None:
    _, slots = walk(badge())
    assert shape_of(badge(), slots).fits(slots)
    with pytest.raises(NoShapeError):
        shape_of(badge(), [*slots, "one more"])


@pytest.mark.parametrize("half", ["\ud800", "a\udfff"])
def test_half_a_surrogate_pair_is_left_to_the_reference(shapes: Shapes, half: str) -> None:
    assert shapes.known(badge(half)) is None


def test_a_text_that_is_no_iri_belongs_to_the_shape() -> None:
    made = Shapes(rdf.canonicalize)
    for purpose in ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation", "keyAgreement"):
        made.learn(proof_options(proofPurpose=purpose))
        assert made.known(proof_options(proofPurpose=purpose)) == rdf.canonicalize(proof_options(proofPurpose=purpose))
    assert made.known(proof_options(proofPurpose="assertionMethod")) is None  # four of one key are kept
    assert made.known(proof_options(proofPurpose="somethingElse")) is None


def test_own_documents_teach_it_when_one_like_them_is_met_again() -> None:
    asked: list[str] = []

    def counted(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        asked.append(str(document.get("id")))
        return rdf.canonicalize(document, hash_name=hash_name)

    made = Shapes(counted, capacity=2)
    for number in "1234":
        assert made(badge("Sari", number)) == rdf.canonicalize(badge("Sari", number))
    assert asked == ["urn:uuid:1", "urn:uuid:2", "urn:uuid:2"]  # to answer, to answer, to learn
    odd = {"@context": [EXAMPLES], "id": "urn:a", "b": [["c"]]}
    with pytest.raises(VCError):
        made({**odd, "@context": ["https://nobody.example"]})
    assert made(odd) == made(odd) == rdf.canonicalize(odd)


def test_the_shape_that_was_not_used_for_longest_is_forgotten() -> None:
    made = Shapes(rdf.canonicalize, capacity=2)
    made.learn(badge())
    made.learn(typed())
    made.learn(typed())
    assert made.known(badge())
    made.learn(proof_options())
    assert made.known(badge())
    assert made.known(typed()) is None
    for kind in "abc":
        made({"@context": [EXAMPLES], "id": "urn:a", kind: "x"})
    assert made({"@context": [EXAMPLES], "id": "urn:b", "a": "y"})
    assert made.known({"@context": [EXAMPLES], "id": "urn:b", "a": "y"}) is None  # it was met too long ago


def test_one_answer_of_many_is_compared_with_the_reference() -> None:
    differed: list[str] = []
    wrong: list[bytes] = []

    def other(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        return rdf.canonicalize(document, hash_name=hash_name) + b"".join(wrong)

    made = Shapes(other, audit=3, differs=lambda: differed.append("differs"))
    made.learn(badge())
    wrong.append(b"# a reference that changed its mind\n")
    assert made(badge()) == made(badge()) == rdf.canonicalize(badge())
    assert made(badge()) == other(badge())
    assert differed == ["differs"]
    assert made.known(badge()) is None


def test_what_the_reference_does_not_confirm_is_not_kept() -> None:
    made = Shapes(lambda document, *, hash_name="sha256": f"{hash_name} of {document['id']}".encode())
    made.learn(badge())
    assert made.known(badge()) is None


def test_nothing_is_learnt_of_others_until_they_are_trusted() -> None:
    made = Shapes(rdf.canonicalize)
    first = Learning(made)
    assert first(badge()) == first(badge()) == rdf.canonicalize(badge())
    assert made.known(badge()) is None
    assert not first.used_a_shape
    first.keep()
    second = Learning(made)
    assert second(badge("Ana")) == rdf.canonicalize(badge("Ana"))
    assert second.used_a_shape
    with pytest.raises(DataLossError):
        second({"@context": [V2], "id": "urn:a", "undefined": "dropped"})
