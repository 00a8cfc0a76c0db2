"""The vectors of JSON-LD: to RDF, and the contexts themselves."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import schemas
from comity.conformance.cases import Case, SkippedCase, WrongAnswerError, expect, read
from comity.conformance.contexts import revisions
from credentials.rdf.canonical import canonical_n_quads
from credentials.rdf.dataset import dataset_of, read_n_quads
from credentials.rdf.processor import JsonLdError, Processor

BASE: Final = "https://w3c.github.io/json-ld-api/tests/"
_OLD: Final = "JSON-LD 1.0 alone: a processor of version 1.1 answers otherwise"
_GENERALIZED: Final = "generalized RDF, obsolete: a predicate that is a blank node is no RDF, and is refused here"
NOT_APPLICABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "#t0118": _GENERALIZED,
        "#te014": f"{_OLD} (an `@set` of values that are reordered)",
        "#te026": f"{_OLD} (a term for `@type` with other than `@type`)",
        "#te071": f"{_OLD} (terms that look like compact IRIs)",
        "#te075": _GENERALIZED,
        "#te115": f"{_OLD} (relative `@vocab`)",
        "#te116": f"{_OLD} (relative `@vocab`)",
        "#ter02": f"{_OLD} (its error is named `recursive context inclusion`)",
        "#ter03": f"{_OLD} (its error is named `recursive context inclusion`)",
        "#ter24": f"{_OLD} (lists of lists)",
        "#ter32": f"{_OLD} (lists of lists)",
    }
)
"""Tests of the W3C that cannot apply, each with its reason: the suite marks them itself."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The W3C tests of JSON-LD to RDF, in a folder."""

    folder: Path

    def tests(self) -> list[dict[str, Any]]:
        """Return the manifest's tests, in order."""
        return list(read(self.folder / "toRdf-manifest.jsonld")["sequence"])

    def stored(self, name: str) -> Path:
        """Return a file: some stand beside the manifest, some under the name of another folder."""
        path = self.folder / name
        return path if path.exists() else self.folder / "toRdf" / Path(name).name

    def load(self, url: str, _options: object = None) -> dict[str, Any]:
        """Return a document of the suite as PyLD takes it."""
        document = read(self.stored(url.removeprefix(BASE)))
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    def n_quads(self, test: Mapping[str, Any]) -> bytes:
        """Return the canonical form of what a test's document says.

        Raises:
            JsonLdError: it is not JSON-LD.
        """
        option = test.get("option", {})
        context = read(self.stored(option["expandContext"]))["@context"] if "expandContext" in option else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyLD warns of terms that look like keywords
            expanded = Processor(load=self.load, strict=False).expand_document(
                read(self.stored(test["input"])),
                base=option.get("base", BASE + test["input"]),
                context=context,
                mode=option.get("processingMode", "json-ld-1.1"),
            )
            return canonical_n_quads(dataset_of(expanded, strict=False, direction=option.get("rdfDirection", "")))


def json_ld_to_rdf(folder: Path) -> Iterator[Case]:
    """Give the W3C tests of JSON-LD to RDF: what is said, what is well-formed, and what is refused with which error."""
    suite = Suite(folder)
    for test in suite.tests():
        reason = NOT_APPLICABLE.get(test["@id"])
        case = partial(_left_out, reason) if reason else partial(_case(test["@type"]), suite, test)
        yield f"{test['@id'][1:]} {test['name']}", case


def _left_out(reason: str) -> None:
    raise SkippedCase(reason)


def _case(kinds: list[str]) -> Callable[[Suite, Mapping[str, Any]], None]:
    if "jld:NegativeEvaluationTest" in kinds:
        return _refused
    return _well_formed if "jld:PositiveSyntaxTest" in kinds else _said


def _well_formed(suite: Suite, test: Mapping[str, Any]) -> None:
    _n_quads(suite, test)


def _n_quads(suite: Suite, test: Mapping[str, Any]) -> bytes:
    try:
        return suite.n_quads(test)
    except JsonLdError as error:
        raise WrongAnswerError(f"refused: {_codes(error)}") from error


def _said(suite: Suite, test: Mapping[str, Any]) -> None:
    expect(_n_quads(suite, test), canonical_n_quads(read_n_quads(suite.stored(test["expect"]).read_bytes())))


def _refused(suite: Suite, test: Mapping[str, Any]) -> None:
    try:
        suite.n_quads(test)
    except JsonLdError as error:
        found = _codes(error)
    else:
        raise WrongAnswerError("accepted, and should be refused")
    if test["expectErrorCode"] not in found:
        raise WrongAnswerError(f"refused as {found}, expected {test['expectErrorCode']}")


def _codes(error: BaseException | None) -> list[str]:
    """Return the codes of an error and of what led to it."""
    found = []
    while error is not None:
        found.append(getattr(error, "code", None))
        error = error.__cause__
    return [code for code in found if code]


def contexts(folder: Path) -> Iterator[Case]:
    """Give the contexts of others, each with its digest: what we hold under its name is that file and no other."""
    for row in read(folder / "index.json"):
        yield row["url"], partial(_context, row, folder)


def _context(row: Mapping[str, str], folder: Path) -> None:
    content = (folder / row["file"]).read_bytes()
    expect(hashlib.sha256(content).hexdigest(), row["sha256"])
    url, _, note = row["url"].partition(" ")
    held = revisions(url)
    if not held or note.startswith("(copy "):
        raise SkippedCase("not shipped: nothing that is issued or accepted here names it")
    position = 1 if note else 0  # a superseded revision stands after the one in use
    expect(json.loads(held[position]), json.loads(content))
    if url in schemas.CONTEXTS and not note:
        expect(schemas.CONTEXTS[url][1], row["sha256"])
