"""Every family of test vectors, run and counted: `FAMILIES` is the table, and tests run the same cases.

A family is a function from its folder to named cases. A case passes when it returns, fails when it raises, and is skipped when it
raises `SkippedCase`, which says why. Nothing else is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from comity.conformance import (
    families_badges,
    families_codes,
    families_dids,
    families_documents,
    families_house,
    families_jose,
    families_proofs,
    families_rdf,
)
from comity.conformance.cases import Case, SkippedCase, WrongAnswerError
from credentials.errors import VCError

_PROJECT: Final = Path(__file__).parents[2]
SHARED: Final = _PROJECT.parent / "shared" / "vectors"
OWN: Final = _PROJECT / "tests" / "vectors"

Family = Callable[[Path], Iterator[Case]]

FAMILIES: Final[Mapping[str, tuple[Path, Family]]] = MappingProxyType(
    {
        "vcdm2-fixtures": (SHARED / "vcdm2-fixtures", families_documents.vcdm2),
        "jcs": (SHARED / "jcs", families_documents.rfc_8785),
        "contexts": (SHARED / "contexts", families_rdf.contexts),
        "json-ld-toRdf": (SHARED / "json-ld-toRdf", families_rdf.json_ld_to_rdf),
        "rdf-canon": (SHARED / "rdf-canon", families_documents.rdf_canon),
        "vc-di-eddsa": (SHARED / "vc-di-eddsa", families_proofs.signed_documents),
        "vc-di-ecdsa": (SHARED / "vc-di-ecdsa", families_proofs.signed_documents),
        "vc-di-bbs": (SHARED / "vc-di-bbs", families_proofs.signed_documents),
        "di-proof-chains": (SHARED / "di-proof-chains", families_proofs.proof_chains),
        "bbs-cfrg": (SHARED / "bbs-cfrg", families_proofs.bbs_signatures),
        "ed25519-cctv": (SHARED / "ed25519-cctv" / "ed25519vectors.json", families_proofs.ed25519_edge_cases),
        "did-key": (SHARED / "did-key", families_proofs.did_keys),
        "did-webvh": (OWN / "did-webvh.json", families_dids.did_webvh),
        "vc-jose-cose": (SHARED / "vc-jose-cose", families_jose.vc_jose_cose),
        "sd-jwt": (SHARED / "sd-jwt" / "testcases.json", families_jose.sd_jwt),
        "rfc9901": (SHARED / "sd-jwt" / "rfc9901-examples.json", families_jose.sd_jwt),
        "token-status-list": (SHARED / "token-status-list", families_jose.token_status_list),
        "openbadges": (SHARED / "openbadges", families_badges.found_credentials),
        "elm": (SHARED / "elm", families_badges.found_credentials),
        "jws": (OWN / "jws.json", families_jose.jws),
        "house": (OWN / "house", families_house.house),
        "qr": (OWN / "qr" / "codes.json", families_codes.codes),
    }
)
"""Family to (where its vectors are, what makes its cases)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    Attributes:
        name: of the case.
        problem: why it failed; empty when it did not.
        skipped: why it was left out; empty when it was not.
    """

    name: str
    problem: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a family."""

    family: str
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The cases that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.problem)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """The cases that were left out."""
        return tuple(outcome for outcome in self.outcomes if outcome.skipped)

    def reasons(self) -> dict[str, list[str]]:
        """Return why cases were left out, each reason with the names of the cases."""
        found: dict[str, list[str]] = {}
        for outcome in self.skipped:
            found.setdefault(outcome.skipped, []).append(outcome.name)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the figures: what passed of what was run, and what was left out."""
        total = len(self.outcomes) - len(self.skipped)
        return {
            "family": self.family,
            "passed": total - len(self.failed),
            "total": total,
            "skipped": len(self.skipped),
        }


def run_family(name: str) -> Tally:
    """Return what came of a family; where its vectors are not there, one case that was left out says so."""
    folder, family = FAMILIES[name]
    return run(folder, name, family)


def run(folder: Path, name: str, family: Family) -> Tally:
    """Return what came of the cases in a folder."""
    if not folder.exists():
        return Tally(name, (Outcome("all", skipped=f"{folder} is not there"),))
    return Tally(name, tuple(itertools.starmap(outcome, family(folder))))


def outcome(name: str, case: Callable[[], None]) -> Outcome:
    """Return what came of a case."""
    try:
        case()
    except SkippedCase as reason:
        return Outcome(name, skipped=str(reason))
    except (VCError, WrongAnswerError) as error:
        return Outcome(name, problem=f"{type(error).__name__}: {error}")
    return Outcome(name)
