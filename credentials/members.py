"""The shapes that members of a credential may have (VC Data Model 2.0 §4), each with a pointer to what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import MalformedValueError

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_VALUE_OBJECT: Final = frozenset({"@value", "@language", "@direction"})


def objects(value: object, pointer: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (pointer, object) of a member that is absent, one object, or a list of objects.

    Raises:
        MalformedValueError: something else.
    """
    if value is None:
        return []
    listed = isinstance(value, list)
    found: list[tuple[str, Mapping[str, Any]]] = []
    for position, item in enumerate(value if isinstance(value, list) else [value]):
        where = f"{pointer}/{position}" if listed else pointer
        if not isinstance(item, dict):
            raise MalformedValueError("must be a JSON object", pointer=where)
        found.append((where, item))
    return found


def typed_objects(document: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (pointer, object) of a member whose objects each need a type.

    Raises:
        MalformedValueError: one has none.
    """
    found = objects(document.get(name), f"/{name}")
    for pointer, item in found:
        if not strings(item.get("type")):
            raise MalformedValueError(f"{name} needs a type", pointer=f"{pointer}/type")
    return found


def strings(value: object) -> tuple[str, ...]:
    """Return the strings of a string or a list of strings; empty for anything else."""
    listed = value if isinstance(value, list) else [value]
    names = tuple(item for item in listed if isinstance(item, str))
    return names if len(names) == len(listed) else ()


def single_type(entry: Mapping[str, Any], pointer: str) -> str:
    """Return the one type of an entry.

    Raises:
        MalformedValueError: more than one.
    """
    names = strings(entry.get("type"))
    if len(names) != 1:
        raise MalformedValueError("must have exactly one type", pointer=f"{pointer}/type")
    return names[0]


def types(document: Mapping[str, Any], required: str) -> tuple[str, ...]:
    """Return the types of a document, `required` among them.

    Raises:
        MalformedValueError: it is not, or the member is malformed.
    """
    names = strings(document.get("type"))
    if required not in names:
        raise MalformedValueError(f"type must name {required}", pointer="/type")
    return names


def check_context(value: object, base: str) -> None:
    """Raise unless the base context comes first and all others are URLs or objects (§4.3).

    Raises:
        MalformedValueError: says which.
    """
    listed = value if isinstance(value, list) else [value]
    if not listed or listed[0] != base:
        raise MalformedValueError(f"@context must begin with {base}", pointer="/@context")
    for position, item in enumerate(listed):
        if not isinstance(item, dict) and not (isinstance(item, str) and _URL.fullmatch(item)):
            raise MalformedValueError("a context is a URL or an object", pointer=f"/@context/{position}")


def required_url(value: object, pointer: str) -> str:
    """Return a URL.

    Raises:
        MalformedValueError: missing, or no URL.
    """
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise MalformedValueError("must be a URL", pointer=pointer)
    return value


def identifier(document: Mapping[str, Any], pointer: str) -> str | None:
    """Return the `id`, a single URL, or None where there is none (§4.4).

    Raises:
        MalformedValueError: it is something else.
    """
    return required_url(document["id"], f"{pointer}/id") if "id" in document else None


def plain_text(value: object) -> str | None:
    """Return a text member as one string: the first value of language objects, or None."""
    first = value[0] if isinstance(value, list) and value else value
    text = first.get("@value") if isinstance(first, dict) else first
    return text if isinstance(text, str) else None


def check_texts(document: Mapping[str, Any], pointer: str) -> None:
    """Raise unless `name` and `description` are strings or language value objects (§11.1).

    Raises:
        MalformedValueError: says which is not.
    """
    for name in ("name", "description"):
        value = document.get(name)
        for item in value if isinstance(value, list) else [value] if value is not None else []:
            well_formed = isinstance(item, str) or (
                isinstance(item, dict)
                and isinstance(item.get("@value"), str)
                and set(item) <= _VALUE_OBJECT
                and all(isinstance(part, str) for part in item.values())
            )
            if not well_formed:
                raise MalformedValueError("must be a text or a language value object", pointer=f"{pointer}/{name}")
