"""Texts for people: plain, or with a language and a direction (VC Data Model 2.0 §11.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import MalformedValueError

_MEMBERS: Final = frozenset({"@value", "@language", "@direction"})
_DIRECTIONS: Final = ("ltr", "rtl")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_TEXTS: Final = ("name", "description")


def plain_text(value: object) -> str | None:
    """Return a text member as one string: the first value of language objects, or None."""
    first = value[0] if isinstance(value, list) and value else value
    text = first.get("@value") if isinstance(first, dict) else first
    return text if isinstance(text, str) else None


def check_texts(document: Mapping[str, Any], pointer: str = "") -> None:
    """Raise unless `name` and `description` are a string, a language value object, or a list of one or more of these objects.

    Raises:
        MalformedValueError: says which is not, and why.
    """
    for name in _TEXTS:
        if name in document and not isinstance(document[name], str):
            _check_text(document[name], f"{pointer}/{name}")


def _check_text(value: object, pointer: str) -> None:
    if not isinstance(value, list):
        _check_value_object(value, pointer)
        return
    if not value:
        raise MalformedValueError("holds no text", pointer=pointer)
    for position, item in enumerate(value):
        _check_value_object(item, f"{pointer}/{position}")


def _check_value_object(value: object, pointer: str) -> None:
    if not isinstance(value, dict):
        raise MalformedValueError("must be a text or a language value object", pointer=pointer)
    if not isinstance(value.get("@value"), str):
        raise MalformedValueError("a language value object needs a text", pointer=f"{pointer}/@value")
    foreign = sorted(set(value) - _MEMBERS)
    if foreign:
        raise MalformedValueError(f"a language value object has no member {foreign[0][:50]!r}", pointer=pointer)
    if "@language" in value and not (isinstance(value["@language"], str) and _LANGUAGE.fullmatch(value["@language"])):
        raise MalformedValueError("@language must be a language tag", pointer=f"{pointer}/@language")
    if "@direction" in value and value["@direction"] not in _DIRECTIONS:
        raise MalformedValueError("@direction must be ltr or rtl", pointer=f"{pointer}/@direction")
