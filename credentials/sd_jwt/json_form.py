"""The JSON serialization of an SD-JWT, read as its compact form (RFC 9901 §8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import ParsingError

_FLATTENED: Final = frozenset({"payload", "protected", "signature", "header", "disclosures", "kb_jwt"})
_GENERAL: Final = frozenset({"payload", "signatures", "disclosures", "kb_jwt"})


def compact_form(document: Mapping[str, Any]) -> str:
    """Return the compact form of an SD-JWT in flattened or general JSON with one signature.

    Disclosures and key binding stand in the unprotected header (§8.1); drafts had them beside it.

    Raises:
        ParsingError: something else, or members that we would not look at.
    """
    signature: Mapping[str, Any] = document
    if "signatures" in document:
        signatures = document["signatures"]
        if not set(document) <= _GENERAL or not isinstance(signatures, list) or len(signatures) != 1:
            raise ParsingError("the general form must hold one signature and nothing unknown")
        signature = {**{name: value for name, value in document.items() if name != "signatures"}, **_object(signatures[0])}
    if not set(signature) <= _FLATTENED:
        raise ParsingError("the flattened form holds a member that we do not know")
    unprotected = _object(signature.get("header", {}))
    if not set(unprotected) <= {"disclosures", "kb_jwt", "kid"}:
        raise ParsingError("the unprotected header holds a parameter that must be protected")
    disclosures = unprotected.get("disclosures", signature.get("disclosures", []))
    parts = [signature.get(name) for name in ("protected", "payload", "signature")]
    binding = unprotected.get("kb_jwt", signature.get("kb_jwt", ""))
    if not isinstance(disclosures, list):
        raise ParsingError("disclosures is no list")
    texts = [_text(part) for part in disclosures]
    return "~".join([".".join(_text(part) for part in parts), *texts, _text(binding)])


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ParsingError("a signature and its header are JSON objects")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or "~" in value:
        raise ParsingError("the parts of the JSON form are texts")
    return value
