"""What a status list is to the checks, whatever its form: how it is verified, and what it says of one entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credentials.model import Credential

VerifyList = Callable[[bytes], "Credential"]
"""Bytes of a status list credential to its view, once proof, key and validity period are good; raises a `VCError` otherwise."""


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """What a list says of one entry.

    Attributes:
        purpose: `revocation` or `suspension`.
        is_set: whether the bit is set.
        as_of: when the list was made.
    """

    purpose: str
    is_set: bool
    as_of: datetime
