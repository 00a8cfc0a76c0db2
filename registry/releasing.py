"""From approved changes to published lists.

A state's own files are drafted and signed by the keys that lie here, and released when the state's role has the signatures that it
needs; until then the draft waits for those that are given elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from credentials.errors import MalformedValueError
from registry.drafts import Draft
from registry.service import Registry
from registry.witnessing import with_heads

OWN_ROLE: Final = "bundle:"
"""How the names of the keys begin that sign lists."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft on its way.

    Attributes:
        draft: what is to be signed.
        missing: role to how many signatures are still missing; empty when everybody has signed.
    """

    draft: Draft
    missing: Mapping[str, int]

    def concerns(self, state: str) -> bool:
        """Return whether a state's own lists are in it."""
        return f"state-{state}" in self.draft.metadata


def waiting(registry: Registry) -> Waiting | None:
    """Return the draft that waits for signatures, if one does."""
    if not registry.waiting.is_file():
        return None
    draft = Draft.from_bytes(registry.waiting.read_bytes())
    return Waiting(draft, draft.missing())


def publish(registry: Registry, state: str, files: Mapping[str, bytes], published: Mapping[str, bytes]) -> Waiting | None:
    """Draft a state's changed lists, and release them or keep the draft; return what waits, or None when all is released.

    Other states' changes stay where they are: a state publishes its own files and no others.

    Args:
        registry: the house.
        state: whose lists.
        files: as they are to be, by target path.
        published: as they are.

    Raises:
        MalformedValueError: nothing has changed.
        LogRewrittenError: an issuance log does not continue what the states have recorded of it.
    """
    own = f"states/{state}/"
    changed = {path: content for path, content in files.items() if path.startswith(own)}
    publisher, now = registry.publisher, registry.clock()
    if all(published.get(path) == content for path, content in changed.items()):
        raise MalformedValueError("nothing has changed since the lists were published")
    changed = _with_heads(registry, {**published, **changed}, published, own)
    draft = _own(publisher.draft({**published, **changed}, publisher.roles_in_force(), now=now), f"state-{state}", changed)
    draft.sign(publisher.keys.signer(name) for name in publisher.keys.verification_methods() if name.startswith(OWN_ROLE))
    return _release_or_keep(registry, draft)


def _with_heads(registry: Registry, files: Mapping[str, bytes], published: Mapping[str, bytes], own: str) -> dict[str, bytes]:
    """Return a state's files, with how far each issuance log is; a log that is silent is recorded another time.

    Raises:
        LogRewrittenError: a log does not continue what was recorded.
    """
    witnessed = with_heads(files, published, registry.logs(), registry.fetcher, registry.clock()).files
    return {path: content for path, content in witnessed.items() if path.startswith(own)}


def _own(draft: Draft, role: str, files: Mapping[str, bytes]) -> Draft:
    """Return the part of a draft that one state signs."""
    return replace(draft, metadata={role: draft.metadata[role]}, files=files)


def take_signatures(registry: Registry, copies: Iterable[bytes]) -> tuple[int, Waiting | None]:
    """Take over signatures that were given elsewhere; return how many were new, and what still waits.

    Raises:
        MalformedValueError: no draft waits, a file is no draft, or it says something else.
    """
    found = waiting(registry)
    if found is None:
        raise MalformedValueError("no draft waits for signatures here", pointer="/signed")
    added = sum(found.draft.merge(Draft.from_bytes(content)) for content in copies)
    return added, _release_or_keep(registry, found.draft)


def _release_or_keep(registry: Registry, draft: Draft) -> Waiting | None:
    missing = draft.missing()
    if missing:
        kept = registry.waiting.with_name(f".{registry.waiting.name}.new")
        kept.write_bytes(draft.to_bytes())
        kept.replace(registry.waiting)
        return Waiting(draft, missing)
    registry.publisher.release(draft, now=registry.clock())
    registry.waiting.unlink(missing_ok=True)
    return None
