"""Present an SD-JWT: keep only the disclosures of what the holder chose to show (RFC 9901 §7.2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from credentials.errors import MalformedValueError

if TYPE_CHECKING:
    from credentials.sd_jwt.disclosure import Path
    from credentials.sd_jwt.reading import SdJwt

Selection = tuple[str | int | None, ...]
"""A path in which None stands for every element of an array (OpenID4VP 1.0 §7)."""


def present(sd_jwt: SdJwt, selections: Collection[Selection]) -> str:
    """Return the SD-JWT with what leads to the chosen claims, what lies below them, and nothing else.

    Args:
        sd_jwt: with the disclosures the holder has.
        selections: paths of the claims to show.

    Raises:
        MalformedValueError: there is no such claim.
    """
    for selection in selections:
        if not _leads_somewhere(sd_jwt.claims, selection):
            raise MalformedValueError("a claim that was chosen is not there")
    jws = sd_jwt.presented.partition("~")[0]
    shown = [placed.disclosure.text for placed in sd_jwt.placed if any(_meet(placed.path, chosen) for chosen in selections)]
    return "~".join([jws, *shown, ""])


def _meet(path: Path, selection: Selection) -> bool:
    """Return whether one leads to the other."""
    return all(chosen in (None, step) for step, chosen in zip(path, selection, strict=False))


def _leads_somewhere(value: object, selection: Selection) -> bool:
    if not selection:
        return True
    step, rest = selection[0], selection[1:]
    if isinstance(value, list):
        elements = value if step is None else value[step : step + 1] if isinstance(step, int) and step >= 0 else []
        return any(_leads_somewhere(element, rest) for element in elements)
    return isinstance(value, dict) and step in value and _leads_somewhere(value[step], rest)
