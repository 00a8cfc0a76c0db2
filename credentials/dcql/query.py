"""A query off the wire (OpenID4VP 1.0 §6.1 to §6.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from credentials.dcql.paths import Pointer, parse_path
from credentials.errors import ComplexityLimitError, MalformedValueError

MAX_CREDENTIALS: Final = 20
MAX_SETS: Final = 20
MAX_OPTIONS: Final = 50
MAX_CLAIMS: Final = 100
MAX_CLAIM_SETS: Final = 50
MAX_VALUES: Final = 200
MAX_TEXT: Final = 2048
SD_JWT_VC: Final = "dc+sd-jwt"
LDP_VC: Final = "ldp_vc"
JWT_VC_JSON: Final = "jwt_vc_json"
VC_JWT: Final = "vc+jwt"
MSO_MDOC: Final = "mso_mdoc"
AUTHORITY_TYPES: Final = ("aki", "etsi_tl", "openid_federation")
_ELEMENT_STEPS: Final = 2
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")

Value = str | int | bool
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A claim that is asked for (§6.3).

    Attributes:
        id: for claim sets, or None.
        path: where it stands.
        values: those that will do; empty where any will.
        intent_to_retain: whether the verifier says that it keeps the element; for mobile documents alone (Appendix B.2.4).
    """

    id: str | None
    path: Pointer
    values: tuple[Value, ...] = ()
    intent_to_retain: bool = False


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """Authorities, one of which must stand behind the issuer (§6.1.1)."""

    type: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One kind of credential that is asked for (§6.1).

    Attributes:
        id: names it in the answer.
        format: Credential Format Identifier.
        multiple: whether more than one may answer it.
        types: alternatives; a credential has all types of one of them; empty where any type will do.
        trusted_authorities: one of them must match; empty where none is named.
        require_cryptographic_holder_binding: whether the holder must sign.
        claims: what is to be disclosed; empty for nothing that can be kept back.
        claim_sets: combinations of `claims` by id, the preferred first; empty where all are asked for.
    """

    id: str
    format: str
    multiple: bool = False
    types: tuple[frozenset[str], ...] = ()
    trusted_authorities: tuple[TrustedAuthority, ...] = ()
    require_cryptographic_holder_binding: bool = True
    claims: tuple[ClaimQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()

    def options(self) -> tuple[tuple[ClaimQuery, ...], ...]:
        """Return the combinations of claims that will do, the preferred first (§6.4.1)."""
        if not self.claim_sets:
            return (self.claims,)
        by_id = {claim.id: claim for claim in self.claims}
        return tuple(tuple(by_id[name] for name in names) for names in self.claim_sets)


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """Combinations of credentials, one of which is asked for (§6.2)."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """A DCQL query.

    Attributes:
        credentials: what is asked for.
        credential_sets: how these may be combined; empty where all are needed.
    """

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSet, ...] = ()

    def credential(self, name: str) -> CredentialQuery | None:
        """Return the credential query of an id, or None."""
        return next((credential for credential in self.credentials if credential.id == name), None)


def parse_query(document: Mapping[str, Any]) -> Query:
    """Return a query; members that the specification does not know are ignored.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
        ComplexityLimitError: more than a query may ask for.
    """
    credentials = _several(document, "credentials", "", MAX_CREDENTIALS, _credential)
    _check_distinct([credential.id for credential in credentials], "/credentials")
    sets = _optional(document, "credential_sets", "", MAX_SETS, _credential_set)
    known = {credential.id for credential in credentials}
    for place, one in enumerate(sets):
        for option in one.options:
            _check_known(option, known, f"/credential_sets/{place}/options")
    return Query(credentials, sets)


def _credential(value: object, pointer: str) -> CredentialQuery:
    document = _object(value, pointer)
    meta = document.get("meta")
    if not isinstance(meta, dict):
        raise MalformedValueError("meta is an object", pointer=f"{pointer}/meta")
    name, format_name = _identifier(document.get("id"), f"{pointer}/id"), _text(document.get("format"), f"{pointer}/format")
    claims = _optional(document, "claims", pointer, MAX_CLAIMS, _element if format_name == MSO_MDOC else _claim)
    return CredentialQuery(
        name,
        format_name,
        _flag(document, "multiple", pointer, default=False),
        _TYPES.get(format_name, _no_types)(meta, f"{pointer}/meta"),
        _optional(document, "trusted_authorities", pointer, MAX_OPTIONS, _authority),
        _flag(document, "require_cryptographic_holder_binding", pointer, default=True),
        claims,
        _claim_sets(document, claims, pointer),
    )


def _vct_values(meta: Mapping[str, Any], pointer: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({vct}) for vct in _optional(meta, "vct_values", pointer, MAX_OPTIONS, _text))


def _doctype_value(meta: Mapping[str, Any], pointer: str) -> tuple[frozenset[str], ...]:
    if "doctype_value" not in meta:
        return ()
    return (frozenset({_text(meta["doctype_value"], f"{pointer}/doctype_value")}),)


def _type_values(meta: Mapping[str, Any], pointer: str) -> tuple[frozenset[str], ...]:
    def types(value: object, where: str) -> frozenset[str]:
        return frozenset(_elements(value, where, MAX_OPTIONS, _text))

    return _optional(meta, "type_values", pointer, MAX_OPTIONS, types)


def _no_types(_meta: Mapping[str, Any], _pointer: str) -> tuple[frozenset[str], ...]:
    return ()


_TYPES: Final[Mapping[str, Callable[[Mapping[str, Any], str], tuple[frozenset[str], ...]]]] = MappingProxyType(
    {SD_JWT_VC: _vct_values, LDP_VC: _type_values, JWT_VC_JSON: _type_values, VC_JWT: _type_values, MSO_MDOC: _doctype_value}
)
"""Format to what reads the types in `meta` (Appendix B)."""


def _claim(value: object, pointer: str) -> ClaimQuery:
    document = _object(value, pointer)
    name = _identifier(document["id"], f"{pointer}/id") if "id" in document else None
    return ClaimQuery(
        name,
        parse_path(document.get("path"), f"{pointer}/path"),
        _optional(document, "values", pointer, MAX_VALUES, _value),
    )


def _element(value: object, pointer: str) -> ClaimQuery:
    """Return a claim of a mobile document: its path is a namespace and an element's identifier (Appendix B.2.4)."""
    claim = _claim(value, pointer)
    if len(claim.path) != _ELEMENT_STEPS or not all(isinstance(step, str) for step in claim.path):
        raise MalformedValueError("the path is a namespace and an element identifier", pointer=f"{pointer}/path")
    return replace(claim, intent_to_retain=_flag(_object(value, pointer), "intent_to_retain", pointer, default=False))


