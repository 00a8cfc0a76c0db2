"""JSON Canonicalization Scheme (RFC 8785): the door to `rfc8785`."""

from __future__ import annotations

from collections.abc import Mapping

import rfc8785

from credentials.errors import ProofTransformationError


def canonicalize(document: Mapping[str, object]) -> bytes:
    """Return the one JCS spelling of a JSON object, UTF-8.

    Raises:
        ProofTransformationError: a number or a string that JCS cannot spell (integer over 2^53, lone surrogate).
    """
    try:
        return rfc8785.dumps(dict(document))  # type: ignore[arg-type]  # JSON by construction
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ProofTransformationError("a number or a text has no canonical JSON form") from error
