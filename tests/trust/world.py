"""A small partnership in memory: the shipped lists, signed, and credentials signed by its issuers."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.errors import VCError
from credentials.keys import InMemorySigner, PublicKey, Signer
from credentials.model import parse_credential
from credentials.verify import CHECKS, Check, CheckOutcome, VerificationResult
from registry.founding import build_files, state_codes
from registry.publishing import Publisher
from trust.bundle import Bundle, open_bundle
from web.bundle_folder import BundleFolder

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "partnership"
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
ISSUED: Final = "2026-05-10"
WELDING: Final = "urn:comity:XA:q:SMAW-NC-II@2026"
CAREGIVING: Final = "urn:comity:XA:q:CAREGIVING-NC-II@2026"
WELDING_SCHOOL: Final = "tarimba-welding"
CARE_SCHOOL: Final = "sunder-bay-care"
SHIPYARD: Final = "harborline-shipyard"
Files = dict[str, Any]


class Keys:
    """A key store whose keys follow from their names, so that every run is the same."""

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        return InMemorySigner(verification_method, sha256(verification_method.encode()).digest(), algorithm).public_key

    def signer(self, verification_method: str) -> Signer:
        return InMemorySigner(verification_method, sha256(verification_method.encode()).digest())

    def verification_methods(self) -> tuple[str, ...]:
        return ()


def did(slug: str) -> str:
    return f"did:web:localhost%3A8000:issuers:{slug}"


def signer(slug: str, fragment: str = "#k1") -> Signer:
    return Keys().signer(did(slug) + fragment)


def keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
    return did(slug), {"#k1": signer(slug).public_key.multibase}


@cache
def _shipped() -> dict[str, bytes]:
    return build_files(EXAMPLES, keys_of)


def shipped() -> Files:
    """Return the shipped lists as JSON that a test may change."""
    return {path: json.loads(content) for path, content in _shipped().items()}


def encoded(files: Mapping[str, Any]) -> dict[str, bytes]:
    return {path: json.dumps(document).encode() for path, document in files.items()}


def publish(folder: Path, files: Mapping[str, Any], now: datetime = NOW) -> Publisher:
    publisher = Publisher(folder, Keys())
    publisher.publish(encoded(files), state_codes(EXAMPLES), now=now)
    return publisher


def bundle_of(files: Mapping[str, Any], published: datetime = NOW, corridor: tuple[str, ...] | None = None) -> Bundle:
    """Return the lists, or those of some states alone, after signing, writing and reading them back."""
    with TemporaryDirectory() as name:
        publisher = publish(Path(name), files, published)
        return open_bundle(BundleFolder(Path(name)), root=publisher.root(), now=published, corridor=corridor)


@cache
def bundle() -> Bundle:
    return bundle_of(shipped())


@dataclass(frozen=True)
class Memory:
    """The files of a published folder, to tamper with."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)


def published(files: Mapping[str, Any], now: datetime = NOW) -> tuple[Memory, bytes]:
    """Return the published files and the root to pin."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        publisher = publish(folder, files, now)
        return read_all(folder), publisher.root()


def read_all(folder: Path) -> Memory:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return Memory({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def training(
    slug: str = CARE_SCHOOL, qualification: str = CAREGIVING, issued: str | None = ISSUED, **subject: object
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did(slug), "name": "A name that nobody relies on"},
        "credentialSubject": {"type": "AchievementSubject", "achievement": {"id": qualification}, **subject},
    }
    return document | ({"validFrom": f"{issued}T00:00:00Z"} if issued else {})


def work(slug: str = SHIPYARD) -> dict[str, Any]:
    document = training(slug)
    document["type"] = ["VerifiableCredential", "WorkExperienceCredential"]
    alignment = [{"targetType": "ext:ISCO08", "targetCode": "7212"}]
    experience = {"startDate": "2023-06-01", "endDate": "2026-04-30", "alignment": alignment, "attestationBasis": "payroll"}
    document["credentialSubject"] = {"id": "did:example:worker", "workExperience": experience}
    return document


def witnessed(role: str, slug: str = SHIPYARD) -> dict[str, Any]:
    """Return an attestation in which the issuer signs what somebody in this role has seen."""
    document = work(slug)
    document["credentialSubject"]["workExperience"]["attestation"] = {"role": role, "basis": "saw-daily"}
    return document


def collecting() -> Files:
    """Return the lists in which whoever attests work may collect the word of others, and no more."""
    files = shipped()
    for name in [name for name in files if name.endswith(("/issuers.json", "/authorities.json"))]:
        for record in (one for records in files[name].values() for one in records):
            for entry in (*record.get("accreditations", ()), *record.get("mandates", ())):
                entry["action"] = {"attest": "collect"}.get(entry["action"], entry["action"])
    return files


def result(
    document: Mapping[str, Any],
    problems: Mapping[str, VCError] | None = None,
    by: Signer | None = None,
) -> VerificationResult:
    """Return what a verification reports of the document, signed for real, with the given problems."""
    problems = problems or {}
    by = by or signer(document["issuer"]["id"].rpartition(":")[2])
    suites = ["eddsa-jcs-2022"]
    secured = add_proof_set(copy.deepcopy(dict(document)), by, cryptosuites=suites, created=NOW - timedelta(days=1))
    checks = tuple(Check(name, _outcome(problems.get(name)), problems.get(name)) for name in CHECKS)
    return VerificationResult(parse_credential(secured), checks, NOW, {by.verification_method: by.public_key})


def _outcome(problem: VCError | None) -> CheckOutcome:
    if problem is None:
        return CheckOutcome.PASSED
    return CheckOutcome.COULD_NOT_CHECK if problem.could_not_check else CheckOutcome.FAILED
