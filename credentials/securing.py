"""Securing mechanisms by media type: from bytes to the document that is to be checked (VC Data Model 2.0 §4.12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from credentials.parsing import parse_json

SECURING_MECHANISMS: Final[Mapping[str, Callable[[bytes], dict[str, Any]]]] = MappingProxyType({"application/vc": parse_json})
"""Embedded Data Integrity proofs: the document is the content itself."""
