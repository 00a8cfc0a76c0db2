"""A status list credential off the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credentials.model import Credential

VerifyList = Callable[[bytes], "Credential"]
"""Bytes of a status list credential to its view, once proof, key and validity period are good; raises a `VCError` otherwise."""
