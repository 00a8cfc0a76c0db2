"""Codes of fields and occupations in lists that are to be published: each must be one of ISCED-F 2013 or of ISCO-08.

A wrong code covers nothing, and nobody would see why: it is named with its place before anything is signed. Verifying never refuses
one, so that a later edition of a classification breaks no lists that were published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import schemas
from trust.records import Authority, IssuerRecord, parse_scope
from trust.rules import Rule
from trust.scope import Scope

_FIELD, _OCCUPATION = "ext:ISCEDF", "ext:ISCO08"
_NAMES: Final = {_FIELD: "ISCED-F 2013 (such as 0715)", _OCCUPATION: "ISCO-08 (such as 7212)"}
_LONGEST_SHOWN: Final = 20
Named = tuple[str, str, str, str]
"""Target path, id of the record, classification and code."""


def unknown_codes(
    documents: Mapping[str, Mapping[str, Any]],
    authorities: Iterable[Authority],
    issuers: Iterable[IssuerRecord],
    rules: Iterable[Rule],
) -> Iterator[tuple[str, str, str]]:
    """Yield (target path, id of the record, what is wrong and what to write) of each unknown code; an empty text names none.

    Args:
        documents: target path to file.
        authorities: those in the files, read.
        issuers: likewise.
        rules: likewise.
    """
    for path, name, kind, code in (*_of_scopes(documents, authorities, issuers, rules), *_of_records(documents)):
        if code and code not in schemas.classification_codes(kind):
            shown = repr(code[:_LONGEST_SHOWN])
            yield path, name, f"{shown} is no code of {_NAMES[kind]}: write one that is, or a shorter one that it lies in"


def _of_scopes(
    documents: Mapping[str, Mapping[str, Any]],
    authorities: Iterable[Authority],
    issuers: Iterable[IssuerRecord],
    rules: Iterable[Rule],
) -> Iterator[Named]:
    scopes: list[tuple[str, str, Scope]] = []
    scopes += [(f"states/{one.state}/issuers.json", entry.id, entry.scope) for one in issuers for entry in one.accreditations]
    scopes += [(f"states/{one.state}/authorities.json", one.id, entry.scope) for one in authorities for entry in one.mandates]
    scopes += [(f"states/{one.state}/rules.json", one.id, one.scope) for one in rules]
    scopes += [(path, record["id"], parse_scope(record.get("scope", {}))) for path, record in _records(documents, "suspensions")]
    for path, name, scope in scopes:
        yield from ((path, name, _FIELD, code) for code in scope.fields or ())
        yield from ((path, name, _OCCUPATION, code) for code in scope.occupations or ())


def _of_records(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[Named]:
    for path, record in _records(documents, "qualifications"):
        yield path, record["id"], _FIELD, record["field"]
        yield path, record["id"], _OCCUPATION, record["isco"]
    for path, record in _records(documents, "rules"):
        yield from ((path, record["id"], _OCCUPATION, code) for code in _occupations(record.get("requires")))


def _records(documents: Mapping[str, Mapping[str, Any]], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, document in documents.items():
        yield from ((path, record) for record in document[name]) if path.endswith(f"/{name}.json") else ()


def _occupations(tree: object) -> Iterator[str]:
    """Yield the occupations that a tree of conditions names; it was read before, and is at most eight deep."""
    if isinstance(tree, dict) and isinstance(tree.get("isco"), str):
        yield tree["isco"]
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _occupations(branch)
