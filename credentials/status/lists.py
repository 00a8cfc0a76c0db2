"""What a status list is to the checks, whatever its form: how it is verified, and what it says of one entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from credentials.model import Credential

VerifyList = Callable[[bytes], "Credential"]
"""Bytes of a status list credential to its view, once proof, key and validity period are good; raises a `VCError` otherwise."""


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """What a list says of one entry.

    Attributes:
        purpose: `revocation`, `suspension`, `refresh` or `message`.
        status: zero where nothing is set.
        as_of: when the list was made.
        message: the words that the entry has for this status, for those who write programs; None where it has none.
        references: where the issuer says what the statuses mean.
    """

    purpose: str
    status: int
    as_of: datetime
    message: str | None = None
    references: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether the status is another than zero."""
        return self.status != 0

    def to_json(self) -> dict[str, Any]:
        """Return the result of the validation algorithm (Bitstring Status List v1.0 §3.2)."""
        found: dict[str, Any] = {"purpose": self.purpose, "status": self.status, "valid": not self.is_set}
        if self.message is not None:
            found["message"] = self.message
        if self.references:
            found["statusReference"] = list(self.references)
        return found
