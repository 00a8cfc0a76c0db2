"""Records of any shape, whose every value stands nowhere else: so it can be seen where one goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

from credentials.bbs.signer import BBSSigner
from credentials.keys import Signer
from tests.credentials.world import V2

TERMS: Final = ("skill", "level", "place", "tool", "grade")
CONTEXT: Final = {"@protected": True, **{term: f"https://terms.example/{term}" for term in TERMS}}
WORKER: Final = "did:example:worker"
Path = tuple[str, ...]


def record(signer: Signer | BBSSigner, subject: dict[str, Any]) -> dict[str, Any]:
    """Return an unsecured credential about a worker."""
    return {
        "@context": [V2, CONTEXT],
        "id": "urn:uuid:5f0c2b4e-8a36-4b6e-9a55-0c9b5e7d1a10",
        "type": ["VerifiableCredential"],
        "issuer": signer.verification_method.partition("#")[0],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": WORKER, **subject},
    }


@st.composite
def subjects(draw: st.DrawFn) -> dict[str, Any]:
    """Return members that say something, nested up to three deep; every leaf is a text that stands once."""
    shape = draw(_shapes(3))
    count = iter(range(1000))
    return dict(_filled(shape, count))


def _shapes(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    leaf: st.SearchStrategy[Any] = st.none()
    inner = leaf if depth == 1 else leaf | leaf | _shapes(depth - 1)
    return st.dictionaries(st.sampled_from(TERMS), inner, min_size=1, max_size=3)


def _filled(shape: dict[str, Any], count: Iterator[int]) -> dict[str, Any]:
    return {name: f"value {next(count):03} é" if inner is None else _filled(inner, count) for name, inner in shape.items()}


def leaves(value: dict[str, Any], path: Path = ("credentialSubject",)) -> dict[Path, str]:
    """Return path to text of every leaf."""
    found: dict[Path, str] = {}
    for name, inner in value.items():
        found |= leaves(inner, (*path, name)) if isinstance(inner, dict) else {(*path, name): inner}
    return found
