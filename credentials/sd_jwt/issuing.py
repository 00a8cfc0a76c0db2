"""Issue an SD-JWT: chosen claims are replaced by digests (RFC 9901 §6.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from credentials.encoding import b64url_encode
from credentials.errors import MalformedValueError
from credentials.jose import encode_json, sign_jws
from credentials.keys import PublicKey, Signer
from credentials.sd_jwt.disclosure import (
    DEFAULT_HASH,
    DIGESTS,
    ELEMENT,
    HASH,
    RESERVED,
    Disclosure,
    Entropy,
    Path,
    digest,
    make_disclosure,
)


def issue_sd_jwt(
    claims: Mapping[str, Any],
    signer: Signer,
    *,
    typ: str,
    entropy: Entropy,
    selective: Collection[Path] = (),
    decoys: int = 0,
    hash_name: str = DEFAULT_HASH,
    header: Mapping[str, object] = MappingProxyType({}),
    holder: PublicKey | None = None,
) -> str:
    """Return an SD-JWT with all its disclosures.

    Args:
        claims: what is said.
        signer: the issuer.
        typ: what the object is.
        entropy: for salts and decoys.
        selective: paths of what the holder may keep back; a path below another one makes that part of it selective by itself.
        decoys: digests that stand for nothing, added wherever something is selective, so that counting says nothing.
        hash_name: `_sd_alg`.
        header: more parameters, such as `kid`.
        holder: the key that must sign when this is presented (`cnf`).

    Raises:
        MalformedValueError: a path leads nowhere, or a claim has a name that means something to SD-JWT itself.
    """
    _check_names(claims)
    concealer = _Concealer(entropy, hash_name, decoys)
    payload = concealer.members(claims, _tree(claims, selective))
    if holder is not None:
        payload["cnf"] = {"jwk": holder.jwk()}
    if concealer.disclosures:
        payload[HASH] = hash_name
    jws = sign_jws(encode_json(payload), signer, typ=typ, header=header)
    return "~".join([jws, *(item.text for item in concealer.disclosures), ""])


@dataclass(slots=True)
class _Node:
    """What is selective at and below one place."""

    selective: bool = False
    below: dict[str | int, _Node] = field(default_factory=dict)


def _tree(claims: Mapping[str, Any], paths: Collection[Path]) -> _Node:
    top = _Node()
    for path in paths:
        value: Any = claims
        node = top
        for step in path:
            value = _child(value, step)
            node = node.below.setdefault(step, _Node())
        node.selective = True
    if top.selective:
        raise MalformedValueError("the claims as a whole cannot be kept back")
    return top


def _child(value: object, step: str | int) -> object:
    if isinstance(value, Mapping) and step in value:
        return value[step]
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    raise MalformedValueError(f"there is no claim at {str(step)[:100]!r} to be kept back")


def _check_names(value: object) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in RESERVED:
                raise MalformedValueError(f"a claim cannot be named {name}")
            _check_names(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_names(inner)


@dataclass(slots=True)
class _Concealer:
    """Replaces what is selective by digests and keeps the disclosures."""

    entropy: Entropy
    hash_name: str
    decoys: int
    disclosures: list[Disclosure] = field(default_factory=list)

    def value(self, value: object, node: _Node) -> object:
        if isinstance(value, Mapping):
            return self.members(value, node)
        return self.elements(value, node) if isinstance(value, list) else value

    def members(self, claims: Mapping[str, Any], node: _Node) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        digests: list[str] = []
        for name, value in claims.items():
            below = node.below.get(name, _Node())
            inner = self.value(value, below)
            if below.selective:
                digests.append(self.conceal(name, inner))
            else:
                kept[name] = inner
        if digests:
            kept[DIGESTS] = sorted([*digests, *(self.decoy() for _ in range(self.decoys))])
        return kept

    def elements(self, elements: list[Any], node: _Node) -> list[Any]:
        shown: list[Any] = []
        for position, element in enumerate(elements):
            below = node.below.get(position, _Node())
            inner = self.value(element, below)
            shown.append({ELEMENT: self.conceal(None, inner)} if below.selective else inner)
        if any(below.selective for below in node.below.values()):
            for _ in range(self.decoys):
                shown.insert(int.from_bytes(self.entropy(8), "big") % (len(shown) + 1), {ELEMENT: self.decoy()})
        return shown

    def conceal(self, name: str | None, value: object) -> str:
        item = make_disclosure(name, value, self.entropy)
        self.disclosures.append(item)
        return item.digest(self.hash_name)

    def decoy(self) -> str:
        return digest(b64url_encode(self.entropy(32)), self.hash_name)
