"""The same document has the same canonical N-Quads here, in PyLD alone and in `jsonld.js`."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]  # PyLD ships no types

from credentials import rdf
from credentials.errors import DataLossError
from tests.credentials.test_schema import example
from tests.credentials.world import V2, credential
from tests.independent.peer import NodePeer, contexts

pytestmark = pytest.mark.node
BASE: Final = "https://terms.example/"
BLANK: Final = re.compile(r"_:c14n\d+")
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
CONTEXT: Final[dict[str, Any]] = {
    "id": "@id",
    "type": "@type",
    "t": BASE,
    "text": BASE + "text",
    "english": {"@id": "t:english", "@language": "en"},
    "rightToLeft": {"@id": "t:rtl", "@language": "ar", "@direction": "rtl"},
    "date": {"@id": "t:date", "@type": XSD + "date"},
    "count": {"@id": "t:count", "@type": XSD + "integer"},
    "link": {"@id": "t:link", "@type": "@id"},
    "word": {"@id": "t:word", "@type": "@vocab"},
    "list": {"@id": "t:list", "@container": "@list"},
    "set": {"@id": "t:set", "@container": "@set"},
    "byLanguage": {"@id": "t:byLanguage", "@container": "@language"},
    "byIndex": {"@id": "t:byIndex", "@container": "@index"},
    "byId": {"@id": "t:byId", "@container": "@id"},
    "graph": {"@id": "t:graph", "@container": "@graph"},
    "json": {"@id": "t:json", "@type": "@json"},
    "of": {"@reverse": "t:has"},
    "Scoped": {"@id": "t:Scoped", "@context": {"text": "t:scopedText"}},
    "inner": {"@id": "t:inner", "@context": {"text": "t:innerText"}},
}

# jsonld.js writes U+FFFE and U+FFFF raw, against RDFC-1.0 §5 (characters that XML 1.1 does not allow)
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=8)
IRIS: Final = st.sampled_from(["urn:a", "did:example:b", "https://c.example/x?y#z", "_:d", "_:e"])
# jsonld.js writes numbers below 1e-6 as "0"^^xsd:integer, against JSON-LD 1.1 API §8.2.2
NUMBERS: Final = st.integers(-(2**53), 2**53) | st.builds("{}e{}".format, st.integers(-9999, 9999), st.integers(-3, 30)).map(float)
SCALARS: Final = TEXTS | NUMBERS | st.booleans()
VALUES: Final = (
    SCALARS
    | st.fixed_dictionaries({"@value": TEXTS, "@language": st.sampled_from(["en", "bn-Latn", "AR"])})
    | st.fixed_dictionaries({"@value": TEXTS, "@direction": st.sampled_from(["ltr", "rtl"])})
    | st.fixed_dictionaries({"@value": TEXTS, "@language": st.just("ar"), "@direction": st.just("rtl")})
    | st.fixed_dictionaries({"@value": TEXTS, "@type": st.just("t:datatype")})
)
PLAIN_JSON: Final = st.recursive(
    SCALARS | st.none(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2)
)


def many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, max_size=3)


def members(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "id": IRIS,
        "type": st.lists(st.sampled_from(["t:Thing", "Scoped", "urn:type"]), min_size=1, max_size=3),
        "text": many(VALUES),
        "english": TEXTS,
        "rightToLeft": TEXTS,
        "date": TEXTS,
        "count": st.integers(-(2**53), 2**53) | TEXTS,
        "link": many(IRIS | inner),
        "word": st.sampled_from(["text", "t:other", "urn:word"]),
        "list": many(VALUES | inner),
        "set": many(VALUES),
        "byLanguage": st.dictionaries(st.sampled_from(["en", "fr-CA"]), many(TEXTS), max_size=2),
        "byIndex": st.dictionaries(TEXTS.filter(bool), inner, max_size=2),
        "byId": st.dictionaries(IRIS, inner.map(lambda node: without(node, "id", "json")), max_size=2),
        "graph": inner,
        "json": PLAIN_JSON,
        "of": inner,
        "inner": inner,
    }


def without(node: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in names} or {"text": ""}


LEAF: Final = members(st.just({"text": "leaf"}))


@st.composite
def nodes(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """Return a node object that says something."""
    possible = members(nodes(depth=depth - 1)) if depth else LEAF
    names = draw(st.lists(st.sampled_from(sorted(possible)), min_size=1, max_size=4, unique=True))
    if "id" in names:  # jsonld.js writes a JSON literal as often as it is said of a node
        names = [*(name for name in names if name != "json"), "text"]
    return {name: draw(possible[name]) for name in names}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    return {"@context": CONTEXT, **draw(nodes())}


def by_pyld(document: dict[str, Any]) -> str:
    def load(url: str, _options: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts()[url], "contentType": "application/ld+json"}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None, "rdfDirection": "i18n-datatype"}
    return str(jsonld.normalize(document, options | {"documentLoader": load}))


def is_beyond_pyld(n_quads: str) -> bool:
    """Return whether PyLD alone is inexact: raw control characters in hashes, quads counted twice in which a node stands twice."""
    controls = any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in n_quads.replace("\n", ""))
    return controls or any(max(Counter(BLANK.findall(line)).values(), default=0) > 1 for line in n_quads.splitlines())


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_a_generated_document_has_one_canonical_form(node: NodePeer, document: dict[str, Any]) -> None:
    try:
        ours = rdf.canonicalize(document).decode()
    except DataLossError:  # what says nothing is refused here, and dropped elsewhere
        reject()
    assert ours == node.canonize(document)
    alone = by_pyld(document)
    assert ours == alone or is_beyond_pyld(alone)


@pytest.mark.parametrize("name", ["training-credential", "work-experience-credential"])
def test_the_examples_have_one_canonical_form(node: NodePeer, name: str) -> None:
    document = example(name)
    ours = rdf.canonicalize(document).decode()
    assert ours.count("\n") > 40
    assert ours == node.canonize(document) == by_pyld(document)
    assert ours == rdf.canonicalize(json.loads(json.dumps(document, sort_keys=True))).decode()


def nested_graphs(depth: int) -> dict[str, Any]:
    return {"text": "same"} | ({"graph": nested_graphs(depth - 1)} if depth else {})


def test_graphs_with_blank_names_have_one_canonical_form(node: NodePeer) -> None:
    document = {"@context": CONTEXT, **nested_graphs(4)}
    assert rdf.canonicalize(document).decode() == node.canonize(document) == by_pyld(document)


def test_a_presentation_of_like_credentials_has_one_canonical_form(node: NodePeer) -> None:
    carried = [credential(credentialSubject={"name": name}) for name in ("A", "B", "B")]
    document = {"@context": [V2], "type": "VerifiablePresentation", "verifiableCredential": carried}
    assert rdf.canonicalize(document).decode() == node.canonize(document) == by_pyld(document)


def test_a_node_that_names_itself_twice_is_counted_once(node: NodePeer) -> None:
    inner = {"word": "text", "link": "urn:a", "set": "", "byId": {"_:d": {"text": "leaf"}}}
    document = {"@context": CONTEXT, "byId": {"urn:a": {"byId": {"_:d": inner}}}}
    ours = rdf.canonicalize(document).decode()
    assert ours == node.canonize(document)
    assert is_beyond_pyld(ours)
    assert ours != by_pyld(document)
