"""PyLD's JSON-LD processor, mended; this module and `canonical` are the only doors to PyLD.

What PyLD 3.3.0 does, and what is done about it here:

1. `@import` writes the importing context into the imported document, so that one hostile document would change a context for all
   that come after. A context that imports gets copies.
2. A context that was processed where protected terms may be overridden is kept, and taken from there also where they may not. The
   two are kept apart.
3. Every inline context is kept for ever. Only those of pinned documents are kept, by identity, which is also what makes this fast.
4. What no context defines, a term that looks like a keyword, and a value that says nothing, is dropped. A strict processor raises.
5. An identifier that looks like a keyword becomes None, and then sorting fails. It becomes the empty, relative IRI, and is dropped.
6. `to_rdf` expands what is expanded, and numbers spelled in a text of type `xsd:double` anew. It takes what it is given.
"""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from pyld import jsonld  # type: ignore[import-untyped]  # PyLD ships no types
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]
from pyld.resolved_context import ResolvedContext  # type: ignore[import-untyped]

import schemas
from credentials.errors import ComplexityLimitError, DataLossError, UnknownContextError

JsonLdError: Final = jsonld.JsonLdError
XSD_DOUBLE: Final = "http://www.w3.org/2001/XMLSchema#double"
Load = Callable[[str, object], dict[str, Any]]
Known = Mapping[str | int, list[ResolvedContext]]
Visit = Callable[[Mapping[str, Any], dict[str, Any]], None]
_MODE: Final = "json-ld-1.1"
_KEYWORD_LIKE: Final = re.compile("@[A-Za-z]+")
_SAYS_MORE: Final = frozenset({"@type", "@language", "@direction"})
_MAX_TERMS: Final = 50_000  # a second's work; the largest context that we ship has some hundreds
_KEPT: Final = 256  # ways in which one pinned context was reached


def load_pinned(url: str, _options: object = None) -> dict[str, Any]:
    """Return a pinned context as PyLD takes it.

    Raises:
        UnknownContextError: we do not ship it.
    """
    if url not in schemas.CONTEXTS:
        raise UnknownContextError(f"we do not know the context {url[:200]!r}", pointer="/@context")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": schemas.context(url)}


def _load_copy(load: Load) -> Load:
    def copied(url: str, options: object = None) -> dict[str, Any]:
        found = load(url, options)
        return {**found, "document": copy.deepcopy(found["document"])}

    return copied


class _Kept(dict[str, Any]):
    """What came of a context, by the context it was processed upon; forgotten when it grows."""

    def __setitem__(self, key: str, value: object) -> None:
        if len(self) >= _KEPT:
            self.clear()
        super().__setitem__(key, value)


_REVERTING: Final = _Kept()


def _resolved(context: object) -> ResolvedContext:
    resolved = ResolvedContext(context)
    resolved.cache = _Kept()  # PyLD's own is not safe for threads
    return resolved


@cache
def _pinned(_overriding: bool) -> Known:  # noqa: FBT001  # the key of the cache: kept apart where protected terms may be overridden
    """Return the contexts of all pinned documents, by URL, and by identity those that stand inside."""
    tops = {url: schemas.context(url)["@context"] for url in schemas.CONTEXTS}
    found: dict[str | int, list[ResolvedContext]] = {id(item): [_resolved(item)] for top in tops.values() for item in _inner(top)}
    return found | {url: found[id(top)] for url, top in tops.items() if id(top) in found}


