"""Typed view over a presentation (VC Data Model 2.0 §4.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials import members
from credentials.errors import MalformedValueError
from credentials.model import CREDENTIALS_V2, parse_credential

ENVELOPED: Final = "EnvelopedVerifiableCredential"


@dataclass(frozen=True, slots=True)
class Presentation:
    """A conforming presentation, not trusted.

    Attributes:
        document: exactly what was received.
        holder: who presents, or None.
        credentials: the documents it carries, each to be parsed on its own.
    """

    document: Mapping[str, Any]
    holder: str | None
    credentials: tuple[Mapping[str, Any], ...]


def parse_presentation(document: Mapping[str, Any]) -> Presentation:
    """Return the view of a VCDM 2.0 presentation.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
    """
    members.check_context(document, CREDENTIALS_V2)
    members.types(document, "VerifiablePresentation")
    members.identifier(document)
    for name in ("termsOfUse", "proof"):
        members.typed_objects(document, name)
    holder = members.party(document, "holder") if "holder" in document else None
    carried = members.objects(document, "verifiableCredential")
    for pointer, credential in carried:
        _check_carried(credential, pointer)
    return Presentation(document, holder, tuple(credential for _, credential in carried))


def _check_carried(credential: Mapping[str, Any], pointer: str) -> None:
    if ENVELOPED not in members.types(credential, "VerifiableCredential", ENVELOPED, pointer=pointer):
        return
    members.check_context(credential, CREDENTIALS_V2, pointer)
    if not members.required_url(credential, "id", pointer).startswith("data:"):
        raise MalformedValueError("an enveloped credential is a data: URL", pointer=f"{pointer}/id")


def is_self_asserted(credential: Mapping[str, Any]) -> bool:
    """Return whether a carried credential has no proof and no envelope of its own."""
    return "proof" not in credential and ENVELOPED not in members.strings(credential.get("type"))


def check_self_asserted(presentation: Presentation) -> None:
    """Raise unless the holder issued every carried credential that only the presentation's own proof secures (§4.13.3).

    Args:
        presentation: a secured one; in an unsecured one nothing is asserted by anybody.

    Raises:
        MalformedValueError: another issuer, or no holder, or no credential.
    """
    several = isinstance(presentation.document.get("verifiableCredential"), list)
    for position, document in enumerate(presentation.credentials):
        if not is_self_asserted(document):
            continue
        if parse_credential(document).issuer != presentation.holder:
            where = f"/verifiableCredential/{position}" if several else "/verifiableCredential"
            raise MalformedValueError("a credential without a proof must be the holder's own", pointer=f"{where}/issuer")
