"""JSON-LD expansion that drops nothing.

PyLD has no safe mode: what no context defines is dropped silently, and what is dropped is not signed. The strict `Processor`
refuses undefined terms and values that say nothing. Relative IRIs, undefined types among them, are found by a base IRI that nobody
uses. What RDF would leave out although JSON-LD keeps it (an `@index`, a direction of a number, digits beyond a double) is refused
here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import schemas
from credentials.errors import DataLossError, ProofTransformationError, UnknownContextError, VCError
from credentials.rdf.processor import XSD_DOUBLE, JsonLdError, Processor, Visit

RELATIVE: Final = "https://x-comity-relative.invalid/"
_BLANK: Final = "_:"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|^`\\]*")
_BLANK_NODE: Final = re.compile(r"_:[^\s\x00-\x20<>\"{}|^`\\]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_EXACT_INTEGER: Final = 10**21  # JSON-LD writes larger ones as xsd:double
_EXACT_IN_JSON: Final = 2**53
_LARGEST: Final = sys.float_info.max


def expand(document: Mapping[str, object], *, visit: Visit | None = None) -> list[Any]:
    """Return the expanded form of a JSON-LD document whose every term, type and IRI is defined.

    Args:
        document: left as it is.
        visit: is shown each JSON object with the node that it became, and may name one that has no identifier.

    Raises:
        DataLossError: names the first thing that would be dropped.
        UnknownContextError: a context that we do not ship.
        ProofTransformationError: not JSON-LD.
    """
    check_contexts(document)
    try:
        expanded = Processor(visit=visit).expand_document(document, base=RELATIVE)
    except JsonLdError as error:
        raise _explained(error) from error
    except (TypeError, AttributeError, ValueError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise ProofTransformationError("the document is not JSON-LD that can be processed") from error
    for node in expanded:
        _check(node)
    return expanded


def check_contexts(document: Mapping[str, object]) -> None:
    """Raise unless we ship every context that a document names at its top.

    Raises:
        UnknownContextError: names the first that we do not know.
    """
    for position, item in enumerate(_listed(document)):
        if isinstance(item, str) and item not in schemas.CONTEXTS:
            raise UnknownContextError(f"we do not know the context {item[:200]!r}", pointer=f"/@context/{position}")


def _listed(document: Mapping[str, object]) -> Sequence[object]:
    contexts = document.get("@context", [])
    return contexts if isinstance(contexts, (list, tuple)) else [contexts]


def _explained(error: Exception) -> Exception:
    cause: BaseException | None = error
    code = None
    while cause is not None:
        if isinstance(cause, VCError):
            return type(cause)(cause.detail, pointer=cause.pointer)
        code = getattr(cause, "code", None) or code
        cause = cause.__cause__
    return ProofTransformationError(f"JSON-LD refuses the document: {code or 'not JSON-LD'}")


def _check(node: object) -> None:
    for role, iri in dict.fromkeys(_iris(node)):
        if iri.startswith(RELATIVE):
            raise DataLossError(f"no context defines the {role} {iri.removeprefix(RELATIVE)[:200]!r}, and it is a relative IRI")
        if iri.startswith(_BLANK) and role in {"term", "datatype"}:
            raise DataLossError(f"a blank node cannot be a {role}")
        if not (_BLANK_NODE if iri.startswith(_BLANK) else _IRI).fullmatch(iri):
            raise DataLossError(f"the {role} {iri[:200]!r} is not an absolute IRI")


def _iris(node: object) -> Iterator[tuple[str, str]]:
    """Yield (role, IRI) of everything in an expanded document that becomes an IRI."""
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, dict):
            if "@index" in item:
                raise DataLossError("an @index is not part of what is signed")
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
    value, datatype, language = item["@value"], item.get("@type"), item.get("@language")
    if datatype == "@json":
        _check_json_numbers(value)
        return
    _check_number(value, datatype)
    if datatype is not None:
        yield "datatype", datatype
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise DataLossError(f"{language[:50]!r} is no language tag")
    if "@direction" in item and not isinstance(value, str):
        raise DataLossError("only a text has a direction")


def _check_number(value: object, datatype: object) -> None:
    """Raise when JSON-LD would write a number with other digits: what is rounded away is not signed."""
    if not isinstance(value, (int, float)):
        return
    if abs(value) >= _EXACT_INTEGER or value != int(value) or datatype == XSD_DOUBLE:
        _check_digits(value, f"{value:.15E}" if abs(value) <= _LARGEST else "")


def _check_digits(value: float, written: str) -> None:
    if not written or float(written) != value:
        raise DataLossError("a number has more digits than JSON-LD signs")


def _check_json_numbers(value: object) -> None:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, Mapping):
            pending.extend(item.values())
        elif isinstance(item, int) and abs(item) > _EXACT_IN_JSON:
            _check_digits(item, "")