def _claim_sets(document: Mapping[str, Any], claims: tuple[ClaimQuery, ...], pointer: str) -> tuple[tuple[str, ...], ...]:
    names = [claim.id for claim in claims if claim.id is not None]
    _check_distinct(names, f"{pointer}/claims")
    if "claim_sets" not in document:
        return ()
    if len(names) != len(claims) or not claims:
        raise MalformedValueError("where there are claim_sets, every claim has an id", pointer=f"{pointer}/claims")

    def option(value: object, where: str) -> tuple[str, ...]:
        found = _elements(value, where, MAX_CLAIMS, _identifier)
        _check_known(found, set(names), where)
        return found

    return _several(document, "claim_sets", pointer, MAX_CLAIM_SETS, option)


def _authority(value: object, pointer: str) -> TrustedAuthority:
    document = _object(value, pointer)
    values = _several(document, "values", pointer, MAX_VALUES, _text)
    return TrustedAuthority(_text(document.get("type"), f"{pointer}/type"), frozenset(values))


def _credential_set(value: object, pointer: str) -> CredentialSet:
    document = _object(value, pointer)

    def option(found: object, where: str) -> tuple[str, ...]:
        return _elements(found, where, MAX_CREDENTIALS, _identifier)

    options = _several(document, "options", pointer, MAX_OPTIONS, option)
    return CredentialSet(options, _flag(document, "required", pointer, default=True))


def _optional(
    document: Mapping[str, Any], name: str, pointer: str, most: int, parse: Callable[[object, str], _T]
) -> tuple[_T, ...]:
    return _several(document, name, pointer, most, parse) if name in document else ()


def _several(document: Mapping[str, Any], name: str, pointer: str, most: int, parse: Callable[[object, str], _T]) -> tuple[_T, ...]:
    return _elements(document.get(name), f"{pointer}/{name}", most, parse)


def _elements(value: object, pointer: str, most: int, parse: Callable[[object, str], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or not value:
        raise MalformedValueError("here stands an array that is not empty", pointer=pointer)
    if len(value) > most:
        raise ComplexityLimitError(f"there are more than {most} here", pointer=pointer)
    return tuple(parse(element, f"{pointer}/{place}") for place, element in enumerate(value))


def _object(value: object, pointer: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MalformedValueError("here stands an object", pointer=pointer)
    return value


def _text(value: object, pointer: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise MalformedValueError(f"here stands a text of 1 to {MAX_TEXT} letters", pointer=pointer)
    return value


def _identifier(value: object, pointer: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise MalformedValueError("an id has letters, digits, _ and - alone", pointer=pointer)
    return value


def _value(value: object, pointer: str) -> Value:
    if not isinstance(value, str | int) or (isinstance(value, str) and len(value) > MAX_TEXT):
        raise MalformedValueError("a value is a text, a whole number, true or false", pointer=pointer)
    return value


def _flag(document: Mapping[str, Any], name: str, pointer: str, *, default: bool) -> bool:
    value = document.get(name, default)
    if not isinstance(value, bool):
        raise MalformedValueError("here stands true or false", pointer=f"{pointer}/{name}")
    return value


def _check_distinct(names: list[str], pointer: str) -> None:
    if len(set(names)) != len(names):
        raise MalformedValueError("an id stands twice", pointer=pointer)


def _check_known(names: tuple[str, ...], known: set[str], pointer: str) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise MalformedValueError(f"nothing has the id {unknown[0]}", pointer=pointer)
