"""The shape of a document: its canonical N-Quads without JSON-LD, once one like it was seen.

Certificates of one programme differ in a few texts and say everything else alike. The *shape* of a document is all of it but those
texts: context URLs, names, types, lengths of arrays, numbers. It is learnt once: each text is replaced by a marker of its own, the
reference is run up to the statements, and where each marker came out is noted. From then on a document of this shape is walked
once, its texts are put where their markers were, blank nodes are named by the hashes of their statements (RDFC-1.0 §4.6.3), and the
lines are sorted. No rule of JSON-LD is written a second time.

Why the result is what the reference gives, or none is given and the reference runs:

1. Two documents with the same key differ in texts alone: the key is a prefix code of everything else, numbers by their spelling.
2. Contexts are named at the top alone, by URL, and a URL names pinned bytes. What may hold a context, or steer how others are read
   (words with `@` other than `@id`, `@type`, `@value`, `@language`, `@direction`), has no shape; types, languages and directions
   belong to the key.
3. A text that comes out as an IRI must be an absolute one, in ASCII, whose scheme and whole are no name in any context: it stands
   for itself, as its marker did. A text that was learnt there and is none (`assertionMethod`) belongs to it.
4. A text that comes out as a literal is spelled as RDFC-1.0 spells it. One that comes out elsewhere (a datatype, a type, a
   language, a part of a JSON literal), or nowhere, has no shape: nothing that is not signed can hide in one.
5. Texts that are alike can merge nodes or statements, and blank nodes can come to look alike: equal lines or hashes are left to the
   reference.
6. A shape is kept only if it gives for its own document what the reference gives (`shapes`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, count
from operator import itemgetter
from typing import Any, Final

import schemas
from credentials.rdf.canonical import Statement, blank_labels, spelled
from credentials.rdf.dataset import dataset_of, spelled_text
from credentials.rdf.expansion import RELATIVE, expand
from credentials.rdf.limits import MAX_DEPTH

Key = tuple[object, ...]
_TRIPLE: Final = 3
_SLOT, _FIXED, _OBJECT, _ARRAY, _OTHER, _END = range(6)
_OF_THE_SHAPE: Final = frozenset({"type", "@type", "@language", "@direction"})
_KEYWORDS: Final = frozenset({"@id", "@type", "@value", "@language", "@direction"})
_RDF_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_PCHAR: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_IRI: Final = re.compile(
    rf"([A-Za-z][A-Za-z0-9+.-]*):(?://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?=[/?#]|\Z)|(?!//))(?:{_PCHAR}|/)*"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_NEEDS_ESCAPES: Final = re.compile(r'["\\\x00-\x1f\x7f\ufffe\uffff]')
_MARKER: Final = re.compile(r"urn:x-comity-slot:(\d+):")


class NoShapeError(Exception):
    """A document has no shape, or texts that its shape cannot take: the reference decides."""


def walk(document: Mapping[str, Any]) -> tuple[Key, list[str]]:
    """Return the key of a document and its texts, in the order in which they stand.

    Raises:
        NoShapeError: it has none.
    """
    key: list[object] = [*_urls(document), _END]
    slots: list[str] = []
    _walk_object({name: value for name, value in document.items() if name != "@context"}, key, slots, MAX_DEPTH)
    return tuple(key), slots


def _urls(document: Mapping[str, Any]) -> tuple[str, ...]:
    contexts = document.get("@context")
    urls = contexts if isinstance(contexts, list) else [contexts]
    if not all(isinstance(url, str) and url in schemas.CONTEXTS for url in urls):
        raise NoShapeError
    return tuple(urls)


def _walk_object(node: Mapping[str, Any], key: list[object], slots: list[str], depth: int) -> None:
    if not depth:
        raise NoShapeError
    for name, value in node.items():
        if name[:1] == "@" and name not in _KEYWORDS:
            raise NoShapeError
        key.append(name)
        kind = type(value)
        if kind is list:
            key += (_ARRAY, len(value))
            for item in value:
                _walk_value(name, item, key, slots, depth)
        else:
            _walk_value(name, value, key, slots, depth)
    key.append(_END)


def _walk_value(name: str, value: Any, key: list[object], slots: list[str], depth: int) -> None:  # noqa: ANN401  # any JSON
    kind = type(value)
    if kind is str:
        if name in _OF_THE_SHAPE:
            key += (_FIXED, value)
        else:
            key.append(_SLOT)
            slots.append(value)
    elif kind is dict:
        key.append(_OBJECT)
        _walk_object(value, key, slots, depth - 1)
    elif kind is int or kind is float or kind is bool or value is None:
        key += (_OTHER, repr(value))
    else:
        raise NoShapeError


def _marked(document: Mapping[str, Any], fixed: Mapping[int, str]) -> dict[str, Any]:
    """Return the document with a marker in the place of each text that is not fixed."""
    numbers = count()

    def value_of(name: str, value: Any) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(value, str):
            return value if name in _OF_THE_SHAPE else text(value)
        return object_of(value) if isinstance(value, dict) else value

    def text(value: str) -> str:
        number = next(numbers)
        return value if number in fixed else f"urn:x-comity-slot:{number}:"

    def object_of(node: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value
            if name == "@context"
            else [value_of(name, item) for item in value]
            if isinstance(value, list)
            else value_of(name, value)
            for name, value in node.items()
        }

    return object_of(document)


@lru_cache(maxsize=64)
def _terms(urls: tuple[str, ...]) -> frozenset[str]:
    """Return every name that stands in the contexts, terms and prefixes among them."""
    return frozenset(name for url in urls for name in _names(schemas.context(url)))


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(inner)


def _is_iri(text: str, terms: frozenset[str]) -> bool:
    found = _IRI.fullmatch(text)
    return found is not None and found[1] not in terms and text not in terms and not text.startswith(RELATIVE)


@dataclass(frozen=True, slots=True)
class _Blank:
    """A blank node, by its place in a list of them."""

    place: int


_Part = str | int | _Blank
"""Of a line: what is always so, the number of a value that is filled in, a blank node."""


@dataclass(frozen=True, slots=True)
class _Filling:
    """Lines into which values are put: a text for `%`, and which of the values it takes, in order."""

    text: str
    values: Callable[[Sequence[str]], tuple[str, ...]]

    @classmethod
    def of(cls, lines: Sequence[tuple[_Part, ...]]) -> _Filling:
        text = "\n".join(
            "".join("%s" if isinstance(part, int) else str(part).replace("%", "%%") for part in line) + " ." for line in lines
        )
        return cls(text, _picker([part for line in lines for part in line if isinstance(part, int)]))

    def lines(self, values: Sequence[str]) -> list[str]:
        return (self.text % self.values(values)).split("\n")


def _picker(numbers: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda values: tuple(values[number] for number in numbers)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is done with the texts of a document of this shape.

    Attributes:
        fixed: place of a text, and what it must be.
        terms: what no IRI may be or begin with.
        used: place of the text of each term that is filled in, and whether it is an IRI.
        masked: the statements around each blank node, seen from it; filled with the terms.
        around: where the lines of each blank node begin and end.
        statements: every statement; filled with the terms, then the labels of the blank nodes.
    """

    fixed: tuple[tuple[int, str], ...]
    terms: frozenset[str]
    used: tuple[tuple[int, bool], ...]
    masked: _Filling
    around: tuple[tuple[int, int], ...]
    statements: _Filling

    def fits(self, slots: Sequence[str]) -> bool:
        """Return whether the texts that belong to the shape are what they must be."""
        return all(slots[place] == text for place, text in self.fixed)

    def fill(self, slots: Sequence[str], hash_name: str) -> bytes:
        """Return the canonical N-Quads of a document with these texts.

        Raises:
            NoShapeError: the reference must decide.
        """
        terms = [self._spelled(slots[place], is_iri) for place, is_iri in self.used]
        around = self.masked.lines(terms)
        hashes = [hashlib.new(hash_name, _joined(around[start:end])).digest() for start, end in self.around]
        labels = [""] * len(hashes)
        for rank, place in enumerate(sorted(range(len(hashes)), key=hashes.__getitem__)):
            labels[place] = f"_:c14n{rank}"
        lines = self.statements.lines(terms + labels)
        if len(set(hashes)) < len(hashes) or len(set(lines)) < len(lines):
            raise NoShapeError
        return _joined(lines)

    def _spelled(self, text: str, is_iri: bool) -> str:  # noqa: FBT001  # as `used` has it
        if not is_iri:
            return spelled_text(text) if _NEEDS_ESCAPES.search(text) else f'"{text}"'
        if not _is_iri(text, self.terms):
            raise NoShapeError
        return f"<{text}>"


