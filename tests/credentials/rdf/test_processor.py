"""What PyLD does, and what is done about it: one test for each mend that `processor` names."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from pyld import jsonld  # type: ignore[import-untyped]  # PyLD ships no types
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]

import schemas
from credentials import rdf
from credentials.errors import ComplexityLimitError, DataLossError, ProofTransformationError, UnknownContextError
from credentials.rdf.expansion import expand
from credentials.rdf.processor import Processor, load_pinned

V2: Final = schemas.CREDENTIALS_V2
OPEN_BADGES: Final = schemas.OPEN_BADGES_CONTEXT
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
BASE: Final = "https://base.example/"


def says(context: object, **members: object) -> list[Any]:
    return expand({"@context": context, **members})


class TestImports:
    """1: `@import` wrote into the document that it imports."""

    IMPORTING: Final = {
        "@context": [V2, {"@import": OPEN_BADGES, "licenseNumber": "urn:evil", "AchievementSubject": "urn:evil-type"}],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"type": "AchievementSubject", "licenseNumber": "7"},
    }
    PLAIN: Final = {**IMPORTING, "@context": [V2, OPEN_BADGES]}

    def test_an_importing_document_changes_no_context_for_others(self) -> None:
        pinned, before = copy.deepcopy(schemas.context(OPEN_BADGES)), rdf.canonicalize(self.PLAIN)
        assert b"urn:evil" in rdf.canonicalize(self.IMPORTING)
        assert schemas.context(OPEN_BADGES) == pinned
        assert rdf.canonicalize(self.PLAIN) == before
        assert b"urn:evil" not in before

    def test_pyld_itself_still_writes_into_it(self) -> None:
        document = copy.deepcopy(schemas.context(OPEN_BADGES))

        def load(url: str, _options: object) -> dict[str, Any]:
            return {**load_pinned(url), "document": document if url == OPEN_BADGES else copy.deepcopy(schemas.context(url))}

        kept_apart = ContextResolver({}, load)  # what PyLD resolves without it, it keeps for the whole process
        jsonld.expand(copy.deepcopy(self.IMPORTING), {"documentLoader": load, "contextResolver": kept_apart, "base": BASE})
        assert document != schemas.context(OPEN_BADGES)


class TestProtection:
    """2: what was processed where protected terms may be overridden was taken also where they may not."""

    REDEFINED: Final = {"name": "urn:evil"}
    DOCUMENT: Final = {
        "@context": [V2, {"aScope": {"@id": "urn:scope", "@context": REDEFINED}, "zOther": "urn:other"}],
        "id": "urn:a",
        "aScope": {"name": "x"},
        "zOther": {"@context": REDEFINED, "name": "x"},
    }

    def test_a10_a_protected_term_cannot_be_redefined_after_it_was_overridden_elsewhere(self) -> None:
        allowed = {name: value for name, value in self.DOCUMENT.items() if name != "zOther"}
        assert expand(allowed)[0]["urn:scope"] == [{"urn:evil": [{"@value": "x"}]}]
        with pytest.raises(ProofTransformationError, match="protected term redefinition"):
            expand(self.DOCUMENT)
        with pytest.raises(ProofTransformationError, match="protected term redefinition"):
            says([V2, self.REDEFINED], id="urn:a", name="x")

    def test_pyld_itself_still_lets_it_be_redefined(self) -> None:
        expanded = jsonld.expand(self.DOCUMENT, {"documentLoader": load_pinned, "base": BASE})
        assert expanded[0]["urn:other"] == [{"urn:evil": [{"@value": "x"}]}]

    def test_a11_a_context_cannot_be_emptied_of_protected_terms(self) -> None:
        with pytest.raises(ProofTransformationError, match="invalid context nullification"):
            says([V2, None, {"name": "urn:n"}], name="x")


class TestCaches:
    """3: every inline context was kept for ever, in caches that threads cannot share."""

    def test_inline_contexts_are_forgotten(self) -> None:
        import gc  # noqa: PLC0415  # this test alone

        says([V2, {"warm": "urn:warm"}], id="urn:a", warm="x")
        gc.collect()
        before = len(gc.get_objects())
        for number in range(200):
            says([V2, {f"term{number}": f"urn:term{number}"}], id="urn:a", **{f"term{number}": "x"})
        gc.collect()
        assert len(gc.get_objects()) - before < 100 * 200

    def test_threads_agree(self) -> None:
        documents = [
            {"@context": [V2, {f"t{number}": f"urn:t{number}"}], "id": "urn:a", "type": "VerifiableCredential", f"t{number}": "x"}
            for number in range(40)
        ]
        alone = [rdf.canonicalize(document) for document in documents]
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(rdf.canonicalize, documents * 5)) == alone * 5


class TestDrops:
    """4: what no context defines, and a value that says nothing, was dropped without a word."""

    @pytest.mark.parametrize(
        "members",
        [
            {"undefined": "x"},
            {"undefined": {"id": "urn:b"}},
            {"name": [{"@value": None}]},
            {"name": {"@language": "en"}},
            {"credentialSubject": [{"undefined": None}]},
            {"@included": [{"id": "urn:b"}, {"undefined": 1}]},
        ],
    )
    def test_it_is_refused(self, members: dict[str, Any]) -> None:
        document = {"@context": V2, "id": "urn:a", "type": "VerifiableCredential", **members}
        with pytest.raises(DataLossError):
            expand(document)
        assert Processor(strict=False).expand_document(document, base=BASE)

    def test_a_term_that_a_context_empties_is_refused(self) -> None:
        with pytest.raises(DataLossError, match="defined as nothing"):
            says([V2, {"claim": None}], id="urn:a", claim="not signed")
        with pytest.raises(DataLossError, match="'claim'"):
            says([{"@vocab": "urn:v:"}, {"@vocab": None}], claim="not signed")

    @pytest.mark.parametrize(
        "context",
        [
            {"@reserved": "urn:v:"},
            {"claim": "@reserved"},
            {"claim": {"@id": "@reserved"}},
            {"claim": {"@reverse": "@reserved"}},
            {"scope": {"@id": "urn:scope", "@context": {"@reserved": "urn:v:"}}, "claim": "urn:claim"},
        ],
    )
    def test_a_term_that_looks_like_a_keyword_is_refused(self, context: dict[str, Any]) -> None:
        with pytest.raises(DataLossError, match="'@reserved', which is reserved"):
            says([V2, context], id="urn:a", claim={"id": "urn:b"})

    def test_null_says_nothing_and_loses_nothing(self) -> None:
        context = {"id": "@id", "p": "urn:p"}
        assert says(context, id="urn:a", p=[None, "x"]) == says(context, id="urn:a", p="x")

    def test_free_floating_values_are_refused(self) -> None:
        for value in ("text", {"@value": "x"}, {"id": "urn:b"}, {}):
            with pytest.raises(DataLossError, match="says nothing"):
                says({"id": "@id"}, **{"@graph": [value]})


class TestIdentifiers:
    """5: an identifier that looks like a keyword became None, and sorting failed."""

    DOCUMENT: Final = {"urn:p": [{"@id": "@looksLikeOne"}, {"@id": "urn:b"}], "urn:q": {"@id": "@ignored"}}

    def test_it_is_dropped_or_refused(self) -> None:
        processor = Processor(strict=False)
        graphs = processor.rdf(processor.expand_document(self.DOCUMENT, base=BASE))
        assert [triple["object"] for triple in graphs["@default"] if triple["object"]] == [{"type": "IRI", "value": "urn:b"}]
        with pytest.raises(DataLossError):
            expand(self.DOCUMENT)
        with pytest.raises(DataLossError):
            says({"p": {"@id": "urn:p", "@type": "@id"}}, p="@looksLikeOne")


class TestRdf:
    """6: what is expanded was expanded again, and texts of type `xsd:double` spelled anew."""

    @pytest.mark.parametrize("text", ["1.10", "1", "1e400", "NaN", " 1", "1_0", "x"])
    def test_a_text_stays_as_it_is(self, text: str) -> None:
        document = {"@id": "urn:a", "urn:p": {"@value": text, "@type": XSD + "double"}}
        assert rdf.canonicalize(document) == f'<urn:a> <urn:p> "{text}"^^<{XSD}double> .\n'.encode()

    def test_a_number_has_its_canonical_form(self) -> None:
        for number, spelled in ((1.5, "1.5E0"), (5e-7, "5.0E-7"), (10**21, "1.0E21"), (-0.25, "-2.5E-1")):
            assert rdf.canonicalize({"@id": "urn:a", "urn:p": number}) == f'<urn:a> <urn:p> "{spelled}"^^<{XSD}double> .\n'.encode()

    def test_what_is_expanded_is_left_as_it_is(self) -> None:
        expanded = expand({"@id": "urn:a", "urn:p": {"@list": [1, {"@list": ["x"]}]}})
        before = copy.deepcopy(expanded)
        assert Processor().rdf(expanded) == Processor().rdf(expanded)
        assert expanded == before


def test_the_document_is_left_as_it_is() -> None:
    document = {
        "@context": [V2, {"a": "urn:a", "j": {"@id": "urn:j", "@type": "@json"}}],
        "id": "urn:x",
        "a": ["b"],
        "j": {"k": [1]},
    }
    before = json.dumps(document)
    expand(document)
    assert json.dumps(document) == before


def test_a_graph_around_everything_is_taken_away() -> None:
    assert Processor().expand_document({"@graph": [{"@id": "urn:a", "urn:p": "x"}]}, base=BASE) == [
        {"@id": "urn:a", "urn:p": [{"@value": "x"}]}
    ]
    assert Processor(strict=False).expand_document({}, base=BASE) == []


def test_every_node_is_shown_with_its_object() -> None:
    document: dict[str, Any] = {
        "urn:p": [{"urn:q": "a"}, {"@value": "c"}, {"@id": "urn:d"}],
        "@reverse": {"urn:r": {"@id": "urn:e"}},
    }
    shown: list[tuple[object, dict[str, Any]]] = []

    def visit(element: Mapping[str, Any], node: dict[str, Any]) -> None:
        shown.append((element, node))
        node.setdefault("@id", "_:named")

    [expanded] = Processor(visit=visit).expand_document(document, base=BASE)
    assert [element for element, _ in shown] == [{"@id": "urn:e"}, document["urn:p"][0], {"@id": "urn:d"}, document]
    assert [node["@id"] for _, node in shown] == ["urn:e", "_:named", "urn:d", "_:named"]
    assert expanded["urn:p"] == [{"urn:q": [{"@value": "a"}], "@id": "_:named"}, {"@value": "c"}, {"@id": "urn:d"}]
    assert expanded["@reverse"] == {"urn:r": [{"@id": "urn:e"}]}


def test_a_context_that_we_do_not_ship_is_named() -> None:
    with pytest.raises(UnknownContextError, match=r"https://contexts\.example/v9"):
        load_pinned("https://contexts.example/v9")


def test_a_context_reached_in_many_ways_is_still_processed() -> None:
    for number in range(150):
        context = [{f"t{number}": f"urn:t{number}"}, OPEN_BADGES]
        assert says([V2, *context], id="urn:a", type=["VerifiableCredential", "OpenBadgeCredential"], **{f"t{number}": "x"})


@pytest.mark.parametrize(
    "context",
    [
        [V2] * 5000,
        [V2, *([{"other": "urn:other"}, OPEN_BADGES] * 1000)],
        [V2, {"scope": {"@id": "urn:scope", "@context": [V2] * 5000}}],
    ],
)
def test_contexts_without_end_are_refused_soon(context: list[object]) -> None:
    started = time.process_time()
    with pytest.raises(ComplexityLimitError, match="more terms than we process"):
        says(context, id="urn:a", type="VerifiableCredential")
    assert time.process_time() - started < 10
