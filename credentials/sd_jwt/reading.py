"""From the text of an SD-JWT to its claims: every digest is recomputed, and nothing is left over (RFC 9901 §7.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import ComplexityLimitError, CryptographicSecurityError, ParsingError, TooLargeError
from credentials.jose import JWS, parse_jws
from credentials.keys import PublicKey
from credentials.parsing import DEFAULT_LIMITS, Limits
from credentials.sd_jwt.disclosure import (
    DEFAULT_HASH,
    DIGESTS,
    ELEMENT,
    HASH,
    HASHES,
    Disclosure,
    Path,
    parse_disclosure,
)

MAX_DISCLOSURES: Final = 1000
MAX_DEPTH: Final = 32
"""Levels of objects and arrays, those in disclosures too."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a disclosure belongs: the path of its claim, positions counted among what is disclosed."""

    path: Path
    disclosure: Disclosure


@dataclass(frozen=True, slots=True)
class SdJwt:
    """An SD-JWT off the wire, opened and not verified.

    Attributes:
        jws: the issuer's signed object.
        claims: what is disclosed, digests taken out.
        placed: the disclosures, in the order in which they came.
        hash_name: `_sd_alg`.
        presented: the text over which a key binding is made: all up to the last tilde.
        key_binding: the holder's JWT, or None.
        withheld: how many digests stand for nothing that is disclosed: what was kept back, or decoys.
    """

    jws: JWS
    claims: Mapping[str, Any]
    placed: tuple[Placed, ...]
    hash_name: str
    presented: str
    key_binding: str | None
    withheld: int

    def verify(self, key: PublicKey) -> None:
        """Raise unless the issuer's key signed the digests.

        Raises:
            CryptographicSecurityError, ProofVerificationError: see `JWS.verify`.
        """
        self.jws.verify(key)

    def disclosed_names(self) -> frozenset[str | int]:
        """Return the names of the claims at the top that came in a disclosure."""
        return frozenset(placed.path[0] for placed in self.placed if len(placed.path) == 1)


def parse_sd_jwt(text: str, *, typ: Collection[str], allow: Collection[str] = (), limits: Limits = DEFAULT_LIMITS) -> SdJwt:
    """Return an SD-JWT or SD-JWT+KB, not verified.

    Args:
        text: `JWS~disclosure~…~` with or without a key binding JWT at the end.
        typ: the values of `typ` that are due.
        allow: see `parse_jws`.
        limits: of the whole.

    Raises:
        ParsingError: not of this form.
        TooLargeError, ComplexityLimitError: more than is read.
        TypeMismatchError, HeaderNotAllowedError: see `parse_jws`.
        CryptographicSecurityError: a digest twice, a disclosure twice or without a place, a claim that stands already.
    """
    if len(text) > limits.size:
        raise TooLargeError(f"the SD-JWT has more than {limits.size // 1024} KiB")
    first, *texts = text.split("~")
    if not texts:
        raise ParsingError("not an SD-JWT: there is no tilde")
    key_binding = texts.pop() or None
    if len(texts) > MAX_DISCLOSURES:
        raise ComplexityLimitError(f"the SD-JWT has more than {MAX_DISCLOSURES} disclosures")
    jws = parse_jws(first, typ=typ, allow=allow, limits=limits)
    payload = jws.claims(limits)
    hash_name = payload.pop(HASH, DEFAULT_HASH)
    if not isinstance(hash_name, str) or hash_name not in HASHES:
        raise CryptographicSecurityError("_sd_alg is no hash that we accept", pointer=f"/{HASH}")
    reader = _Reader({item.digest(hash_name): item for item in map(parse_disclosure, texts)})
    claims = reader.members(payload, ())
    if len(reader.places) != len(texts):
        raise CryptographicSecurityError("a disclosure stands twice, or belongs to no digest")
    placed = tuple(reader.places[text] for text in texts)
    return SdJwt(jws, claims, placed, hash_name, text[: text.rindex("~") + 1], key_binding, len(reader.digests) - len(placed))


_FLAT: Final = (str, int, float, bool, type(None))


class _Reader:
    """Puts disclosures in the places of their digests."""

    def __init__(self, by_digest: Mapping[str, Disclosure]) -> None:
        self.by_digest = by_digest
        self.digests: set[str] = set()
        self.places: dict[str, Placed] = {}

    def value(self, value: object, path: Path) -> Any:  # noqa: ANN401  # whatever was signed
        if len(path) > MAX_DEPTH:
            raise ComplexityLimitError(f"the claims nest deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return self.members(value, path)
        return self.elements(value, path) if isinstance(value, list) else value

    def members(self, claims: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if ELEMENT in claims or HASH in claims:
            raise CryptographicSecurityError(f"{ELEMENT} and {HASH} have no place inside the claims")
        flat = _FLAT if len(path) < MAX_DEPTH else ()
        found = {
            name: value if type(value) in flat else self.value(value, (*path, name))
            for name, value in claims.items()
            if name != DIGESTS
        }
        for item in self.taken(claims.get(DIGESTS, []), is_element=False):
            name = str(item.name)
            if name in found:
                raise CryptographicSecurityError("a disclosure brings a claim that stands there already")
            found[name] = self.place(item, (*path, name))
        return found

    def elements(self, elements: list[Any], path: Path) -> list[Any]:
        found: list[Any] = []
        for element in elements:
            where = (*path, len(found))
            if isinstance(element, dict) and ELEMENT in element:
                if len(element) != 1:
                    raise CryptographicSecurityError("the digest of an array element stands with something else")
                found += [self.place(item, where) for item in self.taken([element[ELEMENT]], is_element=True)]
            else:
                found.append(self.value(element, where))
        return found

    def taken(self, digests: object, *, is_element: bool) -> list[Disclosure]:
        """Return the disclosures of some digests; a digest without one was kept back, or is a decoy."""
        if not isinstance(digests, list) or not all(isinstance(digest, str) for digest in digests):
            raise ParsingError(f"{DIGESTS} is a list of digests")
        found = []
        for digest in digests:
            if digest in self.digests:
                raise CryptographicSecurityError("a digest stands twice")
            self.digests.add(digest)
            item = self.by_digest.get(digest)
            if item is not None and (item.name is None) is not is_element:
                raise CryptographicSecurityError("a disclosure of a claim stands for an array element, or the other way round")
            found += [] if item is None else [item]
        return found

    def place(self, item: Disclosure, path: Path) -> Any:  # noqa: ANN401  # whatever was signed
        value = self.value(item.value, path)
        self.places[item.text] = Placed(path, item)
        return value
