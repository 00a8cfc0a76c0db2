"""What ecdsa-sd-2023 and bbs-2023 share: statements under labels, and their selection by JSON pointers (vc-di-ecdsa §3.4).

An issuer signs each statement by itself, so that a holder can show some of them. Blank nodes get labels from an HMAC, because the
canonical ones would tell how many nodes are not shown, and in what order they come.

    Disclosable.of(document, label_map)     the statements, sorted, under the suite's labels
        .indexes(pointers)                  which of them the pointers select
        .reveal(pointers)                   the part of the document that they select, and the labels that a verifier needs
    relabelled(document, labels)            the statements of a revealed document, on the verifier's side
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.errors import DataLossError, MalformedValueError, ProofVerificationError
from credentials.rdf.limits import check_shape
from credentials.rdf.statements import NodeNames, Statement, canonical_labels, line_of, lines_of, statements_of

LabelMap = Callable[[Collection[str]], Mapping[str, str]]
"""Canonical labels, such as `c14n0`, to the labels that a suite signs under."""

MAX_POINTERS: Final = 1_000
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,5}")
_KEPT: Final = frozenset({"@context", "id", "@id", "type", "@type"})
_ESCAPE: Final = re.compile(r"~(?![01])")


def hmac_labels(key: bytes) -> LabelMap:
    """Return the label map of ecdsa-sd-2023: base64url of the HMAC of each canonical label (vc-di-ecdsa §3.4.4)."""

    def labels(canonical: Collection[str]) -> dict[str, str]:
        return {label: "u" + b64url_encode(hmac.digest(key, label.encode(), hashlib.sha256)) for label in canonical}

    return labels


def shuffled_labels(key: bytes) -> LabelMap:
    """Return the label map of bbs-2023: `b0`, `b1` … in the order of the HMACs (vc-di-bbs §3.3.1)."""

    def labels(canonical: Collection[str]) -> dict[str, str]:
        digests = hmac_labels(key)(canonical)
        return {label: f"b{place}" for place, label in enumerate(sorted(digests, key=digests.__getitem__))}

    return labels


@dataclass(frozen=True, slots=True)
class Revealed:
    """A part of a document.

    Attributes:
        document: the part, without a proof.
        indexes: which of the whole document's statements it makes, in order.
        labels: the part's own canonical labels to the labels of the whole.
    """

    document: dict[str, Any]
    indexes: tuple[int, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Disclosable:
    """A document whose statements can be shown one by one.

    Attributes:
        document: without a proof.
        lines: its canonical N-Quads under the suite's labels, sorted.
    """

    document: dict[str, Any]
    lines: tuple[str, ...]
    _names: NodeNames
    _labels: Mapping[str, str]
    _places: Mapping[Statement, int]

    @classmethod
    def of(cls, document: Mapping[str, Any], label_map: LabelMap) -> Disclosable:
        """Return the statements of a document.

        Raises:
            VCError: as `rdf.canonicalize`.
        """
        names, copied = NodeNames(), _copied(document)
        statements = statements_of(copied, names)
        canonical = canonical_labels(statements)
        named = label_map(canonical.values())
        labels = {node: named[label] for node, label in canonical.items()}
        spelled = {line_of(statement, labels): statement for statement in statements}
        lines = tuple(sorted(spelled))
        return cls(copied, lines, names, labels, {spelled[line]: place for place, line in enumerate(lines)})

    def indexes(self, pointers: Iterable[str]) -> tuple[int, ...]:
        """Return which lines the pointers select: their values, and what leads to them.

        Raises:
            MalformedValueError: a pointer that matches nothing.
            DataLossError: a pointer into an ordered list or a value, of which no part can be shown by itself.
        """
        part = select(self.document, pointers, self._names)
        return self._found(statements_of(part, self._names)) if part else ()

    def reveal(self, pointers: Sequence[str]) -> Revealed:
        """Return the part that the pointers select.

        Raises:
            MalformedValueError: a pointer that matches nothing, or no pointer.
            DataLossError: a pointer into an ordered list or a value, of which no part can be shown by itself.
        """
        part = select(self.document, pointers, self._names)
        if not part:
            raise MalformedValueError("nothing is selected")
        statements = statements_of(part, self._names)
        labels = {label: self._labels[node] for node, label in canonical_labels(statements).items()}
        return Revealed(part, self._found(statements), labels)

    def _found(self, statements: Iterable[Statement]) -> tuple[int, ...]:
        try:
            return tuple(sorted(self._places[statement] for statement in statements))
        except KeyError as error:
            raise DataLossError("what a JSON pointer selects is no statement by itself") from error


def relabelled(document: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of a revealed document under the labels that the holder sent (vc-di-ecdsa §3.4.2).

    Args:
        document: without its proof.
        labels: the document's own canonical labels to those that were signed under.

    Raises:
        ProofVerificationError: the labels are not one for each blank node, all different.
        VCError: as `rdf.canonicalize`.
    """
    statements = statements_of(_copied(document), NodeNames())
    canonical = canonical_labels(statements)
    if set(canonical.values()) != set(labels) or len(set(labels.values())) != len(labels):
        raise ProofVerificationError("the proof does not label the document's blank nodes")
    return lines_of(statements, {node: labels[label] for node, label in canonical.items()})


def select(document: Mapping[str, Any], pointers: Iterable[str], names: NodeNames) -> dict[str, Any] | None:
    """Return the part of a document that JSON pointers select, or None for no pointers (vc-di-ecdsa §3.4.13).

    Identifiers, types and contexts of everything on the way are kept; what an array keeps stays in order.

    Raises:
        MalformedValueError: a pointer that is malformed or matches nothing.
    """
    listed = list(pointers)
    if len(listed) > MAX_POINTERS:
        raise MalformedValueError(f"there are more than {MAX_POINTERS} JSON pointers")
    root = _Branch()
    for pointer in listed:
        _grow(root, pointer, document)
    return _pruned(document, root, names) if listed else None


@dataclass(slots=True)
class _Branch:
    """What is selected of a value: all of it, or members and places of it."""

    whole: bool = False
    below: dict[str | int, _Branch] = field(default_factory=dict)


def _grow(root: _Branch, pointer: str, document: Mapping[str, Any]) -> None:
    branch: _Branch = root
    value: Any = document
    for step in parse_pointer(pointer):
        key: str | int = int(step) if isinstance(value, list) and _INDEX.fullmatch(step) else step
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError) as error:
            raise MalformedValueError(f"the JSON pointer {pointer[:200]!r} matches nothing") from error
        branch = branch.below.setdefault(key, _Branch())
    branch.whole = True


def _pruned(value: Any, branch: _Branch, names: NodeNames) -> Any:  # noqa: ANN401  # any JSON
    if branch.whole:
        return value
    if isinstance(value, list):
        return [_pruned(value[place], branch.below[place], names) for place in range(len(value)) if place in branch.below]
    part = {
        name: _pruned(member, branch.below[name], names) if name in branch.below and name not in _KEPT else member
        for name, member in value.items()
        if name in branch.below or name in _KEPT
    }
    names.selected_from(part, value)
    return part


def _copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy in which no object stands at two places."""
    check_shape(document)
    return {name: _copied_value(value) for name, value in document.items()}


def _copied_value(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {name: _copied_value(member) for name, member in value.items()}
    return [_copied_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def parse_pointer(pointer: object) -> tuple[str, ...]:
    """Return the steps of a JSON pointer (RFC 6901).

    Raises:
        MalformedValueError: it is none.
    """
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")) or _ESCAPE.search(pointer):
        raise MalformedValueError("a JSON pointer is empty or begins with a slash")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
