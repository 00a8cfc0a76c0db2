"""JSON Canonicalization Scheme (RFC 8785): the door to `rfc8785`.

Most documents have names in ASCII and small whole numbers, or none; these the standard library spells as RFC 8785 does, and four
times as fast. Where names sort otherwise in UTF-16, or a number has a form of its own in ECMAScript, `rfc8785` spells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import rfc8785

from credentials.errors import ProofTransformationError

_PLAIN: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_EXACT: Final = 2**53
_WORDS: Final = frozenset({str, bool, type(None)})


def canonicalize(document: Mapping[str, object]) -> bytes:
    """Return the one JCS spelling of a JSON object, UTF-8.

    Raises:
        ProofTransformationError: a number that is no double, or a text that is no Unicode (a lone surrogate).
    """
    try:
        return _PLAIN.encode(document).encode() if _is_plain(document) else _spelled(dict(document))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ProofTransformationError("a number or a text has no canonical JSON form") from error


def _is_plain(document: object) -> bool:
    """Return whether there are only names in ASCII, texts, whole numbers that are exact, true, false and null."""
    pending = [document]
    while pending:
        value = pending.pop()
        kind = type(value)
        if isinstance(value, dict):
            if not all(isinstance(name, str) and name.isascii() for name in value):
                return False
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif kind is int:
            if not -_EXACT < value < _EXACT:  # type: ignore[operator]  # an int
                return False
        elif kind not in _WORDS:
            return False
    return True


def _spelled(document: dict[str, Any]) -> bytes:
    try:
        return rfc8785.dumps(document)
    except rfc8785.IntegerDomainError:  # it refuses every integer beyond 2^53, also those that a double is spelled as
        return rfc8785.dumps(_with_doubles(document))


def _with_doubles(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, Mapping):
        return {name: _with_doubles(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_doubles(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return _double(value)
    return value


def _double(number: int) -> float | int:
    """Return the double whose shortest spelling this is; a number with other digits stays, to be refused."""
    try:
        double = float(number)
    except OverflowError:
        return number
    return double if int(Decimal(repr(double))) == number else number
