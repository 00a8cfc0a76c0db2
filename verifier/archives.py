"""The archive form of a certificate: itself, and where it stands in an issuance log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedValueError, VCError
from credentials.parsing import parse_json
from trust.anchoring import Anchor, parse_anchor

_MEMBERS: Final = {"credential", "anchor"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate as it was handed over, and its place in a log where that came with it."""

    content: bytes | Mapping[str, Any]
    anchor: Anchor | None = None


def opened(content: bytes) -> Paper:
    """Return the certificate of an archive with its place in the log; whatever is no archive is returned as it is.

    A place that cannot be read proves nothing, and is left out.
    """
    try:
        document = parse_json(content) if content.lstrip()[:1] == b"{" else {}
    except VCError:
        return Paper(content)
    credential = document.get("credential")
    if "@context" in document or not document.keys() >= _MEMBERS or not isinstance(credential, dict):
        return Paper(content)
    return Paper(credential, _place(document["anchor"]))


def _place(record: object) -> Anchor | None:
    try:
        return parse_anchor(record) if isinstance(record, dict) else None
    except MalformedValueError:
        return None


def places(papers: tuple[Paper, ...]) -> dict[str, Anchor]:
    """Return credential id to its place in a log."""
    found = {}
    for paper in papers:
        if paper.anchor is not None and isinstance(paper.content, Mapping):
            found[str(paper.content.get("id", ""))] = paper.anchor
    return found
