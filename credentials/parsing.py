"""Strict JSON: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from credentials.errors import ParsingError, TooLargeError

_OPENING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)  # an open text runs to the end: one pass, whatever comes
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be: bytes, and levels of nesting."""

    size: int = _MEBIBYTE
    depth: int = 64


DEFAULT_LIMITS: Final = Limits()


def parse_json(content: bytes, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """Return the JSON object in `content`.

    Raises:
        ParsingError: not UTF-8, not JSON, no object, a key twice in one object, NaN or Infinity, a lone surrogate, too deep.
        TooLargeError: more bytes than allowed.
    """
    document = _parse(content, limits)
    if not isinstance(document, dict):
        raise ParsingError("the document is no JSON object")
    return document


def parse_json_array(content: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[Any]:
    """Return the JSON array in `content`, read as strictly as an object.

    Raises:
        ParsingError, TooLargeError: as `parse_json`.
    """
    document = _parse(content, limits)
    if not isinstance(document, list):
        raise ParsingError("the document is no JSON array")
    return document


def _parse(content: bytes, limits: Limits) -> object:
    if len(content) > limits.size:
        raise TooLargeError(f"the document has more than {limits.size // 1024} KiB")
    _check_depth(content, limits.depth)
    try:
        text = content.decode("utf-8")
        document: object = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=_finite
        )
    except UnicodeDecodeError as error:
        raise ParsingError(f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ParsingError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # an integer with thousands of digits
        raise ParsingError("a number is longer than we read") from error
    if b"\\u" in content:
        _check_surrogates(document)
    return document


def _check_depth(content: bytes, limit: int) -> None:
    if content.count(b"{") + content.count(b"[") <= limit:
        return  # what is opened so few times cannot be deeper, whatever of it stands in texts
    depth = 0
    for match in _OPENING.finditer(content):
        mark = match.group()
        if mark in (b"{", b"["):
            depth += 1
            if depth > limit:
                raise ParsingError(f"the document nests deeper than {limit} levels")
        elif mark in (b"}", b"]"):
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        double = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ParsingError(f"the member {double[:100]!r} stands twice in one object")
    return members


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ParsingError("a number is larger than we read")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ParsingError(f"{name} is not JSON")


def _check_surrogates(document: object) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ParsingError("a text holds half of a surrogate pair") from error