def _joined(lines: Sequence[str]) -> bytes:
    """Return the lines, sorted, as UTF-8.

    Raises:
        NoShapeError: half a surrogate pair is no Unicode text.
    """
    try:
        return ("\n".join(sorted(lines)) + "\n").encode()
    except UnicodeEncodeError as error:
        raise NoShapeError from error


def shape_of(document: Mapping[str, Any], slots: Sequence[str]) -> Shape:
    """Return the shape of a document.

    Raises:
        NoShapeError: a text comes out where none can be filled in.
        VCError: the reference refuses the document with markers in it.
    """
    terms, fixed = _terms(_urls(document)), dict[int, str]()
    placed = _Placed(_statements(_marked(document, fixed)))
    fixed |= {place: slots[place] for place, is_iri in placed.used if is_iri and not _is_iri(slots[place], terms)}
    if fixed:
        placed = _Placed(_statements(_marked(document, fixed)))
    if {place for place, _ in placed.used} | fixed.keys() != set(range(len(slots))):
        raise NoShapeError
    return placed.shape(fixed, terms)


def _statements(document: Mapping[str, Any]) -> list[Statement]:
    return [spelled(quad) for quad in dataset_of(expand(document))]


class _Placed:
    """Where the markers came out among the statements.

    Elsewhere than as a subject, as an object, or as the whole text of a literal, none may: then there is no shape.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._blank = {label: place for place, label in enumerate(sorted(set().union(*map(blank_labels, statements))))}
        self._numbers: dict[tuple[int, bool], int] = {}
        self._lines = [self._line(statement) for statement in statements]

    @property
    def used(self) -> tuple[tuple[int, bool], ...]:
        return tuple(self._numbers)

    def _line(self, statement: Statement) -> tuple[_Part, ...]:
        if len(statement) > _TRIPLE or _MARKER.search(statement[1]):
            raise NoShapeError
        subject, predicate, spoken_of = statement
        if predicate == _RDF_TYPE and _MARKER.search(spoken_of):
            raise NoShapeError
        return (*self._term(subject), f" {predicate} ", *self._term(spoken_of))

    def _term(self, term: str) -> tuple[_Part, ...]:
        if term.startswith("_:"):
            return (_Blank(self._blank[term[2:]]),)
        found = _MARKER.search(term)
        if found is None:
            return (term,)
        before, after = term[: found.start()], term[found.end() :]
        if (before, after) == ("<", ">"):
            return (self._number(int(found[1]), is_iri=True),)
        if before != '"' or after[:1] != '"' or _MARKER.search(after):
            raise NoShapeError
        return (self._number(int(found[1]), is_iri=False), after[1:])

    def _number(self, place: int, *, is_iri: bool) -> int:
        return self._numbers.setdefault((place, is_iri), len(self._numbers))

    def shape(self, fixed: Mapping[int, str], terms: frozenset[str]) -> Shape:
        """Return the shape in which the texts of these places are fixed."""
        around = [[line for line in self._lines if _Blank(place) in line] for place in range(len(self._blank))]
        masked = [_seen_from(place, line) for place, lines in enumerate(around) for line in lines]
        ends = list(accumulate(map(len, around)))
        return Shape(
            tuple(fixed.items()),
            terms,
            self.used,
            _Filling.of(masked),
            tuple(zip([0, *ends], ends, strict=False)),
            _Filling.of([tuple(self._labelled(part) for part in line) for line in self._lines]),
        )

    def _labelled(self, part: _Part) -> _Part:
        return part.place + len(self._numbers) if isinstance(part, _Blank) else part


def _seen_from(place: int, line: tuple[_Part, ...]) -> tuple[_Part, ...]:
    return tuple(("_:a" if part.place == place else "_:z") if isinstance(part, _Blank) else part for part in line)
