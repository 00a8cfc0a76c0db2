"""JSON-LD expansion that drops nothing.

PyLD has no safe mode: a term that no context defines is dropped silently, and what is dropped is not signed. So a first context
`{"@vocab": …}` and a base IRI that nobody uses are put beneath the document's own; whatever takes either of them was undefined or
relative, and is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pyld import jsonld  # type: ignore[import-untyped]  # PyLD ships no types; this package is its only door
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]

import schemas
from credentials.errors import DataLossError, MalformedValueError, ProofTransformationError

_UNDEFINED: Final = "urn:x-comity-undefined:"
_RELATIVE: Final = "https://x-comity-relative.invalid/"
_BLANK: Final = "_:"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_RESOLVED: Final[dict[str, object]] = {}  # PyLD's cache of resolved contexts: pinned documents only, so bounded


class _UnknownContextError(Exception):
    """Raised through PyLD, which wraps it: the document names a context that we do not ship."""


def _load(url: str, _options: object = None) -> dict[str, object]:
    try:
        document = schemas.context(url)
    except KeyError as error:
        raise _UnknownContextError(url) from error
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def expand(document: Mapping[str, object]) -> list[Any]:
    """Return the expanded form of a JSON-LD document whose every term, type and IRI is defined.

    Raises:
        DataLossError: names the first thing that would be dropped.
        MalformedValueError: a context that we do not ship, or that JSON-LD refuses.
        ProofTransformationError: not JSON-LD.
    """
    check_contexts(document)
    guarded = {**document, "@context": [{"@vocab": _UNDEFINED}, *_listed(document)]}
    options = {
        "base": _RELATIVE,
        "documentLoader": _load,
        "contextResolver": ContextResolver(_RESOLVED, _load),
        "processingMode": "json-ld-1.1",
    }
    try:
        expanded: list[Any] = jsonld.expand(guarded, options)
    except jsonld.JsonLdError as error:
        raise _explained(error) from error
    except (TypeError, AttributeError, ValueError, KeyError, RecursionError) as error:
        raise ProofTransformationError("the document is not JSON-LD that can be processed") from error
    for node in expanded:
        _check(node)
    return expanded


def check_contexts(document: Mapping[str, object]) -> None:
    """Raise unless we ship every context that a document names at its top.

    Raises:
        MalformedValueError: names the first that we do not know.
    """
    for position, item in enumerate(_listed(document)):
        if isinstance(item, str) and item not in schemas.CONTEXTS:
            raise MalformedValueError(f"we do not know the context {item[:200]!r}", pointer=f"/@context/{position}")


def _listed(document: Mapping[str, object]) -> Sequence[object]:
    contexts = document.get("@context", [])
    return contexts if isinstance(contexts, (list, tuple)) else [contexts]


def _explained(error: Exception) -> Exception:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _UnknownContextError):
            return MalformedValueError(f"we do not know the context {str(cause)[:200]!r}", pointer="/@context")
        cause = cause.__cause__ or cause.__context__
    code = getattr(error, "code", None) or "not JSON-LD"
    return ProofTransformationError(f"JSON-LD refuses the document: {code}")


def _check(node: object) -> None:
    for role, iri in _iris(node):
        if iri.startswith(_UNDEFINED):
            raise DataLossError(f"no context defines the {role} {iri.removeprefix(_UNDEFINED)[:200]!r}")
        if iri.startswith(_RELATIVE):
            raise DataLossError(f"the {role} {iri.removeprefix(_RELATIVE)[:200]!r} is a relative IRI")
        if iri.startswith(_BLANK) and role == "term":
            raise DataLossError("a blank node cannot be a term")
        if not iri.startswith(_BLANK) and not _IRI.fullmatch(iri):
            raise DataLossError(f"the {role} {iri[:200]!r} is not an absolute IRI")


def _iris(node: object) -> Iterator[tuple[str, str]]:
    """Yield (role, IRI) of everything in an expanded document that becomes an IRI."""
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, (list, tuple)):
            pending.extend(item)
        elif isinstance(item, Mapping):
            if "@value" in item:
                yield from _value_iris(item)
                continue
            for key, value in item.items():
                if key == "@id":
                    yield "id", str(value)
                elif key == "@type":
                    yield from (("type", str(name)) for name in value)
                else:
                    if not key.startswith("@"):
                        yield "term", key
                    pending.append(value)


def _value_iris(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    datatype, language = item.get("@type"), item.get("@language")
    if datatype is not None and datatype != "@json":
        yield "datatype", datatype
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise DataLossError(f"{language[:50]!r} is no language tag")