def _inner(context: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a context document that can be a context; one that is listed goes PyLD's own way."""
    pending = [context]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending.extend(item.values())


class _Resolver(ContextResolver):  # type: ignore[misc]  # PyLD ships no types
    def __init__(self, load: Load, known: Known) -> None:
        super().__init__({}, load)
        self._known = known

    def resolve(self, active_ctx: Any, context: Any, base: str, cycles: Any = None) -> list[ResolvedContext]:  # noqa: ANN401
        if isinstance(context, list):
            return [resolved for item in context for resolved in self.resolve(active_ctx, item, base, cycles)]
        known = self._known.get(context if isinstance(context, str) else id(context))
        return known or super().resolve(active_ctx, context, base, cycles)


def _refuse_dropped(term: str | None) -> None:
    named = f"no context defines the term {term[:200]!r}" if term else "a term is defined as nothing"
    raise DataLossError(f"{named}, so it would not be signed")


class Processor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD ships no types
    """Expands one document, and turns what it expanded into RDF."""

    def __init__(self, *, load: Load = load_pinned, strict: bool = True, visit: Visit | None = None) -> None:
        """Make a processor for one document.

        Args:
            load: brings context documents.
            strict: refuse what JSON-LD would drop.
            visit: is shown each JSON object with the node that it became, and may name one that has no identifier.
        """
        super().__init__(_refuse_dropped if strict else jsonld.noop)
        self._strict = strict
        self._visit = visit
        self._terms = 0
        pinned = load is load_pinned
        self._resolvers = {flag: _Resolver(load, _pinned(flag) if pinned else {}) for flag in (False, True)}
        self._importing = _Resolver(_load_copy(load), {})

    def expand_document(self, document: Mapping[str, Any], *, base: str, context: object = None, mode: str = _MODE) -> list[Any]:
        """Return the expanded form (JSON-LD 1.1 API §5.1.2); the document is not copied and not changed.

        Raises:
            DataLossError: strict, and something would be dropped.
            UnknownContextError: a context that `load` does not bring.
            ComplexityLimitError: its contexts are too many.
            JsonLdError: PyLD refuses the document.
        """
        options = {"base": base, "processingMode": mode, "isFrame": False, "keepFreeFloatingNodes": False}
        active = self._get_initial_context(options)
        if context is not None:
            active = self._process_context(active, context, options)
        expanded = self._expand(active, None, document, options, inside_list=False)
        if isinstance(expanded, dict) and set(expanded) == {"@graph"}:
            expanded = expanded["@graph"]
        return expanded if isinstance(expanded, list) else [] if expanded is None else [expanded]

    def rdf(self, expanded: list[Any], **options: object) -> dict[str, list[dict[str, Any]]]:
        """Return PyLD's dataset of an expanded document, graph name to triples.

        Raises:
            JsonLdError: PyLD refuses the document.
        """
        graphs: dict[str, list[dict[str, Any]]] = self.to_rdf(expanded, {"processingMode": _MODE, **options})
        return graphs

    def literal(self, value_object: Mapping[str, Any], **options: object) -> Mapping[str, Any]:
        """Return PyLD's term for an expanded value (JSON-LD 1.1 API §8.2.2)."""
        term: Mapping[str, Any] = self._object_to_rdf(value_object, None, [], {"processingMode": _MODE, **options})
        return term

    def expand(self, input_: Any, _options: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON
        """Return what is expanded already: `to_rdf` calls it."""
        return input_

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        overriding = bool(args[0] if args else named.get("override_protected"))
        resolver = self._importing if _imports(local_ctx) else self._resolvers[overriding]
        if named.get("propagate") is False and isinstance(local_ctx, Mapping) and "@propagate" not in local_ctx:
            active_ctx = self._reverting(active_ctx)
        return super()._process_context(active_ctx, local_ctx, {**options, "contextResolver": resolver}, *args, **named)

    def _reverting(self, active_ctx: Any) -> Any:  # noqa: ANN401
        """Return the context that a type-scoped one reverts to; PyLD makes a new one each time, and so finds nothing kept."""
        if active_ctx.get("previousContext") or "_uuid" not in active_ctx:
            return active_ctx
        clone = _REVERTING.get(active_ctx["_uuid"])
        if clone is None:
            clone = {**self._clone_active_context(active_ctx), "previousContext": active_ctx, "_uuid": str(uuid.uuid4())}
            _REVERTING[active_ctx["_uuid"]] = clone
        return clone

    def _expand_iri(self, active_ctx: Any, value: Any, base: Any = None, vocab: bool = False, *args: Any, **named: Any) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Return the IRI of a defined term at once; PyLD first tries whether it looks like a keyword, which no term does."""
        if vocab and not args and not named and isinstance(value, str) and value[:1] != "@":
            mapping = active_ctx["mappings"].get(value)
            if mapping:
                return mapping["@id"]
        return super()._expand_iri(active_ctx, value, base, vocab, *args, **named)

    def _expand_value(self, active_ctx: Any, active_property: Any, value: Any, options: Any) -> Any:  # noqa: ANN401
        """Return a text of a term that gives it no type and no language as it is; PyLD looks the term up five times."""
        if isinstance(value, str) and not _SAYS_MORE & active_ctx.keys():
            mapping = active_ctx["mappings"].get(active_property)
            if mapping and not _SAYS_MORE & mapping.keys() and mapping["@id"][:1] != "@":
                return {"@value": value}
        return super()._expand_value(active_ctx, active_property, value, options)

    def _create_term_definition(self, active_ctx: Any, local_ctx: Any, term: str, *args: Any, **named: Any) -> None:  # noqa: ANN401
        self._terms += 1
        if self._terms > _MAX_TERMS:
            raise ComplexityLimitError("the document's contexts define more terms than we process")
        if self._strict:
            _check_reserved(term, local_ctx.get(term))
        super()._create_term_definition(active_ctx, local_ctx, term, *args, **named)

    def _expand(self, active_ctx: Any, active_property: Any, element: Any, options: Any, **named: Any) -> Any:  # noqa: ANN401
        result = super()._expand(active_ctx, active_property, element, options, **named)
        if result is None:
            if self._strict and element is not None:
                raise DataLossError("a value that says nothing would be dropped, and so would not be signed")
        elif isinstance(result, dict):
            if result.get("@id", "") is None:
                result["@id"] = ""
            if self._visit and isinstance(element, dict) and active_property != "@reverse" and _is_node(result):
                self._visit(element, result)
        return result

    def _object_to_rdf(self, item: Any, issuer: Any, triples: Any, options: Any) -> Any:  # noqa: ANN401
        if isinstance(item, dict) and item.get("@type") == XSD_DOUBLE and isinstance(item["@value"], str):
            return {"type": "literal", "value": item["@value"], "datatype": XSD_DOUBLE}
        term = super()._object_to_rdf(item, issuer, triples, options)
        if term is None and self._strict:
            raise DataLossError("an IRI is malformed, and would not be signed")
        return term


def _check_reserved(term: str, definition: object) -> None:
    targets = [definition.get("@id"), definition.get("@reverse")] if isinstance(definition, Mapping) else [definition]
    for name in (term, *targets):
        if isinstance(name, str) and _KEYWORD_LIKE.fullmatch(name) and name not in jsonld.KEYWORDS:
            raise DataLossError(f"a context uses {name!r}, which is reserved and would be ignored")


def _imports(context: object) -> bool:
    return any(isinstance(item, dict) and "@import" in item for item in (context if isinstance(context, list) else [context]))


def _is_node(expanded: Mapping[str, Any]) -> bool:
    return not any(key in expanded for key in ("@value", "@list", "@set"))
