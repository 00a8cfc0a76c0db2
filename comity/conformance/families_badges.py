"""Credentials of other projects as they are found: Open Badges 3.0, Comprehensive Learner Records, the European Learning Model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from comity.conformance.cases import Case, SkippedCase, expect
from comity.conformance.families_proofs import Nowhere
from credentials.errors import CryptographicSecurityError, InvalidVerificationMethodURLError, UnknownContextError, VCError
from credentials.verify import VerificationOptions, verify_credential

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PICTURES: Final = (".png", ".svg")
_BEYOND: Final[Mapping[type[VCError], str]] = MappingProxyType(
    {
        UnknownContextError: "could not be checked: it names a context that is not shipped",
        InvalidVerificationMethodURLError: "its key is named by a web address and not by a DID, which is refused here",
        CryptographicSecurityError: "signed as is not accepted here: RS256, or a proof or suite of before Data Integrity",
    }
)


def found_credentials(folder: Path) -> Iterator[Case]:
    """Give every file of a project: verified, or refused where its name says that it has an error."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "LICENSE"):
        yield str(path.relative_to(folder)), partial(_found, path)


def _found(path: Path) -> None:
    if path.suffix in _PICTURES:
        raise SkippedCase("a picture that carries a credential, which is not read here")
    result = verify_credential(path.read_bytes(), VerificationOptions(now=_NOW, fetcher=Nowhere(), accepts_1_1=True))
    for problem in result.problems:
        reason = next((text for kind, text in _BEYOND.items() if isinstance(problem, kind)), "")
        if reason:
            raise SkippedCase(reason)
    if "sample" in path.name:
        raise SkippedCase(f"an unsigned sample that is no credential of any model: {result.problems[0].detail}")
    expect(result.verified, "-err-" not in path.name)
