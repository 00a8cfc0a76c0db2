"""Type metadata of SD-JWT VC: what a `vct` promises of its claims, where we hold it (draft-ietf-oauth-sd-jwt-vc §4, §5).

Metadata is never fetched: it is a resource that we hold, or nothing is known of the type beyond its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import ComplexityLimitError, CryptographicSecurityError, MalformedValueError, SchemaError
from credentials.parsing import parse_json
from credentials.related import check_related_resources

if TYPE_CHECKING:
    from credentials.related import Resources
    from credentials.sd_jwt import Path

MAX_EXTENDS: Final = 8
_SD: Final = ("always", "allowed", "never")


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """What a type says of a claim.

    Attributes:
        path: where it stands; None for every element of an array.
        mandatory: whether it must be there when the credential is issued.
        sd: whether it is `always`, `never`, or may be (`allowed`) selectively disclosable.
    """

    path: tuple[str | int | None, ...]
    mandatory: bool
    sd: str


def claim_rules(vct: str, integrity: object, resources: Resources) -> tuple[ClaimRule, ...]:
    """Return the rules of a type and of the types that it extends; empty for a type that we do not hold.

    Args:
        vct: the type.
        integrity: `vct#integrity`, or None.
        resources: the metadata that we hold.

    Raises:
        CryptographicSecurityError: what we hold is not what the credential was issued for.
        MalformedValueError, ParsingError: no type metadata of this type.
        ComplexityLimitError: types that extend each other.
    """
    rules: list[ClaimRule] = []
    name: object = vct
    for _ in range(MAX_EXTENDS):
        if not isinstance(name, str):
            return tuple(rules)
        document = _held(name, integrity, resources)
        rules += _rules(document)
        name, integrity = document.get("extends"), document.get("extends#integrity")
    raise ComplexityLimitError(f"the type extends more than {MAX_EXTENDS} others")


def _held(vct: str, integrity: object, resources: Resources) -> Mapping[str, Any]:
    revisions = resources(vct)
    if not revisions:
        return {}
    fitting = [content for content in revisions if integrity is None or _fits(content, vct, integrity)]
    if not fitting:
        raise CryptographicSecurityError("the type metadata is not that for which the credential was issued", pointer="/vct")
    document = parse_json(fitting[0])
    if document.get("vct") != vct:
        raise MalformedValueError("the type metadata is of another type", pointer="/vct")
    return document


def _fits(content: bytes, vct: str, integrity: object) -> bool:
    try:
        check_related_resources({"relatedResource": {"id": vct, "digestSRI": integrity}}, lambda _: [content])
    except CryptographicSecurityError:
        return False
    return True


def _rules(document: Mapping[str, Any]) -> Iterator[ClaimRule]:
    claims = document.get("claims", [])
    for claim in claims if isinstance(claims, list) else [claims]:
        path = claim.get("path") if isinstance(claim, dict) else None
        if not isinstance(path, list) or not path or not all(_is_step(step) for step in path):
            raise MalformedValueError("the type metadata has a claim without a path")
        sd, mandatory = claim.get("sd", "allowed"), claim.get("mandatory", False)
        if sd not in _SD or not isinstance(mandatory, bool):
            raise MalformedValueError("the type metadata has a claim of an unknown kind")
        yield ClaimRule(tuple(path), mandatory, sd)


def _is_step(step: object) -> bool:
    return isinstance(step, str | int | None) and not isinstance(step, bool)


def check_type(claims: Mapping[str, Any], disclosed: Collection[Path], resources: Resources) -> None:
    """Raise when an SD-JWT VC is not what its type promises, as far as a verifier can see.

    Args:
        claims: with what is disclosed; without a `vct`, they promise nothing.
        disclosed: the paths of what came in disclosures.
        resources: the metadata that we hold.

    Raises:
        SchemaError: a claim is missing that nobody could keep back, or is selectively disclosable against the rules.
        VCError: see `claim_rules`.
    """
    if not isinstance(claims.get("vct"), str):
        return
    for rule in claim_rules(claims["vct"], claims.get("vct#integrity"), resources):
        places = list(_places(claims, rule.path))
        pointer = "".join(f"/{step}" for step in rule.path)
        if rule.mandatory and rule.sd == "never" and not places:
            raise SchemaError("the type demands a claim that is not there", pointer=pointer)
        for place in places:
            if rule.sd != "allowed" and (place in disclosed) is not (rule.sd == "always"):
                raise SchemaError(f"the type says that the claim is {rule.sd} selectively disclosable", pointer=pointer)


def _places(value: Any, path: tuple[str | int | None, ...], above: Path = ()) -> Iterator[Path]:  # noqa: ANN401  # claims
    if not path:
        yield above
        return
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        for position, element in enumerate(value):
            if step in (None, position):
                yield from _places(element, rest, (*above, position))
    elif isinstance(value, Mapping) and isinstance(step, str) and step in value:
        yield from _places(value[step], rest, (*above, step))
