"""The shapes that members of a document may have (VC Data Model 2.0 §4), each with a pointer to what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import MalformedValueError

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")

Located = tuple[str, Mapping[str, Any]]
"""A JSON object and the pointer to it."""


def objects(document: Mapping[str, Any], name: str, pointer: str = "") -> list[Located]:
    """Return (pointer, object) of a member that is absent, one object, or a list of one or more objects.

    Args:
        document: the object that has the member.
        name: the member.
        pointer: to the document.

    Raises:
        MalformedValueError: something else; null and the empty list too.
    """
    if name not in document:
        return []
    where, value = f"{pointer}/{name}", document[name]
    if not isinstance(value, list):
        return [_located(value, where)]
    if not value:
        raise MalformedValueError(f"{name} holds nothing", pointer=where)
    return [_located(item, f"{where}/{position}") for position, item in enumerate(value)]


def _located(value: object, pointer: str) -> Located:
    if not isinstance(value, dict):
        raise MalformedValueError("must be a JSON object", pointer=pointer)
    return pointer, value


def typed_objects(document: Mapping[str, Any], name: str) -> list[Located]:
    """Return (pointer, object) of a member whose objects each need a type, and whose ids are URLs where they have one.

    Raises:
        MalformedValueError: one is otherwise.
    """
    found = objects(document, name)
    for pointer, item in found:
        if not strings(item.get("type")):
            raise MalformedValueError(f"{name} needs a type", pointer=f"{pointer}/type")
        identifier(item, pointer)
    return found


def strings(value: object) -> tuple[str, ...]:
    """Return the strings of a string or a list of strings; empty for anything else."""
    listed = value if isinstance(value, list) else [value]
    names = tuple(item for item in listed if isinstance(item, str))
    return names if len(names) == len(listed) else ()


def types(document: Mapping[str, Any], *required: str, pointer: str = "") -> tuple[str, ...]:
    """Return the types of a document, one of `required` among them.

    Raises:
        MalformedValueError: none is, or the member is malformed.
    """
    names = strings(document.get("type"))
    if not set(required) & set(names):
        raise MalformedValueError(f"type must name {' or '.join(required)}", pointer=f"{pointer}/type")
    return names


def check_context(document: Mapping[str, Any], base: str, pointer: str = "") -> None:
    """Raise unless the base context comes first and all others are URLs or objects (§4.3).

    Raises:
        MalformedValueError: says which.
    """
    value = document.get("@context")
    listed = value if isinstance(value, list) else [value]
    if not listed or listed[0] != base:
        raise MalformedValueError(f"@context must begin with {base}", pointer=f"{pointer}/@context")
    for position, item in enumerate(listed):
        if not isinstance(item, dict) and not (isinstance(item, str) and _URL.fullmatch(item)):
            raise MalformedValueError("a context is a URL or an object", pointer=f"{pointer}/@context/{position}")


def required(document: Mapping[str, Any], name: str, pointer: str = "") -> Any:  # noqa: ANN401  # whatever stands there
    """Return a member that must be there.

    Raises:
        MalformedValueError: it is missing.
    """
    if name not in document:
        raise MalformedValueError(f"{name} is missing", pointer=f"{pointer}/{name}")
    return document[name]


def required_url(document: Mapping[str, Any], name: str, pointer: str = "") -> str:
    """Return a member that is a URL.

    Raises:
        MalformedValueError: missing, or no URL.
    """
    value = document.get(name)
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise MalformedValueError("must be a URL", pointer=f"{pointer}/{name}")
    return value


def identifier(document: Mapping[str, Any], pointer: str = "") -> str | None:
    """Return the `id`, a single URL, or None where there is none (§4.4).

    Raises:
        MalformedValueError: it is something else.
    """
    return required_url(document, "id", pointer) if "id" in document else None


def party(document: Mapping[str, Any], name: str) -> str:
    """Return the identifier of an issuer or a holder: a URL, or an object whose `id` is one (§4.7, §4.13).

    Raises:
        MalformedValueError: missing, or no URL.
    """
    value = document.get(name)
    return required_url(value, "id", f"/{name}") if isinstance(value, dict) else required_url(document, name)
