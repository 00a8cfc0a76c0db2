"""Templates: JSON in which some objects stand for values.

{"$": "issuer.id"}                 the value of a slot, or a member of it
{"$join": [part, …]}               texts one after the other
{"$if": "slot", "then": part}      a member that is left out where the slot is empty
{"$id": [issuer, list, index]}     the credential id that follows from where its status stands
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from credentials.errors import MalformedValueError
from credentials.identifiers import credential_id

MAX_DEPTH: Final = 16
_LEFT_OUT: Final = object()


def expand(template: object, values: Mapping[str, object]) -> object:
    """Return a template with its values in place.

    Raises:
        MalformedValueError: it names what is not there, or nests too deep.
    """
    return _expand(template, values, 0)


def _expand(part: object, values: Mapping[str, object], depth: int) -> object:
    if depth > MAX_DEPTH:
        raise MalformedValueError("a template nests too deep")
    if isinstance(part, list):
        return [_expand(item, values, depth + 1) for item in part]
    if not isinstance(part, dict):
        return part
    if "$" in part:
        return _named(str(part["$"]), values)
    if "$if" in part:
        return _expand(part["then"], values, depth + 1) if values.get(part["$if"]) is not None else _LEFT_OUT
    for name, build in _BUILDERS.items():
        if name in part:
            return build([_as_text(_expand(item, values, depth + 1)) for item in part[name]])
    members = ((name, _expand(item, values, depth + 1)) for name, item in part.items())
    return {name: value for name, value in members if value is not _LEFT_OUT}


def _credential_id(parts: list[str]) -> str:
    issuer, stem, index = parts
    return credential_id(issuer, stem, int(index))


_BUILDERS: Final[Mapping[str, Callable[[list[str]], str]]] = {"$join": "".join, "$id": _credential_id}


def _named(path: str, values: Mapping[str, object]) -> object:
    found: object = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if found is None:
        raise MalformedValueError(f"a template names {path!r}, which is not there")
    return found


def _as_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise MalformedValueError("a template joins something that is no text")
    return str(value)
